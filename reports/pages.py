"""The pages of a report as plain blocks, in their order: what stands where, before anything is set in type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from reports import font, marks, numbers
from reports.charts import (
    backlog,
    burn_up,
    coverage,
    heatmap,
    intervals,
    promises,
    ranks,
    strips,
    trend,
    votes,
    waterfall,
)
from reports.drawable import Drawable
from reports.report import (
    Cell,
    CoverageRow,
    Decision,
    Heatmap,
    KeyNumber,
    Length,
    NextAction,
    OpenQuestion,
    Promise,
    PromiseState,
    Report,
    TeamPage,
)
from reports.svg import Chart

Block = dict[str, Any]
PAGE_HEIGHT = 706.0  #: between header and footer
QUESTION = 232.0  #: width of the text of a question in its table
PAIR = 231.0  #: width of one of two charts side by side
CAPTION_HEATMAP = "A triangle marks what moved further than repeated assessments of an unchanged system differ by."


def blocks(drawn: Drawable) -> list[Block]:
    """Every block of the report at its length."""
    report = drawn.report
    made = _handout(report) if report.length is Length.HANDOUT else _review(report)
    if report.length is not Length.EXECUTIVE:
        made += _appendix(drawn)
    elif drawn.note:
        made.append(_text(drawn.note))
    return made


def _review(report: Report) -> list[Block]:
    sections: list[Callable[[Report], list[Block]]] = [_front, _where]
    if report.length is Length.FULL:
        sections += [_changed, _first, _kept, _trust]
    if report.length is Length.FULL and _is_sure(report):
        sections = [_front, _where, lambda it: [*_changed(it), *_trust(it)], _first, _kept]  # little on each: together
    made: list[Block] = []
    for section in sections:
        part = section(report)
        made += [_page(), *part] if made and part else part
    if report.length is Length.FULL and _says_something(report):
        for team in report.teams:
            made += [_page(), *_team(report, team)]
    return made


# -- page 1


def _front(report: Report) -> list[Block]:
    made: list[Block] = [
        {
            "kind": "opening",
            "eyebrow": " · ".join(
                filter(
                    None,
                    (
                        report.organisation,
                        numbers.period(report.period),
                        "" if report.system or report.empty else numbers.count(report.systems, "system"),
                        f"as of {numbers.day(report.made_on)}",
                    ),
                )
            ),
            "title": report.title,
            "verdict": report.verdict.text,
        },
        {"kind": "numbers", "numbers": [_key_number(it, report) for it in report.numbers]},
    ]
    if report.decisions:
        heads = ("One decision we ask for", "Two decisions we ask for", "Three decisions we ask for")
        made.append(
            {
                "kind": "decisions",
                "title": heads[len(report.decisions) - 1],
                "rows": [
                    {
                        "number": str(place),
                        "what": it.what,
                        "why": it.why,
                        "who": it.who_and_when,
                        "price": _avoided(it),
                    }
                    for place, it in enumerate(report.decisions, 1)
                ],
            }
        )
    if report.trend is not None:
        what = "Debt of the system" if report.trend.of_one_system else "Mean debt of the rated systems"
        shown = f"the {report.trend.band_words} {'shaded' if report.trend.line else 'as a line'}"
        few = "" if report.trend.line else " Too few quarters for a line."
        made += [
            _heading(report.trend.finding),
            _figure(
                trend.draw(report.trend, height=206.0),
                f"{what}, {shown}. 0 = no debt, 100 = full debt; lower is better.{few}",
            ),
        ]
    return made


def _avoided(it: Decision) -> str:
    """What it avoids; what it costs stands in the decision itself."""
    if it.avoided_days is None or not it.horizon_quarters:
        return ""
    return f"avoids {numbers.days(it.avoided_days)} in {numbers.count(it.horizon_quarters, 'quarter')}"


def _key_number(it: KeyNumber, report: Report) -> Block:
    since = f" since {numbers.period(report.compared_with)}" if report.compared_with else ""
    change = it.change_shown
    tone = "muted" if it.is_worse is None else "worse" if it.is_worse else "better"
    arrow = "" if it.is_worse is None else "▲ " if (it.change or 0) > 0 else "▼ "
    return {
        "label": it.label,
        "shown": it.shown,
        "change": f"{arrow}{change}{since}" if change else "",
        "tone": tone,
        "note": it.note,
    }


# -- the other pages


def _where(report: Report) -> list[Block]:
    if report.system is not None:
        return _one_system(report)
    if report.heatmap is None or not _says_something(report):
        return []
    made = [_heading("Where the debt sits", 1), _lead(report.heatmap.finding), _figure(heatmap.draw(report.heatmap))]
    left_out = (
        f" The {len(report.heatmap.rows)} systems with the most debt; the appendix holds all {report.systems}."
        if report.heatmap.left_out
        else ""
    )
    made.append(_text(f"{CAPTION_HEATMAP}{left_out}"))
    return made


def _one_system(report: Report) -> list[Block]:
    system = report.system
    if system is None:
        return []
    made = [
        _heading("Where the debt sits", 1),
        _lead(system.finding),
        _figure(intervals.draw(system), "Each dot is an area's debt, the line its interval. 0 = no debt, 100 = full."),
    ]
    if system.worst:
        made.append(
            _table(
                "The questions that weigh most",
                [("Question", 0, False), ("Area", 110, False), ("Answer", 150, False), ("Debt", 28, True)],
                [
                    [
                        {"text": it.text, "bold": True, "below": it.question},
                        {"text": it.area},
                        {
                            "text": it.answer,
                            "below": "The repository says otherwise." if it.contradicted else "",
                        },
                        {"text": numbers.debt(it.debt), "bold": True},
                    ]
                    for it in system.worst
                ],
            )
        )
    if system.contradictions:
        said = numbers.count(system.contradictions, "answer contradicts", "answers contradict")
        made.append(_text(f"{said} what the repository shows."))
    return made


def _changed(report: Report) -> list[Block]:
    made: list[Block] = []
    if report.change is not None:
        made += [
            _heading("What changed", 1),
            _lead(report.change.finding),
            _figure(
                waterfall.draw(report.change),
                "Change of the debt in points, split by cause. The axis does not begin at 0.",
            ),
        ]
    pair: list[Block] = []
    if report.ranks is not None:
        caption = "The most indebted systems and their places before, 1 = the most debt."
        pair.append(_titled(ranks.draw(report.ranks, width=PAIR), report.ranks.finding, caption))
    if report.disputes is not None:
        left_out = report.disputes.left_out
        more = f" {numbers.count(left_out, 'more question was', 'more questions were')} voted on." if left_out else ""
        pair.append(
            _titled(
                votes.draw(report.disputes, width=PAIR),
                report.disputes.finding,
                f"Each dot is one vote; nobody is named.{more}",
            )
        )
    if pair:
        made += [] if made else [_heading("Places and votes", 1)]
        made.append({"kind": "pair", "figures": pair})
    return made


def _first(report: Report) -> list[Block]:
    if report.backlog is None:
        return []
    made = [
        _heading("What to do first", 1),
        _lead(report.backlog.finding),
        _figure(
            backlog.draw(report.backlog),
            "Each dot is one repayment; a dotted line joins those with the same return. Both axes are estimates.",
        ),
    ]
    if report.actions:
        made.append(_actions(report, report.actions, "The best return first", with_system=report.system is None))
    return made


def _actions(report: Report, actions: Sequence[NextAction], title: str, *, with_system: bool = True) -> Block:
    return _table(
        title,
        [
            ("No.", 16, False),
            ("Action", 0, False),
            ("Owner, due", 96, False),
            ("Costs", 54, True),
            ("Avoids a quarter", 62, True),
        ],
        [
            [
                {"text": str(it.number), "bold": True, "tone": "accent"},
                {
                    "text": it.title,
                    "bold": True,
                    "below": " ".join(f"{part}." for part in (it.system * with_system, it.why.rstrip(".")) if part),
                },
                {
                    "text": it.owner or "nobody named",
                    "tone": "" if it.owner else "worse",
                    "below": numbers.by_day(it.due, report.made_on) if it.due else "no date",
                },
                {"text": numbers.days(it.cost_days)},
                {"text": numbers.days(it.avoided_days_per_quarter), "bold": True},
            ]
            for it in actions
        ],
    )


def _kept(report: Report) -> list[Block]:
    if report.promises is None:
        return []
    left_out = report.promises.left_out
    more = f" {numbers.count(left_out, 'more promise is', 'more promises are')} not shown." if left_out else ""
    made = [
        _heading("Promises kept", 1),
        _lead(report.promises.finding),
        _figure(
            promises.draw(report.promises, today=report.made_on),
            "The ring is the date that was promised, the dot the day it was done. Promised and effect: points of debt "
            f"of the question; ? = not measured yet.{more}",
        ),
    ]
    if report.burn_up is not None:
        made += [
            _heading(report.burn_up.finding),
            _figure(
                burn_up.draw(report.burn_up), "Person-days promised, and of them done, by the end of each quarter."
            ),
        ]
    return made


def _trust(report: Report) -> list[Block]:
    it = report.confidence
    if it is None:
        return []
    more = f" {it.coverage_left_out} more are not shown." if it.coverage_left_out else ""
    made = [_heading("How sure this is", 1), _lead(it.finding)]
    if report.system is None:
        said = "Wide: share of the questions that are answered. Narrow: share that rests on evidence from a scan."
        made.append(_figure(coverage.draw(it), f"{said}{more}"))
    else:
        made += [_text(_covered(one), tone="", size=9.5) for one in it.coverage]
    cared = min(len(it.low_confidence), 5 if len(it.coverage) > 14 else 8)
    hidden = it.low_confidence_left_out + len(it.low_confidence) - cared
    if cared:
        made.append(
            _table(
                "Read with care",
                [
                    ("System", 0, False),
                    ("Area", 150, False),
                    ("Debt", 34, True),
                    ("Interval", 58, True),
                    ("Why", 76, False),
                ],
                [
                    [
                        {"text": one.system, "bold": True},
                        {"text": one.area or "All areas"},
                        {"text": numbers.debt(one.debt)},
                        {"text": f"{numbers.debt(one.low)}{numbers.DASH}{numbers.debt(one.high)}"},
                        {"text": one.why, "tone": "muted"},
                    ]
                    for one in it.low_confidence[:cared]
                ],
                note=f"{hidden} more in the appendix, marked {marks.RING}." if hidden else "",
                padding=3.2,
            )
        )
    if it.open_questions:
        taken = 100 + 14 * len(it.coverage) + 64 * bool(cared)
        taken += sum(4 + 11 * len(font.lines(one.system, 8.5, 145, 700, 4)) for one in it.low_confidence[:cared])
        shown = _fitting(it.open_questions, taken)
        left_out = it.open_questions_left_out + len(it.open_questions) - shown
        made.append(_questions(it.open_questions[:shown], left_out, "Open questions"))
    return made


def _says_something(report: Report) -> bool:
    """Whether anything has a number yet: a page of question marks tells nobody anything."""
    return any(cell.debt is not None for row in report.appendix.heatmap.rows for cell in (row.total, *row.cells))


def _is_sure(report: Report) -> bool:
    """Whether there is so little to say of how sure the numbers are that it needs no page of its own."""
    it = report.confidence
    if it is None or report.system is not None:
        return report.system is not None
    return len(it.coverage) <= 6 and not it.low_confidence and not it.open_questions


def _covered(it: CoverageRow) -> str:
    seen = "no repository was scanned" if it.evidenced is None else f"{numbers.percent(it.evidenced)} rest on evidence"
    return f"{numbers.percent(it.answered)} of the questions are answered; {seen}."


def _fitting(questions: Sequence[OpenQuestion], taken: float) -> int:
    """How many questions the rest of a page holds, so that they do not go alone to the next; three at the least."""
    room, count = PAGE_HEIGHT - taken - 56, 0
    for it in questions:
        lines = max(len(font.lines(it.text, 8.5, QUESTION, count=4)), len(font.lines(it.area, 8.5, 110.0)))
        room -= 8 + 10.5 * lines + (9.5 if it.unknown else 0)
        if room < 0:
            break
        count += 1
    return max(min(3, len(questions)), count)


def _questions(questions: Sequence[OpenQuestion], left_out: int, title: str) -> Block:
    return _table(
        title,
        [("Question", 0, False), ("System", 120, False), ("Area", 120, False)],
        [
            [
                {"text": it.text, "below": "Answered with: we do not know." if it.unknown else ""},
                {"text": it.system, "bold": True},
                {"text": it.area, "tone": "muted"},
            ]
            for it in questions
        ],
        note=f"{left_out} more {'is' if left_out == 1 else 'are'} open." if left_out else "",
        padding=3.2,
    )


# -- teams


def _team(report: Report, team: TeamPage, *, above: float = 0.0) -> list[Block]:
    made = [
        _heading(team.team or "Systems without a team", 1),
        _lead(team.finding),
    ]
    if report.appendix.heatmap.columns and team.rows:
        more = f" {team.rows_left_out} more systems are in the appendix." if team.rows_left_out else ""
        made.append(
            _figure(
                strips.draw(report.appendix.heatmap.columns, team.rows, team.finding),
                f"Debt of each area, every strip on the same scale from 0 to 100.{more}",
            )
        )
    if team.actions:
        made.append(_actions(report, team.actions, "What to do first"))
    left = PAGE_HEIGHT - above - 104 - 46 * len(team.rows) - (40 + 31 * len(team.actions) if team.actions else 0)
    promised = 44 + 20 * len(team.promises) if team.promises else 0
    if team.promises and team.questions and left < promised + 44 + 29 * min(3, len(team.questions)):
        made.append(_page())  # both on the next page rather than one of them alone
        left = PAGE_HEIGHT
    if team.promises:
        made.append(_promised(team.promises))
    if team.questions:
        shown = _fitting(team.questions, PAGE_HEIGHT - left + promised)
        left_out = team.questions_left_out + len(team.questions) - shown
        made.append(_questions(team.questions[:shown], left_out, "Questions to answer"))
    return made


def _promised(rows: Sequence[Promise]) -> Block:
    tones = {PromiseState.KEPT: "better", PromiseState.LATE: "worse", PromiseState.OVERDUE: "worse"}
    return _table(
        "What was promised",
        [("Action", 0, False), ("Owner", 90, False), ("Due", 64, False), ("Became", 56, False)],
        [
            [
                {"text": it.title, "bold": True, "below": ". ".join(filter(None, (it.system, it.reason.rstrip("."))))},
                {"text": it.owner or "nobody named"},
                {"text": numbers.day(it.due) if it.due else "no date"},
                {"text": marks.PROMISE_WORDS[it.state], "bold": True, "tone": tones.get(it.state, "muted")},
            ]
            for it in rows
        ],
        padding=3.2,
    )


def _handout(report: Report) -> list[Block]:
    """A page for each team with what it needs in the room; the first one says what the report is."""
    made: list[Block] = []
    for team in report.teams:
        made += [_page()] if made else []
        eyebrow = f"{report.title} · {numbers.period(report.period)}"
        head, *rest = _team(report, team, above=28.0)
        made += [{"kind": "named", "eyebrow": eyebrow, "title": head["text"]}, *rest]
    return made or _front(report)


# -- appendix


def _appendix(drawn: Drawable) -> list[Block]:
    report = drawn.report
    made: list[Block] = [_page(), _heading("How these numbers come about", 1)]
    made += [_text(it, tone="") for it in report.appendix.method]
    made.append(
        _table(
            "What this report was made from",
            [("What", 130, False), ("Which", 0, False)],
            [
                [{"text": head, "tone": "muted"}, {"text": said}]
                for head, said in (
                    ("Checklist", report.footer.checklist or numbers.DASH),
                    ("Scoring version", report.footer.scoring or numbers.DASH),
                    ("Digest of all inputs", report.footer.digest),
                    ("Head of the audit log", report.footer.audit_head or numbers.DASH),
                    ("Verdict", report.verdict.because),
                    *((f"Decision {place}", it.because) for place, it in enumerate(report.decisions, 1)),
                )
            ],
            note=" ".join(
                filter(
                    None,
                    ("Two people with the same digest read the same report, in whatever format.", drawn.note),
                )
            ),
            padding=3.2,
        )
    )
    if report.trend is not None and report.length is Length.FULL:
        made.append(_trend_table(report))
    if _says_something(report) and report.length is Length.FULL:
        few = len(report.appendix.heatmap.rows) <= 6
        title = "Every area" if report.system is not None else "Every system, every area"
        made += [*([] if few else [_page()]), _heading(title, 1), *_matrix(report.appendix.heatmap)]
    if report.appendix.evidence and report.length is Length.FULL:
        few = len(report.appendix.heatmap.rows) <= 3 and len(report.appendix.evidence) <= 8
        made += [*([] if few else [_page()]), *_evidence(report)]
    return made


def _trend_table(report: Report) -> Block:
    one = report.trend is not None and report.trend.of_one_system
    heads = [("Quarter", 0, False), ("Debt" if one else "Mean", 70, True)]
    heads += [] if one else [("Median", 70, True)]
    heads += [("Low" if one else "Lower quartile", 80, True), ("High" if one else "Upper quartile", 80, True)]
    heads += [] if one else [("Systems rated", 80, True)]
    rows = []
    for it in report.trend.points if report.trend else ():
        row = [numbers.period(it.period), numbers.debt_exact(it.debt)]
        row += [] if one else [_or_dash(it.median)]
        row += [_or_dash(it.low), _or_dash(it.high)]
        row += [] if one else [str(it.rated)]
        rows.append([{"text": text} for text in row])
    return _table("Debt by quarter", heads, rows, padding=3.2)


def _or_dash(value: float | None) -> str:
    return numbers.DASH if value is None else numbers.debt_exact(value)


def _matrix(whole: Heatmap) -> list[Block]:
    rows: list[Block] = []
    looks: dict[str, Block] = {}
    for group in whole.groups:
        if group.team:
            rows.append({"team": group.team})
        for row in group.rows:
            cells = [_matrix_cell(cell, looks) for cell in row.cells]
            total = {"total": marks.short(row.total), "rated": row.total.rated}
            rows.append({"name": row.name, "cells": cells, **total})
    signs = ", ".join(f"{sign} {said}" for sign, said in marks.LEGEND)
    return [
        _text(f"The debt of every system by area, 0 to 100. {signs}."),
        {
            "kind": "matrix",
            "heads": ["System", *(it.title for it in whole.columns), "All"],
            "cell": min(30.0, max(18.0, 320.0 / max(1, len(whole.columns)))),
            "looks": looks,
            "rows": rows,
        },
    ]


def _matrix_cell(cell: Cell, looks: dict[str, Block]) -> tuple[str, str]:
    """Its text and the key of its look, which is added to `looks`."""
    shown = marks.look(cell)
    key = cell.band if cell.band is not None else cell.state.value
    if key not in looks:
        fill = shown.fill if cell.band is not None else ""
        looks[key] = {"fill": fill, "ink": shown.ink, "edge": shown.edge, "dashed": shown.dashed}
    return marks.short(cell), key


def _evidence(report: Report) -> list[Block]:
    more = report.appendix.evidence_left_out
    return [
        _heading("What the repositories show", 1),
        _lead("Facts that put a floor under an answer, each with the question it speaks to."),
        _table(
            "",
            [("System", 100, False), ("Question", 52, False), ("Seen", 0, False), ("Debt", 28, True), ("On", 58, True)],
            [
                [
                    {"text": it.system},
                    {"text": it.question, "tone": "muted"},
                    {"text": it.said},
                    {"text": numbers.DASH if it.debt is None else numbers.debt(it.debt)},
                    {"text": numbers.day(it.seen) if it.seen else numbers.DASH},
                ]
                for it in report.appendix.evidence
            ],
            note=f"{more} more facts are in the application." if more else "",
            padding=2.6,
            size=8.0,
        ),
    ]


# -- blocks


def _page() -> Block:
    return {"kind": "page"}


def _heading(text: str, level: int = 2) -> Block:
    return {"kind": "heading", "level": level, "text": text}


def _lead(text: str) -> Block:
    return {"kind": "lead", "text": text}


def _text(text: str, *, size: float = 8.5, tone: str = "muted") -> Block:
    return {"kind": "text", "text": text, "size": size, "tone": tone}


def _titled(chart: Chart, title: str, caption: str = "") -> Block:
    return {"title": title, "svg": chart.svg, "alt": chart.alt, "width": chart.width, "caption": caption}


def _figure(chart: Chart, caption: str = "") -> Block:
    return {"kind": "figure", "above": 8, **_titled(chart, chart.title, caption)}


def _table(
    title: str,
    columns: Sequence[tuple[str, float, bool]],
    rows: Sequence[Sequence[Block]],
    *,
    note: str = "",
    padding: float = 5.0,
    size: float = 8.5,
) -> Block:
    """A table: `columns` are (head, width or 0 for the rest, whether its numbers stand at the right)."""
    return {
        "kind": "table",
        "title": title,
        "columns": [{"head": head, "width": width, "right": right} for head, width, right in columns],
        "rows": rows,
        "note": note,
        "padding": padding,
        "size": size,
        "gutter": 10,
    }

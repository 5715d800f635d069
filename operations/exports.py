"""What can be taken away: portfolio and system as CSV, a sealed quarter, actions; served by the export route only."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from urllib.parse import urlencode

from checklists.reader import DEFAULT_PACK
from operations.action_board import ActionFilter, read_board
from operations.assessments import find_assessment
from operations.authorize import Action, Actor, permitted
from operations.connections import read_connections
from operations.errors import InvalidInput, NotFound
from operations.movement import read_movement
from operations.movement_document import movement_rows
from operations.periods import read_period
from operations.portfolio import ScoreCell, read_portfolio, read_portfolio_trend
from operations.promises import measure_actions, read_promises
from operations.reports import make_report, read_length
from operations.scores import SYSTEM, Scored, score_assessment
from operations.system_view import read_question_lines, read_system_view
from operations.systems import find_system
from operations.workplace import Workplace
from reports.action_texts import FORMS, ActionText
from reports.formats import FORMATS
from reports.report import Length
from reports.text import csv_text
from store.plan_records import OPEN, ActionRecord
from store.records import Records, SystemRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A file to hand out."""

    filename: str
    media_type: str
    body: bytes


def _csv(rows: Sequence[Sequence[str | float | None]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([csv_text(cell) if isinstance(cell, str) else "" if cell is None else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _file_name(*parts: str) -> str:
    safe = (re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in parts)
    return "-".join(part for part in safe if part)[:80]


#: Not rounded and on the scale of 0 to 1, as on the command line; the screen shows the same numbers times 100.
_ESTIMATE_HEADS = ("debt 0-1", "low 0-1", "high 0-1", "known 0-1", "band", "change 0-1")


def _estimate(cell: ScoreCell | None) -> list[str | float | None]:
    if cell is None:
        return [None] * len(_ESTIMATE_HEADS)
    return [cell.estimate, cell.low, cell.high, cell.coverage, cell.band, cell.change]


def _portfolio(workplace: Workplace, actor: Actor, params: Mapping[str, str]) -> Export:
    sealed = params.get("rules") != "today"
    portfolio = read_portfolio(workplace, actor, period=params.get("period"), sealed=sealed)
    rows: list[list[str | float | None]] = [
        ["system id", "system", "team", "period", "area id", "area", *_ESTIMATE_HEADS, "checklist"]
    ]
    for pack in portfolio.packs:  # all of them, each line says which: a file is read without the page around it
        if pack.id != portfolio.pack:
            portfolio = read_portfolio(workplace, actor, period=params.get("period"), pack=pack.id, sealed=sealed)
        titles = {SYSTEM: "All areas"} | {area.id: area.title for area in portfolio.areas}
        for row in portfolio.rows:
            system = row.system
            rows += [
                [
                    system.system_id,
                    system.name,
                    system.team,
                    portfolio.period,
                    area_id or "ALL",
                    title,
                    *_estimate(row.cells[area_id]),
                    pack.id,
                ]
                for area_id, title in titles.items()
                if area_id in row.cells
            ]
    return Export(
        filename=f"{_file_name('portfolio', portfolio.period)}.csv",
        media_type="text/csv; charset=utf-8",
        body=_csv(rows),
    )


def _trend(workplace: Workplace, actor: Actor, params: Mapping[str, str]) -> Export:
    shown = read_portfolio_trend(workplace, actor, pack=params.get("checklist") or DEFAULT_PACK)
    marks = {
        period: "; ".join(mark.what for mark in found)
        for period, found in groupby(shown.marks, key=lambda mark: mark.period)
    }
    rows: list[list[str | float | None]] = [
        [
            "period", "systems rated", "systems assessed", "still open", "debt 0-1", "low 0-1", "high 0-1",
            "lower quartile 0-1", "median 0-1", "upper quartile 0-1", "changed from here on", "checklist",
        ]
    ]  # fmt: skip
    rows += [
        [
            point.period, point.debt.rated, point.assessed, point.still_open, point.debt.debt, point.debt.low,
            point.debt.high, point.debt.spread.lower_quartile, point.debt.spread.median,
            point.debt.spread.upper_quartile, marks.get(point.period, ""), shown.pack,
        ]
        for point in shown.points
    ]  # fmt: skip
    return Export(filename="portfolio-trend.csv", media_type="text/csv; charset=utf-8", body=_csv(rows))


def _system(workplace: Workplace, actor: Actor, params: Mapping[str, str]) -> Export:
    view = read_system_view(workplace, actor, system_id=params.get("system", ""))
    rows: list[list[str | float | None]] = [
        ["system", "period", "state", "area id", "area", *_ESTIMATE_HEADS, "checklist"]
    ]
    for pack in list(view.titles)[::-1]:
        if pack != view.pack:
            view = read_system_view(workplace, actor, system_id=view.system.system_id, pack=pack)
        titles = {SYSTEM: "All areas"} | {area.id: area.title for area in view.areas}
        for assessment in view.shown:
            rows += [
                [view.system.name, assessment.period, assessment.state, area_id or "ALL", title, *_estimate(cell), pack]
                for area_id, title in titles.items()
                if (cell := view.cells.get((area_id, assessment.period))) is not None
            ]
    return Export(
        filename=f"{_file_name(view.system.name, 'debt')}.csv", media_type="text/csv; charset=utf-8", body=_csv(rows)
    )


def _questions(workplace: Workplace, actor: Actor, params: Mapping[str, str]) -> Export:
    assessment_id = params.get("assessment", "")
    rows: list[list[str | float | None]] = [
        [
            "question id",
            "question",
            "answer",
            "level",
            "level text",
            "votes",
            "reason",
            "note",
            "links",
            "debt 0-1",
            "low 0-1",
            "high 0-1",
            "floor 0-1",
        ]
    ]
    for line in read_question_lines(workplace, actor, assessment_id=assessment_id):
        answer, result = line.answer, line.score
        level = result.level if result else None
        rows.append(
            [
                line.question.id,
                line.question.text,
                answer.state if answer else "unanswered",
                level,
                line.question.levels[level].text if level is not None else "",
                " ".join("?" if vote is None else str(vote) for vote in (answer.votes if answer else ())),
                answer.reason if answer else "",
                answer.note if answer else "",
                " ".join(answer.links) if answer else "",
                result.debt if result else None,
                result.low if result else None,
                result.high if result else None,
                result.floor if result else None,
            ]
        )
    return Export(
        filename=f"{_file_name('answers', assessment_id[:8])}.csv",
        media_type="text/csv; charset=utf-8",
        body=_csv(rows),
    )


def _snapshot(workplace: Workplace, _actor: Actor, params: Mapping[str, str]) -> Export:
    sealed = workplace.store.read(lambda records: records.snapshot(params.get("assessment", "")))
    if sealed is None:
        raise NotFound("No sealed snapshot under this id. Close the quarter first; its snapshot can then be exported.")
    return Export(
        filename=f"{_file_name('snapshot', sealed.period, sealed.document_sha256[:12])}.json",
        media_type="application/json",
        body=sealed.document.encode(),
    )


@permitted(Action.EXPORT)
def export_actions(
    workplace: Workplace, _actor: Actor, *, system_id: str, form: str = "csv", address: str = ""
) -> Export:
    """A system's actions as a file: all of them as a table, the open ones as issues for a tracker.

    `form` is a key of `reports.action_texts.FORMS`; `address` is where this Arrears answers, for the link back to the
    plan, none without it. Raises NotFound, and InvalidInput for a form that is not there or
    when there is nothing to hand on.
    """
    wanted = FORMS.get(form)
    if wanted is None:
        raise InvalidInput("form", f"there is no form {form[:20]!r}; choose among {', '.join(FORMS)}")

    def work(records: Records) -> tuple[SystemRecord, list[ActionText]]:
        system = find_system(records, system_id)
        actions = [a for a in records.plans.actions_of(system_id) if form == "csv" or a.state == OPEN]
        scored = {
            assessment_id: score_assessment(workplace, records, find_assessment(records, assessment_id))
            for assessment_id in {action.assessment_id for action in actions}
        }
        return system, [_action_text(system, action, scored[action.assessment_id], address) for action in actions]

    system, texts = workplace.store.read(work)
    if not texts:
        raise InvalidInput("actions", f"{system.name} has no action to hand on yet; make some from its plan")
    return Export(
        filename=f"{_file_name(system.name, 'actions', '' if form == 'csv' else form)}.{wanted.suffix}",
        media_type=wanted.media_type,
        body=wanted.write(texts),
    )


def _action_text(system: SystemRecord, action: ActionRecord, scored: Scored, address: str) -> ActionText:
    """What an issue says of an action: the question and its levels as the assessment it was planned from had them."""
    question = scored.checklist.questions[action.question_id]
    result = scored.score.questions.get(action.question_id)
    level = result.level if result is not None and result.applies else None
    return ActionText(
        title=action.title,
        system=system.name,
        area=scored.checklist.area_of[question.id].title,
        question=question.id,
        asks=question.text,
        why=question.why,
        level=level,
        level_text="" if level is None else question.levels[level].text,
        target=action.target,
        target_text=question.levels[action.target].text,
        remedies=question.remedies,
        cost_days=action.planned_days,
        benefit_days=action.benefit_days,
        horizon_quarters=action.horizon_quarters,
        owner=action.owner,
        due=action.due,
        link=action.link,
        back=f"{address}plan?{urlencode({'system': system.system_id, 'period': action.period})}" if address else "",
        state=action.state,
        actual_days=action.actual_days,
        friction_gone=action.friction_gone,
    )


def _actions(form: str, workplace: Workplace, actor: Actor, params: Mapping[str, str]) -> Export:
    system, address = params.get("system", ""), params.get("address", "")
    return export_actions(workplace, actor, system_id=system, form=form, address=address)


def _change(workplace: Workplace, actor: Actor, params: Mapping[str, str]) -> Export:
    before, after = (read_period(params[end]) if params.get(end) else None for end in ("from", "to"))
    view = read_movement(
        workplace,
        actor,
        before=before,
        after=after,
        team=params.get("team") or None,
        system_id=params.get("system") or None,
        pack=params.get("checklist"),
    )
    return Export(
        filename=f"{_file_name('change', view.name or 'portfolio', view.before, view.after)}.csv",
        media_type="text/csv; charset=utf-8",
        body=_csv(movement_rows(view)),
    )


_PROMISED_HEADS = ("promised debt 0-1", "measured debt 0-1", "measured in")


def _portfolio_actions(workplace: Workplace, actor: Actor, params: Mapping[str, str]) -> Export:
    """The actions of all systems in use, or those that the parameters of the actions page leave."""
    wanted = ActionFilter(
        team=params.get("team", ""),
        system_id=params.get("system", ""),
        owner=params.get("owner", ""),
        nobody=bool(params.get("nobody")),
        state=params.get("state", ""),
        due=params.get("due", ""),
    )
    shown = read_board(workplace, actor).only(wanted)
    effects = measure_actions(workplace, actor, actions=[row.action for row in shown])
    rows: list[list[str | float | None]] = [
        [
            *("action id", "action", "system", "team", "question id", "owner", "due", "overdue", "state", "reason"),
            *("planned days", "actual days", "avoided days", "over quarters", *_PROMISED_HEADS, "comments", "link"),
        ]
    ]
    for row in shown:
        action = row.action
        measured, measured_in = effects.get(action.action_id, (None, None))
        rows.append(
            [
                action.action_id,
                action.title,
                row.system.name,
                row.system.team,
                action.question_id,
                action.owner,
                "" if action.due is None else action.due.isoformat(),
                "yes" if row.overdue else "no",
                action.state,
                action.reason,
                action.planned_days,
                action.actual_days,
                action.benefit_days,
                action.horizon_quarters,
                action.debt_before - action.debt_target,
                measured,
                measured_in,
                row.comments,
                action.link,
            ]
        )
    return Export(filename="portfolio-actions.csv", media_type="text/csv; charset=utf-8", body=_csv(rows))


def _promises(workplace: Workplace, actor: Actor, params: Mapping[str, str]) -> Export:
    """The promises of a quarter, by default of the last one that is over."""
    system_id, team = params.get("system"), params.get("team", "")
    promises = read_promises(workplace, actor, period=params.get("period"), system_id=system_id, team=team)
    rows: list[list[str | float | None]] = [
        [
            *("action id", "action", "system", "team", "question id", "owner", "promised for", "outcome", "closed on"),
            *("put off to", "planned days", "actual days", *_PROMISED_HEADS),
        ]
    ]
    for row in promises.rows:
        action = row.action
        rows.append(
            [
                action.action_id,
                action.title,
                row.system.name,
                row.system.team,
                action.question_id,
                action.owner,
                row.due.isoformat(),
                row.outcome.value,
                "" if row.closed_on is None else row.closed_on.isoformat(),
                "" if row.moved_to is None else row.moved_to.isoformat(),
                action.planned_days,
                action.actual_days,
                row.promised,
                row.measured,
                row.measured_in,
            ]
        )
    return Export(
        filename=f"{_file_name('promises', promises.period)}.csv",
        media_type="text/csv; charset=utf-8",
        body=_csv(rows),
    )


def _connections(workplace: Workplace, actor: Actor, _params: Mapping[str, str]) -> Export:
    """Every connection that counts or was rejected, with what the debt of its source costs."""
    view = read_connections(workplace, actor)
    looped = {end: number for number, loop in enumerate(view.loops, 1) for end in loop.systems}
    rows: list[list[str | float | None]] = [
        [
            "source id", "source", "source team", "source band", "kind", "direction", "target id", "target",
            "target team", "name", "words", "state", "reason", "changed by", "changed at", "feedback loop",
            "source interest days a quarter", "source interest with dependents",
        ]
    ]  # fmt: skip
    for one in (*view.connections, *view.rejected):
        source, target = view.systems[one.source_id], view.systems[one.target_id]
        together = looped.get(one.source_id)
        rows.append(
            [
                one.source_id, source.name, source.standing.system.team, source.standing.band, one.kind,
                "feeds" if one.directed else "both read", one.target_id, target.name, target.standing.system.team,
                one.name, one.words, one.state, one.reason, one.changed_by, one.changed_at,
                together if one.in_force and one.directed and together == looped.get(one.target_id) else None,
                source.burden.own_days, source.burden.total_days,
            ]
        )  # fmt: skip
    return Export(filename="connections.csv", media_type="text/csv; charset=utf-8", body=_csv(rows))


def _report(form: str, workplace: Workplace, actor: Actor, params: Mapping[str, str]) -> Export:
    """A review of a quarter: of a system, of a team, else of the portfolio."""
    made = make_report(
        workplace, actor, form=form, period=params.get("period") or None, team=params.get("team") or None,
        system_id=params.get("system") or None, length=read_length(params.get("length") or Length.FULL),
    )  # fmt: skip
    return Export(filename=made.filename, media_type=made.media_type, body=made.body)


KINDS: Mapping[str, Callable[[Workplace, Actor, Mapping[str, str]], Export]] = {
    "portfolio.csv": _portfolio,
    "change.csv": _change,
    "trend.csv": _trend,
    "system.csv": _system,
    "questions.csv": _questions,
    "snapshot.json": _snapshot,
    "portfolio-actions.csv": _portfolio_actions,
    "promises.csv": _promises,
    "connections.csv": _connections,
    **{f"actions.{form}": partial(_actions, form) for form in FORMS},
    **{f"report.{form}": partial(_report, form) for form in FORMATS},
}


@permitted(Action.EXPORT)
def export(workplace: Workplace, actor: Actor, kind: str, params: Mapping[str, str]) -> Export:
    """The file of this kind for these ids. Raises NotFound, InvalidInput."""
    make = KINDS.get(kind)
    if make is None:
        raise NotFound(f"No export called {kind[:40]!r}. There are: {', '.join(KINDS)}.")
    return make(workplace, actor, params)

"""From sources to report: a pure function that puts everything in order, counts it, and says what stands out."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from reports import decide, findings, numbers, parts
from reports.report import (
    Appendix,
    Footer,
    Heatmap,
    KeyNumber,
    Length,
    Move,
    PromiseState,
    Report,
    Row,
    RowGroup,
    ScopeKind,
    TeamPage,
    Unit,
    rows_shown,
)
from reports.sources import ReportSources
from reports.text import clean_name, clean_text

HEATMAP_ROWS_MAX = 20  #: on its page; the appendix holds all
MIDDLE_OF_MIN = 2  #: two systems have no middle half
TEAM_ROWS_MAX = 8
TEAM_QUESTIONS_MAX = 8
TEAM_ACTIONS_MAX = 3

METHOD = (
    "Debt is what is owed, 0 to 100; higher is worse. Each question is answered at a level from 0 (no debt) to 4 "
    "(full debt). An area's debt lies above the plain mean of its questions: bad answers pull more than good ones "
    "push, and a single critical question can never be averaged away. A system's debt comes from its areas in the "
    "same way.",
    "What nobody knows counts as 75, not as 0, and widens the interval. Below 80 % known a number gets no letter, "
    "enters no mean and no count, and carries the mark of low confidence. What the repository shows puts a floor "
    "under an answer and never lowers it.",
    "The debt of several systems is the mean of those that are rated; median and quartiles stand beside it. A change "
    "is called better or worse only beyond what repeated assessments of an unchanged system differ by. A change is "
    "split fairly by cause, whatever the order of the causes.",
    "Principal is what repaying takes, interest the extra work each quarter while nothing is repaid; both are "
    "estimates in person-days. Numbers are rounded one by one, so a sum may differ in its last digit.",
    "Letters: A up to 12.5, B up to 37.5, C up to 62.5, D up to 87.5, E above. Heavy debt is D or E.",
)


def digest_of(sources: ReportSources) -> str:
    """sha256 over everything a report is made from, in one canonical form; its length alone makes no difference."""

    def plain(value: Any) -> Any:
        if isinstance(value, date):
            return value.isoformat()
        names = [it.name for it in fields(value)]  # a dataclass, or it has no canonical form and this raises TypeError
        return {name: getattr(value, name) for name in names if not (value is sources and name == "length")}

    text = json.dumps(sources, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=plain)
    return hashlib.sha256(text.encode()).hexdigest()


def build(sources: ReportSources) -> Report:
    """The report. The same sources make the same report; nothing is read from anywhere else."""
    names = parts.Names.of(sources)
    columns = parts.columns_of(sources)
    rows = tuple(parts.row_of(system, sources, names) for system in sources.systems)
    rated = [row for row in rows if row.total.rated]
    appendix_heatmap = _heatmap(columns, rows, 0)
    shown, left_out = rows_shown(rows, HEATMAP_ROWS_MAX)
    heatmap = _heatmap(columns, shown, left_out, all_rows=rows) if rows else None
    change = parts.change_of(sources, rows)
    debt, moved = _debt_and_change(rated)
    promises = parts.promises_of(sources, names)
    actions = parts.actions_of(sources, names)
    disputes = parts.disputes_of(sources, names)
    answered = _mean([system.answered for system in sources.systems if system.total is not None])
    known = decide.Known(
        scope=sources.scope,
        made_on=sources.made_on,
        period=sources.period,
        compared_with=sources.compared_with,
        following=max(parts.following(sources.period), parts.quarter_of(sources.made_on)),
        after_that=parts.following(parts.quarter_of(sources.made_on)),
        rows=rows,
        debt=debt,
        before=parts.debt_before(sources),
        change=moved,
        heatmap=appendix_heatmap,
        promises=promises,
        overdue=parts.overdue_of(sources, names),
        actions=actions,
        disputes=disputes,
        open_questions=sources.open_questions,
        answered=answered,
        system_names=names.systems,
        area_titles=names.areas,
    )
    organisation = clean_text(sources.organisation, 120)
    confidence = parts.confidence_of(sources, names, rows, answered)
    is_one = sources.scope.kind is ScopeKind.SYSTEM
    return Report(
        title=_title(sources),
        period=sources.period,
        compared_with=sources.compared_with,
        scope=sources.scope,
        length=sources.length,
        organisation=organisation,
        made_on=sources.made_on,
        systems=len(rows),
        rated=len(rated),
        verdict=decide.verdict(known, sources.wording),
        numbers=_numbers(sources, known, rows, answered),
        decisions=decide.decisions(known, sources.wording),
        trend=parts.trend_of(sources),
        heatmap=heatmap,
        change=change,
        ranks=None if is_one else parts.ranks_of(sources, rows, names),
        disputes=disputes,
        backlog=parts.backlog_of(sources, names, actions),
        actions=actions,
        promises=promises,
        burn_up=parts.burn_up_of(sources),
        confidence=confidence,
        teams=() if is_one and sources.length is not Length.HANDOUT else _teams(sources, names, rows),
        system=parts.system_of(sources, names, rows, columns) if is_one and rows else None,
        appendix=_appendix(sources, names, appendix_heatmap),
        footer=Footer(
            organisation=organisation,
            confidentiality=clean_text(sources.confidentiality, 60),
            checklist=clean_text(sources.checklist, 120),
            scoring=clean_text(sources.scoring, 80),
            digest=digest_of(sources),
            audit_head=clean_text(sources.audit_head, 80),
        ),
    )


def _title(sources: ReportSources) -> str:
    if sources.scope.kind is ScopeKind.PORTFOLIO:
        return "ML technical debt: quarterly review"
    return f"ML technical debt: {clean_name(sources.scope.name)}"


def _heatmap(
    columns: tuple[Any, ...], rows: Sequence[Row], left_out: int, all_rows: Sequence[Row] | None = None
) -> Heatmap:
    """Rows by team, the team with the most debt first, in each the system with the most debt first."""
    teams: dict[str, list[Row]] = defaultdict(list)
    for row in rows_shown(rows, len(rows))[0]:
        teams[row.team].append(row)

    def owes(team: str) -> tuple[float, str]:
        debts = [row.total.debt for row in teams[team] if row.total.debt is not None]
        return (-_mean(debts) if debts else 1.0, team)  # type: ignore[operator]

    groups = tuple(RowGroup(team=team, rows=tuple(teams[team])) for team in sorted(teams, key=owes))
    return Heatmap(
        finding=findings.where_it_sits(columns, all_rows if all_rows is not None else rows),
        columns=columns,
        groups=groups,
        left_out=left_out,
    )


def _debt_and_change(rated: Sequence[Row]) -> tuple[float | None, float | None]:
    """The mean of the rated systems, and how far those moved that asked the same before: what the portfolio page says.

    Systems that came or left move the mean, too; the split by cause tells that apart.
    """
    moves = [row.total.change for row in rated if row.total.change is not None]
    return _mean([row.total.debt for row in rated if row.total.debt is not None]), _mean(moves)


def _numbers(
    sources: ReportSources, known: decide.Known, rows: Sequence[Row], answered: float | None
) -> tuple[KeyNumber, ...]:
    one = sources.scope.kind is ScopeKind.SYSTEM
    before = [s.answered_before for s in sources.systems if s.answered_before is not None and s.total is not None]
    compared = answered is not None and len(before) == sum(s.total is not None for s in sources.systems) and before
    return (
        _debt_number(sources, known, one),
        _heavy_areas_number(rows) if one else _heavy_systems_number(sources, known),
        KeyNumber(
            key="answered",
            label="Answered",
            unit=Unit.SHARE,
            value=answered,
            change=answered - sum(before) / len(before) if compared and answered is not None else None,
            higher_is_worse=False,
            note=f"{numbers.count(len(sources.open_questions), 'question')} open"
            if sources.open_questions
            else "nothing open"
            if rows
            else "",
        ),
        _kept_number(known),
    )


def _debt_number(sources: ReportSources, known: decide.Known, one: bool) -> KeyNumber:
    if one:
        total = known.rows[0].total if known.rows else None
        note = (
            f"interval {numbers.debt(total.low)}{numbers.DASH}{numbers.debt(total.high)}"
            if total and total.low is not None and total.high is not None and total.debt is not None
            else "0 = none, 100 = full"
        )
    else:
        middle = parts.spread_now(known.rated)
        note = (
            f"median {numbers.debt(middle.median)}, half lie in {numbers.debt(middle.lower_quartile)}"
            f"{numbers.DASH}{numbers.debt(middle.upper_quartile)}"
            if middle.count > MIDDLE_OF_MIN
            else f"median {numbers.debt(middle.median)}"
            if middle.count > 1
            else "0 = none, 100 = full"
        )
    if not known.like_for_like:
        note = f"like for like; it stood at {numbers.debt_exact(known.before)}"
    label = {ScopeKind.PORTFOLIO: "Portfolio debt", ScopeKind.TEAM: "Team debt", ScopeKind.SYSTEM: "System debt"}
    return KeyNumber(
        key="debt",
        label=label[sources.scope.kind],
        unit=Unit.DEBT,
        value=known.debt,
        change=known.change,
        note=note,
    )


def _heavy_systems_number(sources: ReportSources, known: decide.Known) -> KeyNumber:
    both = [
        (s.total_before.band, s.total.band)
        for s in sources.systems
        if s.total is not None and s.total.change is not None and s.total_before is not None
    ]  # whoever came, left or lost its letter is no change of the others
    heavy = known.heavy
    return KeyNumber(
        key="heavy",
        label="Systems with heavy debt",
        unit=Unit.COUNT,
        value=float(len(heavy)) if known.rated else None,
        of=len(known.rated),
        change=float(sum(now in decide.HEAVY for _, now in both) - sum(was in decide.HEAVY for was, _ in both))
        if both
        else None,
        note=numbers.names([row.name for row in heavy], 2) if heavy else "none in D or E" if known.rated else "",
    )


def _heavy_areas_number(rows: Sequence[Row]) -> KeyNumber:
    cells = [cell for row in rows for cell in row.cells if cell.debt is not None]
    heavy = sum(cell.band in decide.HEAVY for cell in cells)
    worse = sum(cell.move is Move.WORSE for cell in cells)
    return KeyNumber(
        key="heavy",
        label="Areas with heavy debt",
        unit=Unit.COUNT,
        value=float(heavy) if cells else None,
        of=len(cells),
        note=f"{numbers.count(worse, 'area')} clearly worse" if worse else "",
    )


def _kept_number(known: decide.Known) -> KeyNumber:
    promises = known.promises
    fell_due = [PromiseState.KEPT, PromiseState.LATE, PromiseState.OVERDUE, PromiseState.DROPPED]
    of = promises.count(*fell_due) if promises else 0
    parts_of_note = [
        f"{count} {state.value}"
        for state in (PromiseState.LATE, PromiseState.OVERDUE, PromiseState.DROPPED, PromiseState.OPEN)
        if promises and (count := promises.count(state))
    ]
    return KeyNumber(
        key="kept",
        label=f"Promises kept, {numbers.period(known.compared_with)}" if known.compared_with else "Promises kept",
        unit=Unit.COUNT,
        value=float(promises.count(PromiseState.KEPT)) if promises and of else None,
        of=of,
        higher_is_worse=False,
        note=", ".join(parts_of_note) if parts_of_note else "" if of else "none fell due yet",
    )


def _teams(sources: ReportSources, names: parts.Names, rows: Sequence[Row]) -> tuple[TeamPage, ...]:
    by_team: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_team[row.team].append(row)
    pages = []
    for team in sorted(by_team, key=lambda name: (name == "", name.casefold(), name)):
        own = {row.system_id for row in by_team[team]}
        promises = parts.promises_of(sources, names, own)
        questions = [it for it in sources.open_questions if it.system_id in own]
        shown, left_out = rows_shown(by_team[team], TEAM_ROWS_MAX)
        pages.append(
            TeamPage(
                team=team,
                finding=findings.of_team(by_team[team], promises, len(questions)),
                rows=shown,
                rows_left_out=left_out,
                actions=parts.actions_of(sources, names, own)[:TEAM_ACTIONS_MAX],
                promises=promises.rows[:TEAM_ACTIONS_MAX] if promises else (),
                questions=tuple(parts.open_question(it, names) for it in questions[:TEAM_QUESTIONS_MAX]),
                questions_left_out=max(0, len(questions) - TEAM_QUESTIONS_MAX),
            )
        )
    return tuple(pages)


def _appendix(sources: ReportSources, names: parts.Names, heatmap: Heatmap) -> Appendix:
    evidence, left_out = parts.evidence_of(sources, names)
    return Appendix(method=METHOD, heatmap=heatmap, evidence=evidence, evidence_left_out=left_out)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None

"""The parts of a report, each from the sources: rows, trend, change, ranks, votes, backlog, promises, confidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from math import fsum

from reports import findings, numbers
from reports.report import (
    NOT_APPLICABLE,
    UNANSWERED,
    Backlog,
    BacklogPoint,
    BurnUp,
    BurnUpPoint,
    Cell,
    CellState,
    ChangeByCause,
    ChangeStep,
    Column,
    Confidence,
    CoverageRow,
    Dispute,
    Disputes,
    EvidenceRow,
    LowConfidence,
    Move,
    NextAction,
    OpenQuestion,
    Promise,
    Promises,
    PromiseState,
    RankMove,
    RankMoves,
    Row,
    ScopeKind,
    Spread,
    StepKind,
    SystemDetail,
    TrendChart,
    TrendPoint,
    VersionMark,
    WorstQuestion,
)
from reports.sources import CellSource, OpenQuestionSource, PrioritySource, PromiseSource, ReportSources, SystemSource
from reports.text import clean_name, clean_text
from scoring.bands import band
from scoring.causes import Cause
from scoring.portfolio import Spread as NumberSpread
from scoring.portfolio import spread
from scoring.trend import LINE_POINTS_MIN

UNCERTAIN_WIDTH = 0.5  #: an interval wider than two bands is marked as uncertain, as on the screen
RANKS_MAX = 10
VOTERS_MIN = 4  #: with fewer voters a count tells who voted what; a report leaves the room
DISPUTES_MAX = 6
POINTS_MAX = 300
ACTIONS_MAX = 5
ACTIONS_OF_ONE_SYSTEM_MAX = 2  #: among the five, where there are other systems
PROMISES_MAX = 12
COVERAGE_ROWS_MAX = 20
LOW_CONFIDENCE_MAX = 8
OPEN_QUESTIONS_MAX = 10
EVIDENCE_MAX = 400
WORST_QUESTIONS_MAX = 8
SMALL_STEP = 0.0005  #: a cause that rounds to 0.0 points joins the other small ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """How ids are called in the report: cleaned once."""

    systems: dict[str, str]
    teams: dict[str, str]  #: of a system, by the system's id
    areas: dict[str, str]

    @classmethod
    def of(cls, sources: ReportSources) -> Names:
        """The names in these sources."""
        return cls(
            systems={it.id: clean_name(it.name) for it in sources.systems},
            teams={it.id: clean_name(it.team, "") for it in sources.systems},
            areas={it.id: clean_name(it.title, it.id) for it in sources.areas},
        )

    def system(self, system_id: str) -> str:
        """A system's name; of one that is no longer in scope, a plain word."""
        return self.systems.get(system_id, "(another system)")

    def area(self, area_id: str) -> str:
        """An area's title; its id where the checklist no longer has it."""
        return self.areas.get(area_id, clean_name(area_id, ""))


# -- rows


def columns_of(sources: ReportSources) -> tuple[Column, ...]:
    """The areas in the order of the checklist."""
    return tuple(
        Column(id=it.id, title=clean_name(it.title, it.id), short=clean_name(it.short, it.id)) for it in sources.areas
    )


def row_of(system: SystemSource, sources: ReportSources, names: Names) -> Row:
    """A system with a cell for every area: an area without a score does not apply, unless nothing was assessed."""
    by_area = {it.area: it for it in system.cells}
    empty = UNANSWERED if system.total is None else NOT_APPLICABLE
    return Row(
        system_id=system.id,
        name=names.system(system.id),
        team=names.teams[system.id],
        total=cell_of(system.total) if system.total is not None else UNANSWERED,
        cells=tuple(cell_of(by_area[it.id]) if it.id in by_area else empty for it in sources.areas),
    )


def cell_of(source: CellSource) -> Cell:
    """A score as a cell."""
    if source.estimate is None:
        return UNANSWERED
    move = Move.NEW if source.is_new else Move(source.direction)
    return Cell(
        state=CellState.SCORE,
        debt=source.estimate,
        low=source.low,
        high=source.high,
        known=source.coverage,
        band=source.band or band(source.estimate),
        rated=source.band is not None,
        low_confidence=source.band is None or source.high - source.low > UNCERTAIN_WIDTH,
        move=move,
        change=source.change,
    )


def spread_now(rated: Sequence[Row]) -> NumberSpread:
    """How the debts of the rated systems lie."""
    return spread(row.total.debt for row in rated if row.total.debt is not None)


# -- trend and change


def following(period: str) -> str:
    """The quarter after this one; the same text where it is not a quarter."""
    year, letter, quarter = period.partition("Q")
    if not letter or not year.isdigit() or not quarter.isdigit():
        return period
    count = int(year) * 4 + int(quarter)
    return f"{count // 4:04d}Q{count % 4 + 1}"


def trend_of(sources: ReportSources) -> TrendChart | None:
    """Debt over the quarters; None before anything is rated."""
    if not any(it.debts for it in sources.quarters):
        return None
    one = sources.scope.kind is ScopeKind.SYSTEM
    points = []
    for it in sources.quarters:
        lies = spread(it.debts)
        points.append(
            TrendPoint(
                period=it.period,
                debt=lies.mean,
                median=None if one else lies.median,
                low=it.low if one else lies.lower_quartile,
                high=it.high if one else lies.upper_quartile,
                rated=lies.count,
            )
        )
    target = sources.target
    words = f"target {numbers.debt(target.debt)}" if target else ""
    if target and target.words.strip():
        words = f"{words} {clean_text(target.words, 40)}"
    return TrendChart(
        finding=findings.of_trend(points, target.debt if target else None, f"the {words}"),
        points=tuple(points),
        target=target.debt if target else None,
        target_words=words[:1].upper() + words[1:],
        marks=_version_marks(sources),
        line=sum(point.debt is not None for point in points) >= LINE_POINTS_MIN,
        of_one_system=one,
    )


def _version_marks(sources: ReportSources) -> tuple[VersionMark, ...]:
    marks = []
    before = None
    for it in sources.quarters:
        if not it.debts:
            continue
        if before is not None:
            changed = [
                words
                for words, old, new in (
                    (f"checklist {clean_text(it.checklist, 40)}", before.checklist, it.checklist),
                    ("scoring version", before.scoring, it.scoring),
                )
                if old and new and old != new
            ]
            if changed:
                marks.append(VersionMark(period=it.period, words=f"new {' and '.join(changed)}"))
        before = it
    return tuple(marks)


def debt_before(sources: ReportSources) -> float | None:
    """The debt of the scope in the quarter it is compared with, None when nothing was rated then."""
    if not sources.compared_with:
        return None
    for it in sources.quarters:
        if it.period == sources.compared_with and it.debts:
            return spread(it.debts).mean
    rated = [
        it.total_before.estimate
        for it in sources.systems
        if it.total_before is not None and it.total_before.band and it.total_before.estimate is not None
    ]
    return spread(rated).mean


LABELS: Mapping[str, tuple[str, StepKind]] = {
    Cause.PANEL: ("Other people voted", StepKind.KNOWLEDGE),
    Cause.NEWLY_KNOWN: ("Newly known", StepKind.KNOWLEDGE),
    Cause.NO_LONGER_KNOWN: ("No longer known", StepKind.KNOWLEDGE),
    Cause.EVIDENCE: ("Repository evidence", StepKind.DEBT),
    Cause.NOT_APPLICABLE: ("Applies or not", StepKind.YARDSTICK),
    Cause.CHECKLIST: ("Checklist or scope", StepKind.YARDSTICK),
    Cause.RULES: ("Scoring version", StepKind.YARDSTICK),
}


def change_of(sources: ReportSources, rows: Sequence[Row]) -> ChangeByCause | None:
    """The change split by cause, better and worse answers apart; what is left is which systems are rated at all.

    Over several systems each share is the mean over those rated both times, as the mean debt is.
    """
    before = debt_before(sources)
    rated = [row for row in rows if row.total.rated]
    after = spread_now(rated).mean
    if before is None or after is None:
        return None
    both = {
        it.id
        for it in sources.systems
        if it.total_before is not None and it.total_before.band and it.total is not None and it.total.band
    }
    shares: dict[tuple[str, str, StepKind], float] = defaultdict(float)
    for it in sources.causes:
        if it.system_id not in both:
            continue
        if it.cause == Cause.ANSWERS:
            key = ("answers better", "Better answers") if it.share < 0 else ("answers worse", "Worse answers")
            shares[*key, StepKind.DEBT] += it.share / len(both)
        else:
            label, kind = LABELS.get(it.cause, (it.cause.capitalize(), StepKind.YARDSTICK))
            shares[it.cause, label, kind] += it.share / len(both)
    steps = [
        ChangeStep(key=key, label=label, kind=kind, share=share)
        for (key, label, kind), share in shares.items()
        if abs(share) >= SMALL_STEP
    ]
    rest = (after - before) - fsum(step.share for step in steps)
    if abs(rest) >= SMALL_STEP:
        members = (after - before) - _moved(sources, both)
        left = (("members", "Systems rated once", members), ("unsplit", "Not told apart", rest - members))
        steps += [
            ChangeStep(key=which, label=words, kind=StepKind.MEMBERS, share=share)
            for which, words, share in left
            if abs(share) >= SMALL_STEP
        ]
    steps.sort(key=lambda it: (it.kind is StepKind.MEMBERS, it.share > 0, -abs(it.share), it.key))
    return ChangeByCause(
        finding=findings.of_change(steps),
        before_period=sources.compared_with,
        after_period=sources.period,
        before=before,
        after=after,
        steps=tuple(steps),
    )


def _moved(sources: ReportSources, both: Set[str]) -> float:
    """How far the mean debt of the systems rated both times moved."""
    return fsum(
        it.total.estimate - it.total_before.estimate
        for it in sources.systems
        if it.id in both
        and it.total is not None
        and it.total_before is not None
        and it.total.estimate is not None
        and it.total_before.estimate is not None
    ) / (len(both) or 1)


def ranks_of(sources: ReportSources, rows: Sequence[Row], names: Names) -> RankMoves | None:
    """The most indebted systems now and their places before, among those rated now; equal debts share a place."""
    now = {row.system_id: row.total.debt for row in rows if row.total.rated and row.total.debt is not None}
    before = {
        it.id: it.total_before.estimate
        for it in sources.systems
        if it.id in now
        and it.total_before is not None
        and it.total_before.band
        and it.total_before.estimate is not None
    }
    if len(now) < 2 or not before:
        return None
    moves = {row.system_id: row.total.move for row in rows}
    first = sorted(now, key=lambda it: (-now[it], names.system(it), it))[:RANKS_MAX]
    lines = tuple(
        RankMove(
            name=names.system(it),
            before=_place(before, it),
            after=_place(now, it),
            debt_before=before.get(it),
            debt_after=now[it],
            move=moves[it],
        )
        for it in first
    )
    return RankMoves(
        finding=findings.of_ranks(lines),
        before_period=sources.compared_with,
        after_period=sources.period,
        moves=lines,
    )


def _place(debts: Mapping[str, float], system_id: str) -> int | None:
    own = debts.get(system_id)
    return None if own is None else 1 + sum(other > own for other in debts.values())


# -- votes


def disputes_of(sources: ReportSources, names: Names) -> Disputes | None:
    """The questions on which votes lie furthest apart; None where fewer than four voted on any."""
    found = []
    for it in sources.votes:
        if len(it.votes) < VOTERS_MIN:
            continue
        given = Counter(vote for vote in it.votes if vote is not None)
        counts = tuple(given[level] for level in range(max((*given, 4)) + 1))
        agreement, apart = _agreement(counts)
        found.append(
            (
                -apart,
                agreement,
                Dispute(
                    question=clean_text(it.question, 40),
                    text=clean_text(it.text, 300),
                    system=names.system(it.system_id),
                    team=names.teams.get(it.system_id, ""),
                    area=names.area(it.area),
                    counts=counts,
                    unknown=len(it.votes) - sum(given.values()),
                    spread=_spread(agreement, apart),
                ),
            )
        )
    if not found:
        return None
    found.sort(key=lambda it: (it[2].spread is not Spread.DISCUSS, it[1], it[0], it[2].system, it[2].question))
    questions = tuple(it[2] for it in found[:DISPUTES_MAX])
    return Disputes(
        finding=findings.of_disputes([it[2] for it in found]),
        questions=questions,
        left_out=max(0, len(found) - DISPUTES_MAX),
    )


def _agreement(counts: Sequence[int]) -> tuple[float, int]:
    """(van der Eijk's A, levels between the lowest and the highest vote)."""
    from scoring.agreement import van_der_eijk

    levels = [level for level, count in enumerate(counts) if count]
    if sum(counts) < 2:
        return 1.0, 0
    return van_der_eijk(counts), levels[-1] - levels[0]


def _spread(agreement: float, apart: int) -> Spread:
    """The same limits as on the screen."""
    from scoring.agreement import RANGE_AGREED_MAX, RANGE_SPLIT_MIN

    if apart >= RANGE_SPLIT_MIN or agreement < 0:
        return Spread.DISCUSS
    return Spread.AGREED if apart <= RANGE_AGREED_MAX else Spread.MIXED


# -- what to do first


def actions_of(sources: ReportSources, names: Names, own: Set[str] | None = None) -> tuple[NextAction, ...]:
    """At most five repayments, the best return first, of questions somebody could answer; `own` = of these systems."""
    of = _by_return([it for it in sources.priorities if own is None or it.system_id in own])
    several = len({it.system_id for it in of}) > 2
    taken: Counter[str] = Counter()
    chosen: list[PrioritySource] = []
    for it in of:
        if len(chosen) == ACTIONS_MAX:
            break
        if it.known and it.benefit_days > 0 and not (several and taken[it.system_id] == ACTIONS_OF_ONE_SYSTEM_MAX):
            chosen.append(it)
            taken[it.system_id] += 1
    return tuple(_action(number, it, names) for number, it in enumerate(chosen, 1))


def _by_return(priorities: Sequence[PrioritySource]) -> list[PrioritySource]:
    return sorted(
        priorities,
        key=lambda it: (-it.benefit_days / max(it.cost_days, 0.5), -it.benefit_days, it.system_id, it.question),
    )


def _action(number: int, source: PrioritySource, names: Names) -> NextAction:
    return NextAction(
        number=number,
        question=clean_text(source.question, 40),
        title=clean_text(source.title, 160),
        system=names.system(source.system_id),
        team=names.teams.get(source.system_id, ""),
        why=clean_text(source.why, 300),
        owner=clean_name(source.owner, ""),
        due=source.due,
        cost_days=source.cost_days,
        avoided_days_per_quarter=source.avoided_days_per_quarter,
        avoided_days=source.benefit_days,
        horizon_quarters=source.horizon_quarters,
        tier=clean_text(source.tier, 20),
        planned=source.planned,
    )


def backlog_of(sources: ReportSources, names: Names, actions: Sequence[NextAction]) -> Backlog | None:
    """Every possible repayment as a point, the best return first; None where there is none."""
    if not sources.priorities:
        return None
    number = {(it.system, it.question, it.title): it.number for it in actions}
    points = [
        BacklogPoint(
            question=clean_text(it.question, 40),
            title=clean_text(it.title, 160),
            system=names.system(it.system_id),
            cost_days=it.cost_days,
            avoided_days_per_quarter=it.avoided_days_per_quarter,
            number=number.get((names.system(it.system_id), clean_text(it.question, 40), clean_text(it.title, 160))),
        )
        for it in _by_return(sources.priorities)
    ]
    points.sort(key=lambda it: it.number is None)  # stable: the five first, then by return
    return Backlog(
        finding=findings.of_backlog(points, actions),
        points=tuple(points[:POINTS_MAX]),
        left_out=max(0, len(points) - POINTS_MAX),
    )


# -- promises


def promises_of(sources: ReportSources, names: Names, own: Set[str] | None = None) -> Promises | None:
    """What was promised, what to talk about first; None where nothing was. `own` = of these systems only."""
    all_of = [_promise(it, sources, names) for it in sources.promises if own is None or it.system_id in own]
    if not all_of:
        return None
    order = (
        PromiseState.OVERDUE,
        PromiseState.DROPPED,
        PromiseState.LATE,
        PromiseState.KEPT,
        PromiseState.OPEN,
    )
    all_of.sort(key=lambda it: (order.index(it.state), it.due is None, it.due, it.system, it.title))
    counts = Counter(it.state for it in all_of)
    return Promises(
        finding=findings.of_promises(counts, sources.compared_with),
        rows=tuple(all_of[:PROMISES_MAX]),
        counts=tuple((state, counts[state]) for state in PromiseState if counts[state]),
        left_out=max(0, len(all_of) - PROMISES_MAX),
    )


def overdue_of(sources: ReportSources, names: Names) -> tuple[Promise, ...]:
    """Every open action past its date, whichever quarter it was promised for; the oldest first."""
    found = [_promise(it, sources, names) for it in sources.planned or sources.promises]
    late = [it for it in found if it.state is PromiseState.OVERDUE]
    return tuple(sorted(late, key=lambda it: (it.due or date.max, it.system, it.title)))


def _promise(source: PromiseSource, sources: ReportSources, names: Names) -> Promise:
    return Promise(
        title=clean_text(source.title, 160),
        system=names.system(source.system_id),
        team=names.teams.get(source.system_id, ""),
        owner=clean_name(source.owner, ""),
        state=_state(source, sources),
        planned_on=source.planned_on,
        due=source.due,
        done=source.closed_on if source.state == "done" else None,
        planned_days=source.planned_days,
        actual_days=source.actual_days,
        promised=source.debt_target - source.debt_before,
        measured=None if source.debt_now is None else source.debt_now - source.debt_before,
        reason=clean_text(source.reason, 200),
    )


def _state(source: PromiseSource, sources: ReportSources) -> PromiseState:
    if source.state == "dropped":
        return PromiseState.DROPPED
    if source.state == "done":
        late = source.due is not None and source.closed_on is not None and source.closed_on > source.due
        return PromiseState.LATE if late else PromiseState.KEPT
    overdue = source.due is not None and source.due < sources.made_on
    return PromiseState.OVERDUE if overdue else PromiseState.OPEN


def burn_up_of(sources: ReportSources) -> BurnUp | None:
    """Days promised and done by the end of each quarter; None before there are two quarters with promises."""
    periods = [it.period for it in sources.quarters]
    dated = [it for it in sources.planned or sources.promises if it.planned_on is not None]
    if len(periods) < 2 or not dated:
        return None

    def by(period: str) -> BurnUpPoint:
        planned = fsum(it.planned_days for it in dated if quarter_of(it.planned_on) <= period)
        dropped = fsum(
            it.planned_days
            for it in dated
            if it.state == "dropped" and it.closed_on is not None and quarter_of(it.closed_on) <= period
        )
        done = fsum(
            it.planned_days
            for it in dated
            if it.state == "done" and it.closed_on is not None and quarter_of(it.closed_on) <= period
        )
        return BurnUpPoint(period=period, scope_days=planned - dropped, done_days=done)

    points = tuple(by(period) for period in periods)
    while len(points) > 2 and points[0].scope_days == 0 and points[1].scope_days == 0:
        points = points[1:]
    if points[-1].scope_days <= 0:
        return None
    return BurnUp(finding=findings.of_burn_up(points), points=points)


def quarter_of(day: date | None) -> str:
    """The quarter of a day; without one it sorts after every quarter."""
    if day is None:
        return "~"
    return f"{day.year:04d}Q{(day.month - 1) // 3 + 1}"


# -- confidence


def confidence_of(
    sources: ReportSources, names: Names, rows: Sequence[Row], answered: float | None
) -> Confidence | None:
    """How far the numbers can be trusted; None where there is no system."""
    if not rows:
        return None
    coverage = _coverage(sources, names)
    low = _low_confidence(sources, rows)
    questions = sources.open_questions
    return Confidence(
        finding=findings.of_confidence(rows, answered, len(questions)),
        coverage=coverage[:COVERAGE_ROWS_MAX],
        coverage_left_out=max(0, len(coverage) - COVERAGE_ROWS_MAX),
        low_confidence=low[:LOW_CONFIDENCE_MAX],
        low_confidence_left_out=max(0, len(low) - LOW_CONFIDENCE_MAX),
        open_questions=tuple(open_question(it, names) for it in questions[:OPEN_QUESTIONS_MAX]),
        open_questions_left_out=max(0, len(questions) - OPEN_QUESTIONS_MAX),
    )


def _coverage(sources: ReportSources, names: Names) -> tuple[CoverageRow, ...]:
    """A row for each system; a row for each team where there are too many systems. The least answered first."""
    of: list[tuple[str, list[SystemSource]]] = [(names.system(it.id), [it]) for it in sources.systems]
    if len(of) > COVERAGE_ROWS_MAX:
        by_team: dict[str, list[SystemSource]] = defaultdict(list)
        for it in sources.systems:
            by_team[names.teams[it.id] or "No team"].append(it)
        of = list(by_team.items())
    rows = []
    for name, systems in of:
        scanned = [it.evidenced for it in systems if it.evidenced is not None]
        rows.append(
            CoverageRow(
                name=name,
                answered=fsum(it.answered for it in systems) / len(systems),
                evidenced=fsum(scanned) / len(systems) if scanned else None,
            )
        )
    return tuple(sorted(rows, key=lambda it: (it.answered, it.name)))


def _low_confidence(sources: ReportSources, rows: Sequence[Row]) -> tuple[LowConfidence, ...]:
    """Whole systems first, then areas, the widest interval first."""
    titles = [clean_name(it.title, it.id) for it in sources.areas]
    found = []
    for row in rows:
        for area, cell in (("", row.total), *zip(titles, row.cells, strict=True)):
            if cell.state is not CellState.SCORE or not cell.low_confidence or cell.low is None or cell.high is None:
                continue
            why = f"{numbers.percent(cell.known)} known" if not cell.rated else "wide interval"
            found.append(
                LowConfidence(
                    system=row.name, area=area, debt=cell.debt, low=cell.low, high=cell.high, known=cell.known, why=why
                )
            )
    return tuple(sorted(found, key=lambda it: (it.area != "", it.low - it.high, it.system, it.area)))


def open_question(source: OpenQuestionSource, names: Names) -> OpenQuestion:
    """A question without an answer, with names."""
    return OpenQuestion(
        system=names.system(source.system_id),
        team=names.teams.get(source.system_id, ""),
        area=names.area(source.area),
        question=clean_text(source.question, 40),
        text=clean_text(source.text, 300),
        unknown=source.unknown,
    )


# -- one system, evidence


def system_of(sources: ReportSources, names: Names, rows: Sequence[Row], columns: tuple[Column, ...]) -> SystemDetail:
    """What a report on one system says besides."""
    system, row = sources.systems[0], rows[0]
    return SystemDetail(
        name=row.name,
        team=row.team,
        purpose=clean_text(system.purpose, 400),
        finding=findings.where_it_sits(columns, [row]),
        row=row,
        columns=columns,
        worst=tuple(
            WorstQuestion(
                question=clean_text(it.question, 40),
                text=clean_text(it.text, 300),
                area=names.area(it.area),
                debt=it.debt,
                answer=clean_text(it.answer, 300),
                contradicted=it.contradicted,
            )
            for it in sources.questions[:WORST_QUESTIONS_MAX]
        ),
        contradictions=system.contradictions,
    )


def evidence_of(sources: ReportSources, names: Names) -> tuple[tuple[EvidenceRow, ...], int]:
    """The facts that count, and how many more there are."""
    rows = tuple(
        EvidenceRow(
            system=names.system(it.system_id),
            area=names.area(it.area),
            question=clean_text(it.question, 40),
            said=clean_text(it.said, 300),
            debt=it.debt,
            seen=it.seen,
        )
        for it in sources.evidence[:EVIDENCE_MAX]
    )
    return rows, max(0, len(sources.evidence) - EVIDENCE_MAX)

"""The portfolio: systems by areas for one quarter, with the change since the one before, and the debt of them all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import NamedTuple, Protocol

from checklists.reader import DEFAULT_PACK
from operations.authorize import Action, Actor, permitted
from operations.periods import period_of, preceding
from operations.scores import PARAMETERS, SYSTEM, renew_open
from operations.shared_questions import SYSTEMS_MAX, common_change
from operations.workplace import Workplace, shipped_checklist
from scoring.compare import SMALLEST_DETECTABLE_CHANGE
from scoring.portfolio import PortfolioDebt, Spread, portfolio_debt, spread
from scoring.score import scoring_id
from scoring.trend import Trend, trend
from store.portfolio_records import WholeRow
from store.records import AssessmentRecord, Records, SystemRecord

LEAST_CLEAR = 0.01  #: one point: a change of a mean that its readers can see
UNCERTAIN_WIDTH = 0.5  #: an interval wider than two bands is marked as uncertain
HEAVY = ("D", "E")  #: the bands of heavy debt


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaHead:
    """A column of the portfolio."""

    id: str
    title: str
    short: str


class ScoreCell(NamedTuple):
    """One system's debt in one area (or in all) with its change since the quarter before."""

    estimate: float | None
    low: float
    high: float
    coverage: float
    band: str | None
    change: float | None  #: difference of the estimates, None when there is nothing to compare
    direction: str | None  #: "better", "worse" or None when it is within what repeats differ by
    disputed: int | None = None  #: questions whose votes are split; None where that was not counted
    contradicted: int | None = None  #: answers the evidence disagrees with
    undecided: int | None = None  #: those of them nobody has decided on

    @property
    def uncertain(self) -> bool:
        """Whether the number deserves the mark of low confidence."""
        return self.band is None or self.high - self.low > UNCERTAIN_WIDTH


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioRow:
    """One system in one quarter. `cells` lacks the areas that do not apply; the system's own debt is under ""."""

    system: SystemRecord
    assessment: AssessmentRecord | None
    cells: Mapping[str, ScoreCell]
    pack: str  #: id of the pack it is assessed with; where it is not, of the one it had last, else the default

    @property
    def total(self) -> ScoreCell | None:
        """The system's own debt, None when it was not assessed in this quarter."""
        return self.cells.get(SYSTEM)

    @property
    def heavy(self) -> bool:
        """Whether it is in band D or E."""
        return self.total is not None and self.total.band in HEAVY


@dataclass(frozen=True, slots=True, kw_only=True)
class PackInUse:
    """A pack with the systems assessed with it. Numbers of different packs are never put side by side."""

    id: str
    title: str
    systems: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """The systems of one pack in one quarter; `packs` says which others there are."""

    period: str
    compared_with: str
    periods: tuple[str, ...]  #: every quarter with an assessment, and the present one, ascending
    pack: str  #: id of the pack whose systems and areas these are
    packs: tuple[PackInUse, ...]  #: the one with the most systems first
    areas: tuple[AreaHead, ...]
    rows: tuple[PortfolioRow, ...]
    debt: PortfolioDebt  #: of the rated systems
    change: Spread  #: since the quarter before, over the systems rated in both; see `over_common`
    heavy_change: int  #: how many of those systems are in D or E more than before
    sealed_elsewhere: int  #: assessments of this quarter sealed under other scoring rules than today's
    to_score_anew: int  #: of this quarter and the one before: not scored under today's rules yet
    sealed: bool  #: closed quarters as they were sealed, rather than as they would score today
    demonstration: bool  #: whether the demonstration portfolio is loaded
    begun: bool  #: whether there is any system at all, in whichever quarter
    over_common: Mapping[str, int] = field(default_factory=dict)
    #: systems that did not ask the same before: how many questions both quarters asked; their changes are over these
    not_compared: int = 0  #: further such systems, of which no change is shown

    @property
    def assessed(self) -> tuple[PortfolioRow, ...]:
        """The systems with an assessment in this quarter that says something."""
        return tuple(row for row in self.rows if row.total is not None and row.total.estimate is not None)

    @property
    def rated(self) -> tuple[PortfolioRow, ...]:
        """The systems of which enough is known for a letter; only these enter means and counts."""
        return tuple(row for row in self.rows if row.total is not None and row.total.band is not None)

    @property
    def heavy(self) -> tuple[PortfolioRow, ...]:
        """The systems in heavy debt, the heaviest first."""
        return tuple(sorted((row for row in self.rows if row.heavy), key=lambda row: -_estimate(row)))

    @property
    def answered(self) -> float | None:
        """The share of what is asked that is known, 0..1: the mean over the systems assessed in this quarter."""
        known = [row.total.coverage for row in self.rows if row.total is not None]
        return sum(known) / len(known) if known else None

    @property
    def direction(self) -> str | None:
        """Which way the portfolio moved, beyond what repeats of unchanged systems would."""
        return direction_of_mean(self.change)

    def moved(self, direction: str) -> tuple[PortfolioRow, ...]:
        """The systems that became clearly "better" or "worse", the one that moved most first."""
        found = [row for row in self.rows if row.total is not None and row.total.direction == direction]
        return tuple(sorted(found, key=lambda row: (-abs(_change(row)), row.system.name.casefold())))


def _estimate(row: PortfolioRow) -> float:
    return row.total.estimate if row.total is not None and row.total.estimate is not None else -1.0


def _change(row: PortfolioRow) -> float:
    return row.total.change if row.total is not None and row.total.change is not None else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioPoint:
    """The portfolio in one quarter of its trend."""

    period: str
    debt: PortfolioDebt
    assessed: int
    still_open: int  #: assessments nobody has closed yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A quarter from which on something else is measured: its numbers do not simply follow on from those before."""

    period: str
    what: str  #: "checklist 2026.2", "scoring rules 2"


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioTrend:
    """The debt of the systems of one pack over all quarters, each as it was sealed."""

    pack: str
    points: tuple[PortfolioPoint, ...]  #: quarters with an assessment, ascending
    marks: tuple[Mark, ...]
    said: Trend

    def upto(self, period: str) -> PortfolioTrend:
        """The trend as it stood at the end of a quarter: what came later was not known then."""
        points = tuple(point for point in self.points if point.period <= period)
        return replace(
            self,
            points=points,
            marks=tuple(mark for mark in self.marks if mark.period <= period),
            said=trend([(point.period, point.debt.debt) for point in points]),
        )


def direction_of(change: float | None) -> str | None:
    """Better or worse only beyond what repeated assessments of an unchanged system differ by."""
    if change is None or abs(change) <= SMALLEST_DETECTABLE_CHANGE:
        return None
    return "worse" if change > 0 else "better"


def direction_of_mean(change: Spread) -> str | None:
    """Like `direction_of`, for the mean change of several systems: what is chance in each partly cancels out.

    Over hundreds of systems hardly anything is chance; less than a point is still nothing to call clear.
    """
    if change.mean is None or abs(change.mean) <= max(LEAST_CLEAR, SMALLEST_DETECTABLE_CHANGE / change.count**0.5):
        return None
    return "worse" if change.mean > 0 else "better"


def asks_the_same(assessment: AssessmentRecord | None, other: AssessmentRecord | None) -> bool:
    """Whether two assessments asked the same questions, so that their numbers may be subtracted."""
    return (
        assessment is not None
        and other is not None
        and (assessment.checklist_id, assessment.scope, assessment.switches)
        == (other.checklist_id, other.scope, other.switches)
    )


class _Kept(Protocol):
    """A stored score, whichever way it was read."""

    @property
    def estimate(self) -> float | None: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def coverage(self) -> float: ...
    @property
    def band(self) -> str | None: ...
    @property
    def disputed(self) -> int | None: ...
    @property
    def contradicted(self) -> int | None: ...
    @property
    def undecided(self) -> int | None: ...


def score_cell(row: _Kept, before: _Kept | None) -> ScoreCell:
    """A stored score as a cell, compared with the same area a quarter before where both are known well enough.

    Below the coverage of a letter most of a number is what unanswered questions count as: a quarter in the middle of
    being answered would look much worse than the one before.
    """
    change = None
    if before is not None and row.estimate is not None and before.estimate is not None and row.band and before.band:
        change = row.estimate - before.estimate
    return ScoreCell(
        row.estimate, row.low, row.high, row.coverage, row.band, change, direction_of(change),
        row.disputed, row.contradicted, row.undecided,
    )  # fmt: skip


@permitted(Action.READ)
def read_portfolio(
    workplace: Workplace, actor: Actor, *, period: str | None = None, pack: str | None = None, sealed: bool = True
) -> Portfolio:
    """Systems by areas for `period`, by default the present quarter or else the latest one assessed.

    Only the systems of one pack: `pack`, by default (and where nobody uses it) the one most systems are assessed with.
    A system that was not there yet in that quarter, or was out of use, is no row of it.

    Closed quarters are shown as they were sealed; with `sealed` False all are shown under today's scoring rules, as far
    as they were scored under them (operations.rescoring). What was found out is remembered until the database changes.
    """
    renew_open(workplace)
    return workplace.memory.recall(
        ("portfolio", actor, workplace.today(), period, pack, sealed),
        workplace.store.version,
        lambda: workplace.store.read(lambda records: _portfolio(workplace, records, period, pack, sealed=sealed)),
    )


def _portfolio(
    workplace: Workplace, records: Records, period: str | None, pack: str | None, *, sealed: bool
) -> Portfolio:
    all_systems, known, names = records.systems(include_retired=True), records.periods(), records.checklist_names()
    present = period_of(workplace.today())
    quarter = period or (present if not known or present in known else known[-1])
    before = preceding(quarter)
    assessments, earlier = ({a.system_id: a for a in records.assessments_in(p)} for p in (quarter, before))
    systems = _there(workplace, records, all_systems, quarter, assessments)
    packs_of = _packs_of(records, systems, assessments, names, quarter)
    packs = _packs_in_use(workplace, records, packs_of, names) if systems else ()
    chosen = pack if pack in {each.id for each in packs} else packs[0].id if packs else DEFAULT_PACK
    active = scoring_id(PARAMETERS)
    comparable = {one for one, now in assessments.items() if asks_the_same(now, earlier.get(one))}
    known_then = records.portfolio.cells(before, active, sealed=sealed)
    then = {(cell.system_id, cell.area): cell for cell in known_then if cell.system_id in comparable}
    bands_then = {cell.system_id: cell.band for cell in known_then if cell.area == SYSTEM}
    cells: dict[str, dict[str, ScoreCell]] = defaultdict(dict)
    for cell in records.portfolio.cells(quarter, active, sealed=sealed):
        if packs_of.get(cell.system_id) != chosen:
            continue
        old = then.get((cell.system_id, cell.area))
        if old is not None and old.scoring_id != cell.scoring_id:
            old = None
        cells[cell.system_id][cell.area] = score_cell(cell, old)
    differing = [
        one
        for one, now in assessments.items()
        if one in cells and one in earlier and one not in comparable
        and names[now.checklist_id] == names[earlier[one].checklist_id]
    ]  # fmt: skip
    over_common: dict[str, int] = {}
    for one in differing[:SYSTEMS_MAX]:
        common = common_change(workplace, records, earlier[one], assessments[one])
        over_common[one] = common.questions
        for area, change in common.changes.items():
            if area in cells[one] and cells[one][area].band:
                cells[one][area] = cells[one][area]._replace(change=change, direction=direction_of(change))
    rows = tuple(
        PortfolioRow(
            system=system,
            assessment=assessments.get(system.system_id),
            cells=cells.get(system.system_id, {}),
            pack=chosen,
        )
        for system in systems
        if packs_of[system.system_id] == chosen
    )
    compared = [row for row in rows if row.total is not None and row.total.change is not None]
    return Portfolio(
        period=quarter,
        compared_with=before,
        periods=tuple(sorted({*known, present, quarter})),
        pack=chosen,
        packs=packs,
        areas=_areas(workplace, records, rows, chosen, names)
        if systems  # the very first page need not wait for the checklist to be read
        else (),
        rows=rows,
        debt=portfolio_debt(row.total for row in rows if row.total is not None),
        change=spread(_change(row) for row in compared),
        heavy_change=sum(row.heavy for row in compared)
        - sum(bands_then.get(row.system.system_id) in HEAVY for row in compared),
        sealed_elsewhere=records.portfolio.sealed_elsewhere(quarter, active),
        to_score_anew=sum(len(records.portfolio.to_score_anew(p, active)) for p in (quarter, before)),
        sealed=sealed,
        demonstration=any(s.demonstration for s in all_systems),
        begun=bool(all_systems),
        over_common=over_common,
        not_compared=max(0, len(differing) - SYSTEMS_MAX),
    )


def _there(
    workplace: Workplace, records: Records, systems: Sequence[SystemRecord], quarter: str, assessed: Collection[str]
) -> list[SystemRecord]:
    """The systems of a quarter: those assessed in it, and those that were there already and still in use.

    A system is there from the quarter it was added in, or assessed in first where somebody entered the past.
    """
    lifetimes = records.portfolio.lifetimes()
    days: dict[str, str] = {}

    def period(moment: str) -> str:
        if moment not in days:
            days[moment] = period_of(workplace.day_of(moment))
        return days[moment]

    def there(system: SystemRecord) -> bool:
        if system.system_id in assessed:
            return True
        first, _ = lifetimes.get(system.system_id, (quarter + "~", ""))
        begun = min(period(system.created_at), first) <= quarter
        return begun and (system.retired_at is None or quarter < period(system.retired_at))

    return [system for system in systems if there(system)]


def _packs_of(
    records: Records,
    systems: Sequence[SystemRecord],
    assessments: Mapping[str, AssessmentRecord],
    names: Mapping[str, str],
    quarter: str,
) -> dict[str, str]:
    """The pack each system stands under in this quarter."""
    if set(names.values()) <= {DEFAULT_PACK}:  # as nearly everywhere: no need to look
        return dict.fromkeys((system.system_id for system in systems), DEFAULT_PACK)
    last = records.portfolio.last_checklists(quarter)
    asked = last | {one: assessment.checklist_id for one, assessment in assessments.items()}
    return {s.system_id: names[asked[s.system_id]] if s.system_id in asked else DEFAULT_PACK for s in systems}


def _packs_in_use(
    workplace: Workplace, records: Records, packs_of: Mapping[str, str], names: Mapping[str, str]
) -> tuple[PackInUse, ...]:
    counts = Counter(packs_of.values())
    newest = {name: checklist_id for checklist_id, name in names.items()}

    def title(pack: str) -> str:
        return shipped_checklist().title if pack == DEFAULT_PACK else workplace.checklist(records, newest[pack]).title

    order = sorted(counts, key=lambda pack: (-counts[pack], pack != DEFAULT_PACK, pack))
    return tuple(PackInUse(id=pack, title=title(pack), systems=counts[pack]) for pack in order)


def _areas(
    workplace: Workplace, records: Records, rows: Sequence[PortfolioRow], pack: str, names: Mapping[str, str]
) -> tuple[AreaHead, ...]:
    """The columns: the areas of every version of the pack that is in use here, each once."""
    if pack == DEFAULT_PACK:
        checklists = [shipped_checklist()]
    else:
        used = dict.fromkeys(row.assessment.checklist_id for row in rows if row.assessment is not None)
        used = used or {one: None for one, name in names.items() if name == pack}  # nobody is assessed in this quarter
        checklists = [workplace.checklist(records, one) for one in used]
    areas = {area.id: area for checklist in checklists for area in checklist.areas}
    return tuple(AreaHead(id=area.id, title=area.title, short=area.short) for area in areas.values())


@permitted(Action.READ)
def read_portfolio_trend(workplace: Workplace, actor: Actor, *, pack: str = DEFAULT_PACK) -> PortfolioTrend:
    """The debt of the portfolio in every quarter, each as it was sealed, with marks where the yardstick changed.

    Every system counts in the quarters it was rated in, also one that is out of use by now.
    """
    renew_open(workplace)
    return workplace.memory.recall(
        ("trend", actor, pack),
        workplace.store.version,
        lambda: workplace.store.read(lambda records: _trend(records, pack)),
    )


def _trend(records: Records, pack: str) -> PortfolioTrend:
    names, rules = records.portfolio.checklist_versions(), records.portfolio.scoring_versions()
    of_pack = {one for one, (name, _) in names.items() if name == pack}
    wholes = [row for row in records.portfolio.wholes(scoring_id(PARAMETERS)) if row.checklist_id in of_pack]
    quarters = {period: list(rows) for period, rows in groupby(wholes, key=lambda row: row.period)}
    points = tuple(
        PortfolioPoint(
            period=period,
            debt=portfolio_debt(rows),
            assessed=sum(row.estimate is not None for row in rows),
            still_open=sum(row.state == "open" for row in rows),
        )
        for period, rows in quarters.items()
    )
    versions = {one: version for one, (_, version) in names.items()}
    marks = (
        *_marks(quarters, lambda row: row.checklist_id, lambda one: f"checklist {versions[one]}"),
        *_marks(quarters, lambda row: row.scoring_id, lambda one: f"scoring rules {rules.get(one, '')}".strip()),
    )
    return PortfolioTrend(
        pack=pack,
        points=points,
        marks=tuple(sorted(marks, key=lambda mark: mark.period)),
        said=trend([(point.period, point.debt.debt) for point in points]),
    )


def _marks(
    quarters: Mapping[str, Sequence[WholeRow]], used: Callable[[WholeRow], str], words: Callable[[str], str]
) -> list[Mark]:
    """A mark at each quarter in which most systems go by something else than most did in the quarter before."""
    marks, before = [], None
    for period, rows in quarters.items():
        (most, _), *_ = Counter(used(row) for row in rows).most_common(1)
        if before is not None and most != before:
            marks.append(Mark(period=period, what=words(most)))
        before = most
    return marks

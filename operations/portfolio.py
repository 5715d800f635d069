"""The portfolio: systems by areas for one quarter, with the change since the quarter before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checklists.reader import DEFAULT_PACK
from operations.authorize import Action, Actor, permitted
from operations.periods import period_of, preceding
from operations.scores import SYSTEM, scores_in
from operations.workplace import Workplace, shipped_checklist
from scoring.compare import SMALLEST_DETECTABLE_CHANGE
from store.records import AssessmentRecord, Records, ScoreRow, SystemRecord

UNCERTAIN_WIDTH = 0.5  #: an interval wider than two bands is marked as uncertain


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaHead:
    """A column of the portfolio."""

    id: str
    title: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreCell:
    """One system's debt in one area (or in all) with its change since the quarter before."""

    estimate: float | None
    low: float
    high: float
    coverage: float
    band: str | None
    change: float | None  #: difference of the estimates, None when there is nothing to compare
    direction: str | None  #: "better", "worse" or None when it is within what repeats differ by

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
    demonstration: bool  #: whether the demonstration portfolio is loaded

    @property
    def assessed(self) -> tuple[PortfolioRow, ...]:
        """The systems with an assessment in this quarter that says something."""
        return tuple(row for row in self.rows if row.total is not None and row.total.estimate is not None)

    @property
    def rated(self) -> tuple[PortfolioRow, ...]:
        """The systems of which enough is known for a letter; only these enter means and counts."""
        return tuple(row for row in self.rows if row.total is not None and row.total.band is not None)

    def mean(self, *, change: bool = False) -> float | None:
        """Mean debt of the rated systems, or the mean change of those rated in both quarters."""
        cells = [row.total for row in self.rated if row.total is not None]
        numbers = [cell.change if change else cell.estimate for cell in cells]
        known = [number for number in numbers if number is not None]
        return sum(known) / len(known) if known else None


def direction_of(change: float | None) -> str | None:
    """Better or worse only beyond what repeated assessments of an unchanged system differ by."""
    if change is None or abs(change) <= SMALLEST_DETECTABLE_CHANGE:
        return None
    return "worse" if change > 0 else "better"


def asks_the_same(assessment: AssessmentRecord | None, other: AssessmentRecord | None) -> bool:
    """Whether two assessments asked the same questions, so that their numbers may be subtracted."""
    return (
        assessment is not None
        and other is not None
        and (assessment.checklist_id, assessment.scope, assessment.switches)
        == (other.checklist_id, other.scope, other.switches)
    )


def score_cell(row: ScoreRow, before: ScoreRow | None) -> ScoreCell:
    """A stored score as a cell, compared with the same area a quarter before where both are known well enough.

    Below the coverage of a letter most of a number is what unanswered questions count as: a quarter in the middle of
    being answered would look much worse than the one before.
    """
    change = None
    if before is not None and row.estimate is not None and before.estimate is not None and row.band and before.band:
        change = row.estimate - before.estimate
    return ScoreCell(
        estimate=row.estimate,
        low=row.low,
        high=row.high,
        coverage=row.coverage,
        band=row.band,
        change=change,
        direction=direction_of(change),
    )


def _assessments_in(workplace: Workplace, period: str) -> dict[str, AssessmentRecord]:
    """The assessments of a quarter by system."""
    return {a.system_id: a for a in workplace.store.read(lambda records: records.assessments_in(period))}


@permitted(Action.READ)
def read_portfolio(
    workplace: Workplace, _actor: Actor, *, period: str | None = None, pack: str | None = None
) -> Portfolio:
    """Systems by areas for `period`, by default the present quarter or else the latest one assessed.

    Only the systems of one pack: `pack`, by default (and where nobody uses it) the one most systems are assessed with.
    """

    def overview(records: Records) -> tuple[list[SystemRecord], list[str], dict[str, str]]:
        return records.systems(), records.periods(), records.checklist_names()

    systems, known, names = workplace.store.read(overview)
    present = period_of(workplace.today())
    quarter = period or (present if not known or present in known else known[-1])
    before = preceding(quarter)
    scores: dict[tuple[str, str, str], ScoreRow] = {
        (row.system_id, row.period, row.area): row for row in scores_in(workplace, (quarter, before))
    }
    assessments, earlier = _assessments_in(workplace, quarter), _assessments_in(workplace, before)
    cells: dict[str, dict[str, ScoreCell]] = defaultdict(dict)
    for (system_id, row_period, area), row in scores.items():
        if row_period == quarter:
            comparable = asks_the_same(assessments.get(system_id), earlier.get(system_id))
            cells[system_id][area] = score_cell(row, scores.get((system_id, before, area)) if comparable else None)
    rows = [
        PortfolioRow(
            system=system,
            assessment=assessments.get(system.system_id),
            cells=cells.get(system.system_id, {}),
            pack=_pack_of(workplace, system, assessments.get(system.system_id), names),
        )
        for system in systems
    ]
    packs = _packs_in_use(workplace, rows, names) if systems else ()
    chosen = pack if pack in {each.id for each in packs} else packs[0].id if packs else DEFAULT_PACK
    return Portfolio(
        period=quarter,
        compared_with=before,
        periods=tuple(sorted({*known, present, quarter})),
        pack=chosen or DEFAULT_PACK,
        packs=packs,
        areas=_areas(workplace, [row for row in rows if row.pack == chosen], chosen or DEFAULT_PACK, names)
        if systems  # the very first page need not wait for the checklist to be read
        else (),
        rows=tuple(row for row in rows if row.pack == chosen),
        demonstration=any(s.demonstration for s in systems),
    )


def _pack_of(
    workplace: Workplace, system: SystemRecord, assessment: AssessmentRecord | None, names: Mapping[str, str]
) -> str:
    """The pack a system stands under in this quarter."""
    if assessment is not None:
        return names[assessment.checklist_id]
    if set(names.values()) <= {DEFAULT_PACK}:  # as nearly everywhere: no need to look
        return DEFAULT_PACK
    all_of = workplace.store.read(lambda records: records.assessments_of(system.system_id))
    return names[all_of[-1].checklist_id] if all_of else DEFAULT_PACK


def _packs_in_use(
    workplace: Workplace, rows: Sequence[PortfolioRow], names: Mapping[str, str]
) -> tuple[PackInUse, ...]:
    counts = Counter(row.pack for row in rows)
    newest = {name: checklist_id for checklist_id, name in names.items()}

    def title(pack: str) -> str:
        if pack == DEFAULT_PACK:
            return shipped_checklist().title
        return workplace.store.read(lambda records: workplace.checklist(records, newest[pack])).title

    order = sorted(counts, key=lambda pack: (-counts[pack], pack != DEFAULT_PACK, pack))
    return tuple(PackInUse(id=pack, title=title(pack), systems=counts[pack]) for pack in order)


def _areas(
    workplace: Workplace, rows: Sequence[PortfolioRow], pack: str, names: Mapping[str, str]
) -> tuple[AreaHead, ...]:
    """The columns: the areas of every version of the pack that is in use here, each once."""
    if pack == DEFAULT_PACK:
        checklists = [shipped_checklist()]
    else:
        used = dict.fromkeys(row.assessment.checklist_id for row in rows if row.assessment is not None)
        used = used or {one: None for one, name in names.items() if name == pack}  # nobody is assessed in this quarter
        checklists = workplace.store.read(lambda records: [workplace.checklist(records, one) for one in used])
    areas = {area.id: area for checklist in checklists for area in checklist.areas}
    return tuple(AreaHead(id=area.id, title=area.title, short=area.short) for area in areas.values())

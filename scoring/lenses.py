"""The same answers seen another way: read through another pack's mapping, and as a ratio of repair to rebuilding.

Both are second views and say what they are not: a mapped pack is an approximation of its own questions, a ratio knows
neither interest nor how large a system has to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from checklists.aggregation import Reading
from checklists.checklist import Checklist, Classes, Question
from scoring.aggregate import level_for, parameters_of
from scoring.interest import NO_ESTIMATES, cost_days, price
from scoring.plan_terms import DAYS_MAX, REBUILD_MIN_DAYS, PlanParameters, TeamEstimate
from scoring.readings import band_words, in_unit
from scoring.score import is_asked
from scoring.score import score as score_of
from scoring.terms import Response, ResponseState, Scope, Score


class Standing(StrEnum):
    """Why an item has a level, or has none."""

    KNOWN = "known"
    UNKNOWN = "unknown"  #: asked, and nobody knows or has answered
    NOT_ASKED = "not asked"  #: outside the scope of this assessment, or not in this version of the checklist
    NOT_APPLICABLE = "not applicable"  #: the other pack's own rules know no such answer
    UNMAPPED = "unmapped"  #: nothing here comes near it


@dataclass(frozen=True, slots=True, kw_only=True)
class LensItem:
    """One question of the other pack, with what ours say of it."""

    question: Question
    area: str
    read_from: tuple[str, ...]  #: our question ids
    nearest: bool  #: no exact counterpart: the nearest one stands in
    standing: Standing
    level: int | None  #: of the other pack; the worst of what it is read from, None unless all of that is known
    best: int  #: the levels it could still have
    worst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A number in the other pack's unit with what it could still be; equal ends where everything is known."""

    low: float
    high: float
    low_words: str | None  #: of the band the low end lies in, in the pack's words
    high_words: str | None

    @property
    def certain(self) -> bool:
        """Whether nothing that is unknown could move it."""
        return self.low == self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class LensArea:
    """One section of the other pack."""

    id: str
    title: str
    span: Span
    full: float  #: what it is without any debt
    items: tuple[LensItem, ...]

    @property
    def known(self) -> int:
        """How many of its items have a level."""
        return sum(item.level is not None for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class LensScore:
    """An assessment as another pack would see it: an approximation, to be labelled so wherever it is shown."""

    pack: str
    title: str
    unit: str
    questions: int
    span: Span  #: of the whole
    areas: tuple[LensArea, ...]
    deciding: tuple[str, ...]  #: the areas whose worse end is that of the whole; none where no single one decides

    @property
    def items(self) -> tuple[LensItem, ...]:
        """Every question of the other pack, in its order."""
        return tuple(item for area in self.areas for item in area.items)


def can_be_read(checklist: Checklist, lens_pack: Checklist) -> bool:
    """Whether `lens_pack` says how answers to `checklist` are read as its own, and in which unit."""
    mapped = lens_pack.approximation
    return (
        mapped is not None
        and mapped.pack == checklist.id
        and len(mapped.levels) == checklist.level_count
        and lens_pack.aggregation.reading is not None
    )


def score_lens(
    checklist: Checklist, score: Score, lens_pack: Checklist, *, asked: Scope | None = None
) -> LensScore | None:
    """The score of an assessment through the mapping of another pack, None where it declares none for this checklist.

    An item takes the level of the question it is read from (evidence floors included), the worst where there are
    several. What is not known counts as the worst level at one end and as the best at the other; the pack's own rules
    make both ends into a number, so nothing here knows which pack it is.
    """
    mapped, reading = lens_pack.approximation, lens_pack.aggregation.reading
    if mapped is None or reading is None or not can_be_read(checklist, lens_pack):
        return None
    questions = lens_pack.questions.values()
    items = [_item(question, lens_pack, checklist, score, asked or Scope()) for question in questions]
    ends = [_answered_with(lens_pack, {item.question.id: level(item) for item in items}) for level in (_worst, _best)]
    debts = [{area.id: area.counted for area in end.areas} for end in ends]
    areas = tuple(
        LensArea(
            id=area.id,
            title=area.title,
            span=_span(reading, debts[0][area.id], debts[1][area.id]),
            full=in_unit(reading, 0.0),
            items=tuple(item for item in items if item.area == area.id),
        )
        for area in lens_pack.areas
    )
    whole = _span(reading, *(end.system.estimate or 0.0 for end in ends))
    return LensScore(
        pack=lens_pack.id,
        title=lens_pack.title,
        unit=reading.unit,
        questions=len(items),
        span=whole,
        areas=areas,
        deciding=tuple(area.id for area in areas if _worse_end(area.span, reading) == _worse_end(whole, reading)),
    )


def _worse_end(span: Span, reading: Reading) -> float:
    return span.low if reading.no_debt > reading.full_debt else span.high


def _item(question: Question, lens_pack: Checklist, checklist: Checklist, score: Score, asked: Scope) -> LensItem:
    mapped = lens_pack.approximation
    assert mapped is not None  # noqa: S101 - can_be_read was asked
    values = parameters_of(checklist).values
    top = lens_pack.level_count - 1
    standings = {source: _standing(source, checklist, score, asked) for source in question.approximated_by}
    levels = [
        mapped.levels[level_for(score.questions[source].debt, values)]
        for source, standing in standings.items()
        if standing is Standing.KNOWN
    ]
    missing = [standing for standing in standings.values() if standing is not Standing.KNOWN]
    standing = Standing.UNMAPPED if not standings else missing[0] if missing else Standing.KNOWN
    known = max(levels, default=0)
    return LensItem(
        question=question,
        area=lens_pack.area_of[question.id].id,
        read_from=question.approximated_by,
        nearest=question.id in mapped.nearest,
        standing=standing,
        level=known if standing is Standing.KNOWN else None,
        best=known,
        worst=known if standing is Standing.KNOWN else top,
    )


def _standing(question_id: str, checklist: Checklist, score: Score, asked: Scope) -> Standing:
    question = checklist.questions.get(question_id)
    if question is None:
        return Standing.NOT_ASKED
    found = score.questions.get(question_id)
    if found is not None and found.applies:
        return Standing.KNOWN if found.known else Standing.UNKNOWN
    inside = is_asked(checklist.area_of[question_id], question, Scope(core_only=asked.core_only))
    return Standing.NOT_APPLICABLE if inside else Standing.NOT_ASKED


def _worst(item: LensItem) -> int:
    return item.worst


def _best(item: LensItem) -> int:
    return item.best


def _answered_with(pack: Checklist, levels: Mapping[str, int]) -> Score:
    answers = {question: Response(state=ResponseState.ANSWERED, level=level) for question, level in levels.items()}
    return score_of(pack, answers)


def _span(reading: Reading, worst: float, best: float) -> Span:
    low, high = sorted((in_unit(reading, worst), in_unit(reading, best)))
    return Span(low=low, high=high, low_words=band_words(reading, low), high_words=band_words(reading, high))


# -- repair over rebuilding

#: Upper ends of the ratings A to D, each belonging to its rating: the grid published with the SQALE method and used by
#: SonarQube for its maintainability rating. Beyond the last one is E.
RATIO_GRID: tuple[tuple[float, str], ...] = ((0.05, "A"), (0.1, "B"), (0.2, "C"), (0.5, "D"))
RATIO_LAST = "E"


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtRatio:
    """What repaying everything costs, over what building the system anew would cost.

    It knows no interest: a debt nobody ever meets counts as much as one that bites daily. And it is driven by size:
    the same debts in a system twice as large have half the ratio.
    """

    rebuild_days: float
    principal_days: float  #: of all known debts, person-days
    possible_days: float  #: more, if every question nobody can answer were in full debt
    repaid: int  #: questions with a known debt
    unknown: int
    ratio: float
    rating: str  #: A..E on RATIO_GRID
    ratio_high: float  #: with `possible_days`
    rating_high: str


def debt_ratio(
    checklist: Checklist,
    score: Score,
    *,
    rebuild_days: float,
    parameters: PlanParameters | None = None,
    estimates: Mapping[str, TeamEstimate] = NO_ESTIMATES,
    classes: Classes | None = None,
) -> DebtRatio:
    """The principal of all debts of a score over `rebuild_days`, person-days; what is unknown stands apart.

    Each question's principal is that of an action which repays it alone, overhead included: repaid together, they
    would cost less. Raises ValueError unless REBUILD_MIN_DAYS <= rebuild_days <= DAYS_MAX.
    """
    if not REBUILD_MIN_DAYS <= rebuild_days <= DAYS_MAX:
        raise ValueError(f"a rebuild cost is {REBUILD_MIN_DAYS:g} to {DAYS_MAX:g} person-days, not {rebuild_days!r}")
    numbers = parameters or PlanParameters()

    def principal(question: str, debt: float) -> float:
        return cost_days(debt, 0.0, price(checklist, question, estimates=estimates, classes=classes), numbers)

    applicable = [question for question in score.questions.values() if question.applies]
    owed = [question for question in applicable if question.known and question.debt > 0]
    unknown = [question for question in applicable if not question.known]
    known_days = sum(principal(question.id, question.debt) for question in owed)
    possible_days = sum(principal(question.id, 1.0) for question in unknown)
    ratio, ratio_high = known_days / rebuild_days, (known_days + possible_days) / rebuild_days
    return DebtRatio(
        rebuild_days=rebuild_days,
        principal_days=known_days,
        possible_days=possible_days,
        repaid=len(owed),
        unknown=len(unknown),
        ratio=ratio,
        rating=rating_of(ratio),
        ratio_high=ratio_high,
        rating_high=rating_of(ratio_high),
    )


def rating_of(ratio: float) -> str:
    """The rating of a ratio on the published grid, each limit belonging to the better rating."""
    return next((letter for limit, letter in RATIO_GRID if ratio <= limit), RATIO_LAST)

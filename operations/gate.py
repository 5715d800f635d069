"""A gate for builds: does a system keep to its limits, did it clearly get worse, is a contradiction left open?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from operations.authorize import Action, Actor, permitted
from operations.errors import InvalidInput, NotFound
from operations.scores import score_assessment
from operations.system_view import compare_periods
from operations.systems import find_system
from operations.workplace import Workplace
from scoring.bands import BANDS, band, band_limits
from scoring.compare import Direction
from scoring.terms import Estimate
from store.records import AssessmentRecord, Records, SystemRecord

SLACK = 1e-12  #: a debt that is the limit keeps to it, whatever rounding did
AREA_LIMIT, SYSTEM_LIMIT, REGRESSION, CONTRADICTION = "area limit", "system limit", "regression", "contradiction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a gate asks. Debts 0..1; None = no limit."""

    area: float | None = None  #: of every area
    areas: Mapping[str, float] = field(default_factory=dict)  #: of single areas, before the one of all
    system: float | None = None
    regressions: bool = True  #: refuse an area or a system that clearly got worse than the quarter before
    contradictions: bool = True  #: refuse a contradiction nobody decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One thing a gate refuses."""

    system: SystemRecord
    period: str
    rule: str  #: one of the four above
    area: str | None
    value: float | None  #: the debt, or the difference of a regression
    limit: float | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """What a gate found."""

    checked: tuple[tuple[SystemRecord, str], ...]  #: systems with the quarter that was looked at
    never_assessed: tuple[SystemRecord, ...]
    broken: tuple[Broken, ...]


def read_limit(text: str, where: str) -> float:
    """A limit as a person writes it: a letter A to E, or points 0 to 100 as on the screen. Raises InvalidInput."""
    given = text.strip().upper()
    if given in BANDS:
        return (*band_limits, 1.0)[BANDS.index(given)]
    try:
        points = float(given.replace(",", "."))
    except ValueError:
        points = -1.0
    if not 0 <= points <= 100 or 0 < points < 1:
        raise InvalidInput(where, f"{text[:20]!r} is no limit; give a letter A to E, or points 0 to 100 such as 62.5")
    return points / 100


@permitted(Action.READ)
def check_gate(
    workplace: Workplace,
    actor: Actor,
    *,
    limits: Limits,
    system_id: str | None = None,
    team: str | None = None,
    period: str | None = None,
) -> Gated:
    """Hold one system, the systems of a team, or all against limits, in `period` or each in its latest quarter.

    An area of which nothing is known counts as the score counts it, so that a limit cannot be kept by not answering.
    Raises NotFound, and InvalidInput where there is nothing to look at or a limit names an area that no checklist has.
    """

    def choose(records: Records) -> list[tuple[SystemRecord, list[AssessmentRecord]]]:
        listed = [find_system(records, system_id)] if system_id else records.systems()
        chosen = [system for system in listed if team is None or system.team == team]
        return [(system, records.assessments_of(system.system_id)) for system in chosen]

    chosen = workplace.store.read(choose)
    if not chosen:
        raise NotFound(f"There is no system{f' of a team {team[:40]!r}' if team else ''}. Assess one first.")
    taken = [(system, [one for one in all_of if period in (None, one.period)]) for system, all_of in chosen]
    assessed = {system.system_id: theirs[-1] for system, theirs in taken if theirs}
    if not assessed:
        when = f"in {period}" if period else "yet"
        raise InvalidInput("system", f"nothing was assessed {when}, so nothing can be held against a limit; assess it")
    broken: list[Broken] = []
    areas: set[str] = set()
    for system, all_of in chosen:
        assessment = assessed.get(system.system_id)
        if assessment is None:
            continue
        found, theirs = workplace.store.read(partial(_of_one, workplace, system, assessment, limits))
        areas |= theirs
        broken += found
        if limits.regressions:
            broken += _regressions(workplace, actor, system, all_of, assessment)
    if unknown := sorted(limits.areas.keys() - areas):
        there = ", ".join(sorted(areas))
        raise InvalidInput("--max-area", f"no checklist here has an area {unknown[0][:20]!r}; choose among {there}")
    looked_at = [system for system, _ in chosen if system.system_id in assessed]
    return Gated(
        checked=tuple((system, assessed[system.system_id].period) for system in looked_at),
        never_assessed=tuple(system for system, _ in chosen if system.system_id not in assessed),
        broken=tuple(broken),
    )


def _of_one(
    workplace: Workplace, system: SystemRecord, assessment: AssessmentRecord, limits: Limits, records: Records
) -> tuple[list[Broken], set[str]]:
    """What one assessment breaks by itself, and the areas its checklist has."""
    scored = score_assessment(workplace, records, assessment)
    titles = {area.id: area.title for area in scored.checklist.areas}
    found = []

    def refused(area: str | None, value: float, limit: float, name: str, known: Estimate) -> Broken:
        owes = f"{name} owes {_points(value)}{_so_far(known)}"
        return Broken(
            system=system,
            period=assessment.period,
            rule=AREA_LIMIT if area else SYSTEM_LIMIT,
            area=area,
            value=value,
            limit=limit,
            message=f"{owes}, more than the limit of {_points(limit)}; repay it, or raise the limit",
        )

    whole = scored.score.system
    if limits.system is not None and whole.estimate is not None and whole.estimate > limits.system + SLACK:
        found.append(refused(None, whole.estimate, limits.system, "the system", whole))
    for area in scored.score.areas:
        limit = limits.areas.get(area.id, limits.area)
        if limit is not None and area.counted > limit + SLACK:
            found.append(refused(area.id, area.counted, limit, f"{area.id} ({titles[area.id]})", area.estimate))
    if limits.contradictions:
        decided = records.floor_decisions(assessment.assessment_id)
        found += [
            Broken(
                system=system,
                period=assessment.period,
                rule=CONTRADICTION,
                area=scored.checklist.area_of[one.question].id,
                value=None,
                limit=None,
                message=f"{one.question} contradicts the repository ({(one.message or one.signal).rstrip('.')}); "
                "answer it anew, or decide the contradiction",
            )
            for one in scored.score.contradictions
            if (one.question, one.signal) not in decided
        ]
    return found, set(titles)


def _regressions(
    workplace: Workplace, actor: Actor, system: SystemRecord, all_of: Sequence[AssessmentRecord], now: AssessmentRecord
) -> list[Broken]:
    """What clearly got worse than in the quarter before, judged as on the system page; none without one to compare."""
    names = workplace.store.read(lambda records: records.checklist_names())
    earlier = [one for one in all_of if one.period < now.period and names[one.checklist_id] == names[now.checklist_id]]
    if not earlier:
        return []
    before = earlier[-1].period
    comparison, checklist = compare_periods(
        workplace, actor, system_id=system.system_id, before=before, after=now.period
    )
    titles = {area.id: area.title for area in checklist.areas}
    whole, areas = comparison.system, comparison.areas
    moved: list[tuple[str | None, str, Direction, float | None]] = [
        (None, "the system", whole.direction, whole.difference),
        *((one.id, f"{one.id} ({titles.get(one.id, '')})", one.direction, one.difference) for one in areas),
    ]
    return [
        Broken(
            system=system,
            period=now.period,
            rule=REGRESSION,
            area=area,
            value=difference,
            limit=None,
            message=f"{name} is clearly worse than in {before} by {_points(difference or 0.0)} points; look why with "
            "`python cli.py diff`",
        )
        for area, name, direction, difference in moved
        if direction is Direction.WORSE
    ]


def _points(debt: float) -> str:
    return f"{100 * debt:.1f}"


def _so_far(known: Estimate) -> str:
    """The letter, or how little is known."""
    if known.estimate is None:
        return " (nothing is known of it)"
    return f" ({band(known.estimate)})" if known.band else f" ({known.coverage:.0%} known)"

"""Where every system stands now: the quarter that counts, its debt, and what that debt costs a quarter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from math import fsum

from operations.assessments import find_assessment
from operations.class_values import class_values_of
from operations.plans import estimates_of
from operations.scores import PARAMETERS, Scored, freshen, score_assessment
from operations.workplace import Workplace
from scoring.interest import interest_per_quarter, price
from scoring.plan_terms import PlanParameters
from scoring.score import CODE_VERSION, scoring_id
from store.connection_records import InterestRow, StandingRow
from store.records import Records, SystemRecord

PLANNING = PlanParameters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One system now. Without an assessment all but the system is None."""

    system: SystemRecord
    period: str | None = None
    assessment_id: str | None = None
    estimate: float | None = None  #: debt 0..1
    band: str | None = None
    own_days: float | None = None  #: interest, person-days a quarter; None while nothing is known


def read_standings(workplace: Workplace) -> dict[str, Standing]:
    """Every system in use by its id. What changed since it was last asked is worked out anew and kept."""
    active = scoring_id(PARAMETERS)

    def look(
        records: Records,
    ) -> tuple[list[SystemRecord], list[StandingRow], dict[str, InterestRow], dict[str, str], dict[str, str]]:
        known = records.connections
        names = records.checklist_names()
        return records.systems(), known.standings(active), known.interest(), known.pricing(), names

    _, rows, *_ = workplace.store.read(look)
    freshen(workplace, {row.period for row in rows})
    systems, rows, kept, pricing, names = workplace.store.read(look)
    counts = {
        system_id: _counting(list(newest), names) for system_id, newest in groupby(rows, key=lambda row: row.system_id)
    }
    basis = {
        row.assessment_id: f"{CODE_VERSION} {active[:12]} {row.change_seq} {pricing.get(row.system_id, '')}"
        for row in counts.values()
    }
    missing = [
        row
        for row in counts.values()
        if row.estimate is not None
        and (row.assessment_id not in kept or kept[row.assessment_id].basis != basis[row.assessment_id])
    ]
    days = {assessment_id: row.days for assessment_id, row in kept.items()}
    if missing:
        fresh = [_priced(workplace, row, basis[row.assessment_id]) for row in missing]
        workplace.store.write(lambda records: records.connections.keep_interest(fresh))
        days |= {row.assessment_id: row.days for row in fresh}
    return {system.system_id: _standing(system, counts.get(system.system_id), days) for system in systems}


def _counting(newest: list[StandingRow], names: Mapping[str, str]) -> StandingRow:
    """The quarter a plan would go by: the newest, or the one before where that is rated and the newest is not."""
    first, before = newest[0], newest[-1]
    alike = names[before.checklist_id] == names[first.checklist_id]
    return before if first.band is None and before.band is not None and alike else first


def _standing(system: SystemRecord, row: StandingRow | None, days: Mapping[str, float]) -> Standing:
    if row is None:
        return Standing(system=system)
    return Standing(
        system=system,
        period=row.period,
        assessment_id=row.assessment_id,
        estimate=row.estimate,
        band=row.band,
        own_days=None if row.estimate is None else days.get(row.assessment_id),
    )


def _priced(workplace: Workplace, row: StandingRow, basis: str) -> InterestRow:
    def work(records: Records) -> float:
        scored = score_assessment(workplace, records, find_assessment(records, row.assessment_id))
        system = records.system(row.system_id)
        return interest_days(records, scored, team=system.team if system else "")

    return InterestRow(assessment_id=row.assessment_id, period=row.period, basis=basis, days=workplace.store.read(work))


def interest_days(records: Records, scored: Scored, *, team: str) -> float:
    """What all questions of an assessment cost a quarter, by the team's own estimates and class values."""
    classes = class_values_of(records, team, scored.checklist).classes
    estimates = estimates_of(records, scored.assessment.system_id)
    return fsum(
        interest_per_quarter(
            question.debt, price(scored.checklist, question.id, estimates=estimates, classes=classes), PLANNING
        )
        for question in scored.score.questions.values()
        if question.applies
    )

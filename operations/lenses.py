"""Other views of the same answers: as the packs that can be read from ours see them, and as a ratio to rebuilding."""

from __future__ import annotations

from dataclasses import dataclass

from checklists.checklist import Checklist
from operations.assessments import find_assessment
from operations.authorize import Action, Actor, permitted
from operations.class_values import class_values_of
from operations.packs import offered_packs
from operations.scores import scope_of, score_assessment
from operations.systems import find_system
from operations.workplace import Workplace
from scoring.lenses import DebtRatio, LensScore, can_be_read, debt_ratio, score_lens
from scoring.plan_terms import TeamEstimate, ThreePoint
from scoring.readings import Said, say
from store.plan_records import EstimateRecord, PlanSettings
from store.records import AssessmentRecord, Records, SystemRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class LensView:
    """What the section "Other lenses" shows of one assessment."""

    system: SystemRecord
    assessment: AssessmentRecord
    checklist: Checklist
    own: tuple[tuple[str, Said | None], ...]  #: (title, in the checklist's own unit): the whole, then area by area
    lenses: tuple[LensScore, ...]  #: approximations, by the title of their packs
    ratio: DebtRatio | None  #: only where a team entered what building the system anew would cost
    settings: PlanSettings


@permitted(Action.READ)
def read_lenses(workplace: Workplace, _actor: Actor, *, assessment_id: str) -> LensView:
    """One assessment through every lens there is for its checklist. Raises NotFound."""
    packs = [pack.checklist for pack in offered_packs() if pack.checklist is not None]

    def work(records: Records) -> LensView:
        assessment = find_assessment(records, assessment_id)
        system = find_system(records, assessment.system_id)
        scored = score_assessment(workplace, records, assessment)
        settings = records.plans.settings(system.system_id)
        seen = [
            score_lens(scored.checklist, scored.score, pack, asked=scope_of(assessment))
            for pack in packs
            if can_be_read(scored.checklist, pack)
        ]
        reading, found = scored.checklist.aggregation.reading, scored.score
        titles = {area.id: area.title for area in scored.checklist.areas}
        own = [("All together", say(reading, found.system))]
        own += [(titles[area.id], say(reading, area.estimate)) for area in found.areas]
        return LensView(
            system=system,
            assessment=assessment,
            checklist=scored.checklist,
            own=tuple(own) if reading is not None else (),
            lenses=tuple(sorted((lens for lens in seen if lens is not None), key=lambda lens: lens.title)),
            ratio=debt_ratio(
                scored.checklist,
                scored.score,
                rebuild_days=settings.rebuild_days,
                estimates={q: _estimate(one) for q, one in records.plans.estimates(system.system_id).items()},
                classes=class_values_of(records, system.team, scored.checklist).classes,
            )
            if settings.rebuild_days is not None
            else None,
            settings=settings,
        )

    return workplace.store.read(work)


def _estimate(record: EstimateRecord) -> TeamEstimate:
    def points(three: tuple[float, float, float] | None) -> ThreePoint | None:
        return ThreePoint(low=three[0], likely=three[1], high=three[2]) if three else None

    return TeamEstimate(question=record.question_id, effort=points(record.effort), friction=points(record.friction))

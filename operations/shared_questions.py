"""The change of a system between two quarters that did not ask the same: over the questions both of them asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from operations.scores import SYSTEM, scope_of, score_assessment
from operations.workplace import Workplace
from scoring.yardstick import Side, difference_of, estimate_of, over_common
from store.records import AssessmentRecord, Records

SYSTEMS_MAX = 40  #: of one list: each is scored four times, and a page has to come up


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonChange:
    """What changed over the questions both quarters asked, by the weights of the later one."""

    questions: int
    changes: Mapping[str, float]  #: by area id, "" for the system; only where both sides are rated


def common_change(
    workplace: Workplace, records: Records, before: AssessmentRecord, after: AssessmentRecord
) -> CommonChange:
    """The change between two assessments of one system and one pack, area by area."""
    sides = []
    for assessment in (before, after):
        scored = score_assessment(workplace, records, assessment)
        sides.append(Side(checklist=scored.checklist, score=scored.score, asked=scope_of(assessment)))
    asked, (old, new) = over_common(sides)
    areas = [SYSTEM, *(area.id for area in new.areas)]
    rated = [area for area in areas if all(_is_rated(estimate_of(side, area)) for side in (old, new))]
    found = {area: difference_of(area, old, new) for area in rated}
    return CommonChange(
        questions=len(asked), changes={area: change for area, change in found.items() if change is not None}
    )


def _is_rated(estimate: object) -> bool:
    return getattr(estimate, "band", None) is not None

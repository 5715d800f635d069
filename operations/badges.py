"""The badge of a system: its letter and debt for a README, and where to find it."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from operations.authorize import Action, Actor, permitted
from operations.scores import SYSTEM, scores_of
from operations.systems import find_system
from operations.workplace import Workplace
from reports.badge import LABEL, badge
from store.records import AssessmentRecord, Records, SystemRecord


@permitted(Action.READ)
def read_badge(workplace: Workplace, _actor: Actor, *, system_id: str) -> str:
    """The badge as SVG, by the latest quarter that has a letter. Raises NotFound."""

    def work(records: Records) -> tuple[SystemRecord, list[AssessmentRecord]]:
        return find_system(records, system_id), records.assessments_of(system_id)

    system, assessments = workplace.store.read(work)
    rows = scores_of(workplace, assessments, system_id)
    rated = max((row for row in rows if row.area == SYSTEM and row.band), key=lambda row: row.period, default=None)
    return badge(
        name=system.name,
        period=rated.period if rated else None,
        band=rated.band if rated else None,
        debt=rated.estimate if rated else None,
    )


def badge_markdown(system_id: str, *, address: str) -> str:
    """The line for a README: the badge, and behind it the system; `address` is where this Arrears answers."""
    base = address.rstrip("/")
    picture = f"{base}/badge/{quote(system_id, safe='')}.svg"
    return f"[![{LABEL}]({picture})]({base}/system?{urlencode({'system': system_id})})"

"""The records operations hand out, by the names pages and widgets may use; only operations know where they are kept."""

from __future__ import annotations

from store.plan_records import ActionEvent, ActionRecord, ClassValuesRecord, EstimateRecord, PlanSettings
from store.records import (
    AnswerEvent,
    AnswerRecord,
    AssessmentRecord,
    EvidenceRecord,
    FloorDecision,
    FloorEvent,
    SnapshotRecord,
    SystemRecord,
    TokenRecord,
)
from store.store import Health
from store.workshop_records import (
    ENDED,
    LIVE,
    LOBBY,
    PAUSED,
    REVEALED,
    RUNNING,
    SETTLED,
    SKIPPED,
    SPREAD,
    VOTING,
    WAITING,
    TurnRecord,
    WorkshopRecord,
)

__all__ = [
    "ENDED",
    "LIVE",
    "LOBBY",
    "PAUSED",
    "REVEALED",
    "RUNNING",
    "SETTLED",
    "SKIPPED",
    "SPREAD",
    "VOTING",
    "WAITING",
    "ActionEvent",
    "ActionRecord",
    "AnswerEvent",
    "AnswerRecord",
    "AssessmentRecord",
    "ClassValuesRecord",
    "EstimateRecord",
    "EvidenceRecord",
    "FloorDecision",
    "FloorEvent",
    "Health",
    "PlanSettings",
    "SnapshotRecord",
    "SystemRecord",
    "TokenRecord",
    "TurnRecord",
    "WorkshopRecord",
]

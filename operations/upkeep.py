"""Upkeep: is the database well, back it up, and does every sealed quarter still follow from its answers?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.assessments import canonical
from operations.authorize import Action, Actor, permitted
from operations.errors import InvalidInput
from operations.rescoring import score_sealed
from operations.scores import PARAMETERS
from operations.workplace import Workplace
from scoring.answers import score_document
from scoring.score import scoring_id
from store.records import Records, SystemRecord
from store.store import Health


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result of a verification: how much was checked, and the first fault in words, if any."""

    snapshots: int
    fault: str | None


@permitted(Action.READ)
def read_health(workplace: Workplace, _actor: Actor) -> Health:
    """Engine, version, place, size and warnings of the database."""
    return workplace.store.health()


@permitted(Action.BACK_UP)
def back_up(workplace: Workplace, _actor: Actor, *, path: Path) -> Path:
    """Write a whole copy of the database to `path` while others go on working. Raises InvalidInput, StorageFull."""
    if path.exists():
        raise InvalidInput(str(path), "exists already; name a new file, nothing is overwritten")
    if not path.parent.is_dir():
        raise InvalidInput(str(path), f"the folder {path.parent} does not exist; make it first or name another")
    workplace.store.backup(path)
    return path


def _rescore(workplace: Workplace, records: Records, document: Mapping[str, Any]) -> dict[str, Any]:
    checklist, scored = score_sealed(workplace, records, document)
    return score_document(scored, checklist)


def _changed_scan(records: Records, system: SystemRecord) -> str | None:
    """The first scan of a system that is no longer what it was when its hash was taken, in words."""
    for row in records.evidence_list(system.system_id):
        kept = records.evidence(system.system_id, row.evidence_id)
        if kept is None or hashlib.sha256(kept.body.encode()).hexdigest() != row.evidence_id:
            return f"{system.name}: the evidence {row.evidence_id[:12]} was changed; restore it from a backup"
    return None


@permitted(Action.VERIFY)
def verify(workplace: Workplace, _actor: Actor) -> Verdict:
    """Check the file, the audit chain, every scan's and snapshot's hash, and that each scores to the same bytes."""
    faults = workplace.store.verify()

    def work(records: Records) -> Verdict:
        fault = faults[0] if faults else None
        count = 0
        for system in records.systems(include_retired=True):
            fault = fault or _changed_scan(records, system)
            for snapshot in records.snapshots_of(system.system_id):
                count += 1
                if fault is not None:
                    continue
                where = f"{system.name}, {snapshot.period}"
                if hashlib.sha256(snapshot.document.encode()).hexdigest() != snapshot.document_sha256:
                    fault = f"{where}: the sealed snapshot was changed; restore it from a backup"
                    continue
                document = json.loads(snapshot.document)
                if document["scoring"] == scoring_id(PARAMETERS) and canonical(
                    _rescore(workplace, records, document)
                ) != canonical(document["score"]):
                    fault = f"{where}: scoring the sealed answers again gives another result"
        return Verdict(snapshots=count, fault=fault)

    return workplace.store.read(work)

"""Upkeep: is the database well, back it up, and does every sealed quarter still follow from its answers?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from operations.authorize import Action, Actor, permitted
from operations.errors import InvalidInput
from operations.faults import first_fault
from operations.workplace import Workplace
from store.records import Records
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


@permitted(Action.VERIFY)
def verify(workplace: Workplace, _actor: Actor) -> Verdict:
    """Check the file, the audit trail, every history, scan, checklist, snapshot and score.

    Each sealed quarter has to score again to the same bytes, to hold the answers that are kept, and to have the hash
    the audit trail says. The first fault is named; the order is that of `operations.faults.first_fault`.
    """
    found = workplace.store.verify()

    def work(records: Records) -> Verdict:
        systems = records.systems(include_retired=True)
        closed = [
            one
            for system in systems
            for one in (*records.assessments_of(system.system_id), *records.withdrawn_of(system.system_id))
            if one.state == "closed"
        ]
        return Verdict(snapshots=len(closed), fault=first_fault(workplace, records, found))

    return workplace.store.read(work)

"""What can go wrong when keeping or finding something; each message is one sentence with the way out."""

from __future__ import annotations


class StoreError(Exception):
    """Anything the store refuses or cannot do. Its text may be shown to a person as it is."""


class Conflict(StoreError):
    """A save based on a revision that is no longer the current one. Nothing was changed.

    `current` is what stands now: the record of the kind that was to be saved (answer, system, action, estimate, plan
    settings, class values); None when an answer was cleared or an estimate taken back meanwhile (the last entry of its
    history says by whom).
    """

    def __init__(self, message: str, *, current: object | None = None) -> None:
        super().__init__(message)
        self.current = current


class AlreadyThere(StoreError):
    """Something of that name or key exists. `existing` is the record that stands in the way."""

    def __init__(self, message: str, *, existing: object | None = None) -> None:
        super().__init__(message)
        self.existing = existing


class Closed(StoreError):
    """The assessment is closed: its answers, evidence and decisions are sealed and never change."""


class NotFound(StoreError):
    """No record with that id in this organisation."""


class DatabaseTooNew(StoreError):
    """The database was written by a newer Arrears than the one that opens it."""


class DatabaseTooOld(StoreError):
    """The database engine (the SQLite library) is older than Arrears needs."""


class StorageFull(StoreError):
    """The disk, or a quota on it, has no room. What was acknowledged before is safe; this change was not made."""


class StorageUnavailable(StoreError):
    """The database cannot be opened, read or written: locked too long, read-only, damaged, gone, not a database."""

"""What can go wrong when a user does something, in words a page, the command line and a route can show as they are."""

from __future__ import annotations

from store.errors import (
    AlreadyThere,
    Closed,
    Conflict,
    DatabaseTooNew,
    DatabaseTooOld,
    NotFound,
    StorageFull,
    StorageUnavailable,
    StoreError,
)

__all__ = [
    "AlreadyThere",
    "Closed",
    "Conflict",
    "DatabaseTooNew",
    "DatabaseTooOld",
    "Forbidden",
    "InvalidInput",
    "InvalidToken",
    "NotFound",
    "StorageFull",
    "StorageUnavailable",
    "StoreError",
    "Stranger",
]


class Forbidden(NotFound):
    """The actor may not do this. Shown like a missing thing, so that nobody learns what exists."""


class InvalidInput(ValueError):
    """What a user gave cannot be taken. `field` names the place, the text says what and the way out."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class InvalidToken(Exception):
    """The secret is that of no token in use: never made, revoked, or of a system out of use. It does not say which."""

    def __init__(self) -> None:
        super().__init__("This token is not known, or was revoked; make a new one on the system's evidence page.")


class Stranger(Exception):
    """Somebody who holds no place at a workshop, or no longer. Its text may be shown to them as it is."""

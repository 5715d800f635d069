"""What an undo goes back to, in a history that forgets nothing and so also holds every undo."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

UNDONE = "undone"  #: what an entry is called that put back what stood before


class Entry(Protocol):
    """One entry of a history; `what` names the change it tells of."""

    @property
    def what(self) -> str:
        """The change."""
        ...


E = TypeVar("E", bound=Entry)


def not_undone(events: Iterable[E]) -> list[E]:
    """The states that undoing walks back through, oldest first: an undo takes away itself and what it undid."""
    given: list[E] = []
    for event in events:
        if event.what == UNDONE and len(given) > 1:
            given.pop()
        else:
            given.append(event)
    return given

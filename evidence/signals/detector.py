"""What a signal is made of: a detector's words and its one small function, and the finding that function gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from evidence.evidence import LOCATIONS_MAX, Kind, Location, Polarity, State, Strength
from evidence.repository import Repository

EVERY_KIND = frozenset(Kind)
PRODUCTS = frozenset({Kind.APPLICATION, Kind.NOTEBOOKS})  # what a library cannot be blamed for
CODE = frozenset({Kind.APPLICATION, Kind.NOTEBOOKS, Kind.LIBRARY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a detector saw in one repository."""

    state: State
    message: str  #: one sentence with numbers; never the text of the source
    value: float | None = None
    denominator: float | None = None
    locations: tuple[Location, ...] = ()
    strength: Strength | None = None  #: set when this finding may claim less than the detector


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """One signal: its words, what it speaks to, and the function that looks for it.

    The function's docstring says what exactly is measured and why the strength is what it is; the reference is made
    of it.
    """

    id: str
    statement: str
    area: str
    questions: tuple[str, ...]
    polarity: Polarity
    strength: Strength  #: the most a finding may claim
    cannot_see: str
    fix: str
    version: int
    applies_to: frozenset[Kind]
    look: Callable[[Repository], Finding]


Places = Iterable[tuple[str, int]]


def found(
    message: str,
    places: Places,
    *,
    value: float,
    of: float | None = None,
    strength: Strength | None = None,
) -> Finding:
    """The statement is true of this repository, at these (path, line) places."""
    return Finding(
        state=State.FOUND,
        message=message,
        value=value,
        denominator=of,
        locations=locations(places),
        strength=strength,
    )


def absent(message: str, *, of: float | None = None) -> Finding:
    """The statement was looked for and not seen."""
    return Finding(state=State.ABSENT, message=message, value=0, denominator=of)


def unknown(message: str) -> Finding:
    """There was nothing to look at, so neither yes nor no."""
    return Finding(state=State.UNKNOWN, message=message)


def locations(places: Places) -> tuple[Location, ...]:
    """The first places, in order of path and line, each once."""
    return tuple(Location(path=path, line=line) for path, line in sorted(set(places))[:LOCATIONS_MAX])


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: "1 file", "3 files"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"

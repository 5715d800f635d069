"""What is wrong with a checklist file: one problem and its place, all problems of a reading, the error with them."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

PROBLEMS_MAX = 200  #: a file this broken is not repaired line by line
SUGGESTION_CHARACTERS_MAX = 40  #: longer words get no "did you mean": comparing them costs more than it helps
SHOWN_CHARACTERS_MAX = 60  #: of a wrong value in a message


class Place(Protocol):
    """Anything with a line and a column, both counted from 1."""

    @property
    def line(self) -> int:
        """From 1."""

    @property
    def column(self) -> int:
        """From 1, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One thing that is wrong, where it stands, and what is expected instead."""

    path: str  #: the file, as the person named it
    line: int  #: from 1; 0 = the file as a whole
    column: int  #: from 1, in characters
    where: str  #: e.g. "areas[2].questions[4].severity"
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.where}: {self.message}"


class InvalidChecklist(ValueError):
    """A checklist that was not loaded, with every problem found in it, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Problems:
    """The problems of one reading of one file. Stops collecting at PROBLEMS_MAX and says so."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._found: list[Problem] = []
        self._more = False

    def __bool__(self) -> bool:
        return bool(self._found)

    @property
    def full(self) -> bool:
        """Whether further problems are no longer listed."""
        return len(self._found) >= PROBLEMS_MAX

    def add(self, place: Place | None, where: str, message: str) -> None:
        """Note one problem. A place of None stands for the file as a whole."""
        if self.full:
            self._more = True
            return
        line, column = (place.line, place.column) if place else (0, 0)
        self._found.append(Problem(path=self.path, line=line, column=column, where=where, message=message))

    def in_order(self) -> tuple[Problem, ...]:
        """All problems by line and column; the last one says so when there are more."""
        ordered = sorted(self._found)
        if self._more:
            last = ordered[-1]
            message = "more problems follow that are not shown; repair these first, then check again"
            ordered.append(
                Problem(path=self.path, line=last.line, column=last.column, where="the file", message=message)
            )
        return tuple(ordered)

    def refuse_if_any(self) -> None:
        """Raise InvalidChecklist with everything found so far, or return."""
        if self._found:
            raise InvalidChecklist(self.in_order())

    def did_you_mean(self, word: str, known: Iterable[str]) -> str:
        """'; did you mean "severity"?' or nothing. Free of charge once the reading is full."""
        if self.full or len(word) > SUGGESTION_CHARACTERS_MAX:
            return ""
        close = get_close_matches(word, list(known), n=1, cutoff=0.6)
        return f"; did you mean {quoted(close[0])}?" if close else ""


def shown(value: str) -> str:
    """A value from the file as it may stand in a message: one line, nothing invisible, cut to a readable length."""
    cut = value if len(value) <= SHOWN_CHARACTERS_MAX else value[: SHOWN_CHARACTERS_MAX - 1] + "…"
    return "".join(character if character.isprintable() else "\ufffd" for character in cut)


def quoted(value: str) -> str:
    """The same in quotes."""
    return f'"{shown(value)}"'


def listed(words: Iterable[str], *, most: int = 12) -> str:
    """Known words for a message: "a, b, c", cut after `most`."""
    known = list(words)
    named = ", ".join(shown(word) for word in known[:most])
    return named + (f" and {len(known) - most} more" if len(known) > most else "")

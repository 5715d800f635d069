"""The form of a demonstration story: an invented system, what its team answers, and from which quarter on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from operations.assessments import Choice

QUARTERS = 6  #: 1 is the oldest, QUARTERS the present one
PRESENT = QUARTERS
EVERYTHING = 1_000  #: more questions than any checklist asks


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the team says to one question from quarter `since` on, until it says something else."""

    question: str
    since: int
    choice: Choice
    votes: tuple[int | None, ...] = ()  #: given one by one in a workshop; then the choice only carries the note


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A contradiction the team looked at and rejected."""

    question: str
    signal: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """How a repository comes in without anybody's hands: a collector pushes it with what the history shows."""

    name: str  #: of its token
    past: Mapping[int, Mapping[str, str]]  #: the repository as it stood at the end of earlier quarters: text by path


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The repository as it came in one quarter, and what the team decided about it."""

    quarter: int
    files: Mapping[str, str]  #: text by path
    pushed: Pushed | None = None  #: None: somebody uploads it
    overrides: tuple[Override, ...] = ()
    accepted: tuple[tuple[str, str], ...] = ()  #: (question, signal): looked at, and the repository is right


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question of a workshop: what each person voted, in the order of the people, and how it was settled."""

    question: str
    first: tuple[int | None, ...] = ()  #: empty: the question was skipped
    second: tuple[int | None, ...] = ()  #: empty: there was no second vote
    level: int | None = None  #: set against the rule, with its reason
    reason: str = ""
    comments: Mapping[int, str] = field(default_factory=dict)  #: by the place of who wrote it


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A workshop in the present quarter. The answers it settles are those the story says."""

    people: tuple[tuple[str, str], ...]  #: name and role
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One invented system over six quarters."""

    name: str
    team: str
    decides: str
    affected: str
    people: tuple[str, ...]  #: who answers, in turns; the first one closes the quarters
    base: Mapping[str, int]  #: level of every question of an area about which nothing else is said
    said: tuple[Said, ...]
    switches: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    first: int = 1  #: the first quarter it was assessed in
    everything_from: int | None = None  #: quarter from which all questions are asked, not the core set
    answered_now: int = EVERYTHING  #: how many questions are answered in the present quarter; 0 = not opened yet
    visits: tuple[Visit, ...] = ()
    meeting: Meeting | None = None

    def quarters(self) -> range:
        """The quarters with an assessment."""
        return range(self.first, PRESENT + (1 if self.answered_now else 0))

    def scope(self, quarter: int) -> str:
        """Which questions are asked in a quarter."""
        return "all" if self.everything_from is not None and quarter >= self.everything_from else "core"

    def visit(self, quarter: int) -> Visit | None:
        """The upload of a quarter, if there was one."""
        return next((visit for visit in self.visits if visit.quarter == quarter), None)

    def says(self, question: str, area: str, quarter: int) -> Said:
        """What the team says to a question in a quarter: its latest word, or the base level of the area."""
        words = [said for said in self.said if said.question == question and said.since <= quarter]
        base = Said(question=question, since=self.first, choice=Choice(state="answered", level=self.base[area]))
        return max(words, key=lambda said: said.since, default=base)


def level(question: str, number: int, note: str = "", *, since: int = 1, links: tuple[str, ...] = ()) -> Said:
    """The team chose this level."""
    return Said(question=question, since=since, choice=Choice(state="answered", level=number, note=note, links=links))


def unknown(question: str, note: str = "", *, since: int = 1) -> Said:
    """The team does not know."""
    return Said(question=question, since=since, choice=Choice(state="unknown", note=note))


def not_applicable(question: str, reason: str, *, seconded_by: str = "", since: int = 1) -> Said:
    """The question does not apply, and why."""
    choice = Choice(state="not_applicable", reason=reason, seconded_by=seconded_by)
    return Said(question=question, since=since, choice=choice)


def votes(question: str, given: tuple[int | None, ...], note: str = "", *, since: int = 1) -> Said:
    """Each person in the room gave a level of their own, None for "I do not know"."""
    return Said(question=question, since=since, choice=Choice(state="answered", note=note), votes=given)

"""The types of a checklist: what a team is asked, and the class values each question carries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from checklists.aggregation import OURS, Aggregation

LEVELS_MAX = 5  #: levels of a pack: 2 to 5, 0 = no debt


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityClass:
    """How much a question weighs in its area, and what it costs when it bites."""

    weight: float  #: weight inside the area, > 0
    loss_days: float  #: person-days lost if the debt bites once
    critical: bool  #: a critical question alone can never be averaged away


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """The class letters a question may use, with their values. All are proposals a team may change."""

    severity: Mapping[str, SeverityClass]  #: C, H, M, L
    effort_days: Mapping[str, float]  #: XS..XL: person-days from level 4 to level 0
    friction_days: Mapping[str, float]  #: i0..i4: person-days per quarter at level 4
    growth: Mapping[str, float]  #: s0..s3: growth of interest per quarter if left, 0.15 = 15 %
    provenance: str  #: where the values come from, e.g. "proposal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A trait of a system that decides whether areas and questions apply, e.g. "uses a foundation model"."""

    id: str
    title: str
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One anchored answer: 0 = no debt, the last = full debt."""

    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question with its levels and everything the score, the plan and the screen need of it."""

    id: str  #: e.g. "ENT-01"; never reused
    text: str
    why: str  #: one sentence: why it matters
    levels: tuple[Level, ...]  #: as many as the checklist has, five unless its aggregation says otherwise
    severity: str  #: key into Classes.severity
    effort: str  #: key into Classes.effort_days
    interest: str  #: key into Classes.friction_days
    spread: str  #: key into Classes.growth
    remedies: tuple[str, ...]
    look_for: tuple[str, ...]  #: what a person would look for in the repository
    signals: tuple[str, ...]  #: ids of the evidence signals that speak to this question
    not_applicable_when: (
        str | None
    )  #: the only reason accepted without a second person; None = a written reason is needed
    sources: tuple[str, ...]
    depends_on: tuple[str, ...]  #: ids of questions better repaid first
    replaces: tuple[str, ...]  #: ids this question took the place of in an earlier version
    applies_when: str | None  #: id of the switch that must be on, or None
    core: bool  #: part of the core set
    approximated_by: tuple[str, ...] = ()  #: ids of the other pack's questions this one can be read from


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A column of the heatmap."""

    id: str  #: the prefix of its question ids, e.g. "ENT"
    title: str
    short: str  #: at most 14 characters, for column heads
    summary: str  #: one sentence
    weight: float  #: weight in the system's score, default 1
    applies_when: str | None  #: id of the switch that must be on, or None
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approximation:
    """How answers given to another pack are read as answers to this one: an approximation, never the real thing."""

    pack: str  #: id of the other pack
    levels: tuple[int, ...]  #: for each level of the other pack, from 0 on, the level of this one; never falls
    nearest: tuple[str, ...] = ()  #: questions of this pack without an exact counterpart: the nearest one stands in


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """One version of one pack. Two checklists with the same content have the same `content_hash`."""

    id: str  #: name of the pack, e.g. "ml-debt"
    version: str  #: e.g. "2026.1"
    title: str
    summary: str
    classes: Classes
    switches: tuple[Switch, ...]
    areas: tuple[Area, ...]
    content_hash: str  #: sha256 of the canonical body, hex
    references: Mapping[str, str] = field(default_factory=dict)  #: full citations by the key that sources begin with
    retired: tuple[str, ...] = ()  #: question ids of earlier versions, never to be used again
    approximation: Approximation | None = None  #: None = nothing but its own answers can be read
    aggregation: Aggregation = OURS  #: how levels, questions and areas add up

    @property
    def level_count(self) -> int:
        """How many levels a question has, 2 to 5; level 0 is no debt, the last one full debt."""
        return len(self.aggregation.values)

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """All questions by id, in the order of the checklist."""
        return {question.id: question for area in self.areas for question in area.questions}

    @cached_property
    def area_of(self) -> Mapping[str, Area]:
        """The area of each question id."""
        return {question.id: area for area in self.areas for question in area.questions}

    def core(self) -> Iterator[Question]:
        """The questions of the core set, in order."""
        return (question for question in self.questions.values() if question.core)

    def citation(self, source: str) -> str:
        """A source of a question, spelled out: "Sculley15 section 2" as the full reference and the place in it."""
        key, _, place = source.partition(" ")
        full = self.references.get(key, key)
        return f"{full.rstrip('.')}, {place}" if place else full

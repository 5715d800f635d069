"""What differs between two versions of a checklist: what was added, removed, reworded, weighed otherwise, replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from checklists.checklist import Checklist, Question

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")
_CLASSES = ("severity", "effort", "interest", "spread")


class Mark(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some words of a text, all with the same mark."""

    text: str
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewording:
    """One text of a question in both versions."""

    what: str  #: "question", "level 0" ... "level 4", "why" or "does not apply when"
    before: str
    after: str

    @property
    def old(self) -> tuple[Piece, ...]:
        """The old text, word by word: what is gone is marked."""
        return tuple(piece for piece in words_apart(self.before, self.after) if piece.mark is not Mark.NEW)

    @property
    def new(self) -> tuple[Piece, ...]:
        """The new text, word by word: what is new is marked."""
        return tuple(piece for piece in words_apart(self.before, self.after) if piece.mark is not Mark.GONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reweighting:
    """A class of a question in both versions, as "H (7.5)": the letter with what it stands for."""

    what: str  #: "severity", "effort", "interest" or "spread"
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionDifference:
    """One question that both versions ask, and ask otherwise."""

    id: str
    before: Question
    after: Question
    rewordings: tuple[Rewording, ...]  #: texts that differ
    reweightings: tuple[Reweighting, ...]  #: classes that differ
    core_before: bool
    core_after: bool

    @property
    def asks_otherwise(self) -> bool:
        """Whether an answer has to be looked at again: the question or one of its levels has other words."""
        return any(one.what == "question" or one.what.startswith("level") for one in self.rewordings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A new question that takes the place of old ones."""

    question: Question
    replaces: tuple[Question, ...]  #: those of the old version, in the order they are named


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything that differs between two versions, in the order of the later one."""

    before: Checklist
    after: Checklist
    added: tuple[Question, ...]  #: asked for the first time, in place of nothing
    replaced: tuple[Replacement, ...]
    removed: tuple[Question, ...]  #: not asked any more, and nothing takes their place
    changed: tuple[QuestionDifference, ...]

    @property
    def reworded(self) -> tuple[QuestionDifference, ...]:
        """Questions of which a text differs."""
        return tuple(one for one in self.changed if one.rewordings)

    @property
    def reweighted(self) -> tuple[QuestionDifference, ...]:
        """Questions of which a class differs."""
        return tuple(one for one in self.changed if one.reweightings)

    @property
    def same_scale(self) -> bool:
        """Whether both have as many levels: on another scale an answer is another answer."""
        return self.before.level_count == self.after.level_count

    @property
    def nothing(self) -> bool:
        """Whether both ask the same questions with the same words and weights."""
        return not (self.added or self.replaced or self.removed or self.changed)

    @property
    def common(self) -> tuple[str, ...]:
        """The ids of the questions both ask."""
        return tuple(question for question in self.after.questions if question in self.before.questions)


def differ(before: Checklist, after: Checklist) -> Difference:
    """What differs between two versions of one pack. Raises ValueError for two different packs."""
    if before.id != after.id:
        raise ValueError(f"{before.id} and {after.id} are two checklists, not two versions of one")
    old, new = before.questions, after.questions
    replaced = tuple(
        Replacement(question=question, replaces=tuple(old[one] for one in question.replaces if one in old))
        for question in new.values()
        if question.id not in old and any(one in old for one in question.replaces)
    )
    taken = {one.id for replacement in replaced for one in replacement.replaces}
    taking = {replacement.question.id for replacement in replaced}
    return Difference(
        before=before,
        after=after,
        added=tuple(question for name, question in new.items() if name not in old and name not in taking),
        replaced=replaced,
        removed=tuple(question for name, question in old.items() if name not in new and name not in taken),
        changed=tuple(
            change for name in new if name in old and (change := _changed(before, old[name], after, new[name]))
        ),
    )


def _changed(before: Checklist, old: Question, after: Checklist, new: Question) -> QuestionDifference | None:
    rewordings, reweightings = tuple(_reworded(old, new)), tuple(_reweighted(before, old, after, new))
    if not rewordings and not reweightings and old.core == new.core:
        return None
    return QuestionDifference(
        id=new.id,
        before=old,
        after=new,
        rewordings=rewordings,
        reweightings=reweightings,
        core_before=old.core,
        core_after=new.core,
    )


def _reworded(old: Question, new: Question) -> Iterator[Rewording]:
    texts = [("question", old.text, new.text)]
    texts += [
        (f"level {first.number}", first.text, last.text)
        for first, last in zip(old.levels, new.levels, strict=False)  # another scale is said apart
    ]
    texts += [("why", old.why, new.why)]
    texts += [("does not apply when", old.not_applicable_when or "", new.not_applicable_when or "")]
    for what, first_text, last_text in texts:
        if first_text != last_text:
            yield Rewording(what=what, before=first_text, after=last_text)


def _reweighted(before: Checklist, old: Question, after: Checklist, new: Question) -> Iterator[Reweighting]:
    for what in _CLASSES:
        first, last = _worth(before, old, what), _worth(after, new, what)
        if first != last:
            yield Reweighting(what=what, before=first, after=last)


def _worth(checklist: Checklist, question: Question, what: str) -> str:
    letter = str(getattr(question, what))
    classes = checklist.classes
    match what:
        case "severity":
            one = classes.severity[letter]
            return f"{letter} (weight {one.weight:g}{', critical' if one.critical else ''})"
        case "effort":
            return f"{letter} ({classes.effort_days[letter]:g} days)"
        case "interest":
            return f"{letter} ({classes.friction_days[letter]:g} days a quarter)"
        case _:
            return f"{letter} ({100 * classes.growth[letter]:g} % a quarter)"


def words_apart(before: str, after: str) -> tuple[Piece, ...]:
    """Both texts in one row of pieces: what is the same, what is gone, what is new; never inside a word."""
    first, last = _PIECES.findall(before), _PIECES.findall(after)
    pieces: list[Piece] = []
    for kind, start, end, start_new, end_new in SequenceMatcher(None, first, last, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece(text="".join(first[start:end]), mark=Mark.SAME))
            continue
        if start < end:
            pieces.append(Piece(text="".join(first[start:end]), mark=Mark.GONE))
        if start_new < end_new:
            pieces.append(Piece(text="".join(last[start_new:end_new]), mark=Mark.NEW))
    return tuple(pieces)

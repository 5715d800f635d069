"""Two versions of a checklist side by side: each question that differs, words marked, what becomes of its answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import streamlit as st

from checklists.checklist import Question
from checklists.difference import Difference, Mark, Piece, QuestionDifference
from ui import numbers
from ui.components import colour_variables, source
from ui.text import clean

TO_CONFIRM = "answer to confirm"
KEPT = "answer stays"
ASIDE = "answer put aside"

_component = st.components.v2.component(
    "arrears_version_difference",
    html=source("version_difference.html"),
    css=colour_variables(".difference") + source("version_difference.css"),
    js=source("version_difference.js"),
)

_Pieces = list[list[str]]
_Group = tuple[str, str, list[Any]]


def draw_difference(difference: Difference, answered: Collection[str], *, key: str) -> None:
    """Draw what differs, kind by kind. `answered` are the ids of the questions that have an answer."""
    groups = [group for group in _groups(difference, answered) if group[2]]
    versions = [f"Version {clean(one.version)}" for one in (difference.before, difference.after)]
    _component(key=key, data=[versions, [list(group) for group in groups]])


def _groups(difference: Difference, answered: Collection[str]) -> Sequence[_Group]:
    reworded = [change for change in difference.changed if change.asks_otherwise]
    others = [change for change in difference.changed if not change.asks_otherwise]
    return (
        ("Replaced", "A new question takes the place of an old one and its answer.", [
            [one.question.id, _tags(TO_CONFIRM if any(old.id in answered for old in one.replaces) else ""),
             [*(([f"{old.id}, not asked any more", _plainly(old.text), []]) for old in one.replaces),
              [f"{one.question.id}, asked instead", [], _plainly(one.question.text)]]]
            for one in difference.replaced
        ]),
        ("Asked in other words", "Struck out is gone, underlined is new.", [
            [change.id, _tags(TO_CONFIRM if change.id in answered else ""), [*_words(change), *_weights(change)]]
            for change in reworded
        ]),
        ("Weighed or explained otherwise", "The question and its levels are the same, and so is the answer.", [
            [change.id, _tags(KEPT if change.id in answered else ""), [*_words(change), *_weights(change)]]
            for change in others
        ]),
        ("Asked for the first time", "Open until somebody answers.", [
            [question.id, [], [[_kind(question), [], _plainly(question.text)]]] for question in difference.added
        ]),
        ("Not asked any more", "What was answered stays in the history and counts no more.", [
            [question.id, _tags(ASIDE if question.id in answered else ""), [["", _plainly(question.text), []]]]
            for question in difference.removed
        ]),
    )  # fmt: skip


def _tags(words: str) -> list[list[Any]]:
    return [[words, int(words == TO_CONFIRM)]] if words else []


def _kind(question: Question) -> str:
    return "a core question" if question.core else "a question beyond the core"


def _words(change: QuestionDifference) -> list[Any]:
    return [[one.what.capitalize(), _marked(one.old), _marked(one.new)] for one in change.rewordings]


def _weights(change: QuestionDifference) -> list[Any]:
    rows = [
        [one.what.capitalize(), [[one.before, Mark.GONE.value]], [[one.after, Mark.NEW.value]]]
        for one in change.reweightings
    ]
    if change.core_before != change.core_after:
        said = {True: "in the core set", False: "beyond the core set"}
        rows.append(["", [[said[change.core_before], Mark.GONE.value]], [[said[change.core_after], Mark.NEW.value]]])
    return rows


def _marked(pieces: Sequence[Piece]) -> _Pieces:
    return [[_visible(piece.text), piece.mark.value] for piece in pieces]


def _visible(text: str) -> str:
    """The piece without control characters, its blanks kept: they stand between the words."""
    return "".join(character if character.isprintable() else " " for character in text)


def _plainly(text: str) -> _Pieces:
    return [[clean(text), Mark.SAME.value]]


def difference_sentence(difference: Difference) -> str:
    """What differs, in one sentence with numbers."""
    otherwise = sum(change.asks_otherwise for change in difference.changed)
    said = [
        (len(difference.replaced), "replaced"),
        (otherwise, "asked in other words"),
        (len(difference.changed) - otherwise, "weighed or explained otherwise"),
        (len(difference.added), "new"),
        (len(difference.removed), "gone"),
    ]
    parts = [f"{numbers.count(count, 'question')} {words}" for count, words in said if count]
    return f"{', '.join(parts[:1] + [part.replace(' questions', '').replace(' question', '') for part in parts[1:]])}."

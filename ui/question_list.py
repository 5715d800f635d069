"""The list of questions: an area, or all of them, at a glance; each is answered where it stands.

One component for the whole list: with a radio, two text fields and two buttons of Streamlit's for each of a hundred
questions, Streamlit spends more on looking through them at every choice than on the choice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from checklists.checklist import Area, Question
from ui import session
from ui.components import source
from ui.question_card import NOT_APPLICABLE, OPTIONS, Card, option_of, said_of, severity_words
from ui.text import clean

UNDO: Final = "undo"
_PLACES: Final = (*OPTIONS, UNDO)  #: what the browser says by its place
_NUMBER_MAX: Final = 2**53

Areas = Sequence[tuple[Area, Sequence[Question]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a question of the list shows beside its own words."""

    option: int | str | None  #: which of question_card.OPTIONS is chosen
    revision: int  #: of the answer shown, 0 without one
    said: str  #: "saved 12:03:11 by Ada", "not answered yet"
    more: str  #: the button that opens the whole card, "Note and links"; "" when that would show nothing else
    trouble: str = ""  #: why the last choice was not saved
    others: bool = False  #: somebody else's work: a click on its way was meant for what stood there before


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A choice made in the list, with the revision of the answer the person had before them."""

    question_id: str
    option: int | str  #: one of question_card.OPTIONS but "not_applicable", or UNDO
    revision: int


_component = st.components.v2.component(
    "arrears_questions",
    html=source("question_list.html"),
    css=source("question_list.css"),
    js=source("question_list.js"),
)


def question_list(
    areas: Areas | None,
    rows: Mapping[str, Row],
    *,
    key: str,
    closed: bool,
    choose: Callable[[Listed], None],
    open_card: Callable[[str, bool], None],
) -> None:
    """Draw the list, or with `areas` None only bring `rows` up to date in the list that was drawn before.

    `choose` is called for each choice exactly once, before the page runs, also when the browser sends it again; when
    it returns, the choice counts as taken and the next drawing must bring the question's row. `open_card` is called
    with a question's id and whether it was "does not apply", which needs a reason. Rows that may have been taken
    since are named by `awaited`.
    """
    known, pending = session.taken_choices(key), _pending(key)
    _component(
        key=key,
        data={
            "key": key,
            "closed": closed,
            "keys": session.shortcuts_on(),
            "areas": None if areas is None else [_area(area, questions) for area, questions in areas],
            "rows": {question_id: _row(row) for question_id, row in rows.items()},
            "taken": {question_id: turn for question_id, turn in known.items() if question_id in pending},
        },
        on_pending_change=lambda: _take(key, choose),
        on_opened_change=lambda: _open(key, open_card),
    )


def row(card: Card) -> Row:
    """A question's card as a row: what is chosen and saved, and what else the whole card shows."""
    answer = card.answer
    more = ["to confirm"] if card.waits else []
    if answer is not None:
        more.append("read the note and links" if answer.note or answer.links else "note and links")
    if card.last is not None:
        more.append(f"what we said in {card.last_period}")
    if card.hints:
        more.append(f"what the repository shows ({len(card.hints)})")
    return Row(
        option=option_of(answer),
        revision=answer.rev if answer else 0,
        said=said_of(card),
        more=(text := ", ".join(more))[:1].upper() + text[1:],
        trouble=session.trouble(card.assessment_id, card.question.id),
        others=session.changed_by_others(card.assessment_id, card.question.id),
    )


def awaited(key: str) -> tuple[str, ...]:
    """The questions whose row the browser may still wait for: those it named in its last message."""
    return tuple(_pending(key))


def _area(area: Area, questions: Sequence[Question]) -> list[Any]:
    return [clean(area.title), clean(area.summary), [_words(question) for question in questions]]


def _words(question: Question) -> list[Any]:
    return [
        question.id,
        severity_words(question),
        clean(question.text),
        clean(question.why),
        [clean(level.text) for level in question.levels],
    ]


def _row(row: Row) -> list[Any]:
    place = None if row.option is None else OPTIONS.index(row.option)
    return [place, row.revision, clean(row.said), clean(row.more), clean(row.trouble), int(row.others)]


def _pending(key: str) -> dict[str, tuple[int, int, int]]:
    """What the browser says is not taken yet: question -> (place, revision, turn). Anything else is left out."""
    value = session.component_value(key, "pending")
    if not isinstance(value, dict):
        return {}
    return {
        question_id: (each[0], each[1], each[2])
        for question_id, each in value.items()
        if isinstance(each, list | tuple) and len(each) == 3 and all(_is_count(number) for number in each)
    }


def _is_count(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < _NUMBER_MAX


def _take(key: str, choose: Callable[[Listed], None]) -> None:
    known = session.taken_choices(key)
    for question_id, (place, revision, turn) in _pending(key).items():
        if known.get(question_id) == turn:
            continue
        session.note_taken_choice(key, question_id, turn)
        if place < len(_PLACES) and _PLACES[place] != NOT_APPLICABLE:
            choose(Listed(question_id=question_id, option=_PLACES[place], revision=revision))


def _open(key: str, open_card: Callable[[str, bool], None]) -> None:
    match session.component_value(key, "opened"):
        case [str(question_id), bool(applies_not)]:
            open_card(question_id, applies_not)

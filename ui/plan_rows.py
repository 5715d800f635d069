"""The ranked repayments as one list: what is in the plan, everything else, and a level moved by hand where it stands.

One component for the whole list, as for the questions (decision 19): a hundred rows with a level, two marks and a
drawer each would cost Streamlit more than the numbers cost us.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import streamlit as st

from scoring.plan_terms import Tier
from ui import numbers, session
from ui.components import colour_variables, source
from ui.text import clean

#: Pinned into the plan, left out of it, or neither.
Mark = Literal["", "pinned", "excluded"]
#: What a person can wish in the list: a level tried out (None: as answered), a mark, the drawer, no more trying out.
Kind = Literal["level", "mark", "open", "reset"]

TIERS: Final = tuple(Tier)
MARKS: Final[tuple[Mark, ...]] = ("", "pinned", "excluded")
KINDS: Final[tuple[Kind, ...]] = ("level", "mark", "open", "reset")
#: The browser has no words for a row it must draw, e.g. after it slept: it asks for all of them.
_WORDS: Final = "words"
_NUMBER_MAX: Final = 2**53
_WISHES_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One question of the list. Numbers are written already; `None` in `tier` is a question with nothing to repay."""

    question: str
    area: str
    text: str
    levels: tuple[str, ...]  #: the anchored text of each level
    answered: int | None  #: the level the team stands by; None where it is not known
    moved: int | None = None  #: the level tried out instead
    chosen: bool = False  #: in the plan
    mark: Mark = ""
    avoids: str = ""
    costs: str = ""
    pays_back: str = ""
    p_top: float = 0.0  #: P(among the first), 0..1
    tier: Tier | None = None
    notes: tuple[str, ...] = ()  #: "needed by ENT-03", "already an action"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One click in the list. `level` only of the kind "level", `mark` only of the kind "mark"."""

    kind: Kind
    question: str = ""
    level: int | None = None
    mark: Mark = ""


_component = st.components.v2.component(
    "arrears_plan_rows",
    html=source("plan_rows.html"),
    css=colour_variables(".plan") + source("plan_rows.css"),
    js=source("plan_rows.js"),
)


def plan_rows(
    rows: Sequence[PlanRow],
    *,
    key: str,
    words: bool,
    tried: str,
    horizon: str,
    take: Callable[[Wish], None],
    empty: str = "",
    only: str = "",
) -> None:
    """Draw the list, chosen rows first; both parts keep the order given.

    `words` sends the texts of the questions along: needed when the page is drawn as a whole, left out when only
    numbers moved. `tried` is the sentence of the bar while levels are tried out, "" hides it. `take` is called once
    for each wish, before the page runs. `empty` stands where the plan holds nothing; `only` says which rows are shown.
    """
    wanted = words or session.component_value(key, _WORDS) not in (None, session.words_sent(key))
    if wanted:
        session.note_words_sent(key, session.component_value(key, _WORDS))
    _component(
        key=key,
        data={
            "key": key,
            "words": {row.question: _words(row) for row in rows} if wanted else None,
            "rows": [_numbers(row) for row in rows],
            "tried": clean(tried),
            "horizon": horizon,
            "empty": clean(empty),
            "only": clean(only),
            "taken": session.taken_choices(key).get(key, 0),
        },
        on_wishes_change=lambda: _take(key, take),
        on_words_change=lambda: None,
    )


def _words(row: PlanRow) -> list[Any]:
    return [clean(row.area), clean(row.text), [clean(text) for text in row.levels]]


def _numbers(row: PlanRow) -> list[Any]:
    return [
        row.question,
        row.answered,
        row.moved,
        int(row.chosen),
        MARKS.index(row.mark),
        row.avoids,
        row.costs,
        row.pays_back,
        numbers.percent_points(row.p_top),
        None if row.tier is None else TIERS.index(row.tier),
        [clean(note) for note in row.notes],
    ]


def _take(key: str, take: Callable[[Wish], None]) -> None:
    """Hand on the wishes of the browser that were not taken yet, in their order."""
    said = session.component_value(key, "wishes")
    if not isinstance(said, list):
        return
    for each in said[:_WISHES_MAX]:
        read = _read(each)
        if read is None:
            continue
        turn, wish = read
        if turn > session.taken_choices(key).get(key, 0):
            session.note_taken_choice(key, key, turn)
            take(wish)


def _read(said: object) -> tuple[int, Wish] | None:
    """Read [turn, kind, question, value]; None for anything else a browser may say."""
    if not (isinstance(said, list | tuple) and len(said) == 4):
        return None
    turn, kind, question, value = said
    if not (_is_count(turn) and _is_count(kind) and kind < len(KINDS) and isinstance(question, str)):
        return None
    if not (value is None or _is_count(value)):
        return None
    named = KINDS[kind]
    if named == "mark":
        return (turn, Wish(kind=named, question=question, mark=MARKS[value])) if value in range(len(MARKS)) else None
    return turn, Wish(kind=named, question=question, level=value if named == "level" else None)


def _is_count(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number < _NUMBER_MAX

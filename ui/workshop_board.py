"""What a workshop shows of a question, of the people and of the way in: one component, drawn large for a projector."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from operations.records import SETTLED
from operations.workshops import OnTable, Person
from ui import numbers
from ui.components import colour_variables, source
from ui.text import clean
from ui.workshop_door import Entrance, qr_path
from ui.workshop_words import of_people

_component = st.components.v2.component(
    "arrears_workshop_board",
    html=source("workshop_board.html"),
    css=colour_variables(".board") + source("workshop_board.css"),
    js=source("workshop_board.js"),
)


def _board(key: str, **parts: Any) -> None:
    nothing = dict.fromkeys(("over", "heading", "levels", "unknown", "sentence", "timer", "counted", "people", "door"))
    _component(key=key, data={**nothing, "open": False, "projector": False, "note": "", **parts})


def question_parts(table: OnTable) -> dict[str, Any]:
    """The levels of a question; with dots once its votes are open, and not a number of them before."""
    shown, levels = table.revealed, table.question.levels
    if shown is None:
        return {"levels": [[clean(level.text), None, None, False] for level in levels]}
    settled = table.turn.state == SETTLED
    level = table.turn.level if settled else shown.proposed
    first = shown.first or (None,) * len(levels)
    return {
        "open": True,
        "levels": [
            [clean(each.text), shown.counts[place], first[place], place == level] for place, each in enumerate(levels)
        ],
        "unknown": [shown.unknown, None, level is None],
        "note": "settled" if settled else "where the votes settle",
    }


def left_milliseconds(ends_at: str | None, now: datetime) -> int | None:
    """How much of a time box is left, below 0 when it is over; None without one."""
    return None if ends_at is None else round((datetime.fromisoformat(ends_at) - now).total_seconds() * 1000)


def draw_question(table: OnTable, *, key: str) -> None:
    """The levels of the question on the table."""
    _board(key, **question_parts(table))


def draw_people(people: Sequence[Person], table: OnTable | None, *, now: datetime, key: str) -> None:
    """The clock, how many have voted, and everybody with a filled or an empty dot. Never a vote."""
    timer = left_milliseconds(table.box_ends_at, now) if table else None
    counted = [f"{table.voted} of {table.people}", "have voted"] if table and table.revealed is None else None
    hide = table is not None and table.revealed is not None
    _board(
        key, timer=timer, counted=counted,
        people=[[clean(one.name), clean(one.role), None if hide or table is None else one.voted] for one in people],
    )  # fmt: skip


def draw_progress(people: Sequence[Person], *, key: str) -> None:
    """Who has voted on everything, in a vote that is spread over days."""
    counted = [f"{sum(one.voted for one in people)} of {len(people)}", "have voted on everything"]
    _board(key, counted=counted, people=[[clean(one.name), clean(one.role), one.voted] for one in people])


def draw_door(entrance: Entrance, *, key: str) -> None:
    """Link, code and QR code."""
    _board(key, door=_door(entrance))


def _door(entrance: Entrance) -> dict[str, Any]:
    return {
        "code": entrance.spaced_code,
        "link": entrance.short,
        "qr": list(qr_path(entrance.address)) if entrance.address else None,
    }


def draw_projector(
    *,
    over: str,
    heading: str,
    table: OnTable | None,
    sentence: str,
    entrance: Entrance | None,
    people: int,
    now: datetime,
    key: str,
) -> None:
    """Everything a room reads from ten metres."""
    counted = None
    if table is not None and table.revealed is None:
        counted = [f"{table.voted} of {table.people}", "have voted"]
    elif table is None and entrance is not None:
        counted = of_people(people)
    _board(
        key, projector=True, over=clean(over), heading=clean(heading), sentence=clean(sentence),
        counted=counted, timer=left_milliseconds(table.box_ends_at, now) if table else None,
        door=_door(entrance) if entrance else None, **(question_parts(table) if table else {}),
    )  # fmt: skip


def clock_words(seconds: int) -> str:
    """Write how long something took: "40 seconds", "12 minutes"."""
    return numbers.count(seconds, "second") if seconds < 60 else numbers.count(round(seconds / 60), "minute")

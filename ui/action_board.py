"""Actions as a board of lanes or as a table, drawn by our own component: links, reached by keyboard, no dragging."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from ui import session
from ui.components import colour_variables, source
from ui.text import clean

LaneKind = Literal["", "late", "closed"]
CellKind = Literal["", "short", "number"]
ID_MAX = 64  #: characters of an id that a browser may send


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One action on the board. Plain text; the first of `lines` is set off where it is late."""

    id: str
    href: str
    title: str
    lines: tuple[str, ...] = ()
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A column of the board; `count` may be more than the cards shown, `more` then says where the rest is."""

    title: str
    cards: tuple[Card, ...]
    count: int
    kind: LaneKind = ""
    empty: str = "Nothing here."
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAction:
    """A row of the table; the first cell is the link. `late` is the cell that is set off, 0 for none."""

    id: str
    href: str
    cells: tuple[str, ...]
    late: int = 0


_board = st.components.v2.component(
    "arrears_action_board",
    html=source("action_board.html"),
    css=colour_variables(".board") + source("action_board.css"),
    js=source("action_board.js"),
)


def action_board(
    caption: str, lanes: Sequence[Lane], *, key: str, chosen: str = "", take: Callable[[str], None]
) -> None:
    """Draw the lanes side by side; `take` hears the id of a card that is opened, before the page is drawn anew."""
    drawn = [
        [
            [
                lane.title,
                lane.empty,
                lane.kind,
                [
                    [
                        card.id,
                        card.href,
                        clean(card.title),
                        [clean(line) for line in card.lines],
                        card.late,
                        card.id == chosen,
                    ]
                    for card in lane.cards
                ],
                lane.more,
            ],
            lane.count,
        ]
        for lane in lanes
    ]
    _board(key=key, data={"caption": clean(caption), "lanes": drawn}, on_opened_change=lambda: _opened(key, take))


def action_table(
    caption: str,
    heads: Sequence[tuple[str, CellKind]],
    rows: Sequence[ListedAction],
    *,
    key: str,
    chosen: str = "",
    take: Callable[[str], None] | None = None,
) -> None:
    """Draw the rows as a table; on a phone each becomes a small block. `take` as for the board; None follows links."""
    if any(len(row.cells) != len(heads) for row in rows):
        raise ValueError(f"each row needs {len(heads)} cells")
    drawn = [[row.id, row.href, [clean(cell) for cell in row.cells], row.late, row.id == chosen] for row in rows]
    _board(
        key=key,
        data={"caption": clean(caption), "table": [[list(head) for head in heads], drawn], "follow": take is None},
        on_opened_change=lambda: _opened(key, take),
    )


def _opened(key: str, take: Callable[[str], None] | None) -> None:
    said = session.component_value(key, "opened")
    if take is not None and isinstance(said, str) and 0 < len(said) <= ID_MAX:
        take(said)

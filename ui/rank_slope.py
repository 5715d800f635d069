"""Who owes more than whom, before and after: a line for each of at most ten systems, labelled without overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import streamlit as st

from operations.movement import MovementView
from ui import numbers
from ui.components import colour_variables, source
from ui.movement_words import between_words
from ui.text import clean

if TYPE_CHECKING:
    from pandas import DataFrame

PITCH = 1.75  #: rem from one label to the next, at least
SPREAD = 2.0  #: how many times its labels' height the drawing may take to show how far ranks lie apart

_slope = st.components.v2.component(
    "arrears_rank_slope",
    html=source("rank_slope.html"),
    css=colour_variables(".rank-slope") + source("rank_slope.css"),
    js=source("rank_slope.js"),
)


def rank_slope(view: MovementView, *, key: str) -> None:
    """Draw the slopes; nothing where no place changed."""
    if view.ranks:
        _slope(key=key, data=slopes(view))


def spaced(wanted: Sequence[float], gap: float) -> list[float]:
    """Places in the given ascending order at least `gap` apart, as near to the wanted ones as that allows, from 0.

    Neighbours that would overlap move as one block to the middle of what they want (pool adjacent violators).
    """
    blocks: list[tuple[float, int]] = []  # (where the first of the block would like to be, how many)
    for at in wanted:
        start, many = at, 1
        while blocks and start < blocks[-1][0] + gap * blocks[-1][1]:
            above, count = blocks.pop()
            # each of the lower block wants to lie `count` gaps below the first of the upper one
            start, many = (above * count + (start - gap * count) * many) / (count + many), count + many
        blocks.append((start, many))
    placed = [start + gap * number for start, many in blocks for number in range(many)]
    least = min(placed, default=0.0)
    return [at - least for at in placed] if least < 0 else placed


def slopes(view: MovementView) -> dict[str, Any]:
    """Everything the drawing needs: labels with their places in rem, and from where to where the lines go."""
    moves = view.ranks
    ranks = [rank for move in moves for rank in (move.before, move.after)]
    first, last = min(ranks), max(ranks)
    height = PITCH * (len(moves) - 1) * SPREAD
    step = min(PITCH, height / (last - first)) if last > first else PITCH

    def column(after: bool) -> dict[str, float]:
        ordered = sorted(moves, key=lambda move: _places(move, after))
        wanted = [step * ((move.after if after else move.before) - first) for move in ordered]
        return dict(zip((move.system for move in ordered), spaced(wanted, PITCH), strict=True))

    left, right = column(after=False), column(after=True)
    return {
        "label": slope_words(view),
        "before": numbers.period(view.before),
        "after": numbers.period(view.after),
        "height": max(*left.values(), *right.values(), PITCH) + PITCH,
        "lines": [
            {
                "name": clean(view.systems[move.system].name),
                "href": f"/system?{urlencode({'system': move.system})}",
                "before": str(move.before),
                "after": str(move.after),
                "moved": _moved(move.before, move.after),
                "way": "worse" if move.after < move.before else "better",
                "left": left[move.system],
                "right": right[move.system],
            }
            for move in moves
        ],
    }


def _places(move: Any, after: bool) -> tuple[int, int, str]:
    """The order on one side; who shares a place there lies in the order of the other side, then by id."""
    own, other = (move.after, move.before) if after else (move.before, move.after)
    return own, other, move.system


def _moved(before: int, after: int) -> str:
    """How many places: up is towards the most debt."""
    return f"▲ {before - after}" if after < before else f"▽ {after - before}"


def rank_title(view: MovementView) -> str:
    """The finding: who moved most."""
    if not view.ranks:
        return "No system changed its place"
    far = max(view.ranks, key=lambda m: (abs(m.after - m.before), abs(m.debt_after - m.debt_before), m.system))
    name, way = clean(view.systems[far.system].name), "up" if far.after < far.before else "down"
    return f"{name} moved {way} from place {far.before} to {far.after} of {view.movement.counted_both}"


def slope_words(view: MovementView) -> str:
    """Say the places in words, for readers who do not see the lines."""
    parts = (f"{clean(view.systems[m.system].name)} from {m.before} to {m.after}" for m in view.ranks)
    between = between_words(view.before, view.after)
    return f"Places by debt {between}, 1 owes the most: {', '.join(parts) or 'none changed'}."


def rank_table(view: MovementView) -> DataFrame:
    """Build the table twin."""
    from pandas import DataFrame

    rows = [
        {
            "System": clean(view.systems[move.system].name),
            "Team": clean(view.systems[move.system].team),
            f"Place {numbers.period(view.before)}": move.before,
            f"Place {numbers.period(view.after)}": move.after,
            f"Debt {numbers.period(view.before)}": numbers.debt(move.debt_before),
            f"Debt {numbers.period(view.after)}": numbers.debt(move.debt_after),
        }
        for move in view.ranks
    ]
    return DataFrame(rows)

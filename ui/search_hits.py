"""What a search found, in groups, the words that were looked for in bold: drawn by our own component as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from operations.search import HITS_MAX, Hit, HitGroup, Piece
from ui.components import colour_variables, source
from ui.text import clean

_hits = st.components.v2.component(
    "arrears_search_hits",
    html=source("search_hits.html"),
    css=colour_variables(".hits") + source("search_hits.css"),
    js=source("search_hits.js"),
)


def search_hits(groups: Sequence[HitGroup], *, key: str) -> None:
    """Draw the groups one below the other; of a long one the rest is folded."""
    _hits(key=key, data=[_group(group) for group in groups])


def _group(group: HitGroup) -> list[Any]:
    count = f"the first {HITS_MAX}" if group.more else str(len(group.hits))
    return [group.kind, count, [_hit(hit) for hit in group.hits]]


def _hit(hit: Hit) -> list[Any]:
    return [hit.href, _pieces(hit.title), clean(hit.where), _pieces(hit.text)]


def _pieces(pieces: Sequence[Piece]) -> list[list[Any]]:
    """Cleaned one by one: a space at the end of a piece belongs to the text, so it is not cleaned away."""
    return [[_whole(text), int(found)] for text, found in pieces]


def _whole(text: str) -> str:
    kept = clean(text)
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and kept else ""
    return f"{before}{kept}{after}"

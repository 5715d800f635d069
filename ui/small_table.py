"""A small table of words and bars, drawn by our own component as real text that wraps, prints and can be read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from ui.components import colour_variables, source
from ui.text import clean

#: How a column is set: words, a path of a repository, a number, a bar alone (left out on a phone), a share with a bar.
ColumnKind = Literal["words", "path", "number", "bars", "share"]
#: How a bar is filled: plainly, or hatched as what a repository shows; dotted around where it was read from the past.
BarStyle = Literal["solid", "hatched", "dotted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCell:
    """One cell of plain text; `share` 0..1 draws a bar below it, `words` is read aloud instead of the text."""

    text: str = ""
    share: float | None = None
    style: BarStyle = "solid"
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """The head of a column."""

    title: str
    kind: ColumnKind = "words"
    note: str = ""  #: below the title, smaller


_table = st.components.v2.component(
    "arrears_small_table",
    html=source("small_table.html"),
    css=colour_variables(".small-table") + source("small_table.css"),
    js=source("small_table.js"),
)


def small_table(
    caption: str,
    columns: Sequence[TableColumn],
    rows: Sequence[Sequence[TableCell | str]],
    *,
    key: str,
    caption_shown: bool = True,
) -> None:
    """Draw the table; the first cell of a row is its head. Words of a repository are never read as markup."""
    if any(len(row) != len(columns) for row in rows):
        raise ValueError(f"each row needs {len(columns)} cells")
    cells = [[one if isinstance(one, TableCell) else TableCell(text=one) for one in row] for row in rows]
    _table(
        key=key,
        data={
            "caption": clean(caption),
            "shown": caption_shown,
            "columns": [[column.title, column.kind, column.note] for column in columns],
            "rows": [[[clean(one.text), one.share, one.style, clean(one.words)] for one in row] for row in cells],
        },
    )

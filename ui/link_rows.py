"""A short list of links, each with a sentence and perhaps a number, drawn by our own component as real text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from ui.components import colour_variables, source
from ui.text import clean

_list = st.components.v2.component(
    "arrears_link_rows",
    html=source("link_rows.html"),
    css=colour_variables(".link-rows") + source("link_rows.css"),
    js=source("link_rows.js"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """One link within Arrears, e.g. "/system?system=...": what it is called, where it leads, what there is to say."""

    label: str
    href: str
    note: str = ""  #: beside the label, smaller
    said: str = ""  #: a sentence below
    value: str = ""  #: at the right
    tone: Literal["", "worse", "better"] = ""


def link_rows(label: str, rows: Sequence[LinkRow], *, key: str) -> None:
    """Draw the list; `label` says to those who do not see it what it lists. No word is ever read as markup."""
    for row in rows:
        if not row.href.startswith("/") or row.href.startswith(("//", "/\\")):
            raise ValueError(f"{row.href!r} leaves Arrears; write an address that starts with one /")
    drawn = [[clean(row.label), row.href, clean(row.note), clean(row.said), row.value, row.tone] for row in rows]
    _list(key=key, data={"label": clean(label), "rows": drawn})

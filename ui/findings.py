"""Rows of findings as plain text in groups: what was seen, where, and folded what to do. Drawn by our own component."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from ui.components import colour_variables, source
from ui.text import clean

#: The sign before a row: of debt or care, looked for and not seen, nothing to look at, does not apply; or a change.
Mark = Literal["debt", "care", "absent", "unknown", "off", "worse", "better", "same"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One row. All plain text, shown letter by letter."""

    mark: Mark
    title: str = ""  #: "" for a row that only folds
    text: str = ""
    tag: str = ""  #: one or two words beside the title
    places: tuple[str, ...] = ()  #: "path:line"; the first three stand there, the rest is folded
    aside: str = ""  #: a remark where the places would stand
    folds: tuple[tuple[str, tuple[str, ...]], ...] = ()  #: (what is folded, its paragraphs)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingGroup:
    """Rows under one heading; without a title they stand alone."""

    title: str = ""
    note: str = ""
    findings: tuple[Finding, ...]


_findings = st.components.v2.component(
    "arrears_findings",
    html=source("findings.html"),
    css=colour_variables(".findings") + source("findings.css"),
    js=source("findings.js"),
)


def draw_findings(groups: Sequence[FindingGroup], *, key: str) -> None:
    """Draw the groups one below the other. Words of a repository are cleaned here and never read as markup."""
    _findings(key=key, data=[_group(group) for group in groups])


def _group(group: FindingGroup) -> list[Any]:
    rows = [
        [
            row.mark,
            clean(row.title),
            clean(row.text),
            clean(row.tag),
            [clean(place) for place in row.places],
            clean(row.aside),
            [[clean(name), [clean(words) for words in paragraphs]] for name, paragraphs in row.folds],
        ]
        for row in group.findings
    ]
    return [clean(group.title), clean(group.note), rows]

"""Search: one field, and everything in which the words stand, by kind, each with a link to just that view."""

from __future__ import annotations

import streamlit as st

from operations.search import LENGTH_MAX, WORDS_MAX, Found, search
from pages.place import desk, from_link, put_in_link
from ui import numbers, problems, session
from ui.search_hits import search_hits
from ui.text import plain

FIELD = "search-words"  #: key of the field; the key "/" leads to it


def search_page() -> None:
    """Draw the field and what was found for the words of the link."""
    here = desk()
    asked = from_link("q") or ""
    st.title("Search" if not asked.strip() else plain(f"Search: {asked}", most=60), anchor=False)
    session.feed(FIELD, asked[:LENGTH_MAX], version=asked)
    st.text_input(
        "Words in systems, questions, notes, actions and comments", key=FIELD, max_chars=LENGTH_MAX,
        placeholder="A system, a word of a note, a name", icon=":material/search:", width=560,
        on_change=lambda: put_in_link(q=session.widget_text(FIELD).strip() or None),
    )  # fmt: skip
    found = search(here.workplace, here.actor, text=asked, system_id=session.chosen_system())
    if not found.words:
        problems.notice(
            "Every word has to stand somewhere, as a part of any word.",
            do="Notes of sealed quarters are found with their quarter.",
        )
        _back()
        return
    if found.cut:
        st.caption(f"That is a long question: the first {WORDS_MAX} words of its first {LENGTH_MAX} characters count.")
    if not found.groups:
        _nothing(found)
        return
    kinds = ", ".join(f"{len(group.hits)} in {group.kind.lower()}" for group in found.groups)
    st.caption(f"{numbers.count(found.count, 'place')}: {kinds}.")
    search_hits(found.groups, key="hits")


def _nothing(found: Found) -> None:
    words = " and ".join(f"“{word}”" for word in found.words)
    problems.notice(f"Nothing has {words}.", do="Try fewer words, or a part of one.")
    _back()


def _back() -> None:
    """The way on where there is nothing to open."""
    if st.button("Go to the portfolio", key="search-portfolio", icon=":material/arrow_back:"):
        st.switch_page("portfolio.py")


search_page()

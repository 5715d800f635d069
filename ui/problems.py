"""How an error, an empty list and a missing thing look: one sentence what, what is safe, and the way out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from ui.text import plain


def problem(what: str, *, safe: str = "", do: str = "", details: Sequence[str] = ()) -> None:
    """Show that something did not work: what happened, what is safe, what to do; details as a list. Plain strings."""
    sentences = " ".join(plain(sentence) for sentence in (what, safe, do) if sentence)
    listed = "\n".join(f"- {plain(detail)}" for detail in details)
    st.error(f"{sentences}\n\n{listed}" if listed else sentences, icon=":material/error:")


def warning(what: str, *, do: str = "") -> None:
    """Show something that deserves attention but stops nobody. Plain strings."""
    st.warning(" ".join(plain(sentence) for sentence in (what, do) if sentence), icon=":material/warning:")


def notice(what: str, *, do: str = "") -> None:
    """Show a neutral remark. Plain strings."""
    st.info(" ".join(plain(sentence) for sentence in (what, do) if sentence), icon=":material/info:")


def done(what: str) -> None:
    """Show briefly that something was done. A plain string."""
    st.toast(plain(what), icon=":material/check:")


def attention(what: str) -> None:
    """Say briefly that something was not done, where no scrolling hides it. A plain string."""
    st.toast(plain(what), icon=":material/error:", duration="long")


def empty(
    what: str,
    *,
    action: str = "",
    key: str = "",
    on_click: Callable[..., None] | None = None,
    args: tuple[Any, ...] = (),
) -> bool:
    """Show an empty list: one sentence and the one action that fills it. Plain strings; True when it was clicked."""
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        st.markdown(plain(what, lines=True), text_alignment="center")
        if not action:
            return False
        return st.button(plain(action), type="primary", key=key or None, on_click=on_click, args=args)


def missing(thing: str, *, back: str, page: str | Any, query_params: dict[str, str] | None = None) -> None:
    """Show that a thing does not exist, e.g. missing("system", back="Back to the portfolio", page=portfolio).

    The same words for a thing that never was, was removed, or must not be seen. `page` is what st.page_link takes.
    """
    with st.container(border=True):
        st.subheader(plain(f"No such {thing}."), anchor=False)
        st.markdown(plain(f"The address names a {thing} that is not here. It may have been removed."))
        st.page_link(page, label=plain(back), icon=":material/arrow_back:", query_params=query_params)


def progress(what: str) -> Callable[[int, int, str], None]:
    """Show how far long work is; the returned function is told (done, of, what is being done). Plain strings."""
    bar = st.progress(0.0, text=plain(what))

    def move(finished: int, of: int, now: str) -> None:
        bar.progress(finished / of if of else 1.0, text=plain(now))

    return move

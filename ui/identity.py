"""Who is answering: a display name kept in a cookie of this browser, so that a reload and a second tab know it.

It is a name tag, not a sign-in: anybody at this machine can write any name on it.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote

import streamlit as st

from ui import session
from ui.components import source
from ui.text import clean, plain

COOKIE: Final = "arrears_name"
LONGEST: Final = 60  #: characters of a display name

_component = st.components.v2.component("arrears_identity", html="<span hidden></span>", js=source("identity.js"))
_FIELD: Final = "arrears-name-field"


def known_name() -> str:
    """Read the display name of the person at this browser, "" when it was never given.

    What was given in this tab counts, then the cookie. Whatever the cookie holds is cleaned first.
    """
    if session.names_given():
        return session.person()
    return decode_name(st.context.cookies.get(COOKIE, ""))


def decode_name(cookie: str) -> str:
    """Read a display name from a cookie's text: percent-decoded, without control characters, 60 characters at most."""
    return tidy_name(unquote(cookie[: LONGEST * 12], errors="replace"))


def tidy_name(name: str) -> str:
    """Make a display name one line of at most 60 characters without control characters."""
    return clean(name)[:LONGEST].strip()


def remember_name() -> None:
    """Mount the invisible part that keeps the name in the cookie. Call once a run, wherever it disturbs least."""
    _component(
        key="arrears-identity",
        data={"cookie": COOKIE, "name": session.person(), "given": session.names_given()},
    )


def ask_name() -> str:
    """Draw the small popover that shows and changes the display name; returns the name known now."""
    name = known_name()
    label = plain(name, most=24) if name else "Your name"
    with st.popover(label, icon=":material/person:", type="tertiary"):
        st.text_input(
            "Your name",
            value=name,
            max_chars=LONGEST,
            key=_FIELD,
            on_change=_take_name,
            autocomplete="name",
            placeholder="As your team knows you",
        )
        st.caption("Shown beside your answers. Kept in this browser only; it is a name tag, not a sign-in.")
    return name


def _take_name() -> None:
    session.set_person(tidy_name(session.widget_text(_FIELD)))

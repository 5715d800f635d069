"""Keyboard shortcuts of the questionnaire: which key clicks which element, and the switch that turns them off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from ui import session
from ui.components import source

LEVELS_MOST: Final = 5

_component = st.components.v2.component("arrears_keys", html="<span hidden></span>", js=source("keys.js"))


def shortcuts(targets: Mapping[str, str], *, key: str) -> None:
    """Let keys click elements while nobody is typing.

    `targets` maps a key as the browser names it ("0".."4", "u", "n", "Enter", "ArrowRight"; letters in lower case) to
    what it clicks: "widget-key" is the first button, link or field inside the widget with that key, "widget-key#2"
    its second option. `key` names this component; one is enough on a page.

    A key does nothing while an input field has the focus, with Ctrl, Alt, Shift or Meta, while held down, when the
    element is missing or disabled, or behind an open dialog. Enter is left to buttons and links, the arrows to grids,
    tabs and radios, so the ordinary keyboard keeps working; only in a radio that is a target itself, left and right
    do what they are mapped to instead of changing the answer.
    """
    if session.shortcuts_on():
        _component(key=key, data={"targets": {name: _class_of(target) for name, target in targets.items()}})


def help_for(levels: int) -> str:
    """What the page says about its keys, for a question of so many levels; a shortcut nobody knows of is a trap."""
    last = levels - 1
    return f"Keys: 0–{last} choose a level, u we do not know, n does not apply, Enter or → the next question, ← back."


def shortcuts_switch() -> bool:
    """Draw the switch that turns the shortcuts off (people who dictate or lean on keys need it); returns its state."""
    return st.toggle(
        "Keyboard shortcuts", value=session.shortcuts_on(), key=session.SHORTCUTS, help=help_for(LEVELS_MOST)
    )


def _class_of(target: str) -> str:
    """Write the target as Streamlit writes widget keys into CSS classes: anything unusual becomes a hyphen."""
    name, number_sign, place = target.rpartition("#")
    if not number_sign:
        name, place = place, ""
    plain_name = "".join(c if c.isascii() and (c.isalnum() or c in "_-") else "-" for c in name.strip())
    return f"{plain_name}#{place}" if place else plain_name

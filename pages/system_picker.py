"""Choosing a system when a page needs one and the link names none."""

from __future__ import annotations

import streamlit as st

from operations.systems import list_systems
from pages.place import Desk
from ui import problems
from ui.text import plain


def pick_system(here: Desk, question: str, *, page: str) -> None:
    """Ask for a system, or offer to create the first one."""
    systems = list_systems(here.workplace, here.actor)
    st.title(plain(question), anchor=False)
    if not systems:
        if problems.empty("There is no system yet.", action="Assess your first system", key="first-system"):
            st.switch_page("create.py")
        return
    for system in systems:
        st.page_link(page, label=plain(f"{system.team} · {system.name}"), query_params={"system": system.system_id})

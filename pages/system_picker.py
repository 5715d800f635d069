"""Choosing a system: when a page needs one and the link names none, and from the header at any time."""

from __future__ import annotations

import streamlit as st

from operations.system_view import list_periods
from operations.systems import list_systems
from pages.place import Desk, chosen_period, chosen_system
from ui import numbers, problems, session
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
    st.page_link("create.py", label="Assess another system", icon=":material/add:")


def switch_system(here: Desk, *, with_quarter: bool) -> None:
    """Draw the small popover in the header that shows the chosen system and changes it, and the quarter if asked."""
    listed = {system.system_id: system for system in list_systems(here.workplace, here.actor)}
    if not listed:
        return
    chosen, period = chosen_system(), chosen_period()
    system = listed.get(chosen or "")
    periods = list_periods(here.workplace, here.actor, system_id=system.system_id) if system and with_quarter else ()
    label = plain(system.name, most=24) if system else "Choose a system"
    with st.popover(label, icon=":material/grid_on:", type="tertiary"):
        key = session.widget_key("switch-system")
        session.feed(key, system.system_id if system else None, version=chosen)
        st.selectbox(
            "System", list(listed), index=None, required=True, key=key, placeholder="Choose a system",
            format_func=lambda known: f"{listed[known].team} · {listed[known].name}",
            on_change=lambda: _go(session.widget_value(key), None),
        )  # fmt: skip
        if periods:
            quarter = session.widget_key("switch-period")
            session.feed(quarter, period if period in periods else None, version=(chosen, period))
            st.selectbox(
                "Quarter", list(reversed(periods)), index=None, key=quarter, format_func=numbers.period,
                placeholder="The latest", on_change=lambda: _go(chosen, session.widget_value(quarter)),
            )  # fmt: skip


def _go(system_id: str | None, period: str | None) -> None:
    """Make the page speak of another system or quarter; what was open of the old one is closed."""
    session.choose_system(system_id)
    session.choose_period(period)
    st.query_params.clear()

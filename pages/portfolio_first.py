"""The portfolio page's beginnings: the first step where there is no system, and the strip over a demonstration."""

from __future__ import annotations

import streamlit as st

from pages.place import Desk
from ui import problems, session


def first_start(here: Desk) -> None:
    """What somebody sees who has nothing yet."""
    st.title("What does your ML system owe?", anchor=False)
    st.markdown(
        "Arrears asks your team what a system's machine learning owes, holds the answers against its repository, "
        "and shows where the debt is, how sure that is, and how it moves from quarter to quarter."
    )
    with st.container(horizontal=True):
        if st.button("Assess your first system", type="primary", key="first-system"):
            st.switch_page("create.py")
        if st.button("Look around in a demonstration portfolio", key="load-demonstration"):
            from operations.demonstration import load_demonstration  # brings the collector along

            load_demonstration(here.workplace, here.actor, progress=problems.progress("Making the demonstration"))
            st.rerun()
    st.caption(
        "25 minutes alone with the core questions, 90 minutes for a team. Everything stays in one file on this machine."
    )


def strip_of_demonstration(here: Desk) -> None:
    """Say that all of this is invented, and how to be rid of it."""
    with st.container(horizontal=True, vertical_alignment="center", key="demonstration"):
        st.badge("Demonstration", icon=":material/science:", color="gray")
        st.caption("Invented systems, teams and answers.", width="content")
        if st.button("Remove the demonstration", key="remove-demonstration", icon=":material/delete:", type="tertiary"):
            from operations.demonstration import remove_demonstration

            remove_demonstration(here.workplace, here.actor)
            session.choose_system(None)
            session.choose_period(None)
            st.query_params.clear()
            session.say_after_rerun("The demonstration portfolio is removed.")
            st.rerun()
        if st.button("Assess your own system", key="own-system", icon=":material/add:", type="tertiary"):
            st.switch_page("create.py")

"""Create a system: a few short answers, and the person lands in its questionnaire."""

from __future__ import annotations

import streamlit as st

from checklists.checklist import Checklist
from operations.assessments import MINUTES_A_QUESTION, open_assessment
from operations.errors import AlreadyThere, InvalidInput
from operations.systems import create_system, list_tags, list_teams
from pages.pack_choice import choose_pack
from pages.place import desk, present_period
from ui import numbers, problems, session
from ui.text import plain

TEAM_MINUTES_A_QUESTION = 2.3  #: a team that votes and talks over what it is split on


def create() -> None:
    """Draw the form; on success open the present quarter and go to the questionnaire."""
    here = desk()
    teams = list_teams(here.workplace, here.actor)
    st.title("Which system do you want to assess?", anchor=False)
    st.caption("One system is one model, or a few models that are released together. You can change all of this later.")
    checklist = choose_pack(here, key="create-checklist")
    with st.form("create", border=True, enter_to_submit=False):
        name = st.text_input("Name of the system", max_chars=80, placeholder="Churn model", key="create-name")
        if teams:
            team = st.selectbox(
                "Team", teams, index=None, accept_new_options=True, placeholder="Choose a team or type a new one",
                key="create-team",
            )  # fmt: skip
        else:
            team = st.text_input("Team", max_chars=80, placeholder="Growth", key="create-team-name")
        decides = st.text_input(
            "What does it decide?",
            max_chars=300,
            placeholder="Which customers get a retention offer",
            key="create-decides",
        )
        affected = st.text_input(
            "Who is affected?", max_chars=300, placeholder="About 2 million subscribers", key="create-affected"
        )
        tags = st.multiselect(
            "Tags", list_tags(here.workplace, here.actor), accept_new_options=True, key="create-tags",
            placeholder="Words to find it by, e.g. payments, customer-facing",
        )  # fmt: skip
        if checklist.switches:
            st.markdown("**What is in it?** These decide which questions are asked.")
        switches = frozenset(
            switch.id
            for switch in checklist.switches
            if st.checkbox(plain(switch.title), help=plain(switch.explanation), key=f"create-{switch.id}")
        )
        core = sum(1 for _ in checklist.core())
        scope = "core"
        if core < len(checklist.questions):
            scope = st.radio(
                "How many questions?",
                ["core", "all"],
                format_func=lambda s: _scope_words(checklist, s),
                key="create-scope",
            )
        else:
            st.caption(f"All {core} questions are asked: {_minutes_words(core)}.")
        submitted = st.form_submit_button("Start the assessment", type="primary", key="create-submit")
    if not submitted:
        return
    try:
        system = create_system(
            here.workplace,
            here.actor,
            name=name,
            team=team or "",
            decides=decides,
            affected=affected,
            switches=switches,
            tags=tags,
        )
        opened = open_assessment(
            here.workplace,
            here.actor,
            system_id=system.system_id,
            period=present_period(here),
            scope=scope,
            pack=checklist.id,
        )
    except (InvalidInput, AlreadyThere) as trouble:
        problems.problem(str(trouble))
        return
    session.choose_period(opened.period)
    session.say_after_rerun(f"{system.name} is there; {numbers.period(opened.period)} is open.")
    st.switch_page("assess.py", query_params={"system": system.system_id, "period": opened.period})


def _minutes_words(questions: int) -> str:
    """How long so many questions take, in fives: people plan in these."""
    alone, team = (5 * max(1, round(questions * each / 5)) for each in (MINUTES_A_QUESTION, TEAM_MINUTES_A_QUESTION))
    return f"about {alone} minutes alone, {team} minutes for a team"


def _scope_words(checklist: Checklist, scope: str) -> str:
    if scope == "core":
        core = sum(1 for _ in checklist.core())
        return f"The core set, {core} questions: {_minutes_words(core)}"
    return f"All {len(checklist.questions)} questions: over an hour alone, best spread over a few days"


create()

"""The last part of the system page: the same answers through other lenses, each labelled as what it is."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from operations.errors import Conflict, InvalidInput, StoreError
from operations.lenses import read_lenses
from operations.plans import save_plan_settings
from operations.system_view import SystemView
from pages.pack_choice import open_quarter
from pages.place import Desk
from scoring.lenses import LensScore
from ui import numbers, session
from ui.lenses import draw_lens, draw_own, draw_ratio
from ui.text import plain


def other_lenses(here: Desk, view: SystemView) -> None:
    """Draw the section for the latest quarter shown."""
    if not view.shown:
        return
    latest = view.shown[-1]
    seen = read_lenses(here.workplace, here.actor, assessment_id=latest.assessment_id)
    st.header("Other lenses", anchor=False)
    st.caption(plain(f"The answers of {numbers.period(latest.period)}, seen another way. Nothing above depends on it."))
    if seen.own:
        draw_own(seen)
    for lens in seen.lenses:
        draw_lens(lens, key=f"lens-{lens.pack}", exact=partial(_exact, here, view, lens))

    def save(days: float | None) -> None:
        """Runs before the page is drawn anew, so `seen` is what the person had before them."""
        session.set_trouble(view.system.system_id, "rebuild", "")
        try:
            save_plan_settings(
                here.workplace, here.actor, system_id=view.system.system_id,
                settings=replace(seen.settings, rebuild_days=days), expected_rev=seen.settings.rev,
            )  # fmt: skip
        except Conflict:
            trouble = "Not saved: somebody else changed the plan's settings meanwhile; theirs are shown now. Try again."
            session.set_trouble(view.system.system_id, "rebuild", trouble)
        except (InvalidInput, StoreError) as trouble:
            session.set_trouble(view.system.system_id, "rebuild", f"Not saved: {trouble}")

    draw_ratio(seen, save=save)


def _exact(here: Desk, view: SystemView, lens: LensScore) -> None:
    """The way from the approximation to the real thing: the exact questions, in the next quarter or elsewhere."""
    words = f"the exact {lens.questions} questions"
    with st.container(horizontal=True, vertical_alignment="center"):
        if view.assessments[-1].state == "closed":
            label = plain(f"Open {numbers.period(view.next_period)} with {words}")
            if st.button(label, key=session.widget_key("exact", lens.pack)):
                open_quarter(here, view, lens.pack)
        else:
            open_one = numbers.period(view.assessments[-1].period)
            st.caption(plain(f"{open_one} is open; when it is closed, go on with {words}."), width="content")
        st.page_link(
            "create.py", label=plain(f"Ask {words} of another system"), icon=":material/add:",
            query_params={"checklist": lens.pack},
        )  # fmt: skip

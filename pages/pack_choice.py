"""Choosing the checklist of a quarter: those on offer, what each asks, and why a file cannot be used."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from checklists.checklist import Checklist
from operations.assessments import open_assessment
from operations.errors import InvalidInput
from operations.packs import list_packs
from operations.system_view import SystemView
from pages.place import Desk, from_link, put_in_link
from ui import numbers, problems, session
from ui.text import plain

NEVER_COMPARED = "Numbers of different checklists are never compared."
ONE_A_QUARTER = f"A system has one checklist a quarter. {NEVER_COMPARED}"


def asks(checklist: Checklist) -> str:
    """What a checklist asks, in few words: "104 questions, five levels each"."""
    levels = {len(question.levels) for question in checklist.questions.values()}
    words = " or ".join(str(count) for count in sorted(levels))
    return f"{numbers.count(len(checklist.questions), 'question')} of {words} levels, version {checklist.version}"


def choose_pack(here: Desk, *, key: str, first: str | None = None) -> Checklist:
    """Draw the checklists on offer and return the one chosen; `first` (or the link) says which one is so at the start.

    With one on offer there is nothing to choose and nothing is drawn, but for the files that cannot be used.
    """
    packs = list_packs(here.workplace, here.actor)
    offered = {pack.checklist.id: pack.checklist for pack in packs if pack.checklist is not None}
    wanted = first or from_link("checklist")
    chosen = next(iter(offered))
    if len(offered) > 1:
        chosen = st.radio(
            "Checklist",
            list(offered),
            index=list(offered).index(wanted) if wanted in offered else 0,
            format_func=lambda pack: plain(offered[pack].title),
            captions=[plain(asks(checklist)) for checklist in offered.values()],
            key=key,
        )
        st.caption(f"{plain(offered[chosen].summary)} {ONE_A_QUARTER}")
    unusable = [pack.trouble for pack in packs if pack.checklist is None]
    if unusable:
        with st.expander(f"{numbers.count(len(unusable), 'file')} cannot be used as a checklist"):
            for trouble in unusable:
                problems.warning(trouble)
    return offered[chosen]


def open_quarter(here: Desk, view: SystemView, pack: str | None = None) -> None:
    """Open the system's next quarter, as wide as the last one, and go to its questionnaire."""
    scope = view.assessments[-1].scope if view.assessments else "core"
    system_id = view.system.system_id
    try:
        opened = open_assessment(
            here.workplace, here.actor, system_id=system_id, period=view.next_period, scope=scope, pack=pack
        )
    except InvalidInput as trouble:
        problems.problem(str(trouble))
        return
    session.choose_period(opened.period)
    st.switch_page("assess.py", query_params={"system": system_id, "period": opened.period})


def another_checklist(here: Desk, view: SystemView, *, key: str) -> None:
    """A small way beside the button that opens a quarter: open it with another checklist than last time."""
    packs = list_packs(here.workplace, here.actor)
    if len(packs) < 2:
        return
    with st.popover("Another checklist", icon=":material/checklist:"):
        last = view.packs[view.assessments[-1].period] if view.assessments else None
        chosen = choose_pack(here, key=session.widget_key(key, "pack"), first=last)
        period = numbers.period(view.next_period)
        if st.button(
            plain(f"Open {period} with “{chosen.title}”"), key=session.widget_key(key, "with"), type="primary"
        ):
            open_quarter(here, view, chosen.id)


def choose_shown(label: str, titles: Mapping[str, str], *, shown: str, of: str) -> None:
    """Which of several checklists a page shows; the choice stands in the link before the page reads it."""
    key = session.widget_key("checklist", of)
    session.feed(key, shown, version=shown)
    st.segmented_control(
        label, list(titles), format_func=lambda pack: plain(titles[pack]), key=key, required=True,
        on_change=lambda: put_in_link(checklist=session.widget_value(key)),
    )  # fmt: skip


def choose_quarters(view: SystemView) -> None:
    """Where a system was assessed with several checklists: which of them the quarters below are of."""
    if len(view.titles) < 2:
        return
    choose_shown("Quarters assessed with", view.titles, shown=view.pack, of=view.system.system_id)
    others = [numbers.period(a.period) for a in view.assessments if a not in view.shown]
    stand = "stands" if len(others) == 1 else "stand"
    st.caption(f"{', '.join(others)} asked other things and {stand} apart. {NEVER_COMPARED}")

"""Workshop: a team votes blind on one question after the other; the facilitator opens, reveals, settles and sums up."""

from __future__ import annotations

import os

import streamlit as st

from operations.assessments import open_assessment
from operations.errors import InvalidInput
from operations.records import ENDED, LOBBY
from operations.system_view import SystemView, read_system_view
from operations.workshops import WorkshopView, list_workshops, read_workshop
from pages.place import PROJECTOR, Desk, chosen_system, desk, from_link, put_in_link
from pages.system_picker import pick_system
from pages.workshop_opening import draw_opening
from pages.workshop_running import draw_lobby, draw_round, draw_spread
from pages.workshop_summary import draw_summary
from ui import numbers, problems, session
from ui.text import plain
from ui.workshop_board import draw_projector
from ui.workshop_door import GUESTS_SETTING, SETTING, Entrance, entrance
from ui.workshop_watch import watch_workshop
from ui.workshop_words import position_words, state_words


def workshop() -> None:
    """Draw the workshop the link names, the one that runs, or the way to open one."""
    here = desk()
    system_id = chosen_system()
    if system_id is None and from_link("workshop") is None:
        pick_system(here, "Which system is the workshop about?", page="workshop.py")
        return
    view = _view(here, system_id)
    if view is None:
        return
    way_in = entrance(
        view.workshop.code, setting=os.environ.get(SETTING, ""), page=st.context.url or "",
        guests=os.environ.get(GUESTS_SETTING) == "1",
    )  # fmt: skip
    if from_link("view") == PROJECTOR:
        _projector(here, view, way_in)
    elif view.workshop.state == ENDED:
        draw_summary(here, view)
        return
    elif view.workshop.state == LOBBY:
        draw_lobby(here, view, way_in)
    elif view.on_table is not None:
        draw_round(here, view, view.on_table, way_in)
    else:
        draw_spread(here, view, way_in)
    watch_workshop(view.workshop.workshop_id, change_seq=view.workshop.change_seq, key="workshop-watch")


def _view(here: Desk, system_id: str | None) -> WorkshopView | None:
    """The workshop to show; without one, draw what opens it and return None."""
    workshop_id = from_link("workshop")
    if workshop_id is None and system_id is not None:
        system = read_system_view(here.workplace, here.actor, system_id=system_id)
        if system.open is None:
            _no_quarter(here, system)
            return None
        present = list_workshops(here.workplace, here.actor, assessment_id=system.open.assessment_id)
        workshop_id = next((each.workshop_id for each in present if each.state != ENDED), None)
        if workshop_id is None:
            draw_opening(here, system.open, past=present)
            return None
    view = read_workshop(here.workplace, here.actor, workshop_id=workshop_id or "")
    session.choose_system(view.system.system_id)
    put_in_link(system=view.system.system_id, workshop=view.workshop.workshop_id)
    return view


def _no_quarter(here: Desk, system: SystemView) -> None:
    """A workshop votes on an open quarter: offer to open it."""
    period = numbers.period(system.next_period)
    st.title(plain(f"{system.system.name}: workshop"), anchor=False)
    words = f"A workshop votes on an open quarter, and {period} is not open yet."
    if not problems.empty(words, action=f"Open {period}", key="open-for-workshop"):
        return
    scope = system.assessments[-1].scope if system.assessments else "core"
    try:
        open_assessment(
            here.workplace, here.actor, system_id=system.system.system_id, period=system.next_period, scope=scope
        )
    except InvalidInput as trouble:
        problems.problem(str(trouble))
        return
    st.rerun()


# -- for the room --
def _projector(here: Desk, view: WorkshopView, way_in: Entrance) -> None:
    """What a room reads from ten metres: the question, its levels, how many voted, the way in."""
    table, held = view.on_table, view.workshop
    where = f"{view.system.name}, {numbers.period(view.assessment.period)}"
    sentence = ""
    if held.state == ENDED:
        heading, sentence = (
            "Thank you. The workshop has ended.",
            f"{numbers.count(_settled(view), 'question is', 'questions are')} settled.",
        )
    elif held.state == LOBBY:
        heading = "Come in with your phone"
        sentence = "Open the link or scan the code, give a name. Nobody sees what you vote before the reveal."
    elif table is None:
        heading, sentence = "Vote when you have a moment", f"Open until {session.local_moment(held.expires_at)}."
    else:
        heading = table.question.text
        where = f"{position_words(table.turn, table.of)} · {table.area} · {where}"
        sentence = state_words(table.revealed) if table.revealed else ""
        if held.state == "paused":
            sentence = "Paused. Votes are kept."
        elif table.revealed is None and table.turn.round > 1:
            sentence = "Second vote: everybody votes anew."
    with st.container(key="projector"):
        draw_projector(
            over=where, heading=heading, table=table if held.state != ENDED else None, sentence=sentence,
            entrance=None if held.state == ENDED else way_in, people=len(view.people),
            now=here.workplace.clock(), key="workshop-projector",
        )  # fmt: skip


def _settled(view: WorkshopView) -> int:
    return sum(turn.state == "settled" for turn in view.turns)


workshop()

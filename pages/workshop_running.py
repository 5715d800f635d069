"""A workshop under way, as its facilitator sees it: the lobby, the question on the table, a vote spread over days."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

import streamlit as st

from operations.records import PAUSED, REVEALED, SETTLED, VOTING
from operations.workshops import HIDDEN_MIN, OnTable, WorkshopView, end_workshop, remove_participant
from pages.place import PROJECTOR, Desk
from pages.workshop_action import note_action
from pages.workshop_steps import OWNER, Acts, attempt, draw_keys, draw_steps
from ui import numbers, problems, session
from ui.text import plain
from ui.workshop_board import draw_door, draw_people, draw_progress, draw_question
from ui.workshop_door import Entrance
from ui.workshop_words import (
    FEW_VOTES,
    TOO_FEW,
    TURN_WORDS,
    answer_words,
    missing,
    moved_since_first,
    needs_talk,
    position_words,
    state_words,
    votes_words,
)

REASON_MAX = 300
OWNER_MAX = 80


# -- before the first question --
def draw_lobby(here: Desk, view: WorkshopView, way_in: Entrance) -> None:
    """The way in, large, and who is in."""
    st.title(plain(f"{view.system.name}: people come in"), anchor=False)
    st.caption(plain(f"{numbers.period(view.assessment.period)} · {_kind(view)}"))
    left, right = st.columns([3, 2], gap="large")
    with left:
        _way_in(way_in)
    with right:
        draw_steps(here, view)
        _over(here, view)
        st.subheader(f"{numbers.count(len(view.people), 'person is', 'people are')} in", anchor=False)
        draw_people(view.people, None, now=here.workplace.clock(), key="workshop-people")
        _too_few(view)
        _small(here, view, way_in=None)
    draw_keys(here, view)


def _way_in(way_in: Entrance) -> None:
    """The way in with what stands against it, and as a link for a call."""
    draw_door(way_in, key="workshop-door")
    if way_in.trouble:
        problems.warning(way_in.trouble)
    if way_in.address:
        st.caption("For a call, send this link:")
        st.code(way_in.address, language=None)


def _over(here: Desk, view: WorkshopView) -> None:
    """A workshop does not last for ever; what is revealed can still be settled."""
    if view.workshop.expires_at <= here.workplace.now():
        problems.notice(
            "The time of this workshop is over: nobody can vote any more.",
            do="Settle what is revealed, end it, and open another one on what is left.",
        )


def _kind(view: WorkshopView) -> str:
    held = view.workshop
    parts = [numbers.count(len(view.turns), "question"), "anonymous" if held.anonymous else "with names"]
    if held.mode == "spread":
        parts.append(f"votes until {session.local_moment(held.expires_at)}")
    elif held.time_box_seconds:
        parts.append(f"{numbers.minutes(held.time_box_seconds / 60).removeprefix('about ')} a question")
    return " · ".join(parts)


def _too_few(view: WorkshopView) -> None:
    if view.too_few_to_hide and view.people:
        problems.notice(TOO_FEW)


# -- a question on the table --
def draw_round(here: Desk, view: WorkshopView, table: OnTable, way_in: Entrance) -> None:
    """The question large with its levels; beside it the one next step, the clock and who has voted."""
    left, right = st.columns([7, 4], gap="large")
    with left:
        st.title(plain(table.question.text), anchor=False)
        st.caption(plain(f"{position_words(table.turn, table.of)} · {table.area} · {_standing(view, table)}"))
        draw_question(table, key="workshop-question")
        if table.revealed is not None:
            _revealed(view, table)
    with right:
        if table.revealed is not None and table.revealed.proposed is None and table.turn.state == REVEALED:
            st.text_input(
                "Who finds out?", key=OWNER, max_chars=OWNER_MAX, placeholder="A name, so that it is not lost"
            )
        draw_steps(here, view)
        _over(here, view)
        if table.turn.state == VOTING:
            _waiting(view)
        draw_people(view.people, table, now=here.workplace.clock(), key="workshop-people")
        if table.revealed is None:
            _too_few(view)
        if table.turn.state in {REVEALED, SETTLED}:
            with st.container(horizontal=True, gap="xsmall"):
                _override(here, view, table)
                note_action(here, view, table)
        _small(here, view, way_in=way_in)
    draw_keys(here, view)


def _standing(view: WorkshopView, table: OnTable) -> str:
    """How the question stands, in a few words."""
    if view.workshop.state == PAUSED:
        return "paused: votes are kept, nobody can vote"
    if table.turn.state == VOTING:
        return "second vote" if table.turn.round > 1 else "people vote"
    if table.turn.state == SETTLED:
        return f"settled{': ' + table.turn.reason if table.turn.reason else ''}"
    return TURN_WORDS[table.turn.state]


def _waiting(view: WorkshopView) -> None:
    without = missing(view.people)
    if without and len(without) < len(view.people):
        st.caption(plain(f"Still missing: {', '.join(without)}"))
    voted = len(view.people) - len(without)
    if view.workshop.anonymous and 0 < voted < HIDDEN_MIN <= len(view.people):
        st.caption(FEW_VOTES)


def _revealed(view: WorkshopView, table: OnTable) -> None:
    """What the votes say, who speaks first, and what was known before: only now, so that nothing leads the vote."""
    shown = table.revealed
    if shown is None:
        return
    said = [f"{votes_words(shown)}."]
    if shown.a is not None and needs_talk(shown):
        said.append(f"A {shown.a:.2f}.".replace("-", numbers.MINUS))
    if moved := moved_since_first(shown):
        said.append(moved)
    st.subheader(plain(state_words(shown)), anchor=False)
    st.caption(plain(" ".join(said)))
    if view.workshop.anonymous and sum(shown.counts) + shown.unknown < HIDDEN_MIN:
        st.caption(TOO_FEW)
    if shown.speak_first and table.turn.state == REVEALED:
        st.markdown("**Asked to speak first**  \n" + "  \n".join(plain(words) for words in shown.speak_first))
    if shown.comments:
        st.markdown("**Comments**\n\n" + "\n".join(f"- {plain(comment)}" for comment in shown.comments))
    before = []
    if shown.last is not None and shown.last_period:
        before.append(f"In {numbers.period(shown.last_period)}: {answer_words(shown.last)}.")
    if view.answer is not None and view.answer.source != "workshop":
        before.append(f"Answered before this vote: {answer_words(view.answer)}, by {view.answer.changed_by}.")
    for words in before:
        st.markdown(plain(words))
    if shown.hints:
        st.markdown("**The repository shows**\n\n" + "\n".join(f"- {plain(hint)}" for hint in shown.hints))


def _override(here: Desk, view: WorkshopView, table: OnTable) -> None:
    """Another level than the votes settle at; the reason stays with the answer."""
    if view.workshop.state == PAUSED:
        return
    place = (view.workshop.workshop_id, table.turn.question_id)
    levels, why = session.widget_key("workshop-level", *place), session.widget_key("workshop-why", *place)
    act = Acts(here, view)

    def take() -> None:
        level = session.widget_value(levels)
        if level is None:
            session.set_trouble(place[0], "step", "Not done: choose the level first.")
            return
        attempt(place[0], lambda: act.settle(level=level, reason=session.widget_text(why)))

    with st.popover("Set another level", icon=":material/edit:", key="workshop-override"):
        texts = [level.text for level in table.question.levels]
        st.radio(
            "Level", range(len(texts)), index=None, key=levels, format_func=lambda n: plain(f"{n}: {texts[n]}"),
        )  # fmt: skip
        st.text_input("Why, in writing", key=why, max_chars=REASON_MAX)
        st.button("Settle at this level", key="workshop-override-now", type="primary", on_click=take)


# -- a vote that is spread over days, while no question is on the table --
def draw_spread(here: Desk, view: WorkshopView, way_in: Entrance) -> None:
    """How far the vote has come; going through the answers begins when the facilitator is ready."""
    until = session.local_moment(view.workshop.expires_at)
    over = view.workshop.expires_at <= here.workplace.now()
    st.title(plain(f"{view.system.name}: {'the vote is over' if over else f'votes until {until}'}"), anchor=False)
    st.caption(
        plain(f"{_kind(view)}. Nobody sees a vote before you reveal its question, and you see only who is through.")
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        _way_in(way_in)
    with right:
        draw_steps(here, view)
        draw_progress(view.people, key="workshop-people")
        _too_few(view)
        _small(here, view, way_in=None)
    draw_keys(here, view)


# -- beside every state --
def _small(here: Desk, view: WorkshopView, *, way_in: Entrance | None) -> None:
    """What is needed now and then: the projector, the way in, another question, sending somebody out, the end."""
    held = view.workshop
    with st.container(horizontal=True, gap="xsmall", key="workshop-small"):
        address = urlencode({"system": view.system.system_id, "workshop": held.workshop_id, "view": PROJECTOR})
        st.link_button(
            "Projector", f"/workshop?{address}", icon=":material/open_in_new:", type="tertiary",
            help="A page of its own for the room: drag it to the projector.",
        )  # fmt: skip
        if way_in is not None:
            with st.popover("The way in", icon=":material/qr_code_2:", type="tertiary", key="workshop-way-in"):
                _way_in(way_in)
        if view.on_table is not None and held.state != PAUSED:
            _go_to(here, view)
        if view.people:
            _send_out(here, view)
        _end(here, view)


def _go_to(here: Desk, view: WorkshopView) -> None:
    """Any question of the list."""
    texts = {
        turn.question_id: f"{turn.position + 1}. {turn.question_id} · {TURN_WORDS[turn.state]}" for turn in view.turns
    }
    act = Acts(here, view)
    key = session.widget_key("workshop-go-to", view.workshop.workshop_id)

    def take() -> None:
        chosen = session.widget_value(key)
        if chosen in texts:
            attempt(view.workshop.workshop_id, partial(act.go_to, chosen))

    with st.popover("Questions", icon=":material/list:", type="tertiary", key="workshop-questions-list"):
        done = sum(turn.state == SETTLED for turn in view.turns)
        st.caption(f"{done} of {len(texts)} settled.")
        st.selectbox("Go to", list(texts), index=None, format_func=texts.__getitem__, key=key, on_change=take)


def _send_out(here: Desk, view: WorkshopView) -> None:
    """Somebody who is not to be here, or who came in twice."""
    names = {person.participant_id: person.name for person in view.people}
    key = session.widget_key("workshop-send-out", view.workshop.workshop_id)
    workshop_id = view.workshop.workshop_id

    def take() -> None:
        chosen = session.widget_value(key)
        if chosen in names:
            remove = partial(
                remove_participant, here.workplace, here.actor, workshop_id=workshop_id, participant_id=chosen
            )
            attempt(workshop_id, remove)

    with st.popover("Remove somebody", icon=":material/person_remove:", type="tertiary", key="workshop-remove"):
        st.selectbox("Who", list(names), index=None, format_func=names.__getitem__, key=key)
        st.caption("They can come in again with the code. A vote they gave names nobody and stays.")
        st.button("Remove", key="workshop-remove-now", on_click=take)


def _end(here: Desk, view: WorkshopView) -> None:
    """The end before everything is dealt with needs a second click; it cannot be taken back."""
    workshop_id = view.workshop.workshop_id
    left = sum(turn.state not in {SETTLED, "skipped"} for turn in view.turns)
    with st.popover("End…", icon=":material/flag:", type="tertiary", key="workshop-end"):
        said = f"{numbers.count(left, 'question is', 'questions are')} not dealt with. " if left else ""
        st.markdown(
            f"{said}Ending is for good: the code is void, and votes that were not revealed stay hidden. You can open "
            "another workshop on what is left."
        )
        end = partial(end_workshop, here.workplace, here.actor, workshop_id=workshop_id)
        st.button("End for good", key="workshop-end-now", type="primary", on_click=attempt, args=(workshop_id, end))

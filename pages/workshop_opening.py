"""Opening a workshop: which questions, live or over days, with names or without, how long a question may take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time, timedelta

import streamlit as st

from operations.assessments import Questionnaire, read_questionnaire
from operations.errors import InvalidInput, StoreError
from operations.records import LIVE, SPREAD, AssessmentRecord, WorkshopRecord
from operations.workshops import SPREAD_DAYS_MAX, open_workshop
from pages.place import Desk, put_in_link
from ui import numbers, problems, session
from ui.text import plain

CORE, EVERYTHING, AREAS, OWN = "Core set", "All questions", "Chosen areas", "Own order"
TIME_BOXES = (0, 60, 120, 180, 300, 600)
USUAL_BOX = 180
MINUTES_TO_TALK = 1.5  #: a question, beside the vote: reading aloud and, now and then, talking
USUAL_DAYS = 7
HOW = {LIVE: "Live, in a room or a call", SPREAD: "Spread over days"}
HOW_WORDS = {
    LIVE: "One question at a time for everybody. 3 to 30 people, about two hours for a core set.",
    SPREAD: "Everybody votes on all questions when they have a moment; you reveal when you are ready.",
}


def draw_opening(here: Desk, assessment: AssessmentRecord, *, past: Sequence[WorkshopRecord]) -> None:
    """Draw the choices and the one button; an earlier workshop of the quarter can be read again."""
    view = read_questionnaire(here.workplace, here.actor, assessment_id=assessment.assessment_id)
    period = numbers.period(assessment.period)
    st.title(plain(f"{view.system.name}: a workshop on {period}"), anchor=False)
    st.caption(
        "Everybody votes on their own phone, nobody sees a vote before the reveal, and you talk only where you differ."
    )
    if not view.questions:
        problems.empty("No question of this checklist applies to the system. Change its switches on the system page.")
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        questions = _choose_questions(view)
        mode = st.radio(
            "How", list(HOW), format_func=HOW.__getitem__, captions=list(HOW_WORDS.values()), key="workshop-how"
        )
        deadline = _deadline(here) if mode == SPREAD else None
    with right:
        anonymous = st.radio(
            "Votes",
            [True, False],
            format_func=lambda hidden: "Anonymous" if hidden else "With names",
            captions=[
                "No vote says whose it is, not even to you: not on the screen, not in the database.",
                "After the reveal the people at both ends are named and asked to speak first.",
            ],
            key="workshop-anonymous",
        )
        box = 0
        if mode == LIVE:
            box = st.selectbox(
                "Time box of a question", TIME_BOXES, index=TIME_BOXES.index(USUAL_BOX), format_func=_box_words,
                key="workshop-box", help="Shown as a clock. Nothing happens by itself when it is over.", width=240,
            )  # fmt: skip
        st.caption(plain(_how_long(len(questions), mode, box)))
        ready = st.button(
            "Open the workshop", type="primary", key="open-workshop", icon=":material/groups:", disabled=not questions
        )
        if not questions:
            st.caption("Choose at least one question.")
    if ready:
        _open(here, assessment, questions, mode=mode, anonymous=bool(anonymous), box=box, deadline=deadline)
    if past:
        st.subheader("Earlier workshops of this quarter", anchor=False)
        for each in past:
            when = session.local_moment(each.ended_at or each.opened_at)
            st.page_link(
                "workshop.py", label=plain(f"Ended {when}"), icon=":material/history:",
                query_params={"system": each.system_id, "workshop": each.workshop_id},
            )  # fmt: skip


def _choose_questions(view: Questionnaire) -> tuple[str, ...]:
    """The questions in the order they come."""
    core = [question.id for question in view.questions if question.core]
    offered = [CORE] if core else []
    if len(core) < len(view.questions):
        offered.append(EVERYTHING)
    kinds = [*offered, AREAS, OWN]
    kind = st.segmented_control("Questions", kinds, default=kinds[0], required=True, key="workshop-questions")
    chosen: Sequence[str]
    match kind:
        case "Chosen areas":
            titles = {area.id: f"{area.title} ({len(asked)})" for area, asked in view.areas}
            picked = st.multiselect(
                "Areas", list(titles), format_func=titles.__getitem__, key="workshop-areas",
                placeholder="Choose areas; they come in this order",
            )  # fmt: skip
            by_area = {area.id: [question.id for question in asked] for area, asked in view.areas}
            chosen = [question for area in picked for question in by_area[area]]
        case "Own order":
            texts = {question.id: f"{question.id} · {question.text}" for question in view.questions}
            chosen = st.multiselect(
                "Questions in your order", list(texts), format_func=texts.__getitem__, key="workshop-own",
                placeholder="Choose questions; they come in the order you choose them",
            )  # fmt: skip
        case "All questions":
            chosen = [question.id for question in view.questions]
        case _:
            chosen = core or [question.id for question in view.questions]
    unanswered = tuple(question for question in chosen if question not in view.answers)
    done = len(chosen) - len(unanswered)
    if done and st.checkbox(f"Leave out the {done} that have an answer already", key="workshop-unanswered"):
        chosen = unanswered
    return tuple(chosen)


def _deadline(here: Desk) -> str | None:
    """Until when people can vote, as they read their own clock."""
    today = session.local_today(here.workplace.clock())
    row = st.container(horizontal=True)
    day = row.date_input(
        "Votes until", today + timedelta(days=USUAL_DAYS), min_value=today, format="DD/MM/YYYY", key="workshop-until",
        max_value=today + timedelta(days=SPREAD_DAYS_MAX - 1), width=180,
    )  # fmt: skip
    at = row.time_input("At", time(17, 0), key="workshop-until-at", width=140)
    return session.from_local(day, at) if day is not None and at is not None else None


def _box_words(seconds: int) -> str:
    return numbers.count(seconds // 60, "minute") if seconds else "No time box"


def _how_long(questions: int, mode: str, box: int) -> str:
    """What the choice means for a diary."""
    if mode == SPREAD:
        return f"{numbers.count(questions, 'question')}: each person needs {numbers.minutes(questions)} in all."
    minutes = questions * (box / 60 if box else MINUTES_TO_TALK * 2)
    most = "at most " if box else ""
    return f"{numbers.count(questions, 'question')}: {most}{numbers.minutes(minutes)}; plan a break after an hour."


def _open(
    here: Desk,
    assessment: AssessmentRecord,
    questions: Sequence[str],
    *,
    mode: str,
    anonymous: bool,
    box: int,
    deadline: str | None,
) -> None:
    try:
        opened = open_workshop(
            here.workplace, here.actor, assessment_id=assessment.assessment_id, questions=questions, mode=mode,
            anonymous=anonymous, time_box_seconds=box, deadline=deadline,
        )  # fmt: skip
    except (InvalidInput, StoreError) as trouble:
        problems.problem(f"Not opened: {trouble}")
        return
    put_in_link(workshop=opened.workshop_id)
    st.rerun()

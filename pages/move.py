"""Move: an open quarter to another version of its checklist; what differs stands there before anything is done."""

from __future__ import annotations

from functools import partial

import streamlit as st

from operations.errors import InvalidInput, StoreError
from operations.records import AssessmentRecord
from operations.system_view import read_system_view
from operations.versions import MoveView, OldAnswer, move_assessment, read_move, undo_move
from pages.place import Desk, chosen_period, chosen_system, desk
from pages.system_picker import pick_system
from ui import numbers, problems, session
from ui.area_panel import figure, figures
from ui.question_card import choice_words
from ui.text import plain
from ui.version_difference import difference_sentence, draw_difference


def move() -> None:
    """Draw the move the link names: the difference, what becomes of the answers, and the one button."""
    here = desk()
    system_id = chosen_system()
    if system_id is None:
        pick_system(here, "Which system do you want to move to another version?", page="move.py")
        return
    assessment = _assessment(here, system_id)
    if assessment is None:
        problems.empty("This system was never assessed, so there is nothing to move.")
        return
    view = read_move(here.workplace, here.actor, assessment_id=assessment.assessment_id)
    _head(view)
    trouble = session.trouble(assessment.assessment_id, "move")
    if trouble:
        problems.problem(trouble)
    if view.difference is None:
        _nothing(view)
    else:
        _figures(view)
        _steps(here, view)
        draw_difference(view.difference, view.answered.keys(), key=f"difference-{assessment.assessment_id}")
    _moves(here, view)
    _aside("Answers to questions that are not asked any more", view.aside)


def _assessment(here: Desk, system_id: str) -> AssessmentRecord | None:
    """The quarter the link names, else the open one, else the latest."""
    view = read_system_view(here.workplace, here.actor, system_id=system_id)
    wanted = chosen_period()
    named = next((a for a in view.assessments if a.period == wanted), None)
    return named or view.open or (view.assessments[-1] if view.assessments else None)


def _head(view: MoveView) -> None:
    period = numbers.period(view.assessment.period)
    difference = view.difference
    if difference is None:
        st.title(plain(f"{view.system.name}, {period}: version {view.checklist.version}"), anchor=False)
    elif difference.nothing:
        st.title(plain(f"Version {difference.after.version} asks the same"), anchor=False)
    else:
        st.title(plain(f"Version {difference.after.version} asks otherwise"), anchor=False)
    st.caption(plain(f"{view.system.name} · {period} · {view.checklist.title}, version {view.checklist.version}"))
    if difference is not None and not difference.nothing:
        st.markdown(f"**{plain(difference_sentence(difference))}** Nothing is done until you say so.")


def _nothing(view: MoveView) -> None:
    if view.assessment.state == "closed":
        problems.notice(
            "This quarter is closed and keeps the version it was answered with.",
            do="The next quarter takes the version on offer when it is opened.",
        )
        return
    problems.notice("This quarter asks by the version on offer; there is nothing to move to.")
    _back(view)


def _figures(view: MoveView) -> None:
    row = figures()
    figure(row, "Answers that stay", str(len(view.stay)))
    figure(row, "To confirm", str(len(view.to_confirm)))
    figure(row, "Put aside", str(len(view.put_aside)))
    if view.difference is not None:
        new = len(view.difference.added) + sum(
            one.question.id not in view.to_confirm for one in view.difference.replaced
        )
        figure(row, "Open anew", str(new))


def _steps(here: Desk, view: MoveView) -> None:
    difference = view.difference
    if difference is None:
        return
    if not difference.same_scale:
        problems.warning(
            f"Version {difference.after.version} asks on {difference.after.level_count} levels, this quarter on "
            f"{difference.before.level_count}: no answer would carry over.",
            do="Close this quarter, and open the next one with the new version.",
        )
        return
    st.caption(
        "Answers to confirm count at once, with an interval one level wider on each side, until somebody says they "
        "are still true. What is put aside can be read below and on this page for ever. The move can be undone while "
        "the quarter is open."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            plain(f"Move to version {difference.after.version}"), type="primary", key="move",
            icon=":material/move_up:", on_click=partial(_move, here, view, difference.after.content_hash),
        )  # fmt: skip
        _back(view)


def _back(view: MoveView) -> None:
    st.page_link(
        "assess.py", label="Back to the questions", icon=":material/arrow_back:",
        query_params={"system": view.system.system_id, "period": view.assessment.period},
    )  # fmt: skip


def _move(here: Desk, view: MoveView, to_checklist: str) -> None:
    """Runs before the page is drawn anew, with the version the person had before them."""
    assessment_id = view.assessment.assessment_id
    session.set_trouble(assessment_id, "move", "")
    try:
        move_assessment(here.workplace, here.actor, assessment_id=assessment_id, to_checklist=to_checklist)
    except (InvalidInput, StoreError) as trouble:
        session.set_trouble(assessment_id, "move", f"Not moved: {trouble}")
        return
    waiting = numbers.count(len(view.to_confirm), "answer waits", "answers wait")
    session.say_after_rerun(f"Moved. {waiting} to be confirmed." if view.to_confirm else "Moved.")


def _undo(here: Desk, assessment_id: str, seq: int) -> None:
    session.set_trouble(assessment_id, "move", "")
    try:
        undo_move(here.workplace, here.actor, assessment_id=assessment_id, seq=seq)
    except (InvalidInput, StoreError) as trouble:
        session.set_trouble(assessment_id, "move", f"Not undone: {trouble}")
        return
    session.say_after_rerun("The move is undone; what was answered since is kept.")


def _moves(here: Desk, view: MoveView) -> None:
    """Every move of this quarter, and the way back."""
    if not view.moves:
        return
    st.header("Moves of this quarter", anchor=False)
    for move_record, before, after in reversed(view.moves):
        when = session.local_when(move_record.moved_at, now=here.workplace.clock())
        said = f"Version {before} to {after}, {when} by {move_record.moved_by}"
        if move_record.undone_by is not None:
            said += f"; undone by {move_record.undone_by}"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(plain(f"{said}."), width="content")
            if view.last_move is not None and view.last_move.seq == move_record.seq:
                st.button(
                    "Undo the move", key=f"undo-{move_record.seq}", type="tertiary", icon=":material/undo:",
                    on_click=partial(_undo, here, view.assessment.assessment_id, move_record.seq),
                )  # fmt: skip


def _aside(title: str, answers: tuple[OldAnswer, ...]) -> None:
    """Answers that count no more, to be read."""
    if not answers:
        return
    st.header(title, anchor=False)
    st.dataframe(
        [
            {
                "Id": old.question.id,
                "Question": old.question.text,
                "Answer": choice_words(old.question, old.answer),
                "Note": old.answer.note,
                "By": old.answer.changed_by,
            }
            for old in answers
        ],
        hide_index=True,
        width="stretch",
    )


move()

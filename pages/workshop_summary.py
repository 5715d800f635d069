"""What a workshop came to: what was agreed, how far people lay apart, what nobody knows, and the way to the seal."""

from __future__ import annotations

import streamlit as st

from operations.agreement import VotedQuestion
from operations.workshops import WorkshopSummary, WorkshopView, read_summary
from pages.place import Desk
from scoring.votes import in_order
from ui import numbers, session
from ui.agreement_dots import QUESTIONS_FOR_ALPHA, agreement_table, alpha_words, pairs_words, vote_dots
from ui.area_panel import figure, figures
from ui.text import plain
from ui.workshop_board import clock_words
from ui.workshop_words import all_moved_words, moved_words

LONGEST_SHOWN = 3
APART = 2  #: levels between the lowest and the highest vote


def draw_summary(here: Desk, view: WorkshopView) -> None:
    """One page to end the meeting with."""
    summary = read_summary(here.workplace, here.actor, workshop_id=view.workshop.workshop_id)
    period = numbers.period(view.assessment.period)
    asked = len(view.turns)
    st.title(plain(f"{view.system.name}: {summary.settled} of {asked} questions settled"), anchor=False)
    ended = session.local_moment(view.workshop.ended_at or view.workshop.opened_at)
    st.caption(plain(f"{period} · ended {ended} · the answers stand in the assessment with their votes"))
    lines = _lines(summary)
    states = [line.agreement.state.value for line in lines if line.level is not None]
    row = figures()
    figure(row, "Agreed", str(states.count("agreed")))
    figure(row, "Split or spread", str(states.count("split") + states.count("spread")))
    figure(row, "Nobody knew", str(len(summary.unknown)))
    figure(row, "Time on questions", clock_words(summary.seconds))
    _onward(view, summary)
    _agreement(summary, lines)
    _second_votes(summary)
    _unknown(summary)
    _time(summary)
    with st.expander("All questions of the workshop"):
        if lines:
            st.dataframe(agreement_table(lines), hide_index=True, width="stretch")
        left = [turn.question_id for turn in view.turns if turn.state not in {"settled"}]
        st.caption(plain(f"Without an answer from this workshop: {', '.join(left) or 'none'}."))


def _lines(summary: WorkshopSummary) -> tuple[VotedQuestion, ...]:
    """The questions that were voted on, the most split first."""
    found = {each.id: each for each in summary.agreement.questions} if summary.agreement else {}
    lines = [
        VotedQuestion(
            question=line.question, votes=in_order(line.votes), level=line.turn.level, agreement=found[line.question.id]
        )
        for line in summary.turns
        if line.question.id in found
    ]
    return tuple(sorted(lines, key=lambda line: (-(line.agreement.range or 0), line.agreement.a or 0.0)))


def _onward(view: WorkshopView, summary: WorkshopSummary) -> None:
    """Close the quarter, or go on with what is left."""
    where = {"system": view.system.system_id, "period": view.assessment.period}
    with st.container(horizontal=True, vertical_alignment="center"):
        if view.assessment.state == "open":
            if st.button(
                f"Look at the result and close {numbers.period(view.assessment.period)}", type="primary",
                key="workshop-close", icon=":material/lock:",
            ):  # fmt: skip
                st.switch_page("system.py", query_params={"system": view.system.system_id})
            if st.button("Another workshop on this quarter", key="workshop-another", icon=":material/groups:"):
                st.query_params.clear()
                st.query_params["system"] = view.system.system_id
                st.rerun()
        elif st.button("See the sealed quarter", type="primary", key="workshop-sealed", icon=":material/grid_on:"):
            st.switch_page("system.py", query_params={"system": view.system.system_id})
        if st.button("Plan the repayment", key="workshop-plan", icon=":material/payments:"):
            st.switch_page("plan.py", query_params=where)
    if summary.left:
        said = numbers.count(summary.left, "question was", "questions were")
        st.caption(plain(f"{said} not dealt with; another workshop can take them up, or the questionnaire."))


def _agreement(summary: WorkshopSummary, lines: tuple[VotedQuestion, ...]) -> None:
    st.header("Agreement", anchor=False)
    if summary.agreement is None:
        st.markdown("Nobody voted, so nothing can be said of agreement.")
        return
    st.markdown(plain(f"{alpha_words(summary.agreement)} {pairs_words(summary.agreement)}"))
    if len(lines) < QUESTIONS_FOR_ALPHA:
        few = numbers.count(len(lines), "question")
        st.caption(plain(f"With {few} alpha is rough; from {QUESTIONS_FOR_ALPHA} on it says more."))
    split = [line for line in lines if line.question.id in summary.most_split and (line.agreement.range or 0) >= APART]
    if split:
        st.subheader("Furthest apart", anchor=False)
        vote_dots(split, max(len(line.question.levels) for line in split) - 1, key="workshop-split")
    else:
        st.markdown("On no question were two people more than one level apart.")


def _second_votes(summary: WorkshopSummary) -> None:
    st.header("Second votes", anchor=False)
    st.markdown(plain(all_moved_words(summary.turns)))
    for line in summary.turns:
        if line.moved is not None:
            st.markdown(plain(f"{line.question.id} · {moved_words(line.moved)} · {line.question.text}"))


def _unknown(summary: WorkshopSummary) -> None:
    if not summary.unknown:
        return
    st.header("To find out", anchor=False)
    for turn in summary.unknown:
        question = summary.view.checklist.questions.get(turn.question_id)
        text = question.text if question else turn.question_id
        st.markdown(plain(f"{turn.question_id} · {turn.owner or 'nobody yet'} · {text}"))


def _time(summary: WorkshopSummary) -> None:
    longest = sorted((turn for turn in summary.view.turns if turn.seconds), key=lambda turn: -turn.seconds)
    if longest:
        told = ", ".join(f"{turn.question_id} {clock_words(turn.seconds)}" for turn in longest[:LONGEST_SHOWN])
        st.caption(plain(f"Longest: {told}."))

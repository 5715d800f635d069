"""How far the people who voted agree, question by question; and votes of a file for a quarter that is open."""

from __future__ import annotations

import streamlit as st

from operations.agreement import AgreementView, VotesFile, check_votes, import_votes, read_agreement, undo_import
from operations.errors import InvalidInput, StoreError
from operations.records import AssessmentRecord
from operations.system_view import SystemView
from pages.place import Desk
from scoring.ballots import InvalidVotes
from ui import numbers, problems, session
from ui.agreement_dots import agreement_table, alpha_words, limits_words, pairs_words, vote_dots
from ui.area_panel import figure, figures
from ui.text import plain

SHOWN_FIRST = 8
VOTES_MB = 1
NO_VOTES = "Nobody has voted on {period}. Votes come from a workshop, or from a CSV file of one."
FORM = (
    "A row a person, a column a question: question ids in the first row, names in the first column. A cell is a level; "
    "blank is no vote, ? is “we do not know”. Names are not kept."
)


def draw_agreement(here: Desk, view: SystemView) -> None:
    """The votes of one quarter with the chosen checklist, the latest unless another is asked for."""
    if not view.shown:
        return
    st.header("Agreement", anchor=False)
    assessment = _chosen(view)
    found = read_agreement(here.workplace, here.actor, assessment_id=assessment.assessment_id)
    open_yet = assessment.state == "open"
    if found.found is None:
        st.markdown(plain(NO_VOTES.format(period=numbers.period(assessment.period))))
    else:
        _finding(found)
        _questions(found)
    if open_yet:
        _undo(here, found)
        _bring_in(here, assessment)
    elif found.found is None:
        st.caption("This quarter is closed; votes go into an open one.")


def _chosen(view: SystemView) -> AssessmentRecord:
    by_period = {assessment.period: assessment for assessment in reversed(view.shown)}
    if len(by_period) == 1:
        return view.shown[-1]
    period = st.selectbox(
        "Votes of", list(by_period), format_func=numbers.period, key="votes", bind="query-params", width=240
    )
    return by_period[period]


def _finding(view: AgreementView) -> None:
    agreed = view.found
    if agreed is None:
        return
    states = [line.agreement.state.value for line in view.lines]
    row = figures()
    figure(row, "Voters", str(agreed.raters))
    figure(row, "Agreed", f"{states.count('agreed')} of {len(states)}")
    figure(row, "Spread", str(states.count("spread")))
    figure(row, "Split, to discuss", str(states.count("split")))
    st.markdown(plain(f"{alpha_words(agreed)} {pairs_words(agreed)}"))
    if limits := limits_words(view):
        st.caption(plain(limits))
    if view.without_votes:
        alone = numbers.count(view.without_votes, "question was", "questions were")
        st.caption(plain(f"{alone} answered without votes and say nothing of agreement."))


def _questions(view: AgreementView) -> None:
    """The most split first; the rest folded."""
    key = f"votes-{view.assessment.assessment_id}"
    vote_dots(view.lines[:SHOWN_FIRST], view.level_max, key=key)
    rest = view.lines[SHOWN_FIRST:]
    if rest:
        with st.expander(plain(f"The other {numbers.count(len(rest), 'question')}")):
            vote_dots(rest, view.level_max, key=f"{key}-rest")
    with st.expander("How to read this, and the votes as a table"):
        st.markdown(
            "Agreed: at most one level apart. Spread: two levels. Split: three or more, or two camps. The range is the "
            "distance of the lowest and the highest vote; A runs from −1 (two camps at the ends) to 1 (all alike). The "
            "level with the dark line is the one that counts, the upper median. Alpha is 1 for full agreement and 0 "
            "for what chance gives; .80 is usually read as solid, .67 as tentative. None of it opens or closes a door."
        )
        st.dataframe(agreement_table(view.lines), hide_index=True, width="stretch")


def _undo(here: Desk, view: AgreementView) -> None:
    if not view.imported:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(plain(f"{numbers.count(view.imported, 'answer stands', 'answers stand')} as a file brought them."))
        if st.button("Undo the import", key="undo-votes", icon=":material/undo:"):
            try:
                back = undo_import(here.workplace, here.actor, assessment_id=view.assessment.assessment_id)
            except (InvalidInput, StoreError) as trouble:
                problems.problem(f"Nothing was put back: {trouble}")
                return
            session.say_after_rerun(f"{numbers.count(back, 'answer was', 'answers were')} put back.")
            st.rerun()


def _bring_in(here: Desk, assessment: AssessmentRecord) -> None:
    """Take a votes file: what it would do first, then one button."""
    with st.expander("Take votes from a CSV file", icon=":material/upload:"):
        st.markdown(FORM)
        given = st.file_uploader(
            f"Votes of one session (up to {VOTES_MB} MB)",
            type=["csv"],
            max_upload_size=VOTES_MB,
            key=session.widget_key("votes", assessment.assessment_id, str(session.uploads(_place(assessment)))),
        )
        if given is None:
            return
        text, refused = given.getvalue().decode("utf-8-sig", errors="replace"), f"Nothing was taken from {given.name}."
        try:
            would = check_votes(
                here.workplace, here.actor, assessment_id=assessment.assessment_id, text=text, name=given.name
            )
            st.markdown(plain(_would(would, assessment)))
            if not st.button(
                "Take these votes", type="primary", key="take-votes", disabled=would.same == would.questions
            ):
                return
            import_votes(here.workplace, here.actor, assessment_id=assessment.assessment_id, text=text, name=given.name)
        except InvalidVotes as trouble:
            problems.problem(refused, details=trouble.problems)
            return
        except StoreError as trouble:
            problems.problem(refused, do=str(trouble))
            return
    session.count_upload(_place(assessment))
    session.say_after_rerun(f"Votes on {numbers.count(would.questions, 'question')} were taken.")
    st.rerun()


def _would(file: VotesFile, assessment: AssessmentRecord) -> str:
    """What taking the file does, before it is done."""
    people = numbers.count(file.people, "person", "people")
    said = f"{people} voted on {numbers.count(file.questions, 'question')} of {numbers.period(assessment.period)}."
    if file.same == file.questions:
        return f"{said} All of it is here already."
    if file.replaces:
        said += f" It takes the place of {numbers.count(file.replaces, 'answer')}; that can be undone."
    if file.same:
        said += f" {file.same} are here already."
    if file.not_asked:
        said += f" {file.not_asked} are not asked in this quarter: they are kept and do not count."
    return said


def _place(assessment: AssessmentRecord) -> str:
    return f"votes:{assessment.assessment_id}"

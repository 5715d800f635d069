"""Withdraw a closed quarter that was found wrong, and read those that were: a part of the system page."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

import streamlit as st

from operations.assessments import open_assessment
from operations.errors import InvalidInput, StoreError
from operations.records import AssessmentRecord
from operations.system_view import SystemView, explain_whole, read_question_lines
from operations.withdrawals import list_withdrawn, withdraw_assessment
from pages.place import Desk
from ui import numbers, problems, session
from ui.area_panel import answer_words, estimate_sentence
from ui.text import plain


def draw_withdrawals(here: Desk, view: SystemView) -> None:
    """Folded: the way to withdraw a closed quarter, and every one that was withdrawn, with its reason."""
    withdrawn = list_withdrawn(here.workplace, here.actor, system_id=view.system.system_id)
    closed = [a for a in reversed(view.assessments) if a.state == "closed"]
    for assessment in withdrawn:
        standing = any(a.period == assessment.period for a in view.assessments)
        with st.expander(plain(_title(here, assessment)), icon=":material/block:"):
            st.markdown(plain(f"Withdrawn by {assessment.withdrawn_by}: {assessment.withdrawn_because}", lines=True))
            _read(here, assessment)
            if not standing and st.button(
                f"Assess {numbers.period(assessment.period)} anew", key=f"again-{assessment.assessment_id}",
                icon=":material/restart_alt:",
            ):  # fmt: skip
                _assess_anew(here, assessment)
    if closed:
        with st.expander("A closed quarter is wrong?", icon=":material/report:"):
            st.markdown(
                "Answers of a closed quarter never change. One found wrong can be withdrawn: it stays readable "
                "here with your reason, is left out of trend, portfolio and comparisons, and can be assessed anew."
            )
            _form(here, closed)


def _title(here: Desk, assessment: AssessmentRecord) -> str:
    when = numbers.day(here.workplace.day_of(assessment.withdrawn_at or ""))
    return f"{numbers.period(assessment.period)} was withdrawn on {when}"


def _read(here: Desk, assessment: AssessmentRecord) -> None:
    """The withdrawn quarter as it was sealed."""
    whole = explain_whole(here.workplace, here.actor, assessment_id=assessment.assessment_id)
    st.caption(plain(f"As it was sealed: {estimate_sentence(whole.estimate)}"))
    lines = read_question_lines(here.workplace, here.actor, assessment_id=assessment.assessment_id)
    rows = [
        {
            "Id": line.question.id,
            "Question": line.question.text,
            "Answer": answer_words(line),
            "Note": line.answer.note if line.answer else "",
        }
        for line in lines
        if line.answer is not None
    ]
    st.dataframe(rows, hide_index=True, width="stretch")
    query = urlencode({"assessment": assessment.assessment_id})
    st.markdown(f"[Download the sealed snapshot](/export/snapshot.json?{query})")
    st.caption(f"Sealed under {assessment.document_sha256}")


def _form(here: Desk, closed: list[AssessmentRecord]) -> None:
    system_id = closed[0].system_id
    period_key, reason_key = session.widget_key("withdraw", system_id), session.widget_key("withdraw-why", system_id)
    trouble = session.trouble(system_id, "withdraw")
    if trouble:
        problems.problem(trouble)
    chosen = st.selectbox("Which quarter?", [a.period for a in closed], format_func=numbers.period, key=period_key)
    st.text_area(
        "What is wrong with it?", key=reason_key, max_chars=4000,
        placeholder="It stands in the history for ever, beside your name",
    )  # fmt: skip
    found = next((a for a in closed if a.period == chosen), None)
    if found is not None:
        st.button(
            plain(f"Withdraw {numbers.period(found.period)} for good"), key=f"withdraw-now-{system_id}",
            icon=":material/block:", on_click=partial(_withdraw, here, found, reason_key),
        )  # fmt: skip


def _withdraw(here: Desk, assessment: AssessmentRecord, reason_key: str) -> None:
    session.set_trouble(assessment.system_id, "withdraw", "")
    reason = str(session.widget_value(reason_key) or "")
    try:
        withdraw_assessment(here.workplace, here.actor, assessment_id=assessment.assessment_id, reason=reason)
    except (InvalidInput, StoreError) as trouble:
        session.set_trouble(assessment.system_id, "withdraw", f"Not withdrawn: {trouble}")
        return
    session.put(reason_key, "")
    session.say_after_rerun(f"{numbers.period(assessment.period)} is withdrawn; it can be assessed anew.")


def _assess_anew(here: Desk, assessment: AssessmentRecord) -> None:
    """Open the quarter again, with what was withdrawn at hand to be confirmed or corrected."""
    opened = open_assessment(
        here.workplace, here.actor, system_id=assessment.system_id, period=assessment.period, scope=assessment.scope
    )
    session.choose_period(opened.period)
    st.switch_page("assess.py", query_params={"system": opened.system_id, "period": opened.period})

"""Assess: the questionnaire of one system and quarter, one question at a time or an area at a glance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

import streamlit as st

from checklists.checklist import Area, Question
from operations.assessments import (
    MINUTES_A_QUESTION,
    Questionnaire,
    change_scope,
    read_answer,
    read_answers,
    read_change_seq,
    read_questionnaire,
)
from operations.connections import read_loop_hints
from operations.errors import StoreError
from operations.freshness import doubt_words, read_waiting
from operations.records import AnswerRecord
from operations.repository_evidence import hints_for
from operations.system_view import read_system_view
from operations.versions import version_on_offer
from pages.answering import Answering
from pages.pack_choice import another_checklist, open_quarter
from pages.place import Desk, chosen_period, chosen_system, desk, from_link, present_period, put_in_link
from pages.system_picker import pick_system
from ui import numbers, problems, session
from ui.keys import help_for, shortcuts, shortcuts_switch
from ui.question_card import Card, answer_key, draw_card, options_of
from ui.question_list import UNDO, Listed, awaited, question_list, row
from ui.text import plain

ONE, AREA, ALL = "One question", "Whole area", "All questions"
LOOK_EVERY_SECONDS = 3


def assess() -> None:
    """Draw the questionnaire the link names, or what to do when there is none."""
    here = desk()
    system_id = chosen_system()
    if system_id is None:
        pick_system(here, "Which system do you want to assess?", page="assess.py")
        return
    view = _questionnaire(here, system_id)
    if view is None:
        return
    _head(here, view)
    _to_confirm(here, view)
    _watch(here, view.assessment.assessment_id, view)
    layout = st.segmented_control(
        "Show",
        [ONE, AREA, ALL],
        default=ONE,
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    if layout == ONE:
        _one(here, view)
    else:
        _many(here, view, everything=layout == ALL)


def _questionnaire(here: Desk, system_id: str) -> Questionnaire | None:
    """The questionnaire of the chosen quarter; offers to open one where there is none."""
    system = read_system_view(here.workplace, here.actor, system_id=system_id)
    present = present_period(here)
    wanted = chosen_period() or (system.open.period if system.open else None) or present
    assessment = next((a for a in system.assessments if a.period == wanted), None)
    if assessment is None and system.open is not None:
        assessment = system.open
    if assessment is not None:
        session.choose_period(assessment.period)
        put_in_link(period=assessment.period)
        return read_questionnaire(here.workplace, here.actor, assessment_id=assessment.assessment_id)
    period = system.next_period
    st.title(plain(system.system.name), anchor=False)
    last = system.assessments[-1] if system.assessments else None
    words = f"{numbers.period(period)} is not open yet."
    if last is not None:
        words += f" The answers of {numbers.period(last.period)} will be at hand, not counted until you confirm them."

    if problems.empty(words, action=f"Open {numbers.period(period)}", key="open-period"):
        open_quarter(here, system)
    another_checklist(here, system, key="open-period")
    return None


def _head(here: Desk, view: Questionnaire) -> None:
    """What is assessed, the scope, and what comes next."""
    assessment = view.assessment
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        st.title(plain(f"{view.system.name}: {numbers.period(assessment.period)}"), anchor=False)
        st.caption(plain(f"{view.system.team} · {view.checklist.title}, version {view.checklist.version}"))
    with right, st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="bottom"):
        scope_key = session.widget_key("scope", assessment.assessment_id)
        session.feed(scope_key, assessment.scope, version=(assessment.scope, assessment.state))

        def rescope() -> None:
            chosen = session.widget_value(scope_key)
            if not chosen:
                return
            try:
                change_scope(here.workplace, here.actor, assessment_id=assessment.assessment_id, scope=chosen)
            except StoreError as trouble:
                session.say_after_rerun(f"Not changed: {trouble}")

        if any(not question.core for question in view.checklist.questions.values()):
            st.segmented_control(
                "Questions asked",
                ["core", "all"],
                format_func=lambda scope: (
                    f"Core {sum(1 for _ in _applicable_core(view))}" if scope == "core" else "All"
                ),
                key=scope_key,
                required=True,
                on_change=rescope,
                disabled=assessment.state == "closed",
                help="The core set takes a team about 90 minutes; all questions are best answered over a few days.",
            )
        st.page_link(
            "system.py", label="See the heatmap", icon=":material/grid_on:",
            query_params={"system": view.system.system_id, "period": assessment.period},
        )  # fmt: skip
        if assessment.state == "open" and st.button("Start a workshop", key="workshop", icon=":material/groups:"):
            st.switch_page("workshop.py", query_params={"system": view.system.system_id})
    if assessment.state == "closed":
        problems.notice(
            f"{numbers.period(assessment.period)} is closed and sealed; its answers can be read, not changed.",
            do="Open the next quarter on the system page.",
        )


def _to_confirm(here: Desk, view: Questionnaire) -> None:
    """Another version on offer, and the answers that wait to be confirmed: each with the way there."""
    assessment = view.assessment
    if assessment.state == "closed":
        return
    where = {"system": view.system.system_id, "period": assessment.period}
    offered = version_on_offer(here.workplace, here.actor, assessment_id=assessment.assessment_id)
    asked = {question.id for question in view.questions}
    waiting = [
        one
        for one in read_waiting(here.workplace, here.actor, assessment_id=assessment.assessment_id)
        if one.question_id in asked
    ]
    if offered is None and not waiting:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if waiting:
            focus = partial(session.focus_question, assessment.assessment_id, waiting[0].question_id)
            words = numbers.count(len(waiting), "answer", "answers")
            st.button(f"Confirm {words}", key="to-confirm", icon=":material/history_toggle_off:", on_click=focus)
        if offered is not None:
            st.page_link(
                "move.py", label=plain(f"Version {offered} is on offer: see what differs"),
                icon=":material/move_up:", query_params=where,
            )  # fmt: skip


def _applicable_core(view: Questionnaire) -> list[Question]:
    switches = view.assessment.switches
    return [
        question
        for area in view.checklist.areas
        if area.applies_when is None or area.applies_when in switches
        for question in area.questions
        if question.core and (question.applies_when is None or question.applies_when in switches)
    ]


def _watch(here: Desk, assessment_id: str, view: Questionnaire) -> None:
    """Progress, what is left, when this tab last saved; looks every few seconds whether somebody else answered."""
    session.set_seen_change(assessment_id, view.assessment.change_seq)

    @st.fragment(run_every=LOOK_EVERY_SECONDS)
    def progress() -> None:
        try:
            now = read_change_seq(here.workplace, here.actor, assessment_id=assessment_id)
            answers = read_answers(here.workplace, here.actor, assessment_id=assessment_id)
        except StoreError as trouble:
            problems.problem(str(trouble))  # a fragment runs outside the shell, which would say it
            return
        known = session.seen_change(assessment_id)
        if known is not None and now != known:
            session.set_seen_change(assessment_id, now)
            st.rerun(scope="app")
        done, asked = sum(question.id in answers for question in view.questions), len(view.questions)
        saved = session.last_saved()
        left = MINUTES_A_QUESTION * (asked - done)
        words = f"{done} of {asked} answered"
        if done < asked:
            words += f", {numbers.minutes(left)} left"
        words += f" · saved {session.local_clock(saved.isoformat())}" if saved else ""
        st.progress(done / asked if asked else 1.0, text=words)

    progress()


def _waits(here: Desk, assessment_id: str) -> dict[tuple[str, int], str]:
    """Why answers wait to be confirmed, by question id and revision."""
    waiting = read_waiting(here.workplace, here.actor, assessment_id=assessment_id)
    return {(one.question_id, one.rev): doubt_words(one.doubt, one.confirmed) for one in waiting}


def _last_words(view: Questionnaire) -> str:
    """Which quarter the answers at hand are of."""
    if not view.last_period:
        return ""
    return numbers.period(view.last_period) + (", withdrawn since" if view.last_withdrawn else "")


def _card(
    view: Questionnaire,
    question: Question,
    answer: AnswerRecord | None,
    now: datetime,
    waits: Mapping[tuple[str, int], str],
    *,
    loops: tuple[str, ...] = (),
) -> Card:
    return Card(
        assessment_id=view.assessment.assessment_id,
        question=question,
        answer=answer,
        last=view.last.get(question.id),
        last_period=_last_words(view),
        hints=(*hints_for(view.weighed, question.id), *loops),
        closed=view.assessment.state == "closed",
        now=now,
        waits=waits.get((question.id, answer.rev), "") if answer else "",
    )


def _one(here: Desk, view: Questionnaire) -> None:
    """One question in focus, with the way to the next."""
    questions = view.questions
    if not questions:
        problems.empty("No question of this checklist applies to the system. Change its switches on the system page.")
        return
    assessment_id = view.assessment.assessment_id
    ids = [question.id for question in questions]
    wanted = _wanted_question(assessment_id) or view.first_open() or ids[0]
    if wanted not in ids:
        _say_not_asked(view, wanted)
        wanted = view.first_open() or ids[0]
    position = ids.index(wanted)
    question = questions[position]
    session.focus_question(assessment_id, question.id)
    put_in_link(question=question.id)
    area, asked = next((a, qs) for a, qs in view.areas if question in qs)
    _area_choice(view, area.id)
    st.caption(plain(f"{area.title} · question {asked.index(question) + 1} of {len(asked)} · {area.summary}"))
    with st.container(border=True):
        _question(here, view, question)
    go = partial(session.focus_question, assessment_id)
    before = ids[position - 1] if position else None
    after = ids[position + 1] if position + 1 < len(ids) else None
    still_open = next((q for q in ids[position + 1 :] + ids[:position] if q not in view.answers), None)
    with st.container(horizontal=True):
        st.button(
            "Back", key="back", icon=":material/arrow_back:", on_click=go, args=(before,), disabled=before is None
        )
        st.button(
            "Next question", key="next", type="primary", icon=":material/arrow_forward:", icon_position="right",
            on_click=go, args=(after,), disabled=after is None,
        )  # fmt: skip
        if still_open is not None and still_open != after:
            st.button("Next open question", key="next-open", type="tertiary", on_click=go, args=(still_open,))
    radio = answer_key(assessment_id, question.id)
    keys = [str(option) if isinstance(option, int) else option[0] for option in options_of(question)]
    targets = {key: f"{radio}#{place}" for place, key in enumerate(keys, start=1)}
    shortcuts({**targets, "Enter": "next", "ArrowRight": "next", "ArrowLeft": "back"}, key="assess-keys")
    with st.container(horizontal=True, vertical_alignment="center"):
        shortcuts_switch()
        st.caption(help_for(len(question.levels)), width="content")
    if after is None and view.assessment.state == "open":
        st.page_link(
            "system.py", label="That was the last question: see the heatmap and close the quarter",
            icon=":material/grid_on:", query_params={"system": view.system.system_id, "period": view.assessment.period},
        )  # fmt: skip
    # Last, because a run that is cut short is begun again with the link the browser had before.
    session.note_drawn_question(assessment_id, question.id)


def _say_not_asked(view: Questionnaire, wanted: str) -> None:
    """A link names a question that is not asked here: say so, and how to get there if there is a way."""
    question = view.checklist.questions.get(wanted)
    if question is not None and view.assessment.scope == "core" and not question.core:
        problems.notice(f"{wanted} is not among the core questions.", do="Choose “All” under “Questions asked”.")
    elif question is not None:
        problems.notice(f"{wanted} does not apply to this system.", do="Its switches stand on the system page.")
    else:
        problems.notice("The question of this link is not in the checklist.", do="This is the first open one.")


def _wanted_question(assessment_id: str) -> str | None:
    """The question to show: where the person went on this page, else what the link says.

    A link that names another question than the one drawn last, when nobody went anywhere on the page, was opened with
    the browser's own back and forward buttons.
    """
    focused, linked = session.focused_question(assessment_id), from_link("question")
    stayed = focused == session.drawn_question(assessment_id)
    return linked if linked and stayed else focused or linked


def _titles(view: Questionnaire) -> dict[str, str]:
    """The areas with how far each is answered, for the strip."""
    counts = {area.id: view.progress(area.id) for area, _ in view.areas}
    return {
        area.id: f"{plain(area.short)} {counts[area.id].answered}/{counts[area.id].asked}" for area, _ in view.areas
    }


def _area_choice(view: Questionnaire, current: str) -> None:
    """The areas as a strip; choosing one goes to its first open question."""
    key = session.widget_key("area", view.assessment.assessment_id)
    session.feed(key, current, version=current)

    def jump() -> None:
        chosen = session.widget_value(key)
        questions = next((qs for area, qs in view.areas if area.id == chosen), ())
        if questions:
            target = next((q.id for q in questions if q.id not in view.answers), questions[0].id)
            session.focus_question(view.assessment.assessment_id, target)

    titles = _titles(view)
    st.segmented_control(
        "Area", list(titles), format_func=lambda a: titles[a], key=key, required=True, on_change=jump,
        label_visibility="collapsed",
    )  # fmt: skip


def _many(here: Desk, view: Questionnaire, *, everything: bool) -> None:
    """An area (or everything) as a list of cards."""
    titles = _titles(view)
    if not everything:
        focused = session.focused_question(view.assessment.assessment_id)
        begin = next((area.id for area, asked in view.areas if focused in {q.id for q in asked}), next(iter(titles)))
        chosen = st.segmented_control(
            "Area", list(titles), format_func=lambda a: titles[a], default=begin, required=True,
            key="area", bind="query-params", label_visibility="collapsed",
        )  # fmt: skip
    shown = [(area, questions) for area, questions in view.areas if everything or area.id == chosen]
    key = session.widget_key("list", view.assessment.assessment_id, "" if everything else str(chosen))
    session.note_list_page(key)
    _listed(here, view, shown, key)


@st.fragment
def _listed(here: Desk, view: Questionnaire, areas: list[tuple[Area, tuple[Question, ...]]], key: str) -> None:
    """The list of questions; after a choice only what became of it travels."""
    assessment_id = view.assessment.assessment_id
    whole = session.list_page(key)
    questions = {question.id: question for _, asked in areas for question in asked}
    wanted = questions if whole else {q: questions[q] for q in awaited(key) if q in questions}
    answers: Mapping[str, AnswerRecord | None]
    try:
        if whole:
            answers = read_answers(here.workplace, here.actor, assessment_id=assessment_id)
        else:  # one row each: reading all of them costs more than drawing one
            read = partial(read_answer, here.workplace, here.actor, assessment_id=assessment_id)
            answers = {question_id: read(question_id=question_id) for question_id in wanted}
    except StoreError as trouble:
        problems.problem(str(trouble))  # a fragment runs outside the shell, which would say it
        return
    now = here.workplace.clock()
    waits = _waits(here, assessment_id)
    cards = {q: _card(view, question, answers.get(q), now, waits) for q, question in wanted.items()}
    for card in cards.values():
        session.set_seen_answer(assessment_id, card.question.id, card.answer)

    def choose(listed: Listed) -> None:
        if listed.question_id not in questions:
            return
        answering = Answering(here=here, assessment_id=assessment_id, question_id=listed.question_id)
        if listed.option == UNDO:
            answering.undo(revision=listed.revision)
        else:
            answering.choose(listed.option, revision=listed.revision)
        if session.clash(assessment_id, listed.question_id) is not None:
            session.open_card(assessment_id, listed.question_id)

    def open_card(question_id: str, applies_not: bool) -> None:
        if question_id in questions:
            session.open_card(assessment_id, question_id)
            session.ask_why_not(assessment_id, question_id if applies_not else None)

    question_list(
        areas if whole else None, {q: row(card) for q, card in cards.items()}, key=key,
        closed=view.assessment.state == "closed", choose=choose, open_card=open_card,
    )  # fmt: skip
    if whole:
        session.note_list_drawn(key)
    opened = questions.get(session.opened_card(assessment_id) or "")
    if opened is not None:
        _whole_card(here, view, opened, key)


def _whole_card(here: Desk, view: Questionnaire, question: Question, key: str) -> None:
    """A question of the list with everything there is about it, beside the list."""

    def close() -> None:
        session.open_card(view.assessment.assessment_id, None)
        session.note_list_page(key)  # what was changed in the card is not among what the list waits for

    st.dialog(question.id, position="right", width="medium", on_dismiss=close)(_drawn)(here, view, question)


@st.fragment
def _question(here: Desk, view: Questionnaire, question: Question) -> None:
    """The question in focus; it redraws by itself when it is answered."""
    if session.focused_question(view.assessment.assessment_id) != question.id:
        st.rerun()  # "Next" came in one message with an answer; the browser then asks for this fragment only
    _drawn(here, view, question)


def _drawn(here: Desk, view: Questionnaire, question: Question) -> None:
    """The whole card of a question as it stands now. Part of a fragment, which the shell does not watch."""
    assessment_id = view.assessment.assessment_id
    try:
        answer = read_answer(here.workplace, here.actor, assessment_id=assessment_id, question_id=question.id)
        whose = view.assessment.system_id
        loops = read_loop_hints(here.workplace, here.actor, system_id=whose, question_id=question.id)
    except StoreError as trouble:
        problems.problem(str(trouble))
        return
    answering = Answering(here=here, assessment_id=assessment_id, question_id=question.id)
    draw_card(
        _card(view, question, answer, here.workplace.clock(), _waits(here, assessment_id), loops=loops),
        save=answering.save, confirm=answering.confirm, undo=answering.undo, stand_by=answering.stand_by,
    )  # fmt: skip


assess()

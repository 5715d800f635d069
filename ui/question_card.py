"""One question as a card: five anchored levels, "we do not know", "does not apply", note and links."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import streamlit as st

from checklists.checklist import Question
from operations.assessments import Choice, choice_of, level_of
from operations.records import AnswerRecord
from ui import session
from ui.text import plain, spoken

UNKNOWN = "unknown"
NOT_APPLICABLE = "not_applicable"
OPTIONS: tuple[int | str, ...] = (0, 1, 2, 3, 4, UNKNOWN, NOT_APPLICABLE)  #: a question may have fewer levels
SEVERITY_WORDS = {"C": "critical", "H": "high", "M": "medium", "L": "low"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a question card shows."""

    assessment_id: str
    question: Question
    answer: AnswerRecord | None
    last: AnswerRecord | None  #: last closed quarter's answer
    last_period: str  #: "Q3 2026", "" when there is none
    hints: Sequence[str]  #: what the repository says, in plain sentences
    closed: bool
    now: datetime
    waits: str = ""  #: why the answer waits to be confirmed, "" while it does not


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A save that was refused because somebody else had changed the answer: both sides, to choose from."""

    seen: AnswerRecord | None  #: what the person had before them when choosing
    theirs: AnswerRecord | None  #: None: they took the answer back
    mine: Choice


Save = Callable[[Choice], None]


def seen_answer(card: Card) -> AnswerRecord | None:
    """The answer this tab drew or saved last, also when a note and a level come in one message from the browser."""
    seen = session.seen_answer(card.assessment_id, card.question.id)
    return seen if isinstance(seen, AnswerRecord) else None


def answer_key(assessment_id: str, question_id: str) -> str:
    """The key of a question's radio; also its CSS class, so that keys of the keyboard can find it."""
    return session.widget_key("answer", assessment_id, question_id)


def option_of(answer: AnswerRecord | None) -> int | str | None:
    """Which option of the radio an answer is."""
    if answer is None:
        return None
    if answer.state != "answered":
        return answer.state
    level = level_of(answer)
    return UNKNOWN if level is None else level


def options_of(question: Question) -> tuple[int | str, ...]:
    """The options of one question: its levels, "we do not know", "does not apply"."""
    return (*range(len(question.levels)), UNKNOWN, NOT_APPLICABLE)


def severity_words(question: Question) -> str:
    """What stands beside a question's id: "critical severity · core"; a class without a name of ours is left out."""
    known = SEVERITY_WORDS.get(question.severity)
    return " · ".join([*([f"{known} severity"] if known else []), *(["core"] if question.core else [])])


def choice_of_option(option: int | str, kept: AnswerRecord | None) -> Choice:
    """A level or "we do not know" as a choice; the note and the links stay as they were."""
    return Choice(
        state=UNKNOWN if option == UNKNOWN else "answered",
        level=option if isinstance(option, int) else None,
        note=kept.note if kept else "",
        links=kept.links if kept else (),
    )


def choice_words(question: Question, answer: AnswerRecord | Choice | None) -> str:
    """An answer in words: "level 2 (Checks catch format changes, not meaning)"."""
    if answer is None:
        return "not answered"
    if answer.state == NOT_APPLICABLE:
        return f"does not apply ({answer.reason})"
    option = option_of(answer) if isinstance(answer, AnswerRecord) else answer.level
    if answer.state == UNKNOWN or not isinstance(option, int):
        return "we do not know"
    return f"level {option} ({question.levels[option].text})"


def words_of_clash(question: Question, clash: Clash) -> str:
    """Both sides of a refused save, in full: who changed what, and what was chosen here and is not saved yet."""
    seen, theirs, mine = choice_of(clash.seen), choice_of(clash.theirs), clash.mine
    who = clash.theirs.changed_by if clash.theirs else "Somebody"
    said = [f"{who} changed this meanwhile to {choice_words(question, clash.theirs)}."]
    if clash.theirs and theirs.note != seen.note:
        said.append(f"Their note: {theirs.note or 'none'}.")
    if clash.theirs and theirs.links != seen.links:
        said.append(f"Their links: {', '.join(theirs.links) or 'none'}.")
    if clash.theirs is None or not mine.same_answer(seen):
        said.append(f"You chose {choice_words(question, mine)}.")
    if mine.note != seen.note:
        said.append(f"Your note: {mine.note or 'none'}.")
    if mine.links != seen.links:
        said.append(f"Your links: {', '.join(mine.links) or 'none'}.")
    return " ".join((*said, "Nothing of yours was saved yet."))


def _caption(card: Card, option: int | str) -> str:
    if option == UNKNOWN:
        return "**We do not know** · counts as an open question, not as a good one"
    if option == NOT_APPLICABLE:
        return "**Does not apply here** · needs a reason"
    return f"**{option}** · {plain(card.question.levels[int(option)].text)}"


def said_of(card: Card) -> str:
    """When and by whom the answer was saved, in words."""
    answer = card.answer
    if answer is None:
        return "not answered yet"
    verb = {"confirmed": "confirmed", "workshop": "voted", "import": "voted"}.get(answer.source, "saved")
    return f"{verb} {session.local_when(answer.changed_at, now=card.now)} by {answer.changed_by}"


def draw_card(
    card: Card, *, save: Save, confirm: Callable[[], None], undo: Callable[[], None], stand_by: Callable[[], None]
) -> None:
    """Draw the card. Each choice calls `save` at once; the callbacks keep what has to be said in the session."""
    question, answer = card.question, card.answer
    radio = answer_key(card.assessment_id, question.id)
    revision = answer.rev if answer else 0
    session.set_seen_answer(card.assessment_id, question.id, answer)
    session.feed(radio, option_of(answer), version=(revision, session.refusals(card.assessment_id, question.id)))
    if session.take_why_not(card.assessment_id, question.id):
        session.put(radio, NOT_APPLICABLE)

    def choose() -> None:
        option = session.widget_value(radio)
        if option is None or option == NOT_APPLICABLE:
            return  # not applicable is saved with its reason
        save(choice_of_option(option, seen_answer(card)))

    st.caption(" · ".join(filter(None, (plain(question.id), severity_words(question)))))
    st.markdown(f"#### {plain(question.text)}")
    st.markdown(f":small[{plain(question.why)}]")
    st.radio(
        spoken(question.text),
        options_of(question),
        index=None,
        key=radio,
        format_func=lambda option: _caption(card, option),
        on_change=choose,
        label_visibility="collapsed",
        disabled=card.closed,
        width="stretch",
    )
    if session.widget_value(radio) == NOT_APPLICABLE and not card.closed:
        _not_applicable(card, save)
    _clash(card, save)
    _waits(card, stand_by)
    _last_and_hints(card, confirm)
    _note(card, save)
    _foot(card, undo)


def _not_applicable(card: Card, save: Save) -> None:
    question, answer = card.question, card.answer
    saved = answer is not None and answer.state == NOT_APPLICABLE
    accepted = question.not_applicable_when
    reason_key = session.widget_key("reason", card.assessment_id, question.id)
    second_key = session.widget_key("second", card.assessment_id, question.id)
    stored = answer.reason if answer and saved else (accepted or "")
    session.feed(reason_key, stored, version=stored)

    def save_reason() -> None:
        kept = seen_answer(card)
        save(
            Choice(
                state=NOT_APPLICABLE,
                reason=str(session.widget_value(reason_key) or ""),
                seconded_by=str(session.widget_value(second_key) or ""),
                note=kept.note if kept else "",
                links=kept.links if kept else (),
            )
        )

    with st.container(border=True):
        if accepted:
            st.caption(f"Accepted reason for this question: {plain(accepted)}.")
        else:
            st.caption("This question applies to nearly every system. Say why not here, and who agrees with you.")
        st.text_input("Why does it not apply here?", key=reason_key, max_chars=300)
        if not accepted:
            st.text_input("Who else agrees?", key=second_key, max_chars=80)
        st.button(
            "Save that it does not apply" if not saved else "Save the new reason",
            key=session.widget_key("save-reason", card.assessment_id, question.id),
            on_click=save_reason,
        )
        if not saved:
            st.caption("Not saved yet: a reason is needed.")


def _clash(card: Card, save: Save) -> None:
    clash = session.clash(card.assessment_id, card.question.id)
    if not isinstance(clash, Clash):
        return
    with st.container(border=True):
        st.warning(plain(words_of_clash(card.question, clash)), icon=":material/group:")
        left, right = st.columns(2)
        left.button(
            "Keep theirs",
            key=session.widget_key("keep-theirs", card.assessment_id, card.question.id),
            on_click=session.drop_clash,
            args=(card.assessment_id, card.question.id),
            width="stretch",
        )
        right.button(
            "Use mine",
            key=session.widget_key("use-mine", card.assessment_id, card.question.id),
            on_click=save,
            args=(clash.mine,),
            width="stretch",
            help="What you did not touch stays as they left it.",
        )


def _waits(card: Card, stand_by: Callable[[], None]) -> None:
    """Why the answer waits to be confirmed, and the one click that does."""
    if not card.waits or card.answer is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/history_toggle_off: **To confirm.** {plain(card.waits)}", width="stretch")
        if not card.closed:
            st.button(
                "Still true",
                key=session.widget_key("stand-by", card.assessment_id, card.question.id),
                on_click=stand_by,
                help="The answer stays as it is and counts with its own interval again. Or choose another one above.",
            )


def _last_and_hints(card: Card, confirm: Callable[[], None]) -> None:
    if card.last is not None:
        with st.expander(f"What we said in {plain(card.last_period)}", icon=":material/history:"):
            said = choice_words(card.question, card.last)
            st.markdown(plain(f"{said[:1].upper()}{said[1:]}."))
            if card.last.note:
                st.caption(plain(f"Note: {card.last.note}", lines=True))
            if not card.closed and option_of(card.answer) != option_of(card.last):
                st.button(
                    "Still true: confirm it",
                    key=session.widget_key("confirm", card.assessment_id, card.question.id),
                    on_click=confirm,
                    help="Counts for this quarter only once you confirm it.",
                )
    if card.hints:
        title = f"What the repository shows ({len(card.hints)})"
        with st.expander(title, icon=":material/folder_code:"):
            for hint in card.hints:
                st.markdown(f"- {plain(hint)}")


def _note(card: Card, save: Save) -> None:
    answer = card.answer
    if answer is None:
        return
    note_key = session.widget_key("note", card.assessment_id, card.question.id)
    links_key = session.widget_key("links", card.assessment_id, card.question.id)
    # what is being typed stays while others change the level, and after a refusal, to be mended
    decided = session.decisions(card.assessment_id, card.question.id)
    session.feed(note_key, answer.note, version=(answer.note, decided))
    session.feed(links_key, "\n".join(answer.links), version=(answer.links, decided))

    def save_words() -> None:
        kept = choice_of(seen_answer(card))
        links = tuple(line.strip() for line in str(session.widget_value(links_key) or "").splitlines() if line.strip())
        save(replace(kept, note=str(session.widget_value(note_key) or ""), links=links))

    # One label always: with another one it would be a new panel, closed under the hands of whoever is writing.
    written = bool(answer.note or answer.links)
    with st.expander("Note and evidence links", icon=":material/edit_note:", expanded=written):
        st.text_area(
            "Note", key=note_key, on_change=save_words, max_chars=4000, disabled=card.closed,
            placeholder="What a colleague should know when reading this next quarter",
        )  # fmt: skip
        st.text_area(
            "Evidence links, one a line", key=links_key, on_change=save_words, disabled=card.closed,
            placeholder="https://… or src/train.py:42",
        )  # fmt: skip


def _foot(card: Card, undo: Callable[[], None]) -> None:
    answer, trouble = card.answer, session.trouble(card.assessment_id, card.question.id)
    if trouble:
        st.error(plain(trouble), icon=":material/error:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(plain(said_of(card)), width="content")
        if answer is not None and not card.closed:
            st.button(
                "Undo",
                key=session.widget_key("undo", card.assessment_id, card.question.id),
                on_click=undo,
                type="tertiary",
                icon=":material/undo:",
            )

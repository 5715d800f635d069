"""The ledger of contradictions: your answer, what the repository shows, and what was decided by whom."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from evidence.readable import place
from operations.errors import InvalidInput, StoreError
from operations.records import FloorEvent
from operations.repository_evidence import EvidenceView, LedgerEntry, decide_floor, reopen_floor
from pages.place import Desk, from_link, put_in_link
from ui import numbers, problems, session
from ui.evidence_rows import STRENGTH_WORDS
from ui.small_table import TableColumn, small_table
from ui.text import plain

OPEN, DECIDED, ALL = "Open", "Decided", "All"
PLACES_SHOWN = 3
REASON_MAX = 300
DECISION_WORDS = {"accepted": "floor accepted", "overridden": "overridden", "reopened": "reopened"}


def draw_ledger(here: Desk, view: EvidenceView) -> None:
    """Where answer and repository disagree, each to be decided; what is decided stays in the ledger."""
    st.header("Answer against repository", anchor=False)
    if view.unheard:
        problems.notice(
            f"“{view.checklist.title}” names no signal of the collector: what the repository shows stands below to be "
            "read, and changes no number of this quarter. Question ids there are those of the default checklist."
        )
        _history(view.decisions)
        return
    if not view.ledger:
        st.markdown("**No contradiction.** No direct or strong sign disagrees with an answer.")
        _history(view.decisions)
        return
    if name := from_link("contradiction"):
        _one(here, view, name)
        return
    st.caption(
        "Evidence never changes an answer. It raises the least debt that counts, until you override it with a reason."
    )
    _just_decided(here, view)
    shown = st.segmented_control(
        "Show", (OPEN, DECIDED, ALL), default=OPEN, required=True, key="ledger", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    entries = [e for e in view.ledger if shown == ALL or (e.decision == "open") == (shown == OPEN)]
    for entry in entries:
        _entry(here, view, entry)
    if not entries:
        decided = len(view.ledger) - len(view.open_entries)
        st.markdown(
            f"**Nothing is open.** {numbers.count(decided, 'contradiction is', 'contradictions are')} decided."
            if shown == OPEN
            else "**Nothing is decided yet.** Each contradiction waits under “Open”."
        )
    _history(view.decisions)


def name_of(entry: LedgerEntry) -> str:
    """The name of a contradiction in a link: question and signal, "TST-01.tests-missing"."""
    return f"{entry.question_id}.{entry.signal.id}"


def _one(here: Desk, view: EvidenceView, name: str) -> None:
    """The contradiction a link opens, alone."""
    entry = next((entry for entry in view.ledger if name_of(entry) == name), None)
    if entry is None:
        problems.notice("The contradiction of this link is not here any more: the answer or the repository changed.")
    else:
        _entry(here, view, entry)
    st.button(
        f"See the whole ledger ({len(view.ledger)})", key="whole-ledger", type="tertiary", icon=":material/list:",
        on_click=lambda: put_in_link(contradiction=None),
    )  # fmt: skip


def _just_decided(here: Desk, view: EvidenceView) -> None:
    """What this tab decided last, with the way back: the entry itself has left the open list."""
    name = session.last_decided(view.assessment.assessment_id)
    entry = next((entry for entry in view.ledger if name_of(entry) == name), None)
    if entry is None or entry.decision == "open":
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            plain(f"{entry.question_id}: {DECISION_WORDS[entry.decision]}. It stays in the ledger under “{DECIDED}”."),
            width="content",
        )
        _undo(here, view, entry, key="undo-last")


def _entry(here: Desk, view: EvidenceView, entry: LedgerEntry) -> None:
    """One line of the ledger: three columns, under each other on a phone."""
    with st.container(border=True, key=session.widget_key("contradiction", name_of(entry))):
        said, shown, decided = st.columns([4, 5, 4], gap="medium")
        with said:
            _lines(
                f":small[You answered · {plain(entry.question_id)}]",
                plain(entry.question),
                f"**{plain(_answer(entry))}**",
            )
            st.page_link(
                "assess.py", label="Look at the answer", icon=":material/edit:",
                query_params={
                    "system": view.system.system_id, "period": view.assessment.period, "question": entry.question_id,
                },
            )  # fmt: skip
        with shown:
            _lines(
                f":small[The repository shows · {STRENGTH_WORDS[entry.signal.strength]}]",
                f"**{plain(entry.signal.statement)}**",
                plain(entry.signal.message),
                *_places(entry),
            )
            st.caption(plain(f"Way out: {entry.signal.fix}"))
        with decided:
            _decision(here, view, entry)


def _answer(entry: LedgerEntry) -> str:
    return "We do not know." if entry.level is None else f"Level {entry.level}: {entry.level_text}"


def _lines(*lines: str) -> None:
    """Lines of Markdown close to each other."""
    st.markdown("  \n".join(lines))


def _places(entry: LedgerEntry) -> list[str]:
    lines = [f"`{_code(place(location))}`" for location in entry.signal.locations[:PLACES_SHOWN]]
    more = len(entry.signal.locations) - PLACES_SHOWN
    return [*lines, f":small[and {more} more, listed area by area]"] if more > 0 else lines


def _code(path: str) -> str:
    return " ".join(path.replace("`", "'").split())


def _decision(here: Desk, view: EvidenceView, entry: LedgerEntry) -> None:
    since = f" · since {session.local_day(entry.since)}" if entry.since else ""
    counts = f"Counts as at least {numbers.debt(entry.floor)}"
    by = f"by {entry.decided_by}, {session.local_moment(entry.decided_at)}" if entry.decided_at else ""
    match entry.decision:
        case "open":
            _lines(f":small[Open{since}]", f"**{counts}**")
        case "accepted":
            _lines(f":small[Floor accepted{since}]", f"**{counts}**", f":small[{plain(f'Accepted {by}')}]")
        case _:
            _lines(
                f":small[Overridden{since}]",
                "**Does not count**",
                plain(f"“{entry.reason}”"),
                f":small[{plain(f'Overridden {by}')}]",
            )
    earlier = entry.decisions[:-1] if entry.decision != "open" else entry.decisions
    for event in earlier[-2:]:
        st.caption(plain(f"Before: {_event_words(event)}"))
    if view.assessment.state == "open":
        if entry.decision == "open":
            _decide(here, view, entry)
        else:
            _undo(here, view, entry, key="undo")
    trouble = session.trouble(view.assessment.assessment_id, name_of(entry))
    if trouble:
        problems.problem(trouble)
    if not from_link("contradiction"):
        st.page_link(
            "repository.py", label="Link to this contradiction", icon=":material/link:",
            query_params={
                "system": view.system.system_id, "period": view.assessment.period, "contradiction": name_of(entry),
            },
        )  # fmt: skip


def _decide(here: Desk, view: EvidenceView, entry: LedgerEntry) -> None:
    """The two decisions. What is refused is said at the entry, and what was typed stays."""
    name = name_of(entry)
    assessment_id = view.assessment.assessment_id
    reason_key = session.widget_key("override", entry.question_id, entry.signal.id)

    def decide(decision: str) -> None:
        reason = str(session.widget_value(reason_key) or "") if decision == "overridden" else ""
        session.set_trouble(assessment_id, name, "")
        try:
            decide_floor(
                here.workplace, here.actor, assessment_id=assessment_id, question_id=entry.question_id,
                signal_id=entry.signal.id, decision=decision, reason=reason, decided_at=entry.decided_at,
            )  # fmt: skip
        except (InvalidInput, StoreError) as refusal:
            session.set_trouble(assessment_id, name, f"Not decided: {refusal}")
        else:
            session.note_decided(assessment_id, name)

    with st.container(horizontal=True):
        st.button(
            "Accept: the floor counts", key=session.widget_key("accept", entry.question_id, entry.signal.id),
            on_click=decide, args=("accepted",),
        )  # fmt: skip
        with st.popover("It is wrong here…"):
            st.text_area(
                "Why does this not hold?", key=reason_key, max_chars=REASON_MAX,
                placeholder="The tests are in a repository of their own.",
            )  # fmt: skip
            st.caption("The reason stays in the ledger, and in the sealed quarter.")
            st.button(
                "Override with this reason", type="primary", on_click=decide, args=("overridden",),
                key=session.widget_key("do-override", entry.question_id, entry.signal.id),
            )  # fmt: skip


def _undo(here: Desk, view: EvidenceView, entry: LedgerEntry, *, key: str) -> None:
    """Take a decision back; that it was taken stays in the history."""
    name = name_of(entry)
    assessment_id = view.assessment.assessment_id

    def undo() -> None:
        session.set_trouble(assessment_id, name, "")
        try:
            reopen_floor(
                here.workplace, here.actor, assessment_id=assessment_id, question_id=entry.question_id,
                signal_id=entry.signal.id, decided_at=entry.decided_at,
            )  # fmt: skip
        except StoreError as refusal:
            session.set_trouble(assessment_id, name, f"Not undone: {refusal}")
        else:
            session.note_decided(assessment_id, "")

    st.button(
        "Undo this decision", key=session.widget_key(key, entry.question_id, entry.signal.id), on_click=undo,
        icon=":material/undo:",
    )  # fmt: skip


def _event_words(event: FloorEvent) -> str:
    why = f": “{event.reason}”" if event.reason else ""
    when = f"{session.local_moment(event.decided_at)} ({numbers.period(event.period)})"
    return f"{DECISION_WORDS[event.decision]} by {event.decided_by}, {when}{why}"


def _history(decisions: Sequence[FloorEvent]) -> None:
    """Everything ever decided about this system's evidence, the newest first."""
    if not decisions:
        return
    with st.expander(f"Every decision so far ({len(decisions)})"):
        small_table(
            "Every decision about this system's evidence, the newest first",
            (
                TableColumn(title="When"),
                TableColumn(title="Quarter"),
                TableColumn(title="Decision"),
                TableColumn(title="By"),
                TableColumn(title="Question and sign", kind="path"),
                TableColumn(title="Reason"),
            ),
            [
                (
                    session.local_moment(event.decided_at),
                    numbers.period(event.period),
                    DECISION_WORDS[event.decision],
                    event.decided_by,
                    f"{event.question_id} {event.signal_id}",
                    event.reason,
                )
                for event in reversed(decisions)
            ],
            key="decisions",
            caption_shown=False,
        )

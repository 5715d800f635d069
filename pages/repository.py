"""Evidence: hand over the repository, see what it shows and where it contradicts an answer, decide.

Not named evidence.py: Streamlit puts this folder first on the path, and that would hide the package of that name.
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from evidence.evidence import Polarity, Signal, State
from evidence.readable import place
from operations.errors import Closed, Conflict, InvalidInput
from operations.records import AssessmentRecord
from operations.repository_evidence import (
    EvidenceView,
    LedgerEntry,
    add_archive,
    add_evidence_json,
    decide_floor,
    read_evidence,
)
from operations.system_view import read_system_view
from pages.place import Desk, chosen_period, chosen_system, desk, put_in_link
from pages.system_picker import pick_system
from ui import numbers, problems, session
from ui.evidence_rows import DEBT, EVERYTHING, SHOWN, UNTOLD, area_groups
from ui.findings import draw_findings
from ui.small_table import TableColumn, small_table
from ui.text import plain

ARCHIVE_MB = 20
UNPARSED_SHOWN = 10


def evidence() -> None:
    """Draw the evidence of the system and quarter the link names."""
    here = desk()
    system_id = chosen_system()
    if system_id is None:
        pick_system(here, "Whose repository is it?", page="repository.py")
        return
    system = read_system_view(here.workplace, here.actor, system_id=system_id)
    wanted = chosen_period()
    assessment = next((a for a in system.assessments if a.period == wanted), None) or (
        system.assessments[-1] if system.assessments else None
    )
    if assessment is None:
        st.title(plain(f"{system.system.name}: repository evidence"), anchor=False)
        if problems.empty("Open a quarter first; evidence belongs to one.", action="Open the system", key="to-system"):
            st.switch_page("system.py", query_params={"system": system_id})
        return
    put_in_link(period=assessment.period)
    view = read_evidence(here.workplace, here.actor, assessment_id=assessment.assessment_id)
    _finding(view)
    if assessment.state == "open":
        _upload(here, assessment, first=view.evidence is None)
    if view.evidence is None:
        if assessment.state == "closed":
            problems.notice("No repository was handed over in this quarter.")
        return
    _ledger(here, view)
    _areas(view)
    _unparsed(view)


def _finding(view: EvidenceView) -> None:
    found = view.evidence
    where = f"{view.system.name}, {numbers.period(view.assessment.period)}"
    if found is None:
        st.title(plain(f"{where}: nothing is known of the repository yet"), anchor=False)
        return
    contradictions = sum(not entry.overridden for entry in view.ledger)
    st.title(plain(f"{where}: {numbers.count(contradictions, 'contradiction')}"), anchor=False)
    debts = view.count(State.FOUND, Polarity.DEBT)
    cares = view.count(State.FOUND, Polarity.CARE)
    blind = view.count(State.UNKNOWN) + view.count(State.NOT_APPLICABLE)
    st.markdown(
        plain(
            f"{found.repository}: {numbers.count(found.files, 'file')}, {numbers.count(found.notebooks, 'notebook')}, "
            f"read as {_article(found.kind.value)}. {numbers.count(debts, 'sign')} of debt, {cares} of care, "
            f"{numbers.count(blind, 'thing')} we could not tell."
        )
    )
    if view.stored is not None:
        st.caption(plain(f"Scanned {session.local_moment(view.stored.collected_at)} by {view.stored.collected_by}."))


def _article(kind: str) -> str:
    return {"application": "an application", "library": "a library", "notebooks": "a set of notebooks"}.get(
        kind, f"a {kind}"
    )


def _upload(here: Desk, assessment: AssessmentRecord, *, first: bool) -> None:
    with st.container(border=True) if first else st.expander("Scan the repository again", icon=":material/upload:"):
        st.markdown(
            "Upload the repository as a **.zip** or **.tar.gz** (for example the source archive your host offers), "
            "or the evidence file of the collector. It is read in a closed-off process, never run, and not kept."
        )
        given = st.file_uploader(
            f"Repository archive (up to {ARCHIVE_MB} MB) or evidence JSON",
            type=["zip", "gz", "tgz", "json"],
            max_upload_size=ARCHIVE_MB,
            key=session.widget_key("archive", assessment.assessment_id, str(session.uploads(assessment.assessment_id))),
        )
        st.caption("Or run this in your checkout and upload the file it writes:")
        st.code("python cli.py scan . --output evidence.json", language=None)  # its colours are too pale to read
        if given is None:
            return
        try:
            with st.status("Reading the repository…", expanded=False):
                if given.name.lower().endswith(".json"):
                    text = given.getvalue().decode("utf-8", errors="replace")
                    add_evidence_json(here.workplace, here.actor, assessment_id=assessment.assessment_id, text=text)
                else:
                    add_archive(
                        here.workplace, here.actor, assessment_id=assessment.assessment_id, archive=given.getvalue(),
                        name=given.name,
                    )  # fmt: skip
        except InvalidInput as refusal:
            problems.problem(f"Nothing was taken from {given.name}.", do=refusal.problem)
            return
        except Closed as refusal:
            problems.problem(f"Nothing was taken from {given.name}.", do=str(refusal))
            return
        session.count_upload(assessment.assessment_id)
        session.say_after_rerun("The repository was read.")
        st.rerun()


def _places(signal: Signal) -> str:
    return "  \n".join(f"`{_code(place(location))}`" for location in signal.locations)


def _code(path: str) -> str:
    return path.replace("`", "'").replace("\n", " ")


def _ledger(here: Desk, view: EvidenceView) -> None:
    """Where an answer and the repository disagree, each to be decided."""
    if not view.ledger:
        st.markdown("**No contradiction.** Nothing that was directly seen disagrees with an answer.")
        return
    st.header("Answer against repository", anchor=False)
    st.caption(
        "Evidence never changes an answer. It raises the least debt that counts, until you override it with a reason."
    )
    for entry in view.ledger:
        with st.container(border=True):
            left, middle, right = st.columns([4, 4, 3])
            with left:
                st.markdown(f"**You said** :small[{plain(entry.question_id)}]")
                st.markdown(plain(entry.question))
                st.markdown(plain(f"Level {entry.level}: {entry.level_text}"))
            with middle:
                st.markdown("**The repository shows**")
                st.markdown(plain(entry.signal.message))
                st.markdown(_places(entry.signal))
            with right:
                _decide(here, view, entry)


def _decide(here: Desk, view: EvidenceView, entry: LedgerEntry) -> None:
    decide = partial(
        decide_floor, here.workplace, here.actor, assessment_id=view.assessment.assessment_id,
        question_id=entry.question_id, signal_id=entry.signal.id, decided_at=entry.decided_at,
    )  # fmt: skip
    if entry.overridden:
        st.markdown(plain(f"Overridden by {entry.decided_by}: {entry.reason}"))
        if view.assessment.state == "open" and st.button(
            "Let it count again", key=session.widget_key("accept", entry.question_id, entry.signal.id)
        ):
            try:
                decide(decision="accepted")
            except Conflict as overtaken:
                problems.problem(str(overtaken))
                return
            st.rerun()
        return
    st.markdown(f"Counts as at least **{numbers.debt(entry.floor)}**")
    st.caption(plain(f"Way out: {entry.signal.fix}"))
    if view.assessment.state == "closed":
        return
    with st.popover("It is wrong here…"):
        reason = st.text_input(
            "Why does this not hold?",
            key=session.widget_key("override", entry.question_id, entry.signal.id),
            max_chars=300,
        )
        if st.button(
            "Override with this reason", key=session.widget_key("do-override", entry.question_id, entry.signal.id)
        ):
            try:
                decide(decision="overridden", reason=reason)
            except (InvalidInput, Conflict) as trouble:
                problems.problem(str(trouble))
                return
            st.rerun()


def _areas(view: EvidenceView) -> None:
    """Every signal in the open: found debt first, and what could not be told said as clearly."""
    st.header("Area by area", anchor=False)
    shown = st.segmented_control(
        "Show", SHOWN, default=EVERYTHING, required=True, key="signals", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    groups = area_groups(view, shown=shown)
    if groups:
        draw_findings(groups, key="areas")
    else:
        st.markdown(NOTHING_SHOWN[shown])


NOTHING_SHOWN = {
    EVERYTHING: "This scan holds no signal.",
    DEBT: "No sign of debt was found. That is no proof that there is none.",
    UNTOLD: "Every signal that applies could be told.",
}


def _unparsed(view: EvidenceView) -> None:
    found = view.evidence
    if found is None or not (found.unparsed or found.notes):
        return
    st.header("What could not be read", anchor=False)
    for note in found.notes:
        st.caption(plain(note))
    if found.unparsed:
        rows = [(unparsed.path, unparsed.reason) for unparsed in found.unparsed]
        columns = (TableColumn(title="File", kind="path"), TableColumn(title="Why"))
        small_table("What could not be read", columns, rows[:UNPARSED_SHOWN], key="unparsed", caption_shown=False)
        if len(rows) > UNPARSED_SHOWN:
            with st.expander(f"The other {numbers.count(len(rows) - UNPARSED_SHOWN, 'file')}"):
                small_table("The others", columns, rows[UNPARSED_SHOWN:], key="unparsed-others", caption_shown=False)


evidence()

"""Evidence: hand over the repository, see what it shows and where it contradicts an answer, decide.

Not named evidence.py: Streamlit puts this folder first on the path, and that would hide the package of that name.
"""

from __future__ import annotations

import streamlit as st

from evidence.evidence import Polarity, State
from operations.errors import Closed, InvalidInput
from operations.records import AssessmentRecord
from operations.repository_evidence import EvidenceView, add_archive, add_evidence_json, read_evidence
from operations.system_view import SystemView, read_system_view
from pages.build_setup import draw_build_setup
from pages.contradictions import draw_ledger
from pages.place import Desk, chosen_period, chosen_system, desk, put_in_link
from pages.system_picker import pick_system
from ui import numbers, problems, session
from ui.area_panel import figure, figures
from ui.evidence_changes import change_groups, change_sentence, draw_scans
from ui.evidence_rows import DEBT, EVERYTHING, SHOWN, UNTOLD, area_groups
from ui.evidence_trend import repositories_sentence
from ui.findings import draw_findings
from ui.hotspots import draw_admitted, draw_hotspots
from ui.small_table import TableColumn, small_table
from ui.text import plain

ARCHIVE_MB = 20
UNPARSED_SHOWN = 10
OTHERS_NAMED = 3
SHORT_COMMIT = 10


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
        _no_quarter(here, system)
        return
    put_in_link(period=assessment.period)
    view = read_evidence(here.workplace, here.actor, assessment_id=assessment.assessment_id)
    _finding(view)
    _hand_over(here, view)
    if view.evidence is None:
        return
    draw_ledger(here, view)
    _changes(view)
    _areas(view)
    _hotspots(view)
    _unparsed(view)


def _no_quarter(here: Desk, system: SystemView) -> None:
    system_id = system.system.system_id
    st.title(plain(f"{system.system.name}: repository evidence"), anchor=False)
    if problems.empty("Open a quarter first; evidence belongs to one.", action="Open the system", key="to-system"):
        st.switch_page("system.py", query_params={"system": system_id})
    with st.expander("Or let your build hand it in; it waits for the quarter", icon=":material/terminal:"):
        draw_build_setup(here, system_id)


def _finding(view: EvidenceView) -> None:
    """What the reader takes away, then four numbers, then what was read."""
    found = view.evidence
    where = f"{view.system.name}, {numbers.period(view.assessment.period)}"
    if found is None:
        st.title(plain(f"{where}: nothing is known of the repository yet"), anchor=False)
        return
    st.title(plain(f"{where}: {_verdict(view)}"), anchor=False)
    debts, cares = view.count(State.FOUND, Polarity.DEBT), view.count(State.FOUND, Polarity.CARE)
    row = figures()
    figure(row, "To decide", str(len(view.open_entries)))
    figure(row, "Signs of debt", str(debts))
    figure(row, "Signs of care", str(cares))
    figure(row, "Could not tell", str(view.count(State.UNKNOWN)))
    read = (
        f"{found.repository}{f' at {found.commit[:SHORT_COMMIT]}' if found.commit else ''}: "
        f"{numbers.count(found.files, 'file')}, {numbers.count(found.notebooks, 'notebook')}, "
        f"read as {_article(found.kind.value)}."
    )
    if view.stored is not None:
        read += f" Scanned {session.local_moment(view.stored.collected_at)} by {view.stored.collected_by}."
    st.caption(plain(read))


def _verdict(view: EvidenceView) -> str:
    undecided, known = len(view.open_entries), len(view.ledger)
    if undecided:
        return f"{numbers.count(undecided, 'contradiction')} to decide"
    if known:
        return "its one contradiction is decided" if known == 1 else f"all {known} contradictions are decided"
    return "no contradiction"


def _article(kind: str) -> str:
    return {"application": "an application", "library": "a library", "notebooks": "a set of notebooks"}.get(
        kind, f"a {kind}"
    )


def _hand_over(here: Desk, view: EvidenceView) -> None:
    """Upload a file, or let the build do it: in the open before the first scan, folded after it."""
    assessment = view.assessment
    if assessment.state == "closed":
        if view.evidence is None:
            problems.notice("No repository was handed over in this quarter.")
        return
    first = view.evidence is None
    label = "Scan again: upload a file, or run it in your build"
    with st.container(border=True) if first else st.expander(label, icon=":material/upload:"):
        by_hand, by_build = st.tabs(["Upload a file", "Run it in your build"])
        with by_hand:
            _upload(here, assessment)
        with by_build:
            draw_build_setup(here, view.system.system_id)


def _upload(here: Desk, assessment: AssessmentRecord) -> None:
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
    if given is None:
        return
    try:
        with st.spinner("Reading the repository…"):
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


def _changes(view: EvidenceView) -> None:
    """What changed since the scan before, and the scans there are."""
    before = view.compared_with
    if view.change is None or before is None:
        st.header("What changed", anchor=False)
        st.markdown(_first_scan(view))
    else:
        st.header(plain(f"What changed since {session.local_day(before.collected_at)}"), anchor=False)
        st.markdown(change_sentence(view.change))
        draw_findings(change_groups(view.change), key="changes")
        names = tuple(dict.fromkeys(scan.repository for scan in view.scans))
        if len(names) > 1:
            st.markdown(plain(repositories_sentence(names)))
    if len(view.scans) > 1:
        with st.expander(f"Every scan ({len(view.scans)})"):
            draw_scans(view.scans, shown=view.stored.evidence_id if view.stored else None)


def _first_scan(view: EvidenceView) -> str:
    """Why nothing is compared. A repository is known by its name: a collector's folder, or an archive's file."""
    own = view.evidence.repository if view.evidence else ""
    others = sorted({scan.repository for scan in view.scans} - {own})[:OTHERS_NAMED]
    if not others:
        return "This is the first scan of this repository. The next one shows what appeared and what is gone."
    return (
        f"This is the first scan of {plain(own)}, so nothing is compared: the others are of "
        f"{', '.join(map(plain, others))}. Where both are one repository, give the archive the same name, or the "
        "collector `--name`."
    )


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


def _hotspots(view: EvidenceView) -> None:
    """Where work hurts most, ranked, and what the authors themselves wrote is owed."""
    found = view.evidence
    if found is None:
        return
    st.header("Where changes cost most", anchor=False)
    if found.hotspots:
        draw_hotspots(found.hotspots)
    else:
        st.markdown(
            "No hotspot is known: they need the git history, and an archive has none. Run the collector in a checkout."
            if found.commit is None
            else "No file was changed in the last twelve months."
        )
    if found.admitted:
        draw_admitted(found.admitted)
    else:
        st.markdown("No comment says that something is owed (TODO, FIXME and their kin).")


def _unparsed(view: EvidenceView) -> None:
    found = view.evidence
    if found is None or not (found.unparsed or found.notes):
        return
    st.header("What was read, and what not", anchor=False)
    for note in found.notes:
        st.caption(plain(note))
    if not found.unparsed:
        return
    rows = [(unparsed.path, unparsed.reason) for unparsed in found.unparsed]
    columns = (TableColumn(title="File", kind="path"), TableColumn(title="Why"))
    small_table("What could not be read", columns, rows[:UNPARSED_SHOWN], key="unparsed", caption_shown=False)
    if len(rows) > UNPARSED_SHOWN:
        with st.expander(f"The other {numbers.count(len(rows) - UNPARSED_SHOWN, 'file')}"):
            small_table("The others", columns, rows[UNPARSED_SHOWN:], key="unparsed-others", caption_shown=False)


evidence()

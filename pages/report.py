"""Report: the review of a quarter as it will be handed on, worded where people want to, in every format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from operations.errors import Conflict, InvalidInput
from operations.reports import DECISIONS_MAX, ReportView, read_report, undo_wording, word_report
from pages.place import Desk, chosen_period, desk, from_link, put_in_link, team_from_link
from reports import marks
from reports.decide import WHAT_MAX, WHEN_MAX, WHO_MAX, WHY_MAX
from reports.formats import FORMATS
from reports.report import Length, Report, ScopeKind
from reports.sources import DecisionWording
from ui import numbers, problems, session
from ui.report_preview import report_charts, report_preview
from ui.small_table import TableColumn, small_table
from ui.text import plain

EVERYTHING = "portfolio"
LENGTHS = {
    Length.EXECUTIVE: "Executive, two pages",
    Length.FULL: "Full, with team pages and appendix",
    Length.HANDOUT: "Handout for a team",
}
REFUSED = "report-refused"
TEAM = "of_team"  #: as on the page of a change: "team" belongs to a widget of the portfolio


def report() -> None:
    """Draw the review the link names."""
    here = desk()
    view = _read(here)
    if view.report.empty and not view.systems:
        st.title("Nothing to report yet", anchor=False)
        if problems.empty(
            "A report is made from assessed systems. Assess one, close its quarter, and the review writes itself.",
            action="Go to the portfolio", key="report-to-portfolio",
        ):  # fmt: skip
            st.switch_page("portfolio.py")
        return
    shown = view.report
    session.choose_period(shown.period)
    st.title(plain(f"The review of {numbers.period(shown.period)}"), anchor=False)
    st.caption("This is page one as it will be. Word it as you like; every format carries the same numbers and footer.")
    _choose(view)
    if view.still_open:
        count = numbers.count(view.still_open, "system is", "systems are")
        problems.notice(
            f"{count} still being assessed in {numbers.period(shown.period)}: numbers may move until they are closed."
        )
    _formats(shown)
    report_preview(shown, key="report-page-one")
    _words(here, view)
    _promises(shown)
    with st.expander("The charts of the other pages"):
        report_charts(shown, key="report-charts")


def _read(here: Desk) -> ReportView:
    """The review of the link; what makes no sense in it counts as not said."""
    slot = st.empty()

    def tell(done: int, of: int, what: str) -> None:
        slot.progress(done / of if of else 1.0, text=plain(what))

    view = read_report(
        here.workplace, here.actor, period=chosen_period(), team=team_from_link(here, TEAM),
        system_id=from_link("system"), length=_length(), progress=tell,
    )  # fmt: skip
    slot.empty()
    put_in_link(period=view.report.period)
    return view


def _length() -> Length:
    said = from_link("length")
    return Length(said) if said in set(Length) else Length.FULL


def _choose(view: ReportView) -> None:
    """Whose review, of which quarter, how long; all of it stands in the link."""
    names = {EVERYTHING: "The portfolio"}
    names |= {f"team {name}": f"Team: {name}" for name in view.teams if name}
    names |= {f"system {one}": f"System: {name} ({team})" for one, name, team in view.systems}
    scope = view.report.scope
    chosen = EVERYTHING if scope.kind is ScopeKind.PORTFOLIO else f"{scope.kind.value} {scope.id}"
    names.setdefault(chosen, scope.words)
    boxes = st.columns([3, 2, 3])
    of, quarter, length = (session.widget_key("report", name) for name in ("of", "quarter", "length"))
    session.feed(of, chosen, version=chosen)
    session.feed(quarter, view.report.period, version=view.report.period)
    session.feed(length, view.report.length, version=view.report.length)

    def choose_of() -> None:
        kind, _, name = str(session.widget_value(of)).partition(" ")
        session.choose_system(name if kind == "system" else None)
        put_in_link(**{"system": name if kind == "system" else None, TEAM: name if kind == "team" else None})

    def choose_quarter() -> None:
        session.choose_period(session.widget_value(quarter))
        put_in_link(period=session.widget_value(quarter))

    boxes[0].selectbox("About", list(names), key=of, format_func=names.__getitem__, on_change=choose_of)
    boxes[1].selectbox(
        "Quarter", list(reversed(view.periods)), key=quarter, format_func=numbers.period, on_change=choose_quarter
    )
    boxes[2].selectbox(
        "Length", list(LENGTHS), key=length, format_func=LENGTHS.__getitem__,
        on_change=lambda: put_in_link(length=str(session.widget_value(length))),
    )  # fmt: skip


def _formats(shown: Report) -> None:
    """A link for each format; the files come by a route of their own, which asks who may have them."""
    asked = {"period": shown.period, "length": shown.length.value}
    if shown.scope.kind is not ScopeKind.PORTFOLIO:
        asked[shown.scope.kind.value] = shown.scope.id
    with st.container(horizontal=True, gap="small", key="report-formats"):
        for form in FORMATS.values():
            st.link_button(
                form.title, f"/export/report.{form.key}?{urlencode(asked)}", help=form.use,
                type="primary" if form.key == "pdf" else "secondary", icon=":material/download:",
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What the words of a report are about, as the person saw it."""

    desk: Desk
    of: dict[str, str | None]  #: team and system_id as the operations take them
    period: str
    rev: int
    proposal: Report
    keys: tuple[str, ...]  #: of the fields: the verdict, then what, why, who, when of each decision


def _words(here: Desk, view: ReportView) -> None:
    """The verdict and the decisions in one's own words, with ours and why they were proposed beside them."""
    scope, period = view.report.scope, view.report.period
    fields = (
        "verdict",
        *(f"{name}-{place}" for place in range(DECISIONS_MAX) for name in ("what", "why", "who", "when")),
    )
    wording = Wording(
        desk=here,
        of={
            "team": scope.id if scope.kind is ScopeKind.TEAM else None,
            "system_id": scope.id if scope.kind is ScopeKind.SYSTEM else None,
        },
        period=period,
        rev=view.wording.rev,
        proposal=view.proposal,
        keys=tuple(session.widget_key("report", scope.id, period, name) for name in fields),
    )
    edited = bool(view.wording.body)
    title = "Words changed by " + view.wording.changed_by if edited else "Change the verdict and the decisions"
    refused = session.take_next(REFUSED)
    if refused is not None:
        problems.problem(refused, do="What stands now is shown; change it again where you still want to.")
    with st.expander(plain(title), expanded=refused is not None, icon=":material/edit:"):
        st.caption(plain(f"We propose: “{view.proposal.verdict.text}” {view.proposal.verdict.because}"))
        with st.form(session.widget_key("report-words", scope.id, period), enter_to_submit=False):
            _fields(view, wording)
            st.form_submit_button("Use these words", type="primary", on_click=_use, args=(wording,))
        row = st.container(horizontal=True)
        row.button(
            "Use the proposal again", key="report-proposal", disabled=not edited, on_click=_ours, args=(wording,)
        )
        row.button(
            "Undo the last change", key="report-undo", disabled=not view.wording.rev, icon=":material/undo:",
            on_click=_undo, args=(wording,),
        )  # fmt: skip


def _fields(view: ReportView, wording: Wording) -> None:
    version = (wording.rev, view.report.footer.digest)
    verdict, *rest = wording.keys
    session.feed(verdict, view.report.verdict.text, version=version)
    st.text_input("Verdict", key=verdict, max_chars=200)
    for place in range(DECISIONS_MAX):
        now = view.report.decisions[place] if place < len(view.report.decisions) else None
        keys = rest[4 * place : 4 * place + 4]
        for key, said in zip(keys, (now.what, now.why, now.who, now.when) if now else ("",) * 4, strict=True):
            session.feed(key, said, version=version)
        st.markdown(f"**Decision {place + 1}**")
        if now is not None and now.because:
            st.caption(plain(now.because))
        st.text_input("What", key=keys[0], max_chars=WHAT_MAX)
        st.text_area("Why", key=keys[1], max_chars=WHY_MAX, height=80)
        boxes = st.columns(2)
        boxes[0].text_input("Who", key=keys[2], max_chars=WHO_MAX)
        boxes[1].text_input("When", key=keys[3], max_chars=WHEN_MAX)


def _use(wording: Wording) -> None:
    """Keep the words of the fields; what says the same as our proposal stays our proposal."""
    verdict, *rest = (str(session.widget_value(key) or "").strip() for key in wording.keys)
    said = [
        DecisionWording(what=rest[n], why=rest[n + 1], who=rest[n + 2], when=rest[n + 3])
        for n in range(0, len(rest), 4)
        if rest[n]
    ]
    own = verdict if verdict not in {"", wording.proposal.verdict.text} else None
    decisions = None if _same(said, wording.proposal) else said

    def change() -> None:
        word_report(
            wording.desk.workplace, wording.desk.actor, period=wording.period, **wording.of, verdict=own,
            decisions=decisions, expected_rev=wording.rev,
        )  # fmt: skip

    _say(change, "The words of the report are changed.", f"Your verdict was: “{verdict}”")


def _ours(wording: Wording) -> None:
    def change() -> None:
        word_report(
            wording.desk.workplace, wording.desk.actor, period=wording.period, **wording.of, verdict=None,
            decisions=None, expected_rev=wording.rev,
        )  # fmt: skip

    _say(change, "Our proposal stands again.", "")


def _undo(wording: Wording) -> None:
    def change() -> None:
        undo_wording(
            wording.desk.workplace, wording.desk.actor, period=wording.period, **wording.of, expected_rev=wording.rev
        )

    _say(change, "The words of the report are put back.", "")


def _say(change: Callable[[], None], done: str, lost: str) -> None:
    """Make a change and say that it is made, or why not, with what would be lost otherwise."""
    try:
        change()
    except InvalidInput as wrong:
        session.show_next(REFUSED, f"{wrong}. Nothing was changed. {lost}")
    except Conflict as overtaken:
        session.show_next(REFUSED, f"{overtaken} Theirs stand, yours were not kept. {lost}")
    else:
        session.say_after_rerun(done)


def _same(said: list[DecisionWording], proposal: Report) -> bool:
    return [(it.what, it.why, it.who, it.when) for it in said] == [
        (it.what, it.why, it.who, it.when) for it in proposal.decisions
    ]


def _promises(shown: Report) -> None:
    """What was promised for the quarter before, and what came of it."""
    if shown.promises is None:
        return
    st.subheader(plain(shown.promises.finding), anchor=False)
    columns = [
        TableColumn(title="Action"), TableColumn(title="System"), TableColumn(title="Owner"),
        TableColumn(title="Became"), TableColumn(title="Due"),
        TableColumn(title="Days", kind="number", note="took / planned"),
        TableColumn(title="Points", kind="number", note="measured / promised"),
    ]  # fmt: skip
    rows = []
    for it in shown.promises.rows:
        took = numbers.days(it.actual_days).split(" ")[0] if it.actual_days is not None else numbers.DASH
        measured = numbers.change(it.measured) if it.measured is not None else numbers.DASH
        promised = numbers.change(it.promised) if it.promised is not None else numbers.DASH
        rows.append(
            [
                it.title, it.system, it.owner or "nobody named", marks.PROMISE_WORDS[it.state],
                numbers.day(it.due) if it.due else "no date", f"{took} / {numbers.days(it.planned_days).split(' ')[0]}",
                f"{measured} / {promised}",
            ]
        )  # fmt: skip
    small_table("Promises and what came of them", columns, rows, key="report-promises", caption_shown=False)


report()

"""System: areas by quarters, the trend, what changed, every question, and closing the quarter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from checklists.reader import DEFAULT_PACK
from operations.assessments import close_assessment
from operations.errors import Conflict, InvalidInput, StoreError
from operations.freshness import doubt_words, read_waiting
from operations.records import WHOLE, AssessmentRecord
from operations.repository_evidence import read_evidence_trend
from operations.scans import Origin
from operations.scores import SYSTEM
from operations.system_view import (
    SystemView,
    explain_whole,
    judged,
    read_area_view,
    read_contradicted,
    read_question_lines,
    read_system_view,
)
from operations.systems import change_system, rename_team
from operations.targets import Place, TargetView, read_targets
from operations.versions import version_on_offer
from operations.wording import TAG_MAX, TAGS_MAX
from operations.workplace import shipped_checklist
from pages.agreement import draw_agreement
from pages.badge import draw_badge
from pages.change import draw_change, latest_change
from pages.dependence import draw_dependence
from pages.other_lenses import other_lenses
from pages.pack_choice import another_checklist, choose_quarters, open_quarter
from pages.place import Desk, chosen_system, desk, from_link, put_in_link
from pages.system_picker import pick_system
from pages.targets import Whose, draw_system_targets, target_button
from pages.withdrawals import draw_withdrawals
from scoring.trend import trend
from ui import numbers, problems, session
from ui.area_panel import (
    answer_words,
    difference,
    draw_area,
    draw_steps,
    estimate_sentence,
    figure,
    figures,
    plan_link,
    votes_words,
)
from ui.charts import TrendAim, TrendPoint, trend_chart
from ui.evidence_trend import draw_evidence_trend
from ui.grids import QUARTERS_SHOWN, TOTAL, system_grid
from ui.heatmap import heatmap, heatmap_sentence, heatmap_table, interval_bar
from ui.target_marks import aimed, system_marks
from ui.target_words import distance_words
from ui.text import plain


def system() -> None:
    """Draw the system the link names."""
    here = desk()
    system_id = chosen_system()
    if system_id is None:
        pick_system(here, "Which system do you want to see?", page="system.py")
        return
    view = read_system_view(here.workplace, here.actor, system_id=system_id, pack=from_link("checklist"))
    latest = latest_change(here, view)
    if latest is not None:
        view = judged(view, latest.comparison, latest.after)
    _finding(view)
    if not view.assessments:
        _open_first(here, view)
        return
    _numbers(view)
    _steps_ahead(here, view)
    choose_quarters(view)
    views = read_targets(here.workplace, here.actor, pack=view.pack)
    draw_system_targets(here, views, _whose(view))
    _heatmap(here, view, views)
    _trend(view, views)
    _repository(here, view)
    draw_change(here, view, latest)
    draw_agreement(here, view)
    draw_dependence(here, view.system.system_id)
    _questions(here, view)
    other_lenses(here, view)
    draw_badge(view)
    draw_withdrawals(here, view)
    _settings(here, view)


def _finding(view: SystemView) -> None:
    total = view.total(view.assessments[-1].period) if view.assessments else None
    name = view.system.name
    if total is None or total.estimate is None:
        st.title(plain(name), anchor=False)
    else:
        rated = [
            (cell.estimate, area)
            for area in (view.areas if view.assessments[-1] in view.shown else ())
            if (cell := view.cells.get((area.id, view.assessments[-1].period))) and cell.estimate is not None
        ]
        worst = max(rated, key=lambda pair: pair[0] or 0.0)[1].title.lower() if rated else ""
        letter = total.band or "not rated yet"
        moved = f", clearly {total.direction} than before" if total.direction else ""
        where = f", {worst} worst" if total.band and worst else ""
        st.title(plain(f"{name}: {letter}{where}{moved}"), anchor=False)
    pack = view.packs[view.assessments[-1].period] if view.assessments else DEFAULT_PACK
    checklist = "" if pack == DEFAULT_PACK else view.titles[pack]
    tags = ", ".join(sorted(view.system.tags, key=str.casefold))
    about = [view.system.team, view.system.decides, view.system.affected, checklist, tags]
    st.caption(plain(" · ".join(part for part in about if part)))


def _open_first(here: Desk, view: SystemView) -> None:
    period = numbers.period(view.next_period)
    if problems.empty("This system was never assessed.", action=f"Open {period}", key="open-first"):
        open_quarter(here, view)
    another_checklist(here, view, key="open-first")
    draw_withdrawals(here, view)
    _settings(here, view)


def _numbers(view: SystemView) -> None:
    latest = view.assessments[-1]
    total = view.total(latest.period)
    scored = view.latest
    row = figures()
    label = f"Debt, {numbers.period(latest.period)}"
    if total is not None and total.estimate is not None:
        debt = numbers.interval(total.estimate, total.low, total.high)
        earlier = [one.period for one in view.shown if one.period < latest.period]
        since = numbers.period(earlier[-1]) if earlier else "before"
        since += ", common questions" if view.common_only else ""
        difference(row, label, debt, total.change, since=since, direction=total.direction)
        figure(row, "Known", numbers.percent(total.coverage))
    else:
        figure(row, label, "–")
        figure(row, "Known", "0 %")
    if scored is not None:
        asked = len(scored.score.questions) + sum(a.state == "not_applicable" for a in scored.answers.values())
        figure(row, "Answered", f"{min(len(scored.answers), asked)} of {asked}")
        against = len(scored.score.contradictions)
        waiting = against if total is None or total.undecided is None else total.undecided
        figure(row, "Contradictions to decide", f"{waiting} of {against}" if against else "0")


def _steps_ahead(here: Desk, view: SystemView) -> None:
    """The one next step: go on answering, close the quarter, or open the next."""
    latest = view.assessments[-1]
    where = {"system": view.system.system_id, "period": latest.period}
    with st.container(horizontal=True, vertical_alignment="center"):
        if latest.state == "open":
            if st.button("Continue the assessment", type="primary", key="continue", icon=":material/edit:"):
                st.switch_page("assess.py", query_params=where)
            if st.button(f"Close {numbers.period(latest.period)}", key="close", icon=":material/lock:"):
                _confirm_close(here, view, latest)
        else:
            if st.button(f"Open {numbers.period(view.next_period)}", type="primary", key="open-next"):
                open_quarter(here, view)
            another_checklist(here, view, key="open-next")
            if st.button("Read the answers", key="read"):
                st.switch_page("assess.py", query_params=where)
        if latest.state == "open" and st.button("Start a workshop", key="workshop", icon=":material/groups:"):
            st.switch_page("workshop.py", query_params={"system": view.system.system_id})
        if st.button("Plan the repayment", key="plan", icon=":material/payments:"):
            st.switch_page("plan.py", query_params={"system": view.system.system_id})
        offered = version_on_offer(here.workplace, here.actor, assessment_id=latest.assessment_id)
        if offered is not None and st.button(
            plain(f"Move to version {offered}"), key="move", icon=":material/move_up:",
            help="Another version of the checklist is on offer; you see what differs first.",
        ):  # fmt: skip
            st.switch_page("move.py", query_params=where)
        if st.button("Repository evidence", key="evidence", icon=":material/folder_code:"):
            st.switch_page("repository.py", query_params=where)
        if latest.state == "closed" and st.button("Report", key="report", icon=":material/description:"):
            st.switch_page("report.py", query_params=where)


@st.dialog("Close the quarter")
def _confirm_close(here: Desk, view: SystemView, assessment: AssessmentRecord) -> None:
    """Say what closing means, then seal."""
    scored = view.latest
    st.markdown(plain(estimate_sentence(scored.score.system)) if scored else "")
    total = view.total(assessment.period)
    if total is not None and total.band is None:
        problems.warning(f"Only {numbers.coverage(total.coverage)}: below 80 % a closed quarter keeps no letter.")
    st.markdown("Closing seals the answers, the evidence and the score under a hash. They can be read, never changed.")
    if st.button(f"Close {numbers.period(assessment.period)} for good", type="primary", key="close-now"):
        try:
            close_assessment(here.workplace, here.actor, assessment_id=assessment.assessment_id)
        except InvalidInput as trouble:
            problems.problem(str(trouble))
            return
        session.say_after_rerun(f"{numbers.period(assessment.period)} is closed and sealed.")
        st.rerun()


def _whose(view: SystemView) -> Whose:
    """The system, its areas and their debts of today, as the form of a target takes them."""
    now = view.shown[-1].period
    areas = {WHOLE: "All areas"} | {area.id: area.title for area in view.areas}
    cells = {area: view.cells.get((area, now)) for area in areas}
    return Whose(
        system_id=view.system.system_id,
        name=view.system.name,
        pack=view.pack,
        areas=areas,
        debts={
            area: cell.estimate
            for area, cell in cells.items()
            if cell is not None and cell.estimate is not None and cell.band
        },
    )


def _heatmap(here: Desk, view: SystemView, views: Mapping[Place, TargetView]) -> None:
    """Areas by quarters with the drawer beside."""
    key = f"system-{view.system.system_id}"
    in_link = (from_link("area"), from_link("quarter"))
    asked = (in_link[0], in_link[1]) if in_link[0] and in_link[1] else None
    opened = session.selected_cell(key) or asked
    left, right = st.columns([5, 4], gap="medium") if opened else (st.container(), None)
    shown = [a.assessment_id for a in view.shown[-QUARTERS_SHOWN:]]
    grid = system_grid(view, contradicted=read_contradicted(here.workplace, here.actor, assessment_ids=shown))
    grid = aimed(grid, system_marks(views, view.system.system_id, view.shown[-1].period))
    with left:
        chosen = heatmap(grid, key=key, selected=asked)
        st.caption(plain(heatmap_sentence(grid)))
        with st.expander("The same as a table"):
            st.dataframe(heatmap_table(grid), hide_index=True, width="stretch")
        st.markdown(f"[Download as CSV](/export/system.csv?{urlencode({'system': view.system.system_id})})")
    put_in_link(area=chosen[0] if chosen else None, quarter=chosen[1] if chosen else None)
    if (chosen is None) != (right is None):
        st.rerun()
    if chosen is None or right is None:
        return
    area_id, period = chosen
    with right, st.container(border=True):
        assessment = next((a for a in view.shown if a.period == period), None)
        if assessment is None:
            problems.notice("This system was not assessed in that quarter. Choose a cell of the heatmap.")
        elif area_id == TOTAL:
            whole = explain_whole(here.workplace, here.actor, assessment_id=assessment.assessment_id)
            st.subheader(f"All areas, {numbers.period(period)}", anchor=False)
            st.markdown(plain(estimate_sentence(whole.estimate)))
            interval_bar(
                whole.estimate.low, whole.estimate.estimate, whole.estimate.high, label="Debt of the whole system"
            )
            _aimed_at(here, view, views, WHOLE)
            plan_link({"system": view.system.system_id, "period": period})
            with st.expander("How this number came about, step by step", expanded=True):
                draw_steps(whole.steps)
        else:
            _aimed_at(here, view, views, area_id)
            draw_area(
                read_area_view(
                    here.workplace, here.actor, system_id=view.system.system_id, period=period, area_id=area_id
                )
            )


def _aimed_at(here: Desk, view: SystemView, views: Mapping[Place, TargetView], area: str) -> None:
    """The target of what is opened, with the button that sets or changes it."""
    found = views.get((view.system.system_id, area))
    whose = _whose(view)
    only = replace(whose, areas={area: whose.areas[area]}) if area in whose.areas else whose
    with st.container(horizontal=True, vertical_alignment="center"):
        if found is not None:
            said = distance_words(found.target, found.distance)
            st.markdown(plain(said[:1].upper() + said[1:]))
        target_button(here, views, only, area=area)


def _trend(view: SystemView, views: Mapping[Place, TargetView]) -> None:
    points = [
        TrendPoint(
            period=a.period,
            estimate=cell.estimate if cell.band else None,  # without a letter a quarter is not rated
            low=cell.low,
            high=cell.high,
            closed=a.state == "closed",
        )
        for a in view.shown
        if (cell := view.cells.get((SYSTEM, a.period))) is not None
    ]
    common = view.common_trend
    if common:
        points = [
            TrendPoint(period=one.period, estimate=one.estimate, low=one.low, high=one.high, closed=one.closed)
            for one in common
        ]
    if len(points) < 2:
        st.caption("The trend appears with the second quarter.")
        return
    said = trend([(point.period, point.estimate) for point in points])
    st.header("Trend", anchor=False)
    trend_chart(points, said, title=said.text, key="trend", aim=_aim(views.get((view.system.system_id, WHOLE))))
    if common:
        versions = ", ".join(dict.fromkeys(one.version for one in common))
        st.caption(
            plain(
                f"The quarters did not ask the same (versions {versions}, core or all). The trend is over the "
                f"{numbers.count(common[-1].questions, 'question')} that each of them asked, by the weights of the "
                "latest; the grid above shows each quarter by its own."
            )
        )


def _aim(view: TargetView | None) -> TrendAim | None:
    """The system's target as the trend draws it."""
    if view is None or view.target.debt is None or view.target.by_period is None:
        return None
    target = view.target
    return TrendAim(
        debt=view.target.debt, period=view.target.by_period, start_debt=target.from_debt,
        start_period=target.from_period,
    )  # fmt: skip


def _repository(here: Desk, view: SystemView) -> None:
    """What the repository shows over the quarters, apart from what people said of it."""
    seen = read_evidence_trend(here.workplace, here.actor, system_id=view.system.system_id)
    if not seen.points:
        return
    draw_evidence_trend(seen)
    if not seen.of(Origin.BACK_FILLED):
        st.caption("The quarters before the first scan appear when the collector runs with `--history 8`.")
    latest = view.assessments[-1]
    st.page_link(
        "repository.py", label="See what was found, and where", icon=":material/folder_code:",
        query_params={"system": view.system.system_id, "period": latest.period},
    )  # fmt: skip


FILTERS = ("All", "Open", "Contradicted", "Disputed", "Stale")


def _questions(here: Desk, view: SystemView) -> None:
    """Every question of the latest quarter."""
    latest = view.assessments[-1]
    st.header("Questions", anchor=False)
    kind = st.segmented_control("Show", FILTERS, default="All", required=True, key="questions", bind="query-params")
    lines = read_question_lines(here.workplace, here.actor, assessment_id=latest.assessment_id)
    found = read_waiting(here.workplace, here.actor, assessment_id=latest.assessment_id)
    waits = {one.question_id: doubt_words(one.doubt, one.confirmed) for one in found}
    kept = [
        line
        for line in lines
        if kind == "All"
        or (kind == "Stale" and line.question.id in waits)
        or (kind == "Open" and (line.answer is None or line.answer.state == "unknown"))
        or (kind == "Contradicted" and line.contradictions)
        or (kind == "Disputed" and line.disputed)
    ]
    if not kept:
        st.caption(f"No question is {kind.lower()}." if kind else "")
        return
    rows = [
        {
            "Id": line.question.id,
            "Question": line.question.text,
            "Answer": answer_words(line),
            "Votes": votes_words(line),
            "Debt": numbers.interval(line.score.debt, line.score.low, line.score.high) if line.score else "–",
            "To confirm": waits.get(line.question.id, ""),
            "Evidence": "; ".join(signal.message for signal in line.signals),
            "Note": line.answer.note if line.answer else "",
        }
        for line in kept
    ]
    if waits:
        _what_waits(view, len(waits))
    filled = [column for column in rows[0] if any(row[column] for row in rows)]
    st.dataframe([{column: row[column] for column in filled} for row in rows], hide_index=True, width="stretch")
    st.markdown(f"[Download as CSV](/export/questions.csv?{urlencode({'assessment': latest.assessment_id})})")
    if latest.state == "closed":
        query = urlencode({"assessment": latest.assessment_id})
        st.markdown(f"[Download the sealed snapshot](/export/snapshot.json?{query})")
        st.caption(f"Sealed under {latest.document_sha256}")


def _what_waits(view: SystemView, count: int) -> None:
    """That answers wait to be confirmed, and what to do about it: now, or when the next quarter is opened."""
    latest = view.assessments[-1]
    words = numbers.count(count, "answer waits", "answers wait")
    if latest.state == "open":
        problems.notice(f"{words} to be confirmed; the interval is wider until then.", do="“Continue the assessment”.")
    else:
        problems.notice(
            f"{words} to be confirmed. The score of a closed quarter stays as it was sealed.",
            do=f"Open {numbers.period(view.next_period)} and confirm or change them there.",
        )


SETTINGS = {
    "name": "Name of the system", "team": "Team", "decides": "What does it decide?", "affected": "Who is affected?"
}  # fmt: skip


def _settings(here: Desk, view: SystemView) -> None:
    """What is said about the system, to change it."""
    known = view.system

    def key(field: str) -> str:
        return session.widget_key("settings", field, known.system_id)

    def given(field: str) -> str:
        return str(session.widget_value(key(field)) or "")

    def save() -> None:
        """Runs before the page is drawn anew, so `known` is what the person had before them."""
        session.set_trouble(known.system_id, "settings", "")
        switches = others.union(switch.id for switch in offered if session.widget_value(key(switch.id)))
        try:
            change_system(
                here.workplace, here.actor, system_id=known.system_id, **{field: given(field) for field in SETTINGS},
                switches=switches, tags=given("tags").split(","), expected_rev=known.rev,
            )  # fmt: skip
        except Conflict:
            mine = "; ".join(f"{label} {given(field)}" for field, label in (*SETTINGS.items(), ("tags", "Tags")))
            session.set_trouble(
                known.system_id, "settings",
                f"Not saved: somebody else changed this meanwhile, and theirs is shown now. You had entered: {mine}",
            )  # fmt: skip
        except (InvalidInput, StoreError) as trouble:
            session.set_trouble(known.system_id, "settings", f"Not saved: {trouble}")
        else:
            session.say_after_rerun("Saved.")

    offered = view.latest.checklist.switches if view.latest is not None else shipped_checklist().switches
    others = known.switches - {switch.id for switch in offered}  # of a checklist used before: they stay as they are
    trouble = session.trouble(known.system_id, "settings")
    with (
        st.expander("About this system", icon=":material/tune:", expanded=bool(trouble)),
        st.form("settings", border=False),
    ):
        if trouble:
            problems.problem(trouble)
        for field, label in SETTINGS.items():
            session.feed(key(field), getattr(known, field), version=known.rev)
            st.text_input(label, key=key(field), max_chars=80 if field in {"name", "team"} else 300)
        session.feed(key("tags"), ", ".join(sorted(known.tags, key=str.casefold)), version=known.rev)
        st.text_input("Tags, with commas between", key=key("tags"), max_chars=TAGS_MAX * (TAG_MAX + 2))
        if offered:
            st.markdown("**What is in it?** An open quarter follows at once; closed ones stay as they are.")
        for switch in offered:
            session.feed(key(switch.id), switch.id in known.switches, version=known.rev)
            st.checkbox(plain(switch.title), key=key(switch.id), help=plain(switch.explanation))
        st.form_submit_button("Save", on_click=save)
    _rename_team(here, view)


def _rename_team(here: Desk, view: SystemView) -> None:
    """Another name for the team of this system, wherever it stands."""
    team = view.system.team
    name_key = session.widget_key("team-name", team)
    trouble = session.trouble(team, "rename")

    def rename() -> None:
        session.set_trouble(team, "rename", "")
        try:
            count = rename_team(here.workplace, here.actor, team=team, name=str(session.widget_value(name_key) or ""))
        except (InvalidInput, StoreError) as refusal:
            session.set_trouble(team, "rename", f"Not renamed: {refusal}")
        else:
            systems = numbers.count(count, "system")
            session.say_after_rerun(f"Renamed: {systems}, class values and old links follow.")

    with st.expander("Another name for its team", icon=":material/groups:", expanded=bool(trouble)):
        if trouble:
            problems.problem(trouble)
        st.markdown(
            "All systems of the team get the new name, and its class values and links come along. Closed quarters keep "
            "the name the team had."
        )
        session.feed(name_key, team, version=team)
        st.text_input("Name of the team", key=name_key, max_chars=80)
        st.button("Rename the team", key="rename-team", on_click=rename)


system()

"""Portfolio: all systems by area for one quarter, or the first step when there is none."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from operations.portfolio import Portfolio, PortfolioRow, direction_of, read_portfolio
from operations.scores import SYSTEM
from operations.system_view import explain_whole, read_area_view, read_contradicted
from pages.pack_choice import choose_shown
from pages.place import Desk, chosen_period, desk, from_link, put_in_link
from scoring.bands import BAND_WORDS, BANDS
from ui import numbers, problems, session
from ui.area_panel import difference, draw_area, draw_steps, estimate_sentence, figure, figures, plan_link
from ui.grids import portfolio_grid
from ui.heatmap import heatmap, heatmap_sentence, heatmap_table, interval_bar
from ui.text import plain

ROWS_A_PAGE = 25
EVERY = "All"
TOTAL = "ALL"  #: the column of the system's own debt


def portfolio() -> None:
    """Draw the overview the link names."""
    here = desk()
    view = read_portfolio(here.workplace, here.actor, period=chosen_period(), pack=from_link("checklist"))
    if not view.rows:
        _first_start(here)
        return
    session.choose_period(view.period)
    _finding(view)
    if view.demonstration:
        _demonstration(here)
    _numbers(view)
    if not view.demonstration and st.button("Assess another system", key="another-system", icon=":material/add:"):
        st.switch_page("create.py")
    _packs(view)
    shown = _filtered(view)
    if not shown:
        problems.empty("No system fits these filters. Take one away to see more.")
        return
    _grid(here, view, shown)


def _first_start(here: Desk) -> None:
    st.title("What does your ML system owe?", anchor=False)
    st.markdown(
        "Arrears asks your team what a system's machine learning owes, holds the answers against its repository, "
        "and shows where the debt is, how sure that is, and how it moves from quarter to quarter."
    )
    with st.container(horizontal=True):
        if st.button("Assess your first system", type="primary", key="first-system"):
            st.switch_page("create.py")
        if st.button("Look around in a demonstration portfolio", key="load-demonstration"):
            from operations.demonstration import load_demonstration  # brings the collector along

            load_demonstration(here.workplace, here.actor, progress=problems.progress("Making the demonstration"))
            st.rerun()
    st.caption(
        "25 minutes alone with the core questions, 90 minutes for a team. Everything stays in one file on this machine."
    )


def _finding(view: Portfolio) -> None:
    """The title says what the quarter shows."""
    rated = view.rated
    heavy = [row for row in rated if row.total and row.total.band in ("D", "E")]
    period = numbers.period(view.period)
    if not rated:
        st.title(f"No system is rated in {period} yet", anchor=False)
        st.caption("A system gets its letter when 80 % of the weight of its questions is known.")
        return
    worst = max(rated, key=lambda row: row.total.estimate if row.total and row.total.estimate is not None else -1)
    if heavy:
        title = f"{numbers.count(len(heavy), 'system')} of {len(rated)} rated in heavy debt in {period}"
    else:
        title = f"No system is in heavy debt in {period}"
    st.title(plain(title), anchor=False)
    st.caption(
        plain(f"The heaviest is {worst.system.name} of {worst.system.team}. Debt runs from 0 to 100; higher is worse.")
    )


def _numbers(view: Portfolio) -> None:
    """At most four numbers."""
    rated = view.rated
    mean, change = view.mean(), view.mean(change=True)
    heavy = sum(1 for row in rated if row.total and row.total.band in ("D", "E"))
    better = sum(1 for row in rated if row.total and row.total.direction == "better")
    worse = sum(1 for row in rated if row.total and row.total.direction == "worse")
    row = figures()
    figure(row, "Systems assessed", f"{len(view.assessed)} of {len(view.rows)}")
    difference(
        row, f"Mean debt of {len(rated)} rated", numbers.debt(mean) if mean is not None else "–", change,
        since=numbers.period(view.compared_with), direction=direction_of(change),
    )  # fmt: skip
    figure(row, "In band D or E", str(heavy))
    figure(row, "Clearly better / worse", f"{better} / {worse}")


def _packs(view: Portfolio) -> None:
    """Where several checklists are in use: which of them is shown. Their numbers never stand side by side."""
    if len(view.packs) < 2:
        return
    titles = {pack.id: f"{pack.title} ({pack.systems})" for pack in view.packs}
    choose_shown("Systems assessed with", titles, shown=view.pack, of="portfolio")
    others = sum(pack.systems for pack in view.packs if pack.id != view.pack)
    stand = "system stands" if others == 1 else "systems stand"
    st.caption(
        f"{others} {stand} under another checklist. Different checklists ask different things: every number "
        "on this page is of one of them."
    )


def _demonstration(here: Desk) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="demonstration"):
        st.badge("Demonstration", icon=":material/science:", color="gray")
        st.caption("Invented systems, teams and answers.", width="content")
        if st.button("Remove the demonstration", key="remove-demonstration", icon=":material/delete:", type="tertiary"):
            from operations.demonstration import remove_demonstration

            remove_demonstration(here.workplace, here.actor)
            session.choose_system(None)
            session.choose_period(None)
            st.query_params.clear()
            session.say_after_rerun("The demonstration portfolio is removed.")
            st.rerun()
        if st.button("Assess your own system", key="own-system", icon=":material/add:", type="tertiary"):
            st.switch_page("create.py")


def _filtered(view: Portfolio) -> list[PortfolioRow]:
    """The rows the filters leave, by team, the heaviest system first."""
    boxes = st.columns([2, 2, 2, 3, 2])
    teams = sorted({row.system.team for row in view.rows})
    team = boxes[0].selectbox("Team", [EVERY, *teams], key="team", bind="query-params")
    bands = [EVERY, *BANDS, "not rated"]
    band = boxes[1].selectbox(
        "Band", bands, key="band", bind="query-params",
        format_func=lambda b: f"{b}, {BAND_WORDS[b]}" if b in BAND_WORDS else b,
    )  # fmt: skip
    sort = boxes[2].selectbox("Order", ["By team", "Heaviest first", "Name"], key="order", bind="query-params")
    words = boxes[3].text_input("Search", key="search", bind="query-params", placeholder="Name of a system or team")
    period_key = session.widget_key("period")
    session.feed(period_key, view.period, version=view.period)

    def choose_period() -> None:
        session.choose_period(session.widget_value(period_key))
        put_in_link(period=session.widget_value(period_key))

    boxes[4].selectbox(
        "Quarter", list(reversed(view.periods)), key=period_key, format_func=numbers.period, on_change=choose_period
    )
    put_in_link(period=view.period)

    def fits(row: PortfolioRow) -> bool:
        rated = row.total.band if row.total else None
        needle = (words or "").strip().casefold()
        return (
            team in (EVERY, row.system.team)
            and (band in (EVERY, rated) or (band == "not rated" and rated is None))
            and (needle in row.system.name.casefold() or needle in row.system.team.casefold())
        )

    def weight(row: PortfolioRow) -> float:
        return row.total.estimate if row.total and row.total.estimate is not None else -1.0

    rows = [row for row in view.rows if fits(row)]
    if sort == "Name":
        return sorted(rows, key=lambda row: row.system.name.casefold())
    if sort == "Heaviest first":
        return sorted(rows, key=lambda row: -weight(row))
    return sorted(rows, key=lambda row: (row.system.team.casefold(), -weight(row), row.system.name.casefold()))


def _grid(here: Desk, view: Portfolio, rows: list[PortfolioRow]) -> None:
    pages = -(-len(rows) // ROWS_A_PAGE)
    page = 1
    if pages > 1:
        page = st.pagination(pages, key="page", bind="query-params")
    here_rows = rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    grouped = from_link("order") in (None, "By team")
    shown = [row.assessment.assessment_id for row in here_rows if row.assessment]
    contradicted = read_contradicted(here.workplace, here.actor, assessment_ids=shown)
    grid = portfolio_grid(view, here_rows, grouped=grouped, contradicted=contradicted)
    wanted = (from_link("system"), from_link("area"))
    asked = (wanted[0], wanted[1]) if wanted[0] and wanted[1] else None
    drawer_open = session.selected_cell("portfolio") or asked
    left, right = st.columns([7, 3], gap="small") if drawer_open else (st.container(), None)
    with left:
        chosen = heatmap(grid, key="portfolio", selected=asked)
        st.caption(plain(heatmap_sentence(grid)))
    put_in_link(system=chosen[0] if chosen else None, area=chosen[1] if chosen else None)
    if (chosen is None) != (right is None):
        st.rerun()
    if chosen is not None and right is not None:
        session.choose_system(chosen[0])
        with right, st.container(border=True):
            _drawer(here, view, chosen)
    with st.expander("The same as a table"):
        st.dataframe(heatmap_table(grid), hide_index=True, width="stretch")
    st.markdown(f"[Download as CSV](/export/portfolio.csv?{urlencode({'period': view.period})})")


def _drawer(here: Desk, view: Portfolio, chosen: tuple[str, str]) -> None:
    """What stands behind a cell, beside the grid."""
    system_id, area_id = chosen
    row = next((row for row in view.rows if row.system.system_id == system_id), None)
    if row is None:
        problems.notice("No such system in this portfolio. Choose a cell of the heatmap.")
        return
    where = {"system": system_id, "period": view.period}
    if row.assessment is None:
        st.subheader(plain(row.system.name), anchor=False)
        st.markdown(f"Not assessed in {numbers.period(view.period)}.")
        st.page_link("assess.py", label="Start the assessment", icon=":material/edit:", query_params=where)
        return
    if area_id == TOTAL:
        total = row.cells[SYSTEM]
        st.subheader(plain(row.system.name), anchor=False)
        st.caption(plain(f"{row.system.team} · {numbers.period(view.period)} · {row.system.decides}"))
        scored = explain_whole(here.workplace, here.actor, assessment_id=row.assessment.assessment_id)
        st.markdown(plain(estimate_sentence(scored.estimate)))
        interval_bar(total.low, total.estimate, total.high, label=f"{row.system.name}: debt and its interval")
        plan_link(where)
        with st.expander("How this number came about, step by step", expanded=True):
            draw_steps(scored.steps)
    else:
        draw_area(read_area_view(here.workplace, here.actor, system_id=system_id, period=view.period, area_id=area_id))
    with st.container(horizontal=True):
        st.page_link("system.py", label="Open the system", icon=":material/open_in_full:", query_params=where)
        st.page_link("assess.py", label="Open the questionnaire", icon=":material/edit:", query_params=where)


portfolio()

"""Where the debt of the portfolio sits: systems by areas with filters that fold away, and a cell opened beside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from operations.portfolio import Portfolio, PortfolioRow
from operations.scores import SYSTEM
from operations.system_view import explain_whole, read_area_view, read_contradicted
from operations.systems import present_team
from operations.targets import read_targets
from pages.place import Desk, from_link, put_in_link
from scoring.bands import BAND_WORDS, BANDS
from ui import numbers, problems, session
from ui.area_panel import draw_area, draw_steps, estimate_sentence, plan_link
from ui.grids import TOTAL, portfolio_grid, team_of, teams_grid, teams_sentence
from ui.heatmap import heatmap, heatmap_sentence, heatmap_table, interval_bar
from ui.link_rows import LinkRow, link_rows
from ui.target_marks import aimed, portfolio_marks
from ui.target_words import distance_words
from ui.text import plain

ROWS_A_PAGE = 25
EVERY = "All"
BY_TEAM, HEAVIEST, BY_NAME, TEAMS = "By team", "Heaviest first", "Name", "Teams only"
FILTERS = ("team", "tag", "band", "areas")  #: as they stand in the link


def draw_heatmap(here: Desk, view: Portfolio) -> None:
    """Draw filters, heatmap and drawer."""
    st.header("Where the debt sits", anchor=False)
    if not view.rows:
        problems.empty(f"No system was there in {numbers.period(view.period)}. Choose another quarter.")
        return
    named = from_link("team")
    if named and all(row.system.team != named for row in view.rows):  # a link from before the team was renamed
        present = present_team(here.workplace, here.actor, team=named)
        if present != named:
            session.put("team", present)
    wish = _wish(view)
    rows = wish.of(view.rows)
    if not rows:
        problems.empty("No system fits these filters. Take one away to see more.")
        return
    wanted = (from_link("system"), from_link("area"))
    asked = (wanted[0], wanted[1]) if wanted[0] and wanted[1] else None
    drawer_open = session.selected_cell("portfolio") or asked
    with st.container(key="portfolio-split"):
        left, right = st.columns([7, 3], gap="small") if drawer_open else (st.container(), None)
    with left, st.container(key="portfolio-grid"):
        chosen = _grid(here, view, rows, wish, asked)
    put_in_link(system=chosen[0] if chosen else None, area=chosen[1] if chosen else None)
    if (chosen is None) != (right is None):
        st.rerun()
    if chosen is not None and right is not None:
        with right, st.container(border=True, key="portfolio-drawer"):
            _drawer(here, view, chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to see: filters and order."""

    words: str
    order: str
    team: str
    tag: str
    band: str
    areas: tuple[str, ...]  #: none: all

    def fits(self, row: PortfolioRow) -> bool:
        """Whether the filters leave this system."""
        rated = row.total.band if row.total else None
        return (
            self.team in (EVERY, row.system.team)
            and (self.tag == EVERY or self.tag in row.system.tags)
            and (self.band in (EVERY, rated) or (self.band == "not rated" and rated is None))
            and any(self.words in word.casefold() for word in (row.system.name, row.system.team, *row.system.tags))
        )

    def weight(self, row: PortfolioRow) -> float:
        """What the worst is the worst by: one area alone where only it is shown, else the system's own debt."""
        cell = row.cells.get(self.areas[0] if len(self.areas) == 1 else SYSTEM)
        return cell.estimate if cell is not None and cell.estimate is not None else -1.0

    def of(self, rows: Iterable[PortfolioRow]) -> list[PortfolioRow]:
        """The rows that fit, in the order asked for."""
        left = [row for row in rows if self.fits(row)]
        if self.order == BY_NAME:
            return sorted(left, key=lambda row: row.system.name.casefold())
        left.sort(key=lambda row: (-self.weight(row), row.system.name.casefold()))
        if self.order == HEAVIEST:
            return left
        worst: dict[str, int] = {}  # the team whose worst system owes the most comes first
        for place, row in enumerate(left):
            worst.setdefault(row.system.team, place)
        return sorted(left, key=lambda row: worst[row.system.team])


def _wish(view: Portfolio) -> Wish:
    """Draw search, order and the folded filters."""
    titles = {area.id: area.title for area in view.areas}
    with st.container(horizontal=True, vertical_alignment="bottom", key="portfolio-filters"):
        words = st.text_input(
            "Search", key="search", bind="query-params", placeholder="Name of a system, a team or a tag",
            width=320, icon=":material/search:",
        )  # fmt: skip
        order = st.selectbox("Order", [BY_TEAM, HEAVIEST, BY_NAME, TEAMS], key="order", bind="query-params", width=170)
        active = sum(bool(st.query_params.get(name)) for name in FILTERS)
        with st.popover(f"Filter ({active})" if active else "Filter", icon=":material/filter_list:"):
            teams = sorted({row.system.team for row in view.rows})
            team = st.selectbox("Team", [EVERY, *teams], key="team", bind="query-params")
            tags = sorted({tag for row in view.rows for tag in row.system.tags}, key=str.casefold)
            tag = st.selectbox("Tag", [EVERY, *tags], key="tag", bind="query-params") if tags else EVERY
            band = st.selectbox(
                "Band", [EVERY, *BANDS, "not rated"], key="band", bind="query-params",
                format_func=lambda b: f"{b}, {BAND_WORDS[b]}" if b in BAND_WORDS else b,
            )  # fmt: skip
            areas = st.multiselect(
                "Areas", list(titles), key="areas", bind="query-params", placeholder="All areas",
                format_func=lambda area: titles.get(area, area),
            )  # fmt: skip
    needle = (words or "").strip().casefold()
    return Wish(words=needle, order=order, team=team, tag=tag, band=band, areas=tuple(areas))


def _grid(
    here: Desk, view: Portfolio, rows: Sequence[PortfolioRow], wish: Wish, asked: tuple[str, str] | None
) -> tuple[str, str] | None:  # fmt: skip
    """One page of rows; returns the chosen cell."""
    teams: dict[str, list[PortfolioRow]] = {}
    for row in rows:
        teams.setdefault(row.system.team, []).append(row)
    count = len(teams) if wish.order == TEAMS else len(rows)
    pages = -(-count // ROWS_A_PAGE)
    page = 1
    if pages > 1:
        page = st.pagination(pages, key="page", bind="query-params")
    start = (page - 1) * ROWS_A_PAGE
    if wish.order == TEAMS:
        named = list(teams)[start : start + ROWS_A_PAGE]
        grid = teams_grid(view, {team: teams[team] for team in named}, areas=wish.areas)
    else:
        shown = rows[start : start + ROWS_A_PAGE]
        grid = portfolio_grid(
            view,
            shown,
            grouped=wish.order == BY_TEAM,
            contradicted=_uncounted(here, shown),
            areas=wish.areas,
            teams=teams,
        )
    grid = aimed(grid, portfolio_marks(read_targets(here.workplace, here.actor, period=view.period, pack=view.pack)))
    chosen = heatmap(grid, key="portfolio", selected=asked)
    st.caption(plain(teams_sentence(grid) if wish.order == TEAMS else heatmap_sentence(grid)))
    with st.expander("The same as a table"):
        st.dataframe(heatmap_table(grid), hide_index=True, width="stretch")
    query = {"period": view.period, **({} if view.sealed else {"rules": "today"})}
    st.markdown(f"[Download all as CSV](/export/portfolio.csv?{urlencode(query)})")
    return chosen


def _uncounted(here: Desk, rows: Sequence[PortfolioRow]) -> frozenset[tuple[str, str]]:
    """Contradictions of scores from before they were counted beside the score."""
    old = [
        row.assessment.assessment_id
        for row in rows
        if row.assessment is not None and row.total is not None and row.total.contradicted is None
    ]
    return read_contradicted(here.workplace, here.actor, assessment_ids=old) if old else frozenset()


def _drawer(here: Desk, view: Portfolio, chosen: tuple[str, str]) -> None:
    """What stands behind a cell, beside the grid."""
    system_id, area_id = chosen
    team = team_of(system_id)
    if team is not None:
        _team(view, team, area_id)
        return
    row = next((row for row in view.rows if row.system.system_id == system_id), None)
    if row is None:
        problems.notice("No such system in this portfolio. Choose a cell of the heatmap.")
        return
    session.choose_system(system_id)
    where = {"system": system_id, "period": view.period}
    targets = read_targets(here.workplace, here.actor, period=view.period, pack=view.pack)
    if found := targets.get((system_id, SYSTEM if area_id == TOTAL else area_id)):
        said = distance_words(found.target, found.distance)
        st.markdown(plain(said[:1].upper() + said[1:]))
    if row.assessment is None:
        st.subheader(plain(row.system.name), anchor=False)
        st.markdown(f"Not assessed in {numbers.period(view.period)}.")
        st.page_link("assess.py", label="Start the assessment", icon=":material/edit:", query_params=where)
        return
    if area_id == TOTAL and SYSTEM in row.cells:
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


def _team(view: Portfolio, team: str, area_id: str) -> None:
    """The systems of a team in one area, the worst first: what a median or a worst cell is made of."""
    title = next((area.title for area in view.areas if area.id == area_id), "All areas")
    inside = SYSTEM if area_id == TOTAL else area_id
    cells = [(row, row.cells.get(inside)) for row in view.rows if row.system.team == team]
    rated = [(row, cell) for row, cell in cells if cell is not None and cell.band is not None]
    rated.sort(key=lambda pair: (-(pair[1].estimate or 0.0), pair[0].system.name.casefold()))
    st.subheader(plain(f"{team}: {title}"), anchor=False)
    without = len(cells) - len(rated)
    st.caption(
        f"{numbers.count(len(rated), 'rated system')}, the worst first"
        + (f"; {without} without a letter here." if without else ".")
    )
    link_rows(
        f"Systems of {team}, {title}",
        [
            LinkRow(
                label=row.system.name,
                href="/system?" + urlencode({"system": row.system.system_id, "period": view.period}),
                value=numbers.debt_with_band(cell.estimate, cell.band),
            )
            for row, cell in rated
        ],
        key="team-drawer",
    )
    st.page_link(
        "report.py", label="The review of this team", icon=":material/description:",
        query_params={"of_team": team, "period": view.period},
    )  # fmt: skip

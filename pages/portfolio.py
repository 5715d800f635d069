"""Portfolio: how a quarter stands in one sentence and four numbers, where the debt is, what moved, what needs you."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from operations.portfolio import Portfolio, read_portfolio, read_portfolio_trend
from operations.records import PORTFOLIO, WHOLE
from operations.verdict import verdict
from pages.pack_choice import choose_shown
from pages.place import Desk, chosen_period, desk, from_link, put_in_link
from pages.portfolio_first import first_start, strip_of_demonstration
from ui import numbers, problems, session
from ui.area_panel import FIGURE_WIDTH, difference, figure, figures
from ui.portfolio_trend import Aim, portfolio_trend, trend_finding, trend_table
from ui.text import plain

TODAY = "today"  #: in the link: closed quarters as they would score under today's rules
HOW_TO_READ = (
    "The debt of the portfolio is the mean of its rated systems; its interval is what it would be with every system at "
    "its best, or at its worst, at once. The line is that mean, the band holds the middle half of the systems. Each "
    "quarter stands as it was sealed; an open dot has systems still open. A dotted line marks a quarter from which on "
    "the checklist or the scoring rules are others, so that the numbers before it do not simply go on."
)


def portfolio() -> None:
    """Draw the overview the link names."""
    here = desk()
    by_today = from_link("rules") == TODAY
    view = read_portfolio(
        here.workplace, here.actor, period=chosen_period(), pack=from_link("checklist"), sealed=not by_today
    )
    if not view.begun:
        first_start(here)
        return
    # Late, here and below: the very first page of all waits for none of it.
    from operations.attention import read_attention
    from pages.portfolio_heatmap import draw_heatmap
    from ui.attention import draw_attention, draw_movers

    session.choose_period(view.period)
    if by_today and view.to_score_anew:
        _score_anew(here, view)
    _finding(view)
    if view.demonstration:
        strip_of_demonstration(here)
    _choices(view)
    _packs(view)
    _numbers(here, view)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _trend(here, view)
    with right:
        draw_movers(view)
        if view.change.count:
            st.page_link(
                "movement.py", label="Why it moved, cause by cause", icon=":material/waterfall_chart:",
                query_params={"since": view.compared_with, "until": view.period},
            )  # fmt: skip
    draw_heatmap(here, view)
    draw_attention(read_attention(here.workplace, here.actor, period=view.period, pack=view.pack), view)


def _finding(view: Portfolio) -> None:
    """The title says what the quarter comes to."""
    st.title(plain(verdict(view)), anchor=False)
    said = f"{len(view.assessed)} of {numbers.count(len(view.rows), 'system')} assessed, {len(view.rated)} rated."
    if not view.rated:
        said += " A system gets its letter when 80 % of the weight of its questions is known."
    else:
        worst = max(view.rated, key=lambda row: (row.total and row.total.estimate) or 0.0)
        said += f" The heaviest is {worst.system.name} of {worst.system.team}."
    if view.change.count:
        both = f"{numbers.count(view.change.count, 'system')} rated in both quarters"
        said += f" Changes since {numbers.period(view.compared_with)} are over the {both}."
    if view.over_common:
        systems = numbers.count(len(view.over_common), "system was", "systems were")
        said += f" {systems} not asked the same then: the change there is over the questions both quarters asked."
    if view.not_compared:
        said += f" Of {view.not_compared} more such systems no change is shown here; their own pages have it."
    st.caption(plain(f"{said} Debt runs from 0 to 100; higher is worse."))


def _score_anew(here: Desk, view: Portfolio) -> None:
    """Score what was sealed under other rules under today's, which may take a while and may be stopped."""
    from operations.rescoring import score_anew

    st.title(f"Scoring {numbers.period(view.period)} under today's rules", anchor=False)
    move = problems.progress(f"{view.to_score_anew} sealed assessments of two quarters")
    st.button("Stop", key="stop-scoring", on_click=lambda: put_in_link(rules=None), icon=":material/stop:")
    st.caption("What is scored by then is kept. The scores these quarters were sealed with stay as they are.")
    score_anew(here.workplace, here.actor, periods=(view.compared_with, view.period), progress=move)
    st.rerun()


def _choices(view: Portfolio) -> None:
    """Which quarter, by which rules; and the way to another system."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="portfolio-choices"):
        period_key = session.widget_key("period")
        session.feed(period_key, view.period, version=view.period)

        def choose_period() -> None:
            session.choose_period(session.widget_value(period_key))
            put_in_link(period=session.widget_value(period_key))

        st.selectbox(
            "Quarter", list(reversed(view.periods)), key=period_key, format_func=numbers.period,
            on_change=choose_period, width=150,
        )  # fmt: skip
        put_in_link(period=view.period)
        _rules(view)
        _ways_on(view)
        if not view.demonstration and st.button("Assess another system", key="another-system", icon=":material/add:"):
            st.switch_page("create.py")


def _ways_on(view: Portfolio) -> None:
    """The pages that take the quarter further."""
    st.page_link("actions.py", label="Actions and targets of all teams", icon=":material/task_alt:")
    st.page_link("connections.py", label="Which system feeds which", icon=":material/hub:", width="content")
    st.page_link(
        "report.py", label="Report", icon=":material/description:", query_params={"period": view.period},
        width="content",
    )  # fmt: skip


def _rules(view: Portfolio) -> None:
    """The switch between what a closed quarter was sealed with and what it would score today."""
    if not any(row.assessment is not None and row.assessment.state == "closed" for row in view.rows):
        return
    key = session.widget_key("rules")
    session.feed(key, not view.sealed, version=int(not view.sealed))

    def choose_rules() -> None:
        put_in_link(rules=TODAY if session.widget_value(key) else None)

    alike = "" if view.sealed_elsewhere else " Here both are the same: all were sealed under today's rules."
    st.toggle(
        "By today's scoring rules", key=key, on_change=choose_rules,
        help=f"A closed quarter stands as it was sealed. This shows how it would score today.{alike}",
    )  # fmt: skip
    if not view.sealed:
        others = numbers.count(view.sealed_elsewhere, "system")
        st.caption(f"{others} of this quarter sealed under other rules.", width="content")


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


def _numbers(here: Desk, view: Portfolio) -> None:
    """Four numbers, each with its change where there is one."""
    from operations.promises import read_promises

    row = figures()
    since = numbers.period(view.compared_with)
    debt = view.debt
    difference(
        row, "Portfolio debt",
        numbers.DASH if debt.debt is None or debt.low is None or debt.high is None
        else numbers.interval(debt.debt, debt.low, debt.high),
        view.change.mean, since=since, direction=view.direction,
    )  # fmt: skip
    heavy = f"{len(view.heavy)} of {len(view.rated)}"
    if view.change.count:
        row.metric(
            "Systems in D or E", heavy, delta=f"{numbers.whole(view.heavy_change)} since {since}",
            delta_color="off" if not view.heavy_change else "red" if view.heavy_change > 0 else "blue",
            delta_arrow="off" if not view.heavy_change else "up" if view.heavy_change > 0 else "down",
            width=FIGURE_WIDTH,
        )  # fmt: skip
    else:
        figure(row, "Systems in D or E", heavy)
    figure(row, "Answered", numbers.DASH if view.answered is None else numbers.percent(view.answered))
    promises = read_promises(here.workplace, here.actor, period=view.compared_with)
    figure(row, f"Promises kept, {since}", f"{promises.kept} of {promises.due}" if promises.due else "none due")


def _trend(here: Desk, view: Portfolio) -> None:
    """The debt of the portfolio over the quarters up to the one shown."""
    from operations.targets import read_targets

    shown = read_portfolio_trend(here.workplace, here.actor, pack=view.pack).upto(view.period)
    aim = read_targets(here.workplace, here.actor, period=view.period, pack=view.pack).get((PORTFOLIO, WHOLE))
    target = None if aim is None else Aim(debt=aim.distance.target, by=aim.target.by_period or "")
    st.markdown(f"**{plain(trend_finding(shown, target=target))}**")
    if not shown.points:
        return
    portfolio_trend(shown, key="portfolio-trend", target=target)
    with st.expander("How to read it, and the same as a table"):
        st.caption(HOW_TO_READ)
        st.dataframe(trend_table(shown), hide_index=True, width="stretch")
        st.markdown(f"[Download as CSV](/export/trend.csv?{urlencode({'checklist': view.pack})})")


portfolio()

"""Change: why the debt of the portfolio, a team or a system moved between any two quarters, and who changed place."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from operations.errors import InvalidInput
from operations.movement import Choices, MovementView, Whose, read_choices, read_movement
from operations.periods import read_period
from pages.pack_choice import choose_shown
from pages.place import Desk, desk, from_link, put_in_link, team_from_link
from ui import numbers, problems, session
from ui.area_panel import figure, figures
from ui.change_words import moved
from ui.movement_chart import ROWS_MAX, movement_chart, movement_table
from ui.movement_words import movement_title, movement_words, notes, one_decimal
from ui.rank_slope import rank_slope, rank_table, rank_title, slope_words
from ui.text import plain

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

#: Names in the link. Not "from", "to" and "team": other pages bind these to widgets of theirs, and Streamlit takes what
#: one page bound out of the link that leads to another.
SINCE, UNTIL, TEAM = "since", "until", "of_team"
EVERYTHING = "portfolio"  #: the choice of the whole portfolio; others are "team <name>" and "system <id>"


def movement() -> None:
    """Draw the change the link names."""
    here = desk()
    system_id, team = from_link("system"), team_from_link(here, TEAM)
    choices = read_choices(here.workplace, here.actor, system_id=system_id, team=None if system_id else team)
    head = st.container()
    before, after = _choose(choices, system_id, team)
    if before is None or after is None:
        head.title("What moved the debt?", anchor=False)
        said = "A change needs two quarters with an assessment. Here is only one so far, or none."
        if problems.empty(said, action="Go to the portfolio", key="back-to-portfolio"):
            st.switch_page("portfolio.py")
        return
    view = _read(here, system_id, team, before, after)
    with head:
        _finding(view)
    _packs(view)
    _way(view)
    _ranks(view)


def _choose(choices: Choices, system_id: str | None, team: str | None) -> tuple[str | None, str | None]:
    """Whose debt, and between which quarters; all of it stands in the link."""
    names = {EVERYTHING: "The portfolio"}
    names |= {f"team {name}": f"Team: {name}" for name in choices.teams}
    names |= {f"system {one.system_id}": f"System: {one.name} ({one.team})" for one in choices.systems}
    shown = f"system {system_id}" if system_id else f"team {team}" if team else EVERYTHING
    if shown not in names:  # a retired system, or a team of retired ones: its past can still be looked at
        names[shown] = shown
    boxes = st.columns([3, 2, 2])
    key = session.widget_key("movement-of")
    session.feed(key, shown, version=shown)

    def choose() -> None:
        kind, _, name = str(session.widget_value(key)).partition(" ")
        put_in_link(system=name if kind == "system" else None, checklist=None)
        put_in_link(**{TEAM: name if kind == "team" else None, SINCE: None, UNTIL: None})

    boxes[0].selectbox("Whose debt", list(names), key=key, format_func=names.__getitem__, on_change=choose)
    periods = choices.periods
    latest = periods.index(choices.latest) if choices.latest in periods else len(periods) - 1
    if len(periods) < 2:
        return None, None
    latest = max(1, latest)
    before = _quarter(boxes[1], "From", SINCE, periods[:-1], periods[latest - 1])
    later = tuple(period for period in periods if period > before)
    after = _quarter(boxes[2], "To", UNTIL, later, periods[latest] if periods[latest] > before else later[-1])
    return before, after


def _quarter(box: DeltaGenerator, label: str, name: str, periods: tuple[str, ...], usual: str) -> str:
    """One of the two quarters: from the link where it can be, else the usual one; kept in the link."""
    try:
        asked = read_period(from_link(name) or "")
    except InvalidInput:
        asked = usual
    shown = asked if asked in periods else usual
    key = session.widget_key("movement", name)
    session.feed(key, shown, version=(shown, periods))

    def choose() -> None:
        put_in_link(**{name: session.widget_value(key)})

    chosen = box.selectbox(label, periods, key=key, format_func=numbers.period, on_change=choose)
    put_in_link(**{name: chosen})
    return chosen or usual


def _read(here: Desk, system_id: str | None, team: str | None, before: str, after: str) -> MovementView:
    """Read the movement; a bar shows how far it is where that takes longer than a moment."""
    slot = st.empty()

    def tell(done: int, of: int, what: str) -> None:
        slot.progress(done / of if of else 1.0, text=plain(what))

    view = read_movement(
        here.workplace, here.actor, before=before, after=after, team=None if system_id else team, system_id=system_id,
        pack=from_link("checklist"), progress=tell,
    )  # fmt: skip
    slot.empty()
    if system_id:
        session.choose_system(system_id)
    return view


def _finding(view: MovementView) -> None:
    """The finding, and at most four numbers."""
    st.title(plain(movement_title(view)), anchor=False)
    whole = view.movement
    row = figures()
    for quarter, debt in ((view.before, whole.before), (view.after, whole.after)):
        figure(row, f"Debt, {numbers.period(quarter)}", numbers.DASH if debt is None else one_decimal(debt))
    figure(row, "Change in points", numbers.DASH if whole.total is None else moved(whole.total))
    if view.whose is not Whose.SYSTEM:
        own = moved(whole.like_for_like)  # what the portfolio page and a report say of these quarters
        figure(row, "Of it, like for like", numbers.DASH if whole.total is None else own)


def _packs(view: MovementView) -> None:
    """Where several checklists are in use: which of them is shown."""
    if len(view.packs) > 1:
        choose_shown("Systems assessed with", view.packs, shown=view.pack, of="movement")


def _way(view: MovementView) -> None:
    """The bars, their words, their table and their file."""
    if view.movement.total is None:
        problems.empty("There is no difference to explain. Choose two quarters in which something is rated.")
        return
    scope = view.single.system_id if view.single else view.name
    movement_chart(view, key=f"movement-{scope}-{view.before}-{view.after}")
    st.caption(plain(" ".join([movement_words(view), *notes(view)])))
    with st.expander("The same as a table"):
        st.dataframe(movement_table(view), hide_index=True, width="stretch")
        st.caption(f"At most {ROWS_MAX:,} lines; the file has all.")
    own = {"system": view.single.system_id} if view.single else {"team": view.name} if view.name else {}
    asked = urlencode({**own, "from": view.before, "to": view.after, "checklist": view.pack})
    st.markdown(f"[Download as CSV](/export/change.csv?{asked})")
    if view.single is not None:
        st.page_link(
            "system.py", label="How sure it is, and which areas: the system", icon=":material/open_in_full:",
            query_params={"system": view.single.system_id, "from": view.before, "to": view.after},
        )  # fmt: skip


def _ranks(view: MovementView) -> None:
    """Who owes more than whom now."""
    if view.whose is Whose.SYSTEM or view.movement.counted_both < 2:
        return
    st.header(plain(rank_title(view)), anchor=False)
    if not view.ranks:
        return
    st.caption(
        "Place 1 owes the most, counted among the systems rated in both quarters; equal debts share a place. Shown are "
        "at most ten, those that moved farthest, then by change of debt."
    )
    rank_slope(view, key=f"ranks-{view.name}-{view.before}-{view.after}")
    st.caption(plain(slope_words(view)))
    with st.expander("The places as a table"):
        st.dataframe(rank_table(view), hide_index=True, width="stretch")


movement()

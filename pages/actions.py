"""Actions: what all teams promised to repay, who does it by when, what is overdue, and how promises were kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from operations.action_board import (
    DUES,
    LATER,
    NEXT_QUARTER,
    NO_DAY,
    OVERDUE,
    STATES,
    THIS_QUARTER,
    ActionFilter,
    Board,
    BoardRow,
    read_board,
)
from operations.errors import InvalidInput
from operations.periods import preceding, read_period, shift
from operations.promises import Outcome, PromiseRow, Promises, measure_actions, read_promises
from pages.action_view import draw_action
from pages.place import Desk, desk, from_link, present_period, put_in_link
from pages.targets import draw_targets
from ui import numbers, problems, session
from ui.action_board import Card, CellKind, Lane, LaneKind, ListedAction, action_board, action_table
from ui.area_panel import figure, figures
from ui.text import plain

EVERY, NOBODY = "All", "Nobody yet"
BY_STATE, BY_QUARTER, TABLE = "Board", "By due date", "Table"
VIEWS = (BY_STATE, BY_QUARTER, TABLE)
LANE_MAX = 12  #: cards in a lane; the table has them all
CLOSED_MAX = 6  #: of the closed ones, the latest
ROWS_A_PAGE = 50
FILTER_WIDTH = 166  #: pixels: two stand side by side on a phone
QUARTERS_BACK = 8  #: of promises that can be looked at
OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.KEPT: "Done in time",
    Outcome.LATE: "Done late",
    Outcome.DROPPED: "Dropped",
    Outcome.OPEN: "Still open",
}


def actions() -> None:
    """Draw the actions the link asks for, and the one it names."""
    here = desk()
    board = read_board(here.workplace, here.actor)
    promises = _promises(here)
    if not board.rows and not promises.rows:
        _nothing_yet(here)
        return
    _finding(board, promises)
    chosen = from_link("action")
    if chosen is None:
        _list(here, board, key="actions")
    else:
        left, right = st.columns([7, 5], gap="medium")
        with right, st.container(border=True, key="action-drawer"):
            draw_action(here, chosen, close=lambda: put_in_link(action=None))
        with left:
            _list(here, board, key="actions")
    _kept(here, promises)
    draw_targets(here)


def _nothing_yet(here: Desk) -> None:
    st.title("No team has promised anything yet", anchor=False)
    if problems.empty(
        "An action is a repayment with an owner and a day. Actions come from a system's plan: it says which "
        "repayments avoid most work within a budget, and “Make these our actions” brings them here.",
        action="Open a plan", key="actions-plan",
    ):  # fmt: skip
        st.switch_page("plan.py")
    draw_targets(here)


def _promises(here: Desk) -> Promises:
    """Of the quarter in the link, else of the last one that is over."""
    try:
        period = read_period(from_link("promised") or "") if from_link("promised") else None
        return read_promises(here.workplace, here.actor, period=period)
    except InvalidInput:
        put_in_link(promised=None)
        return read_promises(here.workplace, here.actor)


def kept_words(promises: Promises) -> str:
    """How the promises of a quarter were kept, in a few words."""
    period = numbers.period(promises.period)
    if not promises.due:
        return f"Nothing was promised for {period}"
    so_far = " so far" if promises.open > promises.overdue else ""
    return f"Promises kept of {period}{so_far}: {promises.kept} of {promises.due}"


def _finding(board: Board, promises: Promises) -> None:
    """The title says what is late; four numbers; then the one thing to look at."""
    pending = [row for row in board.rows if row.action.state == "open"]
    late = [row for row in pending if row.overdue]
    unowned = sum(not row.action.owner for row in pending)
    if late:
        title = f"{numbers.count(len(late), 'action')} overdue of {len(pending)} open"
    elif pending:
        title = f"{numbers.count(len(pending), 'action')} open, none overdue"
    else:
        title = "No action is open"
    st.title(title, anchor=False)
    if late:
        oldest = late[0]
        who = oldest.action.owner or "nobody yet"
        since = numbers.day(oldest.action.due) if oldest.action.due else ""
        st.caption(plain(f"The longest, since {since}: {oldest.action.title} · {oldest.system.name} · {who}"))
    else:
        st.caption("What all teams decided to repay, with an owner and a day each.")
    row = figures()
    figure(row, "Open", str(len(pending)))
    figure(row, "Overdue", str(len(late)))
    figure(row, "Without an owner", str(unowned))
    kept = f"{promises.kept} of {promises.due}" if promises.due else numbers.DASH
    figure(row, f"Promises kept, {numbers.period(promises.period)}", kept)


# -- the list and its filters, all of them in the link --
def _list(here: Desk, board: Board, *, key: str) -> None:
    if not board.rows:
        problems.empty("No system in use has an action. Open a system's plan to make some.")
        return
    wanted = _filter(board)
    rows = board.only(wanted)
    view = _view()
    if not rows:
        problems.empty("No action fits these filters. Take one away to see more.")
    elif view == TABLE:
        _table(here, rows, key=f"{key}-table")
    else:
        lanes = _by_state(rows) if view == BY_STATE else _by_due(rows)
        action_board(
            f"{numbers.count(len(rows), 'action')} as a board", lanes, key=f"{key}-board",
            chosen=from_link("action") or "", take=_open,
        )  # fmt: skip
    query = {
        "team": wanted.team, "system": wanted.system_id, "owner": wanted.owner, "nobody": "1" if wanted.nobody else "",
        "state": wanted.state, "due": wanted.due,
    }  # fmt: skip
    asked = urlencode({name: value for name, value in query.items() if value})
    st.markdown(f"[Download {'these' if asked else 'all'} as CSV](/export/portfolio-actions.csv?{asked})")


def _open(action_id: str) -> None:
    put_in_link(action=action_id)


def _filter(board: Board) -> ActionFilter:
    """Team, system, owner, state and day; a value in the link that is not there any more counts as all."""
    row = st.container(horizontal=True, gap="small")
    team = _choice(row, "Team", {name: name for name in board.teams}, "in")
    systems = {
        system.system_id: f"{system.name} · {system.team}" for system in board.systems if team in {"", system.team}
    }
    system_id = _choice(row, "System", systems, "of")
    owner = _choice(row, "Owner", {NOBODY: NOBODY} | {name: name for name in board.owners}, "owner")
    state = _choice(row, "State", {one: _capital(one) for one in STATES}, "state")
    due = _choice(row, "Due", {one: _capital(one) for one in DUES}, "due")
    nobody = owner == NOBODY
    return ActionFilter(
        team=team, system_id=system_id, owner="" if nobody else owner, nobody=nobody, state=state, due=due
    )


def _choice(row: DeltaGenerator, label: str, options: Mapping[str, str], name: str) -> str:
    """One filter: what the link says under `name`, "" for all; a choice is put into the link."""
    given = from_link(name) or ""
    chosen = given if given in options else ""
    key = session.widget_key("actions", name)
    session.feed(key, chosen, version=(chosen, tuple(options)))
    row.selectbox(
        label, ["", *options], key=key, format_func=lambda one: options.get(one, EVERY), width=FILTER_WIDTH,
        on_change=lambda: put_in_link(**{name: session.widget_value(key) or None}),
    )  # fmt: skip
    return chosen


def _view() -> str:
    """Which of the views is shown: as the link says."""
    asked = from_link("show")
    chosen = asked if asked in VIEWS else BY_STATE
    key = session.widget_key("actions", "show")
    session.feed(key, chosen, version=chosen)
    st.segmented_control(
        "Show as", VIEWS, required=True, key=key, label_visibility="collapsed",
        on_change=lambda: put_in_link(show=session.widget_value(key)),
    )  # fmt: skip
    return chosen


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _href(action_id: str) -> str:
    return f"/actions?{urlencode({'action': action_id})}"


def _when(row: BoardRow) -> str:
    action = row.action
    if action.state == "done":
        return f"Done, took {numbers.days(action.actual_days or 0.0)}"
    if action.state == "dropped":
        return "Dropped"
    if action.due is None:
        return "No day yet"
    return f"{'Overdue since' if row.overdue else 'Due'} {numbers.day(action.due)}"


def _card(row: BoardRow) -> Card:
    said = f" · {numbers.count(row.comments, 'comment')}" if row.comments else ""
    return Card(
        id=row.action.action_id,
        href=_href(row.action.action_id),
        title=row.action.title,
        lines=(_when(row), f"{row.action.owner or NOBODY} · {row.system.name}{said}"),
        late=row.overdue,
    )


def _lane(title: str, rows: Sequence[BoardRow], *, kind: LaneKind = "", empty: str) -> Lane:
    most = CLOSED_MAX if kind == "closed" else LANE_MAX
    left = len(rows) - most
    return Lane(
        title=title,
        cards=tuple(_card(row) for row in rows[:most]),
        count=len(rows),
        kind=kind,
        empty=empty,
        more=f"and {left} more: choose “{TABLE}”" if left > 0 else "",
    )


def _by_state(rows: Sequence[BoardRow]) -> list[Lane]:
    return [
        _lane("Overdue", [r for r in rows if r.overdue], kind="late", empty="Nothing is late."),
        _lane("Open", [r for r in rows if r.action.state == "open" and not r.overdue], empty="Nothing else is open."),
        _lane("Done", [r for r in rows if r.action.state == "done"], kind="closed", empty="Nothing is done yet."),
        _lane("Dropped", [r for r in rows if r.action.state == "dropped"], kind="closed", empty="Nothing was dropped."),
    ]


def _by_due(rows: Sequence[BoardRow]) -> list[Lane]:
    pending = [row for row in rows if row.action.state == "open"]
    titles = {OVERDUE: "Overdue", THIS_QUARTER: "This quarter", NEXT_QUARTER: "Next quarter", LATER: "Later",
              NO_DAY: "No day yet"}  # fmt: skip
    return [
        _lane(
            title, [row for row in pending if row.due == due], kind="late" if due == OVERDUE else "",
            empty="Nothing is late." if due == OVERDUE else "Nothing is due then.",
        )
        for due, title in titles.items()
        if due != NO_DAY or any(row.due == NO_DAY for row in pending)
    ]  # fmt: skip


HEADS: tuple[tuple[str, CellKind], ...] = (
    ("Action", ""), ("System", ""), ("Owner", ""), ("Due", "short"), ("State", "short"), ("Planned", "number"),
    ("Took", "number"), ("Promised", "number"), ("Measured", "number"),
)  # fmt: skip


def _table(here: Desk, rows: Sequence[BoardRow], *, key: str) -> None:
    pages = -(-len(rows) // ROWS_A_PAGE)
    page = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
    shown = rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    effects = measure_actions(here.workplace, here.actor, actions=[row.action for row in shown])
    listed = []
    for row in shown:
        action = row.action
        effect = effects.get(action.action_id)
        took = "" if action.actual_days is None else numbers.days(action.actual_days)
        cells = (
            action.title, row.system.name, action.owner or "Nobody yet",
            numbers.day(action.due) if action.due else "", "Overdue" if row.overdue else _capital(action.state),
            numbers.days(action.planned_days), took, numbers.change(action.debt_target - action.debt_before),
            "" if effect is None else numbers.change(-effect[0]),
        )  # fmt: skip
        listed.append(
            ListedAction(id=action.action_id, href=_href(action.action_id), cells=cells, late=4 if row.overdue else 0)
        )
    action_table(
        f"{numbers.count(len(rows), 'action')} as a table", HEADS, listed, key=key, chosen=from_link("action") or "",
        take=_open,
    )  # fmt: skip
    st.caption("Promised and measured: points of debt of the question, as the next sealed quarter shows them.")


# -- promises kept --
def _kept(here: Desk, promises: Promises) -> None:
    """The promises of one quarter, and the table behind the number."""
    st.header(plain(kept_words(promises)), anchor=False)
    present = present_period(here)
    quarters = sorted({*(shift(present, -back) for back in range(QUARTERS_BACK)), promises.period}, reverse=True)
    key = session.widget_key("promised-quarter")
    session.feed(key, promises.period, version=promises.period)
    st.selectbox(
        "Quarter", quarters, key=key, format_func=numbers.period, width=200,
        on_change=lambda: put_in_link(
            promised=None if (asked := session.widget_value(key)) == preceding(present) else asked
        ),
    )  # fmt: skip
    if not promises.due:
        st.caption("An action is a promise of the quarter its due date lies in. Give your actions a due date.")
        return
    st.markdown(plain(_split(promises)))
    if effect := _effect(promises):
        st.markdown(plain(effect))
    with st.expander(plain(f"The {numbers.count(promises.due, 'promise')} of {numbers.period(promises.period)}")):
        action_table(
            kept_words(promises), PROMISE_HEADS, [_promise(row) for row in promises.rows], key="promises",
            chosen=from_link("action") or "", take=_open,
        )  # fmt: skip
        asked = urlencode({"period": promises.period})
        st.markdown(f"[Download as CSV](/export/promises.csv?{asked})")
    st.caption(
        "An action counts in the quarter it was due in, also when it was put off while the quarter ran. Done in time "
        "means: by its day."
    )


def _split(promises: Promises) -> str:
    counts = (
        (promises.kept, "done in time"), (promises.late, "done late"), (promises.dropped, "dropped"),
        (promises.overdue, "overdue"), (promises.open - promises.overdue, "not due yet"),
    )  # fmt: skip
    said = ", ".join(f"{count} {words}" for count, words in counts if count)
    return f"{said}."


def _effect(promises: Promises) -> str:
    """What the done ones promised, and what the sealed scores show of them; what they cost."""
    done, measured = promises.done, promises.measured
    if not done:
        return ""
    planned = sum(row.action.planned_days for row in done)
    took = sum(row.action.actual_days or 0.0 for row in done)
    said = f"{numbers.count(len(done), 'action')} done took {numbers.days(took)}, planned at {numbers.days(planned)}."
    if not measured:
        return f"{said} Their effect shows when the next quarter is closed."
    promised = sum(row.promised for row in measured) / len(measured)
    shown = sum(row.measured or 0.0 for row in measured) / len(measured)
    return (
        f"{said} On average they promised {numbers.change(-promised)} points of debt of their question; "
        f"the next sealed score shows {numbers.change(-shown)}."
    )


PROMISE_HEADS: tuple[tuple[str, CellKind], ...] = (
    ("Action", ""), ("System", ""), ("Owner", ""), ("Promised for", "short"), ("Outcome", "short"),
    ("Planned", "number"), ("Took", "number"), ("Promised", "number"), ("Measured", "number"),
)  # fmt: skip


def _promise(row: PromiseRow) -> ListedAction:
    action = row.action
    outcome = OUTCOMES[row.outcome] + (f", now due {numbers.day(row.moved_to)}" if row.moved_to else "")
    took = "" if action.actual_days is None else numbers.days(action.actual_days)
    return ListedAction(
        id=action.action_id,
        href=_href(action.action_id),
        cells=(
            action.title,
            row.system.name,
            action.owner or "Nobody yet",
            numbers.day(row.due),
            outcome,
            numbers.days(action.planned_days),
            took,
            numbers.change(-row.promised),
            "" if row.measured is None else numbers.change(-row.measured),
        ),
        late=4 if row.outcome in {Outcome.LATE, Outcome.OPEN} else 0,
    )


actions()

"""What moved and what needs attention, as short lists of links: each leads to the view that shows just that."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from urllib.parse import urlencode

import streamlit as st

from operations.attention import AttentionRow, Kind
from operations.portfolio import Portfolio
from ui import numbers
from ui.link_rows import LinkRow, link_rows

MOVERS_SHOWN = 3
ROWS_SHOWN = 5
REST_SHOWN = 45  #: what is folded travels with every drawing of the page all the same

#: Kind -> the address of the page that shows it, and the head of its list.
PLACES: dict[Kind, tuple[str, str]] = {
    Kind.LEFT_OPEN: ("/assess", "Quarters left open"),
    Kind.NOT_ASSESSED: ("/assess", "Not assessed yet"),
    Kind.CONTRADICTED: ("/evidence", "Contradictions to decide on"),
    Kind.DISPUTED: ("/system", "Votes that are split"),
    Kind.IN_A_LOOP: ("/connections", "Hidden feedback loops"),
    Kind.UNDECLARED: ("/connections", "Undeclared consumers"),
    Kind.STALE: ("/system", "Answers to confirm"),
}


def draw_movers(view: Portfolio) -> None:
    """The systems that became clearly worse and clearly better."""
    worse, better = view.moved("worse"), view.moved("better")
    since = numbers.period(view.compared_with)
    if not view.change.count:
        st.markdown("**Nothing to compare with yet**")
        st.caption(f"No system is rated both in {since} and in {numbers.period(view.period)} by the same questions.")
        return
    counts = [f"{len(found)} clearly {word}" for word, found in (("worse", worse), ("better", better)) if found]
    said = f"{' and '.join(counts)} than in {since}" if counts else f"No system clearly moved since {since}"
    st.markdown(f"**{said}**")
    rows = [*worse[:MOVERS_SHOWN], *better[:MOVERS_SHOWN]]
    if not rows:
        st.caption("Every change is within what repeats of an unchanged system differ by.")
        return
    link_rows(
        f"Systems that moved most since {since}",
        [
            LinkRow(
                label=row.system.name,
                note=row.system.team,
                href="/change?"
                + urlencode({"system": row.system.system_id, "since": view.compared_with, "until": view.period}),
                value=f"{numbers.change(row.total.change or 0.0)} to "
                f"{numbers.debt_with_band(row.total.estimate, row.total.band)}",
                tone="worse" if row.total.direction == "worse" else "better",
            )
            for row in rows
            if row.total is not None
        ],
        key="movers",
    )


def draw_attention(rows: Sequence[AttentionRow], view: Portfolio) -> None:
    """Everything that waits for somebody, kind by kind; long lists fold."""
    st.header("What needs attention", anchor=False)
    if not rows:
        st.caption(
            f"Nothing in {numbers.period(view.period)}: all systems are assessed, nothing is open or in dispute."
        )
        return
    kinds = [(kind, list(found)) for kind, found in groupby(rows, key=lambda row: row.kind)]
    columns = st.columns(2, gap="large")
    for place, (kind, found) in enumerate(kinds):
        address, head = PLACES[kind]
        with columns[place % 2]:
            st.markdown(f"**{head}: {len(found)}**")
            link_rows(head, [_row(row, address) for row in found[:ROWS_SHOWN]], key=f"attention-{kind.name.lower()}")
            rest = found[ROWS_SHOWN:]
            if rest:
                with st.expander(f"The other {len(rest)}"):
                    key = f"attention-{kind.name.lower()}-rest"
                    link_rows(head, [_row(row, address) for row in rest[:REST_SHOWN]], key=key)
                    if len(rest) > REST_SHOWN:
                        st.caption(f"And {len(rest) - REST_SHOWN} more: search for them in the heatmap.")


def _row(row: AttentionRow, address: str) -> LinkRow:
    return LinkRow(
        label=row.system.name, note=row.system.team, said=row.sentence, href=f"{address}?{urlencode(row.link)}"
    )

"""A page that draws the heatmap in another place once a cell is chosen, with a drawer beside it."""

import streamlit as st

from tests.ui.demo_heatmap import grid
from ui import session
from ui.heatmap import heatmap


def page() -> None:
    st.set_page_config(page_title="Moved", layout="wide")
    st.title("Moved", anchor=False)
    opened = session.selected_cell("moved")
    left, right = st.columns([3, 2]) if opened else (st.container(), None)
    with left:
        chosen = heatmap(grid(), key="moved")
    if right is not None:
        right.text(f"drawer: {chosen}")
    st.text(f"runs: {st.session_state.get('runs', 0)}")
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1


if __name__ == "__main__":
    page()

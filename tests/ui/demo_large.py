"""All of 500 systems in one grid."""

import streamlit as st

from tests.ui.demo_heatmap import grid
from ui.heatmap import heatmap


def page() -> None:
    st.set_page_config(page_title="Large", layout="wide")
    st.title("Large", anchor=False)
    heatmap(grid(tuple((f"Team {i // 25}", f"System number {i:03}") for i in range(500))), key="large")
    st.text("drawn")


if __name__ == "__main__":
    page()

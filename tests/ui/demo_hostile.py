"""Text as an attacker, or just a physicist, would write it, in every element that reads Markdown."""

import streamlit as st

from tests.ui.corpus import HOSTILE
from ui.charts import TrendPoint, trend_chart
from ui.heatmap import Cell, ColumnHead, Grid, RowHead, heatmap, interval_bar
from ui.text import plain


class Said:
    line = False


def page() -> None:
    st.set_page_config(page_title="Hostile", layout="wide")
    st.title("Hostile", anchor=False)
    grid = Grid(
        caption=HOSTILE[0],
        corner=HOSTILE[1],
        compared=HOSTILE[2],
        rows=tuple(RowHead(id=text, label=text, note=text, group=text) for text in HOSTILE),
        columns=tuple(ColumnHead(id=str(i), short=text, title=text) for i, text in enumerate(HOSTILE[:3])),
        cells=tuple(
            (
                Cell(kind="score", debt=0.5, band="C"),
                Cell(kind="score", debt=0.5, band="C", label=text),
                Cell(kind="empty"),
            )
            for text in HOSTILE
        ),
    )
    heatmap(grid, key="hostile")
    interval_bar(0.1, 0.2, 0.3, label=HOSTILE[1])
    points = [TrendPoint(period=f"2026Q{i}", estimate=0.5, low=0.4, high=0.6) for i in (1, 2)]
    trend_chart(points, Said(), title=HOSTILE[0], key="trend", name=HOSTILE[1])
    for index, text in enumerate(HOSTILE):
        name = plain(text)
        with st.container(key=f"markdown-{index}"):
            st.markdown(name)
        with st.container(key=f"lines-{index}"):
            st.markdown(plain(text, lines=True))
        with st.container(key=f"caption-{index}"):
            st.caption(name)
        with st.container(key=f"heading-{index}"):
            st.markdown(f"#### {name}")
        with st.container(key=f"error-{index}"):
            st.error(name)
        with st.container(key=f"button-{index}"):
            st.button(name, key=f"b{index}")
        with st.container(key=f"radio-{index}"):
            st.radio(f"r{index}", [name], index=None, key=f"r{index}", label_visibility="collapsed")
        with st.container(key=f"checkbox-{index}"):
            st.checkbox(name, key=f"c{index}")
        with st.container(key=f"expander-{index}"):
            st.expander(name)


if __name__ == "__main__":
    page()

"""A page with a trend of seven quarters: one skipped, one open, one not rated."""

import streamlit as st

from ui.charts import TrendPoint, trend_chart


class Said:
    line = True


def page() -> None:
    st.set_page_config(page_title="Trend", layout="wide", menu_items={"About": "Trend"})
    st.title("Trend", anchor=False)
    points = [
        TrendPoint(period=f"202{5 + i // 4}Q{i % 4 + 1}", estimate=e, low=e - 0.08, high=e + 0.1, closed=i < 6)
        for i, e in enumerate((0.61, 0.58, 0.55, 0.57, 0.49, 0.44, 0.41))
        if i != 3
    ]
    points.append(TrendPoint(period="2024Q4", estimate=None, low=0.2, high=0.9))
    trend_chart(points, Said(), title="Debt falls about 4 points a quarter", key="trend", name="Churn <b>model</b> $x$")


if __name__ == "__main__":
    page()

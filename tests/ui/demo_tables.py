"""Two small tables wider than a phone: one of words, one of quarters."""

import streamlit as st

from ui.frame import frame
from ui.small_table import TableCell, TableColumn, small_table


def page() -> None:
    st.set_page_config(page_title="Tables", layout="wide", menu_items={"About": "Tables"})
    frame()
    st.title("Tables", anchor=False)
    words = ("When", "Quarter", "Decision", "By", "Question and sign", "Reason")
    heads = [TableColumn(title=title) for title in words]
    small_table("Decisions", heads, [[f"{title} it was" for title in words]], key="words")
    quarters = [TableColumn(title=f"Q{number}", kind="share") for number in range(1, 11)]
    row: list[TableCell | str] = ["Configuration", *(TableCell(text="1/3", share=0.3) for _ in quarters)]
    small_table("Quarters", [TableColumn(title="Area"), *quarters], [row], key="quarters")


if __name__ == "__main__":
    page()

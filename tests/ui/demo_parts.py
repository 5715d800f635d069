"""A page with the smaller parts: keys, name, connection watch, problems."""

from datetime import UTC, datetime

import streamlit as st

from ui import problems, session
from ui.frame import frame
from ui.freshness import watch_connection
from ui.identity import ask_name, known_name, remember_name
from ui.keys import help_for, shortcuts, shortcuts_switch


def page() -> None:
    st.set_page_config(page_title="Parts", layout="wide", menu_items={"About": "Parts"})
    frame()
    remember_name()
    st.title("Parts", anchor=False)
    ask_name()
    st.text(f"name: {known_name()}")
    options = [f"{level} level" for level in range(5)] + ["We do not know", "Does not apply"]
    number = session.widget_text("number") or "1"
    radio = f"answer-a1-DAT {number}"  # a space, since ids of people may hold anything

    def keep() -> None:
        st.session_state[f"kept-{number}"] = session.widget_text(radio)

    def following() -> None:
        st.session_state["number"] = str(int(number) + 1)

    st.radio("How bad is it?", options, index=None, key=radio, on_change=keep)
    st.text(f"first answer: {st.session_state.get('kept-1')}")
    st.text_input("Note", key="note")
    st.text(f"question {number}")
    st.button("Next question", key="next", type="primary", on_click=following)
    st.segmented_control("Which questions", ["Core", "All"], default="Core")
    shortcuts_switch()
    names = ("0", "1", "2", "3", "4", "u", "n")
    targets = {name: f"{radio}#{place}" for place, name in enumerate(names, start=1)}
    shortcuts({**targets, "Enter": "next", "ArrowRight": "next"}, key="keys")
    st.caption(help_for(5))
    problems.problem(
        "The quarter was not closed.", safe="All answers are saved.", do="Try again.", details=["![x](http://x/y.png)"]
    )
    problems.warning("Two answers contradict the repository.", do="Look at the evidence page.")
    problems.notice("Last quarter's answers are folded.")
    problems.empty("No system is here yet.", action="Assess your first system", key="first")
    watch_connection(datetime(2026, 11, 20, 12, 3, 11, tzinfo=UTC), address="_stcore/health", seconds=0.5)


if __name__ == "__main__":
    page()

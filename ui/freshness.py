"""Connection lost: a headless watch that says so when the server is gone, what is safe and what to do."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from ui import numbers
from ui.components import colour_variables, source

_component = st.components.v2.component(
    "arrears_freshness",
    html=source("freshness.html"),
    css=colour_variables(".lost") + source("freshness.css"),
    js=source("freshness.js"),
)


def watch_connection(
    last_saved: datetime | str | None = None, *, address: str = "healthz", seconds: float = 3.0
) -> None:
    """Watch the server from the browser; after two failures in a row show a bar, and take it away when it is back.

    `last_saved` is when this tab's last answer was acknowledged, in the reader's time (or already written as text).
    `address` is asked every `seconds` seconds, relative to the page; hidden tabs do not ask.
    """
    _component(
        key="arrears-freshness",
        data={"message": lost_message(last_saved), "address": address, "seconds": seconds},
    )


def lost_message(last_saved: datetime | str | None) -> str:
    """Say what a person should know when the server is gone: what is safe, and what to do."""
    when = numbers.clock(last_saved) if isinstance(last_saved, datetime) else last_saved
    safe = (
        f"Your last saved answer is from {when}; anything after it is not saved." if when else "Saved answers are safe."
    )
    return f"Connection lost. {safe} Wait a moment, then reload."

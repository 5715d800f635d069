"""The badge of a system: the line to copy into a README, and where it can be seen."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import streamlit as st

from operations.badges import badge_markdown
from operations.system_view import SystemView


def draw_badge(view: SystemView) -> None:
    """Show the Markdown that puts the badge elsewhere.

    The badge itself is a link away: no picture stands in our pages, so that one that does was smuggled in.
    """
    parts = urlsplit(st.context.url or "")
    address = f"{parts.scheme}://{parts.netloc}" if parts.netloc else "http://127.0.0.1:8501"
    system_id = view.system.system_id
    with st.expander("Badge for a README", icon=":material/sell:"):
        st.code(badge_markdown(system_id, address=address), language="markdown")
        st.markdown(f"[See how it looks](/badge/{quote(system_id, safe='')}.svg)")
        st.caption(
            "It shows letter and debt of the latest quarter that has a letter, and is at most five minutes old. "
            "Arrears answers this machine only, so others see it where you can: in a preview here, or behind a tunnel."
        )

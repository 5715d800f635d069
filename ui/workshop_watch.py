"""Following a workshop: the browser asks a small address whether something moved, and only then draws the page anew."""

from __future__ import annotations

import streamlit as st

from ui.components import source

LOOK_EVERY_SECONDS = 2
ADDRESS = "workshop-seq/"  #: below the page's own folder; answers with the counter alone

_component = st.components.v2.component(
    "arrears_workshop_watch",
    html="<p class='watched'></p>",
    css=source("workshop_watch.css"),
    js=source("workshop_watch.js"),
)


@st.fragment
def watch_workshop(workshop_id: str, *, change_seq: int, key: str, seconds: float = LOOK_EVERY_SECONDS) -> None:
    """Show when the page was last up to date. `change_seq` is what it shows now; another one draws it anew.

    A fragment, because Streamlit drops a click whose run has not begun when another run of the whole page is asked for
    from outside; a fragment's run waits behind it.
    """
    said = _component(
        key=key,
        data={"address": f"{ADDRESS}{workshop_id}", "seq": change_seq, "seconds": seconds},
        on_moved_change=lambda: None,  # the run it starts is all that is wanted
    )
    if said.moved is not None and said.moved != change_seq:
        st.rerun(scope="app")

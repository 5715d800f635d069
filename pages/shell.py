"""The shell around every page: navigation, who is here, what a missing thing or a full disk looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from operations.errors import InvalidInput, NotFound, StorageFull, StoreError
from pages.place import PROJECTOR, desk, from_link
from pages.system_picker import switch_system
from ui import problems, session
from ui.frame import ICON, frame
from ui.freshness import watch_connection
from ui.identity import ask_name, remember_name

if TYPE_CHECKING:
    from streamlit.commands.page_config import MenuItems

PORTFOLIO = st.Page("portfolio.py", title="Portfolio", url_path="portfolio", default=True)
SEARCH = st.Page("search.py", title="Search", url_path="search", visibility="hidden")
PAGES = [
    PORTFOLIO,
    st.Page("system.py", title="System", url_path="system"),
    st.Page("assess.py", title="Assess", url_path="assess"),
    st.Page("repository.py", title="Evidence", url_path="evidence"),
    st.Page("plan.py", title="Plan", url_path="plan"),
    st.Page("workshop.py", title="Workshop", url_path="workshop"),
    st.Page("report.py", title="Report", url_path="report"),
    st.Page("about.py", title="About", url_path="about"),
    st.Page("movement.py", title="Change", url_path="change", visibility="hidden"),
    st.Page("actions.py", title="Actions", url_path="actions", visibility="hidden"),
    SEARCH,
    st.Page("move.py", title="Another version", url_path="move", visibility="hidden"),
    st.Page("create.py", title="New system", url_path="create", visibility="hidden"),
    st.Page("connections.py", title="Connections", url_path="connections", visibility="hidden"),
]


#: The pages that speak of one system.
ABOUT_A_SYSTEM = ("system", "assess", "evidence", "plan", "workshop", "move")
#: With an entry of our own Streamlit shows its menu, and in it the switch between light and dark.
MENU: MenuItems = {"About": "Arrears: what does your machine-learning system owe?"}


def shell() -> None:
    """Draw the page the link names inside the common frame."""
    st.set_page_config(page_title="Arrears", page_icon=ICON, layout="wide", menu_items=MENU)
    alone = from_link("view") == PROJECTOR  # nothing but what a room is to read
    page = st.navigation(PAGES, position="hidden" if alone else "top")
    frame()
    remember_name()
    if not alone:
        _header(page.url_path)
    for message in session.take_messages():
        problems.done(message)
    try:
        page.run()
    except NotFound as missing:
        session.choose_system(None)  # or each page opened next would ask for it again
        problems.notice(str(missing))
        st.page_link(PORTFOLIO, label="Back to the portfolio", icon=":material/arrow_back:")
    except StorageFull as full:
        problems.problem(str(full))
    except (StoreError, InvalidInput) as trouble:
        problems.problem(str(trouble), do="Reload the page; if it stays, see the about page for a backup.")
    watch_connection(last_saved=session.last_saved())


def _header(address: str) -> None:
    """The chosen system, the way to the search, and who is answering."""
    with st.container(key="arrears-header", horizontal=True, gap="xsmall", vertical_alignment="center"):
        if address in ABOUT_A_SYSTEM:
            switch_system(desk(), with_quarter=address not in {"system", "workshop"})
        with st.container(key="arrears-search", width="content"):
            st.page_link(SEARCH, label="Search", icon=":material/search:", help="Search everything. Key: /")
        with st.container(key="arrears-name", width="content"):
            ask_name()


shell()

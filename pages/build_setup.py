"""Run the collector in a team's own build: its tokens, what to write into the build, and where it comes from."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import streamlit as st

from evidence.package import FILE_NAME
from evidence.snippets import QUARTERS, SECRET, github_actions, gitlab_ci
from operations.errors import AlreadyThere, InvalidInput, StoreError
from operations.records import TokenRecord
from operations.repository_evidence import make_token, read_tokens, revoke_token
from pages.place import Desk
from ui import problems, session
from ui.text import plain

NAME_MAX = 80
ADDRESS = re.compile(r"https?://[\w.:\[\]-]+", re.ASCII)
THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


def command(address: str) -> str:
    """The lines for a terminal in a checkout."""
    return (
        f"curl --fail --silent --show-error --output {FILE_NAME} {address}/collector.pyz\n"
        f"export {SECRET}=  # the token, behind the =\n"
        f"python {FILE_NAME} scan . --history {QUARTERS} --push {address}"
    )


#: Where it runs, what to do with the piece, and the piece for the address of this Arrears.
BUILDS: Final[dict[str, tuple[str, Callable[[str], str]]]] = {
    "GitHub Actions": (f"A file of its own. The token becomes the repository secret {SECRET}.", github_actions),
    "GitLab CI": (f"Add this job. The token becomes the variable {SECRET}, masked and protected.", gitlab_ci),
    "Any terminal": ("Run this in a checkout.", command),
}


def draw_build_setup(here: Desk, system_id: str) -> None:
    """Two steps, a token and the lines for the build, and the collector itself for whoever wants to try it by hand."""
    address = _address()
    st.markdown(
        "The collector is one file that runs on a bare Python 3.11 or newer. It reads your checkout where it lies, "
        "runs nothing of it, and hands in names, counts and places, never your source. The open quarter then goes by "
        "its scan."
    )
    _tokens(here, system_id)
    st.markdown("**2. Put this into your build**")
    if (urlsplit(address).hostname or "") in THIS_MACHINE:
        st.caption(  # as code, which stands letter by letter: whoever copies it gets no invisible sign with it
            f"This Arrears answers at `{address}`, on this machine only, so a build elsewhere cannot reach it: use "
            "“Any terminal” here, or let the build keep its evidence.json and upload that file."
        )
    for tab, (what, piece) in zip(st.tabs(list(BUILDS)), BUILDS.values(), strict=True):
        with tab:
            st.caption(plain(what))
            st.code(piece(address), language=None)  # its colours are too pale to read
    st.markdown(f"[Download the collector](/collector.pyz) to try it by hand: `python {FILE_NAME} scan --help`.")


def _address() -> str:
    """Where this Arrears is, as the browser asked for it."""
    parts = urlsplit(st.context.url or "")
    address = f"{parts.scheme}://{parts.netloc}"
    return address if ADDRESS.fullmatch(address) else "http://127.0.0.1:8501"


@st.fragment
def _tokens(here: Desk, system_id: str) -> None:
    """The tokens in use, and making one: its secret is drawn once, by the run that made it."""
    st.markdown("**1. Make a token for this system**")
    with (
        st.form("make-token", border=False, clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        name = st.text_input(
            "Where will it be used?", max_chars=NAME_MAX, placeholder="GitHub Actions", width=320,
            key=session.widget_key("token-name"),
        )  # fmt: skip
        submitted = st.form_submit_button("Make a token", icon=":material/key:", key="token-submit")
    if submitted:
        _make(here, system_id, name)
    try:
        tokens = read_tokens(here.workplace, here.actor, system_id=system_id)
    except StoreError as trouble:
        problems.problem(str(trouble))  # a fragment runs outside the shell, which would say it
        return
    in_use = [token for token in tokens if token.revoked_at is None]
    revoked = [token for token in tokens if token.revoked_at is not None]
    if not in_use:
        st.caption("No token is in use: no build can hand in evidence of this system.")
    for token in in_use:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(token.name)}**  \n:small[{plain(_words(token))}]", width=320)
            _revoke(here, token)
    if revoked:
        with st.expander(f"Revoked ({len(revoked)})"):
            for token in revoked:
                when = session.local_moment(token.revoked_at or "")
                st.caption(plain(f"{token.name}: {_words(token)}; revoked {when} by {token.revoked_by}"))


def _words(token: TokenRecord) -> str:
    used = f"last used {session.local_moment(token.last_used_at)}" if token.last_used_at else "never used"
    return f"made {session.local_day(token.made_at)} by {token.made_by}, {used}"


def _make(here: Desk, system_id: str, name: str) -> None:
    try:
        made = make_token(here.workplace, here.actor, system_id=system_id, name=name)
    except (AlreadyThere, InvalidInput, StoreError) as refusal:
        problems.problem(f"No token was made: {refusal}")
        return
    with st.container(border=True, key="token-secret"):
        st.markdown(f"**{plain(made.token.name)}: copy this now. It is shown this once and kept nowhere.**")
        st.code(made.secret, language=None, wrap_lines=True)
        st.caption(
            f"Store it in your build under the name {SECRET}. Whoever has it can hand in evidence of this system, and "
            "nothing else. If it is lost, revoke it and make a new one."
        )


def _revoke(here: Desk, token: TokenRecord) -> None:
    """Say what revoking means, then do it."""

    def revoke() -> None:
        try:
            revoke_token(here.workplace, here.actor, system_id=token.system_id, token_id=token.token_id)
        except StoreError as refusal:
            problems.attention(f"Not revoked: {refusal}")
        else:
            problems.done(f"{token.name} is revoked.")

    with st.popover("Revoke…"):
        st.markdown(plain(f"Builds that use “{token.name}” can hand in nothing from now on. This cannot be undone."))
        st.button(
            "Revoke it for good", type="primary", on_click=revoke, key=session.widget_key("revoke", token.token_id)
        )

"""Run the collector in a team's own build: where to get it, what to write into the build, and its tokens."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from operations.errors import AlreadyThere, InvalidInput, StoreError
from operations.records import TokenRecord
from operations.repository_evidence import make_token, read_tokens, revoke_token
from pages.place import Desk
from ui import problems, session
from ui.text import plain

NAME_MAX = 80
LOCAL = {"127.0.0.1", "localhost", "::1"}


def draw_build_setup(here: Desk, system_id: str) -> None:
    """Three steps: a token, the lines for the build, and where the collector comes from."""
    address = _address()
    st.markdown(
        "The collector is one file that runs on Python 3.11 or newer, nothing installed. It reads your checkout where "
        "it lies and hands in names, counts and places, never your source. Its scan goes to the open quarter at once."
    )
    _tokens(here, system_id)
    st.markdown("**2. Put this into your build**")
    st.code(_command(address), language=None)  # its colours are too pale to read
    if (urlsplit(address).hostname or "") in LOCAL:
        st.caption(
            plain(
                f"This Arrears listens on {address}, on this machine only: a build elsewhere cannot reach it. Run the "
                "last one here, or let the build keep the evidence file and upload that."
            )
        )
    st.markdown("[Download the collector](/collector.pyz) to try it by hand; the lines above fetch it themselves.")


def _command(address: str) -> str:
    return (
        f"curl -fsSLO {address}/collector.pyz\n"
        f"ARREARS_TOKEN=... python collector.pyz scan . --history 8 --push {address}"
    )


def _address() -> str:
    """Where this Arrears is, as the browser asked for it."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else "http://127.0.0.1:8501"


def _tokens(here: Desk, system_id: str) -> None:
    tokens = read_tokens(here.workplace, here.actor, system_id=system_id)
    in_use = [token for token in tokens if token.revoked_at is None]
    revoked = [token for token in tokens if token.revoked_at is not None]
    st.markdown("**1. Make a token for this system**")
    if not in_use:
        st.caption("No token is in use: no build can hand in evidence of this system.")
    for token in in_use:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(token.name)}**  \n:small[{plain(_token_words(token))}]", width="stretch")
            if st.button("Revoke", key=session.widget_key("revoke", token.token_id)):
                _confirm_revoke(here, token)
    if st.button("Make a token", key="make-token", icon=":material/key:"):
        _make(here, system_id)
    if revoked:
        with st.expander(f"Revoked ({len(revoked)})"):
            for token in revoked:
                st.caption(
                    plain(
                        f"{token.name}: {_token_words(token)}; revoked {session.local_moment(token.revoked_at or '')} "
                        f"by {token.revoked_by}"
                    )
                )


def _token_words(token: TokenRecord) -> str:
    used = f"last used {session.local_moment(token.last_used_at)}" if token.last_used_at else "never used"
    return f"made {session.local_day(token.made_at)} by {token.made_by}, {used}"


@st.dialog("Make a token")
def _make(here: Desk, system_id: str) -> None:
    """Ask where it is used, make it, and show its secret this once: closing the dialog is the end of it."""
    with st.form("make-token-form", border=False):
        name = st.text_input(
            "Where is it used?", max_chars=NAME_MAX, placeholder="GitHub Actions", key=session.widget_key("token-name")
        )
        submitted = st.form_submit_button("Make it", type="primary", key="token-submit")
    if not submitted:
        st.caption(
            "It opens one door: handing in evidence of this system. Anybody who has it can do that, and only that."
        )
        return
    try:
        made = make_token(here.workplace, here.actor, system_id=system_id, name=name)
    except (AlreadyThere, InvalidInput, StoreError) as refusal:
        problems.problem(str(refusal))
        return
    st.markdown(f"**{plain(made.token.name)}: copy it now. It is shown this once and kept nowhere.**")
    st.code(made.secret, language=None)
    st.caption("Store it in your build as the secret ARREARS_TOKEN. If it is lost, revoke it and make a new one.")
    if st.button("I have stored it", key="token-stored"):
        st.rerun()


@st.dialog("Revoke the token")
def _confirm_revoke(here: Desk, token: TokenRecord) -> None:
    """Say what it means, then revoke."""
    st.markdown(plain(f"Builds that use “{token.name}” can hand in nothing from now on. This cannot be undone."))
    st.caption(plain(_token_words(token).capitalize() + "."))
    if st.button("Revoke it for good", type="primary", key="revoke-now"):
        try:
            revoke_token(here.workplace, here.actor, system_id=token.system_id, token_id=token.token_id)
        except StoreError as refusal:
            problems.problem(str(refusal))
            return
        session.say_after_rerun(f"{token.name} is revoked.")
        st.rerun()

"""The headers every answer carries: what the browser may load, whom it may tell, who may frame it."""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from functools import lru_cache
from pathlib import Path

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from door.guests import is_of_the_vote
from door.refusal import refusal

_LOG = logging.getLogger(__name__)

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)

#: What a browser is told beside the content policy. docs/decisions/0005-content-security-policy.md has the reasons.
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # ids stand in our addresses; no-referrer would blank the Origin of our own forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",  # no other site may embed an export or a script of ours
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@lru_cache(maxsize=1)
def inline_scripts() -> tuple[str, ...]:
    """The CSP hashes of the scripts written into Streamlit's own index page, read from the installed copy."""
    index = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE_SCRIPT.findall(index))
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def content_security_policy(host: str) -> str:
    """The policy for pages served under `host` (name and port, already checked by the guard).

    Nothing comes from another host: no script, style, font or image, so that a link planted in a note can neither
    run nor report who read it.
    """
    directives = {
        "default-src": "'self'",
        # blob: because Streamlit loads the script of our heatmap through a blob of its own making. Only a script that
        # already runs can make one, so this opens nothing to text a user typed; never 'unsafe-inline', never eval.
        "script-src": " ".join(("'self'", "blob:", "'wasm-unsafe-eval'", *inline_scripts())),
        "style-src": "'self' 'unsafe-inline'",  # every widget of Streamlit writes its styles at run time
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": f"'self' ws://{host} wss://{host}",  # some browsers do not count the websocket as 'self'
        "worker-src": "'none'",  # none of the elements we use starts one
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-src": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


#: The policy of the vote: its own two files and nothing else; nothing inline, no Streamlit.
GUEST_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)


#: A badge is a picture that stands on other pages; opened by itself it may load nothing and run nothing. The page it
#: stands on sees its size and no pixel of it, and has to know an id that cannot be guessed.
BADGE = re.compile(r"/badge/[^/]+\.svg")
BADGE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
BADGE_HEADERS = {**FIXED, "Cross-Origin-Resource-Policy": "cross-origin"}


class SafeHeaders:
    """Pure-ASGI middleware, the outermost: adds the headers to every HTTP answer, also to refusals and failures."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "")
        shown = content_security_policy(host if re.fullmatch(r"[\w.\[\]:-]+", host, re.ASCII) else "localhost")
        policy = GUEST_POLICY if is_of_the_vote(scope) else shown
        of_a_badge = BADGE.fullmatch(str(scope.get("path", ""))) is not None
        answered = False

        async def send_with_headers(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = True
                headers = MutableHeaders(scope=message)
                drawn = of_a_badge and message["status"] in {200, 304}
                headers["Content-Security-Policy"] = BADGE_POLICY if drawn else policy
                for name, value in (BADGE_HEADERS if drawn else FIXED).items():
                    headers[name] = value
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception:
            if answered:
                raise
            _LOG.exception("A request to %s failed.", scope["path"])
            sentence = "Something went wrong on our side. Reload the page; the log has the details."
            await refusal(scope, 500, sentence)(scope, receive, send_with_headers)

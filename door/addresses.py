"""Which of Streamlit's own addresses are open. What the pages do not need answers 404."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

from door.refusal import refusal

CORE = "/_stcore/"
STREAM = "/_stcore/stream"  #: the one websocket

#: What a page needs under /_stcore/. A list of what is open, because each release of Streamlit adds addresses there:
#: metrics (session counts and names of cached functions) and the agent interface answer anybody otherwise.
OPEN = frozenset({"stream", "health", "host-config", "upload_file", "bidi-components"})

#: Streamlit serves these to anybody who has, or can compute, the address: files of st.download_button, st.image and
#: the like (the id is an unkeyed hash of the content), components of the first kind, and sign-in, which is not set up.
CLOSED = ("/media/", "/component/", "/auth/", "/oauth2callback/")


def is_open(path: str) -> bool:
    """False for an address of Streamlit that no page of ours needs. `path` is below the base path."""
    if CORE in f"{path}/":
        return f"{path}/".split(CORE, 1)[1].split("/", 1)[0] in OPEN
    return not f"{path}/".startswith(CLOSED)


class OpenAddressesOnly:
    """Pure-ASGI middleware: answers 404 for every address of Streamlit's that is not open."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        base = str(config.get_option("server.baseUrlPath") or "").strip("/")
        self._base = f"/{base}" if base else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is open."""
        path = str(scope.get("path", "")).removeprefix(self._base)
        if scope["type"] == "websocket" and path != STREAM:
            await receive()  # the handshake; closing before accepting it answers 403
            await send({"type": "websocket.close", "code": 1008, "reason": "nothing here"})
        elif scope["type"] == "http" and not is_open(path):
            await refusal(scope, 404, "There is nothing at this address.", close=True)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

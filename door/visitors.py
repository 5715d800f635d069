"""Who may knock in local mode: this machine only, under its own name, from our own pages; guests only at the vote.

There is no sign-in yet, so whoever gets through the door may do everything. Three checks keep others out: both ends
of the connection are loopback addresses; the Host is a name of this machine (a foreign name that resolves to
127.0.0.1 is DNS rebinding); the Origin, where a browser sends one, is the very page we served.

Where ARREARS_GUESTS=1 asks for it, the first two do not hold at the addresses of the vote (door.guests), and
there only: whoever comes in needs a code, and may do nothing but vote. The Origin is checked for them too.
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from door.guests import guests_wanted, is_a_host, is_of_the_vote
from door.refusal import refusal

WAY_OUT = "sign-in does not exist yet; use 127.0.0.1, or an SSH tunnel (ssh -L 8501:127.0.0.1:8501 THAT-MACHINE)"
GUESTS_WAY_OUT = "to let phones into a workshop's vote, and nowhere else, set ARREARS_GUESTS=1"

_HOST = re.compile(r"(?P<name>localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.IGNORECASE)


def is_loopback(address: str) -> bool:
    """True for localhost and the addresses of the loopback interface; False for every other name or address."""
    if address.lower() == "localhost":
        return True
    try:
        ip = ip_address(address.strip("[]"))
    except ValueError:
        return False
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return (mapped or ip).is_loopback


def why_not(scope: Scope) -> str | None:
    """The sentence that turns this request or websocket away, or None when it may come in."""
    guest = guests_wanted() and is_of_the_vote(scope)
    for end in ("server", "client"):
        address = scope.get(end)
        if not guest and (not address or not is_loopback(address[0])):
            return f"Arrears answers this machine only: {WAY_OUT}."
    headers = Headers(scope=scope)
    hosts, origins = headers.getlist("host"), headers.getlist("origin")
    if len(hosts) != 1 or not (_HOST.fullmatch(hosts[0]) or (guest and is_a_host(hosts[0]))):
        return "Arrears answers under localhost, 127.0.0.1 or [::1] only; open it under one of these names."
    own = {f"http://{hosts[0]}".lower(), f"https://{hosts[0]}".lower()}
    if any(origin.lower() not in own for origin in origins):
        return "This request came from a page that is not ours; open Arrears in its own tab."
    return None


class LocalVisitorsOnly:
    """Pure-ASGI middleware: turns everybody else away, for pages, files, uploads and the websocket alike."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may come in."""
        sentence = why_not(scope) if scope["type"] in ("http", "websocket") else None
        if sentence is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()  # the handshake; closing before accepting it answers 403
            await send({"type": "websocket.close", "code": 1008, "reason": "not let in"})
        else:
            await refusal(scope, 403, sentence, close=True)(scope, receive, send)

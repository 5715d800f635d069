"""Opening and closing the house: what must hold before the first request, and the store that serves all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio.to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

from door.guests import SETTING, guests_wanted, is_understood
from door.visitors import GUESTS_WAY_OUT, WAY_OUT, is_loopback
from operations.workplace import Workplace


class OpeningRefusedError(Exception):
    """The house stays closed; the text is the one sentence that says why and names the way out."""


def listening_on(receive: Receive) -> str | None:
    """The address the server was told to listen on, or None when it cannot be known before the first request.

    The lifespan protocol does not carry it. uvicorn, which `streamlit run` starts too, hands over a method of its
    own lifespan object, and that knows the configuration. Where this fails, the guard of door.visitors still turns
    away every single request that did not come over loopback.
    """
    configuration = getattr(getattr(receive, "__self__", None), "config", None)
    if getattr(configuration, "uds", None):
        return f"the socket {configuration.uds}"  # type: ignore[union-attr]
    host = getattr(configuration, "host", None)
    return host if isinstance(host, str) else None


def check_address(address: str | None) -> None:
    """Raise OpeningRefusedError when `address` can be reached from other machines and no setting asks for guests."""
    if not is_understood():
        raise OpeningRefusedError(f"{SETTING}: expected 1 or 0; 1 opens the vote of a workshop to other machines.")
    if address is not None and not is_loopback(address) and not guests_wanted():
        shown = "every address of this machine" if address in ("0.0.0.0", "::", "") else address  # noqa: S104
        raise OpeningRefusedError(f"it would listen on {shown}, but {WAY_OUT}; {GUESTS_WAY_OUT}.")


class Opening:
    """Pure-ASGI middleware for start and end: refuses to start with one sentence instead of a traceback.

    `checks` run first and raise OpeningRefusedError; then `open_workplace` opens what the routes find as
    `request.state.workplace`. The exceptions in `refusals` are the ones whose text is a sentence for a person.
    """

    def __init__(
        self,
        app: ASGIApp,
        open_workplace: Callable[[], Workplace],
        close_workplace: Callable[[], None],
        refusals: tuple[type[Exception], ...],
        checks: tuple[Callable[[], None], ...] = (),
    ) -> None:
        self.app = app
        self.open_workplace = open_workplace
        self.close_workplace = close_workplace
        self.refusals: tuple[type[Exception], ...] = (OpeningRefusedError, *refusals)
        self.checks = checks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open before the first request, close after the last; requests pass untouched."""
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return
        try:
            check_address(listening_on(receive))
            for check in self.checks:
                check()
            workplace = await anyio.to_thread.run_sync(self.open_workplace)
        except self.refusals as reason:
            await receive()
            await send({"type": "lifespan.startup.failed", "message": f"Arrears does not start: {reason}"})
            return
        state: dict[str, Any] = scope.setdefault("state", {})
        state["workplace"] = workplace
        try:
            await self.app(scope, receive, send)
        finally:
            self.close_workplace()

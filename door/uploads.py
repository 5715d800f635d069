"""How much may be uploaded: counted while it streams in, against what is still held in memory.

Streamlit limits one file, not their number: any open page can fill the memory, and files of a page that was closed
stay until another page comes and goes. So an upload is let in only for an open page and within four limits, and
what closed pages left is dropped by `sweep`.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol

import streamlit.runtime
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from door.body import MB, Body
from door.opening import OpeningRefusedError
from door.refusal import refusal

ADDRESS = re.compile(r"/_stcore/upload_file/(?P<session>[^/]+)/[^/]+$")

SETTING = "ARREARS_UPLOADS_MB"
TOTAL_MB = 160  #: all pages of this process: with it a full house still stays under half a gigabyte
FILES_MAX = 20  #: files of one page; empty files cost no bytes but an entry each
SILENT_SECONDS_MAX = 30.0  #: an upload that sends nothing for so long gives its share back
LEFT_SECONDS_MAX = 120.0  #: a closed page may come back for so long (server.disconnectedSessionTTL)
SWEEP_SECONDS = 15.0
DISCARD_BYTES_MAX = 32 * MB  #: of a refused body: the largest file, its frame, and some room
DISCARD_SECONDS_MAX = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bytes that may be in memory at once, uploads on their way included."""

    session_bytes: int  #: one page: an archive of the largest size while its predecessor is still held
    client_bytes: int  #: one address: a few people behind one tunnel
    total_bytes: int


def _setting() -> int | None:
    """Megabytes asked for by ARREARS_UPLOADS_MB, None when it is no whole number of at least one."""
    text = os.environ.get(SETTING, str(TOTAL_MB))
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,5}", text) else None


def check_setting() -> None:
    """Raise OpeningRefusedError when ARREARS_UPLOADS_MB is not a number of megabytes."""
    if _setting() is None:
        given = os.environ[SETTING][:20]
        raise OpeningRefusedError(
            f"{SETTING}: expected a whole number of megabytes from 1, got {given!r}; unset it for {TOTAL_MB}."
        )


def limits() -> Limits:
    """The limits for ARREARS_UPLOADS_MB megabytes in all, by default 160: a quarter for a page, half for an address."""
    total = (_setting() or TOTAL_MB) * MB
    return Limits(session_bytes=total // 4, client_bytes=total // 2, total_bytes=total)


class Held(Protocol):
    """What is held in memory for uploads, and for whom."""

    def sizes(self) -> Mapping[str, tuple[int, ...]]:
        """The sizes in bytes of the files held, by session."""

    def is_open(self, session: str) -> bool:
        """True while the page of this session is connected."""

    def drop(self, session: str) -> None:
        """Forget the files of a session."""


class HeldByStreamlit:
    """The files in the memory of the running Streamlit server."""

    def _files(self) -> MemoryUploadedFileManager | None:
        if not streamlit.runtime.exists():
            return None
        files = streamlit.runtime.get_instance().uploaded_file_mgr
        return files if isinstance(files, MemoryUploadedFileManager) else None

    def sizes(self) -> Mapping[str, tuple[int, ...]]:
        """The sizes in bytes of the files held, by session."""
        files = self._files()
        if files is None:
            return {}
        return {
            session: tuple(len(file.data) for file in list(held.values()))
            for session, held in list(files.file_storage.items())
        }

    def is_open(self, session: str) -> bool:
        """True while the page of this session is connected."""
        return streamlit.runtime.exists() and streamlit.runtime.get_instance().is_active_session(session)

    def drop(self, session: str) -> None:
        """Forget the files of a session."""
        files = self._files()
        if files is not None:
            files.remove_session_files(session)


class _OverLimitError(Exception):
    """Raised into the reader of a request body when the next bytes may not come in; the text says why."""


@dataclass(slots=True, kw_only=True)
class _Flight:
    """One upload on its way."""

    session: str
    client: str
    bytes: int = 0


@dataclass(slots=True, kw_only=True)
class Quota:
    """Decides whether more bytes may come in. One for the process; used on the event loop only."""

    held: Held
    limits: Limits
    clock: Callable[[], float] = monotonic
    flights: list[_Flight] = field(default_factory=list)
    clients: dict[str, str] = field(default_factory=dict)  #: session -> the address it uploaded from
    gone_since: dict[str, float] = field(default_factory=dict)  #: session with files -> when it was first seen closed

    def why_not(self, session: str, client: str, *, more: int, files: int = 0) -> str | None:
        """The sentence that refuses `more` bytes (and `files` more files) of a page, or None when they fit."""
        sizes = self.held.sizes()
        here = [flight for flight in self.flights if flight.session == session]
        if len(sizes.get(session, ())) + len(here) + files > FILES_MAX:
            return f"This page holds {FILES_MAX} files already; remove some, or reload the page, and try again."
        of_session = sum(sizes.get(session, ())) + sum(flight.bytes for flight in here)
        if of_session + more > self.limits.session_bytes:
            return (
                f"This page may hold {self.limits.session_bytes // MB} MB of uploads at once; "
                "remove the earlier file, or reload the page, and try again."
            )
        of_client = sum(sum(sizes[s]) for s in sizes if self.clients.get(s) == client)
        of_client += sum(flight.bytes for flight in self.flights if flight.client == client)
        everything = sum(map(sum, sizes.values())) + sum(flight.bytes for flight in self.flights)
        if of_client + more > self.limits.client_bytes or everything + more > self.limits.total_bytes:
            return "Too many uploads at once; wait two minutes and try again, or use the command line (cli.py scan)."
        return None

    def sweep(self) -> None:
        """Drop the files of pages that have been closed for so long that they cannot come back."""
        now = self.clock()
        with_files = self.held.sizes().keys()
        for session in with_files:
            if self.held.is_open(session):
                self.gone_since.pop(session, None)
            elif now - self.gone_since.setdefault(session, now) > LEFT_SECONDS_MAX:
                self.held.drop(session)
        flying = {flight.session for flight in self.flights}
        for known in (self.gone_since, self.clients):
            for session in known.keys() - with_files - flying:
                known.pop(session, None)


class UploadQuota:
    """Pure-ASGI middleware before Streamlit's upload address: counts each chunk, refuses with 429 and a sentence."""

    def __init__(self, app: ASGIApp, quota: Quota) -> None:
        self.app = app
        self.quota = quota

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let an upload in when its page is open and the limits allow it, chunk by chunk."""
        address = ADDRESS.search(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if address is None:
            await self.app(scope, receive, send)
            return
        quota, session, client = self.quota, address["session"], scope["client"][0] if scope.get("client") else ""

        body = Body(receive=receive, discard_bytes_max=DISCARD_BYTES_MAX, discard_seconds_max=DISCARD_SECONDS_MAX)

        async def refuse(status: int, sentence: str) -> None:
            await body.discard()
            await refusal(scope, status, sentence, close=not body.ended)(scope, receive, send)

        if not quota.held.is_open(session):
            await refuse(403, "This upload belongs to no open page; reload the page and choose the file again.")
            return
        quota.sweep()
        declared = Headers(scope=scope).get("content-length", "")
        expected = int(declared) if re.fullmatch(r"[0-9]{1,15}", declared) else 0
        sentence = quota.why_not(session, client, more=expected, files=1)
        if sentence is not None:
            await refuse(429, sentence)
            return

        flight = _Flight(session=session, client=client, bytes=expected)
        quota.clients[session] = client
        answered = False

        async def counted() -> Message:
            try:
                message = await asyncio.wait_for(body.read(), SILENT_SECONDS_MAX)
            except TimeoutError:
                raise _OverLimitError("The upload stood still for too long; check the connection, try again.") from None
            beyond = body.bytes - flight.bytes
            if beyond > 0:
                over = quota.why_not(session, client, more=beyond)
                if over is not None:
                    raise _OverLimitError(over)
                flight.bytes = body.bytes
            return message

        async def noted(message: Message) -> None:
            nonlocal answered
            answered = answered or message["type"] == "http.response.start"
            await send(message)

        over_limit = ""
        quota.flights.append(flight)
        try:
            await self.app(scope, counted, noted)
        except _OverLimitError as reason:
            over_limit = str(reason)
        finally:
            quota.flights.remove(flight)
        if over_limit and not answered:
            await refuse(429, over_limit)


@asynccontextmanager
async def sweeping(quota: Quota) -> AsyncIterator[None]:
    """Sweep every few seconds for as long as the context is open."""

    async def keep_sweeping() -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            quota.sweep()

    task = asyncio.create_task(keep_sweeping())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

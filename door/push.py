"""POST /api/evidence: a collector hands in what it saw. GET /collector.pyz: the collector itself.

The key is the token in the Authorization header and nothing else: cookies are never looked at, and a page of another
site can send no such header without asking first, which we never allow. Who sends is checked before what is sent, and
what is sent is read in a thread of its own, within limits that bound how long it can hold up the others.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import re
import zlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import anyio
import anyio.to_thread
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from door.body import MB, Body
from door.rates import Rate
from door.refusal import refusal
from operations.errors import InvalidToken, StoreError
from operations.workplace import Workplace

if TYPE_CHECKING:
    from operations.repository_evidence import Pushed

_LOG = logging.getLogger(__name__)

BODY_BYTES_MAX = 5 * MB  #: of the document, packed or not; the same as evidence.document.BYTES_MAX
DISCARD_SECONDS_MAX = 5.0
SILENT_SECONDS_MAX = 15.0  #: a body that sends nothing for so long is given up
WHOLE_SECONDS_MAX = 120.0
FLIGHTS_MAX = 16  #: bodies on their way at once
READERS_MAX = 1  #: documents read at once: two would only take turns, and twice the memory
RETRY_SECONDS = 5  #: when it is nobody's fault but there are too many, or the database is away
_GZIP = 31  #: zlib's word for the gzip format
_NO_STORE = {"Cache-Control": "no-store"}


class _RefusedError(Exception):
    """Why a push is not taken, as it is answered."""

    def __init__(
        self, status: int, sentence: str, *, problems: tuple[str, ...] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.problems = problems
        self.headers = dict(headers or {})


def _busy(sentence: str, seconds: float, status: int = 429) -> _RefusedError:
    return _RefusedError(status, sentence, headers={"Retry-After": str(max(1, math.ceil(seconds)))})


def _no_token() -> _RefusedError:
    return _RefusedError(401, str(InvalidToken()), headers={"WWW-Authenticate": "Bearer"})


def _answer(status: int, document: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """JSON in ASCII: whatever stands in the texts, it can be sent."""
    body = json.dumps(document, ensure_ascii=True, allow_nan=False).encode("ascii") + b"\n"
    return Response(body, status, media_type="application/json", headers={**_NO_STORE, **(headers or {})})


def bearer(headers: Headers) -> str:
    """The secret of the Authorization header, "" when there is none that could be one."""
    given = headers.getlist("authorization")
    found = re.fullmatch(r"bearer +([!-~]{1,200})", given[0].strip(), re.IGNORECASE) if len(given) == 1 else None
    return found[1] if found else ""


def is_packed(headers: Headers) -> bool:
    """Whether the body comes as gzip. Raises _RefusedError for what is neither plain nor packed JSON."""
    given = headers.get("content-type", "").lower().replace(" ", "").replace('"', "")
    if given not in {"application/json", "application/json;charset=utf-8"}:
        raise _RefusedError(415, "Send the evidence as application/json, in UTF-8.")
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", ""}:
        raise _RefusedError(415, "Send the evidence plain, or with Content-Encoding: gzip.")
    return encoding == "gzip"


def _too_large() -> _RefusedError:
    return _RefusedError(413, f"The evidence is larger than {BODY_BYTES_MAX // MB} MiB; scan one repository at a time.")


def unpacked(body: bytes | bytearray, *, packed: bool) -> str:
    """The text of a body. Never makes more than BODY_BYTES_MAX of it. Raises _RefusedError."""
    if packed:
        reader = zlib.decompressobj(_GZIP)
        try:
            body = reader.decompress(body, BODY_BYTES_MAX + 1)
        except zlib.error:
            raise _unreadable("the body is not gzip") from None
        if len(body) > BODY_BYTES_MAX:
            raise _too_large()
        if not reader.eof or reader.unused_data:
            raise _unreadable("the body is not one whole gzip stream")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unreadable(f"the text is not UTF-8 (byte {error.start})") from None


def _unreadable(problem: str) -> _RefusedError:
    return _RefusedError(422, "This is not evidence.", problems=(f"evidence: {problem}",))


def _take(workplace: Workplace, secret: str, body: bytearray, *, packed: bool) -> Pushed:
    """Read a body and keep what it says, off the event loop. Raises _RefusedError, InvalidToken, StoreError."""
    from evidence.document import InvalidEvidence
    from operations.repository_evidence import push_evidence

    try:
        return push_evidence(workplace, secret=secret, text=unpacked(body, packed=packed))
    except InvalidEvidence as refused:
        raise _RefusedError(422, "This is not evidence.", problems=refused.problems) from None


def _owner(workplace: Workplace, secret: str) -> str:
    """The id of the token with this secret. Raises InvalidToken, StoreError."""
    from operations.repository_evidence import check_token

    return check_token(workplace, secret=secret).token_id


@dataclass(slots=True, kw_only=True)
class EvidenceDoor:
    """The ASGI application at /api/evidence. One for the process: it counts who came how often."""

    by_address: Rate = field(default_factory=lambda: Rate(burst=300, per_second=5))
    by_token: Rate = field(default_factory=lambda: Rate(burst=30, per_second=0.5))
    flights_max: int = FLIGHTS_MAX
    flights: int = 0
    #: always the same thread: each thread that reads keeps what memory it once needed
    _reader: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(READERS_MAX, "evidence"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Whatever comes in, the answer is JSON with a sentence."""
        body = Body(receive=receive, discard_bytes_max=BODY_BYTES_MAX + MB, discard_seconds_max=DISCARD_SECONDS_MAX)
        try:
            answer = await self._answer(Request(scope), body)
        except _GoneError:
            return
        except _RefusedError as refused:
            answer = _answer(
                refused.status, {"error": str(refused), "problems": list(refused.problems)}, refused.headers
            )
        except InvalidToken:
            again = _no_token()
            answer = _answer(again.status, {"error": str(again), "problems": []}, again.headers)
        except StoreError as error:
            _LOG.error("Evidence was not taken: %s", error)
            answer = _answer(503, {"error": str(error), "problems": []}, {"Retry-After": str(RETRY_SECONDS)})
        except Exception:  # noqa: BLE001 - whoever sends evidence hears that it was not taken, whatever failed
            _LOG.exception("Evidence was not taken.")
            sentence = "Something went wrong on our side, and nothing was kept; the log has the details."
            answer = _answer(503, {"error": sentence, "problems": []}, {"Retry-After": str(RETRY_SECONDS)})
        await body.discard()
        if not body.ended:
            answer.headers["Connection"] = "close"
        await answer(scope, receive, send)

    async def _answer(self, request: Request, body: Body) -> Response:
        if request.method != "POST":
            raise _RefusedError(405, "Evidence is handed in with POST.", headers={"Allow": "POST"})
        address = request.client.host if request.client else ""
        wait = self.by_address.wait(address)
        if wait:
            raise _busy("Too many requests from this address; try again in a moment.", wait)
        workplace: Workplace = request.state.workplace
        secret = bearer(request.headers)
        token_id = await anyio.to_thread.run_sync(_owner, workplace, secret)
        wait = self.by_token.wait(token_id)
        if wait:
            raise _busy("This token was used too often; try again in a moment.", wait)
        packed = is_packed(request.headers)
        if self.flights >= self.flights_max:
            raise _busy("Others are handing in evidence right now; try again in a moment.", RETRY_SECONDS)
        self.flights += 1
        try:
            content = await _received(request.headers, body)
            take = partial(_take, workplace, secret, content, packed=packed)
            pushed = await asyncio.get_running_loop().run_in_executor(self._reader, take)
        finally:
            self.flights -= 1
        document = {
            "evidence_id": pushed.evidence_id,
            "new": pushed.new,
            "system": pushed.system_name,
            "url": _page(request, pushed),
        }
        return _answer(201 if pushed.new else 200, document)


class _GoneError(Exception):
    """The other side hung up; there is nobody to answer."""


async def _received(headers: Headers, body: Body) -> bytearray:
    """The whole body. Raises _RefusedError as soon as it is too large or too slow, _GoneError."""
    declared = headers.get("content-length", "")
    if re.fullmatch(r"[0-9]{1,18}", declared) and int(declared) > BODY_BYTES_MAX:
        raise _too_large()
    content = bytearray()
    try:
        async with asyncio.timeout(WHOLE_SECONDS_MAX):
            while not body.ended:
                message = await asyncio.wait_for(body.read(), SILENT_SECONDS_MAX)
                if message["type"] == "http.disconnect":
                    raise _GoneError
                content += message.get("body", b"")
                if len(content) > BODY_BYTES_MAX:
                    raise _too_large()
    except TimeoutError:
        raise _RefusedError(408, "The evidence stood still on its way; check the connection and try again.") from None
    return content


def _page(request: Request, pushed: Pushed) -> str:
    """Where a person sees what was handed in."""
    place = {"system": pushed.system_id} | ({"period": pushed.period} if pushed.period else {})
    host = request.headers.get("host", "")
    here = f"{request.url.scheme}://{host}" if re.fullmatch(r"[\w.\[\]:-]+", host, re.ASCII) else ""
    return f"{here}{request.scope.get('root_path', '')}/evidence?{urlencode(place)}"


@lru_cache(maxsize=1)
def _collector() -> bytes:
    """The collector as one file, made once a process."""
    from evidence.package import build_collector

    return build_collector()


async def collector(request: Request) -> Response:
    """The collector for download: one file that runs on a bare Python."""
    try:
        body = await anyio.to_thread.run_sync(_collector)
    except Exception:  # noqa: BLE001 - without its sources there is nothing to pack, whatever is missing
        _LOG.exception("The collector cannot be packed.")
        sentence = "The collector cannot be packed on this server; run `make collector` in a checkout instead."
        return refusal(request.scope, 503, sentence)
    disposition = 'attachment; filename="arrears-collect.pyz"'
    return Response(
        body, media_type="application/octet-stream", headers={**_NO_STORE, "Content-Disposition": disposition}
    )

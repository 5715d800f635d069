"""The participants' door to a workshop: /join, /vote, /vote/state, /leave. A small page, no Streamlit, no account.

Who somebody is stands in a cookie that no script can read, and everything else in the database: a reload, a phone that
slept and a server that was started anew all end where they left off. Whatever comes in, the answer is a sentence.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, quote

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from door.body import Body
from door.rates import Rate, Tries
from operations.errors import AlreadyThere, Closed, Conflict, InvalidInput, NotFound, StoreError, Stranger
from operations.workplace import Workplace

if TYPE_CHECKING:
    from door.workshop_page import VotePage
    from operations.ballots import Guest

_LOG = logging.getLogger(__name__)

T = TypeVar("T")

GUEST = "arrears_guest"  #: the cookie of somebody who is in
COMING = "arrears_join"  #: the cookie of somebody who looks at the form: coming in twice finds the same person
GUEST_PATHS = ("/vote", "/join", "/leave")
COOKIE_SECONDS = 60 * 24 * 3600  #: as long as the longest vote that is spread over days
BODY_BYTES_MAX = 16 * 1024
SECONDS_MAX = 10.0  #: for a body to come in
RETRY_SECONDS = 5
WRONG_PER_ADDRESS = 10
WRONG_IN_ALL = 100
READERS = 8  #: answers made at once: more would only take turns
WRITERS = 1  #: the database takes one at a time; who waits for the disk holds up nobody who only looks
_NO_STORE = {"Cache-Control": "no-store"}
_LASTING = {"Cache-Control": "public, max-age=31536000, immutable"}
_ALL = "everybody"


class _RefusedError(Exception):
    """Why a request is not answered, in a sentence."""

    def __init__(self, status: int, sentence: str, *, seconds: float = 0.0, allow: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.headers = {"Retry-After": str(max(1, math.ceil(seconds)))} if seconds else {}
        if allow:
            self.headers["Allow"] = allow


class _GoneError(Exception):
    """The other side hung up; there is nobody to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vote:
    """A vote as it came in."""

    question_id: str
    ballot_round: int
    level: int | None
    comment: str
    turn: int


@dataclass(slots=True, kw_only=True)
class WorkshopDoor:
    """The addresses of the vote. One for the process: it counts who came how often."""

    by_address: Rate = field(default_factory=lambda: Rate(burst=3_000, per_second=600))  #: a whole room behind one
    votes: Rate = field(default_factory=lambda: Rate(burst=40, per_second=2))  #: of one participant
    looks: Rate = field(default_factory=lambda: Rate(burst=60, per_second=4))
    wrong_codes: Tries = field(default_factory=lambda: Tries(most=WRONG_PER_ADDRESS, locked_seconds=300))
    wrong_in_all: Tries = field(default_factory=lambda: Tries(most=WRONG_IN_ALL, locked_seconds=60))
    _coming_in: asyncio.Lock | None = None  #: made inside the event loop they belong to
    _readers: anyio.CapacityLimiter | None = None
    _writers: anyio.CapacityLimiter | None = None

    def routes(self) -> list[BaseRoute]:
        """The addresses, for the router."""
        join, vote = self._address(GET=self._join_form, POST=self._join), self._address(GET=self._look, POST=self._cast)
        return [
            Route("/join", join),
            Route("/join/{code}", self._address(GET=self._join_form)),
            Route("/vote", vote),
            Route("/vote/state", self._address(GET=self._state)),
            Route("/vote/{name:path}", self._address(GET=_asset)),
            Route("/leave", self._address(POST=self._leave)),
        ]

    def _address(self, **answers: Callable[[Request], Awaitable[Response]]) -> _Address:
        return _Address(door=self, answers=answers)

    # --- coming in ---

    async def _join_form(self, request: Request) -> Response:
        from door.workshop_page import join_page
        from operations.ballots import new_secret

        guest = await self._guest_or_none(request)
        gone = "gone" in request.query_params and guest is None
        page = join_page(
            title="You are not at a workshop now" if gone else "Join the workshop",
            problem="It has ended, or you were taken out. What you voted is kept. To come in again, type the code."
            if gone
            else "",
            code=str(request.path_params.get("code") or request.query_params.get("code", ""))[:20],
            present=guest.participant if guest else None,
        )
        answer = HTMLResponse(page, headers=_NO_STORE)
        _set_cookie(request, answer, COMING, new_secret(), paths=("/join",))
        return answer

    async def _join(self, request: Request) -> Response:
        from door.workshop_page import join_page
        from operations.ballots import join_workshop, leave_workshop

        form = await _form(request, {"code", "name", "role"})
        address = request.client.host if request.client else ""
        before = await self._guest_or_none(request)
        problem, wrong, status = "", "", 400
        if self._coming_in is None:
            self._coming_in = asyncio.Lock()
        async with self._coming_in:  # one at a time: a hundred guesses at once are still counted one by one
            wait = max(self.wrong_codes.locked(address), self.wrong_in_all.locked(_ALL))
            if wait:
                raise _RefusedError(
                    429,
                    "Too many wrong codes were tried, so nobody comes in for a while. Wait"
                    f" {_spoken(wait)}, then try the code on the screen.",
                    seconds=wait,
                )
            secret = request.cookies.get(GUEST if before else COMING)
            join = partial(join_workshop, request.state.workplace, **form, secret=secret)
            try:
                joined = await self._write(join)
            except InvalidInput as error:
                problem, wrong = str(error), error.field
            except AlreadyThere as error:
                problem, wrong, status = str(error), "name", 409
            except NotFound as error:
                self.wrong_codes.was_wrong(address)
                self.wrong_in_all.was_wrong(_ALL)
                problem, wrong, status = str(error), "code", 404
            except Closed as error:
                problem, wrong, status = str(error), "code", 410
        if problem:
            page = join_page(**form, problem=problem, wrong=wrong, present=before.participant if before else None)
            return HTMLResponse(page, status, headers=_NO_STORE)
        if before and before.participant.participant_id != joined.participant.participant_id:
            leave = partial(leave_workshop, workshop_id=before.participant.workshop_id, guest=before)
            await self._write(partial(leave, request.state.workplace, before.actor))
        answer = RedirectResponse("/vote", 303, headers=_NO_STORE)
        _set_cookie(request, answer, GUEST, joined.secret, paths=GUEST_PATHS)
        _clear_cookie(request, answer, COMING, paths=("/join",))
        return answer

    async def _leave(self, request: Request) -> Response:
        from operations.ballots import leave_workshop

        await _form(request, set())
        guest = await self._guest_or_none(request)
        if guest is not None:
            leave = partial(leave_workshop, workshop_id=guest.participant.workshop_id, guest=guest)
            await self._write(partial(leave, request.state.workplace, guest.actor))
        answer = RedirectResponse("/join", 303, headers=_NO_STORE)
        _clear_cookie(request, answer, GUEST, paths=GUEST_PATHS)
        return answer

    # --- voting ---

    async def _look(self, request: Request) -> Response:
        from door.workshop_page import vote_page

        guest = await self._guest_or_none(request)
        if guest is None:
            return RedirectResponse("/join?gone=1", 303, headers=_NO_STORE)
        self._count(self.looks, guest)
        page = await self._page(request, guest)
        return HTMLResponse(vote_page(page), headers=_NO_STORE)

    async def _state(self, request: Request) -> Response:
        """204 while no step was taken since `seen`; else the part of the page that changed."""
        from door.workshop_page import turn_part
        from operations.ballots import read_steps

        guest = await self._guest(request)
        self._count(self.looks, guest)
        asked = partial(read_steps, workshop_id=guest.participant.workshop_id)
        mark = await self._run(partial(asked, request.state.workplace, guest.actor))
        if mark == request.query_params.get("seen"):
            return Response(status_code=204, headers=_NO_STORE)
        page = await self._page(request, guest, mark=mark)
        return JSONResponse({"seen": page.mark, "html": turn_part(page), "say": page.say}, headers=_NO_STORE)

    async def _cast(self, request: Request) -> Response:
        """Keep a vote. JSON from the page's script, which gets JSON; a plain form goes back to the page."""
        from door.workshop_page import vote_page
        from operations.ballots import cast_vote

        scripted = _media_type(request) == "application/json"
        given = _vote(await _json(request) if scripted else await _form(request, _FORM_FIELDS), scripted=scripted)
        guest = await self._guest(request)
        self._count(self.votes, guest)
        cast = partial(
            cast_vote,
            workshop_id=guest.participant.workshop_id,
            guest=guest,
            question_id=given.question_id,
            ballot_round=given.ballot_round,
            level=given.level,
            comment=given.comment,
            turn=given.turn,
        )
        try:
            kept = await self._write(partial(cast, request.state.workplace, guest.actor))
        except InvalidInput as error:
            status, sentence = 400, str(error)
        except NotFound as error:
            status, sentence = 404, str(error)
        except (Conflict, Closed) as error:
            status, sentence = 409, str(error)
        else:
            if scripted:
                shown = {
                    "question": kept.question_id,
                    "round": kept.round,
                    "level": kept.ballot.level,
                    "comment": kept.ballot.comment,
                    "turn": kept.ballot.turn,
                }
                return JSONResponse({"kept": shown}, headers=_NO_STORE)
            if kept.ballot.level == given.level or kept.ballot.turn < given.turn:
                back = f"/vote?question={quote(given.question_id)}" if "question" in request.query_params else "/vote"
                return RedirectResponse(back, 303, headers=_NO_STORE)
            status, sentence = 409, "A newer vote of yours stands, from another tab; choose again to change it."
        if scripted:
            raise _RefusedError(status, sentence)
        page = await self._page(request, guest)
        return HTMLResponse(vote_page(page, sentence), status, headers=_NO_STORE)

    async def _page(self, request: Request, guest: Guest, mark: str = "") -> VotePage:
        """What this guest sees. The mark is read first: a step taken meanwhile is then shown again, never missed."""
        from door.workshop_page import page_of
        from operations.ballots import read_steps, read_turn

        workplace: Workplace = request.state.workplace
        workshop_id = guest.participant.workshop_id
        asked = request.query_params.get("question", "")[:40] or None

        def look() -> VotePage:
            seen = mark or read_steps(workplace, guest.actor, workshop_id=workshop_id)
            see = partial(read_turn, workplace, guest.actor, workshop_id=workshop_id, guest=guest)
            view = see(question_id=asked)
            if view.table is None and view.questions:  # spread over days: begin with the first that waits for a vote
                first = next(
                    (one.question.id for one in view.questions if one.state == "voting" and not one.voted), None
                )
                view = see(question_id=first) if first else view
            return page_of(view, mark=seen, guest=guest, now=workplace.clock())

        return await self._run(look)

    # --- who it is ---

    async def _guest(self, request: Request) -> Guest:
        """Who holds the cookie. Raises Stranger."""
        from operations.ballots import guest_of

        secret = request.cookies.get(GUEST, "")
        return await self._run(partial(guest_of, request.state.workplace, secret=secret))

    async def _guest_or_none(self, request: Request) -> Guest | None:
        if not request.cookies.get(GUEST):
            return None
        try:
            return await self._guest(request)
        except Stranger:
            return None

    def _count(self, rate: Rate, guest: Guest) -> None:
        wait = rate.wait(guest.participant.participant_id)
        if wait:
            raise _RefusedError(429, "This was asked too often; wait a moment. Nothing is lost.", seconds=wait)

    async def _run(self, work: Callable[[], T]) -> T:
        """Do what only reads, in a thread."""
        if self._readers is None:
            self._readers = anyio.CapacityLimiter(READERS)
        return await anyio.to_thread.run_sync(work, limiter=self._readers)

    async def _write(self, work: Callable[[], T]) -> T:
        """Do what changes something, in a thread, each in its turn: nobody who only looks waits for it."""
        if self._writers is None:
            self._writers = anyio.CapacityLimiter(WRITERS)
        return await anyio.to_thread.run_sync(work, limiter=self._writers)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Address:
    """One address as an ASGI application: never a traceback, whatever comes in."""

    door: WorkshopDoor
    answers: Mapping[str, Callable[[Request], Awaitable[Response]]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            answer = await self._answer(request)
        except (_GoneError, asyncio.CancelledError):
            raise
        except _RefusedError as refused:
            answer = _said(request, refused.status, str(refused), refused.headers)
        except Stranger as error:
            answer = _said(request, 401, str(error))
        except NotFound as error:
            answer = _said(request, 404, str(error))
        except (Conflict, Closed, AlreadyThere) as error:
            answer = _said(request, 409, str(error))
        except InvalidInput as error:
            answer = _said(request, 400, str(error))
        except StoreError as error:
            _LOG.error("The vote was not answered: %s", error)
            answer = _said(request, 503, str(error), {"Retry-After": str(RETRY_SECONDS)})
        except Exception:  # noqa: BLE001 - a participant hears that something failed, whatever it was
            _LOG.exception("The vote was not answered.")
            sentence = "Something went wrong on our side; try again in a moment. What was kept is safe."
            answer = _said(request, 503, sentence, {"Retry-After": str(RETRY_SECONDS)})
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        if method not in self.answers:
            raise _RefusedError(405, "Nothing can be done here in this way.", allow=", ".join(self.answers))
        wait = self.door.by_address.wait(request.client.host if request.client else "")
        if wait:
            raise _RefusedError(429, "Too many requests from this address; wait a moment.", seconds=wait)
        return await self.answers[method](request)


def _said(request: Request, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal: JSON for the page's script, a page with the way back for a person."""
    from door.workshop_page import join_page

    known = {**_NO_STORE, **(headers or {})}
    if request.url.path == "/vote/state" or _media_type(request) == "application/json":
        return JSONResponse({"error": sentence}, status, headers=known)
    return HTMLResponse(join_page(title="That did not work", problem=sentence), status, headers=known)


def _spoken(seconds: float) -> str:
    return f"{math.ceil(seconds / 60)} min" if seconds > 90 else f"{math.ceil(seconds)} seconds"


async def _asset(request: Request) -> Response:
    from door.workshop_page import assets

    found = assets().get(request.path_params["name"])
    if found is None:
        raise _RefusedError(404, "There is nothing at this address.")
    lasting = request.query_params.get("v") == found.mark
    return Response(found.body, media_type=found.media_type, headers=_LASTING if lasting else _NO_STORE)


# --- cookies ---


def _set_cookie(request: Request, answer: Response, name: str, value: str, *, paths: tuple[str, ...]) -> None:
    for path in paths:
        answer.set_cookie(
            name,
            value,
            max_age=COOKIE_SECONDS,
            path=path,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )


def _clear_cookie(request: Request, answer: Response, name: str, *, paths: tuple[str, ...]) -> None:
    for path in paths:
        answer.delete_cookie(name, path=path, secure=request.url.scheme == "https", httponly=True, samesite="strict")


# --- what comes in: nothing is taken that was not asked for ---

_FORM_FIELDS = {"question", "round", "turn", "level", "comment"}
_JSON_FIELDS: Mapping[str, tuple[type, ...]] = {
    "question": (str,),
    "round": (int,),
    "turn": (int,),
    "level": (int, type(None)),
    "comment": (str,),
}


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _received(request: Request) -> bytes:
    """The whole body. Raises _RefusedError as soon as it is too large or too slow."""
    body = Body(receive=request.receive, discard_bytes_max=1024 * 1024, discard_seconds_max=2.0)
    content = bytearray()
    try:
        async with asyncio.timeout(SECONDS_MAX):
            while not body.ended:
                message = await body.read()
                if message["type"] == "http.disconnect":
                    raise _GoneError
                content += message.get("body", b"")
                if len(content) > BODY_BYTES_MAX:
                    await body.discard()
                    raise _RefusedError(413, "This is longer than anything a vote needs; shorten it.")
    except TimeoutError:
        raise _RefusedError(408, "It stood still on its way; check the connection and try again.") from None
    return bytes(content)


async def _form(request: Request, wanted: set[str]) -> dict[str, str]:
    """The fields of a plain form: exactly those wanted, each at most once. Raises _RefusedError."""
    body = await _received(request)
    if _media_type(request) != "application/x-www-form-urlencoded" and (body or wanted):
        raise _RefusedError(415, "Send this as the form on the page does.")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(body), errors="strict", max_num_fields=10
        )
    except ValueError:  # also text that is not UTF-8
        raise _RefusedError(400, "This form cannot be read; reload the page and fill it in again.") from None
    form = dict(pairs)
    if len(form) != len(pairs) or not form.keys() <= wanted:
        raise _RefusedError(400, "This is not the form of this page; reload it and fill it in again.")
    missing = dict.fromkeys(wanted, "")
    return {**missing, **{name: text.replace("\r\n", "\n") for name, text in form.items()}}


async def _json(request: Request) -> dict[str, Any]:
    """A vote of the page's script. Raises _RefusedError."""
    body = await _received(request)
    try:
        document = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise _RefusedError(400, "This vote cannot be read; reload the page.") from None
    if not isinstance(document, dict) or document.keys() != _JSON_FIELDS.keys():
        raise _RefusedError(400, "This is not a vote of this page; reload it.")
    if any(type(document[name]) not in kinds for name, kinds in _JSON_FIELDS.items()):
        raise _RefusedError(400, "This is not a vote of this page; reload it.")
    return document


def _vote(given: Mapping[str, Any], *, scripted: bool) -> _Vote:
    """A vote, from either. Raises _RefusedError."""
    if scripted:
        level, ballot_round, turn = given["level"], given["round"], given["turn"]
        if max(abs(level or 0), abs(ballot_round), abs(turn)) > 2**40:
            raise _RefusedError(400, "This is not a vote of this page; reload it.")
    else:
        if not given["level"]:
            raise _RefusedError(400, "No level was chosen; go back, choose one, or “we do not know”.")
        numbers = (given["round"], given["turn"], given["level"] if given["level"] != "unknown" else "0")
        if not all(re.fullmatch(r"[0-9]{1,10}", number) for number in numbers):
            raise _RefusedError(400, "This is not the form of this page; reload it and vote again.")
        level = None if given["level"] == "unknown" else int(given["level"])
        ballot_round, turn = int(given["round"]), int(given["turn"])
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,40}", given["question"]):
        raise _RefusedError(404, "This question is not part of the workshop; reload the page.")
    return _Vote(
        question_id=given["question"],
        ballot_round=ballot_round,
        level=level,
        comment=given["comment"],
        turn=turn,
    )

"""Sends evidence to a running Arrears: one POST, only where the person said, the token to nobody else."""

from __future__ import annotations

import gzip
import ipaddress
import json
import random
import re
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import IO, Any
from urllib.parse import urlsplit

from evidence.source import display

ADDRESS = "/api/evidence"
TIMEOUT_SECONDS = 30.0
WHOLE_SECONDS_MAX = 120.0  #: one try, however slowly the answer trickles
TRIES_MAX = 5
WAIT_SECONDS_MAX = 60.0  #: before one more try, however long the server asks for
ANSWER_BYTES_MAX = 256 * 1024
PROBLEMS_SHOWN = 5
AGAIN = frozenset({429, 502, 503, 504})  #: the same evidence may be sent twice: the server knows it by its hash
_TOKEN = re.compile(r"[!-~]{1,300}\Z")


class NotSent(Exception):
    """The evidence was not taken: one sentence with the way out, never with the token.

    `later` tells trouble that may pass (no connection, a busy server) from what a person must change.
    """

    def __init__(self, sentence: str, *, later: bool = False) -> None:
        super().__init__(sentence)
        self.later = later


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the server said to the evidence."""

    new: bool  #: False when it had this very evidence already
    system: str | None
    url: str | None  #: where a person sees it


def check_target(url: str, *, allow_insecure: bool) -> str:
    """The full address to send to. Raises NotSent for an address the token should not go to."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise NotSent("is not a web address; give the one you open Arrears with, https://...") from None
    if parts.scheme not in ("https", "http") or not host:
        raise NotSent("is not a web address; give the one you open Arrears with, https://...")
    if parts.username or parts.password:
        raise NotSent("holds a name or a password; give the address alone and the token in ARREARS_TOKEN")
    if parts.query or parts.fragment or not url.strip().isprintable() or " " in url.strip():
        raise NotSent("is more than an address; give it without ?, # and spaces")
    if parts.scheme == "http" and not is_this_machine(host) and not allow_insecure:
        raise NotSent(
            f"http://{parts.netloc} is not encrypted, so others could read the token; use https://, or --allow-insecure"
        )
    path = parts.path.rstrip("/").removesuffix(ADDRESS)
    return f"{parts.scheme}://{parts.netloc}{path}{ADDRESS}"


def is_this_machine(host: str) -> bool:
    """Whether a host's name can only mean this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def push(
    document: str,
    *,
    url: str,
    token: str,
    allow_insecure: bool = False,
    timeout_seconds: float = TIMEOUT_SECONDS,
    whole_seconds: float = WHOLE_SECONDS_MAX,
    sleep: Callable[[float], None] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Sent:
    """Send evidence JSON to the Arrears at `url`. Raises NotSent.

    A busy or unreachable server is asked again, after the wait it names or a growing one; `say` hears of each wait.
    """
    target = check_target(url, allow_insecure=allow_insecure)
    if not _TOKEN.match(token):
        raise NotSent("the token holds what no token holds; copy it again, without spaces and line breaks")
    request = urllib.request.Request(  # noqa: S310 - https or http, checked above
        target,
        data=gzip.compress(document.encode("utf-8"), mtime=0),
        method="POST",
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            "Accept": "application/json",
            "User-Agent": "arrears-collect",
        },
    )
    opener = _opener(urlsplit(target).hostname or "")
    for left in reversed(range(TRIES_MAX)):
        answer = _ask_in_time(opener, request, timeout_seconds, whole_seconds)
        if isinstance(answer, _Trouble):
            if left == 0:
                raise NotSent(f"{answer.sentence}; nothing was sent, run it again later", later=True)
            wait = answer.wait(TRIES_MAX - 1 - left)
            say(f"{answer.sentence}; trying again in {wait:.0f} s")
            (time.sleep if sleep is None else sleep)(wait)
            continue
        return _read_answer(*answer, token=token)
    raise AssertionError("the last try returns or raises")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trouble:
    """What may be over in a while."""

    sentence: str
    asked_seconds: float | None = None

    def wait(self, tries: int) -> float:
        """Seconds before the next try: what the server asks, or 1, 2, 4 ... with a little chance in it."""
        if self.asked_seconds is not None:
            return min(self.asked_seconds, WAIT_SECONDS_MAX)
        return 2.0**tries * random.uniform(0.8, 1.2)  # noqa: S311 - spreads the load, hides nothing


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Follows nobody: a server that sends elsewhere would send the token elsewhere too."""

    def redirect_request(self, *arguments: Any, **named: Any) -> None:  # noqa: ARG002 - the base class's arguments
        """None, which makes the redirection an answer like any other."""
        return


def _opener(host: str) -> urllib.request.OpenerDirector:
    handlers: list[urllib.request.BaseHandler] = [_StayHere()]
    if is_this_machine(host):
        handlers.append(urllib.request.ProxyHandler({}))  # what is for this machine goes through nobody
    return urllib.request.build_opener(*handlers)


def _ask_in_time(
    opener: urllib.request.OpenerDirector, request: urllib.request.Request, timeout_seconds: float, whole_seconds: float
) -> tuple[int, Message, bytes] | _Trouble:
    """One try that surely ends: the timeout of a connection begins anew with each byte that comes."""
    said: list[tuple[int, Message, bytes] | _Trouble | NotSent] = []

    def ask() -> None:
        try:
            said.append(_ask(opener, request, timeout_seconds))
        except NotSent as problem:
            said.append(problem)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(whole_seconds)
    if not said:
        host = display(request.host, 200)
        return _Trouble(sentence=f"{host} did not end its answer within {whole_seconds:.0f} s")
    if isinstance(said[0], NotSent):
        raise said[0]
    return said[0]


def _ask(
    opener: urllib.request.OpenerDirector, request: urllib.request.Request, timeout_seconds: float
) -> tuple[int, Message, bytes] | _Trouble:
    """One try: the answer, or trouble that may pass. Raises NotSent for what will not."""
    host = display(request.host, 200)
    try:
        with opener.open(request, timeout=timeout_seconds) as response:
            return response.status, response.headers, response.read(ANSWER_BYTES_MAX)
    except urllib.error.HTTPError as answer:
        with answer:
            if answer.code in AGAIN:
                return _Trouble(sentence=_BUSY[answer.code].format(host=host), asked_seconds=_asked(answer.headers))
            return answer.code, answer.headers, _rest(answer)
    except urllib.error.URLError as problem:
        if isinstance(problem.reason, ssl.SSLCertVerificationError):
            raise NotSent(
                f"the certificate of {host} is not trusted here; name your company's own in SSL_CERT_FILE"
            ) from None
        if isinstance(problem.reason, ssl.SSLError):
            raise NotSent(f"{host} does not speak https there; check the address and its port") from None
        return _Trouble(sentence=f"{host} cannot be reached ({_why(problem.reason)})")
    except TimeoutError:
        return _Trouble(sentence=f"{host} did not answer within {timeout_seconds:.0f} s")
    except (HTTPException, OSError) as problem:
        return _Trouble(sentence=f"{host} broke off the connection ({_why(problem)})")


_BUSY = {
    429: "{host} takes no more from this token right now",
    502: "{host} is not up (502)",
    503: "{host} is busy (503)",
    504: "{host} is not up (504)",
}


def _why(problem: object) -> str:
    """The operating system's words for what happened, or the kind of it: never what a header held."""
    if isinstance(problem, TimeoutError):
        return "timed out"
    said = getattr(problem, "strerror", None)
    return display(str(said) if said else type(problem).__name__, 100)


def _rest(answer: IO[bytes]) -> bytes:
    try:
        return answer.read(ANSWER_BYTES_MAX)
    except (OSError, HTTPException):
        return b""


def _asked(headers: Message) -> float | None:
    """Retry-After in seconds; a date is answered with our own wait."""
    value = str(headers.get("Retry-After", "")).strip()
    return float(value) if value.isdigit() and len(value) < 6 else None


def _read_answer(code: int, headers: Message, body: bytes, *, token: str) -> Sent:
    """The server's answer in our words. Raises NotSent."""
    try:
        document = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        document = None
    fields: dict[str, Any] = document if isinstance(document, dict) else {}

    def clean(value: object, length_max: int = 300) -> str:
        return display(str(value).replace(token, "(the token)"), length_max)

    if code in (200, 201) and "evidence_id" in fields:
        system, url = fields.get("system"), fields.get("url")
        return Sent(
            new=bool(fields.get("new", code == 201)),
            system=clean(system) if isinstance(system, str) and system else None,
            url=clean(url) if isinstance(url, str) and url else None,
        )
    if 300 <= code < 400:
        raise NotSent(f"the server sends on to {clean(headers.get('Location', 'elsewhere'))}; give --push that address")
    if code in _REFUSALS:
        listed = fields.get("problems")
        problems = [clean(one) for one in listed[:PROBLEMS_SHOWN]] if isinstance(listed, list) else []
        raise NotSent(_REFUSALS[code] + (f" ({'; '.join(problems)})" if problems else ""))
    if 500 <= code < 600:
        raise NotSent(f"the server has a fault (it answered {code}); its log says more, try again later", later=True)
    raise NotSent(f"nothing there takes evidence (it answered {code}); check the address")


_REFUSALS = {
    400: "the server could not read what was sent; is it as new as this collector?",
    401: "the token is wrong or was withdrawn; make a new one on the system's evidence page",
    403: "the token may not do this; make one on the system's own evidence page",
    413: "the evidence is larger than the server takes; scan a part of the repository, or with less --history",
    415: "the server does not take this form of evidence; is it as new as this collector?",
    422: "the server does not accept this evidence; is it as new as this collector?",
}

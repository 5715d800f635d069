"""/healthz tells the truth about the store; /export hands out files, and says "not found" for what one may not see."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from door import routes
from operations.errors import Forbidden, InvalidInput, NotFound, StorageUnavailable
from operations.exports import Export
from tests.door.served import HOUSE


def ask(path: str, accept: str = "*/*", **headers: str) -> httpx.Response:
    """One request to our own addresses, with something in the place of the workplace."""
    inner = Starlette(routes=routes.own_routes())

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await inner({**scope, "state": {"workplace": object()}}, receive, send)

    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path, headers={"Accept": accept, **headers})

    return asyncio.run(get())


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*_args: object, **_kwargs: object) -> Any:
        raise error

    return fail


def test_a_store_that_cannot_be_read_is_503_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "read_health", raising(StorageUnavailable("The database x.db is locked; close ...")))
    answer = ask("/healthz")
    assert answer.status_code == 503
    assert answer.json()["reason"] == "The database x.db is locked; close ..."


def test_a_failure_nobody_foresaw_is_503_and_keeps_its_details_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "read_health", raising(RuntimeError("a detail")))
    answer = ask("/healthz")
    assert answer.status_code == 503
    assert "a detail" not in answer.text


def test_a_store_that_does_not_answer_in_time_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    released = threading.Event()
    monkeypatch.setattr(routes, "HEALTH_SECONDS_MAX", 0.05)
    monkeypatch.setattr(routes, "read_health", lambda *_: released.wait(10))
    try:
        answer = ask("/healthz")
    finally:
        released.set()
    assert answer.status_code == 503
    assert "did not answer" in answer.json()["reason"]


def test_a_file_is_handed_out_once_under_its_name_and_kept_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Export(filename='Débt "2026Q3"\r\n.csv', media_type="text/csv; charset=utf-8", body=b"a,b\r\n")
    monkeypatch.setattr(routes, "export", lambda *_: made)
    answer = ask("/export/portfolio.csv?period=2026Q3")
    assert answer.content == b"a,b\r\n"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == "attachment; filename*=utf-8''D%C3%A9bt%20%222026Q3%22%0D%0A.csv"


def test_what_is_asked_for_reaches_the_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def make(_workplace: object, actor: object, kind: str, parameters: object) -> Export:
        asked.extend([kind, parameters])
        return Export(filename="x.json", media_type="application/json", body=b"{}")

    monkeypatch.setattr(routes, "export", make)
    ask("/export/snapshot.json?assessment=abc&address=https://elsewhere.example/")
    assert asked == ["snapshot.json", {"assessment": "abc", "address": "http://localhost/"}]  # ours, not the asker's


def test_forbidden_and_absent_look_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = []
    for error in (NotFound("Nothing here."), Forbidden("Nothing here.")):
        monkeypatch.setattr(routes, "export", raising(error))
        answers.append(ask("/export/system.csv?system=x"))
    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].content == answers[1].content


def test_a_sentence_with_markup_from_the_address_stays_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "export", raising(InvalidInput("period", "'<script>' is no quarter; write 2026Q3")))
    answer = ask("/export/portfolio.csv?period=<script>", accept="text/html")
    assert answer.status_code == 400
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_a_store_that_is_away_is_503_on_an_export(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "export", raising(StorageUnavailable("The database is away.")))
    assert ask("/export/portfolio.csv").status_code == 503


def test_the_addresses_are_known_before_what_stands_behind_them_is_read() -> None:
    """The server starts sooner: what an address needs is read when it is first asked for."""
    heavy = ["operations.repository_evidence", "operations.exports", "operations.upkeep", "evidence", "scoring.score"]
    code = f"import sys, door.routes; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- the badge ---
def test_a_badge_is_a_picture_that_may_be_kept_for_a_short_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "read_badge", lambda _workplace, _actor, system: f"<svg>{system}</svg>")
    answer = ask("/badge/0a1b.svg")
    assert (answer.status_code, answer.text) == (200, "<svg>0a1b</svg>")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    again = ask("/badge/0a1b.svg", **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotFound("No such system."), 404), (Forbidden("No such system."), 404), (StorageUnavailable("Locked."), 503)],
)
def test_a_badge_that_may_not_be_seen_is_as_one_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    monkeypatch.setattr(routes, "read_badge", raising(error))
    answer = ask("/badge/0a1b.svg")
    assert answer.status_code == status
    assert "ETag" not in answer.headers

"""Uploads are let in for an open page and within limits, counted as they stream; closed pages are cleaned up after."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from door import uploads
from door.opening import OpeningRefusedError
from door.uploads import FILES_MAX, LEFT_SECONDS_MAX, MB, SETTING, Limits, Quota, UploadQuota, check_setting, limits

CONFIG = Path(__file__).parents[2] / ".streamlit" / "config.toml"
LIMITS = Limits(session_bytes=10, client_bytes=20, total_bytes=30)


class Shelf:
    """What is held, told by the test."""

    def __init__(self, files: Mapping[str, tuple[int, ...]] | None = None, closed: tuple[str, ...] = ()) -> None:
        self.files = dict(files or {})
        self.closed = set(closed)

    def sizes(self) -> Mapping[str, tuple[int, ...]]:
        return self.files

    def is_open(self, session: str) -> bool:
        return session not in self.closed

    def drop(self, session: str) -> None:
        self.files = {other: sizes for other, sizes in self.files.items() if other != session}


class Clock:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def quota(shelf: Shelf, clock: Clock | None = None) -> Quota:
    return Quota(held=shelf, limits=LIMITS, clock=clock or Clock())


def test_a_page_may_fill_its_share_and_not_a_byte_more() -> None:
    full = quota(Shelf({"page": (4, 4)}))
    assert full.why_not("page", "here", more=2, files=1) is None
    assert "This page may hold" in (full.why_not("page", "here", more=3, files=1) or "")


def test_a_page_may_not_hold_endless_empty_files() -> None:
    crowded = quota(Shelf({"page": (0,) * FILES_MAX}))
    assert f"{FILES_MAX} files" in (crowded.why_not("page", "here", more=0, files=1) or "")


def test_many_pages_of_one_address_share_its_limit_and_another_address_is_not_held_up() -> None:
    shared = quota(Shelf({"a": (8,), "b": (8,)}))
    shared.clients = {"a": "here", "b": "here"}
    assert "Too many uploads at once" in (shared.why_not("c", "here", more=5, files=1) or "")
    assert shared.why_not("c", "elsewhere", more=5, files=1) is None


def test_all_addresses_together_share_the_memory_of_the_process() -> None:
    full = quota(Shelf({"a": (10,), "b": (10,), "c": (8,)}))
    full.clients = {"a": "one", "b": "two", "c": "three"}
    assert "Too many uploads at once" in (full.why_not("d", "four", more=3, files=1) or "")


def test_a_closed_page_keeps_its_files_while_it_may_come_back_and_loses_them_after() -> None:
    clock, shelf = Clock(), Shelf({"gone": (9,), "open": (9,)}, closed=("gone",))
    watched = quota(shelf, clock)
    watched.sweep()
    clock.now = LEFT_SECONDS_MAX
    watched.sweep()
    assert "gone" in shelf.files
    clock.now += 1
    watched.sweep()
    assert shelf.files == {"open": (9,)}
    watched.sweep()
    assert watched.gone_since == {}


def test_a_page_that_came_back_is_given_the_whole_time_again() -> None:
    clock, shelf = Clock(), Shelf({"page": (9,)}, closed=("page",))
    watched = quota(shelf, clock)
    watched.sweep()
    shelf.closed.clear()
    clock.now = LEFT_SECONDS_MAX
    watched.sweep()
    shelf.closed.add("page")
    clock.now += 10
    watched.sweep()
    assert shelf.files == {"page": (9,)}


def upload(
    behind: Quota, chunks: list[bytes], *, app: ASGIApp, declared: int | None = None, session: str = "page"
) -> list[Message]:
    """Send one upload through the middleware and return what was answered."""
    headers = [] if declared is None else [(b"content-length", str(declared).encode())]
    scope = {
        "type": "http",
        "method": "PUT",
        "path": f"/_stcore/upload_file/{session}/file",
        "headers": headers,
        "client": ("here", 1),
    }
    waiting = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})
    answered: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        answered.append(message)

    asyncio.run(UploadQuota(app, behind)(scope, receive, send))
    return answered


class Keeper:
    """Stands for Streamlit's upload address: reads the whole body, counts it, answers 204."""

    def __init__(self) -> None:
        self.read = 0
        self.called = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.called = True
        more = True
        while more:
            message = await receive()
            self.read += len(message["body"])
            more = message["more_body"]
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def test_an_upload_within_the_limits_passes_and_leaves_no_trace_in_the_count() -> None:
    keeper, behind = Keeper(), quota(Shelf())
    assert upload(behind, [b"12345", b"678"], app=keeper)[0]["status"] == 204
    assert keeper.read == 8
    assert behind.flights == []


def test_an_upload_that_declares_too_much_is_refused_and_none_of_it_is_kept() -> None:
    keeper = Keeper()
    answered = upload(quota(Shelf()), [b"123456", b"78901"], app=keeper, declared=11)
    assert answered[0]["status"] == 429
    assert not keeper.called


def test_a_refused_upload_is_read_to_its_end_so_that_the_reason_arrives_and_the_line_stays_open() -> None:
    answered = upload(quota(Shelf()), [b"x"] * 100, app=Keeper())
    assert (b"connection", b"close") not in answered[0]["headers"]


def test_a_refused_upload_without_end_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "DISCARD_BYTES_MAX", 50)
    answered = upload(quota(Shelf()), [b"x"] * 100, app=Keeper())
    assert (b"connection", b"close") in answered[0]["headers"]


def test_an_upload_of_unknown_length_is_cut_off_at_the_limit() -> None:
    keeper, behind = Keeper(), quota(Shelf())
    answered = upload(behind, [b"12345"] * 100, app=keeper)
    assert answered[0]["status"] == 429
    assert b"remove the earlier file" in answered[1]["body"]
    assert keeper.read == 10
    assert behind.flights == []


def test_an_upload_on_its_way_counts_for_the_next_one() -> None:
    behind = quota(Shelf())
    answers: list[int] = []

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        answers.append(1 if behind.why_not("page", "here", more=3, files=1) else 0)
        await Keeper()(scope, receive, send)

    upload(behind, [b"12345678"], app=slow, declared=8)
    assert answers == [1]


def test_an_upload_for_no_open_page_is_refused_and_none_of_it_is_kept() -> None:
    keeper = Keeper()
    answered = upload(quota(Shelf(closed=("page",))), [b"x"], app=keeper)
    assert answered[0]["status"] == 403
    assert b"no open page" in answered[1]["body"]
    assert not keeper.called


def test_an_upload_that_stands_still_gives_its_share_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "SILENT_SECONDS_MAX", 0.01)
    monkeypatch.setattr(uploads, "DISCARD_SECONDS_MAX", 0.01)
    behind, answered = quota(Shelf()), []

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("never")

    async def send(message: Message) -> None:
        answered.append(message)

    scope: dict[str, Any] = {"type": "http", "method": "PUT", "path": "/_stcore/upload_file/page/file", "headers": []}
    asyncio.run(UploadQuota(Keeper(), behind)(scope, receive, send))
    assert b"stood still" in answered[1]["body"]
    assert behind.flights == []


def test_a_page_holds_the_largest_archive_twice_and_the_process_four_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    standard, server = limits(), tomllib.loads(CONFIG.read_text(encoding="utf-8"))["server"]
    assert standard.session_bytes == 2 * server["maxUploadSize"] * MB
    assert standard.total_bytes == 4 * standard.session_bytes


def test_files_are_kept_as_long_as_a_closed_page_may_come_back() -> None:
    server = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["server"]
    assert server["disconnectedSessionTTL"] == LEFT_SECONDS_MAX


@pytest.mark.parametrize("given", ["many", "0", "-5", "1.5", "", "١٢", "99999999"])
def test_a_limit_that_is_no_number_is_refused_at_the_start(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, given)
    with pytest.raises(OpeningRefusedError, match=f"{SETTING}: expected a whole number of megabytes"):
        check_setting()

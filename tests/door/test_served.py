"""A real server, asked over real connections: headers, strangers, closed addresses, floods, health."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from door.headers import FIXED
from tests.door.conftest import UPLOADS_MB
from tests.door.served import Served, free_port, serve

MB = 1024 * 1024


@asynccontextmanager
async def page(server: Served) -> AsyncIterator[tuple[ClientConnection, str]]:
    """An open page: the websocket of a browser tab, and the id of its session."""
    address = f"ws://127.0.0.1:{server.port}/_stcore/stream"
    async with connect(address, origin=server.url, subprotocols=["streamlit"], max_size=None, max_queue=None) as socket:
        from streamlit.proto.BackMsg_pb2 import BackMsg

        rerun = BackMsg()
        rerun.rerun_script.query_string = ""
        await socket.send(rerun.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(await asyncio.wait_for(socket.recv(), 30))
            if message.WhichOneof("type") == "new_session":
                yield socket, message.new_session.initialize.session_id
                return


@asynccontextmanager
async def uploader(server: Served) -> AsyncIterator[tuple[httpx.AsyncClient, dict[str, str]]]:
    """A client that holds the token any visitor gets."""
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client:
        await client.get("/_stcore/health")
        yield client, {"X-Xsrftoken": client.cookies["_streamlit_xsrf"], "Origin": server.url}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/portfolio", 200),
        ("/healthz", 200),
        ("/export/portfolio.csv", 200),
        ("/export/system.csv?system=nobody-knows-this-id", 404),
        ("/export/snapshot.json?assessment=nobody-knows-this-id", 404),
        ("/export/everything.zip", 404),
        ("/collector.pyz", 200),
        ("/api/evidence", 405),
        ("/api/elsewhere", 200),
        ("/_stcore/health", 200),
        ("/_stcore/host-config", 200),
        ("/_stcore/metrics", 404),
        ("/_stcore/agent/openapi.json", 404),
        ("/_stcore/agent/mcp", 404),
        ("/media/0123abcd.csv", 404),
        ("/component/x/index.html", 404),
        ("/auth/login", 404),
        ("/static/../app.py", 200),
    ],
)
def test_every_address_answers_as_meant_with_all_headers(server: Served, path: str, status: int) -> None:
    answer = httpx.get(server.url + path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in FIXED} == FIXED
    assert f"ws://127.0.0.1:{server.port}" in answer.headers["Content-Security-Policy"]
    assert "Traceback" not in answer.text
    assert "SafeHeaders" not in answer.text


@pytest.mark.parametrize(
    "path", ["/healthz", "/export/portfolio.csv", "/export/none.csv", "/api/evidence", "/collector.pyz"]
)
def test_nobody_between_keeps_what_our_own_addresses_answer(server: Served, path: str) -> None:
    assert httpx.get(server.url + path).headers["Cache-Control"] == "no-store"


def test_a_healthy_server_names_its_version_and_its_database(server: Served) -> None:
    answer = httpx.get(f"{server.url}/healthz").json()
    assert answer["state"] == "ok"
    assert answer["version"]
    assert answer["database"]["engine"] == "SQLite"
    assert answer["database"]["schema"]


def test_a_missing_export_says_so_in_words_with_the_way_back(server: Served) -> None:
    answer = httpx.get(f"{server.url}/export/system.csv?system=none", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "No such system" in answer.text
    assert 'href="/"' in answer.text


STRANGERS: list[tuple[str, dict[str, str]]] = [
    ("a foreign host name", {"Host": "evil.example"}),
    ("a foreign host name that only begins like ours", {"Host": "localhost.evil.example"}),
    ("a page of another site", {"Origin": "http://evil.example"}),
    ("a page without an origin of its own", {"Origin": "null"}),
    ("a page of another local program", {"Origin": "http://127.0.0.1:1"}),
    ("a proxy that brings others in", {"X-Forwarded-For": "192.168.1.20"}),
]


@pytest.mark.parametrize("headers", [h for _, h in STRANGERS], ids=[name for name, _ in STRANGERS])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/healthz",
        "/export/portfolio.csv",
        "/_stcore/health",
        "/badge/0a1b.svg",
        "/static/js/none.js",
        "/api/evidence",
        "/collector.pyz",
    ],
)
def test_strangers_are_refused_at_every_address(server: Served, path: str, headers: dict[str, str]) -> None:
    answer = httpx.get(server.url + path, headers=headers)
    assert answer.status_code == 403
    assert {name: answer.headers.get(name) for name in FIXED} == FIXED


@pytest.mark.parametrize("headers", [h for _, h in STRANGERS], ids=[name for name, _ in STRANGERS])
def test_strangers_get_no_websocket(server: Served, headers: dict[str, str]) -> None:
    async def knock() -> None:
        host = headers.get("Host", f"127.0.0.1:{server.port}")
        other = {name: value for name, value in headers.items() if name == "X-Forwarded-For"}
        address = f"ws://{host.partition(':')[0]}:{server.port}/_stcore/stream"
        async with connect(
            address,
            host="127.0.0.1",
            port=server.port,
            origin=headers.get("Origin", f"http://{host}"),
            subprotocols=["streamlit"],
            additional_headers=other,
            proxy=None,
        ):
            pass

    with pytest.raises(InvalidStatus) as refused:
        asyncio.run(knock())
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("headers", [h for _, h in STRANGERS], ids=[name for name, _ in STRANGERS])
def test_a_stranger_may_not_push_whatever_the_token_and_hears_so_in_json(
    server: Served, headers: dict[str, str]
) -> None:
    answer = httpx.post(
        f"{server.url}/api/evidence", content=b"{}", headers=headers | {"Authorization": "Bearer arr_x"}
    )
    assert answer.status_code == 403
    assert set(answer.json()) == {"error", "problems"}


def test_our_own_page_gets_its_websocket_and_a_session(server: Served) -> None:
    async def visit() -> str:
        async with page(server) as (_, session):
            return session

    assert len(asyncio.run(visit())) == 36


def test_there_is_no_other_websocket(server: Served) -> None:
    async def knock() -> None:
        async with connect(f"ws://127.0.0.1:{server.port}/elsewhere", origin=server.url):
            pass

    with pytest.raises(InvalidStatus) as refused:
        asyncio.run(knock())
    assert refused.value.response.status_code == 403


def test_an_upload_without_a_page_is_refused(server: Served) -> None:
    async def send() -> httpx.Response:
        async with uploader(server) as (client, headers):
            address = "/_stcore/upload_file/00000000-0000-4000-8000-000000000000/one"
            return await client.put(address, files={"file": b"x" * 100}, headers=headers)

    answer = asyncio.run(send())
    assert answer.status_code == 403
    assert "no open page" in answer.text


def test_a_flood_of_uploads_is_cut_off_and_the_memory_stays(server: Served) -> None:
    async def flood() -> tuple[list[int], float, str, int, int]:
        before = server.resident_mb()
        async with page(server) as (_, session), uploader(server) as (client, headers):
            answers = [
                await client.put(
                    f"/_stcore/upload_file/{session}/{n}", files={"file": bytes([n]) * (5 * MB)}, headers=headers
                )
                for n in range(20)
            ]
            grown = server.resident_mb() - before
            removed = await client.delete(f"/_stcore/upload_file/{session}/0", headers=headers)
            again = await client.put(
                f"/_stcore/upload_file/{session}/again", files={"file": b"x" * (5 * MB)}, headers=headers
            )
            sentence = next((answer.text for answer in answers if answer.status_code == 429), "")
            return [answer.status_code for answer in answers], grown, sentence, removed.status_code, again.status_code

    codes, grown_mb, sentence, removed, again = asyncio.run(flood())
    assert codes == [204] * 2 + [429] * 18  # a quarter of 48 MB is 12 MB: two files of 5 MB
    assert f"{UPLOADS_MB // 4} MB" in sentence
    assert grown_mb < 100
    assert (removed, again) == (204, 204)


def test_an_upload_of_untold_length_is_cut_off_while_it_streams(server: Served) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b'--cut\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\n'
        for _ in range(200):
            yield bytes(MB)

    async def send() -> tuple[int, float]:
        before = server.resident_mb()
        async with page(server) as (_, session), uploader(server) as (client, headers):
            headers |= {"Content-Type": "multipart/form-data; boundary=cut"}
            try:
                answer = await client.put(f"/_stcore/upload_file/{session}/x", content=endless(), headers=headers)
                status = answer.status_code
            except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
                status = 429  # the server answered and hung up while the rest was still being sent
            return status, server.resident_mb() - before

    status, grown_mb = asyncio.run(send())
    assert status == 429
    assert grown_mb < 100


def test_what_a_closed_page_left_is_given_back_to_the_machine(tmp_path: Path) -> None:
    async def leave(served: Served) -> float:
        async with page(served) as (_, session), uploader(served) as (client, headers):
            for n in range(2):
                answer = await client.put(
                    f"/_stcore/upload_file/{session}/{n}", files={"file": bytes([n]) * (18 * MB)}, headers=headers
                )
                assert answer.status_code == 204
            return served.resident_mb()

    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "tests.door.impatient:app", "--port", str(port)]
    with serve(command, port, tmp_path / "arrears.db") as served:
        held_mb = asyncio.run(leave(served))
        deadline = time.monotonic() + 30
        while held_mb - served.resident_mb() < 30 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert held_mb - served.resident_mb() >= 30


@pytest.fixture
def portfolio(server: Served) -> Iterator[httpx.Response]:
    with httpx.stream("GET", f"{server.url}/export/portfolio.csv") as answer:
        answer.read()
        yield answer


def test_an_export_is_a_file_for_the_disk_not_a_page(portfolio: httpx.Response) -> None:
    assert portfolio.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''portfolio-")
    assert portfolio.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert portfolio.content.decode("utf-8-sig").startswith("system id,")

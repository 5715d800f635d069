"""A start that cannot be right is refused with one sentence and an exit code; the store is closed at the end."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from door.opening import Opening, check_address, listening_on
from operations.errors import DatabaseTooNew
from operations.workplace import Workplace
from tests.door.served import end, free_port, serve, start_and_wait, streamlit_command, uvicorn_command

REFUSED = "Arrears does not start:"


def one_sentence(said: str) -> str:
    """The line that says why; there is exactly one, and no traceback."""
    lines = [line for line in said.splitlines() if REFUSED in line]
    assert len(lines) == 1, said
    assert "Traceback" not in said
    return lines[0]


@pytest.mark.parametrize(
    ("command", "options"),
    [
        pytest.param(streamlit_command, ("--server.address", "0.0.0.0"), id="streamlit on every address"),
        pytest.param(uvicorn_command, ("--host", "0.0.0.0"), id="uvicorn on every address"),
    ],
)
def test_the_server_refuses_to_listen_beyond_this_machine(
    command: Callable[..., list[str]], options: tuple[str, ...], tmp_path: Path
) -> None:
    code, said = start_and_wait(command(free_port(), *options), tmp_path / "arrears.db")
    assert code != 0
    sentence = one_sentence(said)
    assert "every address of this machine" in sentence
    assert "sign-in does not exist yet; use 127.0.0.1, or an SSH tunnel" in sentence
    assert not (tmp_path / "arrears.db").exists()


def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    from store.store import open_store

    database = tmp_path / "arrears.db"
    open_store(str(database)).close()
    with closing(sqlite3.connect(database)) as connection, connection:
        later = "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('arrears', '0099 later', '')"
        connection.execute(later)
    code, said = start_and_wait(streamlit_command(free_port()), database)
    assert code != 0
    assert "newer" in one_sentence(said)


def test_a_setting_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    code, said = start_and_wait(uvicorn_command(free_port()), tmp_path / "arrears.db", {"ARREARS_UPLOADS_MB": "lots"})
    assert code != 0
    assert "expected a whole number of megabytes" in one_sentence(said)


def test_uvicorn_serves_the_same_application_and_notices_a_damaged_database(tmp_path: Path) -> None:
    port, database = free_port(), tmp_path / "arrears.db"
    with serve(uvicorn_command(port), port, database) as served:
        assert httpx.get(f"{served.url}/healthz").json()["state"] == "ok"
        for file in tmp_path.iterdir():
            file.write_bytes(b"not a database " * 4096)
        answer = httpx.get(f"{served.url}/healthz")
        assert answer.status_code == 503
        assert answer.json()["reason"]
        assert "Traceback" not in answer.text
        assert "Traceback" not in end(served.process)


def server_told(**configuration: object) -> Receive:
    """What uvicorn hands over: a method of an object that knows the configuration."""

    class Lifespan:
        config = SimpleNamespace(**configuration)

        async def receive(self) -> Message:
            return {"type": "lifespan.startup"}

    return Lifespan().receive


def test_the_address_is_read_where_uvicorn_keeps_it_and_unknown_elsewhere() -> None:
    async def plain() -> Message:
        return {"type": "lifespan.startup"}

    assert listening_on(server_told(host="10.0.0.1", uds=None)) == "10.0.0.1"
    assert listening_on(server_told(host="127.0.0.1", uds="/run/a.sock")) == "the socket /run/a.sock"
    assert listening_on(plain) is None


@pytest.mark.parametrize("address", [None, "127.0.0.1", "::1", "localhost"])
def test_loopback_and_unknown_addresses_open(address: str | None) -> None:
    check_address(address)


def run_lifespan(opening: Opening) -> list[Message]:
    """Start and stop; what was answered to the server."""
    answered: list[Message] = []

    async def send(message: Message) -> None:
        answered.append(message)

    scope: dict[str, Any] = {"type": "lifespan"}
    asyncio.run(opening(scope, server_told(host="127.0.0.1", uds=None), send))
    return answered


def test_the_store_is_opened_before_the_application_and_closed_after_it() -> None:
    told: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        told.append(f"serving with {scope['state']['workplace']}")

    opening = Opening(
        app,
        open_workplace=lambda: cast("Workplace", told.append("opened") or "the workplace"),
        close_workplace=lambda: told.append("closed"),
        refusals=(),
    )
    run_lifespan(opening)
    assert told == ["opened", "serving with the workplace", "closed"]


def test_a_store_that_cannot_be_opened_ends_the_start_in_its_own_words() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("must not be reached")

    def fails() -> Workplace:
        raise DatabaseTooNew("The database is newer than this program; update it.")

    answered = run_lifespan(
        Opening(app, open_workplace=fails, close_workplace=lambda: None, refusals=(DatabaseTooNew,))
    )
    assert [message["type"] for message in answered] == ["lifespan.startup.failed"]
    assert answered[0]["message"] == f"{REFUSED} The database is newer than this program; update it."


def test_a_socket_bound_to_another_address_behind_our_back_serves_nobody_else() -> None:
    """The address told to the server can lie (an inherited socket); each request is checked by where it arrived."""
    from door.visitors import why_not

    with socket.create_server(("127.0.0.1", 0)) as listening:
        host, port = listening.getsockname()
    scope = {"type": "http", "path": "/", "headers": [(b"host", b"localhost")]}
    assert why_not({**scope, "server": (host, port), "client": ("127.0.0.1", 1)}) is None
    assert why_not({**scope, "server": ("192.168.1.10", port), "client": ("192.168.1.20", 1)}) is not None

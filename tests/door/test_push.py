"""POST /api/evidence: who may hand in what, what is answered, and that hostile bodies cost the others nothing."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import logging
import random
import sqlite3
import threading
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio.to_thread
import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from door import push
from door.push import BODY_BYTES_MAX, EvidenceDoor, collector
from door.rates import Rate
from evidence.document import BYTES_MAX
from operations import repository_evidence
from operations.assessments import open_assessment
from operations.errors import StorageFull
from operations.repository_evidence import make_token, read_evidence, revoke_token
from operations.systems import create_system
from operations.workplace import Workplace, open_workplace
from tests.databases import new_database
from tests.door.mutations import ANSWERS, mutated, never
from tests.operations.conftest import ADA
from tests.operations.scans import text_of

PUSHES = 2_000
DEEP_INSIDE = text_of().replace('"evidence/1"', "[" * 900 + "]" * 900).encode()


@dataclass(kw_only=True)
class Desk:
    """A door with a system and its token behind it."""

    workplace: Workplace
    database: Path
    system_id: str
    assessment_id: str
    token_id: str
    secret: str
    door: EvidenceDoor = field(
        default_factory=lambda: EvidenceDoor(
            by_address=Rate(burst=10**9, per_second=1), by_token=Rate(burst=10**9, per_second=1)
        )
    )

    def app(self) -> Callable[..., Any]:
        inner = Starlette(routes=[Route("/api/evidence", self.door), Route("/collector.pyz", collector)])

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await inner({**scope, "state": {"workplace": self.workplace}}, receive, send)

        return app

    @contextlib.asynccontextmanager
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(app=self.app())
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8501") as client:
            yield client

    def headers(self, **more: str) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"} | named

    def push(self, body: str | bytes = "", headers: Mapping[str, str] | None = None, **more: str) -> httpx.Response:
        """Hand a body in, by default a good one."""

        async def go() -> httpx.Response:
            async with self.client() as client:
                given = self.headers(**more) if headers is None else dict(headers)
                return await client.post("/api/evidence", content=body or text_of(), headers=given)

        return asyncio.run(go())

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything in the database, the token's last use apart."""
        tables = ("evidence", "assessment_evidence", "assessment", "audit", "floor_event", "floor_decision")
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            return {table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3").fetchall() for table in tables}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    workplace = open_workplace(new_database(tmp_path / "arrears.db"))
    system = create_system(workplace, ADA, name="Churn model", team="Growth")
    assessment = open_assessment(workplace, ADA, system_id=system.system_id, period="2026Q4")
    made = make_token(workplace, ADA, system_id=system.system_id, name="CI")
    yield Desk(
        workplace=workplace,
        database=tmp_path / "arrears.db",
        system_id=system.system_id,
        assessment_id=assessment.assessment_id,
        token_id=made.token.token_id,
        secret=made.secret,
    )
    workplace.close()


# --- what is taken ---


def test_the_first_push_is_201_with_the_page_where_it_is_seen_and_the_second_200(desk: Desk) -> None:
    first, second = desk.push(), desk.push()
    assert (first.status_code, second.status_code) == (201, 200)
    stored = read_evidence(desk.workplace, ADA, assessment_id=desk.assessment_id).stored
    assert stored is not None
    assert first.json() == {
        "evidence_id": stored.evidence_id,
        "new": True,
        "system": "Churn model",
        "url": f"http://127.0.0.1:8501/evidence?system={desk.system_id}&period=2026Q4",
    }
    assert second.json() == first.json() | {"new": False}
    assert first.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"']
)
def test_json_is_taken_under_its_names(desk: Desk, kind: str) -> None:
    assert desk.push(Content_Type=kind).status_code == 201


def test_a_packed_document_is_the_same_document(desk: Desk) -> None:
    plain = desk.push().json()
    packed = desk.push(gzip.compress(text_of().encode()), Content_Encoding="gzip")
    assert (packed.status_code, packed.json()["evidence_id"]) == (200, plain["evidence_id"])


def test_cookies_and_other_origins_make_no_difference(desk: Desk) -> None:
    """The guard in front turns foreign origins away; the address itself goes by the token alone."""
    assert desk.push(Cookie="_streamlit_xsrf=2|x; _streamlit_user=x", X_Xsrftoken="x").status_code == 201
    no_token = {
        "Content-Type": "application/json",
        "Cookie": f"token={desk.secret}; Authorization=Bearer {desk.secret}",
    }
    assert desk.push(headers=no_token).status_code == 401


def test_the_limit_is_the_one_of_evidence() -> None:
    assert BODY_BYTES_MAX == BYTES_MAX


# --- what is refused ---


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param("", id="none"),
        pytest.param("Bearer", id="no secret"),
        pytest.param("Bearer arr_" + "x" * 43, id="never made"),
        pytest.param("Bearer {secret}x", id="one letter more"),
        pytest.param("Bearer {secret} {secret}", id="twice"),
        pytest.param("Basic {secret}", id="another scheme"),
        pytest.param("{secret}", id="no scheme"),
        pytest.param("Bearer " + "x" * 5_000, id="very long"),
    ],
)
def test_a_wrong_token_is_401_whatever_is_wrong(desk: Desk, authorization: str) -> None:
    before = desk.rows()
    answer = desk.push(Authorization=authorization.format(secret=desk.secret))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "make a new one" in answer.json()["error"]
    assert desk.secret not in answer.text
    assert desk.rows() == before


def test_a_revoked_token_gets_the_same_answer_as_one_that_never_was(desk: Desk) -> None:
    unknown = desk.push(Authorization="Bearer arr_never")
    revoke_token(desk.workplace, ADA, system_id=desk.system_id, token_id=desk.token_id)
    revoked = desk.push()
    assert (revoked.status_code, revoked.content, revoked.headers) == (401, unknown.content, unknown.headers)


def test_a_token_revoked_while_the_body_was_on_its_way_takes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = push._take

    def late(workplace: Workplace, *given: Any, **named: Any) -> Any:
        revoke_token(workplace, ADA, system_id=desk.system_id, token_id=desk.token_id)
        return looked(workplace, *given, **named)

    monkeypatch.setattr(push, "_take", late)
    assert desk.push().status_code == 401
    assert desk.rows()["evidence"] == []


def test_unknown_and_revoked_secrets_take_the_same_steps(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Equal work instead of a stopwatch: one hash of what was given, one look, one comparison in constant time."""
    compared: list[tuple[int, int]] = []
    real = repository_evidence.hmac.compare_digest

    def compare(one: str, other: str) -> bool:
        compared.append((len(one), len(other)))
        return bool(real(one, other))

    monkeypatch.setattr(repository_evidence.hmac, "compare_digest", compare)
    desk.push(Authorization="Bearer arr_never")
    revoke_token(desk.workplace, ADA, system_id=desk.system_id, token_id=desk.token_id)
    desk.push()
    assert compared == [(64, 64), (64, 64)]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method_is_405_in_json_and_no_page_is_let_in_by_a_preflight(desk: Desk, method: str) -> None:
    async def go() -> httpx.Response:
        async with desk.client() as client:
            return await client.request(method, "/api/evidence", headers={"Origin": "http://evil.example"})

    answer = asyncio.run(go())
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert "access-control-allow-origin" not in answer.headers
    assert "POST" in answer.json()["error"]


@pytest.mark.parametrize(
    "named",
    [
        {"Content_Type": "text/plain"},
        {"Content_Type": ""},
        {"Content_Type": "application/json; charset=utf-16"},
        {"Content_Type": "multipart/form-data; boundary=x"},
        {"Content_Encoding": "br"},
        {"Content_Encoding": "gzip, gzip"},
    ],
)
def test_what_is_not_json_plain_or_packed_is_415(desk: Desk, named: dict[str, str]) -> None:
    assert desk.push(**named).status_code == 415


@pytest.mark.parametrize(
    ("body", "packed", "reason"),
    [
        pytest.param(b"{}", False, "'schema' is missing", id="an empty object"),
        pytest.param(b"[", False, "not JSON", id="half a list"),
        pytest.param(b"[" * 100_000, False, "nested too deep", id="nested deep"),
        pytest.param(b'{"schema":' + b"[" * 900 + b"]" * 900 + b"}", False, "missing", id="nested just not too deep"),
        pytest.param(DEEP_INSIDE, False, "schema: expected", id="a good document with one deep value"),
        pytest.param(b"\xff\xfe", False, "not UTF-8", id="bytes"),
        pytest.param(b"\xef\xbb\xbf{}", False, "not JSON", id="a byte order mark"),
        pytest.param(b"NaN", False, "not a number", id="not a number"),
        pytest.param(b"1" * 10_000, False, "too large a number", id="a long number"),
        pytest.param(b'{"a":1,"a":2}', False, "stands twice", id="a key twice"),
        pytest.param(b'"\\ud800"', False, "expected an object", id="half a character"),
        pytest.param(b"[" + b"1," * 2_000_000 + b"1]", False, "too many", id="millions of values"),
        pytest.param(b"plain", True, "not gzip", id="not packed"),
        pytest.param(gzip.compress(b"{}")[:-3], True, "not one whole gzip", id="packed and cut off"),
        pytest.param(gzip.compress(b"{}") * 2, True, "not one whole gzip", id="two packed"),
        pytest.param(gzip.compress(b"{}"), True, "'schema' is missing", id="packed junk"),
        pytest.param(zlib.compress(b"{}"), True, "not gzip", id="packed otherwise"),
    ],
)
def test_junk_is_422_with_the_reason_and_keeps_nothing(desk: Desk, body: bytes, packed: bool, reason: str) -> None:
    before = desk.rows()
    answer = desk.push(body, **({"Content_Encoding": "gzip"} if packed else {}))
    assert answer.status_code == 422
    assert any(reason in problem for problem in answer.json()["problems"]), answer.json()
    assert len(answer.content) < 10_000
    assert desk.rows() == before


def test_a_body_that_says_it_is_too_large_is_413_before_it_is_kept(desk: Desk) -> None:
    assert desk.push(b" " * (BODY_BYTES_MAX + 1)).status_code == 413


def test_a_body_that_does_not_say_how_large_it_is_is_counted_on_the_way(desk: Desk) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 64 * 1024
            yield b" " * 64 * 1024

    async def go() -> httpx.Response:
        async with desk.client() as client:
            return await client.post("/api/evidence", content=endless(), headers=desk.headers())

    answer = asyncio.run(go())
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"
    assert sent < 3 * BODY_BYTES_MAX


def test_a_packed_bomb_is_413_and_never_unpacked_whole(desk: Desk) -> None:
    bomb = gzip.compress(b"0" * (64 * 1024 * 1024))
    assert len(bomb) < 100_000
    assert desk.push(bomb, Content_Encoding="gzip").status_code == 413


def test_who_sends_nothing_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "SILENT_SECONDS_MAX", 0.05)
    monkeypatch.setattr(push, "DISCARD_SECONDS_MAX", 0.05)

    async def silent() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(60)

    async def go() -> httpx.Response:
        async with desk.client() as client:
            return await client.post("/api/evidence", content=silent(), headers=desk.headers())

    assert asyncio.run(go()).status_code == 408


def test_who_hangs_up_leaves_nothing_behind(desk: Desk) -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    answered: list[Message] = []

    async def go() -> None:
        scope: Scope = {
            "type": "http",
            "method": "POST",
            "path": "/api/evidence",
            "query_string": b"",
            "headers": [(n.lower().encode(), v.encode()) for n, v in desk.headers().items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8501),
            "scheme": "http",
            "root_path": "",
        }

        async def receive() -> Message:
            return messages.pop(0)

        async def send(message: Message) -> None:
            answered.append(message)

        await desk.app()(scope, receive, send)

    asyncio.run(go())
    assert (answered, desk.door.flights, desk.rows()["evidence"]) == ([], 0, [])


# --- how often ---


def test_a_token_used_too_often_is_429_with_the_wait_and_others_go_on(desk: Desk) -> None:
    other = make_token(desk.workplace, ADA, system_id=desk.system_id, name="nightly").secret
    desk.door.by_token = Rate(burst=2, per_second=0.1, clock=lambda: 0.0)
    answers = [desk.push() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 429]
    assert answers[-1].headers["retry-after"] == "10"
    assert desk.push(Authorization=f"Bearer {other}").status_code == 200


def test_an_address_that_guesses_is_429_before_the_database_is_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.door.by_address = Rate(burst=3, per_second=1, clock=lambda: 0.0)
    asked: list[str] = []
    real = push._owner
    monkeypatch.setattr(push, "_owner", lambda workplace, secret: asked.append(secret) or real(workplace, secret))
    statuses = [desk.push(Authorization=f"Bearer arr_{guess}").status_code for guess in range(5)]
    assert statuses == [401, 401, 401, 429, 429]
    assert len(asked) == 3


def test_too_many_bodies_at_once_are_429(desk: Desk) -> None:
    desk.door.flights_max = 0
    answer = desk.push()
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")


def test_one_thread_reads_all_documents_so_that_only_one_keeps_their_memory(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    real = push._take

    def noted(*given: Any, **named: Any) -> Any:
        read.append(threading.get_ident())
        return real(*given, **named)

    monkeypatch.setattr(push, "_take", noted)

    async def go() -> list[int]:
        gate, statuses = threading.Event(), []
        async with desk.client() as client:
            for number in range(3):
                body = text_of(commit=f"{number:07x}")
                statuses.append((await client.post("/api/evidence", content=body, headers=desk.headers())).status_code)
                others = asyncio.create_task(anyio.to_thread.run_sync(gate.wait))  # whoever needs a thread takes one
                await asyncio.sleep(0.05)
            gate.set()
            await others
        return statuses

    assert asyncio.run(go()) == [201] * 3
    assert len(set(read)) == 1


def test_a_bucket_fills_again_and_never_above_its_brim() -> None:
    now = 0.0
    rate = Rate(burst=2, per_second=0.5, clock=lambda: now)
    assert [rate.wait("a") for _ in range(3)] == [0.0, 0.0, 2.0]
    now = 2.0
    assert [rate.wait("a"), rate.wait("a")] == [0.0, 2.0]
    now = 1_000.0
    assert [rate.wait("a") for _ in range(3)] == [0.0, 0.0, 2.0]


def test_a_million_addresses_take_bounded_memory() -> None:
    rate = Rate(burst=1, per_second=1, keys_max=100)
    for number in range(10_000):
        rate.wait(str(number))
    assert len(rate._left) == 100


# --- trouble on our side ---


def test_a_full_disk_is_503_with_its_sentence(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageFull("The disk is full; make room.")

    monkeypatch.setattr(repository_evidence, "push_evidence", full)
    answer = desk.push()
    assert (answer.status_code, answer.json()["error"]) == (503, "The disk is full; make room.")
    assert "retry-after" in answer.headers


def test_a_failure_nobody_foresaw_is_503_and_keeps_its_details_in_the_log(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a detail")

    monkeypatch.setattr(repository_evidence, "push_evidence", broken)
    answer = desk.push()
    assert answer.status_code == 503
    assert "a detail" not in answer.text
    assert "a detail" in caplog.text


# --- whatever comes in ---


def test_thousands_of_mutated_bodies_are_answered_in_json_and_leave_nothing_half_written(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    dice = random.Random(20261120)
    statuses: dict[int, int] = {}
    taken: set[str] = set()

    async def go() -> None:
        async with desk.client() as client:
            for _ in range(PUSHES):
                body, headers = mutated(dice, desk.secret)
                answer = await client.post("/api/evidence", content=body, headers=headers)
                statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
                document = answer.json()
                if answer.status_code in {200, 201}:
                    taken.add(document["evidence_id"])
                else:
                    assert set(document) == {"error", "problems"}

    with caplog.at_level(logging.ERROR):
        asyncio.run(go())
    assert caplog.records == []
    assert set(statuses) <= ANSWERS
    assert min(statuses.get(status, 0) for status in (201, 401, 415, 422)) > 0, "the mutations reach too little"
    assert never(desk.workplace, desk.system_id, taken) == ()

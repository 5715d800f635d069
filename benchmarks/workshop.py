"""A room full of phones: how soon a vote is acknowledged, whether one is lost or doubled, and what a phone loads."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from benchmarks.report import show
from benchmarks.server import ROOT, Server

if TYPE_CHECKING:
    from operations.records import WorkshopRecord
    from operations.workplace import Workplace

COMMAND = "python -m benchmarks Workshop"
VOTE_SECONDS, LOOK_SECONDS, STORM_SECONDS = 5.0, 2.0, 10.0
ROOMS = (30, 300)  #: people in one workshop
RUN_SECONDS = 60.0
SETTLE_SECONDS = 12.0  #: until the server has read what it reads ahead for the first visitor


@dataclass(kw_only=True)
class Phone:
    """One participant over one kept connection, in as little Python as possible."""

    port: int
    name: str
    cookies: dict[str, str] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)  #: ms until a vote was acknowledged
    looks: list[float] = field(default_factory=list)  #: ms until a look was answered
    refused: int = 0
    acknowledged: tuple[int | None, int] = (None, 0)  #: level and turn of the last kept vote
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: str = "", kind: str = "") -> tuple[int, bytes]:
        """Send one request, return the state and the body of the answer; once more where the server had hung up."""
        try:
            return await self._ask(method, path, body, kind)
        except (asyncio.IncompleteReadError, ConnectionError):
            self._streams = None
            return await self._ask(method, path, body, kind)

    async def hang_up(self, method: str, path: str, body: str, kind: str) -> None:
        """Send one request and lose the connection before its answer."""
        await self._send(method, path, body, kind)
        self.close()
        self._streams = None

    async def _ask(self, method: str, path: str, body: str, kind: str) -> tuple[int, bytes]:
        reader = await self._send(method, path, body, kind)
        return await self._answer(reader)

    async def _send(self, method: str, path: str, body: str, kind: str) -> asyncio.StreamReader:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Accept: */*", f"Cookie: {cookie}"]
        if body:
            lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
        writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        await writer.drain()
        return reader

    async def _answer(self, reader: asyncio.StreamReader) -> tuple[int, bytes]:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = 0
        for line in head.splitlines():
            name, _, value = line.partition(": ")
            if name.lower() == "content-length":
                length = int(value)
            elif name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return int(head.split(" ", 2)[1]), await reader.readexactly(length)

    async def join(self, code: str) -> float:
        """Come in as a person does: the form, then the name. Seconds until both were answered."""
        began = time.perf_counter()
        await self.ask("GET", f"/join/{code}")
        form = urlencode({"code": code, "name": self.name, "role": ""})
        state, _ = await self.ask("POST", "/join", form, "application/x-www-form-urlencoded")
        self.refused += state != 303
        return time.perf_counter() - began

    async def vote(self, question: str) -> None:
        """Change one's mind."""
        level, turn = random.choice((0, 1, 2, 3, 4, None)), self.acknowledged[1] + 1
        vote = json.dumps({"question": question, "round": 1, "level": level, "comment": "", "turn": turn})
        began = time.perf_counter()
        state, body = await self.ask("POST", "/vote", vote, "application/json")
        self.waits.append((time.perf_counter() - began) * 1000)
        if state == 200:
            kept = json.loads(body)["kept"]
            self.acknowledged = kept["level"], kept["turn"]
        else:
            self.refused += 1

    async def live(self, question: str, until: float) -> None:
        """Vote every five seconds and look every two, each phone at its own moments."""
        next_vote = time.perf_counter() + random.uniform(0, VOTE_SECONDS)
        next_look, seen = time.perf_counter() + random.uniform(0, LOOK_SECONDS), ""
        while min(next_vote, next_look) < until:
            await asyncio.sleep(max(0.0, min(next_vote, next_look) - time.perf_counter()))
            if next_vote <= next_look:
                next_vote += VOTE_SECONDS
                await self.vote(question)
            else:
                next_look += LOOK_SECONDS
                began = time.perf_counter()
                state, body = await self.ask("GET", f"/vote/state?seen={seen}")
                self.looks.append((time.perf_counter() - began) * 1000)
                seen = json.loads(body)["seen"] if state == 200 else seen

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()


@contextmanager
def a_workshop(
    questions: tuple[str, ...] = (), *, started: bool = True, time_box_seconds: int = 0
) -> Iterator[tuple[Server, Workplace, WorkshopRecord]]:
    """A server with one workshop on a fresh database, and the workplace beside it to look into."""
    from operations.assessments import open_assessment
    from operations.authorize import Actor
    from operations.systems import create_system
    from operations.workplace import open_workplace
    from operations.workshops import open_workshop, start_workshop

    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "arrears.db"
        workplace, ada = open_workplace(database), Actor(name="Ada", local=True)
        system = create_system(workplace, ada, name="Churn", team="Growth")
        assessment = open_assessment(workplace, ada, system_id=system.system_id, period="2026Q4")
        opened = open_workshop(
            workplace, ada, assessment_id=assessment.assessment_id, questions=questions,
            time_box_seconds=time_box_seconds,
        )  # fmt: skip
        if started:
            start_workshop(workplace, ada, workshop_id=opened.workshop_id)
        server = Server(ROOT / "app.py", database).start()
        try:
            yield server, workplace, opened
        finally:
            server.stop()
            workplace.close()


def centile(values: list[float], share: float) -> float:
    """The value below which `share` of them lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def room(port: int, code: str, people: int, question: str, seconds: float) -> tuple[list[Phone], float, float]:
    """Let everybody in within ten seconds, then vote and look; the phones, the slowest joining, when all were in."""
    phones = [Phone(port=port, name=f"Person {number}") for number in range(people)]

    async def arrive(phone: Phone, after: float) -> float:
        await asyncio.sleep(after)
        return await phone.join(code)

    began = time.perf_counter()
    delays = [STORM_SECONDS * number / people for number in range(people)]
    joined = await asyncio.gather(*(arrive(phone, after) for phone, after in zip(phones, delays, strict=True)))
    all_in = time.perf_counter() - began
    until = time.perf_counter() + seconds
    await asyncio.gather(*(phone.live(question, until) for phone in phones))
    for phone in phones:
        phone.close()
    return phones, max(joined), all_in


def measure_room(people: int, seconds: float = RUN_SECONDS) -> list[dict[str, Any]]:
    """One workshop of `people` on a fresh server: acknowledged, lost, doubled, processor, memory."""
    with a_workshop(("ENT-01",)) as (server, workplace, opened):
        time.sleep(SETTLE_SECONDS)
        before = server.resident_mb()
        used = server.cpu_seconds()
        phones, slowest, all_in = asyncio.run(room(server.port, opened.code, people, "ENT-01", seconds))
        used, after = server.cpu_seconds() - used, server.resident_mb()
        kept = workplace.store.read(lambda records: records.workshops.ballots(opened.workshop_id, "ENT-01", 1))
    wanted = sorted(str(p.acknowledged) for p in phones if p.acknowledged[1])
    there = sorted(str((ballot.level, ballot.turn)) for ballot in kept)
    lost = len([vote for vote in wanted if vote not in there])
    waits = [wait for phone in phones for wait in phone.waits]
    looks = [wait for phone in phones for wait in phone.looks]

    def row(what: str, figure: float, unit: str, promise: str = "") -> dict[str, Any]:
        return {"what": f"{people} people: {what}", "figure": figure, "unit": unit, "promise": promise,
                "command": COMMAND}  # fmt: skip

    limit = "<= 100 ms" if people <= 30 else "<= 300 ms"
    return [
        row("vote acknowledged, p50", round(statistics.median(waits), 1), "ms"),
        row("vote acknowledged, p95", round(centile(waits, 0.95), 1), "ms", limit),
        row("look answered, p95", round(centile(looks, 0.95), 1), "ms"),
        row("votes acknowledged", len(waits) - sum(phone.refused for phone in phones), ""),
        row("refused", sum(phone.refused for phone in phones), "", "0"),
        row("lost", lost, "", "0"),
        row("doubled", len(there) - len(wanted), "", "0"),
        row("all in, when they come within 10 s", round(all_in, 1), "s", "<= 20 s"),
        row("slowest to come in", round(slowest, 2), "s"),
        row("processor of the server", round(100 * used / (seconds + all_in), 1), "% of a core"),
        row("memory it grew by", round(after - before, 1), "MB"),
    ]


def measure() -> list[dict[str, Any]]:
    """The bytes and taps of one phone, every room, and a server that is killed."""
    rooms = (row for people in ROOMS for row in measure_room(people))
    return [*phone_rows(), *rooms, *measure_kills()]


async def _stubborn(phone: Phone, question: str, ended: asyncio.Event) -> None:
    """Vote again and again; a vote without a reply is sent again, the same one, until it has one."""
    while not ended.is_set():
        level, turn = random.choice((0, 1, 2, 3, 4, None)), phone.acknowledged[1] + 1
        vote = json.dumps({"question": question, "round": 1, "level": level, "comment": "", "turn": turn})
        while not ended.is_set():
            try:
                state, _ = await phone.ask("POST", "/vote", vote, "application/json")
            except (OSError, asyncio.IncompleteReadError):
                state, phone._streams = 0, None
            if state == 200:
                phone.acknowledged = level, turn
                break
            await asyncio.sleep(0.5)  # as the page waits before it tries again
        await asyncio.sleep(random.uniform(0.6, 1.0))


async def _killed(server: Server, code: str, people: int, times: int, check: Any) -> tuple[int, list[float]]:
    """Kill the server in the middle of voting; how many acknowledged votes were lost, and how long phones were away."""
    phones = [Phone(port=server.port, name=f"Person {number}") for number in range(people)]
    for phone in phones:
        await phone.join(code)
    ended = asyncio.Event()
    voting = [asyncio.create_task(_stubborn(phone, "ENT-01", ended)) for phone in phones]
    lost, away = 0, []
    for _ in range(times):
        await asyncio.sleep(random.uniform(0.5, 1.5))
        await asyncio.to_thread(server.kill)
        before = [phone.acknowledged[1] for phone in phones]
        kept, known = sorted(check(), reverse=True), sorted(filter(None, before), reverse=True)
        lost += sum(there < turn for there, turn in zip(kept, known, strict=False))  # nobody's ballot is known by name
        lost += max(0, len(known) - len(kept)) + max(0, len(kept) - people)
        await asyncio.to_thread(server.start)
        back = time.perf_counter()
        while any(phone.acknowledged[1] <= turn for phone, turn in zip(phones, before, strict=True)):
            await asyncio.sleep(0.05)
        away.append(time.perf_counter() - back)
    ended.set()
    await asyncio.gather(*voting)
    for phone in phones:
        phone.close()
    return lost, away


def measure_kills(times: int = 50, people: int = 20) -> list[dict[str, Any]]:
    """kill -9 and a new start in the middle of voting, many times."""
    with a_workshop(("ENT-01",)) as (server, workplace, opened):

        def check() -> list[int]:
            kept = workplace.store.read(lambda records: records.workshops.ballots(opened.workshop_id, "ENT-01", 1))
            return [ballot.turn for ballot in kept]

        lost, away = asyncio.run(_killed(server, opened.code, people, times, check))
    what = f"{people} people, server killed {times} times while they vote"

    def row(figure: str, value: float, unit: str, promise: str) -> dict[str, Any]:
        return {"what": f"{what}: {figure}", "figure": value, "unit": unit, "promise": promise, "command": COMMAND}

    return [
        row("acknowledged votes lost or doubled", lost, "", "0"),
        row("all voting again after the new start, slowest", round(max(away), 1), "s", "<= 10 s"),
    ]


def phone_rows() -> list[dict[str, Any]]:
    """What a phone loads cold and warm, on the wire, and how many taps lead from the link to the first vote."""
    from playwright.sync_api import sync_playwright

    from tests.browser.find_chromium import LAUNCH_ARGS, chromium_path

    with a_workshop() as (server, _, opened), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
        page = browser.new_page(viewport={"width": 390, "height": 844})
        wire = {"bytes": 0.0}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", lambda e: wire.update(bytes=wire["bytes"] + e["encodedDataLength"]))
        taps = 1
        page.goto(f"http://127.0.0.1:{server.port}/join/{opened.code}")
        page.keyboard.type("Cy")
        page.get_by_role("button", name="Join").click()
        page.locator("#vote").wait_for()
        page.wait_for_load_state("networkidle")
        cold = wire["bytes"]
        page.locator("label.level").nth(2).click()
        taps += 1
        page.locator("#own", has_text="Voted at").wait_for()
        wire["bytes"] = 0.0
        page.goto(f"http://127.0.0.1:{server.port}/vote")
        page.wait_for_load_state("load")
        warm = wire["bytes"]
        browser.close()

    def row(what: str, figure: float, unit: str, promise: str = "") -> dict[str, Any]:
        return {"what": what, "figure": figure, "unit": unit, "promise": promise, "command": COMMAND}

    return [
        row("A phone from the link to the first question, cold", round(cold / 1000, 1), "kB"),
        row("The vote page opened again, warm", round(warm / 1000, 1), "kB"),
        row("Taps from the link to the first vote, the name typed", taps, "", "<= 3"),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workshop")
    parser.add_argument("people", type=int)
    parser.add_argument("--seconds", type=float, default=RUN_SECONDS)
    parser.add_argument("--kills", type=int, default=0, help="instead: kill the server so many times")
    given = parser.parse_args()
    show(measure_kills(given.kills, given.people) if given.kills else measure_room(given.people, given.seconds))

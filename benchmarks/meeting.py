"""A whole workshop, faster than life: an agenda of votes, talk, second votes and a break, its phones and its desk."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.desk import Desk
from benchmarks.report import show
from benchmarks.server import Server
from benchmarks.workshop import SETTLE_SECONDS, Phone, a_workshop, centile

if TYPE_CHECKING:
    from operations.records import BallotRecord

COMMAND = "python -m benchmarks.meeting"
QUESTIONS_AN_HOUR = 12.5
LOOK_SECONDS = 2.0  #: as the pages do
LOOKS_A_SECOND_MAX = 3.4  #: of one phone: the door allows four, at whatever speed
VOTE_SECONDS, SECOND_VOTE_SECONDS, READ_SECONDS, TALK_SECONDS, BREAK_SECONDS = 75.0, 45.0, 15.0, 60.0, 300.0
PATIENCE_SECONDS = 20.0  #: of real time, for everybody's vote to show at the desk
CHANGES, RETRIES, CUTS, RELOADS, SLEEPS = 0.25, 0.1, 0.05, 0.04, 0.03  #: shares of votes, or of looks
MEMORY_EVERY_SECONDS = 1.0
_PLACE = re.compile(r'data-question="([^"]*)"\s+data-round="(\d+)".*?data-takes="(\d)"', re.DOTALL)

Place = tuple[str, int]  #: question and round


@dataclass(kw_only=True)
class Guest(Phone):
    """A participant who votes on whatever question is asked, changes their mind, sleeps, reloads and repeats."""

    speed: float
    kept: dict[Place, tuple[int | None, int]] = field(default_factory=dict)  #: acknowledged: level and turn
    unsure: dict[Place, tuple[int | None, int]] = field(default_factory=dict)  #: sent, and no answer came
    late: int = 0  #: refused because the votes were revealed meanwhile: the defined answer
    _plans: dict[Place, list[float]] = field(default_factory=dict)  #: when to vote, in seconds of the clock
    _seen: str = ""

    async def take_part(self, ended: asyncio.Event) -> None:
        """Look, vote and look again until the meeting is over."""
        place: Place | None = None
        await asyncio.sleep(random.random() / self.speed)
        while not ended.is_set():
            place = await self._look(place)
            if place is not None:
                await self._vote_when_it_is_time(place)
            await asyncio.sleep(max(LOOK_SECONDS / self.speed, 1 / LOOKS_A_SECOND_MAX) * random.uniform(0.9, 1.1))
            if random.random() < SLEEPS / 10:
                await asyncio.sleep(60 / self.speed)

    async def _look(self, place: Place | None) -> Place | None:
        """Which question takes votes now."""
        if random.random() < RELOADS / 10:
            await self.ask("GET", "/vote")
            self._seen = ""
        began = time.perf_counter()
        state, body = await self.ask("GET", f"/vote/state?seen={self._seen}")
        self.looks.append((time.perf_counter() - began) * 1000)
        if state == 200:
            shown = json.loads(body)
            self._seen, found = shown["seen"], _PLACE.search(shown["html"])
            return (found[1], int(found[2])) if found and found[3] == "1" else None
        self.refused += state not in {204, 401}  # 401: the workshop has ended
        return place if state == 204 else None

    async def _vote_when_it_is_time(self, place: Place) -> None:
        if place not in self._plans:
            within = (VOTE_SECONDS if place[1] == 1 else SECOND_VOTE_SECONDS) / self.speed
            votes = 2 if random.random() < CHANGES else 1
            self._plans[place] = sorted(time.perf_counter() + within * random.uniform(0.1, 1) for _ in range(votes))
        plan = self._plans[place]
        while plan and plan[0] <= time.perf_counter():
            plan.pop(0)
            await self._say(place, random.choice((0, 1, 1, 2, 2, 2, 3, 4, None)))

    async def _say(self, place: Place, level: int | None) -> None:
        turn = self.kept.get(place, (None, 0))[1] + 1
        said = {"question": place[0], "round": place[1], "level": level, "comment": "", "turn": turn}
        vote, kind = json.dumps(said), "application/json"
        self.unsure[place] = level, turn
        if random.random() < CUTS:
            await self.hang_up("POST", "/vote", vote, kind)
        for _ in range(2 if random.random() < RETRIES else 1):
            began = time.perf_counter()
            state, _ = await self.ask("POST", "/vote", vote, kind)
            self.waits.append((time.perf_counter() - began) * 1000)
            if state == 200:
                self.kept[place] = level, turn
                self.unsure.pop(place, None)
            else:
                self.late += state == 409
                self.refused += state != 409


@dataclass(kw_only=True)
class Held:
    """What came of the meeting."""

    guests: list[Guest]
    desk: Desk
    memory: list[tuple[float, float]]  #: seconds since the start, MB
    took: float
    again: int = 0
    by_hand: int = 0


async def _facilitate(desk: Desk, held: Held, hours: float, speed: float, questions: int) -> None:
    """Lead through all questions, each with its share of the time."""
    share, began = hours * 3600 / speed / questions, time.perf_counter()
    await desk.press("Start")
    for number in range(questions):
        await asyncio.sleep(READ_SECONDS / speed)
        await _reveal(desk)
        await asyncio.sleep(READ_SECONDS / speed)
        if desk.step("Vote again") and (desk.step() or "").startswith("Vote again"):
            await asyncio.sleep(TALK_SECONDS / speed)
            await desk.press("Vote again")
            held.again += 1
            await _reveal(desk)
        if number % 6 == 5:
            await desk.press("Settle at this level", Level="3", Why="The incident of May says otherwise")
            held.by_hand += 1
        else:
            await desk.press("Settle")
        if number == questions // 2:
            await desk.press("Pause")
            await asyncio.sleep(min(BREAK_SECONDS / speed, share / 2))
            await desk.press("Go on")
        await asyncio.sleep(max(0.0, began + share * (number + 1) - time.perf_counter()))
        await desk.press("Next question" if number < questions - 1 else "End the workshop")


async def _reveal(desk: Desk) -> None:
    """Wait until all have voted, or for as long as a person would."""
    patient = time.perf_counter() + PATIENCE_SECONDS
    while not desk.step("Reveal the votes") and time.perf_counter() < patient:
        await asyncio.sleep(0.1)
    await desk.press("Reveal")


async def _meet(server: Server, code: str, query: str, people: int, hours: float, speed: float, questions: int) -> Held:
    guests = [Guest(port=server.port, name=f"Person {number}", speed=speed) for number in range(people)]
    desk = Desk(port=server.port, path="workshop", query=query)
    held = Held(guests=guests, desk=desk, memory=[], took=0.0)
    ended, began = asyncio.Event(), time.perf_counter()
    await desk.open()
    for guest in guests[:-1]:
        await guest.join(code)
    await desk.look()

    async def weigh() -> None:
        while not ended.is_set():
            held.memory.append((time.perf_counter() - began, server.resident_mb()))
            await asyncio.sleep(MEMORY_EVERY_SECONDS)

    async def late() -> None:
        await asyncio.sleep(hours * 3600 / speed / 4)
        await guests[-1].join(code)
        await guests[-1].take_part(ended)

    beside = [
        *(asyncio.create_task(guest.take_part(ended)) for guest in guests[:-1]),
        asyncio.create_task(late()),
        asyncio.create_task(desk.keep_looking(LOOK_SECONDS / speed, ended)),
        asyncio.create_task(weigh()),
    ]
    try:
        await _facilitate(desk, held, hours, speed, questions)
    finally:
        held.took = time.perf_counter() - began
        ended.set()
        await asyncio.gather(*beside)
        for guest in guests:
            guest.close()
        await desk.close()
    return held


def _misses(guests: list[Guest], place: Place, ballots: tuple[BallotRecord, ...]) -> tuple[int, int]:
    """How many acknowledged votes are not there, and how many ballots nobody gave.

    Ballots name nobody, so each is matched with a vote; where no reply came, either of two votes may stand.
    """
    there = Counter((ballot.level, ballot.turn) for ballot in ballots)
    wanted = Counter(guest.kept[place] for guest in guests if place in guest.kept and place not in guest.unsure)
    lost = (wanted - there).total()
    left, unsure = there - wanted, [guest for guest in guests if place in guest.unsure]
    may = Counter(vote for guest in unsure for vote in (guest.unsure[place], guest.kept.get(place)) if vote)
    lost += max(0, sum(place in guest.kept for guest in unsure) - left.total())
    return lost, (left - may).total() + max(0, (left & may).total() - len(unsure))


def slope(points: list[tuple[float, float]]) -> float:
    """The least-squares slope of values over time."""
    times, values = [at for at, _ in points], [value for _, value in points]
    return statistics.linear_regression(times, values).slope if len(points) > 1 else 0.0


def measure(people: int = 30, hours: float = 2.0, speed: float = 10.0) -> list[dict[str, Any]]:
    """Hold the meeting on a fresh server, and count afterwards what is kept."""
    from operations.workplace import shipped_checklist

    asked = tuple(question.id for question in shipped_checklist().questions.values() if question.core)
    asked = asked[: max(2, round(hours * QUESTIONS_AN_HOUR))]
    with a_workshop(asked, started=False, time_box_seconds=int(VOTE_SECONDS / speed)) as (server, workplace, opened):
        time.sleep(SETTLE_SECONDS)
        query = f"system={opened.system_id}&workshop={opened.workshop_id}"
        held = asyncio.run(_meet(server, opened.code, query, people, hours, speed, len(asked)))
        lost = doubled = 0
        for place in {place for guest in held.guests for place in (*guest.kept, *guest.unsure)}:
            kept = workplace.store.read(
                lambda records, place=place: records.workshops.ballots(opened.workshop_id, *place)
            )
            missed = _misses(held.guests, place, tuple(kept))
            lost, doubled = lost + missed[0], doubled + missed[1]
        answers = workplace.store.read(lambda records: records.answers(opened.assessment_id))
        settled = sum(answer.source == "workshop" and bool(answer.votes) for answer in answers.values())
    half = [point for point in held.memory if point[0] >= held.took / 2]
    waits = [wait for guest in held.guests for wait in guest.waits]
    looks = [wait for guest in held.guests for wait in guest.looks]

    def row(what: str, figure: float, unit: str, promise: str = "") -> dict[str, Any]:
        said = f"{people} people and a desk, {hours:g} hours at {speed:g} times the speed: {what}"
        return {"what": said, "figure": figure, "unit": unit, "promise": promise, "command": COMMAND}

    hour = 3600 / speed
    return [
        row("vote acknowledged, p50", round(statistics.median(waits), 1), "ms"),
        row("vote acknowledged, p95", round(centile(waits, 0.95), 1), "ms", "<= 100 ms"),
        row("votes acknowledged", sum(map(len, (guest.kept for guest in held.guests))), ""),
        row("votes too late for the reveal, and told so", sum(guest.late for guest in held.guests), ""),
        row("refused otherwise", sum(guest.refused for guest in held.guests), "", "0"),
        row("lost", lost, "", "0"),
        row("doubled", doubled, "", "0"),
        row(f"settled with votes, of {len(asked)}", settled, "", str(len(asked))),
        row("voted on twice", held.again, ""),
        row("settled by hand", held.by_hand, ""),
        row("look of a phone answered, p95", round(centile(looks, 0.95), 1), "ms"),
        row("look of the desk finished, p95", round(1000 * centile(held.desk.waits, 0.95), 1), "ms"),
        row("desk drawn anew", held.desk.drawn, "times"),
        row("memory at the start", round(held.memory[0][1], 1), "MB"),
        row("memory half-way", round(half[0][1], 1), "MB"),
        row("memory at the end", round(held.memory[-1][1], 1), "MB"),
        row("memory, slope of the second half, in an hour of the meeting", round(slope(half) * hour, 2), "MB", "flat"),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.meeting")
    parser.add_argument("people", type=int, nargs="?", default=30)
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--speed", type=float, default=10.0, help="how much faster than life")
    given = parser.parse_args()
    show(measure(given.people, given.hours, given.speed))

"""kill -9 of the serving process at random while eight people answer: nothing acknowledged is lost, nothing doubled."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import sqlite3
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.server import ROOT, Server
from benchmarks.streamlit_client import Visitor
from operations.assessments import open_assessment, read_history, read_questionnaire
from operations.authorize import Actor
from operations.systems import create_system
from operations.workplace import open_workplace

COMMAND = "python -m benchmarks.kill 200"
PEOPLE = 8
SOMEBODY = Actor(name="Benchmark", local=True)


@dataclass
class Person:
    """One of the eight: answers only the questions dealt out to them, and notes what the page acknowledged."""

    name: str
    questions: list[str]
    acknowledged: list[tuple[str, int]] = field(default_factory=list)
    sent: int = 0
    turn: int = 0

    def _told_saved(self, visitor: Visitor) -> bool:
        """Whether the page says that the answer is saved, and not that something else became of it."""
        saved = any(text.startswith("saved ") and text.endswith(self.name) for text in visitor.said)
        refused = any("Not saved" in text or "changed this meanwhile" in text for text in visitor.said)
        return saved and not refused and not visitor.failures

    async def answer(self, port: int, query: str, stop: asyncio.Event) -> None:
        """Open the page and answer until the server dies or `stop` is set."""
        visitor = Visitor(port=port, path="assess", query=query, name=self.name)
        try:
            await visitor.open()
            while not stop.is_set():
                question = self.questions[self.turn % len(self.questions)]
                level = (self.turn // len(self.questions)) % 5
                self.turn += 1
                self.sent += 1
                await visitor.choose(question, level)
                if self._told_saved(visitor):
                    self.acknowledged.append((question, level))
                await asyncio.sleep(random.uniform(0, 0.05))
        except (ConnectionError, OSError, TimeoutError, KeyError):
            return
        finally:
            with contextlib.suppress(ConnectionError, OSError):
                await visitor.close()


async def _until_killed(server: Server, people: list[Person], query: str) -> None:
    stop = asyncio.Event()
    tasks = [asyncio.create_task(person.answer(server.port, query, stop)) for person in people]
    known = sum(person.sent for person in people)
    for _ in range(3000):  # pages take their time after a start; the clock runs from the first answer
        if sum(person.sent for person in people) > known:
            break
        await asyncio.sleep(0.01)
    await asyncio.sleep(random.uniform(0, 2.0))
    server.kill()
    stop.set()
    await asyncio.wait(tasks, timeout=40)


def measure(kills: int = 200) -> list[dict[str, Any]]:
    """Kill the server `kills` times; count what was acknowledged, lost and doubled."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "arrears.db"
        workplace = open_workplace(database)
        system = create_system(workplace, SOMEBODY, name="Killed", team="Team")
        assessment = open_assessment(workplace, SOMEBODY, system_id=system.system_id, period="2026Q4")
        asked = [
            q.id for q in read_questionnaire(workplace, SOMEBODY, assessment_id=assessment.assessment_id).questions
        ]
        workplace.close()
        people = [Person(name=f"P{n}", questions=asked[n::PEOPLE]) for n in range(PEOPLE)]
        query = f"system={system.system_id}&period=2026Q4&view=All+questions"
        for number in range(kills):
            server = Server(script=ROOT / "app.py", database=database).start()
            asyncio.run(_until_killed(server, people, query))
            if number % 20 == 19:
                print(f"{number + 1} kills, {sum(len(p.acknowledged) for p in people)} acknowledged", file=sys.stderr)
        lost, doubled = _reconcile(database, assessment.assessment_id, people)
        with sqlite3.connect(database) as connection:
            integrity = connection.execute("PRAGMA integrity_check").fetchone()[0]
    acknowledged, sent = sum(len(p.acknowledged) for p in people), sum(p.sent for p in people)

    def row(what: str, figure: float, promise: str) -> dict[str, Any]:
        return {"what": what, "figure": figure, "unit": "", "promise": promise, "command": COMMAND}

    return [
        row("kill -9 of the serving process while 8 people answer", kills, "200"),
        row("answers sent", sent, ""),
        row("answers acknowledged", acknowledged, ""),
        row("acknowledged answers lost", lost, "0"),
        row("answers doubled", doubled, "0"),
        row(f"integrity check: {integrity}", 0 if integrity == "ok" else 1, "0"),
    ]


def _reconcile(database: Path, assessment_id: str, people: list[Person]) -> tuple[int, int]:
    """Acknowledged answers must appear in the history in their order; no answer may stand twice in a row."""
    workplace = open_workplace(database)
    lost = doubled = 0
    for person in people:
        for question in person.questions:
            events = read_history(workplace, SOMEBODY, assessment_id=assessment_id, question_id=question)
            levels = [event.level for event in events]
            doubled += sum(a == b for a, b in itertools.pairwise(levels))
            place = 0
            for level in (level for q, level in person.acknowledged if q == question):
                found = levels.index(level, place) if level in levels[place:] else None
                lost += found is None
                place = place if found is None else found + 1
    workplace.close()
    return lost, doubled


if __name__ == "__main__":
    from benchmarks.report import show

    show(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 200))

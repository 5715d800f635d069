"""The facilitator's desk reduced to its websocket: follows the page's look, reads the one big button and presses it."""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.report import show
from benchmarks.server import Server
from benchmarks.streamlit_client import ANSWER_SECONDS_MAX, Visitor
from benchmarks.workshop import SETTLE_SECONDS, Phone, a_workshop

COMMAND = "python -m benchmarks Desk"
STEP_SECONDS = 0.45  #: a step is not taken by a click that comes sooner after its button came up
STEP_KEY = "workshop-do"  #: in the widget id of each step
TABS, PEOPLE, LOOK_SECONDS, RUN_SECONDS, REPEATS = 6, 30, 0.25, 20.0, 3

Told = tuple[str, str | bool]  #: what a widget says: a text, or that it was pressed


@dataclass
class Desk(Visitor):
    """One open tab of the workshop page."""

    buttons: dict[str, tuple[str, bool]] = field(default_factory=dict)  #: widget id -> label, whether it can be pressed
    fields: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)  #: widget id -> label, options
    boards: list[Any] = field(default_factory=list)  #: what the workshop components were given by the last drawing
    waits: list[float] = field(default_factory=list)  #: seconds of each look
    drawn: int = 0  #: how often the whole page was drawn
    _watched: dict[str, Any] = field(default_factory=dict)  #: what the page asks, and the counter it shows
    _line: Phone | None = None  #: over which it asks

    def _take(self, message: bytes) -> None:
        forward = ForwardMsg()
        forward.ParseFromString(message)
        match forward.WhichOneof("type"):
            case "navigation":
                self._page_hash = forward.navigation.page_script_hash
            case "new_session" if not forward.metadata.run.fragment_ids:
                self.buttons, self.fields, self.boards = {}, {}, []
                self.drawn += 1
            case "delta" if forward.delta.WhichOneof("type") == "new_element":
                self._see(forward.delta.new_element, forward.delta.fragment_id)
            case "script_finished" if forward.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                self._finished.set()

    def _see(self, element: Any, fragment: str) -> None:
        match element.WhichOneof("type"):
            case "button":
                self.buttons[element.button.id] = element.button.label, not element.button.disabled
            case "radio":
                texts = tuple(str(option) for option in element.radio.options)
                self.fields[element.radio.id] = element.radio.label, texts
            case "text_input":
                self.fields[element.text_input.id] = element.text_input.label, ()
            case "bidi_component" if element.bidi_component.component_name == "arrears_workshop_board":
                self.boards.append(json.loads(element.bidi_component.json))
            case "bidi_component" if element.bidi_component.component_name == "arrears_workshop_watch":
                self._watched = json.loads(element.bidi_component.json)
            case _:
                super()._see(element, fragment)

    async def _run(self, told: Iterable[Told] = ()) -> float:
        """One run of the page. Returns the seconds until it was finished."""
        async with self._lock:
            back = BackMsg()
            run = back.rerun_script
            run.query_string, run.page_script_hash = self.query, self._page_hash
            run.page_name = "" if self._page_hash else self.path
            for widget, said in told:
                state = run.widget_states.widgets.add()
                state.id = widget
                if isinstance(said, bool):
                    state.trigger_value = said
                else:
                    state.string_value = said
            self._finished.clear()
            started = time.perf_counter()
            await self._socket.send(back.SerializeToString())
            await asyncio.wait_for(self._finished.wait(), ANSWER_SECONDS_MAX)
            if self._reader.done():
                raise ConnectionError("the server went away")
            return time.perf_counter() - started

    async def look(self) -> None:
        """What the page does every two seconds; it is drawn anew where something moved."""
        if self._line is None:
            self._line = Phone(port=self.port, name="desk")
        began = time.perf_counter()
        _, body = await self._line.ask("GET", f"/{self._watched['address']}")
        if json.loads(body)["seq"] != self._watched["seq"]:
            await self._run()
        self.waits.append(time.perf_counter() - began)

    async def keep_looking(self, every: float, ended: asyncio.Event) -> None:
        """Look again and again until `ended`."""
        while not ended.is_set():
            began = time.perf_counter()
            await self.look()
            await asyncio.sleep(max(0.0, every - (time.perf_counter() - began)))

    def step(self, words: str = "") -> str | None:
        """The label of the first step that can be pressed and has these words; None while there is none."""
        found = self._button(words)
        return self.buttons[found][0] if found else None

    def _button(self, words: str) -> str | None:
        fits = (one for one, (label, ready) in self.buttons.items() if ready and label.startswith(words))
        return next((one for one in fits if words or STEP_KEY in one), None)

    async def press(self, words: str, **fields: str) -> None:
        """Press the button that begins with these words, the fields of that label filled in. Raises LookupError."""
        await asyncio.sleep(STEP_SECONDS)
        button = self._button(words)
        if button is None:
            raise LookupError(f"no button {words!r} among {[label for label, _ in self.buttons.values()]}")
        told: list[tuple[str, str | bool]] = [(button, True)]
        for label, said in fields.items():
            wanted, (_, options) = next((w, about) for w, about in self.fields.items() if about[0].startswith(label))
            told.append((wanted, next((option for option in options if option.startswith(said)), said)))
        await self._run(told)


async def _one_look(server: Server, query: str, seconds: float) -> float:
    """CPU-ms of the server for one look of a page, with several tabs open; nothing moves meanwhile."""
    tabs = [Desk(port=server.port, path="workshop", query=query) for _ in range(TABS)]
    for tab in tabs:
        await tab.open()
        await tab.look()
    used = server.cpu_seconds()
    await asyncio.sleep(seconds / 4)
    idle = (server.cpu_seconds() - used) * 4
    looks, used, ended = sum(len(tab.waits) for tab in tabs), server.cpu_seconds(), asyncio.Event()
    looking = [asyncio.create_task(tab.keep_looking(LOOK_SECONDS, ended)) for tab in tabs]
    await asyncio.sleep(seconds)
    ended.set()
    await asyncio.gather(*looking)
    used, looks = server.cpu_seconds() - used - idle, sum(len(tab.waits) for tab in tabs) - looks
    for tab in tabs:
        if tab.failures or tab.drawn != 1:
            raise RuntimeError(f"a tab was drawn {tab.drawn} times: {tab.failures}")
        await tab.close()
    return 1000 * used / looks


def measure(seconds: float = RUN_SECONDS) -> list[dict[str, Any]]:
    """What one look costs at the desk and in the room, with everybody in."""
    from operations.ballots import join_workshop

    with a_workshop() as (server, workplace, opened):
        for number in range(PEOPLE):
            join_workshop(workplace, code=opened.code, name=f"Person {number}")
        time.sleep(SETTLE_SECONDS)
        here = f"system={opened.system_id}&workshop={opened.workshop_id}"
        pages = {"desk": here, "projector": f"{here}&view=projector"}
        costs: dict[str, list[float]] = {page: [] for page in pages}
        for _ in range(REPEATS):
            for page, query in pages.items():
                costs[page].append(asyncio.run(_one_look(server, query, seconds)))
    return [
        {"what": f"One look of the {page} with {PEOPLE} people in, processor, median of {REPEATS}",
         "figure": round(statistics.median(each), 1), "unit": "ms", "promise": "<= 5 ms", "command": COMMAND}
        for page, each in costs.items()
    ]  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk")
    parser.add_argument("--seconds", type=float, default=RUN_SECONDS)
    show(measure(parser.parse_args().seconds))

"""A browser tab reduced to its websocket: opens a list of questions, chooses, and waits for what the page says."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ANSWER_SECONDS_MAX = 30.0


@dataclass
class Visitor:
    """One open tab. `said` collects the page's texts since the last rerun was asked for."""

    port: int
    path: str  #: "assess"
    query: str  #: "system=...&view=..."
    name: str = ""
    questions: list[str] = field(default_factory=list)  #: ids, in the order of the page
    revisions: dict[str, int] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    received_bytes: int = 0
    _page_hash: str = ""
    _list: str = ""  #: the widget id of the list
    _fragment: str = ""  #: the fragment it is drawn in
    _pending: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    _turn: int = 0
    _socket: Any = None
    _reader: Any = None
    _finished: asyncio.Event = field(default_factory=asyncio.Event)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def open(self) -> float:
        """Connect and run the page once. Returns the seconds until it was finished."""
        started = time.perf_counter()
        cookie = {"Cookie": f"arrears_name={self.name}"} if self.name else None
        self._socket = await websockets.connect(
            f"ws://127.0.0.1:{self.port}/_stcore/stream",
            subprotocols=["streamlit", "placeholder"],  # type: ignore[list-item]
            max_size=None,
            open_timeout=ANSWER_SECONDS_MAX,
            ping_interval=None,
            additional_headers=cookie,
            origin=f"http://127.0.0.1:{self.port}",  # type: ignore[arg-type]
        )
        self._reader = asyncio.create_task(self._read())
        await self.rerun()
        return time.perf_counter() - started

    async def _read(self) -> None:
        try:
            async for message in self._socket:
                self.received_bytes += len(message)
                self._take(message)
        except (websockets.ConnectionClosed, OSError) as lost:
            self.failures.append(repr(lost))
        finally:
            self._finished.set()

    def _take(self, message: bytes) -> None:
        forward = ForwardMsg()
        forward.ParseFromString(message)
        kind = forward.WhichOneof("type")
        if kind == "navigation":
            self._page_hash = forward.navigation.page_script_hash
        elif kind == "delta" and forward.delta.WhichOneof("type") == "new_element":
            self._see(forward.delta.new_element, forward.delta.fragment_id)
        elif kind == "script_finished":
            self._finished.set()

    def _see(self, element: Any, fragment: str) -> None:
        kind = element.WhichOneof("type")
        if kind == "bidi_component" and "questions" in element.bidi_component.component_name:
            self._list, self._fragment = element.bidi_component.id, fragment
            self._read_list(json.loads(element.bidi_component.json))
        elif kind == "markdown":
            self.said.append(element.markdown.body)
        elif kind == "alert":
            self.said.append(element.alert.body)
        elif kind == "exception":
            self.failures.append(element.exception.message)

    def _read_list(self, told: Any) -> None:
        if told["areas"]:
            self.questions = [words[0] for _, _, asked in told["areas"] for words in asked]
        for question, (_, revision, said, _, trouble, _) in told["rows"].items():
            self.revisions[question] = revision
            self.said += [text for text in (said, trouble) if text]
        for question, turn in told["taken"].items():
            if question in self._pending and self._pending[question][2] == turn:
                del self._pending[question]

    async def rerun(self, fragment: str = "") -> float:
        """Ask for a run of the page or of one fragment, with the choices not taken yet.

        Returns the seconds until it was finished. Raises ConnectionError when the server went away, TimeoutError
        when it did not answer.
        """
        async with self._lock:
            back = BackMsg()
            run = back.rerun_script
            run.query_string = self.query
            run.page_name = "" if self._page_hash else self.path
            run.page_script_hash = self._page_hash
            run.fragment_id = fragment
            if self._list:
                state = run.widget_states.widgets.add()
                state.id = self._list
                state.json_value = json.dumps({"pending": self._pending})
            self._finished.clear()
            self.said.clear()
            started = time.perf_counter()
            try:
                await self._socket.send(back.SerializeToString())
            except websockets.ConnectionClosed as lost:
                raise ConnectionError(str(lost)) from None
            await asyncio.wait_for(self._finished.wait(), ANSWER_SECONDS_MAX)
            if self._reader.done():
                raise ConnectionError("the server went away")
            return time.perf_counter() - started

    async def choose(self, question: str, level: int) -> float:
        """Click one level. Returns the seconds until the page said what came of it."""
        self._turn += 1
        self._pending[question] = (level, self.revisions[question], self._turn)
        return await self.rerun(self._fragment)

    async def close(self) -> None:
        """Close the tab."""
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            await asyncio.wait([self._reader], timeout=5)

"""What was worked out is remembered: until the database changes, or under a key that says all it was made from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

KEPT_MAX = 16  #: answers at once; the one that was asked for longest ago goes first


@dataclass(slots=True)
class Memory:
    """Answers under one version of the database. It belongs to a workplace, so to one organisation's store.

    A question carries who asks, so nobody is ever shown what was worked out for somebody else.
    """

    _version: str = ""
    _answers: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def recall(self, question: Hashable, version: Callable[[], str], work: Callable[[], T]) -> T:
        """The answer worked out under the present version, by `work` if need be.

        The version is asked for before the work, so a change in between is only ever noticed too soon.
        """
        now = version()
        with self._lock:
            if self._version != now:
                self._answers.clear()
                self._version = now
            if question in self._answers:
                self._answers.move_to_end(question)
                return cast("T", self._answers[question])
        answer = work()
        with self._lock:
            if self._version == now:
                self._answers[question] = answer
                while len(self._answers) > KEPT_MAX:
                    self._answers.popitem(last=False)
        return answer

    def forget(self) -> None:
        """Forget everything: for measuring what a first look costs."""
        with self._lock:
            self._version = ""
            self._answers.clear()


class KeyedMemory(Generic[K, V]):
    """The results asked for last, at most `most`; the one not asked for longest goes first. Safe between threads.

    A key has to hold whatever could change the result (a content hash, a change number), so that nothing ever has to be
    taken out because it became wrong, and nobody is shown what another may see: who may see is asked before.
    """

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: K) -> V | None:
        """What is kept under this key."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: K, value: V) -> None:
        """Keep a result."""
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget everything: for measuring what a first look costs."""
        with self._lock:
            self._kept.clear()

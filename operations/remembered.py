"""What was worked out once is remembered until the database changes: dear answers of pages that many look at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar, cast

T = TypeVar("T")

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

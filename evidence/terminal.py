"""What only a terminal gets: colours, and a bar while a scan is long."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TextIO

WIDTH = 80
BAR_CELLS = 24
BAR_AFTER_SECONDS = 1.0
BAR_EVERY_SECONDS = 0.1
_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours a text, or leaves it as it is."""

    on: bool = False

    def __call__(self, text: str, *names: str) -> str:
        """The text in the colours of these names; unchanged where colours are off."""
        if not self.on or not text or not names:
            return text
        return f"\x1b[{';'.join(_CODES[name] for name in names)}m{text}\x1b[0m"


def takes_colours(stream: TextIO) -> bool:
    """Whether a stream is a terminal that shows colours and whose owner wants them (see no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class Step(Protocol):
    """How far a scan is."""

    @property
    def done(self) -> int:
        """How many of `total`."""
        ...

    @property
    def total(self) -> int:
        """How many there are; 0 when nobody knows."""
        ...

    @property
    def what(self) -> str:
        """What is being done, in a few words."""
        ...


@dataclass
class Bar:
    """A bar on one line of a terminal, for scans of more than a second; elsewhere it draws nothing."""

    stream: TextIO
    clock: Callable[[], float] = time.monotonic
    _begun: float = field(init=False)
    _drawn: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._begun = self.clock()

    def __call__(self, step: Step) -> None:
        """Draw how far the scan is, at most ten times a second."""
        now = self.clock()
        recently = self._drawn is not None and now - self._drawn < BAR_EVERY_SECONDS
        if recently or now - self._begun < BAR_AFTER_SECONDS or not self.stream.isatty():
            return
        self._drawn = now
        share = min(step.done / step.total, 1.0) if step.total > 0 else 0.0
        filled = round(share * BAR_CELLS)
        line = f"[{'#' * filled}{'.' * (BAR_CELLS - filled)}] {share:4.0%}  reading {step.what}"
        self.stream.write("\r\x1b[K" + line[: WIDTH - 1])
        self.stream.flush()

    def clear(self) -> None:
        """Take the bar away, so that what follows stands on a clean line."""
        if self._drawn is not None:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
            self._drawn = None

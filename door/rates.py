"""How often somebody may come, and how often guess: for a bounded number of somebodies."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

MINUTE_SECONDS = 60.0
KEYS_MAX = 2_048  #: somebodies remembered at once; the one not seen for longest is forgotten first


@dataclass(slots=True, kw_only=True)
class Rate:
    """At most `burst` at once, and `per_second` in the long run. Used on the event loop only."""

    burst: int
    per_second: float
    clock: Callable[[], float] = monotonic
    keys_max: int = KEYS_MAX
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)  #: key -> (left, at)

    def wait(self, key: str) -> float:
        """0 when `key` may come now, which is counted; else the seconds until it may."""
        now = self.clock()
        left, at = self._left.pop(key, (float(self.burst), now))
        left = min(float(self.burst), left + max(now - at, 0.0) * self.per_second)
        may = left >= 1.0
        self._left[key] = (left - 1.0 if may else left, now)
        while len(self._left) > self.keys_max:
            self._left.popitem(last=False)
        return 0.0 if may else (1.0 - left) / self.per_second


@dataclass(slots=True, kw_only=True)
class Tries:
    """How often somebody may be wrong: after `most` times within a minute they are locked out for a while.

    Used on the event loop only. Being right costs nothing, so that a room behind one address comes in at once.
    """

    most: int
    locked_seconds: float
    clock: Callable[[], float] = monotonic
    keys_max: int = KEYS_MAX
    _wrong: OrderedDict[str, tuple[float, ...]] = field(default_factory=OrderedDict)  #: key -> when, the last `most`
    _locked: OrderedDict[str, float] = field(default_factory=OrderedDict)  #: key -> until when

    def locked(self, key: str) -> float:
        """0 when `key` may try now, else the seconds until it may."""
        left = self._locked.get(key, 0.0) - self.clock()
        if left <= 0.0:
            self._locked.pop(key, None)
        return max(left, 0.0)

    def was_wrong(self, key: str) -> None:
        """Count a wrong try, and lock `key` out when it was one too many."""
        now = self.clock()
        recent = (*(at for at in self._wrong.pop(key, ()) if now - at < MINUTE_SECONDS), now)
        if len(recent) >= self.most:
            self._locked[key] = now + self.locked_seconds
        else:
            self._wrong[key] = recent
        for kept in (self._wrong, self._locked):
            while len(kept) > self.keys_max:
                kept.popitem(last=False)

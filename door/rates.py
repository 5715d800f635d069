"""How often somebody may come: a bucket that fills again, for a bounded number of somebodies."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

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

"""When the demonstration's people did what: quarters with their days, and a clock that walks through a workshop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

ANSWER_SECONDS = 55.0  #: from one answer to the next
CLOSED_AFTER = timedelta(days=7)
FRIDAY = 4  #: as datetime counts the days of a week


@dataclass(slots=True)
class Clock:
    """A clock that moves on by `step` each time it is read, but never past `latest`."""

    moment: datetime
    step: timedelta
    latest: datetime

    def __call__(self) -> datetime:
        """The moment, and on we go."""
        now = min(self.moment, self.latest)
        self.moment += self.step
        return now


def quarter_starts(period: str) -> datetime:
    """The first moment of a quarter such as "2026Q4", in UTC."""
    return datetime(int(period[:4]), 3 * int(period[5]) - 2, 1, tzinfo=UTC)


def quarter_ends(period: str) -> date:
    """The last day of a quarter."""
    year, month = int(period[:4]), 3 * int(period[5])
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def workshop_clock(period: str, *, place: float, latest: datetime) -> Clock:
    """A clock for the workshop of a quarter that starts at `place` (0..1) of what has passed of it.

    In a quarter that began minutes ago everything still happens before `latest`.
    """
    starts = quarter_starts(period)
    passed = max(min(latest - starts, timedelta(days=90)), timedelta(0))
    begins = starts + passed * place
    if passed >= timedelta(days=7):  # people meet in the morning of a working day
        begins -= timedelta(days=max(begins.weekday() - FRIDAY, 0))
        begins = begins.replace(hour=8, minute=40, second=0, microsecond=0)
    return Clock(moment=begins, step=min(timedelta(seconds=ANSWER_SECONDS), (latest - begins) / 1_000), latest=latest)

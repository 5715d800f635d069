"""A workplace with a clock that stands where a test puts it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from operations.authorize import Actor
from operations.workplace import Workplace
from store.store import open_store
from tests.databases import new_database

ADA = Actor(name="Ada", local=True)
BO = Actor(name="Bo", local=True)


class Clock:
    """Each look moves it on by a second, so that no two changes share a moment."""

    def __init__(self, start: datetime) -> None:
        self.moment = start

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    """An empty workplace on 20 November 2026."""
    store = open_store(new_database(tmp_path / "arrears.db"))
    yield Workplace(store=store, clock=Clock(datetime(2026, 11, 20, 12, tzinfo=UTC)))
    store.close()


def at(workplace: Workplace, year: int, month: int) -> Workplace:
    """The same workplace in another month."""
    return replace(workplace, clock=Clock(datetime(year, month, 15, 12, tzinfo=UTC)))

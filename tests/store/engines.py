"""The engines the contract is run against: name another one here and every contract test runs on it too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from store.engine import Session
from tests.databases import new_database


@dataclass(frozen=True)
class EngineUnderTest:
    name: str
    url: Callable[[Path], str]  # of a database in a folder where there is none yet
    lay: Callable[[Path], object]  # puts a database that the store has made there, with nothing in it
    unguard: Callable[[Session], None]  # what someone does who edits the records behind Arrears' back


def _drop_triggers(session: Session) -> None:
    for row in session.query("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        session.execute(f"DROP TRIGGER {row['name']}")
    session.execute("PRAGMA defer_foreign_keys = ON")


ENGINES = [
    EngineUnderTest(
        "sqlite",
        lambda folder: f"sqlite:///{folder / 'arrears.db'}",
        lambda folder: new_database(folder / "arrears.db"),
        _drop_triggers,
    ),
]

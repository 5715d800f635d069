"""The one door to what is kept: open it, read or write in one transaction, back it up, ask how it is."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from types import TracebackType
from typing import TypeVar

from .engine import Engine, Health, connect
from .records import Records

__all__ = ["Health", "Store", "default_location", "open_store"]

T = TypeVar("T")


class Store:
    """The records of one organisation. One Store serves all threads of a process; every call is one transaction."""

    def __init__(self, engine: Engine, *, org_id: str) -> None:
        self._engine = engine
        self._org_id = org_id

    def read(self, work: Callable[[Records], T]) -> T:
        """What `work` finds in one consistent moment. It may not change anything."""
        return self._engine.read(lambda session: work(Records(session, self._org_id)))

    def write(self, work: Callable[[Records], T]) -> T:
        """Run `work` as one transaction: when this returns, its changes are on the disk; when it raises, none are.

        An engine may run `work` again after a serialisation failure, so it must have no effect outside the records.
        """
        return self._engine.write(lambda session: work(Records(session, self._org_id)))

    def backup(self, path: str | Path) -> Path:
        """A complete copy in a new file, while others go on writing. Raises StoreError when the file exists already."""
        return self._engine.backup(Path(path))

    def forget(self) -> None:
        """Leave nothing of what was deleted or overwritten in the database's files. Never inside a transaction."""
        self._engine.forget()

    def health(self) -> Health:
        """Engine, version, place, size and warnings."""
        return self._engine.health()

    def version(self) -> str:
        """Another text after each change by anybody, cheap to ask for: what was read under the same one still stands.

        Ask before reading, never after, or a change in between goes unnoticed.
        """
        return self._engine.version()

    def verify(self) -> tuple[str, ...]:
        """Every fault found in the file, or else in the audit chain, the snapshots and the answer history."""
        return self._engine.check() or self.read(lambda records: records.verify())

    def close(self) -> None:
        """Give the connections back."""
        self._engine.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_store(url_or_path: str | Path, *, org_id: str = "local") -> Store:
    """Open the database at a path or URL, bring its schema up to date, and know the organisation.

    Raises StorageUnavailable, DatabaseTooNew, DatabaseTooOld or StorageFull. When the schema is current and the
    organisation known, opening only reads.
    """
    engine = connect(str(url_or_path))
    try:
        engine.migrate()
        store = Store(engine, org_id=org_id)
        if not store.read(lambda records: records.organisation_known()):
            store.write(lambda records: records.add_organisation())
    except BaseException:
        engine.close()
        raise
    return store


def default_location(
    *, environ: Mapping[str, str] = os.environ, platform: str = sys.platform, home: Path | None = None
) -> str:
    """Where the database is unless told: ARREARS_DATABASE (a path or URL), else a file in the user's data folder."""
    if chosen := environ.get("ARREARS_DATABASE", "").strip():
        return chosen
    base = Path.home() if home is None else home
    if platform == "win32":
        folder = Path(environ.get("LOCALAPPDATA") or base / "AppData" / "Local") / "Arrears"
    elif platform == "darwin":
        folder = base / "Library" / "Application Support" / "Arrears"
    else:
        data_home = environ.get("XDG_DATA_HOME", "")
        folder = (Path(data_home) if PurePath(data_home).is_absolute() else base / ".local" / "share") / "arrears"
    return str(folder / "arrears.db")

"""What a database must offer to keep Arrears' records, and how an address becomes one that does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from .errors import StorageUnavailable

T = TypeVar("T")

Row = dict[str, Any]  #: one row by column name


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the database stands. `warnings` are whole sentences for the about page; empty when all is well."""

    engine: str  #: "SQLite"
    version: str  #: of the engine, "3.40.1"
    location: str  #: where the records are, without credentials
    schema_version: str  #: name of the newest migration applied
    size_bytes: int
    warnings: tuple[str, ...]


class Session(Protocol):
    """One transaction, in portable SQL: `:name` parameters, upserts, RETURNING, views; no engine's own functions."""

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None, /) -> list[Row]:
        """All rows of a statement that returns rows (a SELECT, or a write with RETURNING)."""
        ...

    def tuples(self, sql: str, parameters: Mapping[str, Any] | None = None, /) -> list[tuple[Any, ...]]:
        """Like `query`, in the order of the columns and without their names: for lists of tens of thousands."""
        ...

    def execute(self, sql: str, parameters: Mapping[str, Any] | None = None, /) -> int:
        """Run a statement that returns no rows; the number of rows it touched."""
        ...

    def insert_many(self, table: str, rows: Iterable[Mapping[str, Any]], /) -> None:
        """Add full rows (every row has the same columns) to a table that exists."""
        ...

    def upsert_many(self, table: str, rows: Iterable[Mapping[str, Any]], /, *, key: Sequence[str]) -> None:
        """Add full rows, or replace the columns of those whose key is there already."""
        ...


class Engine(Protocol):
    """A database. Safe to use from several threads: each transaction has a connection of its own."""

    def read(self, work: Callable[[Session], T], /) -> T:
        """Run `work` in a transaction that sees one moment of the database and changes nothing."""
        ...

    def write(self, work: Callable[[Session], T], /) -> T:
        """Run `work` in one transaction: all of it is kept, and safe on the disk, or none of it."""
        ...

    def migrate(self) -> None:
        """Bring the schema to what this program needs; safe when several processes do it at once."""
        ...

    def backup(self, path: Path, /) -> Path:
        """Write a complete copy of one moment to a file that is not there yet, while others go on writing."""
        ...

    def forget(self) -> None:
        """Leave nothing of what was deleted or overwritten in the files, as far as nobody reads just now."""
        ...

    def health(self) -> Health:
        """Version, place, size and warnings."""
        ...

    def version(self) -> str:
        """Another text after each commit, whoever made it: what was read under the same one is still so."""
        ...

    def check(self) -> tuple[str, ...]:
        """The engine's own check of its file: faults in words, none when it is sound."""
        ...

    def close(self) -> None:
        """Give the connections back. The engine is not used afterwards."""
        ...


def _sqlite(address: str) -> Engine:
    from .sqlite import SqliteEngine

    return SqliteEngine(Path(address))


ENGINES: dict[str, Callable[[str], Engine]] = {"sqlite": _sqlite}  #: scheme of the address -> how to open what follows


def connect(url: str) -> Engine:
    """The engine at a path or `sqlite:///path`. Raises StorageUnavailable for an engine that is not there."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return _sqlite(url)
    opener = ENGINES.get(scheme.lower())
    if opener is None:
        raise StorageUnavailable(
            f"This Arrears cannot keep its records in '{scheme}': "
            f"give the path of a file, or an address that starts with {' or '.join(f'{name}:///' for name in ENGINES)}."
        )
    if not rest.startswith("/") or len(rest) < 2:
        raise StorageUnavailable(f"The address of the database names no file: write {scheme}:///path/to/arrears.db.")
    return opener(rest[1:])

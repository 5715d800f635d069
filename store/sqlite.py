"""SQLite behind the engine protocol: connections never shared between threads, sqlite-utils for the bulk work."""

from __future__ import annotations

import importlib
import os
import shutil
import stat
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from . import schema
from .engine import Health, Row, Session
from .errors import DatabaseTooOld, StorageFull, StorageUnavailable, StoreError

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    import sqlite3

    from sqlite_utils import Database
    from sqlite_utils.db import Table
else:
    try:  # sqlite-utils prefers pysqlite3 where it is installed; both must mean the same classes
        sqlite3 = importlib.import_module("pysqlite3")
    except ImportError:
        import sqlite3

T = TypeVar("T")

BUSY_SECONDS = 10.0  #: how long a writer waits for the one before it
FORGET_SECONDS = 1.0  #: how long emptying the log waits for those who read
IDLE_CONNECTIONS_MAX = 8  #: kept open for the next transaction, of each kind
FREE_BYTES_LOW = 200 * 2**20
VERSION_NEEDED = (3, 37, 0)  #: STRICT tables
VERSION_SAFE = (3, 51, 3)  #: the first with the WAL-reset fix; 3.52 came without it and was withdrawn

_LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED")

_NO_ROOM = "There is no room left: what was saved is safe; free space on the disk that holds {place} and try again."
_DAMAGED = "{place} is damaged or its disk fails ({error}): stop Arrears and restore the newest backup."
_BUSY = (
    f"Another writer has been writing to {{place}} for more than {BUSY_SECONDS:.0f} seconds: "
    "nothing was saved; try again, and end the program that writes if it does not stop."
)
#: SQLite's name for an error, or the primary part of it -> ours, and the sentence
_WORDS: dict[str, tuple[type[StoreError], str]] = {
    "SQLITE_FULL": (StorageFull, _NO_ROOM),
    "SQLITE_IOERR_WRITE": (StorageFull, _NO_ROOM),  # a quota, or a limit on the size of files
    "SQLITE_IOERR_SHMSIZE": (StorageFull, _NO_ROOM),
    "SQLITE_BUSY": (StorageUnavailable, _BUSY),
    "SQLITE_LOCKED": (StorageUnavailable, _BUSY),
    "SQLITE_READONLY": (
        StorageUnavailable,
        "{place} may only be read: nothing was saved; allow writing to it and its folder.",
    ),
    "SQLITE_NOTADB": (
        StorageUnavailable,
        "{place} is not a database file: give another path, or move that file away.",
    ),
    "SQLITE_CANTOPEN": (StorageUnavailable, "{place} cannot be opened: choose a place where you may write."),
    "SQLITE_CORRUPT": (StorageUnavailable, _DAMAGED),
    "SQLITE_IOERR": (StorageUnavailable, _DAMAGED),
    "SQLITE_CONSTRAINT": (StoreError, "The database refused the change, nothing was saved: {error}."),
}
_OTHERWISE = (StoreError, "The database could not do this, nothing was saved: {error}.")
#: for a driver that tells no names
_NAMES = {
    "database or disk is full": "SQLITE_FULL",
    "database is locked": "SQLITE_BUSY",
    "attempt to write a readonly database": "SQLITE_READONLY",
    "file is not a database": "SQLITE_NOTADB",
    "unable to open database file": "SQLITE_CANTOPEN",
    "database disk image is malformed": "SQLITE_CORRUPT",
}


class SqliteSession:
    """One transaction on one connection. sqlite-utils wraps the connection only where it does the work."""

    def __init__(self, connection: sqlite3.Connection, database: Database | None) -> None:
        self._connection = connection
        self._database = database

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None, /) -> list[Row]:
        """All rows of a statement, by column name."""
        self._refuse_change(sql)
        cursor = self._connection.execute(sql, dict(parameters or {}))
        rows = cursor.fetchall()
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in rows]

    def tuples(self, sql: str, parameters: Mapping[str, Any] | None = None, /) -> list[tuple[Any, ...]]:
        """All rows of a statement, as SQLite gives them."""
        self._refuse_change(sql)
        return self._connection.execute(sql, dict(parameters or {})).fetchall()

    def execute(self, sql: str, parameters: Mapping[str, Any] | None = None, /) -> int:
        """Run a statement; the number of rows it touched."""
        self._refuse_change(sql)
        return int(self._connection.execute(sql, dict(parameters or {})).rowcount)

    def insert_many(self, table: str, rows: Iterable[Mapping[str, Any]], /) -> None:
        """Add full rows through sqlite-utils; the table has to exist."""
        self._bulk(table).insert_all(map(dict, rows))

    def upsert_many(self, table: str, rows: Iterable[Mapping[str, Any]], /, *, key: Sequence[str]) -> None:
        """Add or replace full rows through sqlite-utils; the table has to exist."""
        self._bulk(table).upsert_all(map(dict, rows), pk=tuple(key))

    def _refuse_change(self, sql: str) -> None:
        """The connection refuses it too, but in words that would blame the file."""
        if self._database is None and sql.split(maxsplit=1)[0].upper() not in {"SELECT", "WITH"}:
            raise StoreError("Nothing can be changed while only reading.")

    def _bulk(self, table: str) -> Table:
        if self._database is None:
            raise StoreError("Nothing can be changed while only reading.")
        found = self._database.table(table)
        if not found.exists():  # sqlite-utils would create it
            raise StoreError(f"There is no table '{table}'.")
        return found


class WritersLine:
    """Where writers wait for each other, woken as soon as it is their turn.

    SQLite's own lock keeps them apart, but lets those who wait sleep up to a tenth of a second at a time and takes
    them in any order: with four busy processes one save in a hundred then waits a hundred times as long as its work.
    So they line up before it, behind a lock of the process and one on a file beside the database. Whoever does not
    line up (another program, a system without such locks) still meets them at SQLite's lock.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._file: BinaryIO | None = None

    @contextmanager
    def turn(self) -> Generator[None]:
        """Hold the line. Raises StorageUnavailable when the others of this process do not come to an end."""
        if not self._threads.acquire(timeout=BUSY_SECONDS):
            raise StorageUnavailable(_BUSY.format(place=self._path))
        try:
            with suppress(OSError, ValueError):  # without it the line is this process alone
                self._lock_file()
            yield
        finally:
            with suppress(OSError, ValueError):
                self._unlock_file()
            self._threads.release()

    def close(self) -> None:
        """Leave the line; the file stays for the others."""
        if self._file is not None:
            self._file.close()

    if sys.platform == "win32":

        def _lock_file(self) -> None: ...

        def _unlock_file(self) -> None: ...

    else:

        def _lock_file(self) -> None:
            if self._file is None or self._file.closed:
                name = self._path.with_name(self._path.name + "-queue")
                self._file = os.fdopen(os.open(name, os.O_RDWR | os.O_CREAT, 0o600), "rb")
            fcntl.flock(self._file, fcntl.LOCK_EX)

        def _unlock_file(self) -> None:
            if self._file is not None:
                fcntl.flock(self._file, fcntl.LOCK_UN)


class SqliteEngine:
    """One SQLite file. Each transaction takes a connection of its own from the pool and gives it back."""

    def __init__(self, path: Path) -> None:
        version = sqlite3.sqlite_version_info
        if version < VERSION_NEEDED:
            raise DatabaseTooOld(
                f"SQLite {_dotted(version)} is too old, Arrears needs {_dotted(VERSION_NEEDED)} or newer: "
                "use a newer Python, or install pysqlite3-binary beside it."
            )
        if str(path) in {"", ".", ":memory:"}:
            raise StorageUnavailable("A database needs a file to last: give a path such as arrears.db.")
        self._path = path.expanduser().absolute()
        self._lock = threading.Lock()  # of the pool
        self._line = WritersLine(self._path)
        self._idle: dict[bool, list[sqlite3.Connection]] = {False: [], True: []}
        self._forsaken = self._idle
        self._process = os.getpid()
        self._writing = threading.local()
        self._watching = threading.Lock()
        self._watch: sqlite3.Connection | None = None  # changes nothing, so it sees the commits of all others
        self._forsaken_watch: sqlite3.Connection | None = None
        self._identity = self._create()

    # --- the protocol -----------------------------------------------------------------------------------------------

    def read(self, work: Callable[[Session], T], /) -> T:
        """Run `work` in a deferred transaction on a connection that refuses to write."""
        with self._connection(writes=False) as connection, self._transaction(connection, "BEGIN"):
            return work(SqliteSession(connection, None))

    def write(self, work: Callable[[Session], T], /) -> T:
        """Run `work` in an immediate transaction: the lock is taken before anything is read, so no one is overtaken."""
        import sqlite_utils  # noqa: F401  (a third of a second the first time: never while others wait for the lock)

        with (
            self._turn_to_write(),
            self._connection(writes=True) as connection,
            self._transaction(connection, "BEGIN IMMEDIATE"),
        ):
            return work(SqliteSession(connection, _wrapped(connection)))

    def migrate(self) -> None:
        """Apply the migrations that are missing, all or none, one process at a time; only reads when none is."""
        with self._connection(writes=True) as connection:
            if self._applied(connection) == list(schema.MIGRATIONS):
                self._keep_wal(connection)
                return
            from sqlite_utils import Migrations

            migrations = Migrations(schema.MIGRATION_SET)
            for name in schema.MIGRATIONS:
                migrations(name=name)(_step(name))
            self._keep_wal(connection)
            with _rebuilding(connection), self._transaction(connection, "BEGIN IMMEDIATE"):
                self._applied(connection)  # again, now that nobody else can change it
                migrations.apply(_wrapped(connection))
                if orphan := connection.execute("PRAGMA foreign_key_check").fetchone():
                    raise StoreError(
                        f"The database was not brought up to date: a row of {orphan[0]} refers to nothing; "
                        "restore a backup. Nothing was changed."
                    )

    def backup(self, path: Path, /) -> Path:
        """VACUUM INTO a folder of its own beside the target, checked, then named: what has that name is whole."""
        target = path.expanduser().absolute()
        if target.exists():
            raise _in_the_way(target)
        if not target.parent.is_dir():
            raise StoreError(f"There is no folder {target.parent}: make it, or choose another place for the backup.")
        try:
            with TemporaryDirectory(prefix=".arrears-backup-", dir=target.parent) as folder:
                copy = Path(folder) / target.name
                self._copy_into(copy, target)
                _settle(copy)
                _name_it(copy, target)
        except FileExistsError as error:
            raise _in_the_way(target) from error
        except OSError as error:
            raise StoreError(f"The backup cannot be written to {target} ({error.strerror}).") from error
        return target

    def _copy_into(self, copy: Path, target: Path) -> None:
        with self._connection(writes=True) as connection:
            try:
                connection.execute("VACUUM INTO ?", (str(copy),))
            except sqlite3.Error as error:
                if _code(error) in {"SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN"}:
                    raise _in_words(error, target) from error
                raise
        copy.chmod(0o600)
        with self._told(target), closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro", uri=True)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise StorageUnavailable(f"The copy of {self._path} is damaged ({found}): restore the newest good backup.")

    def forget(self) -> None:
        """Empty the write-ahead log, which keeps each page as it was written until it is written over."""
        with self._turn_to_write(), self._connection(writes=True) as connection:
            connection.execute(f"PRAGMA busy_timeout = {FORGET_SECONDS * 1000:.0f}")
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}")

    def health(self) -> Health:
        """SQLite's version, the file, its size with the write-ahead log, and what to worry about."""
        with self._connection(writes=False) as connection:
            applied = self._applied(connection)
        return Health(
            engine="SQLite",
            version=sqlite3.sqlite_version,
            location=str(self._path),
            schema_version=applied[-1] if applied else "",
            size_bytes=sum(_size(self._path.with_name(self._path.name + end)) for end in ("", "-wal")),
            warnings=self._warnings(),
        )

    def check(self) -> tuple[str, ...]:
        """SQLite's own integrity check of the whole file, and when that finds nothing, of what refers to what."""
        try:
            with self._connection(writes=False) as connection:
                found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
                orphans = connection.execute("PRAGMA foreign_key_check").fetchmany(20) if found == ["ok"] else []
        except StorageUnavailable as error:  # so damaged that the check itself stops
            return (str(error),)
        if found != ["ok"]:
            return tuple(f"The file {self._path} is damaged: {fault}." for fault in found)
        return tuple(f"A row of {orphan[0]} refers to a row of {orphan[2]} that is gone." for orphan in orphans)

    def version(self) -> str:
        """SQLite counts the commits of others for each connection: ours is one that never commits anything."""
        self._forget_parent()
        with self._told(self._path), self._watching:
            if self._watch is None:
                self._watch = self._open("rw", writes=False)
            (count,) = self._watch.execute("PRAGMA data_version").fetchone()
        return f"{self._process}:{count}"

    def close(self) -> None:
        """Close the idle connections; one that is in use closes when it is given back."""
        with self._lock:
            connections = [connection for kind in self._idle.values() for connection in kind]
            self._idle = {}
        with self._watching:
            if self._watch is not None:
                connections.append(self._watch)
                self._watch = None
        for connection in connections:
            connection.close()
        self._line.close()

    # --- the pool ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _connection(self, *, writes: bool) -> Generator[sqlite3.Connection]:
        """A connection nobody else has, its errors told in our words; kept only when it comes back clean."""
        with self._told(self._path):
            connection = self._take(writes)
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:  # its rollback failed: it is not fit for anyone else
                    connection.close()
                else:
                    self._give_back(writes, connection)
                raise
            self._give_back(writes, connection)

    def _take(self, writes: bool) -> sqlite3.Connection:
        self._forget_parent()
        if _identity(self._path) != self._identity:
            raise StorageUnavailable(
                f"{self._path} was moved, replaced or deleted while Arrears was running: "
                "put it back, or restart Arrears."
            )
        with self._lock:
            if not self._idle:
                raise StorageUnavailable("The store is closed.")
            if self._idle[writes]:
                return self._idle[writes].pop()
        return self._open("rw", writes=writes)

    def _forget_parent(self) -> None:
        """In a forked child: the connections are the parent's, and closing them here would disturb it."""
        if self._process != os.getpid():
            self._forsaken, self._idle = self._idle, {False: [], True: []}
            self._line.close()
            self._lock, self._line, self._process = threading.Lock(), WritersLine(self._path), os.getpid()
            self._watching, self._watch, self._forsaken_watch = threading.Lock(), None, self._watch

    def _give_back(self, writes: bool, connection: sqlite3.Connection) -> None:
        with self._lock:
            idle = self._idle.get(writes)
            if idle is not None and len(idle) < IDLE_CONNECTIONS_MAX:
                idle.append(connection)
                return
        connection.close()

    def _open(self, mode: str, *, writes: bool) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,  # it moves between threads, one at a time
        )
        for pragma in (
            "synchronous = FULL",
            "foreign_keys = ON",
            "trusted_schema = OFF",
            "secure_delete = ON",  # what is deleted is written over with zeros
            "recursive_triggers = ON",  # so that REPLACE meets the guards against deletion
            f"query_only = {'OFF' if writes else 'ON'}",
        ):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    @contextmanager
    def _turn_to_write(self) -> Generator[None]:
        """Wait in line behind the other writers of this process, then behind those of other processes."""
        if getattr(self._writing, "now", False):
            raise RuntimeError("a write inside a write would wait for itself: use the records given to the outer one")
        self._forget_parent()
        self._writing.now = True
        try:
            with self._line.turn():
                yield
        finally:
            self._writing.now = False

    @contextmanager
    def _transaction(self, connection: sqlite3.Connection, begin: str) -> Generator[None]:
        connection.execute(begin)
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            # a full disk has already undone the transaction, and then ROLLBACK itself is an error
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise

    # --- the file ---------------------------------------------------------------------------------------------------

    def _create(self) -> tuple[int, int]:
        """Make the file, and its folder, for the owner alone, unless they are there; which file it is."""
        with self._told(self._path):
            try:
                for folder in reversed([self._path.parent, *self._path.parent.parents]):
                    if not folder.exists():
                        folder.mkdir(mode=0o700, exist_ok=True)
                if not self._path.exists():
                    self._open("rwc", writes=True).close()
                    self._path.chmod(0o600)  # SQLite gives the files beside it the same rights
                elif not self._path.is_file():
                    raise StorageUnavailable(f"{self._path} is not a file: give the path of the database file.")
                return _identity(self._path)
            except OSError as error:
                raise StorageUnavailable(
                    f"{self._path} cannot be opened ({error.strerror}): choose a place where you may write."
                ) from error

    def _applied(self, connection: sqlite3.Connection) -> list[str]:
        """The migrations this database has had. Refuses a newer database, and one of another program."""
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        applied: list[str] = []
        if "_sqlite_migrations" in tables:
            rows = connection.execute(
                "SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY id", (schema.MIGRATION_SET,)
            )
            applied = [row[0] for row in rows]
        schema.refuse_newer(applied, str(self._path))
        if tables and not applied:
            raise StorageUnavailable(
                f"{self._path} is the database of another program: give Arrears a file of its own."
            )
        return applied

    def _keep_wal(self, connection: sqlite3.Connection) -> None:
        """Switch the file to write-ahead logging, which lasts; several processes may ask for it at once."""
        deadline = time.monotonic() + BUSY_SECONDS
        while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            except sqlite3.OperationalError as error:  # SQLite does not wait here by itself
                if _code(error) not in _LOCKED or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                if mode != "wal":
                    raise StorageUnavailable(
                        f"{self._path} lies where SQLite cannot keep a write-ahead log (a network drive?): "
                        "put the database on a local disk."
                    )

    def _warnings(self) -> tuple[str, ...]:
        found = []
        version = sqlite3.sqlite_version_info
        if version < VERSION_SAFE or (3, 52, 0) <= version < (3, 53, 0):
            found.append(
                f"SQLite {sqlite3.sqlite_version} has a rare fault that can damage a database to which several "
                f"connections write (mended in {_dotted(VERSION_SAFE)} and from 3.53.0 on): keep backups, "
                "and use a Python with a newer SQLite."
            )
        if os.name == "posix" and stat.S_IMODE(self._path.stat().st_mode) & 0o077:
            found.append(f"Other people on this machine can open {self._path}: chmod 600 makes it yours alone.")
        free = shutil.disk_usage(self._path.parent).free
        if free < FREE_BYTES_LOW:
            found.append(f"Only {free // 2**20} MB are free on the disk that holds {self._path}: make room.")
        return tuple(found)

    @contextmanager
    def _told(self, place: Path) -> Generator[None]:
        """Say SQLite's errors in our words."""
        try:
            yield
        except sqlite3.Error as error:
            raise _in_words(error, place) from error
        except UnicodeEncodeError as error:
            raise StoreError("A text holds half a character that cannot be stored: type it again.") from error
        except OverflowError as error:
            raise StoreError("A number is too large to be stored.") from error


def _in_words(error: sqlite3.Error, place: Path) -> StoreError:
    """The store's error for one of SQLite's: what happened, and the way out."""
    kind, words = _WORDS.get(_name(error)) or _WORDS.get(_code(error)) or _OTHERWISE
    return kind(words.format(place=place, error=error))


def _name(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", None) or _NAMES.get(str(error), "")


def _code(error: sqlite3.Error) -> str:
    """The primary part of SQLite's error name: SQLITE_BUSY of SQLITE_BUSY_SNAPSHOT."""
    return "_".join(_name(error).split("_")[:2])


def _wrapped(connection: sqlite3.Connection) -> Database:
    """sqlite-utils over a connection that is set up already; no plug-in gets to change it.

    Imported here and not above: it brings pandas along, for which a reader would wait and have no use.
    """
    from sqlite_utils import Database

    return Database(connection, strict=True, recursive_triggers=False, execute_plugins=False)


def _step(name: str) -> Callable[[Database], None]:
    def apply(database: Database) -> None:
        ddl = schema.statements(name, strict="STRICT", keyed="STRICT, WITHOUT ROWID", real="REAL", blob="BLOB")
        database.executescript(ddl)
        for table, constraint in schema.DROPPED_CONSTRAINTS.get(name, ()):
            _drop_constraint(database.conn, table, constraint)
        database.executescript(schema.SQLITE_GUARDS.get(name, ""))

    return apply


@contextmanager
def _rebuilding(connection: sqlite3.Connection) -> Generator[None]:
    """Let a table be dropped and named anew under those that refer to it, as SQLite's manual says to rebuild one.

    Neither can be switched inside a transaction; what refers to what is checked before it is committed.
    """
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA legacy_alter_table = ON")
    try:
        yield
    finally:
        connection.execute("PRAGMA legacy_alter_table = OFF")
        connection.execute("PRAGMA foreign_keys = ON")


def _drop_constraint(connection: sqlite3.Connection, table: str, constraint: str) -> None:
    """Rebuild a table without one of its constraints: the same columns and rows, then its indexes and guards."""
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE tbl_name = ? AND sql <> ''", (table,))
    parts = rows.fetchall()
    definition = next(sql for kind, name, sql in parts if kind == "table" and name == table)
    if constraint not in definition:
        raise StoreError(f"The table {table} is not as it was made; restore a backup. Nothing was changed.")
    rebuilt = definition.replace(constraint, "", 1).replace(table, f"{table}_rebuilt", 1)
    connection.execute(rebuilt)
    connection.execute(f"INSERT INTO {table}_rebuilt SELECT * FROM {table}")  # noqa: S608  (a name of our own)
    connection.execute(f"DROP TABLE {table}")
    connection.execute(f"ALTER TABLE {table}_rebuilt RENAME TO {table}")
    for kind, _, sql in parts:
        if kind in {"index", "trigger"}:
            connection.execute(sql)


def _identity(path: Path) -> tuple[int, int]:
    """Which file this path names now; (0, 0) when it names none."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return found.st_dev, found.st_ino


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _settle(path: Path) -> None:
    """Put a finished file on the disk itself."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _name_it(copy: Path, target: Path) -> None:
    """Give a finished file its name, never that of another file."""
    try:
        target.hardlink_to(copy)
    except FileExistsError:
        raise
    except OSError:  # no hard links here
        copy.rename(target)


def _in_the_way(target: Path) -> StoreError:
    return StoreError(f"{target} is there already, and a backup overwrites nothing: choose another name.")


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))

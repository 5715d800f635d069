"""What is true of the SQLite file alone: its guards, its rights, its errors in our words, and what it survives."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
import subprocess
import sys
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from store import schema
from store import sqlite as engine_module
from store.engine import connect
from store.errors import AlreadyThere, DatabaseTooNew, DatabaseTooOld, StorageFull, StorageUnavailable, StoreError
from store.sqlite import IDLE_CONNECTIONS_MAX, SqliteEngine
from store.store import default_location, open_store
from tests.databases import new_database
from tests.store.world import SCORING, a_score, a_system, a_world, an_action, an_answer, an_assessment, fill, seal

HERE = "churn-2026Q4"


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "arrears.db"


@pytest.fixture
def store(path):
    with open_store(new_database(path)) as opened:
        opened.write(a_world)
        yield opened


def raw(path):
    """The file as any other program opens it."""
    return closing(sqlite3.connect(path, isolation_level=None))


def child(*words, **more):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.store.hands", *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **more,
    )


# --- the file ---


def test_a_path_and_an_address_name_the_same_file(path):
    open_store(str(path)).close()
    with open_store(f"sqlite:///{path}") as store:
        assert store.health().location == str(path)


def test_a_file_name_may_hold_any_character(tmp_path):
    path = tmp_path / "50% ?#&ü" / "a b.db"
    with open_store(path) as store:
        store.write(a_world)
    assert path.is_file()


@pytest.mark.skipif(os.name != "posix", reason="rights of files are a matter of POSIX")
def test_a_new_database_is_readable_by_its_owner_only(tmp_path):
    path = tmp_path / "new" / "folder" / "arrears.db"
    with open_store(path) as store:
        store.write(a_world)
        rights = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (path.parent.parent, *path.parent.iterdir())}
        assert rights == {
            "new": 0o700,
            "arrears.db": 0o600,
            "arrears.db-wal": 0o600,
            "arrears.db-shm": 0o600,
            "arrears.db-queue": 0o600,
        }
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(store.backup(tmp_path / "b.db").stat().st_mode) == 0o600
        assert not any("Other people" in warning for warning in store.health().warnings)
        path.chmod(0o644)
        assert any("chmod 600" in warning for warning in store.health().warnings)


def test_every_connection_is_set_for_safety(store):
    engine = store._engine
    for writes in (False, True):
        with engine._connection(writes=writes) as connection:
            settings = {
                name: connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "busy_timeout")
            }
        assert settings == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "trusted_schema": 0,
            "busy_timeout": 10_000,
        }


def test_every_table_is_strict(store, path):
    with raw(path) as connection:
        loose = connection.execute("SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict").fetchall()
    assert {name for (name,) in loose if not name.startswith("sqlite_")} == set()


def test_threads_never_share_a_connection_and_few_are_kept(store):
    barrier = threading.Barrier(16)

    def look(_):
        def work(records):
            barrier.wait()
            return id(records._session._connection)

        return store.read(work)

    with ThreadPoolExecutor(16) as threads:
        assert len(set(threads.map(look, range(16)))) == 16
    assert len(store._engine._idle[False]) == IDLE_CONNECTIONS_MAX


def test_a_forked_child_does_not_use_its_parents_connections(store, monkeypatch):
    store.read(lambda records: records.systems())
    parents = set(map(id, store._engine._idle[False]))
    monkeypatch.setattr(engine_module.os, "getpid", lambda: -1)
    child = store.read(lambda records: id(records._session._connection))
    assert child not in parents
    for connection in [connection for kind in store._engine._forsaken.values() for connection in kind]:
        connection.close()


def test_opening_a_current_database_takes_no_write_lock(store, path):
    with raw(path) as other:
        other.execute("BEGIN IMMEDIATE")
        with open_store(path) as second:
            assert second.read(lambda records: records.systems()) == [a_system()]


def test_a_reader_never_loads_sqlite_utils_nor_pandas(store, path):
    with child("read_only", path) as reader:
        assert reader.communicate(timeout=60)[0] == "False\n"


def test_a_file_replaced_while_arrears_runs_is_noticed_before_anything_is_lost(store, path):
    backup = store.backup(path.with_name("backup.db"))
    backup.rename(path)
    for call in (store.read, store.write):
        with pytest.raises(StorageUnavailable, match="moved, replaced or deleted"):
            call(lambda records: records.systems())
    path.unlink()
    with pytest.raises(StorageUnavailable, match="moved, replaced or deleted"):
        store.write(lambda records: records.systems())
    assert not path.exists(), "and no new one is made in its place"


def test_a_backup_opened_in_place_of_the_database_is_logged_ahead_again(store, path):
    copy = store.backup(path.with_name("restored.db"))
    with open_store(copy) as restored:
        restored.write(lambda records: records.save_answer(HERE, an_answer(), 0))
    with raw(copy) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


# --- refusals ---


def test_an_sqlite_without_strict_tables_is_refused(monkeypatch, path):
    monkeypatch.setattr(engine_module.sqlite3, "sqlite_version_info", (3, 36, 0))
    with pytest.raises(DatabaseTooOld, match=r"SQLite 3\.36\.0 is too old, Arrears needs 3\.37\.0"):
        connect(str(path))
    assert not path.exists()


@pytest.mark.parametrize(
    ("version", "warned"),
    [((3, 37, 0), True), ((3, 51, 2), True), ((3, 51, 3), False), ((3, 52, 0), True), ((3, 53, 0), False)],
)
def test_an_sqlite_with_the_write_ahead_log_fault_is_warned_of(monkeypatch, store, version, warned):
    monkeypatch.setattr(engine_module.sqlite3, "sqlite_version_info", version)
    assert any("rare fault" in warning for warning in store.health().warnings) == warned


def test_little_room_is_warned_of(monkeypatch, store):
    monkeypatch.setattr(engine_module, "FREE_BYTES_LOW", 2**80)
    assert any("MB are free on the disk" in warning for warning in store.health().warnings)


def test_a_database_of_a_newer_arrears_is_refused_and_left_alone(store, path):
    with raw(path) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('arrears', '0099 later', 'then')"
        )
    before = path.read_bytes()
    with pytest.raises(DatabaseTooNew, match=r"newer Arrears \(it has '0099 later'\): start that version"):
        open_store(path)
    assert path.read_bytes() == before


def test_an_older_database_is_brought_up_to_date_with_its_guards(monkeypatch, store, path):
    monkeypatch.setitem(schema.MIGRATIONS, "0002 more", "CREATE TABLE more (a {real}) {strict};")
    monkeypatch.setitem(
        schema.SQLITE_GUARDS,
        "0002 more",
        "CREATE TRIGGER more_never BEFORE INSERT ON more BEGIN SELECT RAISE(ABORT, 'never'); END;",
    )
    with open_store(path) as later:
        assert later.health().schema_version == "0002 more"
        assert later.read(lambda records: records.systems()) == [a_system()]
        with pytest.raises(StoreError, match="never"):
            later._engine.write(lambda session: session.execute("INSERT INTO more VALUES (1.5)"))


TAGS = "0005 tags of systems"  #: part of every older database here: the world is written by today's records
ZONES = "0008 zones, withdrawals, confirmations"  #: likewise


def test_a_database_of_the_first_version_keeps_its_decisions_and_scans(monkeypatch, path):
    first = "0001 the first tables"
    with monkeypatch.context() as before:
        before.setattr(schema, "MIGRATIONS", {name: schema.MIGRATIONS[name] for name in (first, TAGS, ZONES)})
        with open_store(path) as store:
            store.write(a_world)
        with raw(path) as connection:
            connection.execute(
                "INSERT INTO evidence VALUES ('local', 'churn', 'e', 'churn', '4f2a', '1', 'zlib', ?, 'then', 'ada')",
                (zlib.compress(b"{}"),),
            )
            for signal in ("one", "two"):
                connection.execute(
                    "INSERT INTO floor_decision"
                    " VALUES ('local', '2026Q4', ?, 'CFG-01', ?, 'accepted', '', 'then', 'bo')",
                    (HERE, signal),
                )
    with open_store(path) as store:
        history = store.read(lambda records: records.floor_history("churn"))
        assert [(event.seq, event.signal_id, event.decided_by) for event in history] == [
            (1, "one", "bo"),
            (2, "two", "bo"),
        ]
        kept = store.read(lambda records: records.evidence("churn", "e"))
        assert (kept.body, kept.summary) == ("{}", "")
        assert store.verify() == ()


def test_a_database_without_plans_gets_them_and_keeps_the_rest(monkeypatch, path):
    plans = "0003 actions, estimates, plan settings, class values"
    with monkeypatch.context() as before:
        older = {name: ddl for name, ddl in schema.MIGRATIONS.items() if name < plans or name in (TAGS, ZONES)}
        before.setattr(schema, "MIGRATIONS", older)
        with open_store(path) as store:
            store.write(a_world)
            store.write(lambda records: records.save_answer(HERE, an_answer(), 0))
    with open_store(path) as store:
        assert store.read(lambda records: records.answers(HERE)["ENT-01"].level) == 2
        kept = store.write(lambda records: records.plans.add_action(an_action()))
        assert store.read(lambda records: records.plans.actions()) == [kept]
        assert store.verify() == ()
    with raw(path) as connection, pytest.raises(sqlite3.IntegrityError, match="never deleted"):
        connection.execute("DELETE FROM action")


def test_a_database_without_tags_gets_them_and_knows_what_its_quarters_were_sealed_with(store, path):
    def close(records):
        records.put_scores(HERE, SCORING, [a_score()])
        seal(records)

    store.write(close)
    with raw(path) as connection:
        connection.execute("DROP TABLE sealing")
        connection.execute("DROP INDEX score_of_whole")
        connection.execute("DROP INDEX assessment_open")
        connection.execute("DROP INDEX assessment_asked")
        connection.execute("ALTER TABLE system DROP COLUMN tags")
        for column in ("disputed", "contradicted", "undecided"):
            connection.execute(f"ALTER TABLE score DROP COLUMN {column}")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = ?", (TAGS,))
        connection.commit()
    with open_store(path) as again:
        assert again.read(lambda records: records.system("churn")).tags == frozenset()
        (whole,) = again.read(lambda records: records.portfolio.wholes("today" * 12))
        assert (whole.period, whole.scoring_id) == ("2026Q4", SCORING)
        (cell,) = again.read(lambda records: records.portfolio.cells("2026Q4", "today" * 12))
        assert (cell.scoring_id, cell.disputed) == (SCORING, None)
        assert again.verify() == ()


def test_a_database_in_which_a_quarter_could_not_be_assessed_twice_is_rebuilt_with_its_rows_and_guards(
    full, tmp_path, monkeypatch
):
    old = tmp_path / "old.db"
    with monkeypatch.context() as before:
        older = {name: ddl for name, ddl in schema.MIGRATIONS.items() if name < ZONES}
        before.setattr(schema, "MIGRATIONS", older)
        before.setattr(schema, "DROPPED_CONSTRAINTS", {})
        open_store(old).close()
    with raw(old) as connection:
        connection.execute("ATTACH ? AS new", (str(full),))
        tables = [row[0] for row in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
        for table in sorted(tables, key=lambda name: name == "assessment"):  # what is closed takes no more rows
            if not table.startswith(("sqlite_", "_sqlite", "organisation")):
                columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
                connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}")
        rows = connection.execute("SELECT * FROM main.assessment ORDER BY assessment_id").fetchall()
        guards = {row[0] for row in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'trigger'")}
        connection.commit()
    assert len(rows) == 2
    with open_store(old) as store:
        assert store.verify() == ()
        store.write(lambda records: records.withdraw("real-2026Q3", "the wrong system", at="then", by="ada"))
        opened = store.write(
            lambda records: records.open_assessment(an_assessment("again", system_id="real", period="2026Q3"))
        )
        assert store.read(lambda records: records.assessments_of("real"))[0] == opened
        with pytest.raises(AlreadyThere):
            store.write(
                lambda records: records.open_assessment(an_assessment("third", system_id="real", period="2026Q3"))
            )
        assert store.verify() == ()
    with raw(old) as connection:
        kept = connection.execute("SELECT * FROM assessment WHERE assessment_id <> 'again' ORDER BY assessment_id")
        assert [row[: len(rows[0])] for row in kept] == rows
        now = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
        assert guards <= now
        for change, sentence in WITHDRAWN_FOR_GOOD:
            with pytest.raises(sqlite3.IntegrityError, match=sentence):
                connection.execute(change)


WITHDRAWN_FOR_GOOD = [
    ("UPDATE assessment SET withdrawn_at = NULL, withdrawn_by = NULL WHERE assessment_id = 'real-2026Q3'", "never"),
    ("UPDATE assessment SET withdrawn_because = 'other' WHERE assessment_id = 'real-2026Q3'", "never changes"),
    ("UPDATE assessment SET state = 'open' WHERE assessment_id = 'real-2026Q3'", "a closed assessment never changes"),
    ("UPDATE assessment SET withdrawn_at = 'now' WHERE state = 'open'", "only a closed assessment is withdrawn"),
    ("UPDATE answer SET note = '?' WHERE assessment_id = 'real-2026Q3'", "sealed"),
    ("DELETE FROM assessment WHERE assessment_id = 'real-2026Q3'", "an assessment is never deleted"),
    ("INSERT INTO confirmation VALUES ('local', '2026Q3', 'real-2026Q3', 'ENT-01', 1, 1, 'x', 'x')", "sealed"),
    ("INSERT INTO carried_answer VALUES ('local', '2026Q3', 'real-2026Q3', 'ENT-01', 1, 1, 'x', '[]')", "sealed"),
    ("INSERT INTO sealed_doubt VALUES ('local', '2026Q3', 'real-2026Q3', 'Q', 'aged', 'x', '[]', 0, '[]')", "sealed"),
]  # fmt: skip


def test_a_migration_that_fails_leaves_the_database_as_it_was(monkeypatch, store, path):
    monkeypatch.setitem(schema.MIGRATIONS, "0002 good", "CREATE TABLE good (a {real}) {strict};")
    monkeypatch.setitem(schema.MIGRATIONS, "0003 bad", "CREATE TABLE nonsense")
    with pytest.raises(StoreError):
        open_store(path)
    monkeypatch.undo()
    with open_store(path) as again, raw(path) as connection:
        assert again.health().schema_version == list(schema.MIGRATIONS)[-1]
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'good'").fetchone() == (0,)


def test_the_database_of_another_program_is_refused_and_left_alone(path):
    with raw(path) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    before = path.read_bytes()
    with pytest.raises(StorageUnavailable, match="the database of another program"):
        open_store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        pytest.param(lambda path: path.write_text("just notes\n" * 100), "is not a database file", id="a text"),
        pytest.param(lambda path: path.mkdir(), "is not a file", id="a folder"),
        pytest.param(lambda path: path.parent.joinpath("arrears.db").symlink_to("/dev/null"), "not a file", id="null"),
    ],
)
def test_what_is_no_database_is_refused(path, make, sentence):
    make(path)
    with pytest.raises(StorageUnavailable, match=sentence):
        open_store(path)


def test_a_place_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageUnavailable, match="choose a place where you may write"):
        open_store(tmp_path / "file" / "arrears.db")


def test_a_database_in_memory_is_refused():
    with pytest.raises(StorageUnavailable, match="needs a file"):
        open_store(":memory:")


def damage(path, pages):
    with path.open("r+b") as file:
        for page in pages:
            file.seek(page * 4096)
            file.write(b"\xff" * 1000)


def with_many_answers(store):
    store.write(lambda records: [records.save_answer(HERE, long_answer(number), 0) for number in range(50)])
    store.close()


def test_a_damaged_file_is_named(store, path):
    with_many_answers(store)
    damage(path, range(2, path.stat().st_size // 4096))
    with pytest.raises(StorageUnavailable, match="is damaged or its disk fails"):
        open_store(path)


def test_damage_to_one_page_is_found_by_verifying(store, path):
    with_many_answers(store)
    damage(path, [path.stat().st_size // 4096 - 1])
    with open_store(path) as opened:
        faults = opened.verify()
    assert faults
    assert all(f"{path} is damaged" in fault for fault in faults)


def test_a_writer_of_this_process_that_never_ends_is_named(monkeypatch, store):
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0.05)
    with ThreadPoolExecutor(1) as threads:

        def waits(_):
            with pytest.raises(StorageUnavailable, match="has been writing"):
                threads.submit(store.write, lambda records: records.periods()).result()

        store.write(waits)
    store.write(lambda records: records.save_answer(HERE, an_answer(), 0))


@pytest.mark.parametrize("broken", ["closed", "a folder in its place"])
def test_without_the_file_to_line_up_at_writers_still_write(store, path, broken):
    line = store._engine._line
    line.close()
    if broken != "closed":
        path.with_name("arrears.db-queue").unlink()
        path.with_name("arrears.db-queue").mkdir()
    store.write(lambda records: records.save_answer(HERE, an_answer(), 0))
    assert store.read(lambda records: len(records.answers(HERE))) == 1


def test_a_writer_that_never_ends_is_named(monkeypatch, path):
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0.05)
    with open_store(path) as store, raw(path) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageUnavailable, match="Another writer has been writing"):
            store.write(a_world)
        other.execute("ROLLBACK")
        store.write(a_world)


def test_a_file_that_may_only_be_read_is_named(store, monkeypatch):
    opens = SqliteEngine._open
    monkeypatch.setattr(SqliteEngine, "_open", lambda self, _mode, *, writes: opens(self, "ro", writes=writes))
    store._engine._idle[True].pop().close()
    with pytest.raises(StorageUnavailable, match="may only be read: nothing was saved"):
        store.write(lambda records: records.save_answer(HERE, an_answer(), 0))
    assert store.read(lambda records: records.answers(HERE)) == {}


@pytest.mark.parametrize("text", list(engine_module._NAMES))
def test_errors_are_told_alike_by_a_driver_that_gives_no_names(text, path):
    told = engine_module._in_words(sqlite3.OperationalError(text), path)
    assert isinstance(told, StorageFull | StorageUnavailable)
    assert str(path) in str(told)


# --- the guards ---


@pytest.fixture
def full(path):
    """A file with a system closed in one period and open in the next."""
    with open_store(new_database(path)) as store:
        store.write(lambda records: fill(records, "real", ["2026Q3", "2026Q4"], demonstration=False))
        store.write(lambda records: records.audit("then", "ada", "close", "real-2026Q3", ""))
    return path


APPEND_ONLY = [
    "checklist_version",
    "scoring_version",
    "answer_event",
    "evidence",
    "assessment_evidence",
    "snapshot",
    "audit",
    "floor_event",
    "action_event",
    "team_estimate",
    "plan_setting",
    "class_values",
    "carried_answer",
    "confirmation",
    "sealed_doubt",
]


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_was_recorded_is_neither_changed_nor_deleted_by_any_program(full, table):
    with raw(full) as connection:
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0
        column = connection.execute(f"SELECT name FROM pragma_table_info('{table}')").fetchone()[0]
        for change in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
            with pytest.raises(sqlite3.IntegrityError, match="never changed or deleted"):
                connection.execute(change)


@pytest.mark.parametrize(
    "table", [table for table in APPEND_ONLY if table not in {"checklist_version", "scoring_version", "evidence"}]
)
def test_what_happened_is_not_replaced_by_any_program(full, table):
    with raw(full) as connection, pytest.raises(sqlite3.IntegrityError, match=r"never changed or deleted|sealed"):
        connection.execute(f"REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_was_recorded_is_not_replaced_through_the_store(full, table):
    with open_store(full) as store, pytest.raises(StoreError, match=r"never changed or deleted|sealed"):
        store._engine.write(lambda session: session.execute(f"REPLACE INTO {table} SELECT * FROM {table}"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("UPDATE answer SET note = '?' WHERE period = '2026Q3'", "sealed"),
        ("DELETE FROM answer WHERE period = '2026Q3'", "sealed"),
        ("UPDATE answer SET period = '2026Q3', assessment_id = 'real-2026Q3'", "sealed"),
        ("INSERT INTO answer SELECT org_id, period, assessment_id, 'NEW', state, level, votes, reason, note, links,"
         " source, rev, changed_at, changed_by FROM answer WHERE period = '2026Q3'", "sealed"),
        ("DELETE FROM floor_decision WHERE period = '2026Q3'", "sealed"),
        ("UPDATE floor_decision SET reason = '?' WHERE period = '2026Q3'", "sealed"),
        ("UPDATE assessment SET state = 'open' WHERE period = '2026Q3'", "a closed assessment never changes"),
        ("DELETE FROM assessment", "an assessment is never deleted"),
        ("DELETE FROM system", "a system is never deleted"),
        ("UPDATE system SET demonstration = 1", "whether a system is a demonstration never changes"),
        ("INSERT INTO floor_event SELECT org_id, period, assessment_id, 9, question_id, signal_id, decision, reason,"
         " decided_at, decided_by FROM floor_event WHERE period = '2026Q3'", "sealed"),
        ("DELETE FROM token", "a token is never deleted"),
        ("UPDATE token SET revoked_at = NULL, revoked_by = NULL", "a revoked one never comes back"),
        ("UPDATE token SET secret_sha256 = made_by || substr(secret_sha256, 4) WHERE name = 'CI'", "never changes"),
        ("UPDATE token SET system_id = 'other' WHERE name = 'CI'", "never changes"),
        ("DELETE FROM action", "an action is never deleted"),
        ("UPDATE action SET planned_days = 1", "what an action promised never changes"),
        ("UPDATE action SET debt_before = 0.5", "what an action promised never changes"),
        ("UPDATE action SET class_values_id = 'x'", "what an action promised never changes"),
        ("DELETE FROM checklist_move", "never deleted"),
        ("UPDATE checklist_move SET to_checklist = from_checklist", "undone once"),
        ("UPDATE checklist_move SET undone_at = 'x', undone_by = 'x' WHERE period = '2026Q3'", "undone once"),
        ("UPDATE audit_head SET seq = 0", "one entry at a time"),
        ("DELETE FROM audit_head", "never deleted"),
    ],
)  # fmt: skip
def test_what_is_closed_is_closed_for_every_program(full, change, sentence):
    with raw(full) as connection, pytest.raises(sqlite3.IntegrityError, match=sentence):
        connection.execute(change)


def test_a_guard_that_fires_inside_the_store_says_so_and_keeps_nothing(full):
    with open_store(full) as store, pytest.raises(StoreError, match=r"refused the change, nothing was saved: .*sealed"):
        store._engine.write(lambda session: session.execute("UPDATE answer SET note = 'x'"))


# --- no room ---


def long_answer(number):
    return an_answer(f"Q-{number}", note="n" * 5_000)


def test_a_full_database_keeps_what_was_acknowledged_and_goes_on_when_there_is_room(store, path, monkeypatch):
    opens = SqliteEngine._open
    with raw(path) as connection:
        full = connection.execute("PRAGMA page_count").fetchone()[0] + 40

    def cramped(self, mode, *, writes):
        connection = opens(self, mode, writes=writes)
        connection.execute(f"PRAGMA max_page_count = {full}")
        return connection

    monkeypatch.setattr(SqliteEngine, "_open", cramped)
    store._engine._idle[True].pop().close()
    acknowledged = 0

    def fill_up():
        nonlocal acknowledged
        for number in range(1_000):
            store.write(lambda r, number=number: r.save_answer(HERE, long_answer(number), 0))
            acknowledged += 1

    with pytest.raises(StorageFull, match=f"what was saved is safe; free space on the disk that holds {path}"):
        fill_up()
    assert 0 < acknowledged < 1_000
    assert store.read(lambda records: len(records.answers(HERE))) == acknowledged
    with pytest.raises(StorageFull):
        store.write(lambda records: records.save_answer(HERE, long_answer("again"), 0))
    monkeypatch.undo()
    store._engine._idle[True].clear()
    store.write(lambda records: records.save_answer(HERE, long_answer("room"), 0))
    assert store.verify() == ()


def test_a_row_that_refers_to_nothing_is_found_by_verifying(store, path):
    with raw(path) as connection:
        connection.execute("DELETE FROM team")
    assert store.verify() == ("A row of system refers to a row of team that is gone.",)


def test_a_full_disk_keeps_what_was_acknowledged_and_goes_on_when_there_is_room(store, path):
    pytest.importorskip("resource")
    limit = path.with_name("arrears.db-wal").stat().st_size + 600_000
    with child("fill_the_disk", path, limit) as writer:
        said = writer.communicate(timeout=120)[0].splitlines()
    assert writer.returncode == 0
    acknowledged, sentence, after = said
    assert "what was saved is safe; free space on the disk" in sentence
    assert after == "room again"
    answers = store.read(lambda records: records.answers(HERE))
    assert int(acknowledged) > 0
    assert set(answers) == {*(f"Q-{number}" for number in range(int(acknowledged))), "AFTER"}
    assert store.verify() == ()


def test_a_backup_without_room_leaves_nothing_behind(store, tmp_path, monkeypatch):
    class Cramped:
        def __init__(self, connection):
            self._connection = connection

        def execute(self, sql, *parameters):
            if sql.startswith("VACUUM INTO"):
                Path(parameters[0][0]).write_bytes(b"half")
                raise sqlite3.OperationalError("database or disk is full")
            return self._connection.execute(sql, *parameters)

        def __getattr__(self, name):
            return getattr(self._connection, name)

    takes = SqliteEngine._take
    monkeypatch.setattr(SqliteEngine, "_take", lambda self, writes: Cramped(takes(self, writes)))
    before = sorted(tmp_path.iterdir())
    with pytest.raises(StorageFull, match=f"the disk that holds {tmp_path / 'b.db'}"):
        store.backup(tmp_path / "b.db")
    assert sorted(tmp_path.iterdir()) == before


# --- kill -9 ---


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a matter of POSIX")
def test_twenty_killed_writers_lose_nothing_they_acknowledged(store, path):
    dice = random.Random(20261120)
    acknowledged = 0
    for _ in range(20):
        with child("write_for_ever", path, "KILLED") as writer:
            acknowledged = max(acknowledged, int(writer.stdout.readline()))
            time.sleep(dice.uniform(0.0, 0.06))
            writer.kill()
            said = [int(line) for line in writer.stdout.read().split("\n")[:-1]]
        acknowledged = max([acknowledged, *said])
        stands = store.read(lambda records: records.answers(HERE)["KILLED"].rev)
        assert stands in {acknowledged, acknowledged + 1}, "the last one may be kept and not yet said"
        acknowledged = stands
    history = store.read(lambda records: records.answer_history(HERE, "KILLED"))
    assert [event.rev for event in history] == list(range(1, acknowledged + 1))
    assert store.verify() == ()


# --- where it is ---


@pytest.mark.parametrize(
    ("environ", "platform", "place"),
    [
        pytest.param({"ARREARS_DATABASE": "sqlite:///x.db"}, "linux", "sqlite:///x.db", id="as told"),
        pytest.param(
            {"ARREARS_DATABASE": " "}, "linux", "/home/ada/.local/share/arrears/arrears.db", id="told nothing"
        ),
        pytest.param({"XDG_DATA_HOME": "/data"}, "linux", "/data/arrears/arrears.db", id="a data folder"),
        pytest.param(
            {"XDG_DATA_HOME": "data"}, "linux", "/home/ada/.local/share/arrears/arrears.db", id="a relative one"
        ),
        pytest.param({}, "darwin", "/home/ada/Library/Application Support/Arrears/arrears.db", id="macOS"),
        pytest.param({}, "win32", "/home/ada/AppData/Local/Arrears/arrears.db", id="Windows"),
        pytest.param({"LOCALAPPDATA": "/local"}, "win32", "/local/Arrears/arrears.db", id="Windows, elsewhere"),
    ],
)
def test_the_database_is_in_the_users_data_folder_unless_told(environ, platform, place):
    assert default_location(environ=environ, platform=platform, home=Path("/home/ada")) == place


def test_a_closed_quarter_survives_a_backup(store, path):
    store.write(lambda records: records.save_answer(HERE, an_answer(), 0))
    store.write(seal)
    with open_store(store.backup(path.with_name("b.db"))) as copy:
        assert copy.read(lambda records: records.snapshot(HERE)) == store.read(lambda records: records.snapshot(HERE))

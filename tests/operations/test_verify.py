"""A copy of a database is corrupted in every way there is; verifying names the first fault: where, what, way out."""

from __future__ import annotations

import json
import re
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from cli import main
from operations.assessments import close_assessment, open_assessment
from operations.repository_evidence import add_evidence_json
from operations.upkeep import verify
from operations.workplace import Workplace
from store.store import open_store
from tests.operations.conftest import ADA, Clock
from tests.operations.packs import lay, text_of_pack
from tests.operations.scans import text_of
from tests.operations.test_movement import add, assess
from tests.test_cli import ONE_LINE

Change = Callable[[sqlite3.Connection], object]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two systems with two sealed quarters each and an open one, a scan under one of them; all is well."""
    folder = tmp_path_factory.mktemp("verify")
    with pytest.MonkeyPatch.context() as patch:
        lay(folder / "packs", patch, three=text_of_pack())
        store = open_store(str(folder / "arrears.db"))
        workplace = Workplace(store=store, clock=Clock(datetime(2026, 11, 20, 12, tzinfo=UTC)))
        first = assess(workplace, "Churn", {"2026Q2": (2, 1, 0), "2026Q3": (1, 1, 0)})
        add(workplace, first, "2026Q4", (0, 1, 0), closed=False)
        second = assess(workplace, "Fraud", {"2026Q2": (2, 2, 2)})
        opened = open_assessment(workplace, ADA, system_id=second, period="2026Q3", pack="three-levels")
        add_evidence_json(workplace, ADA, assessment_id=opened.assessment_id, text=text_of())
        add(workplace, second, "2026Q3", (2, 2, 1), closed=False)
        close_assessment(workplace, ADA, assessment_id=opened.assessment_id)
        verdict = verify(workplace, ADA)
        assert (verdict.fault, verdict.snapshots) == (None, 4)
        workplace.store.backup(folder / "sound.db")
        store.close()
    return folder / "sound.db"


@pytest.fixture
def copy(sound: Path, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A copy of it without guards, as somebody with a database tool would have it."""
    (tmp_path / "copy.db").write_bytes(sound.read_bytes())
    with closing(sqlite3.connect(tmp_path / "copy.db", isolation_level=None)) as connection:
        connection.executescript("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; BEGIN")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("COMMIT")
        yield connection


def fault_of(copy: sqlite3.Connection, capsys: pytest.CaptureFixture[str]) -> str:
    """What the command line says of the copy; it has to leave with 1 and say it in one line."""
    path = copy.execute("PRAGMA database_list").fetchone()[2]
    assert main(["verify", "--database", path, "--json"]) == 1
    out, err = capsys.readouterr()
    assert not err
    fault = str(json.loads(out)["fault"])
    assert ONE_LINE.fullmatch(f"{fault}\n"), fault
    assert main(["verify", "--database", path]) == 1
    assert capsys.readouterr().out == f"{fault}\n"
    return fault


CHURN_Q2 = (
    "assessment_id = (SELECT assessment_id FROM assessment JOIN system USING (system_id)"
    " WHERE name = 'Churn' AND period = '2026Q2')"
)
CHURN_Q4 = CHURN_Q2.replace("2026Q2", "2026Q4")


def sealed_as(change: Callable[[dict[str, object]], object], *, rehashed: bool) -> Change:
    """Another sealed document; with `rehashed` under its own hash wherever the hash is kept."""

    def work(copy: sqlite3.Connection) -> None:
        ((body,),) = copy.execute(f"SELECT body FROM snapshot WHERE {CHURN_Q2}").fetchall()
        document = json.loads(zlib.decompress(body))
        change(document)
        text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        copy.execute(f"UPDATE snapshot SET body = ? WHERE {CHURN_Q2}", (zlib.compress(text.encode()),))
        if rehashed:
            digest = sha256(text.encode()).hexdigest()
            for table in ("snapshot", "assessment"):
                copy.execute(f"UPDATE {table} SET document_sha256 = ? WHERE {CHURN_Q2}", (digest,))

    return work


def said(sql: str) -> Change:
    def work(copy: sqlite3.Connection) -> None:
        touched = copy.execute(sql).rowcount
        assert touched != 0, sql

    return work


def both(question: str, level: int) -> Change:
    """An answer changed together with its history, so that only the sealed document still knows."""

    def work(copy: sqlite3.Connection) -> None:
        for table in ("answer", "answer_event"):
            said(f"UPDATE {table} SET level = {level} WHERE question_id = '{question}' AND {CHURN_Q2}")(copy)

    return work


WAYS: dict[str, tuple[Change, str]] = {
    "a snapshot with another body": (
        sealed_as(lambda document: document.update(team="Other"), rehashed=False),
        r"Churn, 2026Q2: the snapshot of assessment [0-9a-f]{32} \(2026Q2\) was changed after it was sealed",
    ),
    "a snapshot that is noise": (
        said(f"UPDATE snapshot SET body = x'00ff' WHERE {CHURN_Q2}"),
        "Churn, 2026Q2: what is stored as the snapshot .* is damaged",
    ),
    "a snapshot that is gone": (
        said(f"DELETE FROM snapshot WHERE {CHURN_Q2}"),
        "Churn, 2026Q2: the snapshot of the closed assessment .* is missing",
    ),
    "a snapshot under a new hash": (
        sealed_as(lambda document: document.update(team="Other"), rehashed=True),
        "Churn, 2026Q2: the sealed snapshot is not the one the audit trail says was sealed",
    ),
    "an answer changed behind the guards": (
        said(f"UPDATE answer SET level = 0 WHERE question_id = 'MON-01' AND {CHURN_Q2}"),
        "Churn, 2026Q2: the answer to MON-01 .* is not what its history says",
    ),
    "an answer changed with its history": (
        both("MON-01", 0),
        "Churn, 2026Q2: the answer to MON-01 is not the one that was sealed",
    ),
    "a history that is gone": (
        said(f"DELETE FROM answer_event WHERE question_id = 'MON-02' AND {CHURN_Q2}"),
        "Churn, 2026Q2: the answer to MON-02 .* is not what its history says",
    ),
    "a stored score of a system": (
        said(f"UPDATE score SET estimate = 0.01 WHERE area = '' AND {CHURN_Q2}"),
        "Churn, 2026Q2: the stored score of the system is not what the answers give",
    ),
    "a stored letter of an area": (
        said(f"UPDATE score SET band = 'A' WHERE area = 'MON' AND {CHURN_Q2}"),
        "Churn, 2026Q2: the stored score of area MON is not what the answers give",
    ),
    "a score row that is gone": (
        said(f"DELETE FROM score WHERE area = 'OPS' AND {CHURN_Q2}"),
        "Churn, 2026Q2: the score of area OPS is missing",
    ),
    "a score of the open quarter": (
        said(f"UPDATE score SET low = 0.0, high = 0.0, estimate = 0.0 WHERE area = 'MON' AND {CHURN_Q4}"),
        "Churn, 2026Q4: the stored score of area MON is not what the answers give",
    ),
    "an entry of the audit trail that was altered": (
        said("UPDATE audit SET detail = 'x' WHERE seq = 3"),
        "audit trail: entry 3 of the audit trail was changed after it was written",
    ),
    "an entry of the audit trail that is gone": (
        said("DELETE FROM audit WHERE seq = 3"),
        "audit trail: the audit trail has a gap: entry 3 is missing",
    ),
    "the last entry of the audit trail that is gone": (
        said("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)"),
        "audit trail: the audit trail ends at entry",
    ),
    "two entries of the audit trail that changed places": (
        lambda copy: [
            copy.execute(f"UPDATE audit SET seq = {new} WHERE seq = {old}") for old, new in ((2, 99), (3, 2), (99, 3))
        ],
        "audit trail: entry 2 of the audit trail does not follow on from entry 1",
    ),
    "a checklist that asks otherwise": (
        said("UPDATE checklist_version SET body = replace(body, 'looks', 'cares')"),
        "checklist three-levels [0-9a-f]{12}: it was changed after it was first used",
    ),
    "a scan that saw something else": (
        lambda copy: copy.execute("UPDATE evidence SET body = ?", (zlib.compress(b"{}"),)),
        "Fraud: the evidence [0-9a-f]{12} was changed",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_to_corrupt_a_database_is_found_and_named(
    copy: sqlite3.Connection, capsys: pytest.CaptureFixture[str], way: str
) -> None:
    change, expected = WAYS[way]
    if way == "a score of the open quarter":  # scores of an open quarter are made when somebody looks
        path = copy.execute("PRAGMA database_list").fetchone()[2]
        assert main(["gate", "--database", path, "--allow-regression"]) == 0
        assert main(["diff", "--database", path]) == 0
        capsys.readouterr()
    change(copy)
    assert re.match(expected, fault_of(copy, capsys))


def test_of_several_faults_the_first_is_named(copy: sqlite3.Connection, capsys: pytest.CaptureFixture[str]) -> None:
    for way in ("a scan that saw something else", "a stored score of a system", "a score row that is gone"):
        WAYS[way][0](copy)
    assert fault_of(copy, capsys).startswith("Churn, 2026Q2: the stored score of the system")
    WAYS["an entry of the audit trail that is gone"][0](copy)
    assert fault_of(copy, capsys).startswith("audit trail: ")


def test_a_sound_copy_has_none(copy: sqlite3.Connection, capsys: pytest.CaptureFixture[str]) -> None:
    path = copy.execute("PRAGMA database_list").fetchone()[2]
    assert main(["verify", "--database", path]) == 0
    assert capsys.readouterr().out == "All well: 4 snapshots and the audit chain.\n"

"""The command line's contract: one JSON document on standard output; a mistake is one line "where: what; way out"."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from checklists.reader import load_checklist
from cli import main
from tests.checklists.versions import OLD, next_version

ROOT = Path(__file__).parents[1]
CHECKLIST = ROOT / "checklists" / "ml-debt.yaml"
ONE_LINE = re.compile(r"[^\n]+: [^\n]+; [^\n]+\n")


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.json"
    path.write_text('{"answers": {"ENT-01": {"level": 2}, "FBL-02": {"state": "unknown"}}}')
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    """What a command prints with --json."""
    assert main([*map(str, arguments), "--json"]) == 0
    out, err = capsys.readouterr()
    assert not err
    return json.loads(out)


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The line a mistake is answered with."""
    assert main([*map(str, arguments), "--json"]) == 2
    out, err = capsys.readouterr()
    assert not out
    assert ONE_LINE.fullmatch(err), err
    return err


def test_score_prints_one_document(capsys: pytest.CaptureFixture[str], answers: Path) -> None:
    document = said(capsys, "score", "--checklist", CHECKLIST, "--answers", answers)
    assert document["system"]["estimate"] > 0.7
    assert len(document["questions"]) == 104


def test_a_system_is_listed_backed_up_and_verified(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    database = tmp_path / "arrears.db"
    assert said(capsys, "systems", "--database", database) == {"systems": []}
    copy = said(capsys, "backup", tmp_path / "copy.db", "--database", database)
    assert copy["bytes"] == (tmp_path / "copy.db").stat().st_size
    assert said(capsys, "verify", "--database", tmp_path / "copy.db") == {"snapshots": 0, "fault": None}


def test_a_new_version_is_linted_against_the_one_before_and_tells_what_differs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(OLD, encoding="utf-8")
    new.write_text(next_version(), encoding="utf-8")
    document = said(capsys, "lint", new, "--against", old)
    assert (document["problems"], document["difference"]["added"]) == ([], ["AGT-02"])
    assert main(["lint", str(new), "--against", str(old)]) == 0
    assert "replaced   DAT-02 by DAT-03" in capsys.readouterr().out
    assert main(["lint", str(old), "--against", str(new)]) == 1
    assert "AGT-02 was asked by version 8" in capsys.readouterr().out
    assert "is for one file" in refused(capsys, "lint", new, new, "--against", old)
    assert "lists all" in refused(capsys, "lint", new, "--against", tmp_path / "gone.yaml")


@pytest.mark.parametrize("text", ["", "id: x\nfoo: 1\nbar: 2\n", "a: &a [x]\nb: [*a, *a, *a]\n", "[" * 5000])
def test_a_broken_checklist_is_one_line(
    capsys: pytest.CaptureFixture[str], answers: Path, tmp_path: Path, text: str
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(text)
    refused(capsys, "score", "--checklist", broken, "--answers", answers)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"answers": {"A": 1, "B": 2}}', '{"answers": {"ENT-01": {"level": NaN}}}', "[" * 5000]
)
def test_broken_answers_are_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text(text)
    refused(capsys, "score", "--checklist", CHECKLIST, "--answers", broken)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": NaN}'])
def test_broken_evidence_is_one_line(
    capsys: pytest.CaptureFixture[str], answers: Path, tmp_path: Path, text: str
) -> None:
    broken = tmp_path / "evidence.json"
    broken.write_text(text)
    refused(capsys, "score", "--checklist", CHECKLIST, "--answers", answers, "--evidence", broken)


@pytest.mark.parametrize(
    "arguments", [(), ("frob",), ("score",), ("score", "--answers"), ("scan", "no\nsuch"), ("scan", "x", "--frob")]
)
def test_a_wrong_command_line_is_one_line(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    refused(capsys, *arguments)


@pytest.mark.parametrize("place", ["", ".", "a.db/b.db", "postgresql://localhost/x", ":memory:"])
def test_a_database_that_cannot_be_one_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.db").write_text("not a database")
    refused(capsys, "systems", "--database", place)


@pytest.mark.parametrize("command", [("verify",), ("backup", "copy.db")])
def test_a_database_that_is_not_there_is_neither_verified_nor_backed_up(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "no such database" in refused(capsys, *command, "--database", "mistyped.db")
    assert not list(tmp_path.iterdir())


def test_a_full_disk_behind_standard_output_is_one_line(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this machine has no /dev/full")
    command = [sys.executable, ROOT / "cli.py", "systems", "--json", "--database", tmp_path / "arrears.db"]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert ONE_LINE.fullmatch(done.stderr), done.stderr


def test_a_reader_that_stops_reading_is_no_mistake(tmp_path: Path) -> None:
    command = [sys.executable, ROOT / "cli.py", "systems", "--json", "--database", tmp_path / "arrears.db"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == ""
    assert running.returncode == 0


def test_where_no_question_applies_the_score_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    free = {"state": "not_applicable", "reason": "no model any more"}
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"answers": dict.fromkeys(load_checklist(CHECKLIST).questions, free)}))
    assert main(["score", "--checklist", str(CHECKLIST), "--answers", str(answers)]) == 0
    assert capsys.readouterr().out.splitlines() == ["system   no question applies"]

"""The linter names the problems of several files, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checklists.lint import as_json, as_text, lint_files
from checklists.reader import PACKS

from .conftest import TINY


@pytest.fixture
def broken(tmp_path: Path, tiny: str) -> Path:
    file = tmp_path / "broken.yaml"
    file.write_text(tiny.replace("M: 8", "M: x").replace("short: Data", "short:"), encoding="utf-8")
    return file


def test_every_shipped_file_is_sound() -> None:
    assert lint_files(sorted(PACKS.glob("*.yaml"))) == ()


def test_all_problems_of_all_files_come_file_by_file(broken: Path, tmp_path: Path) -> None:
    absent = tmp_path / "absent.yaml"
    problems = lint_files([TINY, broken, absent])
    assert [(problem.path, problem.line) for problem in problems] == [
        (str(broken), 19),
        (str(broken), 38),
        (str(absent), 0),
    ]


def test_a_signal_no_detector_measures_is_a_problem_when_detectors_are_named() -> None:
    assert lint_files([TINY]) == ()
    assert lint_files([TINY], known_signals={"absolute-paths"}) == ()
    (problem,) = lint_files([TINY], known_signals=["absolute-path"])
    assert (problem.line, problem.column, problem.where) == (61, 13, "areas[0].questions[0].signals[0]")
    assert 'no detector measures "absolute-paths"; did you mean "absolute-path"?' in problem.message


def test_people_read_one_line_a_problem_and_a_sum(broken: Path) -> None:
    lines = as_text(lint_files([TINY, broken]), files=2).splitlines()
    assert lines[0].startswith(f"{broken}:19:8: classes.effort_days.M: expected a number")
    assert lines[-1] == "2 files checked, 2 problems in 1"


def test_people_read_that_all_is_well() -> None:
    assert as_text((), files=1) == "1 file checked, no problem found"


def test_programs_read_one_json_document(broken: Path) -> None:
    document = json.loads(as_json(lint_files([broken]), files=1))
    assert document["schema"] == "lint/1"
    assert document["files"] == 1
    assert document["problems"][1] == {
        "path": str(broken),
        "line": 38,
        "column": 11,
        "where": "areas[0].short",
        "message": "expected a text, got nothing",
    }

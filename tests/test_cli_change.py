"""`diff` and `gate` from the command line: exit codes, one document, one line for a mistake."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from math import fsum
from pathlib import Path

import pytest

from cli import main
from operations.systems import create_system, rename_team
from operations.workplace import Workplace
from store.store import open_store
from tests.operations.conftest import ADA, Clock
from tests.operations.packs import lay, text_of_pack
from tests.operations.test_movement import assess
from tests.test_cli import refused, said

HOSTILE = "=cmd()|<script>\u202e"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two systems in two sealed quarters, one better and one clearly worse, and one that was never assessed."""
    folder = tmp_path_factory.mktemp("cli")
    with pytest.MonkeyPatch.context() as patch:
        lay(folder / "packs", patch, three=text_of_pack())
        store = open_store(str(folder / "arrears.db"))
        workplace = Workplace(store=store, clock=Clock(datetime(2026, 8, 20, 12, tzinfo=UTC)))
        assess(workplace, "Better", {"2026Q2": (2, 2, 2), "2026Q3": (1, 1, 1)})
        assess(workplace, "Worse", {"2026Q2": (0, 0, 0), "2026Q3": (0, 0, 2)}, team="Prices")
        rename_team(workplace, ADA, team="Prices", name="Pricing")
        create_system(workplace, ADA, name=HOSTILE, team="Growth")
        store.close()
    return folder / "arrears.db"


def test_diff_prints_one_document_whose_steps_sum(capsys: pytest.CaptureFixture[str], database: Path) -> None:
    document = said(capsys, "diff", "--database", database)
    assert (document["of"], document["before"]["period"], document["after"]["period"]) == (
        "portfolio", "2026Q2", "2026Q3"
    )  # fmt: skip
    assert fsum(step["share"] for step in document["steps"]) == pytest.approx(document["total"], abs=1e-12)
    assert document["after"]["debt"] - document["before"]["debt"] == document["total"]
    for step in document["steps"]:
        assert fsum(part["share"] for part in step["systems"]) == pytest.approx(step["share"], abs=1e-12)


def test_a_team_is_found_by_the_name_it_had_before(capsys: pytest.CaptureFixture[str], database: Path) -> None:
    assert said(capsys, "diff", "--database", database, "--team", "Prices")["name"] == "Pricing"
    assert main(["gate", "--database", str(database), "--team", "Prices"]) == 1
    assert "Worse, 2026Q3: regression" in capsys.readouterr().out


def test_diff_of_a_system_by_name_says_how_clear_it_is(capsys: pytest.CaptureFixture[str], database: Path) -> None:
    document = said(capsys, "diff", "--database", database, "--system", "Worse", "--from", "2026-q2", "--to", "2026Q3")
    assert (document["of"], document["direction"], document["goes_by"]) == ("system", "worse", "limit")
    assert main(["diff", "--database", str(database), "--system", "Worse"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[:2] == [
        "system Worse: 0.0 in 2026Q2, 100.0 in 2026Q3, +100.0 points", "clearly worse: 0 improved, 1 worse, 2 same"
    ]  # fmt: skip
    assert any("OPS-01 0 -> 2  Is OPS-01 done?" in line for line in out)


def test_the_gate_lists_what_broke_and_leaves_with_one(capsys: pytest.CaptureFixture[str], database: Path) -> None:
    assert main(["gate", "--database", str(database), "--max-area", "OPS=40", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert not document["passed"]
    assert {(one["name"], one["rule"], one["area"]) for one in document["broken"]} == {
        ("Better", "area limit", "OPS"),
        ("Worse", "area limit", "OPS"),
        ("Worse", "regression", "OPS"),
        ("Worse", "regression", None),
    }
    assert [one["name"] for one in document["never_assessed"]] == [HOSTILE.replace("\u202e", "")]
    assert main(["gate", "--database", str(database)]) == 1
    out = capsys.readouterr().out
    assert "Worse, 2026Q3: regression: the system is clearly worse than in 2026Q2 by 100.0 points" in out
    assert "2 limits broken in 2 systems." in out


def test_the_gate_lets_through_what_keeps_to_it(capsys: pytest.CaptureFixture[str], database: Path) -> None:
    assert said(capsys, "gate", "--database", database, "--team", "Growth", "--max-area", "C")["passed"]
    assert main(["gate", "--database", str(database), "--allow-regression", "--max-debt", "100"]) == 0
    assert "All kept: 2 systems." in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ("diff", "--from", "yesterday"),
        ("diff", "--from", "2026Q3", "--to", "2026Q2"),
        ("diff", "--system", "Nobody"),
        ("diff", "--team", "Nobody"),
        ("diff", "--checklist", "nowhere"),
        ("diff", "--team", "Growth", "--system", "Worse"),
        ("gate", "--max-area", "lots"),
        ("gate", "--max-area", "XXX=C"),
        ("gate", "--max-debt", "0.5"),
        ("gate", "--period", "2020Q1"),
        ("gate", "--system", "no\nsuch"),
    ],
)
def test_a_mistake_is_one_line(capsys: pytest.CaptureFixture[str], database: Path, arguments: tuple[str, ...]) -> None:
    refused(capsys, *arguments, "--database", database)


@pytest.mark.parametrize("command", ["diff", "gate"])
def test_a_database_that_is_not_there_is_not_made(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str
) -> None:
    assert "no such database" in refused(capsys, command, "--database", tmp_path / "mistyped.db")
    assert not list(tmp_path.iterdir())

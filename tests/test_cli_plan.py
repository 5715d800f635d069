"""`python cli.py plan`: one document, unrounded; words and a table for a person; a mistake is one line."""

from __future__ import annotations

import json
from math import fsum, isfinite
from pathlib import Path
from typing import Any

import pytest

from checklists.reader import load_checklist
from cli import main
from tests.test_cli import CHECKLIST, ROOT, refused, said

ASKED = load_checklist(CHECKLIST)


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    return _written(tmp_path, {question: {"level": number % 5} for number, question in enumerate(ASKED.questions)})


def _written(folder: Path, given: dict[str, Any]) -> Path:
    path = folder / "answers.json"
    path.write_text(json.dumps({"answers": given}))
    return path


def _plan(capsys: pytest.CaptureFixture[str], answers: Path, *more: object) -> Any:
    return said(capsys, "plan", "--checklist", CHECKLIST, "--answers", answers, *more)


def _shown(capsys: pytest.CaptureFixture[str], answers: Path, *more: object) -> str:
    assert main(["plan", "--checklist", str(CHECKLIST), "--answers", str(answers), *map(str, more)]) == 0
    return capsys.readouterr().out


def test_the_plan_is_one_document_whose_sums_can_be_redone(capsys: pytest.CaptureFixture[str], answers: Path) -> None:
    document = _plan(capsys, answers, "--budget-days", 40)
    by_id = {item["question"]: item for item in document["items"]}
    assert set(document) >= {"items", "chosen", "benefit_days", "cost_days", "next_5_days_benefit"}
    assert set(document["items"][0]) >= {
        *("question", "benefit_days", "cost_days", "ratio", "break_even_quarters", "p_top5", "tier")
    }
    assert 0 < document["cost_days"] <= 40
    for name in ("cost_days", "benefit_days"):
        assert document[name] == pytest.approx(fsum(by_id[it][name] for it in document["chosen"]), abs=1e-12)
    more = _plan(capsys, answers, "--budget-days", 45)
    assert more["benefit_days"] == pytest.approx(document["benefit_days"] + document["next_5_days_benefit"])
    assert {item["tier"] for item in document["items"]} <= {"now", "likely", "not now"}
    assert fsum(item["p_top5"] for item in document["items"]) == pytest.approx(5)


def test_the_same_question_twice_gives_the_same_bytes(capsys: pytest.CaptureFixture[str], answers: Path) -> None:
    first, second = (_shown(capsys, answers, "--budget-days", 40, "--json") for _ in range(2))
    assert first == second


def test_p19_a_shorter_horizon_never_avoids_more(capsys: pytest.CaptureFixture[str], answers: Path) -> None:
    benefits = [
        _plan(capsys, answers, "--budget-days", 40, "--horizon", horizon)["benefit_days"] for horizon in (1, 4, 12, 40)
    ]
    assert benefits == sorted(benefits)


def test_a_person_reads_what_to_repay_what_it_costs_and_what_comes_next(
    capsys: pytest.CaptureFixture[str], answers: Path
) -> None:
    document, shown = _plan(capsys, answers, "--budget-days", 40), _shown(capsys, answers, "--budget-days", 40)
    assert f"{document['benefit_days']:.1f} person-days of extra work avoided within 4 quarters" in shown
    rows = [line.split()[0] for line in shown.partition("Not in this plan:")[0].splitlines() if "-" in line[:7]]
    assert rows == document["chosen"]
    assert "more; --json lists them all" in shown
    assert max(map(len, shown.splitlines())) <= 200


def test_what_nobody_answered_is_assumed_and_said_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    unknown = _written(tmp_path, {key: {"state": "unknown"} for key in ASKED.questions})
    document = _plan(capsys, unknown, "--budget-days", 10)
    assert {(item["debt"], item["known"]) for item in document["items"]} == {(0.75, False)}
    assert "104 of 104 are not answered" in _shown(capsys, unknown, "--budget-days", 10)


@pytest.mark.parametrize("answer", [{"level": 0}, {"state": "not_applicable", "reason": "nothing of the kind"}])
def test_with_no_debt_there_is_nothing_to_repay(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, answer: dict[str, object]
) -> None:
    free = _written(tmp_path, dict.fromkeys(ASKED.questions, answer))
    document = _plan(capsys, free, "--budget-days", 10_000)
    assert (document["items"], document["chosen"], document["next_5_days_benefit"]) == ([], [], 0)
    assert "Nothing to repay" in _shown(capsys, free, "--budget-days", 10)


def test_a_budget_of_nothing_and_of_everything_are_both_plans(
    capsys: pytest.CaptureFixture[str], answers: Path
) -> None:
    nothing, everything = (_plan(capsys, answers, "--budget-days", days) for days in (0, 10_000))
    assert (nothing["chosen"], nothing["cost_days"], nothing["break_even_quarters"]) == ([], 0, None)
    assert nothing["next_5_days_benefit"] >= 0
    assert len(everything["chosen"]) == len(everything["items"])
    assert all(isfinite(item["ratio"]) for item in everything["items"])
    assert "0 person-days are too few for any repayment" in _shown(capsys, answers, "--budget-days", 0)


def test_a_budget_just_short_of_the_cheapest_says_what_it_takes_in_half_days(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """An effort of 3 days, down from .5, is 3 x .8 + 4 = 6.4 days, which a budget counts as 6.5."""
    small = next(question.id for question in ASKED.questions.values() if question.effort == "S")
    short = _written(tmp_path, {key: {"level": 2 if key == small else 0} for key in ASKED.questions})
    assert "6.4 person-days are too few for any repayment: the cheapest takes 6.5 person-days." in _shown(
        capsys, short, "--budget-days", 6.4
    )
    assert "Repay 1 question" in _shown(capsys, short, "--budget-days", 6.5)


def test_evidence_raises_what_there_is_to_repay(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Paths of one machine give strong signs, each a floor of .25, on the three questions they speak to."""
    seen, evidence = ROOT / "tests" / "evidence" / "samples" / "absolute-paths" / "trips", tmp_path / "evidence.json"
    assert main(["scan", str(seen), "--output", str(evidence)]) == 0
    capsys.readouterr()
    good = _written(tmp_path, {key: {"level": 0} for key in ASKED.questions})
    found = _plan(capsys, good, "--budget-days", 10, "--evidence", evidence)["items"]
    assert {item["question"] for item in found} >= {"DAT-01", "CFG-06", "RPG-02"}
    assert all(item["debt"] == 0.25 for item in found)


@pytest.mark.parametrize("budget", ["-1", "nan", "inf", "10001", "1e400", "many", "", "1,5"])
def test_a_budget_that_is_none_is_one_line(capsys: pytest.CaptureFixture[str], answers: Path, budget: str) -> None:
    line = refused(capsys, "plan", "--checklist", CHECKLIST, "--answers", answers, f"--budget-days={budget}")
    assert line.startswith("--budget-days: ")


@pytest.mark.parametrize("horizon", ["0", "-4", "99", "4.5", "nan", "9" * 5000])
def test_a_horizon_that_is_none_is_one_line(capsys: pytest.CaptureFixture[str], answers: Path, horizon: str) -> None:
    line = refused(
        capsys,
        *("plan", "--checklist", CHECKLIST, "--answers", answers, "--budget-days", 10, f"--horizon={horizon}"),
    )
    assert line.startswith("--horizon: ")


@pytest.mark.parametrize("missing", ["--checklist", "--answers", "--evidence"])
def test_a_file_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str], answers: Path, missing: str) -> None:
    files = {"--checklist": CHECKLIST, "--answers": answers} | {missing: "not-there"}
    line = refused(capsys, "plan", *(part for pair in files.items() for part in pair), "--budget-days", 10)
    assert "not-there" in line


def test_without_a_budget_there_is_no_plan(capsys: pytest.CaptureFixture[str], answers: Path) -> None:
    assert "--budget-days" in refused(capsys, "plan", "--checklist", CHECKLIST, "--answers", answers)


def test_a_checklist_with_a_circle_of_prerequisites_is_refused_where_it_stands(
    capsys: pytest.CaptureFixture[str], answers: Path, tmp_path: Path
) -> None:
    """MON-08 needs MON-01; let MON-01 need MON-08."""
    lines = CHECKLIST.read_text().splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.strip() == "- id: MON-01")
    lines.insert(at + 1, "        depends_on: [MON-08]\n")
    circle = tmp_path / "circle.yaml"
    circle.write_text("".join(lines))
    line = refused(capsys, "plan", "--checklist", circle, "--answers", answers, "--budget-days", 10)
    assert line.startswith(f"{circle}:{at + 2}:")
    assert "wait for each other" in line

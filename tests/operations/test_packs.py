"""Which checklists can be chosen when a quarter is opened, and what stays apart when systems use different ones."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from checklists.reader import DEFAULT_PACK
from evidence.evidence import Strength
from operations.assessments import (
    Choice,
    answer_question,
    close_assessment,
    confirm_last,
    open_assessment,
    read_questionnaire,
    record_votes,
)
from operations.class_values import adopt_class_values, read_class_values
from operations.errors import InvalidInput, NotFound
from operations.exports import export
from operations.packs import FOLDER, list_packs
from operations.plans import read_plan
from operations.portfolio import read_portfolio
from operations.records import AssessmentRecord
from operations.repository_evidence import add_evidence_json
from operations.system_view import compare_periods, read_question_lines, read_system_view
from operations.systems import create_system
from operations.upkeep import verify
from operations.workplace import Workplace
from tests.operations.conftest import ADA
from tests.operations.packs import lay, text_of_pack
from tests.operations.scans import a_sign, text_of

THREE = "three-levels"


@pytest.fixture
def offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return lay(tmp_path / "packs", monkeypatch, three=text_of_pack())


def opened(
    workplace: Workplace, name: str, *, period: str = "2026Q4", pack: str | None = None, answers: int = 0,
    close: bool = False,
) -> AssessmentRecord:  # fmt: skip
    system = create_system(workplace, ADA, name=name, team="Growth").system_id
    return quarter(workplace, system, period=period, pack=pack, answers=answers, close=close)


def quarter(
    workplace: Workplace, system: str, *, period: str, pack: str | None = None, answers: int = 0, close: bool = False
) -> AssessmentRecord:
    made = open_assessment(workplace, ADA, system_id=system, period=period, pack=pack)
    for question in read_questionnaire(workplace, ADA, assessment_id=made.assessment_id).questions[:answers]:
        answer(workplace, made, question.id, 1)
    return close_assessment(workplace, ADA, assessment_id=made.assessment_id) if close else made


def answer(workplace: Workplace, made: AssessmentRecord, question: str, level: int) -> None:
    choice = Choice(state="answered", level=level)
    answer_question(
        workplace, ADA, assessment_id=made.assessment_id, question_id=question, choice=choice, expected_rev=0
    )


def troubles(workplace: Workplace) -> dict[str, str]:
    return {pack.file: pack.trouble for pack in list_packs(workplace, ADA) if not pack.shipped}


def test_ours_stand_first_and_the_default_before_the_others(workplace: Workplace, offered: Path) -> None:
    packs = list_packs(workplace, ADA)
    assert packs[0].checklist is not None
    assert packs[0].checklist.id == DEFAULT_PACK
    assert packs[-1].checklist is not None
    assert packs[-1].checklist.id == THREE
    assert [pack.shipped for pack in packs] == sorted((pack.shipped for pack in packs), reverse=True)


def test_a_broken_file_is_listed_with_its_first_problem_and_cannot_be_chosen(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = text_of_pack("broken-one").replace("severity: M\n", "severity: X\n")
    lay(tmp_path / "packs", monkeypatch, broken=broken)
    said = troubles(workplace)["broken.yaml"]
    assert said.startswith("broken.yaml:")
    assert "areas[0].questions[0].severity" in said
    assert "(and 2 more; `python cli.py lint` lists them)" in said
    assert str(tmp_path) not in said
    with pytest.raises(InvalidInput, match="not on offer"):
        opened(workplace, "Churn", pack="broken-one")


def test_an_id_that_is_taken_is_refused(workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path / "packs", monkeypatch, a=text_of_pack(), b=text_of_pack(), ours=text_of_pack(DEFAULT_PACK))
    found = troubles(workplace)
    assert found["a.yaml"] == ""
    assert found["b.yaml"] == f'b.yaml: its id "{THREE}" is that of a.yaml; give it an id of its own'
    assert "that of a checklist that comes with Arrears" in found["ours.yaml"]


def test_a_folder_that_is_not_there_is_said(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER, "/nowhere/at/all")
    (said,) = troubles(workplace).values()
    assert said.startswith(f"{FOLDER}: the folder /nowhere/at/all cannot be read")


def test_what_is_no_readable_file_is_said_and_never_waited_for(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lay(tmp_path / "packs", monkeypatch, huge="x" * 300_000)
    (folder / "folder.yaml").mkdir()
    (folder / "gone.yaml").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "pipe.yaml")
    (folder / "notes.txt").write_text("no checklist")
    found = troubles(workplace)
    assert sorted(found) == ["folder.yaml", "gone.yaml", "huge.yaml", "pipe.yaml"]
    assert all(said.startswith(f"{name}:") for name, said in found.items())


def test_a_team_can_adopt_class_values_for_a_pack_of_the_operator(workplace: Workplace, offered: Path) -> None:
    opened(workplace, "Churn", pack=THREE)
    values = read_class_values(workplace, ADA, team="Growth", pack=THREE)
    dearer = replace(values.classes, effort_days={"S": 5.0})
    adopted = adopt_class_values(workplace, ADA, team="Growth", values=dearer, expected_rev=0, pack=THREE)
    assert adopted.classes.effort_days == {"S": 5.0}


def test_a_file_that_was_mended_can_be_chosen_at_once(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lay(tmp_path / "packs", monkeypatch, three="id: nothing else")
    assert troubles(workplace)["three.yaml"]
    lay(folder, monkeypatch, three=text_of_pack())
    assert troubles(workplace)["three.yaml"] == ""


def test_a_quarter_is_opened_with_the_pack_chosen_and_the_next_goes_on_with_it(
    workplace: Workplace, offered: Path
) -> None:
    first = opened(workplace, "Churn", period="2026Q3", pack=THREE, answers=3, close=True)
    view = read_questionnaire(workplace, ADA, assessment_id=first.assessment_id)
    assert [q.id for q in view.questions] == ["MON-01", "MON-02", "OPS-01"]
    after = quarter(workplace, first.system_id, period="2026Q4")
    assert after.previous == first.assessment_id
    confirmed = confirm_last(workplace, ADA, assessment_id=after.assessment_id, question_id="MON-01", expected_rev=0)
    assert confirmed.level == 1


def test_a_pack_taken_out_of_the_folder_goes_on_as_it_was_kept(workplace: Workplace, offered: Path) -> None:
    first = opened(workplace, "Churn", period="2026Q3", pack=THREE, answers=3, close=True)
    (offered / "three.yaml").unlink()
    assert quarter(workplace, first.system_id, period="2026Q4").checklist_id == first.checklist_id


def test_a_quarter_has_one_checklist(workplace: Workplace, offered: Path) -> None:
    first = opened(workplace, "Churn", pack=THREE)
    assert quarter(workplace, first.system_id, period="2026Q4") == first
    with pytest.raises(InvalidInput, match="a quarter has one checklist"):
        quarter(workplace, first.system_id, period="2026Q4", pack=DEFAULT_PACK)


def test_answers_of_another_pack_are_not_at_hand_though_the_ids_are_the_same(
    workplace: Workplace, offered: Path
) -> None:
    first = opened(workplace, "Churn", period="2026Q2", pack=THREE, answers=3, close=True)
    second = quarter(workplace, first.system_id, period="2026Q3", pack=DEFAULT_PACK, answers=39, close=True)
    assert second.previous is None
    third = quarter(workplace, first.system_id, period="2026Q4", pack=THREE)
    assert third.previous == first.assessment_id
    view = read_questionnaire(workplace, ADA, assessment_id=third.assessment_id)
    assert (view.last_period, sorted(view.last)) == ("2026Q2", ["MON-01", "MON-02", "OPS-01"])


@pytest.mark.parametrize("level", [3, 4, -1])
def test_a_level_the_question_does_not_have_is_refused(workplace: Workplace, offered: Path, level: int) -> None:
    made = opened(workplace, "Churn", pack=THREE)
    with pytest.raises(InvalidInput, match="choose 0, 1 or 2"):
        answer(workplace, made, "OPS-01", level)
    with pytest.raises(InvalidInput, match="each 0 to 2 or unknown"):
        record_votes(
            workplace, ADA, assessment_id=made.assessment_id, question_id="OPS-01", votes=(0, level), expected_rev=0
        )
    with pytest.raises(NotFound):
        answer(workplace, made, "ENT-01", 1)


def test_numbers_of_different_packs_are_not_compared(workplace: Workplace, offered: Path) -> None:
    first = opened(workplace, "Churn", period="2026Q3", answers=39, close=True)
    quarter(workplace, first.system_id, period="2026Q4", pack=THREE, answers=3)
    with pytest.raises(InvalidInput, match="nothing to compare"):
        compare_periods(workplace, ADA, system_id=first.system_id, before="2026Q3", after="2026Q4")
    view = read_system_view(workplace, ADA, system_id=first.system_id)
    assert [a.id for a in view.areas] == ["MON", "OPS"]
    assert [a.period for a in view.shown] == ["2026Q4"]
    assert list(view.titles) == [THREE, DEFAULT_PACK]
    assert {cell.change for (_, period), cell in view.cells.items() if period == "2026Q4"} == {None}
    other = read_system_view(workplace, ADA, system_id=first.system_id, pack=DEFAULT_PACK)
    assert [a.period for a in other.shown] == ["2026Q3"]
    assert "ENT" in [a.id for a in other.areas]


def test_the_portfolio_shows_one_pack_at_a_time(workplace: Workplace, offered: Path) -> None:
    for name in ("Churn", "Leads"):
        opened(workplace, name, answers=39)
    opened(workplace, "Fraud", pack=THREE, answers=3)
    create_system(workplace, ADA, name="Young", team="Growth")
    ours = read_portfolio(workplace, ADA)
    assert [(pack.id, pack.systems) for pack in ours.packs] == [(DEFAULT_PACK, 3), (THREE, 1)]
    assert sorted(row.system.name for row in ours.rows) == ["Churn", "Leads", "Young"]
    theirs = read_portfolio(workplace, ADA, pack=THREE)
    assert [(area.id, area.title) for area in theirs.areas] == [("MON", "Watching"), ("OPS", "Running")]
    assert [row.system.name for row in theirs.rows] == ["Fraud"]
    assert read_portfolio(workplace, ADA, pack="no-such-pack").pack == DEFAULT_PACK


def test_a_quarter_in_which_nobody_used_a_pack_still_has_its_areas(workplace: Workplace, offered: Path) -> None:
    opened(workplace, "Fraud", period="2026Q2", pack=THREE, answers=3, close=True)
    opened(workplace, "Churn", period="2026Q4", answers=39)
    view = read_portfolio(workplace, ADA, period="2026Q4", pack=THREE)
    assert [area.id for area in view.areas] == ["MON", "OPS"]
    assert [(row.system.name, row.assessment) for row in view.rows] == [("Fraud", None)]


def test_the_exports_say_which_checklist_a_number_is_of(workplace: Workplace, offered: Path) -> None:
    first = opened(workplace, "Churn", period="2026Q3", answers=39, close=True)
    quarter(workplace, first.system_id, period="2026Q4", pack=THREE, answers=3)
    opened(workplace, "Leads", answers=39)
    of_system = export(workplace, ADA, "system.csv", {"system": first.system_id}).body.decode("utf-8-sig")
    lines = [line.split(",") for line in of_system.splitlines()]
    assert {(line[1], line[-1]) for line in lines[1:]} == {("2026Q3", DEFAULT_PACK), ("2026Q4", THREE)}
    assert [line[4] for line in lines if line[1] == "2026Q4" and line[3] == "MON"] == ["Watching"]
    portfolio = export(workplace, ADA, "portfolio.csv", {}).body.decode("utf-8-sig")
    assert {(line.split(",")[1], line.split(",")[-1]) for line in portfolio.splitlines()[1:]} == {
        ("Churn", THREE), ("Leads", DEFAULT_PACK),
    }  # fmt: skip


def test_what_a_repository_shows_of_our_questions_says_nothing_about_anothers(
    workplace: Workplace, offered: Path
) -> None:
    made = opened(workplace, "Churn", pack=THREE, answers=3)
    sign = a_sign("tests-missing", area="MON", questions=("MON-01",), strength=Strength.DIRECT)
    add_evidence_json(workplace, ADA, assessment_id=made.assessment_id, text=text_of(sign))
    lines = read_question_lines(workplace, ADA, assessment_id=made.assessment_id)
    assert [(line.contradictions, line.signals) for line in lines] == [((), ())] * 3


def test_a_plan_is_made_from_a_pack_of_three_levels(workplace: Workplace, offered: Path) -> None:
    made = opened(workplace, "Churn", pack=THREE, answers=3)
    plan = read_plan(workplace, ADA, system_id=made.system_id, budget_days=100, what_if={"OPS-01": 2})
    assert {priority.question for priority in plan.ranking.priorities} == {"MON-01", "MON-02", "OPS-01"}
    assert len(plan.plan.chosen) == 3
    assert plan.after.system.estimate == 0


def test_a_plan_does_not_fall_back_to_a_quarter_of_another_pack(workplace: Workplace, offered: Path) -> None:
    first = opened(workplace, "Churn", period="2026Q3", pack=THREE, answers=3, close=True)
    second = quarter(workplace, first.system_id, period="2026Q4", pack=DEFAULT_PACK, answers=3)
    assert read_plan(workplace, ADA, system_id=first.system_id).assessment.assessment_id == second.assessment_id


def test_a_closed_quarter_of_three_levels_scores_again_to_the_same(workplace: Workplace, offered: Path) -> None:
    opened(workplace, "Churn", pack=THREE, answers=3, close=True)
    verdict = verify(workplace, ADA)
    assert (verdict.snapshots, verdict.fault) == (1, None)

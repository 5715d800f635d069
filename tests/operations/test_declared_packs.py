"""A checklist with an aggregation of its own goes the whole way: opened, answered, explained, planned, verified."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from checklists.reader import PACKS, load_checklist
from operations.assessments import Choice, answer_question, close_assessment, open_assessment, record_votes
from operations.errors import InvalidInput
from operations.packs import FOLDER
from operations.plans import read_plan
from operations.system_view import compare_periods, explain_whole, read_area_view, read_system_view
from operations.systems import create_system
from operations.upkeep import verify
from operations.workplace import Workplace
from tests.operations.conftest import ADA

SAMPLES = Path(__file__).parents[1] / "checklists" / "samples" / "packs"
FILES = [PACKS / "ml-test-score.yaml", *sorted(SAMPLES.glob("*.yaml"))]


def fill(workplace: Workplace, path: Path, assessment_id: str, chance: random.Random) -> None:
    """Answer a quarter with everything there is: levels, votes, unknown, not applicable, and blank."""
    checklist = load_checklist(path)
    for question in checklist.questions:
        common = {"assessment_id": assessment_id, "question_id": question, "expected_rev": 0}
        kind = chance.choice(["blank", "unknown", "not_applicable", "votes", "level", "level", "level"])
        if kind == "votes":
            votes = tuple(chance.randrange(checklist.level_count) for _ in range(5))
            record_votes(workplace, ADA, **common, votes=votes)
        elif kind == "level":
            choice = Choice(state="answered", level=chance.randrange(checklist.level_count))
            answer_question(workplace, ADA, **common, choice=choice)
        elif kind == "unknown":
            answer_question(workplace, ADA, **common, choice=Choice(state="unknown"))
        elif kind == "not_applicable":
            choice = Choice(state="not_applicable", reason="nothing of the kind", seconded_by="Bo")
            answer_question(workplace, ADA, **common, choice=choice)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_two_quarters_are_answered_explained_planned_compared_and_verified(workplace, monkeypatch, path) -> None:
    monkeypatch.setenv(FOLDER, str(SAMPLES))
    checklist = load_checklist(path)
    system = create_system(workplace, ADA, name=path.stem, team="Growth").system_id
    for period in ("2026Q3", "2026Q4"):
        made = open_assessment(workplace, ADA, system_id=system, period=period, scope="all", pack=checklist.id)
        fill(workplace, path, made.assessment_id, random.Random(f"{path.stem} {period}"))
        whole = explain_whole(workplace, ADA, assessment_id=made.assessment_id)
        assert whole.steps
        for area in checklist.areas:
            assert read_area_view(workplace, ADA, system_id=system, period=period, area_id=area.id).steps
        plan = read_plan(workplace, ADA, system_id=system, period=period, budget_days=20)
        assert plan.after.system.high <= plan.score.system.high
        close_assessment(workplace, ADA, assessment_id=made.assessment_id)
    assert read_system_view(workplace, ADA, system_id=system).system.system_id == system
    compare_periods(workplace, ADA, system_id=system, before="2026Q3", after="2026Q4")
    assert verify(workplace, ADA).fault is None


def test_a_level_beyond_the_scale_is_refused_with_the_scale(workplace, monkeypatch) -> None:
    monkeypatch.setenv(FOLDER, str(SAMPLES))
    system = create_system(workplace, ADA, name="Stages", team="Growth").system_id
    made = open_assessment(workplace, ADA, system_id=system, period="2026Q4", pack="staged-delivery")
    common = {"assessment_id": made.assessment_id, "question_id": "DEP-01", "expected_rev": 0}
    with pytest.raises(InvalidInput, match="4 is not a level; choose 0, 1, 2 or 3"):
        answer_question(workplace, ADA, **common, choice=Choice(state="answered", level=4))
    with pytest.raises(InvalidInput, match="each 0 to 3 or unknown"):
        record_votes(workplace, ADA, **common, votes=(0, 4))

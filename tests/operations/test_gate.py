"""The gate: limits of letters and points, clear regressions, open contradictions; nothing is kept by not answering."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.assessments import Choice, answer_question, open_assessment
from operations.errors import InvalidInput, NotFound
from operations.gate import AREA_LIMIT, CONTRADICTION, REGRESSION, SYSTEM_LIMIT, Limits, check_gate, read_limit
from operations.repository_evidence import add_evidence_json, decide_floor
from operations.systems import create_system
from operations.workplace import Workplace
from tests.operations.conftest import ADA
from tests.operations.packs import lay, text_of_pack
from tests.operations.scans import text_of
from tests.operations.test_movement import add, assess


@pytest.fixture
def small(workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    lay(tmp_path / "packs", monkeypatch, three=text_of_pack())
    return workplace


def broken(workplace: Workplace, **asked: object) -> set[tuple[str, str | None]]:
    limits = Limits(**{"regressions": False, **asked})  # type: ignore[arg-type]
    return {(one.rule, one.area) for one in check_gate(workplace, ADA, limits=limits).broken}


def test_limits_of_all_areas_of_one_and_of_the_system(small: Workplace) -> None:
    assess(small, "Model", {"2026Q3": (1, 1, 2)})  # MON owes .5, OPS and so the system 1
    assert broken(small) == set()
    assert broken(small, area=0.5) == {(AREA_LIMIT, "OPS")}
    assert broken(small, area=0.4, areas={"OPS": 1.0}) == {(AREA_LIMIT, "MON")}
    assert broken(small, area=1.0, system=0.9) == {(SYSTEM_LIMIT, None)}


def test_an_area_nobody_answered_counts_as_the_score_counts_it(small: Workplace) -> None:
    assess(small, "Model", {"2026Q3": (0, 0)}, closed=False)
    assert broken(small, area=0.9) == set()
    assert broken(small, area=0.5) == {(AREA_LIMIT, "OPS")}
    found = check_gate(small, ADA, limits=Limits(area=0.5)).broken
    assert "nothing is known of it" in found[0].message


def test_a_clear_turn_for_the_worse_is_refused_and_a_small_one_is_not(small: Workplace) -> None:
    system_id = assess(small, "Model", {"2026Q1": (0, 0, 0), "2026Q2": (0, 0, 2)})
    found = check_gate(small, ADA, limits=Limits()).broken
    assert {(one.rule, one.area) for one in found} == {(REGRESSION, None), (REGRESSION, "OPS")}
    assert "clearly worse than in 2026Q1" in found[0].message
    assert check_gate(small, ADA, limits=Limits(), period="2026Q1").broken == ()
    add(small, system_id, "2026Q3", (0, 0, 2))
    assert check_gate(small, ADA, limits=Limits()).broken == ()


def test_a_system_never_assessed_is_named_and_not_held_against_anything(small: Workplace) -> None:
    assess(small, "Model", {"2026Q3": (0, 0, 0)})
    create_system(small, ADA, name="New", team="Growth")
    found = check_gate(small, ADA, limits=Limits(area=0.1))
    assert ([s.name for s, _ in found.checked], [s.name for s in found.never_assessed]) == (["Model"], ["New"])


def test_what_cannot_be_looked_at_is_a_mistake(small: Workplace) -> None:
    with pytest.raises(NotFound):
        check_gate(small, ADA, limits=Limits())
    assess(small, "Model", {"2026Q3": (0, 0, 0)})
    with pytest.raises(InvalidInput, match="no checklist here has an area 'XXX'; choose among MON, OPS"):
        check_gate(small, ADA, limits=Limits(areas={"XXX": 0.5}))
    with pytest.raises(InvalidInput, match="nothing was assessed in 2020Q1"):
        check_gate(small, ADA, limits=Limits(), period="2020Q1")
    with pytest.raises(NotFound):
        check_gate(small, ADA, limits=Limits(), team="Nobody")


@pytest.mark.parametrize(("text", "limit"), [("c", 0.625), ("E", 1.0), ("62.5", 0.625), ("60,5", 0.605), ("0", 0.0)])
def test_a_limit_is_a_letter_or_points(text: str, limit: float) -> None:
    assert read_limit(text, "--max-area") == limit


@pytest.mark.parametrize("text", ["", "F", "nan", "inf", "-1", "101", "0.6", "x" * 500])
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no limit; give a letter"):
        read_limit(text, "--max-area")


def test_a_contradiction_is_refused_until_somebody_decides_it(workplace: Workplace) -> None:
    system_id = create_system(workplace, ADA, name="Model", team="Growth").system_id
    opened = open_assessment(workplace, ADA, system_id=system_id, period="2026Q4", scope="all")
    answer_question(
        workplace, ADA, assessment_id=opened.assessment_id, question_id="CFG-06",
        choice=Choice(state="answered", level=0), expected_rev=0,
    )  # fmt: skip
    add_evidence_json(workplace, ADA, assessment_id=opened.assessment_id, text=text_of())
    (found,) = check_gate(workplace, ADA, limits=Limits()).broken
    assert (found.rule, found.area) == (CONTRADICTION, "CFG")
    assert "CFG-06 contradicts the repository (2 of 12 files hold what looks like a secret); answer" in found.message
    assert check_gate(workplace, ADA, limits=Limits(contradictions=False)).broken == ()
    decide_floor(
        workplace, ADA, assessment_id=opened.assessment_id, question_id="CFG-06", signal_id="secrets-in-code",
        decision="accepted", decided_at=None,
    )  # fmt: skip
    assert check_gate(workplace, ADA, limits=Limits()).broken == ()

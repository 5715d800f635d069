"""Creating a system, handing over its repository, and the page about Arrears itself."""

from __future__ import annotations

from pathlib import Path

import pytest

import operations.systems
from evidence.collector import collect
from operations.assessments import close_assessment
from operations.errors import StorageFull
from operations.periods import following
from operations.repository_evidence import add_evidence_json
from operations.systems import list_systems
from operations.workplace import Workplace
from tests.pages.conftest import ADA, QUARTER, Open, add_quarter, open_system, press, title, words
from ui import numbers

HOUSE = Path(__file__).parents[2]


def fill(page: object, name: str, team: str) -> None:
    page.text_input(key="create-name").set_value(name)  # type: ignore[attr-defined]
    page.text_input(key="create-team-name").set_value(team)  # type: ignore[attr-defined]


def test_creating_a_system_leads_to_its_first_question(at_page: Open, workplace: Workplace) -> None:
    page = at_page("create")
    fill(page, "  Churn   model ", "Growth")
    page.checkbox(key="create-foundation_models").check()
    press(page, "Start the assessment")
    assert title(page) == f"Churn model: {numbers.period(QUARTER)}"
    made = list_systems(workplace, ADA)[0]
    assert (made.name, made.team, made.switches) == ("Churn model", "Growth", frozenset({"foundation_models"}))


@pytest.mark.parametrize(
    ("name", "team", "problem"), [("", "Growth", "name: is empty"), ("Model", "", "team: is empty")]
)
def test_a_name_and_a_team_are_needed(at_page: Open, workplace: Workplace, name: str, team: str, problem: str) -> None:
    page = at_page("create")
    fill(page, name, team)
    press(page, "Start the assessment")
    assert problem in page.error[0].value
    assert not list_systems(workplace, ADA)


def test_the_same_name_in_the_same_team_is_refused(at_page: Open, workplace: Workplace) -> None:
    open_system(workplace, "Churn model")
    page = at_page("create")
    page.text_input(key="create-name").set_value("Churn model")
    page.selectbox(key="create-team").set_value("Growth")
    press(page, "Start the assessment")
    assert len(page.error) == 1
    assert len(list_systems(workplace, ADA)) == 1


def test_a_full_disk_while_creating_is_one_sentence(at_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    page = at_page("create")

    def full(*_args: object, **_more: object) -> None:
        raise StorageFull("The disk is full. What was saved before is safe; free some space and try again.")

    monkeypatch.setattr(operations.systems, "create_system", full)
    fill(page, "Churn model", "Growth")
    press(page, "Start the assessment")
    assert [error.value for error in page.error] == [
        "The disk is full. What was saved before is safe; free some space and try again."
    ]


def test_evidence_shows_what_was_seen_and_what_could_not_be_told(
    at_page: Open, workplace: Workplace, tmp_path: Path
) -> None:
    from evidence.document import to_json

    assessment = open_system(workplace, "Churn model", answers=34, level=0)
    before = at_page("repository", system=assessment.system_id)
    assert "nothing is known of the repository yet" in title(before)
    tree = tmp_path / "repository"
    tree.mkdir()
    for number in range(12):
        (tree / f"train_{number}.py").write_text("import pandas as pd\nprint(pd.read_csv('/home/bo/data.csv'))\n" * 20)
    add_evidence_json(
        workplace, ADA, assessment_id=assessment.assessment_id, text=to_json(collect(tree, name="repository"))
    )
    page = at_page("repository", system=assessment.system_id)
    assert "to decide" in title(page)
    assert "train_0.py:" in words(page)
    assert "could not tell" in words(page)


def test_every_heatmap_marks_where_answer_and_repository_disagree_in_closed_quarters_too(
    at_page: Open, workplace: Workplace, tmp_path: Path
) -> None:
    from evidence.document import to_json

    assessment = open_system(workplace, "Churn model", answers=34, level=0)
    tree = tmp_path / "repository"
    tree.mkdir()
    for number in range(12):
        (tree / f"train_{number}.py").write_text("import pandas as pd\nprint(pd.read_csv('/home/bo/data.csv'))\n" * 20)
    seen = to_json(collect(tree, name="repository"))
    add_evidence_json(workplace, ADA, assessment_id=assessment.assessment_id, text=seen)
    close_assessment(workplace, ADA, assessment_id=assessment.assessment_id)
    add_quarter(workplace, assessment.system_id, period=following(QUARTER))
    for page in (at_page(period=QUARTER), at_page("system", system=assessment.system_id)):
        tables = [frame.value.to_string() for frame in page.dataframe]
        assert any("≠" in table for table in tables), tables


def test_about_says_where_the_data_is_and_backs_it_up(at_page: Open, workplace: Workplace, tmp_path: Path) -> None:
    page = at_page("about")
    assert str(tmp_path / "arrears.db") in set(page.dataframe[0].value["Value"])
    press(page, "Back up now")
    assert list(tmp_path.glob("arrears-backup-*.db"))
    press(page, "Verify now")
    assert "All well" in page.success[-1].value

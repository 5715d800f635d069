"""Actions as files: one system's own, each form as its tracker takes it, harmless whatever people typed."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest

from operations.actions import close_action, drop_action, save_actions
from operations.assessments import Choice, answer_question, close_assessment
from operations.authorize import Actor
from operations.errors import Forbidden, InvalidInput, NotFound
from operations.exports import export, export_actions
from operations.records import ActionRecord, AssessmentRecord
from operations.workplace import Workplace, shipped_checklist
from reports.action_texts import FORMS
from tests.operations.conftest import ADA
from tests.operations.test_actions import DRAFT, assessed

QUESTION = shipped_checklist().questions["ENT-01"]


@pytest.fixture
def assessment(workplace: Workplace) -> AssessmentRecord:
    return assessed(workplace)


@pytest.fixture
def saved(workplace: Workplace, assessment: AssessmentRecord) -> tuple[ActionRecord, ...]:
    drafts = [
        DRAFT,
        replace(DRAFT, question_id="ENT-05", title="List the consumers"),
        replace(DRAFT, question_id="CFG-01"),
    ]
    actions = save_actions(workplace, ADA, assessment_id=assessment.assessment_id, drafts=drafts)
    place = {"system_id": assessment.system_id, "expected_rev": 1}
    close_action(workplace, ADA, **place, action_id=actions[1].action_id, actual_days=3.25, friction_gone=False)  # type: ignore[arg-type]  (words by name)
    drop_action(workplace, ADA, **place, action_id=actions[2].action_id, reason="Not now")  # type: ignore[arg-type]  (words by name)
    return actions


def table(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def test_the_table_has_every_action_with_what_it_promised_and_took(
    workplace: Workplace, assessment: AssessmentRecord, saved: tuple[ActionRecord, ...]
) -> None:
    made = export_actions(workplace, ADA, system_id=assessment.system_id, form="csv")
    assert (made.filename, made.media_type) == ("churn-actions.csv", "text/csv; charset=utf-8")
    rows = {row["question id"]: row for row in table(made.body)}
    assert {question: row["state"] for question, row in rows.items()} == {
        "ENT-01": "open",
        "ENT-05": "done",
        "CFG-01": "dropped",
    }
    row = rows["ENT-01"]
    assert (row["title"], row["owner"], row["due"]) == (DRAFT.title, "Bo", "2026-12-11")
    assert (row["planned days"], row["avoided days"], row["level today"], row["target level"]) == (
        "9.5",
        "12.25",
        "3",
        "1",
    )
    assert row["today"] == " ".join(QUESTION.levels[3].text.split())
    assert row["link"] == DRAFT.link
    assert (rows["ENT-05"]["actual days"], rows["ENT-05"]["friction gone"]) == ("3.25", "no")
    assert rows["ENT-05"]["level today"] == "", "nobody knew"
    assert len(saved) == len(rows)


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("github", "churn-actions-github.jsonl"),
        ("gitlab", "churn-actions-gitlab.csv"),
        ("jira", "churn-actions-jira.csv"),
        ("markdown", "churn-actions-markdown.md"),
    ],
)
def test_a_tracker_gets_the_open_actions_only(
    workplace: Workplace, assessment: AssessmentRecord, saved: tuple[ActionRecord, ...], form: str, name: str
) -> None:
    made = export_actions(workplace, ADA, system_id=assessment.system_id, form=form)
    assert made.filename == name
    text = made.body.decode()
    assert "ENT-01" in text
    assert "ENT-05" not in text
    assert "CFG-01" not in text
    assert saved


def test_each_github_issue_is_one_line_of_json(
    workplace: Workplace, assessment: AssessmentRecord, saved: tuple[ActionRecord, ...]
) -> None:
    made = export_actions(workplace, ADA, system_id=assessment.system_id, form="github")
    (issue,) = [json.loads(line) for line in made.body.decode().splitlines()]
    assert issue["title"] == f"ENT-01: {DRAFT.title}"
    assert "9.5 person-days" in issue["body"]
    assert saved


def test_an_issue_links_back_to_the_plan_it_comes_from(
    workplace: Workplace, assessment: AssessmentRecord, saved: tuple[ActionRecord, ...]
) -> None:
    where = f"https://arrears.example/plan?system={assessment.system_id}&period={assessment.period}"
    ours = {"system": assessment.system_id, "address": "https://arrears.example/"}
    assert f"]({where})" in export(workplace, ADA, "actions.gitlab", ours).body.decode()
    assert saved


@pytest.mark.parametrize("form", list(FORMS))
def test_what_people_typed_runs_and_mentions_nothing_in_any_form(
    workplace: Workplace, assessment: AssessmentRecord, form: str
) -> None:
    evil = replace(DRAFT, title="=HYPERLINK(1) @everyone <img src=x onerror=1> {html}", owner="/close\n@all")
    save_actions(workplace, ADA, assessment_id=assessment.assessment_id, drafts=[evil])
    body = export_actions(workplace, ADA, system_id=assessment.system_id, form=form).body.decode("utf-8-sig")
    assert not [line for line in body.splitlines() if line.lstrip(' "').startswith(("=", "/", "@"))]
    if form == "csv":
        assert '"=HYPERLINK' not in body
        assert ",=HYPERLINK" not in body
    else:
        assert "@everyone" not in body
        assert "@all" not in body


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "Prijsschatting <b>", "価格", 'a"; filename=x.exe', "x" * 80, "CON\r\nSet-Cookie: a=b"]
)
def test_a_file_name_is_made_of_letters_figures_and_hyphens(workplace: Workplace, name: str) -> None:
    assessment = assessed(workplace, name)
    save_actions(workplace, ADA, assessment_id=assessment.assessment_id, drafts=[DRAFT])
    made = export_actions(workplace, ADA, system_id=assessment.system_id, form="jira")
    stem, dot, suffix = made.filename.partition(".")
    assert (dot, suffix) == (".", "csv")
    assert stem
    assert set(stem) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not stem.startswith("-")
    assert len(made.filename) <= 90


def test_one_system_hands_on_its_own_actions_only(
    workplace: Workplace, assessment: AssessmentRecord, saved: tuple[ActionRecord, ...]
) -> None:
    other = assessed(workplace, "Pricing")
    with pytest.raises(InvalidInput, match="Pricing has no action to hand on yet"):
        export_actions(workplace, ADA, system_id=other.system_id)
    save_actions(
        workplace, ADA, assessment_id=other.assessment_id, drafts=[replace(DRAFT, title="Canary of the other team")]
    )
    for form in FORMS:
        assert b"Canary" not in export_actions(workplace, ADA, system_id=assessment.system_id, form=form).body
    assert saved


def test_who_may_not_and_what_is_not_there_get_the_same_nothing(
    workplace: Workplace, assessment: AssessmentRecord, saved: tuple[ActionRecord, ...]
) -> None:
    assert saved
    with pytest.raises(NotFound):
        export_actions(workplace, ADA, system_id="gone")
    with pytest.raises(NotFound):
        export(workplace, ADA, "actions.csv", {})
    for form in (*FORMS, "nothing"):
        with pytest.raises(Forbidden):
            export_actions(workplace, Actor(name="Mallory"), system_id=assessment.system_id, form=form)
        with pytest.raises(Forbidden):
            export(workplace, Actor(name="Mallory"), f"actions.{form}", {"system": assessment.system_id})
    with pytest.raises(InvalidInput, match="no form 'xlsx'; choose among csv, github"):
        export_actions(workplace, ADA, system_id=assessment.system_id, form="xlsx")


def test_the_route_hands_out_the_same_file(
    workplace: Workplace, assessment: AssessmentRecord, saved: tuple[ActionRecord, ...]
) -> None:
    assert saved
    for form in FORMS:
        params = {"system": assessment.system_id}
        assert export(workplace, ADA, f"actions.{form}", params) == export_actions(
            workplace, ADA, system_id=assessment.system_id, form=form
        )


def test_an_issue_says_where_the_question_stood_when_it_was_planned(
    workplace: Workplace, assessment: AssessmentRecord
) -> None:
    close_assessment(workplace, ADA, assessment_id=assessment.assessment_id)
    save_actions(workplace, ADA, assessment_id=assessment.assessment_id, drafts=[replace(DRAFT, due=date(2027, 1, 2))])
    (row,) = table(export_actions(workplace, ADA, system_id=assessment.system_id).body)
    assert (row["level today"], row["due"]) == ("3", "2027-01-02")
    with pytest.raises(Exception, match="closed"):
        answer_question(
            workplace,
            ADA,
            assessment_id=assessment.assessment_id,
            question_id="ENT-01",
            choice=Choice(state="answered", level=1),
            expected_rev=1,
        )

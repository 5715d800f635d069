"""The report of what is stored: the same numbers as the pages, words of people, files in every format."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from operations.actions import ActionDraft, close_action, save_actions
from operations.assessments import (
    Choice,
    answer_question,
    close_assessment,
    open_assessment,
    read_questionnaire,
    record_votes,
)
from operations.errors import Conflict, Forbidden, InvalidInput, NotFound
from operations.exports import export
from operations.portfolio import read_portfolio
from operations.promises import read_promises
from operations.records import SystemRecord
from operations.reports import make_report, read_length, read_report, undo_wording, word_report
from operations.systems import create_system
from operations.workplace import Workplace
from reports.formats import FORMATS
from reports.report import CellState, Length, ScopeKind
from reports.sources import DecisionWording
from store.store import open_store
from tests.operations.conftest import ADA, BO, Clock, at


def quarter(workplace: Workplace, system: SystemRecord, period: str, level: int, *, questions: int = 39) -> str:
    """One sealed quarter in which every asked question stands at one level; the first one by five votes."""
    opened = open_assessment(workplace, ADA, system_id=system.system_id, period=period)
    asked = read_questionnaire(workplace, ADA, assessment_id=opened.assessment_id).questions
    for place, question in enumerate(asked[:questions]):
        if place == 0:
            record_votes(
                workplace, ADA, assessment_id=opened.assessment_id, question_id=question.id,
                votes=(0, 4, level, level, None), expected_rev=0,
            )  # fmt: skip
            continue
        answer_question(
            workplace, ADA, assessment_id=opened.assessment_id, question_id=question.id,
            choice=Choice(state="answered", level=level), expected_rev=0,
        )  # fmt: skip
    close_assessment(workplace, ADA, assessment_id=opened.assessment_id)
    return opened.assessment_id


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two systems of one team and one of another: Q3 sealed, an action promised and done in it, Q4 sealed."""
    file = tmp_path_factory.mktemp("sealed") / "arrears.db"
    store = open_store(str(file))
    workplace = Workplace(store=store, clock=Clock(datetime(2026, 11, 20, 12, tzinfo=UTC)))
    churn = create_system(workplace, ADA, name="Churn", team="Growth")
    leads = create_system(workplace, ADA, name="=Leads", team="Growth")
    fraud = create_system(workplace, ADA, name="Fraud", team="Safety")
    early = at(workplace, 2026, 8)
    first = [quarter(early, system, "2026Q3", level) for system, level in ((churn, 3), (leads, 2), (fraud, 4))]
    asked = read_questionnaire(early, ADA, assessment_id=first[0]).questions
    draft = ActionDraft(
        question_id=asked[1].id, title="Name the owner", owner="Li", due=date(2026, 9, 1), planned_days=3.0,
        benefit_days=9.0,
    )  # fmt: skip
    (made,) = save_actions(early, ADA, assessment_id=first[0], drafts=[draft])
    close_action(
        early, ADA, system_id=churn.system_id, action_id=made.action_id, actual_days=4.0, friction_gone=True,
        expected_rev=made.rev,
    )  # fmt: skip
    for system, level in ((churn, 1), (leads, 2), (fraud, 3)):
        quarter(workplace, system, "2026Q4", level)
    store.close()
    return file


@pytest.fixture
def review(sealed: Path, tmp_path: Path) -> Iterator[Workplace]:
    """A copy of that world for each test, on 20 November 2026."""
    store = open_store(shutil.copy(sealed, tmp_path / "arrears.db"))
    yield Workplace(store=store, clock=Clock(datetime(2026, 11, 20, 12, tzinfo=UTC)))
    store.close()


def test_the_numbers_of_the_report_are_those_of_the_portfolio_page(review: Workplace) -> None:
    shown = read_report(review, ADA).report
    page = read_portfolio(review, ADA, period="2026Q4")
    told = {number.key: number for number in shown.numbers}
    assert shown.period == "2026Q4"
    assert told["debt"].value == pytest.approx(page.debt.debt)
    assert told["debt"].change == pytest.approx(page.change.mean)
    assert (told["heavy"].value, told["heavy"].of) == (len(page.heavy), len(page.rated))
    assert told["answered"].value == pytest.approx(page.answered)
    promises = read_promises(review, ADA, period=page.compared_with)
    assert told["kept"].label == "Promises kept, Q3 2026"
    assert (told["kept"].value, told["kept"].of) == (promises.kept, promises.due) == (1, 1)
    cells = {row.system.name: row for row in page.rows}
    assert shown.heatmap is not None
    for row in shown.heatmap.rows:
        assert row.total.debt == cells[row.name].cells[""].estimate
        for column, cell in zip(shown.heatmap.columns, row.cells, strict=True):
            one = cells[row.name].cells.get(column.id)
            assert (cell.state is CellState.NOT_APPLICABLE) == (one is None)
            if one is not None:
                assert (cell.debt, cell.change) == (one.estimate, one.change)


def test_the_causes_sum_and_the_trend_ends_where_the_debt_is(review: Workplace) -> None:
    shown = read_report(review, ADA).report
    assert shown.change is not None
    assert shown.change.before + sum(step.share for step in shown.change.steps) == pytest.approx(shown.change.after)
    assert shown.trend is not None
    assert [point.period for point in shown.trend.points] == ["2026Q3", "2026Q4"]
    assert shown.trend.points[-1].debt == pytest.approx(shown.change.after)


def test_votes_that_lie_apart_and_the_promise_with_its_effect_are_told(review: Workplace) -> None:
    shown = read_report(review, ADA).report
    assert shown.disputes is not None
    assert {dispute.system for dispute in shown.disputes.questions} == {"Churn", "=Leads", "Fraud"}
    assert shown.promises is not None
    (promise,) = shown.promises.rows
    assert (promise.title, promise.owner, promise.actual_days) == ("Name the owner", "Li", 4.0)
    assert promise.measured == pytest.approx(-0.5)


def test_every_open_question_is_counted_and_every_action_is_in_the_days_promised(review: Workplace) -> None:
    asked = read_questionnaire(review, ADA, assessment_id=_half_answered(review)).questions
    later = at(review, 2027, 1)
    shown = read_report(later, ADA, period="2027Q1", team="Late").report
    told = {number.key: number for number in shown.numbers}
    open_assessment(later, ADA, system_id=read_report(later, ADA).systems[0][0], period="2027Q1")
    assert read_report(later, ADA, period="2027Q1").still_open == 1
    assert read_report(later, ADA, period="2027Q1", team="Late").still_open == 0
    assert told["answered"].note == f"{len(asked) - 5} questions open"
    whole = read_report(review, ADA, period="2026Q4").report
    assert whole.burn_up is not None
    assert whole.burn_up.points[-1].scope_days == pytest.approx(3.0)


def _half_answered(review: Workplace) -> str:
    """A system of which five questions are answered in the first quarter of 2027."""
    return quarter(at(review, 2027, 1), create_system(review, ADA, name="Late", team="Late"), "2027Q1", 2, questions=5)


def test_a_repayment_that_is_planned_stands_with_what_its_action_promised(review: Workplace) -> None:
    page = read_portfolio(review, ADA, period="2026Q4")
    fraud = next(row for row in page.rows if row.system.name == "Fraud")
    assert fraud.assessment is not None
    asked = read_questionnaire(review, ADA, assessment_id=fraud.assessment.assessment_id).questions
    draft = ActionDraft(
        question_id=asked[2].id, title="Drop the table", owner="Mo", due=date(2027, 1, 5), planned_days=0.5,
        benefit_days=400.0, horizon_quarters=8,
    )  # fmt: skip
    save_actions(review, ADA, assessment_id=fraud.assessment.assessment_id, drafts=[draft])
    first = read_report(review, ADA).report.actions[0]
    assert (first.title, first.owner, first.planned) == ("Drop the table", "Mo", True)
    assert (first.cost_days, first.avoided_days, first.horizon_quarters) == (0.5, 400.0, 8)
    assert first.avoided_days_per_quarter == 50.0


def test_a_team_and_a_system_have_reports_of_their_own(review: Workplace) -> None:
    team = read_report(review, ADA, team="Growth").report
    assert (team.scope.kind, team.systems) == (ScopeKind.TEAM, 2)
    system_id = next(one for one, name, _ in read_report(review, ADA).systems if name == "Fraud")
    alone = read_report(review, ADA, system_id=system_id).report
    assert alone.system is not None
    assert alone.system.worst[0].debt == pytest.approx(0.75)
    with pytest.raises(NotFound):
        read_report(review, ADA, team="Nobody")
    with pytest.raises(NotFound):
        read_report(review, ADA, system_id="nothing")
    with pytest.raises(InvalidInput, match="choose one of them"):
        read_report(review, ADA, team="Growth", system_id=system_id)


def test_the_latest_quarter_somebody_closed_is_reported_and_any_other_on_demand(review: Workplace) -> None:
    assert read_report(at(review, 2027, 2), ADA).report.period == "2026Q4"
    assert read_report(review, ADA, period="2026Q3").report.compared_with == ""
    with pytest.raises(InvalidInput, match="is not a quarter"):
        read_report(review, ADA, period="last")


def test_an_empty_database_gives_an_empty_report_that_says_so(workplace: Workplace) -> None:
    view = read_report(workplace, ADA)
    assert view.report.empty
    assert view.systems == ()
    for form in FORMATS:
        assert make_report(workplace, ADA, form=form).body


def test_words_of_people_stand_until_they_are_taken_back(review: Workplace) -> None:
    ours = read_report(review, ADA).report.verdict.text
    own = DecisionWording(what="Hire a data engineer", why="Nobody owns the feeds.", who="Ana", when="by March")
    first = word_report(review, ADA, period="2026Q4", verdict="  We are on the way.\n", decisions=[own], expected_rev=0)
    view = read_report(review, ADA)
    assert view.report.verdict.text == "We are on the way."
    assert view.report.verdict.edited
    assert [(it.what, it.who_and_when) for it in view.report.decisions] == [("Hire a data engineer", "Ana, by March")]
    assert view.proposal.verdict.text == ours
    with pytest.raises(Conflict):
        word_report(review, BO, period="2026Q4", verdict="Another", decisions=None, expected_rev=0)
    undone = undo_wording(review, ADA, period="2026Q4", expected_rev=first.rev)
    assert read_report(review, ADA).report.verdict.text == ours
    undo_wording(review, ADA, period="2026Q4", expected_rev=undone.rev)
    assert read_report(review, ADA).report.verdict.text == "We are on the way."
    assert read_report(review, ADA, period="2026Q3").report.verdict.text != "We are on the way."


@pytest.mark.parametrize(
    ("verdict", "decisions", "field"),
    [
        ("  ", None, "verdict"),
        ("x" * 5_000, None, "verdict"),
        (None, [DecisionWording(what=" ")], "decision"),
        (None, [DecisionWording(what="a")] * 4, "decisions"),
    ],
)
def test_words_that_cannot_be_kept_are_refused_and_nothing_changes(
    review: Workplace, verdict: str | None, decisions: list[DecisionWording] | None, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        word_report(review, ADA, period="2026Q4", verdict=verdict, decisions=decisions, expected_rev=0)
    assert refused.value.field == field
    assert read_report(review, ADA).wording.rev == 0


def test_every_format_is_handed_out_by_the_route_under_a_safe_name(review: Workplace) -> None:
    for form, kind in FORMATS.items():
        made = export(review, ADA, f"report.{form}", {"period": "2026Q4", "length": "executive"})
        assert made.media_type == kind.media_type
        assert made.filename == f"debt-review-2026q4-executive.{kind.ending}"
        assert made.body == export(review, ADA, f"report.{form}", {"length": "executive"}).body or form == "pptx"
    book = load_workbook(io.BytesIO(export(review, ADA, "report.xlsx", {}).body))
    assert "=Leads" in {cell.value for row in book["Heatmap"].iter_rows() for cell in row}
    with pytest.raises(InvalidInput, match="'docx' is none"):
        make_report(review, ADA, form="docx")


def test_a_length_is_read_as_people_name_it() -> None:
    assert read_length(" Executive ") is Length.EXECUTIVE
    with pytest.raises(InvalidInput, match="choose executive, full, handout"):
        read_length("long")


def test_the_digest_follows_what_is_stored_and_nothing_else(review: Workplace) -> None:
    first = read_report(review, ADA).report.footer.digest
    review.memory.forget()
    assert read_report(review, ADA).report.footer.digest == first
    assert read_report(review, BO).report.footer.digest == first
    word_report(review, ADA, period="2026Q4", verdict="Otherwise", decisions=None, expected_rev=0)
    assert read_report(review, ADA).report.footer.digest != first


def test_a_collector_and_a_guest_get_no_report(review: Workplace) -> None:
    for stranger in (replace(ADA, local=False, collects_for="x"), replace(ADA, local=False, votes_in="x")):
        with pytest.raises(Forbidden):
            read_report(review, stranger)


def test_what_is_kept_is_canonical_json(review: Workplace) -> None:
    kept = word_report(review, ADA, period="2026Q4", verdict="Größer", decisions=[], expected_rev=0)
    assert kept.body == '{"decisions":[],"verdict":"Größer"}'
    assert json.loads(kept.body)["decisions"] == []
    assert read_report(review, ADA).report.decisions == ()

"""The portfolio of a quarter as it was then and as it scores today; its trend; what is remembered, and what is not."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile

import pytest

from operations import portfolio, rescoring, scores
from operations.assessments import (
    Choice,
    answer_question,
    close_assessment,
    open_assessment,
    read_questionnaire,
    record_votes,
)
from operations.attention import Kind, read_attention
from operations.demonstration.one_transaction import in_one_transaction
from operations.errors import InvalidInput
from operations.exports import export
from operations.portfolio import read_portfolio, read_portfolio_trend
from operations.rescoring import score_anew
from operations.systems import change_system, create_system, list_tags, read_system
from operations.verdict import verdict
from operations.workplace import Workplace
from scoring.portfolio import Spread
from scoring.score import Parameters
from store.store import open_store
from tests.operations.conftest import ADA, BO, Clock, at

HARSH = Parameters(power=9.0)
NOW, BEFORE = "2026Q4", "2026Q3"


def assess(
    workplace: Workplace, system_id: str, period: str, level: int, *, closed: bool = True, answers: int = 99
) -> str:
    """One quarter of a system, its questions all at one level but the first, which is one milder."""

    def work(joined: Workplace) -> str:
        opened = open_assessment(joined, ADA, system_id=system_id, period=period).assessment_id
        asked = read_questionnaire(joined, ADA, assessment_id=opened).questions
        for number, question in enumerate(asked[:answers]):
            given = Choice(state="answered", level=level if number else max(0, level - 1))
            answer_question(joined, ADA, assessment_id=opened, question_id=question.id, choice=given, expected_rev=0)
        return opened

    opened = in_one_transaction(workplace, work)
    if closed:
        close_assessment(workplace, ADA, assessment_id=opened)
    return opened


@dataclass(frozen=True)
class World:
    """Heavy gets worse and light stays; both were assessed twice. Young came this quarter; idle was never assessed."""

    heavy: str
    light: str
    young: str
    idle: str


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """The world in a file, made once: hundreds of answers take their time."""
    path = tmp_path_factory.mktemp("world") / "arrears.db"
    store = open_store(path)
    world = _make(Workplace(store=store, clock=Clock(datetime(2026, 11, 20, 12, tzinfo=UTC))))
    store.close()
    return path, world


@pytest.fixture
def world(made: tuple[Path, World], tmp_path: Path) -> World:
    """A copy of the world where `workplace` opens it: name this one first."""
    path, world = made
    copyfile(path, tmp_path / path.name)
    return world


def _make(workplace: Workplace) -> World:
    spring = at(workplace, 2026, 7)
    heavy = create_system(spring, ADA, name="Heavy", team="Growth", tags=["money"]).system_id
    light = create_system(spring, ADA, name="Light", team="Growth").system_id
    for system, level in ((heavy, 2), (light, 1)):
        assess(spring, system, BEFORE, level)
    young = create_system(workplace, ADA, name="Young", team="Pricing").system_id
    idle = create_system(workplace, ADA, name="Idle", team="Pricing").system_id
    for system, level in ((heavy, 4), (light, 1), (young, 2)):
        assess(workplace, system, NOW, level)
    return World(heavy, light, young, idle)


def names(view) -> list[str]:
    return sorted(row.system.name for row in view.rows)


def test_the_four_numbers_and_what_they_are_the_numbers_of(world: World, workplace: Workplace) -> None:
    view = read_portfolio(workplace, ADA)
    debts = {row.system.name: row.total.estimate for row in view.rated}
    assert set(debts) == {"Heavy", "Light", "Young"}
    assert view.debt.debt == pytest.approx(sum(debts.values()) / 3)
    assert view.debt.low <= view.debt.debt <= view.debt.high
    before = {row.system.name: row.total.estimate for row in read_portfolio(workplace, ADA, period=BEFORE).rows}
    assert view.change.count == 2, "Young was not there before, so it changed nothing"
    assert view.change.mean == pytest.approx((debts["Heavy"] - before["Heavy"]) / 2)
    assert ([row.system.name for row in view.heavy], view.heavy_change) == (["Heavy"], 1)
    assert view.answered == 1.0
    assert [row.system.name for row in view.moved("worse")] == ["Heavy"]
    assert view.moved("better") == ()
    assert verdict(view) == "Q4 2026: debt rose clearly to 58, and 1 of 3 systems is in heavy debt, in Growth"


@pytest.mark.parametrize(
    ("mean", "count", "said"),
    [(-0.007, 500, None), (0.02, 500, "worse"), (-0.02, 500, "better"), (0.02, 4, None), (0.05, 4, "worse")],
)
def test_a_mean_moves_clearly_beyond_chance_and_by_a_point_that_can_be_seen(
    mean: float, count: int, said: str | None
) -> None:
    change = Spread(count=count, mean=mean, lower_quartile=mean, median=mean, upper_quartile=mean)
    assert portfolio.direction_of_mean(change) == said


def test_a_quarter_shows_the_systems_that_were_there_then(world: World, workplace: Workplace) -> None:
    workplace.store.write(lambda records: records.retire_system(world.light, workplace.now()))
    later = at(workplace, 2027, 2)
    assert names(read_portfolio(workplace, ADA, period="2026Q2")) == []
    assert names(read_portfolio(workplace, ADA, period=BEFORE)) == ["Heavy", "Light"]
    assert names(read_portfolio(workplace, ADA, period=NOW)) == ["Heavy", "Idle", "Light", "Young"]
    assert names(read_portfolio(later, ADA, period="2027Q1")) == ["Heavy", "Idle", "Young"]
    trend = read_portfolio_trend(later, ADA)
    assert [(point.period, point.debt.rated) for point in trend.points] == [(BEFORE, 2), (NOW, 3)]


def test_a_quarter_that_was_skipped_is_a_row_of_questions_and_no_change(workplace: Workplace) -> None:
    system = create_system(at(workplace, 2026, 2), ADA, name="Rare", team="Growth").system_id
    assess(at(workplace, 2026, 2), system, "2026Q1", 3)
    assess(workplace, system, BEFORE, 1)
    (row,) = read_portfolio(workplace, ADA, period="2026Q2").rows
    assert (row.assessment, row.total) == (None, None)
    view = read_portfolio(workplace, ADA, period=BEFORE)
    assert (view.rows[0].total.change, view.change.count, view.direction) == (None, 0, None)
    assert "debt stands at" in verdict(view)
    shown = read_portfolio_trend(workplace, ADA)
    assert [point.period for point in shown.points] == ["2026Q1", BEFORE]
    assert [point.period for point in shown.upto("2026Q2").points] == ["2026Q1"]
    assert shown.upto(BEFORE) == shown


def test_a_quarter_nobody_is_rated_in_is_not_zero(workplace: Workplace) -> None:
    system = create_system(workplace, ADA, name="Begun", team="Growth").system_id
    assess(workplace, system, NOW, 4, closed=False, answers=2)
    view = read_portfolio(workplace, ADA)
    assert (view.debt.debt, view.rated, view.heavy) == (None, (), ())
    assert verdict(view) == "No system is rated in Q4 2026 yet"
    assert not read_portfolio_trend(workplace, ADA).said.line


def test_a_team_that_is_renamed_takes_its_past_along(world: World, workplace: Workplace) -> None:
    system = read_system(workplace, ADA, system_id=world.heavy)
    change_system(
        workplace, ADA, system_id=world.heavy, name=system.name, team="Grown", decides="", affected="",
        switches=system.switches, expected_rev=system.rev,
    )  # fmt: skip
    assert {row.system.team for row in read_portfolio(workplace, ADA, period=BEFORE).rows} == {"Grown", "Growth"}
    assert read_system(workplace, ADA, system_id=world.heavy).tags == {"money"}, "tags nobody spoke of stay"


@pytest.fixture
def harsher(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The rules changed after everything was sealed."""
    for module in (portfolio, rescoring, scores):
        monkeypatch.setattr(module, "PARAMETERS", HARSH)
    return world


def debts_of(view) -> dict[str, float]:
    return {row.system.name: row.total.estimate for row in view.rows if row.total is not None}


def test_new_rules_leave_a_sealed_quarter_as_it_was_and_score_it_anew_beside(
    harsher: World, workplace: Workplace
) -> None:
    sealed = read_portfolio(workplace, ADA)
    assert (sealed.sealed_elsewhere, sealed.to_score_anew) == (3, 5)
    assert debts_of(read_portfolio(workplace, ADA, sealed=False)) == {}
    heard: list[tuple[int, int]] = []
    done = score_anew(workplace, ADA, periods=(NOW, BEFORE), progress=lambda at, of, _: heard.append((at, of)))
    assert (done, heard[0], heard[-1]) == (5, (0, 5), (5, 5))
    today = read_portfolio(workplace, ADA, sealed=False)
    assert debts_of(today).keys() == debts_of(sealed).keys()
    assert debts_of(today)["Heavy"] > debts_of(sealed)["Heavy"]
    assert today.change.count == 2
    assert debts_of(read_portfolio(workplace, ADA)) == debts_of(sealed)
    assert score_anew(workplace, ADA, periods=(NOW, BEFORE)) == 0
    assert workplace.store.verify() == ()


def test_what_was_sealed_under_other_rules_is_marked_and_not_subtracted(harsher: World, workplace: Workplace) -> None:
    assess(at(workplace, 2027, 2), harsher.heavy, "2027Q1", 4)
    assert [(mark.period, mark.what) for mark in read_portfolio_trend(workplace, ADA).marks] == [
        ("2027Q1", f"scoring rules {scores.CODE_VERSION}")
    ]
    later = read_portfolio(at(workplace, 2027, 2), ADA, period="2027Q1")
    assert (later.change.count, later.rated[0].total.change) == (0, None)


def test_scoring_anew_can_be_stopped_and_keeps_what_is_done(
    harsher: World, workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescoring, "BATCH", 1)

    class Stopped(Exception):
        pass

    def stop(done: int, _of: int, _what: str) -> None:
        if done == 2:
            raise Stopped

    with pytest.raises(Stopped):
        score_anew(workplace, ADA, periods=(NOW,), progress=stop)
    assert len(debts_of(read_portfolio(workplace, ADA, sealed=False))) == 2
    assert score_anew(workplace, ADA, periods=(NOW,)) == 1


def test_what_was_worked_out_is_remembered_until_something_changes(world: World, workplace: Workplace) -> None:
    first = read_portfolio(workplace, ADA)
    assert read_portfolio(workplace, ADA) is first
    assert read_portfolio(workplace, BO) is not first, "never across people"
    assert read_portfolio(replace(workplace, memory=type(workplace.memory)()), ADA) is not first
    create_system(workplace, ADA, name="New", team="Growth")
    assert names(read_portfolio(workplace, ADA)) == ["Heavy", "Idle", "Light", "New", "Young"]


def test_each_thing_that_needs_attention_is_a_row_with_a_way_to_it(world: World, workplace: Workplace) -> None:
    opened = assess(workplace, world.idle, BEFORE, 2, closed=False, answers=3)
    later = at(workplace, 2026, 12)
    assert [(row.kind, row.system.name, row.sentence) for row in read_attention(later, ADA, period=NOW)] == [
        (Kind.LEFT_OPEN, "Idle", "Q3 2026 was never closed."),
        (Kind.NOT_ASSESSED, "Idle", "Not assessed in Q4 2026. Last in Q3 2026."),
    ]
    record_votes(workplace, ADA, assessment_id=opened, question_id="ENT-01", votes=(0, 4, 4), expected_rev=1)
    disputed = [row for row in read_attention(later, ADA, period=BEFORE) if row.kind is Kind.DISPUTED]
    assert [(row.system.name, row.link["questions"]) for row in disputed] == [("Idle", "Disputed")]


def test_tags_are_cleaned_counted_once_and_limited(workplace: Workplace) -> None:
    system = create_system(workplace, ADA, name="Tagged", team="Growth", tags=[" Money ", "money", "a,b", "\u202e", ""])
    assert system.tags == {"Money", "a", "b"}
    assert list_tags(workplace, ADA) == ["a", "b", "Money"]
    with pytest.raises(InvalidInput, match="at most 10"):
        create_system(workplace, ADA, name="Many", team="Growth", tags=[str(n) for n in range(11)])
    with pytest.raises(InvalidInput, match="at most 30"):
        create_system(workplace, ADA, name="Long", team="Growth", tags=["x" * 31])


def lines(workplace: Workplace, kind: str, **params: str) -> list[list[str]]:
    text = export(workplace, ADA, kind, params).body.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_trend_goes_out_as_a_file_with_the_same_numbers(world: World, workplace: Workplace) -> None:
    head, *rows = lines(workplace, "trend.csv")
    trend = read_portfolio_trend(workplace, ADA)
    assert [row[0] for row in rows] == [BEFORE, NOW]
    column = head.index("debt 0-1")
    assert [float(row[column]) for row in rows] == [point.debt.debt for point in trend.points]
    assert [row[head.index("systems rated")] for row in rows] == ["2", "3"]


def test_a_quarter_goes_out_by_the_rules_it_is_shown_by(harsher: World, workplace: Workplace) -> None:
    score_anew(workplace, ADA, periods=(NOW,))

    def heavy(**rules: str) -> float:
        head, *rows = lines(workplace, "portfolio.csv", period=NOW, **rules)
        (row,) = [row for row in rows if row[1] == "Heavy" and row[head.index("area id")] == "ALL"]
        return float(row[head.index("debt 0-1")])

    assert heavy(rules="today") > heavy()

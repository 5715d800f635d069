"""Why a debt moved, through the database: any two quarters, team and system, retired, reopened, two checklists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from math import fsum
from pathlib import Path

import pytest

from operations import movement as module
from operations.assessments import Choice, answer_question, close_assessment, open_assessment
from operations.errors import InvalidInput, NotFound
from operations.exports import export
from operations.memory import KeyedMemory
from operations.movement import Whose, forget_splits, read_movement
from operations.movement_document import movement_document, movement_lines, movement_rows
from operations.portfolio import read_portfolio
from operations.systems import create_system
from operations.workplace import Workplace
from scoring.causes import Cause
from store.store import open_store
from tests.operations.conftest import ADA, Clock, at
from tests.operations.packs import lay, text_of_pack

QUESTIONS = ("MON-01", "MON-02", "OPS-01")
Quarters = dict[str, tuple[int | None, ...]]


def assess(workplace: Workplace, name: str, quarters: Quarters, *, team: str = "Growth", closed: bool = True) -> str:
    """A system with the levels of the three questions by quarter; None is "we do not know"."""
    system_id = create_system(workplace, ADA, name=name, team=team).system_id
    for period, levels in quarters.items():
        add(workplace, system_id, period, levels, closed=closed)
    return system_id


def add(
    workplace: Workplace, system_id: str, period: str, levels: tuple[int | None, ...], *, closed: bool = True
) -> None:
    opened = open_assessment(workplace, ADA, system_id=system_id, period=period, pack="three-levels")
    for question, level in zip(QUESTIONS, levels, strict=False):
        choice = Choice(state="unknown") if level is None else Choice(state="answered", level=level)
        answer_question(
            workplace, ADA, assessment_id=opened.assessment_id, question_id=question, choice=choice, expected_rev=0
        )
    if closed:
        close_assessment(workplace, ADA, assessment_id=opened.assessment_id)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workplace, dict[str, str]]]:
    """Four systems: one repaid, one got worse, one left, one came; sealed in Q2 and Q3 2026."""
    folder = tmp_path_factory.mktemp("movement")
    with pytest.MonkeyPatch.context() as patch:
        lay(folder / "packs", patch, three=text_of_pack())
        store = open_store(str(folder / "arrears.db"))
        workplace = Workplace(store=store, clock=Clock(datetime(2026, 8, 20, 12, tzinfo=UTC)))
        ids = {
            "repaid": assess(workplace, "Repaid", {"2026Q2": (2, 2, 2), "2026Q3": (0, 0, 0)}),
            "worse": assess(workplace, "Worse", {"2026Q2": (1, 0, 1), "2026Q3": (2, 2, 1)}, team="Pricing"),
            "left": assess(workplace, "Left", {"2026Q2": (1, 1, 1)}),
            "came": assess(workplace, "Came", {"2026Q3": (1, 1, 2)}),
        }
        yield workplace, ids
        store.close()


World = tuple[Workplace, dict[str, str]]


def test_the_portfolio_moves_by_its_systems_and_by_who_came_or_left(world: World) -> None:
    workplace, ids = world
    view = read_movement(workplace, ADA)
    assert (view.whose, view.before, view.after) == (Whose.PORTFOLIO, "2026Q2", "2026Q3")
    moved = view.movement
    for quarter, debt in (("2026Q2", moved.before), ("2026Q3", moved.after)):
        assert debt == pytest.approx(read_portfolio(workplace, ADA, period=quarter).debt.debt, abs=1e-12)
    assert moved.before is not None
    assert moved.before + fsum(step.share for step in moved.steps) == pytest.approx(moved.after, abs=1e-12)
    assert [step.cause for step in moved.steps] == [Cause.ANSWERS, None]
    assert {part.system for part in moved.steps[-1].systems} == {ids["left"], ids["came"]}
    assert [(move.system, move.before, move.after) for move in view.ranks] == [
        (ids["worse"], 2, 1), (ids["repaid"], 1, 2)
    ]  # fmt: skip


def test_a_team_and_a_system_are_looked_at_for_themselves(world: World) -> None:
    workplace, ids = world
    team = read_movement(workplace, ADA, team="Pricing")
    assert (team.whose, team.name, team.movement.counted_both) == (Whose.TEAM, "Pricing", 1)
    one = read_movement(workplace, ADA, system_id=ids["worse"])
    assert one.movement == team.movement
    (step,) = one.movement.steps
    (part,) = step.systems
    assert {asked.question for asked in part.questions} == {"MON-01", "MON-02"}
    assert fsum(asked.share or 0.0 for asked in part.questions) == pytest.approx(one.movement.total, abs=1e-12)


def test_the_document_and_the_table_hold_the_same_unrounded_numbers(world: World) -> None:
    workplace, _ = world
    view = read_movement(workplace, ADA)
    document, rows = movement_document(view), movement_rows(view)
    assert fsum(step["share"] for step in document["steps"]) == pytest.approx(document["total"], abs=1e-12)
    assert [row[-1] for row in rows if row[2] == "all"] == [step["share"] for step in document["steps"]]
    assert (rows[1][-1], rows[-1][-1]) == (document["before"]["debt"], document["after"]["debt"])
    questions = [asked for step in document["steps"] for part in step["systems"] for asked in part["questions"]]
    assert [row[4] for row in rows[1:] if row[4]] == [asked["id"] for asked in questions]
    assert all(len(row) == len(rows[0]) for row in rows)
    assert "points" in movement_lines(view)[0]


def test_the_file_of_a_change_cannot_run_in_a_spreadsheet(world: World) -> None:
    made = export(world[0], ADA, "change.csv", {"from": "2026Q2", "to": "2026Q3", "team": "", "system": ""})
    assert made.filename == "change-portfolio-2026q2-2026q3.csv"
    lines = made.body.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("step,system id,system,team")
    assert lines[-1].startswith("debt in 2026Q3,")
    hostile = export(world[0], ADA, "change.csv", {"system": world[1]["worse"]})
    assert all(not cell.startswith(("=", "+", "@")) for cell in hostile.body.decode("utf-8-sig").split(","))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"before": "2026Q3", "after": "2026Q2"}, "is not before"),
        ({"before": "2026Q2", "after": "2026Q2"}, "is not before"),
        ({"before": "2020Q1"}, "nothing was assessed in 2020Q1; choose among 2026Q2, 2026Q3"),
        ({"after": "2026Q2"}, "only one quarter"),
    ],
)
def test_quarters_that_cannot_be_compared_are_refused_with_the_way_out(
    world: World, asked: dict[str, str], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_movement(world[0], ADA, **asked)


def test_an_unknown_system_or_team_is_not_found(world: World) -> None:
    for asked in ({"system_id": "nobody"}, {"team": "Nobody"}):
        with pytest.raises(NotFound):
            read_movement(world[0], ADA, **asked)


def test_one_quarter_only_has_nothing_to_compare(world: World) -> None:
    with pytest.raises(InvalidInput, match="only one quarter so far"):
        read_movement(world[0], ADA, system_id=world[1]["came"])


def test_a_second_look_makes_nothing_again_and_tells_progress_only_of_work(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    workplace, _ = world
    monkeypatch.setattr(module, "QUIET_SECONDS", -1.0)
    said: list[tuple[int, int]] = []
    forget_splits()
    first = read_movement(workplace, ADA, progress=lambda done, of, _: said.append((done, of)))
    assert said == [(4, 4)]
    again = read_movement(workplace, ADA, progress=lambda done, of, _: said.append((done, of)))
    assert said == [(4, 4)]
    assert again.movement == first.movement


def test_more_systems_than_are_kept_give_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    workplace, _ = world
    whole = read_movement(workplace, ADA)
    monkeypatch.setattr(module, "_SPLITS", KeyedMemory(most=1))
    monkeypatch.setattr(module, "_ESTIMATES", KeyedMemory(most=1))
    assert read_movement(workplace, ADA).movement == whole.movement


# -- a database of its own


@pytest.fixture
def small(workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    lay(tmp_path / "packs", monkeypatch, three=text_of_pack())
    return workplace


def test_an_answer_in_the_open_quarter_is_seen_at_once(small: Workplace) -> None:
    system_id = assess(small, "Open", {"2026Q2": (2, 2, 2)})
    add(small, system_id, "2026Q3", (2, 2, 2), closed=False)
    assert read_movement(small, ADA).movement.total == pytest.approx(0)
    assessment = small.store.read(lambda records: records.assessment_for(system_id, "2026Q3"))
    assert assessment is not None
    answer_question(
        small, ADA, assessment_id=assessment.assessment_id, question_id="OPS-01",
        choice=Choice(state="answered", level=0), expected_rev=1,
    )  # fmt: skip
    view = read_movement(small, ADA)
    assert view.movement.total is not None
    assert view.movement.steps[0].systems[0].questions[0].question == "OPS-01"
    assert view.open == {system_id}


def test_a_skipped_quarter_and_an_unrated_one_come_and_go(small: Workplace) -> None:
    skipped = assess(small, "Skipped", {"2026Q1": (2, 2, 2), "2026Q3": (1, 1, 1)})
    assess(small, "Steady", {"2026Q1": (1, 1, 1), "2026Q2": (1, 1, 1), "2026Q3": (1, 1, 1)})
    unrated = assess(small, "Unrated", {"2026Q1": (1, 1, 1), "2026Q2": (None, None, 1)})
    left = read_movement(small, ADA, before="2026Q1", after="2026Q2").movement
    assert {part.system for part in left.steps[-1].systems} == {skipped, unrated}
    assert read_movement(small, ADA, before="2026Q1", after="2026Q3").movement.counted_both == 2


def test_a_retired_system_counts_in_the_quarters_it_was_assessed_in_as_on_the_portfolio(small: Workplace) -> None:
    assess(small, "Steady", {"2026Q1": (1, 1, 1), "2026Q2": (1, 1, 1)})
    gone = assess(small, "Gone", {"2026Q1": (2, 2, 2)})
    before = at(small, 2026, 5)
    before.store.write(lambda records: records.retire_system(gone, before.now()))
    view = read_movement(small, ADA, before="2026Q1", after="2026Q2")
    assert [part.system for part in view.movement.steps[-1].systems] == [gone]
    for quarter, debt in (("2026Q1", view.movement.before), ("2026Q2", view.movement.after)):
        assert debt == pytest.approx(read_portfolio(small, ADA, period=quarter).debt.debt, abs=1e-12)


def test_two_checklists_are_never_mixed(small: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path / "packs", monkeypatch, three=text_of_pack(), other=text_of_pack("other", title="Other"))
    assess(small, "Steady", {"2026Q1": (1, 1, 1), "2026Q2": (1, 1, 1)})
    changed = assess(small, "Changed", {"2026Q1": (2, 2, 2)})
    opened = open_assessment(small, ADA, system_id=changed, period="2026Q2", pack="other")
    for question in QUESTIONS:
        answer_question(
            small, ADA, assessment_id=opened.assessment_id, question_id=question,
            choice=Choice(state="answered", level=0), expected_rev=0,
        )  # fmt: skip
    view = read_movement(small, ADA, before="2026Q1", after="2026Q2")
    assert (view.pack, set(view.packs)) == ("three-levels", {"three-levels", "other"})
    assert [part.system for part in view.movement.steps[-1].systems] == [changed]
    with pytest.raises(InvalidInput, match="they ask different things"):
        read_movement(small, ADA, system_id=changed)


def test_nothing_assessed_is_said(workplace: Workplace) -> None:
    with pytest.raises(InvalidInput, match="nothing was assessed yet"):
        read_movement(workplace, ADA)


def test_a_memory_forgets_what_was_not_asked_for_longest() -> None:
    memory: KeyedMemory[str, int] = KeyedMemory(most=2)
    for key in ("a", "b"):
        memory.put(key, 1)
    memory.get("a")
    memory.put("c", 1)
    assert (memory.get("a"), memory.get("b"), len(memory)) == (1, None, 2)


def test_a_stranger_learns_nothing(world: World) -> None:
    with pytest.raises(NotFound):
        read_movement(world[0], replace(ADA, local=False))

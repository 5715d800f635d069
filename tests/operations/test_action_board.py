"""All actions of the portfolio: filters, owners and days changed without overwriting others, and files of them."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from operations.action_board import DUES, STATES, ActionFilter, read_action, read_board
from operations.actions import assign_action, close_action, drop_action, move_action, read_action_history
from operations.comments import add_comment
from operations.errors import Conflict, InvalidInput, NotFound
from operations.exports import export
from operations.records import ActionRecord
from operations.workplace import Workplace
from tests.operations.conftest import ADA, BO
from tests.operations.test_promises import AUGUST, ids, on, planned

DAYS = {
    "ENT-01": AUGUST, "ENT-02": date(2026, 11, 25), "ENT-03": date(2027, 2, 1), "ENT-04": date(2027, 8, 1),
    "ENT-05": None,
}  # fmt: skip


@pytest.fixture
def made(workplace: Workplace) -> dict[str, ActionRecord]:
    """One action for each time something can be due, of one system."""
    return planned(workplace, DAYS)


def place(action: ActionRecord) -> dict[str, str]:
    return {"system_id": action.system_id, "action_id": action.action_id}


def test_actions_stand_overdue_first_and_then_by_day(workplace: Workplace, made: dict[str, ActionRecord]) -> None:
    board = read_board(workplace, ADA)
    assert [(row.action.question_id, row.due) for row in board.rows] == list(zip(DAYS, DUES, strict=True))
    assert [row.overdue for row in board.rows] == [True, False, False, False, False]


def test_filters_leave_what_fits_all_of_them(workplace: Workplace, made: dict[str, ActionRecord]) -> None:
    planned(workplace, {"ENT-06": AUGUST}, name="Pricing", team="Money")
    assign_action(workplace, ADA, **place(made["ENT-02"]), owner="Bo", seen="")
    close_action(workplace, ADA, **ids(made["ENT-03"]), actual_days=1, friction_gone=None)
    drop_action(workplace, ADA, **ids(made["ENT-04"]), reason="no time")
    board = read_board(workplace, ADA)

    def left(**wanted: object) -> set[str]:
        return {row.action.question_id for row in board.only(ActionFilter(**wanted))}

    assert left() == {*DAYS, "ENT-06"}
    assert left(team="Money") == {"ENT-06"}
    assert left(owner="Bo") == {"ENT-02"}
    assert left(nobody=True, owner="Bo", state="open") == {"ENT-01", "ENT-05", "ENT-06"}
    assert [left(state=state) for state in STATES] == [
        {"ENT-01", "ENT-02", "ENT-05", "ENT-06"}, {"ENT-01", "ENT-06"}, {"ENT-03"}, {"ENT-04"},
    ]  # fmt: skip
    assert left(due="next quarter") == set()  # it is done
    assert left(due="no date", team="Growth") == {"ENT-05"}
    assert (board.teams, board.owners) == (("Growth", "Money"), ("Bo",))
    assert [system.name for system in board.systems] == ["Churn", "Pricing"]


def test_an_owner_and_a_day_are_changed_by_two_people_at_once_without_a_clash(
    workplace: Workplace, made: dict[str, ActionRecord]
) -> None:
    action = made["ENT-01"]
    assign_action(workplace, ADA, **place(action), owner="  Bo\x00 ", seen="")
    moved = move_action(workplace, BO, **place(action), due=None, seen=AUGUST)
    assert (moved.owner, moved.due, moved.rev) == ("Bo", None, 3)
    history = read_action_history(workplace, ADA, **place(action))
    assert [event.what for event in history] == ["planned", "changed", "changed"]


def test_an_owner_or_a_day_that_was_changed_meanwhile_is_not_overwritten(
    workplace: Workplace, made: dict[str, ActionRecord]
) -> None:
    action = made["ENT-01"]
    assign_action(workplace, BO, **place(action), owner="Bo", seen="")
    with pytest.raises(Conflict, match="Bo changed the owner meanwhile") as refused:
        assign_action(workplace, ADA, **place(action), owner="Cy", seen="")
    assert refused.value.current.owner == "Bo"
    move_action(workplace, BO, **place(action), due=date(2026, 12, 1), seen=AUGUST)
    with pytest.raises(Conflict, match="Bo changed the day it is due meanwhile"):
        move_action(workplace, ADA, **place(action), due=None, seen=AUGUST)
    assert assign_action(workplace, ADA, **place(action), owner="Bo", seen="").rev == 3  # as wanted already
    with pytest.raises(InvalidInput, match="owner"):
        assign_action(workplace, ADA, **place(action), owner="x" * 81, seen="Bo")
    with pytest.raises(NotFound):
        move_action(workplace, ADA, system_id="other", action_id=action.action_id, due=None, seen=AUGUST)


def test_a_link_names_one_action_also_of_a_system_out_of_use(
    workplace: Workplace, made: dict[str, ActionRecord]
) -> None:
    action = made["ENT-01"]
    workplace.store.write(lambda records: records.retire_system(action.system_id, "2026-11-01T12:00:00.000Z"))
    assert read_board(workplace, ADA).rows == ()
    view = read_action(workplace, ADA, action_id=action.action_id)
    assert (view.action, view.system.name, len(view.history)) == (action, "Churn", 1)
    with pytest.raises(NotFound):
        read_action(workplace, ADA, action_id="nowhere")


def rows_of(workplace: Workplace, kind: str, **asked: str) -> list[dict[str, str]]:
    body = export(workplace, ADA, kind, asked).body
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def test_the_files_hold_what_the_page_shows_and_nothing_that_runs(
    workplace: Workplace, made: dict[str, ActionRecord]
) -> None:
    action = made["ENT-01"]
    assign_action(workplace, ADA, **place(action), owner='=HYPERLINK("http://x")', seen="")
    add_comment(workplace, ADA, **place(action), body="x")
    done = read_action(workplace, ADA, action_id=action.action_id).action
    close_action(on(workplace, 2026, 8, 2), ADA, **ids(done), actual_days=6.5, friction_gone=True)
    assert len(rows_of(workplace, "portfolio-actions.csv")) == 5
    (row,) = rows_of(workplace, "portfolio-actions.csv", state="done", team="Growth")
    assert (row["owner"], row["due"], row["actual days"]) == ('\'=HYPERLINK("http://x")', "2026-08-15", "6.5")
    assert (row["promised debt 0-1"], row["measured debt 0-1"], row["comments"]) == ("0.5", "", "1")
    assert rows_of(workplace, "portfolio-actions.csv", due="'; --") == []
    (promise,) = rows_of(workplace, "promises.csv", period="2026Q3")
    assert (promise["outcome"], promise["promised for"], promise["closed on"]) == ("kept", "2026-08-15", "2026-08-02")
    with pytest.raises(InvalidInput):
        rows_of(workplace, "promises.csv", period="soon")

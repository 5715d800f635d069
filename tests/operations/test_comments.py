"""Comments on actions: said, edited, taken back, and everything they ever said stays to be read."""

from __future__ import annotations

import pytest

from operations import comments
from operations.actions import drop_action, save_actions
from operations.comments import add_comment, count_comments, edit_comment, read_comments, take_back_comment
from operations.errors import Conflict, InvalidInput, NotFound
from operations.records import ActionRecord
from operations.workplace import Workplace
from tests.operations.conftest import ADA, BO
from tests.operations.test_actions import DRAFT, assessed, place

HOSTILE = '=HYPERLINK("http://x")\n<img src=x onerror=alert(1)> **bold** %s \'; DROP TABLE comment --'


@pytest.fixture
def action(workplace: Workplace) -> ActionRecord:
    assessment = assessed(workplace)
    (saved,) = save_actions(workplace, ADA, assessment_id=assessment.assessment_id, drafts=[DRAFT])
    return saved


def bodies(workplace: Workplace, action: ActionRecord) -> list[list[str]]:
    return [[one.body for one in comment.versions] for comment in read_comments(workplace, ADA, **place(action))]


def test_a_comment_is_said_edited_and_taken_back_and_all_of_it_stays(
    workplace: Workplace, action: ActionRecord
) -> None:
    first = add_comment(workplace, ADA, **place(action), body=f"  {HOSTILE}\x00 ")
    add_comment(workplace, BO, **place(action), body="Waits for the cluster")
    ids = place(action) | {"comment_id": first.comment_id}
    edit_comment(workplace, BO, **ids, body="Half of it is live", expected_rev=1)
    assert count_comments(workplace, ADA) == {action.action_id: 2}
    take_back_comment(workplace, ADA, **ids, expected_rev=2)
    assert bodies(workplace, action) == [[HOSTILE, "Half of it is live", ""], ["Waits for the cluster"]]
    (one, other) = read_comments(workplace, ADA, **place(action))
    assert (one.first.said_by, one.versions[1].said_by, one.taken_back, other.taken_back) == ("Ada", "Bo", True, False)
    assert count_comments(workplace, ADA) == {action.action_id: 1}
    edit_comment(workplace, ADA, **ids, body=HOSTILE, expected_rev=3)
    assert read_comments(workplace, ADA, **place(action))[0].current.body == HOSTILE


def test_two_people_who_edit_a_comment_do_not_overwrite_each_other(workplace: Workplace, action: ActionRecord) -> None:
    ids = place(action) | {"comment_id": add_comment(workplace, ADA, **place(action), body="one").comment_id}
    edit_comment(workplace, ADA, **ids, body="two", expected_rev=1)
    with pytest.raises(Conflict, match="Ada changed this comment meanwhile"):
        edit_comment(workplace, BO, **ids, body="three", expected_rev=1)
    with pytest.raises(Conflict):
        take_back_comment(workplace, BO, **ids, expected_rev=1)
    assert bodies(workplace, action) == [["one", "two"]]


@pytest.mark.parametrize("body", ["", " \n ", "\x00\x07", "x" * 4001])
def test_nothing_and_too_much_are_refused(workplace: Workplace, action: ActionRecord, body: str) -> None:
    ids = place(action) | {"comment_id": add_comment(workplace, ADA, **place(action), body="one").comment_id}
    with pytest.raises(InvalidInput, match="comment: "):
        add_comment(workplace, ADA, **place(action), body=body)
    with pytest.raises(InvalidInput, match="comment: "):
        edit_comment(workplace, ADA, **ids, body=body, expected_rev=1)
    assert bodies(workplace, action) == [["one"]]


def test_a_closed_action_can_be_spoken_of_and_one_that_is_not_there_cannot(
    workplace: Workplace, action: ActionRecord
) -> None:
    drop_action(workplace, ADA, **place(action), reason="no time", expected_rev=1)
    add_comment(workplace, ADA, **place(action), body="We look again in spring")
    for wrong in ({"system_id": "nowhere"}, {"action_id": "nowhere"}):
        with pytest.raises(NotFound):
            add_comment(workplace, ADA, **place(action) | wrong, body="x")
        with pytest.raises(NotFound):
            read_comments(workplace, ADA, **place(action) | wrong)
    for rev in (0, 1):
        with pytest.raises(NotFound):
            edit_comment(workplace, ADA, **place(action), comment_id="never", body="x", expected_rev=rev)


def test_a_discussion_without_end_is_sent_elsewhere(
    workplace: Workplace, action: ActionRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comments, "COMMENTS_MAX", 2)
    for body in ("one", "two"):
        add_comment(workplace, ADA, **place(action), body=body)
    with pytest.raises(InvalidInput, match="go on in your tracker"):
        add_comment(workplace, ADA, **place(action), body="three")

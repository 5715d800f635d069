"""The actions page: what is overdue, filters that stand in the link, one action opened and changed in place."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from operations.actions import ActionDraft, assign_action, close_action, read_actions, save_actions
from operations.authorize import Actor
from operations.comments import add_comment, read_comments
from operations.errors import Conflict
from operations.periods import shift
from operations.records import ActionRecord
from operations.targets import set_target
from operations.workplace import Workplace
from pages.targets import what_stands
from tests.pages.conftest import ADA, QUARTER, Open, add_quarter, open_system, press, title, words
from ui import numbers, session

BO = Actor(name="Bo", local=True)
HOSTILE = "**Bold** <img src=x> [link](http://x) :material/home: $x$"


def drawn(page: AppTest) -> dict[str, Any]:
    """What the board or the table was given."""
    boards = [one for one in page.get("bidi_component") if one.proto.component_name == "arrears_action_board"]
    given: dict[str, Any] = json.loads(boards[0].proto.json)
    return given


def lanes(page: AppTest) -> dict[str, list[str]]:
    return {lane[0]: [card[2] for card in lane[3]] for lane, _ in drawn(page)["lanes"]}


@pytest.fixture
def kept(workplace: Workplace) -> dict[str, ActionRecord]:
    """Two systems with an overdue action, one without an owner and one done, by question."""
    today = workplace.today()
    saved: dict[str, ActionRecord] = {}
    for name, team, drafts in (
        ("Churn", "Growth", (("ENT-01", HOSTILE, "Bo", -3), ("ENT-03", "Own table", "", 200))),
        ("Prices", "Money", (("ENT-01", "Contract tests", "Cy", None),)),
    ):
        assessment = open_system(workplace, name, team=team, answers=4, level=3)
        for question, words_, owner, days in drafts:
            draft = ActionDraft(
                question_id=question, title=words_, owner=owner, target=1, planned_days=5, benefit_days=8,
                due=None if days is None else today + timedelta(days),
            )  # fmt: skip
            (action,) = save_actions(workplace, ADA, assessment_id=assessment.assessment_id, drafts=[draft])
            saved[f"{name} {question}"] = action
    done = saved["Prices ENT-01"]
    saved["Prices ENT-01"] = close_action(
        workplace, ADA, system_id=done.system_id, action_id=done.action_id, actual_days=6, friction_gone=True,
        expected_rev=done.rev,
    )  # fmt: skip
    return saved


def test_without_actions_the_page_says_where_they_come_from(at_page: Open) -> None:
    page = at_page("actions")
    assert title(page) == "No team has promised anything yet"
    assert "“Make these our actions” brings them here" in words(page)
    assert "The portfolio has no target" in words(page)


def test_what_is_overdue_comes_first_and_is_in_the_title(at_page: Open, kept: dict[str, ActionRecord]) -> None:
    page = at_page("actions")
    assert title(page) == "1 action overdue of 2 open"
    assert lanes(page) == {"Overdue": [HOSTILE], "Open": ["Own table"], "Done": ["Contract tests"], "Dropped": []}
    assert [metric.value for metric in page.metric] == ["2", "1", "1", "–"]


def test_filters_stand_in_the_link(at_page: Open, kept: dict[str, ActionRecord]) -> None:
    for link, shown in (
        ({"in": "Money"}, ["Contract tests"]),
        ({"of": kept["Churn ENT-01"].system_id, "owner": "Bo"}, [HOSTILE]),
        ({"owner": "Nobody yet"}, ["Own table"]),
        ({"state": "overdue"}, [HOSTILE]),
        ({"due": "later"}, ["Own table"]),
        ({"in": "gone", "owner": "gone", "state": "x", "due": "'; --"}, [HOSTILE, "Own table", "Contract tests"]),
    ):
        page = at_page("actions", **link)
        assert [card for cards in lanes(page).values() for card in cards] == shown, link


def test_a_filter_that_leaves_nothing_says_so_and_the_views_show_the_same(
    at_page: Open, kept: dict[str, ActionRecord]
) -> None:
    assert "No action fits these filters" in words(at_page("actions", **{"in": "Money"}, state="open"))
    table = drawn(at_page("actions", show="Table"))["table"]
    assert [row[2][0] for row in table[1]] == [HOSTILE, "Own table", "Contract tests"]
    assert list(lanes(at_page("actions", show="By due date"))) == ["Overdue", "This quarter", "Next quarter", "Later"]


def test_a_link_opens_just_one_action_and_words_of_people_are_no_markup(
    at_page: Open, workplace: Workplace, kept: dict[str, ActionRecord]
) -> None:
    action = kept["Churn ENT-01"]
    add_comment(workplace, BO, system_id=action.system_id, action_id=action.action_id, body=HOSTILE)
    page = at_page("actions", action=action.action_id)
    (subheader,) = page.subheader
    assert subheader.value.startswith("\\*\\*Bold\\*\\* \\<img")
    said = words(page)
    assert "Overdue by 3 days" in said
    assert "Promised: ENT-01 from 75 to 25, for about 5 days" in said
    assert "1 comment" in said
    assert "http://x" not in "".join(str(m.value) for m in page.markdown)
    assert "No such action" in words(at_page("actions", action="nowhere"))


def test_an_owner_is_changed_in_place_and_undone(
    at_page: Open, workplace: Workplace, kept: dict[str, ActionRecord]
) -> None:
    action = kept["Churn ENT-03"]
    page = at_page("actions", action=action.action_id)
    page.text_input(key=session.widget_key("action", "owner", action.action_id)).set_value("Dee").run()
    assert not page.exception

    def now() -> ActionRecord:
        return next(a for a in read_actions(workplace, ADA) if a.action_id == action.action_id)

    assert now().owner == "Dee"
    press(page, "Undo")
    assert now().owner == ""
    later = workplace.today() + timedelta(days=9)
    page.date_input(key=session.widget_key("action", "due", action.action_id)).set_value(later).run()
    assert now().due == later


def test_an_owner_somebody_else_gave_meanwhile_is_not_overwritten_unseen(
    at_page: Open, workplace: Workplace, kept: dict[str, ActionRecord]
) -> None:
    action = kept["Churn ENT-03"]
    ids = {"system_id": action.system_id, "action_id": action.action_id}
    page = at_page("actions", action=action.action_id)
    assign_action(workplace, BO, **ids, owner="Eve", seen="")
    page.text_input(key=session.widget_key("action", "owner", action.action_id)).set_value("Dee").run()
    assert "Bo changed this meanwhile: Eve stands. You wanted Dee." in words(page)
    assert next(a for a in read_actions(workplace, ADA) if a.action_id == action.action_id).owner == "Eve"
    press(page, "Use mine")
    assert next(a for a in read_actions(workplace, ADA) if a.action_id == action.action_id).owner == "Dee"
    assert "changed this meanwhile" not in words(page)


def test_a_comment_is_said_and_taken_back(at_page: Open, workplace: Workplace, kept: dict[str, ActionRecord]) -> None:
    action = kept["Churn ENT-01"]
    page = at_page("actions", action=action.action_id)
    page.text_area[0].set_value("Waits for the cluster")
    press(page, "Comment")
    assert "Waits for the cluster" in words(page)
    press(page, "Take it back")
    assert "taken back by Somebody" in words(page)
    (comment,) = read_comments(workplace, ADA, system_id=action.system_id, action_id=action.action_id)
    assert [version.body for version in comment.versions] == ["Waits for the cluster", ""]


def test_the_form_of_a_target_opens_and_the_target_stands_on_the_page(
    at_page: Open, workplace: Workplace, kept: dict[str, ActionRecord]
) -> None:
    assert "The portfolio has no target" in words(at_page("actions"))
    asked = press(at_page("actions"), "Set a target…")
    assert "What is the debt of the portfolio to come down to?" in words(asked)
    later = shift(QUARTER, 2)
    set_target(workplace, ADA, debt=0.625, by_period=later, expected_rev=0)
    churn = kept["Churn ENT-01"].system_id
    set_target(workplace, ADA, system_id=churn, area="ENT", debt=0.3, by_period=later, expected_rev=0)
    page = at_page("actions")
    assert f"The portfolio: target 63 C by {numbers.period(later)}; the debt now is not known" in words(page)
    boards = [one for one in page.get("bidi_component") if one.proto.component_name == "arrears_action_board"]
    ((system_id, href, cells, _, _),) = json.loads(boards[-1].proto.json)["table"][1]
    assert (system_id, href) == (churn, f"/system?system={churn}")
    assert cells[:2] + cells[3:4] == ["Churn", "Entanglement and model boundaries", "30 B"]


def test_who_was_slower_with_a_target_sees_what_stands_and_how_to_go_on(workplace: Workplace) -> None:
    set_target(workplace, ADA, debt=0.35, by_period="2027Q2", expected_rev=0)
    with pytest.raises(Conflict) as faster:
        set_target(workplace, ADA, debt=0.3, by_period="2027Q2", expected_rev=0)
    said = what_stands(faster.value)
    assert "set this target to 35 by Q2 2027 meanwhile" in said
    assert said.endswith("close this form and open it again to set yours.")


def test_a_target_stands_on_the_system_page_in_its_heatmap_and_in_its_trend(
    at_page: Open, workplace: Workplace
) -> None:
    first = open_system(workplace, "Churn", answers=60, level=3, period=shift(QUARTER, -1), closed=True)
    add_quarter(workplace, first.system_id, period=QUARTER, answers=60, level=2)
    assert "No target is set yet" in words(at_page("system", system=first.system_id))
    by = shift(QUARTER, 2)
    set_target(workplace, ADA, system_id=first.system_id, debt=0.25, by_period=by, expected_rev=0)
    page = at_page("system", system=first.system_id)
    said = words(page)
    assert f"All areas: target 25 B by {numbers.period(by)}, now 50: 25 points to go, on the way." in said
    assert f"The dashed line leads to the target: 25 by {numbers.period(by)}." in said
    drawer = at_page("system", system=first.system_id, area="ALL", quarter=QUARTER)
    assert "Change the target…" in [button.label for button in drawer.button]

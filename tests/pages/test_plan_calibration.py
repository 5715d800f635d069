"""How the estimates held: nothing from too little, then the classes, and values to take over and give back."""

from __future__ import annotations

import pytest

from operations.actions import ActionDraft, close_action, save_actions
from operations.class_values import read_class_values
from operations.packs import offered_checklist
from operations.workplace import Workplace
from tests.pages.conftest import ADA, Open, open_system, press, words

MEDIUM = [question.id for question in offered_checklist("ml-debt").core() if question.effort == "M"]
PLANNED = 8 * (0.6 + 0.4 * 0.75) + 4  #: from .75, what nobody knows, to 0 in class M, overhead included


def done(workplace: Workplace, count: int, *, days: float) -> str:
    """A system with so many repayments of class M, each of which took so many days."""
    opened = open_system(workplace, "Churn")
    drafts = [
        ActionDraft(question_id=question, title=f"Repay {question}", planned_days=PLANNED, benefit_days=20)
        for question in MEDIUM[:count]
    ]
    for action in save_actions(workplace, ADA, assessment_id=opened.assessment_id, drafts=drafts):
        close_action(
            workplace, ADA, system_id=opened.system_id, action_id=action.action_id, actual_days=days,
            friction_gone=True, expected_rev=action.rev,
        )  # fmt: skip
    return opened.system_id


def test_nine_done_actions_say_only_how_many_are_wanted(workplace: Workplace, at_page: Open) -> None:
    said = words(at_page("plan", system=done(workplace, 9, days=15), show="Our actions"))
    assert "9 actions of this team done; from 10 on" in said
    assert "Class value" not in said


def test_ten_done_actions_show_the_class_and_what_would_fit_it_better(workplace: Workplace, at_page: Open) -> None:
    """15 days of which 4 are overhead, for .9 of the whole way: 11 / .9 = 12.2 days, where 8 were planned."""
    said = words(at_page("plan", system=done(workplace, 10, days=15), show="Our actions"))
    assert "M, 10 actions" in said
    assert "112 → 150" in said
    assert "1.3 (1.3–1.3)" in said
    assert "8; 12 fits better" in said
    assert "The extra work went away after 10 of 10 actions: between 72 and 100 %" in said


def test_a_value_is_taken_over_and_given_back(workplace: Workplace, at_page: Open) -> None:
    page = at_page("plan", system=done(workplace, 10, days=15), show="Our actions")
    press(page, "Plan with M = 12 days")
    assert read_class_values(workplace, ADA, team="Growth").classes.effort_days["M"] == 12
    assert "12; it holds" in words(page)
    assert "Growth plans with its own class values" in words(page)
    press(page, "Back to the checklist's values")
    assert read_class_values(workplace, ADA, team="Growth").classes.effort_days["M"] == 8
    assert "8; 12 fits better" in words(page)


@pytest.mark.parametrize("days", [PLANNED, 0.0])
def test_estimates_that_held_or_actions_that_took_nothing_break_nothing(
    workplace: Workplace, at_page: Open, days: float
) -> None:
    said = words(at_page("plan", system=done(workplace, 10, days=days), show="Our actions"))
    assert "How the estimates held" in said
    assert ("8; it holds" in said) == (days == PLANNED)

"""Answers given in the list by one person while another changes the same question."""

from __future__ import annotations

from typing import Any

import pytest

from operations.assessments import open_assessment, undo_answer
from operations.authorize import Actor
from operations.records import AnswerRecord
from operations.systems import create_system
from operations.workplace import Workplace
from pages.answering import Answering
from pages.place import Desk
from tests.pages.conftest import ADA, QUARTER
from ui import problems, session

BO = Actor(name="Bo", local=True)
QUESTION = "ENT-01"


class Tab:
    """What Ada has before her."""

    def __init__(self, workplace: Workplace, assessment_id: str) -> None:
        self.workplace = workplace
        self.assessment_id = assessment_id
        self.answering = Answering(
            here=Desk(workplace=workplace, actor=ADA), assessment_id=assessment_id, question_id=QUESTION
        )

    def stored(self) -> AnswerRecord | None:
        return self.workplace.store.read(lambda records: records.answer(self.assessment_id, QUESTION))

    def draw(self) -> None:
        session.set_seen_answer(self.assessment_id, QUESTION, self.stored())

    def level(self) -> int | None:
        stored = self.stored()
        return None if stored is None else stored.level

    def clashes(self) -> bool:
        return session.clash(self.assessment_id, QUESTION) is not None


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that a person takes to react."""
    seconds = [1_000.0]
    monkeypatch.setattr(session.time, "monotonic", lambda: seconds[0])
    return seconds


@pytest.fixture
def tab(workplace: Workplace, monkeypatch: pytest.MonkeyPatch, clock: list[float]) -> Tab:
    memory: dict[str, Any] = {}
    monkeypatch.setattr(session, "_memory", lambda: memory)
    monkeypatch.setattr(problems, "attention", lambda _sentence: None)
    system = create_system(workplace, ADA, name="Churn model", team="Growth")
    opened = open_assessment(workplace, ADA, system_id=system.system_id, period=QUARTER)
    made = Tab(workplace, opened.assessment_id)
    made.draw()
    return made


def bo_clears(tab: Tab) -> None:
    stored = tab.stored()
    assert stored is not None
    undo_answer(tab.workplace, BO, assessment_id=tab.assessment_id, question_id=QUESTION, expected_rev=stored.rev)


def test_a_second_click_before_the_first_came_back_is_no_clash(tab: Tab) -> None:
    tab.answering.choose(3, revision=0)
    tab.answering.choose(1, revision=0)
    assert (tab.level(), tab.clashes()) == (1, False)


def test_a_question_that_another_cleared_can_be_answered_again(tab: Tab, clock: list[float]) -> None:
    tab.answering.choose(3, revision=0)
    tab.draw()
    bo_clears(tab)
    tab.draw()
    clock[0] += 60
    tab.answering.choose(2, revision=0)
    assert (tab.level(), tab.clashes()) == (2, False)


def test_a_click_on_its_way_while_another_clears_asks_instead_of_overwriting(tab: Tab) -> None:
    tab.answering.choose(3, revision=0)
    bo_clears(tab)
    tab.draw()
    tab.answering.choose(2, revision=0)
    assert (tab.level(), tab.clashes()) == (None, True)

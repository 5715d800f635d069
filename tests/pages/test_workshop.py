"""The facilitator's page: opening, the lobby, one step after the other, two facilitators, the room's view, the end."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from operations.actions import read_actions
from operations.assessments import close_assessment, read_answers
from operations.ballots import Guest, cast_vote, guest_of, join_workshop
from operations.records import AssessmentRecord, WorkshopRecord
from operations.workplace import Workplace
from operations.workshops import (
    list_workshops,
    open_workshop,
    put_before_people,
    read_workshop,
    reveal,
    start_workshop,
    vote_again,
)
from tests.pages.conftest import ADA, QUARTER, Open, add_quarter, answer, open_system, press, title, words
from ui import numbers, session
from ui.workshop_door import GUESTS_SETTING, SETTING

QUESTIONS = ("ENT-01", "ENT-03", "CFG-01")
LEVELS = (1, 2, 2)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test presses faster than a hand; what that guards has a test of its own."""
    monkeypatch.setattr(session, "STEP_SECONDS", 0.0)


@pytest.fixture
def assessment(workplace: Workplace) -> AssessmentRecord:
    return open_system(workplace, "Churn model")


def opened(workplace: Workplace, assessment: AssessmentRecord, **more: Any) -> WorkshopRecord:
    asked = {"questions": QUESTIONS, **more}
    return open_workshop(workplace, ADA, assessment_id=assessment.assessment_id, **asked)


def come_in(workplace: Workplace, workshop: WorkshopRecord, *names: str, role: str = "") -> list[Guest]:
    return [
        guest_of(workplace, secret=join_workshop(workplace, code=workshop.code, name=name, role=role).secret)
        for name in names
    ]


def vote(workplace: Workplace, guest: Guest, level: int | None, question: str = "ENT-01", **more: Any) -> None:
    cast_vote(
        workplace, guest.actor, workshop_id=guest.participant.workshop_id, guest=guest, question_id=question,
        level=level, **{"ballot_round": 1, **more},
    )  # fmt: skip


@pytest.fixture
def workshop(workplace: Workplace, assessment: AssessmentRecord) -> WorkshopRecord:
    return opened(workplace, assessment)


@pytest.fixture
def guests(workplace: Workplace, workshop: WorkshopRecord) -> list[Guest]:
    present = come_in(workplace, workshop, "Cy", "Di", "Ed")
    start_workshop(workplace, ADA, workshop_id=workshop.workshop_id)
    return present


def at(at_page: Open, workshop: WorkshopRecord, **more: str) -> AppTest:
    return at_page("workshop", system=workshop.system_id, workshop=workshop.workshop_id, **more)


def board(page: AppTest, key: str) -> dict[str, Any]:
    """What the component of this name is given: all that reaches the browser of it."""
    for component in page.get("bidi_component"):
        if component.proto.component_name == "arrears_workshop_board" and component.proto.id.endswith(f"-{key}"):
            return dict(json.loads(component.proto.json))
    raise AssertionError(f"no {key} among {[c.proto.id for c in page.get('bidi_component')]}")


def pressed(page: AppTest, label: str) -> AppTest:
    """Press a step; on the button its key stands behind it."""
    return press(page, next(b.label.replace("\\", "") for b in page.button if b.label.startswith(label)))


# --- opening ---
def test_a_workshop_is_opened_on_the_core_set_and_people_are_shown_the_way_in(
    at_page: Open, assessment: AssessmentRecord, workplace: Workplace
) -> None:
    page = at_page("workshop", system=assessment.system_id)
    assert title(page) == f"Churn model: a workshop on {numbers.period(QUARTER)}"
    press(page, "Open the workshop")
    (kept,) = list_workshops(workplace, ADA, assessment_id=assessment.assessment_id)
    assert (kept.mode, kept.anonymous, kept.time_box_seconds, kept.state) == ("live", True, 180, "lobby")
    assert len(read_workshop(workplace, ADA, workshop_id=kept.workshop_id).turns) == 34
    assert title(page) == "Churn model: people come in"
    assert board(page, "workshop-door")["door"]["code"].replace(" ", "") == kept.code
    assert next(b for b in page.button if b.label.startswith("Start")).disabled, "nobody is in yet"


def test_the_own_order_is_the_order_of_choosing(
    at_page: Open, assessment: AssessmentRecord, workplace: Workplace
) -> None:
    page = at_page("workshop", system=assessment.system_id)
    page.segmented_control(key="workshop-questions").set_value("Own order").run()
    assert page.button(key="open-workshop").disabled, "nothing is chosen yet"
    page.multiselect(key="workshop-own").set_value(["CFG-01", "ENT-03"]).run()
    press(page, "Open the workshop")
    (kept,) = list_workshops(workplace, ADA, assessment_id=assessment.assessment_id)
    turns = read_workshop(workplace, ADA, workshop_id=kept.workshop_id).turns
    assert [turn.question_id for turn in turns] == ["CFG-01", "ENT-03"]


def test_what_is_answered_already_can_be_left_out(
    at_page: Open, assessment: AssessmentRecord, workplace: Workplace
) -> None:
    answer(workplace, assessment, "ENT-01", 2)
    page = at_page("workshop", system=assessment.system_id)
    page.checkbox(key="workshop-unanswered").check().run()
    press(page, "Open the workshop")
    (kept,) = list_workshops(workplace, ADA, assessment_id=assessment.assessment_id)
    asked = [turn.question_id for turn in read_workshop(workplace, ADA, workshop_id=kept.workshop_id).turns]
    assert "ENT-01" not in asked
    assert len(asked) == 33


def test_a_vote_over_days_is_opened_with_its_deadline(
    at_page: Open, assessment: AssessmentRecord, workplace: Workplace
) -> None:
    page = at_page("workshop", system=assessment.system_id)
    page.radio(key="workshop-how").set_value("spread").run()
    page.radio(key="workshop-anonymous").set_value(False).run()
    press(page, "Open the workshop")
    (kept,) = list_workshops(workplace, ADA, assessment_id=assessment.assessment_id)
    assert (kept.mode, kept.anonymous, kept.time_box_seconds) == ("spread", False, 0)
    assert kept.expires_at > kept.opened_at


def test_a_closed_quarter_offers_to_open_the_next(at_page: Open, workplace: Workplace) -> None:
    closed = open_system(workplace, "Churn model", answers=34)
    close_assessment(workplace, ADA, assessment_id=closed.assessment_id)
    page = at_page("workshop", system=closed.system_id)
    (button,) = [button for button in page.button if button.label.startswith("Open Q")]
    button.click().run()
    assert title(page).startswith("Churn model: a workshop on Q")


def test_the_way_in_says_that_phones_cannot_reach_this_machine_unless_an_address_is_set(
    at_page: Open, workshop: WorkshopRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, "http://127.0.0.1:8501")
    assert "phones cannot reach it" in words(at(at_page, workshop))
    monkeypatch.setenv(SETTING, "https://arrears.example/team/")
    assert "Phones are not let in yet" in words(at(at_page, workshop))
    monkeypatch.setenv(GUESTS_SETTING, "1")
    page = at(at_page, workshop)
    assert not page.warning
    assert board(page, "workshop-door")["door"]["link"] == "arrears.example/team/join"
    monkeypatch.setenv(SETTING, "arrears.example")
    assert f"{SETTING} is not a web address" in words(at(at_page, workshop))


# --- the steps ---
def test_one_button_leads_from_the_lobby_to_the_end_and_the_answers_stand(
    at_page: Open, workshop: WorkshopRecord, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    guests = come_in(workplace, workshop, "Cy", "Di", "Ed")
    page = pressed(at(at_page, workshop), "Start")
    for place, question in enumerate(QUESTIONS):
        for guest, level in zip(guests, LEVELS, strict=True):
            vote(workplace, guest, level, question)
        page.run()
        pressed(page, "Reveal the votes")
        assert "Agreed: levels 1 to 2" in words(page)
        pressed(page, "Settle at level 2")
        pressed(page, "Next question" if place < len(QUESTIONS) - 1 else "End the workshop")
    assert title(page) == "Churn model: 3 of 3 questions settled"
    answers = read_answers(workplace, ADA, assessment_id=assessment.assessment_id)
    assert {question: answers[question].votes for question in QUESTIONS} == dict.fromkeys(QUESTIONS, (1, 2, 2))


def test_the_button_names_who_is_missing_and_nothing_says_what_was_voted(
    at_page: Open, workshop: WorkshopRecord, guests: list[Guest], workplace: Workplace
) -> None:
    page = at(at_page, workshop)
    reveal_button = next(b for b in page.button if b.label.startswith("Reveal"))
    assert (reveal_button.label, reveal_button.disabled) == ("Reveal without 3 people \\[R\\]", True)
    vote(workplace, guests[0], 4, comment="planted words")
    page = at(at_page, workshop)
    assert next(b.label for b in page.button if b.label.startswith("Reveal")) == "Reveal without Di and Ed \\[R\\]"
    assert board(page, "workshop-people")["people"] == [["Cy", "", True], ["Di", "", False], ["Ed", "", False]]
    shown = board(page, "workshop-question")
    assert [line[1:] for line in shown["levels"]] == [[None, None, False]] * 5
    assert (shown["open"], shown["unknown"]) == (False, None)
    assert "planted" not in words(page)


def test_a_split_vote_asks_both_ends_then_votes_again_and_shows_both_rounds(
    at_page: Open, workshop: WorkshopRecord, guests: list[Guest], workplace: Workplace
) -> None:
    for guest, level in zip(guests, (0, 4, 4), strict=True):
        vote(workplace, guest, level, comment=f"because of {level}")
    page = pressed(at(at_page, workshop), "Reveal the votes")
    said = words(page)
    assert "Split: levels 0 to 4" in said
    assert "Level 0: whoever chose it" in said
    assert "because of 0" in said
    pressed(page, "Vote again")
    assert "second vote" in words(page)
    for guest, level in zip(guests, (3, 3, 4), strict=True):
        vote(workplace, guest, level, ballot_round=2)
    page.run()
    pressed(page, "Reveal the votes")
    lines = [line[1:3] for line in board(page, "workshop-question")["levels"]]
    assert lines == [[0, 1], [0, 0], [0, 0], [2, 0], [1, 2]]
    assert "Second vote: 0.7 levels towards more debt" in words(page)  # 10/3 after 8/3
    assert not [b for b in page.button if b.label.startswith("Vote again")], "there is one re-vote"


def test_an_override_needs_its_reason_and_keeps_the_votes(
    at_page: Open, workshop: WorkshopRecord, guests: list[Guest], workplace: Workplace, assessment: AssessmentRecord
) -> None:
    for guest in guests:
        vote(workplace, guest, 1)
    page = pressed(at(at_page, workshop), "Reveal the votes")
    level = next(radio for radio in page.radio if radio.label == "Level")
    level.set_value(3).run()
    press(page, "Settle at this level")
    assert "Not done: reason" in words(page)
    next(field for field in page.text_input if field.label == "Why, in writing").set_value("the incident of May").run()
    press(page, "Settle at this level")
    kept = read_answers(workplace, ADA, assessment_id=assessment.assessment_id)["ENT-01"]
    assert (kept.level, kept.votes, kept.reason) == (3, (1, 1, 1), "the incident of May")
    assert "settled: the incident of May" in words(page)
    assert "Not done" not in words(page)


def test_what_nobody_knows_is_settled_with_who_finds_out(
    at_page: Open, workshop: WorkshopRecord, guests: list[Guest], workplace: Workplace
) -> None:
    for guest in guests:
        vote(workplace, guest, None)
    page = pressed(at(at_page, workshop), "Reveal the votes")
    assert "Nobody knows" in words(page)
    next(field for field in page.text_input if field.label == "Who finds out?").set_value("Di").run()
    pressed(page, "Settle as “we do not know”")
    (turn,) = [t for t in read_workshop(workplace, ADA, workshop_id=workshop.workshop_id).turns if t.owner]
    assert (turn.question_id, turn.owner, turn.level) == ("ENT-01", "Di", None)


def test_an_action_is_noted_on_the_spot(
    at_page: Open, workshop: WorkshopRecord, guests: list[Guest], workplace: Workplace
) -> None:
    for guest in guests:
        vote(workplace, guest, 3)
    page = pressed(pressed(at(at_page, workshop), "Reveal the votes"), "Settle at level 3")
    next(field for field in page.text_input if field.label == "What is to be done").set_value("Ablate each input")
    next(field for field in page.text_input if field.label == "Owner").set_value("Di")
    press(page, "Save the action")
    assert "Saved, about" in words(page)
    (action,) = read_actions(workplace, ADA, system_id=workshop.system_id)
    assert (action.title, action.owner, action.question_id, action.target) == ("Ablate each input", "Di", "ENT-01", 0)
    assert action.planned_days > 0


def test_skip_goes_on_back_returns_and_pause_stops(
    at_page: Open, workshop: WorkshopRecord, guests: list[Guest], workplace: Workplace
) -> None:
    assert guests
    page = pressed(at(at_page, workshop), "Skip")
    assert "Question 2 of 3" in words(page)
    pressed(page, "Back")
    assert "Question 1 of 3" in words(page)
    pressed(page, "Pause")
    assert "paused: votes are kept" in words(page)
    pressed(page, "Go on")
    assert read_workshop(workplace, ADA, workshop_id=workshop.workshop_id).workshop.state == "running"


def test_what_was_known_before_is_shown_only_after_the_reveal(at_page: Open, workplace: Workplace) -> None:
    first = open_system(workplace, "Churn model", answers=34, level=3, period="2026Q1", closed=True)
    present = add_quarter(workplace, first.system_id, period=QUARTER)
    answer(workplace, present, "ENT-01", 4)
    workshop = opened(workplace, present)
    guests = come_in(workplace, workshop, "Cy", "Di", "Ed")
    start_workshop(workplace, ADA, workshop_id=workshop.workshop_id)
    for guest in guests:
        vote(workplace, guest, 1)
    page = at(at_page, workshop)
    for before in ("In Q1 2026", "Answered before"):
        assert before not in words(page)
    pressed(page, "Reveal the votes")
    assert "In Q1 2026: level 3." in words(page)
    assert "Answered before this vote: level 4, by Ada." in words(page)


@pytest.mark.parametrize("people", [1, 2])
def test_too_few_to_be_anonymous_is_said(
    at_page: Open, workshop: WorkshopRecord, workplace: Workplace, people: int
) -> None:
    come_in(workplace, workshop, *("Cy", "Di")[:people])
    assert "With fewer than 3 people nobody can vote anonymously" in words(at(at_page, workshop))
    come_in(workplace, workshop, "Ed", "Flo")
    assert "nobody can vote anonymously" not in words(at(at_page, workshop))


@pytest.mark.parametrize(("votes", "said"), [(0, False), (1, True), (2, True), (3, False)])
def test_before_a_reveal_with_too_few_votes_the_desk_says_that_they_will_be_recognised(
    at_page: Open, workplace: Workplace, workshop: WorkshopRecord, guests: list[Guest], votes: int, said: bool
) -> None:
    for guest in guests[:votes]:
        vote(workplace, guest, 2)
    assert ("everybody can tell whose" in words(at(at_page, workshop))) is said


def test_a_workshop_whose_time_is_over_says_so_and_can_still_be_settled(
    at_page: Open, workshop: WorkshopRecord, guests: list[Guest], workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for guest in guests:
        vote(workplace, guest, 1)
    later = workplace.clock() + timedelta(hours=13)
    monkeypatch.setattr(type(workplace), "now", lambda _self: later.isoformat(timespec="milliseconds"))
    page = at(at_page, workshop)
    assert "The time of this workshop is over" in words(page)
    pressed(pressed(page, "Reveal the votes"), "Settle at level 1")
    assert "settled" in words(page)


# --- two facilitators, two tabs ---
def test_a_second_tab_that_reveals_again_changes_nothing(
    at_page: Open, workshop: WorkshopRecord, guests: list[Guest], workplace: Workplace
) -> None:
    vote(workplace, guests[0], 2)
    one, two = at(at_page, workshop), at(at_page, workshop)
    pressed(one, "Reveal")
    pressed(two, "Reveal")
    assert "Not done" not in words(two)
    assert "1 vote." in words(two)


def test_a_tab_that_is_behind_is_told_and_moves_nobody_twice(
    at_page: Open, workshop: WorkshopRecord, guests: list[Guest], workplace: Workplace
) -> None:
    vote(workplace, guests[0], 2)
    reveal(workplace, ADA, workshop_id=workshop.workshop_id, question_id="ENT-01", ballot_round=1)
    page = pressed(at(at_page, workshop), "Settle at level 2")
    put_before_people(workplace, ADA, workshop_id=workshop.workshop_id, question_id="CFG-01", seen="ENT-01")
    pressed(page, "Next question")
    assert "Somebody moved on meanwhile" in words(page)
    assert read_workshop(workplace, ADA, workshop_id=workshop.workshop_id).workshop.question_id == "CFG-01"


def test_a_reveal_of_the_first_vote_does_not_open_the_second(
    at_page: Open, workshop: WorkshopRecord, guests: list[Guest], workplace: Workplace
) -> None:
    for guest, level in zip(guests, (0, 4, 4), strict=True):
        vote(workplace, guest, level)
    page = at(at_page, workshop)
    reveal(workplace, ADA, workshop_id=workshop.workshop_id, question_id="ENT-01", ballot_round=1)
    vote_again(workplace, ADA, workshop_id=workshop.workshop_id, question_id="ENT-01")
    vote(workplace, guests[0], 1, ballot_round=2)
    pressed(page, "Reveal the votes")
    assert "A new vote on this question has begun meanwhile" in words(page)
    assert read_workshop(workplace, ADA, workshop_id=workshop.workshop_id).on_table.revealed is None


def test_the_second_half_of_a_double_click_does_not_take_the_next_step(
    at_page: Open, workshop: WorkshopRecord, guests: list[Guest], workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    vote(workplace, guests[0], 2)
    page = pressed(at(at_page, workshop), "Reveal")
    monkeypatch.setattr(session, "STEP_SECONDS", 3600.0)
    pressed(page, "Settle")
    turns = read_workshop(workplace, ADA, workshop_id=workshop.workshop_id).turns
    assert turns[0].state == "revealed"


def test_ending_before_everything_is_dealt_with_takes_a_second_click(
    at_page: Open, workshop: WorkshopRecord, guests: list[Guest], workplace: Workplace
) -> None:
    assert guests
    page = at(at_page, workshop)
    assert "3 questions are not dealt with" in words(page)
    press(page, "End for good")
    assert title(page) == "Churn model: 0 of 3 questions settled"
    assert "Nobody voted" in words(page)
    press(page, "Another workshop on this quarter")
    assert title(page).startswith("Churn model: a workshop on")
    assert workplace.store.read(lambda records: records.workshops.of_code(workshop.code)) is None


def test_somebody_is_sent_out(at_page: Open, workshop: WorkshopRecord, guests: list[Guest]) -> None:
    page = at(at_page, workshop)
    next(box for box in page.selectbox if box.label == "Who").set_value(guests[1].participant.participant_id).run()
    press(page, "Remove")
    assert [name for name, *_ in board(page, "workshop-people")["people"]] == ["Cy", "Ed"]


# --- over days ---
def test_a_vote_over_days_is_gone_through_when_the_facilitator_is_ready(
    at_page: Open, workplace: Workplace, assessment: AssessmentRecord
) -> None:
    workshop = opened(workplace, assessment, mode="spread", deadline=_tomorrow(workplace))
    guests = come_in(workplace, workshop, "Cy", "Di", "Ed")
    page = pressed(at(at_page, workshop), "Start")
    assert title(page).startswith("Churn model: votes until")
    for question in QUESTIONS:
        vote(workplace, guests[0], 2, question)
    page.run()
    assert board(page, "workshop-people")["people"] == [["Cy", "", True], ["Di", "", False], ["Ed", "", False]]
    pressed(page, "Look at the first question")
    pressed(pressed(page, "Reveal without Di and Ed"), "Settle at level 2")
    pressed(page, "Next question")
    assert "Question 2 of 3" in words(page)


def _tomorrow(workplace: Workplace) -> str:
    return (workplace.clock() + timedelta(days=1)).isoformat()


# --- the room, and the end ---
def test_the_room_sees_the_question_and_the_count_and_no_control(
    at_page: Open, workshop: WorkshopRecord, guests: list[Guest], workplace: Workplace
) -> None:
    vote(workplace, guests[0], 2)
    page = at(at_page, workshop, view="projector")
    shown = board(page, "workshop-projector")
    assert shown["counted"] == ["1 of 3", "have voted"]
    assert shown["heading"].startswith("When someone adds")
    assert [line[1:] for line in shown["levels"]] == [[None, None, False]] * 5
    assert shown["people"] is None, "the room needs no names"
    assert [button.label for button in page.button] == []
    reveal(workplace, ADA, workshop_id=workshop.workshop_id, question_id="ENT-01", ballot_round=1)
    shown = board(at(at_page, workshop, view="projector"), "workshop-projector")
    assert [line[1] for line in shown["levels"]] == [0, 0, 1, 0, 0]
    assert shown["sentence"].startswith("One vote only")


def test_the_room_is_shown_the_way_in_and_thanked_at_the_end(at_page: Open, workshop: WorkshopRecord) -> None:
    shown = board(at(at_page, workshop, view="projector"), "workshop-projector")
    assert (shown["heading"], shown["counted"]) == ("Come in with your phone", ["0", "people are in"])
    press(at(at_page, workshop), "End for good")
    shown = board(at(at_page, workshop, view="projector"), "workshop-projector")
    assert shown["heading"].startswith("Thank you")
    assert shown["door"] is None


def test_a_workshop_that_is_not_there_is_said(at_page: Open, assessment: AssessmentRecord) -> None:
    page = at_page("workshop", system=assessment.system_id, workshop="<script>")
    assert "There is no such workshop" in words(page)


def test_names_with_markup_stay_words(at_page: Open, workplace: Workplace, workshop: WorkshopRecord) -> None:
    come_in(workplace, workshop, ":red[x] [y](javascript:z)", "<b>Di</b>")
    start_workshop(workplace, ADA, workshop_id=workshop.workshop_id)
    label = next(b.label for b in at(at_page, workshop).button if b.label.startswith("Reveal"))
    assert ":red\\[x\\]" in label.replace("\u2060", "")
    assert "\\<b>Di" in label

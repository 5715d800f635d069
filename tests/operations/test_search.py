"""Search: what was typed is answered with a list, whatever it is, and each thing has a link to just that view."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from operations.actions import save_actions
from operations.assessments import Choice, answer_question, close_assessment
from operations.authorize import Actor
from operations.comments import add_comment
from operations.errors import Forbidden
from operations.search import HITS_MAX, Found, marked, search
from operations.systems import create_system
from operations.workplace import Workplace
from tests.operations.conftest import ADA
from tests.operations.test_actions import DRAFT, assessed, place

NOTE = "Nightly <b>Übung</b> fails at 100 %_done"


@pytest.fixture
def full(workplace: Workplace) -> Workplace:
    """A system with a note, an action and a comment."""
    assessment = assessed(workplace)
    answer_question(
        workplace, ADA, assessment_id=assessment.assessment_id, question_id="ENT-05",
        choice=Choice(state="answered", level=3, note=NOTE), expected_rev=0,
    )  # fmt: skip
    (action,) = save_actions(workplace, ADA, assessment_id=assessment.assessment_id, drafts=[DRAFT])
    add_comment(workplace, ADA, **place(action), body="The nightly run waits for Bo")
    close_assessment(workplace, ADA, assessment_id=assessment.assessment_id)
    return workplace


def kinds(found: Found) -> dict[str, int]:
    return {group.kind: len(group.hits) for group in found.groups}


def text_of(pieces: tuple[tuple[str, bool], ...]) -> str:
    return "".join(text for text, _ in pieces)


def test_each_kind_is_found_with_its_link_and_the_words_told_apart(full: Workplace) -> None:
    found = search(full, ADA, text="  NIGHTLY ")
    assert found.words == ("nightly",)
    assert kinds(found)["Comments"] == kinds(found)["Notes and reasons"] == 1
    notes = next(group for group in found.groups if group.kind == "Notes and reasons")
    (hit,) = notes.hits
    assert hit.href.startswith("/assess?system=")
    assert hit.href.endswith("&period=2026Q4&question=ENT-05")
    assert (text_of(hit.title), hit.title[0]) == (NOTE, ("Nightly", True))
    assert hit.where == "Churn · Q4 2026, sealed · ENT-05"
    (action,) = next(group for group in search(full, ADA, text="difference bo").groups if group.kind == "Actions").hits
    assert action.href.startswith("/actions?action=")
    (system,) = next(group for group in search(full, ADA, text="churn growth").groups if group.kind == "Systems").hits
    assert (system.href[:8], text_of(system.title), system.where) == ("/system?", "Churn", "Growth")


def test_a_question_is_found_by_its_id_its_words_and_those_of_its_levels(full: Workplace) -> None:
    for words in ("ent-05", "Who reads your predictions", "consumers"):
        found = search(full, ADA, text=words, system_id="churn")
        questions = next(group for group in found.groups if group.kind == "Questions")
        assert any(hit.href == "/assess?question=ENT-05&system=churn" for hit in questions.hits), words


def test_letters_outside_of_ascii_are_found_in_either_case_and_no_others(full: Workplace) -> None:
    assert kinds(search(full, ADA, text="übung")) == {"Notes and reasons": 1}
    assert kinds(search(full, ADA, text="ÜBUNG")) == {"Notes and reasons": 1}
    assert search(full, ADA, text="äbung").groups == ()


def test_signs_mean_themselves(full: Workplace) -> None:
    for text in ("100 %", "%_done", "_done", "<b>"):
        assert kinds(search(full, ADA, text=text)).get("Notes and reasons") == 1, text


def test_whatever_is_typed_gets_a_plain_answer(full: Workplace) -> None:
    for text in (
        "'", '"', "%", "' OR 1=1 --", 'NEAR("a" b', "a* OR b", "{x}:y", "\x00", "\ud800", "[", "(", "\\", "x" * 10_000,
        " ".join("abcdefghijkl"), "\u202e",
    ):  # fmt: skip
        found = search(full, ADA, text=text)
        assert all(len(word) <= 200 for word in found.words), text[:20]
        assert found.cut == (len(text) > 200 or len(text.split()) > 8), text[:20]


def test_nothing_typed_finds_nothing(full: Workplace) -> None:
    for text in ("", "  \n", "\x00"):
        assert search(full, ADA, text=text) == Found(words=(), groups=())


def test_a_long_list_says_that_there_is_more(workplace: Workplace) -> None:
    for number in range(HITS_MAX + 1):
        create_system(workplace, ADA, name=f"Model {number}", team="Growth")
    (systems,) = search(workplace, ADA, text="model growth").groups
    assert (len(systems.hits), systems.more) == (HITS_MAX, True)


def test_who_may_not_read_finds_nothing(full: Workplace) -> None:
    with pytest.raises(Forbidden):
        search(full, Actor(name="guest"), text="churn")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.text(max_size=40), st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=4))
def test_the_pieces_of_a_text_are_the_text(text: str, words: list[str]) -> None:
    pieces = marked(text, words)
    assert text_of(pieces) == text
    for piece, found in pieces:
        if found:
            assert piece.casefold() in {word.casefold() for word in words} or piece.lower() in map(str.lower, words)

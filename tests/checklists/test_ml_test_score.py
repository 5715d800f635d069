"""The pack of the 28 tests of 2017: what it asks, and that it is scored by the published rule."""

from __future__ import annotations

import pytest

from checklists.checklist import Checklist
from checklists.reader import DEFAULT_PACK, PACKS, canonical_body, load_checklist, read_canonical
from scoring.readings import say
from scoring.score import score
from tests.scoring.builders import UNKNOWN, answered

PACK = load_checklist(PACKS / "ml-test-score.yaml")
DONE, BY_HAND, NOT_DONE = 0, 1, 2
POINTS = {DONE: 1.0, BY_HAND: 0.5, NOT_DONE: 0.0}


def answers_of(*sections: tuple[int, int]) -> dict[str, int]:
    """For each section how many tests are automated and how many are done by hand; the rest is not done."""
    answers = {}
    for area, (done, by_hand) in zip(PACK.areas, sections, strict=True):
        given = [DONE] * done + [BY_HAND] * by_hand + [NOT_DONE] * (7 - done - by_hand)
        answers |= dict(zip([question.id for question in area.questions], given, strict=True))
    return answers


def said_of(answers: dict[str, int]):
    scored = score(PACK, {name: answered(level) for name, level in answers.items()})
    return say(PACK.aggregation.reading, scored.system)


def test_it_asks_seven_tests_in_each_of_four_sections_at_three_levels() -> None:
    assert [len(area.questions) for area in PACK.areas] == [7, 7, 7, 7]
    assert PACK.level_count == 3
    assert {len(question.levels) for question in PACK.questions.values()} == {3}


def test_each_test_names_the_place_in_the_publication() -> None:
    sections = ("Data", "Model", "Infra", "Monitor")
    expected = [f"Breck17 {section} {number}" for section in sections for number in range(1, 8)]
    assert [source for question in PACK.questions.values() for source in question.sources] == expected


#: scoring.md: the test of the publication and our question that comes nearest, section by section.
AGREED = """
DAT-03 DAT-04 RPG-10 DAT-11 DAT-11 RPG-06 TST-01
CFG-04 RPG-09 ENT-08 MON-08 PRO-09 MON-02 RPG-11
TST-04 TST-01 TST-03 TST-02 TST-09 TST-06 TST-06
DAT-02 MON-03 DAT-06 MON-08 MON-12 MON-11 MON-01
"""


def test_each_test_says_from_which_of_our_questions_it_can_be_guessed() -> None:
    ours: Checklist = load_checklist(PACKS / f"{DEFAULT_PACK}.yaml")
    found = [other for question in PACK.questions.values() for other in question.approximated_by]
    assert found == AGREED.split()
    assert set(found) <= set(ours.questions)
    assert PACK.approximation is not None
    assert PACK.approximation.pack == ours.id
    assert len(PACK.approximation.levels) == ours.level_count
    assert PACK.approximation.nearest == ("INFRA-02",), "one test has no exact counterpart"


def test_it_is_kept_and_read_back_as_it_is() -> None:
    assert read_canonical(canonical_body(PACK)) == PACK


@pytest.mark.parametrize(
    ("sections", "points", "words"),
    [
        (((0, 0), (7, 0), (7, 0), (7, 0)), 0, "a research project rather than a product"),
        (((0, 1), (7, 0), (7, 0), (7, 0)), 0.5, "tested here and there, expect serious gaps"),
        (((1, 0), (1, 0), (1, 0), (0, 2)), 1, "tested here and there, expect serious gaps"),
        (((1, 1), (7, 0), (7, 0), (7, 0)), 1.5, "a first step into production, more is needed"),
        (((2, 0), (7, 0), (7, 0), (7, 0)), 2, "a first step into production, more is needed"),
        (((7, 0), (3, 0), (7, 0), (7, 0)), 3, "fairly well tested, more of it could run by itself"),
        (((0, 7), (0, 7), (0, 7), (0, 7)), 3.5, "well tested and watched, fit for what much depends on"),
        (((7, 0), (7, 0), (4, 2), (7, 0)), 5, "well tested and watched, fit for what much depends on"),
        (((7, 0), (7, 0), (7, 0), (5, 1)), 5.5, "outstanding"),
        (((7, 0), (7, 0), (7, 0), (7, 0)), 7, "outstanding"),
    ],
)
def test_the_smallest_section_sum_is_the_score_and_limits_close_on_the_right(sections, points, words) -> None:
    said = said_of(answers_of(*sections))
    assert (said.value, said.unit, said.words) == (points, "points", words)


@pytest.mark.parametrize("done", range(8))
@pytest.mark.parametrize("by_hand", range(8))
def test_every_sum_a_section_can_have_is_said_to_the_half_point(done, by_hand) -> None:
    if done + by_hand > 7:
        return
    scored = score(PACK, {name: answered(level) for name, level in answers_of((done, by_hand), *[(7, 0)] * 3).items()})
    said = say(PACK.aggregation.reading, scored.areas[0].estimate)
    assert said.value == done + by_hand / 2


def test_a_test_nobody_knows_about_gives_no_point_and_could_still_give_one() -> None:
    responses = {name: answered(DONE) for name in PACK.questions} | {"DATA-01": UNKNOWN}
    said = say(PACK.aggregation.reading, score(PACK, responses).system)
    assert (said.value, said.high) == (6, 7)
    assert said.low == 3, "a single voice may be one level off: six tests at half a point and one at none"

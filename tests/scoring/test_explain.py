"""A reader with a calculator can redo every number from the words of its explanation."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from scoring.explain import explain_area, explain_question, explain_system
from scoring.score import score
from scoring.terms import Parameters
from tests.scoring.builders import NOT_APPLICABLE, UNKNOWN, answered, area, checklist, floor, levels, voted
from tests.scoring.test_properties import held, profiles

ASKED = checklist(area("ENT", "C", "H", "M"), area("DAT", "C", "H", "M", "L"), area("CFG", "M"), area("TST", "M"))
GIVEN = {
    "ENT-01": voted(0, 1, 2, 1, None),
    "ENT-02": voted(1, 3),
    "ENT-03": voted(0, 0, 0, level=3),
    **levels("DAT", 1, 2, 4, None),
    "DAT-04": voted(1, None),
    "TST-01": NOT_APPLICABLE,
}
SCORED = score(ASKED, GIVEN, [floor("DAT-01"), floor("DAT-04")])
BANDS_AT = {"A": (0, 0.125), "B": (0.125, 0.375), "C": (0.375, 0.625), "D": (0.625, 0.875), "E": (0.875, 1)}
CLOSE = 2e-4  #: what five significant digits leave of a sum of a few dozen terms
NUMBER = r"(\d+(?:\.\d+)?(?:e-?\d+)?)"


def words(steps):
    return {step.title: step.text for step in steps}


def numbers(text):
    return [float(number) for number in re.findall(NUMBER, text)]


def redo(steps):
    """(estimate, low, high, coverage, band) of an area or system, from the words alone."""
    said = words(steps)
    terms = []
    for step in steps:
        if found := re.match(rf"Weight {NUMBER}, debt {NUMBER} \(between {NUMBER} and {NUMBER}\)", step.text):
            terms.append([float(number) for number in found.groups()])
            last = numbers(step.text)[-1]
            assert last == pytest.approx(terms[-1][0] * terms[-1][1] ** 3, rel=CLOSE, abs=1e-9)
            assert step.value == pytest.approx(last, rel=CLOSE, abs=1e-9)
    share = numbers(said["Critical questions"])[-6] if "Critical questions" in said else 0
    critical = [
        term
        for term, step in zip(terms, [it for it in steps if it.text.startswith("Weight ")], strict=True)
        if "critical" in step.text.partition("[")[2]
    ]

    def mean(column):
        cubes = sum(term[0] * term[column] ** 3 for term in terms) / sum(term[0] for term in terms)
        return max([cubes ** (1 / 3), *(share * term[column] for term in critical)])

    if critical:
        assert share == 0.65
    band = re.search(r": ([A-E]), ", said["Band"])
    return mean(1), mean(2), mean(3), numbers(said["Coverage"])[-1], band and band[1]


def assert_redone(steps, counted, estimate):
    debt, low, high, coverage, band = redo(steps)
    assert debt == pytest.approx(counted, abs=CLOSE)
    assert (low, high) == pytest.approx((estimate.low, estimate.high), abs=CLOSE)
    said = numbers(words(steps)["Interval"])
    assert said == pytest.approx([low, high], abs=CLOSE)
    assert coverage == pytest.approx(estimate.coverage, abs=CLOSE)
    assert band == estimate.band
    if band:
        above, at_most = BANDS_AT[band]
        assert above <= numbers(words(steps)["Band"])[0] <= at_most


# -- areas and system


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_area_can_be_redone_from_its_words(place):
    entry = SCORED.areas[place]
    assert_redone(explain_area(ASKED, SCORED, entry.id), entry.counted, entry.estimate)


def test_the_system_can_be_redone_from_its_words():
    complete = score(ASKED, {**GIVEN, "CFG-01": answered(2)})
    assert_redone(explain_system(ASKED, complete), complete.system.estimate, complete.system)


@held
@given(profiles())
def test_any_area_and_any_system_can_be_redone_from_its_words(profile):
    scored = profile.score()
    for entry in scored.areas:
        assert_redone(explain_area(profile.checklist, scored, entry.id), entry.counted, entry.estimate)
    if scored.system.estimate is not None:
        assert_redone(explain_system(profile.checklist, scored), scored.system.estimate, scored.system)


def test_every_step_of_an_area_names_the_numbers_it_needs():
    # 10*.5^3 + 7.5*.5^3 + 5*1 + 2.5*.75^3 = 8.2421875; / 25 = .3296875; cube root .690824
    said = words(explain_area(ASKED, SCORED, "DAT"))
    assert said["DAT-01"] == "Weight 10, debt 0.5 (between 0 and 0.5): 10 × 0.5 × 0.5 × 0.5 = 1.25. [critical, floor]"
    assert said["DAT-04"].endswith("[unknown, floor]")
    assert said["Sum"] == "Together 8.2422, divided by the sum of the weights: 8.2422 / 25 = 0.32969."
    assert said["Root"] == "The cube root of 0.32969 is 0.69082. Large debts count more than in a plain mean."
    assert said["Critical questions"] == (
        "The worst critical question is DAT-01 with 0.5: 0.65 × 0.5 = 0.325. "
        "The larger of 0.69082 and 0.325 is 0.69082."
    )
    assert said["Coverage"] == "Known weight / applicable weight: 22.5 / 25 = 0.9."
    assert said["Band"] == "0.69082 is above 0.625 and at most 0.875: D, heavy debt."


def test_the_value_of_a_step_is_not_rounded():
    steps = {step.title: step.value for step in explain_area(ASKED, SCORED, "DAT")}
    assert steps["Sum"] == 0.3296875
    assert steps["Critical questions"] == SCORED.areas[1].estimate.estimate


def test_an_area_nobody_answered_says_what_it_still_counts():
    said = words(explain_area(ASKED, SCORED, "CFG"))
    assert said["Not rated"] == (
        "Nothing is known in this area, so it is not rated. In the system it still counts 0.75."
    )
    assert said["Band"] == "0 is known and 0.8 is needed for a band: none is given."


def test_an_area_and_a_question_that_do_not_apply_say_so_in_one_step():
    (step,) = explain_area(ASKED, SCORED, "TST")
    assert (step.text, step.value) == ("No question of this area applies here. It counts nowhere.", None)
    (step,) = explain_question(ASKED, SCORED, "TST-01")
    assert (step.text, step.value) == ("This question does not apply here or is not asked. It counts nowhere.", None)


def test_a_system_where_nothing_applies_says_so_in_one_step():
    nothing = dict.fromkeys(ASKED.questions, NOT_APPLICABLE)
    (step,) = explain_system(ASKED, score(ASKED, nothing))
    assert step.text == "No question of Test checklist applies here. There is nothing to score."


def test_an_id_the_checklist_does_not_have_is_an_error():
    with pytest.raises(KeyError):
        explain_area(ASKED, SCORED, "XYZ")
    with pytest.raises(KeyError):
        explain_question(ASKED, SCORED, "XYZ-01")


# -- questions


def test_votes_are_explained_up_to_the_interval():
    steps = explain_question(ASKED, SCORED, "ENT-01")
    assert [step.text for step in steps] == [
        "5 votes: 0, 1, 1, 2, and 1 × we do not know. The upper median, number 3 of 4 in this order, is level 1.",
        "Level 1 is worth 0.25 on the way from 0 (no debt) to 1 (full debt).",
        "The interval runs from number 1 to number 4 of the 4 sorted levels (10 % and 90 %): "
        "level 0 to 2, worth 0 to 0.5.",
        "In its area this question weighs 10. It is critical.",
    ]
    assert [step.value for step in steps] == [1, 0.25, None, 10]


def test_two_votes_are_explained_as_few():
    assert words(explain_question(ASKED, SCORED, "ENT-02"))["Interval"] == (
        "With 2 votes the interval reaches one level beyond the votes on each side: level 0 to 4, worth 0 to 1."
    )


def test_a_level_set_by_the_facilitator_is_called_so():
    said = words(explain_question(ASKED, SCORED, "ENT-03"))
    assert said["Level"] == "3 votes: 0, 0, 0. The facilitator set level 3; the votes are kept."
    assert "joined with the level that was set: level 0 to 3, worth 0 to 0.75." in said["Interval"]


def test_a_floor_names_its_signal_and_the_larger_number():
    step = next(it for it in explain_question(ASKED, SCORED, "DAT-01") if it.title == "Evidence")
    assert step.text == (
        "What the repository shows (secrets-in-code) allows no less than 0.5. The larger of 0.25 and 0.5 is 0.5."
    )
    assert step.value == 0.5


def test_a_floor_above_the_interval_says_that_it_lifts_its_upper_end():
    lifted = score(ASKED, {"ENT-01": answered(0)}, [floor("ENT-01")])
    assert words(explain_question(ASKED, lifted, "ENT-01"))["Interval"].endswith(
        "level 0 to 1, worth 0 to 0.25. The evidence lifts the upper end to 0.5."
    )


@pytest.mark.parametrize(
    ("responses", "start"),
    [
        ({}, "Nobody has answered this question, or the answer is: we do not know."),
        ({"ENT-01": UNKNOWN}, "Nobody has answered this question, or the answer is: we do not know."),
        (
            {"ENT-01": voted(2, None)},
            "2 votes: 2, and 1 × we do not know. "
            "At least as many do not know as name a level, so the question is unknown.",
        ),
        (
            {"ENT-01": voted(None, None)},
            "2 votes: 2 × we do not know. At least as many do not know as name a level, so the question is unknown.",
        ),
    ],
)
def test_an_unknown_question_says_why_and_what_it_counts(responses, start):
    steps = explain_question(ASKED, score(ASKED, responses), "ENT-01")
    assert steps[0].text == f"{start} It counts 0.75, so that hiding an answer never pays."
    assert steps[0].value == 0.75


# -- rules


def test_a_score_under_other_rules_is_explained_with_a_warning():
    older = score(ASKED, GIVEN, parameters=Parameters(critical_share=0.6))
    for steps in (
        explain_area(ASKED, older, "ENT"),
        explain_system(ASKED, older),
        explain_question(ASKED, older, "ENT-01"),
    ):
        assert steps[0].title == "Other rules"


def test_other_parameters_are_explained_with_their_own_numbers():
    other = Parameters(power=2.0, critical_share=0.6)
    said = words(explain_area(ASKED, score(ASKED, GIVEN, parameters=other), "DAT", parameters=other))
    assert "Other rules" not in said
    assert said["DAT-02"] == "Weight 7.5, debt 0.5 (between 0.25 and 0.75): 7.5 × 0.5^2 = 1.875."
    assert said["Root"].startswith("The root of degree 2 of ")
    assert "0.6 × " in said["Critical questions"]

"""Scores worked out by hand, one definition of docs/scoring.md at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checklists.checklist import SeverityClass
from scoring.score import (
    Contradiction,
    Hint,
    Parameters,
    Response,
    ResponseState,
    Scope,
    parameters_json,
    score,
    scoring_id,
)
from tests.scoring.builders import (
    NOT_APPLICABLE,
    SEVERITIES,
    UNKNOWN,
    answered,
    area,
    checklist,
    floor,
    levels,
    question,
    voted,
)


def near(value):
    return pytest.approx(value, abs=1e-12)


# -- one question

ONE = checklist(area("ENT", "M"))


def only(response=None, *floors, parameters=None):
    responses = {} if response is None else {"ENT-01": response}
    return score(ONE, responses, floors, parameters=parameters).questions["ENT-01"]


@pytest.mark.parametrize(
    ("response", "triple"),
    [
        pytest.param(answered(0), (0, 0, 0.25), id="a bare level 0"),
        pytest.param(answered(2), (0.5, 0.25, 0.75), id="a bare level 2 counts as one vote"),
        pytest.param(voted(2), (0.5, 0.25, 0.75), id="one vote is the same as a bare level"),
        pytest.param(voted(1, 3), (0.75, 0, 1), id="two votes: the worse one, one level each way beyond both"),
        pytest.param(voted(1, 1, 3), (0.25, 0.25, 0.75), id="three votes: their own spread"),
        pytest.param(voted(1, 1, 3, None), (0.25, 0.25, 0.75), id="one null among four is left out"),
        pytest.param(voted(1, None), (0.75, 0, 1), id="as many nulls as levels: unknown"),
        pytest.param(voted(), (0.75, 0, 1), id="no votes: unknown"),
        pytest.param(UNKNOWN, (0.75, 0, 1), id="we do not know"),
        pytest.param(None, (0.75, 0, 1), id="unanswered scores like unknown"),
        pytest.param(voted(0, 0, 1, level=3), (0.75, 0, 0.75), id="the facilitator's level with the votes' spread"),
        pytest.param(voted(None, None, level=3), (0.75, 0.5, 1), id="a level set where nobody knew"),
    ],
)
def test_a_question_has_debt_and_interval(response, triple):
    scored = only(response)
    assert (scored.debt, scored.low, scored.high) == triple


def test_a_settled_question_is_known_and_an_unknown_one_has_no_level():
    assert (only(voted(1, 1, 3)).known, only(voted(1, 1, 3)).level) == (True, 1)
    assert (only(voted(1, None)).known, only(voted(1, None)).level) == (False, None)


@pytest.mark.parametrize(
    ("response", "value", "triple"),
    [
        pytest.param(answered(0), 0.5, (0.5, 0, 0.5), id="a floor lifts debt and upper end, never the lower end"),
        pytest.param(answered(1), 0.5, (0.5, 0, 0.5), id="the upper end stays when it is at the floor"),
        pytest.param(answered(3), 0.5, (0.75, 0.5, 1), id="a floor below the answer changes nothing"),
        pytest.param(voted(0, 0, 0), 0.25, (0.25, 0, 0.25), id="agreed votes keep their lower end"),
        pytest.param(UNKNOWN, 0.5, (0.75, 0, 1), id="an unknown question stays at .75"),
        pytest.param(UNKNOWN, 0.9, (0.9, 0, 1), id="unless the floor is higher"),
    ],
)
def test_a_floor_lifts_the_debt_and_the_upper_end(response, value, triple):
    scored = only(response, floor("ENT-01", value))
    assert (scored.debt, scored.low, scored.high, scored.floor) == (*triple, value)


def test_of_several_floors_the_largest_counts():
    assert only(answered(0), floor("ENT-01", 0.25), floor("ENT-01", 0.5, "other")).debt == 0.5


@pytest.mark.parametrize("level", [-1, 5, True, 2.0, "2"])
def test_a_level_is_a_whole_number_0_to_4(level):
    with pytest.raises(ValueError, match="whole number 0 to 4"):
        Response(state=ResponseState.ANSWERED, level=level)
    with pytest.raises(ValueError, match="whole number 0 to 4"):
        Response(state=ResponseState.ANSWERED, votes=(level,))


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_floor_is_a_debt(value):
    with pytest.raises(ValueError, match="a floor is a debt 0 to 1"):
        floor("ENT-01", value)


# -- contradictions and hints


def test_a_floor_above_a_known_answer_contradicts_it():
    scored = score(ONE, {"ENT-01": answered(1)}, [floor("ENT-01", 0.5)])
    assert scored.contradictions == (
        Contradiction(
            question="ENT-01", signal="secrets-in-code", answered=0.25, floor=0.5, message="secrets-in-code seen"
        ),
    )
    assert scored.hints == ()


def test_a_floor_at_the_answer_is_no_contradiction():
    assert score(ONE, {"ENT-01": answered(2)}, [floor("ENT-01", 0.5)]).contradictions == ()


@pytest.mark.parametrize("responses", [{}, {"ENT-01": UNKNOWN}, {"ENT-01": voted(0, None)}])
def test_a_floor_without_an_answer_is_a_hint_and_no_contradiction(responses):
    scored = score(ONE, responses, [floor("ENT-01", 0.5)])
    assert scored.contradictions == ()
    assert scored.hints == (Hint(question="ENT-01", signal="secrets-in-code", message="secrets-in-code seen"),)


def test_floors_on_questions_that_do_not_apply_or_do_not_exist_are_ignored():
    scored = score(ONE, {"ENT-01": NOT_APPLICABLE}, [floor("ENT-01"), floor("XYZ-99")])
    assert (scored.contradictions, scored.hints, scored.questions) == ((), (), {})


# -- areas

# critical w 10 at level 1, high w 7.5 at level 2, medium w 5 at level 4, low w 2.5 unknown
MIXED = checklist(area("DAT", "C", "H", "M", "L"))
MIXED_ANSWERS = levels("DAT", 1, 2, 4, None)


def test_an_area_is_the_cube_mean_of_its_questions():
    # debts .25 .5 1 .75: 10*.015625 + 7.5*.125 + 5*1 + 2.5*.421875 = 7.1484375; / 25 = .2859375
    # lows  0 .25 .75 0:  7.5*.015625 + 5*.421875                    = 2.2265625; / 25 = .0890625
    # highs .5 .75 1 1:   10*.125 + 7.5*.421875 + 5 + 2.5            = 11.9140625; / 25 = .4765625
    # critical: .65 * .25 = .1625 and .65 * .5 = .325 lie below the means
    only_area = score(MIXED, MIXED_ANSWERS).areas[0]
    assert only_area.estimate.estimate == near(0.2859375 ** (1 / 3))  # .6588
    assert only_area.estimate.low == near(0.0890625 ** (1 / 3))  # .4466
    assert only_area.estimate.high == near(0.4765625 ** (1 / 3))  # .7811
    assert only_area.estimate.coverage == near(22.5 / 25)
    assert only_area.estimate.band == "D"
    assert only_area.counted == only_area.estimate.estimate
    assert only_area.worst == "DAT-03"  # 5 * 1 is the largest term


def test_the_worst_critical_question_is_a_floor_under_estimate_low_and_high_each():
    # ten questions, one critical at level 4 (w 2.5 here), nine at level 0 with w 10
    light = {
        **SEVERITIES,
        "C": SeverityClass(weight=2.5, loss_days=1, critical=True),
        "H": replace(SEVERITIES["H"], weight=10),
    }
    area_score = score(checklist(area("MON", "C", *"HHHHHHHHH"), severities=light), levels("MON", 4, *[0] * 9)).areas[0]
    # mean: (2.5 / 92.5)^(1/3) = .3001 < .65 * 1
    assert area_score.estimate.estimate == 0.65
    # low: the critical one at .75, the others 0: .2251 < .65 * .75 = .4875
    assert area_score.estimate.low == near(0.4875)
    # high: ((2.5 + 90 * .015625) / 92.5)^(1/3) = .3483 < .65
    assert area_score.estimate.high == 0.65
    assert area_score.worst == "MON-01"


def test_the_worst_question_is_the_critical_one_where_it_decides_although_another_weighs_more():
    # terms: critical 1 * 1 = 1, high 10 * .125 = 1.25; mean (2.25 / 211)^(1/3) = .22 < .65
    light = {"C": SeverityClass(weight=1, loss_days=1, critical=True), "H": replace(SEVERITIES["H"], weight=10)}
    many = score(checklist(area("MON", "C", *"H" * 21), severities=light), levels("MON", 4, 2, *[0] * 20)).areas[0]
    assert many.estimate.estimate == 0.65
    assert many.worst == "MON-01"


def test_without_any_debt_no_question_is_the_worst():
    assert score(MIXED, levels("DAT", 0, 0, 0, 0)).areas[0].worst is None


def test_not_applicable_questions_leave_the_area_and_its_weight():
    # H at level 0 and M at level 4 remain: (5 * 1 / 12.5)^(1/3)
    scored = score(MIXED, {**levels("DAT", None, 0, 4), "DAT-01": NOT_APPLICABLE, "DAT-04": NOT_APPLICABLE})
    assert scored.areas[0].estimate.estimate == near(0.4 ** (1 / 3))
    assert scored.areas[0].estimate.coverage == 1
    assert scored.areas[0].questions == ("DAT-02", "DAT-03")
    assert set(scored.questions) == {"DAT-02", "DAT-03"}


@pytest.mark.parametrize(
    ("severities", "given", "coverage", "rated"),
    [
        pytest.param("CCL", (2, 2, None), 20 / 22.5, True, id="above 80 %"),
        pytest.param("CCM", (2, 2, None), 0.8, True, id="exactly 80 % is enough"),
        pytest.param("CMM", (2, 2, None), 0.75, False, id="below 80 %"),
    ],
)
def test_a_band_needs_80_percent_of_the_weight_known(severities, given, coverage, rated):
    estimate = score(checklist(area("CFG", *severities)), levels("CFG", *given)).areas[0].estimate
    assert estimate.coverage == near(coverage)
    assert (estimate.band is not None) == rated
    assert estimate.estimate is not None


def test_a_system_of_which_exactly_80_percent_is_known_is_rated_although_its_sum_falls_a_hair_short():
    # coverages 1/2, 9/10 and 1 have the mean .8, which comes out as .7999999999999999 in floating point
    partly = checklist(area("CFG", "C", "C"), area("DAT", "C", "C", "L", "L"), area("ENT", "C"))
    answers = {**levels("CFG", 2, None), **levels("DAT", 2, 2, 2, None), **levels("ENT", 2)}
    system = score(partly, answers).system
    assert system.coverage < 0.8
    assert system.band is not None


# -- systems

TWO = checklist(area("ENT", "M"), area("DAT", "C", "H", "M", "L"))


def test_a_system_is_the_cube_mean_of_its_areas_with_equal_weight_whatever_their_length():
    # ENT: .5 (.25 to .75); DAT as above: cubes .2859375, .0890625, .4765625
    scored = score(TWO, {**MIXED_ANSWERS, "ENT-01": answered(2)})
    assert scored.system.estimate == near(((0.125 + 0.2859375) / 2) ** (1 / 3))  # .5901
    assert scored.system.low == near(((0.015625 + 0.0890625) / 2) ** (1 / 3))
    assert scored.system.high == near(((0.421875 + 0.4765625) / 2) ** (1 / 3))
    assert scored.system.coverage == near((1 + 0.9) / 2)
    assert scored.system.band == "C"
    assert scored.worst_area == "DAT"


def test_area_weights_count_in_debt_and_coverage():
    # ENT weighs 3: (3 * .125 + 1 * 1) / 4; coverage (3 * 1 + 1 * .5) / 4
    weighted = checklist(area("ENT", "M", weight=3), area("DAT", "M", "M"))
    scored = score(weighted, {"ENT-01": answered(2), "DAT-01": answered(4)})
    dat = (1 + 0.421875) / 2  # level 4 and unknown
    assert scored.system.estimate == near(((3 * 0.125 + dat) / 4) ** (1 / 3))
    assert scored.system.coverage == near(3.5 / 4)


def test_an_area_nobody_answered_is_not_rated_and_counts_75_with_anything_possible():
    scored = score(TWO, {"ENT-01": answered(0)})
    not_rated = scored.areas[1]
    assert (not_rated.estimate.estimate, not_rated.estimate.low, not_rated.estimate.high) == (None, 0, 1)
    assert (not_rated.estimate.coverage, not_rated.estimate.band, not_rated.counted) == (0, None, 0.75)
    assert scored.system.estimate == near((0.421875 / 2) ** (1 / 3))
    assert (scored.system.low, scored.system.high) == (0, near(((0.015625 + 1) / 2) ** (1 / 3)))
    assert scored.system.coverage == 0.5
    assert scored.worst_area is None  # ENT has no debt, DAT is not rated


def test_an_area_where_nothing_applies_is_absent_everywhere():
    away = {f"DAT-0{number}": NOT_APPLICABLE for number in range(1, 5)}
    scored = score(TWO, {**away, "ENT-01": answered(2)})
    assert [entry.id for entry in scored.areas] == ["ENT"]
    assert (scored.system.estimate, scored.system.coverage, scored.system.band) == (0.5, 1, "C")


def test_a_system_where_nothing_applies_owes_nothing_and_says_so():
    scored = score(ONE, {"ENT-01": NOT_APPLICABLE})
    assert (scored.areas, scored.questions, scored.worst_area) == ((), {}, None)
    assert (scored.system.estimate, scored.system.low, scored.system.high) == (None, 0, 0)
    assert (scored.system.coverage, scored.system.band, scored.system.applies) == (0, None, False)


def test_a_system_nobody_has_answered_is_not_rated_and_applies():
    scored = score(TWO, {})
    assert (scored.system.estimate, scored.system.low, scored.system.high) == (None, 0, 1)
    assert scored.system.applies


def test_of_two_equally_indebted_areas_the_first_by_name_is_called_worst():
    equal = checklist(area("TST", "M"), area("CFG", "M"))
    assert score(equal, {"TST-01": answered(3), "CFG-01": answered(3)}).worst_area == "CFG"


# -- scope

SCOPED = checklist(
    area("ENT", question("ENT-01", core=True), question("ENT-02", core=False)),
    area("FMD", question("FMD-01"), question("FMD-02", applies_when="agents"), applies_when="foundation_models"),
)


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        pytest.param(None, {"ENT-01", "ENT-02", "FMD-01", "FMD-02"}, id="without a scope everything is asked"),
        pytest.param(Scope(core_only=True), {"ENT-01", "FMD-01", "FMD-02"}, id="the core set"),
        pytest.param(Scope(switches=frozenset()), {"ENT-01", "ENT-02"}, id="no switch is on"),
        pytest.param(
            Scope(switches=frozenset({"foundation_models"})), {"ENT-01", "ENT-02", "FMD-01"}, id="area on, question off"
        ),
        pytest.param(
            Scope(switches=frozenset({"agents"})), {"ENT-01", "ENT-02"}, id="a question needs its area's switch, too"
        ),
    ],
)
def test_the_scope_decides_what_is_asked(asked, ids):
    assert set(score(SCOPED, {}, asked=asked).questions) == ids


def test_answers_outside_the_scope_change_nothing():
    narrow = Scope(core_only=True, switches=frozenset())
    assert score(SCOPED, levels("ENT", 1, 4), asked=narrow) == score(SCOPED, levels("ENT", 1), asked=narrow)


# -- rules


def test_the_scoring_id_changes_with_every_parameter_and_with_nothing_else():
    changed = [
        Parameters(power=2.0),
        Parameters(critical_share=0.6),
        Parameters(unknown=0.5),
        Parameters(values=(0.0, 0.2, 0.5, 0.75, 1.0)),
        Parameters(coverage_min=0.7),
        Parameters(band_limits=(0.1, 0.375, 0.625, 0.875)),
    ]
    assert len({scoring_id(parameters) for parameters in [Parameters(), *changed]}) == 7
    assert scoring_id(Parameters()) == score(ONE, {}).scoring_id == score(TWO, {}).scoring_id


def test_parameters_have_one_written_form():
    assert parameters_json(Parameters()) == (
        '{"band_limits":[0.125,0.375,0.625,0.875],"coverage_min":0.8,"critical_share":0.65,"power":3.0,'
        '"unknown":0.75,"values":[0.0,0.25,0.5,0.75,1.0]}'
    )


@pytest.mark.parametrize(
    "broken",
    [
        {"power": 0.5},
        {"power": float("nan")},
        {"critical_share": 1.1},
        {"unknown": -0.1},
        {"coverage_min": 2},
        {"values": (0, 0.5, 0.25, 0.75, 1)},
        {"values": (0.1, 0.25, 0.5, 0.75, 1)},
        {"values": (0, 0.5, 1)},
        {"band_limits": (0.5, 0.4, 0.6, 0.8)},
        {"band_limits": (0.5,)},
    ],
)
def test_parameters_that_break_a_promise_are_refused(broken):
    with pytest.raises(ValueError, match=next(iter(broken))):
        Parameters(**broken)


def test_other_parameters_are_used_everywhere():
    # power 1 is the plain mean: (10*.25 + 7.5*.4 + 5*1 + 2.5*.5) / 25
    other = Parameters(power=1.0, unknown=0.5, values=(0, 0.25, 0.4, 0.75, 1))
    assert score(MIXED, MIXED_ANSWERS, parameters=other).areas[0].estimate.estimate == near(11.75 / 25)


@pytest.mark.parametrize("weight", [0, -1, float("nan"), float("inf")])
def test_a_weight_that_is_not_above_zero_is_refused_with_its_place(weight):
    with pytest.raises(ValueError, match="area ENT: a weight must be above 0"):
        score(checklist(area("ENT", "M", weight=weight)), {})
    broken = {"M": SeverityClass(weight=weight, loss_days=1, critical=False)}
    with pytest.raises(ValueError, match="severity M: a weight must be above 0"):
        score(checklist(area("ENT", "M"), severities=broken), {})

"""A reader with a calculator can redo a priority and its tier from the words alone."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from scoring.explain_priority import explain_likely, explain_priority, explain_tier
from scoring.plan_terms import PlanParameters, TeamEstimate, ThreePoint, Tier
from scoring.priority import rank
from scoring.score import score
from tests.scoring.builders import NOT_APPLICABLE, UNKNOWN, answered, area, checklist, floor, levels, voted

FEW = PlanParameters(draws=300)
ASKED = checklist(area("ENT", "C", "H", "M", "L"), area("DAT", "C", "H", "M", "L"))
GIVEN = {
    **levels("ENT", 4, 3, 0, None),
    "DAT-01": voted(1, 2, 4),
    "DAT-02": voted(0, 1, level=3),
    "DAT-03": answered(0),
    "DAT-04": NOT_APPLICABLE,
}
SAID = {"ENT-02": TeamEstimate(question="ENT-02", effort=ThreePoint(low=2, likely=3, high=10))}
SCORED = score(ASKED, GIVEN, [floor("DAT-03", 0.5)])
RANKED = rank(ASKED, SCORED, parameters=FEW, estimates=SAID, targets={"ENT-01": 2})
CLOSE = 2e-4
SUM = r"([\d.()+×/ -]+) = (\d[\d.]*)"


def words(steps):
    return {step.title: step.text for step in steps}


def told(question_id, **options):
    return explain_priority(ASKED, SCORED, RANKED, question_id, **options)


def redo(text):
    """Each calculation in a text: (what the reader gets, what the text says)."""
    return [
        (eval(left.strip(" .").replace("×", "*")), float(right.rstrip(".")))  # our own words, digits and signs only
        for left, right in re.findall(SUM, text)
    ]


@pytest.mark.parametrize("question_id", [it.question for it in RANKED.priorities])
def test_every_sum_of_a_priority_comes_out_as_said_and_is_the_priority(question_id):
    found = RANKED.of(question_id)
    steps = told(question_id, estimates=SAID)
    done = [pair for step in steps for pair in redo(step.text)]
    assert len(done) >= 6
    for mine, said in done:
        assert mine == pytest.approx(said, rel=CLOSE)
    values = {step.title: step.value for step in steps}
    assert values["Cost"] == found.cost_days
    assert values["Interest"] == found.interest_days_per_quarter
    assert values["Benefit"] == found.benefit_days
    assert values["Ratio"] == found.ratio
    assert values["Break-even"] == found.break_even_quarters
    for title in ("Cost", "Interest", "Horizon", "Benefit", "Ratio", "Break-even"):
        assert redo(words(steps)[title])[-1][1] == pytest.approx(values[title], rel=CLOSE), title


def test_the_words_of_a_priority():
    said = words(told("ENT-02", estimates=SAID))
    assert said["Debt"] == "The answer is level 3, a debt of 0.75. The repayment takes it to level 0, a debt of 0."
    assert said["Effort"] == (
        "Your team says 2 to 10 days from the worst level to none, most likely 3: (2 + 4 × 3 + 10) / 6 = 4."
    )
    assert said["Cost"].endswith("overhead of 4 days: 4 × (0.6 + 0.4 × (0.75 - 0)) + 4 = 7.6 person-days.")
    assert said["Friction"] == "Class i2: 2 person-days of extra work a quarter at the worst level."
    assert "0.75 × 0.75 × (2 + 0.05 × 10) = 1.4062 person-days" in said["Interest"]
    assert said["Horizon"].endswith("Over 4 quarters: 1 + 1.05 + 1.1025 + 1.1576 = 4.3101.")


def test_a_higher_target_says_what_remains():
    said = words(told("ENT-01"))
    assert said["Interest avoided"] == "At level 2 0.75 of it would remain: 3 - 0.75 = 2.25."
    assert "Interest avoided" not in words(told("ENT-02"))


def test_where_the_debt_comes_from_is_said():
    assert words(told("ENT-04"))["Debt"].startswith("Nothing is known of it, so a debt of 0.75 is assumed: asking")
    assert words(told("DAT-03"))["Debt"].startswith("The answer is level 0, but the repository shows a debt of 0.5.")


def test_values_a_team_adopted_are_named_as_its_own():
    own = replace(ASKED.classes, effort_days={"M": 9})
    ranking = rank(ASKED, SCORED, parameters=FEW, classes=own)
    text = words(explain_priority(ASKED, SCORED, ranking, "ENT-02"))["Effort"]
    assert text == "Class M: 9 person-days from the worst level to none by your team's values, 5 by the checklist's."


def test_interest_at_its_cap_and_a_long_horizon_are_said():
    fast = replace(ASKED, classes=replace(ASKED.classes, growth={"s1": 0.5}))
    ranking = rank(fast, SCORED, parameters=replace(FEW, horizon_quarters=12))
    text = words(explain_priority(fast, SCORED, ranking, "ENT-02"))["Horizon"]
    assert "to at most 3 times today's" in text
    assert text.endswith("Over 12 quarters: 1 + 1.5 + 2.25 + 3 + 3 + 3 + 3 + … + 3 = 31.75.")


@pytest.mark.parametrize("explain", [explain_priority, explain_tier])
def test_what_is_not_in_the_ranking_says_why(explain):
    def why(question_id):
        (step,) = explain(ASKED, SCORED, RANKED, question_id)
        return step.text

    assert why("ENT-03").startswith("Its debt is 0, no more than at the level to reach")
    assert why("DAT-04").startswith("This question does not apply here")
    with pytest.raises(KeyError):
        why("XXX-01")


# -- tiers


@pytest.mark.parametrize("question_id", [it.question for it in RANKED.priorities])
def test_a_tier_follows_from_its_words(question_id):
    found = RANKED.of(question_id)
    said = words(explain_tier(ASKED, SCORED, RANKED, question_id))
    (mine, share), *_ = redo(said["Share of draws"])
    assert share == pytest.approx(mine, rel=CLOSE)
    assert share == pytest.approx(found.p_top5, abs=1e-4)
    tier = "now" if share >= 0.7 else "likely" if share >= 0.3 else "not now"
    assert said["Tier"].endswith(f": {tier}.")
    assert found.tier == tier
    assert f"number {found.rank_low} to {found.rank_high}." in said["Places"]


@pytest.mark.parametrize(
    ("question_id", "text"),
    [
        ("ENT-02", "one level beside in two: level 2 in 0.2, level 3 in 0.6, level 4 in 0.2 of the draws."),
        ("ENT-04", "Nothing is known, so each level is drawn alike: level 0 in 0.2, level 1 in 0.2,"),
        ("DAT-01", "Each of the 3 votes is drawn alike: level 1 in 0.33333, level 2 in 0.33333, level 4 in 0.33333"),
        ("DAT-02", "Three draws of five take the level that the facilitator set, two take the votes: level 0 in 0.2,"),
        ("DAT-03", "The debt is never below the 0.5 of the evidence."),
    ],
)
def test_what_is_drawn_for_a_question_is_said(question_id, text):
    assert text in words(explain_tier(ASKED, SCORED, RANKED, question_id))["Levels drawn"]


def test_days_said_by_a_team_are_drawn_closer_together():
    text = words(explain_tier(ASKED, SCORED, RANKED, "ENT-02"))["Days drawn"]
    assert "effort 4 ± 0.8 (said by your team), friction 2 ± 0.8 (of its class), loss 10 ± 4 (of its class)." in text


def test_a_tier_says_when_there_is_nothing_to_choose_from():
    scored = score(ASKED, {**dict.fromkeys(ASKED.questions, answered(0)), "ENT-01": answered(1)})
    ranking = rank(ASKED, scored, parameters=FEW)
    assert ranking.priorities[0].tier is Tier.NOW
    text = words(explain_tier(ASKED, scored, ranking, "ENT-01"))["Share of draws"]
    assert text.endswith("There are no more than 5 to repay, so each is among them.")


# -- likely ranges


def test_a_likely_range_says_what_was_drawn_and_what_it_lies_within():
    said = words(explain_likely(ASKED, SCORED, RANKED, "ENT"))
    assert said["Answers drawn"] == (
        "Questions with fewer than three votes: in two draws of five one level beside what was named (3); "
        "not known: each level is drawn alike (1)."
    )
    low, high = RANKED.likely["ENT"]
    assert f"5 of 100 lie below {low:.5g} and 5 of 100 above {high:.5g}." in said["Likely range"]
    assert "Each weight is drawn within 0.3 of itself" in said["Rules drawn"]
    assert "Likely range" in words(explain_likely(ASKED, SCORED, RANKED))


def test_an_estimate_above_its_likely_range_says_why():
    many = checklist(area("ENT", *"M" * 60), area("DAT", *"M" * 60))
    scored = score(many, {f"{name}-01": answered(0) for name in ("ENT", "DAT")} | {"ENT-02": UNKNOWN})
    ranking = rank(many, scored, parameters=FEW)
    assert scored.system.estimate > ranking.likely[""][1]
    text = words(explain_likely(many, scored, ranking))["Beside the estimate"]
    assert "lies above it. The estimate counts what is not known as heavy debt" in text


def test_where_nothing_counts_nothing_is_drawn():
    scored = score(ASKED, dict.fromkeys(ASKED.questions, NOT_APPLICABLE))
    ranking = rank(ASKED, scored, parameters=FEW)
    for place in ("", "ENT"):
        assert [step.title for step in explain_likely(ASKED, scored, ranking, place)] == ["Nothing drawn"]
    with pytest.raises(KeyError):
        explain_likely(ASKED, scored, ranking, "XXX")

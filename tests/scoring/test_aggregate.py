"""Each kind of aggregation on numbers worked out by hand, how what is missing counts, and the steps that explain it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from checklists.aggregation import (
    OURS,
    Aggregation,
    Counts,
    FirstMatch,
    Gate,
    Gates,
    Group,
    Match,
    Mean,
    MeanOfMeans,
    Missing,
    PowerMean,
    Sum,
    Worst,
)
from checklists.reader import PACKS, load_checklist
from scoring.aggregate import DEFAULTS, fitting, parameters_of
from scoring.document import score_document, score_from_document
from scoring.explain import explain_area, explain_question, explain_system
from scoring.readings import say
from scoring.score import Parameters, score, scoring_id
from tests.scoring.builders import NOT_APPLICABLE, UNKNOWN, answered, area, checklist, floor, levels, voted

ROOT = Path(__file__).parents[2]
STAGES, TABLE = (
    load_checklist(ROOT / "tests" / "checklists" / "samples" / "packs" / f"{name}.yaml")
    for name in ("staged-delivery", "use-and-reach")
)
#: ENT-01 weighs 10 and is critical, ENT-02 weighs 5, ENT-03 2.5.
ASKED = checklist(area("ENT", "C", "M", "L"))


def declaring(rule, *, values=OURS.values, **more):
    return replace(ASKED, aggregation=Aggregation(values=values, questions=rule, areas=Worst(), **more))


def debt_of(pack, responses, floors=()):
    return score(pack, responses, floors).areas[0].counted


# -- the kinds


@pytest.mark.parametrize(
    ("rule", "debt"),
    [
        # debts 1/2, 1 and 0 with weights 10, 5 and 2.5
        pytest.param(Mean(), (10 * 0.5 + 5 * 1) / 17.5, id="mean"),
        pytest.param(PowerMean(power=1), 10 / 17.5, id="power mean of degree 1"),
        pytest.param(PowerMean(power=2), ((10 * 0.25 + 5) / 17.5) ** 0.5, id="power mean of degree 2"),
        pytest.param(PowerMean(power=1, critical_share=0.9), 10 / 17.5, id="0.9 of the critical one is less"),
        pytest.param(Worst(), 1, id="worst"),
        pytest.param(Sum(full=20), 10 / 20, id="sum below full"),
        pytest.param(Sum(full=8), 1, id="sum beyond full is full"),
        pytest.param(
            MeanOfMeans(
                groups=(
                    Group(title="one", members=("ENT-01",)),
                    Group(title="two", members=("ENT-02", "ENT-03"), weight=3),
                )
            ),
            (0.5 + 3 * (5 / 7.5)) / 4,
            id="mean of means",
        ),
        pytest.param(
            Gates(
                gates=(
                    Gate(title="a", needs=(("ENT-01", 2),), debt=0.6),
                    Gate(title="b", needs=(("ENT-01", 1),), debt=0.3),
                )
            ),
            0.6,
            id="first gate passed, second not",
        ),
        pytest.param(
            Gates(
                gates=(
                    Gate(title="a", needs=(("ENT-02", 3),), debt=0.6),
                    Gate(title="b", needs=(("ENT-03", 1),), debt=0.3),
                ),
                start=0.9,
            ),
            0.9,
            id="a later gate does not count before the first",
        ),
        pytest.param(
            FirstMatch(
                matches=(
                    Match(title="a", when=(("ENT-01", (3, 4)),), debt=1),
                    Match(title="b", when=(("ENT-01", (2,)), ("ENT-02", (4,))), debt=0.8),
                    Match(title="c", when=(("ENT-02", (4,)),), debt=0.5),
                ),
                otherwise=0,
            ),
            0.8,
            id="the second line matches first",
        ),
        pytest.param(
            FirstMatch(matches=(Match(title="a", when=(("ENT-01", (3, 4)),), debt=1),), otherwise=0.2),
            0.2,
            id="no line matches",
        ),
    ],
)
def test_a_kind_gives_what_the_hand_gives_and_its_last_step_says_it(rule, debt):
    pack = declaring(rule)
    scored = score(pack, levels("ENT", 2, 4, 0))
    assert scored.areas[0].counted == pytest.approx(debt, abs=1e-12)
    steps = [step for step in explain_area(pack, scored, "ENT") if step.title not in {"Interval", "Coverage", "Band"}]
    numbers = [step.value for step in steps if step.value is not None]
    assert numbers[-1] == scored.areas[0].counted


@pytest.mark.parametrize("pack", [STAGES, TABLE, load_checklist(PACKS / "ml-test-score.yaml")], ids=lambda it: it.id)
def test_every_step_that_says_a_quotient_says_it_right(pack):
    responses = {
        name: answered(number % pack.level_count)
        for number, name in enumerate(pack.questions)
        if number % 5 != 4  # a fifth stays blank
    }
    scored = score(pack, responses)
    steps = [*explain_system(pack, scored)]
    for entry in pack.areas:
        steps += explain_area(pack, scored, entry.id)
    for name in pack.questions:
        steps += explain_question(pack, scored, name)
    quotients = [re.findall(r"([\d.]+) / ([\d.]+) = ([\d.]*\d)", step.text) for step in steps]
    for above, below, result in (found for each in quotients for found in each):
        assert float(above) / float(below) == pytest.approx(float(result), rel=2e-4)
    assert sum(map(len, quotients)) >= 2
    assert all(step.text and "nan" not in step.text.lower() for step in steps)


def test_gates_and_tables_say_what_they_looked_at():
    scored = score(STAGES, {**levels("DEP", 1, 1, 2), **levels("RUN", 1, 1)})
    said = [f"{step.title}: {step.text}" for step in explain_area(STAGES, scored, "DEP")]
    assert "Start: Before the first gate the debt is 1." in said
    assert (
        "Automated: DEP-01 may owe 0.3 (level 1) and owes 0.3; DEP-02 may owe 0.3 (level 1) and owes 0.3. "
        "Passed: the debt is 0.4." in said
    )
    assert any(line.startswith("Continuous: ") and line.endswith("Not passed: the debt stays 0.4.") for line in said)
    scored = score(TABLE, levels("USE", 1, 0, 0))
    said = [f"{step.title}: {step.text}" for step in explain_area(TABLE, scored, "USE")]
    assert "Advises about people: USE-01 must be at level 1 and stands at 1. It matches: the debt is 0.5." in said
    assert not any(line.startswith("Reaches many") for line in said), "lines after the one that matched are not tried"


def test_where_no_weight_is_looked_at_the_steps_of_a_question_say_so():
    stages = explain_question(STAGES, score(STAGES, levels("DEP", 1)), "DEP-01")[-1].text
    assert stages == "The rule of its area looks at no weight. In the coverage this question weighs 1."
    table = explain_question(TABLE, score(TABLE, levels("ACT", 1)), "ACT-01")[-1].text
    assert table == "In its area this question weighs 2. It is not critical."


def test_a_floor_between_two_levels_counts_as_the_worse_of_them_in_a_table():
    three = declaring(
        FirstMatch(matches=(Match(title="a", when=(("ENT-01", (1, 2)),), debt=1),), otherwise=0), values=(0.0, 0.5, 1.0)
    )
    assert debt_of(three, levels("ENT", 0, 0, 0)) == 0
    assert debt_of(three, levels("ENT", 0, 0, 0), [floor("ENT-01", 0.25)]) == 1


def test_the_system_is_combined_by_its_own_rule():
    given = {**levels("USE", 1, 0, 0), **levels("ACT", 2, 0, 1), **levels("DOC", 2, 1, 0, 2)}
    scored = score(TABLE, given)
    # ACT: (2 × 1 + 2 × 0 + 1 × 0.5) / 4; DOC: (2 × (1.5 / 3) + 1 × 1) / 3; the system by weights 1, 2 and 1
    assert [entry.counted for entry in scored.areas] == pytest.approx([0.5, 0.625, 2 / 3])
    assert scored.system.estimate == pytest.approx((0.5 + 2 * 0.625 + 2 / 3) / 4)


def test_stages_stand_at_the_weakest_area_and_are_said_in_their_unit():
    scored = score(STAGES, {**levels("DEP", 0, 0, 0), **levels("RUN", 2, 3)})
    assert [entry.counted for entry in scored.areas] == [0.1, 0.6]
    said = say(STAGES.aggregation.reading, scored.system)
    assert (said.value, said.words) == (40, "repeatable")
    assert [step.text for step in explain_system(STAGES, scored) if step.title.startswith("In ")] == [
        "No debt is 100 percent of the way, full debt 0: 100 + (0 - 100) × 0.6 = 40, repeatable. Between 0 and 40."
    ]


# -- what is missing


@pytest.mark.parametrize(
    ("missing", "triple"),
    [
        (Missing(counts=Counts.INTERVAL, debt=0.4), (0.4, 0.0, 1.0)),
        (Missing(counts=Counts.VALUE, debt=0.4), (0.4, 0.4, 0.4)),
        (Missing(counts=Counts.TARGET, level=1), (0.25, 0.25, 0.25)),
    ],
)
@pytest.mark.parametrize("kind", ["unknown", "blank", "not_applicable"])
def test_what_is_missing_counts_as_declared(missing, triple, kind):
    pack = declaring(Mean(), **{kind: missing})
    given = levels("ENT", None, 0, 0)
    given |= {"unknown": {"ENT-01": UNKNOWN}, "blank": {}, "not_applicable": {"ENT-01": NOT_APPLICABLE}}[kind]
    scored = score(pack, given)
    question = scored.questions["ENT-01"]
    assert (question.debt, question.low, question.high) == triple
    assert (question.known, question.applies) == ((True, False) if kind == "not_applicable" else (False, True))
    assert scored.areas[0].counted == pytest.approx(10 * triple[0] / 17.5)
    assert explain_question(pack, scored, "ENT-01")[0].value == triple[0]


def test_what_is_left_out_counts_in_no_number_but_the_coverage():
    pack = declaring(Mean(), unknown=Missing(counts=Counts.EXCLUDE))
    scored = score(pack, levels("ENT", None, 4, 0) | {"ENT-01": UNKNOWN})
    assert scored.areas[0].counted == 5 / 7.5
    assert scored.areas[0].estimate.coverage == 7.5 / 17.5
    assert scored.questions["ENT-01"].left_out
    texts = [step.text for step in explain_area(pack, scored, "ENT")]
    assert texts[0] == "Nothing is known, and the checklist leaves it out of every number."
    assert "leaves it out of every number" in explain_question(pack, scored, "ENT-01")[0].text


def test_blank_and_unknown_may_count_differently():
    pack = declaring(Mean(), unknown=Missing(counts=Counts.VALUE, debt=1), blank=Missing(counts=Counts.VALUE, debt=0.5))
    scored = score(pack, {"ENT-01": UNKNOWN, "ENT-02": voted(None, None)})
    assert [scored.questions[f"ENT-0{number}"].debt for number in (1, 2, 3)] == [1, 1, 0.5]


@pytest.mark.parametrize("pack", [STAGES, TABLE, declaring(Mean(), unknown=Missing(counts=Counts.EXCLUDE))])
def test_nothing_known_is_not_rated_and_nothing_applying_is_said_so(pack):
    unknown = score(pack, dict.fromkeys(pack.questions, UNKNOWN))
    assert (unknown.system.estimate, unknown.system.band, unknown.system.coverage) == (None, None, 0)
    assert unknown.system.high > 0, "not rated is not the same as not applicable"
    nothing = score(pack, dict.fromkeys(pack.questions, NOT_APPLICABLE))
    if pack.aggregation.not_applicable.counts is Counts.EXCLUDE:
        assert not nothing.system.applies
    else:
        assert nothing.system.estimate == nothing.system.low == nothing.system.high
    for scored in (unknown, nothing):
        assert explain_system(pack, scored)
        assert score_from_document(score_document(scored, pack)) == scored


# -- the scale


def test_a_level_above_the_scale_is_refused_with_the_scale():
    three = declaring(Mean(), values=(0.0, 0.5, 1.0))
    with pytest.raises(ValueError, match=r"ENT-01: level 3 is above the scale of this checklist, 0 to 2"):
        score(three, levels("ENT", 3))
    with pytest.raises(ValueError, match="ENT-02: level 4 is above"):
        score(three, {"ENT-02": voted(0, 4, 1)})


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_intervals_are_clipped_to_the_scale_of_the_checklist(count):
    values = tuple(number / (count - 1) for number in range(count))
    pack = declaring(Mean(), values=values)
    scored = score(pack, {"ENT-01": answered(count - 1), "ENT-02": answered(0), "ENT-03": voted(count - 1, 0)})
    ends = {name: (it.low, it.high) for name, it in scored.questions.items()}
    assert ends == {"ENT-01": (values[-2], 1.0), "ENT-02": (0.0, values[1]), "ENT-03": (0.0, 1.0)}


# -- parameters


def test_what_a_pack_declares_wins_over_parameters_given_for_our_own_method():
    other = Parameters(power=2.0)
    assert fitting(ASKED, other) is other
    assert fitting(STAGES, other) == parameters_of(STAGES)
    assert fitting(ASKED, parameters_of(STAGES)) is DEFAULTS
    assert score(STAGES, levels("DEP", 1, 1, 1), parameters=other) == score(STAGES, levels("DEP", 1, 1, 1))


def test_a_declaration_is_in_the_hash_of_the_checklist_and_not_in_the_id_of_the_rules():
    assert scoring_id(parameters_of(STAGES)) == scoring_id(DEFAULTS)
    assert scoring_id(Parameters(power=2.0)) != scoring_id(DEFAULTS)
    assert score(STAGES, {}).scoring_id == score(ASKED, {}).scoring_id


def test_our_own_declaration_and_the_parameters_say_the_same():
    ours, numbers = OURS, Parameters()
    assert ours.questions == PowerMean(power=numbers.power, critical_share=numbers.critical_share)
    assert ours.areas == PowerMean(power=numbers.power)
    assert (ours.values, ours.coverage_min, ours.unknown.debt) == (
        numbers.values,
        numbers.coverage_min,
        numbers.unknown,
    )
    declared = Parameters(declared=ours)
    assert score(ASKED, levels("ENT", 1, 2, 4)) == score(ASKED, levels("ENT", 1, 2, 4), parameters=declared)


# -- the engine


def test_the_engine_names_no_model():
    """Every title word of a pack that comes with the program, or of a well-known model, stays out of the engine."""
    packs = [load_checklist(path) for path in sorted(PACKS.glob("*.yaml"))]
    names = {word for pack in packs for word in (pack.id, pack.title.lower())} - {"ml-debt"}
    names |= {"test score", "breck", "sqale", "scorecard", "samm", "cmm", "eu ai act", "test_score"}
    engine = [ROOT / "scoring" / f"{name}.py" for name in ("aggregate", "score", "readings", "explain_rules", "terms")]
    engine += [ROOT / "checklists" / f"{name}.py" for name in ("aggregation", "declared", "soundness", "fields")]
    for path in engine:
        text = path.read_text(encoding="utf-8").lower()
        assert not [name for name in names if re.search(rf"\b{re.escape(name)}\b", text)], path.name

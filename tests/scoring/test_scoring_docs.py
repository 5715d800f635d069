"""The numbers of docs/scoring.md, and of the worked example beside it, are what the program computes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from scoring.bands import BAND_WORDS, BANDS, band_limits
from scoring.compare import SMALLEST_DETECTABLE_CHANGE
from scoring.interest import cost_days, horizon_factor, interest_over_horizon, interest_per_quarter
from scoring.plan_terms import PlanParameters, Price
from scoring.score import Parameters, score
from scoring.trend import LINE_POINTS_MIN
from scoring.weigh import FLOORS
from tests.scoring.builders import (
    NOT_APPLICABLE,
    SEVERITIES,
    UNKNOWN,
    answered,
    area,
    checklist,
    floor,
    question,
    voted,
)

HOUSE = Path(__file__).parents[2]
TEXT = (HOUSE / "docs" / "scoring.md").read_text(encoding="utf-8")
WORKED = (HOUSE / "docs" / "scoring-example.md").read_text(encoding="utf-8")
EXAMPLE = WORKED.partition("## From the votes to the system")[2].partition("\n## ")[0]


def table(text):
    lines = [line for line in text.splitlines() if line.startswith("|") and not line.startswith("|---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def response(given):
    kind, *levels = given.split()
    if kind == "level":
        return answered(int(levels[0]))
    if kind == "votes":
        return voted(*(int(level) for level in levels))
    return {"unknown": UNKNOWN, "not": NOT_APPLICABLE}[kind]


ROWS = [row for row in table(EXAMPLE) if re.fullmatch(r"[A-Z]{3}-\d\d", row[0])]
RESULTS = dict(row for row in table(EXAMPLE) if len(row) == 2 and row[0])
SCORED = score(
    checklist(area("DAT", *(question(row[0], row[1]) for row in ROWS))),
    {row[0]: response(row[3]) for row in ROWS},
    [floor(row[0], float(row[4])) for row in ROWS if row[4]],
)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_question_of_the_example_is_what_the_program_computes(row):
    assert float(row[2]) == SEVERITIES[row[1]].weight
    if row[3] == "not applicable":
        assert row[0] not in SCORED.questions
        return
    scored = SCORED.questions[row[0]]
    assert [scored.debt, scored.low, scored.high] == [float(cell) for cell in row[5:]]


def test_the_area_of_the_example_is_what_the_program_computes():
    estimate = SCORED.areas[0].estimate
    for name in ("estimate", "low", "high", "coverage"):
        assert float(RESULTS[name]) == pytest.approx(getattr(estimate, name), abs=5e-6)
    assert RESULTS["band"] == estimate.band
    assert len(SCORED.contradictions) == 1


def test_every_sum_in_the_example_adds_up():
    plain = EXAMPLE.replace("×", "*").replace("\n     ", " ")
    sums = re.findall(r"=\s+([\d.+* ]+?)\s+=\s+(?:([\d.+* ]+?)\s+=\s+)?([\d.]+)\s*(?:$|\n|,)", plain)
    assert len(sums) >= 3
    for first, second, result in sums:
        for term in filter(None, (first, second)):
            assert _product_sum(term) == pytest.approx(float(result)), term
    ratio, root = re.search(r"cube root of ([\d.]+) = ([\d.]+)", plain).groups()
    assert float(ratio) ** (1 / 3) == pytest.approx(float(root), abs=5e-6)
    assert _product_sum(re.search(r"upper end: ([\d.+* ]+) =", plain)[1]) / 32.5 == pytest.approx(0.57932692, abs=5e-9)


def _product_sum(text):
    total = 0.0
    for term in text.split("+"):
        product = 1.0
        for factor in term.split("*"):
            product *= float(factor)
        total += product
    return total


def test_the_tables_of_levels_bands_and_floors_are_those_of_the_program():
    rows = {row[0]: row[1:] for row in table(TEXT)}
    assert tuple(float(cell) for cell in rows["debt"]) == Parameters().values
    assert tuple(rows["band"]) == BANDS
    assert tuple(float(cell) for cell in rows["debt up to"]) == (*band_limits, 1)
    assert rows["in words"] == [BAND_WORDS[letter] for letter in BANDS]
    assert [float(rows[key][0]) for key in rows if key.startswith("a ") and rows[key][0][0] == "0"] == list(
        FLOORS.values()
    )


def test_the_numbers_in_the_text_are_those_of_the_program():
    parameters = Parameters()
    assert f"counts **{parameters.unknown}** in the estimate" in TEXT
    assert f"at least {parameters.critical_share} × the debt" in TEXT
    assert f"Below {parameters.coverage_min:.0%}".replace("%", " %") in TEXT
    assert f"more than **{SMALLEST_DETECTABLE_CHANGE}**" in TEXT
    assert LINE_POINTS_MIN == 5
    assert "from five rated quarters on" in TEXT


REPAYMENT = WORKED.partition("## The repayment of DAT-02")[2].partition("\n## ")[0]


def test_the_repayment_of_the_example_is_what_the_program_computes():
    of = dict(
        re.findall(r"^    (\w+) += (?:.+ = )?([\d.]+)(?: days| days a quarter)?(?:;.*)?$", REPAYMENT, re.MULTILINE)
    )
    parameters = PlanParameters()
    price = Price(question="DAT-02", effort_days=8, friction_days=3, loss_days=25, growth=0.15)
    assert float(of["interest"]) == interest_per_quarter(0.5, price, parameters)
    assert float(of["horizon"]) == pytest.approx(horizon_factor(0.15, parameters))
    assert float(of["benefit"]) == pytest.approx(interest_over_horizon(0.5, price, parameters), abs=5e-5)
    assert float(of["cost"]) == pytest.approx(cost_days(0.5, 0, price, parameters))
    ratio, quarters = re.search(r"ratio .* = ([\d.]+); .* = ([\d.]+) quarters", REPAYMENT).groups()
    assert float(ratio) == pytest.approx(float(of["benefit"]) / float(of["cost"]), abs=5e-6)
    assert float(quarters) == pytest.approx(float(of["cost"]) / float(of["interest"]), abs=5e-5)


def test_the_numbers_of_planning_in_the_text_are_those_of_the_program():
    parameters = PlanParameters()
    base, rest = parameters.base_share, round(1 - parameters.base_share, 9)
    for said in (
        f"I = d² × (friction + {parameters.hazard} × loss)",
        f"to at most {parameters.growth_max:g} times",
        f"effort × ({base} + {rest} × (d - d')) + {parameters.overhead_days:g}.",
        f"{parameters.draws:,} times with a fixed seed",
        f"weights ± {parameters.weight_spread:.0%};".replace("%", " %"),
        f"the debts of levels 1 to 3 ± {parameters.value_spread}",
        f"coefficient of variation {parameters.class_cv}, or {parameters.team_cv} where",
        f"**now** from {parameters.now_min:.0%}, **likely** from {parameters.likely_min:.0%}".replace("%", " %"),
    ):
        assert said in TEXT.replace("\n", " "), said


def test_the_table_of_doubts_is_what_was_measured():
    measured = json.loads((HOUSE / "benchmarks" / "results" / "How sure a ranking is.json").read_text(encoding="utf-8"))
    figures = {row["what"]: row["figure"] for row in measured}
    doubts = TEXT.partition("| doubted |")[2].partition("\n\n")[0]
    rows = [row for row in table(doubts) if len(row) == 3 and row[0] and re.fullmatch(r"[\d.]+", row[1])]
    kept = [round(value, 2) for what, value in figures.items() if what.endswith("kept in a draw")]
    now = [round(value, 2) for what, value in figures.items() if what.endswith("in the tier now")]
    assert [(float(row[1]), float(row[2])) for row in rows] == list(zip(kept, now, strict=True))

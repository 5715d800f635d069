"""The five bands, closed on the right, and an estimate in words."""

from __future__ import annotations

from math import inf, nan, nextafter

import pytest

from scoring.bands import BAND_WORDS, BANDS, band, band_limits, describe
from scoring.score import Estimate


def test_every_limit_belongs_to_the_band_it_closes():
    assert band_limits == (0.125, 0.375, 0.625, 0.875)
    assert [band(limit) for limit in band_limits] == ["A", "B", "C", "D"]
    assert [band(nextafter(limit, inf)) for limit in band_limits] == ["B", "C", "D", "E"]


def test_every_answer_at_level_k_is_band_k():
    assert [band(value) for value in (0, 0.25, 0.5, 0.75, 1)] == list(BANDS)


def test_every_band_has_words():
    assert tuple(BAND_WORDS) == BANDS


@pytest.mark.parametrize("value", [-0.01, 1.01, nan, inf])
def test_a_number_that_is_no_debt_has_no_band(value):
    with pytest.raises(ValueError, match="a debt is 0 to 1"):
        band(value)


@pytest.mark.parametrize(
    ("estimate", "low", "high", "coverage", "letter", "words"),
    [
        pytest.param(0.5, 0.3, 0.7, 1.0, "C", "C (B-D)", id="an interval over several bands is shown"),
        pytest.param(0.5, 0.4, 0.6, 1.0, "C", "C", id="an interval inside one band is not"),
        pytest.param(0.5, 0.3, 0.7, 0.629, None, "not rated, 62 % known", id="too little known"),
        pytest.param(0.5, 0.3, 0.7, 0.7999, None, "not rated, 79 % known", id="never rounded up to the gate"),
        pytest.param(None, 0.0, 1.0, 0.0, None, "not rated", id="nothing known"),
        pytest.param(None, 0.0, 0.0, 0.0, None, "not applicable", id="nothing applies"),
    ],
)
def test_an_estimate_is_described_in_a_few_words(estimate, low, high, coverage, letter, words):
    assert describe(Estimate(estimate=estimate, low=low, high=high, coverage=coverage, band=letter)) == words

"""The five bands A..E of a debt between 0 and 1: limits, words, and how an estimate is put in words."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.terms import Estimate, Parameters

BANDS = ("A", "B", "C", "D", "E")
BAND_WORDS = {
    "A": "little debt",
    "B": "some debt",
    "C": "considerable debt",
    "D": "heavy debt",
    "E": "very heavy debt",
}
band_limits: tuple[float, ...] = Parameters().band_limits  #: upper ends of A..D, each belongs to its band


def band(value: float, limits: Sequence[float] = band_limits) -> str:
    """The band of a debt 0..1: A <= .125 < B <= .375 < C <= .625 < D <= .875 < E.

    The limits are the midpoints between the levels' values, so "every answer at level k" is band k. Raises
    ValueError outside 0..1.
    """
    if not 0 <= value <= 1:
        raise ValueError(f"a debt is 0 to 1, not {value!r}")
    for letter, limit in zip(BANDS, limits, strict=False):
        if value <= limit:
            return letter
    return BANDS[-1]


def describe(estimate: Estimate, limits: Sequence[float] = band_limits) -> str:
    """An estimate in a few words: "C (B-D)", "C", "not rated, 62 % known", "not rated" or "not applicable"."""
    if not estimate.applies:
        return "not applicable"
    if estimate.estimate is None:
        return "not rated"
    if estimate.band is None:
        return f"not rated, {int(estimate.coverage * 100)} % known"
    low, high = band(estimate.low, limits), band(estimate.high, limits)
    return estimate.band if low == high else f"{estimate.band} ({low}-{high})"

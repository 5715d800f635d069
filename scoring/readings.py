"""A debt said in the unit a model was published in: points, marks or stages, with the words of its bands."""

from __future__ import annotations

from dataclasses import dataclass

from checklists.aggregation import Reading
from scoring.terms import Estimate

DECIMALS = 9  #: 5 points are 5 and lie in the band that ends there, whatever thirds and sevenths did on the way


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An estimate in a published unit, `low <= value <= high`."""

    unit: str
    value: float
    low: float
    high: float
    words: str | None  #: of the band; None where no band is given: too little known, or the model has none


def say(reading: Reading | None, estimate: Estimate) -> Said | None:
    """The estimate in the unit of the checklist; None where it declares no unit, or nothing is known or applies."""
    if reading is None or estimate.estimate is None:
        return None
    value = in_unit(reading, estimate.estimate)
    low, high = sorted((in_unit(reading, estimate.low), in_unit(reading, estimate.high)))
    words = band_words(reading, value) if estimate.band is not None else None
    return Said(unit=reading.unit, value=value, low=low, high=high, words=words)


def in_unit(reading: Reading, debt: float) -> float:
    """A debt 0..1 in the unit, on the straight line from `no_debt` to `full_debt`, to DECIMALS decimals."""
    return round(reading.no_debt + (reading.full_debt - reading.no_debt) * debt, DECIMALS)


def band_words(reading: Reading, value: float) -> str | None:
    """The words of the band a value in the unit lies in, its upper limit included; None without bands."""
    for band in reading.bands:
        if band.up_to is None or value <= band.up_to:
            return band.words
    return None

"""How far raters agree: per question van der Eijk's A, range and state; over all questions Krippendorff's alpha.

Sources: K. Krippendorff, "Content Analysis" (4th edition 2018, chapter 12, reliability data with missing values);
C. van der Eijk, "Measuring agreement in ordered rating scales" (Quality & Quantity 35, 2001). Both are written anew
from these definitions: the packages at hand are GPL or lack the ordinal metric.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

DRAWS = 2_000
SEED = 20_150_101
CONFIDENCE = 0.95
DEFINED_SHARE_MIN = 0.5  #: of the draws, or there is no interval: too few of them hold any difference at all
RANGE_AGREED_MAX = 1
RANGE_SPLIT_MIN = 3

Vote = int | None
_Matrix = NDArray[np.float64]


class Metric(StrEnum):
    """What counts as how far apart two levels are. Ours are ordered, so `ordinal` is the one to read."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


class AgreementState(StrEnum):
    """What a team does with a question after the votes are open."""

    AGREED = "agreed"  #: at most one level apart
    SPREAD = "spread"  #: two levels apart
    SPLIT = "split"  #: three or more, or two camps (A below 0): talk before anything else
    TOO_FEW = "too_few"  #: fewer than two votes name a level


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAgreement:
    """The votes on one question."""

    id: str
    votes: int  #: that name a level
    a: float | None  #: van der Eijk's A, -1 (two camps at the ends) to 1 (all alike); None without two votes
    range: int | None  #: levels between the lowest and the highest vote
    state: AgreementState


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The votes of a session. Alpha is 1 for full agreement, 0 for what chance gives, below 0 for opposition."""

    raters: int
    alpha: Mapping[Metric, float | None]  #: None: not defined, because all votes are equal or nobody met
    low: float | None  #: of the ordinal alpha, 95 % of draws of questions with replacement
    high: float | None
    pairs_within_one: float | None  #: share of pairs of votes on one question at most one level apart
    questions: tuple[QuestionAgreement, ...]

    @property
    def all_equal(self) -> bool:
        """Whether alpha is not defined although people voted: full agreement."""
        return self.pairs_within_one is not None and self.alpha[Metric.NOMINAL] is None


def agreement(
    votes: Mapping[str, Sequence[Vote]], *, levels: tuple[int, int], draws: int = DRAWS, seed: int = SEED
) -> Agreement:
    """The agreement on `votes`: question -> one vote a rater, None where there is none, the same raters in each.

    `levels` is the scale, lowest and highest level included. The same votes and seed give the same numbers.
    Raises ValueError for a vote beside the scale and for questions with different numbers of raters.
    """
    low, high = levels
    raters = {len(given) for given in votes.values()}
    if len(raters) > 1:
        raise ValueError(f"questions with {min(raters)} and with {max(raters)} raters")
    for question_id, given in votes.items():
        for vote in given:
            if vote is not None and not low <= vote <= high:
                raise ValueError(f"{question_id}: {vote} is not on the scale from {low} to {high}")
    scale = range(low, high + 1)
    tables = [Counter(vote for vote in given if vote is not None) for given in votes.values()]
    counts = np.array([[table[level] for level in scale] for table in tables], dtype=np.float64).reshape(-1, len(scale))
    pairable = counts[counts.sum(axis=1) >= 2]
    coincidences = _coincidences(pairable)
    whole: _Matrix = coincidences.sum(axis=0)
    interval = _bootstrap(coincidences, draws=draws, seed=seed)
    return Agreement(
        raters=max(raters, default=0),
        alpha={metric: _alpha(whole, _distances(metric, whole.sum(axis=1), low)) for metric in Metric},
        low=interval[0] if interval else None,
        high=interval[1] if interval else None,
        pairs_within_one=_within_one(pairable),
        questions=tuple(_question(question_id, row) for question_id, row in zip(votes, counts, strict=True)),
    )


# -- Krippendorff's alpha --
def _coincidences(counts: _Matrix) -> NDArray[np.float64]:
    """Per question the matrix o_ck: pairs of levels (c, k) given by two raters, over the number of the others."""
    total = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :]
    diagonal = np.arange(counts.shape[1])
    pairs[:, diagonal, diagonal] -= counts
    return np.asarray(pairs / (total - 1)[:, None, None])


def _distances(metric: Metric, margins: NDArray[np.float64], low: int) -> _Matrix:
    """The squared distance of each two levels. The ordinal one goes by how often the levels between them are used."""
    count = margins.shape[-1]
    level = np.arange(low, low + count, dtype=np.float64)
    match metric:
        case Metric.NOMINAL:
            return np.asarray(1.0 - np.eye(count))
        case Metric.INTERVAL:
            return np.asarray((level[:, None] - level[None, :]) ** 2)
        case Metric.RATIO:
            sums = level[:, None] + level[None, :]
            return np.asarray(
                np.divide(level[:, None] - level[None, :], sums, out=np.zeros_like(sums), where=sums != 0) ** 2
            )
        case Metric.ORDINAL:
            upto = np.cumsum(margins, axis=-1)
            middle = upto - margins / 2  # half of a level's own votes lie below its middle
            return np.asarray((middle[..., :, None] - middle[..., None, :]) ** 2)


def _alpha(coincidences: _Matrix, distances: _Matrix) -> float | None:
    margins = coincidences.sum(axis=1)
    total = float(margins.sum())
    expected = float((margins[:, None] * margins[None, :] * distances).sum())
    if expected <= 0.0:
        return None
    return 1.0 - (total - 1.0) * float((coincidences * distances).sum()) / expected


def _bootstrap(coincidences: NDArray[np.float64], *, draws: int, seed: int) -> tuple[float, float] | None:
    """95 % of the ordinal alphas of questions drawn with replacement; None when too few draws define one.

    Questions are what is drawn: with another ten questions of the kind, alpha would lie somewhere here.
    """
    units = len(coincidences)
    if units < 2:
        return None
    generator = np.random.default_rng(seed)
    times = generator.multinomial(units, np.full(units, 1 / units), size=draws).astype(np.float64)
    drawn = np.tensordot(times, coincidences, axes=1)
    margins = drawn.sum(axis=2)
    distances = _distances(Metric.ORDINAL, margins, 0)
    observed = (drawn * distances).sum(axis=(1, 2))
    expected = (margins[:, :, None] * margins[:, None, :] * distances).sum(axis=(1, 2))
    defined = expected > 0
    if defined.sum() < DEFINED_SHARE_MIN * draws:
        return None
    alphas = 1 - (margins.sum(axis=1)[defined] - 1) * observed[defined] / expected[defined]
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(alphas, [tail, 1 - tail])
    return float(low), float(high)


def _within_one(counts: _Matrix) -> float | None:
    """The share of pairs of votes on one question that are at most one level apart."""
    if not len(counts):
        return None
    same = (counts * (counts - 1) / 2).sum()
    beside = (counts[:, :-1] * counts[:, 1:]).sum()
    total = counts.sum(axis=1)
    return float((same + beside) / (total * (total - 1) / 2).sum())


# -- one question --
def _question(question_id: str, row: NDArray[np.float64]) -> QuestionAgreement:
    table = [int(count) for count in row]
    used = [place for place, count in enumerate(table) if count]
    if sum(table) < 2:
        return QuestionAgreement(id=question_id, votes=sum(table), a=None, range=None, state=AgreementState.TOO_FEW)
    a, apart = van_der_eijk(table), used[-1] - used[0]
    if apart >= RANGE_SPLIT_MIN or a < 0:
        state = AgreementState.SPLIT
    else:
        state = AgreementState.AGREED if apart <= RANGE_AGREED_MAX else AgreementState.SPREAD
    return QuestionAgreement(id=question_id, votes=sum(table), a=a, range=apart, state=state)


def van_der_eijk(counts: Sequence[int]) -> float:
    """Van der Eijk's A of how often each level was given: -1 .. 1. Raises ValueError without a vote.

    The counts are peeled into layers of equal height; each layer is a pattern of used and unused levels with an
    agreement of its own, weighted by the votes in it.
    """
    left, total, result = list(counts), sum(counts), 0.0
    if total <= 0 or min(counts) < 0:
        raise ValueError("no votes to agree on")
    while any(left):
        pattern = [count > 0 for count in left]
        height = min(count for count in left if count)
        result += height * sum(pattern) / total * _pattern_agreement(pattern)
        left = [count - height if count else 0 for count in left]
    return result


def _pattern_agreement(pattern: Sequence[bool]) -> float:
    """A of a layer: U (how far the used levels lie together) times how few of the levels are used."""
    levels, used = len(pattern), sum(pattern)
    if used == 1:
        return 1.0
    together = apart = 0
    for first, second, third in combinations(pattern, 3):
        together += (first, second, third) in ((True, True, False), (False, True, True))
        apart += (first, second, third) == (True, False, True)
    if together + apart == 0:
        return 0.0  # every level is used, or there are no three
    unimodality = ((levels - 2) * together - (levels - 1) * apart) / ((levels - 2) * (together + apart))
    return unimodality * (1 - (used - 1) / (levels - 1))

"""How the votes on one question settle: the consensus level and the interval of levels around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from scoring.terms import LEVEL_MAX

SPREAD_FROM = 3  #: with fewer levels than this the spread of the votes says nothing, so one level each way is assumed
SETTLED_SHARE = 3  #: of five, how often a single answer is taken at its word when levels are drawn; one each goes
BESIDE_SHARE = 1  #: a level lower and a level higher
_REMEMBERED = 1 << 14  #: five voters can vote in 7,776 ways, so a portfolio meets the same votes again and again


@dataclass(frozen=True, slots=True, kw_only=True)
class Consensus:
    """How the votes on one question settled, with their spread."""

    level: int | None  #: None = we do not know
    low: int
    high: int
    votes: tuple[int | None, ...]  #: sorted, "we do not know" last


@lru_cache(maxsize=_REMEMBERED)
def consensus(votes: tuple[int | None, ...], set_level: int | None = None, level_max: int = LEVEL_MAX) -> Consensus:
    """The votes with `settle` and `interval` applied; `set_level` is a facilitator's override.

    Raises ValueError for a level above `level_max`, the last one of the checklist.
    """
    level = settle(votes) if set_level is None else set_level
    above = max((given for given in (*votes, level) if given is not None), default=0)
    if above > level_max:
        raise ValueError(f"level {above} is above the scale of this checklist, 0 to {level_max}")
    low, high = (0, level_max) if level is None else interval(votes, level, level_max)
    return Consensus(level=level, low=low, high=high, votes=in_order(votes))


def settle(votes: Sequence[int | None]) -> int | None:
    """The upper median of the votes, or None when at least as many say "we do not know" (None) as name a level.

    Upper median: of an even number of votes the worse of the two middle ones. No votes at all is None, too.
    """
    levels = sorted(vote for vote in votes if vote is not None)
    if len(votes) - len(levels) >= len(levels):
        return None
    return levels[len(levels) // 2]


def interval(votes: Sequence[int | None], settled: int, level_max: int = LEVEL_MAX) -> tuple[int, int]:
    """The lowest and highest believable level around a settled level, `low <= settled <= high`.

    Fewer than three levels: one level beyond the lowest and the highest of them, within 0..`level_max`. Three or more:
    their 10 % and 90 % quantiles, `sorted[ceil(.1 n) - 1]` and `sorted[ceil(.9 n) - 1]`. Either way joined with
    `settled`, which differs from the votes' own median when a facilitator set it. "We do not know" (None) is left
    out; a settled level without any vote counts as one vote for it.
    """
    levels = sorted(vote for vote in votes if vote is not None) or [settled]
    n = len(levels)
    if n < SPREAD_FROM:
        low, high = max(levels[0] - 1, 0), min(levels[-1] + 1, level_max)
    else:
        low, high = levels[-(-n // 10) - 1], levels[-(-9 * n // 10) - 1]  # whole-number ceil: .1 * n is not exact
    return min(low, settled), max(high, settled)


def in_order(votes: Sequence[int | None]) -> tuple[int | None, ...]:
    """The same votes sorted by level, "we do not know" last."""
    levels = sorted(vote for vote in votes if vote is not None)
    return (*levels, *(None for _ in range(len(votes) - len(levels))))


@lru_cache(maxsize=_REMEMBERED)
def level_shares(votes: tuple[int | None, ...], settled: int | None, levels: int) -> tuple[int, ...]:
    """How often each level 0..levels-1 is believed to be the true one, as whole parts of their sum.

    Unknown (`settled` None): each level alike. Three votes or more: each vote once. Fewer, or an answer without votes:
    three of five parts to the level named, one each to a level lower and a level higher, the noise that the trend was
    simulated with. Where a facilitator set another level than the votes settle to, three of five parts are for it, two
    for the votes.
    """
    if settled is None:
        return (1,) * levels
    named = [vote for vote in votes if vote is not None] or [settled]
    shares = [0] * levels
    for level in named:
        if len(named) >= SPREAD_FROM:
            shares[level] += 1
            continue
        shares[level] += SETTLED_SHARE
        shares[max(level - 1, 0)] += BESIDE_SHARE
        shares[min(level + 1, levels - 1)] += BESIDE_SHARE
    if votes and settle(votes) != settled:
        total = sum(shares)
        shares = [2 * BESIDE_SHARE * share for share in shares]
        shares[settled] += SETTLED_SHARE * total
    return tuple(shares)

"""What a quarter of the portfolio comes to, in one sentence that follows from its numbers by rule."""

from __future__ import annotations

from collections import Counter

from operations.portfolio import Portfolio
from reports import numbers


def verdict(view: Portfolio) -> str:
    """One plain sentence: how the debt moved, how many systems are in heavy debt, and where most of these are.

    "Q4 2026: debt rose clearly to 47, and 3 of 14 systems are in heavy debt, most of them in Growth". Plain text with
    names people wrote.
    """
    quarter = numbers.period(view.period)
    if view.debt.debt is None:
        return f"No system is rated in {quarter} yet"
    stands = {"better": "debt fell clearly to", "worse": "debt rose clearly to", None: "no clear change, debt at"}
    moved = stands[view.direction] if view.change.count else "debt stands at"
    return f"{quarter}: {moved} {numbers.debt(view.debt.debt)}, and {_heavy(view)}"


def _heavy(view: Portfolio) -> str:
    heavy, rated = view.heavy, len(view.rated)
    if not heavy:
        return "no system is in heavy debt"
    if rated == 1:
        return "the one rated system is in heavy debt"
    said = f"{len(heavy)} of {rated} systems {'is' if len(heavy) == 1 else 'are'} in heavy debt"
    (team, most), *others = Counter(row.system.team for row in heavy).most_common(2)
    if len({row.system.team for row in view.rated}) < 2 or (others and 2 * most <= len(heavy)):
        return said
    if most == len(heavy):
        return f"{said}, {'all of them ' if most > 1 else ''}in {team}"
    return f"{said}, most of them in {team}"

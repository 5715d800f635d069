"""What changed, in words: the verdict with what it goes by, the areas, the panel, and two yardsticks told apart."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.causes import MEASURES
from scoring.compare import (
    SMALLEST_DETECTABLE_CHANGE,
    Basis,
    Comparison,
    Direction,
    PanelChange,
    SystemChange,
    Verdict,
)
from ui import numbers

DIRECTION_WORDS = {
    Direction.BETTER: "clearly better",
    Direction.WORSE: "clearly worse",
    Direction.NONE: "no clear change",
}
LIMIT = f"{SMALLEST_DETECTABLE_CHANGE * 100:g} points"


def verdict_words(change: SystemChange) -> str:
    """The finding: "Clearly better (−4 points): 5 improved, 1 worse, 28 same."."""
    difference = f" ({moved(change.difference)} points)" if change.difference is not None else ""
    return f"{DIRECTION_WORDS[change.direction].capitalize()}{difference}: {change.counts}."


def moved(difference: float) -> str:
    """Write a difference of debt in points with one decimal, and nothing as "0"."""
    said = numbers.change(difference, 1)
    return "0" if said == "0.0" else said


def basis_words(verdict: Verdict) -> str:
    """How sure the finding is, and by what: the draws of the voters, the fixed limit, or nothing yet."""
    draws = f"{verdict.draws:,}"
    way = "better" if verdict.better >= verdict.worse else "worse"
    agree = f"{verdict.agreeing:,} of {draws} draws of the voters point to {way}"
    enough = f"{-(-verdict.draws * 95 // 100):,}"
    match verdict.basis:
        case Basis.VOTES if verdict.direction is Direction.NONE:
            if not verdict.agreeing:
                return f"Not one of {draws} draws of the voters moves the number."
            return f"{agree}; {enough} are needed to call it clear."
        case Basis.VOTES:
            return f"{agree}, so it does not hang on single voters."
        case Basis.LIMIT:
            return (
                f"The answers came without votes, so a fixed limit decides: less than {LIMIT} may well be chance. "
                "With votes of three people or more, the votes themselves would say how sure it is."
            )
        case Basis.BOTH:
            return (
                f"Some answers came without votes, so two things are asked: {enough} of {draws} draws of the voters "
                f"({verdict.agreeing:,} point to {way}), and more than {LIMIT}."
            )
        case Basis.NOT_KNOWN:
            return "Less than 80 % is known in one of the two quarters, too little to call it better or worse."


def areas_words(comparison: Comparison, titles: Mapping[str, str]) -> str:
    """Which areas moved clearly, judged together; "" where there is only one."""
    if len(comparison.areas) < 2:
        return ""
    parts = []
    for direction in (Direction.WORSE, Direction.BETTER):
        named = [titles.get(area.id, area.id) for area in comparison.areas if area.direction is direction]
        if named:
            parts.append(f"{DIRECTION_WORDS[direction].capitalize()}: {', '.join(named)}.")
    if not parts:
        return "No single area changed clearly."
    many = any(area.verdict.draws for area in comparison.areas)
    together = (
        f" Among {len(comparison.areas)} areas one looks clear by chance now and then, so each has to be clearer."
    )
    return " ".join(parts) + (together if many else "")


def panel_words(panel: PanelChange) -> str:
    """Who voted before and after, and what cannot be known of it; "" where nobody voted in one of the two."""
    if not panel.before or not panel.after:
        return ""
    people = f"{panel.before} people voted before, {panel.after} now"
    if panel.both is not None:
        return f"{people}; {panel.both} of them both times."
    if panel.changed:
        return (
            f"The panel changed: {people}. With other people a system that did not change looks clearly changed about "
            "one time in four, and votes are kept without names, so nobody can tell the two apart."
        )
    return f"{people}. Votes are kept without names, so whether they were the same people is not known."


def yardstick_words(change: SystemChange) -> str:
    """How the shown numbers moved apart from the system, where checklist, scope or rules changed; else ""."""
    if change.total is None or not any(one.cause in MEASURES for one in change.causes):
        return ""
    measured = f"By one yardstick: {moved(change.difference)} points." if change.difference is not None else ""
    return f"The shown number moved by {moved(change.total)} points. {measured}".rstrip()

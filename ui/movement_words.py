"""A movement in words: the finding, what each step is called, and what a reader has to know of the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from operations.movement import MovementView, Whose
from scoring.causes import MEASURES, Cause
from scoring.movement import MovementStep
from scoring.split import QuestionShare, Stand
from ui import numbers
from ui.change_split import HEADS
from ui.change_words import moved

CAME_OR_LEFT: Final = "Systems came or left"

WORTH_NAMING: Final = 0.25  #: of the largest step: what works against it by so much stands in the title too

#: Why a number moved, as the end of a sentence.
BECAUSE: Final = {
    Cause.ANSWERS: "answers changed",
    Cause.PANEL: "other people voted",
    Cause.NEWLY_KNOWN: "more is known now",
    Cause.NO_LONGER_KNOWN: "less is known now",
    Cause.EVIDENCE: "the repositories show something else",
    Cause.NOT_APPLICABLE: "other questions apply",
    Cause.CHECKLIST: "the checklist changed",
    Cause.RULES: "the scoring rules changed",
    None: "other systems are rated",
}


def step_head(step: MovementStep) -> str:
    """What a step is headed."""
    return CAME_OR_LEFT if step.cause is None else HEADS[step.cause]


def step_note(step: MovementStep, *, single: bool) -> str:
    """What stands under the head of a step: how much it touched, or that no system changed by it."""
    if step.cause is None:
        return f"{numbers.count(len(step.systems), 'system')} rated in one of the two only"
    if step.cause in MEASURES:
        return "the yardstick, not the debt"
    questions = numbers.count(sum(len(part.questions) for part in step.systems), "question")
    return questions if single else f"{questions} in {numbers.count(len(step.systems), 'system')}"


def whose_debt(view: MovementView) -> str:
    """Whose debt it is, to begin a sentence with."""
    match view.whose:
        case Whose.PORTFOLIO:
            return "Portfolio debt"
        case Whose.TEAM:
            return f"Debt of {view.name}"
        case Whose.SYSTEM:
            return f"{view.name}: debt"


def movement_title(view: MovementView) -> str:
    """The finding: which way, how far, and what did most of it."""
    total, between = view.movement.total, between_words(view.before, view.after)
    if total is None:
        missing = view.before if view.movement.before is None else view.after
        return f"{whose_debt(view)} cannot be compared: nothing is rated in {numbers.period(missing)}"
    steps = sorted(view.movement.steps, key=lambda step: -abs(step.share))
    if moved(total) == "0":
        said = f"{whose_debt(view)} did not move {between}"
        as_drawn = [step for step in view.movement.steps if step in steps[:2]]
        return said if not steps or moved(steps[0].share) == "0" else f"{said}: {_named(as_drawn)}"
    said = f"{whose_debt(view)} {'rose' if total > 0 else 'fell'} by {moved(abs(total)).lstrip('+')} points {between}"
    along = [step for step in steps if step.share * total > 0]
    against = [step for step in steps if step.share * total < 0]
    if against and abs(against[0].share) >= WORTH_NAMING * abs(along[0].share):
        return f"{said}: {_named([along[0], against[0]])}"
    return f"{said}, {'because' if len(along) == 1 else 'mostly because'} {BECAUSE[along[0].cause]}"


def _named(steps: Sequence[MovementStep]) -> str:
    return ", ".join(f"{BECAUSE[step.cause]} ({moved(step.share)})" for step in steps)


def between_words(before: str, after: str) -> str:
    """Write two quarters: "from Q2 to Q3 2026", "from Q4 2025 to Q1 2026"."""
    first, last = numbers.period(before), numbers.period(after)
    if first[-4:] == last[-4:]:
        first = first[:-5]
    return f"from {first} to {last}"


def movement_words(view: MovementView) -> str:
    """The whole way in words, for readers who do not see the bars."""
    whole = view.movement
    if whole.before is None or whole.after is None:
        return movement_title(view)
    steps = ", ".join(f"{step_head(step).lower()} {moved(step.share)}" for step in whole.steps) or "no step"
    return (
        f"From {one_decimal(whole.before)} in {numbers.period(view.before)} to {one_decimal(whole.after)} in "
        f"{numbers.period(view.after)}, in points: {steps}."
    )


def notes(view: MovementView) -> list[str]:
    """What a reader has to know of these numbers."""
    whole, said = view.movement, []
    if view.whose is not Whose.SYSTEM:
        said.append(
            f"The debt is the mean of the rated systems: {whole.counted_before} before, {whole.counted_after} after, "
            f"{whole.counted_both} in both."
        )
    if whole.common_only:
        who, their = f"{numbers.count(whole.common_only, 'system')} changed checklist or scope between", "Their"
        if view.whose is Whose.SYSTEM:
            who, their = "The checklist or its scope changed between", "The other"
        said.append(
            f"{who}. {their} causes compare the common questions only; what the other questions did to the number is a "
            "step of its own."
        )
    if view.open:
        still = numbers.count(len(view.open), "quarter is", "quarters are")
        said.append(f"{still} still open in {numbers.period(view.after)}, so these numbers can still move.")
    if view.not_rated:
        count = numbers.count(view.not_rated, "assessed system has", "assessed systems have")
        said.append(f"{count} no letter in either quarter and no part in this.")
    return said


def one_decimal(debt: float) -> str:
    """Write debt 0..1 in points with one decimal, as steps are: "43.9"."""
    return numbers.change(debt, 1).lstrip("+")


def stands(asked: QuestionShare) -> str:
    """How a question's level moved: "3 → 1"; "? → 2"; "2, as before" where only what stands behind it did."""
    before, after = _level(asked.before), _level(asked.after)
    return f"{before} → {after}" if before != after else f"{after}, as before"


def _level(stand: Stand | None) -> str:
    return numbers.DASH if stand is None else "?" if stand.level is None else str(stand.level)


def debts(before: float | None, after: float | None) -> str:
    """How a system's own debt moved: "44 → 61", "came at 61", "left at 44"."""
    if before is None:
        return f"came at {numbers.debt(after)}"
    if after is None:
        return f"left at {numbers.debt(before)}"
    return f"{numbers.debt(before)} → {numbers.debt(after)}"

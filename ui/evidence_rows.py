"""What a repository shows, put into rows: the signals of each area, found debt first, and what could not be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from checklists.checklist import Area
from evidence.evidence import Polarity, Signal, State, Strength
from evidence.readable import place
from operations.repository_evidence import EvidenceView
from ui import numbers
from ui.findings import Finding, FindingGroup, Mark

STRENGTH_WORDS: Final = {
    Strength.DIRECT: "seen directly",
    Strength.STRONG: "strong sign",
    Strength.WEAK: "only asks",
}
_MARKS: Final[dict[State, Mark]] = {State.ABSENT: "absent", State.UNKNOWN: "unknown", State.NOT_APPLICABLE: "off"}
_TAGS: Final = {State.ABSENT: "not seen", State.UNKNOWN: "could not tell"}

EVERYTHING: Final = "Everything"
DEBT: Final = "Signs of debt"
UNTOLD: Final = "Could not tell"
SHOWN: Final = (EVERYTHING, DEBT, UNTOLD)


def is_debt(signal: Signal) -> bool:
    """Whether a sign of debt was found."""
    return signal.state is State.FOUND and signal.polarity is Polarity.DEBT


def area_groups(view: EvidenceView, *, shown: str = EVERYTHING) -> tuple[FindingGroup, ...]:
    """One group for each area that was looked at: the areas with the strongest signs of debt first, then with most."""
    areas = [(area, view.signals(area.id)) for area in view.areas]
    looked_at = [(area, signals) for area, signals in areas if signals]
    looked_at.sort(key=lambda pair: (_weight(pair[1]), _beside_the_point(pair[1])))
    groups = (_group(area, signals, shown) for area, signals in looked_at)
    return tuple(group for group in groups if group.findings)


def _weight(signals: Sequence[Signal]) -> tuple[int, ...]:
    """Fewer is more: how many signs of debt of each strength, the strongest first, as `scan` orders its areas."""
    return tuple(-sum(is_debt(one) and one.strength is strength for one in signals) for strength in STRENGTH_WORDS)


def _beside_the_point(signals: Sequence[Signal]) -> bool:
    return all(signal.state is State.NOT_APPLICABLE for signal in signals)


def _group(area: Area, signals: Sequence[Signal], shown: str) -> FindingGroup:
    told = [signal for signal in signals if signal.state is not State.NOT_APPLICABLE]
    rows = [finding(signal) for signal in told if _wanted(signal, shown)]
    beside = [signal for signal in signals if signal.state is State.NOT_APPLICABLE]
    if beside and shown != DEBT:
        rows.append(_not_applicable(beside))
    return FindingGroup(title=area.title, note=_counts(signals), findings=tuple(rows))


def _wanted(signal: Signal, shown: str) -> bool:
    if shown == DEBT:
        return is_debt(signal)
    return shown != UNTOLD or signal.state is State.UNKNOWN


def _counts(signals: Sequence[Signal]) -> str:
    """How much of each: "2 signs of debt, 1 of care, 3 not seen, 1 could not be told"."""
    debts = sum(is_debt(signal) for signal in signals)
    cares = sum(signal.state is State.FOUND for signal in signals) - debts
    absent, unknown = (sum(signal.state is state for signal in signals) for state in (State.ABSENT, State.UNKNOWN))
    said = [numbers.count(debts, "sign of debt", "signs of debt") if debts else "no sign of debt"]
    said += [f"{cares} of care"] if cares else []
    said += [f"{absent} not seen"] if absent else []
    said += [f"{unknown} could not be told"] if unknown else []
    if _beside_the_point(signals):
        return "does not apply here"
    return ", ".join(said)


def finding(signal: Signal) -> Finding:
    """One signal as a row. What was not seen or not told says at once what this collector is blind to."""
    blind = f"Cannot see {signal.cannot_see}."
    if signal.state is not State.FOUND:
        return Finding(
            mark=_MARKS[signal.state],
            title=signal.statement,
            text=signal.message,
            tag=_TAGS.get(signal.state, ""),
            aside=blind,
        )
    places = tuple(place(location) for location in signal.locations)
    asked = f"Speaks to {', '.join(signal.questions)}." if signal.questions else ""
    if signal.polarity is Polarity.CARE:
        return Finding(
            mark="care", title=signal.statement, text=signal.message, places=places,
            folds=(("What this cannot see", (f"{blind} {asked}".strip(),)),),
        )  # fmt: skip
    return Finding(
        mark="debt",
        title=signal.statement,
        text=signal.message,
        tag=STRENGTH_WORDS[signal.strength],
        places=places,
        folds=(("What to do, and what this cannot see", (signal.fix, f"{blind} {asked}".strip())),),
    )


def _not_applicable(signals: Sequence[Signal]) -> Finding:
    """What does not apply here, in one row: none of it needs anybody's eye."""
    many = numbers.count(len(signals), "check does not apply here", "checks do not apply here")
    return Finding(mark="off", folds=((many, tuple(f"{signal.statement}: {signal.message}" for signal in signals)),))

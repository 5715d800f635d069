"""Two scans of one repository side by side: what appeared, what is gone, what grew or shrank."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.evidence import Evidence, Signal, State


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalChange:
    """One signal in two scans. At least one side is there."""

    before: Signal | None  #: None when the earlier collector did not look for it
    after: Signal | None  #: None when the later collector does not look for it any more

    @property
    def signal(self) -> Signal:
        """The later side, or the earlier one where there is no later."""
        signal = self.after or self.before
        if signal is None:
            raise ValueError("a change has at least one side")
        return signal


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceChange:
    """How two scans differ, each signal in exactly one list, by area and id.

    Signals of debt and of care stand together: an appeared care is good news. `grew` and `shrank` go by what was
    counted (`Signal.value`), not by its share.
    """

    appeared: tuple[SignalChange, ...]  #: looked for and not seen before, seen now
    gone: tuple[SignalChange, ...]  #: seen before; looked for and not seen now
    grew: tuple[SignalChange, ...]  #: seen in both, more of it now
    shrank: tuple[SignalChange, ...]  #: seen in both, less of it now
    unchanged: tuple[SignalChange, ...]
    unclear: tuple[SignalChange, ...]  #: one side could not tell, or the signal did not apply to one of them
    measured_differently: tuple[SignalChange, ...]  #: another detector version, or looked for in one scan only

    @property
    def nothing_changed(self) -> bool:
        """Whether every signal is as it was."""
        return not (self.appeared or self.gone or self.grew or self.shrank or self.unclear or self.measured_differently)


def _kind(before: Signal | None, after: Signal | None) -> str:
    if before is None or after is None or before.version != after.version:
        return "measured_differently"
    match before.state, after.state:
        case State.FOUND, State.FOUND:
            if before.value is None or after.value is None or before.value == after.value:
                return "unchanged"
            return "grew" if after.value > before.value else "shrank"
        case State.ABSENT, State.FOUND:
            return "appeared"
        case State.FOUND, State.ABSENT:
            return "gone"
        case earlier, later:
            return "unchanged" if earlier is later else "unclear"


def compare_evidence(before: Evidence, after: Evidence) -> EvidenceChange:
    """What changed between two scans of the same repository, the earlier one first."""
    earlier = {signal.id: signal for signal in before.signals}
    later = {signal.id: signal for signal in after.signals}
    changes = [SignalChange(before=earlier.get(name), after=later.get(name)) for name in {**later, **earlier}]
    changes.sort(key=lambda change: (change.signal.area, change.signal.id))

    def of_kind(kind: str) -> tuple[SignalChange, ...]:
        return tuple(change for change in changes if _kind(change.before, change.after) == kind)

    return EvidenceChange(
        appeared=of_kind("appeared"),
        gone=of_kind("gone"),
        grew=of_kind("grew"),
        shrank=of_kind("shrank"),
        unchanged=of_kind("unchanged"),
        unclear=of_kind("unclear"),
        measured_differently=of_kind("measured_differently"),
    )

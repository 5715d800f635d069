"""The gate of a build server: which signs make it stop, and the sentence that says why."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from evidence.compare import EvidenceChange, compare_evidence
from evidence.evidence import Evidence, Polarity, Signal, State, Strength
from evidence.readable import counted, place, rank
from evidence.signals.detector import Detector

#: What may stand in --fail-on beside the ids of signals: the strengths that stop, and what they say of a sign.
LEVELS: dict[str, frozenset[Strength]] = {
    "direct": frozenset({Strength.DIRECT}),
    "strong": frozenset({Strength.DIRECT, Strength.STRONG}),
    "debt": frozenset(Strength),
}
NAMED_MAX = 5
CLOSE = 0.55  #: how alike a misspelt word must be; below, what is told would be a guess


class InvalidGate(ValueError):
    """A word in --fail-on that is neither a level nor a signal: one sentence with the way out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What stops: every found sign of debt of these strengths, and these signals whatever their strength."""

    words: str  #: as they were given
    strengths: frozenset[Strength]
    signals: frozenset[str]

    def stops(self, signal: Signal) -> bool:
        """Whether this signal trips the gate: debt by being found; care, only when named, by not being seen."""
        if signal.polarity is Polarity.CARE:
            return signal.id in self.signals and signal.state is State.ABSENT
        return signal.state is State.FOUND and (signal.id in self.signals or signal.strength in self.strengths)


def read_gate(text: str, *, known: Mapping[str, Detector]) -> Gate:
    """Read "direct", "strong", "debt" or ids of signals, with commas between. Raises InvalidGate."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words:
        raise InvalidGate("names nothing; give direct, strong, debt or the ids of signals")
    strengths: frozenset[Strength] = frozenset()
    signals = set()
    for word in words:
        if word in LEVELS:
            strengths |= LEVELS[word]
        elif word in known:
            signals.add(word)
        else:
            close = difflib.get_close_matches(word, [*LEVELS, *known], n=2, cutoff=CLOSE)
            instead = f"{' or '.join(close)}" if close else "direct, strong, debt or an id that `signals` lists"
            raise InvalidGate(f"{word!r} is neither a level nor a signal; give {instead}")
    return Gate(words=", ".join(words), strengths=strengths, signals=frozenset(signals))


def verdict(gate: Gate, evidence: Evidence, *, baseline: Evidence | None = None) -> tuple[bool, str]:
    """Whether the gate is tripped, and the sentence that says by what, the weightiest first.

    With a baseline only what it does not have counts: signs that appeared or grew since. A sign that another version
    of its detector measured is let pass, because nobody can say whether it is new.
    """
    known = frozenset() if baseline is None else _known(compare_evidence(baseline, evidence))
    stopping = sorted((signal for signal in evidence.signals if gate.stops(signal)), key=rank)
    new = [signal for signal in stopping if signal.id not in known]
    since = "" if baseline is None else " that the baseline does not have"
    if not new:
        return False, f"gate: nothing of --fail-on {gate.words}{since} was found."
    named = [_named(signal) for signal in new[:NAMED_MAX]]
    more = len(new) - NAMED_MAX
    named += [f"and {more} more"] if more > 0 else []
    return True, f"gate: {counted(len(new), 'sign')} of --fail-on {gate.words}{since}: {', '.join(named)}."


def _known(change: EvidenceChange) -> frozenset[str]:
    """The signals that say no more debt than before."""
    return frozenset(
        one.signal.id for kind in (change.unchanged, change.shrank, change.measured_differently) for one in kind
    )


def _named(signal: Signal) -> str:
    if signal.polarity is Polarity.CARE:
        return f"{signal.id} (not seen)"
    where = f", {place(signal.locations[0])}" if signal.locations else ""
    return f"{signal.id} ({signal.strength.value}{where})"

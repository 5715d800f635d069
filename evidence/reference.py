"""The reference of all signals, `docs/signals.md`, made from the words that stand beside their code."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

from evidence.evidence import Kind, Polarity, Strength
from evidence.signals import SIGNALS
from evidence.signals.detector import Detector

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "signals.md"
_STRENGTH = {
    Strength.DIRECT: "direct: debt on its questions is at least .5",
    Strength.STRONG: "strong: debt on its questions is at least .25",
    Strength.WEAK: "weak: it asks and never counts",
}
HEAD = """# Signals: what a repository shows

Made by `python -m evidence.reference` from the words beside the code; do not edit by hand.

A signal is a statement that is found, absent, unknown (there was nothing to look at) or not applicable. **Absence is
weak**: the work may live elsewhere. A signal of *debt* that is found sets the least debt its questions can have,
by its strength; a finding may claim less than the strength named here, never more. A signal of *care* is shown beside
the answers and never lowers debt. In a notebook the line of a place is the number of the cell, counted from 1.

The strength of each signal is our judgement of what follows from the fact, not a measured precision.

To add a signal: write one function from `Repository` to `Finding` in the module of its area under
`evidence/signals/`, a `Detector` with its words below it, one line in `evidence/signals/__init__.py`, and two small
repositories, `tests/evidence/samples/<id>/trips` and `clean`. Names of packages, calls and patterns go into
`evidence/tables/`. Then run `python -m evidence.reference`.
"""


def reference() -> str:
    """The whole document."""
    parts = [HEAD]
    parts.append("| signal | area | speaks of | strength at most | questions |\n|---|---|---|---|---|")
    parts[-1] += "".join(
        f"\n| [{detector.id}](#{detector.id}) | {detector.area} | {detector.polarity.value} | "
        f"{detector.strength.value} | {', '.join(detector.questions)} |"
        for detector in SIGNALS.values()
    )
    parts += [_section(detector) for _, detector in sorted(SIGNALS.items())]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _section(detector: Detector) -> str:
    what = " ".join(inspect.cleandoc(detector.look.__doc__ or "").split())
    kinds = "every kind of repository"
    if detector.applies_to != frozenset(Kind):
        kinds = ", ".join(kind.value for kind in Kind if kind in detector.applies_to)
    strength = _STRENGTH[detector.strength] if detector.polarity is Polarity.DEBT else "care: shown, never counted"
    return "\n".join(
        [
            f"## {detector.id}",
            "",
            f"**{detector.statement}.** ({detector.area}; {strength}; version {detector.version})",
            "",
            f"- What it does: {what}",
            f"- Speaks to: {', '.join(detector.questions)}",
            f"- Applies to: {kinds}",
            f"- Cannot see: {detector.cannot_see}",
            f"- Remedy: {detector.fix}",
        ]
    )


if __name__ == "__main__":
    DOCUMENT.write_text(reference(), encoding="utf-8")
    sys.stdout.write(f"{DOCUMENT.name}: {len(SIGNALS)} signals\n")

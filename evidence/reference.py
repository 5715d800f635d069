"""The reference of all signals, `docs/signals.md`, made from the words that stand beside their code."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

from evidence.evidence import Kind, Polarity, Strength
from evidence.precision import missed_list, read_labels, read_missed, stale, summary, table
from evidence.signals import SIGNALS
from evidence.signals.detector import Detector
from evidence.tables import TABLES, document

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

The strength of each signal is our judgement of what follows from the fact; how often the fact itself was right is
measured on real repositories: see [measured precision](#measured-precision).

To add a signal: write one function from `Repository` to `Finding` in the module of its area under
`evidence/signals/`, a `Detector` with its words below it, one line in `evidence/signals/__init__.py`, and two small
repositories, `tests/evidence/samples/<id>/trips` and `clean`. Names of packages, calls and patterns go into
`evidence/tables/`. Then run `python -m evidence.reference`.
"""


TABLES_HEAD = """## Detection tables

What the signals know of packages, calls, files and names is kept as dated data in `evidence/tables/`, and a test proves
every row: it recognises what it names and not its neighbour.

| table | holds | last checked |
|---|---|---|
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
    parts.append(_precision())
    rows = (f"| {name} | {what} | {document(name)['checked']} |" for name, what in TABLES.items())
    parts.append(TABLES_HEAD + "\n".join(rows))
    parts += [_section(detector) for _, detector in sorted(SIGNALS.items())]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


MEASURED = """## Measured precision

Up to five places of each finding in {repositories} public repositories, each at a fixed commit, were read with the code
around them by two readers, makers of the collector and no outsiders. The question was: is the statement true here,
and would those who keep this repository agree? Places of one kind in one repository often share a verdict, with
exceptions where they differ. The labels with their reasons stand in `tests/evidence/labels`, without any text of the
source; places of real credentials are counted and not named.

- *Claimed* is the strength the finding had in that repository, which may be less than the signal's.
- *Missed* counts repositories, read as a whole, in which the statement was said to be absent and the reader saw it.
- A signal is direct or strong only where it was read as that and was right nine times in ten; a test holds that. What
  is below, or was never read, is weak: it asks and contradicts no answer.
- Most detectors were corrected after a first reading. {old} places of findings that only an earlier version made are
  kept to say what was wrong, all false, {old_direct} of them claimed as direct; they count nowhere. What was read after
  the last correction of its detector stands apart in the first table: it is the fairer figure. Ten detectors were
  corrected on these very labels, and what they still find kept its verdict: only fresh repositories can confirm those.
- Places of one repository are alike, so the intervals are rather too narrow. Where few places were read, little is
  known; "not yet measured" means that no place was read.
"""
MISSED = """### What a person saw and the signals did not

From repositories that were read as a whole.
"""


def _precision() -> str:
    labels = read_labels()
    versions = {detector.id: detector.version for detector in SIGNALS.values()}
    old = stale(labels, versions)
    words = MEASURED.format(
        repositories=len({label.repository for label in labels}),
        old=len(old),
        old_direct=sum(1 for label in old if label.strength is Strength.DIRECT),
    )
    parts = [words, summary(labels, versions), "", table(labels, versions), "", MISSED, missed_list(read_missed())]
    return "\n".join(parts)


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

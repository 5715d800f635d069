"""The signal of admitted debt: comments in which the authors themselves say that something is not right."""

from __future__ import annotations

from collections import Counter

from evidence.evidence import Polarity, Strength
from evidence.repository import Repository
from evidence.signals.detector import CODE, Detector, Finding, absent, counted, found, unknown

ADMISSIONS_MIN = 3


def admitted_debt(repository: Repository) -> Finding:
    """Counts comments of modules and notebooks that admit debt: TODO, FIXME, HACK, XXX, workaround, temporary fix and
    their kin; a # inside a string is no comment. Tests, examples and build scripts do not count.

    Found from three on. Weak: it asks whether what the comments say is written down anywhere with its size.
    """
    places = [(file.path, admission.line) for file in repository.work for admission in file.admitted]
    markers = Counter(admission.marker for file in repository.work for admission in file.admitted)
    lines = sum(file.lines for file in repository.work)
    if not lines:
        return unknown("There is no Python code.")
    if len(places) < ADMISSIONS_MIN:
        return absent(f"Debt is admitted in {counted(len(places), 'comment')} of {counted(lines, 'line')}.", of=lines)
    named = ", ".join(f"{number:,} {marker}" for marker, number in markers.most_common(4))
    return found(
        f"Debt is admitted in {counted(len(places), 'comment')} ({named}), "
        f"{1000 * len(places) / lines:.1f} in 1,000 lines.",
        places,
        value=len(places),
        of=lines,
    )


ADMITTED_DEBT = Detector(
    id="admitted-debt",
    statement="Comments admit debt that stands in the code",
    area="PRO",
    questions=("PRO-02",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="debt that nobody wrote down, tickets kept elsewhere, and markers in words of your own",
    fix="Turn each marker into an entry of the debt register with its size, or delete it.",
    version=1,
    applies_to=CODE,
    look=admitted_debt,
)

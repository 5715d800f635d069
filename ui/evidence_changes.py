"""What changed since the scan before, as rows, and the list of scans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from evidence.compare import EvidenceChange, SignalChange
from evidence.evidence import Polarity, Signal, State
from evidence.readable import place
from operations.scans import Scan
from ui import numbers, session
from ui.findings import Finding, FindingGroup, Mark
from ui.small_table import TableColumn, small_table

_TURNED: Final[dict[Mark, Mark]] = {"worse": "better", "better": "worse"}
_STATE_WORDS: Final = {
    State.FOUND: "seen",
    State.ABSENT: "not seen",
    State.UNKNOWN: "could not be told",
    State.NOT_APPLICABLE: "does not apply",
}
_SHORT_COMMIT: Final = 10


def change_sentence(change: EvidenceChange) -> str:
    """Say the change in one sentence, e.g. "2 signs of debt appeared, 1 is gone; 1 sign of care appeared."."""
    kinds = (("appeared", change.appeared), ("gone", change.gone), ("grew", change.grew), ("shrank", change.shrank))
    parts = []
    for polarity, one, many in (
        (Polarity.DEBT, "sign of debt", "signs of debt"),
        (Polarity.CARE, "sign of care", "signs of care"),
    ):
        counted = [(word, sum(c.signal.polarity is polarity for c in changes)) for word, changes in kinds]
        said = [(word, number) for word, number in counted if number]
        if said:
            first, *rest = said
            words = [f"{numbers.count(first[1], one, many)} {_verb(*first)}", *(f"{n} {_verb(w, n)}" for w, n in rest)]
            parts.append(", ".join(words))
    return f"{'; '.join(parts)}." if parts else "No sign appeared, went, grew or shrank."


def _verb(word: str, number: int) -> str:
    return ("is gone" if number == 1 else "are gone") if word == "gone" else word


def change_groups(change: EvidenceChange) -> tuple[FindingGroup, ...]:
    """Debt that appeared or grew first, then what got better, then what no longer compares."""
    rows: list[Finding] = []
    kinds: tuple[tuple[str, Mark, Sequence[SignalChange]], ...] = (
        ("appeared", "worse", change.appeared),
        ("grew", "worse", change.grew),
        ("gone", "better", change.gone),
        ("shrank", "better", change.shrank),
    )
    for word, mark, changes in kinds:
        rows += [_row(one, word, mark) for one in changes]
    rows.sort(key=lambda row: row.mark != "worse")
    beside = [_row(one, "", "unknown") for one in change.unclear]
    beside += [_row(one, "measured differently now", "same") for one in change.measured_differently]
    groups = [FindingGroup(findings=tuple(rows))] if rows else []
    if beside:
        groups.append(
            FindingGroup(
                title="Not comparable",
                note="could not be told in one of the two scans, or the collector looks differently now",
                findings=tuple(beside),
            )
        )
    return tuple(groups)


def _row(change: SignalChange, word: str, mark: Mark) -> Finding:
    signal = change.signal
    if signal.polarity is Polarity.CARE:
        mark = _TURNED.get(mark, mark)
    care = "care: " if signal.polarity is Polarity.CARE else ""
    return Finding(
        mark=mark,
        title=signal.statement,
        text=_both_sides(change.before, change.after),
        tag=f"{care}{word}" if word else "",
        places=tuple(place(location) for location in signal.locations) if word in {"appeared", "grew"} else (),
    )


def _both_sides(before: Signal | None, after: Signal | None) -> str:
    if before is None:
        return f"Not looked for before. Now: {after.message}" if after else ""
    if after is None:
        return f"Before: {before.message} Not looked for any more."
    if before.state is after.state is State.FOUND and before.value is not None and after.value is not None:
        return f"{before.value:g} before, {after.value:g} now. {after.message}"
    if before.state is State.FOUND:
        return f"Before: {before.message} Now: {after.message}"
    if after.state is not State.FOUND and before.state is not after.state:
        return f"Before: {_STATE_WORDS[before.state]}. Now: {_STATE_WORDS[after.state]}. {after.message}"
    return after.message


def draw_scans(scans: Sequence[Scan], *, shown: str | None) -> None:
    """The scans, the newest first; `shown` is the id of the one the page is about."""
    small_table(
        "Every scan of this system, the newest first",
        (
            TableColumn(title="Scanned"),
            TableColumn(title="By"),
            TableColumn(title="Repository"),
            TableColumn(title="Commit", kind="path"),
            TableColumn(title="Signs of debt", kind="number"),
            TableColumn(title="Of care", kind="number"),
            TableColumn(title="Not told", kind="number"),
            TableColumn(title="Quarter"),
        ),
        [
            (
                session.local_moment(scan.collected_at) + (" (shown here)" if scan.evidence_id == shown else ""),
                scan.collected_by,
                scan.repository,
                scan.commit[:_SHORT_COMMIT] or numbers.DASH,
                str(scan.counts.debts),
                str(scan.counts.cares),
                str(scan.counts.unknown),
                numbers.period(scan.period) if scan.period else "waits for a quarter",
            )
            for scan in scans
        ],
        key="scans",
        caption_shown=False,
    )

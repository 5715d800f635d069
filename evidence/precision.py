"""How often a finding was right where a person read the code: labels of real repositories, and what they add up to.

The labels stand in `tests/evidence/labels`, one TOML file a repository at one commit: signal, detector version, the
strength the finding claimed, path, line, verdict and reason. They hold no source text.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from evidence.evidence import State, Strength

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "evidence" / "labels"
PRECISION_MIN = 0.9  #: what is below it, or was never read, is weak: it asks, and contradicts no answer
Z_95 = 1.959964


class Verdict(StrEnum):
    """What the person who read the place says of the finding."""

    TRUE = "true"
    FALSE = "false"
    UNCLEAR = "could not tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One place of one finding, read by a person. For a statement that was absent, "false" means it was missed."""

    repository: str  #: owner/name
    commit: str
    unseen: bool  #: the detector was not changed after this repository was read
    signal: str
    version: int  #: of the detector whose finding was read
    state: State  #: found or absent
    strength: Strength  #: what the finding claimed here
    path: str  #: "" = the repository as a whole
    line: int
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """What a person saw in a repository and the signal that should have said it did not."""

    repository: str
    signal: str
    path: str
    line: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """What the labels of one signal at one strength add up to."""

    true: int
    false: int
    unclear: int
    repositories: int

    @property
    def judged(self) -> int:
        """Places read."""
        return self.true + self.false + self.unclear

    @property
    def share(self) -> float | None:
        """True ones of those that could be told; None without any."""
        told = self.true + self.false
        return self.true / told if told else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the share may lie, 95 %. Places of one repository are alike, so it is rather too narrow."""
        return wilson(self.true, self.true + self.false)


def wilson(hits: int, of: int) -> tuple[float, float] | None:
    """Wilson's 95 % interval of a share; None when nothing was counted."""
    if not of:
        return None
    share = hits / of
    centre = share + Z_95**2 / (2 * of)
    spread = Z_95 * math.sqrt(share * (1 - share) / of + Z_95**2 / (4 * of * of))
    return max(0.0, (centre - spread) / (1 + Z_95**2 / of)), min(1.0, (centre + spread) / (1 + Z_95**2 / of))


def read_labels(folder: Path = FOLDER) -> tuple[Label, ...]:
    """All labels, in the order of files and places. Raises KeyError or ValueError where a label is not whole."""
    labels: list[Label] = []
    for path in sorted(folder.glob("*.toml")):
        labels += _labels_of(tomllib.loads(path.read_text(encoding="utf-8")))
    return tuple(labels)


def read_missed(folder: Path = FOLDER) -> tuple[Missed, ...]:
    """All that was missed, in the order of files and places."""
    return tuple(
        Missed(
            repository=document["repository"],
            signal=row["signal"],
            path=row["path"],
            line=row.get("line", 0),
            what=row["what"],
        )
        for path in sorted(folder.glob("*.toml"))
        for document in [tomllib.loads(path.read_text(encoding="utf-8"))]
        for row in document.get("missed", ())
    )


def _labels_of(document: Mapping[str, Any]) -> Iterable[Label]:
    for row in document.get("label", ()):
        yield Label(
            repository=document["repository"],
            commit=document["commit"],
            unseen=row.get("unseen", document["unseen"]),
            signal=row["signal"],
            version=row["version"],
            state=State(row.get("state", "found")),
            strength=Strength(row["strength"]),
            path=row.get("path", ""),
            line=row.get("line", 0),
            verdict=Verdict(row["verdict"]),
            reason=row["reason"],
        )


def precision_of(labels: Iterable[Label]) -> Precision:
    """What some labels add up to."""
    labels = tuple(labels)
    count = {verdict: sum(1 for label in labels if label.verdict is verdict) for verdict in Verdict}
    return Precision(
        true=count[Verdict.TRUE],
        false=count[Verdict.FALSE],
        unclear=count[Verdict.UNCLEAR],
        repositories=len({label.repository for label in labels}),
    )


def current(labels: Iterable[Label], versions: Mapping[str, int]) -> tuple[Label, ...]:
    """The labels of findings as today's detectors make them; a label of another version is stale and counts nowhere."""
    return tuple(label for label in labels if versions.get(label.signal) == label.version)


def may_be_direct(labels: Iterable[Label]) -> bool:
    """Whether a signal's direct findings were read and were right often enough to stay direct."""
    share = precision_of(_found(labels, Strength.DIRECT)).share
    return share is not None and share >= PRECISION_MIN


def _found(labels: Iterable[Label], strength: Strength) -> Iterable[Label]:
    return (label for label in labels if label.state is State.FOUND and label.strength is strength)


def table(labels: tuple[Label, ...], versions: Mapping[str, int]) -> str:
    """The measured precision as Markdown: a row for each signal and claimed strength, then what was missed."""
    valid = current(labels, versions)
    rows = [
        "| signal | claimed | read | true | false | could not tell | precision | 95 % | repositories | missed |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for signal in sorted(versions):
        of_signal = [label for label in valid if label.signal == signal]
        looked = precision_of(label for label in of_signal if label.state is State.ABSENT)
        missed = f"{looked.false} of {looked.judged}" if looked.judged else "-"
        claims = [(strength, precision_of(_found(of_signal, strength))) for strength in _STRENGTHS]
        claims = [(strength, measured) for strength, measured in claims if measured.judged]
        if not claims:
            rows.append(f"| {signal} | - | 0 | - | - | - | not yet measured | - | - | {missed} |")
        for strength, measured in claims:
            rows.append(f"| {signal} | {strength.value} | {_cells(measured)} | {missed} |")
            missed = ""
    return "\n".join(rows)


def missed_list(missed: Iterable[Missed]) -> str:
    """What was missed, as a Markdown list by signal."""
    return "\n".join(
        f"- {one.signal}: {one.what} ({one.repository}, `{one.path}`{f':{one.line}' if one.line else ''})"
        for one in sorted(missed, key=lambda one: (one.signal, one.repository, one.path, one.line))
    )


_STRENGTHS = (Strength.DIRECT, Strength.STRONG, Strength.WEAK)


def _cells(measured: Precision) -> str:
    share = "-" if measured.share is None else f"{measured.share:.2f}"
    interval = "-" if measured.interval is None else f"{measured.interval[0]:.2f} to {measured.interval[1]:.2f}"
    return (
        f"{measured.judged} | {measured.true} | {measured.false} | {measured.unclear} | {share} | {interval} | "
        f"{measured.repositories}"
    )


def summary(labels: tuple[Label, ...], versions: Mapping[str, int]) -> str:
    """What was read, by strength, and apart what was read after the last change of a detector; a Markdown table."""
    valid = [label for label in current(labels, versions) if label.state is State.FOUND]
    rows = [
        "| claimed | read in | places | true | false | could not tell | precision | 95 % |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for strength in _STRENGTHS:
        claimed = [label for label in valid if label.strength is strength]
        for name, chosen in (
            ("all repositories", claimed),
            ("of them read after the last correction", [label for label in claimed if label.unseen]),
        ):
            measured = precision_of(chosen)
            cells = _cells(measured).rpartition(" | ")[0]
            rows.append(f"| {strength.value} | {name} ({measured.repositories}) | {cells} |")
    return "\n".join(rows)


def stale(labels: Iterable[Label], versions: Mapping[str, int]) -> tuple[Label, ...]:
    """The labels of findings that another version of the detector made: they count nowhere until read again."""
    return tuple(label for label in labels if versions.get(label.signal) != label.version)

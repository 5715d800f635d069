"""Evidence for code-scanning views: SARIF 2.1.0, one rule a signal, one result a place, never a line of source."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from evidence.evidence import Evidence, Location, Polarity, Signal, Strength
from evidence.readable import AREAS, debts_found

SCHEMA_ADDRESS = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "arrearsSignalInFile/v1"
#: What stands as the file of a finding that has none: GitHub refuses a whole report for one result without a file.
NO_FILE = "the-repository-as-a-whole"
_LEVELS = {Strength.DIRECT: "error", Strength.STRONG: "warning", Strength.WEAK: "note"}
_SEVERITIES = {**_LEVELS, Strength.WEAK: "recommendation"}  # the words of GitHub's view
_PRECISION = {Strength.DIRECT: "high", Strength.STRONG: "medium", Strength.WEAK: "low"}


def to_sarif(evidence: Evidence) -> str:
    """One SARIF log of the found signs of debt. Equal evidence, equal bytes; ends in a newline."""
    rules = [signal for signal in evidence.signals if signal.polarity is Polarity.DEBT]
    position = {signal.id: number for number, signal in enumerate(rules)}
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "Arrears",
                "semanticVersion": evidence.collector,
                "rules": [_rule(signal) for signal in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            result for signal in debts_found(evidence) for result in _results(signal, position=position[signal.id])
        ],
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {
                        "level": "warning",
                        "message": {"text": f"{entry.path}: {entry.reason}"},
                        "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(entry.path)}}}],
                    }
                    for entry in evidence.unparsed
                ],
            }
        ],
    }
    document = {"$schema": SCHEMA_ADDRESS, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _rule(signal: Signal) -> dict[str, Any]:
    """A signal as a rule: its level is the one a finding here claims, or may claim at most."""
    questions = ", ".join(signal.questions)
    speaks = f"It speaks to {questions} ({AREAS.get(signal.area, signal.area)})."
    return {
        "id": signal.id,
        "name": "".join(word.capitalize() for word in signal.id.split("-")),
        "shortDescription": {"text": f"{signal.statement}."},
        "fullDescription": {"text": f"{signal.statement}. {speaks}"},
        "help": {
            "text": f"Remedy: {signal.fix}\n\nCannot see: {signal.cannot_see}\n\n{speaks}",
            "markdown": f"**Remedy.** {signal.fix}\n\n**Cannot see.** {signal.cannot_see}\n\n{speaks}",
        },
        "defaultConfiguration": {"level": _LEVELS[signal.strength]},
        "properties": {
            "tags": ["technical-debt", "machine-learning", signal.area],
            "precision": _PRECISION[signal.strength],
            "problem.severity": _SEVERITIES[signal.strength],
            "detectorVersion": signal.version,
        },
    }


def _results(signal: Signal, *, position: int) -> Iterator[dict[str, Any]]:
    """One result a place: a view shows each where it is, and closes each by itself."""
    in_file: dict[str, int] = {}
    for location in signal.locations or (Location(path="", line=0),):
        number = in_file.get(location.path, 0)
        in_file[location.path] = number + 1
        yield {
            "ruleId": signal.id,
            "ruleIndex": position,
            "level": _LEVELS[signal.strength],
            "message": {"text": f"{signal.statement}{_cell(location)}. {signal.message}"},
            "locations": [_place(location)],
            "partialFingerprints": {FINGERPRINT: _fingerprint(signal.id, location.path, number)},
        }


def _cell(location: Location) -> str:
    in_notebook = location.path.endswith(".ipynb") and location.line
    return f" (cell {location.line})" if in_notebook else ""


def _place(location: Location) -> dict[str, Any]:
    """The line of a file; of a notebook the first line, because a cell has no line of its own in the file."""
    line = 1 if location.path.endswith(".ipynb") else max(location.line, 1)
    place: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(location.path) if location.path else NO_FILE},
            "region": {"startLine": line},
        }
    }
    if _cell(location):
        place["logicalLocations"] = [{"name": f"cell {location.line}"}]
    return place


def _uri(path: str) -> str:
    """A path inside the repository as a relative reference; a colon is written as %3A and starts no scheme."""
    return quote(path, safe="/")


def _fingerprint(identity: str, path: str, number: int) -> str:
    """The same finding tomorrow: its signal, its file, and which one in that file. Lines may move."""
    return hashlib.sha256(f"{identity}\0{path}\0{number}".encode()).hexdigest()[:32]

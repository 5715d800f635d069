"""Evidence as text and back: canonical JSON `evidence/1`, written for anybody, read back with suspicion."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from evidence.evidence import (
    ADMITTED_MAX,
    HOTSPOTS_MAX,
    LOCATIONS_MAX,
    SCHEMA,
    STORAGE_MAX,
    STORAGE_PLACES_MAX,
    TOUCHED_DAYS_MAX,
    TOUCHED_MAX,
    AdmittedDebt,
    Evidence,
    Hotspot,
    Kind,
    Location,
    Mode,
    PastQuarter,
    PastSignal,
    Polarity,
    Signal,
    State,
    StorageKind,
    StorageUse,
    Strength,
    Touched,
    Unparsed,
)

BYTES_MAX = 5 * 1024 * 1024
VALUES_MAX = 150_000  #: by their commas; more are no evidence, and making them would hold up everybody else
SIGNALS_MAX = 500
QUESTIONS_MAX = 20
UNPARSED_MAX = 2_000
NOTES_MAX = 200
LANGUAGES_MAX = 100
QUARTERS_MAX = 40
MARKER_LENGTH_MAX = 30
NAME_LENGTH_MAX = 200
TEXT_LENGTH_MAX = 1_000
PATH_LENGTH_MAX = 300
NUMBER_MAX = 1e15
PROBLEMS_MAX = 20
PROBLEMS_SHOWN = 3  #: in one sentence
OPTIONAL = frozenset({"storage", "touched"})  #: fields a document may lack: a collector made before them knows none
STORAGE_NAME_MAX = 200
WAY_OUT = "make the file anew with the collector's `scan PATH --output FILE`"

#: No query, no password, no quotes: what else stands in an address is nobody's business.
_STORAGE_NAME = re.compile(r"(?:[a-z][a-z0-9]{1,9}://)?\w[\w.@/:$+=~*-]*\Z")
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+){0,12}\Z")
_AREA = re.compile(r"[A-Z]{2,6}\Z")
_QUESTION = re.compile(r"[A-Z]{2,6}-[0-9]{2,3}\Z")
_PERIOD = re.compile(r"[0-9]{4}Q[1-4]\Z")
_DAY = re.compile(r"[0-9]{4}-(?:03-31|06-30|09-30|12-31)\Z")
_ANY_DAY = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])\Z")
_COMMIT = re.compile(r"[0-9a-f]{7,64}\Z")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_E = TypeVar("_E", bound=StrEnum)
_T = TypeVar("_T")


class InvalidEvidence(ValueError):
    """A text that is not evidence. `problems` are sentences: where: what; the way out. `str()` is one of them all."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(_in_short(problems))
        self.problems = problems


def _in_short(problems: tuple[str, ...]) -> str:
    """The first problems in one sentence, each way out once and at its end."""
    told = [problem.rpartition("; ") for problem in problems]
    shown = [what for what, _, _ in told[:PROBLEMS_SHOWN]]
    if len(told) > PROBLEMS_SHOWN:
        shown.append(f"and {len(told) - PROBLEMS_SHOWN} more")
    return "; ".join([*shown, *dict.fromkeys(way for _, _, way in told)])


def to_json(evidence: Evidence) -> str:
    """Canonical JSON: sorted keys, no spaces, numbers as they are, tuples as lists. Equal evidence, equal bytes.

    What came later is left out where there is none of it, so that such a document reads everywhere as it always did.
    """
    document = {name: value for name, value in asdict(evidence).items() if value or name not in OPTIONAL}
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def evidence_hash(evidence: Evidence) -> str:
    """The SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(to_json(evidence).encode()).hexdigest()


def from_json(text: str) -> Evidence:
    """Read evidence back. Anything missing, unknown, doubled, too long or not finite raises InvalidEvidence."""
    if len(text) > BYTES_MAX or len(text.encode("utf-8", "surrogatepass")) > BYTES_MAX:
        raise InvalidEvidence(
            (f"evidence: larger than {BYTES_MAX // 1024 // 1024} MiB; scan one repository at a time",)
        )
    if text.count(",") > VALUES_MAX:
        raise InvalidEvidence((f"evidence: too many values, more than {VALUES_MAX:,}; scan one repository at a time",))
    try:
        document = json.loads(
            text, object_pairs_hook=_once, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_whole
        )
    except RecursionError:
        raise InvalidEvidence((f"evidence: nested too deep to be evidence; {WAY_OUT}",)) from None
    except json.JSONDecodeError as problem:
        where = f"line {problem.lineno}, column {problem.colno}"
        raise InvalidEvidence((f"evidence, {where}: not JSON ({problem.msg}); {WAY_OUT}",)) from None
    except _Refusal as problem:
        raise InvalidEvidence((f"evidence: {problem}; {WAY_OUT}",)) from None
    reader = _Reader()
    evidence = reader.evidence(document)
    if reader.problems or evidence is None:
        raise InvalidEvidence(tuple(reader.problems[:PROBLEMS_MAX]))
    return evidence


def read_quarter(value: Any) -> PastQuarter:
    """A past quarter out of plain JSON values, such as a cache keeps. Raises InvalidEvidence."""
    reader = _Reader()
    quarter = reader.quarter(value, "quarter")
    if reader.problems or quarter is None:
        raise InvalidEvidence(tuple(reader.problems[:PROBLEMS_MAX]))
    return quarter


def is_storage_name(name: str) -> bool:
    """Whether a text may stand as the name of shared storage: letters, figures, marks of paths; no credential."""
    address = name.partition("://")[2] or name
    return len(name) <= STORAGE_NAME_MAX and bool(_STORAGE_NAME.match(name)) and ":" not in address.partition("@")[0]


class _Refusal(ValueError):
    """A JSON text that the JSON reader would accept and we do not."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        seen: set[str] = set()
        name = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise _Refusal(f"the key {_shown(name)} stands twice in one object")
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise _Refusal(f"{name} is not a number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _Refusal(f"{_shown(digits)} is too large a number")
    return number


def _whole(digits: str) -> int:
    if len(digits) > 20:
        raise _Refusal(f"{_shown(digits)} is too large a number")
    return int(digits)


def period_of(day: str) -> str:
    """The quarter of a day: "2026-06-30" -> "2026Q2"."""
    return f"{day[:4]}Q{(int(day[5:7]) + 2) // 3}"


def _shown(value: object) -> str:
    """A foreign value in a message: printable, short, in quotes."""
    if isinstance(value, list | dict):  # not its content: that may be large, and nested as deep as the reader goes
        return f"{'a list' if isinstance(value, list) else 'an object'} of {len(value):,}"
    text = repr(value[:80] if isinstance(value, str) else value)
    return _UNPRINTABLE.sub("?", text if len(text) <= 60 else text[:57] + "...")


class _Reader:
    """Turns plain JSON values into evidence and gathers every problem on the way."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def problem(self, where: str, what: str) -> None:
        if len(self.problems) < PROBLEMS_MAX:
            self.problems.append(f"{where}: {what}; {WAY_OUT}")

    def evidence(self, document: Any) -> Evidence | None:
        if isinstance(document, dict):
            document = {**{name: [] for name in OPTIONAL}, **document}
        fields = self._fields(document, "evidence", Evidence)
        if fields is None:
            return None
        if fields["schema"] != SCHEMA:
            self.problem("schema", f"expected {SCHEMA!r}, got {_shown(fields['schema'])}")
            return None
        commit = fields["commit"]
        if commit is not None and not (isinstance(commit, str) and _COMMIT.match(commit)):
            self.problem("commit", f"expected null or 7 to 64 hexadecimal digits, got {_shown(commit)}")
        evidence = Evidence(
            schema=SCHEMA,
            repository=self._text(fields["repository"], "repository", NAME_LENGTH_MAX),
            kind=self._choice(fields["kind"], "kind", Kind),
            commit=commit,
            collector=self._text(fields["collector"], "collector", 50),
            files=self._count(fields["files"], "files"),
            notebooks=self._count(fields["notebooks"], "notebooks"),
            lines_by_language=self._languages(fields["lines_by_language"]),
            signals=self._each(fields["signals"], "signals", SIGNALS_MAX, self._signal),
            unparsed=self._each(fields["unparsed"], "unparsed", UNPARSED_MAX, self._unparsed),
            notes=self._each(
                fields["notes"], "notes", NOTES_MAX, lambda value, where: self._text(value, where, TEXT_LENGTH_MAX)
            ),
            history=self._each(fields["history"], "history", QUARTERS_MAX, self.quarter),
            hotspots=self._each(fields["hotspots"], "hotspots", HOTSPOTS_MAX, self._hotspot),
            admitted=self._each(fields["admitted"], "admitted", ADMITTED_MAX, self._admitted),
            touched=self._each(fields["touched"], "touched", TOUCHED_MAX, self._touched),
            storage=self._each(fields["storage"], "storage", STORAGE_MAX, self._storage),
        )
        self._once("signals", evidence.signals)
        periods = [quarter.period for quarter in evidence.history]
        if periods != sorted(set(periods)):
            self.problem("history", "expected each quarter once, the oldest first")
        return evidence

    def _once(self, where: str, signals: tuple[Signal, ...] | tuple[PastSignal, ...]) -> None:
        ids = [signal.id for signal in signals]
        if len(set(ids)) != len(ids):
            twice = sorted({name for name in ids if ids.count(name) > 1})
            self.problem(where, f"the signal {_shown(twice[0])} stands there twice")

    def _signal(self, value: Any, where: str) -> Signal | None:
        fields = self._fields(value, where, Signal)
        if fields is None:
            return None
        return Signal(
            id=self._match(fields["id"], f"{where}.id", _ID, "a signal's id such as 'secrets-in-code'"),
            statement=self._text(fields["statement"], f"{where}.statement", TEXT_LENGTH_MAX),
            message=self._text(fields["message"], f"{where}.message", TEXT_LENGTH_MAX),
            area=self._match(fields["area"], f"{where}.area", _AREA, "an area's id such as 'CFG'"),
            questions=self._each(fields["questions"], f"{where}.questions", QUESTIONS_MAX, self._question),
            polarity=self._choice(fields["polarity"], f"{where}.polarity", Polarity),
            state=self._choice(fields["state"], f"{where}.state", State),
            strength=self._choice(fields["strength"], f"{where}.strength", Strength),
            value=self._number(fields["value"], f"{where}.value"),
            denominator=self._number(fields["denominator"], f"{where}.denominator"),
            locations=self._each(fields["locations"], f"{where}.locations", LOCATIONS_MAX, self._location),
            cannot_see=self._text(fields["cannot_see"], f"{where}.cannot_see", TEXT_LENGTH_MAX),
            fix=self._text(fields["fix"], f"{where}.fix", TEXT_LENGTH_MAX),
            version=self._count(fields["version"], f"{where}.version"),
        )

    def quarter(self, value: Any, where: str) -> PastQuarter | None:
        fields = self._fields(value, where, PastQuarter)
        if fields is None:
            return None
        quarter = PastQuarter(
            period=self._match(fields["period"], f"{where}.period", _PERIOD, "a quarter such as '2026Q2'"),
            commit=self._match(fields["commit"], f"{where}.commit", _COMMIT, "7 to 64 hexadecimal digits"),
            date=self._match(fields["date"], f"{where}.date", _DAY, "a quarter's last day such as '2026-06-30'"),
            kind=self._choice(fields["kind"], f"{where}.kind", Kind),
            files=self._count(fields["files"], f"{where}.files"),
            lines=self._count(fields["lines"], f"{where}.lines"),
            signals=self._each(fields["signals"], f"{where}.signals", SIGNALS_MAX, self._past_signal),
        )
        self._once(f"{where}.signals", quarter.signals)
        if quarter.period and quarter.date and quarter.period != period_of(quarter.date):
            self.problem(where, f"{quarter.date} is not the last day of {quarter.period}")
        return quarter

    def _past_signal(self, value: Any, where: str) -> PastSignal | None:
        fields = self._fields(value, where, PastSignal)
        if fields is None:
            return None
        return PastSignal(
            id=self._match(fields["id"], f"{where}.id", _ID, "a signal's id such as 'secrets-in-code'"),
            state=self._choice(fields["state"], f"{where}.state", State),
            value=self._number(fields["value"], f"{where}.value"),
            denominator=self._number(fields["denominator"], f"{where}.denominator"),
            version=self._count(fields["version"], f"{where}.version"),
        )

    def _hotspot(self, value: Any, where: str) -> Hotspot | None:
        fields = self._fields(value, where, Hotspot)
        if fields is None:
            return None
        return Hotspot(
            path=self._path(fields["path"], f"{where}.path"),
            changes=self._count(fields["changes"], f"{where}.changes"),
            complexity=self._count(fields["complexity"], f"{where}.complexity"),
            lines=self._count(fields["lines"], f"{where}.lines"),
            authors=self._count(fields["authors"], f"{where}.authors"),
            admitted=self._count(fields["admitted"], f"{where}.admitted"),
        )

    def _admitted(self, value: Any, where: str) -> AdmittedDebt | None:
        fields = self._fields(value, where, AdmittedDebt)
        if fields is None:
            return None
        age = fields["age_days"]
        return AdmittedDebt(
            path=self._path(fields["path"], f"{where}.path"),
            line=self._count(fields["line"], f"{where}.line"),
            marker=self._text(fields["marker"], f"{where}.marker", MARKER_LENGTH_MAX),
            age_days=None if age is None else self._count(age, f"{where}.age_days"),
        )

    def _touched(self, value: Any, where: str) -> Touched | None:
        fields = self._fields(value, where, Touched)
        if fields is None:
            return None
        return Touched(
            path=self._path(fields["path"], f"{where}.path"),
            days=self._each(fields["days"], f"{where}.days", TOUCHED_DAYS_MAX, self._day),
        )

    def _day(self, value: Any, where: str) -> str:
        return self._match(value, where, _ANY_DAY, "a day such as '2026-11-20'")

    def _storage(self, value: Any, where: str) -> StorageUse | None:
        fields = self._fields(value, where, StorageUse)
        if fields is None:
            return None
        name = self._text(fields["name"], f"{where}.name", STORAGE_NAME_MAX)
        if not is_storage_name(name):
            self.problem(
                f"{where}.name", f"expected the name of a table, topic, bucket, view or model, not {_shown(name)}"
            )
        return StorageUse(
            kind=self._choice(fields["kind"], f"{where}.kind", StorageKind),
            name=name,
            mode=self._choice(fields["mode"], f"{where}.mode", Mode),
            locations=self._each(fields["locations"], f"{where}.locations", STORAGE_PLACES_MAX, self._location),
        )

    def _location(self, value: Any, where: str) -> Location | None:
        fields = self._fields(value, where, Location)
        if fields is None:
            return None
        return Location(
            path=self._path(fields["path"], f"{where}.path"), line=self._count(fields["line"], f"{where}.line")
        )

    def _unparsed(self, value: Any, where: str) -> Unparsed | None:
        fields = self._fields(value, where, Unparsed)
        if fields is None:
            return None
        return Unparsed(
            path=self._path(fields["path"], f"{where}.path"),
            reason=self._text(fields["reason"], f"{where}.reason", TEXT_LENGTH_MAX),
        )

    def _question(self, value: Any, where: str) -> str:
        return self._match(value, where, _QUESTION, "a question's id such as 'CFG-06'")

    def _fields(self, value: Any, where: str, made: type) -> Mapping[str, Any] | None:
        """The fields of an object that has exactly those of `made`."""
        if not isinstance(value, dict):
            self.problem(where, f"expected an object, got {_shown(value)}")
            return None
        expected = set(made.__dataclass_fields__)  # type: ignore[attr-defined]
        for name in sorted(expected - set(value)):
            self.problem(where, f"{name!r} is missing")
        for name in sorted(set(value) - expected)[:3]:
            self.problem(where, f"{_shown(name)} is not known")
        return value if set(value) == expected else None

    def _each(self, value: Any, where: str, count_max: int, read: Callable[[Any, str], _T | None]) -> tuple[_T, ...]:
        if not isinstance(value, list):
            self.problem(where, f"expected a list, got {_shown(value)}")
            return ()
        if len(value) > count_max:
            self.problem(where, f"{len(value):,} entries, at most {count_max:,} are read")
            return ()
        made = (read(entry, f"{where}[{position}]") for position, entry in enumerate(value))
        return tuple(entry for entry in made if entry is not None)

    def _text(self, value: Any, where: str, length_max: int) -> str:
        if not isinstance(value, str):
            self.problem(where, f"expected a text, got {_shown(value)}")
        elif len(value) > length_max:
            self.problem(where, f"{len(value):,} characters, at most {length_max:,} are read")
        elif _UNPRINTABLE.search(value):
            self.problem(where, "holds control characters")
        else:
            return value
        return ""

    def _match(self, value: Any, where: str, pattern: re.Pattern[str], expected: str) -> str:
        if isinstance(value, str) and len(value) <= NAME_LENGTH_MAX and pattern.match(value):
            return value
        self.problem(where, f"expected {expected}, got {_shown(value)}")
        return ""

    def _path(self, value: Any, where: str) -> str:
        path = self._text(value, where, PATH_LENGTH_MAX)
        if path.startswith("/") or re.match(r"[A-Za-z]:[\\/]", path) or ".." in path.split("/"):
            self.problem(where, "expected a path inside the repository")
        return path

    def _choice(self, value: Any, where: str, choices: type[_E]) -> _E:
        if isinstance(value, str) and value in list(choices):
            return choices(value)
        self.problem(where, f"expected one of {', '.join(choices)}, got {_shown(value)}")
        return next(iter(choices))

    def _count(self, value: Any, where: str) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= NUMBER_MAX:
            return value
        self.problem(where, f"expected a whole number from 0, got {_shown(value)}")
        return 0

    def _number(self, value: Any, where: str) -> float | None:
        if value is None:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= NUMBER_MAX:
            return float(value)
        self.problem(where, f"expected null or a number from 0, got {_shown(value)}")
        return None

    def _languages(self, value: Any) -> dict[str, int]:
        if not isinstance(value, dict) or len(value) > LANGUAGES_MAX:
            self.problem("lines_by_language", f"expected an object of at most {LANGUAGES_MAX} languages")
            return {}
        return {
            self._text(name, "lines_by_language", 50): self._count(lines, f"lines_by_language.{_shown(name)}")
            for name, lines in value.items()
        }

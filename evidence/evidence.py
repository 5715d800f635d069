"""The types of evidence: what one scan of one repository saw, and their JSON form `evidence/1`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SCHEMA = "evidence/1"
LOCATIONS_MAX = 10
HOTSPOTS_MAX = 10
ADMITTED_MAX = 10
TOUCHED_MAX = 500  #: files whose days of change are told, the latest touched first
TOUCHED_DAYS_MAX = 12  #: newest days of change told of one file
STORAGE_MAX = 300
STORAGE_PLACES_MAX = 3


class State(StrEnum):
    """What a detector can say. Absence is weak: the work may live elsewhere."""

    FOUND = "found"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Strength(StrEnum):
    """How far a found signal may go: direct may contradict (floor .5), strong may (floor .25), weak only asks."""

    DIRECT = "direct"
    STRONG = "strong"
    WEAK = "weak"


class Kind(StrEnum):
    """What a repository is for; product-only signals do not apply to libraries."""

    APPLICATION = "application"
    LIBRARY = "library"
    NOTEBOOKS = "notebooks"
    TEMPLATE = "template"


class Polarity(StrEnum):
    """Whether a signal's statement, when true, speaks of debt or of care. Care never lowers debt."""

    DEBT = "debt"
    CARE = "care"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place in the repository. `line` counts from 1 (in a notebook: its cells); 0 = the file as a whole."""

    path: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One fact seen (or not seen) in a repository: a true/false statement with places."""

    id: str  #: e.g. "secrets-in-code"
    statement: str  #: the true/false statement, e.g. "Secrets stand in the code"
    message: str  #: what was seen here, in one sentence with numbers
    area: str  #: area id, e.g. "CFG"
    questions: tuple[str, ...]  #: ids of the questions it speaks to
    polarity: Polarity
    state: State
    strength: Strength
    value: float | None  #: what was counted, None when unknown
    denominator: float | None  #: out of how many, None when there is no natural one
    locations: tuple[Location, ...]  #: at most LOCATIONS_MAX
    cannot_see: str  #: what this detector is blind to
    fix: str  #: the remedy, one sentence
    version: int  #: detector version


@dataclass(frozen=True, slots=True, kw_only=True)
class Unparsed:
    """A file the collector could not read, with the reason in plain words."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastSignal:
    """What one detector said of a past quarter: no words and no places, those belong to the present."""

    id: str
    state: State
    value: float | None
    denominator: float | None
    version: int  #: detector version: two quarters compare only under the same one


@dataclass(frozen=True, slots=True, kw_only=True)
class PastQuarter:
    """The repository as it stood at the end of a quarter, by the first-parent history."""

    period: str  #: e.g. "2026Q2"
    commit: str  #: the last commit of that quarter or of one before
    date: str  #: the quarter's last day, "2026-06-30"
    kind: Kind
    files: int
    lines: int  #: of all languages
    signals: tuple[PastSignal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hotspot:
    """A file that is changed often and hard to change. People are counted, never named."""

    path: str
    changes: int  #: commits of the last twelve months that touched it
    complexity: int  #: decisions in it, cyclomatic
    lines: int
    authors: int  #: different people of those commits
    admitted: int  #: markers of admitted debt in it


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedDebt:
    """A place where the authors themselves write that something is owed. Never the comment's text."""

    path: str
    line: int
    marker: str  #: "TODO", "FIXME", "HACK", "XXX", "workaround"...
    age_days: int | None  #: since it was first seen, None when the history does not tell


class StorageKind(StrEnum):
    """What of shared storage a name stands for."""

    TABLE = "table"
    TOPIC = "topic"
    BUCKET = "bucket"  #: of an object store, with the path in it where that is written
    VIEW = "feature view"
    MODEL = "model"  #: in a registry


class Mode(StrEnum):
    """What code does with shared storage."""

    READ = "read"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageUse:
    """Shared storage that the code names, and whether it reads or writes it. Names only, never the text around them."""

    kind: StorageKind
    name: str  #: "sales.churn_scores", "s3://bucket/path"; "*" at its end where the rest is made when it runs
    mode: Mode
    locations: tuple[Location, ...]  #: at most STORAGE_PLACES_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """On which days people changed a file: enough to say how often since any day. Not who, and not what."""

    path: str
    days: tuple[str, ...]  #: "2026-11-20", one a commit, the newest first, at most TOUCHED_DAYS_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All signals of one scan."""

    schema: str  #: SCHEMA
    repository: str  #: display name, never a path of the machine
    kind: Kind
    commit: str | None  #: None for an archive or a tree without history
    collector: str  #: version of the collector
    files: int
    notebooks: int
    lines_by_language: dict[str, int]
    signals: tuple[Signal, ...]
    unparsed: tuple[Unparsed, ...]
    notes: tuple[str, ...]  #: what was left out and why: limits reached, `.git` ignored, links skipped
    history: tuple[PastQuarter, ...] = ()  #: oldest first; the commit scanned is not among them
    hotspots: tuple[Hotspot, ...] = ()  #: at most HOTSPOTS_MAX, by changes x complexity
    admitted: tuple[AdmittedDebt, ...] = ()  #: at most ADMITTED_MAX, oldest first
    touched: tuple[Touched, ...] = ()  #: at most TOUCHED_MAX, latest first; left out of the document where empty
    storage: tuple[StorageUse, ...] = ()  #: at most STORAGE_MAX; left out of the document where there is none

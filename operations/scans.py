"""The scans of a system: what a list and a trend need of each, and the signs of debt quarter by quarter."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from checklists.checklist import Area
from evidence.document import InvalidEvidence, from_json
from evidence.evidence import Evidence, PastQuarter, Polarity, State
from store.records import EvidenceRecord, EvidenceRow, Records, SystemRecord

SCANS_MAX = 500  #: of the newest: more are kept, and looked at one by one
SUMMARY_VERSION = 1
UNSURE_MAX = 8  #: scans read whole to see whether they looked back, where their summary does not say it
#: What scans kept by the first Arrears do not have: they stay readable, while the door asks for everything.
LATER_FIELDS = ("history", "hotspots", "admitted")
PARSED_MAX = 16  #: documents remembered as read: a page asks for the same one several times


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """Signs of debt: how many were found, of how many that could be looked for."""

    found: int
    looked_for: int

    def __add__(self, other: Signs) -> Signs:
        return Signs(found=self.found + other.found, looked_for=self.looked_for + other.looked_for)


NO_SIGNS = Signs(found=0, looked_for=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What one scan saw, in numbers."""

    debts: int  #: signs of debt found
    cares: int  #: signs of care found
    looked_for: int  #: signs of debt and care that could be looked for
    unknown: int  #: could not be told, or does not apply
    unparsed: int  #: files that could not be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What lists, trends and the age of a contradiction need of a scan, without its whole document."""

    counts: Counts
    areas: Mapping[str, Signs]  #: signs of debt by area id
    debts: Mapping[str, str]  #: ids of the signs of debt found, with their strength
    quarters: int | None = None  #: past quarters that were looked at; None where the summary does not say it


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One scan of a system's repository, as a list shows it."""

    evidence_id: str
    repository: str
    commit: str  #: "" for an archive
    collected_at: str
    collected_by: str  #: a person, or "collector NAME" for a token
    counts: Counts
    period: str | None  #: the latest quarter that went by it, None while it waits for one


class Origin(StrEnum):
    """Where a point of the trend comes from."""

    BACK_FILLED = "back-filled"  #: read out of the git history by the newest scan that did, all by the same detectors
    ATTACHED = "attached"  #: the scan the quarter's assessment went by
    NEWEST = "newest"  #: the newest scan, where no quarter goes by it yet


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """The signs of debt of one quarter."""

    period: str
    origin: Origin
    commit: str
    at: str  #: back-filled: the quarter's last day; else the moment of the scan
    total: Signs
    areas: Mapping[str, Signs]  #: by area id; an area in which nothing could be looked for is missing


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceTrend:
    """Signs of debt in a repository over the quarters. Evidence alone is never a score.

    A quarter that was back-filled and has a scan of its own appears twice, once with each origin: the back-filled
    points are measured alike and compare with each other, the attached ones are what people had before them then.
    """

    system: SystemRecord
    areas: tuple[Area, ...]  #: the areas in which something was looked for, in the order of the checklist
    points: tuple[TrendPoint, ...]  #: by quarter, back-filled before attached
    repositories: tuple[str, ...] = ()  #: whose scans the quarters go by, the newest first; more than one jump

    def of(self, *origins: Origin) -> tuple[TrendPoint, ...]:
        """The points of these origins, by quarter."""
        return tuple(point for point in self.points if point.origin in origins)


@lru_cache(maxsize=PARSED_MAX)
def _parsed(_evidence_id: str, body: str) -> Evidence:
    try:
        return from_json(body)
    except InvalidEvidence:
        document = json.loads(body)
        if all(field in document for field in LATER_FIELDS):
            raise
        return from_json(json.dumps({**{field: [] for field in LATER_FIELDS}, **document}))


def scan_of(record: EvidenceRecord) -> Evidence:
    """The document of a scan, read once for as long as it is among those asked for last."""
    return _parsed(record.evidence_id, record.body)


def summarise(found: Evidence) -> Summary:
    """The summary of a scan."""
    known = [s for s in found.signals if s.state in {State.FOUND, State.ABSENT}]
    seen = [s for s in known if s.state is State.FOUND]
    areas: dict[str, Signs] = {}
    for signal in known:
        if signal.polarity is Polarity.DEBT:
            one = Signs(found=int(signal.state is State.FOUND), looked_for=1)
            areas[signal.area] = areas.get(signal.area, NO_SIGNS) + one
    return Summary(
        counts=Counts(
            debts=sum(s.polarity is Polarity.DEBT for s in seen),
            cares=sum(s.polarity is Polarity.CARE for s in seen),
            looked_for=len(known),
            unknown=len(found.signals) - len(known),
            unparsed=len(found.unparsed),
        ),
        areas=areas,
        debts={s.id: s.strength.value for s in seen if s.polarity is Polarity.DEBT},
        quarters=len(found.history),
    )


def summary_text(summary: Summary) -> str:
    """A summary as it is kept: canonical JSON."""
    counts = summary.counts
    document = {
        "version": SUMMARY_VERSION,
        "counts": [counts.debts, counts.cares, counts.looked_for, counts.unknown, counts.unparsed],
        "areas": {area: [signs.found, signs.looked_for] for area, signs in summary.areas.items()},
        "debts": dict(summary.debts),
        "quarters": summary.quarters,
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def summary_of(records: Records, row: EvidenceRow | EvidenceRecord) -> Summary:
    """The summary kept with a scan; made anew from the document where none, or an older one, was kept."""
    document = json.loads(row.summary) if row.summary else {}
    if document.get("version") != SUMMARY_VERSION:
        whole = row if isinstance(row, EvidenceRecord) else records.evidence(row.system_id, row.evidence_id)
        if whole is None:
            raise LookupError(f"the scan {row.evidence_id} is listed but not there")
        return summarise(scan_of(whole))
    debts, cares, looked_for, unknown, unparsed = document["counts"]
    return Summary(
        counts=Counts(debts=debts, cares=cares, looked_for=looked_for, unknown=unknown, unparsed=unparsed),
        areas={area: Signs(found=found, looked_for=of) for area, (found, of) in document["areas"].items()},
        debts=document["debts"],
        quarters=document.get("quarters"),
    )


def looked_back(records: Records, rows: Iterable[EvidenceRow]) -> Evidence | None:
    """The first of these scans that read past quarters, as far as it can be told without reading many documents."""
    unsure = 0
    for row in rows:
        quarters = summary_of(records, row).quarters
        unsure += quarters is None
        if quarters == 0 or unsure > UNSURE_MAX:
            continue
        whole = records.evidence(row.system_id, row.evidence_id)
        found = scan_of(whole) if whole is not None else None
        if found is not None and found.history:
            return found
    return None


def signs_of_quarter(quarter: PastQuarter, present: Evidence) -> Mapping[str, Signs]:
    """Signs of debt by area of a back-filled quarter; area and polarity are those the signal has in the scan."""
    known = {signal.id: signal for signal in present.signals if signal.polarity is Polarity.DEBT}
    areas: dict[str, Signs] = {}
    for past in quarter.signals:
        signal = known.get(past.id)
        if signal is not None and past.state in {State.FOUND, State.ABSENT}:
            one = Signs(found=int(past.state is State.FOUND), looked_for=1)
            areas[signal.area] = areas.get(signal.area, NO_SIGNS) + one
    return areas


def total_of(areas: Mapping[str, Signs]) -> Signs:
    """The signs of all areas together."""
    return sum(areas.values(), NO_SIGNS)

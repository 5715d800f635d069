"""The first fault of a database, named precisely: which entry, quarter or answer, what is wrong, and the way out."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from operations.assessments import answer_document, canonical
from operations.errors import StoreError
from operations.freshness import doubts_of
from operations.rescoring import score_sealed
from operations.scores import PARAMETERS, SYSTEM, score_assessment
from operations.workplace import Workplace
from scoring.answers import score_document
from scoring.score import Score, scoring_id
from store.records import AssessmentRecord, Records, ScoreRow, SystemRecord

RESTORE = "restore the newest backup that verifies"
SCORE_ANEW = "restore a backup, or delete these score rows: they are made anew from the answers"
TRAIL_MAX = 1_000_000_000  #: entries of the audit trail that are read

_ID = re.compile(r"\b[0-9a-f]{32}\b")


def first_fault(workplace: Workplace, records: Records, found_by_store: tuple[str, ...]) -> str | None:
    """The first fault as "where: what; way out", None when all is well.

    First what the store found (the file, the audit trail, histories), then checklists, then each system's scans and
    quarters in their order.
    """
    systems = records.systems(include_retired=True)
    names = {system.system_id: system.name for system in systems}
    names |= {
        one.assessment_id: f"{system.name}, {one.period}"
        for system in systems
        for one in (*records.assessments_of(system.system_id), *records.withdrawn_of(system.system_id))
    }
    if found_by_store:
        return _in_words(found_by_store[0], names)
    try:
        return next(_faults(workplace, records, systems), None)
    except StoreError as error:
        return _in_words(str(error), names)


def _in_words(sentence: str, names: Mapping[str, str]) -> str:
    """A sentence of the store with the names of what it speaks of, and the way out."""
    what, _, way_out = sentence.rstrip(".").partition("; ")
    said = {names[found]: None for found in _ID.findall(what) if found in names}
    where = next(iter(said), "audit trail" if "audit trail" in what else "database")
    return f"{where}: {what[:1].lower()}{what[1:]}; {way_out or RESTORE}"


def _faults(workplace: Workplace, records: Records, systems: list[SystemRecord]) -> Iterator[str]:
    for checklist_id, name in records.checklist_names().items():
        body = records.checklist_body(checklist_id) or ""
        if _sha256(body) != checklist_id:
            yield f"checklist {name} {checklist_id[:12]}: it was changed after it was first used; {RESTORE}"
    audited = _audited(records)
    for system in systems:
        yield from _changed_scans(records, system)
        rows = _scores(records, system)
        for assessment in (*records.assessments_of(system.system_id), *records.withdrawn_of(system.system_id)):
            where = f"{system.name}, {assessment.period}{' (withdrawn)' if assessment.withdrawn else ''}"
            theirs = {} if assessment.withdrawn else rows.get(assessment.period, {})
            if assessment.state == "open":
                yield from _open_faults(workplace, records, assessment, where, theirs)
                continue
            if audited.get(assessment.assessment_id, assessment.document_sha256) != assessment.document_sha256:
                yield f"{where}: the sealed snapshot is not the one the audit trail says was sealed; {RESTORE}"
            yield from _sealed_faults(workplace, records, assessment, where, theirs)


def _audited(records: Records) -> Mapping[str, str]:
    """Under which hash the audit trail says that each assessment was closed."""
    entries = records.audit_trail(TRAIL_MAX)
    return {entry.subject: entry.detail for entry in entries if entry.action == "close assessment"}


Rows = Mapping[str, list[ScoreRow]]  #: the scores of one quarter by scoring version


def _scores(records: Records, system: SystemRecord) -> dict[str, dict[str, list[ScoreRow]]]:
    """The stored scores of a system by quarter and scoring version: today's, and those of its sealed quarters."""
    sealed_with = {json.loads(one.document)["scoring"] for one in records.snapshots_of(system.system_id)}
    rows: dict[str, dict[str, list[ScoreRow]]] = {}
    for scoring in {scoring_id(PARAMETERS), *sealed_with}:
        for row in records.scores_of(system.system_id, scoring):
            rows.setdefault(row.period, {}).setdefault(scoring, []).append(row)
    return rows


def _changed_scans(records: Records, system: SystemRecord) -> Iterator[str]:
    for row in records.evidence_list(system.system_id):
        kept = records.evidence(system.system_id, row.evidence_id)
        if kept is None or _sha256(kept.body) != row.evidence_id:
            yield f"{system.name}: the evidence {row.evidence_id[:12]} was changed; {RESTORE}"


def _sealed_faults(
    workplace: Workplace, records: Records, assessment: AssessmentRecord, where: str, rows: Rows
) -> Iterator[str]:
    """What is wrong with one sealed quarter: its document, the answers it came from, its scores."""
    snapshot = records.snapshot(assessment.assessment_id)
    if snapshot is None:
        yield f"{where}: its sealed snapshot is missing; {RESTORE}"
        return
    document = json.loads(snapshot.document)
    sealed = document["answers"]
    answers = records.answers(assessment.assessment_id)
    doubts = doubts_of(workplace, records, assessment, workplace.checklist(records, assessment.checklist_id), answers)
    kept = {key: answer_document(answer, doubts.get(key)) for key, answer in answers.items()}
    if odd := sorted(key for key in kept.keys() | sealed.keys() if kept.get(key) != sealed.get(key)):
        yield f"{where}: the answer to {odd[0]} is not the one that was sealed; {RESTORE}"
    active = scoring_id(PARAMETERS)
    checklist, again = score_sealed(workplace, records, document)
    if document["scoring"] == active and canonical(score_document(again, checklist)) != canonical(document["score"]):
        yield f"{where}: scoring the sealed answers again gives another result; {RESTORE}, or use the Arrears of then"
    estimates = {SYSTEM: document["score"]["system"]} | {area["id"]: area for area in document["score"]["areas"]}
    yield from _odd_rows(where, estimates, rows.get(document["scoring"], []))
    yield from _odd_rows(where, _estimates(again), rows.get(active, []))


def _open_faults(
    workplace: Workplace, records: Records, assessment: AssessmentRecord, where: str, rows: Rows
) -> Iterator[str]:
    """Scores of an open quarter that say they are of its last change have to follow from its answers."""
    theirs = rows.get(scoring_id(PARAMETERS), [])
    if any(row.change_seq == assessment.change_seq for row in theirs):
        scored = score_assessment(workplace, records, assessment)
        ends = ENDS if not scored.doubts else UNDOUBTED  # an answer grows old without any change to the quarter
        yield from _odd_rows(where, _estimates(scored.score), theirs, ends)


ENDS = ("estimate", "low", "high", "coverage", "band")
UNDOUBTED = ("estimate", "coverage", "band")  #: what no doubt moves


def _estimates(scored: Score) -> dict[str, Mapping[str, Any]]:
    whole = {area.id: area.estimate for area in scored.areas} | {SYSTEM: scored.system}
    return {area: {end: getattr(estimate, end) for end in ENDS} for area, estimate in whole.items()}


def _odd_rows(
    where: str, expected: Mapping[str, Mapping[str, Any]], rows: list[ScoreRow], ends: Sequence[str] = ENDS
) -> Iterator[str]:
    """Score rows that are not what they have to be; none at all is no fault, because they are made when asked for."""
    kept = {row.area: row for row in rows}
    if not kept:
        return
    for area in sorted(expected.keys() | kept.keys()):
        row, of = kept.get(area), f"area {area}" if area else "the system"
        if row is None or area not in expected:
            yield f"{where}: the score of {of} is {'missing' if row is None else 'one too many'}; {SCORE_ANEW}"
        elif any(getattr(row, end) != expected[area][end] for end in ends):
            yield f"{where}: the stored score of {of} is not what the answers give; {SCORE_ANEW}"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

"""Which answers wait to be confirmed, and why; one click says that one is still true. Nothing expires silently."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from checklists.checklist import Checklist
from checklists.reader import DEFAULT_PACK
from operations.authorize import Action, Actor, permitted
from operations.errors import NotFound
from operations.workplace import Workplace
from reports import numbers
from scoring.freshness import Age, Doubt, Limits, Why, judge
from store.records import AnswerRecord, AssessmentRecord, EvidenceRecord, Records, SystemRecord
from store.version_records import Confirmation, LatestRow, SealedDoubt

LIMITS = Path(__file__).with_name("freshness.toml")
CITED_MAX = 30  #: files an answer is held to cite; those it names itself come first
_LINE = re.compile(r":[0-9]+(?:-[0-9]+)?$")
_WORD = re.compile(r"[\w./\\-]+")
_KEPT_MAX = 16_384  #: assessments whose doubts are remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One answer that waits to be confirmed."""

    question_id: str
    question: str  #: its text
    rev: int  #: of the answer: what a confirmation is of
    doubt: Doubt
    confirmed: date  #: when somebody last stood by it
    confirmed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleSystem:
    """A system with answers that wait to be confirmed, in its latest quarter."""

    system: SystemRecord
    assessment: AssessmentRecord
    waiting: tuple[Waiting, ...]  #: the longest waiting first


@lru_cache(maxsize=1)
def limits() -> Limits:
    """When an answer needs to be confirmed, as the file beside this module says."""
    given = tomllib.loads(LIMITS.read_text(encoding="utf-8"))
    return Limits(
        ages=tuple(Age(growth_up_to=float(age["growth_up_to"]), days=int(age["days"])) for age in given["age"]),
        critical_days=int(given["critical"]["days"]),
        commits_a_file=int(given["changes"]["commits_a_file"]),
        share_of_files=float(given["changes"]["share_of_files"]),
    )


# --- what an answer cites ---


def cited_by(answer: AnswerRecord, known: Iterable[str]) -> tuple[str, ...]:
    """The files an answer names itself: its links that are paths, and the names of `known` files in its note."""
    links = (link for link in answer.links if "://" not in link)
    named = [_LINE.sub("", link).removeprefix("./") for link in links]
    there = set(known)
    named += [word for word in (_said(word) for word in _WORD.findall(answer.note)) if word in there]
    return tuple(dict.fromkeys(named))[:CITED_MAX]


def _said(word: str) -> str:
    return word.rstrip(".").removeprefix("./")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What freshness needs of a kept scan."""

    touched: Mapping[str, tuple[date, ...]]  #: the days on which each file was changed
    by_question: Mapping[str, tuple[str, ...]]  #: the files in which signals saw something
    by_signal: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=16)
def _read(_evidence_id: str, body: str) -> _Seen:
    """What freshness needs of a scan. It was checked at the door, so nothing is checked here, and little read."""
    document = json.loads(body)
    touched = {
        file["path"]: tuple(date.fromisoformat(day) for day in file["days"]) for file in document.get("touched", ())
    }
    found = [signal for signal in document.get("signals", ()) if signal["state"] == "found"]
    places = {signal["id"]: tuple(dict.fromkeys(place["path"] for place in signal["locations"])) for signal in found}
    by_question: dict[str, list[str]] = {}
    for signal in found:
        for question in signal["questions"]:
            by_question.setdefault(question, []).extend(places[signal["id"]])
    questions = {question: tuple(paths) for question, paths in by_question.items()}
    return _Seen(touched=touched, by_question=questions, by_signal=places)


def _seen_by_signals(scan: EvidenceRecord | None, checklist: Checklist) -> Mapping[str, tuple[str, ...]]:
    """The files in which signals saw something, by the question they speak to."""
    if scan is None:
        return {}
    seen = _read(scan.evidence_id, scan.body)
    if checklist.id == DEFAULT_PACK:
        return seen.by_question
    return {
        question.id: tuple(path for signal in question.signals for path in seen.by_signal.get(signal, ()))
        for question in checklist.questions.values()
    }


# --- what waits ---


def doubts_of(
    workplace: Workplace,
    records: Records,
    assessment: AssessmentRecord,
    checklist: Checklist,
    answers: Mapping[str, AnswerRecord],
) -> dict[str, Doubt]:
    """The doubts an assessment is scored with: an open one with those of today, a closed one with those it sealed."""
    if assessment.state == "closed":
        return {
            doubt.question_id: Doubt(
                why=Why(doubt.why),
                since=date.fromisoformat(doubt.since),
                paths=doubt.paths,
                commits=doubt.commits,
                origin=doubt.origins,
            )
            for doubt in records.versions.sealed_doubts(assessment.assessment_id)
        }
    waiting = _waiting_now(workplace, records, assessment, checklist, answers)
    return {one.question_id: one.doubt for one in waiting}


def seal_doubts(records: Records, assessment: AssessmentRecord, doubts: Mapping[str, Doubt]) -> None:
    """Keep the doubts a quarter is about to be closed with: its score rests on them for ever."""
    records.versions.seal_doubts(
        assessment.period,
        assessment.assessment_id,
        [
            SealedDoubt(
                question_id=question,
                why=doubt.why.value,
                since=doubt.since.isoformat(),
                paths=doubt.paths,
                commits=doubt.commits,
                origins=doubt.origin,
            )
            for question, doubt in sorted(doubts.items())
        ],
    )


def _waiting_now(
    workplace: Workplace,
    records: Records,
    assessment: AssessmentRecord,
    checklist: Checklist,
    answers: Mapping[str, AnswerRecord],
) -> tuple[Waiting, ...]:
    """The answers of an assessment that wait to be confirmed as of today, in the order of the checklist."""
    asked = [(question, answers[name]) for name, question in checklist.questions.items() if name in answers]
    if not asked:
        return ()
    zone, today, allowed = workplace.zone(), workplace.today(), limits()
    carried = records.versions.carried(assessment.assessment_id)
    confirmations = records.versions.confirmations(assessment.assessment_id)
    scans = _Scans(records, assessment)
    touched = scans.touched
    waiting = []
    for question, answer in asked:
        moment, by = _stood_by(answer, confirmations.get(question.id))
        confirmed = datetime.fromisoformat(moment).astimezone(zone).date()
        came_over = carried.get((question.id, answer.rev))
        if came_over is not None and not _confirmed(answer, confirmations.get(question.id)):
            doubt: Doubt | None = Doubt(why=Why.CARRIED, since=confirmed, origin=came_over.origins)
        else:
            seen = _seen_by_signals(scans.at(moment), checklist).get(question.id, ()) if touched else ()
            cited = (*cited_by(answer, touched), *seen)[:CITED_MAX]
            days = allowed.days_for(question, checklist.classes)
            doubt = judge(confirmed, today, days=days, cited=cited, touched=touched, limits=allowed)
        if doubt is not None:
            waiting.append(
                Waiting(
                    question_id=question.id,
                    question=question.text,
                    rev=answer.rev,
                    doubt=doubt,
                    confirmed=confirmed,
                    confirmed_by=by,
                )
            )
    return tuple(waiting)


class _Scans:
    """The scans an assessment went by, and the newest of its system; each read when it is asked for."""

    def __init__(self, records: Records, assessment: AssessmentRecord) -> None:
        self._records = records
        self._system = assessment.system_id
        self._links = records.links_of(assessment)
        self._read: dict[str, EvidenceRecord | None] = {}
        newest = records.evidence_list(assessment.system_id, limit=1)
        scan = self._scan(newest[0].evidence_id) if newest else None
        #: the days on which files changed, as the newest scan tells
        self.touched: Mapping[str, tuple[date, ...]] = _read(scan.evidence_id, scan.body).touched if scan else {}

    def at(self, moment: str) -> EvidenceRecord | None:
        """The scan the assessment went by at a moment."""
        before = [link for link in self._links if link.attached_at <= moment]
        return self._scan(before[-1].evidence_id) if before else None

    def _scan(self, evidence_id: str) -> EvidenceRecord | None:
        if evidence_id not in self._read:
            self._read[evidence_id] = self._records.evidence(self._system, evidence_id)
        return self._read[evidence_id]


def _confirmed(answer: AnswerRecord, confirmation: Confirmation | None) -> bool:
    return confirmation is not None and confirmation.rev == answer.rev


def _stood_by(answer: AnswerRecord, confirmation: Confirmation | None) -> tuple[str, str]:
    """When, and who, somebody last stood by an answer: gave it, changed it, or said that it is still true."""
    if confirmation is not None and confirmation.rev == answer.rev:
        return confirmation.confirmed_at, confirmation.confirmed_by
    return answer.changed_at, answer.changed_by


def doubt_words(doubt: Doubt, confirmed: date) -> str:
    """Why an answer waits, in one sentence with the date."""
    on = numbers.day(confirmed)
    match doubt.why:
        case Why.CHANGED:
            first, *more = doubt.paths
            others = f" and {numbers.count(len(more), 'other file')}" if more else ""
            verb = "were" if more else "was"
            commits = numbers.count(doubt.commits, "commit")
            return f"{first}{others}, which it cites, {verb} changed in {commits} since {on}."
        case Why.AGED:
            return f"Last confirmed on {on}; it may stand until {numbers.day(doubt.since)}."
        case Why.CARRIED if doubt.origin:
            return f"Carried over from {', '.join(doubt.origin)} on {on}, when the checklist changed."
        case Why.CARRIED:
            return f"Answered on {on}, before the question got other words."


# --- operations ---


@permitted(Action.READ)
def read_waiting(workplace: Workplace, _actor: Actor, *, assessment_id: str) -> tuple[Waiting, ...]:
    """The answers of an assessment that wait to be confirmed, as of today, in the order of the checklist.

    Of a closed quarter, too: its score stays as it was sealed, but whoever goes by its answers should know. One that
    was withdrawn has nothing to confirm. Raises NotFound.
    """

    def work(records: Records) -> tuple[Waiting, ...]:
        assessment = records.assessment(assessment_id)
        if assessment is None:
            raise NotFound("No such assessment. The portfolio lists the systems and their quarters.")
        return () if assessment.withdrawn else _waiting(workplace, records, assessment)

    return workplace.store.read(work)


@permitted(Action.ANSWER)
def confirm_answer(
    workplace: Workplace, actor: Actor, *, assessment_id: str, question_id: str, expected_rev: int
) -> AnswerRecord:
    """Say that the answer at that revision is still true. Its content, votes and source stay as they are.

    Raises Conflict (somebody changed it meanwhile), Closed, NotFound.
    """
    return workplace.store.write(
        lambda records: records.confirm(assessment_id, question_id, expected_rev, at=workplace.now(), by=actor.name)
    )


@permitted(Action.READ)
def list_stale(workplace: Workplace, _actor: Actor) -> tuple[StaleSystem, ...]:
    """Every system in use whose latest quarter has answers that wait to be confirmed, the longest waiting first."""

    def work(records: Records) -> list[StaleSystem]:
        found = []
        for row in records.versions.latest():
            waiting = _remembered(workplace, records, row)
            system = records.system(row.system_id) if waiting else None
            assessment = records.assessment(row.assessment_id) if waiting else None
            if system is not None and assessment is not None:
                longest = tuple(sorted(waiting, key=lambda one: (one.doubt.since, one.question_id)))
                found.append(StaleSystem(system=system, assessment=assessment, waiting=longest))
        return found

    return tuple(sorted(workplace.store.read(work), key=lambda one: (one.waiting[0].doubt.since, one.system.name)))


_REMEMBERED: dict[tuple[object, ...], tuple[Waiting, ...]] = {}


def _waiting(workplace: Workplace, records: Records, assessment: AssessmentRecord) -> tuple[Waiting, ...]:
    """What waits in an assessment, worked out once for its answers, the newest scan and the day."""
    newest = records.evidence_list(assessment.system_id, limit=1)
    row = LatestRow(
        assessment.system_id,
        assessment.assessment_id,
        assessment.change_seq,
        newest[0].evidence_id if newest else "",
        1,
    )
    return _remembered(workplace, records, row)


def _remembered(workplace: Workplace, records: Records, row: LatestRow) -> tuple[Waiting, ...]:
    """What waits in an assessment, looked up or worked out; not even looked at where nothing can wait."""
    key = (workplace.org_id, row.assessment_id, row.change_seq, row.newest_scan, workplace.today())
    if key not in _REMEMBERED:
        if len(_REMEMBERED) >= _KEPT_MAX:
            _REMEMBERED.clear()
        assessment = records.assessment(row.assessment_id)
        if assessment is None or _is_young(workplace, records, row):
            _REMEMBERED[key] = ()
        else:
            checklist = workplace.checklist(records, assessment.checklist_id)
            answers = records.answers(assessment.assessment_id)
            _REMEMBERED[key] = _waiting_now(workplace, records, assessment, checklist, answers)
    return _REMEMBERED[key]


def _is_young(workplace: Workplace, records: Records, row: LatestRow) -> bool:
    """Whether nothing can wait: no scan that could tell of changes, nothing carried over, no answer of any age."""
    if row.newest_scan or row.carried:
        return False
    oldest = records.versions.oldest_answer(row.assessment_id)
    least = min((limits().critical_days, *(age.days for age in limits().ages)))
    return not oldest or (workplace.today() - workplace.day_of(oldest)).days <= least

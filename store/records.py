"""The records of one organisation, and every statement that keeps or finds them, in portable SQL."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from .comment_records import CommentRecords
from .connection_records import ConnectionRecords
from .engine import Row, Session
from .errors import AlreadyThere, Closed, Conflict, NotFound, StoreError
from .plan_records import PlanRecords
from .portfolio_records import PortfolioRecords
from .report_records import ReportRecords
from .search_records import SearchRecords
from .target_records import TargetRecords
from .version_records import Confirmation, VersionRecords
from .workshop_records import WorkshopRecords

UNANSWERED = "unanswered"  #: state of an AnswerEvent that cleared an answer; never the state of an AnswerRecord
AUDIT_PAGE_ROWS = 5_000  #: rows of the audit trail held in memory at once while it is verified


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRecord:
    """One machine-learning system that is assessed. All times here are ISO-8601 UTC text with milliseconds."""

    system_id: str
    name: str
    team: str
    decides: str  #: what it decides
    affected: str  #: who is affected
    switches: frozenset[str]  #: which optional areas apply: foundation_models, agents, retrieval
    demonstration: bool  #: part of the demonstration portfolio; fixed when the system is added
    created_at: str
    retired_at: str | None = None
    tags: frozenset[str] = frozenset()  #: what its team files it under, e.g. "payments"; lists filter by them
    rev: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRecord:
    """One filling-in of one checklist version for one system and period."""

    assessment_id: str
    system_id: str
    period: str  #: a quarter, "2026Q4"
    checklist_id: str
    scope: str  #: "core" or "all"
    switches: frozenset[str]
    state: str = "open"  #: "open" or "closed"
    change_seq: int = 0  #: grows with every change of answers, scope, switches, evidence, decisions, and on closing
    previous: str | None = None  #: the assessment of an earlier period it goes on from
    document_sha256: str | None = None
    opened_at: str
    opened_by: str
    closed_at: str | None = None
    closed_by: str | None = None
    zone: str = ""  #: the organisation's time zone when it was opened, then when it was closed; "" before zones
    withdrawn_at: str | None = None
    withdrawn_by: str | None = None
    withdrawn_because: str = ""  #: the reason given, where the sealed quarter was found wrong

    @property
    def withdrawn(self) -> bool:
        """Whether it was found wrong: readable, and left out of every trend and portfolio."""
        return self.withdrawn_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRecord:
    """What the team stands by for one question. `rev`, and the stored `changed_*`, are set by the save."""

    question_id: str
    state: str  #: "answered", "unknown" or "not_applicable"
    level: int | None = None  #: 0..4
    votes: tuple[int | None, ...] = ()  #: None is "we do not know"
    reason: str = ""  #: why it does not apply
    note: str = ""
    links: tuple[str, ...] = ()
    source: str = "person"  #: "person", "confirmed", "workshop" or "import"
    rev: int = 0
    changed_at: str
    changed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerEvent:
    """One entry of a question's history: the content an answer had from this revision on; "unanswered" = cleared."""

    question_id: str
    state: str
    level: int | None
    votes: tuple[int | None, ...]
    reason: str
    note: str
    links: tuple[str, ...]
    source: str
    rev: int
    changed_at: str
    changed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRecord:
    """What one scan of a system's repository showed. `evidence_id` is the evidence's own content hash."""

    evidence_id: str
    system_id: str
    repository: str
    commit_id: str
    collector: str  #: version of the collector
    body: str  #: the evidence document, JSON text
    summary: str = ""  #: what lists and trends need of the body, JSON text; "" where nobody made one
    collected_at: str
    collected_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """An EvidenceRecord without its body, for lists."""

    evidence_id: str
    system_id: str
    repository: str
    commit_id: str
    collector: str
    summary: str
    collected_at: str
    collected_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLink:
    """That an assessment went by a scan from a moment on."""

    period: str
    assessment_id: str
    seq: int  #: 1, 2, 3 ...: the highest is the scan the assessment goes by
    evidence_id: str
    attached_at: str
    attached_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRecord:
    """A key with which a collector may hand in evidence of one system. The secret itself is kept nowhere."""

    token_id: str
    system_id: str
    name: str  #: where it is used, e.g. "GitHub Actions"; among those in use once a system
    made_at: str
    made_by: str
    last_used_at: str | None = None
    revoked_at: str | None = None
    revoked_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorDecision:
    """Whether the team accepts the floor a signal puts under a question, or overrides it and says why."""

    question_id: str
    signal_id: str
    decision: str  #: "accepted" or "overridden"
    reason: str
    decided_at: str
    decided_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorEvent:
    """One entry of the history of floor decisions: what was decided about a floor at one moment."""

    period: str
    assessment_id: str
    seq: int  #: 1, 2, 3 ... in its assessment
    question_id: str
    signal_id: str
    decision: str  #: "accepted", "overridden", or "reopened": taken back
    reason: str
    decided_at: str
    decided_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRecord:
    """A sealed assessment: the document from which its score follows, and the hash that proves it unchanged."""

    assessment_id: str
    system_id: str
    period: str
    document: str
    document_sha256: str
    sealed_at: str
    sealed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """The score of a system (`area` "") or of one of its areas in a period, under one scoring version."""

    system_id: str
    period: str
    assessment_id: str
    area: str
    estimate: float | None  #: 0..1, higher is worse; None when nothing applies
    low: float
    high: float
    coverage: float  #: 0..1
    band: str | None  #: A..E, None below the coverage that allows one
    change_seq: int  #: of the assessment when this was computed
    disputed: int | None = 0  #: questions whose votes are split; None in rows from before they were counted
    contradicted: int | None = 0  #: answers the evidence disagrees with
    undecided: int | None = 0  #: those of them nobody has decided on


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One link of the audit chain."""

    seq: int  #: 1, 2, 3 ... without gaps
    at: str
    actor: str
    action: str
    subject: str
    detail: str
    previous: str  #: hash of the entry before, "" for the first
    hash: str


_CONTENT = ("state", "level", "votes", "reason", "note", "links", "source")
_ANSWER_COLUMNS = (
    "org_id, period, assessment_id, question_id, rev,"
    " state, level, votes, reason, note, links, source, changed_at, changed_by"
)
_ANSWER_VALUES = (
    ":org, :period, :assessment, :question_id, :rev, :state, :level, :votes, :reason, :note, :links, :source, :at, :by"
)


class Records:
    """What is kept for one organisation, inside one transaction. Made by Store.read and Store.write, used at once.

    Inside Store.read every method that changes something raises StoreError.
    """

    def __init__(self, session: Session, org_id: str) -> None:
        self._session = session
        self._org = org_id
        self.plans = PlanRecords(session, org_id)  #: actions, estimates, plan settings, class values
        self.targets = TargetRecords(session, org_id)  #: the debt to come down to, and by when
        self.comments = CommentRecords(session, org_id)  #: what is said about actions
        self.search = SearchRecords(session, org_id)  #: words in what people wrote
        self.versions = VersionRecords(session, org_id)  #: moves, carried answers, confirmations, zones, names
        self.workshops = WorkshopRecords(session, org_id)  #: workshops, who takes part, ballots
        self.reports = ReportRecords(session, org_id)  #: what people wrote into reports
        self.portfolio = PortfolioRecords(session, org_id)  #: all systems of a quarter, and of all quarters
        self.connections = ConnectionRecords(session, org_id)  #: which system feeds which, storage used, interest

    # --- the organisation -------------------------------------------------------------------------------------------

    def organisation_known(self) -> bool:
        """Whether this organisation has been added to the database."""
        return bool(self._query("SELECT 1 FROM organisation WHERE org_id = :org"))

    def add_organisation(self) -> None:
        """Add this organisation; nothing happens when it is there."""
        self._execute("INSERT INTO organisation (org_id, name) VALUES (:org, :org) ON CONFLICT (org_id) DO NOTHING")

    # --- systems ----------------------------------------------------------------------------------------------------

    def add_system(self, record: SystemRecord) -> SystemRecord:
        """Add a system. Raises AlreadyThere when its team has one of that name in use, or the id is taken."""
        self._refuse_same_name(record)
        self._know_team(record.team)
        added = self._query(
            "INSERT INTO system (org_id, system_id, team, name, decides, affected, switches, tags, demonstration,"
            " created_at, changed_at, retired_at, rev)"
            " VALUES (:org, :system_id, :team, :name, :decides, :affected, :switches, :tags, :demonstration,"
            " :created_at, :created_at, :retired_at, 1) ON CONFLICT (org_id, system_id) DO NOTHING RETURNING *",
            system_id=record.system_id,
            demonstration=int(record.demonstration),
            created_at=record.created_at,
            **_system_content(record),
        )
        if not added:
            raise AlreadyThere(
                f"There is a system with the id '{record.system_id}' already.", existing=self.system(record.system_id)
            )
        return _system(added[0])

    def change_system(self, record: SystemRecord, expected_rev: int, at: str) -> SystemRecord:
        """Change name, team, purpose, switches, tags or retirement, if the revision is still the expected one.

        Raises NotFound, Conflict (with the current record), AlreadyThere. The demonstration mark never changes.
        """
        current = self.system(record.system_id)
        if current is None:
            raise NotFound(f"There is no system with the id '{record.system_id}'.")
        if _system_content(current) == _system_content(record):
            return current
        if current.rev != expected_rev:
            raise self._system_overtaken(current)
        self._refuse_same_name(record)
        self._know_team(record.team)
        changed = self._query(
            "UPDATE system SET team = :team, name = :name, decides = :decides, affected = :affected,"
            " switches = :switches, tags = :tags, retired_at = :retired_at, changed_at = :at, rev = rev + 1"
            " WHERE org_id = :org AND system_id = :system_id AND rev = :expected_rev RETURNING *",
            system_id=record.system_id,
            expected_rev=expected_rev,
            at=at,
            **_system_content(record),
        )
        if not changed:
            raise self._system_overtaken(self.system(record.system_id))
        return _system(changed[0])

    def retire_system(self, system_id: str, at: str) -> SystemRecord:
        """Take a system out of use; its assessments stay. Nothing happens when it is retired. Raises NotFound."""
        current = self.system(system_id)
        if current is None:
            raise NotFound(f"There is no system with the id '{system_id}'.")
        if current.retired_at is not None:
            return current
        return self.change_system(replace(current, retired_at=at), current.rev, at)

    def system(self, system_id: str) -> SystemRecord | None:
        """The system with that id."""
        rows = self._query("SELECT * FROM system WHERE org_id = :org AND system_id = :system_id", system_id=system_id)
        return _system(rows[0]) if rows else None

    def systems(self, include_retired: bool = False) -> list[SystemRecord]:
        """The systems in use (or all), sorted by team, then name."""
        in_use = "" if include_retired else " AND retired_at IS NULL"
        found = [_system(row) for row in self._query(f"SELECT * FROM system WHERE org_id = :org{in_use}")]  # noqa: S608
        return sorted(found, key=lambda system: (*_by_name(system.team), *_by_name(system.name), system.system_id))

    def teams(self) -> list[str]:
        """The names of the teams that have a system in use, sorted."""
        rows = self._query("SELECT DISTINCT team FROM system WHERE org_id = :org AND retired_at IS NULL")
        return sorted((row["team"] for row in rows), key=_by_name)

    def remove_demonstration(self) -> int:
        """Delete every demonstration system with all that belongs to it, audit entries apart; how many there were."""
        systems = "(SELECT system_id FROM system WHERE org_id = :org AND demonstration = 1)"
        assessments = f"(SELECT assessment_id FROM assessment WHERE org_id = :org AND system_id IN {systems})"  # noqa: S608
        self.comments.remove_demonstration()
        self.targets.remove_demonstration()
        self.plans.remove_demonstration()
        self.versions.remove_demonstration()
        self.workshops.remove_demonstration()
        self.connections.remove_demonstration()
        for table in ("score", "snapshot", "assessment_evidence", "evidence", "token"):
            self._execute(f"DELETE FROM {table} WHERE org_id = :org AND system_id IN {systems}")  # noqa: S608
        for table in ("floor_decision", "floor_event", "answer", "answer_event", "sealing"):
            self._execute(f"DELETE FROM {table} WHERE org_id = :org AND assessment_id IN {assessments}")  # noqa: S608
        self._execute(f"DELETE FROM assessment WHERE org_id = :org AND system_id IN {systems}")  # noqa: S608
        removed = self._execute("DELETE FROM system WHERE org_id = :org AND demonstration = 1")
        self._execute(
            "DELETE FROM team WHERE org_id = :org AND NOT EXISTS"
            " (SELECT 1 FROM system WHERE system.org_id = team.org_id AND system.team = team.team)"
            " AND NOT EXISTS (SELECT 1 FROM class_values"
            " WHERE class_values.org_id = team.org_id AND class_values.team = team.team)"
        )
        return removed

    # --- checklist and scoring versions -----------------------------------------------------------------------------

    def keep_checklist(  # noqa: PLR0917  (six texts, named at the call)
        self, checklist_id: str, name: str, version: str, title: str, body: str, at: str
    ) -> None:
        """Keep the body of a checklist version under its content hash; nothing happens when it is kept already."""
        self._execute(
            "INSERT INTO checklist_version (checklist_id, name, version, title, body, created_at)"
            " VALUES (:checklist_id, :name, :version, :title, :body, :at) ON CONFLICT (checklist_id) DO NOTHING",
            checklist_id=checklist_id,
            name=name,
            version=version,
            title=title,
            body=body,
            at=at,
        )

    def checklist_body(self, checklist_id: str) -> str | None:
        """The body kept under that content hash."""
        rows = self._query("SELECT body FROM checklist_version WHERE checklist_id = :id", id=checklist_id)
        return str(rows[0]["body"]) if rows else None

    def checklist_names(self) -> dict[str, str]:
        """The id of the pack of every checklist kept, by content hash; the versions of a pack share one id."""
        return {
            str(row["checklist_id"]): str(row["name"])
            for row in self._query("SELECT checklist_id, name FROM checklist_version")
        }

    def keep_scoring(self, scoring_id: str, code_version: str, parameters: str, at: str) -> None:
        """Keep a scoring version and make it the one the views show; nothing happens when both are so already."""
        self._execute(
            "INSERT INTO scoring_version (scoring_id, code_version, parameters, created_at)"
            " VALUES (:scoring_id, :code_version, :parameters, :at) ON CONFLICT (scoring_id) DO NOTHING",
            scoring_id=scoring_id,
            code_version=code_version,
            parameters=parameters,
            at=at,
        )
        self._execute(
            "UPDATE organisation SET active_scoring_id = :scoring_id"
            " WHERE org_id = :org AND (active_scoring_id IS NULL OR active_scoring_id <> :scoring_id)",
            scoring_id=scoring_id,
        )

    # --- assessments ------------------------------------------------------------------------------------------------

    def open_assessment(self, record: AssessmentRecord) -> AssessmentRecord:
        """Open an assessment: one for a system and period. Raises AlreadyThere (carrying that one) or NotFound."""
        if self.system(record.system_id) is None:
            raise NotFound(f"There is no system with the id '{record.system_id}'.")
        if self.checklist_body(record.checklist_id) is None:
            raise NotFound(f"The checklist '{record.checklist_id}' was not kept: keep it before assessing with it.")
        added = self._query(
            "INSERT INTO assessment (org_id, assessment_id, system_id, period, checklist_id, scope, switches,"
            " state, change_seq, previous, opened_at, opened_by, zone)"
            " VALUES (:org, :assessment, :system_id, :period, :checklist_id, :scope, :switches,"
            " 'open', 0, :previous, :opened_at, :opened_by, :zone) ON CONFLICT DO NOTHING RETURNING *",
            assessment=record.assessment_id,
            system_id=record.system_id,
            period=record.period,
            checklist_id=record.checklist_id,
            scope=record.scope,
            switches=_names_text(record.switches),
            previous=record.previous,
            opened_at=record.opened_at,
            opened_by=record.opened_by,
            zone=record.zone,
        )
        if not added:
            existing = self.assessment_for(record.system_id, record.period) or self.assessment(record.assessment_id)
            raise AlreadyThere(f"{record.period} is being assessed for this system already.", existing=existing)
        return _assessment(added[0])

    def assessment(self, assessment_id: str) -> AssessmentRecord | None:
        """The assessment with that id."""
        rows = self._query(
            "SELECT * FROM assessment WHERE org_id = :org AND assessment_id = :assessment", assessment=assessment_id
        )
        return _assessment(rows[0]) if rows else None

    def assessment_for(self, system_id: str, period: str) -> AssessmentRecord | None:
        """The assessment of a system that stands in a period; one that was withdrawn does not."""
        rows = self._query(
            "SELECT * FROM assessment WHERE org_id = :org AND system_id = :system_id AND period = :period"
            " AND withdrawn_at IS NULL",
            system_id=system_id,
            period=period,
        )
        return _assessment(rows[0]) if rows else None

    def assessments_of(self, system_id: str) -> list[AssessmentRecord]:
        """All assessments of a system that stand, oldest period first."""
        rows = self._query(
            "SELECT * FROM assessment WHERE org_id = :org AND system_id = :system_id AND withdrawn_at IS NULL"
            " ORDER BY period",
            system_id=system_id,
        )
        return [_assessment(row) for row in rows]

    def withdrawn_of(self, system_id: str) -> list[AssessmentRecord]:
        """The assessments of a system that were withdrawn, oldest period first, then in the order of withdrawing."""
        rows = self._query(
            "SELECT * FROM assessment WHERE org_id = :org AND system_id = :system_id AND withdrawn_at IS NOT NULL"
            " ORDER BY period, withdrawn_at",
            system_id=system_id,
        )
        return [_assessment(row) for row in rows]

    def assessments_in(self, period: str) -> list[AssessmentRecord]:
        """All assessments that stand in a period, by system id."""
        rows = self._query(
            "SELECT * FROM assessment WHERE org_id = :org AND period = :period AND withdrawn_at IS NULL"
            " ORDER BY system_id",
            period=period,
        )
        return [_assessment(row) for row in rows]

    def periods(self) -> list[str]:
        """Every period that has an assessment that stands, oldest first."""
        rows = self._query(
            "SELECT DISTINCT period FROM assessment WHERE org_id = :org AND withdrawn_at IS NULL ORDER BY period"
        )
        return [row["period"] for row in rows]

    def latest_closed(self, system_id: str, before: str, *, pack: str | None = None) -> AssessmentRecord | None:
        """The newest closed assessment of a system that stands in a period before `before`, if need be of a pack."""
        rows = self._query(
            "SELECT * FROM assessment WHERE org_id = :org AND system_id = :system_id AND period < :before"
            " AND state = 'closed' AND withdrawn_at IS NULL AND (:pack = '' OR checklist_id IN"
            " (SELECT checklist_id FROM checklist_version WHERE name = :pack)) ORDER BY period DESC LIMIT 1",
            system_id=system_id,
            before=before,
            pack=pack or "",
        )
        return _assessment(rows[0]) if rows else None

    def change_scope(self, assessment_id: str, scope: str) -> AssessmentRecord:
        """Ask the core questions or all of them. Raises Closed, NotFound."""
        return self._change_asked(assessment_id, "scope", scope)

    def change_switches(self, assessment_id: str, switches: Iterable[str]) -> AssessmentRecord:
        """Change which optional areas apply in this assessment. Raises Closed, NotFound."""
        return self._change_asked(assessment_id, "switches", _names_text(switches))

    def change_checklist(self, assessment_id: str, checklist_id: str) -> AssessmentRecord:
        """Ask by another version of the checklist from now on. Raises Closed, NotFound."""
        return self._change_asked(assessment_id, "checklist_id", checklist_id)

    def confirm(self, assessment_id: str, question_id: str, expected_rev: int, *, at: str, by: str) -> AnswerRecord:
        """Note that the answer at that revision is still true. Raises Conflict, Closed, NotFound."""
        held = self._touch(assessment_id)
        current = self._event_now(held, question_id)
        if current is None or current.state == UNANSWERED or current.rev != expected_rev:
            self._untouch(assessment_id)
            raise _overtaken(question_id, current)
        self.versions.add_confirmation(
            held.period,
            assessment_id,
            Confirmation(question_id=question_id, rev=current.rev, confirmed_at=at, confirmed_by=by),
        )
        return _as_answer(current)

    def withdraw(self, assessment_id: str, because: str, *, at: str, by: str) -> AssessmentRecord:
        """Mark a sealed quarter as found wrong: it stays as it is, its scores are shown no more, the period is free.

        Raises NotFound, and Conflict when it is not closed or was withdrawn before.
        """
        rows = self._query(
            "UPDATE assessment SET withdrawn_at = :at, withdrawn_by = :by, withdrawn_because = :because"
            " WHERE org_id = :org AND assessment_id = :assessment AND state = 'closed' AND withdrawn_at IS NULL"
            " RETURNING *",
            assessment=assessment_id,
            because=because,
            at=at,
            by=by,
        )
        if not rows:
            current = self.assessment(assessment_id)
            if current is None:
                raise _no_assessment(assessment_id)
            said = "was withdrawn already" if current.withdrawn else "is open: change its answers instead"
            raise Conflict(f"The assessment for {current.period} {said}.", current=current)
        self._execute(
            "DELETE FROM score WHERE org_id = :org AND period = :period AND assessment_id = :assessment",
            period=rows[0]["period"],
            assessment=assessment_id,
        )
        return _assessment(rows[0])

    def change_seq(self, assessment_id: str) -> int:
        """The assessment's change counter: pages poll this alone. Raises NotFound."""
        rows = self._query(
            "SELECT change_seq FROM assessment WHERE org_id = :org AND assessment_id = :assessment",
            assessment=assessment_id,
        )
        if not rows:
            raise _no_assessment(assessment_id)
        return int(rows[0]["change_seq"])

    def hold(self, assessment_id: str) -> AssessmentRecord:
        """Keep others from changing an open assessment until this transaction ends. Raises Closed, NotFound.

        Call it before reading what is about to be sealed, so that nothing is saved between reading and sealing.
        """
        return self._touch(assessment_id, by=0)

    # --- answers ----------------------------------------------------------------------------------------------------

    def answers(self, assessment_id: str) -> dict[str, AnswerRecord]:
        """The answers that stand, by question id. A question without an answer, or with a cleared one, is absent."""
        rows = self._query(
            "SELECT answer.* FROM assessment JOIN answer ON answer.org_id = assessment.org_id"
            " AND answer.period = assessment.period AND answer.assessment_id = assessment.assessment_id"
            " WHERE assessment.org_id = :org AND assessment.assessment_id = :assessment"
            " AND answer.state <> 'unanswered'",
            assessment=assessment_id,
        )
        return {row["question_id"]: _answer(row) for row in rows}

    def answer(self, assessment_id: str, question_id: str) -> AnswerRecord | None:
        """The answer that stands for one question, None when it has none or a cleared one."""
        rows = self._query(
            "SELECT answer.* FROM assessment JOIN answer ON answer.org_id = assessment.org_id"
            " AND answer.period = assessment.period AND answer.assessment_id = assessment.assessment_id"
            " WHERE assessment.org_id = :org AND assessment.assessment_id = :assessment"
            " AND answer.question_id = :question_id AND answer.state <> 'unanswered'",
            assessment=assessment_id,
            question_id=question_id,
        )
        return _answer(rows[0]) if rows else None

    def save_answer(self, assessment_id: str, record: AnswerRecord, expected_rev: int) -> AnswerRecord:
        """Keep an answer if the question still stands at the revision it was based on; returns what is stored.

        `expected_rev` is the revision of the answer that was seen, 0 when none was. Each change counts the revision
        up by one, clearing included, and the number is never used again, so an answer that was cleared and given
        anew is never mistaken for the one seen before. When the stored content is the wanted content already, it is
        returned as it stands, whatever `expected_rev` says: a save repeated after a lost reply changes nothing.
        Raises Conflict (with what stands now), Closed, NotFound.
        """
        held = self._touch(assessment_id)
        current = self._event_now(held, record.question_id)
        if current is not None and _content(current) == _content(record):
            self._untouch(assessment_id)
            return _as_answer(current)
        if not _seen(current, expected_rev):
            self._untouch(assessment_id)
            raise _overtaken(record.question_id, current)
        rev = (current.rev if current else 0) + 1
        self._keep_answer(held, replace(record, rev=rev))
        return replace(record, rev=rev)

    def clear_answer(self, assessment_id: str, question_id: str, expected_rev: int, at: str, by: str) -> int:
        """Make a question unanswered again if it still stands at the expected revision; the revision of the clearing.

        Nothing happens (and the revision stays) when it is unanswered already. Afterwards a save expects 0, or this
        number to be strict. Raises Conflict, Closed, NotFound.
        """
        held = self._touch(assessment_id)
        current = self._event_now(held, question_id)
        if current is None or current.state == UNANSWERED:
            self._untouch(assessment_id)
            return current.rev if current else 0
        if not _seen(current, expected_rev):
            self._untouch(assessment_id)
            raise _overtaken(question_id, current)
        cleared = AnswerRecord(
            question_id=question_id, state=UNANSWERED, rev=current.rev + 1, changed_at=at, changed_by=by
        )
        self._keep_answer(held, cleared)
        return cleared.rev

    def answer_history(self, assessment_id: str, question_id: str) -> list[AnswerEvent]:
        """Every content a question's answer had, oldest first."""
        rows = self._query(
            "SELECT answer_event.* FROM assessment JOIN answer_event ON answer_event.org_id = assessment.org_id"
            " AND answer_event.period = assessment.period AND answer_event.assessment_id = assessment.assessment_id"
            " WHERE assessment.org_id = :org AND assessment.assessment_id = :assessment"
            " AND answer_event.question_id = :question_id ORDER BY answer_event.rev",
            assessment=assessment_id,
            question_id=question_id,
        )
        return [_answer_event(row) for row in rows]

    # --- evidence ---------------------------------------------------------------------------------------------------

    def keep_evidence(self, record: EvidenceRecord) -> bool:
        """Keep a scan under its content hash; False, and nothing happens, when the system has it. Raises NotFound."""
        if self.system(record.system_id) is None:
            raise NotFound(f"There is no system with the id '{record.system_id}'.")
        added = self._execute(
            "INSERT INTO evidence (org_id, system_id, evidence_id, repository, commit_id, collector, codec, body,"
            " summary, collected_at, collected_by) VALUES (:org, :system_id, :evidence_id, :repository, :commit_id,"
            " :collector, 'zlib', :body, :summary, :collected_at, :collected_by)"
            " ON CONFLICT (org_id, system_id, evidence_id) DO NOTHING",
            system_id=record.system_id,
            evidence_id=record.evidence_id,
            repository=record.repository,
            commit_id=record.commit_id,
            collector=record.collector,
            body=_packed(record.body),
            summary=record.summary,
            collected_at=record.collected_at,
            collected_by=record.collected_by,
        )
        return added == 1

    def attach_evidence(self, assessment_id: str, evidence_id: str, at: str, by: str) -> None:
        """Make a kept scan the one this assessment goes by; nothing happens when it is. Raises NotFound, Closed."""
        held = self._touch(assessment_id)
        latest = self._latest_link(held)
        if latest is not None and latest["evidence_id"] == evidence_id:
            self._untouch(assessment_id)
            return
        if not self._query(
            "SELECT 1 FROM evidence WHERE org_id = :org AND system_id = :system_id AND evidence_id = :evidence_id",
            system_id=held.system_id,
            evidence_id=evidence_id,
        ):
            self._untouch(assessment_id)
            raise NotFound(f"There is no evidence '{evidence_id}' for this system: keep it before attaching it.")
        self._execute(
            "INSERT INTO assessment_evidence (org_id, period, assessment_id, seq, system_id, evidence_id,"
            " attached_at, attached_by)"
            " VALUES (:org, :period, :assessment, :seq, :system_id, :evidence_id, :at, :by)",
            period=held.period,
            assessment=assessment_id,
            seq=(latest["seq"] if latest else 0) + 1,
            system_id=held.system_id,
            evidence_id=evidence_id,
            at=at,
            by=by,
        )

    def evidence_of(self, assessment_id: str) -> EvidenceRecord | None:
        """The evidence attached last to an assessment, with its body."""
        assessment = self.assessment(assessment_id)
        latest = self._latest_link(assessment) if assessment else None
        if assessment is None or latest is None:
            return None
        return self.evidence(assessment.system_id, latest["evidence_id"])

    def evidence(self, system_id: str, evidence_id: str) -> EvidenceRecord | None:
        """A scan of a system, with its body."""
        rows = self._query(
            "SELECT * FROM evidence WHERE org_id = :org AND system_id = :system_id AND evidence_id = :evidence_id",
            system_id=system_id,
            evidence_id=evidence_id,
        )
        return _evidence(rows[0]) if rows else None

    def evidence_list(self, system_id: str, limit: int = -1) -> list[EvidenceRow]:
        """The scans kept for a system, newest first, without the bodies; at most `limit` of them, -1 for all."""
        most = "" if limit < 0 else " LIMIT :limit"
        rows = self._query(
            "SELECT evidence_id, system_id, repository, commit_id, collector, summary, collected_at, collected_by"  # noqa: S608
            " FROM evidence WHERE org_id = :org AND system_id = :system_id"
            f" ORDER BY collected_at DESC, evidence_id DESC{most}",
            system_id=system_id,
            **({} if limit < 0 else {"limit": limit}),
        )
        return [_evidence_row(row) for row in rows]

    def evidence_links(self, system_id: str) -> list[EvidenceLink]:
        """Which scans the standing assessments of a system went by, in the order of the quarters, then of time."""
        rows = self._query(
            "SELECT link.period, link.assessment_id, link.seq, link.evidence_id, link.attached_at, link.attached_by"
            " FROM assessment JOIN assessment_evidence AS link ON link.org_id = assessment.org_id"
            " AND link.period = assessment.period AND link.assessment_id = assessment.assessment_id"
            " WHERE assessment.org_id = :org AND assessment.system_id = :system_id AND assessment.withdrawn_at IS NULL"
            " ORDER BY link.period, link.seq",
            system_id=system_id,
        )
        return [EvidenceLink(**row) for row in rows]

    def links_of(self, assessment: AssessmentRecord) -> list[EvidenceLink]:
        """Which scans one assessment went by, in the order of time."""
        rows = self._query(
            "SELECT period, assessment_id, seq, evidence_id, attached_at, attached_by FROM assessment_evidence"
            " WHERE org_id = :org AND period = :period AND assessment_id = :assessment ORDER BY seq",
            period=assessment.period,
            assessment=assessment.assessment_id,
        )
        return [EvidenceLink(**row) for row in rows]

    # --- tokens -----------------------------------------------------------------------------------------------------

    def add_token(self, record: TokenRecord, secret_sha256: str) -> TokenRecord:
        """Keep a new token by the hash of its secret. Raises NotFound, AlreadyThere for a name in use."""
        if self.system(record.system_id) is None:
            raise NotFound(f"There is no system with the id '{record.system_id}'.")
        added = self._query(
            "INSERT INTO token (org_id, token_id, system_id, name, secret_sha256, made_at, made_by)"
            " VALUES (:org, :token_id, :system_id, :name, :secret_sha256, :made_at, :made_by)"
            " ON CONFLICT DO NOTHING RETURNING *",
            token_id=record.token_id,
            system_id=record.system_id,
            name=record.name,
            secret_sha256=secret_sha256,
            made_at=record.made_at,
            made_by=record.made_by,
        )
        if not added:
            same = [t for t in self.tokens_of(record.system_id) if t.name == record.name and t.revoked_at is None]
            raise AlreadyThere(
                f"There is a token called {record.name} already: choose another name, or revoke that one.",
                existing=same[0] if same else None,
            )
        return _token(added[0])

    def tokens_of(self, system_id: str) -> list[TokenRecord]:
        """The tokens of a system, newest first, revoked ones included."""
        rows = self._query(
            "SELECT * FROM token WHERE org_id = :org AND system_id = :system_id ORDER BY made_at DESC, token_id",
            system_id=system_id,
        )
        return [_token(row) for row in rows]

    def token_of_secret(self, secret_sha256: str) -> tuple[TokenRecord, str] | None:
        """The token whose secret has this hash, with the hash as stored; None as well when it is revoked.

        A token of a system that is out of use opens nothing either.
        """
        rows = self._query(
            "SELECT token.* FROM token JOIN system ON system.org_id = token.org_id"
            " AND system.system_id = token.system_id AND system.retired_at IS NULL"
            " WHERE token.org_id = :org AND token.secret_sha256 = :secret_sha256 AND token.revoked_at IS NULL",
            secret_sha256=secret_sha256,
        )
        return (_token(rows[0]), rows[0]["secret_sha256"]) if rows else None

    def use_token(self, token_id: str, at: str) -> None:
        """Note that a token was used."""
        self._execute(
            "UPDATE token SET last_used_at = :at WHERE org_id = :org AND token_id = :token_id AND revoked_at IS NULL",
            token_id=token_id,
            at=at,
        )

    def revoke_token(self, system_id: str, token_id: str, at: str, by: str) -> TokenRecord:
        """Make a token of a system useless for good; nothing happens when it is. Raises NotFound."""
        self._execute(
            "UPDATE token SET revoked_at = :at, revoked_by = :by WHERE org_id = :org AND system_id = :system_id"
            " AND token_id = :token_id AND revoked_at IS NULL",
            system_id=system_id,
            token_id=token_id,
            at=at,
            by=by,
        )
        for token in self.tokens_of(system_id):
            if token.token_id == token_id:
                return token
        raise NotFound("There is no such token; reload the page to see those there are.")

    # --- floors -----------------------------------------------------------------------------------------------------

    def decide_floor(self, assessment_id: str, decision: FloorDecision) -> None:
        """Keep what the team decided about one floor, in place of what it decided before. Raises Closed, NotFound."""
        held = self._touch(assessment_id)
        current = self.floor_decisions(assessment_id).get((decision.question_id, decision.signal_id))
        if current is not None and (current.decision, current.reason) == (decision.decision, decision.reason):
            self._untouch(assessment_id)
            return
        values = {
            "period": held.period,
            "assessment": assessment_id,
            "question_id": decision.question_id,
            "signal_id": decision.signal_id,
            "decision": decision.decision,
            "reason": decision.reason,
            "at": decision.decided_at,
            "by": decision.decided_by,
        }
        self._execute(
            "INSERT INTO floor_decision (org_id, period, assessment_id, question_id, signal_id, decision, reason,"
            " decided_at, decided_by) VALUES (:org, :period, :assessment, :question_id, :signal_id, :decision, :reason,"
            " :at, :by) ON CONFLICT (org_id, period, assessment_id, question_id, signal_id) DO UPDATE SET"
            " decision = excluded.decision, reason = excluded.reason, decided_at = excluded.decided_at,"
            " decided_by = excluded.decided_by",
            **values,
        )
        self._add_floor_event(values)

    def reopen_floor(self, assessment_id: str, question_id: str, signal_id: str, *, at: str, by: str) -> None:
        """Take back what stands decided about one floor; the history keeps both. Raises Closed, NotFound."""
        held = self._touch(assessment_id)
        if (question_id, signal_id) not in self.floor_decisions(assessment_id):
            self._untouch(assessment_id)
            return
        values = {
            "period": held.period,
            "assessment": assessment_id,
            "question_id": question_id,
            "signal_id": signal_id,
        }
        self._execute(
            "DELETE FROM floor_decision WHERE org_id = :org AND period = :period AND assessment_id = :assessment"
            " AND question_id = :question_id AND signal_id = :signal_id",
            **values,
        )
        self._add_floor_event({**values, "decision": "reopened", "reason": "", "at": at, "by": by})

    def _add_floor_event(self, values: Mapping[str, str]) -> None:
        self._execute(
            "INSERT INTO floor_event (org_id, period, assessment_id, seq, question_id, signal_id, decision, reason,"
            " decided_at, decided_by) SELECT :org, :period, :assessment, coalesce(max(seq), 0) + 1, :question_id,"
            " :signal_id, :decision, :reason, :at, :by FROM floor_event"
            " WHERE org_id = :org AND period = :period AND assessment_id = :assessment",
            **values,
        )

    def floor_decisions(self, assessment_id: str) -> dict[tuple[str, str], FloorDecision]:
        """What stands decided, by question id and signal id."""
        rows = self._query(
            "SELECT floor_decision.* FROM assessment JOIN floor_decision ON floor_decision.org_id = assessment.org_id"
            " AND floor_decision.period = assessment.period"
            " AND floor_decision.assessment_id = assessment.assessment_id"
            " WHERE assessment.org_id = :org AND assessment.assessment_id = :assessment",
            assessment=assessment_id,
        )
        return {
            (row["question_id"], row["signal_id"]): FloorDecision(
                question_id=row["question_id"],
                signal_id=row["signal_id"],
                decision=row["decision"],
                reason=row["reason"],
                decided_at=row["decided_at"],
                decided_by=row["decided_by"],
            )
            for row in rows
        }

    def floor_history(self, system_id: str) -> list[FloorEvent]:
        """Everything ever decided about floors in the assessments of a system, oldest first."""
        rows = self._query(
            "SELECT event.period, event.assessment_id, event.seq, event.question_id, event.signal_id, event.decision,"
            " event.reason, event.decided_at, event.decided_by FROM assessment"
            " JOIN floor_event AS event ON event.org_id = assessment.org_id AND event.period = assessment.period"
            " AND event.assessment_id = assessment.assessment_id"
            " WHERE assessment.org_id = :org AND assessment.system_id = :system_id ORDER BY event.period, event.seq",
            system_id=system_id,
        )
        return [FloorEvent(**row) for row in rows]

    # --- snapshots --------------------------------------------------------------------------------------------------

    def seal(  # noqa: PLR0917  (texts, named at the call)
        self,
        assessment_id: str,
        document: str,
        document_sha256: str,
        at: str,
        by: str,
        scoring_id: str | None = None,
        zone: str = "",
    ) -> AssessmentRecord:
        """Close an assessment for good with its sealed document. Raises Closed, NotFound, StoreError for a wrong hash.

        `hold` the assessment before reading what goes into the document. `scoring_id` is the version of its score, kept
        beside it so that a list of a whole quarter need not open every document.
        """
        if _sha256(document) != document_sha256:
            raise StoreError("The document to be sealed does not have the hash it came with; nothing was sealed.")
        held = self._touch(assessment_id)
        self._execute(
            "INSERT INTO snapshot (org_id, period, assessment_id, system_id, document_sha256, codec, body,"
            " sealed_at, sealed_by)"
            " VALUES (:org, :period, :assessment, :system_id, :document_sha256, 'zlib', :body, :at, :by)",
            period=held.period,
            assessment=assessment_id,
            system_id=held.system_id,
            document_sha256=document_sha256,
            body=_packed(document),
            at=at,
            by=by,
        )
        if scoring_id is not None:
            self._execute(
                "INSERT INTO sealing (org_id, period, assessment_id, scoring_id)"
                " VALUES (:org, :period, :assessment, :scoring_id)",
                period=held.period,
                assessment=assessment_id,
                scoring_id=scoring_id,
            )
        (row,) = self._query(
            "UPDATE assessment SET state = 'closed', document_sha256 = :document_sha256, closed_at = :at,"
            " closed_by = :by, zone = CASE WHEN :zone = '' THEN zone ELSE :zone END"
            " WHERE org_id = :org AND assessment_id = :assessment RETURNING *",
            assessment=assessment_id,
            zone=zone,
            document_sha256=document_sha256,
            at=at,
            by=by,
        )
        return _assessment(row)

    def snapshot(self, assessment_id: str) -> SnapshotRecord | None:
        """The sealed document of an assessment. Raises StoreError when it no longer has the hash it was sealed with."""
        rows = self._query(
            f"{_SNAPSHOT} WHERE assessment.org_id = :org AND assessment.assessment_id = :assessment",
            assessment=assessment_id,
        )
        return _snapshot(rows[0]) if rows else None

    def snapshots_of(self, system_id: str) -> list[SnapshotRecord]:
        """The sealed documents of a system, oldest period first. Raises StoreError as `snapshot` does."""
        rows = self._query(
            f"{_SNAPSHOT} WHERE assessment.org_id = :org AND assessment.system_id = :system_id"
            " ORDER BY assessment.period",
            system_id=system_id,
        )
        return [_snapshot(row) for row in rows]

    # --- scores -----------------------------------------------------------------------------------------------------

    def put_scores(self, assessment_id: str, scoring_id: str, rows: Sequence[ScoreRow]) -> None:
        """Replace an assessment's scores under one scoring version. Those of other scoring versions stay."""
        assessment = self.assessment(assessment_id)
        if assessment is None:
            raise _no_assessment(assessment_id)
        own = (assessment_id, assessment.system_id, assessment.period)
        if any((row.assessment_id, row.system_id, row.period) != own for row in rows):
            raise ValueError("every score row must be of the assessment it is put for")
        self._execute(
            "DELETE FROM score WHERE org_id = :org AND period = :period AND scoring_id = :scoring_id"
            " AND system_id = :system_id",
            period=assessment.period,
            scoring_id=scoring_id,
            system_id=assessment.system_id,
        )
        self._session.insert_many(
            "score",
            [
                {
                    "org_id": self._org,
                    "period": row.period,
                    "scoring_id": scoring_id,
                    "system_id": row.system_id,
                    "area": row.area,
                    "assessment_id": assessment_id,
                    "estimate": row.estimate,
                    "low": row.low,
                    "high": row.high,
                    "coverage": row.coverage,
                    "band": row.band,
                    "change_seq": row.change_seq,
                    "disputed": row.disputed,
                    "contradicted": row.contradicted,
                    "undecided": row.undecided,
                }
                for row in rows
            ],
        )

    def scores_in(self, periods: Sequence[str], scoring_id: str) -> list[ScoreRow]:
        """All scores of the named periods under one scoring version, by period, system and area."""
        named = {f"period_{place}": period for place, period in enumerate(periods)}
        if not named:
            return []
        rows = self._query(
            f"SELECT * FROM score WHERE org_id = :org AND period IN ({', '.join(f':{name}' for name in named)})"  # noqa: S608
            " AND scoring_id = :scoring_id ORDER BY period, system_id, area",
            scoring_id=scoring_id,
            **named,
        )
        return [_score(row) for row in rows]

    def scores_of(self, system_id: str, scoring_id: str) -> list[ScoreRow]:
        """A system's scores in every period under one scoring version, by period and area."""
        rows = self._query(
            "SELECT * FROM score WHERE org_id = :org AND scoring_id = :scoring_id AND system_id = :system_id"
            " ORDER BY period, area",
            scoring_id=scoring_id,
            system_id=system_id,
        )
        return [_score(row) for row in rows]

    def stale_assessments(self, period: str, scoring_id: str) -> list[AssessmentRecord]:
        """The assessments of a period to be scored anew under this scoring version.

        Open ones whose stored score is missing or older than their last change; closed ones that were never scored
        under it (a newer scoring version: the sealed score stays beside it).
        """
        rows = self._query(
            "SELECT assessment.* FROM assessment LEFT JOIN score ON score.org_id = assessment.org_id"
            " AND score.period = assessment.period AND score.scoring_id = :scoring_id"
            " AND score.system_id = assessment.system_id AND score.area = ''"
            " WHERE assessment.org_id = :org AND assessment.period = :period AND assessment.withdrawn_at IS NULL"
            " AND (score.change_seq IS NULL"
            " OR (assessment.state = 'open' AND score.change_seq < assessment.change_seq))"
            " ORDER BY assessment.system_id",
            period=period,
            scoring_id=scoring_id,
        )
        return [_assessment(row) for row in rows]

    # --- audit ------------------------------------------------------------------------------------------------------

    def audit(self, at: str, actor: str, action: str, subject: str, detail: str) -> AuditEntry:
        """Add one entry to the audit chain, in the same transaction as the change it tells of."""
        (head,) = self._query(
            "INSERT INTO audit_head (org_id, seq, hash) VALUES (:org, 1, '')"
            " ON CONFLICT (org_id) DO UPDATE SET seq = audit_head.seq + 1 RETURNING seq, hash"
        )
        entry = AuditEntry(
            seq=head["seq"],
            at=at,
            actor=actor,
            action=action,
            subject=subject,
            detail=detail,
            previous=head["hash"],
            hash="",
        )
        entry = replace(entry, hash=self._link(entry))
        self._execute(
            "INSERT INTO audit (org_id, seq, at, actor, action, subject, detail, previous, hash)"
            " VALUES (:org, :seq, :at, :actor, :action, :subject, :detail, :previous, :hash)",
            seq=entry.seq,
            at=at,
            actor=actor,
            action=action,
            subject=subject,
            detail=detail,
            previous=entry.previous,
            hash=entry.hash,
        )
        self._execute("UPDATE audit_head SET hash = :hash WHERE org_id = :org", hash=entry.hash)
        return entry

    def audit_trail(self, limit: int) -> list[AuditEntry]:
        """The newest entries, newest first, at most `limit`."""
        rows = self._query("SELECT * FROM audit WHERE org_id = :org ORDER BY seq DESC LIMIT :limit", limit=limit)
        return [_audit_entry(row) for row in rows]

    def audit_head(self) -> tuple[int, str]:
        """Number and hash of the newest entry, (0, "") before the first: kept elsewhere, it anchors the past."""
        rows = self._query("SELECT seq, hash FROM audit_head WHERE org_id = :org")
        return (rows[0]["seq"], rows[0]["hash"]) if rows else (0, "")

    def verify_audit(self) -> str | None:
        """The first fault of the audit chain in words, None when every entry is as it was written.

        Whoever can rewrite the whole file can rewrite the whole chain: compare `audit_head` with one kept elsewhere.
        """
        seq, previous = 0, ""
        while entries := self._audit_after(seq):
            for entry in entries:
                if entry.seq != seq + 1:
                    return f"The audit trail has a gap: entry {seq + 1} is missing."
                if entry.previous != previous:
                    return f"Entry {entry.seq} of the audit trail does not follow on from entry {seq}."
                if entry.hash != self._link(entry):
                    return f"Entry {entry.seq} of the audit trail was changed after it was written."
                seq, previous = entry.seq, entry.hash
        if (seq, previous) != self.audit_head():
            return f"The audit trail ends at entry {seq}, but its head says otherwise: entries were removed or added."
        return None

    def verify(self) -> tuple[str, ...]:
        """Every fault found in the audit chain, the snapshots, histories and plans, in words; empty when sound."""
        faults = [fault] if (fault := self.verify_audit()) else []
        closed = self._query(
            "SELECT assessment_id FROM assessment WHERE org_id = :org AND state = 'closed'"
            " ORDER BY period, assessment_id"
        )
        for row in closed:
            try:
                if self.snapshot(row["assessment_id"]) is None:
                    faults.append(f"The snapshot of the closed assessment {row['assessment_id']} is missing.")
            except StoreError as error:
                faults.append(str(error))
        faults.extend(
            f"The answer to {row['question_id']} in assessment {row['assessment_id']} is not what its history says."
            for row in self._query(_ANSWERS_OFF_HISTORY)
        )
        faults.extend(
            f"The decision on {row['question_id']} and {row['signal_id']} in assessment {row['assessment_id']}"
            " is not what its history says."
            for row in self._query(_DECISIONS_OFF_HISTORY)
        )
        faults.extend(self.plans.faults())
        faults.extend(self.connections.faults())
        faults.extend(self.targets.faults())
        faults.extend(self.comments.faults())
        return tuple(faults)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _query(self, sql: str, **parameters: Any) -> list[Row]:
        return self._session.query(sql, {"org": self._org, **parameters})

    def _execute(self, sql: str, **parameters: Any) -> int:
        return self._session.execute(sql, {"org": self._org, **parameters})

    def _touch(self, assessment_id: str, by: int = 1) -> AssessmentRecord:
        """Lock an open assessment's row and count its change, before anything else is read or written."""
        rows = self._query(
            "UPDATE assessment SET change_seq = change_seq + :by"
            " WHERE org_id = :org AND assessment_id = :assessment AND state = 'open' RETURNING *",
            assessment=assessment_id,
            by=by,
        )
        if rows:
            return _assessment(rows[0])
        sealed = self.assessment(assessment_id)
        if sealed is None:
            raise _no_assessment(assessment_id)
        raise Closed(f"The assessment for {sealed.period} is closed and does not change any more; open the next one.")

    def _untouch(self, assessment_id: str) -> None:
        """Take the counted change back while the row is locked: nothing was changed after all."""
        self._touch(assessment_id, by=-1)

    def _change_asked(self, assessment_id: str, column: str, value: str) -> AssessmentRecord:
        held = self._touch(assessment_id)
        changed = self._query(
            f"UPDATE assessment SET {column} = :value"  # noqa: S608
            f" WHERE org_id = :org AND assessment_id = :assessment AND {column} <> :value RETURNING *",
            assessment=assessment_id,
            value=value,
        )
        if changed:
            return _assessment(changed[0])
        self._untouch(assessment_id)
        return replace(held, change_seq=held.change_seq - 1)

    def _event_now(self, held: AssessmentRecord, question_id: str) -> AnswerEvent | None:
        """What stands for a question, clearings included; None when it was never answered."""
        rows = self._query(
            "SELECT * FROM answer WHERE org_id = :org AND period = :period AND assessment_id = :assessment"
            " AND question_id = :question_id",
            period=held.period,
            assessment=held.assessment_id,
            question_id=question_id,
        )
        return _answer_event(rows[0]) if rows else None

    def _keep_answer(self, held: AssessmentRecord, record: AnswerRecord) -> None:
        values = {
            "period": held.period,
            "assessment": held.assessment_id,
            "question_id": record.question_id,
            "state": record.state,
            "level": record.level,
            "votes": _json(list(record.votes)),
            "reason": record.reason,
            "note": record.note,
            "links": _json(list(record.links)),
            "source": record.source,
            "rev": record.rev,
            "at": record.changed_at,
            "by": record.changed_by,
        }
        kept = self._execute(
            f"INSERT INTO answer ({_ANSWER_COLUMNS}) VALUES ({_ANSWER_VALUES})"  # noqa: S608
            " ON CONFLICT (org_id, period, assessment_id, question_id) DO UPDATE SET state = excluded.state,"
            " level = excluded.level, votes = excluded.votes, reason = excluded.reason, note = excluded.note,"
            " links = excluded.links, source = excluded.source, rev = excluded.rev,"
            " changed_at = excluded.changed_at, changed_by = excluded.changed_by WHERE answer.rev = excluded.rev - 1",
            **values,
        )
        if kept != 1:
            raise Conflict(f"The answer to {record.question_id} was changed by someone else meanwhile.")
        self._execute(f"INSERT INTO answer_event ({_ANSWER_COLUMNS}) VALUES ({_ANSWER_VALUES})", **values)  # noqa: S608

    def _latest_link(self, assessment: AssessmentRecord) -> Row | None:
        rows = self._query(
            "SELECT seq, evidence_id FROM assessment_evidence WHERE org_id = :org AND period = :period"
            " AND assessment_id = :assessment ORDER BY seq DESC LIMIT 1",
            period=assessment.period,
            assessment=assessment.assessment_id,
        )
        return rows[0] if rows else None

    def _know_team(self, team: str) -> None:
        self._execute("INSERT INTO team (org_id, team) VALUES (:org, :team) ON CONFLICT DO NOTHING", team=team)

    def _refuse_same_name(self, record: SystemRecord) -> None:
        if record.retired_at is not None:
            return
        rows = self._query(
            "SELECT * FROM system WHERE org_id = :org AND team = :team AND name = :name AND retired_at IS NULL"
            " AND system_id <> :system_id",
            team=record.team,
            name=record.name,
            system_id=record.system_id,
        )
        if rows:
            raise AlreadyThere(
                f"The team {record.team} has a system called {record.name} already; choose another name.",
                existing=_system(rows[0]),
            )

    def _system_overtaken(self, current: SystemRecord | None) -> Conflict:
        return Conflict("The system was changed by someone else meanwhile; look at it again.", current=current)

    def _link(self, entry: AuditEntry) -> str:
        return _sha256(
            _json(
                [
                    self._org,
                    entry.seq,
                    entry.at,
                    entry.actor,
                    entry.action,
                    entry.subject,
                    entry.detail,
                    entry.previous,
                ]
            )
        )

    def _audit_after(self, seq: int) -> list[AuditEntry]:
        rows = self._query(
            "SELECT * FROM audit WHERE org_id = :org AND seq > :seq ORDER BY seq LIMIT :limit",
            seq=seq,
            limit=AUDIT_PAGE_ROWS,
        )
        return [_audit_entry(row) for row in rows]


_SNAPSHOT = (
    "SELECT snapshot.*, assessment.document_sha256 AS sealed_sha256 FROM assessment"
    " JOIN snapshot ON snapshot.org_id = assessment.org_id"
    " AND snapshot.period = assessment.period AND snapshot.assessment_id = assessment.assessment_id"
)

_ANSWERS_OFF_HISTORY = """
WITH history AS (
  SELECT org_id, period, assessment_id, question_id, count(*) AS entries, max(rev) AS newest
  FROM answer_event WHERE org_id = :org GROUP BY org_id, period, assessment_id, question_id
)
SELECT answer.assessment_id, answer.question_id FROM answer
LEFT JOIN history ON history.org_id = answer.org_id AND history.period = answer.period
  AND history.assessment_id = answer.assessment_id AND history.question_id = answer.question_id
LEFT JOIN answer_event event ON event.org_id = answer.org_id AND event.period = answer.period
  AND event.assessment_id = answer.assessment_id AND event.question_id = answer.question_id AND event.rev = answer.rev
WHERE answer.org_id = :org AND (event.rev IS NULL OR history.entries <> answer.rev OR history.newest <> answer.rev
  OR event.state <> answer.state OR coalesce(event.level, -1) <> coalesce(answer.level, -1)
  OR event.votes <> answer.votes OR event.reason <> answer.reason OR event.note <> answer.note
  OR event.links <> answer.links OR event.source <> answer.source
  OR event.changed_at <> answer.changed_at OR event.changed_by <> answer.changed_by)
UNION
SELECT history.assessment_id, history.question_id FROM history
LEFT JOIN answer ON answer.org_id = history.org_id AND answer.period = history.period
  AND answer.assessment_id = history.assessment_id AND answer.question_id = history.question_id
WHERE answer.rev IS NULL
ORDER BY 1, 2
"""


_DECISIONS_OFF_HISTORY = """
WITH history AS (
  SELECT org_id, period, assessment_id, question_id, signal_id, max(seq) AS newest
  FROM floor_event WHERE org_id = :org GROUP BY org_id, period, assessment_id, question_id, signal_id
)
SELECT now.assessment_id, now.question_id, now.signal_id FROM floor_decision now
LEFT JOIN history ON history.org_id = now.org_id AND history.period = now.period
  AND history.assessment_id = now.assessment_id AND history.question_id = now.question_id
  AND history.signal_id = now.signal_id
LEFT JOIN floor_event event ON event.org_id = now.org_id AND event.period = now.period
  AND event.assessment_id = now.assessment_id AND event.seq = history.newest
WHERE now.org_id = :org AND (event.seq IS NULL OR event.decision <> now.decision OR event.reason <> now.reason
  OR event.decided_at <> now.decided_at OR event.decided_by <> now.decided_by)
UNION
SELECT history.assessment_id, history.question_id, history.signal_id FROM history
JOIN floor_event event ON event.org_id = history.org_id AND event.period = history.period
  AND event.assessment_id = history.assessment_id AND event.seq = history.newest
LEFT JOIN floor_decision now ON now.org_id = history.org_id AND now.period = history.period
  AND now.assessment_id = history.assessment_id AND now.question_id = history.question_id
  AND now.signal_id = history.signal_id
WHERE now.decision IS NULL AND event.decision <> 'reopened'
ORDER BY 1, 2, 3
"""


def _no_assessment(assessment_id: str) -> NotFound:
    return NotFound(f"There is no assessment with the id '{assessment_id}'.")


def _seen(current: AnswerEvent | None, expected_rev: int) -> bool:
    """Whether a person who saw `expected_rev` has seen what stands: that revision, or no answer where none stands."""
    unanswered = current is None or current.state == UNANSWERED
    return (unanswered and expected_rev == 0) or (current is not None and current.rev == expected_rev)


def _overtaken(question_id: str, current: AnswerEvent | None) -> Conflict:
    if current is None:
        return Conflict(f"{question_id} was never answered, so there is no such answer to change.")
    did = "cleared" if current.state == UNANSWERED else "changed"
    return Conflict(
        f"{current.changed_by} {did} the answer to {question_id} at {current.changed_at}; look at it and choose again.",
        current=None if current.state == UNANSWERED else _as_answer(current),
    )


def _content(answer: AnswerRecord | AnswerEvent) -> tuple[Any, ...]:
    return tuple(getattr(answer, name) for name in _CONTENT)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _names_text(names: Iterable[str]) -> str:
    return _json(sorted(names))


@lru_cache(maxsize=1024)
def _names(text: str) -> frozenset[str]:
    """The names a text holds; the same few texts stand in thousands of rows."""
    return frozenset(json.loads(text))


def _by_name(name: str) -> tuple[str, str]:
    return name.casefold(), name


def _packed(text: str) -> bytes:
    return zlib.compress(text.encode(), 6)


def _unpacked(body: bytes, what: str) -> str:
    try:
        return zlib.decompress(body).decode()
    except (zlib.error, UnicodeDecodeError) as error:
        raise StoreError(
            f"What is stored as {what} is damaged and cannot be read; restore it from a backup."
        ) from error


def _system_content(record: SystemRecord) -> dict[str, str | None]:
    return {
        "team": record.team,
        "name": record.name,
        "decides": record.decides,
        "affected": record.affected,
        "switches": _names_text(record.switches),
        "tags": _names_text(record.tags),
        "retired_at": record.retired_at,
    }


def _system(row: Row) -> SystemRecord:
    return SystemRecord(
        system_id=row["system_id"],
        name=row["name"],
        team=row["team"],
        decides=row["decides"],
        affected=row["affected"],
        switches=_names(row["switches"]),
        tags=_names(row["tags"]),
        demonstration=bool(row["demonstration"]),
        created_at=row["created_at"],
        retired_at=row["retired_at"],
        rev=row["rev"],
    )


def _assessment(row: Row) -> AssessmentRecord:
    return AssessmentRecord(
        assessment_id=row["assessment_id"],
        system_id=row["system_id"],
        period=row["period"],
        checklist_id=row["checklist_id"],
        scope=row["scope"],
        switches=_names(row["switches"]),
        state=row["state"],
        change_seq=row["change_seq"],
        previous=row["previous"],
        document_sha256=row["document_sha256"],
        opened_at=row["opened_at"],
        opened_by=row["opened_by"],
        closed_at=row["closed_at"],
        closed_by=row["closed_by"],
        zone=row["zone"],
        withdrawn_at=row["withdrawn_at"],
        withdrawn_by=row["withdrawn_by"],
        withdrawn_because=row["withdrawn_because"],
    )


def _answer_fields(row: Row) -> Mapping[str, Any]:
    return {
        "question_id": row["question_id"],
        "state": row["state"],
        "level": row["level"],
        "votes": tuple(json.loads(row["votes"])),
        "reason": row["reason"],
        "note": row["note"],
        "links": tuple(json.loads(row["links"])),
        "source": row["source"],
        "rev": row["rev"],
        "changed_at": row["changed_at"],
        "changed_by": row["changed_by"],
    }


def _answer(row: Row) -> AnswerRecord:
    return AnswerRecord(**_answer_fields(row))


def _answer_event(row: Row) -> AnswerEvent:
    return AnswerEvent(**_answer_fields(row))


def _as_answer(event: AnswerEvent) -> AnswerRecord:
    return AnswerRecord(
        question_id=event.question_id,
        state=event.state,
        level=event.level,
        votes=event.votes,
        reason=event.reason,
        note=event.note,
        links=event.links,
        source=event.source,
        rev=event.rev,
        changed_at=event.changed_at,
        changed_by=event.changed_by,
    )


def _evidence_row(row: Row) -> EvidenceRow:
    return EvidenceRow(
        evidence_id=row["evidence_id"],
        system_id=row["system_id"],
        repository=row["repository"],
        commit_id=row["commit_id"],
        collector=row["collector"],
        summary=row["summary"],
        collected_at=row["collected_at"],
        collected_by=row["collected_by"],
    )


def _evidence(row: Row) -> EvidenceRecord:
    return EvidenceRecord(
        evidence_id=row["evidence_id"],
        system_id=row["system_id"],
        repository=row["repository"],
        commit_id=row["commit_id"],
        collector=row["collector"],
        body=_unpacked(row["body"], f"the evidence {row['evidence_id']}"),
        summary=row["summary"],
        collected_at=row["collected_at"],
        collected_by=row["collected_by"],
    )


def _token(row: Row) -> TokenRecord:
    return TokenRecord(
        token_id=row["token_id"],
        system_id=row["system_id"],
        name=row["name"],
        made_at=row["made_at"],
        made_by=row["made_by"],
        last_used_at=row["last_used_at"],
        revoked_at=row["revoked_at"],
        revoked_by=row["revoked_by"],
    )


def _snapshot(row: Row) -> SnapshotRecord:
    what = f"snapshot of assessment {row['assessment_id']} ({row['period']})"
    document = _unpacked(row["body"], f"the {what}")
    if not _sha256(document) == row["document_sha256"] == row["sealed_sha256"]:
        raise StoreError(f"The {what} was changed after it was sealed; restore it from a backup.")
    return SnapshotRecord(
        assessment_id=row["assessment_id"],
        system_id=row["system_id"],
        period=row["period"],
        document=document,
        document_sha256=row["document_sha256"],
        sealed_at=row["sealed_at"],
        sealed_by=row["sealed_by"],
    )


def _score(row: Row) -> ScoreRow:
    return ScoreRow(
        system_id=row["system_id"],
        period=row["period"],
        assessment_id=row["assessment_id"],
        area=row["area"],
        estimate=row["estimate"],
        low=row["low"],
        high=row["high"],
        coverage=row["coverage"],
        band=row["band"],
        change_seq=row["change_seq"],
        disputed=row["disputed"],
        contradicted=row["contradicted"],
        undecided=row["undecided"],
    )


def _audit_entry(row: Row) -> AuditEntry:
    return AuditEntry(
        seq=row["seq"],
        at=row["at"],
        actor=row["actor"],
        action=row["action"],
        subject=row["subject"],
        detail=row["detail"],
        previous=row["previous"],
        hash=row["hash"],
    )

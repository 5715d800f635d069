"""Repository evidence: take it from a person or a collector with a token, show it, decide on a floor."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from checklists.checklist import Area, Checklist
from checklists.reader import DEFAULT_PACK
from evidence.compare import EvidenceChange, compare_evidence
from evidence.document import InvalidEvidence, from_json, to_json
from evidence.evidence import Evidence, Polarity, Signal, State, Strength
from evidence.sandbox import Refused, collect_untrusted
from evidence.source import archive_name
from operations.assessments import find_assessment
from operations.authorize import Action, Actor, permitted
from operations.errors import Conflict, InvalidInput, InvalidToken, NotFound
from operations.periods import period_of
from operations.scans import (
    SCANS_MAX,
    EvidenceTrend,
    Origin,
    Scan,
    TrendPoint,
    looked_back,
    scan_of,
    signs_of_quarter,
    summarise,
    summary_of,
    summary_text,
    total_of,
)
from operations.scores import Scored, score_assessment, weigh_evidence
from operations.shared_storage import storage_rows
from operations.systems import find_system
from operations.wording import LINE_MAX, NAME_MAX, clean_line
from operations.workplace import Workplace, shipped_checklist
from scoring.aggregate import parameters_of
from scoring.score import Contradiction, Floor
from scoring.votes import settle
from scoring.weigh import FLOORS, Weighed
from store.records import (
    AnswerEvent,
    AnswerRecord,
    AssessmentRecord,
    EvidenceLink,
    EvidenceRecord,
    EvidenceRow,
    FloorDecision,
    FloorEvent,
    Records,
    SystemRecord,
    TokenRecord,
)

SECRET_PREFIX = "arr_"  # noqa: S105 - not a secret: by it people and secret scanners know what they have found
SECRET_BYTES = 32
TOKENS_MAX = 20  #: in use, a system
SCANS_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One disagreement between an answer and the repository, with both sides and what was decided."""

    question_id: str
    question: str
    level: int | None
    level_text: str
    signal: Signal
    floor: float
    overridden: bool
    since: str | None  #: from when on answer and repository have disagreed without a break; None where they agree
    decision: str  #: "open", "accepted" or "overridden"
    reason: str
    decided_by: str
    decided_at: str | None  #: None while nobody decided
    decisions: tuple[FloorEvent, ...]  #: all that was ever decided about this pair, oldest first, earlier quarters too


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """What the evidence page shows of one assessment."""

    system: SystemRecord
    assessment: AssessmentRecord
    checklist: Checklist
    stored: EvidenceRecord | None
    evidence: Evidence | None
    ledger: tuple[LedgerEntry, ...]
    answered: Mapping[str, int | None]
    scans: tuple[Scan, ...]  #: of the system, newest first, at most SCANS_SHOWN
    change: EvidenceChange | None  #: against the scan of the same repository before, None for the first
    compared_with: Scan | None  #: that scan
    decisions: tuple[FloorEvent, ...]  #: all floor decisions of the system, oldest first

    @property
    def areas(self) -> tuple[Area, ...]:
        """The areas the collector sorts its signals by: those of the default pack, whatever was asked here."""
        return (self.checklist if self.checklist.id == DEFAULT_PACK else shipped_checklist()).areas

    @property
    def unheard(self) -> bool:
        """Whether the checklist names no signal at all, so that nothing the repository shows speaks to a question."""
        return not any(question.signals for question in self.checklist.questions.values())

    @property
    def open_entries(self) -> tuple[LedgerEntry, ...]:
        """The disagreements nobody has decided."""
        return tuple(entry for entry in self.ledger if entry.decision == "open")

    def signals(self, area_id: str) -> tuple[Signal, ...]:
        """The signals of one area: debt found first, then care found, then what was not seen."""
        order = {State.FOUND: 0, State.ABSENT: 1, State.UNKNOWN: 2, State.NOT_APPLICABLE: 3}
        strengths = {Strength.DIRECT: 0, Strength.STRONG: 1, Strength.WEAK: 2}
        found = [s for s in (self.evidence.signals if self.evidence else ()) if s.area == area_id]
        return tuple(
            sorted(found, key=lambda s: (order[s.state], s.polarity is Polarity.CARE, strengths[s.strength], s.id))
        )

    def count(self, state: State, polarity: Polarity | None = None) -> int:
        """How many signals are in this state."""
        signals = self.evidence.signals if self.evidence else ()
        return sum(s.state is state and polarity in (None, s.polarity) for s in signals)


def hints_for(weighed: Weighed, question_id: str) -> tuple[str, ...]:
    """What the repository says about one question, in sentences: floors first, then what only asks."""
    floors = [
        f"{floor.message} Counts as at least {floor.value:g}."
        for floor in weighed.floors
        if floor.question == question_id
    ]
    hints = [hint.message for hint in weighed.hints if hint.question == question_id]
    return tuple(dict.fromkeys((*floors, *hints)))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token at the only moment its secret is known."""

    token: TokenRecord
    secret: str = field(repr=False)  #: shown once, never kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What became of evidence that a collector handed in."""

    evidence_id: str
    new: bool  #: False when this very scan was handed in before
    system_id: str
    system_name: str
    assessment_id: str | None  #: the open assessment that goes by it, None while there is none
    period: str | None


def _kept(records: Records, actor: Actor, *, system_id: str, found: Evidence, at: str) -> tuple[EvidenceRecord, bool]:
    """Keep a scan for its system; whether it is new."""
    body = to_json(found)
    record = EvidenceRecord(
        evidence_id=hashlib.sha256(body.encode()).hexdigest(),  # as evidence_hash makes it
        system_id=system_id,
        repository=found.repository,
        commit_id=found.commit or "",
        collector=found.collector,
        body=body,
        summary=summary_text(summarise(found)),
        collected_at=at,
        collected_by=actor.name,
    )
    new = records.keep_evidence(record)
    if new:
        records.connections.keep_storage(system_id, record.evidence_id, storage_rows(system_id, found))
    return record, new


def _attach(workplace: Workplace, actor: Actor, assessment_id: str, found: Evidence) -> EvidenceRecord:
    def work(records: Records) -> EvidenceRecord:
        assessment = find_assessment(records, assessment_id)
        record, _new = _kept(records, actor, system_id=assessment.system_id, found=found, at=workplace.now())
        records.attach_evidence(assessment_id, record.evidence_id, at=workplace.now(), by=actor.name)
        records.audit(
            at=workplace.now(),
            actor=actor.name,
            action="attach evidence",
            subject=assessment_id,
            detail=f"{found.repository} {record.evidence_id[:12]}",
        )
        return record

    return workplace.store.write(work)


@permitted(Action.MANAGE_TOKENS)
def make_token(workplace: Workplace, actor: Actor, *, system_id: str, name: str) -> NewToken:
    """Make a key with which a collector hands in evidence of one system. Its secret is in the answer, never again.

    Raises NotFound, InvalidInput, AlreadyThere when a token in use has the name.
    """
    secret = SECRET_PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    wanted = TokenRecord(
        token_id=workplace.new_id(),
        system_id=system_id,
        name=clean_line(name, field="name", longest=NAME_MAX, required=True),
        made_at=workplace.now(),
        made_by=actor.name,
    )

    def work(records: Records) -> TokenRecord:
        find_system(records, system_id)
        if sum(token.revoked_at is None for token in records.tokens_of(system_id)) >= TOKENS_MAX:
            raise InvalidInput("token", f"this system has {TOKENS_MAX} in use; revoke one that nobody needs")
        token = records.add_token(wanted, _secret_hash(secret))
        records.audit(
            at=workplace.now(), actor=actor.name, action="make token", subject=system_id, detail=f"{token.name}"
        )
        return token

    return NewToken(token=workplace.store.write(work), secret=secret)


@permitted(Action.MANAGE_TOKENS)
def revoke_token(workplace: Workplace, actor: Actor, *, system_id: str, token_id: str) -> TokenRecord:
    """Make a token useless, at once and for good; revoking it again changes nothing. Raises NotFound."""

    def work(records: Records) -> TokenRecord:
        before = [token for token in records.tokens_of(system_id) if token.token_id == token_id]
        token = records.revoke_token(system_id, token_id, at=workplace.now(), by=actor.name)
        if before and before[0].revoked_at is None:
            records.audit(
                at=workplace.now(), actor=actor.name, action="revoke token", subject=system_id, detail=token.name
            )
        return token

    return workplace.store.write(work)


@permitted(Action.MANAGE_TOKENS)
def read_tokens(workplace: Workplace, _actor: Actor, *, system_id: str) -> tuple[TokenRecord, ...]:
    """The tokens of a system, newest first, revoked ones included. Raises NotFound."""

    def work(records: Records) -> tuple[TokenRecord, ...]:
        find_system(records, system_id)
        return tuple(records.tokens_of(system_id))

    return workplace.store.read(work)


def _secret_hash(secret: str) -> str:
    """How a secret is kept. It has 256 random bits, so one round of SHA-256 is as good as any."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _owner(records: Records, secret: str) -> TokenRecord:
    """The token a secret belongs to. What is unknown and what is revoked takes the same way. Raises InvalidToken."""
    given = _secret_hash(secret)
    found = records.token_of_secret(given)
    kept = found[1] if found is not None else _secret_hash("")
    if not hmac.compare_digest(kept, given) or found is None:
        raise InvalidToken
    return found[0]


def check_token(workplace: Workplace, *, secret: str) -> TokenRecord:
    """Whose token this is, before anything else is read from who holds it. Raises InvalidToken."""
    return workplace.store.read(lambda records: _owner(records, secret))


def push_evidence(workplace: Workplace, *, secret: str, text: str) -> Pushed:
    """Take evidence from the holder of a token; the token says of which system it is.

    The same document handed in again is found by its hash and kept once. It goes to the system's open assessment (the
    latest quarter), or waits for one. Raises InvalidToken, InvalidEvidence, StorageFull.
    """
    check_token(workplace, secret=secret)
    found = from_json(text)

    def work(records: Records) -> Pushed:
        token = _owner(records, secret)
        actor = Actor(name=f"collector {token.name}", collects_for=token.system_id)
        at = workplace.now()
        records.use_token(token.token_id, at=at)
        return _push(workplace, actor, system_id=token.system_id, records=records, found=found, at=at)

    return workplace.store.write(work)


@permitted(Action.PUSH_EVIDENCE)
def _push(_workplace: Workplace, actor: Actor, *, system_id: str, records: Records, found: Evidence, at: str) -> Pushed:
    """Keep the scan and let the open assessment go by it, inside the transaction that looked at the token."""
    record, new = _kept(records, actor, system_id=system_id, found=found, at=at)
    quarter = next((a for a in reversed(records.assessments_of(system_id)) if a.state == "open"), None)
    if (
        quarter is not None
        and not new
        and records.evidence_list(system_id, limit=1)[0].evidence_id != record.evidence_id
    ):
        quarter = None  # an older scan again: it does not take the place of a newer one
    attached = False
    if quarter is not None:
        records.attach_evidence(quarter.assessment_id, record.evidence_id, at=at, by=actor.name)
        attached = records.change_seq(quarter.assessment_id) != quarter.change_seq
    if new or attached:
        records.audit(
            at=at,
            actor=actor.name,
            action="push evidence",
            subject=quarter.assessment_id if quarter is not None else system_id,
            detail=f"{found.repository} {record.evidence_id[:12]}",
        )
    return Pushed(
        evidence_id=record.evidence_id,
        new=new,
        system_id=system_id,
        system_name=find_system(records, system_id).name,
        assessment_id=quarter.assessment_id if quarter is not None else None,
        period=quarter.period if quarter is not None else None,
    )


@permitted(Action.ADD_EVIDENCE)
def add_archive(workplace: Workplace, actor: Actor, *, assessment_id: str, archive: bytes, name: str) -> EvidenceRecord:
    """Scan an uploaded archive in a child process with limits and attach what it shows. The archive is not kept.

    Raises InvalidInput with the reason when the archive is refused, Closed, NotFound.
    """
    workplace.store.read(lambda records: find_assessment(records, assessment_id))
    shown = clean_line(name, field="file name", longest=LINE_MAX) or "repository"
    try:
        found = collect_untrusted(archive, name=archive_name(shown))
    except Refused as refusal:
        raise InvalidInput(shown, str(refusal)) from None
    return _attach(workplace, actor, assessment_id, found)


@permitted(Action.ADD_EVIDENCE)
def add_evidence_json(workplace: Workplace, actor: Actor, *, assessment_id: str, text: str) -> EvidenceRecord:
    """Attach evidence that the collector wrote elsewhere. Raises InvalidInput, Closed, NotFound."""
    try:
        found = from_json(text)
    except InvalidEvidence as refusal:
        raise InvalidInput("evidence file", str(refusal)) from None
    return _attach(workplace, actor, assessment_id, found)


def _contradicts(answer: AnswerRecord | AnswerEvent, floor: float, values: Sequence[float]) -> bool:
    """Whether an answer owes less than a floor says; `values` are the debts of the checklist's levels."""
    level = settle(answer.votes) if answer.level is None and answer.votes else answer.level
    return answer.state == "answered" and level is not None and values[min(level, len(values) - 1)] < floor


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """What is known of the past of a system, as far as the age of a contradiction needs it."""

    records: Records
    assessments: Sequence[AssessmentRecord]  #: up to the one looked at, the latest first
    scans: Sequence[EvidenceRow]  #: of the same repository, up to the one looked at, the latest first
    values: Sequence[float]  #: debts of the levels of the checklist looked at
    _debts: dict[str, Mapping[str, str]] = field(default_factory=dict)  #: what was found, by scan, as far as looked

    def since(self, question_id: str, signal_id: str, floor: float) -> str | None:
        """From when on answer and repository have disagreed without a break."""
        answered, seen = self._answered_since(question_id, floor), self._seen_since(signal_id, floor)
        return max(answered, seen) if answered is not None and seen is not None else None

    def _answered_since(self, question_id: str, floor: float) -> str | None:
        since = None
        for assessment in self.assessments:
            for event in reversed(self.records.answer_history(assessment.assessment_id, question_id)):
                if not _contradicts(event, floor, self.values):
                    return since
                since = event.changed_at
            if question_id not in self.records.answers(assessment.assessment_id):
                return since
        return since

    def _seen_since(self, signal_id: str, floor: float) -> str | None:
        since = None
        enough = {strength.value for strength, value in FLOORS.items() if value >= floor}
        for scan in self.scans:
            if scan.evidence_id not in self._debts:
                self._debts[scan.evidence_id] = summary_of(self.records, scan).debts
            if self._debts[scan.evidence_id].get(signal_id) not in enough:
                break
            since = scan.collected_at
        return since


def _ledger(
    scored: Scored, found: Evidence | None, past: _Past, decisions: Sequence[FloorEvent]
) -> tuple[LedgerEntry, ...]:
    signals = {signal.id: signal for signal in found.signals} if found else {}
    answered = scored.score.questions

    def entry(pair: Contradiction | Floor, floor: float, *, overridden: bool) -> LedgerEntry | None:
        question, signal = scored.checklist.questions.get(pair.question), signals.get(pair.signal)
        asked = answered.get(pair.question)
        if question is None or signal is None or asked is None:
            return None
        about = tuple(d for d in decisions if (d.question_id, d.signal_id) == (pair.question, pair.signal))
        here = [d for d in about if d.assessment_id == scored.assessment.assessment_id]
        stands = here[-1] if here and here[-1].decision != "reopened" else None
        return LedgerEntry(
            question_id=question.id,
            question=question.text,
            level=asked.level,
            level_text=question.levels[asked.level].text if asked.level is not None else "",
            signal=signal,
            floor=floor,
            overridden=overridden,
            since=past.since(pair.question, pair.signal, floor),
            decision=stands.decision if stands else "open",
            reason=stands.reason if stands else "",
            decided_by=stands.decided_by if stands else "",
            decided_at=stands.decided_at if stands else None,
            decisions=about,
        )

    open_entries = [entry(c, c.floor, overridden=False) for c in scored.score.contradictions]
    closed_entries = [entry(f, f.value, overridden=True) for f in scored.weighed.overridden]
    return tuple(e for e in (*open_entries, *closed_entries) if e is not None)


def _of_the_repository(rows: Sequence[EvidenceRow], stored: EvidenceRecord | None) -> list[EvidenceRow]:
    """This scan and the earlier ones of the same repository, the latest first."""
    later = [row.evidence_id for row in rows]
    if stored is None or stored.evidence_id not in later:
        return []
    return [row for row in rows[later.index(stored.evidence_id) :] if row.repository == stored.repository]


def _scan(records: Records, row: EvidenceRow, links: Sequence[EvidenceLink]) -> Scan:
    return Scan(
        evidence_id=row.evidence_id,
        repository=row.repository,
        commit=row.commit_id,
        collected_at=row.collected_at,
        collected_by=row.collected_by,
        counts=summary_of(records, row).counts,
        period=next((link.period for link in reversed(links) if link.evidence_id == row.evidence_id), None),
    )


@permitted(Action.READ)
def read_evidence(workplace: Workplace, _actor: Actor, *, assessment_id: str) -> EvidenceView:
    """What the attached evidence shows, how it changed, and where it contradicts an answer. Raises NotFound."""

    def work(records: Records) -> EvidenceView:
        assessment = find_assessment(records, assessment_id)
        scored = score_assessment(workplace, records, assessment)
        stored = records.evidence_of(assessment_id)
        found = scan_of(stored) if stored else None
        decisions = records.floor_history(assessment.system_id)
        links = records.evidence_links(assessment.system_id)
        rows = records.evidence_list(assessment.system_id, limit=SCANS_MAX)
        same = _of_the_repository(rows, stored)
        earlier = records.evidence(assessment.system_id, same[1].evidence_id) if len(same) > 1 else None
        upto = [a for a in reversed(records.assessments_of(assessment.system_id)) if a.period <= assessment.period]
        past = _Past(records=records, assessments=upto, scans=same, values=parameters_of(scored.checklist).values)
        return EvidenceView(
            system=find_system(records, assessment.system_id),
            assessment=assessment,
            checklist=scored.checklist,
            stored=stored,
            evidence=found,
            ledger=_ledger(scored, found, past, decisions),
            answered={key: answer.level for key, answer in scored.answers.items()},
            scans=tuple(_scan(records, row, links) for row in rows[:SCANS_SHOWN]),
            change=compare_evidence(scan_of(earlier), found) if found and earlier else None,
            compared_with=_scan(records, same[1], links) if found and earlier else None,
            decisions=tuple(decisions),
        )

    return workplace.store.read(work)


@permitted(Action.READ)
def read_evidence_trend(workplace: Workplace, _actor: Actor, *, system_id: str) -> EvidenceTrend:
    """The signs of debt in a system's repository, quarter by quarter. Raises NotFound.

    The past is that of the newest scan that looked back: a later one without history, such as an archive, hides none.
    """

    def work(records: Records) -> EvidenceTrend:
        system = find_system(records, system_id)
        rows = {row.evidence_id: row for row in records.evidence_list(system_id)}
        current = {link.period: link for link in records.evidence_links(system_id)}  # the last one a quarter counts
        points: list[TrendPoint] = []
        for period, link in current.items():
            points.append(_point(records, rows[link.evidence_id], period=period, origin=Origin.ATTACHED))
        newest = next(iter(rows.values()), None)
        if newest is not None:
            if newest.evidence_id not in {link.evidence_id for link in current.values()}:
                period = period_of(workplace.day_of(newest.collected_at))
                points.append(_point(records, newest, period=period, origin=Origin.NEWEST))
            whole = looked_back(records, (row for row in rows.values() if row.repository == newest.repository))
            for quarter in whole.history if whole else ():
                areas = signs_of_quarter(quarter, whole) if whole else {}
                points.append(
                    TrendPoint(
                        period=quarter.period,
                        origin=Origin.BACK_FILLED,
                        commit=quarter.commit,
                        at=quarter.date,
                        total=total_of(areas),
                        areas=areas,
                    )
                )
        order = list(Origin)
        points.sort(key=lambda point: (point.period, order.index(point.origin)))
        looked_at = {area for point in points for area in point.areas}
        return EvidenceTrend(
            system=system,
            areas=tuple(a for a in shipped_checklist().areas if a.id in looked_at),
            points=tuple(points),
            repositories=tuple(dict.fromkeys(row.repository for row in rows.values())),
        )

    return workplace.store.read(work)


def _point(records: Records, row: EvidenceRow, *, period: str, origin: Origin) -> TrendPoint:
    areas = summary_of(records, row).areas
    return TrendPoint(
        period=period, origin=origin, commit=row.commit_id, at=row.collected_at, total=total_of(areas), areas=areas
    )


@permitted(Action.DECIDE_FLOOR)
def decide_floor(
    workplace: Workplace,
    actor: Actor,
    *,
    assessment_id: str,
    question_id: str,
    signal_id: str,
    decision: str,
    decided_at: str | None,
    reason: str = "",
) -> None:
    """Accept a floor, or override it with a written reason; the overridden one stays visible with its reason.

    `decided_at` is the moment of the decision the person saw, None where there was none.
    Raises Conflict when somebody decided meanwhile, InvalidInput, Closed, NotFound.
    """
    if decision not in {"accepted", "overridden"}:
        raise InvalidInput("decision", f"{decision[:20]!r} is not known; accept the floor or override it")
    why = clean_line(reason, field="reason", longest=LINE_MAX, required=decision == "overridden")

    def work(records: Records) -> None:
        assessment = find_assessment(records, assessment_id)
        records.hold(assessment_id)
        weighed = weigh_evidence(records, workplace.checklist(records, assessment.checklist_id), assessment_id)
        if (question_id, signal_id) not in {(f.question, f.signal) for f in (*weighed.floors, *weighed.overridden)}:
            raise NotFound("The repository puts no such floor under this question. Reload the page.")
        stands = records.floor_decisions(assessment_id).get((question_id, signal_id))
        if stands is not None and (stands.decision, stands.reason) == (decision, why):
            return
        _check_unchanged(stands, decided_at)
        records.decide_floor(
            assessment_id,
            FloorDecision(
                question_id=question_id,
                signal_id=signal_id,
                decision=decision,
                reason=why,
                decided_at=workplace.now(),
                decided_by=actor.name,
            ),
        )
        records.audit(
            at=workplace.now(),
            actor=actor.name,
            action=f"floor {decision}",
            subject=assessment_id,
            detail=f"{question_id} {signal_id} {why}".strip(),
        )

    workplace.store.write(work)


@permitted(Action.DECIDE_FLOOR)
def reopen_floor(
    workplace: Workplace, actor: Actor, *, assessment_id: str, question_id: str, signal_id: str, decided_at: str | None
) -> None:
    """Take a decision back, so that it is open again; the history keeps that it was taken, and by whom.

    `decided_at` is the moment of the decision the person saw. Raises Conflict when somebody decided meanwhile, Closed,
    NotFound.
    """

    def work(records: Records) -> None:
        find_assessment(records, assessment_id)
        records.hold(assessment_id)
        stands = records.floor_decisions(assessment_id).get((question_id, signal_id))
        if stands is None:
            return
        _check_unchanged(stands, decided_at)
        at = workplace.now()
        records.reopen_floor(assessment_id, question_id, signal_id, at=at, by=actor.name)
        records.audit(
            at=at, actor=actor.name, action="floor reopened", subject=assessment_id, detail=f"{question_id} {signal_id}"
        )

    workplace.store.write(work)


def _check_unchanged(stands: FloorDecision | None, decided_at: str | None) -> None:
    """Raise Conflict unless the decision is still the one the person saw."""
    if (stands.decided_at if stands else None) == decided_at:
        return
    who = stands.decided_by if stands else "Somebody"
    why_so = f" ({stands.reason})" if stands and stands.reason else ""
    verdict = f"{stands.decision}{why_so}" if stands else "undecided again"
    raise Conflict(f"{who} decided this meanwhile: {verdict}; look at it and decide again.")

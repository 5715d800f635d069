"""Repository evidence: take an archive or a collector's JSON, attach it to an assessment, decide on a floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checklists.checklist import Checklist
from evidence.document import InvalidEvidence, evidence_hash, from_json, to_json
from evidence.evidence import Evidence, Polarity, Signal, State, Strength
from evidence.sandbox import Refused, collect_untrusted
from operations.assessments import find_assessment
from operations.authorize import Action, Actor, permitted
from operations.errors import Conflict, InvalidInput
from operations.scores import Scored, score_assessment
from operations.systems import find_system
from operations.wording import LINE_MAX, clean_line
from operations.workplace import Workplace
from scoring.score import Contradiction, Floor
from scoring.weigh import Weighed
from store.records import AssessmentRecord, EvidenceRecord, FloorDecision, Records, SystemRecord


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
    reason: str
    decided_by: str
    decided_at: str | None  #: None while nobody decided


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


def _attach(workplace: Workplace, actor: Actor, assessment_id: str, found: Evidence) -> EvidenceRecord:
    body = to_json(found)

    def work(records: Records) -> EvidenceRecord:
        assessment = find_assessment(records, assessment_id)
        record = EvidenceRecord(
            evidence_id=evidence_hash(found),
            system_id=assessment.system_id,
            repository=found.repository,
            commit_id=found.commit or "",
            collector=found.collector,
            body=body,
            collected_at=workplace.now(),
            collected_by=actor.name,
        )
        records.keep_evidence(record)
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


@permitted(Action.ADD_EVIDENCE)
def add_archive(workplace: Workplace, actor: Actor, *, assessment_id: str, archive: bytes, name: str) -> EvidenceRecord:
    """Scan an uploaded archive in a child process with limits and attach what it shows. The archive is not kept.

    Raises InvalidInput with the reason when the archive is refused, Closed, NotFound.
    """
    workplace.store.read(lambda records: find_assessment(records, assessment_id))
    shown = clean_line(name, field="file name", longest=LINE_MAX) or "repository"
    try:
        found = collect_untrusted(archive, name=shown)
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


def _ledger(
    scored: Scored, found: Evidence | None, decisions: Mapping[tuple[str, str], FloorDecision]
) -> tuple[LedgerEntry, ...]:
    signals = {signal.id: signal for signal in found.signals} if found else {}
    answered = scored.score.questions

    def entry(pair: Contradiction | Floor, floor: float, *, overridden: bool) -> LedgerEntry | None:
        question, signal = scored.checklist.questions.get(pair.question), signals.get(pair.signal)
        asked = answered.get(pair.question)
        if question is None or signal is None or asked is None:
            return None
        decision = decisions.get((pair.question, pair.signal))
        return LedgerEntry(
            question_id=question.id,
            question=question.text,
            level=asked.level,
            level_text=question.levels[asked.level].text if asked.level is not None else "",
            signal=signal,
            floor=floor,
            overridden=overridden,
            reason=decision.reason if decision else "",
            decided_by=decision.decided_by if decision else "",
            decided_at=decision.decided_at if decision else None,
        )

    open_entries = [entry(c, c.floor, overridden=False) for c in scored.score.contradictions]
    closed_entries = [entry(f, f.value, overridden=True) for f in scored.weighed.overridden]
    return tuple(e for e in (*open_entries, *closed_entries) if e is not None)


@permitted(Action.READ)
def read_evidence(workplace: Workplace, _actor: Actor, *, assessment_id: str) -> EvidenceView:
    """What the attached evidence shows, and where it contradicts an answer. Raises NotFound."""

    def work(records: Records) -> EvidenceView:
        assessment = find_assessment(records, assessment_id)
        scored = score_assessment(workplace, records, assessment)
        stored = records.evidence_of(assessment_id)
        found = from_json(stored.body) if stored else None
        return EvidenceView(
            system=find_system(records, assessment.system_id),
            assessment=assessment,
            checklist=scored.checklist,
            stored=stored,
            evidence=found,
            ledger=_ledger(scored, found, records.floor_decisions(assessment_id)),
            answered={key: answer.level for key, answer in scored.answers.items()},
        )

    return workplace.store.read(work)


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
        find_assessment(records, assessment_id)
        records.hold(assessment_id)
        stands = records.floor_decisions(assessment_id).get((question_id, signal_id))
        if stands is not None and (stands.decision, stands.reason) == (decision, why):
            return
        if (stands.decided_at if stands else None) != decided_at:
            who = stands.decided_by if stands else "Somebody"
            why_so = f" ({stands.reason})" if stands and stands.reason else ""
            verdict = f"{stands.decision}{why_so}" if stands else "undecided again"
            raise Conflict(f"{who} decided this meanwhile: {verdict}; look at it and decide again.")
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

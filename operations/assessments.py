"""Assessments: open one for a quarter, answer one question at a time, undo, confirm last time's, close and seal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from checklists.checklist import Area, Checklist, Question
from operations.authorize import Action, Actor, permitted
from operations.errors import AlreadyThere, InvalidInput, NotFound
from operations.freshness import seal_doubts
from operations.packs import checklist_for
from operations.periods import read_period
from operations.scores import PARAMETERS, Scored, scope_of, score_assessment, store_score, weigh_evidence
from operations.systems import find_system
from operations.wording import LINKS_MAX, NAME_MAX, NOTE_MAX, clean, clean_line, clean_links
from operations.workplace import Workplace
from scoring.answers import score_document
from scoring.freshness import Doubt
from scoring.score import Scope, scoring_id
from scoring.votes import settle
from scoring.weigh import Weighed
from store.records import AnswerEvent, AnswerRecord, AssessmentRecord, Records, SystemRecord

NO_SUCH_ASSESSMENT = "No such assessment. The portfolio lists the systems and their quarters."
MINUTES_A_QUESTION = 0.65  #: one person with the text at hand; a team talks three minutes a question
SCOPES = ("core", "all")
ANSWER_STATES = ("answered", "unknown", "not_applicable")
SNAPSHOT_SCHEMA = "snapshot/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a person chose for one question, before it is checked."""

    state: str  #: answered, unknown, not_applicable
    level: int | None = None
    reason: str = ""
    seconded_by: str = ""  #: the second person, where a question lists no accepted reason
    note: str = ""
    links: tuple[str, ...] = ()

    def over(self, theirs: AnswerRecord | None, *, seen: AnswerRecord | None) -> Choice:
        """This choice put over `theirs`: only what differs from what the person had `seen` replaces what stands."""
        if theirs is None:
            return self
        before, now = choice_of(seen), choice_of(theirs)
        chosen = now if self.same_answer(before) else self
        return replace(
            chosen,
            note=now.note if self.note == before.note else self.note,
            links=now.links if self.links == before.links else self.links,
        )

    def same_answer(self, other: Choice) -> bool:
        """Whether both say the same, note and links apart."""
        return (self.state, self.level, self.reason, self.seconded_by) == (
            other.state, other.level, other.reason, other.seconded_by,
        )  # fmt: skip


def level_of(answer: AnswerRecord) -> int | None:
    """The level an answer stands for: the one given, or the one its votes settle to."""
    return settle(answer.votes) if answer.level is None else answer.level


def choice_of(answer: AnswerRecord | None) -> Choice:
    """A stored answer as the choice that would give it; no answer has the state ""."""
    if answer is None:
        return Choice(state="")
    return Choice(
        state=answer.state, level=level_of(answer), reason=answer.reason, note=answer.note, links=answer.links
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an area (or the whole) is answered."""

    answered: int  #: answered, unknown or not applicable: somebody looked at it
    asked: int

    @property
    def left(self) -> int:
        """Questions nobody has looked at."""
        return self.asked - self.answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire:
    """Everything the assess page shows of one assessment."""

    system: SystemRecord
    assessment: AssessmentRecord
    checklist: Checklist
    areas: tuple[tuple[Area, tuple[Question, ...]], ...]  #: the areas that apply, with the questions asked
    answers: Mapping[str, AnswerRecord]
    last: Mapping[str, AnswerRecord]  #: last closed quarter's answers
    last_period: str | None
    last_withdrawn: bool  #: whether these are the answers of this very quarter that was withdrawn
    weighed: Weighed  #: what the repository says

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions asked, in order."""
        return tuple(question for _, questions in self.areas for question in questions)

    def progress(self, area_id: str | None = None) -> Progress:
        """Progress of one area, or of everything."""
        asked = [q.id for area, questions in self.areas for q in questions if area_id in (None, area.id)]
        return Progress(answered=sum(q in self.answers for q in asked), asked=len(asked))

    def first_open(self) -> str | None:
        """The first question nobody has looked at."""
        return next((q.id for q in self.questions if q.id not in self.answers), None)


def last_of(records: Records, assessment: AssessmentRecord, pack: str) -> AssessmentRecord | None:
    """The quarter whose answers are at hand while this one is answered.

    The one it goes on from, or what was withdrawn of this very quarter. Where the one before was withdrawn since, the
    one before that.
    """
    previous = records.assessment(assessment.previous) if assessment.previous else None
    if previous is None or not previous.withdrawn or previous.period == assessment.period:
        return previous
    return records.latest_closed(assessment.system_id, before=assessment.period, pack=pack)


def last_answers(
    records: Records, last: AssessmentRecord | None, earlier: Checklist | None, checklist: Checklist
) -> dict[str, AnswerRecord]:
    """Last quarter's answers by the ids of this checklist: a question that replaces others has theirs.

    None where the two versions ask on another scale: there an answer is another answer.
    """
    if last is None or earlier is None or earlier.level_count != checklist.level_count:
        return {}
    given = records.answers(last.assessment_id)
    for question in checklist.questions.values():
        if question.id not in given and question.replaces:
            merged = merged_answer(question.id, [given[one] for one in question.replaces if one in given])
            if merged is not None:
                given[question.id] = merged
    return given


def merged_answer(question_id: str, given: Sequence[AnswerRecord]) -> AnswerRecord | None:
    """One answer for a question that replaces those that were given; None where none was.

    Of several levels the worst, so that nothing looks better for having been put together; a level before "we do not
    know", that before "does not apply". Votes stay where there was one question, or they would be of nobody.
    """
    if not given:
        return None
    rank = {"not_applicable": -2, "unknown": -1}
    worst = max(given, key=lambda answer: (rank.get(answer.state, level_of(answer) or 0), answer.question_id))
    notes = dict.fromkeys(answer.note for answer in given if answer.note)
    links = tuple(dict.fromkeys(link for answer in given for link in answer.links))
    return replace(
        worst,
        question_id=question_id,
        level=worst.level if len(given) == 1 or worst.state != "answered" else level_of(worst),
        votes=worst.votes if len(given) == 1 else (),
        note="\n".join(notes)[:NOTE_MAX],
        links=links[:LINKS_MAX],
    )


def find_assessment(records: Records, assessment_id: str) -> AssessmentRecord:
    """The assessment with this id. Raises NotFound."""
    assessment = records.assessment(assessment_id)
    if assessment is None:
        raise NotFound(NO_SUCH_ASSESSMENT)
    return assessment


def asked_questions(checklist: Checklist, scope: Scope) -> tuple[tuple[Area, tuple[Question, ...]], ...]:
    """The areas that apply with the questions that are asked, in order; areas without a question are left out."""

    def applies(switch: str | None) -> bool:
        return switch is None or scope.switches is None or switch in scope.switches

    areas = (
        (area, tuple(q for q in area.questions if applies(q.applies_when) and (q.core or not scope.core_only)))
        for area in checklist.areas
        if applies(area.applies_when)
    )
    return tuple((area, questions) for area, questions in areas if questions)


@permitted(Action.OPEN_ASSESSMENT)
def open_assessment(
    workplace: Workplace, actor: Actor, *, system_id: str, period: str, scope: str = "core", pack: str | None = None
) -> AssessmentRecord:
    """Open the questionnaire of a system for a quarter, or return the one that is there: one a quarter is the rule.

    A new one takes the checklist `pack` as it is on offer today, by default the one the system had last. The answers
    of the last quarter closed with the same pack stay at hand, not counted. A scan that was handed in while no quarter
    was open is the evidence of the new one. Raises NotFound, InvalidInput (also where the quarter is open with another
    pack than the one asked for).
    """
    quarter = read_period(period)
    if scope not in SCOPES:
        raise InvalidInput("scope", f"{scope[:20]!r} is not known; choose core or all")

    def work(records: Records) -> AssessmentRecord:
        system = find_system(records, system_id)
        existing = records.assessment_for(system_id, quarter)
        if existing is not None:
            return _of_pack(workplace, records, existing, pack)
        checklist = checklist_for(workplace, records, system_id, pack)
        previous = _gone_before(records, system_id, quarter, checklist.id)
        assessment = AssessmentRecord(
            assessment_id=workplace.new_id(),
            system_id=system_id,
            period=quarter,
            checklist_id=workplace.keep_checklist(records, checklist),
            scope=scope,
            switches=system.switches,
            state="open",
            change_seq=0,
            previous=previous.assessment_id if previous else None,
            document_sha256=None,
            opened_at=workplace.now(),
            opened_by=actor.name,
            closed_at=None,
            closed_by=None,
            zone=workplace.zone_name(),
        )
        records.open_assessment(assessment)
        records.audit(
            at=workplace.now(),
            actor=actor.name,
            action="open assessment",
            subject=assessment.assessment_id,
            detail=f"{system.name} {quarter}",
        )
        _take_waiting_scan(workplace, actor, records, assessment)
        return find_assessment(records, assessment.assessment_id)

    try:
        return workplace.store.write(work)
    except AlreadyThere:
        found = workplace.store.read(lambda records: records.assessment_for(system_id, quarter))
        if found is None:
            raise
        return found


def _gone_before(records: Records, system_id: str, quarter: str, pack: str) -> AssessmentRecord | None:
    """What a new quarter goes on from: what was withdrawn of this very quarter, else the last one closed."""
    names = records.checklist_names()
    withdrawn = [
        assessment
        for assessment in records.withdrawn_of(system_id)
        if assessment.period == quarter and names[assessment.checklist_id] == pack
    ]
    return withdrawn[-1] if withdrawn else records.latest_closed(system_id, before=quarter, pack=pack)


def _of_pack(workplace: Workplace, records: Records, existing: AssessmentRecord, pack: str | None) -> AssessmentRecord:
    """The assessment that is there, unless another checklist was asked for. Raises InvalidInput."""
    if pack not in (None, records.checklist_names()[existing.checklist_id]):
        title = workplace.checklist(records, existing.checklist_id).title
        raise InvalidInput(
            "checklist",
            f"{existing.period} is being assessed with “{title}” already, and a quarter has one checklist; "
            "go on with it, or choose another for the next quarter",
        )
    return existing


def _take_waiting_scan(workplace: Workplace, actor: Actor, records: Records, assessment: AssessmentRecord) -> None:
    """Let a new quarter go by what a collector handed in while none was open."""
    newest = records.evidence_list(assessment.system_id, limit=1)
    if newest and newest[0].evidence_id not in {
        link.evidence_id for link in records.evidence_links(assessment.system_id)
    }:
        records.attach_evidence(assessment.assessment_id, newest[0].evidence_id, at=workplace.now(), by=actor.name)


@permitted(Action.READ)
def read_questionnaire(workplace: Workplace, _actor: Actor, *, assessment_id: str) -> Questionnaire:
    """The questionnaire with everything given so far. Raises NotFound."""

    def work(records: Records) -> Questionnaire:
        assessment = find_assessment(records, assessment_id)
        checklist = workplace.checklist(records, assessment.checklist_id)
        last = last_of(records, assessment, checklist.id)
        earlier = workplace.checklist(records, last.checklist_id) if last else None
        return Questionnaire(
            system=find_system(records, assessment.system_id),
            assessment=assessment,
            checklist=checklist,
            areas=asked_questions(checklist, scope_of(assessment)),
            answers=records.answers(assessment_id),
            last=last_answers(records, last, earlier, checklist),
            last_period=last.period if last else None,
            last_withdrawn=last is not None and last.withdrawn,
            weighed=weigh_evidence(records, checklist, assessment_id),
        )

    return workplace.store.read(work)


@permitted(Action.READ)
def read_change_seq(workplace: Workplace, _actor: Actor, *, assessment_id: str) -> int:
    """A counter that moves with every change of the assessment: cheap to ask for again and again."""
    return workplace.store.read(lambda records: records.change_seq(assessment_id))


@permitted(Action.READ)
def read_answers(workplace: Workplace, _actor: Actor, *, assessment_id: str) -> Mapping[str, AnswerRecord]:
    """The answers given so far, by question id."""
    return workplace.store.read(lambda records: records.answers(assessment_id))


@permitted(Action.READ)
def read_answer(workplace: Workplace, _actor: Actor, *, assessment_id: str, question_id: str) -> AnswerRecord | None:
    """The answer to one question, None when it has none."""
    return workplace.store.read(lambda records: records.answer(assessment_id, question_id))


@permitted(Action.READ)
def read_history(workplace: Workplace, _actor: Actor, *, assessment_id: str, question_id: str) -> list[AnswerEvent]:
    """Every answer this question had, oldest first."""
    return workplace.store.read(lambda records: records.answer_history(assessment_id, question_id))


def levels_of(question: Question) -> range:
    """The levels of a question, 0 = no debt."""
    return range(len(question.levels))


def _levels_words(question: Question) -> str:
    *most, last = (str(level) for level in levels_of(question))
    return f"{', '.join(most)} or {last}"


def _checked(checklist: Checklist, question_id: str, choice: Choice) -> Choice:
    """The choice as it may be stored. Raises InvalidInput, NotFound."""
    question = checklist.questions.get(question_id)
    if question is None:
        raise NotFound(f"No question {question_id[:20]!r} in this checklist. Reload the page.")
    note = clean(choice.note, field="note", longest=NOTE_MAX)
    choice = replace(choice, links=clean_links("\n".join(choice.links)))
    match choice.state:
        case "answered":
            if isinstance(choice.level, bool) or choice.level not in levels_of(question):
                raise InvalidInput("level", f"{choice.level!r} is not a level; choose {_levels_words(question)}")
            return replace(choice, note=note, reason="", seconded_by="")
        case "unknown":
            return replace(choice, level=None, note=note, reason="", seconded_by="")
        case "not_applicable":
            reason = clean_line(choice.reason, field="reason", longest=NOTE_MAX, required=True)
            second = clean_line(choice.seconded_by, field="agreed with", longest=NAME_MAX)
            if question.not_applicable_when is None and not second and "(agreed with " not in reason:
                raise InvalidInput(
                    "agreed with", "this question applies to nearly every system; name a second person who agrees"
                )
            return replace(
                choice,
                level=None,
                note=note,
                seconded_by="",
                reason=f"{reason} (agreed with {second})" if second else reason,
            )
        case _:
            raise InvalidInput(
                "answer", f"{choice.state[:20]!r} is not an answer; choose a level, unknown or not applicable"
            )


@permitted(Action.ANSWER)
def answer_question(
    workplace: Workplace, actor: Actor, *, assessment_id: str, question_id: str, choice: Choice, expected_rev: int
) -> AnswerRecord:
    """Save one choice, at once and for good. `expected_rev` is the revision the person saw (0 = not answered).

    Saving what is already stored changes nothing, so a repeated click never counts twice. The votes of a workshop
    stay while the answer stays, as when a note is added; another answer by one person takes their place.
    Raises Conflict (somebody changed it meanwhile), Closed, NotFound, InvalidInput, StorageFull.
    """

    def work(records: Records) -> AnswerRecord:
        assessment = find_assessment(records, assessment_id)
        checked = _checked(workplace.checklist(records, assessment.checklist_id), question_id, choice)
        before = records.answer(assessment_id, question_id)
        voted = (
            before is not None
            and bool(before.votes)
            and (before.state, level_of(before)) == (checked.state, checked.level)
        )
        wanted = AnswerRecord(
            question_id=question_id,
            state=checked.state,
            level=before.level if before is not None and voted else checked.level,
            votes=before.votes if before is not None and voted else (),
            reason=checked.reason,
            note=checked.note,
            links=checked.links,
            source=before.source if before is not None and voted else "person",
            rev=expected_rev,
            changed_at=workplace.now(),
            changed_by=actor.name,
        )
        return records.save_answer(assessment_id, wanted, expected_rev=expected_rev)

    return workplace.store.write(work)


@permitted(Action.READ)
def was_saved(
    workplace: Workplace, actor: Actor, *, assessment_id: str, question_id: str, choice: Choice, expected_rev: int
) -> bool:
    """Whether this very choice of this person, made against `expected_rev`, was saved before.

    A browser repeats what it was not told of, for example when the server was killed after saving; others may have
    changed the answer since, and that is no clash.
    """
    events = workplace.store.read(lambda records: records.answer_history(assessment_id, question_id))
    cleared = max((event.rev for event in events if event.state not in ANSWER_STATES), default=0)
    return any(
        event.rev == (expected_rev or cleared) + 1
        and (event.state, event.level, event.changed_by) == (choice.state, choice.level, actor.name)
        for event in events
    )


@permitted(Action.ANSWER)
def record_votes(
    workplace: Workplace,
    actor: Actor,
    *,
    assessment_id: str,
    question_id: str,
    votes: tuple[int | None, ...],
    expected_rev: int,
    note: str = "",
) -> AnswerRecord:
    """Save a team's votes on one question; None is "we do not know". They settle to their upper median.

    Raises Conflict, Closed, NotFound, InvalidInput.
    """

    def work(records: Records) -> AnswerRecord:
        assessment = find_assessment(records, assessment_id)
        checklist = workplace.checklist(records, assessment.checklist_id)
        _checked(checklist, question_id, Choice(state="unknown"))
        allowed = levels_of(checklist.questions[question_id])
        if not votes or any(vote is not None and vote not in allowed for vote in votes):
            raise InvalidInput("votes", f"give at least one vote, each 0 to {len(allowed) - 1} or unknown")
        known = [vote for vote in votes if vote is not None]
        unknown = len(votes) - len(known) >= len(known)
        wanted = AnswerRecord(
            question_id=question_id,
            state="unknown" if unknown else "answered",
            level=None,
            votes=votes,
            reason="",
            note=clean(note, field="note", longest=NOTE_MAX),
            links=(),
            source="workshop",
            rev=expected_rev,
            changed_at=workplace.now(),
            changed_by=actor.name,
        )
        return records.save_answer(assessment_id, wanted, expected_rev=expected_rev)

    return workplace.store.write(work)


@permitted(Action.ANSWER)
def undo_answer(
    workplace: Workplace, actor: Actor, *, assessment_id: str, question_id: str, expected_rev: int
) -> AnswerRecord | None:
    """Put back what stood before the last change of this question; None when it is unanswered again.

    Raises Conflict, Closed, NotFound.
    """

    def work(records: Records) -> AnswerRecord | None:
        find_assessment(records, assessment_id)
        return put_back(
            records, assessment_id, question_id, expected_rev=expected_rev, at=workplace.now(), by=actor.name
        )

    return workplace.store.write(work)


def put_back(
    records: Records, assessment_id: str, question_id: str, *, expected_rev: int, at: str, by: str
) -> AnswerRecord | None:
    """What `undo_answer` does, inside a transaction that others undo in, too. Raises Conflict, Closed."""
    given = _not_undone(records.answer_history(assessment_id, question_id))
    before = given[-2] if len(given) > 1 else None
    if before is None:
        records.clear_answer(assessment_id, question_id, expected_rev=expected_rev, at=at, by=by)
        return None
    wanted = _again(before, source=before.source, at=at, by=by)
    return records.save_answer(assessment_id, wanted, expected_rev=expected_rev)


def _not_undone(events: Iterable[AnswerEvent]) -> list[AnswerEvent]:
    """The answers that undoing walks back through, oldest first.

    An undo is itself an entry of the history: one that puts back what stood before the latest takes that away,
    or undoing twice would only go to and fro.
    """
    given: list[AnswerEvent] = []
    for event in events:
        if event.state not in ANSWER_STATES:
            given.clear()
        elif len(given) > 1 and _content(event) == _content(given[-2]):
            given.pop()
        else:
            given.append(event)
    return given


def _content(event: AnswerEvent) -> AnswerEvent:
    return replace(event, rev=0, changed_at="", changed_by="")


def _again(event: AnswerEvent, *, source: str, at: str, by: str) -> AnswerRecord:
    """What was answered before, as somebody's answer now."""
    return AnswerRecord(
        question_id=event.question_id,
        state=event.state,
        level=event.level,
        votes=event.votes,
        reason=event.reason,
        note=event.note,
        links=event.links,
        source=source,
        changed_at=at,
        changed_by=by,
    )


@permitted(Action.ANSWER)
def confirm_last(
    workplace: Workplace, actor: Actor, *, assessment_id: str, question_id: str, expected_rev: int
) -> AnswerRecord:
    """Take last quarter's answer over as it stood: somebody looked, and it still holds.

    Raises Conflict, Closed, NotFound (nothing to confirm).
    """

    def work(records: Records) -> AnswerRecord:
        assessment = find_assessment(records, assessment_id)
        checklist = workplace.checklist(records, assessment.checklist_id)
        last = last_of(records, assessment, checklist.id)
        earlier = workplace.checklist(records, last.checklist_id) if last else None
        given = last_answers(records, last, earlier, checklist).get(question_id)
        question = checklist.questions.get(question_id)
        offered = (None, *levels_of(question)) if question is not None else ()
        if given is None or given.level not in offered:
            raise NotFound("Last quarter has no answer to this question; choose a level instead.")
        wanted = replace(given, source="confirmed", rev=0, changed_at=workplace.now(), changed_by=actor.name)
        return records.save_answer(assessment_id, wanted, expected_rev=expected_rev)

    return workplace.store.write(work)


@permitted(Action.ANSWER)
def change_scope(workplace: Workplace, actor: Actor, *, assessment_id: str, scope: str) -> None:
    """Ask the core set or every question. Answers outside the scope are kept and count again when it is widened.

    Raises Closed, NotFound, InvalidInput.
    """
    if scope not in SCOPES:
        raise InvalidInput("scope", f"{scope[:20]!r} is not known; choose core or all")

    def work(records: Records) -> None:
        assessment = find_assessment(records, assessment_id)
        if assessment.scope == scope:
            return
        records.change_scope(assessment_id, scope)
        records.audit(at=workplace.now(), actor=actor.name, action="change scope", subject=assessment_id, detail=scope)

    workplace.store.write(work)


def canonical(document: Mapping[str, Any]) -> str:
    """JSON with one spelling: sorted keys, no spaces, numbers as Python writes them back exactly."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def answer_document(answer: AnswerRecord, doubt: Doubt | None) -> dict[str, Any]:
    """An answer as a closed quarter seals it; with why it waited to be confirmed, where it did."""
    waits: dict[str, Any] = {}
    if doubt is not None:
        waits["waits"] = {
            "why": doubt.why.value,
            "since": doubt.since.isoformat(),
            "paths": list(doubt.paths),
            "commits": doubt.commits,
            "origin": list(doubt.origin),
        }
    return {
        **waits,
        "state": answer.state,
        "level": answer.level,
        "votes": list(answer.votes),
        "reason": answer.reason,
        "note": answer.note,
        "links": list(answer.links),
        "source": answer.source,
        "rev": answer.rev,
        "changed_at": answer.changed_at,
        "changed_by": answer.changed_by,
    }


def snapshot_document(records: Records, system: SystemRecord, scored: Scored, *, zone: str) -> dict[str, Any]:
    """What a closed quarter seals: enough to show it, and to score it again to the same bytes."""
    assessment = scored.assessment
    evidence = records.evidence_of(assessment.assessment_id)
    return {
        "schema": SNAPSHOT_SCHEMA,
        "system": {
            "id": system.system_id,
            "name": system.name,
            "team": system.team,
            "decides": system.decides,
            "affected": system.affected,
        },
        "assessment": assessment.assessment_id,
        "period": assessment.period,
        "checklist": assessment.checklist_id,
        "scope": assessment.scope,
        "switches": sorted(assessment.switches),
        "zone": zone,
        "answers": {
            key: answer_document(scored.answers[key], scored.doubts.get(key)) for key in sorted(scored.answers)
        },
        "evidence": evidence.evidence_id if evidence else None,
        "decisions": [
            {
                "question": q,
                "signal": s,
                "decision": d.decision,
                "reason": d.reason,
                "by": d.decided_by,
                "at": d.decided_at,
            }
            for (q, s), d in sorted(records.floor_decisions(assessment.assessment_id).items())
        ],
        "scoring": scoring_id(PARAMETERS),
        "score": score_document(scored.score, scored.checklist),
    }


@permitted(Action.CLOSE_ASSESSMENT)
def close_assessment(workplace: Workplace, actor: Actor, *, assessment_id: str) -> AssessmentRecord:
    """Seal the quarter: score, snapshot and hash in one transaction. Nothing in it changes afterwards.

    Raises Closed, NotFound, InvalidInput when nothing was answered.
    """

    def work(records: Records) -> AssessmentRecord:
        find_assessment(records, assessment_id)
        assessment = records.hold(assessment_id)
        scored = score_assessment(workplace, records, assessment)
        if not scored.answers:
            raise InvalidInput("assessment", "nothing is answered yet; answer at least one question before closing")
        system = find_system(records, assessment.system_id)
        zone = workplace.zone_name()
        body = canonical(snapshot_document(records, system, scored, zone=zone))
        digest = hashlib.sha256(body.encode()).hexdigest()
        store_score(workplace, records, scored)
        seal_doubts(records, assessment, scored.doubts)
        records.seal(
            assessment_id, body, document_sha256=digest, at=workplace.now(), by=actor.name,
            scoring_id=scored.score.scoring_id, zone=zone,
        )  # fmt: skip
        records.audit(
            at=workplace.now(), actor=actor.name, action="close assessment", subject=assessment_id, detail=digest
        )
        return find_assessment(records, assessment_id)

    return workplace.store.write(work)

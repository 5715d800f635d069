"""Move an open assessment to another version of its checklist: see the difference first, carry answers over, undo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from checklists.checklist import Checklist, Question
from checklists.difference import Difference, differ
from operations.assessments import find_assessment, merged_answer
from operations.authorize import Action, Actor, permitted
from operations.errors import InvalidInput, NotFound
from operations.packs import offered_checklist
from operations.systems import find_system
from operations.workplace import Workplace
from store.records import AnswerRecord, AssessmentRecord, Records, SystemRecord
from store.version_records import CarriedRecord, MoveRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class OldAnswer:
    """An answer to a question that is not asked any more. It stays, and counts nowhere."""

    question: Question
    answer: AnswerRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveView:
    """What moving an assessment would do, and what earlier moves did."""

    system: SystemRecord
    assessment: AssessmentRecord
    checklist: Checklist  #: the version it asks by
    difference: Difference | None  #: to the version on offer; None where there is no other
    answered: Mapping[str, AnswerRecord]  #: the answers that stand, by question id
    stay: tuple[str, ...]  #: answered questions that stay as they are
    to_confirm: tuple[str, ...]  #: questions whose answers would carry over to be confirmed
    put_aside: tuple[OldAnswer, ...]  #: answers whose questions would not be asked any more
    aside: tuple[OldAnswer, ...]  #: answers that were put aside before
    last_move: MoveRecord | None  #: the one that can be taken back
    moves: tuple[tuple[MoveRecord, str, str], ...]  #: every move with the versions it went from and to


def _newer_version(workplace: Workplace, records: Records, assessment: AssessmentRecord) -> Checklist | None:
    """The version of its pack that is on offer, where it is another than the one this assessment asks by."""
    checklist = workplace.checklist(records, assessment.checklist_id)
    try:
        offered = offered_checklist(checklist.id)
    except InvalidInput:  # the pack is not on offer any more
        return None
    return None if offered.content_hash == checklist.content_hash else offered


@permitted(Action.READ)
def version_on_offer(workplace: Workplace, _actor: Actor, *, assessment_id: str) -> str | None:
    """The number of the other version an open assessment could be moved to; None where there is none."""

    def work(records: Records) -> str | None:
        assessment = find_assessment(records, assessment_id)
        offered = _newer_version(workplace, records, assessment) if assessment.state == "open" else None
        return offered.version if offered is not None else None

    return workplace.store.read(work)


@permitted(Action.READ)
def read_move(workplace: Workplace, _actor: Actor, *, assessment_id: str) -> MoveView:
    """The difference a move would make to this assessment, before it is made. Raises NotFound."""

    def work(records: Records) -> MoveView:
        assessment = find_assessment(records, assessment_id)
        checklist = workplace.checklist(records, assessment.checklist_id)
        offered = _newer_version(workplace, records, assessment) if assessment.state == "open" else None
        difference = differ(checklist, offered) if offered is not None else None
        answers = records.answers(assessment_id)
        moves = records.versions.moves(assessment_id)
        standing = [move for move in moves if move.undone_at is None]
        versions = {
            one: workplace.checklist(records, one)
            for one in {id_ for move in moves for id_ in (move.from_checklist, move.to_checklist)}
        }
        words = {one: version.version for one, version in versions.items()}
        return MoveView(
            system=find_system(records, assessment.system_id),
            assessment=assessment,
            checklist=checklist,
            difference=difference,
            answered=answers,
            stay=_staying(difference, answers) if difference else (),
            to_confirm=_confirming(difference, answers) if difference else (),
            put_aside=_put_aside(difference, answers) if difference else (),
            aside=tuple(
                OldAnswer(question=question, answer=answer)
                for name, answer in sorted(answers.items())
                if name not in checklist.questions
                and (question := next((v.questions[name] for v in versions.values() if name in v.questions), None))
            ),
            last_move=standing[-1] if standing and assessment.state == "open" else None,
            moves=tuple((move, words[move.from_checklist], words[move.to_checklist]) for move in moves),
        )

    return workplace.store.read(work)


def _staying(difference: Difference, answers: Mapping[str, AnswerRecord]) -> tuple[str, ...]:
    otherwise = {change.id for change in difference.changed if change.asks_otherwise}
    return tuple(name for name in difference.common if name in answers and name not in otherwise)


def _confirming(difference: Difference, answers: Mapping[str, AnswerRecord]) -> tuple[str, ...]:
    otherwise = [change.id for change in difference.changed if change.asks_otherwise and change.id in answers]
    replacing = [one.question.id for one in difference.replaced if any(old.id in answers for old in one.replaces)]
    return (*otherwise, *replacing)


def _put_aside(difference: Difference, answers: Mapping[str, AnswerRecord]) -> tuple[OldAnswer, ...]:
    gone = (*difference.removed, *(old for one in difference.replaced for old in one.replaces))
    return tuple(OldAnswer(question=one, answer=answers[one.id]) for one in gone if one.id in answers)


@permitted(Action.MOVE_ASSESSMENT)
def move_assessment(workplace: Workplace, actor: Actor, *, assessment_id: str, to_checklist: str) -> AssessmentRecord:
    """Ask by the version on offer from now on, all or nothing. `to_checklist` is the content hash the person saw.

    Answers to questions that are asked in the same words stay. Those to reworded questions, and those that a new
    question replaces, carry over and wait to be confirmed. Those to questions that are gone stay in the history and
    count no more. Raises NotFound, Closed, and InvalidInput: nothing to move to, another version than the one seen,
    another scale, a workshop under way.
    """

    def work(records: Records) -> AssessmentRecord:
        find_assessment(records, assessment_id)
        assessment = records.hold(assessment_id)
        offered = _newer_version(workplace, records, assessment)
        if offered is None:
            raise InvalidInput("checklist", "there is no other version to move to; reload the page")
        if offered.content_hash != to_checklist:
            raise InvalidInput("checklist", "it changed since you looked; reload the page and see the difference anew")
        if records.workshops.running_on(assessment_id) is not None:
            raise InvalidInput("workshop", "one is under way on the old questions; end it, then move")
        before = workplace.checklist(records, assessment.checklist_id)
        difference = differ(before, offered)
        if not difference.same_scale:
            raise InvalidInput(
                "checklist",
                f"version {offered.version} asks on {offered.level_count} levels, this quarter on "
                f"{before.level_count}; close it and open the next one with the new version",
            )
        workplace.keep_checklist(records, offered)
        records.change_checklist(assessment_id, offered.content_hash)
        seq = len(records.versions.moves(assessment_id)) + 1
        records.versions.add_move(
            assessment.period,
            MoveRecord(
                assessment_id=assessment_id,
                seq=seq,
                from_checklist=before.content_hash,
                to_checklist=offered.content_hash,
                moved_at=workplace.now(),
                moved_by=actor.name,
            ),
        )
        carried = [
            *_reworded(records, assessment, difference, seq),
            *_replaced(workplace, actor, records, assessment, difference, seq),
        ]
        records.versions.add_carried(assessment.period, assessment_id, carried)
        records.audit(
            at=workplace.now(),
            actor=actor.name,
            action="move assessment",
            subject=assessment_id,
            detail=f"{offered.id} {before.version} to {offered.version}, {len(carried)} answers to confirm",
        )
        return find_assessment(records, assessment_id)

    return workplace.store.write(work)


def _reworded(records: Records, assessment: AssessmentRecord, difference: Difference, seq: int) -> list[CarriedRecord]:
    """The answers to questions that are asked in other words now: they stay as they are, to be confirmed."""
    answers = records.answers(assessment.assessment_id)
    return [
        CarriedRecord(
            question_id=change.id,
            rev=answers[change.id].rev,
            origin_assessment=assessment.assessment_id,
            origins=(),
            move=seq,
        )
        for change in difference.changed
        if change.asks_otherwise and change.id in answers
    ]


def _replaced(  # noqa: PLR0917  (named at the call)
    workplace: Workplace,
    actor: Actor,
    records: Records,
    assessment: AssessmentRecord,
    difference: Difference,
    seq: int,
) -> list[CarriedRecord]:
    """The answers that a new question takes over from those it replaces, saved as its own."""
    answers = records.answers(assessment.assessment_id)
    carried = []
    for one in difference.replaced:
        given = [answers[old.id] for old in one.replaces if old.id in answers]
        merged = merged_answer(one.question.id, given)
        if merged is None or one.question.id in answers:  # answered before, in an earlier move that was taken back
            continue
        wanted = replace(merged, rev=0, changed_at=workplace.now(), changed_by=actor.name)
        kept = records.save_answer(assessment.assessment_id, wanted, expected_rev=0)
        carried.append(
            CarriedRecord(
                question_id=one.question.id,
                rev=kept.rev,
                origin_assessment=assessment.assessment_id,
                origins=tuple(answer.question_id for answer in given),
                move=seq,
            )
        )
    return carried


@permitted(Action.MOVE_ASSESSMENT)
def undo_move(workplace: Workplace, actor: Actor, *, assessment_id: str, seq: int) -> AssessmentRecord:
    """Ask by the version before the move again. What was carried and nobody touched since is cleared; the rest stays.

    Only the latest move is taken back, and only while the quarter is open. Raises NotFound, Closed.
    """

    def work(records: Records) -> AssessmentRecord:
        find_assessment(records, assessment_id)
        assessment = records.hold(assessment_id)
        standing = [move for move in records.versions.moves(assessment_id) if move.undone_at is None]
        if not standing or standing[-1].seq != seq:
            raise NotFound("This move was taken back already, or another came after it; reload the page.")
        carried = [one for one in records.versions.carried(assessment_id).values() if one.move == seq and one.origins]
        for one in carried:
            answer = records.answer(assessment_id, one.question_id)
            if answer is not None and answer.rev == one.rev:
                records.clear_answer(
                    assessment_id, one.question_id, expected_rev=one.rev, at=workplace.now(), by=actor.name
                )
        records.change_checklist(assessment_id, standing[-1].from_checklist)
        records.versions.undo_move(assessment_id, seq, at=workplace.now(), by=actor.name)
        before = workplace.checklist(records, standing[-1].from_checklist)
        records.audit(
            at=workplace.now(),
            actor=actor.name,
            action="undo move",
            subject=assessment_id,
            detail=f"back to {before.id} {before.version}",
        )
        return find_assessment(records, assessment.assessment_id)

    return workplace.store.write(work)

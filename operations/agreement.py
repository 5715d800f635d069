"""The votes of a quarter: how far people agree on each question, and votes brought in from a file, with undo."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checklists.checklist import Checklist, Question
from operations.assessments import asked_questions, find_assessment, levels_of, put_back
from operations.authorize import Action, Actor, permitted
from operations.errors import Closed, InvalidInput
from operations.scores import scope_of
from operations.workplace import Workplace
from scoring.ballots import InvalidVotes, Votes, read_votes
from scoring.votes import in_order, settle
from store.records import AnswerRecord, AssessmentRecord, Records

if TYPE_CHECKING:
    from scoring.agreement import Agreement, QuestionAgreement

IMPORTED = "import"  #: the source of an answer whose votes came from a file
PEOPLE_MAX = 200  #: of one file: a room, not a survey
PROBLEMS_MAX = 5  #: said of one file; the rest is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class VotedQuestion:
    """One question that was voted on. The votes carry no names."""

    question: Question
    votes: tuple[int | None, ...]  #: sorted, "we do not know" (None) last
    level: int | None  #: what they settle to, or what was set instead
    agreement: QuestionAgreement


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementView:
    """Everything the agreement section shows."""

    assessment: AssessmentRecord
    found: Agreement | None  #: None where nobody voted
    lines: tuple[VotedQuestion, ...]  #: the most split first
    level_max: int
    without_votes: int  #: questions that one person answered
    imported: int  #: answers that stand as a file brought them: they can be put back


@permitted(Action.READ)
def read_agreement(workplace: Workplace, _actor: Actor, *, assessment_id: str) -> AgreementView:
    """How far those who voted agree, of the questions asked in this quarter. Raises NotFound."""

    def work(records: Records) -> AgreementView:
        assessment = find_assessment(records, assessment_id)
        checklist = workplace.checklist(records, assessment.checklist_id)
        answers = records.answers(assessment_id)
        asked = [q for _, questions in asked_questions(checklist, scope_of(assessment)) for q in questions]
        voted = [q for q in asked if q.id in answers and answers[q.id].votes]
        found = _agreement_on(voted, answers)
        by_id = {line.id: line for line in found.questions} if found else {}
        lines = (
            VotedQuestion(
                question=question,
                votes=in_order(answers[question.id].votes),
                level=_level(answers[question.id]),
                agreement=by_id[question.id],
            )
            for question in voted
        )
        return AgreementView(
            assessment=assessment,
            found=found,
            lines=tuple(sorted(lines, key=_most_split)),
            level_max=max((len(q.levels) for q in asked), default=5) - 1,
            without_votes=sum(q.id in answers and answers[q.id].state == "answered" for q in asked)
            - sum(answers[q.id].state == "answered" for q in voted),
            imported=sum(answer.source == IMPORTED for answer in answers.values()),
        )

    return workplace.store.read(work)


def _agreement_on(voted: list[Question], answers: Mapping[str, AnswerRecord]) -> Agreement | None:
    if not voted:
        return None
    from scoring.agreement import agreement  # numpy, only where somebody voted

    people = max(len(answers[question.id].votes) for question in voted)
    votes = {
        question.id: (*answers[question.id].votes, *(None for _ in range(people - len(answers[question.id].votes))))
        for question in voted
    }
    return agreement(votes, levels=(0, max(len(question.levels) for question in voted) - 1))


_STATE_ORDER = {"split": 0, "spread": 1, "agreed": 2, "too_few": 3}


def _most_split(line: VotedQuestion) -> tuple[int, float, str]:
    a = line.agreement.a
    return _STATE_ORDER[line.agreement.state], 1.0 if a is None else a, line.question.id


def _level(answer: AnswerRecord) -> int | None:
    return settle(answer.votes) if answer.level is None else answer.level


# -- votes from a file


@dataclass(frozen=True, slots=True, kw_only=True)
class VotesFile:
    """What a votes file would do, or did, to a quarter."""

    people: int
    questions: int  #: with at least one vote
    replaces: int  #: answers that stand and would be others afterwards
    same: int  #: answers that are already what the file says
    not_asked: int  #: questions of the checklist that this quarter does not ask: kept, not counted


@permitted(Action.READ)
def check_votes(workplace: Workplace, _actor: Actor, *, assessment_id: str, text: str, name: str) -> VotesFile:
    """What taking this file would do; nothing is stored. Raises NotFound, Closed, InvalidVotes."""
    return workplace.store.read(lambda records: _read_file(workplace, records, assessment_id, text, name)[0])


@permitted(Action.ANSWER)
def import_votes(workplace: Workplace, actor: Actor, *, assessment_id: str, text: str, name: str) -> VotesFile:
    """Take the votes of a file as the answers of an open quarter: all of them or, when anything is wrong, none.

    Votes settle to their upper median. The names in the first column are checked for repetition and then forgotten:
    votes are kept sorted. Notes and links that stand at a question stay. Raises NotFound, Closed, InvalidVotes.
    """

    def work(records: Records) -> VotesFile:
        file, wanted = _read_file(workplace, records, assessment_id, text, name)
        standing = records.answers(assessment_id)
        for question_id, votes in wanted.items():
            before = standing.get(question_id)
            if before is not None and _says(before, votes):
                continue
            records.save_answer(
                assessment_id,
                AnswerRecord(
                    question_id=question_id,
                    state="unknown" if settle(votes) is None else "answered",
                    level=None,
                    votes=votes,
                    reason="",
                    note=before.note if before else "",
                    links=before.links if before else (),
                    source=IMPORTED,
                    changed_at=workplace.now(),
                    changed_by=actor.name,
                ),
                expected_rev=before.rev if before else 0,
            )
        digest = hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()
        records.audit(
            at=workplace.now(),
            actor=actor.name,
            action="import votes",
            subject=assessment_id,
            detail=f"{file.people} people, {file.questions} questions, file sha256 {digest}",
        )
        return file

    return workplace.store.write(work)


@permitted(Action.ANSWER)
def undo_import(workplace: Workplace, actor: Actor, *, assessment_id: str) -> int:
    """Put back what stood before a file was taken, where the answer still is what the file said.

    Returns how many answers were put back. Raises NotFound, Closed, InvalidInput when there is none.
    """

    def work(records: Records) -> int:
        find_assessment(records, assessment_id)
        answers = [a for a in records.answers(assessment_id).values() if a.source == IMPORTED]
        if not answers:
            raise InvalidInput("votes", "no answer stands as a file brought it; there is nothing to put back")
        for answer in answers:
            put_back(
                records, assessment_id, answer.question_id, expected_rev=answer.rev, at=workplace.now(), by=actor.name
            )
        records.audit(
            at=workplace.now(),
            actor=actor.name,
            action="undo import of votes",
            subject=assessment_id,
            detail=f"{len(answers)} questions",
        )
        return len(answers)

    return workplace.store.write(work)


def _read_file(
    workplace: Workplace, records: Records, assessment_id: str, text: str, name: str
) -> tuple[VotesFile, dict[str, tuple[int | None, ...]]]:
    """What the file would do, and the votes on each question it holds any for. Raises Closed, InvalidVotes."""
    assessment = find_assessment(records, assessment_id)
    if assessment.state == "closed":
        raise Closed("This quarter is closed: its votes are sealed. Votes go into an open quarter.")
    checklist = workplace.checklist(records, assessment.checklist_id)
    try:
        given = read_votes(text, name=name)
    except InvalidVotes as refusal:
        raise InvalidVotes(_first(list(refusal.problems))) from None
    if problems := _problems(given, checklist, name):
        raise InvalidVotes(_first(problems))
    wanted = {}
    for question_id, votes in given.votes.items():
        cast = [vote for vote in votes if vote is not None]
        if all_of_them := (*cast, *(None for _ in range(given.unsure[question_id]))):
            wanted[question_id] = in_order(all_of_them)
    if not wanted:
        raise InvalidVotes((f"{name}: no cell holds a vote; write levels, or ? where somebody does not know",))
    standing = records.answers(assessment_id)
    asked = {q.id for _, questions in asked_questions(checklist, scope_of(assessment)) for q in questions}
    same = sum(q in standing and _says(standing[q], votes) for q, votes in wanted.items())
    file = VotesFile(
        people=len(given.raters),
        questions=len(wanted),
        replaces=sum(q in standing for q in wanted) - same,
        same=same,
        not_asked=len(wanted.keys() - asked),
    )
    return file, wanted


def _says(answer: AnswerRecord, votes: tuple[int | None, ...]) -> bool:
    return answer.level is None and answer.state != "not_applicable" and in_order(answer.votes) == votes


def _problems(given: Votes, checklist: Checklist, name: str) -> list[str]:
    """What keeps the file from being taken, each with its place and the way out."""
    known = checklist.questions
    problems = [
        f"{name}:1: no question {question[:20]!r} in this checklist; take the ids from the questionnaire"
        for question in given.votes
        if question not in known
    ]
    for question, votes in given.votes.items():
        levels = levels_of(known[question]) if question in known else range(5)
        problems += [
            f"{name}: {given.raters[place][:40] or 'a row without a name'} gave {vote} to {question}; "
            f"its levels are 0 to {len(levels) - 1}"
            for place, vote in enumerate(votes)
            if vote is not None and vote not in levels and question in known
        ]
    if len(given.raters) > PEOPLE_MAX:
        problems.append(f"{name}: {len(given.raters)} people; at most {PEOPLE_MAX} are taken, the votes of one session")
    return problems + [
        f"{name}: {rater[:40]!r} stands there twice; give each person one row" for rater in _repeated(given.raters)
    ]


def _repeated(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    twice: list[str] = []
    for name in filter(None, names):
        if name in seen and name not in twice:
            twice.append(name)
        seen.add(name)
    return twice


def _first(problems: list[str]) -> tuple[str, ...]:
    more = len(problems) - PROBLEMS_MAX
    return (*problems[:PROBLEMS_MAX], *((f"and {more} more",) if more > 0 else ()))

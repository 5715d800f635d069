"""The facilitator's side of a workshop: open it, put questions before the people, reveal, settle, end, sum up."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from checklists.checklist import Checklist, Question
from operations.assessments import asked_questions, find_assessment
from operations.authorize import Action, Actor, permitted
from operations.errors import Closed, Conflict, InvalidInput, NotFound
from operations.scores import scope_of, weigh_evidence
from operations.systems import find_system
from operations.wording import LINE_MAX, NAME_MAX, clean_line
from operations.workplace import Workplace
from scoring.votes import settle
from scoring.weigh import Weighed
from store.records import AnswerRecord, AssessmentRecord, Records, SystemRecord
from store.workshop_records import (
    ENDED,
    LIVE,
    LOBBY,
    PAUSED,
    REVEALED,
    RUNNING,
    SETTLED,
    SKIPPED,
    SPREAD,
    VOTING,
    WAITING,
    BallotRecord,
    ParticipantRecord,
    TurnRecord,
    WorkshopRecord,
)

if TYPE_CHECKING:
    from scoring.agreement import Agreement, AgreementState

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  #: 31 that nobody takes for one another
CODE_LENGTH = 8  #: 31 ** 8 codes, 40 bits: with ten tries a minute a guess needs longer than any workshop
LIVE_HOURS = 12  #: a code of a live workshop is good for so long
SPREAD_DAYS_MAX = 60
TIME_BOX_SECONDS_MAX = 3600
HIDDEN_MIN = 3  #: with fewer votes than this everybody can tell whose is whose
ROUNDS = 2  #: a vote and one re-vote: more wears people down without bringing them together
MODES = (LIVE, SPREAD)
ROLE_SHARED_MIN = 3  #: a role that fewer people have is nearly a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealed:
    """What everybody sees of a question once its votes are open. No name, no order."""

    round: int
    counts: tuple[int, ...]  #: votes on each level, from 0
    unknown: int  #: votes for "we do not know"
    first: tuple[int, ...] | None  #: the counts of the first round, where this is the second
    low: int | None  #: lowest and highest level that was given
    high: int | None
    a: float | None  #: van der Eijk's A
    state: AgreementState
    proposed: int | None  #: the upper median; None where it settles as "we do not know"
    comments: tuple[str, ...]  #: by their words, so in no order of writing
    speak_first: tuple[str, ...]  #: who is asked to begin, in words; empty where there is nothing to talk about
    last: AnswerRecord | None  #: last quarter's answer
    last_period: str | None
    hints: tuple[str, ...]  #: what the repository shows that speaks to the question


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTable:
    """The question everybody looks at."""

    question: Question
    area: str  #: title of its area
    turn: TurnRecord
    of: int  #: how many questions the workshop has
    people: int
    voted: int
    box_ends_at: str | None  #: when its time box is over; None without one
    revealed: Revealed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody at the workshop, as the facilitator sees them: whether they voted, never what."""

    participant_id: str
    name: str
    role: str
    voted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkshopView:
    """Everything the facilitator's page shows."""

    workshop: WorkshopRecord
    system: SystemRecord
    assessment: AssessmentRecord
    checklist: Checklist
    turns: tuple[TurnRecord, ...]
    people: tuple[Person, ...]
    on_table: OnTable | None
    answer: AnswerRecord | None  #: what stands in the assessment for the question on the table

    @property
    def next_question(self) -> str | None:
        """The first question that nobody has dealt with, after the present one and then from the beginning."""
        here = next((turn.position for turn in self.turns if turn.question_id == self.workshop.question_id), -1)
        waiting = [turn for turn in self.turns if turn.state in {WAITING, VOTING, REVEALED} and turn.position != here]
        later = [turn for turn in waiting if turn.position > here]
        return next((turn.question_id for turn in (*later, *waiting)), None)

    @property
    def too_few_to_hide(self) -> bool:
        """Whether an anonymous workshop has too few people to keep votes apart from names."""
        return self.workshop.anonymous and len(self.people) < HIDDEN_MIN


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnSummary:
    """How one question went."""

    turn: TurnRecord
    question: Question
    votes: tuple[int | None, ...]  #: of the last round
    first: tuple[int | None, ...]  #: of the first round, empty where there was only one
    moved: float | None  #: mean level of the second votes minus that of the first: below 0 is less debt


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkshopSummary:
    """What a workshop came to."""

    view: WorkshopView
    turns: tuple[TurnSummary, ...]  #: in the order of the workshop, those that were voted on
    agreement: Agreement | None  #: of the last rounds; None when nobody voted
    most_split: tuple[str, ...]  #: question ids, the widest first, at most five
    unknown: tuple[TurnRecord, ...]  #: settled as "we do not know"
    seconds: int  #: spent on questions
    settled: int
    left: int  #: neither settled nor skipped


# -- opening


@permitted(Action.FACILITATE)
def open_workshop(
    workplace: Workplace,
    actor: Actor,
    *,
    assessment_id: str,
    questions: Sequence[str] = (),
    mode: str = LIVE,
    anonymous: bool = True,
    time_box_seconds: int = 0,
    deadline: str | None = None,
) -> WorkshopRecord:
    """Open a workshop on an assessment, by default on every question it asks; or return the one that is running.

    `deadline` (an ISO-8601 moment) ends the voting of one that is spread over days. Raises NotFound, Closed,
    InvalidInput.
    """
    if mode not in MODES:
        raise InvalidInput("kind of workshop", f"{mode[:20]!r} is not known; choose live or spread")
    if not 0 <= time_box_seconds <= TIME_BOX_SECONDS_MAX:
        raise InvalidInput("time box", f"must be 0 to {TIME_BOX_SECONDS_MAX} seconds; 0 is none")
    expires = _expiry(workplace, mode, deadline)

    def work(records: Records) -> WorkshopRecord:
        assessment = find_assessment(records, assessment_id)
        if assessment.state == "closed":
            raise Closed(f"The assessment for {assessment.period} is closed; open the next quarter for a workshop.")
        running = records.workshops.running_on(assessment_id)
        if running is not None:
            return running
        checklist = workplace.checklist(records, assessment.checklist_id)
        asked = [question.id for _, inside in asked_questions(checklist, scope_of(assessment)) for question in inside]
        chosen = list(dict.fromkeys(questions)) or asked
        foreign = next((question for question in chosen if question not in set(asked)), None)
        if foreign is not None:
            raise InvalidInput("questions", f"{foreign[:20]!r} is not asked in this assessment; choose others")
        if not chosen:
            raise InvalidInput("questions", "this assessment asks none; switch its areas on first")
        wanted = WorkshopRecord(
            workshop_id=workplace.new_id(),
            system_id=assessment.system_id,
            assessment_id=assessment_id,
            code=_free_code(records),
            mode=mode,
            anonymous=anonymous,
            time_box_seconds=time_box_seconds,
            expires_at=expires,
            opened_at=workplace.now(),
            opened_by=actor.name,
        )
        opened = records.workshops.open(wanted, chosen)
        _audit(workplace, records, actor, "open workshop", opened, f"{len(chosen)} questions")
        return opened

    return workplace.store.write(work)


def _expiry(workplace: Workplace, mode: str, deadline: str | None) -> str:
    now = workplace.clock().astimezone(UTC)
    if mode == LIVE:
        return _moment(now + timedelta(hours=LIVE_HOURS))
    if deadline is None:
        raise InvalidInput("deadline", "is missing; a vote that is spread over days needs one")
    try:
        until = datetime.fromisoformat(deadline)
    except ValueError:
        raise InvalidInput("deadline", f"{deadline[:40]!r} is not a moment; write it like 2026-11-27T17:00") from None
    until = until.astimezone(UTC)
    if not now < until <= now + timedelta(days=SPREAD_DAYS_MAX):
        raise InvalidInput("deadline", f"must lie within the next {SPREAD_DAYS_MAX} days")
    return _moment(until)


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _free_code(records: Records) -> str:
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        if records.workshops.of_code(code) is None:
            return code


# -- looking


@permitted(Action.FACILITATE)
def read_workshop(workplace: Workplace, _actor: Actor, *, workshop_id: str) -> WorkshopView:
    """What the facilitator sees: who is in, who has voted, and votes only once they are revealed. Raises NotFound."""
    return workplace.store.read(lambda records: _view(workplace, records, _find(records, workshop_id)))


@permitted(Action.FACILITATE)
def list_workshops(workplace: Workplace, _actor: Actor, *, assessment_id: str) -> tuple[WorkshopRecord, ...]:
    """The workshops of an assessment, the newest first."""
    return workplace.store.read(lambda records: tuple(records.workshops.of_assessment(assessment_id)))


@permitted(Action.FACILITATE)
def read_workshop_seq(workplace: Workplace, _actor: Actor, *, workshop_id: str) -> int | None:
    """A counter that moves with every join, vote and step: cheap to ask every two seconds. None when unknown."""
    return workplace.store.read(lambda records: records.workshops.change_seq(workshop_id))


def _find(records: Records, workshop_id: str) -> WorkshopRecord:
    workshop = records.workshops.workshop(workshop_id)
    if workshop is None:
        raise NotFound("There is no such workshop. Open one from the page of its system.")
    return workshop


def _view(workplace: Workplace, records: Records, workshop: WorkshopRecord) -> WorkshopView:
    assessment = find_assessment(records, workshop.assessment_id)
    checklist = workplace.checklist(records, assessment.checklist_id)
    turns = records.workshops.turns(workshop.workshop_id)
    participants = records.workshops.participants(workshop.workshop_id)
    table = on_table(workplace, records, workshop, workshop.question_id) if workshop.question_id else None
    voted = records.workshops.voted(workshop.workshop_id, *_round_of(table)) if table else _any_vote(records, workshop)
    return WorkshopView(
        workshop=workshop,
        system=find_system(records, workshop.system_id),
        assessment=assessment,
        checklist=checklist,
        turns=turns,
        people=tuple(
            Person(participant_id=p.participant_id, name=p.name, role=p.role, voted=p.participant_id in voted)
            for p in participants
        ),
        on_table=table,
        answer=records.answer(workshop.assessment_id, workshop.question_id) if workshop.question_id else None,
    )


def _round_of(table: OnTable) -> tuple[str, int]:
    return table.turn.question_id, table.turn.round


def _any_vote(records: Records, workshop: WorkshopRecord) -> frozenset[str]:
    """Who has voted on everything that takes votes, where the vote is spread over days; nobody else."""
    if workshop.mode != SPREAD:
        return frozenset()
    open_now = [turn for turn in records.workshops.turns(workshop.workshop_id) if turn.state == VOTING]
    voted = [records.workshops.voted(workshop.workshop_id, turn.question_id, turn.round) for turn in open_now]
    return frozenset.intersection(*voted) if voted else frozenset()


def on_table(workplace: Workplace, records: Records, workshop: WorkshopRecord, question_id: str) -> OnTable | None:
    """One question of a workshop as everybody may see it; None when it is not on the list."""
    turn = records.workshops.turn(workshop.workshop_id, question_id)
    if turn is None:
        return None
    assessment = find_assessment(records, workshop.assessment_id)
    checklist = workplace.checklist(records, assessment.checklist_id)
    question = checklist.questions.get(question_id)
    if question is None:
        return None
    participants = records.workshops.participants(workshop.workshop_id)
    voted = records.workshops.voted(workshop.workshop_id, question_id, turn.round)
    opened = turn.state in {REVEALED, SETTLED}
    return OnTable(
        question=question,
        area=checklist.area_of[question_id].title,
        turn=turn,
        of=len(records.workshops.turns(workshop.workshop_id)),
        people=len(participants),
        voted=len(voted & {p.participant_id for p in participants}),
        box_ends_at=_box_end(workplace, workshop, turn),
        revealed=_reveal(workplace, records, workshop, assessment, turn, question, participants) if opened else None,
    )


def _box_end(workplace: Workplace, workshop: WorkshopRecord, turn: TurnRecord) -> str | None:
    """When the time box is over. A clock that stepped back begins it again, never longer than it is."""
    if not workshop.time_box_seconds or turn.opened_at is None or turn.state != VOTING or workshop.state != RUNNING:
        return None
    left = max(workshop.time_box_seconds - turn.seconds, 0)
    began = min(datetime.fromisoformat(turn.opened_at), workplace.clock().astimezone(UTC))
    return _moment(began + timedelta(seconds=left))


def _reveal(  # noqa: PLR0917  (one private caller, each named there)
    workplace: Workplace,
    records: Records,
    workshop: WorkshopRecord,
    assessment: AssessmentRecord,
    turn: TurnRecord,
    question: Question,
    participants: Sequence[ParticipantRecord],
) -> Revealed:
    from scoring.agreement import AgreementState, agreement  # it needs numpy, which the first page can do without

    ballots = records.workshops.ballots(workshop.workshop_id, turn.question_id, turn.round)
    votes = tuple(ballot.level for ballot in ballots)
    levels = [vote for vote in votes if vote is not None]
    first = records.workshops.ballots(workshop.workshop_id, turn.question_id, 1) if turn.round > 1 else ()
    top = len(question.levels) - 1
    judged = agreement({turn.question_id: votes}, levels=(0, top), draws=1).questions[0]
    last = records.assessment(assessment.previous) if assessment.previous else None
    weighed = weigh_evidence(records, workplace.checklist(records, assessment.checklist_id), assessment.assessment_id)
    return Revealed(
        round=turn.round,
        counts=tuple(levels.count(level) for level in range(top + 1)),
        unknown=len(votes) - len(levels),
        first=tuple([b.level for b in first].count(level) for level in range(top + 1)) if first else None,
        low=min(levels, default=None),
        high=max(levels, default=None),
        a=judged.a,
        state=judged.state,
        proposed=settle(votes),
        comments=tuple(ballot.comment for ballot in sorted(ballots, key=lambda b: b.comment) if ballot.comment),
        speak_first=_speakers(workshop, ballots, participants)
        if judged.state in {AgreementState.SPREAD, AgreementState.SPLIT}
        else (),
        last=records.answer(last.assessment_id, turn.question_id) if last else None,
        last_period=last.period if last else None,
        hints=_hints(weighed, turn.question_id),
    )


def _hints(weighed: Weighed, question_id: str) -> tuple[str, ...]:
    messages = [floor.message for floor in weighed.floors if floor.question == question_id]
    messages += [hint.message for hint in weighed.hints if hint.question == question_id]
    return tuple(dict.fromkeys(messages))


def _speakers(
    workshop: WorkshopRecord, ballots: Sequence[BallotRecord], participants: Sequence[ParticipantRecord]
) -> tuple[str, ...]:
    """Who gave the extremes: a name where votes carry names, a role that several share, else nobody in particular."""
    levels = [ballot.level for ballot in ballots if ballot.level is not None]
    names = {p.participant_id: p.name for p in participants}
    roles = [ballot.role for ballot in ballots if ballot.role]  # of those who voted: only they can be meant
    words = []
    for level in dict.fromkeys((min(levels), max(levels))):
        extreme = [ballot for ballot in ballots if ballot.level == level]
        if workshop.anonymous:
            shared = {ballot.role for ballot in extreme if ballot.role and roles.count(ballot.role) >= ROLE_SHARED_MIN}
            named = sorted(f"{'an' if role[0].lower() in 'aeiou' else 'a'} {role}" for role in shared)
        else:
            named = sorted(names[b.participant_id] for b in extreme if b.participant_id in names)
        words.append(f"Level {level}: {' or '.join(named) or 'whoever chose it'}")
    return tuple(words)


# -- steps. Each says which question it means, so that two facilitators never move twice.


@permitted(Action.FACILITATE)
def start_workshop(workplace: Workplace, actor: Actor, *, workshop_id: str) -> WorkshopRecord:
    """Begin: the first question of a live workshop takes votes, or all of a spread one. Raises NotFound, Closed."""

    def work(records: Records) -> WorkshopRecord:
        held = records.workshops.hold(workshop_id)
        if held.state != LOBBY:
            return held
        turns = records.workshops.turns(workshop_id)
        if held.mode == SPREAD:
            for turn in turns:
                records.workshops.put_turn(workshop_id, replace(turn, state=VOTING))
            moved = records.workshops.move(workshop_id, state=RUNNING, question_id=None)
        else:
            moved = _put_before_people(workplace, records, held, turns[0])
        _audit(workplace, records, actor, "start workshop", moved, "")
        return moved

    return workplace.store.write(work)


@permitted(Action.FACILITATE)
def reveal(workplace: Workplace, actor: Actor, *, workshop_id: str, question_id: str, ballot_round: int) -> OnTable:
    """Open the votes of a question to everybody, also while somebody is missing. Doing it again changes nothing.

    Raises NotFound, Closed, Conflict when a newer vote is running, InvalidInput without a single vote.
    """

    def work(records: Records) -> OnTable:
        held, turn = _turn_held(records, workshop_id, question_id)
        if turn.round != ballot_round:
            raise Conflict("A new vote on this question has begun meanwhile; look at it before you reveal.")
        if turn.state == VOTING:
            if not records.workshops.ballots(workshop_id, question_id, ballot_round):
                raise InvalidInput("votes", "nobody has voted yet; wait, or skip the question")
            records.workshops.put_turn(workshop_id, replace(turn, state=REVEALED))
            if held.mode == SPREAD and held.question_id != question_id:
                held = _put_before_people(workplace, records, held, replace(turn, state=REVEALED))
            _audit(workplace, records, actor, "reveal votes", held, question_id)
        return _table(workplace, records, held, question_id)

    return workplace.store.write(work)


@permitted(Action.FACILITATE)
def vote_again(workplace: Workplace, actor: Actor, *, workshop_id: str, question_id: str) -> OnTable:
    """Start the one re-vote on a revealed question. Raises NotFound, Closed, Conflict, InvalidInput after that."""

    def work(records: Records) -> OnTable:
        held, turn = _turn_held(records, workshop_id, question_id)
        if turn.state == VOTING and turn.round == ROUNDS:
            return _table(workplace, records, held, question_id)
        if turn.state != REVEALED:
            raise Conflict("Only a question whose votes are revealed can be voted on again.")
        if turn.round >= ROUNDS:
            raise InvalidInput("re-vote", "there was one already; settle by the rule, or set the level with a reason")
        records.workshops.put_turn(workshop_id, replace(turn, state=VOTING, round=turn.round + 1))
        _audit(workplace, records, actor, "vote again", held, question_id)
        return _table(workplace, records, held, question_id)

    return workplace.store.write(work)


@permitted(Action.FACILITATE)
def settle_question(
    workplace: Workplace,
    actor: Actor,
    *,
    workshop_id: str,
    question_id: str,
    level: int | None = None,
    reason: str = "",
    owner: str = "",
) -> OnTable:
    """Write the consensus into the assessment with its votes: the upper median, or `level` with a written reason.

    `owner` is who finds out what nobody knew. Settling anew is allowed, the answer's history keeps both. Raises
    NotFound, Closed, Conflict while votes are hidden, InvalidInput.
    """
    why = clean_line(reason, field="reason", longest=LINE_MAX, required=level is not None)
    who = clean_line(owner, field="owner", longest=NAME_MAX)

    def work(records: Records) -> OnTable:
        held, turn = _turn_held(records, workshop_id, question_id)
        if turn.state not in {REVEALED, SETTLED}:
            raise Conflict("The votes of this question are not revealed; reveal them before you settle.")
        assessment = find_assessment(records, held.assessment_id)
        question = workplace.checklist(records, assessment.checklist_id).questions[question_id]
        if level is not None and not 0 <= level < len(question.levels):
            raise InvalidInput("level", f"{level!r} is not one of this question's levels")
        votes = tuple(b.level for b in records.workshops.ballots(workshop_id, question_id, turn.round))
        settled = settle(votes) if level is None else level
        before = records.answer(held.assessment_id, question_id)
        history = records.answer_history(held.assessment_id, question_id)
        records.save_answer(
            held.assessment_id,
            AnswerRecord(
                question_id=question_id,
                state="unknown" if settled is None else "answered",
                level=level,
                votes=votes,
                reason=why,
                note=before.note if before else "",
                links=before.links if before else (),
                source="workshop",
                changed_at=workplace.now(),
                changed_by=actor.name,
            ),
            expected_rev=history[-1].rev if history else 0,
        )
        records.workshops.put_turn(
            workshop_id,
            replace(turn, state=SETTLED, level=settled, reason=why, owner=who or turn.owner),
        )
        _audit(workplace, records, actor, "settle question", held, question_id)
        return _table(workplace, records, held, question_id)

    return workplace.store.write(work)


@permitted(Action.FACILITATE)
def put_before_people(
    workplace: Workplace, actor: Actor, *, workshop_id: str, question_id: str, seen: str | None
) -> WorkshopRecord:
    """Go to a question, forward or back; one that was never voted on, or skipped, takes votes now.

    `seen` is the question that was on the table when the person chose. Raises NotFound, Closed, Conflict.
    """

    def work(records: Records) -> WorkshopRecord:
        held, turn = _turn_held(records, workshop_id, question_id)
        if held.state == LOBBY:
            raise Conflict("The workshop has not begun; start it first.")
        if held.question_id == question_id and turn.state not in {WAITING, SKIPPED}:
            return held
        if held.question_id != seen:
            raise Conflict("Somebody moved on meanwhile; look at what is on the table now.")
        moved = _put_before_people(workplace, records, held, turn)
        _audit(workplace, records, actor, "next question", moved, question_id)
        return moved

    return workplace.store.write(work)


@permitted(Action.FACILITATE)
def skip_question(workplace: Workplace, actor: Actor, *, workshop_id: str, question_id: str) -> WorkshopRecord:
    """Leave a question without an answer; its votes stay hidden. Going back to it opens it again."""

    def work(records: Records) -> WorkshopRecord:
        held, turn = _turn_held(records, workshop_id, question_id)
        if turn.state in {SETTLED, SKIPPED}:
            return held
        records.workshops.put_turn(workshop_id, replace(_looked_away(workplace, turn), state=SKIPPED))
        _audit(workplace, records, actor, "skip question", held, question_id)
        return held

    return workplace.store.write(work)


@permitted(Action.FACILITATE)
def pause_workshop(workplace: Workplace, actor: Actor, *, workshop_id: str, paused: bool) -> WorkshopRecord:
    """Stop the clock and the voting, or go on. Doing it twice changes nothing. Raises NotFound, Closed."""

    def work(records: Records) -> WorkshopRecord:
        held = records.workshops.hold(workshop_id)
        if held.state not in {RUNNING, PAUSED} or (held.state == PAUSED) == paused:
            return held
        if held.question_id is not None:
            turn = _turn(records, workshop_id, held.question_id)
            clock = _looked_away(workplace, turn) if paused else replace(turn, opened_at=workplace.now())
            records.workshops.put_turn(workshop_id, clock)
        moved = records.workshops.move(workshop_id, state=PAUSED if paused else RUNNING, question_id=held.question_id)
        _audit(workplace, records, actor, "pause workshop" if paused else "go on with workshop", moved, "")
        return moved

    return workplace.store.write(work)


@permitted(Action.FACILITATE)
def end_workshop(workplace: Workplace, actor: Actor, *, workshop_id: str) -> WorkshopRecord:
    """End it: votes that were never revealed stay hidden for good, and nobody can be tied to having voted."""

    def work(records: Records) -> WorkshopRecord:
        present = _find(records, workshop_id)
        if present.state == ENDED:
            return present
        held = records.workshops.hold(workshop_id)
        if held.question_id is not None:
            turn = _turn(records, workshop_id, held.question_id)
            records.workshops.put_turn(workshop_id, _looked_away(workplace, turn))
        ended = records.workshops.end(workshop_id, at=workplace.now(), by=actor.name)
        _audit(workplace, records, actor, "end workshop", ended, "")
        return ended

    ended = workplace.store.write(work)
    workplace.store.forget()
    return ended


@permitted(Action.FACILITATE)
def remove_participant(workplace: Workplace, actor: Actor, *, workshop_id: str, participant_id: str) -> None:
    """Send somebody out; they may come in again with the code. A vote they gave names nobody and stays."""

    def work(records: Records) -> None:
        held = records.workshops.hold(workshop_id)
        records.workshops.remove(workshop_id, participant_id, at=workplace.now())
        _audit(workplace, records, actor, "remove participant", held, "")

    workplace.store.write(work)


def _turn(records: Records, workshop_id: str, question_id: str) -> TurnRecord:
    turn = records.workshops.turn(workshop_id, question_id)
    if turn is None:
        raise NotFound("This question is not on the workshop's list; choose one that is.")
    return turn


def _turn_held(records: Records, workshop_id: str, question_id: str) -> tuple[WorkshopRecord, TurnRecord]:
    held = records.workshops.hold(workshop_id)
    return held, _turn(records, workshop_id, question_id)


def _table(workplace: Workplace, records: Records, workshop: WorkshopRecord, question_id: str) -> OnTable:
    table = on_table(workplace, records, workshop, question_id)
    if table is None:
        raise NotFound("This question is not on the workshop's list; choose one that is.")
    return table


def _put_before_people(
    workplace: Workplace, records: Records, held: WorkshopRecord, turn: TurnRecord
) -> WorkshopRecord:
    """Stop the clock of the question before, start this one's; a fresh one takes votes."""
    if held.question_id is not None and held.question_id != turn.question_id:
        left = _turn(records, held.workshop_id, held.question_id)
        records.workshops.put_turn(held.workshop_id, _looked_away(workplace, left))
    state = VOTING if turn.state in {WAITING, SKIPPED} else turn.state
    records.workshops.put_turn(held.workshop_id, replace(turn, state=state, opened_at=workplace.now()))
    return records.workshops.move(held.workshop_id, state=RUNNING, question_id=turn.question_id)


def _looked_away(workplace: Workplace, turn: TurnRecord) -> TurnRecord:
    """The turn with its clock stopped. A clock that stepped back counts nothing."""
    if turn.opened_at is None:
        return turn
    spent = (datetime.fromisoformat(workplace.now()) - datetime.fromisoformat(turn.opened_at)).total_seconds()
    return replace(turn, opened_at=None, seconds=turn.seconds + max(round(spent), 0))


def _audit(  # noqa: PLR0917  (one line of the trail)
    workplace: Workplace, records: Records, actor: Actor, action: str, workshop: WorkshopRecord, detail: str
) -> None:
    records.audit(at=workplace.now(), actor=actor.name, action=action, subject=workshop.workshop_id, detail=detail)


# -- summing up


@permitted(Action.FACILITATE)
def read_summary(workplace: Workplace, _actor: Actor, *, workshop_id: str) -> WorkshopSummary:
    """What was agreed, how far people lay apart, how second votes moved. Votes never revealed are not in it."""
    from scoring.agreement import agreement  # it needs numpy, which the first page can do without

    def work(records: Records) -> WorkshopSummary:
        workshop = _find(records, workshop_id)
        view = _view(workplace, records, workshop)
        lines = [
            _line(records, workshop, turn, view.checklist.questions[turn.question_id])
            for turn in view.turns
            if turn.state in {REVEALED, SETTLED} and turn.question_id in view.checklist.questions
        ]
        voted = {line.turn.question_id: line.votes for line in lines if any(v is not None for v in line.votes)}
        top = max((len(line.question.levels) for line in lines), default=5) - 1
        judged = agreement(_padded(voted), levels=(0, top)) if voted else None
        apart = sorted(
            (q for q in (judged.questions if judged else ()) if q.range),
            key=lambda q: (-(q.range or 0), q.a or 0, q.id),
        )
        return WorkshopSummary(
            view=view,
            turns=tuple(lines),
            agreement=judged,
            most_split=tuple(question.id for question in apart[:5]),
            unknown=tuple(turn for turn in view.turns if turn.state == SETTLED and turn.level is None),
            seconds=sum(turn.seconds for turn in view.turns),
            settled=sum(turn.state == SETTLED for turn in view.turns),
            left=sum(turn.state not in {SETTLED, SKIPPED} for turn in view.turns),
        )

    return workplace.store.read(work)


def _line(records: Records, workshop: WorkshopRecord, turn: TurnRecord, question: Question) -> TurnSummary:
    votes = tuple(b.level for b in records.workshops.ballots(workshop.workshop_id, turn.question_id, turn.round))
    first = (
        tuple(b.level for b in records.workshops.ballots(workshop.workshop_id, turn.question_id, 1))
        if turn.round > 1
        else ()
    )
    before, after = ([vote for vote in given if vote is not None] for given in (first, votes))
    moved = sum(after) / len(after) - sum(before) / len(before) if before and after else None
    return TurnSummary(turn=turn, question=question, votes=votes, first=first, moved=moved)


def _padded(votes: Mapping[str, tuple[int | None, ...]]) -> dict[str, tuple[int | None, ...]]:
    """As many places for each question: who kept a vote back is not known, and alpha needs no names."""
    most = max(len(given) for given in votes.values())
    return {question: (*given, *(None for _ in range(most - len(given)))) for question, given in votes.items()}

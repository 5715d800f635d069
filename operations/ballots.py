"""The participant's side of a workshop: come in by a code, see the question, cast a vote and change it, leave."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field

from checklists.checklist import Question
from operations.authorize import Action, Actor, permitted
from operations.errors import AlreadyThere, Closed, Conflict, InvalidInput, NotFound, Stranger
from operations.systems import find_system
from operations.wording import NAME_MAX, clean, clean_line
from operations.workplace import Workplace
from operations.workshops import CODE_LENGTH, CODE_LETTERS, HIDDEN_MIN, ROLE_SHARED_MIN, OnTable, on_table
from store.records import Records
from store.workshop_records import (
    ENDED,
    LOBBY,
    PAUSED,
    RUNNING,
    SPREAD,
    VOTING,
    BallotRecord,
    ParticipantRecord,
    WorkshopRecord,
)

SECRET_BYTES = 32
COMMENT_MAX = 500
ROLE_MAX = 40
PEOPLE_MAX = 500  #: at one workshop
TURNS_MAX = 1_000_000_000

_NOT_A_CODE_LETTER = re.compile(r"[\s\-_.]+")

STRANGER = "You are not at a workshop, or it has ended; ask the facilitator for the code and come in again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Somebody at a workshop, known by the secret in their browser."""

    actor: Actor
    participant: ParticipantRecord
    secret: str = field(repr=False)

    def ballot_key(self, question_id: str, ballot_round: int) -> str:
        """What the ballot of a question and round is found by: made of the secret, which is kept nowhere but here."""
        text = f"ballot\n{self.participant.workshop_id}\n{question_id}\n{ballot_round}\n{self.secret}"
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Somebody who has just come in, at the only moment their secret is known."""

    participant: ParticipantRecord
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """A question in the list of a vote that is spread over days."""

    question: Question
    state: str
    voted: bool  #: by this guest


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestView:
    """Everything a participant's page shows."""

    name: str
    system: str
    state: str  #: of the workshop
    mode: str
    anonymous: bool
    few: bool  #: fewer people than an anonymous vote needs
    expires_at: str
    change_seq: int
    table: OnTable | None
    mine: BallotRecord | None  #: this guest's ballot on the question shown, in its present round
    takes_votes: bool
    questions: tuple[OpenQuestion, ...]  #: of a vote that is spread over days; empty in a live one


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """A vote that is kept: acknowledged only once it is safe on the disk."""

    question_id: str
    round: int
    ballot: BallotRecord  #: what stands; of a newer turn than the one sent where that was a late repetition


def tidy_code(code: str) -> str:
    """A code as people type it: any case, with blanks or dashes. Raises InvalidInput when it cannot be one."""
    tidy = _NOT_A_CODE_LETTER.sub("", code[:64]).upper()
    if len(tidy) != CODE_LENGTH or any(letter not in CODE_LETTERS for letter in tidy):
        raise InvalidInput(
            "code", f"has {CODE_LENGTH} letters and digits, never 0, O, 1, I or L; look at the screen again"
        )
    return tidy


def new_secret() -> str:
    """256 random bits for a browser to come in with."""
    return secrets.token_urlsafe(SECRET_BYTES)


def join_workshop(workplace: Workplace, *, code: str, name: str, role: str = "", secret: str | None = None) -> Joined:
    """Come in by the code under a display name. The door counts the tries; here a wrong code is only wrong.

    Doing it again with a `secret` of `new_secret`, as after a lost reply, finds who came in with it. Raises
    InvalidInput, NotFound for a code nobody is in the room of, AlreadyThere when the name is taken, Closed when the
    time is over.
    """
    typed = tidy_code(code)
    called = clean_line(name, field="name", longest=NAME_MAX, required=True)
    does = clean_line(role, field="role", longest=ROLE_MAX)
    fresh = new_secret()
    key = secret if secret and re.fullmatch(r"[A-Za-z0-9_-]{43}", secret) else fresh

    def work(records: Records) -> tuple[ParticipantRecord, str]:
        known = records.workshops.participant_of(_secret_hash(key))
        found = records.workshops.of_code(typed)
        if found is None:
            raise NotFound("No workshop has this code now; look at the screen again, or ask the facilitator.")
        if found.expires_at <= workplace.now():
            raise Closed("The time of this workshop is over; ask the facilitator for a new one.")
        if known is not None and known.workshop_id == found.workshop_id and known.name == called:
            return known, key
        held = records.workshops.hold(found.workshop_id)
        present = records.workshops.participants(held.workshop_id)
        if len(present) >= PEOPLE_MAX:
            raise InvalidInput("workshop", f"{PEOPLE_MAX} people are in already; ask the facilitator")
        if called.casefold() in {person.name.casefold() for person in present}:
            raise AlreadyThere("Somebody of that name is here already; add an initial to yours.")
        wanted = ParticipantRecord(
            participant_id=workplace.new_id(),
            workshop_id=held.workshop_id,
            name=called,
            role=does,
            joined_at=workplace.now(),
        )
        kept = key if known is None else fresh
        return records.workshops.join(wanted, _secret_hash(kept)), kept

    participant, kept = workplace.store.write(work)
    return Joined(participant=participant, secret=kept)


def guest_of(workplace: Workplace, *, secret: str) -> Guest:
    """Who holds this secret. Raises Stranger for a stranger, somebody removed, or an ended workshop."""
    if not secret or len(secret) > 128:
        raise Stranger(STRANGER)
    person = workplace.store.read(lambda records: records.workshops.participant_of(_secret_hash(secret)))
    if person is None:
        raise Stranger(STRANGER)
    return Guest(actor=Actor(name=person.name, votes_in=person.workshop_id), participant=person, secret=secret)


def _secret_hash(secret: str) -> str:
    """How a secret is kept. It has 256 random bits, so one round of SHA-256 is as good as any."""
    return hashlib.sha256(f"participant\n{secret}".encode("utf-8", "replace")).hexdigest()


@permitted(Action.VOTE)
def read_steps(workplace: Workplace, _actor: Actor, *, workshop_id: str) -> str:
    """A mark that changes with each step of the workshop, and with no vote: cheap to ask every two seconds.

    Votes of others are left out, so that a room of hundreds is not told of each of them hundreds of times.
    """

    def work(records: Records) -> tuple[object, ...]:
        return *records.workshops.steps(workshop_id), records.workshops.people(workshop_id) < HIDDEN_MIN

    return hashlib.sha256(repr(workplace.store.read(work)).encode()).hexdigest()[:16]


@permitted(Action.VOTE)
def read_turn(
    workplace: Workplace, _actor: Actor, *, workshop_id: str, guest: Guest, question_id: str | None = None
) -> GuestView:
    """What a participant sees now. `question_id` chooses in a vote that is spread over days. Raises NotFound."""

    def work(records: Records) -> GuestView:
        workshop = _own_workshop(records, workshop_id, guest)
        shown = question_id if workshop.mode == SPREAD and question_id else workshop.question_id
        table = on_table(workplace, records, workshop, shown) if shown else None
        mine = None
        if table is not None:
            key = guest.ballot_key(table.turn.question_id, table.turn.round)
            mine = records.workshops.own_ballot(workshop_id, table.turn.question_id, table.turn.round, key)
        people = table.people if table else records.workshops.people(workshop_id)
        return GuestView(
            name=guest.participant.name,
            system=find_system(records, workshop.system_id).name,
            state=workshop.state,
            mode=workshop.mode,
            anonymous=workshop.anonymous,
            few=workshop.anonymous and people < HIDDEN_MIN,
            expires_at=workshop.expires_at,
            change_seq=workshop.change_seq,
            table=table,
            mine=mine,
            takes_votes=table is not None and _takes_votes(workplace, workshop, table.turn.state),
            questions=_open_questions(workplace, records, workshop, guest),
        )

    return workplace.store.read(work)


def _own_workshop(records: Records, workshop_id: str, guest: Guest) -> WorkshopRecord:
    workshop = records.workshops.workshop(workshop_id)
    if workshop is None or workshop_id != guest.participant.workshop_id:
        raise NotFound(STRANGER)
    return workshop


def _takes_votes(workplace: Workplace, workshop: WorkshopRecord, state: str) -> bool:
    return workshop.state == RUNNING and state == VOTING and workplace.now() < workshop.expires_at


def _open_questions(
    workplace: Workplace, records: Records, workshop: WorkshopRecord, guest: Guest
) -> tuple[OpenQuestion, ...]:
    if workshop.mode != SPREAD or workshop.state in {LOBBY, ENDED}:
        return ()
    assessment = records.assessment(workshop.assessment_id)
    if assessment is None:
        return ()
    questions = workplace.checklist(records, assessment.checklist_id).questions
    return tuple(
        OpenQuestion(
            question=questions[turn.question_id],
            state=turn.state,
            voted=records.workshops.own_ballot(
                workshop.workshop_id,
                turn.question_id,
                turn.round,
                guest.ballot_key(turn.question_id, turn.round),
            )
            is not None,
        )
        for turn in records.workshops.turns(workshop.workshop_id)
        if turn.question_id in questions
    )


@permitted(Action.VOTE)
def cast_vote(
    workplace: Workplace,
    _actor: Actor,
    *,
    workshop_id: str,
    guest: Guest,
    question_id: str,
    ballot_round: int,
    level: int | None,
    comment: str = "",
    turn: int = 1,
) -> Cast:
    """Keep a vote; None is "we do not know". `turn` counts a voter's changes of mind on one question, from 1.

    The same turn again, as after a lost reply, changes nothing; an older one neither. A ballot holds no name (unless
    the workshop is not anonymous), no time and no order. Raises NotFound, Closed, Conflict when the question does
    not take votes now, InvalidInput.
    """
    words = clean(comment, field="comment", longest=COMMENT_MAX)
    if not 1 <= turn <= TURNS_MAX:
        raise InvalidInput("turn", "must be a whole number from 1")

    def work(records: Records) -> Cast:
        workshop = _own_workshop(records, workshop_id, guest)
        if workshop.state == ENDED:
            raise Closed("This workshop has ended; the vote was not kept.")
        if workplace.now() >= workshop.expires_at:
            raise Closed("The time to vote is over; the vote was not kept.")
        held = records.workshops.hold(workshop_id)
        if records.workshops.participant_of(_secret_hash(guest.secret)) is None:
            raise NotFound(STRANGER)
        now = records.workshops.turn(workshop_id, question_id)
        if now is None:
            raise NotFound("This question is not part of the workshop; reload the page.")
        if held.state == PAUSED:
            raise Conflict("The workshop is paused; vote again when it goes on.")
        if held.state != RUNNING or now.state != VOTING or now.round != ballot_round:
            raise Conflict("The votes on this question are revealed already; yours was not kept.")
        if held.mode != SPREAD and held.question_id != question_id:
            raise Conflict("The workshop has gone on to another question; this vote was not kept.")
        question = _question(workplace, records, held, question_id)
        if level is not None and not 0 <= level < len(question.levels):
            raise InvalidInput("level", f"{level!r} is not one of this question's levels")
        ballot = BallotRecord(
            level=level,
            comment=words,
            role=_shared_role(records, guest.participant),
            turn=turn,
            participant_id=None if held.anonymous else guest.participant.participant_id,
        )
        key = guest.ballot_key(question_id, ballot_round)
        kept = records.workshops.cast(
            workshop_id, question_id, ballot_round, key, ballot, participant_id=guest.participant.participant_id
        )
        return Cast(question_id=question_id, round=ballot_round, ballot=kept)

    return workplace.store.write(work)


def _shared_role(records: Records, voter: ParticipantRecord) -> str:
    """The voter's role where enough people have it; a rarer one beside a vote would say whose it is."""
    present = records.workshops.participants(voter.workshop_id)
    shared = sum(person.role.casefold() == voter.role.casefold() for person in present)
    return voter.role if shared >= ROLE_SHARED_MIN else ""


def _question(workplace: Workplace, records: Records, workshop: WorkshopRecord, question_id: str) -> Question:
    assessment = records.assessment(workshop.assessment_id)
    if assessment is None:
        raise NotFound(STRANGER)
    return workplace.checklist(records, assessment.checklist_id).questions[question_id]


@permitted(Action.VOTE)
def leave_workshop(workplace: Workplace, _actor: Actor, *, workshop_id: str, guest: Guest) -> None:
    """Go: the name is free again; votes given stay, since nobody can tell whose they are. Twice changes nothing."""

    def work(records: Records) -> None:
        records.workshops.hold(workshop_id)
        records.workshops.remove(workshop_id, guest.participant.participant_id, at=workplace.now())

    workplace.store.write(work)

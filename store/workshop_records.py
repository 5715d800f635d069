"""What a workshop keeps: its steps, who takes part, who has voted, and ballots that name nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .engine import Row, Session
from .errors import AlreadyThere, Closed, NotFound

LOBBY, RUNNING, PAUSED, ENDED = "lobby", "running", "paused", "ended"
WAITING, VOTING, REVEALED, SETTLED, SKIPPED = "waiting", "voting", "revealed", "settled", "skipped"
LIVE, SPREAD = "live", "spread"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkshopRecord:
    """One vote of a team on an open assessment. Times are ISO-8601 UTC text with milliseconds."""

    workshop_id: str
    system_id: str
    assessment_id: str
    code: str  #: what people type to come in; free for others again once the workshop has ended
    mode: str = LIVE  #: "live": one question at a time; "spread": all at once until the deadline
    anonymous: bool = True  #: no ballot says whose it is; fixed when the workshop is opened
    time_box_seconds: int = 0  #: a question, 0 for none
    expires_at: str  #: nobody comes in, and nobody votes, from here on
    state: str = LOBBY  #: "lobby", "running", "paused" or "ended"
    question_id: str | None = None  #: the one everybody looks at
    change_seq: int = 0  #: grows with every change, each vote included
    opened_at: str
    opened_by: str
    ended_at: str | None = None
    ended_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRecord:
    """One question of a workshop."""

    question_id: str
    position: int  #: from 0
    state: str = WAITING  #: "waiting", "voting", "revealed", "settled" or "skipped"
    round: int = 1  #: 1, or 2 after a re-vote
    opened_at: str | None = None  #: when it was last put before the people; None while nobody looks at it
    seconds: int = 0  #: it was looked at before that
    level: int | None = None  #: settled level; None while not settled, or settled as "we do not know"
    reason: str = ""  #: of the facilitator who set the level against the rule
    owner: str = ""  #: who finds out what nobody knew


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantRecord:
    """One person at a workshop, known by the name they gave. Never a vote."""

    participant_id: str
    workshop_id: str
    name: str
    role: str = ""
    joined_at: str
    removed_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotRecord:
    """One vote. `turn` counts the changes of mind, so that a late repetition never undoes a newer one."""

    level: int | None  #: None is "we do not know"
    comment: str = ""
    role: str = ""  #: as its voter chose to say
    turn: int
    participant_id: str | None = None  #: only where the workshop is not anonymous


class WorkshopRecords:
    """The workshops of one organisation, inside one transaction; reached as `records.workshops`."""

    def __init__(self, session: Session, org_id: str) -> None:
        self._session = session
        self._org = org_id

    # --- workshops --------------------------------------------------------------------------------------------------

    def open(self, record: WorkshopRecord, questions: Sequence[str]) -> WorkshopRecord:
        """Keep a new workshop with its questions in this order.

        Raises AlreadyThere when the assessment has one that has not ended (`existing` is it) or the code is in use
        (`existing` is None).
        """
        running = self.running_on(record.assessment_id)
        if running is not None:
            raise AlreadyThere("This assessment has a workshop already; go on with it, or end it.", existing=running)
        if self.of_code(record.code) is not None:
            raise AlreadyThere("This code is in use; another one is drawn.")
        rows = self._query(
            "INSERT INTO workshop (org_id, workshop_id, system_id, assessment_id, code, mode, anonymous,"
            " time_box_seconds, expires_at, state, question_id, change_seq, opened_at, opened_by)"
            " VALUES (:org, :workshop_id, :system_id, :assessment_id, :code, :mode, :anonymous, :time_box_seconds,"
            " :expires_at, 'lobby', NULL, 0, :opened_at, :opened_by) RETURNING *",
            workshop_id=record.workshop_id,
            system_id=record.system_id,
            assessment_id=record.assessment_id,
            code=record.code,
            mode=record.mode,
            anonymous=int(record.anonymous),
            time_box_seconds=record.time_box_seconds,
            expires_at=record.expires_at,
            opened_at=record.opened_at,
            opened_by=record.opened_by,
        )
        self._session.insert_many(
            "workshop_turn",
            [
                {
                    "org_id": self._org,
                    "workshop_id": record.workshop_id,
                    "question_id": question,
                    "position": place,
                    "state": WAITING,
                    "round": 1,
                    "opened_at": None,
                    "seconds": 0,
                    "level": None,
                    "reason": "",
                    "owner": "",
                }
                for place, question in enumerate(questions)
            ],
        )
        return _workshop(rows[0])

    def workshop(self, workshop_id: str) -> WorkshopRecord | None:
        """One workshop, None when there is none of this id."""
        return self._one("SELECT * FROM workshop WHERE org_id = :org AND workshop_id = :workshop", workshop_id)

    def of_code(self, code: str) -> WorkshopRecord | None:
        """The workshop people come into by this code; None when none is open under it."""
        rows = self._query(
            "SELECT * FROM workshop WHERE org_id = :org AND code = :code AND state <> 'ended'", code=code
        )
        return _workshop(rows[0]) if rows else None

    def running_on(self, assessment_id: str) -> WorkshopRecord | None:
        """The workshop of an assessment that has not ended."""
        rows = self._query(
            "SELECT * FROM workshop WHERE org_id = :org AND assessment_id = :assessment AND state <> 'ended'",
            assessment=assessment_id,
        )
        return _workshop(rows[0]) if rows else None

    def of_assessment(self, assessment_id: str) -> list[WorkshopRecord]:
        """All workshops of an assessment, the newest first."""
        rows = self._query(
            "SELECT * FROM workshop WHERE org_id = :org AND assessment_id = :assessment"
            " ORDER BY opened_at DESC, workshop_id",
            assessment=assessment_id,
        )
        return [_workshop(row) for row in rows]

    def hold(self, workshop_id: str) -> WorkshopRecord:
        """Lock a workshop that has not ended and count a change, before the rest is read. Raises NotFound, Closed."""
        rows = self._query(
            "UPDATE workshop SET change_seq = change_seq + 1"
            " WHERE org_id = :org AND workshop_id = :workshop AND state <> 'ended' RETURNING *",
            workshop=workshop_id,
        )
        if rows:
            return _workshop(rows[0])
        if self.workshop(workshop_id) is None:
            raise NotFound("There is no such workshop; ask the facilitator for the link.")
        raise Closed("This workshop has ended; nothing in it changes any more.")

    def move(self, workshop_id: str, *, state: str, question_id: str | None) -> WorkshopRecord:
        """Say where a held workshop stands now."""
        return self._changed(
            "UPDATE workshop SET state = :state, question_id = :question"
            " WHERE org_id = :org AND workshop_id = :workshop RETURNING *",
            workshop=workshop_id,
            state=state,
            question=question_id,
        )

    def end(self, workshop_id: str, *, at: str, by: str) -> WorkshopRecord:
        """End a held workshop: nobody gets in again, and what tied people to having voted is gone."""
        for statement in (
            "DELETE FROM voted WHERE org_id = :org AND workshop_id = :workshop",
            "UPDATE participant SET token_sha256 = NULL WHERE org_id = :org AND workshop_id = :workshop",
        ):
            self._session.execute(statement, {"org": self._org, "workshop": workshop_id})
        return self._changed(
            "UPDATE workshop SET state = 'ended', question_id = NULL, ended_at = :at, ended_by = :by"
            " WHERE org_id = :org AND workshop_id = :workshop RETURNING *",
            workshop=workshop_id,
            at=at,
            by=by,
        )

    def change_seq(self, workshop_id: str) -> int | None:
        """How often the workshop has changed: one row by its key, cheap enough to ask every two seconds."""
        rows = self._query(
            "SELECT change_seq FROM workshop WHERE org_id = :org AND workshop_id = :workshop", workshop=workshop_id
        )
        return rows[0]["change_seq"] if rows else None

    def steps(self, workshop_id: str) -> tuple[Any, ...]:
        """Where the workshop stands apart from its votes: equal for as long as nobody took a step.

        Two rows by their keys, so that hundreds may ask every two seconds while others vote.
        """
        where = self._query(
            "SELECT state, mode, question_id, expires_at FROM workshop WHERE org_id = :org AND workshop_id = :workshop",
            workshop=workshop_id,
        )
        turns = self._query(
            "SELECT question_id, state, round, opened_at, level FROM workshop_turn"
            " WHERE org_id = :org AND workshop_id = :workshop AND (question_id = :question OR :spread = 1)"
            " ORDER BY position",
            workshop=workshop_id,
            question=where[0]["question_id"] if where else None,
            spread=int(bool(where) and where[0]["mode"] == SPREAD),
        )
        return tuple(tuple(row.values()) for row in (*where, *turns))

    # --- turns ------------------------------------------------------------------------------------------------------

    def turns(self, workshop_id: str) -> tuple[TurnRecord, ...]:
        """The questions of a workshop in their order."""
        rows = self._query(
            "SELECT * FROM workshop_turn WHERE org_id = :org AND workshop_id = :workshop ORDER BY position",
            workshop=workshop_id,
        )
        return tuple(_turn(row) for row in rows)

    def turn(self, workshop_id: str, question_id: str) -> TurnRecord | None:
        """One question of a workshop, None when it is not on its list."""
        rows = self._query(
            "SELECT * FROM workshop_turn WHERE org_id = :org AND workshop_id = :workshop AND question_id = :question",
            workshop=workshop_id,
            question=question_id,
        )
        return _turn(rows[0]) if rows else None

    def put_turn(self, workshop_id: str, turn: TurnRecord) -> None:
        """Keep how a question of a held workshop stands. Its position never changes."""
        self._session.execute(
            "UPDATE workshop_turn SET state = :state, round = :round, opened_at = :opened_at, seconds = :seconds,"
            " level = :level, reason = :reason, owner = :owner"
            " WHERE org_id = :org AND workshop_id = :workshop AND question_id = :question",
            {
                "org": self._org,
                "workshop": workshop_id,
                "question": turn.question_id,
                "state": turn.state,
                "round": turn.round,
                "opened_at": turn.opened_at,
                "seconds": turn.seconds,
                "level": turn.level,
                "reason": turn.reason,
                "owner": turn.owner,
            },
        )

    # --- people -----------------------------------------------------------------------------------------------------

    def join(self, record: ParticipantRecord, token_sha256: str) -> ParticipantRecord:
        """Let somebody into a held workshop. Raises AlreadyThere when the name is taken there."""
        rows = self._query(
            "INSERT INTO participant (org_id, workshop_id, participant_id, name, role, token_sha256, joined_at)"
            " VALUES (:org, :workshop, :participant, :name, :role, :token, :joined_at)"
            " ON CONFLICT DO NOTHING RETURNING *",
            workshop=record.workshop_id,
            participant=record.participant_id,
            name=record.name,
            role=record.role,
            token=token_sha256,
            joined_at=record.joined_at,
        )
        if not rows:
            raise AlreadyThere("Somebody of that name is here already; add an initial to yours.")
        return _participant(rows[0])

    def participants(self, workshop_id: str) -> tuple[ParticipantRecord, ...]:
        """Who is in, by name; those who were removed are left out."""
        rows = self._query(
            "SELECT * FROM participant WHERE org_id = :org AND workshop_id = :workshop AND removed_at IS NULL"
            " ORDER BY name, participant_id",
            workshop=workshop_id,
        )
        return tuple(_participant(row) for row in rows)

    def people(self, workshop_id: str) -> int:
        """How many are in."""
        (row,) = self._query(
            "SELECT count(*) AS people FROM participant"
            " WHERE org_id = :org AND workshop_id = :workshop AND removed_at IS NULL",
            workshop=workshop_id,
        )
        return int(row["people"])

    def participant_of(self, token_sha256: str) -> ParticipantRecord | None:
        """Whose token this is; None for an unknown one, one of an ended workshop, or of somebody removed."""
        rows = self._query(
            "SELECT * FROM participant WHERE org_id = :org AND token_sha256 = :token AND removed_at IS NULL",
            token=token_sha256,
        )
        return _participant(rows[0]) if rows else None

    def remove(self, workshop_id: str, participant_id: str, at: str) -> None:
        """Take somebody out of a held workshop, at once; their name is free again. Nothing happens a second time.

        A ballot they gave names nobody, so it cannot be found and stays.
        """
        self._session.execute(
            "UPDATE participant SET removed_at = :at, token_sha256 = NULL"
            " WHERE org_id = :org AND workshop_id = :workshop AND participant_id = :participant"
            " AND removed_at IS NULL",
            {"org": self._org, "workshop": workshop_id, "participant": participant_id, "at": at},
        )

    # --- votes ------------------------------------------------------------------------------------------------------

    def cast(  # noqa: PLR0917  (what a ballot is found by, named at the call)
        self,
        workshop_id: str,
        question_id: str,
        ballot_round: int,
        ballot_key: str,
        ballot: BallotRecord,
        participant_id: str,
    ) -> BallotRecord:
        """Keep a vote on a question of a held workshop, or change it; returns what stands.

        The key is the voter's alone, so a repetition finds its own ballot and never counts twice; one that is older
        than what stands changes nothing. That somebody voted is kept beside it, without a time and in no order.
        """
        place = {"workshop": workshop_id, "question": question_id, "round": ballot_round}
        rows = self._query(
            "INSERT INTO ballot (org_id, workshop_id, question_id, round, ballot_key, level, comment, role, turn,"
            " participant_id)"
            " VALUES (:org, :workshop, :question, :round, :key, :level, :comment, :role, :turn, :participant)"
            " ON CONFLICT (org_id, workshop_id, question_id, round, ballot_key) DO UPDATE SET level = excluded.level,"
            " comment = excluded.comment, role = excluded.role, turn = excluded.turn"
            " WHERE excluded.turn > ballot.turn RETURNING *",
            **place,
            key=ballot_key,
            level=ballot.level,
            comment=ballot.comment,
            role=ballot.role,
            turn=ballot.turn,
            participant=ballot.participant_id,
        )
        if not rows:
            standing = self.own_ballot(workshop_id, question_id, ballot_round, ballot_key)
            if standing is None:
                raise NotFound("The vote could not be kept; choose again.")
            return standing
        self._session.execute(
            "INSERT INTO voted (org_id, workshop_id, question_id, round, participant_id)"
            " VALUES (:org, :workshop, :question, :round, :voter) ON CONFLICT DO NOTHING",
            {"org": self._org, **place, "voter": participant_id},
        )
        return _ballot(rows[0])

    def own_ballot(self, workshop_id: str, question_id: str, ballot_round: int, ballot_key: str) -> BallotRecord | None:
        """The ballot with this key, for the one who holds it."""
        rows = self._query(
            "SELECT * FROM ballot WHERE org_id = :org AND workshop_id = :workshop AND question_id = :question"
            " AND round = :round AND ballot_key = :key",
            workshop=workshop_id,
            question=question_id,
            round=ballot_round,
            key=ballot_key,
        )
        return _ballot(rows[0]) if rows else None

    def ballots(self, workshop_id: str, question_id: str, ballot_round: int) -> tuple[BallotRecord, ...]:
        """The ballots of one round by level, "we do not know" last, then by their words: no order of casting."""
        rows = self._query(
            "SELECT * FROM ballot WHERE org_id = :org AND workshop_id = :workshop AND question_id = :question"
            " AND round = :round ORDER BY level IS NULL, level, comment, role",
            workshop=workshop_id,
            question=question_id,
            round=ballot_round,
        )
        return tuple(_ballot(row) for row in rows)

    def voted(self, workshop_id: str, question_id: str, ballot_round: int) -> frozenset[str]:
        """The ids of the participants who have voted in a round; empty once the workshop has ended."""
        rows = self._query(
            "SELECT participant_id FROM voted WHERE org_id = :org AND workshop_id = :workshop"
            " AND question_id = :question AND round = :round",
            workshop=workshop_id,
            question=question_id,
            round=ballot_round,
        )
        return frozenset(row["participant_id"] for row in rows)

    def votes_cast(self, workshop_id: str) -> Mapping[tuple[str, int], int]:
        """How many ballots each question has, by (question id, round)."""
        rows = self._query(
            "SELECT question_id, round, count(*) AS cast_so_far FROM ballot"
            " WHERE org_id = :org AND workshop_id = :workshop GROUP BY question_id, round",
            workshop=workshop_id,
        )
        return {(row["question_id"], row["round"]): row["cast_so_far"] for row in rows}

    # --- inside -----------------------------------------------------------------------------------------------------

    def remove_demonstration(self) -> None:
        """Delete the workshops of demonstration systems with all that belongs to them."""
        workshops = (
            "(SELECT workshop_id FROM workshop WHERE org_id = :org AND system_id IN"
            " (SELECT system_id FROM system WHERE org_id = :org AND demonstration = 1))"
        )
        for table in ("voted", "ballot", "participant", "workshop_turn", "workshop"):
            self._session.execute(
                f"DELETE FROM {table} WHERE org_id = :org AND workshop_id IN {workshops}",  # noqa: S608
                {"org": self._org},
            )

    def _query(self, sql: str, **parameters: Any) -> list[Row]:
        return self._session.query(sql, {"org": self._org, **parameters})

    def _one(self, sql: str, workshop_id: str) -> WorkshopRecord | None:
        rows = self._query(sql, workshop=workshop_id)
        return _workshop(rows[0]) if rows else None

    def _changed(self, sql: str, **parameters: Any) -> WorkshopRecord:
        rows = self._query(sql, **parameters)
        if not rows:
            raise NotFound("There is no such workshop; ask the facilitator for the link.")
        return _workshop(rows[0])


def _workshop(row: Row) -> WorkshopRecord:
    return WorkshopRecord(
        workshop_id=row["workshop_id"],
        system_id=row["system_id"],
        assessment_id=row["assessment_id"],
        code=row["code"],
        mode=row["mode"],
        anonymous=bool(row["anonymous"]),
        time_box_seconds=row["time_box_seconds"],
        expires_at=row["expires_at"],
        state=row["state"],
        question_id=row["question_id"],
        change_seq=row["change_seq"],
        opened_at=row["opened_at"],
        opened_by=row["opened_by"],
        ended_at=row["ended_at"],
        ended_by=row["ended_by"],
    )


def _turn(row: Row) -> TurnRecord:
    return TurnRecord(
        question_id=row["question_id"],
        position=row["position"],
        state=row["state"],
        round=row["round"],
        opened_at=row["opened_at"],
        seconds=row["seconds"],
        level=row["level"],
        reason=row["reason"],
        owner=row["owner"],
    )


def _participant(row: Row) -> ParticipantRecord:
    return ParticipantRecord(
        participant_id=row["participant_id"],
        workshop_id=row["workshop_id"],
        name=row["name"],
        role=row["role"],
        joined_at=row["joined_at"],
        removed_at=row["removed_at"],
    )


def _ballot(row: Row) -> BallotRecord:
    return BallotRecord(
        level=row["level"],
        comment=row["comment"],
        role=row["role"],
        turn=row["turn"],
        participant_id=row["participant_id"],
    )

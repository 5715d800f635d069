"""What keeps the past readable: moves to a newer checklist, carried answers, confirmations, zones, names of teams."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from .engine import Row, Session
from .errors import NotFound

CHAIN_MAX = 50  #: names a team is followed through; more is a circle


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRecord:
    """That an open assessment was moved to another version of its checklist. Times as elsewhere."""

    assessment_id: str
    seq: int  #: 1, 2, 3 ... in its assessment
    from_checklist: str
    to_checklist: str
    moved_at: str
    moved_by: str
    undone_at: str | None = None
    undone_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedRecord:
    """That an answer, at this revision, came over and waits to be confirmed."""

    question_id: str
    rev: int
    origin_assessment: str  #: where it was answered: this assessment or an earlier one
    origins: tuple[str, ...]  #: the questions it was the answer to; none for this question in other words
    move: int  #: which move of the assessment carried it


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """That somebody looked at an answer, at this revision, and said that it is still true."""

    question_id: str
    rev: int
    confirmed_at: str
    confirmed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedDoubt:
    """That an answer waited to be confirmed when its quarter was closed."""

    question_id: str
    why: str  #: "carried", "changed" or "aged"
    since: str  #: a day, "2026-11-20"
    paths: tuple[str, ...] = ()
    commits: int = 0
    origins: tuple[str, ...] = ()


class LatestRow(NamedTuple):
    """The latest standing assessment of a system."""

    system_id: str
    assessment_id: str
    change_seq: int
    newest_scan: str  #: id of the newest scan of the system, "" for none
    carried: int  #: 1 where answers ever came over in it


class VersionRecords:
    """The part of the records that lets checklists, answers and names change without changing what was."""

    def __init__(self, session: Session, org_id: str) -> None:
        self._session = session
        self._org = org_id

    # --- moves and what they carried --------------------------------------------------------------------------------

    def moves(self, assessment_id: str) -> list[MoveRecord]:
        """Every move of an assessment, undone ones included, oldest first."""
        rows = self._query(
            "SELECT assessment_id, seq, from_checklist, to_checklist, moved_at, moved_by, undone_at, undone_by"
            " FROM checklist_move WHERE org_id = :org AND assessment_id = :assessment ORDER BY seq",
            assessment=assessment_id,
        )
        return [MoveRecord(**row) for row in rows]

    def add_move(self, period: str, record: MoveRecord) -> None:
        """Note a move; the assessment must be open."""
        self._execute(
            "INSERT INTO checklist_move (org_id, period, assessment_id, seq, from_checklist, to_checklist, moved_at,"
            " moved_by) VALUES (:org, :period, :assessment, :seq, :from_checklist, :to_checklist, :at, :by)",
            period=period,
            assessment=record.assessment_id,
            seq=record.seq,
            from_checklist=record.from_checklist,
            to_checklist=record.to_checklist,
            at=record.moved_at,
            by=record.moved_by,
        )

    def undo_move(self, assessment_id: str, seq: int, *, at: str, by: str) -> None:
        """Note that a move was taken back. Raises NotFound when it was before, or never was."""
        undone = self._execute(
            "UPDATE checklist_move SET undone_at = :at, undone_by = :by WHERE org_id = :org"
            " AND assessment_id = :assessment AND seq = :seq AND undone_at IS NULL",
            assessment=assessment_id,
            seq=seq,
            at=at,
            by=by,
        )
        if undone != 1:
            raise NotFound("This move was taken back already; reload the page.")

    def add_carried(self, period: str, assessment_id: str, carried: Iterable[CarriedRecord]) -> None:
        """Note which answers came over; the assessment must be open."""
        for one in carried:
            self._execute(
                "INSERT INTO carried_answer (org_id, period, assessment_id, question_id, rev, origin_assessment,"
                " origins, move) VALUES (:org, :period, :assessment, :question_id, :rev, :origin, :origins, :move)"
                " ON CONFLICT DO NOTHING",
                period=period,
                assessment=assessment_id,
                question_id=one.question_id,
                rev=one.rev,
                origin=one.origin_assessment,
                origins=json.dumps(one.origins),
                move=one.move,
            )

    def carried(self, assessment_id: str) -> dict[tuple[str, int], CarriedRecord]:
        """The answers that came over, by question id and revision; those of a move taken back are left out."""
        rows = self._query(
            "SELECT question_id, rev, origin_assessment, origins, move FROM carried_answer"
            " WHERE org_id = :org AND period = (SELECT period FROM assessment WHERE org_id = :org"
            " AND assessment_id = :assessment) AND assessment_id = :assessment AND NOT EXISTS"
            " (SELECT 1 FROM checklist_move WHERE checklist_move.org_id = carried_answer.org_id"
            " AND checklist_move.period = carried_answer.period"
            " AND checklist_move.assessment_id = carried_answer.assessment_id"
            " AND checklist_move.seq = carried_answer.move AND checklist_move.undone_at IS NOT NULL) ORDER BY move",
            assessment=assessment_id,
        )
        return {
            (row["question_id"], row["rev"]): CarriedRecord(**{**row, "origins": tuple(json.loads(row["origins"]))})
            for row in rows
        }

    # --- confirmations ----------------------------------------------------------------------------------------------

    def add_confirmation(self, period: str, assessment_id: str, record: Confirmation) -> None:
        """Note that an answer was confirmed; the assessment must be open."""
        self._execute(
            "INSERT INTO confirmation (org_id, period, assessment_id, question_id, seq, rev, confirmed_at,"
            " confirmed_by) SELECT :org, :period, :assessment, :question_id, coalesce(max(seq), 0) + 1, :rev, :at, :by"
            " FROM confirmation WHERE org_id = :org AND period = :period AND assessment_id = :assessment"
            " AND question_id = :question_id",
            period=period,
            assessment=assessment_id,
            question_id=record.question_id,
            rev=record.rev,
            at=record.confirmed_at,
            by=record.confirmed_by,
        )

    def confirmations(self, assessment_id: str) -> dict[str, Confirmation]:
        """The latest confirmation of each question of an assessment."""
        rows = self._query(
            "SELECT question_id, rev, confirmed_at, confirmed_by FROM confirmation"
            " WHERE org_id = :org AND period = (SELECT period FROM assessment WHERE org_id = :org"
            " AND assessment_id = :assessment) AND assessment_id = :assessment ORDER BY question_id, seq",
            assessment=assessment_id,
        )
        return {row["question_id"]: Confirmation(**row) for row in rows}

    def latest(self) -> list[LatestRow]:
        """The latest standing assessment of every system in use, with what decides whether its answers still hold."""
        rows = self._query(
            "SELECT assessment.system_id, assessment.assessment_id, assessment.change_seq, coalesce((SELECT"
            " evidence_id FROM evidence WHERE evidence.org_id = assessment.org_id"
            " AND evidence.system_id = assessment.system_id ORDER BY collected_at DESC, evidence_id DESC LIMIT 1), '')"
            " AS newest_scan, EXISTS (SELECT 1 FROM carried_answer WHERE carried_answer.org_id = assessment.org_id"
            " AND carried_answer.period = assessment.period"
            " AND carried_answer.assessment_id = assessment.assessment_id) AS carried"
            " FROM assessment JOIN system ON system.org_id = assessment.org_id"
            " AND system.system_id = assessment.system_id AND system.retired_at IS NULL"
            " WHERE assessment.org_id = :org AND assessment.withdrawn_at IS NULL AND assessment.period ="
            " (SELECT max(later.period) FROM assessment AS later WHERE later.org_id = assessment.org_id"
            " AND later.system_id = assessment.system_id AND later.withdrawn_at IS NULL)"
        )
        return [LatestRow(*row.values()) for row in rows]

    def oldest_answer(self, assessment_id: str) -> str:
        """When the answer that was not touched for longest was given; "" where there is none."""
        rows = self._query(
            "SELECT min(changed_at) AS oldest FROM answer WHERE org_id = :org AND period = (SELECT period FROM"
            " assessment WHERE org_id = :org AND assessment_id = :assessment) AND assessment_id = :assessment"
            " AND state <> 'unanswered'",
            assessment=assessment_id,
        )
        return str(rows[0]["oldest"] or "")

    # --- what waited when a quarter was closed ----------------------------------------------------------------------

    def seal_doubts(self, period: str, assessment_id: str, doubts: Iterable[SealedDoubt]) -> None:
        """Keep the doubts a quarter is closed with, before it is sealed."""
        for doubt in doubts:
            self._execute(
                "INSERT INTO sealed_doubt (org_id, period, assessment_id, question_id, why, since, paths, commits,"
                " origins) VALUES (:org, :period, :assessment, :question_id, :why, :since, :paths, :commits, :origins)",
                period=period,
                assessment=assessment_id,
                question_id=doubt.question_id,
                why=doubt.why,
                since=doubt.since,
                paths=json.dumps(doubt.paths, ensure_ascii=False),
                commits=doubt.commits,
                origins=json.dumps(doubt.origins),
            )

    def sealed_doubts(self, assessment_id: str) -> list[SealedDoubt]:
        """The doubts a closed quarter was closed with, by question id."""
        rows = self._query(
            "SELECT question_id, why, since, paths, commits, origins FROM sealed_doubt"
            " WHERE org_id = :org AND period = (SELECT period FROM assessment WHERE org_id = :org"
            " AND assessment_id = :assessment) AND assessment_id = :assessment ORDER BY question_id",
            assessment=assessment_id,
        )
        return [
            SealedDoubt(
                **{**row, "paths": tuple(json.loads(row["paths"])), "origins": tuple(json.loads(row["origins"]))}
            )
            for row in rows
        ]

    # --- the organisation's zone, and the names of teams ------------------------------------------------------------

    def zone(self) -> str:
        """The time zone the organisation chose, "" while nobody chose one."""
        rows = self._query("SELECT zone FROM organisation WHERE org_id = :org")
        return str(rows[0]["zone"]) if rows else ""

    def change_zone(self, zone: str) -> None:
        """Let the organisation go by this time zone from now on; "" for none of its own."""
        self._execute("UPDATE organisation SET zone = :zone WHERE org_id = :org", zone=zone)

    def present_name(self, team: str) -> str:
        """The name a team goes by now: the one given, unless it was renamed since."""
        name = team
        for _ in range(CHAIN_MAX):
            rows = self._query("SELECT renamed_to FROM team WHERE org_id = :org AND team = :team", team=name)
            if not rows or not rows[0]["renamed_to"]:
                return name
            name = rows[0]["renamed_to"]
        return name

    def rename_team(self, team: str, name: str, *, at: str) -> int:
        """Give a team another name, its systems and class values following; how many systems there were.

        Its class values keep their versions under the new name. A name it had before is its own again.
        """
        self._execute(
            "INSERT INTO team (org_id, team) VALUES (:org, :name) ON CONFLICT (org_id, team) DO UPDATE"
            " SET renamed_to = ''",
            name=name,
        )
        self._execute(
            "INSERT INTO class_values (org_id, team, pack, rev, class_values_id, body, changed_at, changed_by)"
            " SELECT org_id, :name, pack, rev, class_values_id, body, changed_at, changed_by FROM class_values AS old"
            " WHERE org_id = :org AND team = :team AND NOT EXISTS (SELECT 1 FROM class_values AS kept"
            " WHERE kept.org_id = old.org_id AND kept.team = :name AND kept.pack = old.pack AND kept.rev = old.rev)",
            team=team,
            name=name,
        )
        moved = self._execute(
            "UPDATE system SET team = :name, changed_at = :at, rev = rev + 1 WHERE org_id = :org AND team = :team",
            team=team,
            name=name,
            at=at,
        )
        self._execute("UPDATE team SET renamed_to = :name WHERE org_id = :org AND team = :team", team=team, name=name)
        return moved

    def has_class_values(self, team: str) -> bool:
        """Whether a team ever adopted class values of its own."""
        return bool(self._query("SELECT 1 FROM class_values WHERE org_id = :org AND team = :team LIMIT 1", team=team))

    # --- the demonstration ------------------------------------------------------------------------------------------

    def remove_demonstration(self) -> None:
        """Delete what belongs to the demonstration's assessments."""
        assessments = (
            "(SELECT assessment_id FROM assessment WHERE org_id = :org AND system_id IN"
            " (SELECT system_id FROM system WHERE org_id = :org AND demonstration = 1))"
        )
        for table in ("checklist_move", "carried_answer", "confirmation", "sealed_doubt"):
            self._execute(f"DELETE FROM {table} WHERE org_id = :org AND assessment_id IN {assessments}")  # noqa: S608

    # --- inside -----------------------------------------------------------------------------------------------------

    def _query(self, sql: str, **parameters: Any) -> list[Row]:
        return self._session.query(sql, {"org": self._org, **parameters})

    def _execute(self, sql: str, **parameters: Any) -> int:
        return self._session.execute(sql, {"org": self._org, **parameters})

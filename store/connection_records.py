"""Which system feeds which, with its history; what storage their repositories touch; what each debt costs a quarter."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .engine import Row, Session
from .errors import AlreadyThere, Conflict, NotFound

DECLARED, SUGGESTED, CONFIRMED, REJECTED = "declared", "suggested", "confirmed", "rejected"  #: states
IN_FORCE = (DECLARED, CONFIRMED)  #: the states in which a connection counts
OUTPUTS, FEATURES, DATA = "outputs", "shared features", "shared data"
KINDS = (OUTPUTS, FEATURES, DATA)  #: what goes from one system to another, the closest first


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOfUse:
    """Where a repository touches what is shared, as it was seen when somebody decided."""

    system_id: str
    mode: str  #: "read" or "written"
    name: str  #: as it stands there
    path: str
    line: int  #: from 1; 0 = the file as a whole


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRecord:
    """One system feeds another. What it joins is fixed when it is made; what is said of it has a history."""

    connection_id: str
    source_id: str
    target_id: str
    kind: str  #: one of KINDS
    directed: bool = True  #: False: both only read the same data, and neither feeds the other
    name: str = ""  #: of the table, topic or bucket, "" where nobody said
    words: str = ""
    state: str = DECLARED
    reason: str = ""  #: why it was confirmed or rejected
    places: tuple[PlaceOfUse, ...] = ()  #: what the repositories showed when it was suggested
    made_at: str
    made_by: str
    changed_at: str
    changed_by: str
    rev: int = 1

    @property
    def in_force(self) -> bool:
        """Whether it counts."""
        return self.state in IN_FORCE


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionEvent:
    """One entry of a connection's history: what was said of it from this revision on."""

    connection_id: str
    rev: int
    what: str  #: "declared", "changed", "confirmed", "rejected", "reopened" or "undone"
    words: str
    state: str
    reason: str
    changed_at: str
    changed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageUseRow:
    """One place where a system's repository touches a table, topic, bucket, view or model that others may touch too."""

    system_id: str
    evidence_id: str = ""
    kind: str
    name: str
    mode: str  #: "read" or "written"
    path: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestRow:
    """What the debt of one assessment costs a quarter, kept so that a portfolio need not be priced anew."""

    assessment_id: str
    period: str
    basis: str  #: what it was worked out from; another basis, another figure
    days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRow:
    """One of the newest two assessments of a system, with the debt it shows."""

    system_id: str
    assessment_id: str
    period: str
    checklist_id: str
    change_seq: int
    estimate: float | None
    band: str | None


class ConnectionRecords:
    """How the systems of one organisation hang together, inside one transaction; reached as `Records.connections`."""

    def __init__(self, session: Session, org_id: str) -> None:
        self._session = session
        self._org = org_id

    # --- connections ------------------------------------------------------------------------------------------------

    def add(self, record: ConnectionRecord, what: str) -> ConnectionRecord:
        """Keep a new connection. Raises AlreadyThere with the one that joins the same, NotFound for a system."""
        for system_id in (record.source_id, record.target_id):
            self._know_system(system_id)
        kept = replace(record, rev=1)
        values = _values(kept)
        added = self._execute(
            f"INSERT INTO connection (org_id, {', '.join(values)})"  # noqa: S608  (columns of our own)
            f" VALUES (:org_id, {', '.join(f':{column}' for column in values)}) ON CONFLICT DO NOTHING",
            **values,
        )
        if added != 1:
            raise AlreadyThere(
                "This connection is known already; look for it in the list of connections.",
                existing=self.same_as(record),
            )
        self._add_event(kept, what)
        return kept

    def change(self, record: ConnectionRecord, expected_rev: int, what: str) -> ConnectionRecord:
        """Keep what is now said of a connection, if nobody changed it since; what it joins stays as it was.

        Saying what stands already changes nothing. Raises NotFound, Conflict with the current record.
        """
        current = self.connection(record.connection_id)
        if current is None:
            raise NotFound("There is no such connection; the list of connections shows those there are.")
        if _said(current) == _said(record):
            return current
        changed = self._query(
            "UPDATE connection SET rev = rev + 1, words = :words, state = :state, reason = :reason,"
            " changed_at = :changed_at, changed_by = :changed_by"
            " WHERE org_id = :org_id AND connection_id = :connection_id AND rev = :expected_rev RETURNING *",
            connection_id=record.connection_id,
            expected_rev=expected_rev,
            changed_at=record.changed_at,
            changed_by=record.changed_by,
            **_said(record),
        )
        if not changed:
            raise Conflict(
                f"{current.changed_by} changed this connection meanwhile; look at it and choose again.", current=current
            )
        kept = _connection(changed[0])
        self._add_event(kept, what)
        return kept

    def connection(self, connection_id: str) -> ConnectionRecord | None:
        """The connection with that id."""
        rows = self._query(
            "SELECT * FROM connection WHERE org_id = :org_id AND connection_id = :connection_id",
            connection_id=connection_id,
        )
        return _connection(rows[0]) if rows else None

    def same_as(self, record: ConnectionRecord) -> ConnectionRecord | None:
        """The connection that joins the same two systems in the same way under the same name."""
        rows = self._query(
            "SELECT * FROM connection WHERE org_id = :org_id AND source_id = :source_id AND target_id = :target_id"
            " AND kind = :kind AND directed = :directed AND name = :name",
            source_id=record.source_id,
            target_id=record.target_id,
            kind=record.kind,
            directed=int(record.directed),
            name=record.name,
        )
        return _connection(rows[0]) if rows else None

    def connections(self) -> list[ConnectionRecord]:
        """All connections between systems in use, whatever their state, in the order they were made."""
        rows = self._query(
            "SELECT connection.* FROM connection"
            " JOIN system AS source ON source.org_id = connection.org_id AND source.system_id = connection.source_id"
            " AND source.retired_at IS NULL"
            " JOIN system AS target ON target.org_id = connection.org_id AND target.system_id = connection.target_id"
            " AND target.retired_at IS NULL"
            " WHERE connection.org_id = :org_id ORDER BY connection.made_at, connection.connection_id"
        )
        return [_connection(row) for row in rows]

    def history(self, connection_id: str) -> list[ConnectionEvent]:
        """Everything ever said of a connection, oldest first."""
        rows = self._query(
            "SELECT connection_id, rev, what, words, state, reason, changed_at, changed_by FROM connection_event"
            " WHERE org_id = :org_id AND connection_id = :connection_id ORDER BY rev",
            connection_id=connection_id,
        )
        return [ConnectionEvent(**row) for row in rows]

    def _add_event(self, record: ConnectionRecord, what: str) -> None:
        values = _said(record) | {
            "connection_id": record.connection_id,
            "rev": record.rev,
            "what": what,
            "changed_at": record.changed_at,
            "changed_by": record.changed_by,
        }
        self._execute(
            f"INSERT INTO connection_event (org_id, {', '.join(values)})"  # noqa: S608
            f" VALUES (:org_id, {', '.join(f':{column}' for column in values)})",
            **values,
        )

    # --- storage that repositories touch ----------------------------------------------------------------------------

    def keep_storage(self, system_id: str, evidence_id: str, uses: Sequence[StorageUseRow]) -> None:
        """Note what a scan that was just kept says of storage; called once a scan."""
        self._session.insert_many(
            "storage_use",
            [
                {
                    "org_id": self._org,
                    "system_id": system_id,
                    "evidence_id": evidence_id,
                    "seq": seq,
                    "kind": use.kind,
                    "name": use.name,
                    "mode": use.mode,
                    "path": use.path,
                    "line": use.line,
                }
                for seq, use in enumerate(uses, start=1)
            ],
        )

    def storage(self) -> list[StorageUseRow]:
        """What the newest scan of each repository of each system in use says of storage."""
        rows = self._query(
            "SELECT used.system_id, used.evidence_id, used.kind, used.name, used.mode, used.path, used.line"
            " FROM storage_use AS used"
            " JOIN system ON system.org_id = used.org_id AND system.system_id = used.system_id"
            " AND system.retired_at IS NULL"
            " JOIN evidence ON evidence.org_id = used.org_id AND evidence.system_id = used.system_id"
            " AND evidence.evidence_id = used.evidence_id"
            " WHERE used.org_id = :org_id AND NOT EXISTS (SELECT 1 FROM evidence AS newer"
            " WHERE newer.org_id = evidence.org_id AND newer.system_id = evidence.system_id"
            " AND newer.repository = evidence.repository AND (newer.collected_at > evidence.collected_at"
            " OR (newer.collected_at = evidence.collected_at AND newer.evidence_id > evidence.evidence_id)))"
            " ORDER BY used.system_id, used.evidence_id, used.seq"
        )
        return [StorageUseRow(**row) for row in rows]

    # --- interest and debt --------------------------------------------------------------------------------------------

    def interest(self) -> dict[str, InterestRow]:
        """The interest kept of each assessment, by its id."""
        rows = self._query("SELECT assessment_id, period, basis, days FROM interest WHERE org_id = :org_id")
        return {row["assessment_id"]: InterestRow(**row) for row in rows}

    def keep_interest(self, rows: Iterable[InterestRow]) -> None:
        """Keep what assessments cost a quarter, in place of what was kept of them before."""
        self._session.upsert_many(
            "interest",
            [
                {
                    "org_id": self._org,
                    "period": row.period,
                    "assessment_id": row.assessment_id,
                    "basis": row.basis,
                    "days": row.days,
                }
                for row in rows
            ],
            key=("org_id", "period", "assessment_id"),
        )

    def standings(self, scoring_id: str) -> list[StandingRow]:
        """The newest two assessments of each system in use, newest first, with their debt under a scoring version."""
        rows = self._query(
            "SELECT newest.system_id, newest.assessment_id, newest.period, newest.checklist_id, newest.change_seq,"
            " score.estimate, score.band FROM (SELECT assessment.*, row_number() OVER"
            " (PARTITION BY assessment.system_id ORDER BY assessment.period DESC) AS place FROM assessment"
            " JOIN system ON system.org_id = assessment.org_id AND system.system_id = assessment.system_id"
            " AND system.retired_at IS NULL WHERE assessment.org_id = :org_id"
            " AND assessment.withdrawn_at IS NULL) AS newest"
            " LEFT JOIN score ON score.org_id = newest.org_id AND score.period = newest.period"
            " AND score.assessment_id = newest.assessment_id AND score.scoring_id = :scoring_id AND score.area = ''"
            " WHERE newest.place <= 2 ORDER BY newest.system_id, newest.place",
            scoring_id=scoring_id,
        )
        return [StandingRow(**row) for row in rows]

    def pricing(self) -> dict[str, str]:
        """What the prices of each system rest on beside its checklist: versions of estimates and class values."""
        estimates = self._query(
            "SELECT system_id, count(*) AS versions FROM team_estimate WHERE org_id = :org_id GROUP BY system_id"
        )
        by_system = {row["system_id"]: row["versions"] for row in estimates}
        adopted = self._query(
            "SELECT team, count(*) AS versions FROM class_values WHERE org_id = :org_id GROUP BY team"
        )
        by_team = {row["team"]: row["versions"] for row in adopted}
        systems = self._query("SELECT system_id, team FROM system WHERE org_id = :org_id")
        return {
            row["system_id"]: f"{by_system.get(row['system_id'], 0)}/{row['team'] if row['team'] in by_team else ''}"
            f"/{by_team.get(row['team'], 0)}"
            for row in systems
        }

    # --- upkeep -----------------------------------------------------------------------------------------------------

    def remove_demonstration(self) -> None:
        """Delete the connections with a demonstration system at either end, and what such systems touch and cost."""
        systems = "(SELECT system_id FROM system WHERE org_id = :org_id AND demonstration = 1)"
        ends = f"(source_id IN {systems} OR target_id IN {systems})"
        self._execute(
            "DELETE FROM connection_event WHERE org_id = :org_id AND connection_id IN"  # noqa: S608
            f" (SELECT connection_id FROM connection WHERE org_id = :org_id AND {ends})"
        )
        self._execute(f"DELETE FROM connection WHERE org_id = :org_id AND {ends}")  # noqa: S608
        self._execute(f"DELETE FROM storage_use WHERE org_id = :org_id AND system_id IN {systems}")  # noqa: S608
        self._execute(
            "DELETE FROM interest WHERE org_id = :org_id AND assessment_id IN"  # noqa: S608
            f" (SELECT assessment_id FROM assessment WHERE org_id = :org_id AND system_id IN {systems})"
        )

    def faults(self) -> list[str]:
        """Every connection that is not what its history says, in words."""
        return [
            f"The connection {row['connection_id']} is not what its history says." for row in self._query(_OFF_HISTORY)
        ]

    # --- inside -----------------------------------------------------------------------------------------------------

    def _query(self, sql: str, **parameters: Any) -> list[Row]:
        return self._session.query(sql, {"org_id": self._org, **parameters})

    def _execute(self, sql: str, **parameters: Any) -> int:
        return self._session.execute(sql, {"org_id": self._org, **parameters})

    def _know_system(self, system_id: str) -> None:
        if not self._query(
            "SELECT 1 FROM system WHERE org_id = :org_id AND system_id = :system_id", system_id=system_id
        ):
            raise NotFound(f"There is no system with the id '{system_id}'.")


_OFF_HISTORY = """
WITH history AS (
  SELECT org_id, connection_id, count(*) AS entries, max(rev) AS newest
  FROM connection_event WHERE org_id = :org_id GROUP BY org_id, connection_id
)
SELECT connection.connection_id FROM connection
LEFT JOIN history ON history.org_id = connection.org_id AND history.connection_id = connection.connection_id
LEFT JOIN connection_event event ON event.org_id = connection.org_id
  AND event.connection_id = connection.connection_id AND event.rev = connection.rev
WHERE connection.org_id = :org_id AND (event.rev IS NULL OR history.entries <> connection.rev
  OR history.newest <> connection.rev OR event.words <> connection.words OR event.state <> connection.state
  OR event.reason <> connection.reason OR event.changed_at <> connection.changed_at
  OR event.changed_by <> connection.changed_by)
ORDER BY 1
"""


def _said(record: ConnectionRecord) -> dict[str, str]:
    return {"words": record.words, "state": record.state, "reason": record.reason}


def _values(record: ConnectionRecord) -> dict[str, Any]:
    places = [[place.system_id, place.mode, place.name, place.path, place.line] for place in record.places]
    return _said(record) | {
        "connection_id": record.connection_id,
        "source_id": record.source_id,
        "target_id": record.target_id,
        "kind": record.kind,
        "directed": int(record.directed),
        "name": record.name,
        "places": json.dumps(places, ensure_ascii=False, separators=(",", ":")),
        "made_at": record.made_at,
        "made_by": record.made_by,
        "changed_at": record.changed_at,
        "changed_by": record.changed_by,
        "rev": record.rev,
    }


def _connection(row: Row) -> ConnectionRecord:
    values = {name: value for name, value in row.items() if name != "org_id"}
    places = tuple(
        PlaceOfUse(system_id=system_id, mode=mode, name=name, path=path, line=line)
        for system_id, mode, name, path, line in json.loads(row["places"])
    )
    return ConnectionRecord(**values | {"directed": bool(row["directed"]), "places": places})

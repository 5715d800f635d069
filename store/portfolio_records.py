"""All systems at once: the scores of a whole quarter, the systems' own debts over all quarters, what is left open."""

from __future__ import annotations

from typing import Any, NamedTuple

from .engine import Row, Session


class CellRow(NamedTuple):
    """One stored score with the scoring version it was made under; `area` is "" for the system's own."""

    system_id: str
    area: str
    estimate: float | None
    low: float
    high: float
    coverage: float
    band: str | None
    scoring_id: str
    disputed: int | None  #: None in rows from before it was counted
    contradicted: int | None
    undecided: int | None


class WholeRow(NamedTuple):
    """A system's own score in one quarter."""

    period: str
    system_id: str
    checklist_id: str
    state: str  #: "open" or "closed"
    scoring_id: str
    estimate: float | None
    low: float
    high: float
    coverage: float
    band: str | None


class PortfolioRecords:
    """What lists of all systems need, inside one transaction; reached as `Records.portfolio` and used at once.

    Everything is asked for by quarter and read off scores that are stored: no answer is opened, and no "latest" is
    searched for over all rows. A closed quarter has the score it was sealed with (`sealed`) and may have others beside
    it, under later scoring versions; an open one has only that of today.
    """

    def __init__(self, session: Session, org_id: str) -> None:
        self._session = session
        self._org = org_id

    def cells(self, period: str, scoring_id: str, *, sealed: bool = True) -> list[CellRow]:
        """Every score of a quarter: closed ones as they were sealed, or all under this one scoring version."""
        rows = self._tuples(
            "SELECT score.system_id, score.area, score.estimate, score.low, score.high, score.coverage, score.band,"  # noqa: S608
            " score.scoring_id, score.disputed, score.contradicted, score.undecided FROM score"
            f"{_SEALED if sealed else ''}"
            f" WHERE score.org_id = :org AND score.period = :period AND {_as_of(sealed)}",
            period=period,
            scoring_id=scoring_id,
        )
        return [CellRow._make(row) for row in rows]

    def wholes(self, scoring_id: str) -> list[WholeRow]:
        """The systems' own scores in every quarter, closed ones as they were sealed; by period."""
        rows = self._tuples(
            "SELECT score.period, score.system_id, assessment.checklist_id, assessment.state, score.scoring_id,"  # noqa: S608
            " score.estimate, score.low, score.high, score.coverage, score.band FROM score"
            " JOIN assessment ON assessment.org_id = score.org_id AND assessment.period = score.period"
            " AND assessment.assessment_id = score.assessment_id"
            f"{_SEALED} WHERE score.org_id = :org AND score.area = '' AND {_as_of(True)} ORDER BY score.period",
            scoring_id=scoring_id,
        )
        return [WholeRow._make(row) for row in rows]

    def lifetimes(self) -> dict[str, tuple[str, str]]:
        """The first and the last quarter each system was assessed in; systems never assessed are absent."""
        rows = self._query(
            "SELECT system_id, min(period) AS first, max(period) AS last FROM assessment WHERE org_id = :org"
            " AND withdrawn_at IS NULL"
            " GROUP BY system_id"
        )
        return {row["system_id"]: (row["first"], row["last"]) for row in rows}

    def last_checklists(self, upto: str) -> dict[str, str]:
        """The checklist each system was assessed with last, up to a quarter."""
        rows = self._query(
            "SELECT assessment.system_id, assessment.checklist_id FROM assessment WHERE assessment.org_id = :org"
            " AND assessment.withdrawn_at IS NULL"
            " AND assessment.period = (SELECT max(older.period) FROM assessment AS older"
            " WHERE older.org_id = assessment.org_id AND older.system_id = assessment.system_id"
            " AND older.withdrawn_at IS NULL AND older.period <= :upto)",
            upto=upto,
        )
        return {row["system_id"]: row["checklist_id"] for row in rows}

    def left_open(self, before: str) -> list[tuple[str, str]]:
        """(system, period) of the quarters earlier than `before` that are still open, oldest first."""
        rows = self._query(
            "SELECT system_id, period FROM assessment WHERE org_id = :org AND state = 'open' AND period < :before"
            " ORDER BY period, system_id",
            before=before,
        )
        return [(row["system_id"], row["period"]) for row in rows]

    def stale(self, scoring_id: str) -> list[str]:
        """The open assessments whose stored score is missing or older than their last change."""
        rows = self._query(
            "SELECT assessment.assessment_id FROM assessment LEFT JOIN score ON score.org_id = assessment.org_id"
            " AND score.period = assessment.period AND score.scoring_id = :scoring_id"
            " AND score.system_id = assessment.system_id AND score.area = ''"
            " WHERE assessment.org_id = :org AND assessment.state = 'open'"
            " AND (score.change_seq IS NULL OR score.change_seq < assessment.change_seq OR score.disputed IS NULL)"
            " ORDER BY assessment.period, assessment.system_id",
            scoring_id=scoring_id,
        )
        return [row["assessment_id"] for row in rows]

    def to_score_anew(self, period: str, scoring_id: str) -> list[str]:
        """The closed assessments of a quarter that have no score under this scoring version yet."""
        rows = self._query(
            "SELECT assessment.assessment_id FROM assessment WHERE assessment.org_id = :org"
            " AND assessment.period = :period AND assessment.state = 'closed' AND assessment.withdrawn_at IS NULL"
            " AND NOT EXISTS"
            " (SELECT 1 FROM score WHERE score.org_id = assessment.org_id AND score.period = assessment.period"
            " AND score.scoring_id = :scoring_id AND score.system_id = assessment.system_id AND score.area = '')"
            " ORDER BY assessment.system_id",
            period=period,
            scoring_id=scoring_id,
        )
        return [row["assessment_id"] for row in rows]

    def sealed_elsewhere(self, period: str, scoring_id: str) -> int:
        """How many assessments of a quarter were sealed under another scoring version than this."""
        rows = self._query(
            "SELECT count(*) AS sealed FROM sealing WHERE org_id = :org AND period = :period"
            " AND scoring_id <> :scoring_id AND assessment_id NOT IN"
            " (SELECT assessment_id FROM assessment WHERE org_id = :org AND withdrawn_at IS NOT NULL)",
            period=period,
            scoring_id=scoring_id,
        )
        return int(rows[0]["sealed"])

    def checklist_versions(self) -> dict[str, tuple[str, str]]:
        """The id of the pack and the version of every checklist kept, by content hash."""
        rows = self._query("SELECT checklist_id, name, version FROM checklist_version")
        return {row["checklist_id"]: (row["name"], row["version"]) for row in rows}

    def scoring_versions(self) -> dict[str, str]:
        """The version of the rules behind every scoring version kept."""
        rows = self._query("SELECT scoring_id, code_version FROM scoring_version")
        return {row["scoring_id"]: row["code_version"] for row in rows}

    def _tuples(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        return self._session.tuples(sql, {"org": self._org, **parameters})

    def _query(self, sql: str, **parameters: Any) -> list[Row]:
        return self._session.query(sql, {"org": self._org, **parameters})


_SEALED = (
    " LEFT JOIN sealing ON sealing.org_id = score.org_id AND sealing.period = score.period"
    " AND sealing.assessment_id = score.assessment_id"
)


def _as_of(sealed: bool) -> str:
    return f"score.scoring_id = {'coalesce(sealing.scoring_id, :scoring_id)' if sealed else ':scoring_id'}"

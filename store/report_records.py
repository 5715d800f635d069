"""What people wrote into reports in place of our proposals, as versions: nothing is overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .engine import Row, Session
from .errors import Conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class WordingRecord:
    """One version of the words of a report. `body` is JSON text; "" = our proposal stands again."""

    scope: str  #: "portfolio", "team" or "system"
    scope_id: str  #: name of the team, id of the system, "" for the portfolio
    period: str
    body: str
    rev: int = 0  #: 0: nothing was ever written
    changed_at: str = ""
    changed_by: str = ""


class ReportRecords:
    """The words of reports of one organisation, inside one transaction; reached as `Records.reports`."""

    def __init__(self, session: Session, org_id: str) -> None:
        self._session = session
        self._org = org_id

    def wording(self, scope: str, scope_id: str, period: str) -> WordingRecord:
        """The newest version; revision 0 where nothing was ever written."""
        history = self.history(scope, scope_id, period)
        return history[-1] if history else WordingRecord(scope=scope, scope_id=scope_id, period=period, body="")

    def history(self, scope: str, scope_id: str, period: str) -> list[WordingRecord]:
        """Every version, oldest first."""
        rows = self._query(
            "SELECT * FROM report_wording WHERE org_id = :org AND scope = :scope AND scope_id = :scope_id"
            " AND period = :period ORDER BY rev",
            scope=scope,
            scope_id=scope_id,
            period=period,
        )
        return [
            WordingRecord(
                scope=row["scope"],
                scope_id=row["scope_id"],
                period=row["period"],
                body=row["body"],
                rev=row["rev"],
                changed_at=row["changed_at"],
                changed_by=row["changed_by"],
            )
            for row in rows
        ]

    def save(self, record: WordingRecord, expected_rev: int) -> WordingRecord:
        """Add a version. Saying what stands already adds none. Raises Conflict with what stands."""
        standing = self.wording(record.scope, record.scope_id, record.period)
        if standing.body == record.body:
            return standing
        if standing.rev != expected_rev:
            raise Conflict("Somebody else changed the words of this report.", current=standing)
        self._session.execute(
            "INSERT INTO report_wording (org_id, scope, scope_id, period, rev, body, changed_at, changed_by)"
            " VALUES (:org, :scope, :scope_id, :period, :rev, :body, :at, :by)",
            {
                "org": self._org,
                "scope": record.scope,
                "scope_id": record.scope_id,
                "period": record.period,
                "rev": standing.rev + 1,
                "body": record.body,
                "at": record.changed_at,
                "by": record.changed_by,
            },
        )
        return self.wording(record.scope, record.scope_id, record.period)

    def _query(self, sql: str, **parameters: Any) -> list[Row]:
        return self._session.query(sql, {"org": self._org, **parameters})

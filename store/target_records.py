"""Targets: what the portfolio, a system or one of its areas is to come down to, and by when; nothing is lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from .engine import Row, Session
from .errors import Conflict, NotFound

PORTFOLIO = ""  #: the system id of a target of the portfolio
WHOLE = ""  #: the area of a target of a system as a whole


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRecord:
    """One version of a target. Without a debt it is a withdrawal. Times as elsewhere."""

    system_id: str = PORTFOLIO
    pack: str  #: id of the pack whose numbers these are
    area: str = WHOLE
    debt: float | None  #: 0..1
    by_period: str | None  #: the quarter at whose end it is to be reached
    from_debt: float | None = None  #: the debt when it was set, 0..1; None where nobody knew
    from_period: str  #: the quarter in which it was set
    demonstration: bool = False  #: set by the demonstration, and taken away with it
    what: str = "set"  #: "set", "changed", "withdrawn" or "undone"
    rev: int = 0
    set_at: str
    set_by: str

    @property
    def stands(self) -> bool:
        """Whether there is something to reach."""
        return self.debt is not None


class TargetRecords:
    """The targets of one organisation, inside one transaction; reached as `Records.targets` and used at once.

    They are kept as versions alone: the highest revision counts, nothing is overwritten, and a save that did not see
    the newest finds its number taken.
    """

    def __init__(self, session: Session, org_id: str) -> None:
        self._session = session
        self._org = org_id

    def standing(self, until: str | None = None) -> list[TargetRecord]:
        """The targets that stand, or stood at a moment (those of systems out of use too), by system, pack and area."""
        before = "" if until is None else " AND set_at <= :until"
        rows = self._query(
            "SELECT target.* FROM target JOIN (SELECT system_id, pack, area, max(rev) AS rev FROM target"  # noqa: S608
            f" WHERE org_id = :org_id{before} GROUP BY system_id, pack, area) newest"
            " ON newest.system_id = target.system_id AND newest.pack = target.pack AND newest.area = target.area"
            " AND newest.rev = target.rev WHERE target.org_id = :org_id AND target.debt IS NOT NULL"
            " ORDER BY target.system_id, target.pack, target.area",
            **({} if until is None else {"until": until}),
        )
        return [_target(row) for row in rows]

    def history(self, system_id: str, pack: str, area: str) -> list[TargetRecord]:
        """Every version of one target, oldest first, withdrawals included."""
        rows = self._query(
            "SELECT * FROM target WHERE org_id = :org_id AND system_id = :system_id AND pack = :pack AND area = :area"
            " ORDER BY rev",
            system_id=system_id,
            pack=pack,
            area=area,
        )
        return [_target(row) for row in rows]

    def keep(self, record: TargetRecord, expected_rev: int) -> TargetRecord:
        """Keep a new version of a target; one without a debt withdraws it.

        `expected_rev` is the revision that was seen; 0 will do where none stands. Saving what stands changes nothing,
        whatever it says. Raises Conflict with what stands (None where it was withdrawn), NotFound for a system that is
        not there.
        """
        if record.system_id != PORTFOLIO and not self._query(
            "SELECT 1 FROM system WHERE org_id = :org_id AND system_id = :system_id", system_id=record.system_id
        ):
            raise NotFound(f"There is no system with the id '{record.system_id}'.")
        history = self.history(record.system_id, record.pack, record.area)
        current = history[-1] if history else None
        if current is not None and (current.debt, current.by_period) == (record.debt, record.by_period):
            return current
        unset = current is None or not current.stands
        if unset and not record.stands:
            raise NotFound("There is no target here to withdraw.")
        seen = current is not None and current.rev == expected_rev
        if not seen and not (unset and expected_rev == 0):
            raise _overtaken(current)
        kept = replace(record, rev=(current.rev if current else 0) + 1)
        values = {name: getattr(kept, name) for name in _COLUMNS} | {"demonstration": int(kept.demonstration)}
        added = self._execute(
            f"INSERT INTO target (org_id, {', '.join(_COLUMNS)})"  # noqa: S608  (columns of our own)
            f" VALUES (:org_id, {', '.join(f':{column}' for column in _COLUMNS)}) ON CONFLICT DO NOTHING",
            **values,
        )
        if added != 1:
            raise _overtaken(None)
        return kept

    def remove_demonstration(self) -> None:
        """Delete what the demonstration set, and what was set for its systems."""
        self._execute(
            "DELETE FROM target WHERE org_id = :org_id AND (demonstration = 1 OR system_id IN"
            " (SELECT system_id FROM system WHERE org_id = :org_id AND demonstration = 1))"
        )

    def faults(self) -> list[str]:
        """Every target of which a version is gone, in words."""
        return [
            f"A version of a target ({row['system_id'] or 'portfolio'}, {row['area'] or 'all areas'}) is missing."
            for row in self._query(
                "SELECT system_id, area FROM target WHERE org_id = :org_id GROUP BY system_id, pack, area"
                " HAVING count(*) <> max(rev) - min(rev) + 1 ORDER BY system_id, area"
            )
        ]

    def _query(self, sql: str, **parameters: Any) -> list[Row]:
        return self._session.query(sql, {"org_id": self._org, **parameters})

    def _execute(self, sql: str, **parameters: Any) -> int:
        return self._session.execute(sql, {"org_id": self._org, **parameters})


_COLUMNS = (
    "system_id",
    "pack",
    "area",
    "rev",
    "what",
    "debt",
    "by_period",
    "from_debt",
    "from_period",
    "demonstration",
    "set_at",
    "set_by",
)


def _overtaken(current: TargetRecord | None) -> Conflict:
    if current is None or not current.stands:
        return Conflict("This target was changed by someone else meanwhile; look at it again.")
    at = f"{current.set_at[11:16]} UTC on {current.set_at[:10]}"
    return Conflict(f"{current.set_by} changed this target at {at}; look at it and choose again.", current=current)


def _target(row: Row) -> TargetRecord:
    return TargetRecord(**{name: row[name] for name in _COLUMNS} | {"demonstration": bool(row["demonstration"])})

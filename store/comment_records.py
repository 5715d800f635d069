"""Comments on actions: what people say in the course of one, each with everything it said before it was edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from .engine import Row, Session
from .errors import Conflict, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRecord:
    """One version of a comment. An empty `body` means that it was taken back. Times as elsewhere."""

    comment_id: str
    system_id: str
    action_id: str
    body: str
    rev: int = 0  #: 1 as first said, one more with each edit
    said_at: str  #: of this version
    said_by: str


class CommentRecords:
    """The comments of one organisation, inside one transaction; reached as `Records.comments` and used at once.

    They are kept as versions alone: an edit is a further version, and what stood before stays.
    """

    def __init__(self, session: Session, org_id: str) -> None:
        self._session = session
        self._org = org_id

    def versions(self, action_id: str) -> list[list[CommentRecord]]:
        """The comments on an action in the order they were first said, each with all its versions, oldest first."""
        rows = self._query(
            "SELECT * FROM comment WHERE org_id = :org_id AND action_id = :action_id ORDER BY comment_id, rev",
            action_id=action_id,
        )
        found: dict[str, list[CommentRecord]] = {}
        for row in rows:
            found.setdefault(row["comment_id"], []).append(_comment(row))
        return sorted(found.values(), key=lambda versions: (versions[0].said_at, versions[0].comment_id))

    def counts(self) -> dict[str, int]:
        """How many comments stand on each action; actions without any are absent."""
        rows = self._query(
            "SELECT action_id, count(*) AS comments FROM comment WHERE org_id = :org_id AND body <> ''"
            " AND NOT EXISTS (SELECT 1 FROM comment later WHERE later.org_id = comment.org_id"
            " AND later.comment_id = comment.comment_id AND later.rev > comment.rev) GROUP BY action_id"
        )
        return {row["action_id"]: row["comments"] for row in rows}

    def keep(self, record: CommentRecord, expected_rev: int) -> CommentRecord:
        """Keep a comment, or a further version of it; saying what stands already changes nothing.

        `expected_rev` is the revision that was seen, 0 for a new comment. Raises NotFound for an action or a comment
        that is not there, Conflict with what stands when somebody else edited it since.
        """
        if not self._query(
            "SELECT 1 FROM action WHERE org_id = :org_id AND action_id = :action_id AND system_id = :system_id",
            action_id=record.action_id,
            system_id=record.system_id,
        ):
            raise NotFound("There is no such action; the plan lists those there are.")
        rows = self._query(
            "SELECT * FROM comment WHERE org_id = :org_id AND comment_id = :comment_id ORDER BY rev DESC LIMIT 1",
            comment_id=record.comment_id,
        )
        current = _comment(rows[0]) if rows else None
        if (current is None and expected_rev) or (current is not None and current.action_id != record.action_id):
            raise NotFound("There is no such comment on this action.")
        if current is not None and current.body == record.body:
            return current
        if current is not None and current.rev != expected_rev:
            raise _overtaken(current)
        kept = replace(record, rev=expected_rev + 1)
        added = self._execute(
            f"INSERT INTO comment (org_id, {', '.join(_COLUMNS)})"  # noqa: S608  (columns of our own)
            f" VALUES (:org_id, {', '.join(f':{column}' for column in _COLUMNS)}) ON CONFLICT DO NOTHING",
            **{name: getattr(kept, name) for name in _COLUMNS},
        )
        if added != 1:
            raise _overtaken(None)
        return kept

    def remove_demonstration(self) -> None:
        """Delete what was said about the actions of the demonstration's systems."""
        self._execute(
            "DELETE FROM comment WHERE org_id = :org_id AND system_id IN"
            " (SELECT system_id FROM system WHERE org_id = :org_id AND demonstration = 1)"
        )

    def faults(self) -> list[str]:
        """Every comment of which a version is gone, in words."""
        return [
            f"A version of the comment {row['comment_id']} is missing."
            for row in self._query(
                "SELECT comment_id FROM comment WHERE org_id = :org_id GROUP BY comment_id"
                " HAVING count(*) <> max(rev) ORDER BY comment_id"
            )
        ]

    def _query(self, sql: str, **parameters: Any) -> list[Row]:
        return self._session.query(sql, {"org_id": self._org, **parameters})

    def _execute(self, sql: str, **parameters: Any) -> int:
        return self._session.execute(sql, {"org_id": self._org, **parameters})


_COLUMNS: Sequence[str] = ("comment_id", "system_id", "action_id", "rev", "body", "said_at", "said_by")


def _overtaken(current: CommentRecord | None) -> Conflict:
    if current is None:
        return Conflict("This comment was changed by someone else meanwhile; look at it again.")
    return Conflict(f"{current.said_by} changed this comment meanwhile; look at it again.", current=current)


def _comment(row: Row) -> CommentRecord:
    return CommentRecord(**{name: row[name] for name in _COLUMNS})

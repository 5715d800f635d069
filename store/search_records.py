"""Looking for words in what people wrote: systems, notes of all quarters, actions and what stands of comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .engine import Row, Session

ESCAPE = "!"  #: in a pattern: what follows means itself


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSystem:
    """A system in use that has the words."""

    system_id: str
    name: str
    team: str
    decides: str
    affected: str
    tags: str  #: as stored, JSON text


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundNote:
    """An answer whose note, reason or links have the words."""

    system_id: str
    system: str
    period: str
    closed: bool
    question_id: str
    note: str
    reason: str
    links: str  #: as stored, JSON text


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAction:
    """An action that has the words."""

    action_id: str
    system: str
    question_id: str
    title: str
    owner: str
    reason: str
    link: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundComment:
    """A comment that has the words now; what it said before is not looked in."""

    action_id: str
    system: str
    title: str  #: of the action
    body: str
    said_by: str
    said_at: str


class SearchRecords:
    """Searches in one organisation, inside one transaction; reached as `Records.search` and used at once.

    Each asks for records in which every word stands somewhere, as a part of any word, whatever the case of letters
    from a to z. A letter outside of ASCII matches any one character here: engines fold those differently, so who asks
    looks again. Plain scans, no index to keep: decision 45.
    """

    def __init__(self, session: Session, org_id: str) -> None:
        self._session = session
        self._org = org_id

    def systems(self, words: Sequence[str], limit: int) -> list[FoundSystem]:
        """Systems in use by name, team, purpose, who is affected, and tags."""
        fields = ("name", "team", "decides", "affected", "tags")
        rows = self._query(
            f"SELECT system_id, {', '.join(fields)} FROM system WHERE org_id = :org_id AND retired_at IS NULL"  # noqa: S608
            f"{_all_words(words, fields)} ORDER BY lower(name), system_id LIMIT :limit",
            words,
            limit,
        )
        return [FoundSystem(**row) for row in rows]

    def notes(self, words: Sequence[str], limit: int) -> list[FoundNote]:
        """Notes, reasons and links of answers of systems in use, of sealed quarters too, the latest quarter first."""
        fields = ("answer.note", "answer.reason", "answer.links")
        rows = self._query(
            "SELECT system.system_id, system.name AS system, answer.period, assessment.state = 'closed' AS closed,"  # noqa: S608
            f" answer.question_id, {', '.join(fields)} FROM answer"
            " JOIN assessment ON assessment.org_id = answer.org_id AND assessment.period = answer.period"
            " AND assessment.assessment_id = answer.assessment_id"
            " JOIN system ON system.org_id = assessment.org_id AND system.system_id = assessment.system_id"
            " AND system.retired_at IS NULL WHERE answer.org_id = :org_id"
            " AND (answer.note <> '' OR answer.reason <> '' OR answer.links <> '[]')"
            f"{_all_words(words, fields)}"
            " ORDER BY answer.period DESC, answer.assessment_id, answer.question_id LIMIT :limit",
            words,
            limit,
        )
        return [FoundNote(**row | {"closed": bool(row["closed"])}) for row in rows]

    def actions(self, words: Sequence[str], limit: int) -> list[FoundAction]:
        """Actions of systems in use by title, owner, question, why they were dropped, and link; open ones first."""
        fields = ("title", "owner", "question_id", "reason", "link")
        rows = self._query(
            "SELECT action.action_id, system.name AS system, action.state,"  # noqa: S608
            f" {', '.join(f'action.{one}' for one in fields)} FROM action"
            " JOIN system ON system.org_id = action.org_id AND system.system_id = action.system_id"
            " AND system.retired_at IS NULL WHERE action.org_id = :org_id"
            f"{_all_words(words, [f'action.{one}' for one in fields])}"
            " ORDER BY CASE action.state WHEN 'open' THEN 0 ELSE 1 END, action.made_at DESC, action.action_id"
            " LIMIT :limit",
            words,
            limit,
        )
        return [FoundAction(**row) for row in rows]

    def comments(self, words: Sequence[str], limit: int) -> list[FoundComment]:
        """What stands of comments on actions of systems in use, the latest first."""
        rows = self._query(
            "SELECT comment.action_id, system.name AS system, action.title, comment.body, comment.said_by,"  # noqa: S608
            " comment.said_at FROM comment"
            " JOIN action ON action.org_id = comment.org_id AND action.action_id = comment.action_id"
            " JOIN system ON system.org_id = action.org_id AND system.system_id = action.system_id"
            " AND system.retired_at IS NULL WHERE comment.org_id = :org_id AND NOT EXISTS"
            " (SELECT 1 FROM comment later WHERE later.org_id = comment.org_id"
            " AND later.comment_id = comment.comment_id AND later.rev > comment.rev)"
            f"{_all_words(words, ('comment.body', 'comment.said_by'))}"
            " ORDER BY comment.said_at DESC, comment.comment_id LIMIT :limit",
            words,
            limit,
        )
        return [FoundComment(**row) for row in rows]

    def _query(self, sql: str, words: Sequence[str], limit: int) -> list[Row]:
        patterns: dict[str, Any] = {f"word{at}": pattern(word) for at, word in enumerate(words)}
        return self._session.query(sql, {"org_id": self._org, "limit": limit, **patterns})


def pattern(word: str) -> str:
    """A LIKE pattern for what contains a word; what means something in a pattern means itself."""
    inside = "".join(
        f"{ESCAPE}{letter}" if letter in f"%_{ESCAPE}" else letter.lower() if letter.isascii() else "_"
        for letter in word
    )
    return f"%{inside}%"


def _all_words(words: Sequence[str], fields: Sequence[str]) -> str:
    """A condition that each word stands in one of the fields."""
    return "".join(
        f" AND ({' OR '.join(f'lower({field}) LIKE :word{at} ESCAPE {chr(39)}{ESCAPE}{chr(39)}' for field in fields)})"
        for at in range(len(words))
    )

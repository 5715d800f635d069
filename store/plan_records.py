"""What a team plans: actions with their history, its own estimates, plan settings and the class values it adopted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from .engine import Row, Session
from .errors import AlreadyThere, Conflict, NotFound

ThreePoints = tuple[float, float, float]  #: best, likely and worst case
OPEN, DONE, DROPPED = "open", "done", "dropped"  #: the states of an action


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRecord:
    """A planned repayment with an owner and a date. What was promised is fixed when it is made. Times as elsewhere."""

    action_id: str
    system_id: str
    period: str  #: of the assessment it was planned from
    assessment_id: str
    question_id: str
    title: str
    owner: str = ""
    due: date | None = None
    link: str = ""  #: to the team's tracker: http, https or mailto, "" for none
    target: int  #: the level to reach
    planned_days: float  #: promised cost, person-days
    benefit_days: float  #: promised: interest avoided over `horizon_quarters`, person-days
    horizon_quarters: int
    debt_before: float  #: of the question when this was planned, 0..1
    debt_target: float  #: of the question at the target level
    effort_class: str  #: of the question in its checklist: what the real days are compared by
    own_estimate: bool = False  #: planned from the team's own three points, so it says nothing of the class
    class_values_id: str = ""  #: the adopted class values it was planned with, "" for the checklist's own
    state: str = OPEN  #: "open", "done" or "dropped"
    actual_days: float | None = None  #: what it really took, once done
    friction_gone: bool | None = None  #: whether the extra work went away; None = nobody could tell, or not done
    reason: str = ""  #: why it was dropped
    closed_at: str | None = None  #: when it was done or dropped
    made_at: str
    made_by: str
    changed_at: str
    changed_by: str
    rev: int = 1

    def overdue(self, today: date) -> bool:
        """Whether it is still open after the day it was due."""
        return self.state == OPEN and self.due is not None and self.due < today


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionEvent:
    """One entry of an action's history: what it said from this revision on."""

    action_id: str
    rev: int
    what: str  #: "planned", "changed", "done", "dropped", "reopened" or "undone"
    title: str
    owner: str
    due: date | None
    link: str
    state: str
    actual_days: float | None
    friction_gone: bool | None
    reason: str
    closed_at: str | None
    changed_at: str
    changed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateRecord:
    """One version of what a team says of a question's effort and friction; with neither it is a taking back."""

    question_id: str
    effort: ThreePoints | None = None  #: from the worst level to none, person-days
    friction: ThreePoints | None = None  #: at the worst level, person-days per quarter
    rev: int = 0
    changed_at: str
    changed_by: str

    @property
    def cleared(self) -> bool:
        """Whether the class values count again."""
        return self.effort is None and self.friction is None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSettings:
    """How a team plans for one system. Revision 0: nobody has set anything yet."""

    budget_days: float = 15.0  #: person-days
    horizon_quarters: int = 4
    pinned: frozenset[str] = frozenset()  #: question ids that are in the plan whatever they bring
    excluded: frozenset[str] = frozenset()  #: question ids that are not
    targets: Mapping[str, int] = field(default_factory=dict)  #: level to reach by question id, where it is not 0
    rebuild_days: float | None = None  #: person-days to build the system anew, where somebody entered them
    rev: int = 0
    changed_at: str = ""
    changed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassValuesRecord:
    """One version of the class values a team goes by for a pack. `class_values_id` is the content's hash."""

    team: str
    pack: str  #: name of the checklist whose classes these are
    class_values_id: str  #: "" = back to the checklist's own
    body: str  #: canonical JSON, "" where it is back to the checklist's own
    rev: int
    changed_at: str
    changed_by: str


class PlanRecords:
    """What one organisation plans, inside one transaction; reached as `Records.plans` and used at once.

    Actions have a current row for boards and lists, and a history beside it. Estimates, settings and class values are
    kept as versions alone: the highest revision counts, nothing is overwritten, and a save that did not see the
    newest finds its number taken.
    """

    def __init__(self, session: Session, org_id: str) -> None:
        self._session = session
        self._org = org_id

    # --- actions ----------------------------------------------------------------------------------------------------

    def add_action(self, record: ActionRecord) -> ActionRecord:
        """Keep a new action, one open for a question of a system. Raises AlreadyThere with that one, NotFound."""
        self._know_system(record.system_id)
        kept = replace(record, rev=1)
        added = self._execute(
            f"INSERT INTO action ({', '.join(_ACTION_COLUMNS)})"  # noqa: S608  (columns of our own)
            f" VALUES ({', '.join(f':{column}' for column in _ACTION_COLUMNS)}) ON CONFLICT DO NOTHING",
            **_action_values(kept),
        )
        if added != 1:
            raise AlreadyThere(
                f"There is an open action for {record.question_id} already: change that one, or drop it first.",
                existing=self.open_action(record.system_id, record.question_id),
            )
        self._add_event(kept, "planned")
        return kept

    def change_action(self, record: ActionRecord, expected_rev: int, what: str) -> ActionRecord:
        """Keep what is now said of an action, if nobody changed it since; what was promised stays as it was.

        Saving what stands already changes nothing, whatever `expected_rev` says. Raises NotFound, Conflict with the
        current record, and AlreadyThere when it is opened again while another one is open for its question.
        """
        current = self.action(record.action_id)
        if current is None or current.system_id != record.system_id:
            raise _no_action()
        if _content(current) == _content(record):
            return current
        if current.rev != expected_rev:
            raise _action_overtaken(current)
        if record.state == OPEN and current.state != OPEN:
            other = self.open_action(current.system_id, current.question_id)
            if other is not None:
                raise AlreadyThere(
                    f"Meanwhile there is another open action for {current.question_id}: go on with that one.",
                    existing=other,
                )
        changes = _content(record) | {"changed_at": record.changed_at, "changed_by": record.changed_by}
        changed = self._query(
            f"UPDATE action SET rev = rev + 1, {', '.join(f'{column} = :{column}' for column in changes)}"  # noqa: S608
            " WHERE org_id = :org_id AND action_id = :action_id AND rev = :expected_rev RETURNING *",
            action_id=record.action_id,
            expected_rev=expected_rev,
            **changes,
        )
        if not changed:
            raise _action_overtaken(self.action(record.action_id))
        kept = _action(changed[0])
        self._add_event(kept, what)
        return kept

    def action(self, action_id: str) -> ActionRecord | None:
        """The action with that id."""
        rows = self._query(
            "SELECT * FROM action WHERE org_id = :org_id AND action_id = :action_id", action_id=action_id
        )
        return _action(rows[0]) if rows else None

    def open_action(self, system_id: str, question_id: str) -> ActionRecord | None:
        """The open action for a question of a system."""
        rows = self._query(
            "SELECT * FROM action WHERE org_id = :org_id AND system_id = :system_id AND question_id = :question_id"
            " AND state = 'open'",
            system_id=system_id,
            question_id=question_id,
        )
        return _action(rows[0]) if rows else None

    def actions_of(self, system_id: str) -> list[ActionRecord]:
        """The actions of a system: open ones by the day they are due, then the closed ones, latest first."""
        rows = self._query(
            "SELECT * FROM action WHERE org_id = :org_id AND system_id = :system_id", system_id=system_id
        )
        return _in_order(rows)

    def actions(self) -> list[ActionRecord]:
        """The actions of all systems in use, in the order of `actions_of`."""
        rows = self._query(
            "SELECT action.* FROM action JOIN system ON system.org_id = action.org_id"
            " AND system.system_id = action.system_id AND system.retired_at IS NULL WHERE action.org_id = :org_id"
        )
        return _in_order(rows)

    def done_actions(self, team: str | None = None) -> list[ActionRecord]:
        """The actions that were done, of one team (as its systems are today) or of all, earliest first."""
        of_team = "" if team is None else " AND system.team = :team"
        rows = self._query(
            "SELECT action.* FROM action JOIN system ON system.org_id = action.org_id"  # noqa: S608
            " AND system.system_id = action.system_id"
            f" WHERE action.org_id = :org_id AND action.state = 'done'{of_team}"
            " ORDER BY action.closed_at, action.action_id",
            **({} if team is None else {"team": team}),
        )
        return [_action(row) for row in rows]

    def action_history(self, action_id: str) -> list[ActionEvent]:
        """Everything an action ever said, oldest first."""
        rows = self._query(
            "SELECT * FROM action_event WHERE org_id = :org_id AND action_id = :action_id ORDER BY rev",
            action_id=action_id,
        )
        return [_event(row) for row in rows]

    def promised_between(self, first: date, last: date) -> dict[str, tuple[ActionRecord, list[ActionEvent]]]:
        """The actions that were ever due from `first` to `last`, by id, each with its whole history, oldest first.

        Also those of systems that are out of use by now, and those that were given another day since.
        """
        due = "(SELECT action_id FROM action_event WHERE org_id = :org_id AND due BETWEEN :first AND :last)"
        days = {"first": first.isoformat(), "last": last.isoformat()}
        actions = self._query(f"SELECT * FROM action WHERE org_id = :org_id AND action_id IN {due}", **days)  # noqa: S608
        events = self._query(
            f"SELECT * FROM action_event WHERE org_id = :org_id AND action_id IN {due} ORDER BY action_id, rev",  # noqa: S608
            **days,
        )
        found: dict[str, tuple[ActionRecord, list[ActionEvent]]] = {
            row["action_id"]: (_action(row), []) for row in actions
        }
        for row in events:
            found[row["action_id"]][1].append(_event(row))
        return found

    def _add_event(self, record: ActionRecord, what: str) -> None:
        values = _content(record) | {
            "system_id": record.system_id,
            "action_id": record.action_id,
            "rev": record.rev,
            "what": what,
            "changed_at": record.changed_at,
            "changed_by": record.changed_by,
        }
        self._execute(
            f"INSERT INTO action_event (org_id, {', '.join(values)})"  # noqa: S608
            f" VALUES (:org_id, {', '.join(f':{column}' for column in values)})",
            **values,
        )

    # --- estimates --------------------------------------------------------------------------------------------------

    def estimates(self, system_id: str) -> dict[str, EstimateRecord]:
        """The estimates that stand for a system, by question id; those taken back are absent."""
        rows = self._query(
            "SELECT * FROM team_estimate WHERE org_id = :org_id AND system_id = :system_id ORDER BY question_id, rev",
            system_id=system_id,
        )
        newest = {row["question_id"]: _estimate(row) for row in rows}
        return {question: record for question, record in newest.items() if not record.cleared}

    def estimate_history(self, system_id: str, question_id: str) -> list[EstimateRecord]:
        """Every estimate a question had in a system, oldest first, takings back included."""
        rows = self._query(
            "SELECT * FROM team_estimate WHERE org_id = :org_id AND system_id = :system_id"
            " AND question_id = :question_id ORDER BY rev",
            system_id=system_id,
            question_id=question_id,
        )
        return [_estimate(row) for row in rows]

    def save_estimate(self, system_id: str, record: EstimateRecord, expected_rev: int) -> EstimateRecord:
        """Keep a new version of an estimate; one with neither effort nor friction takes the last one back.

        `expected_rev` is the revision that was seen, 0 where none stood. Saving what stands changes nothing.
        Raises Conflict with what stands (None where it was taken back), NotFound.
        """
        self._know_system(system_id)
        history = self.estimate_history(system_id, record.question_id)
        current = history[-1] if history else None
        if current is not None and (current.effort, current.friction) == (record.effort, record.friction):
            return current
        unset = current is None or current.cleared
        seen = current is not None and current.rev == expected_rev
        if not seen and not (unset and expected_rev == 0):
            raise _estimate_overtaken(record.question_id, current)
        kept = replace(record, rev=(current.rev if current else 0) + 1)
        added = self._add_version(
            "team_estimate",
            {
                "system_id": system_id,
                "question_id": record.question_id,
                "rev": kept.rev,
                **_points("effort", record.effort),
                **_points("friction", record.friction),
                "changed_at": record.changed_at,
                "changed_by": record.changed_by,
            },
        )
        if not added:
            raise _estimate_overtaken(record.question_id, None)
        return kept

    # --- settings ---------------------------------------------------------------------------------------------------

    def settings(self, system_id: str) -> PlanSettings:
        """The settings that stand for a system; revision 0 where nobody has set any."""
        versions = self.settings_history(system_id, limit=1)
        return versions[0] if versions else PlanSettings()

    def settings_history(self, system_id: str, limit: int) -> list[PlanSettings]:
        """The newest versions of a system's settings, newest first, at most `limit`."""
        rows = self._query(
            "SELECT * FROM plan_setting WHERE org_id = :org_id AND system_id = :system_id ORDER BY rev DESC"
            " LIMIT :limit",
            system_id=system_id,
            limit=limit,
        )
        return [_settings(row) for row in rows]

    def save_settings(
        self, system_id: str, settings: PlanSettings, expected_rev: int, at: str, by: str
    ) -> PlanSettings:
        """Keep a new version of a system's settings. Raises Conflict with what stands, NotFound.

        Saving what stands changes nothing, whatever `expected_rev` says.
        """
        self._know_system(system_id)
        current = self.settings(system_id)
        kept = replace(settings, rev=current.rev + 1, changed_at=at, changed_by=by)
        if current.rev and replace(kept, rev=0, changed_at="", changed_by="") == replace(
            current, rev=0, changed_at="", changed_by=""
        ):
            return current
        if current.rev != expected_rev or not self._add_version(
            "plan_setting",
            {
                "system_id": system_id,
                "rev": kept.rev,
                "budget_days": kept.budget_days,
                "horizon_quarters": kept.horizon_quarters,
                "pinned": _names_text(kept.pinned),
                "excluded": _names_text(kept.excluded),
                "targets": json.dumps(dict(kept.targets), sort_keys=True, separators=(",", ":")),
                "rebuild_days": kept.rebuild_days,
                "changed_at": at,
                "changed_by": by,
            },
        ):
            who = f"{current.changed_by} changed" if current.changed_by else "Somebody changed"
            raise Conflict(f"{who} the settings of this plan meanwhile; look at them again.", current=current)
        return kept

    # --- class values -----------------------------------------------------------------------------------------------

    def class_values(self, team: str, pack: str) -> ClassValuesRecord | None:
        """The class values a team goes by; None while it goes by the checklist's own."""
        history = self.class_values_history(team, pack)
        return history[-1] if history and history[-1].class_values_id else None

    def class_values_history(self, team: str, pack: str) -> list[ClassValuesRecord]:
        """Every version of the class values a team went by, oldest first."""
        rows = self._query(
            "SELECT team, pack, class_values_id, body, rev, changed_at, changed_by FROM class_values"
            " WHERE org_id = :org_id AND team = :team AND pack = :pack ORDER BY rev",
            team=team,
            pack=pack,
        )
        return [ClassValuesRecord(**row) for row in rows]

    def adopt_class_values(  # noqa: PLR0917  (six things, named at the call)
        self, team: str, pack: str, body: str, expected_rev: int, at: str, by: str
    ) -> ClassValuesRecord:
        """Keep a new version of a team's class values; an empty `body` goes back to the checklist's own.

        `expected_rev` is the revision that was seen, 0 where none was. Adopting what stands changes nothing.
        Raises Conflict with what stands, NotFound for a team that never had a system.
        """
        if not self._query("SELECT 1 FROM team WHERE org_id = :org_id AND team = :team", team=team):
            raise NotFound("There is no such team; the portfolio lists those there are.")
        history = self.class_values_history(team, pack)
        current = history[-1] if history else None
        if current is not None and current.body == body:
            return current
        kept = ClassValuesRecord(
            team=team,
            pack=pack,
            class_values_id=hashlib.sha256(body.encode()).hexdigest() if body else "",
            body=body,
            rev=(current.rev if current else 0) + 1,
            changed_at=at,
            changed_by=by,
        )
        if expected_rev != kept.rev - 1 or not self._add_version(
            "class_values",
            {
                "team": team,
                "pack": pack,
                "rev": kept.rev,
                "class_values_id": kept.class_values_id,
                "body": body,
                "changed_at": at,
                "changed_by": by,
            },
        ):
            raise Conflict(f"The class values of {team} were changed meanwhile; look at them again.", current=current)
        return kept

    # --- upkeep -----------------------------------------------------------------------------------------------------

    def remove_demonstration(self) -> None:
        """Delete what belongs to the demonstration's systems, and the class values of teams that have only those."""
        systems = "(SELECT system_id FROM system WHERE org_id = :org_id AND demonstration = 1)"
        for table in ("action_event", "action", "team_estimate", "plan_setting"):
            self._execute(f"DELETE FROM {table} WHERE org_id = :org_id AND system_id IN {systems}")  # noqa: S608
        self._execute(
            "DELETE FROM class_values WHERE org_id = :org_id"
            " AND team IN (SELECT team FROM system WHERE org_id = :org_id AND demonstration = 1)"
            " AND team NOT IN (SELECT team FROM system WHERE org_id = :org_id AND demonstration = 0)"
        )

    def faults(self) -> list[str]:
        """Every action that is not what its history says, and class values that have not their hash, in words."""
        found = [
            f"The action {row['action_id']} on {row['question_id']} is not what its history says."
            for row in self._query(_ACTIONS_OFF_HISTORY)
        ]
        found += [
            f"Version {row['rev']} of {row['team']}'s class values was changed after it was adopted."
            for row in self._query(
                "SELECT team, rev, class_values_id, body FROM class_values WHERE org_id = :org_id"
                " ORDER BY team, pack, rev"
            )
            if row["class_values_id"] != (hashlib.sha256(row["body"].encode()).hexdigest() if row["body"] else "")
        ]
        return found

    # --- inside -----------------------------------------------------------------------------------------------------

    def _query(self, sql: str, **parameters: Any) -> list[Row]:
        return self._session.query(sql, {"org_id": self._org, **parameters})

    def _execute(self, sql: str, **parameters: Any) -> int:
        return self._session.execute(sql, {"org_id": self._org, **parameters})

    def _add_version(self, table: str, values: dict[str, Any]) -> bool:
        """Add a version; False when somebody else has taken its number meanwhile."""
        added = self._execute(
            f"INSERT INTO {table} (org_id, {', '.join(values)})"  # noqa: S608  (names of our own)
            f" VALUES (:org_id, {', '.join(f':{column}' for column in values)}) ON CONFLICT DO NOTHING",
            **values,
        )
        return added == 1

    def _know_system(self, system_id: str) -> None:
        if not self._query(
            "SELECT 1 FROM system WHERE org_id = :org_id AND system_id = :system_id", system_id=system_id
        ):
            raise NotFound(f"There is no system with the id '{system_id}'.")


#: What may change in an action after it was made; all else is what was promised.
_CONTENT = ("title", "owner", "due", "link", "state", "actual_days", "friction_gone", "reason", "closed_at")
_ACTION_COLUMNS = (
    "org_id",
    "action_id",
    "system_id",
    "period",
    "assessment_id",
    "question_id",
    "target",
    "planned_days",
    "benefit_days",
    "horizon_quarters",
    "debt_before",
    "debt_target",
    "effort_class",
    "own_estimate",
    "class_values_id",
    *_CONTENT,
    "made_at",
    "made_by",
    "changed_at",
    "changed_by",
    "rev",
)

_ACTIONS_OFF_HISTORY = """
WITH history AS (
  SELECT org_id, action_id, count(*) AS entries, max(rev) AS newest
  FROM action_event WHERE org_id = :org_id GROUP BY org_id, action_id
)
SELECT action.action_id, action.question_id FROM action
LEFT JOIN history ON history.org_id = action.org_id AND history.action_id = action.action_id
LEFT JOIN action_event event ON event.org_id = action.org_id AND event.action_id = action.action_id
  AND event.rev = action.rev
WHERE action.org_id = :org_id AND (event.rev IS NULL OR history.entries <> action.rev OR history.newest <> action.rev
  OR event.system_id <> action.system_id OR event.title <> action.title OR event.owner <> action.owner
  OR coalesce(event.due, '') <> coalesce(action.due, '') OR event.link <> action.link OR event.state <> action.state
  OR coalesce(event.actual_days, -1) <> coalesce(action.actual_days, -1)
  OR coalesce(event.friction_gone, -1) <> coalesce(action.friction_gone, -1) OR event.reason <> action.reason
  OR coalesce(event.closed_at, '') <> coalesce(action.closed_at, '')
  OR event.changed_at <> action.changed_at OR event.changed_by <> action.changed_by)
ORDER BY 1
"""


def _no_action() -> NotFound:
    return NotFound("There is no such action; the plan lists those there are.")


def _action_overtaken(current: ActionRecord | None) -> Conflict:
    if current is None:
        return Conflict("The action was changed by someone else meanwhile; look at it again.")
    return Conflict(
        f"{current.changed_by} changed this action at {_when(current.changed_at)}; look at it and choose again.",
        current=current,
    )


def _estimate_overtaken(question_id: str, current: EstimateRecord | None) -> Conflict:
    if current is None:
        return Conflict(f"The estimate for {question_id} was changed by someone else meanwhile; look at it again.")
    did = "took back" if current.cleared else "changed"
    return Conflict(
        f"{current.changed_by} {did} the estimate for {question_id} at {_when(current.changed_at)}; look at it again.",
        current=None if current.cleared else current,
    )


def _when(moment: str) -> str:
    """A moment for a sentence: the store knows no time zone but UTC."""
    return f"{moment[11:16]} UTC on {moment[:10]}"


def _names_text(names: Iterable[str]) -> str:
    return json.dumps(sorted(names), ensure_ascii=False, separators=(",", ":"))


def _content(record: ActionRecord) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in _CONTENT}
    return values | {
        "due": None if record.due is None else record.due.isoformat(),
        "friction_gone": None if record.friction_gone is None else int(record.friction_gone),
    }


def _action_values(record: ActionRecord) -> dict[str, Any]:
    values = {column: getattr(record, column) for column in _ACTION_COLUMNS if column != "org_id"}
    return values | {"own_estimate": int(record.own_estimate)} | _content(record)


def _content_fields(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in _CONTENT} | {
        "due": None if row["due"] is None else date.fromisoformat(row["due"]),
        "friction_gone": None if row["friction_gone"] is None else bool(row["friction_gone"]),
    }


def _action(row: Row) -> ActionRecord:
    values = {column: row[column] for column in _ACTION_COLUMNS if column != "org_id"}
    return ActionRecord(**values | {"own_estimate": bool(row["own_estimate"])} | _content_fields(row))


def _in_order(rows: Iterable[Row]) -> list[ActionRecord]:
    found = sorted((_action(row) for row in rows), key=lambda action: (action.closed_at or "", action.action_id))
    pending = [action for action in found if action.state == OPEN]
    closed = [action for action in found if action.state != OPEN]
    return sorted(pending, key=lambda action: (action.due or date.max, action.made_at)) + closed[::-1]


def _event(row: Row) -> ActionEvent:
    names = ("action_id", "rev", "what", "changed_at", "changed_by")
    return ActionEvent(**{name: row[name] for name in names} | _content_fields(row))


def _points(kind: str, points: ThreePoints | None) -> dict[str, float | None]:
    names = (f"{kind}_low", f"{kind}_likely", f"{kind}_high")
    return dict.fromkeys(names) if points is None else dict(zip(names, points, strict=True))


def _three_points(row: Row, kind: str) -> ThreePoints | None:
    if row[f"{kind}_likely"] is None:
        return None
    return row[f"{kind}_low"], row[f"{kind}_likely"], row[f"{kind}_high"]


def _estimate(row: Row) -> EstimateRecord:
    return EstimateRecord(
        question_id=row["question_id"],
        effort=_three_points(row, "effort"),
        friction=_three_points(row, "friction"),
        rev=row["rev"],
        changed_at=row["changed_at"],
        changed_by=row["changed_by"],
    )


def _settings(row: Row) -> PlanSettings:
    return PlanSettings(
        budget_days=row["budget_days"],
        horizon_quarters=row["horizon_quarters"],
        pinned=frozenset(json.loads(row["pinned"])),
        excluded=frozenset(json.loads(row["excluded"])),
        targets=json.loads(row["targets"]),
        rebuild_days=row["rebuild_days"],
        rev=row["rev"],
        changed_at=row["changed_at"],
        changed_by=row["changed_by"],
    )

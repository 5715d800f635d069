"""Promises kept: what was to be done by a quarter, what became of it, and what the next sealed score says of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from operations.actions import TAKEN_BACK
from operations.authorize import Action, Actor, permitted
from operations.periods import first_day, last_day, period_of, preceding, read_period
from operations.systems import find_system
from operations.undoing import not_undone
from operations.workplace import Workplace
from store.plan_records import DONE, DROPPED, ActionEvent, ActionRecord
from store.records import Records, SystemRecord

STOOD_AT_LEAST = timedelta(days=1)  #: a day that was corrected sooner was a slip, not a promise


class Outcome(StrEnum):
    """What became of a promise."""

    KEPT = "kept"  #: done, on its day or before
    LATE = "late"  #: done, after its day
    DROPPED = "dropped"  #: given up, or its system is out of use
    OPEN = "open"  #: still to be done


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRow:
    """One action that was to be done by a day of the quarter. Debts are those of its question, 0..1."""

    action: ActionRecord
    system: SystemRecord
    due: date  #: the day it was promised for, in the quarter; `action.due` is what stands now
    outcome: Outcome
    closed_on: date | None  #: the day it was done or dropped
    measured: float | None  #: debt avoided, as the first sealed score after it was done shows; None = not measured yet
    measured_in: str | None  #: the quarter of that score

    @property
    def promised(self) -> float:
        """The debt it was to take away from its question."""
        return self.action.debt_before - self.action.debt_target

    @property
    def moved_to(self) -> date | None:
        """The day it was put off to, beyond the one promised."""
        return self.action.due if self.action.due is not None and self.action.due > self.due else None

    def overdue(self, today: date) -> bool:
        """Whether it is still open after the day it was promised for."""
        return self.outcome is Outcome.OPEN and self.due < today


@dataclass(frozen=True, kw_only=True)
class Promises:
    """The promises of a quarter, as they stand today: the broken ones first, then by the day they were due."""

    period: str
    today: date
    rows: tuple[PromiseRow, ...]

    @property
    def due(self) -> int:
        """How many there are."""
        return len(self.rows)

    @cached_property
    def _counts(self) -> Mapping[Outcome, int]:
        return {outcome: sum(row.outcome is outcome for row in self.rows) for outcome in Outcome}

    @property
    def kept(self) -> int:
        """Done in time."""
        return self._counts[Outcome.KEPT]

    @property
    def late(self) -> int:
        """Done after their day."""
        return self._counts[Outcome.LATE]

    @property
    def dropped(self) -> int:
        """Given up."""
        return self._counts[Outcome.DROPPED]

    @property
    def open(self) -> int:
        """Still to be done, whether their day has come or not."""
        return self._counts[Outcome.OPEN]

    @property
    def overdue(self) -> int:
        """Of the open ones, those whose day has passed."""
        return sum(row.overdue(self.today) for row in self.rows)

    @property
    def done(self) -> tuple[PromiseRow, ...]:
        """Those that were done, in time or late."""
        return tuple(row for row in self.rows if row.outcome in {Outcome.KEPT, Outcome.LATE})

    @property
    def measured(self) -> tuple[PromiseRow, ...]:
        """Those done of which a sealed score tells the effect."""
        return tuple(row for row in self.done if row.measured is not None)


_ORDER = (Outcome.OPEN, Outcome.DROPPED, Outcome.LATE, Outcome.KEPT)


@permitted(Action.READ)
def read_promises(
    workplace: Workplace, actor: Actor, *, period: str | None = None, system_id: str | None = None, team: str = ""
) -> Promises:
    """The promises of a quarter, by default the last one that is over: of all systems, of a team's or of one.

    An action is a promise of the quarter when it was due in it, as said before the quarter began or while it ran. One
    that was given a later day in the meantime is still a promise of the first quarter, and of the later one as well;
    one whose day was corrected within a day was not. What was saved by mistake and taken back promised nothing.
    Raises InvalidInput for what is no quarter, NotFound for a system that is not there.

    What was found out is remembered until the database changes.
    """
    today = workplace.today()
    quarter = preceding(period_of(today)) if period is None else read_period(period)

    def work(records: Records) -> tuple[PromiseRow, ...]:
        if system_id is not None:
            find_system(records, system_id)
        systems = {
            system.system_id: system
            for system in records.systems(include_retired=True)
            if (not team or system.team == team) and (system_id is None or system.system_id == system_id)
        }
        first, last = first_day(quarter), last_day(quarter)
        sealed = _Sealed(records)
        rows = []
        for action, events in records.plans.promised_between(first, last).values():
            system = systems.get(action.system_id)
            due = None if system is None else _promised_day(workplace, action, events, first, last)
            if system is not None and due is not None:
                rows.append(_row(workplace, sealed, action, system, due))
        return tuple(sorted(rows, key=_order))

    return workplace.memory.recall(
        ("promises", actor, today, quarter, system_id, team),
        workplace.store.version,
        lambda: Promises(period=quarter, today=today, rows=workplace.store.read(work)),
    )


def _order(row: PromiseRow) -> tuple[int, date, str, str]:
    return _ORDER.index(row.outcome), row.due, row.system.name, row.action.action_id


def _promised_day(
    workplace: Workplace, action: ActionRecord, events: Iterable[ActionEvent], first: date, last: date
) -> date | None:
    """The day of the quarter an action was promised for: the last one that stood in it; None when there was none."""
    if action.state == DROPPED and action.reason == TAKEN_BACK:
        return None
    closed = None if action.closed_at is None else workplace.day_of(action.closed_at)
    if action.state == DROPPED and closed is not None and closed < first:
        return None  # decided anew before the quarter began
    standing = not_undone(events)
    promised = None
    for event, follower in zip(standing, [*standing[1:], None], strict=True):
        if event.due is None or not first <= event.due <= last:
            continue
        if follower is None or _counts(workplace, event, follower, first):
            promised = event.due
    return promised


def _counts(workplace: Workplace, event: ActionEvent, follower: ActionEvent, first: date) -> bool:
    """Whether what was said until somebody said otherwise is a promise: it stood in the quarter, for a day at least."""
    stood = datetime.fromisoformat(follower.changed_at) - datetime.fromisoformat(event.changed_at)
    return workplace.day_of(follower.changed_at) >= first and stood >= STOOD_AT_LEAST


def _row(workplace: Workplace, sealed: _Sealed, action: ActionRecord, system: SystemRecord, due: date) -> PromiseRow:
    closed_on = None if action.closed_at is None else workplace.day_of(action.closed_at)
    outcome = Outcome.OPEN
    if action.state == DROPPED or (action.state != DONE and system.retired_at is not None):
        outcome = Outcome.DROPPED
    elif closed_on is not None:
        outcome = Outcome.KEPT if closed_on <= due else Outcome.LATE
    measured, measured_in = sealed.effect(action)
    return PromiseRow(
        action=action,
        system=system,
        due=due,
        outcome=outcome,
        closed_on=closed_on,
        measured=measured,
        measured_in=measured_in,
    )


class _Sealed:
    """What sealed scores say of the questions of actions that were done; each is read once."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._quarters: dict[str, list[tuple[str, str, str]]] = {}
        self._debts: dict[str, Mapping[str, float]] = {}

    def effect(self, action: ActionRecord) -> tuple[float | None, str | None]:
        """How far the debt of its question fell, and in which quarter's score; (None, None) where none knows yet."""
        if action.state != DONE or action.closed_at is None:
            return None, None
        for sealed_at, period, assessment_id in self._sealed_of(action.system_id):
            debt = self._debts_in(assessment_id).get(action.question_id) if sealed_at >= action.closed_at else None
            if debt is not None:
                return action.debt_before - debt, period
        return None, None

    def _sealed_of(self, system_id: str) -> Sequence[tuple[str, str, str]]:
        if system_id not in self._quarters:
            self._quarters[system_id] = [
                (assessment.closed_at, assessment.period, assessment.assessment_id)
                for assessment in self._records.assessments_of(system_id)
                if assessment.closed_at is not None
            ]
        return self._quarters[system_id]

    def _debts_in(self, assessment_id: str) -> Mapping[str, float]:
        """The debt of each question that was known when this quarter was sealed."""
        if assessment_id not in self._debts:
            snapshot = self._records.snapshot(assessment_id)
            questions = json.loads(snapshot.document)["score"]["questions"] if snapshot is not None else []
            self._debts[assessment_id] = {one["id"]: one["debt"] for one in questions if one["known"]}
        return self._debts[assessment_id]


@permitted(Action.READ)
def measure_actions(
    workplace: Workplace, _actor: Actor, *, actions: Sequence[ActionRecord]
) -> Mapping[str, tuple[float, str]]:
    """By how much the debt of its question fell, and in which quarter's sealed score, for each action that was done.

    Those whose effect no sealed score tells yet are absent.
    """

    def work(records: Records) -> dict[str, tuple[float, str]]:
        sealed = _Sealed(records)
        found = {}
        for action in actions:
            measured, period = sealed.effect(action)
            if measured is not None and period is not None:
                found[action.action_id] = (measured, period)
        return found

    return workplace.store.read(work)

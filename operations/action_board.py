"""All actions of the portfolio: who does what by when, which are overdue, and the one that a link names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from operations.actions import NO_SUCH_ACTION
from operations.authorize import Action, Actor, permitted
from operations.errors import NotFound
from operations.periods import following, last_day, period_of
from operations.workplace import Workplace
from store.plan_records import DONE, DROPPED, OPEN, ActionEvent, ActionRecord
from store.records import Records, SystemRecord

OVERDUE = "overdue"  #: of the open ones, those whose day has passed
STATES = (OPEN, OVERDUE, DONE, DROPPED)
THIS_QUARTER, NEXT_QUARTER, LATER, NO_DAY = "this quarter", "next quarter", "later", "no date"
DUES = (OVERDUE, THIS_QUARTER, NEXT_QUARTER, LATER, NO_DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One action with the system it repays and how much is said about it."""

    action: ActionRecord
    system: SystemRecord
    comments: int
    today: date

    @property
    def overdue(self) -> bool:
        """Whether it is still open after its day."""
        return self.action.overdue(self.today)

    @property
    def due(self) -> str:
        """When it is due, as one of DUES; of a closed one the quarter counts, not whether it was late."""
        if self.action.due is None:
            return NO_DAY
        if self.overdue:
            return OVERDUE
        quarter = period_of(self.today)
        if self.action.due <= last_day(quarter):
            return THIS_QUARTER
        return NEXT_QUARTER if self.action.due <= last_day(following(quarter)) else LATER


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFilter:
    """Which actions are wanted; "" asks for all."""

    team: str = ""
    system_id: str = ""
    owner: str = ""
    nobody: bool = False  #: only those without an owner; `owner` does not count then
    state: str = ""  #: one of STATES
    due: str = ""  #: one of DUES

    def fits(self, row: BoardRow) -> bool:
        """Whether an action is wanted."""
        action = row.action
        return (
            self.team in {"", row.system.team}
            and self.system_id in {"", row.system.system_id}
            and (not action.owner if self.nobody else self.owner in {"", action.owner})
            and (not self.state or (row.overdue if self.state == OVERDUE else action.state == self.state))
            and (not self.due or (action.state == OPEN and row.due == self.due))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The actions of all systems in use: overdue first, then by the day they are due, then the closed, latest first."""

    today: date
    rows: tuple[BoardRow, ...]

    def only(self, wanted: ActionFilter) -> tuple[BoardRow, ...]:
        """Those that a filter lets through, in the same order."""
        return tuple(row for row in self.rows if wanted.fits(row))

    @property
    def teams(self) -> tuple[str, ...]:
        """The teams that have actions."""
        return _sorted({row.system.team for row in self.rows})

    @property
    def owners(self) -> tuple[str, ...]:
        """Everybody who has one."""
        return _sorted({row.action.owner for row in self.rows if row.action.owner})

    @property
    def systems(self) -> tuple[SystemRecord, ...]:
        """The systems that have actions, by name."""
        found = {row.system.system_id: row.system for row in self.rows}
        return tuple(sorted(found.values(), key=lambda system: (system.name.casefold(), system.team.casefold())))


def _sorted(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=lambda name: (name.casefold(), name)))


@permitted(Action.READ)
def read_board(workplace: Workplace, actor: Actor) -> Board:
    """The actions of all systems in use. What was found out is remembered until the database changes."""
    today = workplace.today()

    def work(records: Records) -> Sequence[BoardRow]:
        systems = {system.system_id: system for system in records.systems()}
        comments = records.comments.counts()
        return [
            BoardRow(
                action=action,
                system=systems[action.system_id],
                comments=comments.get(action.action_id, 0),
                today=today,
            )
            for action in records.plans.actions()
        ]

    # `actions` has them by their day already, the closed ones last: overdue ones come first by themselves
    return workplace.memory.recall(
        ("actions", actor, today),
        workplace.store.version,
        lambda: Board(today=today, rows=tuple(workplace.store.read(work))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionView:
    """One action with everything it ever said."""

    action: ActionRecord
    system: SystemRecord
    history: tuple[ActionEvent, ...]  #: oldest first


@permitted(Action.READ)
def read_action(workplace: Workplace, _actor: Actor, *, action_id: str) -> ActionView:
    """The action that a link names, also of a system out of use. Raises NotFound."""

    def work(records: Records) -> ActionView:
        action = records.plans.action(action_id)
        system = None if action is None else records.system(action.system_id)
        if action is None or system is None:
            raise NotFound(NO_SUCH_ACTION)
        history = records.plans.action_history(action_id)
        return ActionView(action=action, system=system, history=tuple(history))

    return workplace.store.read(work)

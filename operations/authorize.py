"""One place that decides: may this actor do this action on this resource? Every operation passes through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from operations.errors import Forbidden
from operations.workplace import Workplace

P = ParamSpec("P")
T = TypeVar("T")


class Action(StrEnum):
    """What can be asked for. One action may cover several operations of the same weight."""

    READ = "read"
    CREATE_SYSTEM = "create system"
    CHANGE_SYSTEM = "change system"
    OPEN_ASSESSMENT = "open assessment"
    ANSWER = "answer"
    ADD_EVIDENCE = "add evidence"
    PUSH_EVIDENCE = "push evidence"
    MANAGE_TOKENS = "manage tokens"
    DECIDE_FLOOR = "decide floor"
    CLOSE_ASSESSMENT = "close assessment"
    MOVE_ASSESSMENT = "move assessment"
    WITHDRAW_ASSESSMENT = "withdraw assessment"
    CHANGE_ORGANISATION = "change organisation"
    PLAN = "plan"
    KEEP_ACTIONS = "keep actions"
    COMMENT = "comment"
    CONNECT_SYSTEMS = "connect systems"
    SET_TARGETS = "set targets"
    WORD_REPORT = "word report"
    ADOPT_CLASS_VALUES = "adopt class values"
    FACILITATE = "facilitate"
    VOTE = "vote"
    EXPORT = "export"
    BACK_UP = "back up"
    VERIFY = "verify"
    LOAD_DEMONSTRATION = "load demonstration"
    REMOVE_DEMONSTRATION = "remove demonstration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts. In local mode everybody who reaches the loopback address is the local actor, under a display name.

    A collector with a token is an actor too: it may hand in evidence of one system, and nothing else. So is a guest
    who came into a workshop by its code: they may vote there, and nothing else.
    """

    name: str
    local: bool = False
    collects_for: str | None = None  #: the system whose evidence this collector may hand in; None for people
    votes_in: str | None = None  #: the workshop this guest may vote in, and nothing else


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What is acted on: an organisation, and inside it a system or an assessment where one is named."""

    org_id: str
    system_id: str | None = None
    assessment_id: str | None = None
    workshop_id: str | None = None


Rule = Callable[[Actor, Resource], bool]


def _local_only(actor: Actor, _resource: Resource) -> bool:
    """Local mode: whoever sits at the machine may do everything."""
    return actor.local


def _collector_of_the_system(actor: Actor, resource: Resource) -> bool:
    """A token opens one door: the evidence of the system it was made for."""
    return actor.collects_for is not None and actor.collects_for == resource.system_id


def _guest_of_the_workshop(actor: Actor, resource: Resource) -> bool:
    """A code opens one door: the vote it was made for."""
    return actor.votes_in is not None and actor.votes_in == resource.workshop_id


#: One rule an action; an action without a rule is denied. Roles of signed-in people will stand here.
RULES: Mapping[Action, Rule] = {
    **dict.fromkeys(Action, _local_only),
    Action.PUSH_EVIDENCE: _collector_of_the_system,
    Action.VOTE: _guest_of_the_workshop,
}

#: Every operation by "module.function", filled by @permitted.
OPERATIONS: dict[str, Action] = {}


def authorize(actor: Actor, action: Action, resource: Resource) -> None:
    """Raise Forbidden unless a rule allows `actor` to do `action` on `resource`."""
    rule = RULES.get(action)
    if rule is None or not rule(actor, resource):
        raise Forbidden("There is nothing here that you can open. Go back to the portfolio.")


def permitted(
    action: Action,
) -> Callable[[Callable[Concatenate[Workplace, Actor, P], T]], Callable[Concatenate[Workplace, Actor, P], T]]:
    """Mark a function as an operation: `authorize` runs before its body, with the ids among its keywords."""

    def mark(
        operation: Callable[Concatenate[Workplace, Actor, P], T],
    ) -> Callable[Concatenate[Workplace, Actor, P], T]:
        OPERATIONS[f"{operation.__module__}.{operation.__qualname__}"] = action

        @wraps(operation)
        def checked(workplace: Workplace, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> T:
            ids = {name: kwargs.get(name) for name in ("system_id", "assessment_id", "workshop_id")}
            named = {name: value if isinstance(value, str) else None for name, value in ids.items()}
            resource = Resource(org_id=workplace.org_id, **named)
            authorize(actor, action, resource)
            return operation(workplace, actor, *args, **kwargs)

        return checked

    return mark

"""Actions: repayments a team decided on, each with an owner and a date, what it promised and what it really took."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import isfinite

from operations.assessments import find_assessment
from operations.authorize import Action, Actor, permitted
from operations.class_values import class_values_of
from operations.errors import Conflict, InvalidInput, NotFound
from operations.scores import Scored, score_assessment
from operations.systems import find_system
from operations.undoing import not_undone
from operations.wording import LINE_MAX, NAME_MAX, NOTE_MAX, clean, clean_line, clean_tracker_link
from operations.workplace import Workplace
from scoring.aggregate import parameters_of
from scoring.plan_terms import BENEFIT_MAX_DAYS, DAYS_MAX, HORIZON_MAX_QUARTERS
from store.plan_records import DONE, DROPPED, OPEN, ActionEvent, ActionRecord
from store.records import Records

NO_SUCH_ACTION = "No such action. It may have been removed; the plan lists those there are."
DRAFTS_MAX = 200  #: actions saved at once: more than any checklist has questions
TAKEN_BACK = "Saved by mistake and taken back."


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDraft:
    """A repayment as a person decides on it, before it is checked. Everything typed in it is untrusted."""

    question_id: str
    title: str
    owner: str = ""
    due: date | None = None
    link: str = ""  #: into the team's tracker: http, https, mailto
    target: int = 0  #: the level to reach
    planned_days: float  #: what it is to cost, person-days
    benefit_days: float  #: interest it is to avoid over the horizon, person-days
    horizon_quarters: int = 4


def _days(days: float, field: str, most: float = DAYS_MAX) -> float:
    if isinstance(days, bool) or not isfinite(days) or not 0 <= days <= most:
        raise InvalidInput(field, f"{days} is not a number of days from 0 to {most:,.0f}")
    return float(days)


def _checked(draft: ActionDraft, scored: Scored) -> ActionDraft:
    """The draft as it may be kept. Raises InvalidInput."""
    result = scored.score.questions.get(draft.question_id)
    if result is None or not result.applies:
        raise InvalidInput("question", f"{draft.question_id[:20]!r} is not asked here, or does not apply")
    values = parameters_of(scored.checklist).values
    if type(draft.target) is not int or draft.target not in range(len(values)):
        raise InvalidInput("target", f"{draft.target!r} is not a level; choose 0 to {len(values) - 1}")
    if values[draft.target] >= result.debt:
        raise InvalidInput("target", f"{draft.question_id} owes no more than level {draft.target} already")
    if type(draft.horizon_quarters) is not int or not 1 <= draft.horizon_quarters <= HORIZON_MAX_QUARTERS:
        raise InvalidInput("horizon", f"{draft.horizon_quarters} is not 1 to {HORIZON_MAX_QUARTERS} quarters")
    return replace(
        draft,
        title=clean_line(draft.title, field="title", longest=LINE_MAX, required=True),
        owner=clean_line(draft.owner, field="owner", longest=NAME_MAX),
        link=clean_tracker_link(draft.link),
        planned_days=_days(draft.planned_days, "planned days"),
        benefit_days=_days(draft.benefit_days, "benefit", most=BENEFIT_MAX_DAYS),
    )


def _same(action: ActionRecord, draft: ActionDraft) -> bool:
    """Whether an action says what a draft says: a repeated click."""
    return (action.title, action.owner, action.due, action.link, action.target) == (
        draft.title, draft.owner, draft.due, draft.link, draft.target,
    ) and (action.planned_days, action.benefit_days, action.horizon_quarters) == (
        draft.planned_days, draft.benefit_days, draft.horizon_quarters,
    )  # fmt: skip


@permitted(Action.KEEP_ACTIONS)
def save_actions(
    workplace: Workplace, actor: Actor, *, assessment_id: str, drafts: Sequence[ActionDraft]
) -> tuple[ActionRecord, ...]:
    """Keep the chosen repayments as actions, all or none; the quarter they come from may be closed and stays as it is.

    Each action remembers the debt it started from and the class values in use. A repeated click changes nothing.
    Raises NotFound, InvalidInput, AlreadyThere when a question has another open action.
    """
    if not drafts:
        raise InvalidInput("actions", "nothing is chosen yet; choose at least one repayment")
    if len(drafts) > DRAFTS_MAX:
        raise InvalidInput("actions", f"{len(drafts)} at once are too many; at most {DRAFTS_MAX} are kept")

    def work(records: Records) -> tuple[ActionRecord, ...]:
        assessment = find_assessment(records, assessment_id)
        system = find_system(records, assessment.system_id)
        scored = score_assessment(workplace, records, assessment)
        estimates = records.plans.estimates(system.system_id)
        values = class_values_of(records, system.team, scored.checklist)
        kept = []
        for given in drafts:
            draft = _checked(given, scored)
            standing = records.plans.open_action(system.system_id, draft.question_id)
            if standing is not None and _same(standing, draft):
                kept.append(standing)
                continue
            estimate = estimates.get(draft.question_id)
            at = workplace.now()
            action = ActionRecord(
                action_id=workplace.new_id(),
                system_id=system.system_id,
                period=assessment.period,
                assessment_id=assessment_id,
                question_id=draft.question_id,
                title=draft.title,
                owner=draft.owner,
                due=draft.due,
                link=draft.link,
                target=draft.target,
                planned_days=draft.planned_days,
                benefit_days=draft.benefit_days,
                horizon_quarters=draft.horizon_quarters,
                debt_before=scored.score.questions[draft.question_id].debt,
                debt_target=parameters_of(scored.checklist).values[draft.target],
                effort_class=scored.checklist.questions[draft.question_id].effort,
                own_estimate=estimate is not None and estimate.effort is not None,
                class_values_id=values.class_values_id,
                made_at=at,
                made_by=actor.name,
                changed_at=at,
                changed_by=actor.name,
            )
            kept.append(records.plans.add_action(action))
            _audit(workplace, actor, records, "plan action", action)
        return tuple(kept)

    return workplace.store.write(work)


def _audit(workplace: Workplace, actor: Actor, records: Records, what: str, action: ActionRecord) -> None:
    records.audit(
        at=workplace.now(),
        actor=actor.name,
        action=what,
        subject=action.action_id,
        detail=f"{action.question_id} {action.title}",
    )


def find_action(records: Records, system_id: str, action_id: str) -> ActionRecord:
    """The action with this id, of this system. Raises NotFound, also for an action of another system."""
    action = records.plans.action(action_id)
    if action is None or action.system_id != system_id:
        raise NotFound(NO_SUCH_ACTION)
    return action


def _change(  # noqa: PLR0917  (three ids and a revision, as every change has them)
    workplace: Workplace,
    actor: Actor,
    system_id: str,
    action_id: str,
    expected_rev: int,
    change: Callable[[Records, ActionRecord], tuple[str, ActionRecord]],
) -> ActionRecord:
    """Put what `change` makes of an action in its place, with its word for the history and the audit trail."""

    def work(records: Records) -> ActionRecord:
        current = find_action(records, system_id, action_id)
        what, wanted = change(records, current)
        kept = records.plans.change_action(
            replace(wanted, changed_at=workplace.now(), changed_by=actor.name), expected_rev, what
        )
        if kept.rev != current.rev:
            _audit(workplace, actor, records, _AUDITED[what], kept)
        return kept

    return workplace.store.write(work)


_AUDITED = {
    "changed": "change action",
    "done": "close action",
    "dropped": "drop action",
    "reopened": "reopen action",
    "undone": "undo action",
}


@permitted(Action.KEEP_ACTIONS)
def change_action(
    workplace: Workplace,
    actor: Actor,
    *,
    system_id: str,
    action_id: str,
    title: str,
    owner: str,
    due: date | None,
    link: str,
    expected_rev: int,
) -> ActionRecord:
    """Say an action better, or give it another owner, day or link; what it promised stays.

    Raises NotFound, InvalidInput, Conflict when somebody else changed it since `expected_rev`.
    """

    def change(_records: Records, current: ActionRecord) -> tuple[str, ActionRecord]:
        return "changed", replace(
            current,
            title=clean_line(title, field="title", longest=LINE_MAX, required=True),
            owner=clean_line(owner, field="owner", longest=NAME_MAX),
            due=due,
            link=clean_tracker_link(link),
        )

    return _change(workplace, actor, system_id, action_id, expected_rev, change)


@permitted(Action.KEEP_ACTIONS)
def assign_action(
    workplace: Workplace, actor: Actor, *, system_id: str, action_id: str, owner: str, seen: str
) -> ActionRecord:
    """Give an action to somebody, or with "" to nobody; `seen` is the owner the person had before them.

    What others changed in it meanwhile stays as they left it. Raises NotFound, InvalidInput, Conflict when somebody
    else gave it to another one since.
    """
    wanted = clean_line(owner, field="owner", longest=NAME_MAX)
    return _change_one(
        workplace, actor, system_id, action_id, "owner", seen, lambda current: replace(current, owner=wanted)
    )


@permitted(Action.KEEP_ACTIONS)
def move_action(
    workplace: Workplace, actor: Actor, *, system_id: str, action_id: str, due: date | None, seen: date | None
) -> ActionRecord:
    """Say by when an action is to be done, None for no day; `seen` is the day the person had before them.

    What others changed in it meanwhile stays as they left it. Raises NotFound, Conflict when somebody else gave it
    another day since.
    """
    return _change_one(workplace, actor, system_id, action_id, "due", seen, lambda current: replace(current, due=due))


def _change_one(  # noqa: PLR0917  (ids, a field, what it was, and how it is to be)
    workplace: Workplace,
    actor: Actor,
    system_id: str,
    action_id: str,
    field: str,
    seen: str | date | None,
    change: Callable[[ActionRecord], ActionRecord],
) -> ActionRecord:
    """Change one thing that is said of an action, if it still is what was seen; a change elsewhere is no conflict."""

    def work(records: Records) -> ActionRecord:
        current = find_action(records, system_id, action_id)
        wanted = change(current)
        if getattr(current, field) == getattr(wanted, field):
            return current
        if getattr(current, field) != seen:
            raise Conflict(
                f"{current.changed_by} changed the {_FIELDS[field]} meanwhile; look at it and choose again.",
                current=current,
            )
        kept = records.plans.change_action(
            replace(wanted, changed_at=workplace.now(), changed_by=actor.name), current.rev, "changed"
        )
        _audit(workplace, actor, records, _AUDITED["changed"], kept)
        return kept

    return workplace.store.write(work)


_FIELDS = {"owner": "owner", "due": "day it is due"}


@permitted(Action.KEEP_ACTIONS)
def close_action(
    workplace: Workplace,
    actor: Actor,
    *,
    system_id: str,
    action_id: str,
    actual_days: float,
    friction_gone: bool | None,
    expected_rev: int,
) -> ActionRecord:
    """An action is done: how many person-days it really took, and whether the extra work went away (None = unclear).

    Saying it again with other numbers corrects them. Raises NotFound, InvalidInput, Conflict.
    """
    took = _days(actual_days, "days it took")

    def change(_records: Records, current: ActionRecord) -> tuple[str, ActionRecord]:
        if current.state == DROPPED:
            raise InvalidInput("action", "it was dropped; open it again before you close it as done")
        return "done", replace(
            current,
            state=DONE,
            actual_days=took,
            friction_gone=friction_gone,
            closed_at=current.closed_at or workplace.now(),
        )

    return _change(workplace, actor, system_id, action_id, expected_rev, change)


@permitted(Action.KEEP_ACTIONS)
def drop_action(
    workplace: Workplace, actor: Actor, *, system_id: str, action_id: str, reason: str, expected_rev: int
) -> ActionRecord:
    """Decide against an open action, and say why. Raises NotFound, InvalidInput, Conflict."""
    why = clean(reason, field="reason", longest=NOTE_MAX, required=True)

    def change(_records: Records, current: ActionRecord) -> tuple[str, ActionRecord]:
        if current.state == DONE:
            raise InvalidInput("action", "it is done; open it again before you drop it")
        return "dropped", replace(current, state=DROPPED, reason=why, closed_at=current.closed_at or workplace.now())

    return _change(workplace, actor, system_id, action_id, expected_rev, change)


@permitted(Action.KEEP_ACTIONS)
def reopen_action(
    workplace: Workplace, actor: Actor, *, system_id: str, action_id: str, expected_rev: int
) -> ActionRecord:
    """Go on with an action that was done or dropped; the history keeps what was said of it.

    Raises NotFound, Conflict, AlreadyThere when its question has another open action by now.
    """

    def change(_records: Records, current: ActionRecord) -> tuple[str, ActionRecord]:
        return "reopened", _opened(current)

    return _change(workplace, actor, system_id, action_id, expected_rev, change)


def _opened(action: ActionRecord) -> ActionRecord:
    return replace(action, state=OPEN, actual_days=None, friction_gone=None, reason="", closed_at=None)


@permitted(Action.KEEP_ACTIONS)
def undo_action(
    workplace: Workplace, actor: Actor, *, system_id: str, action_id: str, expected_rev: int
) -> ActionRecord:
    """Put back what stood before the last change of an action; one just saved is taken back, that is dropped.

    Raises NotFound, Conflict, AlreadyThere when its question has another open action by now.
    """

    def change(records: Records, current: ActionRecord) -> tuple[str, ActionRecord]:
        events = not_undone(records.plans.action_history(action_id))
        if len(events) < 2:
            return "undone", replace(_opened(current), state=DROPPED, reason=TAKEN_BACK, closed_at=workplace.now())
        before = events[-2]
        return "undone", replace(
            current,
            title=before.title,
            owner=before.owner,
            due=before.due,
            link=before.link,
            state=before.state,
            actual_days=before.actual_days,
            friction_gone=before.friction_gone,
            reason=before.reason,
            closed_at=before.closed_at,
        )

    return _change(workplace, actor, system_id, action_id, expected_rev, change)


@permitted(Action.READ)
def read_actions(workplace: Workplace, _actor: Actor, *, system_id: str | None = None) -> tuple[ActionRecord, ...]:
    """The actions of a system, or of all systems in use: open ones by the day they are due, then closed ones.

    Raises NotFound for a system that is not there.
    """

    def work(records: Records) -> tuple[ActionRecord, ...]:
        if system_id is None:
            return tuple(records.plans.actions())
        return tuple(records.plans.actions_of(find_system(records, system_id).system_id))

    return workplace.store.read(work)


@permitted(Action.READ)
def read_action_history(workplace: Workplace, _actor: Actor, *, system_id: str, action_id: str) -> list[ActionEvent]:
    """Everything an action ever said, oldest first. Raises NotFound."""

    def work(records: Records) -> list[ActionEvent]:
        return records.plans.action_history(find_action(records, system_id, action_id).action_id)

    return workplace.store.read(work)

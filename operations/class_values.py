"""What a team's classes cost: the checklist's own values, those a team adopted, and how its real days compare."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from checklists.checklist import Checklist, Classes
from checklists.reader import DEFAULT_PACK
from operations.assessments import find_assessment
from operations.authorize import Action, Actor, permitted
from operations.errors import InvalidInput
from operations.packs import offered_checklist
from operations.wording import NAME_MAX, clean_line
from operations.workplace import Workplace
from scoring.calibration import Calibration, ClosedAction, calibrate
from scoring.plan_terms import DAYS_MAX
from store.plan_records import ClassValuesRecord
from store.records import Records

GROWTH_MAX = 10.0  #: of interest per quarter, 10 = eleven times as much after one quarter


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassValues:
    """The class values a team goes by for a pack. Weights and what is critical are always the checklist's own."""

    team: str
    pack: str
    classes: Classes  #: as they count
    class_values_id: str  #: hash of what was adopted; "" = the checklist's own
    rev: int  #: to be given back when adopting others, 0 where nobody ever did
    adopted_at: str
    adopted_by: str


def class_values_of(records: Records, team: str, checklist: Checklist) -> ClassValues:
    """What counts for a team and a checklist: adopted values where it has some, the checklist's own elsewhere."""
    history = records.plans.class_values_history(team, checklist.id)
    newest = history[-1] if history else None
    adopted = newest is not None and bool(newest.body)
    return ClassValues(
        team=team,
        pack=checklist.id,
        classes=_over(checklist.classes, newest.body) if newest is not None and adopted else checklist.classes,
        class_values_id=newest.class_values_id if newest else "",
        rev=newest.rev if newest else 0,
        adopted_at=newest.changed_at if newest is not None and adopted else "",
        adopted_by=newest.changed_by if newest is not None and adopted else "",
    )


def _over(own: Classes, body: str) -> Classes:
    """Adopted values put over a checklist's own; letters it does not have are left out."""
    adopted: Mapping[str, Mapping[str, float]] = json.loads(body)

    def chosen(values: Mapping[str, float], kind: str) -> dict[str, float]:
        return {letter: adopted[kind].get(letter, value) for letter, value in values.items()}

    return replace(
        own,
        severity={
            letter: replace(one, loss_days=adopted["loss_days"].get(letter, one.loss_days))
            for letter, one in own.severity.items()
        },
        effort_days=chosen(own.effort_days, "effort_days"),
        friction_days=chosen(own.friction_days, "friction_days"),
        growth=chosen(own.growth, "growth"),
        provenance="adopted by the team",
    )


def _body(values: Classes, own: Classes) -> str:
    """The money side of class values as canonical JSON. Raises InvalidInput."""
    kinds: dict[str, tuple[Mapping[str, float], Mapping[str, Any], float]] = {
        "effort_days": (values.effort_days, own.effort_days, DAYS_MAX),
        "friction_days": (values.friction_days, own.friction_days, DAYS_MAX),
        "growth": (values.growth, own.growth, GROWTH_MAX),
        "loss_days": ({key: one.loss_days for key, one in values.severity.items()}, own.severity, DAYS_MAX),
    }
    for kind, (given, known, most) in kinds.items():
        for letter, value in given.items():
            if letter not in known:
                raise InvalidInput(kind, f"there is no class {letter[:20]!r}; there are {', '.join(known)}")
            if not isfinite(value) or not 0 <= value <= most:
                raise InvalidInput(f"{kind} {letter}", f"{value} is not between 0 and {most:g}")
    weighed = {key: (one.weight, one.critical) for key, one in own.severity.items()}
    if any((one.weight, one.critical) != weighed[key] for key, one in values.severity.items()):
        raise InvalidInput("severity", "weights belong to the checklist; change them in a pack of your own")
    plain = {kind: {letter: float(value) for letter, value in given.items()} for kind, (given, _, _) in kinds.items()}
    return json.dumps(plain, sort_keys=True, separators=(",", ":"))


def _pack(name: str) -> Checklist:
    try:
        return offered_checklist(name)
    except InvalidInput:
        raise InvalidInput("pack", f"there is no pack {name[:40]!r}") from None


@permitted(Action.READ)
def read_class_values(workplace: Workplace, _actor: Actor, *, team: str, pack: str = DEFAULT_PACK) -> ClassValues:
    """The class values a team goes by. Raises InvalidInput for a pack that is not there."""
    checklist = _pack(pack)
    return workplace.store.read(lambda records: class_values_of(records, team, checklist))


@permitted(Action.READ)
def read_class_values_history(
    workplace: Workplace, _actor: Actor, *, team: str, pack: str = DEFAULT_PACK
) -> list[ClassValuesRecord]:
    """Every version of the class values a team ever went by, oldest first."""
    return workplace.store.read(lambda records: records.plans.class_values_history(team, pack))


@permitted(Action.ADOPT_CLASS_VALUES)
def adopt_class_values(
    workplace: Workplace,
    actor: Actor,
    *,
    team: str,
    values: Classes | None,
    expected_rev: int,
    pack: str = DEFAULT_PACK,
) -> ClassValues:
    """Let a team plan by its own values from now on; None goes back to the checklist's own.

    Only what planning is made of can be adopted: days of effort, friction and loss, and growth. Scores and sealed
    quarters do not change, and an action keeps the values it was planned with. `expected_rev` is that of the
    `ClassValues` the person saw. Raises InvalidInput, NotFound, Conflict.
    """
    checklist = _pack(pack)
    body = _body(values, checklist.classes) if values is not None else ""
    name = clean_line(team, field="team", longest=NAME_MAX, required=True)

    def work(records: Records) -> ClassValues:
        before = class_values_of(records, name, checklist)
        kept = records.plans.adopt_class_values(
            name, checklist.id, body, expected_rev, at=workplace.now(), by=actor.name
        )
        if kept.rev != before.rev:
            records.audit(
                at=workplace.now(),
                actor=actor.name,
                action="adopt class values" if body else "return to the checklist's class values",
                subject=f"{name} {checklist.id}",
                detail=kept.class_values_id,
            )
        return class_values_of(records, name, checklist)

    return workplace.store.write(work)


# --- calibration ---


@permitted(Action.READ)
def read_calibration(
    workplace: Workplace, _actor: Actor, *, team: str | None = None, pack: str = DEFAULT_PACK
) -> Calibration:
    """How the real days of a team's done actions (or of everybody's) compare with the planned ones, class by class.

    Measured against the values the team goes by now; without a team, against the checklist's own. Actions planned from
    a team's own three points say nothing about a class and are left out. Raises InvalidInput.
    """
    checklist = _pack(pack)

    def work(records: Records) -> Calibration:
        classes = checklist.classes if team is None else class_values_of(records, team, checklist).classes
        return calibration_of(workplace, records, classes, team=team, pack=checklist.id)

    return workplace.store.read(work)


def calibration_of(
    workplace: Workplace, records: Records, classes: Classes, *, team: str | None, pack: str
) -> Calibration:
    """The calibration of a pack's classes by the done actions of a team, or of all teams for None."""
    packs: dict[str, str] = {}  # of each assessment, looked up once
    closed = []
    for action in records.plans.done_actions(team):
        if action.own_estimate or action.actual_days is None:
            continue
        if action.assessment_id not in packs:
            checklist_id = find_assessment(records, action.assessment_id).checklist_id
            packs[action.assessment_id] = workplace.checklist(records, checklist_id).id
        if packs[action.assessment_id] == pack:
            closed.append(
                ClosedAction(
                    question=action.question_id,
                    effort=action.effort_class,
                    estimated_days=action.planned_days,
                    actual_days=action.actual_days,
                    friction_gone=action.friction_gone,
                    lift=action.debt_before - action.debt_target,
                )
            )
    return calibrate(closed, classes)

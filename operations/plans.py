"""The plan of one system: what to repay first within a budget, what it leaves, and what a team says of the costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import isfinite

from checklists.checklist import Checklist
from operations.assessments import asked_questions
from operations.authorize import Action, Actor, permitted
from operations.class_values import ClassValues, calibration_of, class_values_of
from operations.errors import InvalidInput, NotFound
from operations.periods import read_period
from operations.scores import PARAMETERS, Scored, responses_of, scope_of, score_assessment
from operations.systems import find_system
from operations.workplace import Workplace
from scoring.calibration import Calibration
from scoring.knowing import WorthKnowing, worth_knowing
from scoring.plan import choose, repaid
from scoring.plan_terms import (
    DAYS_MAX,
    HORIZON_MAX_QUARTERS,
    REBUILD_MIN_DAYS,
    Plan,
    PlanParameters,
    Ranking,
    TeamEstimate,
    ThreePoint,
)
from scoring.priority import rank
from scoring.score import Response, ResponseState, Score, score
from store.plan_records import DONE, OPEN, ActionRecord, EstimateRecord, PlanSettings, ThreePoints
from store.records import AssessmentRecord, Records, SystemRecord

TARGET_MAX = 3  #: nobody pays to reach the worst level


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEstimate:
    """What a team says of one question's costs, with its revision; without three points the class counts again."""

    estimate: TeamEstimate
    rev: int
    changed_at: str
    changed_by: str

    @property
    def cleared(self) -> bool:
        """Whether the class values count again."""
        return self.estimate.effort is None and self.estimate.friction is None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """Everything the plan page shows of one system in one quarter."""

    system: SystemRecord
    assessment: AssessmentRecord
    checklist: Checklist
    score: Score  #: as it stands, with the what-ifs as if they were answered
    standing: Score  #: as it stands; the same object as `score` without a what-if
    ranking: Ranking
    plan: Plan
    after: Score  #: when the chosen repayments have reached their targets
    settings: PlanSettings  #: as kept; the budget and the horizon in use are the plan's and the ranking's own
    estimates: Mapping[str, KeptEstimate]  #: by question id
    knowing: tuple[WorthKnowing, ...]  #: questions whose answer would narrow the interval most, the best first
    open_actions: tuple[ActionRecord, ...]  #: of the system, from whatever quarter, by the day they are due
    repaid: frozenset[str]  #: questions with an action of this pack done since their last answer: not proposed again
    class_values: ClassValues
    calibration: Calibration  #: how the team's real days compare with the planned ones


@permitted(Action.READ)
def read_plan(
    workplace: Workplace,
    _actor: Actor,
    *,
    system_id: str,
    period: str | None = None,
    budget_days: float | None = None,
    horizon: int | None = None,
    what_if: Mapping[str, int] | None = None,
) -> PlanView:
    """The plan of a system, by default from the newest quarter of which enough is known, with its own settings.

    `budget_days` (person-days), `horizon` (quarters) and `what_if` (level by question id, as if it were answered so)
    count for this reading only. Nothing is stored. Raises NotFound where nothing was assessed, InvalidInput.
    """
    quarter = None if period is None else read_period(period)
    ahead = None if horizon is None else _horizon(horizon)
    budget = None if budget_days is None else _budget(budget_days)
    kept = workplace.store.read(lambda records: _read(workplace, records, system_id, quarter))
    scored, settings = kept.scored, kept.settings
    parameters = PlanParameters(horizon_quarters=settings.horizon_quarters if ahead is None else ahead)
    responses = responses_of(scored.answers, scored.doubts) | _supposed(scored, what_if or {})
    asked, floors = scope_of(scored.assessment), scored.weighed.floors
    now = score(scored.checklist, responses, floors, asked=asked, parameters=PARAMETERS) if what_if else scored.score
    ranking = rank(
        scored.checklist,
        now,
        parameters=parameters,
        estimates={question: one.estimate for question, one in kept.estimates.items()},
        classes=kept.class_values.classes,
        targets={q: level for q, level in settings.targets.items() if level < scored.checklist.level_count - 1},
        scoring=PARAMETERS,
    )
    plan = choose(
        ranking,
        scored.checklist,
        budget_days=settings.budget_days if budget is None else budget,
        pinned=settings.pinned,
        excluded=settings.excluded,
        done=kept.repaid,
    )
    targets = {priority.question: priority.target for priority in plan.chosen}
    return PlanView(
        system=kept.system,
        assessment=scored.assessment,
        checklist=scored.checklist,
        score=now,
        standing=scored.score,
        ranking=ranking,
        plan=plan,
        after=repaid(scored.checklist, responses, floors, targets, asked=asked, parameters=PARAMETERS),
        settings=settings,
        estimates=kept.estimates,
        knowing=worth_knowing(scored.checklist, responses, floors, asked=asked, parameters=PARAMETERS),
        open_actions=tuple(action for action in kept.actions if action.state == OPEN),
        repaid=kept.repaid,
        class_values=kept.class_values,
        calibration=kept.calibration,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What a plan is made of, as the store has it in one moment; the arithmetic comes after the transaction."""

    system: SystemRecord
    scored: Scored
    settings: PlanSettings
    estimates: Mapping[str, KeptEstimate]
    actions: tuple[ActionRecord, ...]
    repaid: frozenset[str]
    class_values: ClassValues
    calibration: Calibration


def _read(workplace: Workplace, records: Records, system_id: str, period: str | None) -> _Kept:
    system = find_system(records, system_id)
    scored = _planned_from(workplace, records, system, period)
    values = class_values_of(records, system.team, scored.checklist)
    actions = tuple(records.plans.actions_of(system_id))
    packs = records.checklist_names()
    asked_alike = {  # the id of a question means another thing in another pack
        assessment.assessment_id
        for assessment in records.assessments_of(system_id)
        if packs[assessment.checklist_id] == scored.checklist.id
    }
    return _Kept(
        system=system,
        scored=scored,
        settings=records.plans.settings(system_id),
        estimates={question: _kept(record) for question, record in records.plans.estimates(system_id).items()},
        actions=actions,
        repaid=_repaid_since(scored, (action for action in actions if action.assessment_id in asked_alike)),
        class_values=values,
        calibration=calibration_of(workplace, records, values.classes, team=system.team, pack=scored.checklist.id),
    )


def _planned_from(workplace: Workplace, records: Records, system: SystemRecord, period: str | None) -> Scored:
    """The assessment to plan from: that of `period`, else the newest; the one before where far more is known of it."""
    if period is not None:
        assessment = records.assessment_for(system.system_id, period)
        if assessment is None:
            raise NotFound(f"{system.name} was not assessed in {period}. Choose another quarter or start it.")
        return score_assessment(workplace, records, assessment)
    assessments = records.assessments_of(system.system_id)
    if not assessments:
        raise NotFound(f"{system.name} has not been assessed yet. Assess it first; the plan follows from the answers.")
    newest = score_assessment(workplace, records, assessments[-1])
    if newest.score.system.band is None and len(assessments) > 1:
        before = score_assessment(workplace, records, assessments[-2])
        if before.score.system.band is not None and before.checklist.id == newest.checklist.id:
            return before
    return newest


def _supposed(scored: Scored, what_if: Mapping[str, int]) -> dict[str, Response]:
    """The what-ifs as answers. Raises InvalidInput for a question that is not asked, and for what is not a level."""
    asked = {q.id for _, questions in asked_questions(scored.checklist, scope_of(scored.assessment)) for q in questions}
    levels = range(scored.checklist.level_count)
    for question, level in what_if.items():
        if question not in asked:
            raise InvalidInput("what-if", f"{question[:20]!r} is not asked in this assessment")
        if type(level) is not int or level not in levels:
            raise InvalidInput("what-if", f"{level!r} is not a level of {question}; choose 0 to {levels[-1]}")
    return {question: Response(state=ResponseState.ANSWERED, level=level) for question, level in what_if.items()}


def _repaid_since(scored: Scored, actions: Iterable[ActionRecord]) -> frozenset[str]:
    """The questions with an action that was done after they were last answered: the answer does not know it yet."""
    return frozenset(
        action.question_id
        for action in actions
        if action.state == DONE
        and action.closed_at is not None
        and (
            action.question_id not in scored.answers or scored.answers[action.question_id].changed_at < action.closed_at
        )
    )


def _budget(days: float) -> float:
    if isinstance(days, bool) or not isfinite(days) or not 0 <= days <= DAYS_MAX:
        raise InvalidInput("budget", f"{days} is not a number of person-days from 0 to {DAYS_MAX:,.0f}")
    return float(days)


def _horizon(quarters: int) -> int:
    if isinstance(quarters, bool) or not 1 <= quarters <= HORIZON_MAX_QUARTERS or int(quarters) != quarters:
        raise InvalidInput("horizon", f"{quarters} is not a number of quarters from 1 to {HORIZON_MAX_QUARTERS}")
    return int(quarters)


def estimates_of(records: Records, system_id: str) -> dict[str, TeamEstimate]:
    """What a team says of the costs of its questions, by question id."""
    return {question: _kept(record).estimate for question, record in records.plans.estimates(system_id).items()}


# --- settings ---


def _checked(workplace: Workplace, records: Records, system_id: str, settings: PlanSettings) -> PlanSettings:
    known = _known_questions(workplace, records, system_id)
    named = settings.pinned | settings.excluded | settings.targets.keys()
    unknown = sorted(named - known)
    if unknown:
        raise InvalidInput("plan", f"{unknown[0][:20]!r} is not a question of this system's checklist")
    both = sorted(settings.pinned & settings.excluded)
    if both:
        raise InvalidInput("plan", f"{both[0]} cannot be pinned and excluded at once; choose one of the two")
    for question, level in settings.targets.items():
        if type(level) is not int or level not in range(TARGET_MAX + 1):
            raise InvalidInput("target", f"{level!r} is not a level to reach for {question}; choose 0 to {TARGET_MAX}")
    rebuild = settings.rebuild_days
    if rebuild is not None and not REBUILD_MIN_DAYS <= rebuild <= DAYS_MAX:
        limits = f"{REBUILD_MIN_DAYS:g} to {DAYS_MAX:,.0f}"
        raise InvalidInput("rebuild cost", f"{rebuild:g} is not a number of person-days from {limits}")
    return replace(
        settings,
        budget_days=_budget(settings.budget_days),
        horizon_quarters=_horizon(settings.horizon_quarters),
        targets={question: level for question, level in settings.targets.items() if level},
    )


def _known_questions(workplace: Workplace, records: Records, system_id: str) -> frozenset[str]:
    """Every question of the checklists a system was assessed with, oldest to newest."""
    ids = {assessment.checklist_id for assessment in records.assessments_of(system_id)}
    return frozenset(q for checklist_id in ids for q in workplace.checklist(records, checklist_id).questions)


@permitted(Action.PLAN)
def save_plan_settings(
    workplace: Workplace, actor: Actor, *, system_id: str, settings: PlanSettings, expected_rev: int
) -> PlanSettings:
    """Keep budget, horizon, pins, exclusions, targets and rebuild cost of a system, if nobody changed them since.

    Raises NotFound, InvalidInput, Conflict with what stands.
    """

    def work(records: Records) -> PlanSettings:
        find_system(records, system_id)
        wanted = _checked(workplace, records, system_id, settings)
        return records.plans.save_settings(system_id, wanted, expected_rev, at=workplace.now(), by=actor.name)

    return workplace.store.write(work)


@permitted(Action.PLAN)
def undo_plan_settings(workplace: Workplace, actor: Actor, *, system_id: str, expected_rev: int) -> PlanSettings:
    """Put back the settings that stood before the last change; the first change goes back to the usual ones.

    Undoing twice puts the change back. Raises NotFound, Conflict.
    """

    def work(records: Records) -> PlanSettings:
        find_system(records, system_id)
        versions = records.plans.settings_history(system_id, limit=2)
        before = versions[1] if len(versions) > 1 else PlanSettings()
        return records.plans.save_settings(system_id, before, expected_rev, at=workplace.now(), by=actor.name)

    return workplace.store.write(work)


# --- estimates ---


@permitted(Action.PLAN)
def save_estimate(
    workplace: Workplace, actor: Actor, *, system_id: str, estimate: TeamEstimate, expected_rev: int
) -> KeptEstimate:
    """Keep what the team says of a question's effort or friction, in place of its class.

    `expected_rev` is the revision of the estimate the person saw, 0 for none. Raises NotFound, InvalidInput, Conflict.
    """
    if estimate.effort is None and estimate.friction is None:
        raise InvalidInput("estimate", "give three points for the effort, the friction or both")

    def work(records: Records) -> KeptEstimate:
        find_system(records, system_id)
        if estimate.question not in _known_questions(workplace, records, system_id):
            raise InvalidInput("question", f"{estimate.question[:20]!r} is not a question of this system's checklist")
        return _keep_estimate(workplace, actor, records, system_id, estimate, expected_rev)

    return workplace.store.write(work)


@permitted(Action.PLAN)
def clear_estimate(
    workplace: Workplace, actor: Actor, *, system_id: str, question_id: str, expected_rev: int
) -> KeptEstimate | None:
    """Let a question's class values count again; nothing happens, and None comes back, where no estimate ever was.

    Raises NotFound, Conflict.
    """

    def work(records: Records) -> KeptEstimate | None:
        find_system(records, system_id)
        if not records.plans.estimate_history(system_id, question_id):
            return None
        return _keep_estimate(workplace, actor, records, system_id, TeamEstimate(question=question_id), expected_rev)

    return workplace.store.write(work)


@permitted(Action.PLAN)
def undo_estimate(
    workplace: Workplace, actor: Actor, *, system_id: str, question_id: str, expected_rev: int
) -> KeptEstimate | None:
    """Put back the estimate that stood before the last change; undoing twice puts the change back.

    None where no estimate ever was. Raises NotFound, Conflict.
    """

    def work(records: Records) -> KeptEstimate | None:
        find_system(records, system_id)
        history = records.plans.estimate_history(system_id, question_id)
        if not history:
            return None
        before = _kept(history[-2]).estimate if len(history) > 1 else TeamEstimate(question=question_id)
        return _keep_estimate(workplace, actor, records, system_id, before, expected_rev)

    return workplace.store.write(work)


def _keep_estimate(  # noqa: PLR0917  (each is another thing)
    workplace: Workplace, actor: Actor, records: Records, system_id: str, estimate: TeamEstimate, expected_rev: int
) -> KeptEstimate:
    effort, friction = estimate.effort, estimate.friction
    wanted = EstimateRecord(
        question_id=estimate.question,
        effort=(effort.low, effort.likely, effort.high) if effort is not None else None,
        friction=(friction.low, friction.likely, friction.high) if friction is not None else None,
        changed_at=workplace.now(),
        changed_by=actor.name,
    )
    known = {record.rev for record in records.plans.estimate_history(system_id, estimate.question)}
    kept = _kept(records.plans.save_estimate(system_id, wanted, expected_rev))
    if kept.rev not in known:
        records.audit(
            at=workplace.now(),
            actor=actor.name,
            action="take back estimate" if kept.cleared else "estimate",
            subject=system_id,
            detail=f"{estimate.question} rev {kept.rev}",
        )
    return kept


def _kept(record: EstimateRecord) -> KeptEstimate:
    def three(points: ThreePoints | None) -> ThreePoint | None:
        return None if points is None else ThreePoint(low=points[0], likely=points[1], high=points[2])

    return KeptEstimate(
        estimate=TeamEstimate(
            question=record.question_id, effort=three(record.effort), friction=three(record.friction)
        ),
        rev=record.rev,
        changed_at=record.changed_at,
        changed_by=record.changed_by,
    )


@permitted(Action.READ)
def read_estimate_history(
    workplace: Workplace, _actor: Actor, *, system_id: str, question_id: str
) -> list[KeptEstimate]:
    """Every estimate a question of a system ever had, oldest first. Raises NotFound."""

    def work(records: Records) -> list[KeptEstimate]:
        found = records.plans.estimate_history(find_system(records, system_id).system_id, question_id)
        return [_kept(record) for record in found]

    return workplace.store.read(work)

"""What a report is made from, collected: portfolio, trend, causes, votes, repayments, promises, what is still open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeVar

from checklists.checklist import Classes, Question
from evidence.evidence import State
from operations.actions import TAKEN_BACK
from operations.assessments import asked_questions, level_of
from operations.authorize import Action, Actor, permitted
from operations.class_values import class_values_of
from operations.errors import InvalidInput
from operations.movement import READ_AT_ONCE, Progress, read_movement
from operations.periods import last_day
from operations.plans import estimates_of
from operations.portfolio import Portfolio, PortfolioRow, ScoreCell, read_portfolio
from operations.promises import Outcome, PromiseRow, read_promises
from operations.scans import scan_of
from operations.scores import PARAMETERS, SYSTEM, Scored, scope_of, score_assessment
from operations.system_view import as_sealed
from operations.targets import read_targets
from operations.workplace import Workplace
from reports import numbers
from reports.report import Scope, ScopeKind
from reports.sources import (
    AreaSource,
    CauseSource,
    CellSource,
    EvidenceSource,
    OpenQuestionSource,
    PrioritySource,
    PromiseSource,
    QuarterSource,
    QuestionSource,
    ReportSources,
    SystemSource,
    TargetSource,
    VotesSource,
)
from scoring.plan_terms import PlanParameters, Priority, TeamEstimate
from scoring.priority import prices, rank
from scoring.score import ResponseState, Score, scoring_id
from scoring.weigh import spoken_to
from store.plan_records import DONE, OPEN, ActionRecord
from store.records import EvidenceRecord, Records

T = TypeVar("T")

SEVERAL = 60  #: above so many systems each gives its best repayments only
BEST = 10
TITLE_MAX = 90  #: a remedy that is longer is no title; the question is


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemPart:
    """What a report takes from the answers, the evidence and the plan of one system in one quarter."""

    evidenced: float | None
    contradictions: int
    votes: tuple[VotesSource, ...]
    priorities: tuple[PrioritySource, ...]
    open_questions: tuple[OpenQuestionSource, ...]
    questions: tuple[QuestionSource, ...]
    evidence: tuple[EvidenceSource, ...]


NOTHING = SystemPart(
    evidenced=None, contradictions=0, votes=(), priorities=(), open_questions=(), questions=(), evidence=()
)


@permitted(Action.READ)
def collect_sources(
    workplace: Workplace, actor: Actor, *, view: Portfolio, scope: Scope, progress: Progress | None = None
) -> ReportSources:
    """Everything a report on this quarter says of the systems in scope, but its length and what a person worded."""
    rows = [row for row in view.rows if _in_scope(row, scope)]
    before = read_portfolio(workplace, actor, period=view.compared_with, pack=view.pack)
    earlier = {row.system.system_id: row for row in before.rows}
    there_before = any(
        row.system.system_id in earlier and earlier[row.system.system_id].total is not None for row in rows
    )
    compared = view.compared_with if there_before else ""
    parts = dict(_parts(workplace, rows, few=len(rows) <= SEVERAL, progress=progress))
    team = scope.name if scope.kind is ScopeKind.TEAM else ""
    system_id = scope.id if scope.kind is ScopeKind.SYSTEM else None
    promises = read_promises(workplace, actor, period=view.compared_with, team=team, system_id=system_id)
    return ReportSources(
        period=view.period,
        compared_with=compared,
        scope=scope,
        made_on=workplace.today(),
        checklist=_checklist(workplace, view),
        scoring=scoring_id(PARAMETERS),
        audit_head=workplace.store.read(lambda records: records.audit_head())[1],
        areas=tuple(AreaSource(id=area.id, title=area.title, short=area.short) for area in view.areas),
        systems=tuple(
            _system(row, earlier.get(row.system.system_id), parts.get(row.system.system_id, NOTHING)) for row in rows
        ),
        quarters=_quarters(workplace, view, scope),
        causes=_causes(workplace, actor, view, scope, progress) if compared else (),
        votes=_all(parts, rows, lambda part: part.votes),
        priorities=_with_tiers(workplace, rows, _all(parts, rows, lambda part: part.priorities)),
        promises=tuple(_promise(workplace, row) for row in promises.rows),
        planned=_planned(workplace, rows, view.period),
        open_questions=_all(parts, rows, lambda part: part.open_questions),
        questions=_all(parts, rows, lambda part: part.questions) if scope.kind is ScopeKind.SYSTEM else (),
        evidence=_all(parts, rows, lambda part: part.evidence),
        target=_target(workplace, actor, view, scope),
    )


def _in_scope(row: PortfolioRow, scope: Scope) -> bool:
    if scope.kind is ScopeKind.SYSTEM:
        return row.system.system_id == scope.id
    return scope.kind is ScopeKind.PORTFOLIO or row.system.team == scope.name


def _all(
    parts: Mapping[str, SystemPart], rows: Sequence[PortfolioRow], of: Callable[[SystemPart], tuple[T, ...]]
) -> tuple[T, ...]:
    return tuple(one for row in rows for one in of(parts.get(row.system.system_id, NOTHING)))


# -- scores


def _system(row: PortfolioRow, earlier: PortfolioRow | None, part: SystemPart) -> SystemSource:
    was = earlier.total if earlier is not None else None
    known_before = earlier.cells if earlier is not None else {}
    return SystemSource(
        id=row.system.system_id,
        name=row.system.name,
        team=row.system.team,
        purpose=row.system.decides,
        total=_cell("", row.total, was) if row.total is not None else None,
        total_before=_cell("", was, None) if was is not None else None,
        cells=tuple(_cell(area, cell, known_before.get(area)) for area, cell in row.cells.items() if area != SYSTEM),
        answered=row.total.coverage if row.total is not None else 0.0,
        answered_before=was.coverage if was is not None else None,
        evidenced=part.evidenced,
        contradictions=part.contradictions,
    )


def _cell(area: str, cell: ScoreCell, before: ScoreCell | None) -> CellSource:
    return CellSource(
        area=area,
        estimate=cell.estimate,
        low=cell.low,
        high=cell.high,
        coverage=cell.coverage,
        band=cell.band,
        change=cell.change,
        direction=cell.direction or "",
        is_new=cell.band is not None and (before is None or before.band is None),
    )


def _checklist(workplace: Workplace, view: Portfolio) -> str:
    """The title and every version the systems of this quarter were assessed with."""
    used = {row.assessment.checklist_id for row in view.rows if row.assessment is not None}
    versions = workplace.store.read(lambda records: records.portfolio.checklist_versions())
    title = next((pack.title for pack in view.packs if pack.id == view.pack), view.pack)
    return f"{title} {', '.join(sorted({versions[one][1] for one in used if one in versions}))}".strip()


def _quarters(workplace: Workplace, view: Portfolio, scope: Scope) -> tuple[QuarterSource, ...]:
    """Every quarter up to this one: the debts of the systems rated then; of one system its debt and interval."""

    def work(records: Records) -> tuple[QuarterSource, ...]:
        versions, rules = records.portfolio.checklist_versions(), records.portfolio.scoring_versions()
        of_pack = {one for one, (name, _) in versions.items() if name == view.pack}
        teams = {system.system_id: system.team for system in records.systems(include_retired=True)}
        wholes = [
            row
            for row in records.portfolio.wholes(scoring_id(PARAMETERS))
            if row.checklist_id in of_pack
            and row.period <= view.period
            and (scope.kind is not ScopeKind.SYSTEM or row.system_id == scope.id)
            and (scope.kind is not ScopeKind.TEAM or teams.get(row.system_id) == scope.name)
        ]
        quarters = []
        for period, found in groupby(wholes, key=lambda row: row.period):
            rows = list(found)
            rated = [row for row in rows if row.band is not None and row.estimate is not None]
            alone = scope.kind is ScopeKind.SYSTEM and bool(rated)
            quarters.append(
                QuarterSource(
                    period=period,
                    debts=tuple(row.estimate for row in rated if row.estimate is not None),
                    low=rated[0].low if alone else None,
                    high=rated[0].high if alone else None,
                    checklist=", ".join(sorted({versions[row.checklist_id][1] for row in rows})),
                    scoring=", ".join(sorted({rules.get(row.scoring_id, "") for row in rows})),
                )
            )
        return tuple(quarters)

    return workplace.store.read(work)


def _causes(
    workplace: Workplace, actor: Actor, view: Portfolio, scope: Scope, progress: Progress | None
) -> tuple[CauseSource, ...]:
    """What each cause added to the debt of each system rated in both quarters, as the page of a change has it."""
    try:
        moved = read_movement(
            workplace,
            actor,
            before=view.compared_with,
            after=view.period,
            team=scope.name if scope.kind is ScopeKind.TEAM else None,
            system_id=scope.id if scope.kind is ScopeKind.SYSTEM else None,
            pack=view.pack,
            progress=progress,
        ).movement
    except InvalidInput:  # the two quarters cannot be compared: nothing is told apart
        return ()
    return tuple(
        CauseSource(system_id=part.system, cause=step.cause.value, share=part.share * moved.counted_both)
        for step in moved.steps
        if step.cause is not None
        for part in step.systems
    )


def _target(workplace: Workplace, actor: Actor, view: Portfolio, scope: Scope) -> TargetSource | None:
    """The target of the portfolio or of the system; a team has none of its own."""
    if scope.kind is ScopeKind.TEAM:
        return None
    place = (scope.id if scope.kind is ScopeKind.SYSTEM else "", "")
    found = read_targets(workplace, actor, period=view.period, pack=view.pack).get(place)
    if found is None or found.target.debt is None:
        return None
    by = f"by {numbers.period(found.target.by_period)}" if found.target.by_period else ""
    return TargetSource(debt=found.target.debt, words=by)


def _promise(workplace: Workplace, row: PromiseRow) -> PromiseSource:
    done = row.outcome in {Outcome.KEPT, Outcome.LATE}
    return replace(
        _action(workplace, row.action),
        state="done" if done else "dropped" if row.outcome is Outcome.DROPPED else "open",
        due=row.due,
        closed_on=row.closed_on,
        debt_now=None if row.measured is None else row.action.debt_before - row.measured,
    )


def _planned(workplace: Workplace, rows: Sequence[PortfolioRow], period: str) -> tuple[PromiseSource, ...]:
    """Every action of these systems that was planned by the end of the quarter, whenever it is due."""
    shown, last = {row.system.system_id for row in rows}, last_day(period)
    actions = workplace.store.read(lambda records: records.plans.actions())
    found = (_action(workplace, action) for action in actions if action.reason != TAKEN_BACK)
    return tuple(it for it in found if it.system_id in shown and it.planned_on is not None and it.planned_on <= last)


def _action(workplace: Workplace, action: ActionRecord) -> PromiseSource:
    return PromiseSource(
        system_id=action.system_id,
        title=action.title,
        owner=action.owner,
        state=action.state,
        planned_on=workplace.day_of(action.made_at),
        due=action.due,
        closed_on=None if action.closed_at is None else workplace.day_of(action.closed_at),
        planned_days=action.planned_days,
        actual_days=action.actual_days,
        debt_before=action.debt_before,
        debt_target=action.debt_target,
        reason=action.reason,
    )


# -- one system


def _parts(
    workplace: Workplace, rows: Sequence[PortfolioRow], *, few: bool, progress: Progress | None
) -> Iterator[tuple[str, SystemPart]]:
    assessed = [row for row in rows if row.assessment is not None]
    for first in range(0, len(assessed), READ_AT_ONCE):
        some = assessed[first : first + READ_AT_ONCE]
        yield from workplace.store.read(
            lambda records, some=some: [  # type: ignore[misc]
                (row.system.system_id, _part(workplace, records, row, few=few)) for row in some
            ]
        )
        if progress is not None and len(assessed) > READ_AT_ONCE:
            done = min(len(assessed), first + READ_AT_ONCE)
            progress(done, len(assessed), f"{done} of {len(assessed)} systems read")


def _part(workplace: Workplace, records: Records, row: PortfolioRow, *, few: bool) -> SystemPart:
    assert row.assessment is not None  # noqa: S101  (the caller has looked)
    scored = score_assessment(workplace, records, row.assessment)
    shown = as_sealed(records, scored)
    stored = records.evidence_of(row.assessment.assessment_id)
    system_id = row.system.system_id
    asked = [q for _, questions in asked_questions(scored.checklist, scope_of(row.assessment)) for q in questions]
    applicable = [q for q in asked if q.id in shown.questions and shown.questions[q.id].applies]
    priorities = _priorities(records, row, scored, shown)
    return SystemPart(
        evidenced=_evidenced(scored, applicable, stored),
        contradictions=len(shown.contradictions),
        votes=tuple(
            VotesSource(
                system_id=system_id,
                question=q.id,
                text=q.text,
                area=scored.checklist.area_of[q.id].id,
                votes=tuple(scored.answers[q.id].votes),
            )
            for q in applicable
            if q.id in scored.answers and len(scored.answers[q.id].votes) > 1
        ),
        priorities=priorities if few else priorities[:BEST],
        open_questions=_open(system_id, scored, shown, applicable),
        questions=_heaviest(scored, shown, applicable),
        evidence=_evidence(workplace, system_id, scored, shown, stored),
    )


def _evidenced(scored: Scored, applicable: Sequence[Question], stored: EvidenceRecord | None) -> float | None:
    """The share of the questions that the repository says something about; None without a scan."""
    if stored is None or not applicable:
        return None
    told = {
        question
        for signal in scan_of(stored).signals
        if signal.state in {State.FOUND, State.ABSENT}
        for question in spoken_to(signal, scored.checklist)
    }
    return sum(question.id in told for question in applicable) / len(applicable)


def _open(
    system_id: str, scored: Scored, shown: Score, applicable: Sequence[Question]
) -> tuple[OpenQuestionSource, ...]:
    waiting = sorted(
        (question for question in applicable if not shown.questions[question.id].known),
        key=lambda question: -shown.questions[question.id].weight,
    )
    return tuple(
        OpenQuestionSource(
            system_id=system_id,
            area=scored.checklist.area_of[question.id].id,
            question=question.id,
            text=question.text,
            unknown=question.id in scored.answers and scored.answers[question.id].state == ResponseState.UNKNOWN,
        )
        for question in waiting
    )


def _heaviest(scored: Scored, shown: Score, applicable: Sequence[Question]) -> tuple[QuestionSource, ...]:
    """The questions by what they add to the debt, as the system page orders them."""
    contradicted = {contradiction.question for contradiction in shown.contradictions}
    ordered = sorted(applicable, key=lambda q: (-shown.questions[q.id].weight * shown.questions[q.id].debt ** 3, q.id))

    def said(question: Question) -> str:
        answer = scored.answers.get(question.id)
        level = level_of(answer) if answer is not None and answer.state == ResponseState.ANSWERED else None
        return question.levels[level].text if level is not None else "Nobody knows."

    return tuple(
        QuestionSource(
            question=question.id,
            text=question.text,
            area=scored.checklist.area_of[question.id].id,
            debt=shown.questions[question.id].debt,
            answer=said(question),
            contradicted=question.id in contradicted,
        )
        for question in ordered
    )


def _evidence(
    workplace: Workplace, system_id: str, scored: Scored, shown: Score, stored: EvidenceRecord | None
) -> tuple[EvidenceSource, ...]:
    """The facts that put a floor under a question, each with its first place."""
    if stored is None:
        return ()
    places = {signal.id: signal.locations[0] for signal in scan_of(stored).signals if signal.locations}
    seen = workplace.day_of(stored.collected_at)
    found = []
    for floor in scored.weighed.floors:
        result = shown.questions.get(floor.question)
        if result is None or not result.applies:
            continue
        place = places.get(floor.signal)
        where = f" ({place.path}:{place.line})" if place is not None and place.line else ""
        found.append(
            EvidenceSource(
                system_id=system_id,
                area=scored.checklist.area_of[floor.question].id,
                question=floor.question,
                said=f"{floor.message}{where}",
                debt=result.debt,
                seen=seen,
            )
        )
    return tuple(found)


# -- repayments


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planning:
    """What the plan page ranks the repayments of a system by; the horizon is the same for all systems."""

    estimates: Mapping[str, TeamEstimate]
    classes: Classes
    targets: Mapping[str, int]


def _planning(records: Records, row: PortfolioRow, scored: Scored) -> _Planning:
    settings = records.plans.settings(row.system.system_id)
    highest = scored.checklist.level_count - 1
    return _Planning(
        estimates=estimates_of(records, row.system.system_id),
        classes=class_values_of(records, row.system.team, scored.checklist).classes,
        targets={question: level for question, level in settings.targets.items() if level < highest},
    )


def _priorities(records: Records, row: PortfolioRow, scored: Scored, shown: Score) -> tuple[PrioritySource, ...]:
    """Every repayment that is not left out or done already, the best return first; how sure a place is comes later."""
    system_id = row.system.system_id
    left_out = records.plans.settings(system_id).excluded
    actions = records.plans.actions_of(system_id)
    planned = {action.question_id: action for action in actions if action.state == OPEN}
    done = {
        action.question_id
        for action in actions
        if action.state == DONE
        and action.closed_at is not None
        and (
            action.question_id not in scored.answers or scored.answers[action.question_id].changed_at < action.closed_at
        )
    }
    plan = _planning(records, row, scored)
    found = prices(
        scored.checklist,
        shown,
        estimates=plan.estimates,
        classes=plan.classes,
        targets=plan.targets,
        scoring=PARAMETERS,
    )
    return tuple(
        _priority(system_id, scored, it, planned.get(it.question))
        for it in found
        if it.question not in left_out and it.question not in done
    )


def _priority(system_id: str, scored: Scored, it: Priority, action: ActionRecord | None) -> PrioritySource:
    """A repayment at today's estimates; one that is planned already at what its action promised, as its page says."""
    question = scored.checklist.questions[it.question]
    remedy = question.remedies[0] if question.remedies and len(question.remedies[0]) <= TITLE_MAX else question.text
    return PrioritySource(
        system_id=system_id,
        question=it.question,
        title=action.title if action is not None and action.title != question.text else remedy,
        area=scored.checklist.area_of[it.question].id,
        why=question.why,
        cost_days=it.cost_days if action is None else action.planned_days,
        avoided_days_per_quarter=it.avoided_days_per_quarter
        if action is None
        else action.benefit_days / action.horizon_quarters,
        benefit_days=it.benefit_days if action is None else action.benefit_days,
        horizon_quarters=PlanParameters().horizon_quarters if action is None else action.horizon_quarters,
        known=it.known,
        owner=action.owner if action is not None else "",
        due=action.due if action is not None else None,
        planned=action is not None,
    )


def _with_tiers(
    workplace: Workplace, rows: Sequence[PortfolioRow], priorities: tuple[PrioritySource, ...]
) -> tuple[PrioritySource, ...]:
    """The same, with how sure each place is for the systems that give the first five: only they are shown with it."""
    best = sorted((it for it in priorities if it.known), key=lambda it: -it.benefit_days / max(it.cost_days, 0.5))[
        : PlanParameters().top * 2
    ]
    wanted = {it.system_id for it in best}
    tiers: dict[tuple[str, str], str] = {}
    for row in rows:
        if row.system.system_id in wanted and row.assessment is not None:
            for question, tier in _ranked(workplace, row):
                tiers[row.system.system_id, question] = tier
    return tuple(replace(it, tier=tiers.get((it.system_id, it.question), "")) for it in priorities)


def _ranked(workplace: Workplace, row: PortfolioRow) -> Iterable[tuple[str, str]]:
    """How sure the place of each question is, drawn as the plan page draws it."""

    def work(records: Records) -> tuple[Scored, Score, _Planning]:
        assert row.assessment is not None  # noqa: S101  (the caller has looked)
        scored = score_assessment(workplace, records, row.assessment)
        return scored, as_sealed(records, scored), _planning(records, row, scored)

    scored, shown, plan = workplace.store.read(work)
    ranking = rank(
        scored.checklist,
        shown,
        estimates=plan.estimates,
        classes=plan.classes,
        targets=plan.targets,
        scoring=PARAMETERS,
    )
    return [(priority.question, priority.tier.value) for priority in ranking.priorities]

"""One system over its quarters, and one area opened up: questions, votes, evidence, how the number came about."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from checklists.checklist import Area, Checklist, Question
from evidence.evidence import Polarity, Signal, State
from operations.assessments import asked_questions, find_assessment
from operations.authorize import Action, Actor, permitted
from operations.errors import InvalidInput, NotFound
from operations.periods import following, period_of
from operations.portfolio import ScoreCell, asks_the_same, score_cell
from operations.scans import scan_of
from operations.scores import SYSTEM, Scored, is_disputed, scope_of, score_assessment, scores_of
from operations.systems import find_system
from operations.workplace import Workplace
from scoring.compare import Comparison, Direction, compare
from scoring.document import score_from_document
from scoring.explain import Step, explain_area, explain_question, explain_system
from scoring.score import AreaScore, Contradiction, Estimate, Hint, QuestionScore, Score
from scoring.weigh import spoken_to
from scoring.yardstick import Side, over_common
from store.records import AnswerRecord, AssessmentRecord, EvidenceRecord, Records, ScoreRow, SystemRecord

COMMON_QUARTERS_MAX = 12  #: of the latest: each is scored anew where the quarters did not ask the same


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonPoint:
    """A quarter scored over the questions that every quarter of the trend asked, by the weights of the latest."""

    period: str
    estimate: float | None  #: None where too little is known for a letter
    low: float
    high: float
    closed: bool
    questions: int  #: how many questions are common
    version: str  #: of the checklist the quarter was answered with


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemView:
    """Areas x quarters of one system."""

    system: SystemRecord
    assessments: tuple[AssessmentRecord, ...]  #: by quarter, ascending
    cells: Mapping[tuple[str, str], ScoreCell]  #: (area id or "" for all, quarter)
    packs: Mapping[str, str]  #: quarter -> the id of the pack it was assessed with
    titles: Mapping[str, str]  #: of these packs, the latest used first
    pack: str  #: the one whose quarters stand side by side; "" when never assessed
    areas: tuple[Area, ...]  #: of that pack, as its latest quarter asked them
    latest: Scored | None
    evidence: EvidenceRecord | None
    next_period: str  #: the quarter to open next
    common_only: bool = False  #: the latest change is over the questions both quarters asked
    common_trend: tuple[CommonPoint, ...] = ()  #: where the quarters did not ask the same: over what all of them asked

    @property
    def shown(self) -> tuple[AssessmentRecord, ...]:
        """The quarters assessed with the chosen pack: numbers of different packs are not compared."""
        return tuple(a for a in self.assessments if self.packs[a.period] == self.pack)

    @property
    def open(self) -> AssessmentRecord | None:
        """The assessment that is still open, if any (the latest)."""
        return next((a for a in reversed(self.assessments) if a.state == "open"), None)

    def total(self, period: str) -> ScoreCell | None:
        """The system's own debt in a quarter."""
        return self.cells.get((SYSTEM, period))


def judged(view: SystemView, comparison: Comparison, period: str) -> SystemView:
    """The view with the changes and directions of one quarter as a comparison with the quarter before found them.

    A stored score only knows how large a difference is; the comparison knows the votes behind it.
    """
    changes = {area.id: area for area in comparison.areas} | {SYSTEM: comparison.system}
    cells = {}
    for (area, quarter), cell in view.cells.items():
        if quarter != period or area not in changes:
            continue
        found = changes[area]
        change = cell.change
        if comparison.common_only and _rated(found.before) and _rated(found.after):
            change = found.difference  # over the questions both asked: the stored numbers may not be subtracted
        if change is not None:
            cells[area, quarter] = cell._replace(change=change, direction=_said(found.direction))
    return replace(view, cells={**view.cells, **cells}, common_only=comparison.common_only)


def _rated(estimate: Estimate | None) -> bool:
    return estimate is not None and estimate.band is not None


def _said(direction: Direction) -> str | None:
    return None if direction is Direction.NONE else direction.value


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLine:
    """One question as the drawer and the table show it."""

    question: Question
    answer: AnswerRecord | None
    score: QuestionScore | None  #: None when not applicable
    contradictions: tuple[Contradiction, ...]
    hints: tuple[Hint, ...]
    signals: tuple[Signal, ...]  #: signals that found something and speak to this question
    steps: tuple[Step, ...]

    @property
    def disputed(self) -> bool:
        """Whether the votes lie three levels or more apart."""
        return is_disputed(self.answer.votes if self.answer else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaView:
    """A cell of the heatmap, opened."""

    system: SystemRecord
    assessment: AssessmentRecord
    area: Area
    score: AreaScore | None  #: None when the area does not apply
    lines: tuple[QuestionLine, ...]  #: the heaviest first
    steps: tuple[Step, ...]
    before: ScoreCell | None


@permitted(Action.READ)
def read_system_view(workplace: Workplace, _actor: Actor, *, system_id: str, pack: str | None = None) -> SystemView:
    """Everything the system page shows at first sight; `pack` chooses whose quarters, by default the latest's.

    Raises NotFound.
    """

    def overview(records: Records) -> tuple[SystemRecord, list[AssessmentRecord], dict[str, str]]:
        return find_system(records, system_id), records.assessments_of(system_id), records.checklist_names()

    system, assessments, names = workplace.store.read(overview)
    packs = {a.period: names[a.checklist_id] for a in assessments}
    latest_pack = packs[assessments[-1].period] if assessments else ""
    chosen = pack if pack is not None and pack in packs.values() else latest_pack
    alike = [a for a in assessments if packs[a.period] == chosen]
    rows = scores_of(workplace, assessments, system_id)
    by_place: dict[tuple[str, str], ScoreRow] = {(row.area, row.period): row for row in rows}
    quarters = [a.period for a in assessments]
    earlier = {later.period: before.period for before, later in pairwise(alike) if asks_the_same(before, later)}
    cells = {
        (area, period): score_cell(row, by_place.get((area, earlier.get(period, ""))))
        for (area, period), row in by_place.items()
    }

    def common(records: Records) -> tuple[CommonPoint, ...]:
        return _common_trend(workplace, records, alike)

    def newest(records: Records) -> tuple[Scored | None, EvidenceRecord | None, tuple[Area, ...], dict[str, str]]:
        if not assessments:
            return None, None, (), {}
        newest_of = {packs[a.period]: a for a in assessments}
        titles = {
            name: workplace.checklist(records, newest_of[name].checklist_id).title
            for name in dict.fromkeys(packs[a.period] for a in reversed(assessments))
        }
        scored = score_assessment(workplace, records, assessments[-1])
        last = newest_of[chosen]
        asked = asked_questions(workplace.checklist(records, last.checklist_id), scope_of(last))
        stored = records.evidence_of(assessments[-1].assessment_id)
        return scored, stored, tuple(area for area, _ in asked), titles

    latest, stored, areas, titles = workplace.store.read(newest)
    present = period_of(workplace.today())
    return SystemView(
        system=system,
        assessments=tuple(assessments),
        cells=cells,
        packs=packs,
        titles=titles,
        pack=chosen,
        areas=areas,
        latest=latest,
        evidence=stored,
        common_trend=workplace.store.read(common),
        next_period=present if not quarters or quarters[-1] < present else following(quarters[-1]),
    )


def _common_trend(
    workplace: Workplace, records: Records, assessments: Sequence[AssessmentRecord]
) -> tuple[CommonPoint, ...]:
    """The latest quarters over the questions all of them asked; none where they asked the same anyway."""
    latest = assessments[-COMMON_QUARTERS_MAX:]
    if len(latest) < 2 or all(asks_the_same(one, latest[-1]) for one in latest):
        return ()
    scored = [score_assessment(workplace, records, one) for one in latest]
    asked, scores = over_common(
        [Side(checklist=one.checklist, score=one.score, asked=scope_of(one.assessment)) for one in scored]
    )
    return tuple(
        CommonPoint(
            period=one.assessment.period,
            estimate=common.system.estimate if common.system.band else None,
            low=common.system.low,
            high=common.system.high,
            closed=one.assessment.state == "closed",
            questions=len(asked),
            version=one.checklist.version,
        )
        for one, common in zip(scored, scores, strict=True)
    )


def question_lines(
    scored: Scored, questions: tuple[Question, ...], signals: tuple[Signal, ...]
) -> tuple[QuestionLine, ...]:
    """The lines of some questions, the one that owes most first."""
    lines = []
    for question in questions:
        result = scored.score.questions.get(question.id)
        speaking = tuple(
            s
            for s in signals
            if s.state is State.FOUND and s.polarity is Polarity.DEBT and question.id in spoken_to(s, scored.checklist)
        )
        lines.append(
            QuestionLine(
                question=question,
                answer=scored.answers.get(question.id),
                score=result,
                contradictions=tuple(c for c in scored.score.contradictions if c.question == question.id),
                hints=tuple(h for h in scored.weighed.hints if h.question == question.id),
                signals=speaking,
                steps=explain_question(scored.checklist, scored.score, question.id) if result is not None else (),
            )
        )
    return tuple(
        sorted(
            lines,
            key=lambda line: (-(line.score.weight * line.score.debt**3 if line.score else -1.0), line.question.id),
        )
    )


def _area(checklist: Checklist, area_id: str) -> Area:
    found = next((area for area in checklist.areas if area.id == area_id), None)
    if found is None:
        raise NotFound(f"No area {area_id[:10]!r} in this checklist. Choose a cell of the heatmap.")
    return found


@permitted(Action.READ)
def read_area_view(workplace: Workplace, _actor: Actor, *, system_id: str, period: str, area_id: str) -> AreaView:
    """One area of one system in one quarter, with everything that went into its number. Raises NotFound."""

    def work(records: Records) -> AreaView:
        system = find_system(records, system_id)
        assessment = records.assessment_for(system_id, period)
        if assessment is None:
            raise NotFound(f"{system.name} was not assessed in this quarter. Choose another quarter or start it.")
        scored = score_assessment(workplace, records, assessment)
        area = _area(scored.checklist, area_id)
        asked = {a.id: questions for a, questions in asked_questions(scored.checklist, scope_of(assessment))}
        stored = records.evidence_of(assessment.assessment_id)
        signals = scan_of(stored).signals if stored else ()
        result = next((a for a in scored.score.areas if a.id == area_id), None)
        return AreaView(
            system=system,
            assessment=assessment,
            area=area,
            score=result,
            lines=question_lines(scored, asked.get(area_id, ()), signals),
            steps=explain_area(scored.checklist, scored.score, area_id) if result is not None else (),
            before=None,
        )

    return workplace.store.read(work)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A system's own number with the steps that lead to it."""

    estimate: Estimate
    steps: tuple[Step, ...]


@permitted(Action.READ)
def read_contradicted(
    workplace: Workplace, _actor: Actor, *, assessment_ids: Collection[str]
) -> frozenset[tuple[str, str]]:
    """Where answers and repository disagree, as (assessment id, area id); unknown assessments have nothing."""

    def work(records: Records) -> frozenset[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        for assessment_id in assessment_ids:
            assessment = records.assessment(assessment_id)
            if assessment is None or records.evidence_of(assessment_id) is None:
                continue
            scored = score_assessment(workplace, records, assessment)
            found |= {(assessment_id, scored.checklist.area_of[c.question].id) for c in scored.score.contradictions}
        return frozenset(found)

    return workplace.store.read(work)


@permitted(Action.READ)
def explain_whole(workplace: Workplace, _actor: Actor, *, assessment_id: str) -> Whole:
    """How a system's own number came about, step by step. Raises NotFound."""

    def work(records: Records) -> Whole:
        scored = score_assessment(workplace, records, find_assessment(records, assessment_id))
        return Whole(estimate=scored.score.system, steps=explain_system(scored.checklist, scored.score))

    return workplace.store.read(work)


@permitted(Action.READ)
def read_question_lines(workplace: Workplace, _actor: Actor, *, assessment_id: str) -> tuple[QuestionLine, ...]:
    """Every asked question of an assessment, the heaviest first. Raises NotFound."""

    def work(records: Records) -> tuple[QuestionLine, ...]:
        assessment = find_assessment(records, assessment_id)
        scored = score_assessment(workplace, records, assessment)
        asked = asked_questions(scored.checklist, scope_of(assessment))
        stored = records.evidence_of(assessment_id)
        signals = scan_of(stored).signals if stored else ()
        return question_lines(scored, tuple(q for _, questions in asked for q in questions), signals)

    return workplace.store.read(work)


@permitted(Action.READ)
def compare_periods(
    workplace: Workplace, _actor: Actor, *, system_id: str, before: str, after: str
) -> tuple[Comparison, Checklist]:
    """What changed between two quarters of one system, question by question, with causes.

    A quarter sealed under other scoring rules goes in as it was sealed, so that what the rules did is told apart.
    Raises NotFound, and InvalidInput where the two were assessed with different packs.
    """

    def work(records: Records) -> tuple[Comparison, Checklist]:
        system = find_system(records, system_id)

        def side(period: str) -> Scored:
            assessment = records.assessment_for(system_id, period)
            if assessment is None:
                raise NotFound(
                    f"{system.name} was not assessed in {period[:8]}. Choose two quarters with an assessment."
                )
            return score_assessment(workplace, records, assessment)

        first, second = side(before), side(after)
        if first.checklist.id != second.checklist.id:
            raise InvalidInput(
                "quarters",
                f"{before} was assessed with “{first.checklist.title}”, {after} with “{second.checklist.title}”: they "
                "ask different things, so there is nothing to compare; choose two quarters with the same checklist",
            )
        comparison = compare(
            first.checklist,
            as_sealed(records, first),
            second.checklist,
            as_sealed(records, second),
            asked_before=scope_of(first.assessment),
            asked_after=scope_of(second.assessment),
        )
        return comparison, second.checklist

    return workplace.store.read(work)


def as_sealed(records: Records, scored: Scored) -> Score:
    """The score a closed quarter was sealed with, where the rules have changed since; else the score of today."""
    sealed = records.snapshot(scored.assessment.assessment_id) if scored.assessment.state == "closed" else None
    if sealed is None:
        return scored.score
    document = json.loads(sealed.document)["score"]
    return scored.score if document["scoring_id"] == scored.score.scoring_id else score_from_document(document)


@permitted(Action.READ)
def list_with_periods(workplace: Workplace, _actor: Actor) -> list[tuple[SystemRecord, tuple[str, ...]]]:
    """All systems with the quarters they were assessed in."""

    def work(records: Records) -> list[tuple[SystemRecord, tuple[str, ...]]]:
        return [
            (system, tuple(a.period for a in records.assessments_of(system.system_id))) for system in records.systems()
        ]

    return workplace.store.read(work)


@permitted(Action.READ)
def list_periods(workplace: Workplace, _actor: Actor, *, system_id: str) -> tuple[str, ...]:
    """The quarters a system was assessed in, ascending; none for a system that is not there."""
    return workplace.store.read(lambda records: tuple(a.period for a in records.assessments_of(system_id)))

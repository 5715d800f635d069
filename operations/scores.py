"""From stored answers to a stored score: what an assessment is worth now, and keeping a quarter's scores fresh."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from checklists.checklist import Checklist
from operations.freshness import doubts_of
from operations.scans import scan_of
from operations.workplace import Workplace
from scoring.freshness import DOUBT_LEVELS, Doubt
from scoring.score import (
    CODE_VERSION,
    Estimate,
    Parameters,
    Response,
    ResponseState,
    Scope,
    Score,
    parameters_json,
    score,
    scoring_id,
)
from scoring.weigh import Weighed, weigh
from store.records import AnswerRecord, AssessmentRecord, Records, ScoreRow

PARAMETERS = Parameters()
SYSTEM = ""  #: the area id under which a system's own score is stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """An assessment with its answers, its evidence weighed, and the score that follows."""

    assessment: AssessmentRecord
    checklist: Checklist
    answers: Mapping[str, AnswerRecord]
    weighed: Weighed
    score: Score
    doubts: Mapping[str, Doubt]  #: answers that wait to be confirmed, by question id: their intervals are wider


def scope_of(assessment: AssessmentRecord) -> Scope:
    """Which questions of the checklist this assessment asks."""
    return Scope(core_only=assessment.scope == "core", switches=assessment.switches)


def responses_of(answers: Mapping[str, AnswerRecord], doubted: Collection[str] = frozenset()) -> dict[str, Response]:
    """Stored answers as the score takes them; those to the `doubted` questions wait to be confirmed."""
    return {
        question_id: Response(
            state=ResponseState(answer.state),
            level=answer.level,
            votes=answer.votes,
            reason=answer.reason,
            doubt=DOUBT_LEVELS if question_id in doubted else 0,
        )
        for question_id, answer in answers.items()
    }


def weigh_evidence(records: Records, checklist: Checklist, assessment_id: str) -> Weighed:
    """Floors, hints and overridden floors of the evidence attached to an assessment."""
    stored = records.evidence_of(assessment_id)
    decisions = records.floor_decisions(assessment_id)
    overridden = frozenset(pair for pair, decision in decisions.items() if decision.decision == "overridden")
    return weigh(checklist, scan_of(stored) if stored else None, overridden=overridden)


def score_assessment(workplace: Workplace, records: Records, assessment: AssessmentRecord) -> Scored:
    """Score one assessment from its answers, evidence and decisions as they stand now.

    A closed one gives the score that was sealed, as long as the scoring version is the same: nothing in it can change.
    """
    checklist = workplace.checklist(records, assessment.checklist_id)
    answers = records.answers(assessment.assessment_id)
    weighed = weigh_evidence(records, checklist, assessment.assessment_id)
    doubts = doubts_of(workplace, records, assessment, checklist, answers)
    responses = responses_of(answers, doubts)
    scored = score(checklist, responses, weighed.floors, asked=scope_of(assessment), parameters=PARAMETERS)
    return Scored(
        assessment=assessment, checklist=checklist, answers=answers, weighed=weighed, score=scored, doubts=doubts
    )


VOTES_APART_MIN = 3  #: levels between the votes on a question that make it disputed


def is_disputed(votes: Iterable[int | None]) -> bool:
    """Whether the votes on a question lie three levels or more apart."""
    known = [vote for vote in votes if vote is not None]
    return bool(known) and max(known) - min(known) >= VOTES_APART_MIN


def score_rows(
    assessment: AssessmentRecord, scored: Score, *, decided: Collection[tuple[str, str]]
) -> tuple[ScoreRow, ...]:
    """A score as it is kept: a row for each area and one for the system, with what lists of systems ask for.

    `decided` are the (question, signal) pairs on which somebody has decided already.
    """

    def row(area_id: str, estimate: Estimate, questions: Collection[str]) -> ScoreRow:
        against = [c for c in scored.contradictions if c.question in questions]
        return ScoreRow(
            system_id=assessment.system_id,
            period=assessment.period,
            assessment_id=assessment.assessment_id,
            area=area_id,
            estimate=estimate.estimate,
            low=estimate.low,
            high=estimate.high,
            coverage=estimate.coverage,
            band=estimate.band,
            change_seq=assessment.change_seq,
            disputed=sum(is_disputed(scored.questions[q].votes) for q in questions if q in scored.questions),
            contradicted=len(against),
            undecided=sum((c.question, c.signal) not in decided for c in against),
        )

    areas = [row(area.id, area.estimate, area.questions) for area in scored.areas]
    return (*areas, row(SYSTEM, scored.system, scored.questions.keys()))


def store_score(workplace: Workplace, records: Records, scored: Scored) -> None:
    """Keep the score of an assessment, area by area and for the system, marked with the change it was made from."""
    assessment = scored.assessment
    decided = records.floor_decisions(assessment.assessment_id)
    keep_scores(workplace, records, assessment, score_rows(assessment, scored.score, decided=decided.keys()))


def keep_scores(workplace: Workplace, records: Records, assessment: AssessmentRecord, rows: Sequence[ScoreRow]) -> None:
    """Keep the rows of an assessment under today's scoring version."""
    active = scoring_id(PARAMETERS)  # what a pack declares beyond it is part of the checklist, kept under its own hash
    records.keep_scoring(
        active,
        code_version=CODE_VERSION,
        parameters=parameters_json(PARAMETERS),
        at=workplace.now(),
    )
    records.put_scores(assessment.assessment_id, active, rows)


def renew_open(workplace: Workplace) -> None:
    """Score every open assessment anew that changed since it was scored, each in its own short transaction."""

    def stale(records: Records) -> list[AssessmentRecord]:
        found = (records.assessment(one) for one in records.portfolio.stale(scoring_id(PARAMETERS)))
        return [assessment for assessment in found if assessment is not None]

    _renew(workplace, workplace.store.read(stale))


def _renew(workplace: Workplace, stale: Iterable[AssessmentRecord]) -> None:
    """Score these assessments anew, each in its own short transaction."""
    for assessment in stale:

        def renew(records: Records, assessment_id: str = assessment.assessment_id) -> None:
            fresh = records.assessment(assessment_id)
            if fresh is not None:
                store_score(workplace, records, score_assessment(workplace, records, fresh))

        workplace.store.write(renew)


def _stale(workplace: Workplace, periods: Iterable[str]) -> list[AssessmentRecord]:
    active = scoring_id(PARAMETERS)
    return workplace.store.read(
        lambda records: [assessment for period in periods for assessment in records.stale_assessments(period, active)]
    )


def freshen(workplace: Workplace, periods: Iterable[str]) -> None:
    """Score anew what changed in these quarters since it was scored."""
    _renew(workplace, _stale(workplace, periods))


def scores_in(workplace: Workplace, periods: tuple[str, ...]) -> list[ScoreRow]:
    """All scores of these quarters; assessments that changed since they were scored are scored anew first."""
    _renew(workplace, _stale(workplace, periods))
    return workplace.store.read(lambda records: records.scores_in(periods, scoring_id(PARAMETERS)))


def scores_of(workplace: Workplace, assessments: Sequence[AssessmentRecord], system_id: str) -> list[ScoreRow]:
    """All scores of one system over its quarters, scored anew where it changed."""
    stale = _stale(workplace, {assessment.period for assessment in assessments})
    _renew(workplace, (assessment for assessment in stale if assessment.system_id == system_id))
    return workplace.store.read(lambda records: records.scores_of(system_id, scoring_id(PARAMETERS)))

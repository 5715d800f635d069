"""How a number came about, step by step, so that a reader with a calculator can do it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from checklists.checklist import Checklist
from scoring.bands import BAND_WORDS, BANDS
from scoring.score import DEFAULTS, power_mean, scoring_id
from scoring.terms import AreaScore, Contradiction, Estimate, Hint, Parameters, QuestionScore, Score
from scoring.votes import SPREAD_FROM, interval, settle

DIGITS = 5  #: significant digits of numbers in the words of a step; its `value` is never rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a calculation."""

    title: str
    text: str  #: plain words with every number that goes in and the one that comes out
    value: float | None  #: what comes out, unrounded; None where the step gives no number


def explain_question(
    checklist: Checklist, score: Score, question_id: str, *, parameters: Parameters = DEFAULTS
) -> tuple[Step, ...]:
    """From the votes or the answer to the level, its value, the floor, the interval and the weight.

    A question that does not apply, or is not asked, has one step that says so. Raises KeyError for an id the checklist
    does not have.
    """
    title = checklist.questions[question_id].id
    question = score.questions.get(question_id)
    if question is None:
        return (
            Step(title=title, text="This question does not apply here or is not asked. It counts nowhere.", value=None),
        )
    steps = [*_other_rules(score, parameters), _level_step(question, parameters)]
    answered = parameters.unknown if question.level is None else parameters.values[question.level]
    if question.level is not None:
        steps.append(
            Step(
                title="Debt of the answer",
                text=f"Level {question.level} is worth {_n(answered)} on the way from 0 (no debt) to 1 (full debt).",
                value=answered,
            )
        )
    if question.floor:
        steps.append(_floor_step(score, question, answered))
    steps.append(_interval_step(question, parameters))
    kind = "critical" if question.critical else "not critical"
    steps.append(
        Step(
            title="Weight",
            text=f"In its area this question weighs {_n(question.weight)}. It is {kind}.",
            value=question.weight,
        )
    )
    return tuple(steps)


def explain_area(
    checklist: Checklist, score: Score, area_id: str, *, parameters: Parameters = DEFAULTS
) -> tuple[Step, ...]:
    """From the debts and weights of its questions to the area's estimate, interval, coverage and band.

    An area that does not apply has one step that says so. Raises KeyError for an id the checklist does not have.
    """
    if area_id not in {area.id for area in checklist.areas}:
        raise KeyError(area_id)
    area = next((area for area in score.areas if area.id == area_id), None)
    if area is None:
        return (Step(title=area_id, text="No question of this area applies here. It counts nowhere.", value=None),)
    questions = [score.questions[question] for question in area.questions]
    weights = [question.weight for question in questions]
    debts = [question.debt for question in questions]
    mean = power_mean(debts, weights, parameters.power)
    known = [question.weight for question in questions if question.known]
    critical = [question for question in questions if question.critical]
    steps = [
        *_other_rules(score, parameters),
        *(_term_step(_Term(it.id, it.debt, it.low, it.high, it.weight, _note(it)), parameters) for it in questions),
        *_mean_steps(debts, weights, mean, parameters),
    ]
    if critical:
        steps.append(_critical_step(critical, mean, parameters))
    if not known:
        steps.append(_not_rated_step(area))
    steps.append(_ends_step(area.estimate))
    steps.append(_coverage_step(known, weights, area.estimate.coverage))
    steps.append(_band_step(area.estimate, parameters))
    return tuple(steps)


def explain_system(checklist: Checklist, score: Score, *, parameters: Parameters = DEFAULTS) -> tuple[Step, ...]:
    """From the debts and weights of the areas to the system's estimate, interval, coverage and band."""
    if not score.areas:
        text = f"No question of {checklist.title} applies here. There is nothing to score."
        return (Step(title="Not applicable", text=text, value=None),)
    weights = [area.weight for area in score.areas]
    debts = [area.counted for area in score.areas]
    mean = power_mean(debts, weights, parameters.power)
    coverages = [area.estimate.coverage for area in score.areas]
    terms = [
        _Term(it.id, it.counted, it.estimate.low, it.estimate.high, it.weight, "" if _rated(it) else "not rated")
        for it in score.areas
    ]
    listed = " + ".join(f"{_n(weight)} × {_n(part)}" for weight, part in zip(weights, coverages, strict=True))
    return (
        *_other_rules(score, parameters),
        *(_term_step(term, parameters) for term in terms),
        *_mean_steps(debts, weights, mean, parameters),
        _ends_step(score.system),
        Step(
            title="Coverage",
            text=f"The mean of the areas' coverages: ({listed}) / {_n(fsum(weights))} = {_n(score.system.coverage)}.",
            value=score.system.coverage,
        ),
        _band_step(score.system, parameters),
    )


# -- one question


def _level_step(question: QuestionScore, parameters: Parameters) -> Step:
    levels = [vote for vote in question.votes if vote is not None]
    doubts = len(question.votes) - len(levels)
    cast = f"{_several(len(question.votes), 'vote')}: {', '.join(str(level) for level in levels)}".removesuffix(": ")
    if doubts:
        cast += f"{', and' if levels else ':'} {doubts} × we do not know"
    if question.level is None:
        if question.votes:
            reason = f"{cast}. At least as many do not know as name a level, so the question is unknown."
        else:
            reason = "Nobody has answered this question, or the answer is: we do not know."
        text = f"{reason} It counts {_n(parameters.unknown)}, so that hiding an answer never pays."
        return Step(title="Unknown", text=text, value=parameters.unknown)
    if not question.votes:
        text = f"The answer is level {question.level}. It counts as one vote."
    elif settle(question.votes) == question.level:
        place = len(levels) // 2 + 1
        text = f"{cast}. The upper median, number {place} of {len(levels)} in this order, is level {question.level}."
    else:
        text = f"{cast}. The facilitator set level {question.level}; the votes are kept."
    return Step(title="Level", text=text, value=float(question.level))


def _floor_step(score: Score, question: QuestionScore, answered: float) -> Step:
    speaking: list[Contradiction | Hint] = [*score.contradictions, *score.hints]
    signals = sorted({it.signal for it in speaking if it.question == question.id})
    source = f" ({', '.join(signals)})" if signals else ""
    return Step(
        title="Evidence",
        text=f"What the repository shows{source} allows no less than {_n(question.floor)}. "
        f"The larger of {_n(answered)} and {_n(question.floor)} is {_n(question.debt)}.",
        value=question.debt,
    )


def _interval_step(question: QuestionScore, parameters: Parameters) -> Step:
    if question.level is None:
        text = f"Nothing is known, so the debt lies anywhere between {_n(question.low)} and {_n(question.high)}."
        return Step(title="Interval", text=text, value=None)
    low, high = interval(question.votes, question.level)
    levels = [vote for vote in question.votes if vote is not None] or [question.level]
    n = len(levels)
    if n < SPREAD_FROM:
        rule = f"With {_several(n, 'vote')} the interval reaches one level beyond the votes on each side"
    else:
        first, last = -(-n // 10), -(-9 * n // 10)
        rule = f"The interval runs from number {first} to number {last} of the {n} sorted levels (10 % and 90 %)"
    if question.level not in range(min(levels), max(levels) + 1):
        rule += ", joined with the level that was set"
    values = parameters.values
    text = f"{rule}: level {low} to {high}, worth {_n(values[low])} to {_n(values[high])}."
    if question.high > values[high]:
        text += f" The evidence lifts the upper end to {_n(question.high)}."
    return Step(title="Interval", text=text, value=None)


# -- areas and systems share one mean


@dataclass(frozen=True, slots=True)
class _Term:
    id: str
    debt: float
    low: float
    high: float
    weight: float
    note: str


def _note(question: QuestionScore) -> str:
    notes = (("unknown", not question.known), ("critical", question.critical), ("floor", question.floor > 0))
    return ", ".join(word for word, holds in notes if holds)


def _term_step(term: _Term, parameters: Parameters) -> Step:
    value = term.weight * term.debt**parameters.power
    return Step(
        title=term.id,
        text=f"Weight {_n(term.weight)}, debt {_n(term.debt)} (between {_n(term.low)} and {_n(term.high)}): "
        f"{_n(term.weight)} × {_raised(term.debt, parameters.power)} = {_n(value)}."
        + (f" [{term.note}]" if term.note else ""),
        value=value,
    )


def _mean_steps(
    debts: Sequence[float], weights: Sequence[float], mean: float, parameters: Parameters
) -> tuple[Step, Step]:
    power = parameters.power
    total = fsum(weight * debt**power for debt, weight in zip(debts, weights, strict=True))
    ratio = total / fsum(weights)
    root = "The cube root" if power == 3 else f"The root of degree {_n(power)}"
    return (
        Step(
            title="Sum",
            text=f"Together {_n(total)}, divided by the sum of the weights: "
            f"{_n(total)} / {_n(fsum(weights))} = {_n(ratio)}.",
            value=ratio,
        ),
        Step(
            title="Root",
            text=f"{root} of {_n(ratio)} is {_n(mean)}. Large debts count more than in a plain mean.",
            value=mean,
        ),
    )


def _critical_step(critical: Sequence[QuestionScore], mean: float, parameters: Parameters) -> Step:
    worst = max(critical, key=lambda question: question.debt)
    share = parameters.critical_share
    floor = share * worst.debt
    larger = max(mean, floor)
    return Step(
        title="Critical questions",
        text=f"The worst critical question is {worst.id} with {_n(worst.debt)}: "
        f"{_n(share)} × {_n(worst.debt)} = {_n(floor)}. The larger of {_n(mean)} and {_n(floor)} is {_n(larger)}.",
        value=larger,
    )


def _not_rated_step(area: AreaScore) -> Step:
    text = f"Nothing is known in this area, so it is not rated. In the system it still counts {_n(area.counted)}."
    return Step(title="Not rated", text=text, value=area.counted)


def _ends_step(estimate: Estimate) -> Step:
    low, high = _n(estimate.low), _n(estimate.high)
    text = f"The same calculation with all lower ends gives {low}, with all upper ends {high}."
    return Step(title="Interval", text=text, value=None)


def _coverage_step(known: Sequence[float], weights: Sequence[float], coverage: float) -> Step:
    text = f"Known weight / applicable weight: {_n(fsum(known))} / {_n(fsum(weights))} = {_n(coverage)}."
    return Step(title="Coverage", text=text, value=coverage)


def _band_step(estimate: Estimate, parameters: Parameters) -> Step:
    if estimate.band is None or estimate.estimate is None:
        text = (
            f"{_n(estimate.coverage)} is known and {_n(parameters.coverage_min)} is needed for a band: none is given."
        )
        return Step(title="Band", text=text, value=None)
    place = BANDS.index(estimate.band)
    limits = (0.0, *parameters.band_limits, 1.0)
    above = f"above {_n(limits[place])} and " if place else ""
    words = BAND_WORDS[estimate.band]
    shown = _n(estimate.estimate)
    if float(shown) in parameters.band_limits:
        shown = repr(estimate.estimate)  # so near to a limit that a rounded number would contradict its band
    text = f"{shown} is {above}at most {_n(limits[place + 1])}: {estimate.band}, {words}."
    return Step(title="Band", text=text, value=estimate.estimate)


# -- words


def _other_rules(score: Score, parameters: Parameters) -> tuple[Step, ...]:
    if score.scoring_id == scoring_id(parameters):
        return ()
    text = "This score was sealed under another version of the rules: what today's steps give may differ from it."
    return (Step(title="Other rules", text=text, value=None),)


def _rated(area: AreaScore) -> bool:
    return area.estimate.estimate is not None


def _n(number: float) -> str:
    """A number with at most DIGITS significant digits and no trailing zeros."""
    return f"{number:.{DIGITS}g}"


def _raised(debt: float, power: float) -> str:
    return " × ".join([_n(debt)] * 3) if power == 3 else f"{_n(debt)}^{_n(power)}"


def _several(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"

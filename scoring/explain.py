"""How a number came about, step by step, so that a reader with a calculator can do it again."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from checklists.aggregation import OURS, Counts, FirstMatch, Gates, Missing, Reading, Rule, Worst
from checklists.checklist import Checklist
from scoring.aggregate import DEFAULTS, area_rule, fitting, system_rule
from scoring.bands import BAND_WORDS, BANDS
from scoring.explain_rules import Term, explain_rule
from scoring.readings import say
from scoring.score import scoring_id
from scoring.steps import DIGITS, Step
from scoring.steps import several as _several
from scoring.steps import written as _n
from scoring.terms import AreaScore, Contradiction, Estimate, Hint, Parameters, QuestionScore, Score
from scoring.votes import SPREAD_FROM, interval, settle

__all__ = ["DIGITS", "Step", "explain_area", "explain_question", "explain_system"]


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
    parameters = fitting(checklist, parameters)
    if not question.applies:
        missing = (parameters.declared or OURS).not_applicable
        text = f"This question does not apply here. {_counts(missing, parameters)}"
        return (*_other_rules(score, parameters), Step(title="Does not apply", text=text, value=question.debt))
    steps = [*_other_rules(score, parameters), _level_step(question, parameters)]
    answered = steps[-1].value or 0.0 if question.level is None else parameters.values[question.level]
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
    if not question.left_out:
        steps.append(_interval_step(question, parameters))
    steps.append(_weight_step(question, area_rule(parameters, checklist.area_of[question_id].id)))
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
    parameters = fitting(checklist, parameters)
    questions = [score.questions[question] for question in area.questions]
    known = [question.weight for question in questions if question.known]
    terms = [
        Term(
            id=it.id,
            debt=it.debt,
            low=it.low,
            high=it.high,
            weight=it.weight,
            note=_note(it),
            critical=it.critical,
        )
        for it in questions
        if not it.left_out
    ]
    steps = [
        *_other_rules(score, parameters),
        *(_left_out_step(it.id) for it in questions if it.left_out),
        *(explain_rule(area_rule(parameters, area.id), terms, parameters.values) if terms else ()),
    ]
    if not known:
        steps.append(_not_rated_step(area))
    if terms:
        steps.append(_ends_step(area.estimate))
    steps.append(_coverage_step(known, [question.weight for question in questions], area.estimate.coverage))
    steps.append(_band_step(area.estimate, parameters))
    return (*steps, *_unit_steps(checklist.aggregation.reading, area.estimate))


def explain_system(checklist: Checklist, score: Score, *, parameters: Parameters = DEFAULTS) -> tuple[Step, ...]:
    """From the debts and weights of the areas to the system's estimate, interval, coverage and band."""
    if not score.areas:
        text = f"No question of {checklist.title} applies here. There is nothing to score."
        return (Step(title="Not applicable", text=text, value=None),)
    parameters = fitting(checklist, parameters)
    weights = [area.weight for area in score.areas]
    coverages = [area.estimate.coverage for area in score.areas]
    terms = [
        Term(
            id=it.id,
            debt=it.counted,
            low=it.estimate.low,
            high=it.estimate.high,
            weight=it.weight,
            note="" if _rated(it) else "not rated",
        )
        for it in score.areas
        if not it.left_out
    ]
    listed = " + ".join(f"{_n(weight)} × {_n(part)}" for weight, part in zip(weights, coverages, strict=True))
    return (
        *_other_rules(score, parameters),
        *(_left_out_step(it.id) for it in score.areas if it.left_out),
        *(explain_rule(system_rule(parameters), terms, parameters.values) if terms else ()),
        *((_ends_step(score.system),) if terms else ()),
        Step(
            title="Coverage",
            text=f"The mean of the areas' coverages: ({listed}) / {_n(fsum(weights))} = {_n(score.system.coverage)}.",
            value=score.system.coverage,
        ),
        _band_step(score.system, parameters),
        *_unit_steps(checklist.aggregation.reading, score.system),
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
        missing = _missing(question, parameters)
        return Step(
            title="Unknown",
            text=f"{reason} {_counts(missing, parameters)}",
            value=None if question.left_out else _debt_of(missing, parameters),
        )
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
    if question.level is None and question.low == question.high:
        text = f"The checklist counts what is not known as one number, so both ends are {_n(question.low)}."
        return Step(title="Interval", text=text, value=None)
    if question.level is None:
        text = f"Nothing is known, so the debt lies anywhere between {_n(question.low)} and {_n(question.high)}."
        return Step(title="Interval", text=text, value=None)
    low, high = interval(question.votes, question.level, len(parameters.values) - 1)
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
    if question.doubt:
        low, high = max(low - question.doubt, 0), min(high + question.doubt, len(values) - 1)
        further = "one level" if question.doubt == 1 else f"{question.doubt} levels"
        text += (
            f" The answer waits to be confirmed, so each end moves out by {further}: {_n(values[low])} to"
            f" {_n(values[high])}. The debt does not move."
        )
    if question.high > values[high]:
        text += f" The evidence lifts the upper end to {_n(question.high)}."
    return Step(title="Interval", text=text, value=None)


def _weight_step(question: QuestionScore, rule: Rule) -> Step:
    weight = _n(question.weight)
    if isinstance(rule, Worst | Gates | FirstMatch):
        text = f"The rule of its area looks at no weight. In the coverage this question weighs {weight}."
    else:
        kind = "critical" if question.critical else "not critical"
        text = f"In its area this question weighs {weight}. It is {kind}."
    return Step(title="Weight", text=text, value=question.weight)


def _missing(question: QuestionScore, parameters: Parameters) -> Missing:
    """How this question counts without a level: a vote for "we do not know" is unknown, otherwise it may be blank."""
    declared = parameters.declared
    if declared is None:
        return Missing(counts=Counts.INTERVAL, debt=parameters.unknown)
    kinds = [declared.unknown] if question.votes else [declared.blank, declared.unknown]
    fits = [it for it in kinds if (it.counts is Counts.EXCLUDE) == question.left_out]
    return next((it for it in fits if _debt_of(it, parameters) == question.debt), (fits or kinds)[0])


def _debt_of(missing: Missing, parameters: Parameters) -> float:
    return parameters.values[missing.level] if missing.counts is Counts.TARGET else missing.debt


def _counts(missing: Missing, parameters: Parameters) -> str:
    """What the checklist does with a question that has no level."""
    debt = _n(_debt_of(missing, parameters))
    return {
        Counts.EXCLUDE: "The checklist leaves it out of every number but the coverage.",
        Counts.VALUE: f"The checklist counts it as {debt}.",
        Counts.INTERVAL: f"It counts {debt}, so that hiding an answer never pays."
        if float(debt)
        else f"It counts {debt}; only the upper end shows what it may hide.",
        Counts.TARGET: f"The checklist counts it as though it stood at level {missing.level}, worth {debt}.",
    }[missing.counts]


# -- areas and systems


def _note(question: QuestionScore) -> str:
    notes = (
        ("does not apply", not question.applies),
        ("unknown", not question.known),
        ("critical", question.critical),
        ("floor", question.floor > 0),
    )
    return ", ".join(word for word, holds in notes if holds)


def _left_out_step(name: str) -> Step:
    return Step(title=name, text="Nothing is known, and the checklist leaves it out of every number.", value=None)


def _unit_steps(reading: Reading | None, estimate: Estimate) -> tuple[Step, ...]:
    """The estimate in the unit the model was published in."""
    said = say(reading, estimate)
    if said is None or reading is None or estimate.estimate is None:
        return ()
    full, none, debt = _n(reading.full_debt), _n(reading.no_debt), _n(estimate.estimate)
    words = f", {said.words}" if said.words else ""
    text = (
        f"No debt is {none} {said.unit}, full debt {full}: {none} + ({full} - {none}) × {debt} = {_n(said.value)}"
        f"{words}. Between {_n(said.low)} and {_n(said.high)}."
    )
    return (Step(title=f"In {said.unit}", text=text, value=said.value),)


def _not_rated_step(area: AreaScore) -> Step:
    if area.left_out:
        text = "Nothing is known in this area, so it is not rated, and the checklist leaves it out of the system."
        return Step(title="Not rated", text=text, value=None)
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

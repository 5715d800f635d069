"""From the signals of a repository to floors under the debt of questions, and to hints that only ask."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from checklists.checklist import Checklist
from checklists.reader import DEFAULT_PACK
from evidence.evidence import Evidence, Polarity, Signal, State, Strength
from scoring.terms import Floor, Hint

FLOORS = {Strength.DIRECT: 0.5, Strength.STRONG: 0.25}  #: .75 was measured to be too harsh, weak signals to mislead

Override = tuple[str, str]  #: (question id, signal id) a person rejected, with a written reason kept elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What the evidence is worth. All three are in the order of the checklist, then by signal id."""

    floors: tuple[Floor, ...]
    hints: tuple[Hint, ...]
    overridden: tuple[Floor, ...]  #: floors a person rejected: they stay visible and do not count


def weigh(checklist: Checklist, evidence: Evidence | None, *, overridden: frozenset[Override] = frozenset()) -> Weighed:
    """The floors and hints of one scan, for the questions of this checklist.

    Only a found signal of debt counts: a direct observation gives a floor of .5, a strong indirect one .25, a weak one
    a hint. Care never lowers debt, and absence proves nothing. `overridden` holds (question id, signal id).
    """
    floors: list[Floor] = []
    hints: list[Hint] = []
    rejected: list[Floor] = []
    for question, signal in _speaking(checklist, evidence):
        message = signal.message or signal.statement
        value = FLOORS.get(signal.strength)
        if value is None:
            hints.append(Hint(question=question, signal=signal.id, message=message))
            continue
        floor = Floor(question=question, signal=signal.id, value=value, message=message)
        (rejected if (question, signal.id) in overridden else floors).append(floor)
    return Weighed(floors=tuple(floors), hints=tuple(hints), overridden=tuple(rejected))


def spoken_to(signal: Signal, checklist: Checklist) -> Collection[str]:
    """The questions of this checklist, by id, that a signal says something about.

    A collector names the questions of the default pack; the ids of another pack may be the same and mean something
    else, so there only the signals count that its questions name themselves.
    """
    if checklist.id == DEFAULT_PACK:
        return signal.questions
    return [question.id for question in checklist.questions.values() if signal.id in question.signals]


def _speaking(checklist: Checklist, evidence: Evidence | None) -> list[tuple[str, Signal]]:
    """Each question with each found signal of debt that speaks to it, once, in a fixed order."""
    place = {question: number for number, question in enumerate(checklist.questions)}
    pairs = {
        (question, signal)
        for signal in (evidence.signals if evidence else ())
        if signal.polarity is Polarity.DEBT and signal.state is State.FOUND
        for question in spoken_to(signal, checklist)
        if question in place
    }
    return sorted(pairs, key=lambda pair: (place[pair[0]], pair[1].id, pair[1].strength, pair[1].message))

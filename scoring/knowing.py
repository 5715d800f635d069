"""What would help most to know: the open or disputed questions whose answer would narrow the system's interval most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum

from checklists.checklist import Checklist
from scoring.aggregate import fitting
from scoring.score import combine_area, combine_system, score
from scoring.terms import AreaScore, Estimate, Floor, Parameters, QuestionScore, Response, ResponseState, Scope

KNOWING_COUNT = 5
DISPUTED_FROM_LEVELS = 2  #: votes at least so far apart are worth another talk
_NO_NARROWING = 1e-9  #: less than this is rounding


class Why(StrEnum):
    """Why a question is open."""

    UNANSWERED = "unanswered"
    UNKNOWN = "unknown"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorthKnowing:
    """A question and what its answer would do to the interval of the system."""

    question: str
    why: Why
    width_before: float  #: of the system's interval now, 0..1
    width_after: float  #: the mean over its possible answers
    narrowing: float  #: width_before - width_after, above 0
    area: str


def worth_knowing(
    checklist: Checklist,
    responses: Mapping[str, Response],
    floors: Sequence[Floor] = (),
    *,
    asked: Scope | None = None,
    count: int = KNOWING_COUNT,
    parameters: Parameters | None = None,
) -> tuple[WorthKnowing, ...]:
    """At most `count` questions, the one that would narrow most first, then by id.

    An open question is tried with each level, given by one person, every level alike likely. A disputed one (votes two
    levels apart or more) is tried as voted again by as many, all for one of the levels that were named, as often as it
    was named. Each question is tried alone; what two together would do is not their sum. A question whose answer would
    narrow nothing is not in it.
    """
    parameters = fitting(checklist, parameters)
    now = score(checklist, responses, floors, asked=asked, parameters=parameters)
    open_ = {
        name: why
        for name, question in now.questions.items()
        if question.applies and (why := _why(question, responses.get(name)))
    }
    tried = [
        score(
            checklist,
            {**responses, **{name: _supposed(now.questions[name], open_[name], level) for name in open_}},
            floors,
            asked=asked,
            parameters=parameters,
        ).questions
        for level in range(checklist.level_count)
    ]
    width = _width(now.system)
    found = []
    for place, area in enumerate(now.areas):
        for name in area.questions:
            if name not in open_:
                continue
            shares = _shares(now.questions[name], open_[name], checklist.level_count)
            after = fsum(
                share * _width(_with(now.areas, place, now.questions, tried[level][name], parameters))
                for level, share in enumerate(shares)
                if share
            ) / sum(shares)
            found.append(
                WorthKnowing(
                    question=name,
                    why=open_[name],
                    width_before=width,
                    width_after=after,
                    narrowing=width - after,
                    area=area.id,
                )
            )
    found = [it for it in found if it.narrowing > _NO_NARROWING]
    found.sort(key=lambda it: (-round(it.narrowing, 12), it.question))
    return tuple(found[:count])


def _why(question: QuestionScore, response: Response | None) -> Why | None:
    """Why a question is open; None when it is settled."""
    if question.level is None:
        return Why.UNANSWERED if response is None or not (response.votes or _said_unknown(response)) else Why.UNKNOWN
    named = _named(question)
    return Why.DISPUTED if named and named[-1] - named[0] >= DISPUTED_FROM_LEVELS else None


def _said_unknown(response: Response) -> bool:
    return response.state is ResponseState.UNKNOWN


def _named(question: QuestionScore) -> list[int]:
    return [vote for vote in question.votes if vote is not None]


def _supposed(question: QuestionScore, why: Why, level: int) -> Response:
    votes = (level,) * len(_named(question)) if why is Why.DISPUTED else ()
    return Response(state=ResponseState.ANSWERED, level=level, votes=votes)


def _shares(question: QuestionScore, why: Why, levels: int) -> list[int]:
    """How likely each level is as the answer, as whole parts."""
    if why is not Why.DISPUTED:
        return [1] * levels
    times = Counter(_named(question))
    return [times[level] for level in range(levels)]


def _with(
    areas: Sequence[AreaScore],
    place: int,
    questions: Mapping[str, QuestionScore],
    changed: QuestionScore,
    parameters: Parameters,
) -> Estimate:
    """The system with one question changed: only its own area is combined again."""
    area = areas[place]
    inside = [changed if name == changed.id else questions[name] for name in area.questions]
    combined = combine_area(area.id, area.weight, inside, parameters)
    return combine_system([*areas[:place], combined, *areas[place + 1 :]], parameters)


def _width(estimate: Estimate) -> float:
    return estimate.high - estimate.low

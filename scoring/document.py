"""A Score as a plain JSON document and back: what scripts read and what a sealed snapshot keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any, TypeVar

from checklists.aggregation import Reading
from checklists.checklist import Checklist
from scoring.readings import say
from scoring.terms import AreaScore, Contradiction, Estimate, Hint, QuestionScore, Score

_USUAL = {"applies": True, "left_out": False, "doubt": 0}
_ESTIMATE = tuple(field.name for field in fields(Estimate))

T = TypeVar("T")


class InvalidScoreDocument(ValueError):
    """A document that is not a score as `score_document` writes it; says which part."""


def score_document(score: Score, checklist: Checklist) -> dict[str, Any]:
    """The score as dicts, lists, strings and unrounded numbers, ready for JSON.

    {"checklist": {"id", "version", "content_hash"}, "scoring_id",
     "system": {"estimate", "low", "high", "coverage", "band"}, "worst_area",
     "areas": [{"id", the same five, "weight", "counted", "worst"}],
     "questions": [{"id", "area", "estimate", "debt" (the same), "low", "high", "level", "known", "floor", "weight",
                    "critical", "votes"}],
     "contradictions": [{"question", "signal", "answered", "floor", "message"}],
     "hints": [{"question", "signal", "message"}]}
    Areas and questions that do not apply are absent. `votes` are sorted and carry no names. Where a checklist lets a
    question count that does not apply, it has "applies": false; what it leaves out because nothing is known has
    "left_out": true. An answer that waited to be confirmed has "doubt": by how many levels its interval was moved out.
    A checklist with a published unit adds "reading": {"unit", "system", "areas": {id: ...}}, each
    {"value", "low", "high", "words"} or null.
    """
    document: dict[str, Any] = {
        "checklist": {
            "id": checklist.id,
            "version": checklist.version,
            "content_hash": checklist.content_hash,
        },
        "scoring_id": score.scoring_id,
        "system": asdict(score.system),
        "worst_area": score.worst_area,
        "areas": [
            {
                "id": area.id,
                **asdict(area.estimate),
                "weight": area.weight,
                "counted": area.counted,
                "worst": area.worst,
                **_unusual(area),
            }
            for area in score.areas
        ],
        "questions": [
            _question_document(score.questions[question], area.id)
            for area in score.areas
            for question in area.questions
        ],
        "contradictions": [asdict(contradiction) for contradiction in score.contradictions],
        "hints": [asdict(hint) for hint in score.hints],
    }
    if reading := checklist.aggregation.reading:
        document["reading"] = {
            "unit": reading.unit,
            "system": _said(reading, score.system),
            "areas": {area.id: _said(reading, area.estimate) for area in score.areas},
        }
    return document


def score_from_document(document: Mapping[str, Any]) -> Score:
    """The Score a document was written from, equal to it in every number. Raises InvalidScoreDocument."""
    try:
        questions = {entry["id"]: _question(entry) for entry in document["questions"]}
        return Score(
            system=_estimate(document["system"]),
            areas=tuple(_area(entry, document["questions"]) for entry in document["areas"]),
            questions=questions,
            contradictions=_all(Contradiction, document["contradictions"]),
            worst_area=document["worst_area"],
            scoring_id=document["scoring_id"],
            hints=_all(Hint, document["hints"]),
        )
    except KeyError as error:
        raise InvalidScoreDocument(f"score: {error.args[0]!r} is missing; write it with score_document") from error
    except (TypeError, AttributeError) as error:
        raise InvalidScoreDocument(
            f"score: not the shape of a score ({error}); write it with score_document"
        ) from error


def _question_document(question: QuestionScore, area: str) -> dict[str, Any]:
    plain = {name: value for name, value in asdict(question).items() if name not in _USUAL}
    return {
        "id": plain.pop("id"),
        "area": area,
        "estimate": question.debt,
        **plain,
        **_unusual(question),
        "votes": list(question.votes),
    }


def _said(reading: Reading, estimate: Estimate) -> dict[str, Any] | None:
    said = say(reading, estimate)
    if said is None:
        return None
    return {"value": said.value, "low": said.low, "high": said.high, "words": said.words}


def _unusual(entry: QuestionScore | AreaScore) -> dict[str, bool | int]:
    """The marks that only some questions carry, where they are set: without them, documents stay as they were."""
    return {name: getattr(entry, name) for name, usual in _USUAL.items() if getattr(entry, name, usual) != usual}


def _estimate(entry: Mapping[str, Any]) -> Estimate:
    return Estimate(**{name: entry[name] for name in _ESTIMATE})


def _area(entry: Mapping[str, Any], questions: list[Mapping[str, Any]]) -> AreaScore:
    return AreaScore(
        id=entry["id"],
        estimate=_estimate(entry),
        weight=entry["weight"],
        counted=entry["counted"],
        worst=entry["worst"],
        questions=tuple(question["id"] for question in questions if question["area"] == entry["id"]),
        left_out=entry.get("left_out", False),
    )


def _question(entry: Mapping[str, Any]) -> QuestionScore:
    values = {
        field.name: entry.get(field.name, _USUAL[field.name]) if field.name in _USUAL else entry[field.name]
        for field in fields(QuestionScore)
    }
    return QuestionScore(**{**values, "votes": tuple(values["votes"])})


def _all(kind: Callable[..., T], entries: list[Mapping[str, Any]]) -> tuple[T, ...]:
    return tuple(kind(**entry) for entry in entries)

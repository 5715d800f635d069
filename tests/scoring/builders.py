"""Small checklists and responses for the tests of scoring, built in one line each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from checklists.checklist import Area, Checklist, Classes, Level, Question, SeverityClass, Switch
from scoring.score import Floor, Response, ResponseState

SEVERITIES = {
    "C": SeverityClass(weight=10, loss_days=20, critical=True),
    "H": SeverityClass(weight=7.5, loss_days=10, critical=False),
    "M": SeverityClass(weight=5, loss_days=5, critical=False),
    "L": SeverityClass(weight=2.5, loss_days=2, critical=False),
}
LEVELS = tuple(Level(number=number, text=f"level {number}") for number in range(5))


def question(question_id: str, severity: str = "M", *, core: bool = True, applies_when: str | None = None) -> Question:
    return Question(
        id=question_id,
        text=f"What about {question_id}?",
        why="It matters.",
        levels=LEVELS,
        severity=severity,
        effort="M",
        interest="i2",
        spread="s1",
        remedies=(),
        look_for=(),
        signals=(),
        not_applicable_when=None,
        sources=(),
        depends_on=(),
        replaces=(),
        applies_when=applies_when,
        core=core,
    )


def area(area_id: str, *questions: Question | str, weight: float = 1, applies_when: str | None = None) -> Area:
    """Questions may be given as severity letters: area("ENT", "C", "H") has ENT-01 (critical) and ENT-02."""
    return Area(
        id=area_id,
        title=f"Area {area_id}",
        short=area_id,
        summary="An area.",
        weight=weight,
        applies_when=applies_when,
        questions=tuple(
            question(f"{area_id}-{number:02}", given) if isinstance(given, str) else given
            for number, given in enumerate(questions, 1)
        ),
    )


def checklist(*areas: Area, severities: Mapping[str, SeverityClass] = SEVERITIES, version: str = "1") -> Checklist:
    body = repr((version, areas, sorted(severities.items())))
    return Checklist(
        id="test",
        version=version,
        title="Test checklist",
        summary="For tests.",
        classes=Classes(
            severity=severities,
            effort_days={"M": 5},
            friction_days={"i2": 2},
            growth={"s1": 0.05},
            provenance="proposal",
        ),
        switches=(Switch(id="agents", title="Agents", explanation="The system acts."),),
        areas=areas,
        content_hash=hashlib.sha256(body.encode()).hexdigest(),
    )


def answered(level: int) -> Response:
    return Response(state=ResponseState.ANSWERED, level=level)


def voted(*votes: int | None, level: int | None = None) -> Response:
    return Response(state=ResponseState.ANSWERED, level=level, votes=votes)


UNKNOWN = Response(state=ResponseState.UNKNOWN)
NOT_APPLICABLE = Response(state=ResponseState.NOT_APPLICABLE, reason="Nothing of the kind here.")


def levels(area_id: str, *given: int | None) -> dict[str, Response]:
    """levels("ENT", 2, None, 0) answers ENT-01 with 2, leaves ENT-02 open, answers ENT-03 with 0."""
    return {f"{area_id}-{number:02}": answered(level) for number, level in enumerate(given, 1) if level is not None}


def floor(question_id: str, value: float = 0.5, signal: str = "secrets-in-code") -> Floor:
    return Floor(question=question_id, signal=signal, value=value, message=f"{signal} seen")

"""A movement as scripts read it: one JSON document, lines in words, and rows of a table; numbers unrounded."""

from __future__ import annotations

from typing import Any

from operations.movement import MovementView
from scoring.causes import MEASURES
from scoring.movement import CAME_OR_LEFT, MovementStep, SystemPart
from scoring.split import QuestionShare, Stand

Cell = str | float | None

#: In tables: 0..1 and unrounded, as on the command line; the screen shows points, which are the same times 100.
HEADS = (
    "step",
    "system id",
    "system",
    "team",
    "question id",
    "question",
    "level before",
    "level after",
    "debt before 0-1",
    "debt after 0-1",
    "share 0-1",
)


def step_name(step: MovementStep) -> str:
    """What a step is called outside the screen."""
    return CAME_OR_LEFT if step.cause is None else step.cause.value


def movement_document(view: MovementView) -> dict[str, Any]:
    """The whole movement: `steps` sum to `total`, the systems of a step to its share, questions to their system's.

    Not the questions of "checklist" and "scoring rules": there `share` is null, because the yardstick moved.
    """
    moved = view.movement
    return {
        "of": view.whose.value,
        "name": view.name,
        "checklist": view.pack,
        "before": {"period": view.before, "debt": moved.before, "systems": moved.counted_before},
        "after": {"period": view.after, "debt": moved.after, "systems": moved.counted_after},
        "systems_in_both": moved.counted_both,
        "common_questions_only": moved.common_only,
        "total": moved.total,
        "steps": [
            {
                "cause": step_name(step),
                "yardstick": step.cause in MEASURES,
                "share": step.share,
                "systems": [_part(view, part) for part in step.systems],
            }
            for step in moved.steps
        ],
        "ranks": [
            {
                "id": move.system,
                "name": view.systems[move.system].name,
                "before": move.before,
                "after": move.after,
                "debt_before": move.debt_before,
                "debt_after": move.debt_after,
            }
            for move in view.ranks
        ],
    }


def _part(view: MovementView, part: SystemPart) -> dict[str, Any]:
    system = view.systems[part.system]
    return {
        "id": part.system,
        "name": system.name,
        "team": system.team,
        "debt_before": part.before,
        "debt_after": part.after,
        "share": part.share,
        "questions": [
            {
                "id": asked.question,
                "before": _stand(asked.before),
                "after": _stand(asked.after),
                "share": asked.share,
            }
            for asked in part.questions
        ],
    }


def _stand(stand: Stand | None) -> dict[str, Any] | None:
    return None if stand is None else {"level": stand.level, "debt": stand.debt}


def movement_rows(view: MovementView) -> list[list[Cell]]:
    """A table of the whole movement, a line a step, a system and a question; only the questions' lines have an id."""
    moved = view.movement
    rows: list[list[Cell]] = [list(HEADS), _total_row(f"debt in {view.before}", moved.before)]
    for step in moved.steps:
        name = step_name(step)
        rows.append([name, "", "all", *[None] * 7, step.share])
        for part in step.systems:
            system = view.systems[part.system]
            about = [name, part.system, system.name, system.team]
            rows.append([*about, *[None] * 4, part.before, part.after, part.share])
            rows += [[*about, *_question(view, asked)] for asked in part.questions]
    return [*rows, _total_row(f"debt in {view.after}", moved.after)]


def _total_row(name: str, debt: float | None) -> list[Cell]:
    return [name, *[None] * 9, debt]


def _question(view: MovementView, asked: QuestionShare) -> list[Cell]:
    before, after = asked.before, asked.after
    return [
        asked.question,
        view.questions.get(asked.question, ""),
        before.level if before else None,
        after.level if after else None,
        before.debt if before else None,
        after.debt if after else None,
        asked.share,
    ]


LINES_A_STEP_MAX = 5  #: systems or questions of a step that are written out on a terminal


def movement_lines(view: MovementView) -> list[str]:
    """The movement for a terminal, in points: each step with what weighs most in it."""
    moved = view.movement
    name = f"{view.whose.value} {view.name}".strip()
    if moved.before is None or moved.after is None or moved.total is None:
        missing = view.before if moved.before is None else view.after
        return [f"{name}: nothing is rated in {missing}, so there is no difference"]
    lines = [
        f"{name}: {100 * moved.before:.1f} in {view.before}, {100 * moved.after:.1f} in {view.after}, "
        f"{_points(moved.total)} points"
    ]
    if view.single is None:
        lines.append(
            f"mean of {moved.counted_before} rated systems before and {moved.counted_after} after, "
            f"{moved.counted_both} in both"
        )
    if moved.common_only:
        lines.append("the checklist changed between: only common questions are compared, the rest is its own step")
    for step in moved.steps:
        lines.append(f"{_points(step.share):>6}  {step_name(step)}")
        inside = _inside_single(view, step) if view.single else _inside(view, step)
        lines += [f"        {text}" for text in inside]
    return lines


def _inside(view: MovementView, step: MovementStep) -> list[str]:
    lines = [f"{_points(part.share):>6}  {view.systems[part.system].name}" for part in step.systems[:LINES_A_STEP_MAX]]
    return _and_more(lines, len(step.systems), "systems")


def _inside_single(view: MovementView, step: MovementStep) -> list[str]:
    questions = [asked for part in step.systems for asked in part.questions]
    lines = [
        f"{_points(asked.share) if asked.share is not None else '':>6}  {asked.question} "
        f"{_level(asked.before)} -> {_level(asked.after)}  {view.questions.get(asked.question, '')}".rstrip()
        for asked in questions[:LINES_A_STEP_MAX]
    ]
    return _and_more(lines, len(questions), "questions")


def _and_more(lines: list[str], count: int, noun: str) -> list[str]:
    return lines if count <= len(lines) else [*lines, f"        and {count - len(lines)} more {noun}"]


def _level(stand: Stand | None) -> str:
    return "-" if stand is None else "?" if stand.level is None else str(stand.level)


def _points(share: float) -> str:
    """A difference in points with its sign; what rounds to nothing has none."""
    said = f"{100 * share:+.1f}"
    return "0.0" if said in {"+0.0", "-0.0"} else said

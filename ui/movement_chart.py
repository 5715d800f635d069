"""The way from the old debt to the new one as bars between two ticks, each step opening into systems and questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from math import ceil, floor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import streamlit as st

from operations.movement import MovementView
from scoring.causes import MEASURES
from scoring.movement import MovementStep, SystemPart
from scoring.split import QuestionShare
from ui import numbers
from ui.change_words import moved
from ui.components import colour_variables, source
from ui.movement_words import debts, movement_words, one_decimal, stands, step_head, step_note
from ui.text import clean

if TYPE_CHECKING:
    from pandas import DataFrame

SYSTEMS_MAX = 8  #: of a step, the largest first; the table and the file have all
QUESTIONS_MAX = 5  #: of a system in a portfolio; a system looked at alone shows all
SPAN_MIN = 0.04  #: of the scale: less than four points side by side would make chance look like a cliff
ROWS_MAX = 1_000  #: of the table twin

_waterfall = st.components.v2.component(
    "arrears_movement",
    html=source("movement.html"),
    css=colour_variables(".movement") + source("movement.css"),
    js=source("movement.js"),
)


def movement_chart(view: MovementView, *, key: str) -> None:
    """Draw the way; nothing where there is no difference to explain."""
    if view.movement.total is not None:
        _waterfall(key=key, data=waterfall(view))


def scale(view: MovementView) -> tuple[float, float]:
    """The debts at both ends of the axis, whole points: all of the way, and no less than SPAN_MIN."""
    start = view.movement.before or 0.0
    along = list(accumulate((step.share for step in view.movement.steps), initial=start))
    least, most = min(along), max(along)
    beside = max(0.05 * (most - least), (SPAN_MIN - (most - least)) / 2)
    low, high = floor(100 * (least - beside)) / 100, ceil(100 * (most + beside)) / 100
    return (low if least < 0 else max(0.0, low)), high  # a step may lead below 0 before the next leads back


def waterfall(view: MovementView) -> dict[str, Any]:
    """Everything the drawing needs, in words and in places 0..1 on the axis."""
    low, high = scale(view)

    def place(debt: float) -> float:
        return (debt - low) / (high - low)

    whole = view.movement
    before, after = whole.before or 0.0, whole.after or 0.0
    rows: list[dict[str, Any]] = [_tick(view.before, before, whole.counted_before, place(before), view)]
    reached = before
    for step in whole.steps:
        rows.append(_bar(view, step, place(reached), place(reached + step.share)))
        reached += step.share
    rows.append(_tick(view.after, after, whole.counted_after, place(after), view))
    cut = "" if low == 0 else " and not from 0: the quarters are ticks, only the steps are bars"
    return {
        "label": movement_words(view),
        "low": numbers.debt(low),
        "high": numbers.debt(high),
        "unit": "points",
        "note": f"The scale runs from {numbers.debt(low)} to {numbers.debt(high)}{cut}. To the right is worse.",
        "rows": rows,
    }


def _tick(period: str, debt: float, counted: int, place: float, view: MovementView) -> dict[str, Any]:
    note = "" if view.single is not None else numbers.count(counted, "rated system")
    return {"label": numbers.period(period), "note": note, "value": one_decimal(debt), "at": place}


def _bar(view: MovementView, step: MovementStep, start: float, end: float) -> dict[str, Any]:
    single = view.single is not None
    shown = step.systems[:SYSTEMS_MAX]
    hidden = step.systems[SYSTEMS_MAX:]
    return {
        "label": step_head(step),
        "note": step_note(step, single=single),
        "value": moved(step.share),
        "from": start,
        "to": end,
        "measure": step.cause in MEASURES or step.cause is None,
        "systems": [_system(view, step, part, single=single) for part in shown],
        "more": _more(hidden, "system") if hidden else "",
    }


def _system(view: MovementView, step: MovementStep, part: SystemPart, *, single: bool) -> dict[str, Any]:
    system = view.systems[part.system]
    came_or_left = step.cause is None
    most = len(part.questions) if single else QUESTIONS_MAX
    hidden = part.questions[most:]
    own = {"system": part.system, "since": view.before, "until": view.after}
    return {
        "name": "" if single else clean(system.name),
        "team": clean(system.team),
        "href": f"/system?{urlencode({'system': part.system})}" if came_or_left else f"/change?{urlencode(own)}",
        "link": f"Open {clean(system.name)}" if came_or_left else f"All that moved {clean(system.name)}",
        "moved": debts(part.before, part.after),
        "value": moved(part.share),
        "questions": [_question(view, part.system, asked) for asked in part.questions[:most]],
        "more": _more(hidden, "question") if hidden else "",
    }


def _question(view: MovementView, system_id: str, asked: QuestionShare) -> list[str]:
    later = asked.question in view.asked_after.get(system_id, frozenset())
    where = {"system": system_id, "period": view.after if later else view.before, "question": asked.question}
    return [
        asked.question,
        clean(view.questions.get(asked.question, "")),
        stands(asked),
        "" if asked.share is None else moved(asked.share),
        f"/assess?{urlencode(where)}",
    ]


def _more(hidden: Sequence[SystemPart] | Sequence[QuestionShare], noun: str) -> str:
    together = moved(sum(one.share or 0.0 for one in hidden))
    return f"and {numbers.count(len(hidden), noun)} more with {together} together, in the table and the file"


def movement_table(view: MovementView) -> DataFrame:
    """Build the table twin: each step, its systems, their questions, in points."""
    from pandas import DataFrame

    heads = ["Step", "System", "Team", "Question", "Before", "After", "Points"]
    return DataFrame(list(islice(_table_rows(view), ROWS_MAX)), columns=heads)


def _table_rows(view: MovementView) -> Iterator[list[str]]:
    for step in view.movement.steps:
        yield [step_head(step), "all", "", "", "", "", moved(step.share)]
        for part in step.systems:
            system = view.systems[part.system]
            about = [step_head(step), clean(system.name), clean(system.team)]
            yield [*about, "", numbers.debt(part.before), numbers.debt(part.after), moved(part.share)]
            for asked in part.questions:
                ends = [
                    numbers.DASH if stand is None else "?" if stand.level is None else f"level {stand.level}"
                    for stand in (asked.before, asked.after)
                ]
                yield [*about, asked.question, *ends, "" if asked.share is None else moved(asked.share)]

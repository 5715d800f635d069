"""Promises as dumbbells: from the date that was promised to the date it was done, and what it did to the debt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from reports import marks, numbers
from reports.palette import Theme
from reports.report import Promise, Promises, PromiseState
from reports.svg import Chart, Drawing

WIDTH = 482.0
ROW, TOP = 21.0, 22.0
RIGHT = 118.0


def draw(promises: Promises, *, theme: Theme = "light", width: float = WIDTH, today: date | None = None) -> Chart:
    """An open ring is the promise, a filled dot the day it was done; what is still open ends today."""
    rows = promises.rows
    drawing = Drawing(width=width, height=TOP + ROW * len(rows) + 16, theme=theme)
    palette = drawing.palette
    label = width * 0.36
    wide = width - label - RIGHT
    days = [day for it in rows for day in (it.due, it.done) if day is not None] + ([today] if today else [])
    first, last = (min(days), max(days)) if days else (date(2026, 1, 1), date(2026, 12, 31))
    span = max(30, (last - first).days)

    def across(day: date) -> float:
        return label + 8 + (wide - 16) * (day - first).days / span

    bottom = TOP + ROW * len(rows)
    ticks = _months(first, last, wide)
    for month in ticks:
        drawing.line(across(month), TOP - 4, across(month), bottom, colour=palette.line)
        drawing.text(across(month), 9, _month(month), size=7.5, colour=palette.muted, anchor="middle")
    if today is not None:
        drawing.line(across(today), TOP - 4, across(today), bottom, colour=palette.ink, width=0.7, dash="2 2")
        drawing.text(across(today), bottom + 9, "today", size=7.5, anchor="middle")
    drawing.text(width - RIGHT + 14, 9, "became", size=7.5, weight=600, colour=palette.muted)
    drawing.text(width - 34, 9, "promised", size=7.5, weight=600, colour=palette.muted, anchor="end")
    drawing.text(width, 9, "effect", size=7.5, weight=600, colour=palette.muted, anchor="end")
    for place, it in enumerate(rows):
        y = TOP + ROW * place + ROW / 2 - 2
        drawing.text(label - 4, y - 0.6, it.title, size=8, weight=600, anchor="end", most=label - 4)
        drawing.text(label - 4, y + 8, _where(it), size=7, colour=palette.muted, anchor="end", most=label - 4)
        _dumbbell(drawing, it, y + 1, across, today)
        colour = _colour(it.state, drawing)
        drawing.text(width - RIGHT + 14, y + 3, marks.PROMISE_WORDS[it.state], size=8, weight=600, colour=colour)
        drawing.text(width - 34, y + 3, numbers.change_words(it.promised, 0) or numbers.DASH, size=8, anchor="end")
        said = numbers.change_words(it.measured, 0) if it.measured is not None else "?"
        drawing.text(width, y + 3, said, size=8, weight=600, anchor="end")
    return drawing.finish(promises.finding, alt(promises))


def _where(it: Promise) -> str:
    return ", ".join(part for part in (it.system, it.owner) if part)


def _colour(state: PromiseState, drawing: Drawing) -> str:
    if state in (PromiseState.OVERDUE, PromiseState.LATE):
        return drawing.palette.worse
    return drawing.palette.better if state is PromiseState.KEPT else drawing.palette.muted


def _dumbbell(drawing: Drawing, it: Promise, y: float, across: Callable[[date], float], today: date | None) -> None:
    palette = drawing.palette
    colour = _colour(it.state, drawing)
    end = it.done or (today if it.state is PromiseState.OVERDUE else None)
    if it.due is not None and end is not None:
        dash = "" if it.done else "2 1.5"
        drawing.line(across(it.due), y, across(end), y, colour=colour, width=2.2, dash=dash)
    if it.due is not None:
        drawing.circle(across(it.due), y, 3.1, fill=palette.page, edge=palette.ink, edge_width=1.1)
    if it.done is not None:
        drawing.circle(across(it.done), y, 2.9, fill=colour)
    elif it.state is PromiseState.OVERDUE and today is not None:
        drawing.triangle(across(today), y, 6.5, up=True, colour=colour)
    elif it.state is PromiseState.DROPPED and it.due is not None:
        x = across(it.due)
        drawing.line(x - 2, y - 2, x + 2, y + 2, colour=palette.ink, width=1.1)
        drawing.line(x - 2, y + 2, x + 2, y - 2, colour=palette.ink, width=1.1)


def _months(first: date, last: date, wide: float) -> list[date]:
    """Firsts of months inside the span, as many as have room."""
    count = (last.year - first.year) * 12 + last.month - first.month
    every = max(1, round(count * 34 / wide + 0.49))
    months = [
        date(first.year + (first.month - 1 + step) // 12, (first.month - 1 + step) % 12 + 1, 1)
        for step in range(1, count + 1)
    ]
    return months[::every]


def _month(day: date) -> str:
    return numbers.day(day).split(" ", 1)[1].replace(" 20", " ’")


def alt(promises: Promises) -> str:
    """Each promise in words."""
    said = "; ".join(
        f"{it.title} ({it.system}): {marks.PROMISE_WORDS[it.state]}, "
        f"due {numbers.day(it.due) if it.due else 'without a date'}"
        + (f", done {numbers.day(it.done)}" if it.done else "")
        for it in promises.rows
    )
    return f"{promises.finding} {said}."

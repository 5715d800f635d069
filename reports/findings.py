"""What each chart shows, in one sentence: its title. Every sentence counts something the chart holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reports import numbers
from reports.report import (
    BacklogPoint,
    BurnUpPoint,
    CellState,
    ChangeStep,
    Column,
    Dispute,
    Move,
    NextAction,
    Promises,
    PromiseState,
    RankMove,
    Row,
    Spread,
    TrendPoint,
)

HEAVY = ("D", "E")
OTHERS = 4  #: where one in so many systems came or left, a trend says so
#: How a step of a change is called inside a sentence, where its label alone would not do.
IN_A_SENTENCE = {
    "members": "systems rated in one quarter only",
    "unsplit": "causes nobody told apart",
    "panel": "other people voting",
    "newly known": "what became known",
    "no longer known": "what is no longer known",
    "not-applicable": "what applies or not",
    "checklist": "another checklist or scope",
    "scoring rules": "another scoring version",
}


def where_it_sits(columns: Sequence[Column], rows: Sequence[Row]) -> str:
    """Of the heatmap: which area is heavy most often, and which systems hold most of the heavy cells."""
    cells = [(row, place, cell) for row in rows for place, cell in enumerate(row.cells) if cell.debt is not None]
    if not cells:
        return "No area is answered yet." if rows else "There is no system yet."
    heavy = [(row, place) for row, place, cell in cells if cell.band in HEAVY]
    if not heavy:
        row, place, cell = max(cells, key=lambda it: (it[2].debt or 0, it[0].name))
        of = "" if len(rows) == 1 else f" of {row.name}"
        return f"No area is heavy; the most, {numbers.debt(cell.debt)}, is in {columns[place].title}{of}."
    if len(rows) == 1:
        titles = [columns[place].title for _, place in sorted(heavy, key=lambda it: -(it[0].cells[it[1]].debt or 0))]
        return f"Heavy debt lies in {numbers.names(titles, 3)}."
    by_place, of_row = Counter(place for _, place in heavy), Counter(id(row) for row, _ in heavy)
    counts = [by_place[place] for place in range(len(columns))]
    worst = counts.index(max(counts))
    by_row = sorted(of_row.values(), reverse=True)
    first = f"{columns[worst].title} is heavy in {counts[worst]} of {numbers.count(len(rows), 'system')}"
    top = min(3, len(rows) - 1)
    if len(heavy) >= 6 and sum(by_row[:top]) * 2 >= len(heavy):
        holders = "One system holds" if top == 1 else f"{('', 'One', 'Two', 'Three')[top]} systems hold"
        return f"{first}. {holders} {numbers.percent(sum(by_row[:top]) / len(heavy))} of all heavy cells."
    return f"{first}; {len(heavy)} of {len(cells)} rated cells {'is' if len(heavy) == 1 else 'are'} heavy."


def of_trend(points: Sequence[TrendPoint], target: float | None, target_words: str) -> str:
    """Of the trend: which way, towards what."""
    known = [(point.period, point.debt) for point in points if point.debt is not None]
    if not known:
        return "Nothing is rated yet."
    (first_period, first), (last_period, last) = known[0], known[-1]
    towards = ""
    if target is not None:
        gap = last - target
        reached = round(gap * 100, 1) <= 0
        towards = f"; {target_words} is reached" if reached else f"; {numbers.change_words(gap)[1:]} above the target"
    if len(known) == 1:
        return f"Debt stands at {numbers.debt_exact(last)} in {numbers.period(last_period)}{towards}."
    since = numbers.period(first_period)
    if abs(last - first) < 0.005:
        return f"Debt stands where it stood in {since}{towards}."
    way = "fell" if last < first else "rose"
    then, now = (next(it.rated for it in points if it.period == period) for period in (first_period, last_period))
    few = abs(now - then) * OTHERS < max(now, then)
    others = "" if few else f", {numbers.count(then, 'rated system')} then, {now} now"
    return f"Debt {way} by {numbers.change_words(abs(last - first))[1:]} points since {since}{others}{towards}."


def of_change(steps: Sequence[ChangeStep]) -> str:
    """Of the waterfall: what brought the debt down, what put it up."""
    down = [step for step in steps if step.share < 0]
    up = [step for step in steps if step.share > 0]
    if not down and not up:
        return "Nothing moved."

    gone, came = (_points(some) for some in (down, up))
    if not up:
        return f"{gone} points went, {_through(down)}."
    if not down:
        return f"{came} points came, {_through(up)}."
    return f"{gone} points went, {_through(down)}; {came} came, {_through(up)}."


def _points(steps: Sequence[ChangeStep]) -> str:
    return numbers.change_words(abs(sum(it.share for it in steps))).lstrip("+")


def _through(steps: Sequence[ChangeStep]) -> str:
    most = max(steps, key=lambda it: abs(it.share))
    words = IN_A_SENTENCE.get(most.key, most.label[:1].lower() + most.label[1:])
    return f"through {words}" if len(steps) == 1 else f"most through {words}"


def of_ranks(moves: Sequence[RankMove]) -> str:
    """Of the rank slope: who climbed."""
    climbed = [it for it in moves if it.before is not None and it.after is not None and it.after < it.before]
    new = [it for it in moves if it.before is None]
    if climbed:
        most = max(climbed, key=lambda it: ((it.before or 0) - (it.after or 0), -(it.after or 0)))
        return f"{most.name} climbed from place {most.before} to {most.after} of the most indebted."
    if new and len(new) < len(moves):
        return f"{numbers.names([it.name for it in new], 2)} came new among the most indebted."
    return "The order of the most indebted systems stayed as it was."


def of_disputes(questions: Sequence[Dispute]) -> str:
    """Of the agreement strip: how many questions need a talk."""
    split = sum(it.spread is Spread.DISCUSS for it in questions)
    if split:
        return f"{numbers.count(split, 'question')} {'needs' if split == 1 else 'need'} a talk before the score counts."
    return "No question splits the voters."


def of_backlog(points: Sequence[BacklogPoint], actions: Sequence[NextAction]) -> str:
    """Of the scatter: what the first few cost and avoid."""
    if not actions:
        return "There is nothing to repay yet." if not points else "Nothing stands out."
    cost = sum(it.cost_days for it in actions)
    avoided = sum(it.avoided_days_per_quarter for it in actions)
    many = "One action" if len(actions) == 1 else f"{('', '', 'Two', 'Three', 'Four', 'Five')[len(actions)]} actions"
    verb = "costs" if len(actions) == 1 else "cost"
    avoid = "avoids" if len(actions) == 1 else "avoid"
    return f"{many} {verb} {numbers.days(cost)} and {avoid} {numbers.days(avoided)} each quarter."


def of_promises(promises_counts: dict[PromiseState, int], period: str = "") -> str:
    """Of the promises: how many were kept, and what became of the others."""
    kept = promises_counts.get(PromiseState.KEPT, 0)
    due = sum(count for state, count in promises_counts.items() if state is not PromiseState.OPEN)
    others = [
        f"{promises_counts[state]} {words}"
        for state, words in (
            (PromiseState.LATE, "came late"),
            (PromiseState.OVERDUE, "overdue"),
            (PromiseState.DROPPED, "dropped"),
        )
        if promises_counts.get(state)
    ]
    if not due:
        return f"{numbers.count(promises_counts.get(PromiseState.OPEN, 0), 'action')} under way, none fell due yet."
    fell = f"that fell due in {numbers.period(period)}" if period else "that fell due"
    first = f"{kept or 'None'} of {due} promises {fell} {'was' if kept == 1 else 'were'} kept"
    if due == 1:
        first = f"The one promise {fell} was {'kept' if kept else 'not kept'}"
    return f"{first}; {', '.join(others)}." if others else f"{first}."


def of_burn_up(points: Sequence[BurnUpPoint]) -> str:
    """Of the burn-up: how much of what was promised is done."""
    known = [it for it in points if it.done_days is not None]
    if not known:
        return "Nothing is promised yet."
    last = known[-1]
    grown = last.scope_days - points[0].scope_days
    since = numbers.period(points[0].period)
    more = f"; {numbers.days(grown)} were promised since {since}" if 0 < grown <= points[0].scope_days else ""
    share = (last.done_days or 0.0) / last.scope_days if last.scope_days else 0.0
    if share >= 1:
        return f"All {numbers.days(last.scope_days)} promised are done{more}."
    done = numbers.days(last.done_days or 0.0)
    return f"{done} of {numbers.days(last.scope_days)} promised are done, {numbers.percent(share)}{more}."


def of_confidence(rows: Sequence[Row], answered: float | None, questions: int) -> str:
    """Of the coverage: how much is answered, how many numbers to read with care."""
    if not rows or answered is None:
        return "Nothing is answered yet."
    shaky = sum(cell.low_confidence for row in rows for cell in row.cells if cell.state is CellState.SCORE)
    cells = sum(cell.state is CellState.SCORE for row in rows for cell in row.cells)
    parts = [f"{numbers.percent(answered)} is answered"]
    if cells:
        need = "needs" if shaky == 1 else "need"
        parts.append(f"{shaky} of {cells} numbers {need} care" if shaky else "no number needs special care")
    parts += [f"{numbers.count(questions, 'question')} {'is' if questions == 1 else 'are'} open"] if questions else []
    return f"{numbers.names(parts, 3)}."


def of_team(rows: Sequence[Row], promises: Promises | None, questions: int) -> str:
    """Of a team's page: one sentence."""
    rated = [row for row in rows if row.total.rated and row.total.debt is not None]
    if not rated:
        many = numbers.count(len(rows), "system")
        return f"{many}, none rated yet; {numbers.count(questions, 'question')} to answer."
    worst = max(rated, key=lambda row: (row.total.debt or 0, row.name))
    first = (
        f"{worst.name} stands at {numbers.debt(worst.total.debt)}"
        if len(rows) == 1
        else f"Of {len(rows)} systems only {worst.name} is rated, {numbers.debt(worst.total.debt)}"
        if len(rated) == 1
        else f"{worst.name} carries the most of {_of_how_many(rows, rated)}, {numbers.debt(worst.total.debt)}"
    )
    worse = [row.name for row in rated if row.total.move is Move.WORSE]
    better = [row.name for row in rated if row.total.move is Move.BETTER]
    moved = (
        f"; {numbers.names(worse, 2)} got clearly worse"
        if worse
        else f"; {numbers.names(better, 2)} got clearly better"
        if better
        else ""
    )
    late = promises.count(PromiseState.OVERDUE) if promises else 0
    overdue = f"; {numbers.count(late, 'action')} overdue" if late else ""
    return f"{first}{moved}{overdue}."


def _of_how_many(rows: Sequence[Row], rated: Sequence[Row]) -> str:
    if len(rated) == len(rows):
        return numbers.count(len(rows), "system")
    return f"the {len(rated)} rated systems of {len(rows)}"

"""A report as tables: what workbook, text, slides and pages show beside the charts, each number once and typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reports import marks, numbers
from reports.report import (
    Backlog,
    BurnUp,
    Cell,
    CellState,
    ChangeByCause,
    Confidence,
    Decision,
    Disputes,
    EvidenceRow,
    Heatmap,
    KeyNumber,
    NextAction,
    Promises,
    RankMoves,
    Report,
    SystemDetail,
    TrendChart,
    Unit,
)


class Kind(StrEnum):
    """What a column holds. `None` in a row is "not known" or "does not apply", never 0."""

    TEXT = "text"
    DEBT = "debt"  #: 0..1
    CHANGE = "change"  #: of a debt, -1..1, negative is better
    SHARE = "share"  #: 0..1
    DAYS = "days"  #: person-days
    COUNT = "count"
    DAY = "day"  #: a date
    CELL = "cell"  #: a Cell of the heatmap: a debt with its state, band and marks


Value = str | float | int | date | Cell | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """A column: its heading and what stands under it. `wide` columns hold sentences."""

    head: str
    kind: Kind = Kind.TEXT
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a report. `key` names it in file formats; `finding` is the sentence over it, "" for none."""

    key: str
    title: str
    finding: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
    left_out: int = 0  #: further rows that this report does not hold
    names: int = 1  #: so many first columns name a row


def value_shown(value: Value, kind: Kind) -> str:
    """A value as people read it: "47", "+4.2", "62 %", "2.5", "20 Nov 2026", "47 ▲"; "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, Cell):
        return marks.short(value)
    if isinstance(value, date):
        return numbers.day(value)
    if isinstance(value, str):
        return value
    written = {
        Kind.DEBT: lambda: numbers.debt_exact(value),
        Kind.CHANGE: lambda: numbers.change_words(value),
        Kind.SHARE: lambda: numbers.percent(value),
        Kind.DAYS: lambda: numbers.days(value).split(" ")[0],
    }
    return written.get(kind, lambda: f"{value:g}")()


def tables_of(report: Report) -> tuple[Table, ...]:
    """Every table of a report in the order of its pages; a part that has nothing to say is left out."""
    made: Iterable[Table | None] = (
        numbers_table(report.numbers),
        decisions_table(report.decisions),
        trend_table(report.trend),
        heatmap_table(report.appendix.heatmap),
        change_table(report.change),
        ranks_table(report.ranks),
        disputes_table(report.disputes),
        actions_table(report.actions),
        backlog_table(report.backlog),
        promises_table(report.promises),
        burn_up_table(report.burn_up),
        *confidence_tables(report.confidence),
        worst_table(report.system),
        evidence_table(report.appendix.evidence, report.appendix.evidence_left_out),
    )
    return tuple(table for table in made if table is not None and table.rows)


def numbers_table(rows: tuple[KeyNumber, ...]) -> Table:
    """The four numbers of page one."""
    kinds = {Unit.DEBT: Kind.DEBT, Unit.SHARE: Kind.SHARE, Unit.COUNT: Kind.COUNT}

    def shown(number: KeyNumber) -> tuple[Value, ...]:
        return (number.label, number.shown, number.change_shown, kinds[number.unit].value, number.value,
                number.of, number.change, number.note)  # fmt: skip

    return Table(
        key="numbers",
        title="Four numbers",
        finding="",
        columns=(
            TableColumn(head="Number"),
            TableColumn(head="Value"),
            TableColumn(head="Change"),
            TableColumn(head="Unit"),
            TableColumn(head="Value, unrounded", kind=Kind.COUNT),
            TableColumn(head="Out of", kind=Kind.COUNT),
            TableColumn(head="Change, unrounded", kind=Kind.COUNT),
            TableColumn(head="Note", wide=True),
        ),
        rows=tuple(shown(number) for number in rows),
    )


def decisions_table(rows: tuple[Decision, ...]) -> Table:
    """What the readers are asked to decide."""
    return Table(
        key="decisions",
        title="Decisions",
        finding="",
        columns=(
            TableColumn(head="Decision", wide=True),
            TableColumn(head="Why", wide=True),
            TableColumn(head="Who"),
            TableColumn(head="When"),
            TableColumn(head="Costs, days", kind=Kind.DAYS),
            TableColumn(head="Avoids, days", kind=Kind.DAYS),
            TableColumn(head="In quarters", kind=Kind.COUNT),
        ),
        rows=tuple(
            (it.what, it.why, it.who, it.when, it.cost_days, it.avoided_days, it.horizon_quarters) for it in rows
        ),
    )


def trend_table(trend: TrendChart | None) -> Table | None:
    """Debt over the quarters."""
    if trend is None:
        return None
    changed = {mark.period: mark.words for mark in trend.marks}
    low, high = ("Low", "High") if trend.of_one_system else ("Lower quartile", "Upper quartile")
    return Table(
        key="trend",
        title="Trend",
        finding=trend.finding,
        columns=(
            TableColumn(head="Quarter"),
            TableColumn(head="Debt" if trend.of_one_system else "Mean debt", kind=Kind.DEBT),
            TableColumn(head="Median", kind=Kind.DEBT),
            TableColumn(head=low, kind=Kind.DEBT),
            TableColumn(head=high, kind=Kind.DEBT),
            TableColumn(head="Systems rated", kind=Kind.COUNT),
            TableColumn(head="Target", kind=Kind.DEBT),
            TableColumn(head="Changed here", wide=True),
        ),
        rows=tuple(
            (
                numbers.period(it.period),
                it.debt,
                it.median,
                it.low,
                it.high,
                it.rated,
                trend.target,
                changed.get(it.period, ""),
            )
            for it in trend.points
        ),
    )


def heatmap_table(heatmap: Heatmap | None) -> Table | None:
    """Systems by areas, with the share known and the change of the whole."""
    if heatmap is None:
        return None
    return Table(
        key="heatmap",
        title="Heatmap",
        finding=heatmap.finding,
        columns=(
            TableColumn(head="Team"),
            TableColumn(head="System"),
            *(TableColumn(head=it.title, kind=Kind.CELL) for it in heatmap.columns),
            TableColumn(head="All areas", kind=Kind.CELL),
            TableColumn(head="Letter"),
            TableColumn(head="Low", kind=Kind.DEBT),
            TableColumn(head="High", kind=Kind.DEBT),
            TableColumn(head="Known", kind=Kind.SHARE),
            TableColumn(head="Change", kind=Kind.CHANGE),
        ),
        rows=tuple(
            (row.team, row.name, *row.cells, row.total, (row.total.band or "") if row.total.rated else "",
             row.total.low, row.total.high, row.total.known if row.total.state is CellState.SCORE else None,
             row.total.change)
            for row in heatmap.rows
        ),
        left_out=heatmap.left_out,
        names=2,
    )  # fmt: skip


def change_table(change: ChangeByCause | None) -> Table | None:
    """From the debt before to the debt now, cause by cause."""
    if change is None:
        return None
    return Table(
        key="change",
        title="Change by cause",
        finding=change.finding,
        columns=(
            TableColumn(head="Step"),
            TableColumn(head="Share", kind=Kind.CHANGE),
            TableColumn(head="Debt", kind=Kind.DEBT),
            TableColumn(head="About", wide=True),
        ),
        rows=(
            (numbers.period(change.before_period), None, change.before, "where it stood"),
            *((step.label, step.share, None, marks.STEP_WORDS[step.kind]) for step in change.steps),
            (numbers.period(change.after_period), None, change.after, "where it stands"),
        ),
    )


def ranks_table(ranks: RankMoves | None) -> Table | None:
    """The most indebted systems and where they come from."""
    if ranks is None:
        return None
    return Table(
        key="ranks",
        title="Rank changes",
        finding=ranks.finding,
        columns=(
            TableColumn(head="System"),
            TableColumn(head=f"Place {numbers.period(ranks.before_period)}", kind=Kind.COUNT),
            TableColumn(head=f"Place {numbers.period(ranks.after_period)}", kind=Kind.COUNT),
            TableColumn(head="Debt before", kind=Kind.DEBT),
            TableColumn(head="Debt now", kind=Kind.DEBT),
            TableColumn(head="Moved"),
        ),
        rows=tuple(
            (it.name, it.before, it.after, it.debt_before, it.debt_after, marks.MOVE_WORDS[it.move])
            for it in ranks.moves
        ),
    )


def disputes_table(disputes: Disputes | None) -> Table | None:
    """The questions on which votes lie furthest apart: counts for each level, never a name."""
    if disputes is None:
        return None
    levels = max((len(it.counts) for it in disputes.questions), default=0)
    return Table(
        key="disputes",
        title="Disputed questions",
        finding=disputes.finding,
        columns=(
            TableColumn(head="Question"),
            TableColumn(head="System"),
            TableColumn(head="Area"),
            TableColumn(head="Text", wide=True),
            *(TableColumn(head=f"Level {level}", kind=Kind.COUNT) for level in range(levels)),
            TableColumn(head="Do not know", kind=Kind.COUNT),
            TableColumn(head="Votes are"),
        ),
        rows=tuple(
            (it.question, it.system, it.area, it.text, *it.counts, *(0,) * (levels - len(it.counts)), it.unknown,
             marks.SPREAD_WORDS[it.spread])
            for it in disputes.questions
        ),
        left_out=disputes.left_out,
    )  # fmt: skip


def actions_table(actions: tuple[NextAction, ...]) -> Table | None:
    """What to do first."""
    if not actions:
        return None
    return Table(
        key="actions",
        title="What to do first",
        finding="",
        columns=(
            TableColumn(head="No.", kind=Kind.COUNT),
            TableColumn(head="Action", wide=True),
            TableColumn(head="System"),
            TableColumn(head="Team"),
            TableColumn(head="Question"),
            TableColumn(head="Why", wide=True),
            TableColumn(head="Owner"),
            TableColumn(head="Due", kind=Kind.DAY),
            TableColumn(head="Costs, days", kind=Kind.DAYS),
            TableColumn(head="Avoids a quarter, days", kind=Kind.DAYS),
            TableColumn(head="Avoids, days", kind=Kind.DAYS),
            TableColumn(head="In quarters", kind=Kind.COUNT),
            TableColumn(head="Tier"),
            TableColumn(head="Planned"),
        ),
        rows=tuple(
            (it.number, it.title, it.system, it.team, it.question, it.why, it.owner, it.due, it.cost_days,
             it.avoided_days_per_quarter, it.avoided_days, it.horizon_quarters, it.tier,
             "planned" if it.planned else "")
            for it in actions
        ),
        names=2,
    )  # fmt: skip


def backlog_table(backlog: Backlog | None) -> Table | None:
    """Every possible repayment: what it costs and what it avoids."""
    if backlog is None:
        return None
    return Table(
        key="backlog",
        title="Backlog",
        finding=backlog.finding,
        columns=(
            TableColumn(head="Question"),
            TableColumn(head="Repayment", wide=True),
            TableColumn(head="System"),
            TableColumn(head="Costs, days", kind=Kind.DAYS),
            TableColumn(head="Avoids a quarter, days", kind=Kind.DAYS),
            TableColumn(head="Action no.", kind=Kind.COUNT),
        ),
        rows=tuple(
            (it.question, it.title, it.system, it.cost_days, it.avoided_days_per_quarter, it.number)
            for it in backlog.points
        ),
        left_out=backlog.left_out,
    )


def promises_table(promises: Promises | None) -> Table | None:
    """What was promised and what came of it."""
    if promises is None:
        return None
    return Table(
        key="promises",
        title="Promises",
        finding=promises.finding,
        columns=(
            TableColumn(head="Action", wide=True),
            TableColumn(head="System"),
            TableColumn(head="Team"),
            TableColumn(head="Owner"),
            TableColumn(head="State"),
            TableColumn(head="Planned on", kind=Kind.DAY),
            TableColumn(head="Due", kind=Kind.DAY),
            TableColumn(head="Done", kind=Kind.DAY),
            TableColumn(head="Planned, days", kind=Kind.DAYS),
            TableColumn(head="Took, days", kind=Kind.DAYS),
            TableColumn(head="Promised", kind=Kind.CHANGE),
            TableColumn(head="Measured", kind=Kind.CHANGE),
            TableColumn(head="Reason", wide=True),
        ),
        rows=tuple(
            (it.title, it.system, it.team, it.owner, marks.PROMISE_WORDS[it.state], it.planned_on, it.due, it.done,
             it.planned_days, it.actual_days, it.promised, it.measured, it.reason)
            for it in promises.rows
        ),
        left_out=promises.left_out,
    )  # fmt: skip


def burn_up_table(burn_up: BurnUp | None) -> Table | None:
    """Days promised and done up to the end of each quarter."""
    if burn_up is None:
        return None
    return Table(
        key="burn-up",
        title="Promised and done",
        finding=burn_up.finding,
        columns=(
            TableColumn(head="Quarter"),
            TableColumn(head="Promised, days", kind=Kind.DAYS),
            TableColumn(head="Done, days", kind=Kind.DAYS),
        ),
        rows=tuple((numbers.period(it.period), it.scope_days, it.done_days) for it in burn_up.points),
    )


def confidence_tables(confidence: Confidence | None) -> tuple[Table, ...]:
    """How far the numbers can be trusted: coverage, numbers to read with care, questions still open."""
    if confidence is None:
        return ()
    return (
        Table(
            key="coverage",
            title="Coverage",
            finding=confidence.finding,
            columns=(
                TableColumn(head="Of"),
                TableColumn(head="Answered", kind=Kind.SHARE),
                TableColumn(head="Rests on evidence", kind=Kind.SHARE),
            ),
            rows=tuple((it.name, it.answered, it.evidenced) for it in confidence.coverage),
            left_out=confidence.coverage_left_out,
        ),
        Table(
            key="low-confidence",
            title="Read with care",
            finding="",
            columns=(
                TableColumn(head="System"),
                TableColumn(head="Area"),
                TableColumn(head="Debt", kind=Kind.DEBT),
                TableColumn(head="Low", kind=Kind.DEBT),
                TableColumn(head="High", kind=Kind.DEBT),
                TableColumn(head="Known", kind=Kind.SHARE),
                TableColumn(head="Why", wide=True),
            ),
            rows=tuple(
                (it.system, it.area or "All areas", it.debt, it.low, it.high, it.known, it.why)
                for it in confidence.low_confidence
            ),
            left_out=confidence.low_confidence_left_out,
        ),
        Table(
            key="open-questions",
            title="Open questions",
            finding="",
            columns=(
                TableColumn(head="Question"),
                TableColumn(head="System"),
                TableColumn(head="Team"),
                TableColumn(head="Area"),
                TableColumn(head="Text", wide=True),
                TableColumn(head="State"),
            ),
            rows=tuple(
                (it.question, it.system, it.team, it.area, it.text, "nobody knows" if it.unknown else "unanswered")
                for it in confidence.open_questions
            ),
            left_out=confidence.open_questions_left_out,
        ),
    )


def worst_table(system: SystemDetail | None) -> Table | None:
    """The questions of one system that weigh heaviest."""
    if system is None:
        return None
    return Table(
        key="heaviest",
        title="Heaviest questions",
        finding=system.finding,
        columns=(
            TableColumn(head="Question"),
            TableColumn(head="Text", wide=True),
            TableColumn(head="Area"),
            TableColumn(head="Debt", kind=Kind.DEBT),
            TableColumn(head="Answer", wide=True),
            TableColumn(head="Repository"),
        ),
        rows=tuple(
            (it.question, it.text, it.area, it.debt, it.answer, "contradicts" if it.contradicted else "")
            for it in system.worst
        ),
    )


def evidence_table(rows: tuple[EvidenceRow, ...], left_out: int = 0) -> Table | None:
    """What repositories show and what of it counts."""
    if not rows:
        return None
    return Table(
        key="evidence",
        title="Evidence",
        finding="",
        columns=(
            TableColumn(head="System"),
            TableColumn(head="Area"),
            TableColumn(head="Question"),
            TableColumn(head="Seen in the repository", wide=True),
            TableColumn(head="Debt of the question", kind=Kind.DEBT),
            TableColumn(head="Seen on", kind=Kind.DAY),
        ),
        rows=tuple((it.system, it.area, it.question, it.said, it.debt, it.seen) for it in rows),
        left_out=left_out,
    )

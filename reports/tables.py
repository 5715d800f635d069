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
    SENTENCE = "sentence"  #: a text that wants a wide column
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
    """A column: its heading and what stands under it."""

    head: str
    kind: Kind = Kind.TEXT

    @property
    def is_text(self) -> bool:
        """Whether it holds words, which stand at the left."""
        return self.kind in {Kind.TEXT, Kind.SENTENCE, Kind.DAY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a report. `key` names it in file formats; `finding` is the sentence over it, "" for none."""

    key: str
    title: str
    finding: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
    left_out: int = 0  #: further rows that this report does not hold, in no format
    elsewhere: int = 0  #: further rows that only other formats hold
    names: int = 1  #: so many first columns name a row

    @property
    def more(self) -> str:
        """What is not in this table and where it is; "" where nothing is missing."""
        said = [f"{self.elsewhere} more {_are(self.elsewhere)} in the workbook."] if self.elsewhere else []
        said += [f"{self.left_out} more {_are(self.left_out)} not in this report."] if self.left_out else []
        return " ".join(said)


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _columns(*heads: str | tuple[str, Kind]) -> tuple[TableColumn, ...]:
    """Columns by their headings; a heading alone stands over words."""
    return tuple(
        TableColumn(head=head) if isinstance(head, str) else TableColumn(head=head[0], kind=head[1]) for head in heads
    )


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
        columns=_columns(
            "Number",
            "Value",
            "Change",
            "Unit",
            ("Value, unrounded", Kind.COUNT),
            ("Out of", Kind.COUNT),
            ("Change, unrounded", Kind.COUNT),
            ("Note", Kind.SENTENCE),
        ),
        rows=tuple(shown(number) for number in rows),
    )


def decisions_table(rows: tuple[Decision, ...]) -> Table:
    """What the readers are asked to decide."""
    return Table(
        key="decisions",
        title="Decisions",
        finding="",
        columns=_columns(
            ("Decision", Kind.SENTENCE),
            ("Why", Kind.SENTENCE),
            "Who",
            "When",
            ("Costs, days", Kind.DAYS),
            ("Avoids, days", Kind.DAYS),
            ("In quarters", Kind.COUNT),
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
        columns=_columns(
            "Quarter",
            ("Debt" if trend.of_one_system else "Mean debt", Kind.DEBT),
            ("Median", Kind.DEBT),
            (low, Kind.DEBT),
            (high, Kind.DEBT),
            ("Systems rated", Kind.COUNT),
            ("Target", Kind.DEBT),
            ("Changed here", Kind.SENTENCE),
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
        columns=_columns(
            "Team",
            "System",
            *((it.title, Kind.CELL) for it in heatmap.columns),
            ("All areas", Kind.CELL),
            "Letter",
            ("Low", Kind.DEBT),
            ("High", Kind.DEBT),
            ("Known", Kind.SHARE),
            ("Change", Kind.CHANGE),
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
        columns=_columns(
            "Step",
            ("Share", Kind.CHANGE),
            ("Debt", Kind.DEBT),
            ("About", Kind.SENTENCE),
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
        columns=_columns(
            "System",
            (f"Place {numbers.period(ranks.before_period)}", Kind.COUNT),
            (f"Place {numbers.period(ranks.after_period)}", Kind.COUNT),
            ("Debt before", Kind.DEBT),
            ("Debt now", Kind.DEBT),
            "Moved",
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
        columns=_columns(
            "Question",
            "System",
            "Area",
            ("Text", Kind.SENTENCE),
            *((f"Level {level}", Kind.COUNT) for level in range(levels)),
            ("Do not know", Kind.COUNT),
            "Votes are",
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
        columns=_columns(
            ("No.", Kind.COUNT),
            ("Action", Kind.SENTENCE),
            "System",
            "Team",
            "Question",
            ("Why", Kind.SENTENCE),
            "Owner",
            ("Due", Kind.DAY),
            ("Costs, days", Kind.DAYS),
            ("Avoids a quarter, days", Kind.DAYS),
            ("Avoids, days", Kind.DAYS),
            ("In quarters", Kind.COUNT),
            "Tier",
            "Planned",
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
        columns=_columns(
            "Question",
            ("Repayment", Kind.SENTENCE),
            "System",
            ("Costs, days", Kind.DAYS),
            ("Avoids a quarter, days", Kind.DAYS),
            ("Action no.", Kind.COUNT),
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
        columns=_columns(
            ("Action", Kind.SENTENCE),
            "System",
            "Team",
            "Owner",
            "State",
            ("Planned on", Kind.DAY),
            ("Due", Kind.DAY),
            ("Done", Kind.DAY),
            ("Planned, days", Kind.DAYS),
            ("Took, days", Kind.DAYS),
            ("Promised", Kind.CHANGE),
            ("Measured", Kind.CHANGE),
            ("Reason", Kind.SENTENCE),
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
        columns=_columns(
            "Quarter",
            ("Promised, days", Kind.DAYS),
            ("Done, days", Kind.DAYS),
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
            columns=_columns(
                "Of",
                ("Answered", Kind.SHARE),
                ("Rests on evidence", Kind.SHARE),
            ),
            rows=tuple((it.name, it.answered, it.evidenced) for it in confidence.coverage),
            left_out=confidence.coverage_left_out,
        ),
        Table(
            key="low-confidence",
            title="Read with care",
            finding="",
            columns=_columns(
                "System",
                "Area",
                ("Debt", Kind.DEBT),
                ("Low", Kind.DEBT),
                ("High", Kind.DEBT),
                ("Known", Kind.SHARE),
                ("Why", Kind.SENTENCE),
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
            columns=_columns(
                "Question",
                "System",
                "Team",
                "Area",
                ("Text", Kind.SENTENCE),
                "State",
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
        columns=_columns(
            "Question",
            ("Text", Kind.SENTENCE),
            "Area",
            ("Debt", Kind.DEBT),
            ("Answer", Kind.SENTENCE),
            "Repository",
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
        columns=_columns(
            "System",
            "Area",
            "Question",
            ("Seen in the repository", Kind.SENTENCE),
            ("Debt of the question", Kind.DEBT),
            ("Seen on", Kind.DAY),
        ),
        rows=tuple((it.system, it.area, it.question, it.said, it.debt, it.seen) for it in rows),
        left_out=left_out,
    )

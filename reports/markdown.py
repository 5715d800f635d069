"""A report as Markdown, for wikis and merge requests: the same words and tables, user text never markup."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reports import marks, numbers
from reports.report import Decision, Length, Report, TeamPage
from reports.tables import (
    Kind,
    Table,
    TableColumn,
    Value,
    actions_table,
    change_table,
    confidence_tables,
    disputes_table,
    evidence_table,
    heatmap_table,
    promises_table,
    ranks_table,
    trend_table,
    value_shown,
    worst_table,
)
from reports.text import markdown_text

ROWS_MAX = 60  #: of one table: a wiki page is read, the workbook holds all
_NUMBERS = {Kind.DEBT, Kind.CHANGE, Kind.SHARE, Kind.DAYS, Kind.COUNT, Kind.CELL}
#: Columns that make a table too wide for a page of text; workbook and CSV have them.
_LEFT_TO_THE_WORKBOOK = {
    "Team",
    "Avoids a quarter, days",
    "In quarters",
    "Tier",
    "Planned on",
    "Low",
    "High",
    "Question",
}


def render_markdown(report: Report) -> bytes:
    """CommonMark with tables (GitHub, GitLab, most wikis), UTF-8, one file without pictures."""
    parts = [
        f"# {markdown_text(report.title)}",
        _dated(report),
        f"**{markdown_text(report.verdict.text)}**",
        _numbers(report),
        *_decisions(report.decisions),
        *_section("Trend", trend_table(report.trend)),
        *_heatmap(report),
    ]
    if report.length is not Length.EXECUTIVE:
        parts += [
            *_section("What changed", change_table(report.change)),
            *_section("", ranks_table(report.ranks)),
            *_section("Disputed questions", disputes_table(report.disputes)),
            *_section("What to do first", actions_table(report.actions)),
            *_section("Promises kept", promises_table(report.promises)),
            *(part for table in confidence_tables(report.confidence) for part in _section(table.title, table)),
            *_section("Heaviest questions", worst_table(report.system)),
            *(part for team in report.teams for part in _team(team)),
            *_section("Evidence", evidence_table(report.appendix.evidence, report.appendix.evidence_left_out)),
            "## How the numbers come about",
            *(markdown_text(paragraph) for paragraph in report.appendix.method),
        ]
    parts += ["---", f"_{markdown_text(report.footer.words)}_", f"Inputs sha256 `{report.footer.digest}`"]
    return ("\n\n".join(part for part in parts if part) + "\n").encode()


def _dated(report: Report) -> str:
    compared = f", compared with {numbers.period(report.compared_with)}" if report.compared_with else ""
    return markdown_text(
        f"{report.scope.words}, {numbers.period(report.period)}{compared}. "
        f"{numbers.count(report.systems, 'system')}, {report.rated} rated. Made on {numbers.day(report.made_on)}. "
        "Debt runs from 0 to 100; higher is worse."
    )


def _numbers(report: Report) -> str:
    return "\n".join(
        "- " + ". ".join(
            part for part in (
                f"{markdown_text(number.label)}: **{number.shown}**"
                + (f" ({number.change_shown})" if number.change_shown else ""),
                markdown_text(number.note),
            ) if part
        )
        for number in report.numbers
    )  # fmt: skip


def _decisions(decisions: tuple[Decision, ...]) -> list[str]:
    if not decisions:
        return []
    said = []
    for place, decision in enumerate(decisions, 1):
        price = f" ({decision.price})" if decision.price else ""
        said.append(
            f"{place}. **{markdown_text(decision.what)}**{price}  \n"
            f"   {markdown_text(decision.why)}  \n   Who and when: {markdown_text(decision.who_and_when)}"
        )
    return ["## To decide", "\n".join(said)]


def _heatmap(report: Report) -> list[str]:
    if report.heatmap is None:
        return []
    legend = ", ".join(f"{sign} {words}" for sign, words in marks.LEGEND)
    shown = report.heatmap if report.length is Length.EXECUTIVE else report.appendix.heatmap
    return [*_section("Where the debt sits", heatmap_table(shown)), f"Marks: {legend}."]


def _team(team: TeamPage) -> Iterable[str]:
    yield f"## Team {markdown_text(team.team)}" if team.team else "## Systems without a team"
    yield markdown_text(team.finding)
    yield "\n".join(f"- {markdown_text(row.name)}: {marks.words(row.total)}" for row in team.rows)
    if team.actions:
        yield "Actions:\n\n" + "\n".join(
            f"- {markdown_text(it.title)} ({markdown_text(it.system)}; {markdown_text(it.owner or 'no owner yet')}; "
            f"costs {numbers.days(it.cost_days)}, avoids {numbers.days(it.avoided_days)})"
            for it in team.actions
        )
    if team.questions:
        yield "To answer:\n\n" + "\n".join(
            f"- {markdown_text(it.question)} {markdown_text(it.system)}: {markdown_text(it.text)}"
            for it in team.questions
        )


def _section(title: str, table: Table | None) -> list[str]:
    if table is None or not table.rows:
        return []
    head = [f"## {title}"] if title else []
    more = replace(table, elsewhere=max(0, len(table.rows) - ROWS_MAX)).more
    return [*head, *([markdown_text(table.finding)] if table.finding else []), _table(table), *([more] if more else [])]


def _table(table: Table) -> str:
    kept = [
        place
        for place, column in enumerate(table.columns)
        if (column.head not in _LEFT_TO_THE_WORKBOOK or place == 0 or table.key in {"trend", "evidence"})
        and any(row[place] not in (None, "") for row in table.rows)
    ]
    columns = [table.columns[place] for place in kept]
    lines = [
        _line([markdown_text(column.head) for column in columns]),
        _line(["---:" if column.kind in _NUMBERS else "---" for column in columns]),
    ]
    lines += [_line([_cell(row[place], table.columns[place]) for place in kept]) for row in table.rows[:ROWS_MAX]]
    return "\n".join(lines)


def _cell(value: Value, column: TableColumn) -> str:
    shown = value_shown(value, column.kind)
    return (markdown_text(shown) if isinstance(value, str) else shown) or " "


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"

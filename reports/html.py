"""A report as one web page that asks nobody for anything: styles, script, fonts and drawings are in it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reports import font, marks, numbers
from reports.charts import backlog, burn_up, coverage, intervals, promises, ranks, trend, votes, waterfall
from reports.palette import DARK, LIGHT, Palette, variables
from reports.report import Cell, CellState, Heatmap, Length, Report, RowGroup, rows_shown
from reports.svg import Chart
from reports.tables import Kind, Table, TableColumn, Value, tables_of, value_shown
from scoring.bands import BANDS

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

FILES = Path(__file__).resolve().parent / "templates"
FONTS = {"REGULAR": "SourceSans3-Regular.latin.woff2", "SEMIBOLD": "SourceSans3-Semibold.latin.woff2"}
HEATMAP_ROWS_MAX = 60  #: the workbook holds all
BACKLOG_ROWS_MAX = 40  #: of the table below its picture


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A cell of the heatmap: its class, its text, and its marks with their words."""

    band: str
    text: str
    marks: tuple[tuple[str, str], ...]


def render_html(report: Report) -> bytes:
    """UTF-8, self-contained, usable without scripts and offline, in the light or the dark of its reader."""
    from markupsafe import Markup

    style, script = _style(), (FILES / "report.js").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    full = report.length is not Length.EXECUTIVE
    heatmap, left_out = _heatmap(report.appendix.heatmap, HEATMAP_ROWS_MAX if full else 20)
    page = _template().render(
        report=report,
        full=full,
        policy=policy,
        style=Markup(style),  # noqa: S704  (a file of ours)
        script=Markup(script),  # noqa: S704
        period=numbers.period(report.period),
        compared=numbers.period(report.compared_with) if report.compared_with else "",
        charts=_charts(report),
        tables=_tables(report),
        heatmap=heatmap,
        left_out=left_out,
        bands=marks.band_ranges(),
        legend=marks.LEGEND,
        promise_words=marks.PROMISE_WORDS,
        side=_side,
        shown=value_shown,
        order=_order,
        look=_look,
        picture=_picture,
        day=numbers.day,
        days=numbers.days,
        count=numbers.count,
        change_words=numbers.change_words,
    )
    return page.encode()


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    surroundings = Environment(
        loader=FileSystemLoader(FILES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return surroundings.get_template("report.html.j2")


@cache
def _style() -> str:
    style = (FILES / "report.css").read_text(encoding="utf-8")
    bands = "\n".join(
        f".b{letter} {{ background: var(--band-{key}-fill); color: var(--band-{key}-ink) !important; "
        f"border-color: var(--band-{key}-edge) !important; }}"
        for letter, key in ((letter, letter.lower()) for letter in BANDS)
    )
    style = style.replace("{BANDS}", bands)
    for name, file in FONTS.items():
        style = style.replace(f"{{{name}}}", base64.b64encode((font.FOLDER / file).read_bytes()).decode())
    dark = f"@media screen and (prefers-color-scheme: dark) {{ {_root(DARK, worse_ink='#F2A65A')} }}"
    return f"{_root(LIGHT, worse_ink='#A63D1F')}\n{dark}\n{style}"


def _root(palette: Palette, *, worse_ink: str) -> str:
    """The variables of a theme; words in the colour of "worse" are a shade stronger than areas are."""
    named = variables(palette) | {"worse-ink": worse_ink}
    return ":root { " + " ".join(f"--{name}: {colour};" for name, colour in named.items()) + " }"


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _charts(report: Report) -> dict[str, Chart | None]:
    """Every drawing of the page, in colours that follow it; None where there is nothing to draw."""
    parts = {
        "trend": report.trend and trend.draw(report.trend, theme="either"),
        "change": report.change and waterfall.draw(report.change, theme="either"),
        "ranks": report.ranks and ranks.draw(report.ranks, theme="either"),
        "votes": report.disputes and votes.draw(report.disputes, theme="either"),
        "backlog": report.backlog and backlog.draw(report.backlog, theme="either"),
        "promises": report.promises and promises.draw(report.promises, theme="either", today=report.made_on),
        "burn_up": report.burn_up and burn_up.draw(report.burn_up, theme="either"),
        "coverage": report.confidence and coverage.draw(report.confidence, theme="either"),
        "intervals": report.system and intervals.draw(report.system, theme="either"),
    }
    return {name: chart or None for name, chart in parts.items()}


def _tables(report: Report) -> Mapping[str, Table | None]:
    found = {table.key: table for table in tables_of(report)}
    keys = ("trend", "change", "ranks", "disputes", "backlog", "promises", "burn-up", "coverage", "low-confidence",
            "open-questions", "heaviest", "evidence")  # fmt: skip
    return {key: _shortened(found[key]) if key in found else None for key in keys}


def _shortened(table: Table) -> Table:
    """The table with as many rows as a page can hold, and how many it leaves out."""
    if table.key != "backlog" or len(table.rows) <= BACKLOG_ROWS_MAX:
        return table
    kept = sorted(table.rows, key=lambda row: (row[5] is None, row[5] or 0, -float(row[4] or 0)))[:BACKLOG_ROWS_MAX]  # type: ignore[arg-type]
    return Table(
        key=table.key,
        title=table.title,
        finding=table.finding,
        columns=table.columns,
        rows=tuple(kept),
        left_out=table.left_out,
        elsewhere=len(table.rows) - len(kept),
    )


def _heatmap(heatmap: Heatmap, most: int) -> tuple[Heatmap, int]:
    """The heatmap with the most indebted systems, team by team, and how many it leaves out."""
    kept = {row.system_id for row in rows_shown(heatmap.rows, most)[0]}
    groups = tuple(
        RowGroup(team=group.team, rows=rows)
        for group in heatmap.groups
        if (rows := tuple(row for row in group.rows if row.system_id in kept))
    )
    shown = Heatmap(finding=heatmap.finding, columns=heatmap.columns, groups=groups)
    return shown, len(heatmap.rows) - len(shown.rows) + heatmap.left_out


def _look(cell: Cell) -> _Seen:
    look = marks.look(cell)
    signs = [(look.mark.value, marks.MOVE_WORDS[cell.move])] if look.mark.value else []
    signs += [(marks.RING, marks.LOW_CONFIDENCE_WORDS)] if look.ring else []
    known = cell.state is CellState.SCORE and cell.band is not None
    band = f"b{cell.band}" if known else "q" if cell.state is CellState.UNANSWERED else ""
    return _Seen(band=band, text=look.text, marks=tuple(signs))


def _side(column: TableColumn) -> Markup:
    """The class of a column: numbers stand at the right, sentences have room."""
    from markupsafe import Markup

    name = "w" if column.kind is Kind.SENTENCE else "" if column.is_text else "n"
    return Markup(f' class="{name}"') if name else Markup("")  # noqa: S704  (words of ours)


def _order(value: Value) -> Markup:
    """The attribute a column is sorted by, for numbers and dates; nothing for words."""
    from markupsafe import Markup

    number = value.debt if isinstance(value, Cell) else value.toordinal() if isinstance(value, date) else value
    if not isinstance(number, int | float):
        return Markup("")
    return Markup(' data-v="{}"').format(f"{number:.4g}" if isinstance(number, float) else number)


def _picture(chart: Chart) -> Markup:
    """A drawing of our own builder, which escapes what people wrote."""
    from markupsafe import Markup

    return Markup(chart.svg)  # noqa: S704

"""A report as a workbook: one sheet a table, typed cells, frozen heads, the heatmap in its colours; no live formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from reports import marks, numbers
from reports.palette import LIGHT
from reports.report import Cell, CellState, Report
from reports.tables import Kind, Table, Value, tables_of
from reports.text import clean_text

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

CELL_MAX = 32_000  #: characters; Excel refuses a file with more than 32,767 in one cell
HEAD_ROW = 2  #: the finding stands above
WIDE, NAME, MIDDLE, NARROW = 48, 26, 13, 9  #: column widths in characters
SUMMARY_WIDTHS = (44, 64, 30, 40)
LINE, LINES_MAX = 15.0, 20  #: points of a line of text; Excel allows 409 points a row
#: Debts, changes and shares are stored as people read them: 0..100 for debts, a share as a percentage.
_FORMATS = {
    Kind.DEBT: "0.0",
    Kind.CHANGE: f"+0.0;{numbers.MINUS}0.0;0.0",
    Kind.SHARE: "0 %",
    Kind.DAYS: "0.0",
    Kind.COUNT: "General",
    Kind.DAY: "d mmm yyyy",
    Kind.TEXT: "General",
    Kind.SENTENCE: "General",
    Kind.CELL: "0",
}


def render_xlsx(report: Report) -> bytes:
    """An Excel workbook (Office Open XML). The same report gives the same bytes."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    book = Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": _FORMATS[Kind.DAY],
        },
    )
    book.set_properties(
        {
            "title": clean_text(report.title, 200),
            "author": "Arrears",
            "comments": clean_text(report.footer.words, 250),
            "created": datetime.combine(report.made_on, time()),  # not the moment: the same report, the same bytes
        }
    )
    styles = _Styles(book)
    _summary(book, styles, report)
    for table in tables_of(report):
        _sheet(book, styles, table, report)
    _method(book, styles, report)
    book.close()
    return out.getvalue()


class _Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def __call__(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(
                {"font_name": "Calibri", "font_size": 11, "font_color": LIGHT.ink, "valign": "top"} | properties
            )
        return self._made[key]

    def cell(self, cell: Cell) -> Format:
        """A cell of the heatmap: its band's colours, its marks behind the number so that the number stays one."""
        look = marks.look(cell)
        behind = " ".join(filter(None, (look.mark.value, marks.RING if look.ring else "")))
        return self(
            bg_color=look.fill,
            font_color=look.ink,
            bold=look.bold,
            align="center",
            border=3 if look.dashed else 1,
            border_color=look.edge,
            num_format=f'0" {behind}"' if behind else "0",
        )


def _summary(book: Workbook, styles: _Styles, report: Report) -> None:
    sheet = _page(book, "Summary", report)
    for place, width in enumerate(SUMMARY_WIDTHS):
        sheet.set_column(place, place, width)
    compared = f", compared with {numbers.period(report.compared_with)}" if report.compared_with else ""
    _text(sheet, 0, 0, report.title, styles(bold=True, font_size=16))
    about = f"{report.scope.words}, {numbers.period(report.period)}{compared}"
    _text(sheet, 1, 0, about, styles(font_color=LIGHT.muted))
    _text(sheet, 3, 0, report.verdict.text, styles(bold=True, font_size=13, font_color=LIGHT.accent))
    told = [(it.label, it.shown, it.change_shown, it.note) for it in report.numbers]
    row = _told(sheet, styles, 5, "Four numbers", told)
    asked = [(it.what, it.why, it.who_and_when, it.price) for it in report.decisions]
    row = _told(sheet, styles, row + 1, "To decide", asked)
    facts = {
        "Organisation": report.footer.organisation,
        "Confidentiality": report.footer.confidentiality,
        "Checklist": report.footer.checklist,
        "Scoring": report.footer.scoring,
        "Inputs (sha256)": report.footer.digest,
        "Audit head": report.footer.audit_head,
        "Made on": numbers.day(report.made_on),
        "Systems": f"{report.systems}, of which {report.rated} rated",
    }
    _facts(sheet, styles, row + 1, facts)


def _told(sheet: Worksheet, styles: _Styles, row: int, title: str, lines: Sequence[tuple[str, ...]]) -> int:
    """A few lines of words below a heading; the first free row after them."""
    if not lines:
        return row
    _text(sheet, row, 0, title, styles(bold=True, font_size=13))
    for place, line in enumerate(lines, row + 1):
        for column, words in enumerate(line):
            _text(sheet, place, column, words, styles(text_wrap=True, bold=column == 0))
        sheet.set_row(place, _height(zip(line, SUMMARY_WIDTHS, strict=True)))
    return row + 1 + len(lines)


def _height(texts: Iterable[tuple[str, float]]) -> float:
    """The height of a row with these texts in columns of these widths; not every program finds it by itself."""
    lines = max((-(-len(text) // max(1, int(width * 0.95))) for text, width in texts), default=1)
    return LINE * max(1, min(lines, LINES_MAX))


def _facts(sheet: Worksheet, styles: _Styles, row: int, facts: Mapping[str, str]) -> None:
    _text(sheet, row, 0, "What this was made from", styles(bold=True, font_size=13))
    for place, (name, text) in enumerate(facts.items(), row + 1):
        _text(sheet, place, 0, name, styles(font_color=LIGHT.muted))
        _text(sheet, place, 1, text or numbers.DASH, styles())


def _sheet(book: Workbook, styles: _Styles, table: Table, report: Report) -> None:
    sheet = _page(book, table.title, report)
    heatmap = table.key == "heatmap"
    _text(sheet, 0, 0, table.finding or table.title, styles(bold=True, font_size=13, font_color=LIGHT.accent))
    for place, width in enumerate(_widths(table)):
        sheet.set_column(place, place, width)
    last = _rows(sheet, styles, table, HEAD_ROW, turned=heatmap)
    if heatmap:
        sheet.set_row(HEAD_ROW, 150)
        legend = ", ".join(f"{sign} {words}" for sign, words in marks.LEGEND)
        _text(sheet, last + 1, 0, f"Debt 0 to 100, higher is worse. Marks: {legend}.", styles(font_color=LIGHT.muted))
    if table.left_out:
        _text(sheet, last + 1, 0, table.more, styles(font_color=LIGHT.muted))
    sheet.freeze_panes(HEAD_ROW + 1, table.names)
    sheet.autofilter(HEAD_ROW, 0, max(HEAD_ROW + 1, last - 1), len(table.columns) - 1)


def _widths(table: Table) -> list[float]:
    narrow = NARROW if table.key == "heatmap" else MIDDLE
    return [WIDE if it.kind is Kind.SENTENCE else NAME if it.kind is Kind.TEXT else narrow for it in table.columns]


def _rows(sheet: Worksheet, styles: _Styles, table: Table, row: int, *, turned: bool = False) -> int:
    """Write heads and rows from `row` on; the first free row after them."""
    for place, column in enumerate(table.columns):
        turn: dict[str, Any] = {"rotation": 60} if turned and column.kind is Kind.CELL else {}
        turn |= {} if column.is_text or column.kind is Kind.CELL else {"align": "right"}
        _text(
            sheet, row, place, column.head, styles(bold=True, bottom=1, text_wrap=True, bg_color=LIGHT.surface, **turn)
        )
    if not turned:
        sheet.set_row(row, _height((it.head, width) for it, width in zip(table.columns, _widths(table), strict=True)))
    for line, values in enumerate(table.rows, row + 1):
        for place, (column, value) in enumerate(zip(table.columns, values, strict=True)):
            _value(sheet, (line, place), value, column.kind, styles)
        texts = zip(values, _widths(table), strict=True)
        sheet.set_row(line, _height((value, width) for value, width in texts if isinstance(value, str)))
    return row + 1 + len(table.rows)


def _value(sheet: Worksheet, where: tuple[int, int], value: Value, kind: Kind, styles: _Styles) -> None:
    row, place = where
    if value is None:
        return
    if isinstance(value, Cell):
        if value.state is CellState.SCORE and value.debt is not None:
            sheet.write_number(row, place, value.debt * 100, styles.cell(value))
        else:
            _text(sheet, row, place, value.shown, styles.cell(value))
    elif isinstance(value, str):
        _text(sheet, row, place, value, styles(text_wrap=True))
    elif isinstance(value, date):
        moment = datetime.combine(value, time())
        sheet.write_datetime(row, place, moment, styles(num_format=_FORMATS[Kind.DAY], align="left"))
    else:
        shown = value * 100 if kind in {Kind.DEBT, Kind.CHANGE} else value
        sheet.write_number(row, place, shown, styles(num_format=_FORMATS[kind]))


def _method(book: Workbook, styles: _Styles, report: Report) -> None:
    sheet = _page(book, "Method", report)
    sheet.set_column(0, 0, 110)
    _text(sheet, 0, 0, "How the numbers come about", styles(bold=True, font_size=13, font_color=LIGHT.accent))
    for row, paragraph in enumerate(report.appendix.method, HEAD_ROW):
        _text(sheet, row, 0, paragraph, styles(text_wrap=True))
        sheet.set_row(row, _height([(paragraph, 110)]) + 6)


def _page(book: Workbook, name: str, report: Report) -> Worksheet:
    """A sheet that also prints well: landscape, one page wide, the footer of every format below."""
    sheet = book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_ROW)
    sheet.hide_gridlines(2)
    foot = clean_text(report.footer.words, 180).replace("&", "&&")  # an ampersand is a command there
    sheet.set_footer(f"&L&8{foot}&R&8&P / &N"[:255])
    return sheet


def _text(sheet: Worksheet, row: int, place: int, text: str, style: Format) -> None:
    sheet.write_string(row, place, clean_text(text, CELL_MAX), style)

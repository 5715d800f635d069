"""The tables of a report, and workbook, CSV file and Markdown made from them: the numbers of the model, typed."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import load_workbook

from reports import marks
from reports.csv_file import render_csv
from reports.markdown import ROWS_MAX, render_markdown
from reports.report import Cell, CellState, Length, Report
from reports.tables import Kind, tables_of
from reports.xlsx import HEAD_ROW, render_xlsx
from tests.reports.builders import HOSTILE, examples, report

NAMES = tuple(examples())


@pytest.fixture(scope="module", params=NAMES)
def made(request: pytest.FixtureRequest) -> Report:
    return report(request.param)


def test_a_table_has_a_value_of_the_right_kind_for_every_column(made: Report) -> None:
    kinds = {Kind.TEXT: str, Kind.SENTENCE: str, Kind.DAY: date, Kind.CELL: Cell}
    keys = [table.key for table in tables_of(made)]
    assert len(keys) == len(set(keys))
    for table in tables_of(made):
        for row in table.rows:
            assert len(row) == len(table.columns)
            for value, column in zip(row, table.columns, strict=True):
                assert value is None or isinstance(value, kinds.get(column.kind, (int, float))), (table.key, column)


def test_the_heatmap_table_holds_every_system_of_the_report(made: Report) -> None:
    heatmaps = [table for table in tables_of(made) if table.key == "heatmap"]
    assert sum(len(table.rows) for table in heatmaps) == made.systems


def test_every_number_of_the_workbook_is_the_models(made: Report) -> None:
    book = load_workbook(io.BytesIO(render_xlsx(made)))
    for table in tables_of(made):
        sheet = book[table.title]
        for line, row in enumerate(table.rows, HEAD_ROW + 2):
            for place, (value, column) in enumerate(zip(row, table.columns, strict=True), 1):
                read = sheet.cell(line, place).value
                if isinstance(value, Cell):
                    if value.state is CellState.SCORE:
                        assert value.debt is not None
                        assert read == pytest.approx(value.debt * 100, abs=1e-9)
                    else:
                        assert read == value.shown
                elif isinstance(value, date):
                    assert isinstance(read, datetime)
                    assert read.date() == value
                elif isinstance(value, str):
                    assert (read or "") == value
                elif value is None:
                    assert read is None
                else:
                    factor = 100 if column.kind in {Kind.DEBT, Kind.CHANGE} else 1
                    assert read == pytest.approx(value * factor, abs=1e-9)


def test_the_summary_of_the_workbook_says_verdict_numbers_decisions_and_footer(made: Report) -> None:
    sheet = load_workbook(io.BytesIO(render_xlsx(made)))["Summary"]
    said = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert {made.title, made.verdict.text, made.footer.digest} <= said
    assert {number.shown for number in made.numbers} <= said
    assert {decision.what for decision in made.decisions} <= said


def test_nothing_in_a_workbook_is_a_formula_or_a_link() -> None:
    body = render_xlsx(report("hostile names"))
    book = load_workbook(io.BytesIO(body))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert not [name for name in archive.namelist() if "externalLink" in name or "macro" in name.lower()]
        assert not any("<f>" in archive.read(name).decode() for name in archive.namelist() if "worksheets/" in name)


def test_a_workbook_names_nobody_and_no_place_of_this_machine() -> None:
    with zipfile.ZipFile(io.BytesIO(render_xlsx(report()))) as archive:
        about = archive.read("docProps/core.xml").decode()
    assert "<dc:creator>Arrears</dc:creator>" in about
    assert "2026-11-29T00:00:00Z" in about


@pytest.mark.parametrize("render", [render_xlsx, render_csv, render_markdown])
def test_the_same_report_makes_the_same_bytes(render: object) -> None:
    assert render(report()) == render(report())  # type: ignore[operator]


def test_the_csv_holds_every_number_of_every_table_unrounded(made: Report) -> None:
    lines = list(csv.DictReader(io.StringIO(render_csv(made).decode("utf-8-sig"), newline="")))
    numbers = {(it["part"], it["row"], it["column"]): it["value"] for it in lines if it["value"]}
    for table in tables_of(made):
        for place, row in enumerate(table.rows, 1):
            for value, column in zip(row, table.columns, strict=True):
                number = value.debt if isinstance(value, Cell) else value
                if isinstance(number, int | float):
                    assert float(numbers[table.key, str(place), column.head]) == number
    digests = [it["text"] for it in lines if (it["part"], it["column"]) == ("report", "inputs sha256")]
    assert digests == [made.footer.digest]


def test_no_field_of_the_csv_begins_as_a_formula() -> None:
    rows = list(csv.reader(io.StringIO(render_csv(report("hostile names")).decode("utf-8-sig"), newline="")))
    for row in rows:
        for field in row:
            stripped = field.lstrip(" '\"")
            number = re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", field)
            assert number or field.startswith("'") or not stripped.startswith(("=", "+", "-", "@", "\t", "＝")), field


def test_markdown_says_every_value_of_its_tables_in_order(made: Report) -> None:
    text = render_markdown(made).decode()
    for number in made.numbers:
        assert f"**{number.shown}**" in text
    if made.length is Length.EXECUTIVE or made.heatmap is None:
        return
    lines = text.splitlines()
    start = lines.index("## Where the debt sits")
    rows = [line for line in lines[start:] if line.startswith("| ")][2:]
    for line, row in zip(rows, made.appendix.heatmap.rows[:ROWS_MAX], strict=False):
        cells = [part.strip() for part in re.split(r"(?<!\\)\|", line)[1:-1]]
        names = 1 + any(other.team for other in made.appendix.heatmap.rows)
        told = [marks.short(cell) for cell in row.cells]
        assert cells[names : names + len(told)] == told


def test_markdown_runs_mentions_and_links_nothing() -> None:
    text = render_markdown(report("hostile names")).decode()
    assert "<script" not in text.replace("\\<script", "")
    assert not re.search(r"(?<!\\)\]\(", text)
    assert not re.search(r"(?<!\\)!\[", text)
    assert "{{ 7" not in text.replace("\\{", "")
    for word in HOSTILE[:3]:
        assert word.strip() in text.replace("\\", "")
    assert "\x00" not in text


def test_a_table_of_markdown_has_as_many_cells_in_each_row() -> None:
    for line_count in (report("hostile names"), report("wide names")):
        block: list[int] = []
        for line in [*render_markdown(line_count).decode().splitlines(), ""]:
            if line.startswith("|"):
                block.append(len(re.findall(r"(?<!\\)\|", line)))
            elif block:
                assert len(set(block)) == 1
                block = []


def test_what_is_left_out_is_said() -> None:
    text = render_markdown(report()).decode()
    assert re.search(r"\d+ more (is|are) not in this report\.", text)
    assert "the workbook holds" not in text  # it lists the same, and does not hold what the report leaves out

"""Words people type, quarters, and cells a spreadsheet must not run."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.errors import InvalidInput, NotFound
from operations.exports import export
from operations.periods import following, period_of, preceding, read_period, shift
from operations.systems import create_system
from operations.wording import clean, clean_line, clean_links
from operations.workplace import Workplace
from reports.text import FORMULA_STARTS, csv_text
from tests.operations.conftest import ADA


@pytest.mark.parametrize(
    ("day", "period"),
    [
        (date(2026, 1, 1), "2026Q1"),
        (date(2026, 3, 31), "2026Q1"),
        (date(2026, 4, 1), "2026Q2"),
        (date(2028, 2, 29), "2028Q1"),
        (date(2026, 12, 31), "2026Q4"),
    ],
)
def test_a_day_lies_in_its_quarter(day: date, period: str) -> None:
    assert period_of(day) == period


@given(st.integers(1, 9000), st.integers(1, 4), st.integers(-40, 40))
def test_shifting_quarters_there_and_back_changes_nothing(year: int, quarter: int, by: int) -> None:
    period = f"{year + 100:04d}Q{quarter}"
    assert shift(shift(period, by), -by) == period
    assert preceding(following(period)) == period
    assert following(period) > period


@pytest.mark.parametrize("text", ["2026 q4", "2026-Q4", " 2026Q4 "])
def test_a_quarter_is_read_as_people_write_it(text: str) -> None:
    assert read_period(text) == "2026Q4"


@pytest.mark.parametrize("text", ["", "2026", "2026Q5", "Q4 2026; drop", "2026Q1x", "٢٠٢٦Q1"])
def test_what_is_not_a_quarter_is_refused_with_the_way_to_write_it(text: str) -> None:
    with pytest.raises(InvalidInput, match="2026Q4"):
        read_period(text)


def test_invisible_characters_are_dropped_and_length_is_limited() -> None:
    assert clean_line("  Chu\u202ern\x00 \n model ", field="name", longest=80) == "Churn model"
    with pytest.raises(InvalidInput, match="name: has 81 characters"):
        clean_line("x" * 81, field="name", longest=80)
    with pytest.raises(InvalidInput, match="name: is empty"):
        clean("\u200b", field="name", longest=80, required=True)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_links_that_run_something_are_refused(link: str) -> None:
    with pytest.raises(InvalidInput, match="evidence links"):
        clean_links(link)


def test_links_are_addresses_or_places_in_the_repository() -> None:
    assert clean_links("https://wiki/x\n src/train.py:42 \n\n") == ("https://wiki/x", "src/train.py:42")


@given(st.text(max_size=30))
def test_no_cell_of_an_export_starts_like_a_formula(text: str) -> None:
    shown = csv_text(text)
    assert not shown.startswith(FORMULA_STARTS)
    assert shown in (text, f"'{text}")


def test_a_hostile_name_stays_one_harmless_cell(workplace: Workplace) -> None:
    create_system(workplace, ADA, name='=HYPERLINK("http://x","y")', team="+1,;\t2")
    from operations.assessments import open_assessment
    from operations.systems import list_systems

    open_assessment(workplace, ADA, system_id=list_systems(workplace, ADA)[0].system_id, period="2026Q4")
    body = export(workplace, ADA, "portfolio.csv", {}).body.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body)))
    assert rows[1][1] == '\'=HYPERLINK("http://x","y")'
    assert rows[1][2].startswith("'+1")
    assert {len(row) for row in rows} == {13}


@pytest.mark.parametrize("kind", ["nothing", "../../etc/passwd", "portfolio.xlsx"])
def test_an_unknown_export_names_those_there_are(workplace: Workplace, kind: str) -> None:
    with pytest.raises(NotFound, match=r"portfolio\.csv"):
        export(workplace, ADA, kind, {})

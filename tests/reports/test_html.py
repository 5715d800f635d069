"""The web page of a report: every number of the model, text that stays text, and nothing asked of anybody."""

from __future__ import annotations

import base64
import hashlib
import re
from html import unescape

import pytest

from reports import marks
from reports.html import HEATMAP_ROWS_MAX, render_html
from reports.report import Length, Report
from reports.tables import tables_of, value_shown
from tests.reports.builders import HOSTILE, examples, large, report

NAMES = tuple(examples())


@pytest.fixture(scope="module")
def pages() -> dict[str, tuple[Report, str]]:
    made = {name: report(name) for name in NAMES}
    return {name: (it, render_html(it).decode()) for name, it in made.items()}


def text_of(page: str) -> str:
    body = re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", body)))


@pytest.mark.parametrize("name", NAMES)
def test_verdict_numbers_decisions_and_footer_are_the_models(name: str, pages: dict[str, tuple[Report, str]]) -> None:
    made, page = pages[name]
    text = text_of(page)
    told = [made.verdict.text, made.footer.words, made.footer.digest]
    told += [part for number in made.numbers for part in (number.label, number.shown, number.change_shown)]
    told += [part for it in made.decisions for part in (it.what, it.why, it.who_and_when, it.price)]
    for words in told:
        assert re.sub(r"\s+", " ", words) in text


@pytest.mark.parametrize("name", NAMES)
def test_the_heatmap_says_every_cell_in_order(name: str, pages: dict[str, tuple[Report, str]]) -> None:
    made, page = pages[name]
    if not made.appendix.heatmap.rows:
        assert 'class="heat sortable"' not in page
        return
    table = page[page.index('class="heat sortable"') :]
    table = table[: table.index("</table>")]
    rows = re.findall(r"<tr>(<th scope=\"row\">.*?)</tr>", table, re.DOTALL)
    assert len(rows) == min(made.systems, HEATMAP_ROWS_MAX if made.length is not Length.EXECUTIVE else 20)
    for line, row in zip(rows, made.appendix.heatmap.rows, strict=False):
        cells = re.findall(r'<td class="c[^"]*"[^>]*>(.*?)</td>', line)
        told = [re.sub(r'<span class="vh">.*?</span>', "", cell) for cell in cells]
        shown = [unescape(re.sub(r"<[^>]*>", " ", cell)).split() for cell in told]
        assert shown == [marks.short(cell).split() for cell in (*row.cells, row.total)]


def test_every_value_of_a_table_stands_on_the_page(pages: dict[str, tuple[Report, str]]) -> None:
    made, page = pages["usual"]
    text = text_of(page)
    for table in tables_of(made):
        if table.key in {"numbers", "decisions", "heatmap", "backlog", "actions"}:
            continue
        for row in table.rows:
            for value, column in zip(row, table.columns, strict=True):
                assert value_shown(value, column.kind) in text


@pytest.mark.parametrize("name", ["usual", "hostile names", "wide names"])
def test_nothing_on_the_page_leads_out_of_it(name: str, pages: dict[str, tuple[Report, str]]) -> None:
    page = pages[name][1]
    tags = re.findall(r"<[a-zA-Z][^>]*>", re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL))
    assert len(re.findall(r"<script", page)) == 1
    for tag in tags:
        names = re.sub(r'"[^"]*"', '""', tag)
        assert not re.search(r"\s(on\w+|style|srcset|src|action|formaction|xlink:href)\s*=", names), tag
        assert all(link.startswith("#") for link in re.findall(r'\shref="([^"]*)"', tag))
    style = page[page.index("<style>") : page.index("</style>")]
    assert set(re.findall(r"url\((\w+):", style)) == {"data"}
    assert "@import" not in style


def test_the_policy_lets_in_this_style_and_this_script_only(pages: dict[str, tuple[Report, str]]) -> None:
    page = pages["usual"][1]
    policy = unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1])  # type: ignore[index]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for name in ("style", "script"):
        text = re.search(rf"<{name}>(.*?)</{name}>", page, re.DOTALL)[1]  # type: ignore[index]
        hashed = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{hashed}'" in policy


def test_what_people_wrote_is_text(pages: dict[str, tuple[Report, str]]) -> None:
    made, page = pages["hostile names"]
    text = text_of(page)
    for words in HOSTILE[:5]:
        assert " ".join(words.split()) in text
    assert "\x00" not in page
    assert "<img" not in page
    assert {row.name for row in made.appendix.heatmap.rows if "script" in row.name} <= {
        unescape(it) for it in re.findall(r'<th scope="row">(.*?)</th>', page)
    }


def test_the_page_of_twenty_systems_fits_into_a_mail_and_has_the_same_bytes_twice() -> None:
    first = render_html(report())
    assert first == render_html(report())
    assert len(first) <= 250_000


def test_a_department_gets_a_page_it_can_open() -> None:
    from reports.build import build

    page = render_html(build(large())).decode()
    assert page.count('<table class="heat sortable">') == 1
    assert f"And {500 - HEATMAP_ROWS_MAX} more; the workbook holds every system." in text_of(page)
    assert len(page) < 1_500_000

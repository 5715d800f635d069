"""What holds for every page, also for one that is added tomorrow."""

from __future__ import annotations

import re

import pytest

from operations.workplace import Workplace
from tests.pages.conftest import PAGES, QUARTER, Open, open_system, title, words

#: Every file that draws a page: its last line calls its one function.
EVERY = sorted(
    path.stem
    for path in PAGES.glob("*.py")
    if path.stem not in {"__init__", "shell"} and re.fullmatch(r"\w+\(\)", path.read_text().splitlines()[-1])
)
UNKNOWN = ["0" * 32, "<script>alert(1)</script>", "../../x", "' OR '1'='1", "\u202eabc", "x" * 5000]


def test_there_are_the_pages_the_navigation_names() -> None:
    assert {"portfolio", "system", "assess", "repository", "plan", "workshop", "about", "create"} <= set(EVERY)


@pytest.mark.parametrize("name", EVERY)
def test_an_empty_house_has_a_title_and_something_to_do(at_page: Open, name: str) -> None:
    page = at_page(name)
    assert title(page)
    assert page.button
    assert not page.error


@pytest.mark.parametrize("name", EVERY)
def test_a_link_opens_the_page_with_its_system(at_page: Open, workplace: Workplace, name: str) -> None:
    assessment = open_system(workplace, "Churn model", answers=3)
    page = at_page(name, system=assessment.system_id, period=QUARTER)
    assert title(page)
    assert not page.error


@pytest.mark.parametrize("unknown", UNKNOWN, ids=["zeros", "html", "path", "sql", "turned", "long"])
@pytest.mark.parametrize("name", ["system", "assess", "repository", "plan", "workshop"])
def test_an_unknown_system_in_the_link_is_said_with_the_way_back(at_page: Open, name: str, unknown: str) -> None:
    page = at_page(name, system=unknown, period="2026Q4", area="ENT", quarter="2026Q4")
    assert "No such system. It may have been removed; the portfolio lists those there are." in words(page)
    assert not page.title


@pytest.mark.parametrize("name", EVERY)
def test_nonsense_in_the_link_stops_nobody(at_page: Open, workplace: Workplace, name: str) -> None:
    assessment = open_system(workplace, "Churn model", answers=3)
    nonsense = dict.fromkeys(("period", "question", "area", "quarter", "view", "team", "band", "order", "page"), "?<b>")
    page = at_page(name, system=assessment.system_id, **nonsense)
    assert title(page)
    assert not page.error


@pytest.mark.parametrize("name", EVERY)
def test_what_people_wrote_never_becomes_markup(at_page: Open, workplace: Workplace, name: str) -> None:
    hostile = "![x](http://evil.example/p.png) <b>N</b> :red[r] $x$"
    assessment = open_system(workplace, hostile, team="[click](javascript:alert(1))", answers=3)
    page = at_page(name, system=assessment.system_id, period=QUARTER)
    live = re.compile(r"(?<!\\)(?:!\[x|\]\(javascript|<b>N|:red\[r|\$x\$)")
    for element in (*page.title, *page.markdown, *page.caption, *page.warning, *page.subheader):
        assert not live.search(str(element.value)), element.value

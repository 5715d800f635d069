"""The search page: the words stand in the link, what was found is drawn as text, and nothing found says what to do."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest

from operations.systems import create_system
from operations.workplace import Workplace
from tests.pages.conftest import ADA, Open, title, words

HOSTILE = "Churn <img src=x onerror=alert(1)> **bold** [x](http://x)"


def groups(page: AppTest) -> list[list[object]]:
    (hits,) = [one for one in page.get("bidi_component") if one.proto.component_name == "arrears_search_hits"]
    drawn: list[list[object]] = json.loads(hits.proto.json)
    return drawn


def test_words_of_the_link_are_looked_for_and_found_words_are_told_apart(at_page: Open, workplace: Workplace) -> None:
    create_system(workplace, ADA, name=HOSTILE, team="Growth")
    page = at_page("search", q="churn")
    assert title(page) == "Search: churn"
    kind, count, ((href, pieces, where, _),) = groups(page)[0]
    assert (kind, count, where) == ("Systems", "1", "Growth")
    assert href.startswith("/system?system=")
    assert pieces[0] == ["Churn", 1]
    assert "".join(text for text, _ in pieces) == HOSTILE


def test_what_is_typed_goes_into_the_link(at_page: Open, workplace: Workplace) -> None:
    create_system(workplace, ADA, name="Churn", team="Growth")
    page = at_page("search")
    assert title(page) == "Search"
    page.text_input(key="search-words").set_value(" growth ").run()
    assert not page.exception
    assert page.query_params["q"] in ("growth", ["growth"])
    assert groups(page)[0][0] == "Systems"


def test_nothing_found_and_a_question_too_long_are_said(at_page: Open) -> None:
    assert "Nothing has “%” and “zz”. Try fewer words" in words(at_page("search", q="% zz"))
    assert "the first 8 words of its first 200 characters count" in words(at_page("search", q="x" * 10_000))


def test_each_page_has_the_way_to_the_search(at_page: Open) -> None:
    links = [link.proto.label for link in at_page("about").get("page_link")]
    assert "Search" in links

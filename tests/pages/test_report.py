"""The report page: page one as it will be, words of people, and a link for every format."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest

from operations.periods import preceding
from operations.reports import read_report, word_report
from operations.workplace import Workplace
from reports.formats import FORMATS
from tests.pages.conftest import ADA, QUARTER, Open, add_quarter, open_system, press, title, words
from ui import numbers


def two_quarters(workplace: Workplace) -> str:
    system = open_system(workplace, "*Churn* model", period=preceding(QUARTER), answers=39, level=3, closed=True)
    add_quarter(workplace, system.system_id, period=QUARTER, answers=39, level=1, closed=True)
    open_system(workplace, "Begun", team="Safety", answers=3)
    return system.system_id


def preview(page: AppTest) -> dict[str, object]:
    found = [it for it in page.get("bidi_component") if it.proto.component_name == "arrears_report_preview"]
    return json.loads(found[0].proto.json)  # type: ignore[no-any-return]


def links(page: AppTest) -> list[str]:
    return [it.proto.url for it in page.get("link_button")]


def verdict(page: AppTest, said: str) -> None:
    """Type a verdict."""
    next(field for field in page.text_input if field.label == "Verdict").input(said)


def test_without_a_system_it_says_what_to_do(at_page: Open) -> None:
    page = at_page("report")
    assert title(page) == "Nothing to report yet"
    assert "Assess one, close its quarter" in words(page)


def test_page_one_is_drawn_as_every_format_has_it(at_page: Open, workplace: Workplace) -> None:
    two_quarters(workplace)
    page = at_page("report", period=QUARTER)
    made = read_report(workplace, ADA, period=QUARTER).report
    shown = preview(page)
    assert title(page) == f"The review of {numbers.period(QUARTER)}"
    assert shown["verdict"] == made.verdict.text
    assert [one["shown"] for one in shown["numbers"]] == [number.shown for number in made.numbers]
    assert [one["what"] for one in shown["decisions"]] == [decision.what for decision in made.decisions]
    assert shown["footer"] == made.footer.words
    assert "1 system is still being assessed" in words(page)


def test_each_format_has_a_link_with_quarter_scope_and_length(at_page: Open, workplace: Workplace) -> None:
    system_id = two_quarters(workplace)
    page = at_page("report", period=QUARTER, system=system_id, length="executive")
    assert links(page) == [
        f"/export/report.{form}?period={QUARTER}&length=executive&system={system_id}" for form in FORMATS
    ]
    assert links(at_page("report", period=QUARTER, of_team="Safety"))[0].endswith("length=full&team=Safety")


def test_a_link_that_makes_no_sense_shows_the_whole_report_or_says_what_is_missing(
    at_page: Open, workplace: Workplace
) -> None:
    two_quarters(workplace)
    assert "length=full" in links(at_page("report", length="endless", period="2026Q9"))[0]
    assert "no team" in words(at_page("report", of_team="Nobody"))


def test_words_are_changed_undone_and_put_back(at_page: Open, workplace: Workplace) -> None:
    two_quarters(workplace)
    page = at_page("report", period=QUARTER)
    verdict(page, "We <b>pay</b> it back.")
    press(page, "Use these words")
    assert preview(page)["verdict"] == "We <b>pay</b> it back."
    assert "Words changed by" in words(page)
    press(page, "Undo the last change")
    assert preview(page)["verdict"] != "We <b>pay</b> it back."
    press(page, "Undo the last change")
    press(page, "Use the proposal again")
    assert read_report(workplace, ADA, period=QUARTER).report.verdict.edited is False


def test_words_of_somebody_faster_stand_and_it_is_said(at_page: Open, workplace: Workplace) -> None:
    two_quarters(workplace)
    page = at_page("report", period=QUARTER)
    word_report(workplace, ADA, period=QUARTER, verdict="Faster", decisions=None, expected_rev=0)
    verdict(page, "Slower")
    buttons = [button for button in page.button if button.label == "Use these words"]
    buttons[0].click().run()
    assert not page.exception
    assert "Theirs stand, yours were not kept." in words(page)
    assert read_report(workplace, ADA, period=QUARTER).report.verdict.text == "Faster"


def test_a_sealed_quarter_of_a_system_leads_to_its_report(at_page: Open, workplace: Workplace) -> None:
    system_id = two_quarters(workplace)
    page = press(at_page("system", system=system_id), "Report")
    assert title(page) == f"The review of {numbers.period(QUARTER)}"
    assert page.query_params["system"] == system_id

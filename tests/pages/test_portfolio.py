"""The overview: the first step, its filters, a cell opened, the demonstration."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from operations.periods import preceding
from operations.systems import create_system
from operations.workplace import Workplace
from tests.pages.conftest import ADA, QUARTER, Open, add_quarter, open_system, press, title, words
from ui import numbers
from ui.session import cell_key


@pytest.fixture
def three(workplace: Workplace) -> None:
    """Three systems of two teams: one heavy, one light, one with too little known for a letter."""
    open_system(workplace, "Heavy model", team="Growth", answers=34, level=4)
    open_system(workplace, "Light model", team="Pricing", answers=34, level=0)
    open_system(workplace, "Begun model", team="Pricing", answers=2, level=1)


def systems(page: AppTest) -> set[str]:
    """The systems in the table that says the same as the heatmap."""
    tables = [frame.value for frame in page.dataframe if "System" in frame.value.columns]
    return set(tables[0]["System"]) - {"Median", "Worst"} if tables else set()


def test_the_first_page_offers_two_steps_and_no_empty_table(at_page: Open) -> None:
    page = at_page()
    assert title(page) == "What does your ML system owe?"
    assert [b.label for b in page.button] == ["Assess your first system", "Look around in a demonstration portfolio"]
    assert not page.dataframe


def test_a_quarter_before_everything_says_so_and_only_an_empty_portfolio_offers_the_first_step(
    at_page: Open, workplace: Workplace
) -> None:
    assert title(at_page(period="2001Q1")) == "What does your ML system owe?"
    open_system(workplace, "Churn model", answers=34, level=1)
    page = at_page(period="2001Q1")
    assert title(page) == "No system is rated in Q1 2001 yet"
    assert "No system was there in Q1 2001." in words(page)


def test_the_first_step_leads_to_the_form(at_page: Open) -> None:
    assert title(press(at_page(), "Assess your first system")) == "Which system do you want to assess?"


@pytest.mark.usefixtures("three")
def test_all_systems_are_there(at_page: Open) -> None:
    page = at_page()
    assert systems(page) == {"Heavy model", "Light model", "Begun model"}
    assert "1 of 2 systems is in heavy debt, in Growth" in title(page)
    assert "Heavy model of Growth" in words(page)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("link", "left"),
    [
        ({"team": "Pricing"}, {"Light model", "Begun model"}),
        ({"team": "Growth"}, {"Heavy model"}),
        ({"band": "E, very heavy debt"}, {"Heavy model"}),
        ({"band": "A, little debt"}, {"Light model"}),
        ({"band": "not rated"}, {"Begun model"}),
        ({"search": "GIN"}, set()),
        ({"search": "  light "}, {"Light model"}),
        ({"search": "pric"}, {"Light model", "Begun model"}),
        ({"team": "Pricing", "band": "A, little debt"}, {"Light model"}),
        ({"team": "Nobody", "band": "Z", "order": "?"}, {"Heavy model", "Light model", "Begun model"}),
    ],
)
def test_each_filter_of_the_link_leaves_the_right_systems(at_page: Open, link: dict[str, str], left: set[str]) -> None:
    page = at_page(**link)
    assert systems(page) == left
    if not left:
        assert "No system fits these filters" in words(page)


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("order", "first"), [("By team", "Heavy model"), ("Heaviest first", "Heavy model"), ("Name", "Begun model")]
)
def test_the_order_is_the_one_asked_for(at_page: Open, workplace: Workplace, order: str, first: str) -> None:
    create_system(workplace, ADA, name="Idle model", team="Archive")  # first by its name alone, with nothing to say
    page = at_page()
    page.selectbox(key="order").set_value(order).run()
    assert next(f.value for f in page.dataframe if "System" in f.value.columns)["System"][0] == first


def test_tags_and_areas_are_filters_and_stand_in_the_link(at_page: Open, workplace: Workplace) -> None:
    for name, tag in (("Card model", "money"), ("Text model", "text")):
        system = create_system(workplace, ADA, name=name, team="Growth", tags=[tag])
        add_quarter(workplace, system.system_id, period=QUARTER, answers=34, level=3)
    assert systems(at_page(tag="money")) == {"Card model"}
    assert systems(at_page(search="TEX")) == {"Text model"}
    page = at_page(areas="Monitoring and a changing world")
    table = next(f.value for f in page.dataframe if "System" in f.value.columns)
    assert [column for column in table.columns if column not in {"System", "Group"}] == [
        "Monitoring and a changing world", "All areas",
    ]  # fmt: skip
    assert {"Median", "Worst"} <= set(table["System"])


@pytest.mark.usefixtures("three")
def test_the_teams_alone_are_a_median_and_a_worst_row_each_and_open_into_their_systems(at_page: Open) -> None:
    page = at_page(order="Teams only")
    (table,) = [frame.value for frame in page.dataframe if "Team" in frame.value.columns]
    assert set(table["Team"]) == {"Median", "Worst"}
    assert set(table["Group"]) == {"Growth", "Pricing"}
    opened = at_page(order="Teams only", system="worst:Growth", area="ALL")
    assert "Growth: All areas" in words(opened)
    assert "Heavy model" in words(opened)


@pytest.mark.usefixtures("three")
def test_what_moved_and_what_needs_attention_are_said_with_links(at_page: Open) -> None:
    page = at_page()
    said = words(page)
    assert "Nothing to compare with yet" in said
    assert "What needs attention" in said
    assert "One rated quarter so far: debt 50" in said


def test_a_past_quarter_can_be_seen_by_todays_rules(at_page: Open, workplace: Workplace) -> None:
    earlier = preceding(QUARTER)
    open_system(workplace, "Churn model", answers=34, level=3, period=earlier, closed=True)
    page = at_page(period=earlier)
    (switch,) = page.toggle
    assert "the same: all were sealed under today's rules" in switch.help
    switch.set_value(True).run()
    assert page.query_params["rules"] in ("today", ["today"])
    assert title(page).startswith(f"{numbers.period(earlier)}: debt stands at 75")


def test_an_earlier_quarter_can_be_looked_at(at_page: Open, workplace: Workplace) -> None:
    earlier = preceding(QUARTER)
    before = open_system(workplace, "Churn model", answers=34, level=4, period=earlier, closed=True)
    add_quarter(workplace, before.system_id, period=QUARTER, answers=34, level=1)
    assert numbers.period(QUARTER) in title(at_page())
    page = at_page(period=earlier)
    assert title(page) == f"{numbers.period(earlier)}: debt stands at 100, and the one rated system is in heavy debt"


@pytest.mark.parametrize("area", ["ENT", "ALL"])
def test_a_cell_opens_beside_the_heatmap(at_page: Open, workplace: Workplace, area: str) -> None:
    assessment = open_system(workplace, "Churn model", answers=34, level=3)
    page = at_page()
    page.session_state[cell_key("portfolio")] = (assessment.system_id, area)
    page.run()
    assert not page.exception
    assert "How this number came about, step by step" in words(page)
    assert page.query_params["area"] == [area] or page.query_params["area"] == area
    by_link = at_page(system=assessment.system_id, area=area, period=QUARTER)
    assert "How this number came about, step by step" in words(by_link)


def test_the_demonstration_is_marked_and_removed_by_one_button(at_page: Open) -> None:
    page = press(at_page(), "Look around in a demonstration portfolio")
    assert len(systems(page)) == 8
    assert "Demonstration" in words(page)
    press(page, "Remove the demonstration")
    assert title(page) == "What does your ML system owe?"


def test_a_second_system_can_be_assessed_from_the_portfolio_and_the_choice_of_a_system(
    at_page: Open, workplace: Workplace
) -> None:
    open_system(workplace, "Churn model")
    assert title(press(at_page(), "Assess another system")) == "Which system do you want to assess?"
    assert "Assess another system" in [link.proto.label for link in at_page("assess").get("page_link")]


def test_long_lists_fold_and_words_of_people_are_words(at_page: Open, workplace: Workplace) -> None:
    hostile = "<img src=x> **b** $x$ :red[r] [l](http://h)"
    create_system(workplace, ADA, name=hostile, team=hostile, tags=["<b>:red[t]"])
    for number in range(60):
        create_system(workplace, ADA, name=f"System {number:02d}", team="Growth")
    open_system(workplace, "Rated", team=hostile, answers=34, level=4)
    page = at_page()
    said = words(page)
    assert "Not assessed yet: 61" in said
    assert "And 11 more: search for them in the heatmap." in said
    for element in (*page.title, *page.caption, *page.markdown, *page.subheader):
        assert not re.search(r"(?<!\\)<img|(?<!\\):red", element.value)
    assert f"Rated of {hostile}" in said
    assert systems(at_page(tag="<b>:red[t]")) == {hostile}

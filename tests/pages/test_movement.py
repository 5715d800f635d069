"""The page of a change: the finding, the bars, whose debt and which quarters in the link, and where nothing is."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from operations.assessments import close_assessment
from operations.periods import preceding
from operations.systems import rename_team
from operations.workplace import Workplace
from tests.pages.conftest import ADA, QUARTER, Open, add_quarter, open_system, title, words
from ui import numbers

BEFORE = preceding(QUARTER)
FIRST = preceding(BEFORE)


def two_systems(workplace: Workplace) -> tuple[str, str]:
    """Three quarters of one system that repaid and two of one that did not."""
    repaid = open_system(workplace, "Churn model", answers=34, level=4, period=FIRST, closed=True).system_id
    add_quarter(workplace, repaid, period=BEFORE, answers=34, level=3, closed=True)
    add_quarter(workplace, repaid, period=QUARTER, answers=34, level=1)
    other = open_system(workplace, "Fraud", team="Trust", answers=34, level=2, period=BEFORE, closed=True).system_id
    close_assessment(
        workplace, ADA, assessment_id=add_quarter(workplace, other, period=QUARTER, answers=34, level=2).assessment_id
    )
    return repaid, other


def linked(page: AppTest) -> tuple[str, ...]:
    """The quarters that stand in the link."""
    values = [page.query_params[name] for name in ("since", "until")]
    return tuple(value if isinstance(value, str) else value[0] for value in values)


def test_the_page_tells_what_moved_the_portfolio_and_follows_its_link(at_page: Open, workplace: Workplace) -> None:
    repaid, _ = two_systems(workplace)
    page = at_page("movement")
    assert title(page).startswith("Portfolio debt fell by 25.0 points from")
    assert "Answers changed\n34 questions in 1 system" in words(page)
    assert "Churn model moved down from place 1 to 2 of 2" in words(page)
    assert "1 quarter is still open" in words(page)
    assert linked(page) == (BEFORE, QUARTER)
    told = {metric.label: metric.value for metric in page.metric}
    since = {metric.label: metric.delta for metric in at_page().metric}["Portfolio debt"]
    assert since.startswith(told["Of it, like for like"]), "the same change on the portfolio page"

    # another pair of quarters: then only one system was rated before
    page.selectbox(key="movement-since").set_value(FIRST).run()
    assert not page.exception
    assert linked(page) == (FIRST, QUARTER)
    assert "Systems came or left\n1 system rated in one of the two only" in words(page)

    # one system alone
    page.selectbox(key="movement-of").set_value(f"system {repaid}").run()
    assert not page.exception
    assert title(page).startswith("Churn model: debt fell by 50.0 points")
    assert page.query_params["system"] in (repaid, [repaid])


def test_a_team_is_looked_at_for_itself(at_page: Open, workplace: Workplace) -> None:
    two_systems(workplace)
    page = at_page("movement", of_team="Trust")
    assert title(page).startswith("Debt of Trust did not move from")
    assert "place" not in words(page)
    rename_team(workplace, ADA, team="Trust", name="Safety")
    page = at_page("movement", of_team="Trust")  # a link from before
    assert title(page).startswith("Debt of Safety did not move from")
    assert page.query_params["of_team"] in ("Safety", ["Safety"])


def test_a_link_with_impossible_quarters_shows_those_there_are(at_page: Open, workplace: Workplace) -> None:
    two_systems(workplace)
    page = at_page("movement", since=QUARTER, until="1900Q9")
    assert linked(page) == (BEFORE, QUARTER)
    page = at_page("movement", since="<script>", until=FIRST)
    assert linked(page) == (BEFORE, QUARTER)


def test_one_quarter_only_says_what_is_missing(at_page: Open, workplace: Workplace) -> None:
    for assessed in (False, True):
        if assessed:
            open_system(workplace, "Churn model", answers=34)
        page = at_page("movement")
        assert title(page) == "What moved the debt?"
        assert "A change needs two quarters with an assessment." in words(page)


def test_nothing_rated_in_a_quarter_is_said(at_page: Open, workplace: Workplace) -> None:
    system_id = open_system(workplace, "Churn model", answers=3, period=BEFORE).system_id
    add_quarter(workplace, system_id, period=QUARTER, answers=34)
    page = at_page("movement")
    assert title(page) == f"Portfolio debt cannot be compared: nothing is rated in {numbers.period(BEFORE)}"
    assert "There is no difference to explain." in words(page)


def test_a_system_or_a_team_that_is_not_there(at_page: Open, workplace: Workplace) -> None:
    two_systems(workplace)
    for link in ({"system": "nobody"}, {"of_team": "Nobody"}):
        assert not at_page("movement", **link).title


def test_the_system_page_leads_to_the_whole_way(at_page: Open, workplace: Workplace) -> None:
    repaid, _ = two_systems(workplace)
    page = at_page("system", system=repaid)
    assert "The whole way from one number to the other" in [link.proto.label for link in page.get("page_link")]

"""What changed and how far people agree, on the system page: words, causes, panel, votes of a file."""

from __future__ import annotations

import pytest

from operations.agreement import import_votes, read_agreement
from operations.assessments import close_assessment, open_assessment, read_questionnaire, record_votes
from operations.periods import preceding
from operations.records import AssessmentRecord
from operations.workplace import Workplace
from tests.pages.conftest import ADA, QUARTER, Open, add_quarter, open_system, press, title, words
from ui import numbers

NOW, BEFORE = numbers.period(QUARTER), numbers.period(preceding(QUARTER))


def vote(workplace: Workplace, assessment: AssessmentRecord, *votes: int | None) -> None:
    """Everybody's votes on every question of the core set."""
    for question in read_questionnaire(workplace, ADA, assessment_id=assessment.assessment_id).questions:
        record_votes(
            workplace, ADA, assessment_id=assessment.assessment_id, question_id=question.id, votes=votes,
            expected_rev=0,
        )  # fmt: skip


def two_quarters(workplace: Workplace, first: tuple[int, ...], second: tuple[int, ...]) -> str:
    before = open_system(workplace, "Churn model", period=preceding(QUARTER))
    vote(workplace, before, *first)
    close_assessment(workplace, ADA, assessment_id=before.assessment_id)
    vote(workplace, open_assessment(workplace, ADA, system_id=before.system_id, period=QUARTER), *second)
    return before.system_id


def test_a_change_the_voters_agree_on_is_called_clear_in_title_and_section(at_page: Open, workplace: Workplace) -> None:
    page = at_page("system", system=two_quarters(workplace, (3, 3, 3, 4, 4), (1, 1, 1, 2, 2)))
    assert "clearly better than before" in title(page)
    assert "Clearly better (−50.0 points): 34 improved, 0 worse, 0 same." in words(page)
    assert "2,000 of 2,000 draws of the voters point to better" in words(page)
    assert "Answers changed\n34 questions\n−50.0" in words(page)
    assert "whether they were the same people is not known" in words(page)


def test_a_change_within_what_other_voters_would_make_is_not_called_one(at_page: Open, workplace: Workplace) -> None:
    page = at_page("system", system=two_quarters(workplace, (0, 1, 2, 3, 4), (0, 1, 1, 3, 4)))
    assert "clearly" not in title(page)
    assert "No clear change" in words(page)
    assert "1,900 are needed to call it clear." in words(page)


def test_another_number_of_voters_is_flagged(at_page: Open, workplace: Workplace) -> None:
    page = at_page("system", system=two_quarters(workplace, (2, 2, 2), (2, 2, 2, 2, 2)))
    assert any("The panel changed: 3 people voted before, 5 now." in one.value for one in page.warning)


def test_without_votes_the_limit_is_named(at_page: Open, workplace: Workplace) -> None:
    before = open_system(workplace, "Churn model", answers=34, period=preceding(QUARTER), closed=True)
    add_quarter(workplace, before.system_id, period=QUARTER, answers=34, level=1)
    page = at_page("system", system=before.system_id)
    assert "Clearly better (−25.0 points)" in words(page)
    assert "The answers came without votes, so a fixed limit decides" in words(page)


def test_the_causes_and_their_table_hold_the_same_points(at_page: Open, workplace: Workplace) -> None:
    page = at_page("system", system=two_quarters(workplace, (3, 3, 3), (1, 1, 1)))
    tables = [f.value for f in page.dataframe if "Points" in f.value.columns]
    assert tables[0].iloc[0].to_dict()["Points"] == "−50.0"
    assert set(tables[0]["Cause"]) == {"Answers changed"}


def three_quarters(workplace: Workplace) -> str:
    """Level 3, then 1, then 1 again; people voted in the first alone."""
    first = preceding(preceding(QUARTER))
    before = open_system(workplace, "Churn model", period=first)
    vote(workplace, before, 3, 3, 3)
    close_assessment(workplace, ADA, assessment_id=before.assessment_id)
    for period in (preceding(QUARTER), QUARTER):
        add_quarter(workplace, before.system_id, period=period, answers=34, level=1)
    return before.system_id


def test_two_quarters_can_be_chosen_by_the_link(at_page: Open, workplace: Workplace) -> None:
    system = three_quarters(workplace)
    first = numbers.period(preceding(preceding(QUARTER)))
    assert "No clear change (0 points)" in words(at_page("system", system=system))
    chosen = at_page("system", system=system, **{"from": first, "to": BEFORE})
    assert "Clearly better (−50.0 points)" in words(chosen)


def test_votes_of_an_earlier_quarter_can_be_looked_at(at_page: Open, workplace: Workplace) -> None:
    system = three_quarters(workplace)
    first = numbers.period(preceding(preceding(QUARTER)))
    assert f"Nobody has voted on {NOW}." in words(at_page("system", system=system))
    assert "Full agreement" in words(at_page("system", system=system, votes=first))


@pytest.mark.parametrize("link", [{"from": "2026Q9", "to": "x"}, {"from": NOW, "to": BEFORE}, {"votes": "never"}])
def test_nonsense_in_the_link_shows_the_latest(at_page: Open, workplace: Workplace, link: dict[str, str]) -> None:
    page = at_page("system", system=three_quarters(workplace), **link)
    assert "No clear change (0 points)" in words(page)


def test_the_votes_are_shown_with_what_they_say(at_page: Open, workplace: Workplace) -> None:
    assessment = open_system(workplace, "Churn model")
    vote(workplace, assessment, 0, 1, 4)
    page = at_page("system", system=assessment.system_id)
    metrics = {metric.label: metric.value for metric in page.metric}
    assert (metrics["Voters"], metrics["Split, to discuss"]) == ("3", "34")
    assert "Krippendorff’s alpha" in words(page)
    assert "33 % of the pairs of votes on one question are at most one level apart." in words(page)
    assert "With 3 people one voice that is off moves the answers" in words(page)
    assert "Votes: 0, 1, 4." in words(page)


def test_full_agreement_is_said_and_no_alpha_made_up(at_page: Open, workplace: Workplace) -> None:
    assessment = open_system(workplace, "Churn model")
    vote(workplace, assessment, 2, 2, 2)
    assert "Full agreement: all votes are equal, and alpha is not defined." in words(
        at_page("system", system=assessment.system_id)
    )


def test_without_votes_the_page_says_where_votes_come_from(at_page: Open, workplace: Workplace) -> None:
    assessment = open_system(workplace, "Churn model", answers=3)
    page = at_page("system", system=assessment.system_id)
    assert f"Nobody has voted on {NOW}. Votes come from a workshop, or from a CSV file of one." in words(page)
    assert any(expander.label == "Take votes from a CSV file" for expander in page.expander)


def test_a_closed_quarter_takes_no_votes(at_page: Open, workplace: Workplace) -> None:
    assessment = open_system(workplace, "Churn model", answers=34, closed=True)
    page = at_page("system", system=assessment.system_id)
    assert not [expander for expander in page.expander if expander.label == "Take votes from a CSV file"]
    assert "This quarter is closed; votes go into an open one." in words(page)


def test_an_import_is_undone_by_one_button(at_page: Open, workplace: Workplace) -> None:
    assessment = open_system(workplace, "Churn model")
    import_votes(
        workplace, ADA, assessment_id=assessment.assessment_id, text="who,ENT-01\nAnn,1\nBen,2\n", name="votes.csv"
    )
    page = press(at_page("system", system=assessment.system_id), "Undo the import")
    assert "1 answer was put back." in words(page)
    assert read_agreement(workplace, ADA, assessment_id=assessment.assessment_id).lines == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("who,ENT-01\nAnn,1\nBen,9\n", "Ben gave 9 to ENT-01; its levels are 0 to 4", id="no such level"),
        pytest.param("who,<b>x</b>\nAnn,1\n", "no question '<b>x</b>' in this checklist", id="markup is shown as text"),
        pytest.param("", "holds no votes", id="an empty file"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why_and_leaves_everything(
    at_page: Open, workplace: Workplace, text: str, says: str
) -> None:
    assessment = open_system(workplace, "Churn model")
    page = at_page("system", system=assessment.system_id)
    page.file_uploader[0].upload("votes.csv", text.encode(), "text/csv").run()
    assert not page.exception, page.exception
    assert "Nothing was taken from votes.csv." in words(page)
    assert says in words(page)
    assert read_agreement(workplace, ADA, assessment_id=assessment.assessment_id).lines == ()


def test_a_file_is_taken_after_what_it_does_was_said(at_page: Open, workplace: Workplace) -> None:
    assessment = open_system(workplace, "Churn model", answers=1)
    page = at_page("system", system=assessment.system_id)
    page.file_uploader[0].upload("votes.csv", b"who,ENT-01,ENT-03\nAnn,1,0\nBen,2,4\n", "text/csv").run()
    assert f"2 people voted on 2 questions of {NOW}." in words(page)
    press(page, "Take these votes")
    assert "Votes on 2 questions were taken." in words(page)
    assert len(read_agreement(workplace, ADA, assessment_id=assessment.assessment_id).lines) == 2

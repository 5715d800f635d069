"""An answer grows old or is overtaken by the code it cites; that widens its interval and moves nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.compare import Cause, compare
from scoring.document import score_document, score_from_document
from scoring.explain import explain_question
from scoring.freshness import Age, Doubt, Limits, Why, judge
from scoring.score import Response, score
from tests.scoring.builders import area, checklist
from tests.scoring.test_properties import Profile, profiles, triples

LIMITS = Limits(
    ages=(Age(growth_up_to=0.1, days=375), Age(growth_up_to=0.2, days=190), Age(growth_up_to=1, days=100)),
    critical_days=190,
    commits_a_file=3,
    share_of_files=0.5,
)
CONFIRMED = date(2026, 6, 1)
DAYS = st.integers(-400, 400).map(lambda days: CONFIRMED + timedelta(days=days))


def days_after(*days: int) -> tuple[date, ...]:
    return tuple(CONFIRMED + timedelta(days=day) for day in days)


def test_an_answer_is_fresh_on_its_last_day_and_aged_the_day_after():
    assert judge(CONFIRMED, CONFIRMED + timedelta(days=100), days=100, limits=LIMITS) is None
    aged = judge(CONFIRMED, CONFIRMED + timedelta(days=101), days=100, limits=LIMITS)
    assert aged == Doubt(why=Why.AGED, since=CONFIRMED + timedelta(days=100))


def test_half_of_the_cited_files_much_changed_make_it_stale_from_the_day_they_were():
    touched = {"train.py": days_after(2, 5, 9, 20), "load.py": days_after(1), "other.py": days_after(1, 2, 3)}
    found = judge(CONFIRMED, date(2026, 7, 1), days=375, cited=["train.py", "load.py"], touched=touched, limits=LIMITS)
    assert found == Doubt(why=Why.CHANGED, since=days_after(9)[0], paths=("train.py",), commits=4)


@pytest.mark.parametrize(
    "touched",
    [
        {"train.py": days_after(-9, -5, -1, 0)},  # before, and on the very day
        {"train.py": days_after(1, 2)},
        {"load.py": days_after(1, 2, 3)},
        {"train.py": days_after(40, 50, 60)},  # a clock that runs ahead
    ],
)
def test_what_changed_before_or_little_or_elsewhere_leaves_it_fresh(touched):
    assert judge(CONFIRMED, date(2026, 7, 1), days=375, cited=["train.py"], touched=touched, limits=LIMITS) is None


@given(st.dictionaries(st.sampled_from("abc"), st.lists(DAYS, max_size=8)), st.sets(st.sampled_from("abcd")), DAYS)
@settings(max_examples=60, deadline=None)
def test_more_changes_and_more_days_never_make_an_answer_fresh_again(touched, cited, today):
    before = judge(CONFIRMED, today, days=100, cited=sorted(cited), touched=touched, limits=LIMITS)
    later = today + timedelta(days=30)
    more = {path: [*days, today] for path, days in touched.items()}
    after = judge(CONFIRMED, later, days=100, cited=sorted(cited), touched=more, limits=LIMITS)
    assert before is None or after is not None
    assert before is None or CONFIRMED < before.since <= today


def test_the_age_goes_by_growth_and_a_critical_question_waits_no_longer_than_its_own_limit():
    asked = checklist(area("ENT", "C", "M"))
    classes = asked.classes
    for growth, plain, critical in [(0.0, 375, 190), (0.15, 190, 190), (0.3, 100, 100), (9.0, 100, 100)]:
        grown = replace(classes, growth={"s1": growth})
        first, second = asked.questions.values()
        assert (LIMITS.days_for(second, grown), LIMITS.days_for(first, grown)) == (plain, critical)


@pytest.mark.parametrize(
    "wrong",
    [{"ages": ()}, {"critical_days": 0}, {"share_of_files": 0}, {"commits_a_file": 0}, {"ages": LIMITS.ages[::-1]}],
)
def test_limits_that_limit_nothing_are_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        replace(LIMITS, **wrong)


# --- what a doubt does to a score ---
@given(profiles(), st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_a_doubt_only_widens_and_never_moves_an_estimate(profile: Profile, data: st.DataObject):
    doubted = {
        name: replace(response, doubt=data.draw(st.integers(0, 2))) for name, response in profile.responses.items()
    }
    fresh, stale = profile.score(), replace(profile, responses=doubted).score()
    before, after = triples(fresh), triples(stale)
    assert before.keys() == after.keys()
    for name, (debt, low, high) in before.items():
        assert after[name][0] == debt
        assert after[name][1] <= low <= high <= after[name][2]
    assert (stale.system.band, stale.system.coverage) == (fresh.system.band, fresh.system.coverage)
    assert (stale.contradictions, stale.hints, stale.worst_area) == (
        fresh.contradictions, fresh.hints, fresh.worst_area,
    )  # fmt: skip


def test_a_doubt_moves_each_end_by_one_level_within_the_scale():
    asked = checklist(area("ENT", "M", "M"))
    votes = {"ENT-01": Response(state="answered", votes=(2, 2, 2), doubt=1), "ENT-02": answered_doubt(0)}
    found = score(asked, votes).questions
    assert (found["ENT-01"].low, found["ENT-01"].debt, found["ENT-01"].high) == (0.25, 0.5, 0.75)
    assert (found["ENT-02"].low, found["ENT-02"].debt, found["ENT-02"].high) == (0.0, 0.0, 0.5)


def answered_doubt(level: int) -> Response:
    return Response(state="answered", level=level, doubt=1)


def test_the_document_names_a_doubt_only_where_there_is_one_and_comes_back():
    asked = checklist(area("ENT", "M", "M"))
    fresh = score(asked, {"ENT-01": Response(state="answered", level=2), "ENT-02": answered_doubt(1)})
    document = score_document(fresh, asked)
    assert ["doubt" in entry for entry in document["questions"]] == [False, True]
    assert score_from_document(document) == fresh


def test_waiting_to_be_confirmed_is_no_change_of_the_system():
    asked = checklist(area("ENT", "M", "M"))
    before = score(asked, {"ENT-01": Response(state="answered", level=2), "ENT-02": answered_doubt(1)})
    after = score(asked, {"ENT-01": Response(state="answered", level=2, doubt=1), "ENT-02": answered_doubt(1)})
    found = compare(asked, before, asked, after)
    assert (found.questions, found.system.difference, found.system.causes) == ((), 0.0, ())
    moved = score(asked, {"ENT-01": Response(state="answered", level=4, doubt=1), "ENT-02": answered_doubt(1)})
    assert [change.cause for change in compare(asked, before, asked, moved).questions] == [Cause.ANSWERS]


def test_the_explanation_says_that_the_answer_waits_to_be_confirmed():
    asked = checklist(area("ENT", "M"))
    scored = score(asked, {"ENT-01": answered_doubt(2)})
    said = " ".join(step.text for step in explain_question(asked, scored, "ENT-01"))
    assert "waits to be confirmed" in said
    assert "0 to 1." in said


def test_a_doubt_is_a_whole_number_of_levels():
    with pytest.raises(ValueError, match="a doubt is"):
        Response(state="answered", level=2, doubt=5)

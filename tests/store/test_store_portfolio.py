"""All systems at once: a quarter as it was sealed and as it scores today, what is left open, what changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from store.store import open_store
from tests.store.world import AT, LATER, SCORING, a_score, a_system, an_answer, fill, seal

LATER_RULES = "t" * 64
OPEN = "beta-2026Q4"


@pytest.fixture
def two(empty):
    """Alpha, closed in Q3 and Q4; beta, closed in Q3 and open in Q4."""

    def work(records):
        fill(records, "alpha", ["2026Q3", "2026Q4"], demonstration=False)
        seal(records, "alpha-2026Q4")
        fill(records, "beta", ["2026Q3", "2026Q4"], demonstration=False)
        records.keep_scoring(LATER_RULES, "2", "{}", LATER)

    empty.write(work)
    return empty


def later_score(system_id, period, estimate):
    return a_score("", estimate, system_id=system_id, period=period, assessment_id=f"{system_id}-{period}")


def cells(store, period, scoring, *, sealed=True):
    found = store.read(lambda records: records.portfolio.cells(period, scoring, sealed=sealed))
    return {(cell.system_id, cell.area): (cell.estimate, cell.scoring_id) for cell in found}


def test_a_closed_quarter_keeps_the_score_it_was_sealed_with(two):
    two.write(lambda records: records.put_scores("alpha-2026Q4", LATER_RULES, [later_score("alpha", "2026Q4", 0.75)]))
    two.write(lambda records: records.put_scores(OPEN, LATER_RULES, [later_score("beta", "2026Q4", 0.5)]))
    assert cells(two, "2026Q4", LATER_RULES) == {
        ("alpha", ""): (0.25, SCORING), ("alpha", "ENT"): (0.25, SCORING), ("beta", ""): (0.5, LATER_RULES),
    }  # fmt: skip
    assert cells(two, "2026Q4", LATER_RULES, sealed=False) == {
        ("alpha", ""): (0.75, LATER_RULES), ("beta", ""): (0.5, LATER_RULES),
    }  # fmt: skip
    assert cells(two, "2020Q1", LATER_RULES) == {}


def test_all_quarters_at_once_are_the_systems_own_debts_as_they_were_sealed(two):
    two.write(lambda records: records.put_scores(OPEN, LATER_RULES, [later_score("beta", "2026Q4", 0.5)]))
    found = two.read(lambda records: records.portfolio.wholes(LATER_RULES))
    assert sorted((one.period, one.system_id, one.state, one.estimate, one.scoring_id) for one in found) == [
        ("2026Q3", "alpha", "closed", 0.25, SCORING),
        ("2026Q3", "beta", "closed", 0.25, SCORING),
        ("2026Q4", "alpha", "closed", 0.25, SCORING),
        ("2026Q4", "beta", "open", 0.5, LATER_RULES),
    ]


def test_what_is_to_be_scored_anew_is_closed_and_has_no_score_under_these_rules(two):
    def to_do(period):
        return two.read(lambda records: records.portfolio.to_score_anew(period, LATER_RULES))

    assert (to_do("2026Q3"), to_do("2026Q4")) == (["alpha-2026Q3", "beta-2026Q3"], ["alpha-2026Q4"])
    two.write(lambda records: records.put_scores("beta-2026Q3", LATER_RULES, [later_score("beta", "2026Q3", 0.5)]))
    assert to_do("2026Q3") == ["alpha-2026Q3"]
    assert two.read(lambda records: records.portfolio.sealed_elsewhere("2026Q3", LATER_RULES)) == 2
    assert two.read(lambda records: records.portfolio.sealed_elsewhere("2026Q3", SCORING)) == 0


def test_an_open_quarter_is_stale_as_soon_as_somebody_answers(two):
    def stale():
        return two.read(lambda records: records.portfolio.stale(SCORING))

    seq = two.read(lambda records: records.change_seq(OPEN))
    fresh = replace(a_score("", system_id="beta", assessment_id=OPEN), change_seq=seq)
    two.write(lambda records: records.put_scores(OPEN, SCORING, [fresh]))
    assert stale() == []
    two.write(lambda records: records.save_answer(OPEN, an_answer("MON-01"), 0))
    assert stale() == [OPEN]
    uncounted = replace(fresh, change_seq=seq + 1, disputed=None)
    two.write(lambda records: records.put_scores(OPEN, SCORING, [uncounted]))
    assert stale() == [OPEN]


def test_lifetimes_last_checklists_and_what_was_left_open(two):
    read = two.read
    assert read(lambda records: records.portfolio.lifetimes()) == dict.fromkeys(("alpha", "beta"), ("2026Q3", "2026Q4"))
    assert read(lambda records: records.portfolio.last_checklists("2026Q3")).keys() == {"alpha", "beta"}
    assert read(lambda records: records.portfolio.last_checklists("2026Q2")) == {}
    assert read(lambda records: records.portfolio.left_open("2027Q1")) == [("beta", "2026Q4")]
    assert read(lambda records: records.portfolio.left_open("2026Q4")) == []


def test_nothing_of_another_organisation_is_found(two, url):
    with open_store(url, org_id="other") as other:
        assert other.read(lambda records: records.portfolio.wholes(SCORING)) == []
        assert other.read(lambda records: records.portfolio.cells("2026Q3", SCORING)) == []
        assert other.read(lambda records: records.portfolio.lifetimes()) == {}


def test_tags_are_kept_changed_and_counted_as_a_change(empty):
    kept = empty.write(lambda records: records.add_system(a_system(tags=frozenset({"payments", "Ü%"}))))
    assert empty.read(lambda records: records.system("churn").tags) == {"payments", "Ü%"}
    changed = empty.write(lambda records: records.change_system(replace(kept, tags=frozenset()), 1, LATER))
    assert (changed.tags, changed.rev) == (frozenset(), 2)
    assert empty.write(lambda records: records.change_system(changed, 1, AT)).rev == 2


def test_the_version_moves_with_every_commit_of_anybody_and_with_nothing_else(two, url):
    before = two.version()
    two.read(lambda records: records.systems())
    assert two.version() == before
    two.write(lambda records: records.save_answer(OPEN, an_answer("MON-01"), 0))
    mine = two.version()
    with open_store(url) as another:
        another.write(lambda records: records.save_answer(OPEN, an_answer("MON-02"), 0))
    assert len({before, mine, two.version()}) == 3

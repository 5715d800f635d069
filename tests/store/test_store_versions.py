"""Moves, carried answers, confirmations, withdrawals, zones and names of teams, for every engine alike."""

from __future__ import annotations

import pytest

from store.errors import Closed, Conflict, NotFound, StoreError
from store.version_records import SealedDoubt
from tests.store.world import (
    AT,
    CHECKLIST,
    LATER,
    SCORING,
    a_score,
    a_system,
    an_answer,
    an_assessment,
    evidence,
    fill,
    keep_versions_apart,
    seal,
)

HERE = "churn-2026Q4"


def closed(store, *, score=True):
    def work(records):
        records.save_answer(HERE, an_answer(), 0)
        keep_versions_apart(records, HERE, "2026Q4")
        if score:
            records.put_scores(HERE, SCORING, [a_score()])
        return seal(records)

    return store.write(work)


def test_what_moved_and_was_carried_and_confirmed_comes_back_as_it_was_kept(store):
    closed(store)
    (move,) = store.read(lambda records: records.versions.moves(HERE))
    assert (move.seq, move.to_checklist, move.moved_by, move.undone_at) == (1, CHECKLIST, "ada", None)
    (carried,) = store.read(lambda records: records.versions.carried(HERE)).values()
    assert (carried.question_id, carried.rev, carried.origins, carried.move) == ("ENT-01", 1, ("OLD-01",), 1)
    confirmed = store.read(lambda records: records.versions.confirmations(HERE))["ENT-01"]
    assert (confirmed.rev, confirmed.confirmed_at, confirmed.confirmed_by) == (1, LATER, "bo")
    assert store.read(lambda records: records.versions.sealed_doubts(HERE)) == [
        SealedDoubt(question_id="ENT-01", why="changed", since="2026-11-02", paths=("träin.py",), commits=4)
    ]


def test_a_confirmation_is_of_the_revision_that_was_seen_and_counts_as_a_change(store):
    store.write(lambda records: records.save_answer(HERE, an_answer(), 0))
    before = store.read(lambda records: records.change_seq(HERE))
    store.write(lambda records: records.confirm(HERE, "ENT-01", 1, at=LATER, by="bo"))
    assert store.read(lambda records: records.change_seq(HERE)) == before + 1
    store.write(lambda records: records.save_answer(HERE, an_answer(level=4), 1))
    with pytest.raises(Conflict):
        store.write(lambda records: records.confirm(HERE, "ENT-01", 1, at=LATER, by="bo"))
    with pytest.raises(Conflict):
        store.write(lambda records: records.confirm(HERE, "CFG-01", 1, at=LATER, by="bo"))
    assert store.read(lambda records: records.change_seq(HERE)) == before + 2


def test_nothing_is_moved_or_confirmed_once_the_quarter_is_closed(store):
    closed(store)
    with pytest.raises(Closed):
        store.write(lambda records: records.confirm(HERE, "ENT-01", 1, at=LATER, by="bo"))
    with pytest.raises(Closed):
        store.write(lambda records: records.change_checklist(HERE, CHECKLIST))
    with pytest.raises(StoreError, match="undone once"):
        store.write(lambda records: records.versions.undo_move(HERE, 1, at=LATER, by="bo"))


def test_a_move_is_taken_back_once(store):
    store.write(lambda records: records.save_answer(HERE, an_answer(), 0))
    store.write(lambda records: keep_versions_apart(records, HERE, "2026Q4"))
    store.write(lambda records: records.versions.undo_move(HERE, 1, at=LATER, by="bo"))
    assert store.read(lambda records: records.versions.moves(HERE))[0].undone_by == "bo"
    with pytest.raises(NotFound, match="taken back already"):
        store.write(lambda records: records.versions.undo_move(HERE, 1, at=LATER, by="bo"))


# --- a quarter found wrong ---
def test_a_withdrawn_quarter_is_readable_counts_nowhere_and_makes_room(store):
    sealed = closed(store)
    withdrawn = store.write(lambda records: records.withdraw(HERE, "answered for another system", at=LATER, by="bo"))
    assert (withdrawn.withdrawn, withdrawn.withdrawn_because, withdrawn.state) == (
        True, "answered for another system", "closed",
    )  # fmt: skip

    def look(records):
        assert records.assessments_of("churn") == records.assessments_in("2026Q4") == []
        assert records.assessment_for("churn", "2026Q4") is None
        assert records.periods() == []
        assert records.latest_closed("churn", before="2027Q1") is None
        assert records.scores_in(["2026Q4"], SCORING) == []
        assert records.stale_assessments("2026Q4", SCORING) == records.portfolio.to_score_anew("2026Q4", SCORING) == []
        assert records.portfolio.lifetimes() == records.portfolio.last_checklists("2026Q4") == {}
        assert records.portfolio.wholes(SCORING) == []
        assert records.withdrawn_of("churn") == [withdrawn]
        assert records.snapshot(HERE).document_sha256 == sealed.document_sha256
        assert records.answers(HERE)["ENT-01"].level == 2

    store.read(look)
    again = store.write(lambda records: records.open_assessment(an_assessment("again", previous=HERE)))
    assert store.read(lambda records: records.assessments_of("churn")) == [again]
    store.write(lambda records: records.put_scores("again", SCORING, [a_score(assessment_id="again")]))
    assert len(store.read(lambda records: records.scores_in(["2026Q4"], SCORING))) == 1
    assert store.verify() == ()


def test_only_a_closed_quarter_is_withdrawn_and_only_once(store):
    with pytest.raises(Conflict, match="is open"):
        store.write(lambda records: records.withdraw(HERE, "why", at=LATER, by="bo"))
    with pytest.raises(NotFound):
        store.write(lambda records: records.withdraw("nowhere", "why", at=LATER, by="bo"))
    closed(store)
    store.write(lambda records: records.withdraw(HERE, "why", at=LATER, by="bo"))
    with pytest.raises(Conflict, match="withdrawn already"):
        store.write(lambda records: records.withdraw(HERE, "why", at=LATER, by="bo"))


def test_the_scan_of_a_withdrawn_quarter_is_free_for_the_next(store):
    def work(records):
        records.keep_evidence(evidence())
        records.attach_evidence(HERE, "e" * 64, AT, "ada")
        records.save_answer(HERE, an_answer(), 0)
        seal(records)

    store.write(work)
    assert len(store.read(lambda records: records.evidence_links("churn"))) == 1
    store.write(lambda records: records.withdraw(HERE, "why", at=LATER, by="bo"))
    assert store.read(lambda records: records.evidence_links("churn")) == []


# --- zones and names ---
def test_the_zone_of_the_organisation_and_of_an_assessment_are_kept(store):
    assert store.read(lambda records: records.versions.zone()) == ""
    store.write(lambda records: records.versions.change_zone("Europe/Berlin"))
    assert store.read(lambda records: records.versions.zone()) == "Europe/Berlin"
    assert store.read(lambda records: records.assessment(HERE)).zone == ""


def test_a_renamed_team_keeps_systems_class_values_and_every_name_it_had(store):
    def work(records):
        records.add_system(a_system("pricing", name="Pricing"))
        records.plans.adopt_class_values("Growth", "ml-debt", '{"M":12}', 0, AT, "ada")
        assert records.versions.rename_team("Growth", "Expansion", at=LATER) == 2
        assert records.versions.rename_team("Expansion", "Reach", at=LATER) == 2

    store.write(work)
    assert store.read(lambda records: records.teams()) == ["Reach"]
    assert {system.rev for system in store.read(lambda records: records.systems())} == {3}
    kept = store.read(lambda records: records.plans.class_values_history("Reach", "ml-debt"))
    assert [(one.rev, one.body) for one in kept] == [(1, '{"M":12}')]
    for name in ("Growth", "Expansion", "Reach", "Nobody"):
        assert store.read(lambda records, name=name: records.versions.present_name(name)) == (
            name if name == "Nobody" else "Reach"
        )
    assert store.verify() == ()


def test_a_team_that_takes_its_old_name_back_is_found_under_it(store):
    for before, after in (("Growth", "Expansion"), ("Expansion", "Growth")):
        store.write(lambda records, b=before, a=after: records.versions.rename_team(b, a, at=LATER))
    assert store.read(lambda records: records.versions.present_name("Expansion")) == "Growth"
    assert store.read(lambda records: records.versions.present_name("Growth")) == "Growth"


def test_the_demonstration_goes_with_all_that_was_kept_of_its_versions(store):
    store.write(lambda records: fill(records, "demo", ["2026Q2", "2026Q3"], demonstration=True))
    store.write(lambda records: records.withdraw("demo-2026Q2", "why", at=LATER, by="ada"))
    assert store.write(lambda records: records.remove_demonstration()) == 1
    for table in ("checklist_move", "carried_answer", "confirmation", "sealed_doubt"):
        found = store.read(lambda records, table=table: records._query(f"SELECT count(*) AS many FROM {table}"))
        assert found[0]["many"] == 0
    assert store.verify() == ()

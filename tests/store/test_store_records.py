"""Systems, assessments, evidence, decisions, snapshots and scores are found again as a page asks for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from store.errors import AlreadyThere, Conflict, NotFound, StoreError
from store.records import EvidenceRow
from store.store import open_store
from tests.store.world import (
    AT,
    CHECKLIST,
    LATER,
    SCORING,
    a_decision,
    a_score,
    a_system,
    a_token,
    a_world,
    an_answer,
    an_assessment,
    evidence,
    fill,
    keep_versions,
    seal,
)

HERE = "churn-2026Q4"


# --- systems ---


def test_systems_are_listed_by_team_then_name(store):
    for system in (
        a_system("c", name="ranking", team="Search"),
        a_system("a", name="Éclair", team="Growth"),
        a_system("b", name="apples", team="growth"),
    ):
        store.write(lambda records, system=system: records.add_system(system))
    found = store.read(lambda records: records.systems())
    assert [(system.team, system.name) for system in found] == [
        ("Growth", "Churn"),
        ("Growth", "Éclair"),
        ("growth", "apples"),
        ("Search", "ranking"),
    ]
    assert store.read(lambda records: records.teams()) == ["Growth", "growth", "Search"]


def test_two_systems_of_one_name_in_a_team_are_refused(store):
    with pytest.raises(AlreadyThere, match="The team Growth has a system called Churn already") as refused:
        store.write(lambda records: records.add_system(a_system("other")))
    assert refused.value.existing == a_system()
    store.write(lambda records: records.add_system(a_system("other", team="Search")))
    with pytest.raises(AlreadyThere):
        store.write(lambda records: records.change_system(a_system("other"), 1, AT))


def test_two_systems_of_one_id_are_refused(store):
    with pytest.raises(AlreadyThere, match="id 'churn'") as refused:
        store.write(lambda records: records.add_system(a_system(name="Another")))
    assert refused.value.existing == a_system()
    assert store.read(lambda records: records.systems()) == [a_system()]


def test_a_system_is_changed_only_by_who_saw_it_last(store):
    wanted = replace(a_system(), name="Churn 2", switches=frozenset({"retrieval"}))
    changed = store.write(lambda records: records.change_system(wanted, 1, LATER))
    assert changed == replace(wanted, rev=2)
    with pytest.raises(Conflict) as refused:
        store.write(lambda records: records.change_system(replace(wanted, name="Mine"), 1, LATER))
    assert refused.value.current == changed
    assert store.write(lambda records: records.change_system(wanted, 1, LATER)) == changed, "a repeat changes nothing"


def test_a_system_that_is_not_there_is_not_changed(store):
    with pytest.raises(NotFound, match="'gone'"):
        store.write(lambda records: records.change_system(a_system("gone"), 1, AT))
    with pytest.raises(NotFound, match="'gone'"):
        store.write(lambda records: records.retire_system("gone", AT))


def test_a_retired_system_leaves_the_list_keeps_its_past_and_frees_its_name(store):
    retired = store.write(lambda records: records.retire_system("churn", LATER))
    assert (retired.retired_at, retired.rev) == (LATER, 2)
    assert store.write(lambda records: records.retire_system("churn", "later still")) == retired
    assert store.read(lambda records: (records.systems(), records.teams())) == ([], [])
    assert store.read(lambda records: records.systems(include_retired=True)) == [retired]
    assert store.read(lambda records: len(records.assessments_of("churn"))) == 1
    store.write(lambda records: records.add_system(a_system("new")))
    with pytest.raises(AlreadyThere):
        store.write(lambda records: records.change_system(replace(retired, retired_at=None), 2, LATER))


# --- versions ---


def test_a_checklist_is_kept_once(store):
    store.write(lambda records: records.keep_checklist(CHECKLIST, "another", "2", "", "{}", LATER))
    assert store.read(lambda records: records.checklist_body(CHECKLIST)) == '{"areas":[]}'
    assert store.read(lambda records: records.checklist_body("gone")) is None


def test_the_views_show_the_scoring_version_kept_last(store):
    store.write(lambda records: records.put_scores(HERE, SCORING, [a_score(estimate=0.25)]))
    store.write(lambda records: records.keep_scoring("t" * 64, "2", "{}", LATER))
    store.write(lambda records: records.put_scores(HERE, "t" * 64, [a_score(estimate=0.5)]))
    shown = "SELECT system, area, estimate FROM current_score"
    assert store._engine.read(lambda session: session.query(shown)) == [
        {"system": "Churn", "area": "", "estimate": 0.5}
    ]
    store.write(keep_versions)
    assert store._engine.read(lambda session: session.query(shown))[0]["estimate"] == 0.25


# --- assessments ---


def test_a_system_has_one_assessment_a_period(store):
    with pytest.raises(AlreadyThere, match="2026Q4 is being assessed") as refused:
        store.write(lambda records: records.open_assessment(an_assessment("another id")))
    assert refused.value.existing == an_assessment()


@pytest.mark.parametrize("period", ["2026", "Q4 2026", "2026-4", ""])
def test_a_period_is_a_quarter(store, period):
    with pytest.raises(StoreError):
        store.write(lambda records: records.open_assessment(an_assessment("x", period=period)))


def test_assessments_are_found_by_system_by_period_and_by_both(empty):
    empty.write(lambda records: fill(records, "a", ["2026Q2", "2026Q3", "2026Q4"], demonstration=False))
    empty.write(lambda records: fill(records, "b", ["2026Q4"], demonstration=False))

    def look(records):
        return {
            "of a": [assessment.period for assessment in records.assessments_of("a")],
            "in Q4": [assessment.system_id for assessment in records.assessments_in("2026Q4")],
            "a in Q3": records.assessment_for("a", "2026Q3").assessment_id,
            "b in Q3": records.assessment_for("b", "2026Q3"),
            "periods": records.periods(),
            "closed before Q4": records.latest_closed("a", "2026Q4").period,
            "closed before Q3": records.latest_closed("a", "2026Q3").period,
            "closed before Q2": records.latest_closed("a", "2026Q2"),
            "closed of b": records.latest_closed("b", "2027Q1"),
            "closed before Q4 with this pack": records.latest_closed("a", "2026Q4", pack="ml-debt").period,
            "closed before Q4 with another": records.latest_closed("a", "2026Q4", pack="other"),
            "packs": set(records.checklist_names().values()),
        }

    assert empty.read(look) == {
        "of a": ["2026Q2", "2026Q3", "2026Q4"],
        "in Q4": ["a", "b"],
        "a in Q3": "a-2026Q3",
        "b in Q3": None,
        "periods": ["2026Q2", "2026Q3", "2026Q4"],
        "closed before Q4": "2026Q3",
        "closed before Q3": "2026Q2",
        "closed before Q2": None,
        "closed of b": None,
        "closed before Q4 with this pack": "2026Q3",
        "closed before Q4 with another": None,
        "packs": {"ml-debt"},
    }


def test_scope_and_switches_are_changed_and_come_back(store):
    store.write(lambda records: records.change_scope(HERE, "core"))
    changed = store.write(lambda records: records.change_switches(HERE, ["retrieval", "agents"]))
    assert (changed.scope, changed.switches, changed.change_seq) == ("core", {"retrieval", "agents"}, 2)
    assert store.read(lambda records: records.assessment(HERE)) == changed
    assert store.write(lambda records: records.change_scope(HERE, "core")) == changed


def test_asking_about_an_assessment_that_is_not_there(store):
    found = store.read(
        lambda records: (
            records.assessment("gone"),
            records.answers("gone"),
            records.answer_history("gone", "ENT-01"),
            records.evidence_of("gone"),
            records.floor_decisions("gone"),
            records.snapshot("gone"),
        )
    )
    assert found == (None, {}, [], None, {}, None)
    with pytest.raises(NotFound):
        store.read(lambda records: records.change_seq("gone"))
    with pytest.raises(NotFound):
        store.write(lambda records: records.put_scores("gone", SCORING, []))


# --- evidence and decisions ---


def test_the_evidence_attached_last_counts_even_when_it_is_the_older_scan(store):
    older, newer = evidence("1" * 64), evidence("2" * 64, at=LATER)
    for record in (older, newer):
        store.write(lambda records, record=record: records.keep_evidence(record))
    for record in (older, newer, older):
        store.write(lambda r, record=record: r.attach_evidence(HERE, record.evidence_id, LATER, "ada"))
        assert store.read(lambda records: records.evidence_of(HERE)) == record
    assert store.read(lambda records: records.evidence_list("churn")) == [
        EvidenceRow(
            evidence_id=record.evidence_id,
            system_id="churn",
            repository="churn",
            commit_id="4f2a",
            collector="1",
            summary="",
            collected_at=record.collected_at,
            collected_by="ada",
        )
        for record in (newer, older)
    ]


def test_two_systems_may_share_a_repository(store):
    store.write(lambda records: records.add_system(a_system("twin", name="Twin")))
    for system_id in ("churn", "twin", "churn"):
        store.write(lambda r, system_id=system_id: r.keep_evidence(evidence(system_id=system_id)))
    assert store.read(lambda records: [len(records.evidence_list(name)) for name in ("churn", "twin")]) == [1, 1]


def test_evidence_of_another_system_is_not_attached(store):
    store.write(lambda records: records.add_system(a_system("twin", name="Twin")))
    store.write(lambda records: records.keep_evidence(evidence(system_id="twin")))
    with pytest.raises(NotFound, match="for this system"):
        store.write(lambda records: records.attach_evidence(HERE, "e" * 64, AT, "ada"))
    with pytest.raises(NotFound):
        store.write(lambda records: records.keep_evidence(evidence(system_id="gone")))


def test_the_decision_taken_last_stands(store):
    for decision in (a_decision(), a_decision("accepted", "")):
        store.write(lambda records, decision=decision: records.decide_floor(HERE, decision))
        assert store.read(lambda records: records.floor_decisions(HERE)) == {("CFG-01", "config_in_code"): decision}


def test_every_decision_stays_in_the_order_it_was_taken(store):
    taken = [a_decision(), a_decision("accepted", ""), a_decision("overridden", "again")]
    for decision in (*taken, taken[-1]):
        store.write(lambda records, decision=decision: records.decide_floor(HERE, decision))
    history = store.read(lambda records: records.floor_history("churn"))
    assert [(event.seq, event.decision, event.reason) for event in history] == [
        (place, decision.decision, decision.reason) for place, decision in enumerate(taken, start=1)
    ]
    assert {(event.period, event.assessment_id) for event in history} == {("2026Q4", HERE)}
    assert store.read(lambda records: records.floor_history("gone")) == []


def test_a_decision_taken_back_stands_in_the_history_alone(store):
    store.write(lambda records: records.decide_floor(HERE, a_decision()))
    store.write(lambda records: records.reopen_floor(HERE, "CFG-01", "config_in_code", at=LATER, by="bo"))
    assert store.read(lambda records: records.floor_decisions(HERE)) == {}
    assert [e.decision for e in store.read(lambda records: records.floor_history("churn"))] == [
        "overridden",
        "reopened",
    ]
    assert store.verify() == ()
    store.write(lambda records: records.decide_floor(HERE, a_decision("accepted", "")))
    assert store.verify() == ()


def test_a_scan_is_new_once_and_found_with_its_body_and_summary(store):
    scan = replace(evidence(), summary='{"version":1}')
    assert store.write(lambda records: records.keep_evidence(scan))
    assert not store.write(lambda records: records.keep_evidence(replace(scan, summary="other")))
    assert store.read(lambda records: records.evidence("churn", scan.evidence_id)) == scan
    assert store.read(lambda records: records.evidence("gone", scan.evidence_id)) is None


def test_scans_are_listed_up_to_a_limit_newest_first(store):
    for number in range(5):
        scan = evidence(str(number) * 64, at=f"2026-11-2{number}T00:00:00.000Z")
        store.write(lambda records, scan=scan: records.keep_evidence(scan))
    found = store.read(lambda records: records.evidence_list("churn", limit=2))
    assert [row.evidence_id[0] for row in found] == ["4", "3"]


def test_the_links_of_a_system_tell_which_scan_each_quarter_went_by(empty):
    empty.write(lambda records: fill(records, "real", ["2026Q3", "2026Q4"], demonstration=False))
    links = empty.read(lambda records: records.evidence_links("real"))
    assert [(link.period, link.seq, link.evidence_id[:10]) for link in links] == [
        ("2026Q3", 1, "real2026Q3"),
        ("2026Q4", 1, "real2026Q4"),
    ]


# --- tokens ---


def test_a_token_is_found_by_the_hash_of_its_secret_until_it_is_revoked(store):
    made = store.write(lambda records: records.add_token(a_token(), "5" * 64))
    assert made == a_token()
    assert store.read(lambda records: records.token_of_secret("5" * 64)) == (made, "5" * 64)
    assert store.read(lambda records: records.token_of_secret("6" * 64)) is None
    store.write(lambda records: records.use_token("t-1", LATER))
    revoked = store.write(lambda records: records.revoke_token("churn", "t-1", LATER, "bo"))
    assert revoked == replace(made, last_used_at=LATER, revoked_at=LATER, revoked_by="bo")
    assert store.read(lambda records: records.token_of_secret("5" * 64)) is None
    again = store.write(lambda records: records.revoke_token("churn", "t-1", "later still", "cy"))
    store.write(lambda records: records.use_token("t-1", "later still"))
    assert again == revoked == store.read(lambda records: records.tokens_of("churn"))[0]


def test_a_name_is_in_use_once_a_system_and_free_again_when_revoked(store):
    store.write(lambda records: records.add_system(a_system("twin", name="Twin")))
    store.write(lambda records: records.add_token(a_token(), "5" * 64))
    store.write(lambda records: records.add_token(a_token("t-2", system_id="twin"), "6" * 64))
    with pytest.raises(AlreadyThere, match="a token called CI already") as refused:
        store.write(lambda records: records.add_token(a_token("t-3"), "7" * 64))
    assert refused.value.existing == a_token()
    store.write(lambda records: records.revoke_token("churn", "t-1", LATER, "bo"))
    store.write(lambda records: records.add_token(a_token("t-3", at=LATER), "7" * 64))
    assert [token.token_id for token in store.read(lambda records: records.tokens_of("churn"))] == ["t-3", "t-1"]


def test_a_token_belongs_to_a_system_that_is_in_use(store):
    with pytest.raises(NotFound):
        store.write(lambda records: records.add_token(a_token(system_id="gone"), "5" * 64))
    with pytest.raises(NotFound):
        store.write(lambda records: records.revoke_token("churn", "gone", LATER, "bo"))
    store.write(lambda records: records.add_token(a_token(), "5" * 64))
    with pytest.raises(NotFound):
        store.write(lambda records: records.revoke_token("twin", "t-1", LATER, "bo"))
    store.write(lambda records: records.retire_system("churn", LATER))
    assert store.read(lambda records: records.token_of_secret("5" * 64)) is None


def test_a_token_of_one_organisation_opens_nothing_in_another(store, url):
    store.write(lambda records: records.add_token(a_token(), "5" * 64))
    with open_store(url, org_id="other") as other:
        assert other.read(lambda records: records.token_of_secret("5" * 64)) is None
        other.write(a_world)
        other.write(lambda records: records.add_token(a_token(), "5" * 64))
        other.write(lambda records: records.revoke_token("churn", "t-1", LATER, "bo"))
    assert store.read(lambda records: records.token_of_secret("5" * 64)) == (a_token(), "5" * 64)


# --- snapshots ---


def test_a_sealed_document_comes_back_with_its_hash(store):
    store.write(lambda records: records.save_answer(HERE, an_answer(note="ü \U0001f600"), 0))
    closed = store.write(seal)
    snapshot = store.read(lambda records: records.snapshot(HERE))
    assert (closed.state, closed.closed_at, closed.closed_by) == ("closed", LATER, "ada")
    assert snapshot.document == '{"ENT-01": [2, 1]}'
    assert snapshot.document_sha256 == closed.document_sha256
    assert store.read(lambda records: records.snapshots_of("churn")) == [snapshot]
    assert store.read(lambda records: records.change_seq(HERE)) == 2, "pages that poll see that it was closed"


# --- scores ---


def test_scores_are_replaced_under_their_scoring_version_only(store):
    store.write(lambda records: records.keep_scoring("t" * 64, "2", "{}", LATER))
    old = [a_score(), a_score("ENT"), a_score("FBL")]
    new = [a_score(estimate=None), a_score("ENT", 0.5)]
    store.write(lambda records: records.put_scores(HERE, SCORING, old))
    store.write(lambda records: records.put_scores(HERE, "t" * 64, old))
    store.write(lambda records: records.put_scores(HERE, SCORING, new))
    assert store.read(lambda records: records.scores_in(["2026Q4"], SCORING)) == new
    assert store.read(lambda records: records.scores_of("churn", "t" * 64)) == old


def test_scores_of_another_assessment_are_not_put(store):
    with pytest.raises(ValueError, match="of the assessment"):
        store.write(lambda records: records.put_scores(HERE, SCORING, [a_score(assessment_id="other")]))


def test_scores_are_asked_by_period(empty):
    for system in ("a", "b"):
        empty.write(lambda r, system=system: fill(r, system, ["2026Q2", "2026Q3", "2026Q4"], demonstration=False))
    found = empty.read(lambda records: records.scores_in(["2026Q4", "2026Q2"], SCORING))
    assert [(row.period, row.system_id, row.area) for row in found] == [
        (period, system, area) for period in ("2026Q2", "2026Q4") for system in ("a", "b") for area in ("", "ENT")
    ]
    assert empty.read(lambda records: records.scores_in([], SCORING)) == []
    assert empty.read(lambda records: records.scores_in(["2026Q4"], "gone")) == []
    assert len(empty.read(lambda records: records.scores_of("a", SCORING))) == 6


def test_an_open_assessment_without_a_current_score_is_stale(store):
    def stale(records):
        return [assessment.assessment_id for assessment in records.stale_assessments("2026Q4", SCORING)]

    assert store.read(stale) == [HERE], "never scored"
    store.write(lambda records: records.put_scores(HERE, SCORING, [a_score(change_seq=0), a_score("ENT")]))
    assert store.read(stale) == []
    store.write(lambda records: records.save_answer(HERE, an_answer(), 0))
    assert store.read(stale) == [HERE], "answered since"
    store.write(lambda records: records.put_scores(HERE, SCORING, [a_score(change_seq=1)]))
    assert store.read(stale) == []
    store.write(seal)
    assert store.read(stale) == [], "closed ones keep the score they were sealed with"


def test_a_closed_assessment_is_stale_under_a_scoring_version_it_never_had(store):
    store.write(lambda records: records.put_scores(HERE, SCORING, [a_score(change_seq=0)]))
    store.write(seal)

    def stale(records):
        return [assessment.assessment_id for assessment in records.stale_assessments("2026Q4", "newer scoring")]

    assert store.read(stale) == [HERE]
    store.write(lambda records: records.keep_scoring("newer scoring", "2", "{}", LATER))
    store.write(lambda records: records.put_scores(HERE, "newer scoring", [a_score(change_seq=0)]))
    assert store.read(stale) == []
    assert len(store.read(lambda records: records.scores_in(["2026Q4"], SCORING))) == 1, "the sealed score stays"


# --- views for whoever reads the file with other tools ---


def test_a_portfolio_cell_shows_the_way_since_the_period_before(empty):
    empty.write(lambda records: fill(records, "a", ["2026Q1", "2026Q3"], demonstration=False))
    later = a_score("ENT", 0.75, system_id="a", period="2026Q3", assessment_id="a-2026Q3")
    empty.write(lambda records: records.put_scores("a-2026Q3", SCORING, [later]))
    cells = empty._engine.read(
        lambda session: session.query(
            "SELECT period, previous_period, delta FROM portfolio_cell WHERE area = 'ENT' ORDER BY period"
        )
    )
    assert cells == [
        {"period": "2026Q1", "previous_period": None, "delta": None},
        {"period": "2026Q3", "previous_period": "2026Q1", "delta": 0.5},
    ]


def test_the_timeline_tells_what_happened_in_an_assessment(empty):
    empty.write(lambda records: fill(records, "a", ["2026Q1", "2026Q3"], demonstration=False))
    told = empty._engine.read(
        lambda session: session.query(
            "SELECT what, count(*) AS times FROM assessment_timeline WHERE period = '2026Q1' GROUP BY what"
        )
    )
    assert {row["what"]: row["times"] for row in told} == {
        "opened": 1,
        "answered": 2,
        "answer cleared": 1,
        "evidence attached": 1,
        "floor overridden": 1,
        "floor accepted": 1,
        "closed": 1,
    }

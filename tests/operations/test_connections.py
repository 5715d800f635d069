"""Connections: declared, suggested by two repositories, decided on with a reason, undone; and what they cost."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from evidence.document import to_json
from evidence.evidence import Location, Mode, StorageKind, StorageUse
from operations.assessments import Choice, answer_question, open_assessment
from operations.attention import Kind, read_attention
from operations.authorize import Actor
from operations.connections import (
    TAKEN_BACK,
    decide_suggestion,
    declare_connection,
    read_connection_history,
    read_connections,
    reject_connection,
    reopen_connection,
    undo_connection,
)
from operations.errors import Conflict, Forbidden, InvalidInput, NotFound
from operations.plans import read_plan, save_estimate
from operations.repository_evidence import add_evidence_json
from operations.shared_storage import suggest
from operations.systems import create_system
from operations.upkeep import verify
from scoring.plan_terms import TeamEstimate, ThreePoint
from store.connection_records import StorageUseRow
from tests.operations.conftest import ADA, BO
from tests.operations.scans import a_scan

GUEST = Actor(name="Guest", votes_in="w")


def assessed(workplace, name, level=3):
    """A system with one answer; its id."""
    system = create_system(workplace, ADA, name=name, team="Growth")
    assessment = open_assessment(workplace, ADA, system_id=system.system_id, period="2026Q4")
    answer_question(
        workplace,
        ADA,
        assessment_id=assessment.assessment_id,
        question_id="ENT-01",
        choice=Choice(state="answered", level=level),
        expected_rev=0,
    )
    return system.system_id


def scanned(workplace, system_id, *uses):
    """A scan of a system's repository with these (mode, kind, name)."""
    storage = tuple(
        StorageUse(kind=StorageKind(kind), name=name, mode=Mode(mode), locations=(Location(path="a.py", line=3),))
        for mode, kind, name in uses
    )
    view = read_plan(workplace, ADA, system_id=system_id)
    text = to_json(replace(a_scan(), repository=system_id, storage=storage))
    add_evidence_json(workplace, ADA, assessment_id=view.assessment.assessment_id, text=text)


@pytest.fixture
def two(workplace):
    return assessed(workplace, "Churn"), assessed(workplace, "Price")


def declare(workplace, source, target, **more):
    return declare_connection(workplace, ADA, system_id=source, feeds=target, **({"kind": "outputs"} | more))


# --- declared ---


def test_a_declared_connection_counts_and_says_who_said_so(workplace, two):
    kept = declare(workplace, *two, name=" ml.scores ", words="daily\nat six")
    assert (kept.state, kept.name, kept.words, kept.made_by) == ("declared", "ml.scores", "daily at six", "Ada")
    seen = read_connections(workplace, ADA)
    assert seen.connections == (kept,)
    assert (seen.feeds(two[0]), seen.reads(two[1])) == ((two[1],), (two[0],))
    assert declare(workplace, *two, name="ml.scores") == kept, "a repeated click changes nothing"
    assert verify(workplace, ADA).fault is None


@pytest.mark.parametrize(
    ("more", "says"),
    [({"kind": "love"}, "is not known"), ({"feeds": None}, "does not feed itself"), ({"name": "x" * 301}, "301")],
)
def test_what_makes_no_sense_is_refused(workplace, two, more, says):
    values = {"system_id": two[0], "feeds": two[1], "kind": "outputs"} | more
    values["feeds"] = values["feeds"] or two[0]
    with pytest.raises(InvalidInput, match=says):
        declare_connection(workplace, ADA, **values)
    assert read_connections(workplace, ADA).connections == ()


def test_a_system_that_is_not_there_and_a_stranger_are_turned_away(workplace, two):
    with pytest.raises(NotFound):
        declare(workplace, two[0], "gone")
    with pytest.raises(Forbidden):
        declare_connection(workplace, GUEST, system_id=two[0], feeds=two[1], kind="outputs")
    kept = declare(workplace, *two)
    with pytest.raises(NotFound):
        reject_connection(
            workplace, ADA, system_id="other", connection_id=kept.connection_id, reason="x", expected_rev=1
        )


def test_a_connection_is_rejected_with_a_reason_opened_again_and_undone(workplace, two):
    kept = declare(workplace, *two)
    place = {"system_id": two[1], "connection_id": kept.connection_id}
    with pytest.raises(InvalidInput):
        reject_connection(workplace, BO, **place, reason="  ", expected_rev=1)
    gone = reject_connection(workplace, BO, **place, reason="moved to the stream", expected_rev=1)
    assert read_connections(workplace, ADA).rejected == (gone,)
    with pytest.raises(Conflict):
        reject_connection(workplace, ADA, **place, reason="other", expected_rev=1)
    again = reopen_connection(workplace, ADA, **place, expected_rev=2)
    assert (again.state, again.reason) == ("declared", "")
    back = undo_connection(workplace, ADA, **place, expected_rev=3)
    assert (back.state, back.reason) == ("rejected", "moved to the stream")
    back = undo_connection(workplace, ADA, **place, expected_rev=4)
    assert back.state == "declared"
    taken = undo_connection(workplace, ADA, **place, expected_rev=5)
    assert (taken.state, taken.reason) == ("rejected", TAKEN_BACK)
    assert len(read_connection_history(workplace, ADA, **place)) == 6
    assert declare(workplace, *two).state == "declared", "saying it anew brings it back"
    assert verify(workplace, ADA).fault is None


# --- shown by repositories ---


def test_what_one_writes_and_another_reads_is_offered_with_both_places_and_confirmed(workplace, two):
    scanned(workplace, two[0], ("written", "table", "ml.churn_scores"))
    scanned(workplace, two[1], ("read", "table", "acme.ml.churn_scores"))
    (offer,) = read_connections(workplace, ADA).suggestions
    assert (offer.source_id, offer.target_id, offer.kind, offer.directed, offer.weak) == (*two, "outputs", True, False)
    assert [(p.system_id, p.mode, p.path, p.line) for p in offer.places] == [
        (two[0], "written", "a.py", 3),
        (two[1], "read", "a.py", 3),
    ]
    asked = {"system_id": two[0], "feeds": two[1], "directed": True, "name": offer.name}
    kept = decide_suggestion(workplace, BO, **asked, confirmed=True, kind="shared data")
    assert (kept.state, kept.kind, kept.places) == ("confirmed", "shared data", offer.places)
    assert decide_suggestion(workplace, BO, **asked, confirmed=True) == kept, "a repeated click changes nothing"
    seen = read_connections(workplace, ADA)
    assert (seen.suggestions, seen.connections) == ((), (kept,))
    undone = undo_connection(workplace, BO, system_id=two[0], connection_id=kept.connection_id, expected_rev=kept.rev)
    assert undone.state == "suggested"
    seen = read_connections(workplace, ADA)
    assert (seen.suggestions, seen.connections) == ((offer,), ())
    assert decide_suggestion(workplace, BO, **asked, confirmed=True).state == "confirmed"
    assert verify(workplace, ADA).fault is None


def test_what_was_rejected_with_a_reason_is_not_offered_again(workplace, two):
    scanned(workplace, two[0], ("written", "topic", "churn-events"))
    scanned(workplace, two[1], ("read", "topic", "churn-events"))
    asked = {"system_id": two[0], "feeds": two[1], "directed": True, "name": "churn-events", "confirmed": False}
    with pytest.raises(InvalidInput, match="reason"):
        decide_suggestion(workplace, ADA, **asked)
    decide_suggestion(workplace, ADA, **asked, reason="another cluster")
    seen = read_connections(workplace, ADA)
    assert (seen.suggestions, seen.connections, len(seen.rejected)) == ((), (), 1)
    with pytest.raises(NotFound):
        decide_suggestion(workplace, ADA, **(asked | {"name": "made up"}), reason="x")


def test_what_somebody_declared_is_not_offered_and_a_newer_scan_takes_it_back(workplace, two):
    scanned(workplace, two[0], ("written", "table", "ml.churn_scores"))
    scanned(workplace, two[1], ("read", "table", "ml.churn_scores"))
    assert len(read_connections(workplace, ADA).suggestions) == 1
    kept = declare(workplace, *two)
    assert read_connections(workplace, ADA).suggestions == ()
    undo_connection(workplace, ADA, system_id=two[0], connection_id=kept.connection_id, expected_rev=1)
    assert len(read_connections(workplace, ADA).suggestions) == 1
    scanned(workplace, two[1], ("read", "table", "ml.other_table"))
    assert read_connections(workplace, ADA).suggestions == ()


def use(system_id, mode, name, kind="table"):
    return StorageUseRow(system_id=system_id, kind=kind, name=name, mode=mode, path=f"{system_id}.py", line=1)


@pytest.mark.parametrize(
    ("written", "read", "kind", "weak"),
    [
        ("ml.scores_a", "ML.Scores_A", "table", False),
        ("ml.scores_a", "scores_a", "table", False),
        ("scores_a*", "scores_a*", "table", False),
        ("scores_a_2026", "scores_a*", "table", False),
        ("s3://acme/scores", "s3://acme/scores/churn", "bucket", False),
        ("s3://acme/scores/churn", "s3://acme/scores", "bucket", False),
        ("s3://acme", "s3://acme/scores", "bucket", True),
        ("s3://acme", "s3://acme", "bucket", False),
        ("churn-model", "churn-model", "model", False),
    ],
)
def test_the_same_thing_under_a_longer_or_shorter_name_is_found(written, read, kind, weak):
    (found,) = suggest([use("a", "written", written, kind), use("b", "read", read, kind)])
    assert (found.source_id, found.target_id, found.directed, found.weak) == ("a", "b", True, weak)


@pytest.mark.parametrize(
    ("uses"),
    [
        [use("a", "written", "ml.x_y"), use("b", "read", "dw.x_y")],
        [use("a", "written", "s3://acme/scores", "bucket"), use("b", "read", "s3://acme/other", "bucket")],
        [use("a", "written", "x_y"), use("a", "read", "x_y")],
        [use("a", "written", "x_y"), use("b", "written", "x_y")],
        [use("a", "written", "x_y"), use("b", "read", "x_y", "topic")],
        [use("a", "read", "org/bert", "model"), use("b", "read", "org/bert", "model")],
        [use("a", "read", "bigquery-public-data.x.y"), use("b", "read", "bigquery-public-data.x.y")],
        [use(letter, "read", "x_y") for letter in "abcdefgh"],
    ],
)
def test_what_is_not_the_same_or_everybodys_is_not_offered(uses):
    assert suggest(uses) == ()


def test_two_that_only_read_the_same_are_a_weak_hint_without_direction():
    (found,) = suggest([use("b", "read", "crm.customers"), use("a", "read", "crm.customers")])
    assert (found.source_id, found.target_id, found.directed, found.weak, found.kind) == (
        "a", "b", False, True, "shared data",
    )  # fmt: skip


def test_the_order_in_which_uses_come_does_not_matter():
    uses = [use(s, m, n) for s in "abcd" for m in ("read", "written") for n in ("ml.x_y", "x_y", "x_*", "ml.z_z")]
    shuffled = list(uses)
    random.Random(7).shuffle(shuffled)
    assert suggest(shuffled) == suggest(uses)


# --- what it costs ---


def test_interest_is_that_of_the_plan_and_rises_with_what_depends_on_it(workplace, two):
    third = assessed(workplace, "Fraud")
    days = sum(p.interest_days_per_quarter for p in read_plan(workplace, ADA, system_id=two[0]).ranking.priorities)
    alone = read_connections(workplace, ADA).systems[two[0]].burden
    assert alone.own_days == pytest.approx(days)
    assert alone.total_days == alone.own_days
    declare(workplace, *two)
    declare(workplace, two[1], third)
    found = read_connections(workplace, ADA).systems[two[0]].burden
    assert [d.system for d in found.dependents] == [two[1], third]
    assert found.total_days == pytest.approx(days * (1 + 0.3 + 0.09))


def test_interest_follows_answers_and_the_teams_own_estimates(workplace, two):
    before = read_connections(workplace, ADA).systems[two[0]].burden.own_days
    estimate = TeamEstimate(question="ENT-01", friction=ThreePoint(low=40, likely=50, high=60))
    save_estimate(workplace, ADA, system_id=two[0], estimate=estimate, expected_rev=0)
    dearer = read_connections(workplace, ADA).systems[two[0]].burden.own_days
    assert dearer > before
    view = read_plan(workplace, ADA, system_id=two[0])
    answer_question(
        workplace, ADA, assessment_id=view.assessment.assessment_id, question_id="ENT-01",
        choice=Choice(state="answered", level=0), expected_rev=1,
    )  # fmt: skip
    assert read_connections(workplace, ADA).systems[two[0]].burden.own_days < dearer


def test_a_system_nobody_assessed_has_no_figure_and_still_stands_in_the_graph(workplace, two):
    new = create_system(workplace, ADA, name="New", team="Growth")
    declare(workplace, new.system_id, two[0])
    seen = read_connections(workplace, ADA)
    assert seen.systems[new.system_id].burden.own_days is None
    assert seen.systems[new.system_id].burden.total_days is None


def test_systems_that_feed_each_other_are_a_loop(workplace, two):
    declare(workplace, *two)
    assert read_connections(workplace, ADA).loops == ()
    declare(workplace, two[1], two[0], kind="shared data")
    (loop,) = read_connections(workplace, ADA).loops
    assert set(loop.systems) == set(two)
    assert read_connections(workplace, ADA).of(two[0]).loops == (loop,)


def test_circles_and_undeclared_consumers_are_on_the_list_of_what_needs_attention(workplace, two):
    declare(workplace, *two)
    declare(workplace, *two[::-1])
    third = assessed(workplace, "Fraud")
    scanned(workplace, third, ("read", "table", "ml.churn_scores"))
    scanned(workplace, two[0], ("written", "table", "ml.churn_scores"))
    rows = {row.kind: row for row in read_attention(workplace, ADA, period="2026Q4")}
    assert rows[Kind.IN_A_LOOP].sentence.count(" feeds ") == 2
    assert rows[Kind.UNDECLARED].sentence == "Reads ml.churn_scores, which Churn writes."
    assert rows[Kind.UNDECLARED].link == {"focus": third}

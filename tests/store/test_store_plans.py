"""Actions, estimates, plan settings and class values: kept as they were given, never overwritten unseen."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier

import pytest

from store.errors import AlreadyThere, Conflict, NotFound, StoreError
from store.plan_records import PlanSettings
from store.store import open_store
from tests.store.world import (
    AT,
    LATER,
    a_system,
    an_action,
    an_assessment,
    an_estimate,
    done,
    fill,
    plan,
    seal,
)

VALUES = '{"effort_days":{"M":12.0}}'
SETTINGS = PlanSettings(
    budget_days=22.5,
    horizon_quarters=6,
    pinned=frozenset({"ENT-01", "Ü-%s"}),
    excluded=frozenset({"CFG-01"}),
    targets={"MON-01": 2},
    rebuild_days=400.25,
)


def content(settings):
    return replace(settings, rev=0, changed_at="", changed_by="")


@pytest.fixture
def kept(store):
    """An action of the small world."""
    return store.write(lambda records: records.plans.add_action(an_action()))


def racing(store, url, count, work):
    """Each of `count` stores does `work(records, number)` at the same moment; what came of it, or the refusal."""
    stores = [store, *(open_store(url) for _ in range(3))]
    barrier = Barrier(count)

    def one(number):
        barrier.wait()
        try:
            return stores[number % 4].write(lambda records: work(records, number))
        except (Conflict, AlreadyThere) as refused:
            return refused

    with ThreadPoolExecutor(count) as threads:
        results = list(threads.map(one, range(count)))
    for other in stores[1:]:
        other.close()
    won = [result for result in results if not isinstance(result, Exception)]
    return won, [result for result in results if isinstance(result, Exception)]


# --- actions ---


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"owner": "", "due": None, "link": ""},
        {"owner": "Ünal; DROP TABLE action --", "due": date(9999, 12, 31), "link": "mailto:%s@x::y"},
    ],
)
def test_an_action_comes_out_as_it_went_in(store, more):
    action = an_action(**more)
    assert store.write(lambda records: records.plans.add_action(action)) == action
    assert store.read(lambda records: records.plans.action("a-1")) == action
    assert store.read(lambda records: records.plans.actions_of("churn")) == [action]
    assert store.read(lambda records: records.plans.actions()) == [action]
    assert store.read(lambda records: records.plans.action("gone")) is None


def test_each_change_counts_and_is_kept_in_the_history(store, kept):
    moved = store.write(
        lambda r: r.plans.change_action(replace(kept, due=None, changed_at=LATER, changed_by="bo"), 1, "changed")
    )
    assert moved == replace(kept, due=None, changed_at=LATER, changed_by="bo", rev=2)
    closed = store.write(lambda r: r.plans.change_action(done(moved), 2, "done"))
    assert closed == replace(done(moved), rev=3)
    assert store.read(lambda records: records.plans.action("a-1")) == closed
    history = store.read(lambda records: records.plans.action_history("a-1"))
    assert [(e.rev, e.what, e.due, e.state, e.actual_days, e.changed_by) for e in history] == [
        (1, "planned", date(2026, 12, 11), "open", None, "ada"),
        (2, "changed", None, "open", None, "bo"),
        (3, "done", None, "done", 12.5, "bo"),
    ]
    assert store.verify() == ()


def test_what_was_promised_stays_whatever_a_change_says(store, kept):
    other = replace(kept, title="Another", planned_days=1, benefit_days=99, debt_before=0.1, target=0, made_by="eve")
    changed = store.write(lambda records: records.plans.change_action(other, 1, "changed"))
    assert changed == replace(kept, title="Another", rev=2)


def test_a_change_based_on_another_revision_is_refused_with_what_stands(store, kept):
    moved = store.write(lambda records: records.plans.change_action(replace(kept, owner="cy"), 1, "changed"))
    with pytest.raises(Conflict, match="ada changed this action") as refused:
        store.write(lambda records: records.plans.change_action(replace(kept, owner="eve"), 1, "changed"))
    assert refused.value.current == moved
    again = store.write(lambda records: records.plans.change_action(replace(kept, owner="cy"), 1, "changed"))
    assert again == moved, "a repeat changes nothing"
    assert len(store.read(lambda records: records.plans.action_history("a-1"))) == 2


def test_a_question_of_a_system_has_one_open_action(store, kept):
    with pytest.raises(AlreadyThere, match="open action for ENT-01") as refused:
        store.write(lambda records: records.plans.add_action(an_action("a-2")))
    assert refused.value.existing == kept
    closed = store.write(lambda records: records.plans.change_action(done(kept), 1, "done"))
    second = store.write(lambda records: records.plans.add_action(an_action("a-2")))
    with pytest.raises(AlreadyThere, match="another open action") as refused:
        store.write(lambda records: records.plans.change_action(replace(kept, changed_by="bo"), closed.rev, "reopened"))
    assert refused.value.existing == second


def test_an_id_is_taken_once(store, kept):
    with pytest.raises(AlreadyThere):
        store.write(lambda records: records.plans.add_action(an_action(question_id="CFG-01")))
    assert store.read(lambda records: records.plans.actions()) == [kept]


def test_an_action_belongs_to_a_system_and_an_assessment_that_are_there(store, kept):
    with pytest.raises(NotFound, match="'gone'"):
        store.write(lambda records: records.plans.add_action(an_action("a-2", system_id="gone")))
    with pytest.raises(StoreError):
        store.write(lambda records: records.plans.add_action(an_action("a-2", period="2026Q3", question_id="X-1")))
    with pytest.raises(NotFound, match="no such action"):
        store.write(lambda records: records.plans.change_action(replace(kept, system_id="other"), 1, "changed"))
    with pytest.raises(NotFound):
        store.write(lambda records: records.plans.change_action(replace(kept, action_id="gone"), 1, "changed"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "done"},
        {"state": "done", "closed_at": LATER},
        {"state": "dropped"},
        {"actual_days": 3.0},
        {"friction_gone": True},
        {"state": "cancelled", "closed_at": LATER},
        {"title": ""},
        {"closed_at": LATER},
    ],
)
def test_what_an_action_cannot_be_is_refused(store, kept, wrong):
    with pytest.raises(StoreError):
        store.write(lambda records: records.plans.change_action(replace(kept, **wrong), 1, "changed"))
    assert store.read(lambda records: records.plans.action("a-1")) == kept


def test_actions_are_listed_open_ones_by_day_then_closed_ones_latest_first(store):
    days = {"a": None, "b": date(2027, 1, 1), "c": date(2026, 1, 1), "d": None, "e": None}
    for name, due in days.items():
        store.write(lambda r, n=name, d=due: r.plans.add_action(an_action(n, question_id=n, due=d)))
    for name, closed_at in (("d", AT), ("e", LATER)):
        closed = replace(done(an_action(name, question_id=name, due=None)), closed_at=closed_at)
        store.write(lambda r, closed=closed: r.plans.change_action(closed, 1, "done"))
    listed = store.read(lambda records: records.plans.actions_of("churn"))
    assert [action.action_id for action in listed] == ["c", "b", "a", "e", "d"]
    finished = store.read(lambda records: records.plans.done_actions())
    assert [action.action_id for action in finished] == ["d", "e"]


def test_a_retired_system_keeps_its_actions_out_of_the_common_list(empty):
    for name in ("a", "b"):
        empty.write(lambda records, name=name: fill(records, name, ["2026Q3", "2026Q4"], demonstration=False))
    empty.write(lambda records: records.retire_system("a", LATER))
    assert {action.system_id for action in empty.read(lambda records: records.plans.actions())} == {"b"}
    assert len(empty.read(lambda records: records.plans.actions_of("a"))) == 2
    assert [a.system_id for a in empty.read(lambda records: records.plans.done_actions("Team a"))] == ["a"]
    assert [a.system_id for a in empty.read(lambda records: records.plans.done_actions())] == ["a", "b"]


def test_of_many_who_save_one_question_at_once_one_wins(store, url):
    won, refused = racing(store, url, 12, lambda r, n: r.plans.add_action(an_action(f"a-{n}")))
    assert len(won) == 1
    assert {refusal.existing for refusal in refused} == set(won)
    assert store.verify() == ()


def test_of_many_who_change_an_action_at_once_one_wins(store, url, kept):
    won, refused = racing(
        store, url, 12, lambda r, n: r.plans.change_action(replace(kept, owner=f"p{n}"), 1, "changed")
    )
    assert len(won) == 1
    assert len(refused) == 11
    assert [e.rev for e in store.read(lambda records: records.plans.action_history("a-1"))] == [1, 2]


def test_what_a_closed_quarter_sealed_is_not_touched_by_its_actions(store):
    sealed = store.write(seal)
    kept = store.write(lambda records: records.plans.add_action(an_action()))
    store.write(lambda records: records.plans.change_action(done(kept), 1, "done"))
    assert store.read(lambda records: records.assessment("churn-2026Q4")) == sealed
    assert store.verify() == ()


# --- estimates ---


@pytest.mark.parametrize("effort", [None, (0.0, 0.0, 0.0), (0.1 + 0.2, 1 / 3, 9_999.999_999_999)])
@pytest.mark.parametrize("friction", [(0.0, 1.0, 1.5), (5e-324, 5e-324, 1e4)])
def test_an_estimate_comes_out_to_the_last_digit(store, effort, friction):
    saved = store.write(lambda r: r.plans.save_estimate("churn", an_estimate(effort=effort, friction=friction), 0))
    assert (saved.effort, saved.friction, saved.rev) == (effort, friction, 1)
    assert store.read(lambda records: records.plans.estimates("churn")) == {"ENT-01": saved}


def test_an_estimate_taken_back_is_gone_and_its_number_is_never_used_again(store):
    store.write(lambda records: records.plans.save_estimate("churn", an_estimate(), 0))
    gone = store.write(lambda records: records.plans.save_estimate("churn", an_estimate(effort=None), 1))
    assert (gone.cleared, gone.rev) == (True, 2)
    assert store.read(lambda records: records.plans.estimates("churn")) == {}
    with pytest.raises(Conflict) as refused:
        store.write(lambda records: records.plans.save_estimate("churn", an_estimate(effort=(1, 1, 1)), 1))
    assert refused.value.current is None
    anew = store.write(lambda records: records.plans.save_estimate("churn", an_estimate(), 0))
    assert anew.rev == 3
    history = store.read(lambda records: records.plans.estimate_history("churn", "ENT-01"))
    assert [(record.rev, record.effort) for record in history] == [(1, (2, 5, 12)), (2, None), (3, (2, 5, 12))]


@pytest.mark.parametrize("expected_rev", [0, 2, 7, -1])
def test_an_estimate_based_on_another_revision_is_refused_with_what_stands(store, expected_rev):
    first = store.write(lambda records: records.plans.save_estimate("churn", an_estimate(), 0))
    assert (
        store.write(lambda records: records.plans.save_estimate("churn", an_estimate(by="bo"), expected_rev)) == first
    )
    with pytest.raises(Conflict, match="ada changed the estimate for ENT-01") as refused:
        store.write(lambda r: r.plans.save_estimate("churn", an_estimate(effort=(1, 1, 1)), expected_rev))
    assert refused.value.current == first


@pytest.mark.parametrize("wrong", [(5.0, 2.0, 12.0), (-1.0, 2.0, 3.0), (1.0, 5.0, 4.0)])
def test_points_that_do_not_rise_are_refused(store, wrong):
    with pytest.raises(StoreError):
        store.write(lambda records: records.plans.save_estimate("churn", an_estimate(effort=wrong), 0))


def test_of_many_who_estimate_at_once_one_wins(store, url):
    won, refused = racing(store, url, 12, lambda r, n: r.plans.save_estimate("churn", an_estimate(effort=(n, n, n)), 0))
    assert len(won) == 1
    assert len(refused) == 11
    assert store.read(lambda records: list(records.plans.estimates("churn").values())) == won


# --- settings ---


def test_settings_come_out_as_they_went_in(store):
    assert store.read(lambda records: records.plans.settings("churn")) == PlanSettings()
    saved = store.write(lambda records: records.plans.save_settings("churn", SETTINGS, 0, AT, "ada"))
    assert (content(saved), saved.rev, saved.changed_at, saved.changed_by) == (SETTINGS, 1, AT, "ada")
    assert store.read(lambda records: records.plans.settings("churn")) == saved


def test_settings_count_up_and_are_refused_to_who_has_not_seen_them(store):
    first = store.write(lambda records: records.plans.save_settings("churn", SETTINGS, 0, AT, "ada"))
    assert store.write(lambda records: records.plans.save_settings("churn", SETTINGS, 0, LATER, "bo")) == first
    with pytest.raises(Conflict, match="ada changed the settings") as refused:
        store.write(lambda records: records.plans.save_settings("churn", PlanSettings(), 0, LATER, "bo"))
    assert refused.value.current == first
    second = store.write(lambda records: records.plans.save_settings("churn", PlanSettings(), 1, LATER, "bo"))
    assert store.read(lambda records: records.plans.settings_history("churn", 9)) == [second, first]
    with pytest.raises(NotFound):
        store.write(lambda records: records.plans.save_settings("gone", SETTINGS, 0, AT, "ada"))


def test_of_many_who_save_settings_at_once_one_wins(store, url):
    won, refused = racing(
        store,
        url,
        12,
        lambda r, n: r.plans.save_settings("churn", replace(SETTINGS, budget_days=n), 0, AT, f"p{n}"),
    )
    assert len(won) == 1
    assert [refusal.current for refusal in refused] == won * 11


# --- class values ---


def test_class_values_are_versions_whose_id_is_their_content(store):
    adopt = lambda body, rev: store.write(  # noqa: E731  (four calls alike)
        lambda r: r.plans.adopt_class_values("Growth", "ml-debt", body, rev, AT, "ada")
    )
    first = adopt(VALUES, 0)
    assert (first.class_values_id, first.rev) == (hashlib.sha256(VALUES.encode()).hexdigest(), 1)
    assert adopt(VALUES, 0) == first, "a repeat changes nothing"
    with pytest.raises(Conflict, match="changed meanwhile") as refused:
        adopt("{}", 0)
    assert refused.value.current == first
    assert store.read(lambda records: records.plans.class_values("Growth", "ml-debt")) == first
    back = adopt("", 1)
    assert (back.class_values_id, back.rev) == ("", 2)
    assert store.read(lambda records: records.plans.class_values("Growth", "ml-debt")) is None
    assert adopt(VALUES, 2).class_values_id == first.class_values_id
    assert [v.rev for v in store.read(lambda r: r.plans.class_values_history("Growth", "ml-debt"))] == [1, 2, 3]
    assert store.read(lambda records: records.plans.class_values("Growth", "another-pack")) is None
    with pytest.raises(NotFound, match="no such team"):
        store.write(lambda r: r.plans.adopt_class_values("Nobody", "ml-debt", VALUES, 0, AT, "ada"))


# --- whose, and for how long ---


def test_nothing_of_one_organisation_is_seen_in_another(store, url):
    store.write(lambda records: plan(records, "churn", "2026Q4", "Growth"))
    with open_store(url, org_id="other") as other:
        assert other.read(lambda records: records.plans.action("churn-1")) is None
        assert other.read(lambda r: (r.plans.actions(), r.plans.done_actions(), r.plans.actions_of("churn"))) == (
            [],
            [],
            [],
        )
        assert other.read(lambda records: records.plans.action_history("churn-1")) == []
        assert other.read(lambda records: records.plans.estimates("churn")) == {}
        assert other.read(lambda records: records.plans.settings("churn")) == PlanSettings()
        assert other.read(lambda records: records.plans.class_values("Growth", "ml-debt")) is None
        with pytest.raises(NotFound):
            other.write(lambda records: records.plans.change_action(an_action("churn-1", owner="eve"), 1, "changed"))


def test_a_team_keeps_its_values_when_a_demonstration_of_its_name_goes(empty):
    """A system of the user's in a demonstration team: the team is not the demonstration's alone."""
    empty.write(lambda records: fill(records, "demo", ["2026Q4"], demonstration=True))
    empty.write(lambda records: records.add_system(a_system("real", name="Real", team="Team demo")))
    empty.write(lambda records: records.remove_demonstration())
    kept = empty.read(lambda records: records.plans.class_values("Team demo", "ml-debt"))
    assert kept is not None
    assert empty.read(lambda records: records.plans.actions()) == []


def test_a_team_without_a_system_keeps_its_values_through_a_removal(empty):
    empty.write(lambda records: fill(records, "real", ["2026Q4"], demonstration=False))
    moved = replace(empty.read(lambda records: records.system("real")), team="Elsewhere")
    empty.write(lambda records: records.change_system(moved, 1, LATER))
    empty.write(lambda records: fill(records, "demo", ["2026Q4"], demonstration=True))
    assert empty.write(lambda records: records.remove_demonstration()) == 1
    assert empty.read(lambda records: records.plans.class_values("Team real", "ml-debt")) is not None


def test_a_backup_holds_the_plans(store, tmp_path):
    store.write(lambda records: plan(records, "churn", "2026Q4", "Growth"))
    look = lambda r: (  # noqa: E731  (asked of both)
        r.plans.actions(),
        r.plans.action_history("churn-2"),
        r.plans.estimates("churn"),
        r.plans.settings("churn"),
        r.plans.class_values("Growth", "ml-debt"),
    )
    with open_store(store.backup(tmp_path / "backup.db")) as copy:
        assert copy.read(look) == store.read(look)
        assert copy.verify() == ()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE action SET owner = 'eve'",
        "UPDATE action SET actual_days = 1 WHERE state = 'done'",
        "UPDATE action SET due = NULL",
        "UPDATE action SET rev = rev + 1",
        "UPDATE action_event SET title = 'x'",
        "DELETE FROM action_event WHERE rev = 1",
        "DELETE FROM action_event",
        "UPDATE class_values SET body = '{}'",
        "UPDATE class_values SET class_values_id = 'x'",
    ],
)
def test_what_was_edited_behind_our_back_is_found(store, engine, change):
    store.write(lambda records: plan(records, "churn", "2026Q4", "Growth"))
    assert store.verify() == ()

    def meddle(session):
        engine.unguard(session)
        session.execute(change)

    store._engine.write(meddle)
    faults = store.read(lambda records: records.verify())
    assert faults
    assert all("not what its history says" in fault or "changed after it was adopted" in fault for fault in faults)


def test_the_view_of_open_actions_names_team_and_system(store, kept):
    store.write(lambda records: records.open_assessment(an_assessment("churn-2027Q1", period="2027Q1")))
    store.write(lambda r: r.plans.add_action(an_action("a-2", period="2027Q1", question_id="CFG-01")))
    store.write(lambda records: records.plans.change_action(done(kept), 1, "done"))
    shown = store._engine.read(lambda s: s.query("SELECT team, system, question_id, owner, due FROM open_action"))
    assert shown == [{"team": "Growth", "system": "Churn", "question_id": "CFG-01", "owner": "bo", "due": "2026-12-11"}]

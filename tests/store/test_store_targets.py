"""Targets and comments: kept as versions, never overwritten unseen, and nothing that was said is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from store.errors import Conflict, NotFound, StoreError
from store.target_records import PORTFOLIO
from tests.store.test_store_plans import racing
from tests.store.world import AT, LATER, a_comment, a_target, an_action, fill


def keep(store, record, expected_rev=0):
    return store.write(lambda records: records.targets.keep(record, expected_rev))


def standing(store, until=None):
    return store.read(lambda records: records.targets.standing(until))


def say(store, record, expected_rev=0):
    return store.write(lambda records: records.comments.keep(record, expected_rev))


# --- targets ---


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"system_id": PORTFOLIO},
        {"area": "ENT", "from_debt": None},
        {"debt": 0.0},
        {"debt": 1.0, "pack": "Ü %s::'", "set_by": "'; DROP TABLE target --"},
    ],
)
def test_a_target_comes_back_as_it_was_set(store, more):
    kept = keep(store, a_target(**more))
    assert kept == a_target(**more, rev=1)
    assert standing(store) == [kept]


def test_the_newest_version_stands_and_the_others_stay(store):
    first = keep(store, a_target())
    second = keep(store, a_target(debt=0.25, what="changed", set_at=LATER), 1)
    gone = keep(store, a_target(debt=None, by_period=None, what="withdrawn", set_at=LATER), 2)
    assert standing(store) == []
    assert standing(store, AT) == [first]
    assert standing(store, "2026-01-01T00:00:00.000Z") == []
    assert store.read(lambda records: records.targets.history("churn", "ml-debt", "")) == [first, second, gone]
    assert keep(store, a_target(debt=0.5)).rev == 4  # after a withdrawal nobody needs to have seen it


def test_targets_of_areas_packs_and_systems_do_not_touch_each_other(store):
    kept = [
        keep(store, record)
        for record in (
            a_target(system_id=PORTFOLIO),
            a_target(),
            a_target(area="ENT"),
            a_target(pack="other"),
        )
    ]
    assert sorted(standing(store), key=repr) == sorted(kept, key=repr)


def test_saving_what_stands_changes_nothing(store):
    kept = keep(store, a_target())
    assert keep(store, a_target(set_by="bo", set_at=LATER), 7) == kept


@pytest.mark.parametrize("expected", [0, 2])
def test_a_target_somebody_else_set_is_not_overwritten_unseen(store, expected):
    kept = keep(store, a_target())
    with pytest.raises(Conflict, match="ada changed this target at 14:02 UTC on 2026-11-20") as refused:
        keep(store, a_target(debt=0.1), expected)
    assert refused.value.current == kept
    assert standing(store) == [kept]


def test_of_many_who_set_a_target_at_once_one_wins(store, url):
    won, refused = racing(store, url, 8, lambda records, number: records.targets.keep(a_target(debt=number / 100), 0))
    assert len(won) == 1
    assert all(isinstance(one, Conflict) for one in refused)
    assert standing(store) == won


def test_there_is_no_target_of_nothing_and_none_to_withdraw(store):
    with pytest.raises(NotFound):
        keep(store, a_target(system_id="nowhere"))
    with pytest.raises(NotFound, match="no target here to withdraw"):
        keep(store, a_target(debt=None, by_period=None))


@pytest.mark.parametrize(
    "wrong",
    [{"debt": 1.01}, {"debt": -0.01}, {"debt": None}, {"by_period": None}, {"by_period": "soon"}, {"what": "moved"},
     {"system_id": PORTFOLIO, "area": "ENT"}, {"pack": ""}],
)  # fmt: skip
def test_what_is_no_target_is_refused_by_the_database_itself(store, wrong):
    with pytest.raises(StoreError):
        keep(store, a_target(**wrong))
    assert standing(store) == []


# --- comments ---


@pytest.fixture
def action(store):
    return store.write(lambda records: records.plans.add_action(an_action()))


def comments(store, action_id="a-1"):
    return store.read(lambda records: records.comments.versions(action_id))


def test_a_comment_keeps_what_it_said_before(store, action):
    first = say(store, a_comment(body="=1+1 <script> %s :x Ü\nsecond line"))
    other = say(store, a_comment("c-2", said_at=LATER))
    edited = say(store, a_comment(body="better", said_at=LATER, said_by="bo"), 1)
    assert (first.rev, edited.rev) == (1, 2)
    assert comments(store) == [[first, edited], [other]]
    assert store.read(lambda records: records.comments.counts()) == {"a-1": 2}
    say(store, a_comment(body="", said_at=LATER), 2)
    assert store.read(lambda records: records.comments.counts()) == {"a-1": 1}
    assert len(comments(store)[0]) == 3


def test_saying_it_again_is_saying_it_once(store, action):
    first = say(store, a_comment())
    assert say(store, a_comment(said_at=LATER, said_by="bo")) == first


def test_two_who_edit_a_comment_do_not_overwrite_each_other(store, action, url):
    say(store, a_comment())
    won, refused = racing(
        store, url, 6, lambda records, number: records.comments.keep(a_comment(body=f"edit {number}"), 1)
    )
    assert len(won) == 1
    assert {type(one) for one in refused} == {Conflict}
    assert [version.body for version in comments(store)[0]] == ["not yet", won[0].body]


@pytest.mark.parametrize(
    ("wrong", "rev"),
    [({"action_id": "nowhere"}, 0), ({"system_id": "other"}, 0), ({"comment_id": "never-said"}, 1)],
)
def test_there_is_no_comment_on_nothing(store, action, wrong, rev):
    with pytest.raises(NotFound):
        say(store, replace(a_comment(), **wrong), rev)


def test_a_comment_does_not_move_to_another_action(store, action):
    say(store, a_comment())
    store.write(lambda records: records.plans.add_action(an_action("a-2", question_id="ENT-02")))
    with pytest.raises(NotFound):
        say(store, a_comment(action_id="a-2", body="moved"), 1)


# --- both ---


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE target SET debt = 0.9",
        "DELETE FROM target",
        "UPDATE comment SET body = 'nice'",
        "DELETE FROM comment",
        "INSERT OR REPLACE INTO comment SELECT org_id, system_id, action_id, comment_id, rev, 'x', said_at, said_by"
        " FROM comment",
    ],
)
def test_what_was_said_is_never_changed_by_any_program(store, action, sql):
    keep(store, a_target())
    say(store, a_comment())
    with pytest.raises(StoreError, match="its rows are never changed or deleted"):
        store._engine.write(lambda session: session.execute(sql))


def test_the_demonstration_takes_its_targets_and_comments_along_and_no_others(empty):
    for system, demonstration in (("shown", True), ("own", False)):
        empty.write(
            lambda records, system=system, demonstration=demonstration: fill(
                records, system, ["2026Q3", "2026Q4"], demonstration=demonstration
            )
        )
        keep(empty, a_target(system_id=system))
        say(empty, a_comment(system, system_id=system, action_id=f"{system}-1"))
    keep(empty, a_target(system_id=PORTFOLIO, demonstration=True))
    own = keep(empty, a_target(system_id=PORTFOLIO, debt=0.1), 1)
    empty.write(lambda records: records.remove_demonstration())
    assert [target.system_id for target in standing(empty)] == ["", "own"]
    assert standing(empty)[0] == own
    assert comments(empty, "shown-1") == []
    assert len(comments(empty, "own-1")) == 1
    assert empty.verify() == ()


def test_a_version_that_is_missing_is_named(store, action, engine):
    for rev in (0, 1, 2):
        keep(store, a_target(debt=rev / 10), rev)
        say(store, a_comment(body=f"{rev}"), rev)
    assert store.verify() == ()

    def tamper(session):
        engine.unguard(session)
        for table in ("target", "comment"):
            session.execute(f"DELETE FROM {table} WHERE rev = 2")

    store._engine.write(tamper)
    assert store.verify() == (
        "A version of a target (churn, all areas) is missing.",
        "A version of the comment c-1 is missing.",
    )

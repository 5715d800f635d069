"""Connections between systems: kept as they were given, changed only by who saw what stands, never deleted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from store.connection_records import ConnectionRecord, InterestRow, PlaceOfUse, StorageUseRow
from store.errors import AlreadyThere, Conflict, NotFound, StoreError
from tests.store.world import AT, LATER, a_system, evidence, fill


def a_connection(connection_id="c-1", source_id="churn", target_id="price", **more):
    return ConnectionRecord(
        connection_id=connection_id,
        source_id=source_id,
        target_id=target_id,
        made_at=AT,
        made_by="ada",
        changed_at=AT,
        changed_by="ada",
        **({"kind": "outputs"} | more),
    )


@pytest.fixture
def two(store):
    """The small world with a second system."""
    store.write(lambda records: records.add_system(a_system("price", name="Price")))
    return store


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"kind": "shared data", "directed": False, "name": "sales.orders"},
        {
            "name": "Ünal; DROP TABLE connection --",
            "words": "%s <b>",
            "state": "confirmed",
            "reason": "we knew",
            "places": (PlaceOfUse(system_id="churn", mode="written", name="ü", path="a.py", line=3),),
        },
    ],
)
def test_a_connection_comes_out_as_it_went_in(two, more):
    wanted = a_connection(**more)
    assert two.write(lambda records: records.connections.add(wanted, "declared")) == wanted
    assert two.read(lambda records: records.connections.connection("c-1")) == wanted
    assert two.read(lambda records: records.connections.connections()) == [wanted]
    assert two.verify() == ()


def test_a_connection_joins_two_systems_that_are_there_and_only_once(two):
    kept = two.write(lambda records: records.connections.add(a_connection(), "declared"))
    with pytest.raises(AlreadyThere) as refused:
        two.write(lambda records: records.connections.add(a_connection("c-2", words="again"), "declared"))
    assert refused.value.existing == kept
    with pytest.raises(NotFound):
        two.write(lambda records: records.connections.add(a_connection("c-3", target_id="gone"), "declared"))
    with pytest.raises(StoreError):
        two.write(lambda records: records.connections.add(a_connection("c-4", target_id="churn"), "declared"))
    two.write(lambda records: records.connections.add(a_connection("c-5", name="scores"), "declared"))
    assert [c.connection_id for c in two.read(lambda records: records.connections.connections())] == ["c-1", "c-5"]


def test_each_change_counts_and_what_is_joined_stays(two):
    kept = two.write(lambda records: records.connections.add(a_connection(), "declared"))
    wanted = replace(
        kept, target_id="churn", kind="shared data", state="rejected", reason="over", changed_at=LATER, changed_by="bo"
    )
    changed = two.write(lambda records: records.connections.change(wanted, 1, "rejected"))
    assert changed == replace(kept, state="rejected", reason="over", changed_at=LATER, changed_by="bo", rev=2)
    with pytest.raises(Conflict, match="bo changed this connection") as refused:
        two.write(lambda records: records.connections.change(kept, 1, "changed"))
    assert refused.value.current == changed
    assert two.write(lambda records: records.connections.change(changed, 1, "rejected")) == changed, "a repeat"
    with pytest.raises(NotFound):
        two.write(lambda records: records.connections.change(a_connection("gone", words="x"), 1, "changed"))
    history = two.read(lambda records: records.connections.history("c-1"))
    assert [(e.rev, e.what, e.state, e.reason, e.changed_by) for e in history] == [
        (1, "declared", "declared", "", "ada"),
        (2, "rejected", "rejected", "over", "bo"),
    ]
    assert two.verify() == ()


def test_connections_of_a_retired_system_are_kept_and_not_listed(two):
    two.write(lambda records: records.connections.add(a_connection(), "declared"))
    two.write(lambda records: records.retire_system("price", LATER))
    assert two.read(lambda records: records.connections.connections()) == []
    assert two.read(lambda records: records.connections.connection("c-1")) is not None


def use(name="sales.scores", mode="written", line=1):
    return StorageUseRow(system_id="churn", kind="table", name=name, mode=mode, path="a.py", line=line)


def test_storage_is_that_of_the_newest_scan_of_each_repository(two):
    def keep(records, evidence_id, at, repository, name):
        kept = replace(evidence(evidence_id * 64, at=at), repository=repository)
        records.keep_evidence(kept)
        records.connections.keep_storage("churn", kept.evidence_id, [use(name)])

    def work(records):
        keep(records, "a", AT, "one", "old")
        keep(records, "b", LATER, "one", "new")
        keep(records, "c", AT, "two", "other")

    two.write(work)
    found = two.read(lambda records: records.connections.storage())
    assert sorted(row.name for row in found) == ["new", "other"]
    two.write(lambda records: records.retire_system("churn", LATER))
    assert two.read(lambda records: records.connections.storage()) == []


def test_interest_is_kept_by_assessment_and_replaced(two):
    row = InterestRow(assessment_id="churn-2026Q4", period="2026Q4", basis="1", days=4.25)
    two.write(lambda records: records.connections.keep_interest([row]))
    two.write(lambda records: records.connections.keep_interest([replace(row, basis="2", days=5.0)]))
    assert two.read(lambda records: records.connections.interest()) == {
        "churn-2026Q4": replace(row, basis="2", days=5.0)
    }


def test_a_demonstration_takes_its_connections_along_and_leaves_the_others(empty):
    def work(records):
        for system_id, demonstration in (("mine", False), ("other", False), ("shown", True)):
            fill(records, system_id, ["2026Q3", "2026Q4"], demonstration=demonstration)
            scan = f"{system_id}2026Q4".ljust(64, "0")
            records.connections.keep_storage(system_id, scan, [use()])
            records.connections.keep_interest(
                [InterestRow(assessment_id=f"{system_id}-2026Q4", period="2026Q4", basis="1", days=1.0)]
            )
        for number, (source, target) in enumerate([("mine", "other"), ("mine", "shown"), ("shown", "other")]):
            records.connections.add(a_connection(f"c-{number}", source, target), "declared")

    empty.write(work)
    empty.write(lambda records: records.remove_demonstration())
    left = empty.read(lambda records: records.connections.connections())
    assert [c.connection_id for c in left] == ["c-0"]
    assert {row.system_id for row in empty.read(lambda records: records.connections.storage())} == {"mine", "other"}
    assert empty.read(lambda records: records.connections.history("c-1")) == []
    assert len(empty.read(lambda records: records.connections.interest())) == 2
    assert empty.verify() == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE connection SET target_id = 'churn', source_id = 'price'",
        "UPDATE connection SET kind = 'shared data'",
        "DELETE FROM connection",
        "UPDATE connection_event SET reason = 'x'",
        "DELETE FROM connection_event",
        "INSERT OR REPLACE INTO connection_event SELECT * FROM connection_event",
        "UPDATE storage_use SET name = 'x'",
        "DELETE FROM storage_use",
    ],
)
def test_no_program_takes_anything_out_of_the_record(two, statement):
    def work(records):
        records.connections.add(a_connection(), "declared")
        records.keep_evidence(evidence())
        records.connections.keep_storage("churn", "e" * 64, [use()])

    two.write(work)
    with pytest.raises(StoreError, match="never"):
        two.write(lambda records: records._session.execute(statement))


def test_a_connection_changed_behind_our_back_is_found(two):
    two.write(lambda records: records.connections.add(a_connection(), "declared"))
    two.write(lambda records: records._session.execute("UPDATE connection SET state = 'confirmed'"))
    assert two.verify() == ("The connection c-1 is not what its history says.",)

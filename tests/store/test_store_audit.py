"""Whatever is changed behind Arrears' back in what was sealed, audited or answered is found."""

from __future__ import annotations

import hashlib
import json
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.errors import StoreError
from store.records import Records
from store.store import open_store
from tests.store.test_store_contract import at_once
from tests.store.world import AT, a_decision, an_answer, seal

HERE = "churn-2026Q4"
ENTRIES = 8


class Undo(Exception):
    """Raised to take everything back that was changed behind Arrears' back."""


@pytest.fixture
def audited(store):
    for number in range(ENTRIES):
        store.write(lambda r, number=number: r.audit(AT, "ada", "answer", HERE, f"entry {number}"))
    assert store.read(lambda records: records.verify_audit()) is None
    return store


def found_after(store, engine, change) -> str | None:
    """What the verification says after a change made without the guards; the change is taken back."""
    said = []

    def meddle(session):
        engine.unguard(session)
        change(session)
        said.append(Records(session, "local").verify_audit())
        raise Undo

    with pytest.raises(Undo):
        store._engine.write(meddle)
    return said[0]


def link(seq, previous, detail="forged"):
    """A row that hashes right, as a forger who knows the recipe would make it."""
    row = {"at": AT, "actor": "eve", "action": "answer", "subject": HERE, "detail": detail}
    text = json.dumps(["local", seq, *row.values(), previous], ensure_ascii=False, separators=(",", ":"))
    return {**row, "seq": seq, "previous": previous, "hash": hashlib.sha256(text.encode()).hexdigest()}


def insert(session, row):
    session.execute(
        "INSERT INTO audit (org_id, seq, at, actor, action, subject, detail, previous, hash)"
        " VALUES ('local', :seq, :at, :actor, :action, :subject, :detail, :previous, :hash)",
        row,
    )


def test_an_untouched_chain_has_no_fault(audited, engine):
    assert found_after(audited, engine, lambda session: None) is None


def test_the_trail_is_newest_first_and_ends_at_the_head(audited):
    trail = audited.read(lambda records: records.audit_trail(3))
    assert [entry.seq for entry in trail] == [8, 7, 6]
    assert audited.read(lambda records: records.audit_head()) == (8, trail[0].hash)
    assert trail[0].previous == trail[1].hash


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seq=st.integers(1, ENTRIES),
    column=st.sampled_from(["at", "actor", "action", "subject", "detail", "previous", "hash"]),
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
)
def test_an_edited_entry_is_found(audited, engine, seq, column, text):
    def edit(session):
        session.execute(f"UPDATE audit SET {column} = :text WHERE seq = :seq", {"text": text, "seq": seq})

    same = audited._engine.read(
        lambda session: session.query(f"SELECT {column} AS text FROM audit WHERE seq = :seq", {"seq": seq})
    )
    if same[0]["text"] != text:
        assert found_after(audited, engine, edit) is not None


@pytest.mark.parametrize("seq", [1, 4, ENTRIES])
def test_a_deleted_entry_is_found(audited, engine, seq):
    fault = found_after(audited, engine, lambda s: s.execute("DELETE FROM audit WHERE seq = :seq", {"seq": seq}))
    assert fault == (
        f"The audit trail has a gap: entry {seq} is missing."
        if seq < ENTRIES
        else f"The audit trail ends at entry {seq - 1}, but its head says otherwise: entries were removed or added."
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seq=st.integers(1, ENTRIES + 3), detail=st.text("ab", max_size=3))
def test_a_forged_entry_is_found_though_it_hashes_right(audited, engine, seq, detail):
    def forge(session):
        before = session.query("SELECT hash FROM audit WHERE seq = :seq", {"seq": seq - 1})
        session.execute("DELETE FROM audit WHERE seq = :seq", {"seq": seq})
        insert(session, link(seq, before[0]["hash"] if before else "", detail))

    assert found_after(audited, engine, forge) is not None


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(1, ENTRIES + 1)))
def test_entries_in_another_order_are_found(audited, engine, order):
    def shuffle(session):
        session.execute("UPDATE audit SET seq = -seq")
        for place, seq in enumerate(order, start=1):
            session.execute("UPDATE audit SET seq = :place WHERE seq = :seq", {"place": place, "seq": -seq})

    fault = found_after(audited, engine, shuffle)
    assert (fault is None) == (list(order) == sorted(order))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("UPDATE audit_head SET seq = 7", id="its number"),
        pytest.param("UPDATE audit_head SET hash = ''", id="its hash"),
        pytest.param("DELETE FROM audit_head", id="all of it"),
        pytest.param("DELETE FROM audit", id="every entry but the head"),
    ],
)
def test_a_changed_head_is_found(audited, engine, change):
    assert "head says otherwise" in found_after(audited, engine, lambda session: session.execute(change))


def test_the_chain_of_one_organisation_is_not_that_of_another(audited, url):
    with open_store(url, org_id="other") as other:
        assert other.write(lambda records: records.audit(AT, "bob", "open", "x", "")).seq == 1
        assert other.read(lambda records: records.verify_audit()) is None
    assert audited.read(lambda records: records.verify_audit()) is None


def test_sixteen_writers_at_once_make_one_chain(audited):
    def write(name):
        return lambda: [audited.write(lambda r: r.audit(AT, name, "answer", HERE, "").seq) for _ in range(5)]

    numbers = [seq for own in at_once([write(f"p{place}") for place in range(16)]) for seq in own]
    assert sorted(numbers) == list(range(ENTRIES + 1, ENTRIES + 81))
    assert audited.verify() == ()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        pytest.param(
            lambda s: s.execute("UPDATE snapshot SET body = :body", {"body": zlib.compress(b'{"ENT-01": [0, 1]}')}),
            "was changed after it was sealed",
            id="another document",
        ),
        pytest.param(
            lambda s: s.execute(
                "UPDATE snapshot SET body = :body, document_sha256 = :sha256",
                {"body": zlib.compress(b"{}"), "sha256": hashlib.sha256(b"{}").hexdigest()},
            ),
            "was changed after it was sealed",
            id="another document with its own hash",
        ),
        pytest.param(
            lambda s: s.execute("UPDATE snapshot SET body = :body", {"body": b"not zlib"}), "damaged", id="noise"
        ),
        pytest.param(lambda s: s.execute("DELETE FROM snapshot"), "is missing", id="nothing"),
        pytest.param(
            lambda s: s.execute("UPDATE answer SET level = 0"), "not what its history says", id="a changed answer"
        ),
        pytest.param(
            lambda s: s.execute("DELETE FROM answer"), "not what its history says", id="an answer that is gone"
        ),
        pytest.param(
            lambda s: s.execute("DELETE FROM answer_event"), "not what its history says", id="a history that is gone"
        ),
        pytest.param(
            lambda s: s.execute("UPDATE floor_decision SET decision = 'overridden'"),
            "not what its history says",
            id="a changed decision",
        ),
        pytest.param(
            lambda s: s.execute("DELETE FROM floor_decision"), "not what its history says", id="a decision that is gone"
        ),
        pytest.param(
            lambda s: s.execute("DELETE FROM floor_event"),
            "not what its history says",
            id="decisions without a history",
        ),
    ],
)
def test_what_was_sealed_or_answered_is_checked(store, engine, change, fault):
    store.write(lambda records: records.save_answer(HERE, an_answer(), 0))
    for decision in (a_decision(), a_decision("accepted", "")):
        store.write(lambda records, decision=decision: records.decide_floor(HERE, decision))
    store.write(seal)
    assert store.verify() == ()

    def meddle(session):
        engine.unguard(session)
        change(session)

    store._engine.write(meddle)
    faults = store.read(lambda records: records.verify())
    assert len(faults) == 1
    assert fault in faults[0]
    assert HERE in faults[0]
    if "sealed" in fault or "damaged" in fault:
        with pytest.raises(StoreError, match=fault):
            store.read(lambda records: records.snapshot(HERE))

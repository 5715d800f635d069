"""What every engine has to do: the contract, run on each engine named in engines.py."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import schema
from store.engine import connect
from store.errors import Closed, Conflict, NotFound, StorageUnavailable, StoreError
from store.store import open_store
from tests.store.world import (
    AT,
    LATER,
    SCORING,
    a_decision,
    a_score,
    a_system,
    a_world,
    an_answer,
    an_assessment,
    document_of,
    evidence,
    fill,
    seal,
)

HERE = "churn-2026Q4"


@pytest.fixture
def others(store, url):
    """Three more stores on the same database, as other processes have."""
    with open_store(url) as second, open_store(url) as third, open_store(url) as fourth:
        yield second, third, fourth


def at_once(deeds):
    """Run the deeds in as many threads, started together; what each returned or raised."""
    barrier = Barrier(len(deeds))

    def run(deed):
        barrier.wait()
        try:
            return deed()
        except StoreError as error:
            return error

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(run, deeds))


# --- migrations ---


def test_four_processes_may_open_a_new_database_at_once(url):
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.store.hands", "open_at_once", url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("\n")
        child.stdin.flush()
    said = [child.communicate(timeout=60) for child in children]
    assert said == [("open\n", "")] * 4
    with open_store(url) as store:
        assert store.verify() == ()


def test_opening_again_changes_nothing(url):
    with open_store(url) as store:
        store.write(a_world)
        before = store.read(lambda records: records.systems())
    with open_store(url) as store:
        assert store.read(lambda records: records.systems()) == before


def test_an_engine_that_is_not_there_is_named_in_one_sentence():
    with pytest.raises(StorageUnavailable, match=r"cannot keep its records in 'oracle': give the path of a file"):
        connect("oracle://scott:tiger@db/arrears")


def test_an_address_without_a_file_is_refused():
    with pytest.raises(StorageUnavailable, match="names no file"):
        connect("sqlite://")


# --- one transaction ---


def test_a_write_that_fails_keeps_nothing(store):
    def half(records):
        records.save_answer(HERE, an_answer(), 0)
        records.audit(AT, "ada", "answer", HERE, "")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.write(half)
    assert store.read(lambda records: (records.answers(HERE), records.audit_trail(5), records.change_seq(HERE))) == (
        {},
        [],
        0,
    )


def test_a_read_sees_one_moment_though_others_write(store):
    def twice(records):
        before = records.answers(HERE)
        store.write(lambda others: others.save_answer(HERE, an_answer(), 0))
        return before, records.answers(HERE)

    before, after = store.read(twice)
    assert before == after == {}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda records: records.save_answer(HERE, an_answer(), 0), id="one answer"),
        pytest.param(lambda records: records.put_scores(HERE, SCORING, [a_score()]), id="many rows"),
        pytest.param(lambda records: records.add_organisation(), id="an organisation"),
    ],
)
def test_a_read_changes_nothing(store, change):
    with pytest.raises(StoreError, match="only reading"):
        store.read(change)
    assert store.read(lambda records: records.answers(HERE)) == {}


def test_not_even_a_change_that_begins_like_a_question_is_made_while_reading(store):
    sneaky = "WITH one AS (SELECT 'local' AS org) INSERT INTO team SELECT org, 'Sneaky' FROM one RETURNING team"
    with pytest.raises(StoreError):
        store._engine.read(lambda session: session.query(sneaky))
    assert store._engine.read(lambda session: session.query("SELECT team FROM team")) == [{"team": "Growth"}]


def test_a_write_inside_a_write_is_refused_instead_of_waiting_for_itself(store):
    with pytest.raises(RuntimeError, match="a write inside a write"):
        store.write(lambda _: store.write(lambda records: records.periods()))


def test_a_misspelt_table_is_refused_not_made(store):
    engine = store._engine
    with pytest.raises(StoreError, match="no table 'scroe'"):
        engine.write(lambda session: session.insert_many("scroe", [{"a": 1}]))


def test_many_rows_are_added_or_replaced_by_key(store):
    teams = [{"org_id": "local", "team": "Growth"}, {"org_id": "local", "team": "Search"}]
    store._engine.write(lambda session: session.upsert_many("team", teams, key=("org_id", "team")))
    found = store._engine.read(lambda session: session.query("SELECT team FROM team ORDER BY team"))
    assert found == [{"team": "Growth"}, {"team": "Search"}]


def test_two_organisations_do_not_see_each_other(store, url):
    with open_store(url, org_id="other") as other:
        assert other.read(lambda records: (records.systems(), records.assessment(HERE), records.periods())) == (
            [],
            None,
            [],
        )
        other.write(a_world)
        other.write(lambda records: records.save_answer(HERE, an_answer(), 0))
    assert store.read(lambda records: records.answers(HERE)) == {}


# --- what goes in comes out ---

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    note=TEXT | st.sampled_from(["100 %", "%s %(x)s", "a::text", ":name", "'; DROP TABLE answer; --", "ß \U0001f600"]),
    links=st.lists(TEXT, max_size=3),
    votes=st.lists(st.none() | st.integers(0, 4), min_size=1, max_size=8),
)
def test_texts_and_votes_come_out_as_they_went_in(store, note, links, votes):
    wanted = an_answer("ENT-02", None, note=note, links=tuple(links), votes=tuple(votes))

    def keep(records):
        now = records.answers(HERE).get("ENT-02")
        return records.save_answer(HERE, wanted, now.rev if now else 0)

    kept = store.write(keep)
    found = store.read(lambda records: records.answers(HERE)["ENT-02"])
    assert found == kept == replace(wanted, rev=kept.rev)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.floats(0, 1))
def test_numbers_come_out_to_the_last_digit(store, number):
    row = replace(a_score(), estimate=number, low=number / 3, high=1 - number / 7)
    store.write(lambda records: records.put_scores(HERE, SCORING, [row]))
    assert store.read(lambda records: records.scores_in(["2026Q4"], SCORING)) == [row]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"level": 7}, id="a level that is none"),
        pytest.param({"level": "lots"}, id="a word for a level"),
        pytest.param({"level": None}, id="answered without a level or votes"),
        pytest.param({"state": "unknown", "level": 1}, id="unknown with a level"),
        pytest.param({"state": "maybe"}, id="a state that is none"),
        pytest.param({"source": "rumour"}, id="a source that is none"),
        pytest.param({"note": None}, id="no note at all"),
        pytest.param({"note": "half a \ud83d"}, id="half a character"),
        pytest.param({"level": 2**70}, id="a number beyond any"),
    ],
)
def test_what_an_answer_cannot_be_is_refused(store, wrong):
    with pytest.raises(StoreError):
        store.write(lambda records: records.save_answer(HERE, replace(an_answer(), **wrong), 0))
    assert store.read(lambda records: (records.answers(HERE), records.change_seq(HERE))) == ({}, 0)


def test_what_refers_to_nothing_is_refused(store):
    with pytest.raises(NotFound, match="no system with the id 'gone'"):
        store.write(lambda records: records.open_assessment(an_assessment("x", system_id="gone")))
    with pytest.raises(NotFound, match="was not kept"):
        store.write(
            lambda records: records.open_assessment(replace(an_assessment("x", period="2027Q1"), checklist_id="gone"))
        )
    with pytest.raises(StoreError, match="refused"):
        store.write(lambda records: records.put_scores(HERE, "no such scoring", [a_score()]))
    with pytest.raises(NotFound, match="keep it before"):
        store.write(lambda records: records.attach_evidence(HERE, "gone", AT, "ada"))
    with pytest.raises(NotFound, match="no assessment"):
        store.write(lambda records: records.save_answer("gone", an_answer(), 0))


# --- revisions ---


def test_each_change_counts_the_revision_and_is_kept_in_the_history(store):
    for rev, level in enumerate([2, 0, 4]):
        kept = store.write(lambda r, level=level, rev=rev: r.save_answer(HERE, an_answer(level=level), rev))
        assert kept.rev == rev + 1
    history = store.read(lambda records: records.answer_history(HERE, "ENT-01"))
    assert [(event.rev, event.level) for event in history] == [(1, 2), (2, 0), (3, 4)]


@pytest.mark.parametrize(
    ("expected_rev", "why"), [(0, "as if none stood"), (1, "an old one"), (3, "one that never was")]
)
def test_a_save_based_on_another_revision_is_refused_with_what_stands(store, expected_rev, why):
    store.write(lambda records: records.save_answer(HERE, an_answer(level=1), 0))
    stands = store.write(lambda records: records.save_answer(HERE, an_answer(level=2, by="bob"), 1))
    before = store.read(lambda records: records.change_seq(HERE))
    with pytest.raises(Conflict, match="bob changed the answer to ENT-01 at 2026-11-20") as refused:
        store.write(lambda records: records.save_answer(HERE, an_answer(level=4), expected_rev))
    assert refused.value.current == stands, why
    assert store.read(lambda records: (records.answers(HERE)["ENT-01"], records.change_seq(HERE))) == (stands, before)


def test_a_revision_of_an_answer_that_never_was_is_refused(store):
    with pytest.raises(Conflict, match="never answered") as refused:
        store.write(lambda records: records.save_answer(HERE, an_answer(), 5))
    assert refused.value.current is None


def test_a_refusal_caught_inside_a_transaction_leaves_no_trace(store):
    store.write(lambda records: records.save_answer(HERE, an_answer(level=1), 0))

    def catches(records):
        with pytest.raises(Conflict):
            records.save_answer(HERE, an_answer(level=3), 0)
        return records.change_seq(HERE)

    assert store.write(catches) == 1


@pytest.mark.parametrize("expected_rev", [0, 1, 2])
def test_a_save_repeated_after_a_lost_reply_changes_nothing(store, expected_rev):
    store.write(lambda records: records.save_answer(HERE, an_answer(level=1), 0))
    stands = store.write(lambda records: records.save_answer(HERE, an_answer(level=2), 1))
    again = store.write(lambda records: records.save_answer(HERE, an_answer(level=2, by="bob"), expected_rev))
    assert again == stands
    assert store.read(lambda records: (len(records.answer_history(HERE, "ENT-01")), records.change_seq(HERE))) == (2, 2)


def test_twenty_four_first_saves_at_once_have_one_winner(store, others):
    def save(level, name):
        own = [store, *others][level % 4]
        return lambda: own.write(lambda r: r.save_answer(HERE, an_answer(level=level % 5, note=name, by=name), 0))

    results = at_once([save(number, f"p{number}") for number in range(24)])
    winners = [result for result in results if not isinstance(result, StoreError)]
    assert [type(result) for result in results].count(Conflict) == 23
    assert store.read(lambda records: records.answers(HERE)) == {"ENT-01": winners[0]}
    assert all(result.current == winners[0] for result in results if isinstance(result, Conflict))


def test_sixteen_who_read_decide_and_write_are_never_turned_away(store, others):
    """A transaction that reads first and writes then has to own the lock from its beginning."""

    def count(records):
        now = records.answers(HERE).get("ENT-01")
        return records.save_answer(HERE, an_answer(note=str(now.rev if now else 0)), now.rev if now else 0)

    def eight_times(own):
        return lambda: [own.write(count).rev for _ in range(8)]

    results = at_once([eight_times(own) for own in [store, *others] * 4])
    assert sorted(rev for own in results for rev in own) == list(range(1, 129))


# --- clearing ---


def test_a_cleared_question_is_unanswered_and_the_history_says_who(store):
    store.write(lambda records: records.save_answer(HERE, an_answer(), 0))
    assert store.write(lambda records: records.clear_answer(HERE, "ENT-01", 1, LATER, "bob")) == 2
    assert store.read(lambda records: records.answers(HERE)) == {}
    last = store.read(lambda records: records.answer_history(HERE, "ENT-01"))[-1]
    assert (last.state, last.level, last.rev, last.changed_by, last.changed_at) == ("unanswered", None, 2, "bob", LATER)


@pytest.mark.parametrize("expected_rev", [0, 2])
def test_an_answer_after_clearing_goes_on_counting(store, expected_rev):
    store.write(lambda records: records.save_answer(HERE, an_answer(), 0))
    store.write(lambda records: records.clear_answer(HERE, "ENT-01", 1, LATER, "bob"))
    assert store.write(lambda records: records.save_answer(HERE, an_answer(), expected_rev)).rev == 3


def test_who_saw_the_answer_before_it_was_cleared_and_given_anew_is_refused(store):
    store.write(lambda records: records.save_answer(HERE, an_answer(level=1), 0))
    store.write(lambda records: records.clear_answer(HERE, "ENT-01", 1, LATER, "bob"))
    with pytest.raises(Conflict, match="bob cleared the answer") as refused:
        store.write(lambda records: records.save_answer(HERE, an_answer(level=4), 1))
    assert refused.value.current is None
    store.write(lambda records: records.save_answer(HERE, an_answer(level=3), 0))
    with pytest.raises(Conflict):
        store.write(lambda records: records.save_answer(HERE, an_answer(level=4), 1))
    with pytest.raises(Conflict):
        store.write(lambda records: records.clear_answer(HERE, "ENT-01", 1, LATER, "ada"))


def test_clearing_again_or_what_was_never_answered_changes_nothing(store):
    assert store.write(lambda records: records.clear_answer(HERE, "ENT-01", 0, LATER, "ada")) == 0
    store.write(lambda records: records.save_answer(HERE, an_answer(), 0))
    store.write(lambda records: records.clear_answer(HERE, "ENT-01", 1, LATER, "ada"))
    assert store.write(lambda records: records.clear_answer(HERE, "ENT-01", 1, LATER, "ada")) == 2
    assert store.read(lambda records: (records.change_seq(HERE), len(records.answer_history(HERE, "ENT-01")))) == (2, 2)


# --- the change counter ---


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda records: records.save_answer(HERE, an_answer(), 0), id="an answer"),
        pytest.param(lambda records: records.change_scope(HERE, "core"), id="the scope"),
        pytest.param(lambda records: records.change_switches(HERE, {"retrieval"}), id="the switches"),
        pytest.param(
            lambda records: (records.keep_evidence(evidence()), records.attach_evidence(HERE, "e" * 64, AT, "ada")),
            id="evidence",
        ),
        pytest.param(lambda records: records.decide_floor(HERE, a_decision()), id="a decision about a floor"),
    ],
)
def test_what_changes_the_score_counts_once_however_often_it_is_repeated(store, change):
    for _ in range(2):
        store.write(change)
        assert store.read(lambda records: records.change_seq(HERE)) == 1


# --- sealing ---


def test_savers_racing_a_seal_are_in_the_document_or_refused(store, others):
    acknowledged: list[dict[str, int]] = [{} for _ in range(12)]
    started = Event()

    def saver(place):
        own = [store, *others][place % 4]

        def run():
            for turn in range(200):
                question = f"Q-{place}-{turn % 3}"
                kept = own.write(
                    lambda r, question=question, turn=turn: r.save_answer(
                        HERE, an_answer(question, turn % 5), acknowledged[place].get(question, 0)
                    )
                )
                acknowledged[place][question] = kept.rev
                started.set()

        return run

    def sealer():
        started.wait()
        return store.write(seal)

    results = at_once([*(saver(place) for place in range(12)), sealer])
    assert results[-1].state == "closed"
    snapshot = store.read(lambda records: records.snapshot(HERE))
    document, sha256 = store.read(document_of)
    assert (snapshot.document, snapshot.document_sha256) == (document, sha256)
    stored = store.read(lambda records: records.answers(HERE))
    assert {question: answer.rev for question, answer in stored.items()} == {
        question: rev for own in acknowledged for question, rev in own.items()
    }
    assert all(result is None or isinstance(result, Closed) for result in results[:-1])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda records: records.save_answer(HERE, an_answer(level=4), 1), id="an answer"),
        pytest.param(lambda records: records.save_answer(HERE, an_answer("NEW"), 0), id="a new answer"),
        pytest.param(lambda records: records.clear_answer(HERE, "ENT-01", 1, AT, "ada"), id="clearing"),
        pytest.param(lambda records: records.attach_evidence(HERE, "e" * 64, AT, "ada"), id="evidence"),
        pytest.param(lambda records: records.decide_floor(HERE, a_decision()), id="a decision"),
        pytest.param(lambda records: records.change_scope(HERE, "core"), id="the scope"),
        pytest.param(lambda records: records.change_switches(HERE, set()), id="the switches"),
        pytest.param(lambda records: records.hold(HERE), id="holding"),
        pytest.param(seal, id="sealing again"),
    ],
)
def test_a_closed_assessment_changes_no_more(store, change):
    store.write(lambda records: (records.save_answer(HERE, an_answer(), 0), records.keep_evidence(evidence())))
    closed = store.write(seal)
    with pytest.raises(Closed, match="assessment for 2026Q4 is closed"):
        store.write(change)
    assert store.read(lambda records: records.assessment(HERE)) == closed
    assert store.verify() == ()


def test_a_document_with_another_hash_is_not_sealed(store):
    with pytest.raises(StoreError, match="nothing was sealed"):
        store.write(lambda records: records.seal(HERE, "{}", hashlib.sha256(b"[]").hexdigest(), AT, "ada"))
    assert store.read(lambda records: records.assessment(HERE).state) == "open"


# --- the demonstration ---


def test_the_demonstration_goes_and_everything_else_stays(empty):
    empty.write(lambda records: fill(records, "real", ["2026Q2", "2026Q3"], demonstration=False))
    before = everything(empty)
    for name in ("demo-1", "demo-2"):
        empty.write(lambda r, name=name: fill(r, name, ["2026Q1", "2026Q2", "2026Q3"], demonstration=True))
    assert everything(empty) != before
    assert empty.write(lambda records: records.remove_demonstration()) == 2
    assert everything(empty) == before
    assert empty.write(lambda records: records.remove_demonstration()) == 0
    assert empty.verify() == ()


def everything(store):
    """Every row of every table that belongs to an organisation."""
    tables = (
        "team system assessment answer answer_event evidence assessment_evidence floor_decision floor_event token"
        " snapshot score audit action action_event team_estimate plan_setting class_values"
    )
    return store._engine.read(
        lambda session: {table: session.query(f"SELECT * FROM {table}") for table in tables.split()}
    )


# --- backup ---


def test_a_backup_taken_while_others_write_is_whole(store, url, engine, tmp_path):
    stop = Event()

    def write():
        kept = 0
        while not stop.is_set():
            store.write(
                lambda r, kept=kept: (r.save_answer(HERE, an_answer(f"Q-{kept}"), 0), r.audit(AT, "", "", "", ""))
            )
            kept += 1
        return kept

    with ThreadPoolExecutor(2) as threads:
        writers = threads.submit(write)
        try:
            backups = [store.backup(tmp_path / f"backup-{number}.db") for number in range(3)]
        finally:
            stop.set()
        assert writers.result() > 0
    for path in backups:
        with open_store(path) as copy:
            assert copy.verify() == ()
            answers, head = copy.read(lambda records: (records.answers(HERE), records.audit_head()))
            assert len(answers) == head[0]


def test_a_backup_overwrites_nothing(store, tmp_path):
    taken = tmp_path / "mine.db"
    taken.write_text("precious")
    with pytest.raises(StoreError, match="overwrites nothing"):
        store.backup(taken)
    assert taken.read_text() == "precious"


def test_a_backup_into_a_folder_that_is_not_there_is_refused(store, tmp_path):
    with pytest.raises(StoreError, match="no folder"):
        store.backup(tmp_path / "gone" / "b.db")


def test_health_names_engine_place_and_schema(store):
    health = store.health()
    assert health.schema_version == list(schema.MIGRATIONS)[-1]
    assert health.size_bytes > 0
    assert all(warning.endswith(".") for warning in health.warnings)


def test_a_closed_store_says_so(url):
    store = open_store(url)
    store.close()
    with pytest.raises(StorageUnavailable, match="closed"):
        store.read(lambda records: records.systems())


def test_systems_of_a_world_are_as_they_were_added(store):
    assert store.read(lambda records: records.systems()) == [a_system()]

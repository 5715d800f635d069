"""Looking for words: found wherever people wrote them, and signs of a pattern mean themselves."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.search_records import pattern
from tests.store.world import LATER, a_comment, a_system, a_target, an_action, an_answer, an_assessment, seal

HERE = "churn-2026Q4"


def found(store, kind, *words, limit=50):
    return store.read(lambda records: getattr(records.search, kind)(words, limit))


def note(store, question, text, **more):
    store.write(lambda records: records.save_answer(HERE, an_answer(question, note=text, **more), 0))


def test_every_word_has_to_stand_somewhere_in_any_case(store):
    note(store, "ENT-01", "The Cluster moves at NIGHT")
    note(store, "ENT-02", "the cluster stays")
    assert [hit.question_id for hit in found(store, "notes", "cluster")] == ["ENT-01", "ENT-02"]
    assert [hit.question_id for hit in found(store, "notes", "night", "clus")] == ["ENT-01"]
    assert found(store, "notes", "cluster", "week") == []
    assert len(found(store, "notes", "cluster", limit=1)) == 1


def test_a_note_comes_with_its_system_and_quarter_also_when_it_is_sealed(store):
    note(store, "ENT-01", "", state="not_applicable", level=None, reason="no cluster", links=("https://x/cluster",))
    (before,) = found(store, "notes", "cluster")
    assert (before.system, before.period, before.closed) == ("Churn", "2026Q4", False)
    assert (before.reason, json.loads(before.links)) == ("no cluster", ["https://x/cluster"])
    store.write(seal)
    later = an_assessment("churn-2027Q1", period="2027Q1")
    store.write(lambda records: records.open_assessment(later))
    store.write(lambda records: records.save_answer("churn-2027Q1", an_answer(note="new cluster"), 0))
    assert [(hit.period, hit.closed) for hit in found(store, "notes", "cluster")] == [
        ("2027Q1", False),
        ("2026Q4", True),
    ]


def test_actions_comments_and_systems_are_found_and_those_out_of_use_are_not(store):
    action = store.write(lambda records: records.plans.add_action(an_action(owner="Bo Müller")))
    store.write(lambda records: records.comments.keep(a_comment(body="waits for the cluster"), 0))
    store.write(lambda records: records.comments.keep(a_comment(body="waits for money", said_at=LATER), 1))
    store.write(lambda records: records.targets.keep(a_target(), 0))
    assert [hit.action_id for hit in found(store, "actions", "bo", "report")] == [action.action_id]
    assert [hit.title for hit in found(store, "actions", "m\u00fcller")] == ["Difference report"]
    assert [hit.body for hit in found(store, "comments", "waits")] == ["waits for money"]
    assert found(store, "comments", "cluster") == []  # it does not say so any more
    assert [hit.name for hit in found(store, "systems", "chur")] == ["Churn"]
    assert found(store, "systems", "gets", "call")[0].team == "Growth"
    store.write(lambda records: records.retire_system("churn", LATER))
    assert [found(store, kind, "e") for kind in ("systems", "notes", "actions", "comments")] == [[], [], [], []]


def test_a_sign_means_itself(store):
    note(store, "ENT-99", "nothing of that kind")
    for number, sign in enumerate(["%", "_", "!", "\\", "'", '"', "*", "[a]", "--", ":org_id", "?", "NEAR("]):
        note(store, f"ENT-{number:02}", f"before {sign} after")
        hits = [hit.question_id for hit in found(store, "notes", sign)]
        assert f"ENT-{number:02}" in hits, sign
        assert "ENT-99" not in hits, sign


def test_a_letter_outside_of_ascii_matches_any_one_character_here():
    assert pattern("\u00dcbung") == "%_bung%"
    assert pattern("100%") == "%100!%%"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12))
def test_what_was_written_is_found_again(store, word):
    name = f"S {word}"
    known = store.read(lambda records: records.system("churn"))
    store.write(lambda records: records.change_system(replace(known, name=name), known.rev, LATER))
    assert [hit.name for hit in found(store, "systems", word.lower())] == [name]


def test_words_of_another_organisation_are_not_found(store, url):
    from store.store import open_store

    with open_store(url, org_id="other") as other:
        other.write(lambda records: records.add_system(a_system(name="Churn of others")))
        assert [hit.name for hit in found(other, "systems", "churn")] == ["Churn of others"]
    assert [hit.name for hit in found(store, "systems", "churn")] == ["Churn"]

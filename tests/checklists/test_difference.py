"""Two versions of a checklist side by side, and a new version linted against the one before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checklists.difference import Mark, differ, words_apart
from checklists.lint import difference_document, difference_text, lint_files
from checklists.reader import canonical_body, load_checklist, read_checklist
from tests.checklists.conftest import TINY
from tests.checklists.versions import OLD, next_version

BEFORE = read_checklist(OLD, name="old.yaml")
AFTER = read_checklist(next_version(), name="new.yaml")


def test_every_difference_is_named_once_in_its_own_list():
    found = differ(BEFORE, AFTER)
    assert [question.id for question in found.added] == ["AGT-02"]
    assert [(one.question.id, [old.id for old in one.replaces]) for one in found.replaced] == [("DAT-03", ["DAT-02"])]
    assert found.removed == ()
    assert [(one.id, one.asks_otherwise) for one in found.changed] == [("DAT-01", True), ("AGT-01", False)]
    first, second = found.changed
    assert [(one.what, one.after) for one in first.rewordings] == [
        ("question", "Can you list every input and output of the model?"),
        ("level 4", "No list, or nobody knows"),
    ]
    assert [(one.what, one.before, one.after) for one in (*first.reweightings, *second.reweightings)] == [
        ("severity", "H (weight 7.5)", "C (weight 10, critical)"),
        ("effort", "S (3 days)", "M (8 days)"),
    ]
    assert (found.common, found.same_scale, found.nothing) == (("DAT-01", "AGT-01"), True, False)


def test_read_backwards_what_was_added_is_removed():
    found = differ(AFTER, BEFORE)
    assert [question.id for question in found.removed] == ["DAT-03", "AGT-02"]
    assert [question.id for question in found.added] == ["DAT-02"]


def test_a_version_differs_in_nothing_from_itself_and_two_checklists_are_no_versions():
    assert differ(BEFORE, BEFORE).nothing
    with pytest.raises(ValueError, match="two checklists"):
        differ(BEFORE, replace(AFTER, id="other"))


def test_words_are_marked_whole_and_in_place():
    pieces = words_apart("Can you list every input?", "Can you list each input today?")
    assert [(piece.text, piece.mark) for piece in pieces if piece.mark is not Mark.SAME] == [
        ("every", Mark.GONE), ("each", Mark.NEW), (" today", Mark.NEW),
    ]  # fmt: skip


TEXTS = st.text(alphabet="ab .,é\n<", max_size=40)


@given(TEXTS, TEXTS)
@settings(max_examples=60, deadline=None)
def test_both_texts_can_be_read_back_from_the_pieces(before, after):
    pieces = words_apart(before, after)
    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.NEW) == before
    assert "".join(piece.text for piece in pieces if piece.mark is not Mark.GONE) == after


def test_what_a_question_replaces_is_part_of_the_content_only_where_it_is_said():
    assert '"replaces":["DAT-02"]' in canonical_body(AFTER)
    assert '"replaces"' not in canonical_body(load_checklist(TINY)).replace('"replaces":["DAT-09"]', "")


# --- a new version against the one before ---
def problems(tmp_path, text):
    file = tmp_path / "new.yaml"
    file.write_text(text, encoding="utf-8")
    return [str(problem).removeprefix(f"{file}:") for problem in lint_files([file], before=BEFORE)]


def test_a_version_that_follows_on_has_no_problem(tmp_path):
    assert problems(tmp_path, next_version()) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (('version: "8"', 'version: "7"'), '3:10: version: "7" is the version before; give this one a number'),
        (("id: tiny", "id: other"), '2:5: id: expected "tiny", the id of the version before'),
        (("  - DAT-09\n  - DAT-02", "  - DAT-02"), "DAT-09 was retired by version 7; keep it here"),
        (("id: AGT-02", "id: AGT-03"), ""),
        (("id: AGT-01", "id: AGT-04"), "retired: AGT-01 was asked by version 7; list it here, or ask it again"),
    ],
)
def test_what_would_lose_or_confuse_answers_is_refused_with_its_place(tmp_path, change, problem):
    found = "\n".join(problems(tmp_path, next_version().replace(*change)))
    assert problem in found
    assert bool(problem) is bool(found)


def test_an_id_that_was_retired_never_comes_back(tmp_path):
    text = next_version().replace("  - DAT-09\n", "").replace("id: AGT-02", "id: DAT-09")
    assert any(
        "DAT-09 was retired by version 7; an id is never used a second time" in one for one in problems(tmp_path, text)
    )


def test_the_difference_for_a_terminal_and_for_scripts():
    found = differ(BEFORE, AFTER)
    lines = difference_text(found).splitlines()
    assert lines[0] == "tiny 7 -> 8"
    assert "added      AGT-02: Who can stop an agent?" in lines
    assert "replaced   DAT-02 by DAT-03: Who hears of it when a field changes its meaning?" in lines
    assert "reworded   DAT-01 question: Can you list every input {+and output +}of the model?" in lines
    assert "reweighted DAT-01 severity: H (weight 7.5) -> C (weight 10, critical)" in lines
    assert lines[-1] == "answers    1 carry over as they are, 2 to be confirmed"
    document = difference_document(found)
    assert (document["added"], document["removed"]) == (["AGT-02"], [])
    assert document["replaced"] == [{"id": "DAT-03", "replaces": ["DAT-02"]}]

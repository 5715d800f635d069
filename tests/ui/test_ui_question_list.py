"""What the browser says of the list is not believed: only whole, known choices are taken, and each once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from ui import question_list, session
from ui.question_list import Listed

KEY = "list-a"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A stand-in for the session: what the browser said."""
    said: dict[str, Any] = {}
    memory: dict[str, int] = {}
    monkeypatch.setattr(session, "component_value", lambda _key, name: said.get(name))
    monkeypatch.setattr(session, "taken_choices", lambda _key: dict(memory))
    monkeypatch.setattr(session, "note_taken_choice", lambda _key, question, turn: memory.update({question: turn}))
    return said


def take() -> list[Listed]:
    taken: list[Listed] = []
    question_list._take(KEY, taken.append)
    return taken


def test_a_choice_is_taken_once_however_often_it_is_said(told: dict[str, Any]) -> None:
    told["pending"] = {"ENT-01": [3, 0, 7]}
    assert take() == [Listed(question_id="ENT-01", option=3, revision=0)]
    assert take() == []
    told["pending"] = {"ENT-01": [3, 0, 7], "ENT-02": [5, 4, 8]}
    assert take() == [Listed(question_id="ENT-02", option="unknown", revision=4)]
    told["pending"] = {"ENT-01": [7, 1, 9]}
    assert take() == [Listed(question_id="ENT-01", option=question_list.UNDO, revision=1)]


@pytest.mark.parametrize(
    "pending",
    [
        None,
        [],
        "ENT-01",
        {"ENT-01": 3},
        {"ENT-01": [3, 0]},
        {"ENT-01": [3, 0, 7, 1]},
        {"ENT-01": [8, 0, 7]},
        {"ENT-01": [6, 0, 7]},
        {"ENT-01": [-1, 0, 7]},
        {"ENT-01": [3, -1, 7]},
        {"ENT-01": [True, 0, 7]},
        {"ENT-01": [3.0, 0, 7]},
        {"ENT-01": ["3", 0, 7]},
        {"ENT-01": [3, 10**400, 7]},
        {"ENT-01": [None, None, None]},
    ],
)
def test_what_is_no_choice_is_left_out(told: dict[str, Any], pending: object) -> None:
    told["pending"] = pending
    assert take() == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda each: st.lists(each, max_size=4) | st.dictionaries(st.text(max_size=6), each, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(said=JSON)
def test_nothing_a_browser_can_say_breaks_the_page(said: Any) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(session, "component_value", lambda _key, _name: said)
        patched.setattr(session, "taken_choices", lambda _key: {})
        patched.setattr(session, "note_taken_choice", lambda *_all: None)
        for listed in take():
            assert listed.option in (0, 1, 2, 3, 4, "unknown", question_list.UNDO)
            assert listed.revision >= 0
        question_list.awaited(KEY)
        question_list._open(KEY, lambda question, applies_not: None)


def test_the_list_travels_whole_with_the_page_and_in_rows_afterwards() -> None:
    def script() -> None:
        import json

        import streamlit as st

        from operations.workplace import shipped_checklist
        from ui.question_list import Row, question_list

        areas = [(area, area.questions) for area in shipped_checklist().areas]
        rows = {"ENT-01": Row(option=2, revision=1, said="saved by <b>\u202eAda</b>", more="Note and links")}
        for drawn in (areas, None):
            question_list(
                drawn, rows, key=f"list-{drawn is None}", closed=False, choose=lambda listed: None,
                open_card=lambda question, applies_not: None,
            )  # fmt: skip
        st.text(json.dumps("done"))

    at = AppTest.from_function(script, default_timeout=60).run()
    assert not at.exception
    whole, after = (part.proto.json for part in at.get("bidi_component"))
    assert "When someone adds, drops or re-scales one input" in whole
    assert len(after) < 300, "a choice must not send the questions again"
    assert "\u202e" not in whole


def test_a_list_is_drawn_whole_again_by_a_run_that_follows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit throws away what a run drew when the same part runs again before it has reached the browser."""
    clock = {"now": 100.0}
    monkeypatch.setattr(session, "_state", lambda memory={}: memory)
    monkeypatch.setattr(session.time, "monotonic", lambda: clock["now"])
    assert not session.list_page("list")
    session.note_list_page("list")
    clock["now"] += 60
    assert session.list_page("list"), "a run cut short before it drew leaves the drawing to the next"
    session.note_list_drawn("list")
    clock["now"] += session.LIST_SECONDS / 2
    assert session.list_page("list")
    session.note_list_drawn("list")
    clock["now"] += session.LIST_SECONDS / 2
    assert not session.list_page("list"), "runs that follow each other do not put the end off"
    session.note_list_page("list")
    assert session.list_page("list")

"""The demo pages in AppTest: what components cannot do there, and how a page test acts like a click."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ui import freshness, identity, keys, session

HERE = Path(__file__).parent


def page(part: str) -> AppTest:
    return AppTest.from_file(str(HERE / f"demo_{part}.py"), default_timeout=60)


@pytest.mark.parametrize("part", ["heatmap", "parts", "trend", "hostile", "moved"])
def test_every_part_runs_without_a_browser(part: str):
    at = page(part).run()
    assert not at.exception


def test_a_page_test_acts_like_a_click_through_the_session():
    at = page("heatmap").run()
    assert at.text[0].value == "selected: None"
    at.session_state[session.cell_key("portfolio")] = ("s001", "DAT")
    at.run()
    assert at.text[0].value == "selected: ('s001', 'DAT')"
    assert at.query_params["cell"] in ("s001.DAT", ["s001.DAT"])
    at.button[1].click().run()  # Close
    assert at.text[0].value == "selected: None"


def test_a_link_selects_once_and_what_the_person_does_then_wins():
    at = page("heatmap")
    at.query_params["cell"] = "s003.CFG"
    at.run()
    assert at.text[0].value == "selected: ('s003', 'CFG')"
    at.session_state[session.cell_key("portfolio")] = None
    at.run()
    assert at.text[0].value == "selected: None"


def test_a_second_choice_is_not_undone_by_a_link_that_still_shows_the_first():
    at = page("heatmap").run()
    for cell in (("s001", "DAT"), ("s002", "CFG"), ("s003", "MON")):
        at.session_state[session.cell_key("portfolio")] = cell  # the link still says the cell before
        at.run()
        assert at.text[0].value == f"selected: {cell}"


def test_messages_are_taken_once():
    def script():
        import streamlit as st

        from ui import session

        session.say_after_rerun("one")
        st.text(f"{session.take_messages()} {session.take_messages()}")

    assert AppTest.from_function(script).run().text[0].value == "('one',) ()"


@pytest.mark.parametrize(
    ("cookie", "name"),
    [
        ("Zo%C3%AB", "Zoë"),
        ("", ""),
        ("%00%1b%0aA", "A"),
        ("%E2%80%AEevil", "evil"),
        ("%FF%FE", "\ufffd\ufffd"),
        ("a" * 5000, "a" * 60),
        ("%F0%9F%99%82" * 100, "🙂" * 60),
        ("  two   words ", "two words"),
    ],
)
def test_a_name_from_a_cookie_is_one_clean_line_of_at_most_60_characters(cookie: str, name: str):
    assert identity.decode_name(cookie) == name


def test_a_lost_connection_says_what_is_safe_and_what_to_do():
    assert freshness.lost_message("12:03:11") == (
        "Connection lost. Your last saved answer is from 12:03:11; anything after it is not saved. "
        "Wait a moment, then reload."
    )
    assert freshness.lost_message(None) == "Connection lost. Saved answers are safe. Wait a moment, then reload."


def test_targets_of_keys_are_written_like_the_classes_streamlit_makes():
    assert keys._class_of("answer-a1-DAT 02#3") == "answer-a1-DAT-02#3"
    assert keys._class_of("next") == "next"
    assert keys._class_of("a.b:c/ü") == "a-b-c--"

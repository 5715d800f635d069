"""The way into a workshop, and what it says: addresses, QR codes, and sentences about votes."""

from __future__ import annotations

import re

import pytest
import segno

from operations.workshops import Person, Revealed
from scoring.agreement import AgreementState
from ui.workshop_board import clock_words
from ui.workshop_door import QUIET_ZONE, entrance, qr_path
from ui.workshop_words import listed, moved_since_first, moved_words, reveal_words, state_words

PAGE = "http://127.0.0.1:8501/workshop?system=x"


@pytest.mark.parametrize(
    ("setting", "page", "address"),
    [
        ("", PAGE, "http://127.0.0.1:8501/join/ABCD2345"),
        ("", "https://debt.example/team/workshop?a=b", "https://debt.example/team/join/ABCD2345"),
        ("https://debt.example/", PAGE, "https://debt.example/join/ABCD2345"),
        (" http://192.168.1.20:8501 ", PAGE, "http://192.168.1.20:8501/join/ABCD2345"),
        ("https://[2001:db8::1]:8443/x/", PAGE, "https://[2001:db8::1]:8443/x/join/ABCD2345"),
    ],
)
def test_the_link_follows_the_setting_and_else_the_page(setting: str, page: str, address: str) -> None:
    assert entrance("ABCD2345", setting=setting, page=page, guests=True).address == address


@pytest.mark.parametrize(
    "setting",
    ["debt.example", "ftp://debt.example", "https://", "https://a:b@debt.example", "http://[::1", "http://a b"],
)
def test_a_setting_that_is_no_web_address_gives_no_link_and_is_said(setting: str) -> None:
    way_in = entrance("ABCD2345", setting=setting, page=PAGE, guests=True)
    assert (way_in.address, way_in.short) == ("", "")
    assert "is not a web address" in way_in.trouble


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "127.1.2.3"])
def test_an_address_of_this_machine_is_said_to_reach_no_phone(host: str) -> None:
    assert "phones cannot reach it" in entrance("A", setting=f"http://{host}:1", page=PAGE, guests=True).trouble


def test_phones_that_are_not_let_in_are_said() -> None:
    assert "not let in" in entrance("A", setting="https://debt.example", page=PAGE, guests=False).trouble
    assert entrance("A", setting="https://debt.example", page=PAGE, guests=True).trouble == ""


def test_what_is_read_aloud_has_neither_scheme_nor_code() -> None:
    way_in = entrance("ABCD2345", setting="https://debt.example/team", page=PAGE, guests=True)
    assert (way_in.short, way_in.spaced_code) == ("debt.example/team/join", "ABCD 2345")


@pytest.mark.parametrize("text", ["http://127.0.0.1:8501/join/ABCD2345", "https://debt.example/" + "x" * 200])
def test_the_strokes_draw_every_dark_module_once_and_no_light_one(text: str) -> None:
    side, path = qr_path(text)
    drawn = []
    for start, row, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", path):
        drawn += [(int(row), place) for place in range(int(start), int(start) + int(length))]
    matrix = segno.make(text, error="m", micro=False).matrix
    dark = {
        (r + QUIET_ZONE, c + QUIET_ZONE) for r, line in enumerate(matrix) for c, module in enumerate(line) if module
    }
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == dark
    assert side == len(matrix) + 2 * QUIET_ZONE


def shown(*counts: int, unknown: int = 0, first: tuple[int, ...] | None = None, state: str = "agreed", **more: object):
    levels = [level for level, count in enumerate(counts) if count]
    known: dict[str, object] = {
        "round": 1, "counts": counts, "unknown": unknown, "first": first, "low": min(levels, default=None),
        "high": max(levels, default=None), "a": None, "state": AgreementState(state), "proposed": 2, "comments": (),
        "speak_first": (), "last": None, "last_period": None, "hints": (),
    }  # fmt: skip
    return Revealed(**{**known, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("votes", "words"),
    [
        (shown(0, 0, 3, 0, 0), "Agreed: all chose level 2."),
        (shown(0, 1, 3, 0, 0), "Agreed: levels 1 to 2, next to each other. No need to talk."),
        (shown(1, 0, 3, 0, 0, state="spread"), "Spread: levels 0 to 2. Let both ends say why."),
        (shown(2, 0, 0, 0, 2, state="split"), "Split: levels 0 to 4. Let both ends say why before anything else."),
        (shown(0, 0, 0, 0, 0, unknown=3, proposed=None), "Nobody knows: that is a finding too."),
        (shown(0, 0, 1, 0, 0, state="too_few"), "One vote only: nothing to compare it with."),
        (shown(0, 1, 1, 0, 0, unknown=2, proposed=None), "Half or more do not know; the others chose levels 1 to 2."),
        (shown(0, 1, 0, 0, 0, unknown=2, proposed=None), "Half or more do not know; the others chose level 1."),
    ],
)
def test_a_room_is_told_in_one_sentence_how_far_it_lies_apart(votes: Revealed, words: str) -> None:
    assert state_words(votes) == words


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        (0.04, "the middle did not move"),
        (-1.0, "1.0 level towards less debt"),
        (0.66, "0.7 levels towards more debt"),
    ],
)
def test_how_second_votes_moved_says_which_way(moved: float, words: str) -> None:
    assert moved_words(moved) == words


def test_nothing_is_said_of_a_move_without_levels_in_both_rounds() -> None:
    assert moved_since_first(shown(0, 0, 1, 0, 0)) == ""
    assert moved_since_first(shown(0, 0, 1, 0, 0, first=(0, 0, 0, 0, 0))) == ""
    assert (
        moved_since_first(shown(0, 0, 2, 0, 0, first=(2, 0, 0, 0, 0))) == "Second vote: 2.0 levels towards more debt."
    )


@pytest.mark.parametrize(
    ("away", "words"),
    [
        ((), "Reveal the votes"),
        (("Bo",), "Reveal without Bo"),
        (("Bo", "Cy"), "Reveal without Bo and Cy"),
        (("Bo", "Cy", "Di"), "Reveal without 3 people"),
    ],
)
def test_the_button_says_whom_it_does_not_wait_for(away: tuple[str, ...], words: str) -> None:
    people = [Person(participant_id=name, name=name, role="", voted=name not in away) for name in ("Bo", "Cy", "Di")]
    assert reveal_words(people) == words


def test_names_stand_in_a_sentence_and_times_in_words() -> None:
    assert [listed(names) for names in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == ["", "A", "A and B", "A, B and C"]
    assert [clock_words(seconds) for seconds in (0, 1, 59, 60, 90, 150)] == [
        "0 seconds", "1 second", "59 seconds", "1 minute", "2 minutes", "2 minutes",
    ]  # fmt: skip

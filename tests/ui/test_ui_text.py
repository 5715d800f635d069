"""Text of people on its way to Markdown."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.ui.corpus import HOSTILE
from ui.text import clean, plain

JOINER = "\u2060"


def unescaped(text: str) -> str:
    """What a Markdown reader makes of backslashes before punctuation."""
    out, characters = [], iter(text.replace(JOINER, ""))
    for character in characters:
        out.append(next(characters) if character == "\\" else character)
    return "".join(out)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_when_the_escapes_are_read(text: str):
    assert unescaped(plain(text)) == clean(text)


@given(some.text(max_size=80))
def test_any_text_comes_back_when_the_escapes_are_read(text: str):
    assert unescaped(plain(text)) == clean(text).replace(JOINER, "")


@given(some.text(alphabet="![](){}<>$`:*_~|#&;-+=.1a\\/@ \n", max_size=40))
def test_nothing_that_opens_a_construct_is_left_bare(text: str):
    bare = plain(text).replace("\\\\", "").split("\\")
    rest = bare[0] + "".join(part[1:] for part in bare[1:])
    assert not set("[]<$`*_~|") & set(rest)


def test_ordinary_questions_carry_no_backslash_that_a_screen_reader_would_speak():
    for text in ("How often (per week)? 12:03, 50 % and a/b!", "What changes - if anything - upstream; and why?"):
        assert plain(text) == text


def test_control_and_direction_characters_are_dropped():
    assert clean("a\x00b\u202ec\x1b[0m") == "abc[0m"
    assert clean("a\ud800b") == "ab"


def test_a_label_is_one_line_and_running_text_keeps_its_lines():
    assert plain(" one\n\ttwo  three ") == "one two three"
    assert plain("one\n- two", lines=True) == "one\\\n\\- two"


def test_long_text_is_cut_where_asked_and_says_so():
    assert plain("abcdefgh", most=5) == "abcd…"
    assert plain("abcde", most=5) == "abcde"

"""What the comments of Python code say: places where its authors admit debt. Their text is never kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Admission(NamedTuple):
    """A comment that admits debt. `marker` is the word that says so, as in MARKERS."""

    line: int
    marker: str


#: what admits debt: the marker as it is named, and how it is written; capitals where the small word means other things
MARKERS = {
    "TODO": r"(?-i:TODO)|todo\s*[:(]",
    "FIXME": r"fixme|fix[ -]me",
    "HACK": r"(?-i:HACK)|hack(?:y|ish)|(?:ugly|dirty|bad|terrible|quick|this is a|a bit of a) hack",
    "XXX": r"(?-i:XXX)",
    "workaround": r"work-?arounds?",
    "kludge": r"kludge\w*",
    "temporary": r"temporary (?:fix|solution|hack|patch|measure)|temp fix|quick[ -](?:fix|and[ -]dirty)|quick & dirty",
    "technical debt": r"tech(?:nical)? debt",
}
_ADMITS = "|".join(f"(?P<m{number}>{written})" for number, written in enumerate(MARKERS.values()))
_MARKER = re.compile(rf"\b(?:{_ADMITS})(?![\w-])".encode(), re.IGNORECASE)
_HINT = re.compile(
    rb"#[^\n]*?(?:TODO|XXX|todo[:( ]"
    rb"|(?i:fix[ -]?me|hack|work-?around|kludge|temporary |temp fix|quick[ -]|tech(?:nical)? debt))"
)
_LEXEME = re.compile(  # a string, to be passed over, or a comment
    rb'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
    rb"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
    rb'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    rb"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'"
    rb"|(?P<comment>#[^\n]*)",
    re.DOTALL,
)
_NAMES = tuple(MARKERS)


def comments(text: bytes) -> Iterator[tuple[int, bytes]]:
    """Every comment of a valid Python text with its position; a # inside a string is none."""
    for lexeme in _LEXEME.finditer(text):
        if lexeme.lastgroup:
            yield lexeme.start(), lexeme.group()


def admissions(text: str | bytes) -> Iterator[Admission]:
    """The comments of a valid Python text that admit debt, in order, one a line.

    A line that only looks so makes the strings of the text be told from its comments; most files have none.
    """
    content = text.encode("utf-8", "replace") if isinstance(text, str) else text
    if not _HINT.search(content):
        return
    line, at = 1, 0
    for position, comment in comments(content):
        marker = _MARKER.search(comment)
        if marker and marker.lastgroup:
            line += content.count(b"\n", at, position)
            at = position
            yield Admission(line, _NAMES[int(marker.lastgroup[1:])])

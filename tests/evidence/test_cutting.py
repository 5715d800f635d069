"""A text read in parts is the text read as a whole."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from evidence import cutting
from evidence.comments import MARKERS, read_comments
from evidence.cutting import parts_of
from evidence.python_source import PythonFile, read_python
from evidence.syntax import NotPython
from tests.evidence.test_pieces import SOURCES, versions

SMALL = 300


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "PART_BYTES", SMALL)


def told(content: bytes) -> PythonFile | str:
    try:
        return read_python(content, path="", role="")
    except NotPython as problem:
        return str(problem)


def same(content: bytes) -> PythonFile | str:
    """What is told of a text in parts and, because a str is never cut, as a whole."""
    whole: PythonFile | str
    try:
        whole = read_python(content.decode(), path="", role="")
    except NotPython as problem:
        whole = str(problem)
    assert told(content) == whole
    return whole


def test_parts_make_the_text_and_know_their_lines(small_parts: None) -> None:
    cut = 0
    for path in SOURCES:
        text = path.read_bytes()
        parts = list(parts_of(text))
        assert b"".join(part for _, part in parts) == text
        above = 0
        for lines, part in parts:
            assert lines == above
            above += part.count(b"\n")
        cut += len(parts) > 1
    assert cut > len(SOURCES) / 2


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_our_own_code_is_the_same_in_parts(path: Path, small_parts: None) -> None:
    text = path.read_text(encoding="utf-8")
    assert isinstance(same(text.encode()), PythonFile)
    for version in versions(text, random.Random(path.name)):
        same(version.encode())


FILLER = "value = compute('/data/input.csv', rate=0.1)\n" * 20
ODD = {
    "words after an empty line of a text": f'{FILLER}\ntext = """one\n\n{FILLER}\ntwo"""\n\n{FILLER}',
    "the other quotes": f"{FILLER}\ntext = '''one\n\n{FILLER}\ntwo'''\n\n{FILLER}",
    "quotes in a comment": f'{FILLER}\n# """ opens nothing\n\n{FILLER}\n\n{FILLER}',
    "a text that holds quotes": f"{FILLER}\ntext = '\"\"\"'\n\n{FILLER}\n\nother = 'x'\n\n{FILLER}",
    "an open bracket": f"{FILLER}\nvalues = [\n\nfirst,\n\n{'second, ' * 200}\n\nthird]\n\n{FILLER}",
    "an else after an empty line": f"{FILLER}\nif value:\n    a = 1\n    b()\n\nelse:\n    c = 2\n\n{FILLER}",
    "a mark far from its function": f"{FILLER}\n@mark\n\ndef one():\n    pass\n\n{FILLER}",
    "a line that goes on": f"{FILLER}\nvalue = 1 + \\\n\nother\n\n{FILLER}",
    "a name imported above": f"import pandas as pd\n{FILLER * 2}\n\ntable = pd.read_csv('/data/x.csv')\n\n{FILLER}",
    "a switch above": f"DEBUG = False\n{FILLER}\n{FILLER}\n\nif DEBUG:\n    run()\n\n{FILLER}",
    "a switch given again below": f"DEBUG = False\n{FILLER}\nif DEBUG:\n    run()\n\n{FILLER}\n\nDEBUG = True\n",
    "not Python at its end": f"{FILLER}\n{FILLER}\n\ndef (:\n",
    "not Python at its beginning": f"def (:\n\n{FILLER}\n\n{FILLER}\n\n{FILLER}",
    "another coding": f"# coding: latin-1\n{FILLER}\n{FILLER}\n\n{FILLER}",
    "other ends of lines": f"{FILLER}\n{FILLER}\n\n{FILLER}".replace("\n", "\r\n"),
    "lists at the same place of two parts": "\n\n".join(
        f"columns = {[f'column {number} {part}' for number in range(12)]}\n{FILLER}" for part in range(3)
    ),
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_texts_are_the_same_in_parts(text: str, small_parts: None) -> None:
    assert len(text) > 2 * SMALL
    same(text.encode())


def test_a_long_text_of_empty_lines_is_gone_through_once() -> None:
    text = b'"""\n' + b"word\n\n" * 200_000 + b'"""\n'
    assert len(list(parts_of(text))) == 1


ADMISSIONS = {
    "TODO": ["TODO later", "todo: later", "todo ( later )"],
    "FIXME": ["FIXME", "fixme later", "fix me", "fix-me"],
    "HACK": ["HACK", "hacky", "hackish", "ugly hack", "a bit of a hack", "this is a hack", "quick hack"],
    "XXX": ["XXX"],
    "workaround": ["workaround for it", "workarounds", "work-around", "work-arounds"],
    "kludge": ["kludge", "kludges"],
    "temporary": ["temporary fix", "temporary measure", "temporary patch", "temporary solution", "temp fix",
                  "quick fix", "quick-fix", "quick and dirty", "quick-and-dirty", "quick & dirty"],
    "technical debt": ["tech debt", "technical debt"],
}  # fmt: skip


def test_debt_is_seen_however_it_is_admitted() -> None:
    assert list(ADMISSIONS) == list(MARKERS)
    for marker, ways in ADMISSIONS.items():
        for words in (*ways, *(way.upper() for way in ways if marker != "TODO")):
            admitted, _ = read_comments(f"x = 1  # {words}\n")
            assert [(one.line, one.marker) for one in admitted] == [(1, marker)], words


@pytest.mark.parametrize(
    "text",
    [
        "# first\n# model = train(rows)\n# model.save('x')\n",
        "def f():\n    # model = train(rows)\n    # model.save('x')\n    return 1\n",
        "x = 1\n\n# if x:\n#     run(x)\n",
    ],
)
def test_code_in_comments_is_seen_wherever_it_stands(text: str) -> None:
    assert read_comments(text)[1]

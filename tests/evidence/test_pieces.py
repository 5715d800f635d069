"""A file read piece by piece is the file read as a whole, whatever was read before it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from evidence import pieces
from evidence.pieces import PieceReader
from evidence.python_source import PythonFile, read_python
from evidence.syntax import NotPython

HOUSE = Path(__file__).parents[2]
SOURCES = sorted(path for path in (*HOUSE.glob("evidence/**/*.py"), *HOUSE.glob("tests/evidence/*.py")))


def told(read):
    try:
        return read()
    except NotPython as problem:
        return str(problem)


def same(reader, text):
    content = text if isinstance(text, bytes) else text.encode()
    whole = told(lambda: read_python(content, path="", role=""))
    assert told(lambda: reader.read(content)) == whole
    return whole


def versions(text, chance):
    """Later versions of a text: lines taken out, doubled, swapped, indented. Many are no Python any more."""
    lines = text.split("\n")
    for _ in range(5):
        at = chance.randrange(len(lines))
        deed = chance.randrange(5)
        if deed == 0:
            del lines[at : at + chance.randrange(1, 4)]
        elif deed == 1:
            lines[at:at] = lines[at : at + chance.randrange(1, 30)]
        elif deed == 2:
            other = chance.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        elif deed == 3:
            lines.insert(0, chance.choice(["import os as Path", "from a import re as ast, Call", "DEBUG = False"]))
        else:
            lines[at] = chance.choice([" ", "    ", "# TODO ", "@"]) + lines[at]
        lines = lines or [""]
        yield "\n".join(lines)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_our_own_code_is_the_same_in_pieces_and_in_later_versions(path):
    reader = PieceReader()
    text = path.read_text(encoding="utf-8")
    assert isinstance(same(reader, text), PythonFile)
    for version in versions(text, random.Random(path.name)):
        same(reader, version)
    same(reader, text)


def test_all_our_own_code_may_share_its_pieces():
    reader = PieceReader()
    for path in (*SOURCES, *reversed(SOURCES)):
        same(reader, path.read_bytes())


CLASS = '''import os
from tools import mark, run as go

@mark("x", size=300)
@go
class Reader(Base, kind=go("/data/one")):
    """Words at the
start of a line, and a
def in them.
    def in_words(self): ...
    """
    LIMIT = 100

    @property
    def one(self):
        if self.x > 3:
            go("/data/two")
        return [os.getenv("HOME") for _ in range(3)]

    @mark(
        "/data/three",
    )
    def two(self, path="/data/four"):
        import tools.other as go
        try:
            return go.load(path)
        except Exception:
            pass

    class Inner:
        def three(self):
            return go(lambda x: x)
    # TODO: tell why
go("/data/five")
'''


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("\n\n# only a comment", id="a comment"),
        pytest.param(CLASS, id="a class with all there is"),
        pytest.param(CLASS.replace("\n", "\r\n"), id="other line ends"),
        pytest.param(CLASS.replace("\n", "\r"), id="old line ends"),
        pytest.param("\ufeff" + CLASS, id="a mark of byte order"),
        pytest.param(b"# -*- coding: latin-1 -*-\nx = '\xe9/\xe9'\n", id="another alphabet"),
        pytest.param(b"x = '\xe9'\n", id="no text"),
        pytest.param("x = 1\n\x00\ny = 2\n", id="a nought"),
        pytest.param("if x:\n    a()\nelse:\n    b()\nc()\n", id="a branch"),
        pytest.param("try:\n    a()\nexcept Exception:\n    b()\nelse:\n    c()\nfinally:\n    d()\n", id="an attempt"),
        pytest.param("for x in y:\n    a()\nelse:\n    b()\n", id="a loop"),
        pytest.param("x = (\na(1),\nb(2)\n)\n", id="brackets over lines that begin at the edge"),
        pytest.param("x = '''\nimport os\ndef f(): pass\n'''\ny = os()\n", id="code in a text"),
        pytest.param("x = \"'''\"\nimport os\ny = \"'''\"\n", id="quotes in quotes"),
        pytest.param("x = 1 + \\\ny\nimport z\n", id="a line that goes on"),
        pytest.param("class A: pass\nclass B(A):\n  x = 1\n  def f(self): g()\n", id="narrow classes"),
        pytest.param("class A:\n  x = 1\n    def f(self): g()\n", id="a class that is not even"),
        pytest.param("class A:\n\tdef f(self): g()\n    def h(self): g()\n", id="tabs and spaces"),
        pytest.param("class A:\n    def f(self): g()\n('at', 'the edge')\n", id="a line at the edge after a class"),
        pytest.param("class A:\n    x = '''\n    def f(self): g()\n'''\n    def h(self): g()\n", id="a text method"),
        pytest.param("class A:\n    if x:\n        y()\n    def f(self): z()\n    for a in b: c()\n", id="more"),
        pytest.param("@a\n@b\n\n# why\nclass A:\n    @c\n    # why\n    @d\n    async def f(self): e()\n", id="marks"),
        pytest.param("@a\n", id="a mark alone"),
        pytest.param("class A:\n    @a\n", id="a mark alone in a class"),
        pytest.param("DEBUG = False\nif DEBUG:\n    a()\nDEBUG = True\n", id="a switch given twice"),
        pytest.param("ON = False\nif ON:\n    a()\nglobals()\nexec(c)\nsetattr(d, e, f)\n", id="a switch rewritten"),
        pytest.param("DEBUG = True\nDEBUG = False\nif DEBUG:\n    a()\n", id="a switch given late"),
        pytest.param("class A:\n    ON = False\n    def f(self):\n        if ON: a()\n", id="a switch inside"),
        pytest.param("def f():\n    from a import b as c\nc()\nclass D(c):\n    def g(self): c()\n", id="a late name"),
        pytest.param("match x:\n    case 1:\n        a()\nmatch = 3\nprint(match)\n", id="soft words"),
        pytest.param("# a = b(c)\n# d = e(f)\nx = 1\n# import g\n# h()\n", id="code in comments"),
        pytest.param("from a import ﬁnd\nfind()\nﬁnd()\n", id="letters that are one"),
        pytest.param("x = " + "-" * 200_000 + "1\n", id="too deep"),
        pytest.param("y = 1\nx = " + "+".join(["a"] * 20_000) + "\n", id="too long"),
        pytest.param("x = \"\"\"\n" + "y = 1\n" * 30_000, id="a text that never ends"),
        pytest.param("@a\n" * 30_000, id="marks over marks"),
        pytest.param("import a as x\nx()\nimport b as x\nx()\n" * 3_000, id="names that change all the time"),
        pytest.param("x = " + "1" * 3_000 + "\n", id="one long line"),
        pytest.param("x" * 500_000, id="one very long line"),
        pytest.param("x = 1\n" * 3 + "x = [" + "1, " * 40_000 + "]\n", id="values"),
    ],
)  # fmt: skip
def test_odd_texts_are_the_same_in_pieces(text):
    reader = PieceReader()
    same(reader, text)
    same(reader, text)
    if isinstance(text, str):
        same(reader, "import numpy as np\nfrom os import getenv as go\n" + text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import a as x\n", "import b as x\n"),
        ("import a as x\n", ""),
        ("from a import y\n", "from a import y as x\n"),
        ("import a as z\n", "import b as z\n"),
        ("", "def f():\n    import b as x\n"),
    ],
)
def test_a_piece_means_something_else_under_other_names(before, after):
    reader = PieceReader()
    body = "class A:\n    def f(self):\n        x.go('/data/one')\n    def g(self):\n        y.go()\nx.stay()\n"
    for head in (before, after, before):
        same(reader, head + body)


def test_what_versions_share_is_parsed_once(monkeypatch):
    reader, read = PieceReader(), []
    real = pieces.Walk.part
    monkeypatch.setattr(pieces.Walk, "part", lambda walk, nodes, place: read.append(place) or real(walk, nodes, place))
    same_text = CLASS.encode()
    reader.read(same_text)
    first = len(read)
    reader.read(same_text)
    assert len(read) == first
    reader.read(same_text.replace(b"/data/two", b"/data/2"))
    assert len(read) == first + 1
    reader.read(b"# a line more\n\n" + same_text)
    assert len(read) == first + 2


def test_what_is_remembered_has_a_limit(monkeypatch):
    monkeypatch.setattr(pieces, "PIECES_BYTES_MAX", 100)
    reader = PieceReader()
    for _ in range(2):
        same(reader, CLASS)
    assert sum(len(text) for _, text in reader._known) <= 100


def test_every_fact_has_its_way_into_the_file():
    known = {*pieces._MOVES, *pieces._PLAIN, *pieces._OF_THE_WHOLE}
    assert known == set(PythonFile._fields), "say in evidence/pieces.py how the new fact of pieces becomes the file's"


def test_a_fact_without_its_way_makes_files_be_read_whole(monkeypatch):
    monkeypatch.setattr(pieces, "_COMPLETE", False)
    monkeypatch.setattr(pieces, "_Reading", lambda *_: pytest.fail("read in pieces"))
    same(PieceReader(), CLASS)

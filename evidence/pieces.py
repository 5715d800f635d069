"""Python files read piece by piece, so that what two versions of a file share is parsed once.

A piece is a statement of the top level, or a method with what stands before the next one. Where to cut is guessed by
the look of the lines, and parsing proves it: a text cut inside of a string, a bracket or a compound statement is not
valid by itself, and where all pieces are, the file is what they make together. What is not proven is read as a whole.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from evidence.comments import Admission, read_comments
from evidence.python_source import (
    TOP_LEVEL,
    Call,
    Function,
    Handler,
    Import,
    Place,
    PythonFile,
    Record,
    Setting,
    Text,
    TextList,
    Walk,
    check_is_code,
    keywords_of,
    line_count,
    read_python,
    switched_off,
)
from evidence.source import MIB
from evidence.syntax import NotPython, parse_many

PIECES_BYTES_MAX = 64 * MIB  #: of text whose facts are remembered; what is more is read and not remembered
PIECES_MAX = 4_000  #: of one file; one with more is read as a whole
MEANINGS_MAX = 8  #: of one text under different names that are remembered
_UNEVEN = re.compile(rb"[\r\f\x00]|\A\xef\xbb\xbf")  # letters or lines may mean others
_TOP = re.compile(rb"\n(?=(?!(?:else|elif|except|finally)\b)[A-Za-z_@])")
_INNER = re.compile(rb"\n(?=    (?:def |async def |class |@))")
_DEFINES = re.compile(rb"^ {0,4}(?:def|async def|class) ", re.MULTILINE)
_IS_CLASS = re.compile(rb"(?:@.*\n(?:[ \t)\]}].*\n|\n|#.*\n)*)*class ")
_WORD = re.compile(r"[^\W\d]\w*")
_OPEN = b"class _:\n"  # before a method, so that it can be parsed by itself
_CLOSE = b"\n    pass\n"  # after the head of a class, which may hold nothing else

Parse = Callable[[bytes], ast.Module]
Names = dict[str, str]


class Piece(NamedTuple):
    """The facts of a piece, and what it does to the names that come after it."""

    facts: PythonFile
    first_line: int  #: of its text, as the lines of the facts are counted
    tested: tuple[tuple[str, int], ...]
    off: dict[str, bool]
    names: Names


class _Known:
    """A piece read under certain names. Under others it is the same, unless a word of it is one of them."""

    __slots__ = ("_names", "_text", "_words", "piece")

    def __init__(self, text: bytes, names: Names, piece: Piece) -> None:
        self._text = text
        self._names = names
        self._words: frozenset[str] | None = None
        self.piece = piece

    def holds_under(self, names: Names) -> bool:
        if names is self._names or names == self._names:
            return True
        if self._words is None:
            text = self._text.decode("utf-8", "replace")
            self._words = frozenset(_WORD.findall(text if text.isascii() else unicodedata.normalize("NFKC", text)))
        return self._words.isdisjoint({name for name, _ in names.items() ^ self._names.items()})


class _Uncut(Exception):
    """The pieces are not what they looked like."""


class PieceReader:
    """Reads many versions of many files. Its answers are those of `read_python` without path and role."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bytes], list[_Known]] = {}
        self._room = PIECES_BYTES_MAX

    def read(self, text: bytes) -> PythonFile:
        """The facts of one file. Raises NotPython."""
        check_is_code(text)
        if _COMPLETE and not _UNEVEN.search(text) and b"coding" not in b"".join(text.split(b"\n", 2)[:2]):
            try:
                with parse_many() as parse:
                    return _Reading(self, parse).file(text)
            except (_Uncut, NotPython, RecursionError, MemoryError):
                pass  # the whole may be valid all the same, and has the better reason when it is not
        return read_python(text, path="", role="")

    def known(self, how: str, text: bytes, names: Names) -> Piece | None:
        """The piece of this text, if it means the same under these names."""
        for one in self._known.get((how, text), ()):
            if one.holds_under(names):
                return one.piece
        return None

    def keep(self, how: str, text: bytes, names: Names, piece: Piece) -> None:
        """Remember a piece while there is room."""
        meanings = self._known.get((how, text), [])
        if len(text) <= self._room and len(meanings) < MEANINGS_MAX:
            self._room -= len(text)
            meanings.append(_Known(text, names, piece))
            self._known[how, text] = meanings


class _Reading:
    """One file being put together."""

    def __init__(self, reader: PieceReader, parse: Parse) -> None:
        self._reader = reader
        self._parse = parse
        self._names: Names = {}
        self._facts: dict[str, list[Any]] = {name: [] for name in (*_MOVES, *_PLAIN)}
        self._is_script = False
        self._turns = 0
        self._pieces = 0
        self._tested: list[tuple[str, int]] = []
        self._off: dict[str, bool] = {}

    def file(self, text: bytes) -> PythonFile:
        line = 1
        for part in _grouped(_TOP.split(text), b"@"):
            self._statement(part, line)
            line += part.count(b"\n") + 1
        facts: dict[str, Any] = {name: tuple(facts) for name, facts in self._facts.items()}
        return PythonFile(
            path="",
            role="",
            lines=line_count(text),
            is_script=self._is_script,
            switched_off=switched_off(self._tested, self._off, facts["calls"]),
            turns=self._turns,
            called=frozenset([call.last for call in facts["calls"]]),
            passed=keywords_of(facts["calls"]),
            **facts,
        )

    def _statement(self, text: bytes, line: int) -> None:
        parts = list(_grouped(_INNER.split(text), b"    @")) if _IS_CLASS.match(text) else [text]
        if len(parts) == 1:
            self._add("", text, line, _plain)
            return
        head = parts[0]
        name = self._add("head", head, line, _head).facts.classes[0][0]
        at = line + head.count(b"\n") + 1
        for part in parts[1:]:
            self._add(f"in {name}", part, at, _method)
            at += part.count(b"\n") + 1
        if head.startswith(b"@"):  # the walk comes to the marks of a class after its body
            self._add(f"marks of {name}", head, line, _marks)

    def _add(self, how: str, text: bytes, line: int, walk_over: Callable[[Walk, Parse, bytes, str], int]) -> Piece:
        self._pieces += 1
        if self._pieces > PIECES_MAX:
            raise _Uncut
        piece = self._reader.known(how, text, self._names)
        if piece is None:
            piece = self._read(how, text, walk_over)
            self._reader.keep(how, text, self._names, piece)
        down, functions = line - piece.first_line, len(self._facts["functions"])
        for name, move in _MOVES.items():
            facts = getattr(piece.facts, name)
            if facts:
                self._facts[name].extend(move(facts, down, functions) if down or functions else facts)
        for name in _PLAIN:
            self._facts[name].extend(getattr(piece.facts, name))
        self._is_script |= piece.facts.is_script
        self._turns += piece.facts.turns
        self._tested += [(name, at + down) for name, at in piece.tested]
        for name, off in piece.off.items():
            self._off[name] = off and name not in self._off
        if piece.names:
            self._names = self._names | piece.names
        return piece

    def _read(self, how: str, text: bytes, walk_over: Callable[[Walk, Parse, bytes, str], int]) -> Piece:
        walk = Walk()
        walk.aliases = dict(self._names)
        first_line = walk_over(walk, self._parse, text, how)
        if walk_over is not _marks:
            admitted, commented = read_comments(_OPEN + text if walk_over is _method else text)
            walk.admitted.extend(admitted)
            walk.commented.extend(commented)
        tested, off = walk.switches()
        return Piece(
            facts=walk.file(path="", role="", lines=0, is_notebook=False),
            first_line=first_line,
            tested=tested,
            off=off,
            names={name: full for name, full in walk.aliases.items() if self._names.get(name) != full},
        )


def _plain(walk: Walk, parse: Parse, text: bytes, _: str) -> int:
    walk.part(parse(text).body, TOP_LEVEL)
    return 1


def _head(walk: Walk, parse: Parse, text: bytes, _: str) -> int:
    node = _class_in(parse(text + _CLOSE))
    walk.part([*node.bases, *node.keywords, *node.body], walk.open_class(node))
    return 1


def _marks(walk: Walk, parse: Parse, text: bytes, how: str) -> int:
    walk.part(_class_in(parse(text + _CLOSE)).decorator_list, _inside(how.removeprefix("marks of ")))
    return 1


def _method(walk: Walk, parse: Parse, text: bytes, how: str) -> int:
    walk.part(_class_in(parse(_OPEN + text)).body, _inside(how.removeprefix("in ")))
    return 2


def _inside(class_name: str) -> Place:
    return (-1, class_name, False, (), False)


def _class_in(tree: ast.Module) -> ast.ClassDef:
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.ClassDef):
        raise _Uncut
    return tree.body[0]


def _grouped(parts: list[bytes], mark: bytes) -> Iterator[bytes]:
    """The parts, joined where a long string is open at the end or a mark (decorator) has nothing to stand over yet."""
    waiting: list[bytes] = []
    double = single = 0
    defines = False
    for part in parts:
        waiting.append(part)
        double += part.count(b'"""')
        single += part.count(b"'''")
        defines = defines or _DEFINES.search(part) is not None
        if double % 2 or single % 2 or (waiting[0].startswith(mark) and not defines):
            continue
        yield b"\n".join(waiting)
        waiting, double, single, defines = [], 0, 0, False
    if waiting:
        yield b"\n".join(waiting)


def _mover(kind: Any) -> Callable[[Any, int, int], list[Any]]:
    """Moves named tuples of a kind down by some lines, and on by some functions where they know theirs."""
    make = tuple.__new__
    line = kind._fields.index("line")
    scope = kind._fields.index("scope") if "scope" in kind._fields else None

    def move(facts: Any, down: int, functions: int) -> list[Any]:
        moved = []
        for fact in facts:
            values = list(fact)
            values[line] += down
            if scope is not None and values[scope] >= 0:
                values[scope] += functions
            moved.append(make(kind, values))
        return moved

    return move


def _move_lines(lines: Any, down: int, _: int) -> list[Any]:
    return [line + down for line in lines]


def _move_writes(writes: Any, down: int, _: int) -> list[Any]:
    return [(name, line + down) for name, line in writes]


#: how each of the facts of a piece is moved to its place in the file
_MOVES: dict[str, Callable[[Any, int, int], list[Any]]] = {
    "imports": _mover(Import),
    "calls": _mover(Call),
    "texts": _mover(Text),
    "settings": _mover(Setting),
    "records": _mover(Record),
    "functions": _mover(Function),
    "handlers": _mover(Handler),
    "environment_reads": _move_lines,
    "environment_writes": _move_writes,
    "text_lists": _mover(TextList),
    "masked_writes": _move_lines,
    "admitted": _mover(Admission),
    "commented": _move_lines,
}
_PLAIN = ("classes", "decorators")  # know no line
_OF_THE_WHOLE = (
    "path",
    "role",
    "lines",
    "called",
    "passed",
    "is_script",
    "switched_off",
    "turns",
    "is_notebook",
    "is_generated",
)
#: a fact that nobody has said how to put together makes every file be read as a whole
_COMPLETE = {*_MOVES, *_PLAIN, *_OF_THE_WHOLE} == set(PythonFile._fields)

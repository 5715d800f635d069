"""What the comments of Python code hold: debt its authors admit, and code. Their text is never kept."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from evidence.syntax import NotPython, parse


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
_MARKER = re.compile(rf"\b(?=[tfhxwkqubad])(?:{_ADMITS})(?![\w-])".encode(), re.IGNORECASE)
#: a part of each way a marker is written, small: where none of them stands, nothing is admitted
_HINTS = (b"todo", b"fix", b"hack", b"xxx", b"work-around", b"workaround", b"kludge", b"temporary ", b"quick", b" debt")
_SHARPS = re.compile(rb"#[^\n]*")  # comments, and strings that look so
_LEXEME = re.compile(  # a string, to be passed over, or a comment; without groups, so that first letters are looked for
    rb'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
    rb"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
    rb'|"[^"\\\n]*(?:\\.[^"\\\n]*)*"'
    rb"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'"
    rb"|#[^\n]*",
    re.DOTALL,
)
_NAMES = tuple(MARKERS)
_SHARP = ord("#")


def read_comments(text: str | bytes) -> tuple[tuple[Admission, ...], tuple[int, ...]]:
    """Where the comments of a valid Python text admit debt, one a line, and which lines hold code in comments.

    Only when something looks so are the strings of the text told from its comments; in most files nothing does.
    """
    content = text.encode("utf-8", "replace") if isinstance(text, str) else text
    admits, has_code = _seems_to_admit(content), _seems_to_hold_code(content)
    if not (admits or has_code):
        return (), ()
    comments = [found for found in _LEXEME.finditer(content) if content[found.start()] == _SHARP]
    return (
        tuple(_admissions(content, comments)) if admits else (),
        tuple(line for block in _blocks(content, comments) for line in _code_in(block)) if has_code else (),
    )


def _seems_to_admit(content: bytes) -> bool:
    looks = b"\n".join(_SHARPS.findall(content))
    small = looks.lower()
    return any(hint in small for hint in _HINTS) and _MARKER.search(looks) is not None


def _seems_to_hold_code(content: bytes) -> bool:
    return _CODE_AND_COMMENT.search(b"\n" + content) is not None


class _Comment(NamedTuple):
    line: int
    text: bytes


def _admissions(content: bytes, comments: list[re.Match[bytes]]) -> Iterator[Admission]:
    line, at = 1, 0
    for comment in comments:
        marker = _MARKER.search(comment[0])
        if marker and marker.lastgroup:
            line += content.count(b"\n", at, comment.start())
            at = comment.start()
            yield Admission(line, _NAMES[int(marker.lastgroup[1:])])


# Each is tried once a line and its repeats are bounded: a line of a million signs must not be read a million times.
#: a comment that holds what reads as a statement
_CODE = (
    rb"#[# \t]{0,12}(?!coding[=:])"  # which half of the world's files begin with
    rb"(?:[A-Za-z_][\w.]*(?:\[[^\]\n]*\])?(?:[ \t]*,[ \t]*\w+)*[ \t]*[-+*/]?=[ \t]*[^= \t\n]"
    rb"|[A-Za-z_][\w.]*\([^\n]{0,300}[\w\])\"\'][ \t]*+(?:[)\]]++[ \t]*+)?$|[A-Za-z_][\w.]*\([ \t]*+(?:\)[ \t]*+)?$"
    rb"|import [\w.]+(?:$|,| as )|from [\w.]+ import |(?:if|for|while|with|def|class|elif|except)\b[^\n]{1,300}:[ \t]*$"
    rb"|(?:try|else|finally):[ \t]*$|@[\w.]+)"
)
_IS_CODE = re.compile(_CODE, re.MULTILINE)
_CODE_AND_COMMENT = re.compile(
    rb"\n[ \t]*(?:" + _CODE + rb"[^\n]*\n[ \t]*#|#[^\n]*\n[ \t]*" + _CODE + rb")", re.MULTILINE
)
_SIGNS = re.compile(r"^#+", re.MULTILINE)
CODE_LINES_MIN = 2
CODE_BYTES_MAX = 32 * 1024  #: of one run of comments; parsing a longer one could cost more than the file
_DOING = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.If,
          ast.For, ast.While, ast.With, ast.Try, ast.Raise, ast.Return, ast.Delete, ast.Assert)  # fmt: skip


def _blocks(content: bytes, comments: list[re.Match[bytes]]) -> Iterator[list[_Comment]]:
    """Runs of neighbouring lines that are nothing but a comment."""
    run: list[_Comment] = []
    line, at = 1, 0
    for comment in comments:
        position = comment.start()
        start = content.rfind(b"\n", 0, position) + 1
        if content[start:position].strip(b" \t"):
            continue
        line += content.count(b"\n", at, position)
        at = position
        if run and run[-1].line != line - 1:
            yield run
            run = []
        run.append(_Comment(line, comment[0]))
    if run:
        yield run


def _code_in(block: list[_Comment]) -> Iterator[int]:
    """The lines of a run of comments that are code: all of it, or else the parts between lines of prose.

    They count when there are at least CODE_LINES_MIN of them, they are Python once the signs are taken off, and all of
    it does something. Single lines, formulas and prose that happens to be Python do not.
    """
    if len(block) < CODE_LINES_MIN or not any(_IS_CODE.match(comment.text) for comment in block):
        return
    if _is_code([comment.text for comment in block]):
        yield from (comment.line for comment in block)
        return
    for reads_as_code, part in groupby(block, key=lambda comment: bool(_IS_CODE.match(comment.text))):
        run = list(part)
        if reads_as_code and CODE_LINES_MIN <= len(run) < len(block) and _is_code([comment.text for comment in run]):
            yield from (comment.line for comment in run)


def _is_code(lines: list[bytes]) -> bool:
    joined = b"\n".join(lines)
    if len(joined) > CODE_BYTES_MAX:
        return False
    source = textwrap.dedent(_SIGNS.sub("", joined.decode("utf-8", "replace")))
    try:
        tree = parse(source)
    except NotPython:
        return False
    return bool(tree.body) and all(_does(statement) for statement in tree.body) and any(map(_calls, tree.body))


def _does(statement: ast.stmt) -> bool:
    """Whether a statement does something; a word or a formula alone does not."""
    if isinstance(statement, ast.Expr):
        value = statement.value.value if isinstance(statement.value, ast.Await) else statement.value
        return isinstance(value, (ast.Call, ast.Constant))
    return isinstance(statement, _DOING)


def _calls(statement: ast.stmt) -> bool:
    """Whether a statement could not be a formula: it calls, imports, defines or decides."""
    if isinstance(statement, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
        return isinstance(statement.value, (ast.Call, ast.Await))
    return isinstance(statement, _DOING) or isinstance(getattr(statement, "value", None), ast.Call)

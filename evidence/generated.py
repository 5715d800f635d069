"""Files that say in their first comment that a program wrote them: only what others need to know is read of them.

Their debt is that of what they are generated from, so nothing of them is judged. What they import, and the texts in
them, still tell whether a package or a module is used and whether a credential stands in the open; both are read by
their look, which costs a small part of parsing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidence.python_source import TEXT_LENGTH_MAX, Import, PythonFile, Text, Walk, line_count

HEAD_BYTES_MAX = 4_096
TEXTS_MAX = 2_000  #: of one file that are kept
_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?((?:[ \t]*(?:#[^\n]*)?\r?\n)+)")  # comments and empty lines before all else
_SIGNS = re.compile(rb"[\s#*]+")
_MADE = re.compile(
    rb"@generated\b|\bauto(?:matically)?[- ]?generated\b|\bcode generated\b"
    rb"|\bgenerated (?:by|from|with|using|automatically)\b",
    re.IGNORECASE,
)
_HANDS_OFF = re.compile(
    rb"@generated\b|\b(?:do not|don't|must not be|should not be|never) (?:manually )?(?:edit|modif|chang|touch)",
    re.IGNORECASE,
)
_IMPORT = re.compile(
    rb"^([ \t]*)(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|(?:[^\n\\]|\\\r?\n)*)"
    rb"|import[ \t]+((?:[^\n\\]|\\\r?\n)*))",
    re.MULTILINE,
)
_REMARK = re.compile(r"#[^\n]*")
_TEXT = re.compile(rb"\"([^\"\\\n]{8,4000})\"|'([^'\\\n]{8,4000})'")
_NAME = re.compile(rb"(\w{2,60})[\"']?\]?[ \t]*(?::[ \t]*\w+[ \t]*)?[:=]\Z")
_BEFORE = 80  #: characters before a text in which the name stands that it is given to


def says_generated(content: bytes) -> bool:
    """Whether the comment before the first statement says both: a program wrote this, and hands off."""
    head = _HEAD.match(content, 0, HEAD_BYTES_MAX)
    if head is None or not (b"enerated" in head.group() or b"ENERATED" in head.group()):
        return False
    words = _SIGNS.sub(b" ", head.group(1))
    return _MADE.search(words) is not None and _HANDS_OFF.search(words) is not None


def read_generated(content: bytes) -> PythonFile:
    """What is known of a generated file: its lines, its imports, and its texts of one line with the names they have."""
    walk = Walk()
    walk.imports.extend(_imports(content))
    walk.texts.extend(_texts(content))
    return walk.file(path="", role="", lines=line_count(content), is_notebook=False)._replace(is_generated=True)


def _imports(content: bytes) -> Iterator[Import]:
    """Its imports; one that stands under something may be optional, so it does not surely count."""
    line = at = 0
    for found in _IMPORT.finditer(content):
        line += content.count(b"\n", at, found.start())
        at = found.start()
        indent, module, names, modules = (part.decode("utf-8", "replace") if part else "" for part in found.groups())
        below = bool(indent)
        if module:
            words = tuple(_words(names.strip("()")))
            yield Import(module, words, line + 1, below, lazy=below)
        else:
            for word in _words(modules):
                yield Import(word, (), line + 1, below, lazy=below)


def _words(names: str) -> Iterator[str]:
    """The names of "a as b, c  # why"."""
    for part in _REMARK.sub("", names).partition(";")[0].replace("\\", " ").split(","):
        word = next(iter(part.split()), "")
        if word == "*" or all(piece.isidentifier() for piece in word.split(".")):
            yield word


def _texts(content: bytes) -> Iterator[Text]:
    line, at = 1, 0
    for number, found in enumerate(_TEXT.finditer(content)):
        if number == TEXTS_MAX:
            return
        line += content.count(b"\n", at, found.start())
        at = found.start()
        before = content[max(0, at - _BEFORE) : at].rstrip(b" \t")
        given = _NAME.search(before) if before.endswith((b"=", b":")) else None
        text = (found.group(1) or found.group(2)).decode("utf-8", "replace")
        name = given.group(1).decode("utf-8", "replace") if given else ""
        yield Text(text[:TEXT_LENGTH_MAX], len(text), line, name, "")

"""YAML text to a tree of plain nodes with line and column, guarded so that no file can crash or stall the reader.

Only the event stream of PyYAML is used, never its composer or constructor: events come one at a time, so a limit
stops the reading at once, nothing is ever expanded, and every value stays the text that stands in the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from checklists.problems import Problems, listed, quoted, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

BYTES_MAX = 256 * 1024
DEPTH_MAX = 20
NODES_MAX = 20_000

# What may stand in the file: YAML's printable characters without those that hide or reorder what a person sees, and
# without tabs, on which YAML parsers disagree.
REFUSED_CHARACTER = re.compile(
    "[^\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    "|[\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)

# The parser's own words, and what a person most likely did.
_HINTS = (
    ("mapping values are not allowed", "a text that contains ': ' must stand in quotes or under '>-'"),
    ("cannot start any token", "a text that begins with a sign needs quotes"),
    ("could not find expected ':'", "a key needs ': ' after it, and the text under it more indentation"),
    ("did not find expected ':'", "a key needs ': ' after it, and the text under it more indentation"),
    ("did not find expected key", "check the indentation of this line, and quotes inside quotes"),
    ("expected <block end>", "check the indentation of this line, and quotes inside quotes"),
    ("did not find expected '-' indicator", "check the indentation of this line: list entries begin with '- '"),
    ("unexpected end of stream", "a quote was opened and not closed"),
)


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """One value, still the text of the file."""

    value: str
    line: int
    column: int
    plain: bool = False  #: written without quotes


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list."""

    entries: tuple[Node, ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Keys with values, in the order of the file, each key once."""

    entries: tuple[tuple[ScalarNode, Node], ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class RefusedNode:
    """Something that was reported already; nobody needs to complain about it again."""

    line: int
    column: int


Node = ScalarNode | SequenceNode | MappingNode | RefusedNode


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    line: int
    column: int
    is_mapping: bool
    children: list[Node]
    pairs: dict[str, tuple[ScalarNode, Node]]
    key: Node | None = None


@dataclass(frozen=True, slots=True)
class _Spot:
    line: int
    column: int


class _Stop(Exception):
    pass


def decode(raw: bytes, problems: Problems) -> str | None:
    """The bytes of a file as text, or None with the problem noted: too large, or not UTF-8."""
    if len(raw) > BYTES_MAX:
        _too_large(problems)
        return None
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        problems.add(_Spot(1, 1), "the file", "is written in UTF-16; save it as UTF-8")
        return None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line_start = before.rfind(b"\n") + 1
        spot = _Spot(before.count(b"\n") + 1, len(before[line_start:].decode("utf-8")) + 1)
        message = f"byte 0x{raw[error.start]:02x} is not valid UTF-8; save the file as UTF-8"
        problems.add(spot, "the file", message)
        return None


def read_nodes(text: str, problems: Problems) -> Node | None:
    """The single document of `text` as nodes. None when it cannot be read; every problem met is noted."""
    text = text.removeprefix("\ufeff")
    if len(text) > BYTES_MAX or len(text.encode("utf-8", "surrogatepass")) > BYTES_MAX:
        _too_large(problems)
        return None
    for match in REFUSED_CHARACTER.finditer(text):
        spot = _Spot(text.count("\n", 0, match.start()) + 1, match.start() - text.rfind("\n", 0, match.start()))
        character = ord(match.group())
        message = "a tab" if character == 9 else f"character U+{character:04X}, which cannot be seen or printed"
        problems.add(spot, "the file", f"holds {message}; {'use spaces' if character == 9 else 'remove it'}")
        if problems.full:
            break
    if problems:
        return None
    builder = _Builder(problems)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        spot = _Spot(mark.line + 1, mark.column + 1) if mark is not None else _Spot(1, 1)
        problems.add(spot, builder.where(), _syntax_message(error))
        return None
    except yaml.YAMLError:
        problems.add(None, "the file", "is not valid YAML")
        return None
    except _Stop:
        return None
    if builder.root is None:
        problems.add(_Spot(1, 1), "the file", "is empty; expected a checklist (see checklists/ml-debt.yaml)")
    return builder.root


def _events(text: str) -> Iterator[Any]:
    # libyaml's event parser is a state machine on its own heap: it needs no stack for depth and hands out one event
    # at a time. Its loader does recurse, and is not used. Without libyaml the same events come from pure Python.
    loader: Any = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
    parser = loader(text)
    try:
        while parser.check_event():
            yield parser.get_event()
    finally:
        parser.dispose()


class _Builder:
    """Turns events into nodes and keeps the limits while it does."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.root: Node | None = None
        self._open: list[_Open] = []
        self._nodes = 0
        self._documents = 0

    def take(self, event: Any) -> None:
        kind = type(event)
        if kind is ScalarEvent:
            self._place(self._scalar(event))
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            self._begin(event, is_mapping=kind is MappingStartEvent)
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            self._end()
        elif kind is AliasEvent:
            spot = self._count(event)
            self._complain(spot, f"aliases ({quoted('*' + event.anchor)}) are not allowed; write the value out")
            self._place(RefusedNode(spot.line, spot.column))
        elif kind is DocumentStartEvent:
            self._document(event)
        elif kind is DocumentEndEvent:
            pass

    def where(self) -> str:
        """The path of what is being read, e.g. `areas[2].questions[4]`."""
        path = ""
        for level in self._open:
            if not level.is_mapping:
                path += f"[{len(level.children)}]"
            elif isinstance(level.key, ScalarNode):
                path += ("." if path else "") + shown(level.key.value)
        return path or "the file"

    def _document(self, event: Any) -> None:
        spot = _spot(event)
        self._documents += 1
        if self._documents > 1:
            self.problems.add(spot, "the file", "holds more than one document; keep one checklist to a file")
            raise _Stop
        if event.version or event.tags:
            self.problems.add(
                _Spot(1, 1), "the file", "directives (lines that begin with %) are not allowed; remove them"
            )

    def _count(self, event: Any) -> _Spot:
        spot = _spot(event)
        self._nodes += 1
        if self._nodes > NODES_MAX:
            message = f"holds more than {NODES_MAX:,} values; a checklist needs far fewer, split it"
            self.problems.add(spot, "the file", message)
            raise _Stop
        return spot

    def _complain(self, spot: _Spot, message: str) -> None:
        self.problems.add(spot, self.where(), message)
        if self.problems.full:
            raise _Stop

    def _refuse_marks(self, event: Any, spot: _Spot) -> None:
        if event.anchor is not None:
            self._complain(spot, f"anchors ({quoted('&' + event.anchor)}) are not allowed; remove the mark")
        if event.tag is not None:
            self._complain(spot, f"tags ({quoted(event.tag)}) are not allowed; write the plain value")

    def _scalar(self, event: Any) -> Node:
        spot = self._count(event)
        if event.anchor is not None or event.tag is not None:
            self._refuse_marks(event, spot)
            return RefusedNode(spot.line, spot.column)
        return ScalarNode(event.value, spot.line, spot.column, not event.style)

    def _begin(self, event: Any, *, is_mapping: bool) -> None:
        spot = self._count(event)
        if len(self._open) >= DEPTH_MAX:
            message = f"is nested more than {DEPTH_MAX} levels deep; a checklist needs seven"
            self.problems.add(spot, self.where()[:200], message)
            raise _Stop
        self._refuse_marks(event, spot)
        self._open.append(_Open(spot.line, spot.column, is_mapping, [], {}))

    def _end(self) -> None:
        done = self._open.pop()
        if done.is_mapping:
            self._place(MappingNode(tuple(done.pairs.values()), done.line, done.column))
        else:
            self._place(SequenceNode(tuple(done.children), done.line, done.column))

    def _place(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        level = self._open[-1]
        if not level.is_mapping:
            level.children.append(node)
        elif level.key is None:
            level.key = node
        else:
            self._pair(level, level.key, node)
            level.key = None

    def _pair(self, level: _Open, key: Node, value: Node) -> None:
        if isinstance(key, RefusedNode):
            return
        if not isinstance(key, ScalarNode):
            self._complain(_Spot(key.line, key.column), "a key must be a single word, not a list or a mapping")
        elif key.value == "<<" and key.plain:
            self._complain(_Spot(key.line, key.column), "merge keys (<<) are not allowed; write the values out")
        elif key.value in level.pairs:
            first = level.pairs[key.value][0].line
            message = f"the key {quoted(key.value)} stands here a second time (first on line {first}); keep one"
            self._complain(_Spot(key.line, key.column), message)
        else:
            level.pairs[key.value] = (key, value)


def _spot(event: Any) -> _Spot:
    mark = event.start_mark
    return _Spot(mark.line + 1, mark.column + 1)


def _too_large(problems: Problems) -> None:
    problems.add(None, "the file", f"is larger than {BYTES_MAX // 1024} KiB; split the checklist or shorten it")


def _syntax_message(error: yaml.MarkedYAMLError) -> str:
    said = (error.problem or error.context or "unreadable").strip()
    hint = next((hint for words, hint in _HINTS if words in said), "")
    return f"is not valid YAML: {said}" + (f"; {hint}" if hint else "")


def expected(node: Node, wanted: str) -> str:
    """'expected a list, got the text "x"': the message for a node of the wrong kind."""
    if isinstance(node, ScalarNode):
        got = f"the text {quoted(node.value)}" if node.value else "nothing"
    elif isinstance(node, MappingNode):
        got = (
            f"a mapping with the keys {listed((key.value for key, _ in node.entries), most=3)}"
            if node.entries
            else "an empty mapping"
        )
    else:
        got = "a list"
    return f"expected {wanted}, got {got}"

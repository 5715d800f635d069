"""The facts of one Python file: one parse, one walk with an explicit stack, flat tuples out."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum, auto
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from operator import attrgetter
from typing import Any, NamedTuple

from evidence.comments import Admission, read_comments
from evidence.syntax import NotPython, parse

TEXT_LENGTH_MAX = 300
TEXT_LENGTH_MIN = 12
QUERY_LENGTH_MAX = 4_000
#: How a query in SQL begins, after comments.
QUERY = re.compile(
    r"\s{0,200}(?:--[^\n]{0,300}\n\s{0,200}){0,20}\(?\s{0,20}"
    r"(?:SELECT|WITH|INSERT|CREATE|MERGE|UPDATE|DELETE|COPY|TRUNCATE|EXPORT|UNLOAD)\b",
    re.IGNORECASE,
)
LISTED_MAX = 20
RECORD_KEYS_MAX = 40
GUARDS_MAX = 40
ARGUMENTS_MAX = 12  #: of a call that are kept
NAMES_REMEMBERED = 16_384
SHAPE_NODES_MIN = 30
SHAPE_STATEMENTS_MIN = 6
SHAPE_CALLS_MIN = 3
TEXT_LIST_MIN = 9
TEXT_LIST_LENGTH_MAX = 60  #: of one of its texts
DATA_BYTES_MIN = 64 * 1024
PUNCTUATION_SHARE_MAX = 0.4
TELLING_NAME = re.compile(
    r"pass(?:word|wd|phrase)|pwd|secret|token|key|credential|model|engine|deployment|llm|prompt"
    r"|table|topic|bucket|dataset",
    re.IGNORECASE,
)
QUIET_CALLS = frozenset(
    {
        "len", "isinstance", "range", "str", "int", "float", "list", "dict", "set", "tuple", "super", "enumerate",
        "zip", "getattr", "hasattr", "setattr", "type", "bool", "max", "min", "sum", "sorted", "repr", "abs", "any",
        "all", "iter", "next", "map", "filter", "issubclass", "ValueError", "TypeError", "KeyError", "RuntimeError",
        "NotImplementedError", "field", "property", "reversed", "round", "id", "callable", "frozenset",
    }
)  # fmt: skip


class Opaque(Enum):
    """A value the reader does not follow."""

    OPAQUE = auto()


OPAQUE = Opaque.OPAQUE
NO_KEYWORDS: dict[str, Any] = {}  # shared by all calls without keywords; nobody writes to it


class Reference(NamedTuple):
    """A name or dotted name. `part` is true when some rows of it were chosen (an index that is not a column's name)."""

    name: str
    part: bool = False


class Listed(NamedTuple):
    """A short list of texts and nothing else, as topics and features are given."""

    texts: tuple[str, ...]


class Result(NamedTuple):
    """What a call gives, named by the call."""

    call: str


Value = str | int | float | bool | None | Reference | Result | Listed | Opaque


class Import(NamedTuple):
    """One imported module. `optional`: under try, if, TYPE_CHECKING; `lazy`: inside a function."""

    module: str
    names: tuple[str, ...]  #: of `from module import names`, else empty
    line: int
    optional: bool
    lazy: bool


class Call(NamedTuple):
    """One call. `name` is dotted with import aliases resolved; `f(x).g()` reads "f().g"."""

    name: str
    line: int
    scope: int  #: position in `functions`, -1 for the module's top level
    arguments: tuple[Value, ...]
    keywords: dict[str, Value]  #: `**more` stands under "**"
    targets: tuple[str, ...]  #: the names the statement's value is assigned to
    nested: bool  #: stands inside another call of that statement
    last: str  #: the last word of the name: "fit" of "model.fit"


class Text(NamedTuple):
    """A string literal, cut to TEXT_LENGTH_MAX. `name` is the variable, keyword or key it is given to, or ""."""

    text: str
    length: int
    line: int
    name: str
    call: str  #: the call whose argument it is, or ""


class Setting(NamedTuple):
    """A number given to a name: assigned, passed by keyword, compared with, or a parameter's default."""

    name: str
    value: float
    line: int
    scope: int
    place: str  #: "assigned", "declared" (with a type), "passed", "compared" or "default"
    call: str  #: the call it is passed to, or ""


class Record(NamedTuple):
    """A dictionary written in the code, or the keywords of a call that logs or stores: the names it holds."""

    keys: tuple[str, ...]
    line: int


class Function(NamedTuple):
    """A function or method with its size in lines.

    `complexity` is cyclomatic, counted as radon counts: 1 and one for each way the flow can turn (if, loop and its
    else, handler, condition of a comprehension, `and`/`or`, case, assert). A function defined inside counts its own.
    """

    name: str
    line: int
    lines: int
    class_name: str
    complexity: int
    shape: int  #: equal for functions that differ in names and values only; 0 for short ones


class TextList(NamedTuple):
    """A long list of short texts written in the code, as columns are. The texts themselves are not kept."""

    name: str  #: the variable, attribute or keyword it is given to, or ""
    length: int
    line: int
    chooses: bool  #: stands in square brackets, as columns of a table are chosen
    content: int  #: equal for lists that hold the same texts, in whatever order


class Handler(NamedTuple):
    """An `except` that catches everything. `silent`: it does not raise, log or keep the error."""

    line: int
    scope: int
    bare: bool
    silent: bool
    guards: tuple[str, ...]  #: last words of the calls inside the `try`


class PythonFile(NamedTuple):
    """What is known of one Python file, or of all code cells of one notebook (where a line is a cell's number)."""

    path: str
    role: str
    lines: int
    imports: tuple[Import, ...]
    calls: tuple[Call, ...]
    called: frozenset[str]  #: the last words of the calls, to pass over a file at once
    passed: frozenset[str]  #: the keywords of the calls, likewise
    texts: tuple[Text, ...]
    settings: tuple[Setting, ...]
    records: tuple[Record, ...]
    functions: tuple[Function, ...]
    classes: tuple[tuple[str, tuple[str, ...]], ...]  #: (name, bases)
    handlers: tuple[Handler, ...]
    environment_reads: tuple[int, ...]  #: lines
    environment_writes: tuple[tuple[str, int], ...]
    decorators: tuple[str, ...]  #: dotted names of what functions are decorated with
    is_script: bool  #: has `if __name__ == "__main__"`
    text_lists: tuple[TextList, ...]
    masked_writes: tuple[int, ...]  #: lines that write to `table[condition][column]`, a copy
    switched_off: tuple[int, ...]  #: lines of an `if` that a constant of the file makes false
    turns: int  #: where the flow can turn outside of functions: their complexity is counted apart
    admitted: tuple[Admission, ...]  #: comments that admit debt
    commented: tuple[int, ...]  #: lines of code that are commented out
    is_notebook: bool = False
    is_generated: bool = False  #: says that a program wrote it: its imports and texts are known, nothing else

    @property
    def complexity(self) -> int:
        """The cyclomatic complexity of the whole file: its functions and what stands outside of them."""
        return self.turns + sum(function.complexity for function in self.functions)

    def calls_to(self, names: frozenset[str]) -> list[Call]:
        """The calls whose last word is one of these, in their order: at no cost in a file without one."""
        return [] if self.called.isdisjoint(names) else [call for call in self.calls if call.last in names]

    def makers(self) -> dict[str, str]:
        """Which call made each name: {"scaler": "sklearn.preprocessing.StandardScaler"}; the last one wins."""
        return {target: call.name for call in self.calls if not call.nested for target in call.targets}


def read_python(text: str | bytes, *, path: str, role: str) -> PythonFile:
    """The facts of one file. Raises NotPython."""
    check_is_code(text)
    tree = parse(text)
    walk = Walk()
    try:
        walk.module(tree)
    except (RecursionError, MemoryError):
        raise NotPython("too deeply nested to be read") from None
    admitted, commented = read_comments(text)
    walk.admitted.extend(admitted)
    walk.commented.extend(commented)
    return walk.file(path=path, role=role, lines=line_count(text), is_notebook=False)


def check_is_code(text: str | bytes) -> None:
    """Raise NotPython for a long text that lists values: parsing it would cost too much."""
    if len(text) > DATA_BYTES_MIN and _is_data(text):
        raise NotPython("lists values rather than code, so not read")


def keywords_of(calls: Iterable[Call]) -> frozenset[str]:
    """The keywords that any of the calls passes."""
    return frozenset([word for call in calls if call.keywords for word in call.keywords])


def line_count(text: str | bytes) -> int:
    """How many lines a text has; none when it is empty."""
    return text.count(b"\n" if isinstance(text, bytes) else "\n") + 1 if text else 0  # type: ignore[arg-type]


_PUNCTUATION = "()[]{},:;=+-*/%|&^~<>@!."


def _is_data(text: str | bytes) -> bool:
    """Whether a long text is mostly brackets and signs: parsing it costs hundreds of times its length."""
    if isinstance(text, bytes):
        left = len(text.translate(None, _PUNCTUATION.encode()))
    else:
        left = len(text.translate(dict.fromkeys(map(ord, _PUNCTUATION))))
    return len(text) - left > PUNCTUATION_SHARE_MAX * len(text)


_PLAIN_FIELDS = frozenset(  # names, numbers and annotations: nothing below them is a fact
    {
        "ctx", "ops", "op", "type_comment", "type_ignores", "type_params", "kind", "id", "attr", "arg", "name", "names",
        "asname", "module", "level", "conversion", "simple", "rest", "annotation", "returns", "tag", "is_async",
    }
)  # fmt: skip
_FIELDS: dict[type, tuple[str, ...]] = {  # last first, as a stack wants them
    kind: tuple(name for name in reversed(kind._fields) if name not in _PLAIN_FIELDS)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}
_FIELDS[ast.arguments] = ("kw_defaults", "defaults")
_LEAVES = frozenset(
    {ast.Name, ast.Constant, ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal, type(None), str, bool, int}
)
_NUMBERS = (int, float)
_NUMERALS = frozenset({ast.Constant, ast.UnaryOp})
_LITERALS = _NUMERALS | {ast.JoinedStr}
_NAMES = frozenset({ast.Name, ast.Attribute})
_ORDERS = frozenset({ast.Lt, ast.Gt, ast.LtE, ast.GtE})
_ENVIRONMENT_CALLS = frozenset({"os.getenv", "os.environ.get", "os.environ.setdefault", "environ.get"})
_REWRITES = frozenset({"exec", "globals", "setattr"})  # may give any name another value
_new = tuple.__new__  #: makes a named tuple in half the time of its own constructor
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LOGGING = frozenset({"exception", "error", "warning", "warn", "critical", "info", "debug", "log", "capture_exception",
                      "fail", "print_exc", "format_exc", "exc_info", "abort", "exit", "HTTPException"})  # fmt: skip

#: where a node stands: (function's position or -1, class name, guarded, targets of the statement, inside a call)
Place = tuple[int, str, bool, tuple[str, ...], bool]
TOP_LEVEL: Place = (-1, "", False, (), False)


class Walk:
    """Collects the facts of one or more trees that share their names (the cells of a notebook)."""

    def __init__(self) -> None:
        self.aliases: dict[str, str] = {}
        self.imports: list[Import] = []
        self.calls: list[Call] = []
        self.texts: list[Text] = []
        self.settings: list[Setting] = []
        self.records: list[Record] = []
        self.functions: list[tuple[str, int, int, str]] = []  #: without their complexity
        self.decorators: list[str] = []
        self.masked_writes: list[int] = []
        self.admitted: list[Admission] = []
        self.commented: list[int] = []
        self.classes: list[tuple[str, tuple[str, ...]]] = []
        self.handlers: list[Handler] = []
        self.environment_reads: list[int] = []
        self.environment_writes: list[tuple[str, int]] = []
        self.is_script = False
        self._cell: int | None = None
        self._text_lists: dict[tuple[int, int, int], TextList] = {}  #: by cell, line and column
        self._off: dict[str, bool] = {}  #: names given a value; whether it is False, and the only one
        self._tested: list[tuple[str, int]] = []  #: names an `if` asks, with its line; "" for a false constant
        self._turns: list[int] = [0]  #: of the top level, then of each function
        self._trail: list[str] = []  #: the marks of the nodes seen and the last words of the calls
        self._documented: set[int] = set()  #: functions that open with a text of their own
        self._starts: list[int] = []  #: where in the trail each function starts
        self._ends: list[int] = []  #: and ends

    def file(self, *, path: str, role: str, lines: int, is_notebook: bool) -> PythonFile:
        """What was collected."""
        return PythonFile(
            path=path,
            role=role,
            lines=lines,
            imports=tuple(self.imports),
            calls=tuple(self.calls),
            called=frozenset([call.last for call in self.calls]),
            passed=keywords_of(self.calls),
            texts=tuple(self.texts),
            settings=tuple(self.settings),
            records=tuple(self.records),
            functions=tuple(self._functions()),
            classes=tuple(self.classes),
            handlers=tuple(self.handlers),
            environment_reads=tuple(self.environment_reads),
            environment_writes=tuple(self.environment_writes),
            decorators=tuple(self.decorators),
            is_script=self.is_script,
            text_lists=tuple(self._text_lists.values()),
            masked_writes=tuple(self.masked_writes),
            switched_off=switched_off(self._tested, self._off, self.calls),
            turns=self._turns[0],
            admitted=tuple(self.admitted),
            commented=tuple(self.commented),
            is_notebook=is_notebook,
        )

    def _functions(self) -> Iterator[Function]:
        for number, facts in enumerate(self.functions):
            shape = 0
            if self._ends[number] - self._starts[number] >= SHAPE_NODES_MIN:
                trail = self._trail[self._starts[number] : self._ends[number]]
                if number in self._documented:
                    trail.remove(_TEXT_MARK)
                shape = _shape(trail)
            yield _new(Function, (*facts, self._turns[number + 1] + 1, shape))

    def module(self, tree: ast.Module, *, cell: int | None = None) -> None:
        """Walk one tree in source order. With `cell`, every line is that number."""
        self._cell = cell
        self.part([tree], TOP_LEVEL)

    def part(self, nodes: Sequence[ast.AST], place: Place) -> None:
        """Walk some nodes that stand at one place, in source order.

        This loop turns once a node: the kind that comes most often, an attribute, is gone through at once, and the
        fields of any other are taken in one go.
        """
        trail = self._trail
        stack: list[Any] = list(nodes[::-1])
        pop, push, extend = stack.pop, stack.append, stack.extend
        kind_of, leaves, leave = _KINDS.get, _LEAVES, trail.append
        attribute, attribute_mark = ast.Attribute, _KINDS[ast.Attribute][0]
        while stack:
            node = pop()
            its = node.__class__
            while its is attribute:
                leave(attribute_mark)
                node = node.value
                its = node.__class__
            kind = kind_of(its)
            if kind is None:  # a leaf, or everything below the node that changed the place has been seen
                if its is tuple:
                    if node[0] != place[0]:
                        self._ends[place[0]] = len(trail)
                    place = node
                continue
            mark, handle, take, several = kind
            leave(mark)
            if handle is not None:
                below = handle(self, node, place)
                if below is not place:
                    push(place)
                    place = below
            for child in take(node) if several else (take(node),):
                its = child.__class__
                if its is list:
                    if child:
                        extend(child[::-1])
                elif its not in leaves:
                    push(child)

    def _line(self, node: Any) -> int:
        line: int = self._cell or node.lineno
        return line

    def _name(self, node: Any) -> str:
        """The dotted name of an expression with the import alias of its first word resolved, or ""."""
        kind = node.__class__
        if kind is ast.Name:
            word: str = node.id
            return self.aliases.get(word, word)
        if kind is ast.Attribute and node.value.__class__ is ast.Name:
            word = node.value.id
            return f"{self.aliases.get(word, word)}.{node.attr}"
        return self._long_name(node)

    def _long_name(self, node: ast.AST) -> str:
        words: list[str] = []
        while True:
            if isinstance(node, ast.Attribute):
                words.append(node.attr)
                node = node.value
            elif isinstance(node, ast.Call):
                words.append("()")
                node = node.func
            elif isinstance(node, (ast.Subscript, ast.Await)):
                node = node.value
            elif isinstance(node, ast.Name):
                words.append(self.aliases.get(node.id, node.id))
                break
            else:
                words.append("")
                break
            if len(words) > 30:
                return ""
        words.reverse()
        return ".".join(words).replace(".()", "()") if len(words) > 1 else words[0]

    def _value(self, node: Any) -> Value:
        kind = node.__class__
        value: Value = OPAQUE
        if kind is ast.Constant:
            value = _constant(node.value)
        elif kind is ast.Name or kind is ast.Attribute:
            value = _reference(self._name(node))
        elif kind is ast.Call:
            value = _new(Result, (self._name(node.func),))
        elif kind is ast.Subscript:
            value = _new(Reference, (self._name(node.value), not _is_column(node.slice)))
        elif kind is ast.JoinedStr:
            value = _template(node)[:TEXT_LENGTH_MAX]
        elif kind is ast.List:
            value = _listed(node)
        elif kind is ast.UnaryOp and node.op.__class__ is ast.USub and node.operand.__class__ is ast.Constant:
            number = node.operand.value
            value = -number if isinstance(number, _NUMBERS) else OPAQUE
        return value

    def _text(self, node: Any, name: str, call: str = "") -> None:
        """Keep a string literal that could be a path, an address, a prompt, a credential."""
        kind = node.__class__
        if kind is ast.Constant and node.value.__class__ is str:
            text = node.value
        elif kind is ast.JoinedStr:
            text = _template(node)
        else:
            return
        length = len(text)
        if length < TEXT_LENGTH_MIN and "/" not in text and not (name and TELLING_NAME.search(name)):
            return
        self.texts.append(_new(Text, (_cut(text), length, self._cell or node.lineno, name, call)))

    def _number(self, node: Any, name: str, place: Place, how: str, call: str = "") -> None:
        if name and node.__class__ in _NUMERALS:
            value = self._value(node)
            if isinstance(value, _NUMBERS) and not isinstance(value, bool):
                try:
                    number = float(value)
                except OverflowError:
                    return
                self.settings.append(_new(Setting, (name, number, self._line(node), place[0], how, call)))

    # one method a kind of node: keeps facts, gives the place its children stand in

    def _call(self, node: ast.Call, place: Place) -> Place:
        name, last, is_quiet = _words_of(self._name(node.func))
        scope, class_name, guarded, targets, nested = place
        self._trail.append(last)
        if not is_quiet:
            keywords: dict[str, Value] = {} if node.keywords else NO_KEYWORDS
            for keyword in node.keywords:
                key = keyword.arg or "**"
                value = keyword.value
                keywords[key] = self._value(value)
                kind = value.__class__
                if kind in _LITERALS:
                    self._text(value, key, name)
                    self._number(value, key, place, "passed", name)
                elif kind is ast.List:
                    self._text_list(value, key, chooses=False)
            arguments: tuple[Value, ...] = ()
            if node.args:
                values: list[Value] = []
                for argument in node.args:
                    kind = argument.__class__
                    if kind is ast.Name:  # the most frequent one, done here
                        word = argument.id  # type: ignore[attr-defined]  # the class is asked above, faster than isinstance
                        values.append(_reference(self.aliases.get(word, word)))
                        continue
                    if kind in _LITERALS:
                        self._text(argument, "", name)
                    values.append(self._value(argument))
                arguments = tuple(values[:ARGUMENTS_MAX])
            line = self._cell or node.lineno
            self.calls.append(_new(Call, (name, line, scope, arguments, keywords, targets, nested, last)))
            if name in _ENVIRONMENT_CALLS:
                self.environment_reads.append(line)
        return place if nested else (scope, class_name, guarded, targets, True)

    def _assign(self, node: ast.Assign | ast.AnnAssign | ast.NamedExpr, place: Place) -> Place:
        found = node.targets if isinstance(node, ast.Assign) else [node.target]
        if len(found) == 1 and found[0].__class__ in _NAMES:
            names: tuple[str, ...] = (self._name(found[0]),)
        else:
            names = tuple([name for target in found for name in self._targets(target)])
        if node.value.__class__ in _LITERALS and names:
            self._text(node.value, names[0])
            how = "declared" if isinstance(node, ast.AnnAssign) else "assigned"
            self._number(node.value, names[0], place, how)
        for target in found:
            if isinstance(target, ast.Name):
                self._off[target.id] = target.id not in self._off and _switches_off(node.value, place)
            elif isinstance(target, ast.Subscript):
                self._write(target, node)
        return (place[0], place[1], place[2], names, False)

    def switches(self) -> tuple[tuple[tuple[str, int], ...], dict[str, bool]]:
        """What code that is switched off is told by: the names an `if` asks with their lines, and the names given."""
        return tuple(self._tested), self._off

    def _write(self, target: ast.Subscript, node: ast.Assign | ast.AnnAssign | ast.NamedExpr) -> None:
        """Note a value written to the environment, or to the copy that `table[condition]` is."""
        inner = target.value
        if isinstance(inner, ast.Subscript):
            if _is_condition(inner.slice):
                self.masked_writes.append(self._line(node))
        elif self._name(inner) == "os.environ":
            key = target.slice.value if isinstance(target.slice, ast.Constant) else ""
            name = key if isinstance(key, str) else ""
            self.environment_writes.append((name, self._line(node)))
            if node.value is not None:
                self._text(node.value, name)

    def _targets(self, node: ast.AST) -> Iterator[str]:
        if isinstance(node, (ast.Tuple, ast.List)):
            for element in node.elts:
                yield from self._targets(element)
        elif isinstance(node, ast.Starred):
            yield from self._targets(node.value)
        elif isinstance(node, (ast.Name, ast.Attribute)):
            yield self._name(node)
        elif isinstance(node, ast.Subscript):
            name = self._name(node.value)
            if name and name != "os.environ":
                yield name

    def _statement(self, node: ast.Expr | ast.Return, place: Place) -> Place:
        """A statement that assigns nothing: calls below it have no targets."""
        if node.value.__class__ in _LITERALS and node.__class__ is ast.Return:
            self._text(node.value, "")
        if place[3] or place[4]:
            return (place[0], place[1], place[2], (), False)
        return place

    def _dictionary(self, node: ast.Dict, place: Place) -> Place:
        names = []
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                name = key.value[:80]
                names.append(name)
                if value.__class__ in _LITERALS:
                    self._text(value, name)
                    self._number(value, name, place, "assigned")
            elif value.__class__ in _LITERALS:
                self._text(value, "")
        if names:
            self.records.append(Record(tuple(names[:RECORD_KEYS_MAX]), self._line(node)))
        return place

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set, place: Place) -> Place:
        elements = node.elts
        if len(elements) >= TEXT_LIST_MIN:
            self._text_list(node, place[3][0] if place[3] and not place[4] else "", chooses=False)
        for element in elements[:50]:
            if element.__class__ in _LITERALS:
                self._text(element, "")
        return place

    def _text_list(self, node: Any, name: str, *, chooses: bool) -> None:
        """Keep a list when all it holds are short texts."""
        place = (self._cell or 0, node.lineno, node.col_offset)
        if len(node.elts) < TEXT_LIST_MIN or place in self._text_lists:
            return
        values = [element.value if isinstance(element, ast.Constant) else None for element in node.elts]
        texts = {value for value in values if isinstance(value, str) and len(value) <= TEXT_LIST_LENGTH_MAX}
        if len(texts) < TEXT_LIST_MIN or not all(value in texts for value in values):
            return
        content = int.from_bytes(
            blake2b("\0".join(sorted(texts)).encode("utf-8", "replace"), digest_size=7).digest(), "big"
        )
        self._text_lists[place] = TextList(name, len(texts), self._line(node), chooses, content)

    def _operation(self, node: ast.BinOp, place: Place) -> Place:
        for side in (node.left, node.right):
            if side.__class__ in _LITERALS:
                self._text(side, "")
        return place

    def _subscript(self, node: ast.Subscript, place: Place) -> Place:
        if node.slice.__class__ is ast.List:
            self._text_list(node.slice, self._name(node.value), chooses=True)
        if node.value.__class__ in _NAMES and node.ctx.__class__ is ast.Load and self._name(node.value) == "os.environ":
            self.environment_reads.append(self._line(node))
        return place

    def _compare(self, node: ast.Compare, place: Place) -> Place:
        sides = [node.left, *node.comparators]
        if _NUMERALS.isdisjoint(map(type, sides)):
            return place
        names = [self._name(side) for side in sides if isinstance(side, (ast.Name, ast.Attribute, ast.Subscript))]
        if names and not _ORDERS.isdisjoint(map(type, node.ops)):
            for side in sides:
                self._number(side, names[0], place, "compared")
        for side in sides:
            if names and names[0] == "__name__" and isinstance(side, ast.Constant) and side.value == "__main__":
                self.is_script = True
        return place

    def _import(self, node: ast.Import, place: Place) -> Place:
        for alias in node.names:
            if alias.asname:
                self.aliases[alias.asname] = alias.name
            self.imports.append(Import(alias.name, (), self._line(node), place[2], place[0] >= 0))
        return place

    def _import_from(self, node: ast.ImportFrom, place: Place) -> Place:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            self.aliases[alias.asname or alias.name] = (
                f"{module}.{alias.name}" if node.module else f"{module}{alias.name}"
            )
        names = tuple(alias.name for alias in node.names)
        self.imports.append(Import(module, names, self._line(node), place[2], place[0] >= 0))
        return place

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, place: Place) -> Place:
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        self.functions.append((node.name, self._line(node), lines, place[1]))
        self._turns.append(0)
        self._starts.append(len(self._trail))
        self._ends.append(0)
        scope = len(self.functions) - 1
        for decorator in node.decorator_list:
            self.decorators.append(self._name(decorator.func if isinstance(decorator, ast.Call) else decorator))
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            self._documented.add(scope)
        parameters = node.args
        here: Place = (scope, "", place[2], (), False)
        if not parameters.defaults and not parameters.kw_defaults:
            return here
        named = [*parameters.posonlyargs, *parameters.args]
        pairs = list(zip(named[len(named) - len(parameters.defaults) :], parameters.defaults, strict=True))
        pairs += [
            (name, default)
            for name, default in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
            if default is not None
        ]
        for name, default in pairs:
            if default.__class__ in _LITERALS:
                self._text(default, name.arg)
                self._number(default, name.arg, here, "default")
        return here

    def _lambda(self, _: ast.Lambda, place: Place) -> Place:
        return (place[0], place[1], place[2], (), False)

    def open_class(self, node: ast.ClassDef) -> Place:
        """Keep what is known of a class but for its parts; the place where those stand."""
        return self._class(node, TOP_LEVEL)

    def _class(self, node: ast.ClassDef, place: Place) -> Place:
        decorators = [self._name(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list]
        self.classes.append((node.name, (*(self._name(base) for base in node.bases), *(f"@{d}" for d in decorators))))
        return (place[0], node.name, place[2], (), False)

    def _if(self, node: ast.If, place: Place) -> Place:
        self._turns[place[0] + 1] += 1
        test = node.test
        if isinstance(test, ast.Name):
            self._tested.append((test.id, self._line(node)))
        elif isinstance(test, ast.Constant) and not test.value:
            self._tested.append(("", self._line(node)))
        return (place[0], place[1], True, (), False)

    def _turn(self, _: ast.AST, place: Place) -> Place:
        self._turns[place[0] + 1] += 1
        return place

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, place: Place) -> Place:
        self._turns[place[0] + 1] += 2 if node.orelse else 1
        return place

    def _condition(self, node: ast.BoolOp, place: Place) -> Place:
        self._turns[place[0] + 1] += len(node.values) - 1
        return place

    def _comprehension(self, node: ast.comprehension, place: Place) -> Place:
        self._turns[place[0] + 1] += len(node.ifs) + 1
        return place

    def _match(self, node: ast.Match, place: Place) -> Place:
        last = node.cases[-1].pattern
        self._turns[place[0] + 1] += len(node.cases) - (isinstance(last, ast.MatchAs) and last.pattern is None)
        return place

    def _try(self, node: ast.Try, place: Place) -> Place:
        self._turns[place[0] + 1] += len(node.handlers) + bool(node.orelse)
        for handler in node.handlers:
            bare = handler.type is None
            if bare or self._name(handler.type or handler) in ("Exception", "BaseException"):
                words = (word for statement in node.body for word in _called(statement))
                guards = tuple(islice(words, GUARDS_MAX))
                self.handlers.append(Handler(self._line(handler), place[0], bare, not _speaks(handler), guards))
        return (place[0], place[1], True, (), False)


def switched_off(tested: Iterable[tuple[str, int]], off: Mapping[str, bool], calls: Iterable[Call]) -> tuple[int, ...]:
    """The lines of a file where an `if` asks what is never true, from what `Walk.switches` gives and its calls."""
    fixed = not any(call.name in _REWRITES for call in calls)
    return tuple(line for name, line in tested if not name or (fixed and off.get(name)))


def _shape(trail: Sequence[str]) -> int:
    """One number for what a function does and calls, whatever its variables, attributes and values are named.

    0 when it has fewer than SHAPE_STATEMENTS_MIN statements or calls too little to be told from others.
    """
    statements = sum(map(_STATEMENT_MARKS.__contains__, trail))
    calls = len(set(trail) - _MARKS)
    if statements < SHAPE_STATEMENTS_MIN or calls < SHAPE_CALLS_MIN:
        return 0
    return int.from_bytes(blake2b("\0".join(trail).encode("utf-8", "replace"), digest_size=7).digest(), "big")


@lru_cache(NAMES_REMEMBERED)
def _reference(name: str) -> Reference:
    """The reference to a name, one for all places that have it: most of the facts of a repository are such."""
    return Reference(name)


@lru_cache(NAMES_REMEMBERED)
def _words_of(name: str) -> tuple[str, str, bool]:
    """The dotted name of a call and its last word, each kept once, and whether such calls say nothing."""
    return sys.intern(name), sys.intern(name.rpartition(".")[2]), name in QUIET_CALLS


def _constant(value: Any) -> Value:
    if value.__class__ is str:
        text: str = value
        return text if len(text) <= TEXT_LENGTH_MAX else text[:TEXT_LENGTH_MAX]
    return value if value is None or isinstance(value, _NUMBERS) else OPAQUE


def _switches_off(value: ast.AST | None, place: Place) -> bool:
    """Whether a name given this value there may be a constant that switches code off: False, at the top level."""
    return isinstance(value, ast.Constant) and value.value is False and place[0] < 0 and not place[1]


def _is_column(node: ast.AST) -> bool:
    """Whether an index chooses columns by name and so keeps all rows."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.List):
        return all(isinstance(element, ast.Constant) and isinstance(element.value, str) for element in node.elts)
    return False


def _is_condition(node: ast.AST) -> bool:
    """Whether an index chooses rows by a comparison."""
    while isinstance(node, (ast.UnaryOp, ast.BinOp)):
        node = node.operand if isinstance(node, ast.UnaryOp) else node.left
    return isinstance(node, ast.Compare)


def _template(node: ast.JoinedStr) -> str:
    """The fixed parts of an f-string with {} for the rest."""
    parts = [
        part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "{}" for part in node.values
    ]
    return _cut("".join(parts))


def _cut(text: str) -> str:
    """A text to its first TEXT_LENGTH_MAX characters; a query further, because what it reads stands at its end."""
    if len(text) <= TEXT_LENGTH_MAX:
        return text
    return text[: QUERY_LENGTH_MAX if QUERY.match(text) else TEXT_LENGTH_MAX]


def _listed(node: ast.List) -> Listed | Opaque:
    if not 0 < len(node.elts) <= LISTED_MAX:
        return OPAQUE
    texts = [e.value for e in node.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)]
    return Listed(tuple(text[:TEXT_LENGTH_MAX] for text in texts)) if len(texts) == len(node.elts) else OPAQUE


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of one statement, not those of functions and classes defined in it."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, (*_DEFINITIONS, ast.ClassDef, ast.Lambda)):
                pending.append(child)


def _called(node: ast.AST) -> Iterator[str]:
    for inner in _inside(node):
        if isinstance(inner, ast.Call):
            yield _word(inner.func)


def _speaks(handler: ast.ExceptHandler) -> bool:
    """Whether a handler raises, logs or hands on the error it caught. Printing it does not count."""
    pending: list[ast.AST] = list(handler.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Raise) or (isinstance(node, ast.Name) and node.id == handler.name):
            return True
        if isinstance(node, ast.Call):
            word = _word(node.func)
            if word == "print":
                continue
            if word in _LOGGING or word.startswith(("log", "report", "record")):
                return True
        pending.extend(ast.iter_child_nodes(node))
    return False


def _word(function: ast.AST) -> str:
    """The last word of what is called."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


_HANDLERS: dict[type, Any] = {
    ast.Call: Walk._call,
    ast.Assign: Walk._assign,
    ast.AnnAssign: Walk._assign,
    ast.NamedExpr: Walk._assign,
    ast.Expr: Walk._statement,
    ast.Return: Walk._statement,
    ast.Dict: Walk._dictionary,
    ast.List: Walk._sequence,
    ast.Tuple: Walk._sequence,
    ast.Set: Walk._sequence,
    ast.BinOp: Walk._operation,
    ast.Subscript: Walk._subscript,
    ast.Compare: Walk._compare,
    ast.Import: Walk._import,
    ast.ImportFrom: Walk._import_from,
    ast.FunctionDef: Walk._function,
    ast.AsyncFunctionDef: Walk._function,
    ast.Lambda: Walk._lambda,
    ast.ClassDef: Walk._class,
    ast.If: Walk._if,
    ast.IfExp: Walk._turn,
    ast.Assert: Walk._turn,
    ast.For: Walk._loop,
    ast.AsyncFor: Walk._loop,
    ast.While: Walk._loop,
    ast.BoolOp: Walk._condition,
    ast.comprehension: Walk._comprehension,
    ast.Match: Walk._match,
    ast.Try: Walk._try,
    getattr(ast, "TryStar", ast.Try): Walk._try,
}


def _nothing(_: ast.AST) -> tuple[()]:
    """What stands below a node without fields that are followed."""
    return ()


_STATEMENT_MARKS_FROM = 0xE000  # characters nobody uses
_EXPRESSION_MARKS_FROM = 0xE800
#: every kind of node that is followed: its mark in the trail, its method and its fields
_KINDS: dict[type, tuple[str, Any, Callable[[Any], Any], bool]] = {
    kind: (
        chr((_STATEMENT_MARKS_FROM if issubclass(kind, ast.stmt) else _EXPRESSION_MARKS_FROM) + position),
        _HANDLERS.get(kind),
        attrgetter(*fields) if fields else _nothing,
        len(fields) != 1,
    )
    for position, (kind, fields) in enumerate(_FIELDS.items())
    if kind not in _LEAVES
}
_TEXT_MARK = _KINDS[ast.Expr][0]
_MARKS = frozenset(mark for mark, *_ in _KINDS.values())
_STATEMENT_MARKS = frozenset(mark for mark in _MARKS if mark < chr(_EXPRESSION_MARKS_FROM))

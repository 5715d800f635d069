"""Names across the cells of a notebook: which cell uses a name that no cell above it gives."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple

from evidence.tables import words

_LAST_RESULTS = re.compile(r"_+$|_i*\d*$")  # _, __, _12, _i3
_BOUND_BY_MAGIC = (
    re.compile(r"(?m)^[ \t]*(\w[\w., ]*+)[ \t]*+=[ \t]*[%!](?!=)"),  # files = !ls
    re.compile(r"(?m)^[ \t]*%{1,2}time[ \t]+(\w[\w, ]*+)[ \t]*+=(?!=)"),  # %time model = train()
    re.compile(r"(?m)^[ \t]*%%capture[ \t]+([A-Za-z_]\w*)"),
)
_MAGIC = re.compile(r"(?m)^[ \t]*%{1,2}(\w+)")
_GIVES_UNSEEN = frozenset({"exec", "globals", "locals", "run_line_magic"})
_SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Delete, ast.Assert)


class CellNames(NamedTuple):
    """The names of one cell, as running it from top to bottom meets them."""

    number: int
    uses: frozenset[str]  #: read before the cell itself gives them
    gives: frozenset[str]
    opaque: bool  #: may give names nobody can see: a star import, a magic, text that does not parse


class Hidden(NamedTuple):
    """A cell that uses a name no cell above it gives. `later`: a cell below does."""

    cell: int
    later: bool


def names_of(tree: ast.Module | None, source: str, number: int) -> CellNames:
    """The names of one cell; `source` is its text with magics, `tree` None when it does not parse."""
    if tree is None:
        return CellNames(number, frozenset(), frozenset(), True)
    given: set[str] = set()
    opaque = False
    if "%" in source or "!" in source:
        matches = (match for pattern in _BOUND_BY_MAGIC for match in pattern.finditer(source))
        given = {name.strip() for match in matches for name in match.group(1).split(",")}
        opaque = not words("notebooks", "quiet_magics").issuperset(_MAGIC.findall(source))
    uses: set[str] = set()
    for statement in tree.body:
        names = _Names(statement)
        uses |= names.reads - given
        given |= names.gives
        opaque = opaque or names.unseen
    return CellNames(number, frozenset(uses), frozenset(given), opaque)


def hidden_state(cells: Iterable[CellNames]) -> tuple[Hidden, ...]:
    """The cells that lean on what is not above them, each name said once.

    Nothing is said from the first cell on that may give unseen names, and with such a cell anywhere only names count
    that a later cell gives.
    """
    cells = tuple(cells)
    everything = frozenset(name for cell in cells for name in cell.gives)
    readable = not any(cell.opaque for cell in cells)
    known: set[str] = set()
    found: list[Hidden] = []
    for cell in cells:
        if cell.opaque:
            break
        missing = {name for name in cell.uses - known if not is_given(name)}
        later = bool(missing & everything)
        if later or (missing and readable):
            found.append(Hidden(cell.number, later))
        known |= cell.gives | missing
    return tuple(found)


def is_given(name: str) -> bool:
    """Whether a name is there before any cell was run."""
    return name in _given() or bool(_LAST_RESULTS.match(name))


@cache
def _given() -> frozenset[str]:
    return frozenset(dir(builtins)) | words("notebooks", "given_names")


class _Names:
    """The names of one top-level statement.

    Bodies of functions and lambdas are left out: they are run later. A name that a statement with a body (a loop, a
    condition) both gives and reads counts as given; so does every name under a `try` that expects it to be missing.
    """

    def __init__(self, statement: ast.stmt) -> None:
        self.reads: set[str] = set()
        self.gives: set[str] = set()
        self.inner: set[str] = set()  #: names of a comprehension, a walrus, a handler: theirs alone
        self.unseen = False
        self._pending: list[ast.AST] = [statement]
        while self._pending:
            node = self._pending.pop()
            take = _TAKES.get(node.__class__)
            if take is None or take(self, node):
                for name in _CHILDREN.get(node.__class__, ()):
                    child = getattr(node, name)
                    if child.__class__ is list:
                        self._pending += child
                    elif child is not None:
                        self._pending.append(child)
        self.reads -= self.inner
        if not isinstance(statement, _SIMPLE):
            self.reads -= self.gives

    # one method a kind of node; true when what stands below it is to be looked at too

    def name(self, node: ast.Name) -> bool:
        (self.reads if isinstance(node.ctx, ast.Load) else self.gives).add(node.id)
        return False

    def imported(self, node: ast.Import | ast.ImportFrom) -> bool:
        self.unseen = self.unseen or any(alias.name == "*" for alias in node.names)
        self.gives.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
        return False

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        self.gives.add(node.name)
        self.gives.update(name for one in ast.walk(node) if isinstance(one, ast.Global) for name in one.names)
        self._pending.extend(node.decorator_list)
        return self.parameters(node)

    def parameters(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> bool:
        self._pending.extend(value for value in (*node.args.defaults, *node.args.kw_defaults) if value is not None)
        return False

    def defined(self, node: ast.ClassDef) -> bool:
        self.gives.add(node.name)
        self._pending.extend((*node.decorator_list, *node.bases))
        return False

    def tried(self, node: ast.Try) -> bool:
        if not any(_expects_missing(handler) for handler in node.handlers):
            return True
        self.gives.update(one.id for one in ast.walk(node) if isinstance(one, ast.Name))
        return False

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> bool:
        targets = (one for part in node.generators for one in ast.walk(part.target))
        self.inner.update(one.id for one in targets if isinstance(one, ast.Name))
        return True

    def walrus(self, node: ast.NamedExpr) -> bool:
        self.inner.add(node.target.id)
        return True

    def added(self, node: ast.AugAssign) -> bool:
        if isinstance(node.target, ast.Name):
            self.reads.add(node.target.id)
        return True

    def captured(self, node: ast.ExceptHandler | ast.MatchAs | ast.MatchStar) -> bool:
        if node.name:
            self.gives.add(node.name)
        return True

    def call(self, node: ast.Call) -> bool:
        word = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        self.unseen = self.unseen or word in _GIVES_UNSEEN
        return True


def _expects_missing(handler: ast.ExceptHandler) -> bool:
    """Whether a handler is there for a name that may be missing."""
    caught = ast.walk(handler.type) if handler.type is not None else iter(())
    names = [node.id for node in caught if isinstance(node, ast.Name)]
    return handler.type is None or any(name in ("NameError", "Exception", "BaseException") for name in names)


_NAMELESS = frozenset(  # fields below which no name is read or given
    {
        "ctx", "op", "ops", "id", "attr", "arg", "module", "level", "conversion", "simple", "type_comment", "kind",
        "names", "asname", "type_ignores", "type_params", "tag", "is_async",
    }
)  # fmt: skip
_CHILDREN: dict[type, tuple[str, ...]] = {
    kind: tuple(name for name in kind._fields if name not in _NAMELESS)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST) and kind is not ast.Constant
}
_TAKES: dict[type[ast.AST], Callable[[_Names, Any], bool]] = {
    ast.Name: _Names.name,
    ast.Import: _Names.imported,
    ast.ImportFrom: _Names.imported,
    ast.FunctionDef: _Names.function,
    ast.AsyncFunctionDef: _Names.function,
    ast.Lambda: _Names.parameters,
    ast.ClassDef: _Names.defined,
    ast.Try: _Names.tried,
    ast.ListComp: _Names.comprehension,
    ast.SetComp: _Names.comprehension,
    ast.DictComp: _Names.comprehension,
    ast.GeneratorExp: _Names.comprehension,
    ast.NamedExpr: _Names.walrus,
    ast.AugAssign: _Names.added,
    ast.ExceptHandler: _Names.captured,
    ast.MatchAs: _Names.captured,
    ast.MatchStar: _Names.captured,
    ast.Call: _Names.call,
}

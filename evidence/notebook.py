"""The facts of one Jupyter notebook: its code cells walked as one file, how they were run, and what they left."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from evidence.cell_names import CellNames, Hidden, hidden_state, names_of
from evidence.comments import Admission, read_comments
from evidence.python_source import PythonFile, Walk
from evidence.syntax import NotPython, parse

CELLS_MAX = 5_000
CELL_BYTES_MAX = 256 * 1024
_INSTALL = re.compile(r"(?:pip3?|conda|mamba|uv pip)\s+install\s+([^\n]{1,2000})")
_PACKAGE = re.compile(r"[\"']?([A-Za-z0-9][\w.-]*)")
_MAGIC_LATER = re.compile(r"\n[ \t]*[%!]")
_MAGIC_LINE = re.compile(r"^(\s*)(?:[%!?]|(?:pip3?|conda|mamba) install\b|\w[\w., ]*=\s*[%!](?!=))")
_HELP_LINE = re.compile(r"^\s*[\w.]+\?{1,2}\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """One notebook. `code` holds the facts of its Python cells; in it a line is a cell's number, counted from 1."""

    path: str
    role: str
    language: str
    cells: int  #: of every sort
    code_cells: int  #: non-empty ones
    code_lines: int  #: without blank lines and magics
    executed: tuple[tuple[int, int], ...]  #: (cell number, execution count) of run cells, in the notebook's order
    longest_cell: tuple[int, int]  #: (cell number, lines with anything on them); (0, 0) without code
    broken_cells: tuple[int, ...]  #: numbers of the cells that do not parse
    hidden: tuple[Hidden, ...]  #: cells that use a name no cell above them gives
    output_bytes: int  #: of all stored outputs, counted as characters
    error_cells: tuple[int, ...]  #: numbers of the cells whose stored output is an error
    table_cells: tuple[int, ...]  #: numbers of the cells whose stored output is a table of rows
    installs: tuple[str, ...]  #: names of packages its cells install, as they are written
    code: PythonFile

    def placed(self, path: str, role: str) -> Notebook:
        """The same notebook at a place in a repository."""
        return replace(self, path=path, role=role, code=self.code._replace(path=path, role=role))


def read_notebook(content: bytes, *, path: str, role: str) -> Notebook:
    """Read one .ipynb. Raises NotPython with a plain reason when it is no notebook."""
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotPython("is not UTF-8 text") from None
    except ValueError:
        raise NotPython("is not the JSON of a notebook") from None
    except (RecursionError, MemoryError):
        raise NotPython("too deeply nested to be read") from None
    cells = _cells(document)
    language = _language(document)
    walk = Walk()
    executed: list[tuple[int, int]] = []
    broken: list[int] = []
    names: list[CellNames] = []
    outputs = _Outputs()
    installs: set[str] = set()
    code_cells = code_lines = 0
    longest = (0, 0)
    for number, cell in enumerate(cells[:CELLS_MAX], start=1):
        source = _code(cell)
        if source is None:
            continue
        outputs.take(cell.get("outputs"), number)
        if "install" in source:
            installs.update(_installed_by(source))
        count = cell.get("execution_count", cell.get("prompt_number"))
        if isinstance(count, int) and not isinstance(count, bool) and 0 < count < 10**6:
            executed.append((number, count))
        code_cells += 1
        source = _without_indent(source)
        plain = source if _is_plain(source) else without_magics(source)
        lines = sum(1 for line in plain.splitlines() if line.strip())
        code_lines += lines
        longest = max(longest, (number, lines), key=lambda entry: entry[1])
        if not language.startswith("python"):
            continue
        tree: ast.Module | None = None
        try:
            if len(plain) > CELL_BYTES_MAX:
                raise NotPython("too long")
            tree = parse(plain)
            walk.module(tree, cell=number)
            names.append(names_of(tree, source, number))
            admitted, commented = read_comments(plain)
            walk.admitted.extend(Admission(number, admission.marker) for admission in admitted)
            walk.commented.extend([number] * len(commented))
        except (NotPython, RecursionError, MemoryError):
            broken.append(number)
            names.append(names_of(None, "", number))
    return Notebook(
        path=path,
        role=role,
        language=language,
        cells=len(cells),
        code_cells=code_cells,
        code_lines=code_lines,
        executed=tuple(executed),
        longest_cell=longest,
        broken_cells=tuple(broken),
        hidden=hidden_state(names),
        output_bytes=outputs.size,
        error_cells=tuple(outputs.errors),
        table_cells=tuple(outputs.tables),
        installs=tuple(sorted(installs)),
        code=walk.file(path=path, role=role, lines=code_lines, is_notebook=True),
    )


def _installed_by(source: str) -> Iterator[str]:
    """The names a cell hands to pip, conda or uv."""
    for command in _INSTALL.findall(source.replace("\\\n", " ")):
        for word in command.split()[:100]:
            name = _PACKAGE.match(word)
            if name:
                yield name.group(1)


class _Outputs:
    """What the stored outputs hold: their size, which are errors, which are tables."""

    def __init__(self) -> None:
        self.size = 0
        self.errors: list[int] = []
        self.tables: list[int] = []

    def take(self, outputs: Any, cell: int) -> None:
        """Measure the outputs of one cell."""
        for output in outputs if isinstance(outputs, list) else ():
            if not isinstance(output, dict):
                continue
            self.size += _text_length(output)
            if output.get("output_type") in ("error", "pyerr") and cell not in self.errors:
                self.errors.append(cell)
            shown = output.get("data")
            page = shown.get("text/html") if isinstance(shown, dict) else output.get("html")
            if isinstance(page, list):
                page = "".join(part for part in page[:40] if isinstance(part, str))
            if isinstance(page, str) and "<table" in page[:2_000] and "<td" in page and cell not in self.tables:
                self.tables.append(cell)


def _text_length(value: Any) -> int:
    """How many characters of text stand anywhere in a value."""
    total = 0
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, str):
            total += len(one)
        elif isinstance(one, list):
            try:
                total += len("".join(one))  # lines of a text, nearly always, and by far the fastest way to count them
            except TypeError:
                pending.extend(one)
        elif isinstance(one, dict):
            pending.extend(one.values())
    return total


def _without_indent(source: str) -> str:
    """A cell without the indentation of its first line, as a notebook runs it."""
    indent = re.match(r"[ \t]*", source)
    if not indent or not indent.group():
        return source
    return "\n".join(line.removeprefix(indent.group()) for line in source.split("\n"))


def _is_plain(source: str) -> bool:
    """Whether a cell is Python as it stands: a line that starts with % may only go on with a formatted text."""
    if len(source) > CELL_BYTES_MAX or not _MAGIC_LATER.search(source):
        return False
    try:
        parse(source)
    except (NotPython, RecursionError, MemoryError):
        return False
    return True


def without_magics(source: str) -> str:
    """A cell's source with magics, shell lines and help questions replaced by `pass`, so that lines stay in place."""
    if source.lstrip().startswith("%%"):
        first = source.lstrip().split(None, 1)[0]
        if first not in ("%%time", "%%timeit", "%%capture", "%%prun"):
            return ""  # another language, or a file being written
    lines = []
    continued = False
    for line in source.splitlines():
        magic = _MAGIC_LINE.match(line)
        if continued or magic or _HELP_LINE.match(line):
            indent = magic.group(1) if magic else " " * (len(line) - len(line.lstrip()))
            lines.append("" if continued else f"{indent}pass")
            continued = line.rstrip().endswith("\\")
        else:
            lines.append(line)
    return "\n".join(lines)


def _cells(document: Any) -> list[dict[str, Any]]:
    if not isinstance(document, dict):
        raise NotPython("is not the JSON of a notebook")
    cells = document.get("cells")
    if cells is None and isinstance(document.get("worksheets"), list):  # format 3
        sheets = [sheet for sheet in document["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets for cell in sheet.get("cells", []) if isinstance(sheet.get("cells"), list)]
    if not isinstance(cells, list):
        raise NotPython("has no list of cells")
    return [cell for cell in cells if isinstance(cell, dict)]


def _language(document: dict[str, Any]) -> str:
    metadata = document.get("metadata")
    if isinstance(metadata, dict):
        if _names_python_2(metadata):
            return "python 2"
        for key, word in (("language_info", "name"), ("kernelspec", "language")):
            part = metadata.get(key)
            if isinstance(part, dict) and isinstance(part.get(word), str):
                return str(part[word]).lower()[:30]
    return "python"


def _names_python_2(metadata: dict[str, Any]) -> bool:
    """Whether the kernel is Python 2, whose cells need not be valid Python of today."""
    info, kernel = metadata.get("language_info"), metadata.get("kernelspec")
    version = info.get("version") if isinstance(info, dict) else None
    name = kernel.get("name") if isinstance(kernel, dict) else None
    return (isinstance(version, str) and version.startswith("2.")) or name == "python2"


def _code(cell: dict[str, Any]) -> str | None:
    """The source of a code cell that holds any, else None."""
    if cell.get("cell_type") != "code":
        return None
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) and source.strip() else None

"""The facts of one Jupyter notebook: its code cells walked as one file, and the order in which they were run."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from evidence.comments import Admission, admissions
from evidence.python_source import NotPython, PythonFile, Walk, parse

CELLS_MAX = 5_000
CELL_BYTES_MAX = 256 * 1024
_MAGIC_LINE = re.compile(r"^(\s*)(?:[%!?]|\w[\w., ]*=\s*[%!](?!=))")
_HELP_LINE = re.compile(r"^\s*[\w.]+\?{1,2}\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """One notebook. `code` holds the facts of its Python cells; in it a line is a cell's number, counted from 1."""

    path: str
    role: str
    language: str
    code_cells: int  #: non-empty ones
    code_lines: int  #: without blank lines and magics
    executed: tuple[tuple[int, int], ...]  #: (cell number, execution count) of run cells, in the notebook's order
    unparsed_cells: int
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
    code_cells = code_lines = unparsed = 0
    for number, cell in enumerate(cells[:CELLS_MAX], start=1):
        source = _code(cell)
        if source is None:
            continue
        count = cell.get("execution_count", cell.get("prompt_number"))
        if isinstance(count, int) and not isinstance(count, bool) and 0 < count < 10**6:
            executed.append((number, count))
        code_cells += 1
        plain = without_magics(source)
        code_lines += sum(1 for line in plain.splitlines() if line.strip())
        if language != "python" or not plain.strip():
            continue
        try:
            if len(plain) > CELL_BYTES_MAX:
                raise NotPython("too long")
            walk.module(parse(plain), cell=number)
            walk.admitted.extend(Admission(number, admission.marker) for admission in admissions(plain))
        except (NotPython, RecursionError, MemoryError):
            unparsed += 1
    return Notebook(
        path=path,
        role=role,
        language=language,
        code_cells=code_cells,
        code_lines=code_lines,
        executed=tuple(executed),
        unparsed_cells=unparsed,
        code=walk.file(path=path, role=role, lines=code_lines, is_notebook=True),
    )


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
        for key, word in (("language_info", "name"), ("kernelspec", "language")):
            part = metadata.get(key)
            if isinstance(part, dict) and isinstance(part.get(word), str):
                return str(part[word]).lower()[:30]
    return "python"


def _code(cell: dict[str, Any]) -> str | None:
    """The source of a code cell that holds any, else None."""
    if cell.get("cell_type") != "code":
        return None
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) and source.strip() else None

"""The facts of one file: a pure function of its bytes and of what its name promises, so that a cache may keep them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple, Protocol

from evidence.generated import read_generated, says_generated
from evidence.manifests import is_lock, is_manifest
from evidence.notebook import Notebook, read_notebook
from evidence.python_source import PythonFile, read_python
from evidence.source import KIB
from evidence.syntax import NotPython
from evidence.tables import document

PATHS_REMEMBERED = 65_536
SETTINGS_BYTES_MAX = 256 * KIB  #: one settings, workflow or manifest file that is kept as text
PYTHON = "Python"
NOTEBOOK = "Jupyter notebook"
_AS_TEXT = " as text"

# why a file was left out after it stopped the process that was reading it
TOOK_TIME = "took more time than one file may, so not read"
TOOK_MEMORY = "took more memory than one file may, so not read"
STOPPED_READER = "stopped the reader, so not read"
STOPPED_AGAIN = "not read, because other files stopped the reader again and again"

_TEXT_FILE = re.compile(
    r"(?i)(?:\.(?:sql|ya?ml|toml|cfg|ini|conf|env|properties|json)|(?:^|/)(?:\.env[\w.-]*|dockerfile[\w.-]*|[\w.-]*\.dockerfile|"
    r"makefile|justfile|procfile|jenkinsfile|pipfile|crontab|codeowners|mlproject|\.gitattributes|\.gitignore|[\w.-]*requirements[\w.-]*\.(?:txt|in)|"
    r"[\w.-]+\.dvc|[\w.-]+\.cron))$"
)


class FileFacts(NamedTuple):
    """What the contents of one file say. They know no path and no role: `placed` gives them both."""

    language: str  #: as it is counted; "" when its lines are not
    lines: int
    python: PythonFile | None
    notebook: Notebook | None
    text: str | None  #: of settings, workflows, manifests
    problem: str  #: why it, or a part of it, could not be read; "" when all was


@cache
def _endings() -> dict[str, str]:
    return dict(document("languages")["endings"])


@lru_cache(PATHS_REMEMBERED)
def kind_of(path: str) -> str:
    """What a file's name promises, in a word or three; "" when nothing of its contents is wanted.

    Two files of the same bytes and the same kind have the same facts.
    """
    if path.endswith(".py"):
        return PYTHON + _AS_TEXT if is_manifest(path) else PYTHON
    if path.endswith(".ipynb"):
        return NOTEBOOK
    if is_lock(path):
        return ""
    language = _endings().get(path.rpartition(".")[2].lower(), "")
    return language + _AS_TEXT if _TEXT_FILE.search(path) or is_manifest(path) else language


def read_whole(content: bytes) -> PythonFile:
    """The facts of one Python file, all of it read anew. Raises NotPython."""
    return read_python(content, path="", role="")


def facts_of(content: bytes, path: str, *, read_code: Callable[[bytes], PythonFile] = read_whole) -> FileFacts:
    """The facts of one file. Whatever the contents do, there is an answer: its `problem` says what was not read.

    `read_code` reads a Python file, as `read_python` does; one that remembers may stand in for it.
    """
    try:
        return _facts_of(content, kind_of(path), read_code)
    except (RecursionError, MemoryError):
        return unread("too large or too deeply nested to be read")


class ReadFacts(Protocol):
    """The reading of one file, as `facts_of` does it."""

    def __call__(
        self, content: bytes, path: str, *, read_code: Callable[[bytes], PythonFile] = read_whole
    ) -> FileFacts:
        """The facts of one file's contents."""
        ...


def unread(reason: str) -> FileFacts:
    """What is known of a file that was not read: why."""
    return FileFacts("", 0, None, None, None, reason)


def _facts_of(content: bytes, kind: str, read_code: Callable[[bytes], PythonFile]) -> FileFacts:
    language = kind.removesuffix(_AS_TEXT)
    text = None
    if language != kind and len(content) <= SETTINGS_BYTES_MAX:
        text = content.decode("utf-8", "replace")
    if language == NOTEBOOK:
        return _notebook_facts(content)
    lines = content.count(b"\n") + 1
    if language != PYTHON:
        return FileFacts(language, lines, None, None, text, "")
    if says_generated(content):
        return FileFacts(PYTHON, lines, read_generated(content), None, text, "")
    try:
        return FileFacts(PYTHON, lines, read_code(content), None, text, "")
    except NotPython as problem:
        return FileFacts(PYTHON, lines, None, None, text, str(problem))


def _notebook_facts(content: bytes) -> FileFacts:
    try:
        notebook = read_notebook(content, path="", role="")
    except NotPython as refusal:
        return unread(str(refusal))
    unparsed = len(notebook.broken_cells)
    problem = f"{unparsed} of {notebook.code_cells} code cells are not valid Python" if unparsed else ""
    return FileFacts(NOTEBOOK, notebook.code_lines, None, notebook, None, problem)

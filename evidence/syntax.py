"""The one parser of Python text: a tree, or a plain reason why there is none."""

from __future__ import annotations

import ast
import contextlib
import sys
import warnings
from collections.abc import Callable, Iterator


class NotPython(Exception):
    """The text is no Python this reader can follow; `str()` is the plain reason."""


def parse(text: str | bytes) -> ast.Module:
    """Parse source text. Raises NotPython with a plain reason, whatever the text does to the parser."""
    with parse_many() as parse_one:
        return parse_one(text)


@contextlib.contextmanager
def parse_many() -> Iterator[Callable[[str | bytes], ast.Module]]:
    """Give what `parse` does, for many short texts: the warnings are put off once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes and the like are the author's, not ours
        yield _parse


def _parse(text: str | bytes) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as problem:
        line = f" at line {problem.lineno}" if problem.lineno else ""
        raise NotPython(f"not valid Python {sys.version_info[0]}.{sys.version_info[1]}{line}") from None
    except (ValueError, UnicodeError):
        raise NotPython("holds bytes that are no text") from None
    except (RecursionError, MemoryError):
        raise NotPython("too deeply nested to be read") from None

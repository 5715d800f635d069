"""Checks checklist files for the command line: the problems of several files, as text for people and as JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from checklists.problems import Problem
from checklists.reader import find_problems

SCHEMA = "lint/1"


def lint_files(paths: Iterable[Path], *, known_signals: Collection[str] | None = None) -> tuple[Problem, ...]:
    """Every problem of every file, file by file in the order given; empty when all are sound.

    With `known_signals` (the ids the collector can measure) a question that names another signal is a problem too.
    """
    return tuple(problem for path in paths for problem in find_problems(path, known_signals=known_signals))


def as_text(problems: Sequence[Problem], *, files: int) -> str:
    """One line a problem and one line that sums up, for a terminal."""
    count = f"{files} file" if files == 1 else f"{files} files"
    if not problems:
        return f"{count} checked, no problem found"
    broken = len({problem.path for problem in problems})
    total = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return "\n".join([*(str(problem) for problem in problems), f"{count} checked, {total} in {broken}"])


def as_json(problems: Sequence[Problem], *, files: int) -> str:
    """One JSON document: `{"schema": "lint/1", "files": 1, "problems": [{"path", "line", "column", ...}]}`."""
    document = {
        "schema": SCHEMA,
        "files": files,
        "problems": [dataclasses.asdict(problem) for problem in problems],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)

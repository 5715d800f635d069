"""Checks checklist files for the command line: the problems of several files, as text for people and as JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from checklists.checklist import Checklist
from checklists.difference import Difference, Mark, Rewording, words_apart
from checklists.problems import Problem
from checklists.reader import find_problems

SCHEMA = "lint/1"


def lint_files(
    paths: Iterable[Path], *, known_signals: Collection[str] | None = None, before: Checklist | None = None
) -> tuple[Problem, ...]:
    """Every problem of every file, file by file in the order given; empty when all are sound.

    With `known_signals` (the ids the collector can measure) a question that names another signal is a problem too, and
    with the version `before` it whatever would lose answers.
    """
    return tuple(
        problem for path in paths for problem in find_problems(path, known_signals=known_signals, before=before)
    )


def difference_text(difference: Difference) -> str:
    """What differs between two versions, for a terminal: gone words stand in [-brackets-], new ones in {+these+}."""
    lines = [f"{difference.before.id} {difference.before.version} -> {difference.after.version}"]
    lines += [f"added      {question.id}: {question.text}" for question in difference.added]
    for one in difference.replaced:
        lines.append(
            f"replaced   {', '.join(old.id for old in one.replaces)} by {one.question.id}: {one.question.text}"
        )
    lines += [f"removed    {question.id}: {question.text}" for question in difference.removed]
    for change in difference.changed:
        lines += [f"reworded   {change.id} {one.what}: {_marked(one)}" for one in change.rewordings]
        lines += [f"reweighted {change.id} {one.what}: {one.before} -> {one.after}" for one in change.reweightings]
        if change.core_before != change.core_after:
            lines.append(f"core set   {change.id}: {'in' if change.core_after else 'out'}")
    if not difference.same_scale:
        levels = f"{difference.before.level_count} to {difference.after.level_count} levels"
        lines.append(f"scale      {levels}: no answer carries over")
    kept = sum(not change.asks_otherwise for change in difference.changed)
    same = len(difference.common) - len(difference.changed) + kept
    confirm = len(difference.common) - same + len(difference.replaced)
    lines.append(
        f"answers    {same} carry over as they are, {confirm} to be confirmed" if difference.same_scale else ""
    )
    return "\n".join(line for line in lines if line)


def difference_document(difference: Difference) -> dict[str, object]:
    """The difference of two versions as plain values, for the "difference" of the JSON document."""
    return {
        "checklist": difference.before.id,
        "before": difference.before.version,
        "after": difference.after.version,
        "same_scale": difference.same_scale,
        "added": [question.id for question in difference.added],
        "replaced": [
            {"id": one.question.id, "replaces": [old.id for old in one.replaces]} for one in difference.replaced
        ],
        "removed": [question.id for question in difference.removed],
        "changed": [
            {
                "id": one.id,
                "reworded": [dataclasses.asdict(rewording) for rewording in one.rewordings],
                "reweighted": [dataclasses.asdict(weighting) for weighting in one.reweightings],
                "to_confirm": one.asks_otherwise,
            }
            for one in difference.changed
        ],
    }


_SIGNS = {Mark.SAME: "{}", Mark.GONE: "[-{}-]", Mark.NEW: "{{+{}+}}"}


def _marked(one: Rewording) -> str:
    return "".join(_SIGNS[piece.mark].format(piece.text) for piece in words_apart(one.before, one.after))


def as_text(problems: Sequence[Problem], *, files: int) -> str:
    """One line a problem and one line that sums up, for a terminal."""
    count = f"{files} file" if files == 1 else f"{files} files"
    if not problems:
        return f"{count} checked, no problem found"
    broken = len({problem.path for problem in problems})
    total = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return "\n".join([*(str(problem) for problem in problems), f"{count} checked, {total} in {broken}"])


def as_json(problems: Sequence[Problem], *, files: int, difference: Difference | None = None) -> str:
    """One JSON document: `{"schema": "lint/1", "files": 1, "problems": [{"path", "line", "column", ...}]}`.

    Against an older version it has the "difference" besides.
    """
    document: dict[str, object] = {
        "schema": SCHEMA,
        "files": files,
        "problems": [dataclasses.asdict(problem) for problem in problems],
    }
    if difference is not None:
        document["difference"] = difference_document(difference)
    return json.dumps(document, ensure_ascii=False, indent=2)

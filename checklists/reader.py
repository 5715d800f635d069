"""The one reader of checklists: a YAML text or file in, a valid Checklist out, or every problem with its place."""

from __future__ import annotations

import stat
from collections.abc import Collection, Iterable
from pathlib import Path

from checklists.build import build
from checklists.canonical import canonical_body, content_hash, read_canonical, seal
from checklists.checklist import Checklist
from checklists.fields import Record
from checklists.problems import InvalidChecklist, Problem, Problems
from checklists.rules import INTEGRITY, WORDING, Rule, check, follows, signals_are_known
from checklists.schema import read_record
from checklists.yaml_nodes import BYTES_MAX, decode, read_nodes

__all__ = [
    "DEFAULT_PACK",
    "PACKS",
    "InvalidChecklist",
    "Problem",
    "canonical_body",
    "content_hash",
    "find_problems",
    "load_checklist",
    "read_canonical",
    "read_checklist",
]

PACKS = Path(__file__).parent  #: the folder with the packs we ship
DEFAULT_PACK = "ml-debt"


def read_checklist(text: str, *, name: str) -> Checklist:
    """The checklist in a YAML text; `name` stands for the file in messages. Raises InvalidChecklist."""
    problems = Problems(name)
    return _sealed(_record(text, problems, _RULES), problems)


def load_checklist(path: Path) -> Checklist:
    """The checklist in a YAML file of at most 256 KiB. Raises InvalidChecklist, also when the file cannot be read."""
    problems = Problems(str(path))
    return _sealed(_record(_text_of(path, problems), problems, _RULES), problems)


def find_problems(
    path: Path, *, known_signals: Collection[str] | None = None, before: Checklist | None = None
) -> tuple[Problem, ...]:
    """Every problem of a YAML file, in its order; empty when it is sound.

    With `known_signals` (the ids the collector can measure) a question that names another signal is a problem too, and
    with the version `before` it whatever would lose or confuse the answers given to that.
    """
    problems = Problems(str(path))
    rules = _RULES if known_signals is None else (*_RULES, signals_are_known(known_signals))
    rules = rules if before is None else (*rules, follows(before))
    _record(_text_of(path, problems), problems, rules)
    return problems.in_order()


_RULES = (*INTEGRITY, *WORDING)


def _record(text: str | None, problems: Problems, rules: Iterable[Rule]) -> Record | None:
    node = read_nodes(text, problems) if text is not None else None
    record = read_record(node, problems) if node else None
    if record:
        check(record, problems, rules)
    return record


def _sealed(record: Record | None, problems: Problems) -> Checklist:
    problems.refuse_if_any()
    assert record is not None  # noqa: S101 - no problem means there is a record
    return seal(build(record, ""))


def _text_of(path: Path, problems: Problems) -> str | None:
    raw = _bytes_of(path, problems)
    return decode(raw, problems) if raw is not None else None


def _bytes_of(path: Path, problems: Problems) -> bytes | None:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            problems.add(None, "the file", "is not a file; give the path of one YAML file")
            return None
        with path.open("rb") as file:
            return file.read(BYTES_MAX + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "the path cannot be used"
        problems.add(None, "the file", f"cannot be read: {reason}; check the path")
        return None

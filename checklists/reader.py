"""The one reader of checklists: a YAML text or file in, a valid Checklist out, or every problem with its place."""

from __future__ import annotations

import stat
from pathlib import Path

from checklists.build import build
from checklists.canonical import canonical_body, content_hash, read_canonical, seal
from checklists.checklist import Checklist
from checklists.problems import InvalidChecklist, Problem, Problems
from checklists.rules import INTEGRITY, WORDING, check
from checklists.schema import read_record
from checklists.yaml_nodes import BYTES_MAX, decode, read_nodes

__all__ = [
    "DEFAULT_PACK",
    "PACKS",
    "InvalidChecklist",
    "Problem",
    "canonical_body",
    "content_hash",
    "load_checklist",
    "read_canonical",
    "read_checklist",
]

PACKS = Path(__file__).parent  #: the folder with the packs we ship
DEFAULT_PACK = "ml-debt"


def read_checklist(text: str, *, name: str) -> Checklist:
    """The checklist in a YAML text; `name` stands for the file in messages. Raises InvalidChecklist."""
    problems = Problems(name)
    return _read(text, problems)


def load_checklist(path: Path) -> Checklist:
    """The checklist in a YAML file of at most 256 KiB. Raises InvalidChecklist, also when the file cannot be read."""
    problems = Problems(str(path))
    raw = _bytes_of(path, problems)
    text = decode(raw, problems) if raw is not None else None
    return _read(text, problems)


def _read(text: str | None, problems: Problems) -> Checklist:
    node = read_nodes(text, problems) if text is not None else None
    record = read_record(node, problems) if node else None
    if record:
        check(record, problems, (*INTEGRITY, *WORDING))
    problems.refuse_if_any()
    assert record is not None  # noqa: S101 - no problem means there is a record
    return seal(build(record, ""))


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

"""Signals of pipelines and glue code: files kept beside the one that replaced them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from evidence.evidence import Kind, Polarity, Strength
from evidence.python_source import PythonFile
from evidence.repository import Repository, role_of
from evidence.signals.detector import CODE, Detector, Finding, absent, counted, found, unknown

COPY_ENDING = re.compile(
    r"(?i)(?:[-_. ](?:old|copy|backup|bak|orig|original|deprecated|legacy|unused|final\d*|v\d+|ver\d+|new|tmp|"
    r"temp|wip|fixed|exp\d+)\d*"
    r"|-copy\d*| \(\d+\)| copy(?: \d+)?)+$"
)
SURE_COPY = re.compile(
    r"(?i)-copy\d+$| \(\d+\)$| copy(?: \d+)?$|^untitled\d*$|^copy[_ ]of[_ ]|[-_.](?:backup|bak|old)$"
)
DEAD_FOLDER = re.compile(r"(?i)(?:^|/)(?:old|backup|backups|bak|old_code|unused|deprecated|do_not_use)/")
SHARED_FUNCTIONS_MIN = 2
COPIES_STRONG = 3
NUMBERED = re.compile(r"(?i)[-_. ]v(?:er)?\d+$")


def stale_copies(repository: Repository) -> Finding:
    """Counts modules and notebooks whose name says that they are a copy of one beside them (`train_old.py` beside
    `train.py`, `Untitled3`, `model-Copy1`), and files in folders named `old`, `backup` or the like.

    A name such as `_new` counts only when the file it derives from is there too, `_v2` only when it also shares half
    of its functions with it and the repository is an application: model families carry such names. Strong when a
    copy shares half of its functions with the original, or from three copies on; weak below and in a library.
    """
    stems: dict[str, str] = {}
    for member in repository.members:
        if member.path.endswith((".py", ".ipynb", ".sql", ".r", ".R")) and role_of(member.path) in ("source", "build"):
            stems[member.path.rpartition(".")[0].lower()] = member.path
    if not stems:
        return unknown("There are no modules or notebooks.")
    by_path = {file.path: file for file in repository.python}
    copies: list[tuple[str, int]] = []
    confirmed = 0
    for stem, path in stems.items():
        folder, _, name = stem.rpartition("/")
        base = COPY_ENDING.sub("", name)
        original = stems.get(f"{folder}/{base}" if folder else base) if base != name else None
        shares = original is not None and _share_functions(path, original, by_path)
        numbered = bool(NUMBERED.search(name)) and not (shares and repository.kind is Kind.APPLICATION)
        if (original is not None and not numbered) or SURE_COPY.search(name) or DEAD_FOLDER.search(path):
            copies.append((path, 0))
            confirmed += shares
    if not copies:
        return absent(f"No copy among {counted(len(stems), 'module')} and notebooks.", of=len(stems))
    clear = repository.kind is not Kind.LIBRARY and (confirmed > 0 or len(copies) >= COPIES_STRONG)
    return found(
        f"{len(copies)} of {counted(len(stems), 'file')} look like copies kept beside the original; {confirmed} share "
        "their functions with it.",
        copies,
        value=len(copies),
        of=len(stems),
        strength=Strength.STRONG if clear else Strength.WEAK,
    )


def _share_functions(path: str, original: str, by_path: Mapping[str, PythonFile]) -> bool:
    if path not in by_path or original not in by_path:
        return False
    names, others = ({function.name for function in by_path[one].functions} for one in (path, original))
    common = len(names & others)
    return common >= SHARED_FUNCTIONS_MIN and 2 * common >= min(len(names), len(others))


STALE_COPIES = Detector(
    id="stale-copies",
    statement="Old copies are kept beside the live files",
    area="PIP",
    questions=("PIP-03", "PIP-09"),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="copies under unrelated names, and whether two versions are both meant to live",
    fix="Delete the copy (history keeps it), or pull what both share into one tested module.",
    version=1,
    applies_to=CODE,
    look=stale_copies,
)

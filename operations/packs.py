"""The checklists a person can choose from: those that come with Arrears, and those an operator laid beside them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from checklists.checklist import Checklist
from checklists.reader import DEFAULT_PACK, PACKS, InvalidChecklist, Problem, find_problems, load_checklist
from operations.authorize import Action, Actor, permitted
from operations.errors import InvalidInput
from operations.workplace import Workplace, shipped_checklist
from store.records import Records

FOLDER = "ARREARS_CHECKLISTS"  #: names a folder with the operator's own checklists
FILES_MAX = 50  #: looked at in that folder, by name
_KEPT_MAX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One checklist file on offer. Without a `checklist` it cannot be chosen, and `trouble` says why."""

    file: str  #: its name, without the folder
    shipped: bool
    checklist: Checklist | None
    trouble: str = ""  #: its first problem, with the place


@permitted(Action.READ)
def list_packs(_workplace: Workplace, _actor: Actor) -> tuple[Pack, ...]:
    """Every checklist on offer: ours first, the default before the others; then the operator's by file name."""
    return offered_packs()


def offered_packs() -> tuple[Pack, ...]:
    """The packs on offer now. A file of the folder that changed is read again, one that did not is not."""
    shipped = sorted((path.stem for path in PACKS.glob("*.yaml")), key=lambda name: (name != DEFAULT_PACK, name))
    packs = [Pack(file=f"{name}.yaml", shipped=True, checklist=shipped_checklist(name)) for name in shipped]
    return (*packs, *_without_twins(packs, _of_folder()))


def offered_checklist(pack: str) -> Checklist:
    """The checklist on offer under this id. Raises InvalidInput."""
    if pack == DEFAULT_PACK:  # asked for most, and needs no look at the others
        return shipped_checklist()
    for each in offered_packs():
        if each.checklist is not None and each.checklist.id == pack:
            return each.checklist
    raise InvalidInput("checklist", f"{pack[:40]!r} is not on offer; choose one of those listed")


def checklist_for(workplace: Workplace, records: Records, system_id: str, pack: str | None) -> Checklist:
    """The checklist to open a quarter with: the pack asked for, else the system's last one, else the default.

    A last one that is not on offer any more is used as it was kept. Raises InvalidInput.
    """
    if pack is not None:
        return offered_checklist(pack)
    assessments = records.assessments_of(system_id)
    if not assessments:
        return shipped_checklist()
    last = workplace.checklist(records, assessments[-1].checklist_id)
    try:
        return offered_checklist(last.id)
    except InvalidInput:
        return last


def _of_folder() -> list[Pack]:
    """The operator's files. A folder that cannot be read is one entry that says so."""
    given = os.environ.get(FOLDER, "").strip()
    if not given:
        return []
    folder = Path(given)
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix in {".yaml", ".yml"})
    except OSError as error:
        why = f"{FOLDER}: the folder {given} cannot be read ({error.strerror}); check the name and the rights"
        return [Pack(file=given, shipped=False, checklist=None, trouble=why)]
    packs = [_read(path) for path in paths[:FILES_MAX]]
    if len(paths) > FILES_MAX:
        why = f"{len(paths) - FILES_MAX} more files in {given} are not looked at; {FILES_MAX} are the most"
        packs.append(Pack(file=given, shipped=False, checklist=None, trouble=why))
    return packs


def _read(path: Path) -> Pack:
    try:
        seen = path.stat()
    except OSError as error:
        why = f"{path.name}: cannot be read ({error.strerror}); check the file"
        return Pack(file=path.name, shipped=False, checklist=None, trouble=why)
    return _read_once(path, seen.st_mtime_ns, seen.st_size)


@lru_cache(maxsize=_KEPT_MAX)
def _read_once(path: Path, _changed_at: int, _size: int) -> Pack:
    from evidence.signals import SIGNALS  # late: the detectors are needed only where an operator has files of their own

    try:
        found = find_problems(path, known_signals=SIGNALS)
        checklist = None if found else load_checklist(path)
    except InvalidChecklist as error:
        found, checklist = error.problems, None
    return Pack(file=path.name, shipped=False, checklist=checklist, trouble=_trouble(path, found) if found else "")


def _trouble(path: Path, found: Iterable[Problem]) -> str:
    first, *more = found
    rest = f" (and {len(more)} more; `python cli.py lint` lists them)" if more else ""
    return f"{replace(first, path=path.name)}{rest}"


def _without_twins(ours: Iterable[Pack], theirs: Iterable[Pack]) -> list[Pack]:
    """Their packs; one under an id that is taken cannot be chosen, or two checklists would be taken for one."""
    taken = {pack.checklist.id: "a checklist that comes with Arrears" for pack in ours if pack.checklist is not None}
    kept = []
    for pack in theirs:
        checklist = pack.checklist
        if checklist is not None and checklist.id in taken:
            why = f'{pack.file}: its id "{checklist.id}" is that of {taken[checklist.id]}; give it an id of its own'
            pack = replace(pack, checklist=None, trouble=why)  # noqa: PLW2901 - the same pack, refused
        elif checklist is not None:
            taken[checklist.id] = pack.file
        kept.append(pack)
    return kept

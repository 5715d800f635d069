"""Signals of glue code: functions kept as copies, functions nobody can follow, tables joined and changed blindly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from evidence.evidence import Kind, Polarity, Strength
from evidence.python_source import Call, Function, PythonFile
from evidence.repository import Repository
from evidence.signals.detector import CODE, PRODUCTS, Detector, Finding, absent, counted, found, unknown

COPIES_STRONG = 3
COMPLEX_MIN = 16  #: cyclomatic; McCabe's ten with room, as radon's grade C ends at 20


class _Place(NamedTuple):
    file: PythonFile
    function: Function


def duplicated_functions(repository: Repository) -> Finding:
    """Counts functions that do and call the same as another one, names and values apart, in modules and notebooks.

    Compared are functions of at least six statements and three different calls; tests, examples and build scripts are
    not. Strong from three copies on, some of them in another file, unless the repository is a library: these have to
    be corrected one by one. Weak below.
    """
    groups: dict[int, list[_Place]] = {}
    total = 0
    for file in repository.work:
        for function in file.functions:
            if function.shape:
                total += 1
                groups.setdefault(function.shape, []).append(_Place(file, function))
    if not total:
        return unknown("No function is long enough to be compared.")
    copied = _outermost([group for group in groups.values() if len(group) > 1])
    if not copied:
        return absent(f"No two of {counted(total, 'longer function')} are copies.", of=total)
    copies = sum(len(group) - 1 for group in copied)
    across = sum(1 for group in copied if len({place.file.path for place in group}) > 1)
    lines = sum(place.function.lines for group in copied for place in group[1:])
    copied.sort(key=lambda group: (-sum(place.function.lines for place in group[1:]), group[0].file.path))
    clear = copies >= COPIES_STRONG and across > 0 and repository.kind is not Kind.LIBRARY
    return found(
        f"{counted(copies, 'copy', 'copies')} of {counted(len(copied), 'other function')} ({lines:,} lines) among "
        f"{counted(total, 'longer function')}; copied to another file: {across} of {len(copied)}.",
        _first_places(copied),
        value=copies,
        of=total,
        strength=Strength.STRONG if clear else Strength.WEAK,
    )


def _outermost(groups: list[list[_Place]]) -> list[list[_Place]]:
    """The groups without functions that are copies only because the function around them is one."""
    inside: set[tuple[str, int]] = set()
    end_of: dict[str, int] = {}
    places = (place for group in groups for place in group if not place.file.is_notebook)
    for place in sorted(places, key=lambda place: place.function.line):
        path, function = place.file.path, place.function
        if function.line < end_of.get(path, 0):
            inside.add((path, function.line))
        end_of[path] = max(end_of.get(path, 0), function.line + function.lines)
    kept = [[place for place in group if (place.file.path, place.function.line) not in inside] for group in groups]
    return [group for group in kept if len(group) > 1]


def _first_places(groups: list[list[_Place]]) -> Iterator[tuple[str, int]]:
    """Of the largest groups the first two places each."""
    for group in groups[:5]:
        for place in group[:2]:
            yield place.file.path, place.function.line


def complex_functions(repository: Repository) -> Finding:
    """Counts functions with a cyclomatic complexity above 15, counted as radon counts, in modules and notebooks.

    Found from one on. Weak: it asks whether what such a function does could be built of parts.
    """
    functions = [_Place(file, function) for file in repository.work for function in file.functions]
    if not functions:
        return unknown("No function is defined.")
    involved = [place for place in functions if place.function.complexity >= COMPLEX_MIN]
    sizes = sorted(place.function.complexity for place in functions)
    nine_tenths = sizes[(len(sizes) * 9) // 10]
    if not involved:
        return absent(
            f"{counted(len(functions), 'function')}, nine of ten up to {nine_tenths}, the most complex {sizes[-1]}.",
            of=len(functions),
        )
    involved.sort(key=lambda place: (-place.function.complexity, place.file.path, place.function.line))
    return found(
        f"More than 15 turns in {len(involved)} of {counted(len(functions), 'function')}, {sizes[-1]} in the most "
        f"complex; nine of ten have up to {nine_tenths}.",
        ((place.file.path, place.function.line) for place in involved[:10]),
        value=len(involved),
        of=len(functions),
    )


JOIN_KEYS = frozenset({"on", "left_on", "right_on", "left_index", "right_index"})
JOINS_MIN = 3


def joins_left_to_defaults(repository: Repository) -> Finding:
    """Counts joins of tables (`merge` in files that import pandas or Dask) that leave open on which columns or which
    rows are kept, and that check nothing (`validate`).

    Found from three on that leave it open. Weak: the default may be what is meant.
    """
    open_joins: list[tuple[str, int]] = []
    total = 0
    for file in repository.work:
        if not _uses_tables(file):
            continue
        for call in file.calls:
            if call.last != "merge" or not _is_join(call):
                continue
            total += 1
            says_keys = bool(JOIN_KEYS & call.keywords.keys()) or len(call.arguments) > _tables_of(call) + 1
            says_how = "how" in call.keywords or len(call.arguments) > _tables_of(call)
            if not (says_keys and says_how) and "validate" not in call.keywords and "**" not in call.keywords:
                open_joins.append((file.path, call.line))
    if not total:
        return unknown("No tables are joined.")
    if len(open_joins) < JOINS_MIN:
        return absent(f"{len(open_joins)} of {counted(total, 'join')} leave keys or rows to the default.", of=total)
    return found(
        f"Left open on which columns, or which rows are kept: {len(open_joins)} of {counted(total, 'join')}.",
        open_joins,
        value=len(open_joins),
        of=total,
    )


def _uses_tables(file: PythonFile) -> bool:
    return any(record.module.split(".")[0] in TABLE_PACKAGES for record in file.imports)


TABLE_PACKAGES = frozenset({"pandas", "dask", "modin", "cudf", "geopandas"})


def _is_join(call: Call) -> bool:
    """Whether a `merge` joins tables: it is given another table and is no merge of settings or branches."""
    return bool(call.arguments or "right" in call.keywords) and not call.keywords.keys() - JOIN_WORDS


JOIN_WORDS = JOIN_KEYS | {"right", "left", "how", "validate", "suffixes", "indicator", "sort", "copy", "**"}


def _tables_of(call: Call) -> int:
    """How many of the arguments are tables: `pandas.merge` takes both, the method takes the other one."""
    return 2 if call.name.partition(".")[0] in TABLE_PACKAGES else 1


IN_PLACE = frozenset(
    {"drop", "dropna", "drop_duplicates", "fillna", "rename", "reset_index", "set_index", "sort_values", "sort_index",
     "replace", "interpolate", "clip", "mask", "where", "query", "eval", "ffill", "bfill"}
)  # fmt: skip
FRAGILE_MIN = 5


def fragile_table_code(repository: Repository) -> Finding:
    """Counts ways of handling tables that fail silently or crawl: values written to the copy that `table[condition]`
    is, loops over rows (`iterrows`), and changes in place (`inplace=True`), in files that import pandas.

    Found from one write to a copy on, or five of the others. Weak: a matter of care and speed; a write
    to a copy in a module is lost, but none was read in a real repository yet.
    """
    lost: list[tuple[str, int]] = []
    other: Counter[str] = Counter()
    places: list[tuple[str, int]] = []
    looked = False
    for file in repository.work:
        if not _uses_tables(file):
            continue
        looked = True
        lost += [(file.path, line) for line in file.masked_writes]
        for call in file.calls:
            kind = (
                "row by row"
                if call.last == "iterrows"
                else "in place"
                if call.last in IN_PLACE and call.keywords.get("inplace") is True
                else ""
            )
            if kind:
                other[kind] += 1
                places.append((file.path, call.line))
    if not looked:
        return unknown("No file imports a package for tables.")
    if not lost and len(places) < FRAGILE_MIN:
        return absent(f"No write to a copy; {counted(len(places), 'loop')} over rows or change in place.")
    modules = {file.path for file in repository.source}
    return found(
        f"{counted(len(lost), 'write')} to a copy, {counted(other['row by row'], 'loop')} over rows, "
        f"{counted(other['in place'], 'change')} in place.",
        lost or places,
        value=len(lost) + len(places),
        strength=Strength.STRONG if any(path in modules for path, _ in lost) else Strength.WEAK,
    )


DUPLICATED_FUNCTIONS = Detector(
    id="duplicated-functions",
    statement="Functions are kept as copies of each other",
    area="PIP",
    questions=("PIP-09",),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="copies that were changed by a statement, copies in other repositories, and code outside of functions",
    fix="Move the function into one tested module and call it from both places.",
    version=1,
    applies_to=CODE,
    look=duplicated_functions,
)
COMPLEX_FUNCTIONS = Detector(
    id="complex-functions",
    statement="Functions have too many ways through them",
    area="PIP",
    questions=("PIP-04", "PRO-03"),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="how often they are changed, and whether a long list of cases reads easily",
    fix="Split off what decides from what computes, starting with the most complex function that changes most often.",
    version=1,
    applies_to=CODE,
    look=complex_functions,
)
JOINS_LEFT_TO_DEFAULTS = Detector(
    id="joins-left-to-defaults",
    statement="Tables are joined on what the default finds",
    area="DAT",
    questions=("DAT-03",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="which columns the tables share, joins in SQL, and checks made after the join",
    fix="Name keys and kind of each join, and let `validate` fail when a key is not unique.",
    version=1,
    applies_to=PRODUCTS,
    look=joins_left_to_defaults,
)
FRAGILE_TABLE_CODE = Detector(
    id="fragile-table-code",
    statement="Tables are changed through copies, row by row or in place",
    area="TST",
    questions=("TST-01",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="what type a name holds, and writes to copies that go through a variable",
    fix="Write with one `.loc[rows, column]`, compute whole columns, and assign results instead of changing in place.",
    version=1,
    applies_to=PRODUCTS,
    look=fragile_table_code,
)

"""Signals of data dependencies: where data comes from, which version, what checks it, and what leaks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache

from evidence.evidence import Kind, Polarity, Strength
from evidence.python_source import Call, PythonFile, Reference, Result, Value
from evidence.repository import Repository, is_record, role_of
from evidence.signals.detector import CODE, PRODUCTS, Detector, Finding, absent, counted, found, unknown
from evidence.source import MIB
from evidence.tables import last_words, patterns, tools_for, words

MODEL_FILE = re.compile(r"(?i)(?:^|[/_.-])(?:models?|weights?|checkpoints?)(?:[/_.-]|$)")
LARGE_BYTES = 5 * 1000 * 1000
HOME_FILES_STRONG = 2
SETTINGS_ENDINGS = (".yml", ".yaml", ".toml", ".json", ".ini", ".cfg", ".conf", ".env", ".properties")
REMOTE = re.compile(r"(?i)^(?:https?|s3a?|gs|gcs|abfss?|adl|wasbs?|hdfs|ftp|oss)://")
FIXED_ADDRESS = re.compile(
    r"(?i)[0-9a-f]{40}|versionid=|[/_=-]v\d+(?:[._]\d+)*(?:[/_.-]|$)|\d{4}[-_/]?\d{2}[-_/]?\d{2}|(?<!\d)(?:19|20)\d{2}[-_](?:0[1-9]|1[0-2])(?!\d)|/(?:releases/download|tags?)/|sha256"
)


def absolute_paths(repository: Repository) -> Finding:
    """Counts text literals and settings that name a place on one machine (table `places.toml`): a person's home
    folder, a notebook service's own folder, a mounted disk. What a tool recorded of a run (`mlruns`, `outputs`) does
    not count.

    Strong when home folders stand in two or more files of the work itself: a list of inputs that is always current,
    or a rebuild by anybody else, is then not there. Otherwise weak: one such path proves little.
    """
    homes: set[tuple[str, int]] = set()
    others: set[tuple[str, int]] = set()
    for path, line, text in _candidates(repository):
        for pattern in patterns("places"):
            if pattern.regex.search(text):
                (homes if pattern.name == "a home folder" else others).add((path, line))
    places = homes | others
    if not places:
        return absent("No path of one machine was seen.")
    files = len({path for path, _ in places})
    clear = repository.kind is not Kind.LIBRARY and len({path for path, _ in homes}) >= HOME_FILES_STRONG
    return found(
        f"{counted(len(places), 'path')} of one machine in {counted(files, 'file')}, {len(homes)} of a home folder.",
        places,
        value=len(places),
        strength=Strength.STRONG if clear else Strength.WEAK,
    )


def _candidates(repository: Repository) -> Iterator[tuple[str, int, str]]:
    """Texts of the work that could be paths: (path, line, text)."""
    for file in repository.work:
        for text in file.texts:
            if "/" in text.text or "\\" in text.text:
                yield file.path, text.line, text.text
    for path, content in repository.texts.items():
        if not path.lower().endswith(SETTINGS_ENDINGS) or path in repository.ci or is_record(path):
            continue
        if role_of(path) == "source":
            for number, line in enumerate(content.splitlines(), start=1):
                if line.startswith("prefix:"):
                    continue  # where an exported environment once stood; nothing reads it
                if ("/" in line or "\\" in line) and len(line) <= 2_000 and not line.lstrip().startswith("#"):
                    for word in re.split(r"[\s\"'=,;]+", line):
                        yield path, number, word


def unversioned_remote_data(repository: Repository) -> Finding:
    """Counts data sets, tables and weights fetched by address or name without anything that fixes the version.

    An address is fixed by a commit, a date, a version number or a version id in it; a fetch by name by `revision` or
    the like. Strong when data is fetched so in the work of an application; weak in a library, and weak when only
    model weights are.
    """
    loose_data: list[tuple[str, int]] = []
    loose_models: list[tuple[str, int]] = []
    fixed = 0
    for file in repository.work:
        if file.called.isdisjoint(_words_of_fetches()):
            continue
        addresses = {text.name: text.text for text in file.texts if text.name and REMOTE.match(text.text)}
        for call in file.calls:
            verdict = _fetch(call, addresses)
            if verdict == "fixed":
                fixed += 1
            elif verdict is not None:
                (loose_data if verdict == "data" else loose_models).append((file.path, call.line))
    total = len(loose_data) + len(loose_models) + fixed
    if not total:
        return unknown("No data set, table or model is fetched from elsewhere by a name in the code.")
    if not loose_data and not loose_models:
        return absent(f"A version is named at each of {counted(total, 'fetch', 'fetches')}.", of=total)
    clear = bool(loose_data) and repository.kind is not Kind.LIBRARY
    return found(
        f"No version at {len(loose_data) + len(loose_models)} of {counted(total, 'fetch', 'fetches')} "
        f"({len(loose_data)} of data, {len(loose_models)} of models).",
        [*loose_data, *loose_models],
        value=len(loose_data) + len(loose_models),
        of=total,
        strength=Strength.STRONG if clear else Strength.WEAK,
    )


_BUILDERS = frozenset({"csv", "json", "parquet", "text", "arrow", "pandas", "imagefolder", "audiofolder", "webdataset"})


@cache
def _words_of_fetches() -> frozenset[str]:
    """The last words of the calls that may fetch something."""
    names = words("calls", "reads") | words("calls", "fetches_by_name") | words("calls", "fetches_model")
    return frozenset(name.rpartition(".")[2] for name in names)


def _fetch(call: Call, addresses: Mapping[str, str]) -> str | None:
    """Whether a call fetches: "fixed", "data" or "model" without a version, None when it fetches nothing known."""
    first: Value = call.arguments[0] if call.arguments else None
    if isinstance(first, Reference):
        first = addresses.get(first.name)
    if not isinstance(first, str) or not first:
        return None
    fixes = any(name in words("calls", "fixes_version") and value is not None for name, value in call.keywords.items())
    fixes = fixes or "**" in call.keywords
    if call.last in words("calls", "reads") and REMOTE.match(first):
        return "fixed" if fixes or FIXED_ADDRESS.search(first) else "data"
    local = first.startswith((".", "/", "~")) or "\\" in first or "{" in first
    if local or first in _BUILDERS:
        return None
    if call.name in words("calls", "fetches_by_name"):
        return "fixed" if fixes else "data"
    if call.last in words("calls", "fetches_model") and re.match(r"[\w.-]+(?:/[\w.-]+)?$", first):
        return "fixed" if fixes else "model"
    return None


def large_data_in_repository(repository: Repository) -> Finding:
    """Counts data and model files of 5 MB and more that git does not ignore and DVC does not track. Weak: data kept
    with the code is at least one version of it; the signal asks how the next version comes in.
    """
    paths = {member.path for member in repository.members}
    ignored = ignore_patterns(repository.texts.get(".gitignore", ""))
    large = [
        member
        for member in repository.members
        if member.size >= LARGE_BYTES
        and _ending(member.path) in words("calls", "data_extensions")
        and f"{member.path}.dvc" not in paths
        and role_of(member.path) != "test"
        and not is_ignored(member.path, ignored)
    ]
    if not large:
        return absent("No data or model file of 5 MB or more is kept with the code.", of=len(repository.members))
    total = sum(member.size for member in large)
    return found(
        f"{counted(len(large), 'data or model file')} of 5 MB or more, {total / MIB:,.0f} MiB in all.",
        ((member.path, 0) for member in large),
        value=len(large),
        of=len(repository.members),
    )


def _ending(path: str) -> str:
    name = path.rpartition("/")[2].lower()
    return f".{name.rpartition('.')[2]}" if "." in name else ""


def ignore_patterns(text: str) -> list[str]:
    """The patterns of a `.gitignore`, as far as they only leave out."""
    lines = (line.strip() for line in text.splitlines()[:500])
    return [line.removeprefix("**/") for line in lines if line and not line.startswith(("#", "!")) and len(line) < 200]


def is_ignored(path: str, ignored: list[str]) -> bool:
    """Whether the top `.gitignore` covers a path, as far as plain folders and endings go."""
    name = path.rpartition("/")[2]
    for pattern in ignored:
        plain = pattern.strip("/")
        if fnmatchcase(path, plain) or path.startswith(plain.rstrip("*").rstrip("/") + "/"):
            return True
        if not pattern.startswith("/") and (
            fnmatchcase(name, plain) or any(fnmatchcase(part, plain) for part in path.split("/")[:-1])
        ):
            return True
    return False


def data_checks_present(repository: Repository) -> Finding:
    """Sees a package that checks data (table, purpose data_checks) in use outside examples, or its settings files."""
    tools = repository.uses(tools_for("data_checks"), (*repository.work, *repository.tests))
    files = [path for path in repository.texts if path.rpartition("/")[2] in words("calls", "data_check_files")]
    dbt = [
        path
        for path, text in repository.texts.items()
        if path.endswith((".yml", ".yaml"))
        and re.search(r"(?m)^[ \t]+(?:data_)?tests:[ \t\r]*$", text)
        and "models:" in text
    ]
    places = [place for found_at in tools.values() for place in found_at] + [(path, 0) for path in (*files, *dbt)]
    if not places:
        return absent("No package that checks data was seen in use.")
    names = [*sorted(tools), *(["dbt tests"] if dbt else []), *(["expectation files"] if files else [])]
    return found(f"Data is checked with {', '.join(names[:4])}.", places, value=len(places))


def data_version_recorded(repository: Repository) -> Finding:
    """Sees data kept in versions: DVC or lakeFS files, a package of the table (purpose data_versioning) in use, or
    data sets fetched by `revision`. A file that keeps a model, by its name, does not count.
    """
    tools = repository.uses(tools_for("data_versioning"), repository.work)
    ending = tuple(word for word in words("calls", "data_version_files") if word.startswith(".") and "/" not in word)
    files = [
        member.path
        for member in repository.members
        if member.path.rpartition("/")[2] in words("calls", "data_version_files")
        or (
            member.path.endswith(ending)
            and member.path.rpartition("/")[2] not in ending
            and not MODEL_FILE.search(member.path)
        )
    ]
    fetched = [
        (file.path, call.line)
        for file in repository.work
        for call in file.calls_to(last_words("calls", "fetches_by_name"))
        if call.name in words("calls", "fetches_by_name") and call.keywords.get("revision") is not None
    ]
    places = [place for found_at in tools.values() for place in found_at] + [(path, 0) for path in files] + fetched
    if not places:
        return absent("No versions of data were seen.")
    names = [*sorted(tools), *(["data version files"] if files else []), *(["fixed revisions"] if fetched else [])]
    return found(f"Versions of data are kept with {', '.join(names[:4])}.", places, value=len(places))


def split_after_fit(repository: Repository) -> Finding:
    """Sees something that learns from rows (a scaler, an imputer, a selector, an oversampler: table `calls.toml`)
    fitted on all rows before they are split into training and test rows.

    Direct, because only the unambiguous order counts: the fitted result itself is what is split later in the same
    function or notebook, or the same rows are first fitted on, then split, and the fitted object is used on after. A
    fit counts at its first split.
    Names that speak of training rows, and parts of rows, are left alone.
    """
    leaks: list[tuple[str, int]] = []
    splits = 0
    for file in (*repository.work, *(notebook.code for notebook in repository.notebooks if notebook.role == "example")):
        if file.called.isdisjoint(last_words("calls", "splits")):
            continue
        calls_by_scope: dict[int, list[Call]] = {}
        for call in file.calls:
            calls_by_scope.setdefault(call.scope, []).append(call)
        for calls in calls_by_scope.values():
            number = sum(1 for call in calls if call.name in words("calls", "splits"))
            splits += number
            if number:
                leaks += [(file.path, line) for line in _leaks(file, calls)]
    if not splits:
        return unknown("No split into training and test rows was seen.")
    if not leaks:
        return absent(f"{counted(splits, 'split')} seen, none after a fit on the same rows.", of=splits)
    return found(
        f"Split after something was fitted on the same rows: {len(leaks)} of {counted(splits, 'split')}.",
        leaks,
        value=len(leaks),
        of=splits,
    )


def _leaks(file: PythonFile, calls: list[Call]) -> Iterator[int]:
    """Lines of the splits that come too late, among the calls of one scope in their order."""
    makers = file.makers()
    tainted: dict[str, Call] = {}  # rows that carry what was learned from all of them
    fitted: dict[str, str] = {}  # rows -> the object fitted on them
    parts: tuple[str, ...] = ()  # what the last split gave
    for position, call in enumerate(calls):
        if call.name in words("calls", "splits"):
            rows = {
                argument.name for argument in call.arguments if isinstance(argument, Reference) and not argument.part
            }
            owners = [fitted[name] for name in rows & fitted.keys()]
            if (
                rows & tainted.keys()
                or any(_gives_fitted(argument, makers) for argument in call.arguments)
                or any(later.name == f"{owner}.transform" for owner in owners for later in calls[position:])
            ):
                yield call.line
                for name in rows:  # a fit counts at its first split: the name may stand for other rows later
                    tainted.pop(name, None)
                    fitted.pop(name, None)
            parts = call.targets
            for target in parts:
                tainted.pop(target, None)
        elif _learns(call.name, makers):
            if (given := _rows(call)) is not None and not (call.nested and call.targets == parts):
                tainted.update(dict.fromkeys(call.targets, call))
                if not call.targets and call.last == "fit":
                    fitted[given] = call.name.rpartition(".")[0]
        elif not call.nested and not _names(call.arguments) & set(call.targets):
            for target in call.targets:
                tainted.pop(target, None)
                fitted.pop(target, None)


def _learns(name: str, makers: dict[str, str]) -> bool:
    """Whether a call fits something of the table on its first argument."""
    owner, _, last = name.rpartition(".")
    if last not in words("calls", "fits"):
        return False
    maker = makers.get(owner, "") if "()" not in owner else owner.removesuffix("()")
    return maker.rpartition(".")[2] in words("calls", "learns_from_rows")


def _rows(call: Call) -> str | None:
    """The name of the rows a call is given whole; None when they are a part, training rows, or not a name."""
    first = call.arguments[0] if call.arguments else None
    if not isinstance(first, Reference) or first.part or re.search(r"(?i)train|fit|fold|(?:^|_)tr(?:_|$)", first.name):
        return None
    return first.name


def _gives_fitted(argument: Value, makers: dict[str, str]) -> bool:
    """Whether an argument is itself a fit on the spot: `train_test_split(scaler.fit_transform(X), y)`."""
    return isinstance(argument, Result) and argument.call.endswith(".fit_transform") and _learns(argument.call, makers)


def _names(arguments: tuple[Value, ...]) -> set[str]:
    return {argument.name for argument in arguments if isinstance(argument, Reference)}


ABSOLUTE_PATHS = Detector(
    id="absolute-paths",
    statement="Paths of one person's machine stand in the code",
    area="DAT",
    questions=("CFG-06", "DAT-01", "RPG-02"),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="paths put together at run time, and whether the code is still used",
    fix="Name inputs once in versioned settings, relative to the project or as addresses, and pass them in.",
    version=3,
    applies_to=CODE,
    look=absolute_paths,
)
UNVERSIONED_REMOTE_DATA = Detector(
    id="unversioned-remote-data",
    statement="Remote data is fetched without a version",
    area="DAT",
    questions=("DAT-02", "DAT-09"),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="versions kept by the storage behind an address, and names built at run time",
    fix="Fix the revision, the snapshot date or a checksum at each fetch and keep it with the model.",
    version=2,
    applies_to=CODE,
    look=unversioned_remote_data,
)
LARGE_DATA_IN_REPOSITORY = Detector(
    id="large-data-in-repository",
    statement="Large data files are kept with the code",
    area="DAT",
    questions=("DAT-09",),
    polarity=Polarity.DEBT,
    strength=Strength.WEAK,
    cannot_see="whether git tracks a file, and files kept in large-file storage",
    fix="Keep data in versioned storage and only its reference and hash with the code.",
    version=1,
    applies_to=CODE,
    look=large_data_in_repository,
)
DATA_CHECKS_PRESENT = Detector(
    id="data-checks-present",
    statement="A tool checks the data",
    area="DAT",
    questions=("DAT-03",),
    polarity=Polarity.CARE,
    strength=Strength.STRONG,
    cannot_see="checks written by hand or run by a platform, and whether a failed check blocks anything",
    fix="Check types, ranges, missing share and freshness before training and before scoring, and stop on failure.",
    version=2,
    applies_to=PRODUCTS,
    look=data_checks_present,
)
DATA_VERSION_RECORDED = Detector(
    id="data-version-recorded",
    statement="Versions of data are recorded",
    area="DAT",
    questions=("DAT-09",),
    polarity=Polarity.CARE,
    strength=Strength.STRONG,
    cannot_see="versions kept by a warehouse or a platform, and whether a model's record names its data",
    fix="Record the data's version or hash with each trained model.",
    version=2,
    applies_to=PRODUCTS,
    look=data_version_recorded,
)
SPLIT_AFTER_FIT = Detector(
    id="split-after-fit",
    statement="Rows are split after something was fitted on all of them",
    area="DAT",
    questions=("DAT-07",),
    polarity=Polarity.DEBT,
    strength=Strength.DIRECT,
    cannot_see="fits and splits in different functions or files, and names given twice",
    fix="Split first, then fit on the training rows alone; a pipeline object keeps the order.",
    version=2,
    applies_to=CODE,
    look=split_after_fit,
)

"""Signals of tests of data, models and settings, and of settings that are copies of each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evidence.evidence import Kind, Polarity, Strength
from evidence.python_source import PythonFile
from evidence.repository import Repository, is_record, role_of
from evidence.signals.detector import CODE, Detector, Finding, absent, counted, found, unknown
from evidence.tables import tools_for, words

KEYS_MIN = 10
ALIKE_MIN = 0.8
COPIES_MIN = 3
FILES_MAX = 150
LEVELS_MAX = 20  #: of a key that tell it from others
KEY_LINE = re.compile(r"""^(\s*)(?:-\s+)?["']?([A-Za-z_][\w.-]{0,60})["']?\s*:(?:\s|$)""")
TOML_LINE = re.compile(r"^\s*(?:\[([\w.\"-]+)\]|([A-Za-z_][\w.-]{0,60})\s*=)")
NO_SETTINGS = re.compile(
    r"(?i)(?:^|/)(?:\.[\w-]+|k8s|kubernetes|helm|charts|templates|manifests|deploy(?:ment)?s?|infra|terraform|openapi|"
    r"locales?|i18n|dashboards?|grafana|data|datasets|schemas?|migrations|node_modules|fixtures|recipes?|pipelines?|"
    r"workflows|docker|cassettes)/|(?:^|/)(?:docker-compose|compose|mkdocs|dvc|chart|values|environment|conda|meta|"
    r"kustomization|pyproject|package|requirements|setup|pipfile|tox|codecov|mypy|tsconfig|conda_dependencies)"
    r"[\w.-]*\.\w+$"
)
SETTINGS_MODULE = re.compile(r"(?i)(?:^|\.)(?:config|configs|configuration|settings|params|conf)(?:\.|$)")


def data_tests_present(repository: Repository) -> Finding:
    """Sees tests that check rows: calls of the table `checking.toml` in test files, or a package that checks data
    (table of packages, purpose data_checks) used by tests.
    """
    if not repository.tests:
        return absent("There are no test files.")
    calls = words("checking", "checks_rows")
    places = {
        (file.path, call.line)
        for file in repository.tests
        if repository.calls_any(file, calls)
        for call in file.calls
        if call.last in calls
    }
    for used in repository.uses(tools_for("data_checks"), repository.tests).values():
        places.update(used)
    if not places:
        return absent(f"No check of rows in {counted(len(repository.tests), 'test file')}.", of=len(repository.tests))
    files = len({path for path, _ in places})
    return found(
        f"Rows are checked in {files} of {counted(len(repository.tests), 'test file')}.",
        places,
        value=files,
        of=len(repository.tests),
    )


def model_quality_tested(repository: Repository) -> Finding:
    """Sees tests, or modules a build server runs, that compare a measure of quality (names of the table
    `checking.toml`) with a number. Values that are only printed do not count.
    """
    places = [
        (file.path, setting.line)
        for file in (*repository.tests, *_gates(repository))
        for setting in file.settings
        if setting.place == "compared" and _measure(setting.name) in words("checking", "quality_names")
    ]
    if not places:
        return absent("No test compares a measure of quality with a limit.")
    return found(
        f"A measure of quality is held against a limit at {counted(len(places), 'place')}.", places, value=len(places)
    )


def _measure(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _gates(repository: Repository) -> Iterator[PythonFile]:
    """Modules whose name stands in a build file: what the build server runs beside tests."""
    texts = "\n".join(repository.ci.values())
    for file in repository.source:
        if file.is_script and file.path.rpartition("/")[2] in texts:
            yield file


def known_answers_tested(repository: Repository) -> Finding:
    """Sees test files that predict and hold the result against a known one (calls of the table `checking.toml`)."""
    predicting = [file for file in repository.tests if repository.calls_any(file, words("calls", "predicts"))]
    if not predicting:
        return absent("No test predicts.")
    known = words("checking", "holds_against_known")
    places = [(file.path, call.line) for file in predicting for call in file.calls if call.last in known]
    if not places:
        return absent(
            f"{counted(len(predicting), 'test file')} predict, none holds the result against a known one.",
            of=len(predicting),
        )
    files = len({path for path, _ in places})
    return found(
        f"Predictions are held against known results in {counted(files, 'test file')}.",
        places,
        value=files,
        of=len(predicting),
    )


def settings_tested(repository: Repository) -> Finding:
    """Sees test files that read a settings file or import the repository's own module for settings."""
    testing = [
        file for file in repository.tests if any(function.name.startswith("test") for function in file.functions)
    ]
    places = []
    for file in testing:
        places += [(file.path, call.line) for call in file.calls if call.name in words("checking", "reads_settings")]
        for record in file.imports:
            own = record.module.lstrip(".").split(".")[0] in repository.first_party
            if own and _of_settings(record.module, record.names):
                places.append((file.path, record.line))
    if not places:
        return absent("No test reads settings.", of=len(testing))
    files = len({path for path, _ in places})
    return found(f"Settings are read by {counted(files, 'test file')}.", places, value=files, of=len(testing))


def _of_settings(module: str, names: tuple[str, ...]) -> bool:
    return bool(SETTINGS_MODULE.search(module)) or any(SETTINGS_MODULE.search(name) for name in names)


def settings_copied(repository: Repository) -> Finding:
    """Finds settings files (YAML, TOML) that are copies of each other: ten keys or more, four of five the same.

    Files of tools, deployments, data and tests do not count. Found from three alike on. Strong in an application: each
    change must then be made in each copy. Weak in a library or a set of notebooks.
    """
    keys = {path: found_keys for path, found_keys in _settings(repository) if len(found_keys) >= KEYS_MIN}
    if not keys:
        return unknown("No settings file with ten keys or more was seen.")
    groups = [group for group in _alike(keys) if len(group) >= COPIES_MIN]
    if not groups:
        return absent(f"No copies among {counted(len(keys), 'settings file')} with ten keys or more.", of=len(keys))
    largest = max(groups, key=len)
    total = sum(map(len, groups))
    return found(
        f"{total} of {counted(len(keys), 'settings file')} are copies of each other; the largest set has "
        f"{len(largest)}.",
        ((path, 0) for path in largest),
        value=total,
        of=len(keys),
        strength=Strength.STRONG if repository.kind is Kind.APPLICATION else Strength.WEAK,
    )


def _settings(repository: Repository) -> Iterator[tuple[str, frozenset[str]]]:
    """The settings files of the work with the keys of each."""
    paths = [
        path
        for path in repository.texts
        if path.endswith((".yml", ".yaml", ".toml"))
        and role_of(path) == "source"
        and path not in repository.ci
        and not is_record(path)
        and not NO_SETTINGS.search(path)
    ]
    for path in paths[:FILES_MAX]:
        read = _toml_keys if path.endswith(".toml") else _yaml_keys
        yield path, frozenset(read(repository.texts[path]))


def _yaml_keys(text: str) -> Iterator[str]:
    """The keys of a YAML text with the keys above them, by indentation."""
    above: list[tuple[int, str]] = []
    for line in text.splitlines()[:5_000]:
        match = KEY_LINE.match(line[:300])
        if match:
            indent = len(match.group(1))
            while above and above[-1][0] >= indent:
                above.pop()
            above.append((indent, match.group(2)))
            yield ".".join(word for _, word in above[:LEVELS_MAX])


def _toml_keys(text: str) -> Iterator[str]:
    table = ""
    for line in text.splitlines()[:5_000]:
        match = TOML_LINE.match(line[:300])
        if match and match.group(1):
            table = match.group(1)
        elif match:
            yield f"{table}.{match.group(2)}"


def _alike(keys: dict[str, frozenset[str]]) -> list[list[str]]:
    """Sets of files whose keys are the same to four fifths, each with the first of its set."""
    groups: list[list[str]] = []
    for path in sorted(keys):
        for group in groups:
            first = keys[group[0]]
            if len(first & keys[path]) >= ALIKE_MIN * len(first | keys[path]):
                group.append(path)
                break
        else:
            groups.append([path])
    return groups


DATA_TESTS_PRESENT = Detector(
    id="data-tests-present",
    statement="Rows of data are checked by tests",
    area="TST",
    questions=("DAT-03", "TST-01"),
    polarity=Polarity.CARE,
    strength=Strength.WEAK,
    cannot_see="whether the rows are those of production, and tests kept in another repository",
    fix="Test missing values, ranges and keys of what each step hands on, on a sample of real rows.",
    version=1,
    applies_to=CODE,
    look=data_tests_present,
)
MODEL_QUALITY_TESTED = Detector(
    id="model-quality-tested",
    statement="Quality of the model is checked against a limit",
    area="TST",
    questions=("TST-02",),
    polarity=Polarity.CARE,
    strength=Strength.STRONG,
    cannot_see="gates in a platform, and whether a failure stops the release",
    fix="Let a candidate pass absolute limits, a simple baseline and the current model, for each group of cases.",
    version=1,
    applies_to=CODE,
    look=model_quality_tested,
)
KNOWN_ANSWERS_TESTED = Detector(
    id="known-answers-tested",
    statement="Predictions are checked against known answers",
    area="TST",
    questions=("TST-07",),
    polarity=Polarity.CARE,
    strength=Strength.STRONG,
    cannot_see="whether the cases are hard ones, and whether incidents add to them",
    fix="Keep the cases that hurt once as tests, and add one with each incident.",
    version=1,
    applies_to=CODE,
    look=known_answers_tested,
)
SETTINGS_TESTED = Detector(
    id="settings-tested",
    statement="Settings are read by tests",
    area="CFG",
    questions=("CFG-08",),
    polarity=Polarity.CARE,
    strength=Strength.WEAK,
    cannot_see="whether every settings file is among them, and checks made at start",
    fix="Let one test load every settings file and run a tiny training with it.",
    version=1,
    applies_to=CODE,
    look=settings_tested,
)
SETTINGS_COPIED = Detector(
    id="settings-copied",
    statement="Settings files are copies of each other",
    area="CFG",
    questions=("CFG-05", "CFG-10"),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="copies generated from one source, and copies in other formats",
    fix="Keep one file with what all share, and let each variant hold only what differs.",
    version=1,
    applies_to=CODE,
    look=settings_copied,
)

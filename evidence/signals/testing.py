"""Signals of testing and reproducibility: dependencies, chance, tests, and what a build server runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from evidence.evidence import Kind, Polarity, Strength
from evidence.manifests import Requirement
from evidence.python_source import Call, PythonFile
from evidence.repository import Repository, role_of
from evidence.signals.detector import CODE, PRODUCTS, Detector, Finding, absent, counted, found, unknown
from evidence.tables import words

UNPINNED_SHARE = 0.25
PINNED_SHARE = 0.9
BARE_SHARE = 0.75
_FIRMNESS = ("exact", "source", "range", "none")
REQUIREMENTS_MIN = 3
MODULES_MIN = 3
LINES_MIN = 100
TEST_COMMAND = re.compile(
    r"(?<!\.)\b(?:pytest|py\.test|tox\b|nox\b|unittest\b|nosetests|make (?:\w+ )?(?:test|check)\w*|hatch (?:run )?"
    r"[\w:.-]*test|pdm (?:run )?test|just test|invoke test|nbmake|bazel test|python -m test)"
)

NO_COMMAND = re.compile(r"-?\s*(?:name|uses|path|key|cache[\w-]*):|[\w-]+:$|.*\bpip3? install")


def unpinned_dependencies(repository: Repository) -> Finding:
    """Counts what the application needs at run time without an exact version, where no lock file fixes it either.

    Development groups, extras and manifests of examples do not count; a file that fixes nine of ten counts as a lock.
    Found above a quarter. Direct when three quarters or more say nothing at all about the version and no image or
    conda environment is described either: what is installed then changes by itself. Strong otherwise.
    """
    wanted = _run_time(repository)
    if not wanted:
        return unknown("No manifest names what the code needs.")
    locks = _locks(repository)
    wanted = [requirement for requirement in wanted if not _is_covered(requirement.path, locks)]
    if not wanted:
        return absent(f"{', '.join(locks[:3])} fix{'es' if len(locks) == 1 else ''} the versions.")
    loose = [requirement for requirement in wanted if requirement.pin in ("none", "range")]
    bare = [requirement for requirement in loose if requirement.pin == "none"]
    if len(loose) < 2 or len(loose) <= UNPINNED_SHARE * len(wanted):
        return absent(
            f"{len(loose)} of {counted(len(wanted), 'dependency', 'dependencies')} have no exact version.",
            of=len(wanted),
        )
    image = any(re.search(r"(?i)(?:^|/)(?:dockerfile|environment\.ya?ml)", path) for path in repository.texts)
    clear = len(bare) >= BARE_SHARE * len(wanted) and len(wanted) >= REQUIREMENTS_MIN and not image
    at_all = f", {len(bare)} none at all" if bare else ""
    return found(
        f"{len(loose)} of {counted(len(wanted), 'dependency', 'dependencies')} have no exact version{at_all}, and no "
        "lock file was seen.",
        ((requirement.path, requirement.line) for requirement in (bare or loose)),
        value=len(loose),
        of=len(wanted),
        strength=Strength.DIRECT if clear else Strength.STRONG,
    )


def _run_time(repository: Repository) -> list[Requirement]:
    """What the work needs, each name once with its firmest version: no extras, no examples."""
    firmest: dict[str, Requirement] = {}
    for requirement in repository.requirements:
        if requirement.extra or role_of(requirement.path) not in ("source", "build"):
            continue
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        if name not in firmest or _FIRMNESS.index(requirement.pin) < _FIRMNESS.index(firmest[name].pin):
            firmest[name] = requirement
    return list(firmest.values())


def _is_covered(path: str, locks: list[str]) -> bool:
    """Whether a lock stands beside a manifest or above it."""
    folder = path.rpartition("/")[0] + "/"
    return any(folder.startswith((lock.rpartition("/")[0] + "/").removeprefix("/")) for lock in locks)


def _locks(repository: Repository) -> list[str]:
    """The files that fix all versions: lock files, and requirements that give nine of ten an exact version."""
    locks = list(repository.locks)
    by_path: dict[str, list[Requirement]] = {}
    for requirement in repository.requirements:
        if requirement.path.endswith((".txt", ".yml", ".yaml")) and not requirement.extra:
            by_path.setdefault(requirement.path, []).append(requirement)
    for path, requirements in sorted(by_path.items()):
        exact = sum(1 for requirement in requirements if requirement.pin == "exact")
        if len(requirements) >= REQUIREMENTS_MIN and exact >= PINNED_SHARE * len(requirements):
            locks.append(path)
    return locks


def lock_file_present(repository: Repository) -> Finding:
    """Sees a lock file, or a requirements file that gives nine of ten an exact version."""
    locks = _locks(repository)
    if not locks:
        return absent("No lock file was seen.")
    return found(f"Versions are fixed in {', '.join(locks[:3])}.", ((path, 0) for path in locks), value=len(locks))


def unseeded_randomness(repository: Repository) -> Finding:
    """Counts splits, estimators and draws that depend on chance and are given no seed, in files that set none. Draws
    count only where a model is trained in the same file: a pause or a simulation may be random.

    Strong when a split into training and test rows is among them: two runs then judge on different rows. Weak
    otherwise, when a seed is set somewhere else in the work, and when only notebooks beside an application split so.
    """
    loose: list[tuple[str, int, Call]] = []
    total = 0
    seeded_elsewhere = False
    for file in repository.work:
        learns = not file.called.isdisjoint(words("calls", "trains"))
        chance = not file.called.isdisjoint(_words_of_chance())
        uses = [call for call in file.calls if _depends_on_chance(call, learns)] if chance else []
        seeds = any(map(_sets_seed, file.calls_to(words("calls", "seeds"))))
        seeded_elsewhere = seeded_elsewhere or seeds
        total += len(uses)
        if not seeds:
            loose += [(file.path, call.line, call) for call in uses if not _is_seeded(call)]
    if not total:
        return unknown("Nothing that depends on chance was seen.")
    if not loose:
        return absent(f"Chance is seeded: {counted(total, 'use')} of it seen.", of=total)
    splits = [entry for entry in loose if entry[2].last in words("calls", "random_splits")]
    in_modules = any(not path.endswith(".ipynb") for path, _, _ in splits)
    clear = bool(splits) and not seeded_elsewhere and (in_modules or repository.kind is Kind.NOTEBOOKS)
    return found(
        f"{len(loose)} of {counted(total, 'use')} of chance without a seed, {len(splits)} of them splits of rows.",
        ((path, line) for path, line, _ in splits or loose),
        value=len(loose),
        of=total,
        strength=Strength.STRONG if clear else Strength.WEAK,
    )


@cache
def _words_of_chance() -> frozenset[str]:
    """The last words of the calls that may depend on chance."""
    names = words("calls", "random_splits") | words("calls", "random_estimators") | words("calls", "random_calls")
    return frozenset(name.rpartition(".")[2] for name in names)


def _depends_on_chance(call: Call, learns: bool) -> bool:
    shuffles = call.keywords.get("shuffle", True) is True  # a name stands for a choice made elsewhere
    if call.last in words("calls", "random_splits"):
        return shuffles
    return call.last in words("calls", "random_estimators") or (learns and call.name in words("calls", "random_calls"))


def _is_seeded(call: Call) -> bool:
    return "**" in call.keywords or any(
        call.keywords.get(name) is not None for name in words("calls", "seed_keywords") if name in call.keywords
    )


def _sets_seed(call: Call) -> bool:
    return bool(call.arguments) or bool(call.keywords) or call.last != "seed"


def tests_missing(repository: Repository) -> Finding:
    """Sees a repository of some size (three modules, 100 lines) without one test function or test class.

    Strong in an application; weak in a set of notebooks or a library, whose tests may not be packed with it.
    """
    lines = sum(file.lines for file in repository.source)
    if len(repository.source) < MODULES_MIN or lines < LINES_MIN:
        return unknown("There is too little code in modules to expect tests beside it.")
    tests = [file for file in repository.python if _holds_tests(file)]
    if tests:
        return absent(
            f"{counted(len(tests), 'test file')} for {counted(len(repository.source), 'module')}.",
            of=len(repository.source),
        )
    largest = sorted(repository.source, key=lambda file: -file.lines)[:3]
    return found(
        f"No test was seen beside {counted(len(repository.source), 'module')} with {lines:,} lines.",
        ((file.path, 0) for file in largest),
        value=0,
        of=len(repository.source),
        strength=Strength.STRONG if repository.kind is Kind.APPLICATION else Strength.WEAK,
    )


def _holds_tests(file: PythonFile) -> bool:
    return any(function.name.startswith("test") for function in file.functions) or any(
        any(base.endswith("TestCase") for base in bases) for _, bases in file.classes
    )


def ci_runs_tests(repository: Repository) -> Finding:
    """Sees a build server's file with a command that runs tests. Its tasks in other files are not followed."""
    if not repository.ci:
        return absent("No build server's file was seen.")
    places = list(_test_commands(repository))
    if not places:
        return absent(
            f"{counted(len(repository.ci), 'build file')}, none with a command that runs tests.", of=len(repository.ci)
        )
    return found(
        f"Tests are run by {', '.join(sorted({path for path, _ in places})[:3])}.",
        places,
        value=len(places),
        of=len(repository.ci),
    )


def _test_commands(repository: Repository) -> Iterator[tuple[str, int]]:
    for path, text in repository.ci.items():
        for number, line in enumerate(text.splitlines(), start=1):
            plain = line[:1_000].split(" #")[0].strip()
            if plain.startswith("#") or NO_COMMAND.match(plain):
                continue
            if TEST_COMMAND.search(plain):
                yield path, number
                break


UNPINNED_DEPENDENCIES = Detector(
    id="unpinned-dependencies",
    statement="Dependencies have no fixed versions",
    area="TST",
    questions=("TST-04", "TST-10"),
    polarity=Polarity.DEBT,
    strength=Strength.DIRECT,
    cannot_see="images that fix the versions, and manifests computed at install time",
    fix="Lock every version with its hash, and let a bot propose upgrades that a small training run must pass.",
    version=1,
    applies_to=PRODUCTS,
    look=unpinned_dependencies,
)
LOCK_FILE_PRESENT = Detector(
    id="lock-file-present",
    statement="Versions of dependencies are fixed in a file",
    area="TST",
    questions=("RPG-02", "TST-04", "TST-10"),
    polarity=Polarity.CARE,
    strength=Strength.STRONG,
    cannot_see="whether the file is up to date and used to build what runs",
    fix="Keep a lock file with the code and build from it.",
    version=1,
    applies_to=PRODUCTS,
    look=lock_file_present,
)
UNSEEDED_RANDOMNESS = Detector(
    id="unseeded-randomness",
    statement="Chance is used without a seed",
    area="TST",
    questions=("TST-04",),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="seeds set by the platform or in settings, and chance inside libraries and on graphics cards",
    fix="Set and record one seed for a run, hand it to every split, estimator and generator, and report the variance.",
    version=2,
    applies_to=PRODUCTS,
    look=unseeded_randomness,
)
TESTS_MISSING = Detector(
    id="tests-missing",
    statement="There are no tests",
    area="TST",
    questions=("TST-01",),
    polarity=Polarity.DEBT,
    strength=Strength.STRONG,
    cannot_see="tests in another repository or left out of the archive",
    fix="Test the code that makes features first: edge cases, missing values, and one property each.",
    version=1,
    applies_to=CODE,
    look=tests_missing,
)
CI_RUNS_TESTS = Detector(
    id="ci-runs-tests",
    statement="A build server runs the tests",
    area="TST",
    questions=("TST-01", "TST-03"),
    polarity=Polarity.CARE,
    strength=Strength.STRONG,
    cannot_see="build servers configured outside the repository, and whether a failed test stops anything",
    fix="Run the tests and a tiny training on every change.",
    version=3,
    applies_to=CODE,
    look=ci_runs_tests,
)

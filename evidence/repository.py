"""The facts of a repository, parsed once: files, imports, calls, texts, notebooks, manifests, and what kind it is."""

from __future__ import annotations

import contextlib
import gc
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any, TypeVar

from evidence.evidence import Kind, Unparsed
from evidence.facts import PATHS_REMEMBERED, FileFacts, facts_of, kind_of
from evidence.git_log import GitLog
from evidence.kinds import classify
from evidence.manifests import NotAManifest, Requirement, is_lock, is_manifest, read_manifest
from evidence.notebook import Notebook
from evidence.python_source import Import, PythonFile
from evidence.source import KIB, MIB, Limits, Member, Source
from evidence.tables import origins

T = TypeVar("T")
TEXTS_BYTES_MAX = 16 * MIB  #: all settings, workflows and manifests that are kept as text
MODULE_PARTS_MAX = 12  #: of a dotted name that are compared with a table, whose rows have fewer
GENERATED = "generated"  #: the role of a file that says a program wrote it, wherever it stands
_KIND_NAMES = {
    Kind.APPLICATION: "an application",
    Kind.LIBRARY: "a library",
    Kind.NOTEBOOKS: "a set of notebooks",
    Kind.TEMPLATE: "a template",
}

_TEST = re.compile(
    r"(?i)(?:^|/)(?:tests?|testing|unit_?tests?|integration_?tests?|e2e)/|(?:^|/)(?:tests?|test_[^/]*|[^/]*_tests?|conftest)\.(?:py|ipynb)$"
)
_EXAMPLE = re.compile(
    r"(?i)(?:^|/)(?:examples?|samples?|tutorials?|demos?|docs?|documentation|benchmarks?|asv_bench|templates|cookbooks?|recipes)/"
)
_BUILD = re.compile(
    r"(?:^|/)(?:setup|noxfile|tasks|fabfile|conf|versioneer|_version)\.py$|(?:^|/)(?:\.github|\.circleci|ci|tools|build|dist)/"
)
_RECORD = re.compile(
    r"(?i)(?:^|/)(?:mlruns|outputs?|\.hydra|multirun|uncommitted|[\w-]*results?|wandb|lightning_logs|runs|logs|\.trash|snapshots|"
    r"recordings|cassettes)/|(?:example|sample)_outputs?\.\w+$"
)
_CI = re.compile(
    r"(?i)^(?:\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.ya?ml|\.gitlab/.*\.ya?ml|\.circleci/config\.ya?ml|azure-pipelines[\w.-]*\.ya?ml|"
    r"\.pipelines/.*\.ya?ml|cloudbuild/[^/]+\.ya?ml|"
    r"\.azure[\w/-]*\.ya?ml|jenkinsfile[\w.-]*|bitbucket-pipelines\.ya?ml|\.travis\.ya?ml|\.drone\.ya?ml|\.buildkite/.*\.ya?ml|"
    r"cloudbuild\.ya?ml|buildspec\.ya?ml|appveyor\.ya?ml|\.woodpecker[\w/.-]*\.ya?ml|\.cirrus\.ya?ml|\.semaphore/.*\.ya?ml|\.ci/.*)$"
)


@dataclass(frozen=True, kw_only=True)
class Repository:
    """Everything the signals may ask. Paths are inside the repository; what could not be read is in `unparsed`."""

    name: str
    kind: Kind
    commit: str | None
    members: tuple[Member, ...]
    python: tuple[PythonFile, ...]
    notebooks: tuple[Notebook, ...]
    texts: Mapping[str, str]  #: settings, workflows, manifests, Dockerfiles by path
    queries: Mapping[str, str]  #: SQL files by path
    requirements: tuple[Requirement, ...]
    locks: tuple[str, ...]
    lines_by_language: Mapping[str, int]
    unparsed: tuple[Unparsed, ...]
    notes: tuple[str, ...]
    log: GitLog | None = None  #: None without a git history that can be read

    @cached_property
    def source(self) -> tuple[PythonFile, ...]:
        """The modules that do the work: no tests, examples, build scripts or notebooks."""
        return tuple(file for file in self.python if file.role == "source")

    @cached_property
    def work(self) -> tuple[PythonFile, ...]:
        """The modules that do the work and the notebooks beside them."""
        cells = (notebook.code for notebook in self.notebooks if notebook.role == "source")
        return (*self.source, *cells)

    @cached_property
    def generated(self) -> tuple[PythonFile, ...]:
        """The modules that say a program wrote them, where the work is: what they import is imported all the same."""
        return tuple(file for file in self.python if file.is_generated and role_of(file.path) == "source")

    @cached_property
    def tests(self) -> tuple[PythonFile, ...]:
        """The test files."""
        return tuple(file for file in self.python if file.role == "test")

    @cached_property
    def ci(self) -> Mapping[str, str]:
        """The files that tell a build server what to do, by path."""
        return {path: text for path, text in self.texts.items() if _CI.match(path)}

    @cached_property
    def modules(self) -> Mapping[str, PythonFile]:
        """First-party modules by dotted name, as they import each other."""
        return _module_names(self.python)

    @cached_property
    def first_party(self) -> frozenset[str]:
        """The top names under which the repository's own code is imported."""
        names = {module.split(".")[0] for module in self.modules}
        packaging = self.texts.get("pyproject.toml", "")
        match = re.search(r"(?m)^name\s*=\s*[\"']([\w.-]+)[\"']", packaging)
        if match:
            names.add(re.sub(r"[-.]", "_", match.group(1)).lower())
        return frozenset(names)

    def calls_any(self, file: PythonFile, names: frozenset[str]) -> bool:
        """Whether a file calls anything whose last word is one of the names: "fit" of "model.fit"."""
        return not names.isdisjoint(file.called)

    @cached_property
    def own_names(self) -> frozenset[str]:
        """The names of all its folders and modules, wherever they stand: any may be on a search path."""
        words = (word for file in self.python for word in file.path.removesuffix(".py").split("/"))
        return frozenset(words) | self.first_party

    def imports_of(self, file: PythonFile) -> tuple[Import, ...]:
        """What a file surely uses of others: no optional import, nothing of the repository's own."""
        known = self._outside.get(id(file))  # some thirty signals ask it of each file
        if known is None or known[0] is not file:
            known = self._outside[id(file)] = (file, tuple(self._imports_of(file)))
        return known[1]

    @cached_property
    def _outside(self) -> dict[int, tuple[PythonFile, tuple[Import, ...]]]:
        return {}

    def _imports_of(self, file: PythonFile) -> Iterator[Import]:
        siblings = self._siblings.get(file.path.rpartition("/")[0], frozenset())
        for record in file.imports:
            top = record.module.split(".")[0]
            if top and not record.optional and top not in self.first_party and top not in siblings:
                yield record

    @cached_property
    def _siblings(self) -> Mapping[str, frozenset[str]]:
        folders: dict[str, set[str]] = {}
        for file in self.python:
            folder, _, name = file.path.rpartition("/")
            folders.setdefault(folder, set()).add(name.removesuffix(".py"))
        return {folder: frozenset(names) for folder, names in folders.items()}

    def said_of(self, ask: Callable[[PythonFile], T], file: PythonFile) -> T:
        """What `ask` says of a file, asked once: several signals ask the same of each."""
        known = self._said.get((ask, id(file)))
        if known is None or known[0] is not file:
            known = self._said[ask, id(file)] = (file, ask(file))
        said: T = known[1]
        return said

    @cached_property
    def _said(self) -> dict[tuple[Callable[[PythonFile], Any], int], tuple[PythonFile, Any]]:
        return {}

    def uses(self, tools: Mapping[str, str], files: tuple[PythonFile, ...]) -> dict[str, list[tuple[str, int]]]:
        """Which of the tools (module -> name) the files use, and where: name -> [(path, line)]."""
        found: dict[str, list[tuple[str, int]]] = {}
        tops = {module.partition(".")[0] for module in tools}
        for file in files:
            for record in self.imports_of(file):
                if record.module.partition(".")[0] not in tops:
                    continue
                name = tool_of(tools, record)
                if name is not None:
                    found.setdefault(name, []).append((file.path, record.line))
        return found

    @cached_property
    def import_graph(self) -> Mapping[str, frozenset[str]]:
        """Which first-party module imports which when it is loaded: no lazy, optional or type-checking import."""
        return {name: frozenset(self._loads(name, file)) for name, file in self.modules.items()}

    def _is_elsewhere(self, top: str) -> bool:
        return top in self.first_party or top in _elsewhere()

    def _loads(self, name: str, file: PythonFile) -> Iterator[str]:
        package = name if file.path.endswith("__init__.py") else name.rpartition(".")[0]
        for record in file.imports:
            if record.lazy or record.optional:
                continue
            base = _absolute(record.module, package)
            if base is None:
                continue
            beside = f"{package}.{base}"
            if beside in self.modules and not self._is_elsewhere(base.partition(".")[0]):
                base = beside  # a script, run from its folder
            targets = [f"{base}.{word}" if base else word for word in record.names]
            inside = [target for target in targets if target in self.modules]
            yield from (target for target in inside if target != name)
            if (len(inside) < len(targets) or not targets) and base in self.modules and base != name:
                yield base


@cache
def _elsewhere() -> frozenset[str]:
    """Top names that an import gets from Python or a known package, whatever lies beside the file."""
    return frozenset(sys.stdlib_module_names) | {module.partition(".")[0] for module in origins()}


def tool_of(tools: Mapping[str, str], record: Import) -> str | None:
    """The name of the tool (module -> name) that an import brings in, None when it brings none."""
    candidates = (record.module, *(f"{record.module}.{name}" for name in record.names))
    return next((tools[part] for whole in candidates for part in _prefixes(whole) if part in tools), None)


def _prefixes(module: str) -> Iterator[str]:
    parts = module.split(".", maxsplit=MODULE_PARTS_MAX)[:MODULE_PARTS_MAX]
    for length in range(len(parts), 0, -1):
        yield ".".join(parts[:length])


def _absolute(module: str, package: str) -> str | None:
    """A relative import's module in full; None when it climbs out of the package."""
    level = len(module) - len(module.lstrip("."))
    if level == 0:
        return module
    parts = package.split(".") if package else []
    if level - 1 > len(parts):
        return None
    parts = parts[: len(parts) - (level - 1)]
    rest = module.lstrip(".")
    return ".".join([*parts, rest] if rest else parts)


def _module_names(python: tuple[PythonFile, ...]) -> dict[str, PythonFile]:
    """Dotted names: a package starts at the first folder whose parent is no package; scripts by their folders."""
    packages = {file.path.rpartition("/")[0] for file in python if file.path.endswith("/__init__.py")}
    names: dict[str, PythonFile] = {}
    for file in python:
        role = role_of(file.path) if file.is_generated else file.role
        if role not in ("source", "example") or not file.path.endswith(".py"):
            continue
        parts = file.path.removesuffix(".py").split("/")
        start = 0
        while start < len(parts) - 1 and "/".join(parts[: start + 1]) not in packages:
            start += 1
        if start == len(parts) - 1 and parts[0] in ("src", "lib", "python"):
            start = 1
        elif start == len(parts) - 1:
            start = 0
        if role == "example" and start == 0:
            continue
        words = parts[start:-1] if parts[-1] == "__init__" else parts[start:]
        if words:
            names.setdefault(".".join(words), file)
    return names


@lru_cache(PATHS_REMEMBERED)  # the same paths are asked about again and again, in each past quarter too
def role_of(path: str) -> str:
    """What a file is there for: "test", "example" (documentation and benchmarks too), "build" or "source"."""
    if _TEST.search(path):
        return "test"
    if _EXAMPLE.search(path):
        return "example"
    return "build" if _BUILD.search(path) else "source"


def is_record(path: str) -> bool:
    """Whether a data file is what a tool wrote of a run, by its folder: nobody sets anything there."""
    return bool(_RECORD.search(path))


def read_repository(
    source: Source,
    *,
    name: str,
    limits: Limits,
    kind: Kind | None = None,
    read: Callable[[bytes, str], FileFacts] = facts_of,
    log: GitLog | None = None,
) -> Repository:
    """Read every wanted file of a source once. A file that cannot be read becomes Unparsed; the rest goes on.

    `kind` is what a person says the repository is for; None = told by its visible marks. `read` gives the facts of
    contents under a path, as `facts_of` does; one that remembers may stand in for it.
    """
    with without_collector():
        facts = {
            member.path: read(content, member.path)
            for member, content in source.contents(lambda member: is_wanted(member, limits))
        }
        return assemble(
            source.members,
            facts,
            name=name,
            commit=source.commit,
            notes=source.notes,
            unparsed=too_large(source, limits),
            kind=kind,
            log=log,
        )


def assemble(
    members: tuple[Member, ...],
    facts: Mapping[str, FileFacts],
    *,
    name: str,
    commit: str | None = None,
    notes: tuple[str, ...] = (),
    unparsed: Iterable[Unparsed] = (),
    kind: Kind | None = None,
    log: GitLog | None = None,
) -> Repository:
    """The repository that these files make, from the facts of each by its path: what every past commit needs too."""
    python: list[PythonFile] = []
    notebooks: list[Notebook] = []
    texts: dict[str, str] = {}
    queries: dict[str, str] = {}
    requirements: list[Requirement] = []
    lines: dict[str, int] = {}
    problems = list(unparsed)
    room = TEXTS_BYTES_MAX
    for path in sorted(facts):
        known = facts[path]
        if known.language:
            lines[known.language] = lines.get(known.language, 0) + known.lines
        if known.python is not None:
            role = GENERATED if known.python.is_generated else role_of(path)
            python.append(known.python._replace(path=path, role=role))
        if known.notebook is not None:
            notebooks.append(known.notebook.placed(path, role_of(path)))
        if known.text is not None and len(known.text) <= room:
            room -= len(known.text)
            (queries if path.lower().endswith(".sql") else texts)[path] = known.text
            if is_manifest(path):
                try:
                    requirements.extend(read_manifest(known.text, path))
                except NotAManifest as problem:
                    problems.append(Unparsed(path=path, reason=str(problem)))
        if known.problem:
            problems.append(Unparsed(path=path, reason=known.problem))
    if kind is None:
        kind, reason = classify(members, python, notebooks, texts)
    else:
        reason = f"Taken for {_KIND_NAMES[kind]}: so it was said."
    return Repository(
        name=name,
        kind=kind,
        commit=commit,
        members=members,
        python=tuple(python),
        notebooks=tuple(notebooks),
        texts=texts,
        queries=queries,
        requirements=tuple(sorted(requirements, key=lambda wanted: (wanted.path, wanted.line, wanted.name))),
        locks=tuple(member.path for member in members if is_lock(member.path)),
        lines_by_language=lines,
        unparsed=tuple(sorted(problems, key=lambda entry: (entry.path, entry.reason))),
        notes=(reason, *_said_generated(python), *notes),
        log=log,
    )


def _said_generated(python: Iterable[PythonFile]) -> Iterator[str]:
    lines = [file.lines for file in python if file.is_generated]
    if lines:
        yield (
            f"Generated, as the first comment says: {len(lines):,} Python file{'' if len(lines) == 1 else 's'} with "
            f"{sum(lines):,} lines. Counted and not judged; only imports and credentials are looked for there."
        )


def _limit_of(path: str, limits: Limits) -> int:
    return limits.notebook_bytes if path.endswith(".ipynb") else limits.source_bytes


def is_wanted(member: Member, limits: Limits) -> bool:
    """Whether a file's contents are read: source, notebooks, settings and manifests below their size limit."""
    return member.size <= _limit_of(member.path, limits) and bool(kind_of(member.path))


def too_large(source: Source, limits: Limits) -> Iterator[Unparsed]:
    """The source files and notebooks that are larger than the limits, so not read."""
    for member in source.members:
        limit = _limit_of(member.path, limits)
        if member.size > limit and member.path.endswith((".py", ".ipynb")):
            size = f"{limit // MIB} MiB" if limit >= MIB else f"{limit // KIB} KiB"
            yield Unparsed(path=member.path, reason=f"larger than {size}, so not read")


@contextlib.contextmanager
def without_collector() -> Iterator[None]:
    """Trees and facts hold no cycles: without the cycle collector they are made and asked about a sixth faster."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()

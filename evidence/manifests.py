"""What a repository says it needs: requirements, PEP 621 and 735, poetry, uv, pdm, hatch, pixi, Pipfile, conda ..."""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from collections.abc import Iterator
from typing import Any, NamedTuple

from evidence.syntax import NotPython, parse

REQUIREMENTS_MAX = 2_000
LINE_SEARCH_LENGTH_MAX = 100_000
KEY_PARTS_MAX = 32  #: of one TOML key; a longer one costs the square of its length
_LONG_KEY = re.compile(
    rf"""(?:(?:(?<![\w-])[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{KEY_PARTS_MAX}}}"""
)
_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(.*)")
_REQUIREMENTS_FILE = re.compile(
    r"(?:^|/)(?:requirements[\w.-]*|[\w.-]+[-_.]requirements)\.(?:txt|in)$|(?:^|/)requirements?/[\w.-]+\.(?:txt|in)$"
)
_ENVIRONMENT_FILE = re.compile(r"(?:^|/)(?:[\w.-]*conda[\w.-]*|env(?:ironment)?[\w.-]*|[\w-]*dependencies)\.ya?ml$")
EXTRA = re.compile(
    r"dev|test|lint|doc|(?<![a-z])ci(?![a-z])|build|type|style|bench|example|tutorial|typing|mypy|quality|profil|codespace",
    re.I,
)
LOCK_FILES = frozenset(
    {"poetry.lock", "uv.lock", "pipfile.lock", "pdm.lock", "conda-lock.yml", "pixi.lock", "pylock.toml", "flake.lock",
     "requirements.lock", "requirements-lock.txt", "conda-linux-64.lock", "renv.lock"}
)  # fmt: skip


class Requirement(NamedTuple):
    """One declared dependency. `pin`: "exact", "range", "none" or "source" (an address or a local path)."""

    name: str
    pin: str
    path: str
    line: int
    extra: bool  #: not needed to run the work: development, tests, documentation, an optional extra


class NotAManifest(Exception):
    """The file cannot be read as the manifest its name promises; `str()` is the plain reason."""


def is_manifest(path: str) -> bool:
    """Whether a file declares dependencies."""
    name = path.rpartition("/")[2].lower()
    return (
        name in ("pyproject.toml", "setup.cfg", "setup.py", "pipfile", "pixi.toml")
        or bool(_REQUIREMENTS_FILE.search(path.lower()))
        or bool(_ENVIRONMENT_FILE.search(path.lower()))
    )


def is_lock(path: str) -> bool:
    """Whether a file fixes every dependency."""
    name = path.rpartition("/")[2].lower()
    return name in LOCK_FILES or (name.startswith(("conda-", "requirements")) and name.endswith(".lock"))


def read_manifest(text: str, path: str) -> tuple[Requirement, ...]:
    """The declared dependencies of one manifest. Raises NotAManifest."""
    name = path.rpartition("/")[2].lower()
    try:
        if name == "pyproject.toml":
            found = _pyproject(_toml(text), text, path)
        elif name == "pixi.toml":
            found = _pixi(_toml(text), text, path)
        elif name == "pipfile":
            found = _pipfile(_toml(text), text, path)
        elif name == "setup.cfg":
            found = _setup_cfg(text, path)
        elif name == "setup.py":
            found = _setup_py(text, path)
        elif name.endswith((".yml", ".yaml")):
            found = _environment(text, path)
        else:
            found = _requirements(text, path)
        return tuple(requirement for requirement, _ in zip(found, range(REQUIREMENTS_MAX), strict=False))
    except configparser.Error:
        raise NotAManifest("is not a valid setup.cfg") from None
    except NotPython as problem:
        raise NotAManifest(str(problem)) from None
    except (RecursionError, MemoryError):
        raise NotAManifest("too deeply nested to be read") from None


def _toml(text: str) -> dict[str, Any]:
    if _LONG_KEY.search(text):
        raise NotAManifest(f"has a key of more than {KEY_PARTS_MAX} parts, so not read")
    try:
        return tomllib.loads(text)
    except ValueError:  # a number of thousands of digits is one that tomllib does not make its own
        raise NotAManifest("is not valid TOML") from None


def pin_of(specifier: str) -> str:
    """How firmly a version is fixed: "exact" (==1.2), "range" (>=1,<2; ^1.2), "none" or "source"."""
    specifier = specifier.split(";", maxsplit=1)[0].split(" #", maxsplit=1)[0].strip().strip("()").strip()
    if specifier.startswith("@") or "://" in specifier:
        return "source"
    if not specifier or specifier == "*":
        return "none"
    if re.match(r"={2,3}[^*,]+$", specifier) or (specifier.startswith("=") and "*" not in specifier):
        return "exact"
    if re.match(r"[0-9][\w.+!-]*$", specifier):
        return "exact"
    return "range"


def _make(text: str, path: str, line: int, extra: bool) -> Requirement | None:
    match = _NAME.match(text)
    if not match or match.group(1).lower() == "python":
        return None
    return Requirement(match.group(1)[:80], pin_of(match.group(2)), path, line, extra)


def _requirements(text: str, path: str) -> Iterator[Requirement]:
    extra = bool(EXTRA.search(path.rpartition("/")[2]))
    continued = False
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.split(" #")[0].strip()
        was_continued, continued = continued, raw.rstrip().endswith("\\")
        if was_continued or not line or line.startswith("#"):
            continue
        if line.startswith(("-", ".", "/")) or "://" in line:
            if not line.startswith("-") or line.startswith(("-e", "--editable")):
                name = re.search(r"(?:egg=|/)([\w.-]+?)(?:\.git|\.whl|@|$)", line)
                if not re.match(r"-e\s+\.(\[|$|\s)", line) and line != ".":
                    yield Requirement((name.group(1) if name else "?")[:80], "source", path, number, extra)
            continue
        requirement = _make(line.rstrip("\\").split("--hash")[0].strip(), path, number, extra)
        if requirement is not None:
            yield requirement


def _line_of(text: str, name: str) -> int:
    """The first line that names a dependency: TOML gives no places, so this looks for it."""
    quoted = (text.find(mark + name) for mark in ('"', "'", "\n"))
    place = next((found + 1 for found in quoted if found >= 0), text.find(name))
    return text.count("\n", 0, place) + 1 if place >= 0 and len(text) <= LINE_SEARCH_LENGTH_MAX else 0


def _listed(entries: Any, text: str, path: str, extra: bool) -> Iterator[Requirement]:
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, str):
            requirement = _make(entry, path, 0, extra)
            if requirement is not None:
                yield requirement._replace(line=_line_of(text, requirement.name))


def _tabled(table: Any, text: str, path: str, extra: bool) -> Iterator[Requirement]:
    """Poetry's and Pipfile's form: name = "version" or name = {version = ...}."""
    for name, wanted in table.items() if isinstance(table, dict) else ():
        if name.lower() == "python":
            continue
        if isinstance(wanted, dict):
            extra = extra or wanted.get("optional") is True
            source = any(key in wanted for key in ("git", "path", "url", "file"))
            pin = "source" if source else pin_of(str(wanted.get("version", "")))
        else:
            pin = pin_of(wanted) if isinstance(wanted, str) else "range"
        if path.lower().endswith("pyproject.toml") and isinstance(wanted, str) and re.match(r"[0-9]", wanted):
            pin = "exact"  # poetry reads "1.2.3" as exactly that
        yield Requirement(name[:80], pin, path, _line_of(text, name), extra)


def _table(document: Any, *keys: str) -> Any:
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _pyproject(document: dict[str, Any], text: str, path: str) -> Iterator[Requirement]:
    yield from _listed(_table(document, "project", "dependencies"), text, path, False)
    optional = _table(document, "project", "optional-dependencies")
    for entries in optional.values() if isinstance(optional, dict) else ():
        yield from _listed(entries, text, path, True)
    groups = _table(document, "dependency-groups")
    for entries in groups.values() if isinstance(groups, dict) else ():
        yield from _listed(entries, text, path, True)
    yield from _listed(_table(document, "tool", "uv", "dev-dependencies"), text, path, True)
    pdm_groups = _table(document, "tool", "pdm", "dev-dependencies")
    for entries in pdm_groups.values() if isinstance(pdm_groups, dict) else ():
        yield from _listed(entries, text, path, True)
    hatch = _table(document, "tool", "hatch", "envs")
    for environment in hatch.values() if isinstance(hatch, dict) else ():
        for key in ("dependencies", "extra-dependencies"):
            yield from _listed(_table(environment, key), text, path, True)
    yield from _pixi(_table(document, "tool", "pixi") or {}, text, path)
    poetry = _table(document, "tool", "poetry")
    yield from _tabled(_table(poetry, "dependencies"), text, path, False)
    yield from _tabled(_table(poetry, "dev-dependencies"), text, path, True)
    poetry_groups = _table(poetry, "group")
    for group, content in poetry_groups.items() if isinstance(poetry_groups, dict) else ():
        yield from _tabled(_table(content, "dependencies"), text, path, bool(EXTRA.search(group)))


def _pixi(document: dict[str, Any], text: str, path: str) -> Iterator[Requirement]:
    for key in ("dependencies", "pypi-dependencies"):
        yield from _tabled(_table(document, key), text, path, False)
    features = _table(document, "feature")
    for feature in features.values() if isinstance(features, dict) else ():
        for key in ("dependencies", "pypi-dependencies"):
            yield from _tabled(_table(feature, key), text, path, True)


def _pipfile(document: dict[str, Any], text: str, path: str) -> Iterator[Requirement]:
    yield from _tabled(document.get("packages"), text, path, False)
    for name, table in document.items():  # dev-packages and groups of the person's own
        if name not in ("packages", "source", "requires", "scripts", "pipenv"):
            yield from _tabled(table, text, path, True)


def _setup_cfg(text: str, path: str) -> Iterator[Requirement]:
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    wanted = parser.get("options", "install_requires", fallback="")
    yield from _listed(wanted.splitlines(), text, path, False)
    if parser.has_section("options.extras_require"):
        for _, entries in parser.items("options.extras_require"):
            yield from _listed(entries.splitlines(), text, path, True)


def _setup_py(text: str, path: str) -> Iterator[Requirement]:
    """The literal `install_requires` and `extras_require` of setup.py; what is computed is not followed."""
    lists: dict[str, ast.AST] = {}
    for node in ast.walk(parse(text)):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            lists[node.targets[0].id] = node.value
        if isinstance(node, ast.keyword) and node.arg == "install_requires":
            yield from _elements(node.value, lists, path, False)
        if isinstance(node, ast.keyword) and node.arg == "extras_require":
            value = lists.get(node.value.id, node.value) if isinstance(node.value, ast.Name) else node.value
            for entries in value.values if isinstance(value, ast.Dict) else ():
                yield from _elements(entries, lists, path, True)


def _elements(value: ast.AST, lists: dict[str, ast.AST], path: str, extra: bool) -> Iterator[Requirement]:
    if isinstance(value, ast.Name):
        value = lists.get(value.id, value)
    for element in value.elts if isinstance(value, ast.List | ast.Tuple) else ():
        if isinstance(element, ast.Constant) and isinstance(element.value, str):
            requirement = _make(element.value, path, element.lineno, extra)
            if requirement is not None:
                yield requirement


def _environment(text: str, path: str) -> Iterator[Requirement]:
    """The `dependencies:` of a conda environment, read line by line: the standard library knows no YAML."""
    inside = False
    extra = bool(EXTRA.search(path.rpartition("/")[2]))
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.split(" #")[0].rstrip()
        if re.match(r"\S", line) and not line.startswith(("-", "#")):
            inside = line.startswith("dependencies:")
            continue
        entry = re.match(r"\s*-\s++[\"']?((?:[\w.-]++::)?[^\"':{}]++)[\"']?$", line)
        if not inside or not entry:
            continue
        wanted = entry.group(1).strip().rpartition("::")[2]
        conda = re.match(r"([\w.-]+)\s*=\s*([\w.*]+)", wanted)
        if conda and "==" not in wanted and ">=" not in wanted and "<=" not in wanted:
            pin = "range" if "*" in conda.group(2) else "exact"
            if conda.group(1).lower() != "python":
                yield Requirement(conda.group(1)[:80], pin, path, number, extra)
            continue
        requirement = _make(wanted, path, number, extra)
        if requirement is not None and requirement.name.lower() != "pip":
            yield requirement

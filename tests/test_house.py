"""The house holds itself: style, types, layers, names, dangerous calls, locked requirements, licences, documents."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from streamlit import config as streamlit_config

HOUSE = Path(__file__).parent.parent
LAYERS = ("pages", "door", "ui", "operations", "store", "reports", "scoring", "evidence", "checklists")
DOORS = ("app.py", "cli.py", "version.py")
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".txt", ".lock", ".js", ".css", ".html", ".csv", ".json", ".cfg", ""}


# --- what there is ---
@lru_cache(maxsize=1)
def tracked() -> tuple[str, ...]:
    """Every file of the project: what git tracks or would track, and without git whatever lies here."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        names = listed.stdout.splitlines()
    else:
        paths = (path.relative_to(HOUSE) for path in HOUSE.rglob("*") if path.is_file())
        hidden = (".venv", "__pycache__", ".git", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")
        names = [path.as_posix() for path in paths if not set(hidden) & set(path.parts)]
    return tuple(sorted(name for name in names if (HOUSE / name).is_file()))


def is_sample(name: str) -> bool:
    """True for what tests feed to the program: other people's code and broken files, not ours."""
    return "/samples/" in name


def modules(*, product: bool = False) -> list[str]:
    """Our Python files; with `product` only what runs at a user's."""
    names = [name for name in tracked() if name.endswith(".py") and not is_sample(name)]
    return [name for name in names if name.split("/")[0] in LAYERS or name in DOORS] if product else names


@cache  # of all modules: one that holds fewer would forget each before it is asked for again
def tree(name: str) -> ast.Module:
    return ast.parse((HOUSE / name).read_text(encoding="utf-8"), filename=name)


def dotted(name: str) -> str:
    """`store/store.py` as `store.store`, `store/__init__.py` as `store`."""
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def names_in(source: ast.Module) -> Iterator[tuple[str, int]]:
    """Every name as it is written, `yaml.safe_load` or `pickle`, and every import, with its line."""
    for node in ast.walk(source):
        if isinstance(node, ast.Attribute):
            parts, value = [node.attr], node.value
            while isinstance(value, ast.Attribute):
                parts.append(value.attr)
                value = value.value
            if isinstance(value, ast.Name):
                yield ".".join([value.id, *reversed(parts)]), node.lineno
        elif isinstance(node, ast.Name):
            yield node.id, node.lineno
        elif isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.keyword) and node.arg:
            yield f"{node.arg}=", node.value.lineno


@cache  # of all modules: one that holds fewer would forget each before it is asked for again
def names_of(module: str) -> tuple[tuple[str, int], ...]:
    """The same of one of our modules, read once for all rules."""
    return tuple(names_in(tree(module)))


# --- tools ---
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["-m", "ruff", "check", "."], id="ruff"),
        pytest.param(["-m", "ruff", "format", "--check", "."], id="ruff format"),
        pytest.param(["-m", "mypy"], id="mypy --strict"),
        pytest.param(["-c", "from importlinter.cli import lint_imports_command as run; run()"], id="import-linter"),
    ],
)
def test_style_types_and_layers_hold(command: list[str]) -> None:
    done = subprocess.run([sys.executable, *command], cwd=HOUSE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-6000:]}{done.stderr[-2000:]}"


# --- modules ---
@pytest.mark.parametrize("name", modules())
def test_each_module_opens_with_a_line_that_says_what_it_holds(name: str) -> None:
    opening = ast.get_docstring(tree(name), clean=True)
    assert opening, f"{name}: begin with a line in triple quotes that says what the module holds"
    assert len(opening.splitlines()[0]) >= 15, f"{name}: say a little more than {opening.splitlines()[0]!r}"


#: Words that say nothing about what a module holds, each with what to write instead.
EMPTY_WORDS = dict.fromkeys(
    ("utils", "util", "helpers", "helper", "common", "manager", "managers", "models", "misc", "core", "base", "data"),
    "name it after the one thing it holds",
)


@pytest.mark.parametrize("name", modules())
def test_no_module_or_folder_has_an_empty_name(name: str) -> None:
    for part in name.removesuffix(".py").split("/"):
        if part == "data" and name.startswith("evidence/signals/"):
            continue  # the area "data dependencies" of the checklist
        words = set(part.split("_"))
        assert not words & EMPTY_WORDS.keys(), f"{name}: {EMPTY_WORDS[(words & EMPTY_WORDS.keys()).pop()]}"


#: What is started from outside, not imported.
STARTED = {
    "app.py": "streamlit run, uvicorn",
    "cli.py": "the command line",
    "evidence/__main__.py": "python -m evidence",
    "benchmarks/__main__.py": "make bench",
    "docs/generate.py": "make docs",
}


def used_modules() -> set[str]:
    """Modules some other file imports, or names in a text (a page to st.Page, a script to a subprocess)."""
    known = {dotted(name): name for name in modules()}
    used: set[str] = set()
    for name in modules():
        package = dotted(name) if name.endswith("/__init__.py") else dotted(name).rpartition(".")[0]
        for node in ast.walk(tree(name)):
            named: list[str] = []
            if isinstance(node, ast.Import):
                named = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
                module = ".".join([*above, *([node.module] if node.module else [])])
                named = [module, *(f"{module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                begins = f"{name.rpartition('/')[0]}/{node.values[0].value}"  # f"demo_{part}.py": a family of files
                used |= {other for other in known.values() if begins.endswith("_") and other.startswith(begins)}
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                named = [node.value.partition(":")[0]]  # also "module:app", as uvicorn takes it
                if node.value.endswith(".py"):  # a page for st.Page, a script for a process
                    used |= {other for other in known.values() if f"/{other}".endswith(f"/{node.value}")} - {name}
            if named:
                used |= {known[word] for word in named if word in known and known[word] != name}
    make = (HOUSE / "Makefile").read_text(encoding="utf-8")
    return used | {name for name in known.values() if name in make}


def test_each_module_is_used_by_another_or_started_from_outside() -> None:
    used = used_modules()
    idle = [
        name
        for name in modules()
        if name not in used
        and name not in STARTED
        and not name.endswith("/__init__.py")
        and not Path(name).name.startswith(("test_", "conftest"))
    ]
    assert idle == [], f"nothing uses {', '.join(idle)}: use it or delete it"


# --- dangerous or misleading calls ---
@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name that may stand in the modules listed only, each with the reason; elsewhere `why` says what it breaks."""

    why: str
    only: Mapping[str, str]


NAMED: dict[str, Named] = {
    r"unsafe_allow_html=": Named(why="text of a user would run as script in our pages", only={}),
    r"(st|streamlit)\.html|st\.components\.v1.*|streamlit\.components\.v1.*": Named(
        why="text would become markup", only={}
    ),
    r"(st|streamlit)\.(download_button|image|audio|video|pyplot|logo|pdf)": Named(
        why="Streamlit serves it at a guessable address without asking who asks; the door closes /media", only={}
    ),
    r"(yaml|pyyaml)\.(unsafe_|full_|safe_)?load(_all)?": Named(
        why="500 bytes of YAML can take 40 seconds and end the process; checklists.reader reads node by node", only={}
    ),
    r"(pickle|marshal|shelve|dill|joblib)(\..*)?": Named(why="reading one runs code", only={}),
    r"(zipfile|tarfile)(\..*)?": Named(
        why="archives are bombs and paths; one module reads them as streams",
        only={
            "evidence/archive.py": "reads archives as streams within limits, extracts nothing",
            "evidence/package.py": "writes the collector as one file",
            "operations/demonstration/repositories.py": "writes the archives of the demonstration",
            "reports/formats.py": "writes the charts of a report as one file",
        },
    ),
    r"ast\.(parse|literal_eval)": Named(
        why="one megabyte of source takes 600 MB",
        only={"evidence/syntax.py": "the one parser of Python text, behind size limits"},
    ),
    r"subprocess(\..*)?|os\.(system|popen|exec\w+|spawn\w+|fork)": Named(
        why="a process of its own needs limits and an end",
        only={
            "evidence/sandbox.py": "the child with limits that reads a stranger's archive",
            "evidence/contained.py": "the child with limits that reads a person's own checkout or archive",
            "evidence/git.py": "three reading commands of git in an environment where nothing else can run",
        },
    ),
    r"eval|exec|__import__|compile": Named(why="text would become code", only={}),
    r"(requests|httpx|urllib\.request|http\.client|socket|ftplib|smtplib|telnetlib)(\..*)?": Named(
        why="Arrears calls nobody",
        only={"evidence/push.py": "sends evidence where the person at the command line said, and nowhere else"},
    ),
    r"(st|streamlit)\.session_state(\..*)?": Named(
        why="its keys are named in one place, ui/session.py; elsewhere two files would share a key unseen",
        only={"ui/session.py": "the one place that names the keys"},
    ),
    r"sqlite3(\..*)?|sqlite_utils(\..*)?": Named(
        why="SQL stands in the store only",
        only={"store/sqlite.py": "the engine"},
    ),
}


def uses(pattern: str) -> dict[str, list[int]]:
    """Where a name stands in the product: module -> lines."""
    found: dict[str, list[int]] = {}
    for module in modules(product=True):
        for written, line in names_of(module):
            if re.fullmatch(pattern, written):
                found.setdefault(module, []).append(line)
    return found


@pytest.mark.parametrize("pattern", NAMED)
def test_a_name_with_consequences_stands_where_its_reason_is_written_down(pattern: str) -> None:
    rule = NAMED[pattern]
    strays = {module: lines for module, lines in uses(pattern).items() if module not in rule.only}
    if "session_state" in pattern:
        strays = {module: lines for module, lines in strays.items() if not module.startswith("ui/")}
    assert strays == {}, f"{pattern}: {rule.why}"


@pytest.mark.parametrize("pattern", NAMED)
def test_a_reason_is_struck_out_when_its_module_no_longer_needs_it(pattern: str) -> None:
    assert NAMED[pattern].only.keys() - uses(pattern).keys() == set()


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "import yaml\nyaml.safe_load('')",
        "from yaml import safe_load",
        "import streamlit as st\nst.markdown('', unsafe_allow_html=True)",
        "import streamlit as st\nst.session_state['x'] = 1",
        "import streamlit as st\nst.session_state.x = 1",
        "from streamlit import download_button",
        "import urllib.request",
        "from urllib.request import urlopen",
        "import os\nos.system('')",
        "from subprocess import run",
        "eval('1')",
    ],
)
def test_such_a_name_is_found_in_each_way_to_write_it(source: str) -> None:
    written = {name for name, _ in names_in(ast.parse(source))}
    assert any(re.fullmatch(pattern, name) for pattern in NAMED for name in written)


def test_a_cached_function_takes_a_version_so_that_nobody_sees_old_or_foreign_data() -> None:
    without: list[str] = []
    for module in modules(product=True):
        for node in ast.walk(tree(module)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            marks = " ".join(ast.unparse(mark) for mark in node.decorator_list)
            arguments = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            if "cache_data" in marks and not any("version" in argument for argument in arguments):
                without.append(f"{module}:{node.lineno}: {node.name}")
    assert without == []


# --- what must not be mentioned ---
def _neighbours() -> list[str]:
    """The folders beside this checkout: a path that leads there means nothing to anybody else.

    None at the top of a disk or in a home: names such as etc and .ssh stand in tests of what must stay shut.
    """
    if HOUSE.parent in (Path(HOUSE.anchor), Path.home()):
        return []
    own = {path.name for path in HOUSE.rglob("*") if ".venv" not in path.parts} | {HOUSE.name}
    return sorted({path.name for path in HOUSE.parent.iterdir() if path.is_dir()} - own)


# written in pieces, so that this file does not find itself
MACHINE = re.compile(
    "|".join(
        [
            r"(?<![\w.])/" + r"work/",
            r"(?<![\w.])/" + r"root/",
            *(r"\.\./" + re.escape(name) + r"(?![\w.-])" for name in _neighbours()),
            "/tmp/" + "team",
            *(re.escape(str(path)) + "/" for path in (HOUSE, Path.home()) if len(path.parts) > 2),
        ]
    )
)
REGISTRY = re.compile(
    "|".join(["pypi" + r"\.org", "files" + r"\.pythonhosted", "--index" + "-url", "--extra-" + "index"])
)


@pytest.mark.parametrize(("pattern", "what"), [(MACHINE, "a path of one machine"), (REGISTRY, "a package registry")])
def test_no_file_names_a_machine_or_a_registry(pattern: re.Pattern[str], what: str) -> None:
    found: list[str] = []
    for name in tracked():
        path = HOUSE / name
        if path.suffix not in TEXT or is_sample(name):
            continue
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        found += [
            f"{name}:{number}: {line.strip()[:80]}" for number, line in enumerate(lines, 1) if pattern.search(line)
        ]
    assert found == [], f"{what} is named"


def test_no_large_file_and_no_file_of_a_person_is_tracked() -> None:
    large = [name for name in tracked() if (HOUSE / name).stat().st_size > 1_000_000]
    private = [
        name
        for name in tracked()
        if re.search(r"(^|/)(\.env|\.streamlit/secrets\.toml|.*\.(db|pem|key|sqlite))$", name)
    ]
    assert (large, private) == ([], [])


# --- requirements and licences ---
#: Floors and ceilings with a reason: what is older or newer must not come back through a new lock.
BOUNDS = {
    "streamlit": ">=1.67,<2",  # st.App, page tests through navigation; earlier ones have published holes
    "sqlite-utils": ">=4.2.1,<5",  # migrations, STRICT tables
    "jinja2": ">=3.1.6",  # earlier ones let a template out of its sandbox; ours are our own, and still
    "starlette": ">=1.1",  # CVE-2026-48818, which Streamlit's own floor lets in
}


def requirements(name: str) -> list[Requirement]:
    lines = (line.partition("#")[0].strip() for line in (HOUSE / name).read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def locked(name: str) -> dict[str, tuple[Version, int]]:
    """Each locked distribution with its version and the number of its hashes."""
    entries = (HOUSE / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    found: dict[str, tuple[Version, int]] = {}
    for entry in entries:
        line = entry.strip()
        if not line or line.startswith("#"):
            continue
        pinned = re.match(r"(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?==(?P<version>[^\s;]+)", line)
        assert pinned, f"{name}: not a pinned requirement: {line[:80]}"
        hashes = len(re.findall(r"--hash=sha256:[0-9a-f]{64}(?=\s|$)", line))
        found[canonicalize_name(pinned["name"])] = (Version(pinned["version"]), hashes)
    return found


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_each_locked_line_is_pinned_and_hashed(name: str) -> None:
    assert [distribution for distribution, (_, hashes) in locked(name).items() if hashes == 0] == []


@pytest.mark.parametrize(
    ("wanted", "lock"), [("requirements.txt", "requirements.lock"), ("requirements-dev.txt", "requirements-dev.lock")]
)
def test_the_lock_satisfies_what_is_asked_for(wanted: str, lock: str) -> None:
    for requirement in requirements(wanted):
        version, _ = locked(lock)[canonicalize_name(requirement.name)]
        assert version in requirement.specifier, f"{lock} has {requirement.name} {version}, {wanted} asks {requirement}"


@pytest.mark.parametrize("name", BOUNDS)
def test_bounds_with_a_reason_stand_in_the_requirements(name: str) -> None:
    (asked,) = [requirement for requirement in requirements("requirements.txt") if requirement.name == name]
    assert asked.specifier == Requirement(f"{name}{BOUNDS[name]}").specifier
    assert locked("requirements.lock")[name][0] in asked.specifier


def test_tests_run_on_the_versions_that_users_get() -> None:
    users, ours = locked("requirements.lock"), locked("requirements-dev.lock")
    assert {name: ours[name][0] for name in users if name in ours} == {
        name: version for name, (version, _) in users.items() if name in ours
    }


def licence_of(name: str) -> str:
    """What a distribution says about its licence: expression, short field, classifiers."""
    told = importlib.metadata.metadata(name)
    field = told.get("License") or ""
    parts = [told.get("License-Expression") or "", field if len(field) < 100 else field[:60]]
    return "; ".join([*filter(None, parts), *(c for c in told.get_all("Classifier") or [] if c.startswith("License"))])


def installed_runtime() -> list[str]:
    """The distributions of the runtime lock that are installed here (some are for other systems only)."""
    here = {canonicalize_name(distribution.metadata["Name"]) for distribution in importlib.metadata.distributions()}
    return sorted(here & locked("requirements.lock").keys())


COPYLEFT = re.compile(r"(?<![a-z])(?<!l)a?gpl|affero|(?<!lesser )general public license|sspl", re.IGNORECASE)


@pytest.mark.parametrize("name", installed_runtime())
def test_what_we_run_on_is_free_for_everybody_to_use_in_house(name: str) -> None:
    licence = licence_of(name)
    assert licence, f"{name} names no licence"
    assert not COPYLEFT.search(licence), f"{name}: {licence}"


@pytest.mark.parametrize("requirement", [requirement.name for requirement in requirements("requirements.txt")])
def test_each_requirement_has_its_reason_and_licence_written_down(requirement: str) -> None:
    reasons = (HOUSE / "docs" / "decisions" / "0002-dependencies.md").read_text(encoding="utf-8")
    assert re.search(rf"^\| {re.escape(requirement)} \|", reasons, re.MULTILINE | re.IGNORECASE)


def test_the_licence_is_ours_to_give() -> None:
    assert "Apache License" in (HOUSE / "LICENSE").read_text(encoding="utf-8")
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "Apache-2.0"


def test_the_version_is_the_same_everywhere() -> None:
    from version import VERSION

    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION
    changes = (HOUSE / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## (Unreleased|.*{re.escape(VERSION)})", changes, re.MULTILINE)


# --- settings, commands, documents ---
def settings() -> dict[str, object]:
    """The keys of .streamlit/config.toml, `server.address` and so on."""

    def flat(table: Mapping[str, object], before: str = "") -> Iterator[tuple[str, object]]:
        for key, value in table.items():
            if isinstance(value, dict):
                yield from flat(value, f"{before}{key}.")
            else:
                yield f"{before}{key}", value

    return dict(flat(tomllib.loads((HOUSE / ".streamlit" / "config.toml").read_text(encoding="utf-8"))))


@pytest.mark.parametrize("key", settings())
def test_each_setting_is_one_that_streamlit_knows(key: str) -> None:
    assert key in streamlit_config.get_config_options()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("server.address", "127.0.0.1"),
        ("server.enableCORS", True),
        ("server.enableXsrfProtection", True),
        ("server.enableStaticServing", False),
        ("server.enableAgentApi", False),
        ("server.maxUploadSize", 20),
        ("browser.gatherUsageStats", False),
        ("client.showErrorDetails", "none"),
        ("client.allowedOrigins", []),
        ("runner.postScriptGC", False),
        ("runner.magicEnabled", False),
    ],
)
def test_settings_that_safety_or_speed_rest_on_are_set(key: str, value: object) -> None:
    assert settings().get(key) == value


def targets() -> dict[str, str]:
    """The targets of the Makefile with what `make help` says about them."""
    rules = re.findall(
        r"^([a-z][a-z-]*):([^#\n=]*)(?:## (.+))?$", (HOUSE / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    return {name: told for name, _, told in rules}


def markdown() -> list[str]:
    return [name for name in tracked() if name.endswith(".md") and not is_sample(name)]


def code_of(text: str) -> str:
    """The fenced and inline code of a document."""
    fenced = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return "\n".join([*fenced, *re.findall(r"`([^`\n]+)`", text)])


@pytest.mark.parametrize("name", markdown())
def test_commands_in_documents_exist(name: str) -> None:
    code = code_of((HOUSE / name).read_text(encoding="utf-8"))
    made = set(re.findall(r"^\s*make ([a-z][a-z-]*)", code, re.MULTILINE))
    assert made <= targets().keys()
    asked = set(re.findall(r"python cli\.py ([a-z]+)", code))
    assert asked <= cli_commands()


@lru_cache(maxsize=1)
def cli_commands() -> frozenset[str]:
    said = subprocess.run([sys.executable, "cli.py", "--help"], cwd=HOUSE, capture_output=True, text=True, check=True)
    listed = frozenset(re.findall(r"^    ([a-z]+)(?: |$)", said.stdout, re.MULTILINE))
    assert "lint" in listed, said.stdout
    return listed


def test_each_command_of_the_makefile_says_what_it_does() -> None:
    makefile = (HOUSE / "Makefile").read_text(encoding="utf-8")
    needed_by_others = {
        word for rule in re.findall(r"^[^\t#=\n]+:([^#\n=]*)", makefile, re.MULTILINE) for word in rule.split()
    }
    silent = [name for name, told in targets().items() if not told and name not in needed_by_others]
    assert silent == []
    (phony,) = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert set(phony.split()) == set(targets())


@pytest.mark.parametrize("name", markdown())
def test_links_and_pictures_in_documents_lead_somewhere(name: str) -> None:
    text = re.sub(r"^```.*?^```", "", (HOUSE / name).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\(([^)\s#]+)[^)]*\)", text)
    relative = [link for link in links if not re.match(r"[a-z]+:|/", link)]
    missing = [link for link in relative if not (HOUSE / name).parent.joinpath(link).exists()]
    assert missing == []


@pytest.mark.parametrize("name", markdown())
def test_each_document_has_one_title(name: str) -> None:
    text = re.sub(r"^```.*?^```", "", (HOUSE / name).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1


def decisions() -> list[str]:
    return [name for name in tracked() if re.fullmatch(r"docs/decisions/\d{4}-.*\.md", name)]


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(Path(name).name[:4]) for name in decisions()] == list(range(1, len(decisions()) + 1))


@pytest.mark.parametrize("name", decisions())
def test_each_decision_says_why(name: str) -> None:
    text = (HOUSE / name).read_text(encoding="utf-8")
    assert re.search(rf"^# {int(Path(name).name[:4])}\. ", text)
    heads = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert heads[:4] == ["Context", "Decision", "Reason", "Consequences"]


def test_each_threat_names_tests_that_exist() -> None:
    model = (HOUSE / "docs" / "threat-model.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`", model)
    assert len(named) >= 10
    for file, test in named:
        assert (HOUSE / file).is_file(), f"no {file}"
        defined = {
            node.name for node in ast.walk(tree(file)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        assert not test or test in defined, f"no {test} in {file}"

"""What a repository is for: an application, a library, a set of notebooks or a template, told by visible marks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from evidence.evidence import Kind
from evidence.notebook import Notebook
from evidence.python_source import PythonFile
from evidence.source import Member
from evidence.tables import tools_for

_TEMPLATE_FILES = frozenset({"cookiecutter.json", "copier.yml", "copier.yaml", "ccds.json"})
_APPLICATION_FILES = re.compile(
    r"(?i)^(?:[\w-]+/)?(?:dockerfile[\w.-]*|docker-compose[\w.-]*\.ya?ml|compose\.ya?ml|procfile|app\.ya?ml|"
    r"serverless\.ya?ml|skaffold\.ya?ml|dvc\.yaml|mlproject|params\.yaml|chart\.yaml|bentofile\.yaml|kustomization\.ya?ml)$"
)
_APPLICATION_FOLDERS = re.compile(
    r"(?i)^(?:[\w-]+/)?(?:k8s|kubernetes|helm|terraform|deploy|deployment|infra|dags|serving|charts)/"
)
_PIPELINE_SCRIPTS = re.compile(
    r"(?i)^(?:src/|scripts/|code/)?(?:[\w-]+/)?(?:train|training|predict|inference|serve|score|main|app|run_\w+)\.py$"
)
_DATA_FOLDERS = re.compile(r"(?i)^(?:data|models|datasets)/")


def classify(
    members: Sequence[Member],
    python: Sequence[PythonFile],
    notebooks: Sequence[Notebook],
    texts: Mapping[str, str],
) -> tuple[Kind, str]:
    """The kind, and the sentence that says why."""
    paths = [member.path for member in members]
    if any(path.rpartition("/")[2] in _TEMPLATE_FILES and path.count("/") <= 1 for path in paths):
        return Kind.TEMPLATE, "Taken for a template: it holds a template's settings file."
    if any("{{" in path and "}}" in path for path in paths):
        return Kind.TEMPLATE, "Taken for a template: it holds paths to be filled in."
    script_lines = sum(file.lines for file in python if file.role in ("source", "test"))
    notebook_lines = sum(notebook.code_lines for notebook in notebooks)
    if notebook_lines > script_lines:
        return Kind.NOTEBOOKS, (
            f"Taken for a set of notebooks: {notebook_lines:,} lines of code in notebooks, {script_lines:,} in modules."
        )
    library = _library_marks(paths, texts)
    application = _application_marks(paths, python)
    for_library, for_application = (sum(weight for _, weight in marks) for marks in (library, application))
    if for_library > max(for_application, 1):  # many applications are packaged too
        return Kind.LIBRARY, f"Taken for a library: {', '.join(mark for mark, _ in library)}."
    reason = ", ".join(mark for mark, _ in application) or "nothing marks it as a library"
    return Kind.APPLICATION, f"Taken for an application: {reason}."


def _library_marks(paths: Sequence[str], texts: Mapping[str, str]) -> list[tuple[str, int]]:
    marks = []
    packaging = "\n".join(texts.get(name, "") for name in ("pyproject.toml", "setup.cfg", "setup.py"))
    if re.search(r"(?m)^\[project\]|^\[tool\.poetry\]|^\[metadata\]|\bsetup\s*\(", packaging) and not re.search(
        r"(?m)^package-mode\s*=\s*false", packaging
    ):
        marks.append(("packaged", 1))
    if re.search(r"(?i)Programming Language :: Python|Development Status ::|Framework :: ", packaging):
        marks.append(("classifiers of a published package", 3))
    if re.search(
        r"\b(?:long_description_content_type|download_url|project_urls|keywords)\s*=", texts.get("setup.py", "")
    ):
        marks.append(("described for a package index", 2))
    if "PKG-INFO" in paths:
        marks.append(("packed as a published package", 1))
    if any(path in ("docs/conf.py", "docs/source/conf.py", "doc/conf.py", "mkdocs.yml") for path in paths):
        marks.append(("reference documentation", 1))
    workflows = [text for path, text in texts.items() if path.startswith(".github/workflows/")]
    if any(
        re.search(r"pypa/gh-action-pypi-publish|twine upload|uv publish|poetry publish|flit publish", text)
        for text in workflows
    ):
        marks.append(("a workflow that publishes it", 2))
    return marks


def _application_marks(paths: Sequence[str], python: Sequence[PythonFile]) -> list[tuple[str, int]]:
    marks = []
    if any(_APPLICATION_FILES.match(path) for path in paths):
        marks.append(("files to run or deploy it", 2))
    if any(_APPLICATION_FOLDERS.match(path) for path in paths):
        marks.append(("folders for deployment or schedules", 1))
    if any(_PIPELINE_SCRIPTS.match(path) for path in paths):
        marks.append(("scripts that train or serve", 2))
    if any(_DATA_FOLDERS.match(path) for path in paths):
        marks.append(("folders for data or models", 1))
    serving = tools_for("serving")
    live = [file for file in python if file.role == "source"]
    if any(
        record.module.split(".")[0] in serving and not record.optional and not record.lazy
        for file in live
        for record in file.imports
    ):
        marks.append(("a web framework in use", 1))
    return marks

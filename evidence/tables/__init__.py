"""Detection tables: what tools, calls and names mean, as dated TOML beside this file, read once and typed."""

from __future__ import annotations

import pkgutil
import re
import tomllib
from functools import cache
from typing import Any, NamedTuple

#: every table with what it holds
TABLES = {
    "calls": "names of calls, parameters and files that carry a meaning",
    "checking": "what tests of data, models and settings call; what bounds a language model",
    "development": "distributions for writing and checking code",
    "distributions": "which distribution an import comes from",
    "documents": "files that tell people who owns what and what to do",
    "frameworks": "packages that do the same job",
    "languages": "file endings by language",
    "models": "names of hosted models whose version the provider moves",
    "notebooks": "what a notebook's session holds before any cell is run",
    "places": "paths that exist on one machine only",
    "secrets": "what a real credential looks like",
    "serving": "what marks code that answers requests",
    "storage": "what touches storage that other systems may touch too",
    "tools": "packages by what their use says",
    "tracking": "how runs are recorded and models are kept",
}


class Tool(NamedTuple):
    """A package and what its use says."""

    module: str  #: as imported: "evidently", "google.generativeai"
    name: str
    does: frozenset[str]


class Pattern(NamedTuple):
    """A pattern over a text, with the examples that prove it."""

    name: str
    regex: re.Pattern[str]
    matches: tuple[str, ...]
    misses: tuple[str, ...]
    needs: tuple[str, ...]  #: one of these stands in each text that matches, so that most texts need no closer look


class Origin(NamedTuple):
    """Which distributions an import comes from."""

    module: str  #: as imported: "yaml", "google.cloud.storage"
    distributions: frozenset[str]  #: any of them gives it; in the normal form of names
    brought_by: frozenset[str]  #: distributions that install it too; "*" = it is always there
    loaded: bool  #: false when it is used without being imported: by its name in a command or another package


def document(name: str) -> dict[str, Any]:
    """One table as plain values. Works from a folder and from inside one zipped file."""
    content = pkgutil.get_data("evidence.tables", f"{name}.toml")
    if content is None:
        raise FileNotFoundError(name)
    return tomllib.loads(content.decode("utf-8"))


@cache
def tools() -> tuple[Tool, ...]:
    """Every known package."""
    return tuple(Tool(row["module"], row["name"], frozenset(row["does"])) for row in document("tools")["tool"])


@cache
def tools_for(purpose: str) -> dict[str, str]:
    """The packages that serve a purpose: imported module -> name."""
    found = {tool.module: tool.name for tool in tools() if purpose in tool.does}
    if not found:
        raise KeyError(purpose)
    return found


def normal(name: str) -> str:
    """A distribution's name in its normal form: "Flask_CORS" is "flask-cors"."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def origins() -> dict[str, Origin]:
    """Every known import: module -> where it comes from."""
    return {
        row["module"]: Origin(
            row["module"],
            frozenset(map(normal, row["distributions"])),
            frozenset(map(normal, row.get("brought_by", []))),
            row.get("loaded", True),
        )
        for row in document("distributions")["module"]
    }


@cache
def development() -> dict[str, str]:
    """Distributions for writing and checking code: normal name -> what they are for."""
    return {
        normal(name): purpose
        for purpose, names in document("development").items()
        if isinstance(names, list)
        for name in names
    }


@cache
def words(table: str, name: str) -> frozenset[str]:
    """A list of words of a table."""
    return frozenset(document(table)[name])


@cache
def last_words(table: str, name: str) -> frozenset[str]:
    """The last words of the dotted names in a list of a table, as `PythonFile.called` holds them."""
    return frozenset(word.rpartition(".")[2] for word in words(table, name))


@cache
def frameworks() -> dict[str, dict[str, str]]:
    """The frameworks that do the same job: job -> imported module -> family."""
    return {job: dict(rows) for job, rows in document("frameworks").items() if job != "checked"}


@cache
def patterns(table: str) -> tuple[Pattern, ...]:
    """The patterns of a table. Examples may be split into pieces, so that no scanner takes them for the real thing."""
    return tuple(
        Pattern(
            row["name"],
            re.compile(row["regex"]),
            _examples(row["matches"]),
            _examples(row["misses"]),
            tuple(row.get("needs", ())),
        )
        for row in document(table)["pattern"]
    )


def _examples(rows: list[Any]) -> tuple[str, ...]:
    return tuple(row if isinstance(row, str) else "".join(row) for row in rows)

"""Every row of the detection tables is proven: packages are recognised, patterns match their examples and no others."""

from __future__ import annotations

import datetime as dt

import pytest

from evidence.tables import document, patterns, tools, tools_for
from tests.evidence.making import repository_of

PURPOSES = {
    "monitoring", "data_checks", "config_schema", "data_versioning", "llm", "orchestration", "tracking", "serving",
    "learning", "exploration", "logging", "notebook_runner",
}  # fmt: skip
TABLES = ("tools", "calls", "secrets", "models", "places", "languages", "notebooks")
PATTERNS = [(table, pattern) for table in ("secrets", "models", "places") for pattern in patterns(table)]


@pytest.mark.parametrize("tool", tools(), ids=lambda tool: tool.module)
def test_an_import_of_the_package_is_recognised(tool):
    assert tool.does
    assert tool.does <= PURPOSES
    repository = repository_of({"work/run.py": f"import {tool.module}\n"})
    for purpose in tool.does:
        assert tool.name in repository.uses(tools_for(purpose), repository.source)


@pytest.mark.parametrize("tool", [tool for tool in tools() if "." in tool.module], ids=lambda tool: tool.module)
def test_a_part_of_a_package_is_recognised_when_imported_from_it(tool):
    package, _, part = tool.module.rpartition(".")
    repository = repository_of({"run.py": f"from {package} import {part}\n", "other.py": f"import {package}\n"})
    purpose = min(tool.does)
    found = repository.uses(tools_for(purpose), repository.source).get(tool.name, [])
    assert ("run.py", 1) in found


@pytest.mark.parametrize(("table", "pattern"), PATTERNS, ids=lambda value: getattr(value, "name", value))
def test_a_pattern_matches_its_examples_and_not_its_look_alikes(table, pattern):
    assert pattern.matches
    assert pattern.misses
    assert [text for text in pattern.matches if not pattern.regex.search(text)] == []
    assert [text for text in pattern.misses if pattern.regex.search(text)] == []


@pytest.mark.parametrize("table", TABLES)
def test_a_table_says_when_it_was_last_checked(table):
    assert isinstance(document(table)["checked"], dt.date)


def test_no_package_and_no_word_stands_there_twice():
    modules = [tool.module for tool in tools()]
    assert len(modules) == len(set(modules))
    for name, listed in document("calls").items():
        if isinstance(listed, list):
            assert len(listed) == len(set(listed)), name


@pytest.mark.parametrize("table", TABLES)
def test_no_whole_credential_stands_in_a_table(table):
    from evidence.tables import pkgutil

    content = (pkgutil.get_data("evidence.tables", f"{table}.toml") or b"").decode()
    for line in content.splitlines():
        for pattern in patterns("secrets"):
            assert not pattern.regex.search(line) or "misses" in line or "regex" in line, pattern.name

"""Every row of the detection tables is proven: packages are recognised, patterns match their examples and no others."""

from __future__ import annotations

import datetime as dt

import pytest

from evidence.evidence import State
from evidence.tables import development, document, normal, origins, patterns, tools, tools_for, words
from tests.evidence.making import notebook, repository_of, signal

PURPOSES = {
    "monitoring", "data_checks", "config_schema", "data_versioning", "llm", "orchestration", "tracking", "serving",
    "learning", "exploration", "logging", "notebook_runner",
}  # fmt: skip
TABLES = ("tools", "calls", "secrets", "models", "places", "languages", "notebooks", "distributions", "development")
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


@pytest.mark.parametrize("origin", origins().values(), ids=lambda origin: origin.module)
class TestWhereAnImportComesFrom:
    def test_it_is_missing_when_only_a_neighbour_is_declared(self, origin):
        files = {"work/run.py": f"import {origin.module}\n", "requirements.txt": "zzz-neighbour==1\n"}
        state = signal("undeclared-imports", files).state
        assert state is (State.ABSENT if "*" in origin.brought_by else State.FOUND)

    def test_each_of_its_distributions_and_what_brings_it_declares_it(self, origin):
        for name in (origin.distributions | origin.brought_by) - {"*"}:
            files = {"work/run.py": f"import {origin.module}.part\n", "requirements.txt": f"{name}==1\n"}
            assert signal("undeclared-imports", files).state is State.ABSENT, name

    def test_its_names_are_in_the_form_in_which_they_are_compared(self, origin):
        assert origin.distributions
        assert {normal(name) for name in origin.distributions} == origin.distributions


@pytest.mark.parametrize("name", development())
def test_a_tool_of_development_is_seen_among_what_runs_and_not_in_its_own_group(name):
    files = {"app.py": "import flask\n", "requirements.txt": f"flask==3\n{name.upper()}==1\n"}
    seen = signal("development-in-production", files)
    assert (seen.state, [place.line for place in seen.locations]) == (State.FOUND, [2])
    apart = {"app.py": "", "pyproject.toml": f'[dependency-groups]\nextra = ["{name}"]\n'}
    assert signal("development-in-production", apart).state is not State.FOUND
    near = {"app.py": "", "requirements.txt": f"x-{name}==1\n{name}-x==1\n"}
    assert signal("development-in-production", near).state is State.ABSENT


@pytest.mark.parametrize("name", sorted(words("notebooks", "given_names")))
def test_what_every_session_has_is_not_missed_in_a_notebook(name):
    near = f"{name}_2x"
    assert signal("notebook-hidden-state", {"a.ipynb": notebook((name, 1), ("1", 2))}).state is State.ABSENT
    assert signal("notebook-hidden-state", {"a.ipynb": notebook((near, 1), ("1", 2))}).state is State.FOUND


@pytest.mark.parametrize("name", sorted(words("notebooks", "quiet_magics")))
def test_a_quiet_magic_hides_no_name_and_its_neighbour_may(name):
    quiet, loud = (notebook((f"%{word} x", 1), ("missing", 2)) for word in (name, f"{name}q"))
    assert signal("notebook-hidden-state", {"a.ipynb": quiet}).state is State.FOUND
    assert signal("notebook-hidden-state", {"a.ipynb": loud}).state is State.ABSENT


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

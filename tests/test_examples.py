"""What the collector says of public repositories: each example has a page, made from its pinned commit."""

from __future__ import annotations

import re

import pytest

from benchmarks.report import as_markdown
from docs.examples.__main__ import EXAMPLES, FOLDER, index, page
from tests.evidence.making import evidence_of


@pytest.mark.parametrize("repository", EXAMPLES, ids=lambda one: one.name)
def test_an_example_is_there_and_says_which_commit_was_read(repository):
    text = (FOLDER / f"{repository.name}.md").read_text(encoding="utf-8")
    assert f"{repository.address}/tree/{repository.commit}" in text
    assert f"commit {repository.commit[:12]}" in text
    assert re.search(r"In all: \d+ signs? of debt", text)


def test_the_index_lists_every_example():
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == index()
    assert all(f"({one.name}.md)" in index() for one in EXAMPLES)


def test_an_example_names_no_place_of_the_machine_that_made_it():
    for path in FOLDER.glob("*.md"):
        assert not re.search(r"(?:^|[\s(`])/(?:home|tmp|root|Users|work)/", path.read_text(encoding="utf-8")), path.name


def test_a_page_is_the_summary_with_its_source():
    repository = next(iter(EXAMPLES))
    text = page(repository, "a sample", evidence_of({"a.py": "import os\n"}))
    assert text.startswith(f"# {repository.name}: a sample\n")
    assert "```text\nsample: " in text


def test_a_benchmark_without_a_figure_says_why_in_its_place():
    row = {"what": "a peer", "figure": "does not install", "unit": "", "promise": "", "command": "make bench"}
    assert "| a peer | does not install  |  |" in as_markdown({"Peers": [row]}, "a machine")

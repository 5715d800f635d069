"""`python -m docs.examples`: scan public repositories at pinned commits and write what a person would read here."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.repositories import IGNITE, KERAS, NotFetched, Repository, checkout
from evidence.collector import collect
from evidence.evidence import Evidence
from evidence.readable import summary

FOLDER = Path(__file__).parent
QUARTERS = 8
EXAMPLES = {
    Repository(
        "Made-With-ML", "https://github.com/GokuMohandas/Made-With-ML", "66e8e437115029422db1a80ff93c308cfcd82648"
    ): "an application from notebook to service, made to teach",
    Repository(
        "MLOpsPython", "https://github.com/microsoft/MLOpsPython", "98a610ff1afe29d026fcdffcb8fdc39edbef0f67"
    ): "a reference application with pipelines on a cloud",
    Repository(
        "handson-ml2", "https://github.com/ageron/handson-ml2", "1e2115277b50f6c584cd668fa30e3af309a5b136"
    ): "the notebooks of a book",
    Repository(
        "remla-baseline-project",
        "https://github.com/luiscruz/remla-baseline-project",
        "9fd52d36564bd84114c049ba1bf9c80f51e28db3",
    ): "one notebook that students start from",
    Repository(
        "evidently", "https://github.com/evidentlyai/evidently", "a4aa4c2b37fe7a4344cc5031f566deccf3d69e4f"
    ): "a library and product for monitoring models",
    IGNITE: "a library for training",
    KERAS: "a framework of 360,000 lines",
}


def main() -> int:
    """Write the pages and their index. 1 when a repository could not be fetched; the others are written."""
    parser = argparse.ArgumentParser(prog="python -m docs.examples")
    parser.add_argument("names", nargs="*", help="only these: " + ", ".join(one.name for one in EXAMPLES))
    names = parser.parse_args().names
    failed = 0
    for repository, what in EXAMPLES.items():
        if names and repository.name not in names:
            continue
        try:
            folder = checkout(repository)
        except NotFetched as problem:
            print(f"{repository.name}: {problem}", file=sys.stderr)
            failed = 1
            continue
        evidence = collect(folder, name=repository.name, quarters=QUARTERS)
        (FOLDER / f"{repository.name}.md").write_text(page(repository, what, evidence), encoding="utf-8")
    (FOLDER / "README.md").write_text(index(), encoding="utf-8")
    return failed


def page(repository: Repository, what: str, evidence: Evidence) -> str:
    """One repository as a page: where it is, how it was scanned, what was said."""
    short = repository.commit[:10]
    return (
        f"# {repository.name}: {what}\n\n"
        f"[{repository.address.removeprefix('https://')}]({repository.address}/tree/{repository.commit}) at `{short}`, "
        f"scanned with `python -m evidence scan {repository.name} --history {QUARTERS}`.\n\n"
        f"```text\n{summary(evidence).strip()}\n```\n"
    )


def index() -> str:
    """The list of the pages that are there."""
    lines = [
        "# What the collector says of public repositories",
        "",
        "Made by `python -m docs.examples`, at the commits named on each page. A finding is a question to the team and",
        "no verdict on it: an example is kept simple on purpose, and a library rightly lacks what a service needs.",
        "",
        "| repository | what it is |",
        "|---|---|",
    ]
    lines += [
        f"| [{one.name}]({one.name}.md) | {what} |"
        for one, what in EXAMPLES.items()
        if (FOLDER / f"{one.name}.md").exists()
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())

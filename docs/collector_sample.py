"""The sample in collector.md: what the collector prints for an invented repository with a year of history."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from evidence.collector import collect
from evidence.readable import summary
from evidence.snippets import github_actions, gitlab_ci
from operations.demonstration.repositories import FORECAST_AFTER, FORECAST_BEFORE

DOCUMENT = Path(__file__).parent / "collector.md"
ADDRESS = "https://arrears.example.com"  #: stands for the team's own
#: The signals the sample shows, so that a new signal does not change it.
SHOWN = frozenset(
    {
        "absolute-paths", "broad-except", "ci-runs-tests", "config-literals-in-code", "lock-file-present",
        "monitoring-tool-used", "notebook-in-production", "notebooks-out-of-order", "print-instead-of-logging",
        "secrets-in-code", "stale-copies", "unpinned-dependencies", "unversioned-remote-data",
    }
)  # fmt: skip
_LATER = {"nightly.py": FORECAST_BEFORE["nightly.py"].replace("    try:", "    # TODO: tell somebody\n    try:")}
#: The repository at some days: a notebook, its copy beside it, then half a repayment.
_STATES: Mapping[str, Mapping[str, str]] = {
    "2025-09-15": {path: text for path, text in FORECAST_BEFORE.items() if path != "forecast_old.ipynb"},
    "2026-01-20": {**FORECAST_BEFORE, **_LATER},
    "2026-08-03": {**FORECAST_BEFORE, **_LATER, **FORECAST_AFTER},
}


def sample() -> str:
    """The summary of the invented repository, the same on every machine and every day."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "store-demand"
        root.mkdir()
        _git(root, "2025-09-15", "init", "--quiet", "--initial-branch=main")
        for day, files in _STATES.items():
            for path, text in files.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text, encoding="utf-8")
            _git(root, day, "add", "--all")
            _git(root, day, "commit", "--quiet", "--message", "as it stood")
        evidence = collect(root, quarters=4)
    shown = tuple(signal for signal in evidence.signals if signal.id in SHOWN)
    return summary(replace(evidence, signals=shown))


def _git(root: Path, day: str, *arguments: str) -> None:
    """One command in an invented repository that owes nothing to this machine's settings, person or clock."""
    moment = f"{day}T12:00:00+00:00"
    somebody = {f"GIT_{role}_{what}": "sample" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_DATE": moment,
        "GIT_COMMITTER_DATE": moment,
        **somebody,
    }
    settings = ("-c", "core.autocrlf=false", "-c", "gc.auto=0")
    command = ["git", *settings, *arguments]
    subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True)  # noqa: S603 - words of ours


def filled(text: str) -> str:
    """The document with its made parts put in anew, each between its two marks."""
    parts = {"sample": sample(), "github": github_actions(ADDRESS), "gitlab": gitlab_ci(ADDRESS)}
    for name, part in parts.items():
        form = "text" if name == "sample" else "yaml"
        block = f"<!-- {name} -->\n```{form}\n{part}```\n<!-- end -->"
        text, count = re.subn(rf"<!-- {name} -->\n.*?<!-- end -->", lambda _, block=block: block, text, flags=re.DOTALL)
        if count != 1:
            raise ValueError(f"{DOCUMENT.name}: the marks of {name!r} are not there once")
    return text

"""A small pack of three levels with ids like ours and other meanings, and the folder an operator would lay it in."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.packs import FOLDER

_QUESTION = """\
      - id: {id}
        core: true
        text: Is {id} done?
        why: It says whether anybody looks.
        levels:
          0: Automated
          1: By hand
          2: Not done
        severity: M
        effort: S
        interest: i1
        spread: s0
        remedies:
          - Do it
        sources:
          - notes
"""

_HEAD = """\
id: {id}
version: "1"
title: {title}
summary: Three questions, three levels.
classes:
  provenance: proposal
  severity:
    M: {{weight: 1, loss_days: 1, critical: false}}
  effort_days: {{S: 3}}
  friction_days: {{i1: 1}}
  growth: {{s0: 0}}
references:
  notes: Notes of practice
{aggregation}areas:
  - id: MON
    title: Watching
    short: Watching
    summary: Is it watched?
    questions:
{watching}  - id: OPS
    title: Running
    short: Running
    summary: Does it run?
    questions:
{running}"""

_AGGREGATION = """\
aggregation:
  levels: [0, 0.5, 1]
  questions: {kind: mean}
  areas: {kind: worst}
"""


def text_of_pack(pack: str = "three-levels", *, title: str = "Three levels") -> str:
    """The YAML of the small pack."""
    return _HEAD.format(
        id=pack,
        title=title,
        aggregation=_AGGREGATION,
        watching=_QUESTION.format(id="MON-01") + _QUESTION.format(id="MON-02"),
        running=_QUESTION.format(id="OPS-01"),
    )


def lay(folder: Path, monkeypatch: pytest.MonkeyPatch, **texts: str) -> Path:
    """Put these texts as files into a folder of checklists and name it as an operator does."""
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv(FOLDER, str(folder))
    return folder

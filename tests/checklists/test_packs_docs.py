"""docs/packs.md says what is so: its examples are sound, its tables are those of the program, its files exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from checklists import declared
from checklists.reader import InvalidChecklist, canonical_body, load_checklist, read_canonical, read_checklist
from checklists.reference import main, reference
from tests.scoring import test_declared_properties as promises

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "packs.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(aggregation:.*?)```", TEXT, flags=re.DOTALL)

QUESTION = """\
      - id: {id}
        core: true
        text: Is {id} done?
        why: It says whether anybody looks.
        levels: {{0: Done, 1: Half, 2: Not}}
        severity: M
        effort: M
        interest: i2
        spread: s1
        remedies: [Do it]
        sources: [practice]
"""
PACK = """\
id: example
version: "1"
title: Example
summary: For the examples of the page.
classes:
  provenance: example
  severity: {{M: {{weight: 1, loss_days: 1, critical: false}}}}
  effort_days: {{M: 8}}
  friction_days: {{i2: 3}}
  growth: {{s1: 0.05}}
references:
  practice: Practice
{aggregation}areas:
  - id: SAF
    title: Safety
    short: Safety
    summary: Is it safe?
    questions:
{safety}  - id: OPS
    title: Running
    short: Running
    summary: Does it run?
    questions:
{running}"""


def pack_with(aggregation: str) -> str:
    return PACK.format(
        aggregation=aggregation,
        safety="".join(QUESTION.format(id=f"SAF-0{number}") for number in (1, 2, 3, 4)),
        running="".join(QUESTION.format(id=f"OPS-0{number}") for number in (1, 2)),
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: ",".join(re.findall(r"kind: (\w+)", text)))
def test_every_example_of_the_page_is_sound_as_it_stands(example: str) -> None:
    pack = read_checklist(pack_with(example), name="docs/packs.md")
    assert pack.level_count == 3
    assert read_canonical(canonical_body(pack)) == pack, "and is kept as it is"
    assert "## How it adds up" in reference(pack)


def test_the_page_shows_every_kind_and_every_key() -> None:
    shown = set(re.findall(r"kind: (\w+)", "".join(EXAMPLES)))
    assert shown == set(declared.RULES)
    keys = set(re.findall(r"^\| `(\w+)` \|", TEXT, flags=re.MULTILINE))
    assert keys - {"counts"} == {*declared.AGGREGATION, *declared.MISSING}


def test_the_table_of_promises_is_what_the_properties_hold() -> None:
    rows = re.findall(r"^\| (\w+) \| (yes|no) \| (yes|no) \| (yes|no) \| (yes|no) \|$", TEXT, flags=re.MULTILINE)
    sets = (promises.SPLIT, promises.UNSCALED, promises.PURE, promises.BETWEEN)
    expected = [(kind, *("yes" if rule in each else "no" for each in sets)) for kind, rule in declared.KINDS.items()]
    assert rows == expected


@pytest.mark.parametrize("link", re.findall(r"\]\((\.\./[^)]+)\)", TEXT))
def test_every_file_the_page_names_is_there_and_sound(link: str) -> None:
    path = (PAGE.parent / link).resolve()
    load_checklist(path)


def test_any_checklist_prints_as_one_page(capsys, tmp_path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(pack_with(EXAMPLES[0]), encoding="utf-8")
    assert main([str(path)]) == 0
    printed = capsys.readouterr().out
    assert "- Areas make the system: the worst decides." in printed
    assert "  - up to 5: not yet" in printed
    path.write_text("id: x\n", encoding="utf-8")
    assert main([str(path)]) == 2
    assert "own.yaml:1:1" in capsys.readouterr().err
    with pytest.raises(InvalidChecklist):
        load_checklist(path)

"""The checklist we ship: 104 questions in ten areas, 39 of them core, with the classes that were agreed."""

from __future__ import annotations

import re

import pytest

from checklists.checklist import Checklist, Question
from checklists.reader import DEFAULT_PACK, PACKS, load_checklist

# Question (* = core), severity, effort, interest, spread. Changing a class is a decision: change it here as well.
AGREED = """
ENT-01* H M i2 s2
ENT-02 M L i2 s1
ENT-03* H L i3 s2
ENT-04 M M i2 s1
ENT-05* C M i3 s3
ENT-06 H M i2 s2
ENT-07 M M i1 s1
ENT-08 M S i2 s1
ENT-09 M M i2 s1
ENT-10* H M i2 s2
FBL-01* H S i2 s2
FBL-02* C L i3 s3
FBL-03 H M i2 s2
FBL-04 H L i2 s1
FBL-05 H L i3 s2
FBL-06 M M i2 s2
FBL-07* H M i2 s2
FBL-08 H M i3 s3
FBL-09 M S i1 s1
DAT-01* H M i2 s2
DAT-02* C M i3 s2
DAT-03* H S i2 s1
DAT-04 M S i1 s2
DAT-05 L S i1 s1
DAT-06* C M i3 s2
DAT-07 C M i3 s1
DAT-08 H M i2 s1
DAT-09* H M i2 s1
DAT-10 H S i2 s1
DAT-11 M M i1 s1
DAT-12 M S i2 s2
CFG-01* H S i2 s1
CFG-02 M S i1 s1
CFG-03* H S i2 s1
CFG-04 M XS i1 s0
CFG-05 L S i1 s2
CFG-06 H S i2 s1
CFG-07* M S i2 s2
CFG-08 M S i1 s1
CFG-09 H S i1 s0
CFG-10 M M i2 s2
MON-01* C M i3 s2
MON-02 H S i2 s1
MON-03* H M i2 s1
MON-04* H S i2 s1
MON-05 H M i2 s2
MON-06 M S i2 s2
MON-07 M L i2 s1
MON-08* H S i2 s2
MON-09* C M i3 s2
MON-10 M S i1 s1
MON-11 M S i1 s1
MON-12 M S i1 s0
RPG-01* H M i2 s1
RPG-02* C M i3 s1
RPG-03 H M i2 s1
RPG-04 H M i2 s0
RPG-05 M M i2 s1
RPG-06* H L i3 s2
RPG-07* M M i2 s2
RPG-08 M L i2 s1
RPG-09* H M i2 s1
RPG-10 M M i1 s1
RPG-11 H M i2 s1
PIP-01* M L i2 s2
PIP-02* H L i3 s2
PIP-03 M S i1 s2
PIP-04 M L i2 s1
PIP-05 L M i1 s1
PIP-06 M M i1 s1
PIP-07 M M i2 s1
PIP-08 M M i2 s1
PIP-09 M S i2 s2
TST-01* H S i2 s1
TST-02* C M i3 s1
TST-03 H M i2 s1
TST-04* H M i2 s1
TST-05* C M i3 s1
TST-06 H M i2 s0
TST-07 M M i1 s1
TST-08 H S i2 s1
TST-09 M S i1 s0
TST-10 M S i1 s1
PRO-01* H XS i2 s2
PRO-02* M XS i2 s1
PRO-03 M S i1 s1
PRO-04* M S i2 s2
PRO-05 H S i2 s1
PRO-06 M S i1 s1
PRO-07 H M i3 s1
PRO-08 H M i2 s1
PRO-09 L XS i1 s0
PRO-10 M S i2 s1
FMD-01* H S i2 s3
FMD-02* C M i3 s2
FMD-03* H S i2 s2
FMD-04 M M i2 s2
FMD-05 H M i2 s2
FMD-06* H S i2 s1
FMD-07* C M i3 s3
FMD-08 H M i2 s1
FMD-09 M S i2 s2
FMD-10 H M i2 s2
FMD-11 M M i2 s2
"""

CHECKLIST = load_checklist(PACKS / f"{DEFAULT_PACK}.yaml")
QUESTIONS = [pytest.param(question, id=question.id) for question in CHECKLIST.questions.values()]


@pytest.fixture
def checklist() -> Checklist:
    return CHECKLIST


def test_it_asks_104_questions_39_of_them_core(checklist: Checklist) -> None:
    assert (len(checklist.questions), sum(1 for _ in checklist.core())) == (104, 39)


def test_ids_core_and_classes_are_the_agreed_ones(checklist: Checklist) -> None:
    found = [
        f"{one.id}{'*' if one.core else ''} {one.severity} {one.effort} {one.interest} {one.spread}"
        for one in checklist.questions.values()
    ]
    assert found == AGREED.split("\n")[1:-1]


def test_the_areas_stand_in_the_agreed_order(checklist: Checklist) -> None:
    assert ",".join(area.id for area in checklist.areas) == "ENT,FBL,DAT,CFG,MON,RPG,PIP,TST,PRO,FMD"
    assert {area.weight for area in checklist.areas} == {1.0}


def test_switches_decide_about_foundation_models_retrieval_and_agents(checklist: Checklist) -> None:
    areas = {area.id: area.applies_when for area in checklist.areas if area.applies_when}
    questions = {one.id: one.applies_when for one in checklist.questions.values() if one.applies_when}
    assert areas == {"FMD": "foundation_models"}
    assert questions == {"FMD-05": "retrieval", "FMD-07": "agents"}


def test_class_values_are_the_agreed_proposal(checklist: Checklist) -> None:
    classes = checklist.classes
    assert classes.provenance == "proposal"
    assert {key: (one.weight, one.loss_days, one.critical) for key, one in classes.severity.items()} == {
        "C": (10, 80, True),
        "H": (7.5, 25, False),
        "M": (5, 8, False),
        "L": (2.5, 2, False),
    }
    assert list(classes.severity) == ["C", "H", "M", "L"]
    assert classes.effort_days == {"XS": 1, "S": 3, "M": 8, "L": 20, "XL": 45}
    assert classes.friction_days == {"i0": 0.25, "i1": 1, "i2": 3, "i3": 8, "i4": 20}
    assert classes.growth == {"s0": 0, "s1": 0.05, "s2": 0.15, "s3": 0.30}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_told_in_whole_plain_sentences(question: Question) -> None:
    assert question.why.endswith(".")
    assert question.why.count(". ") == 0, "one sentence says why"
    assert 60 <= len(question.why) <= 200
    starts = (question.text, question.why, *(level.text for level in question.levels), *question.remedies)
    assert all(re.match(r"[A-Z0-9]", text) for text in starts)
    assert question.look_for


@pytest.mark.parametrize("question", QUESTIONS)
def test_levels_are_observed_and_not_agreed_with(question: Question) -> None:
    words = " ".join(level.text for level in question.levels).lower()
    assert not re.search(r"\b(strongly|somewhat|agree|disagree|always true|never true)\b", words)


def test_no_source_is_hidden_behind_an_abbreviation(checklist: Checklist) -> None:
    for question in checklist.questions.values():
        for source in question.sources:
            assert len(checklist.citation(source)) > len(source) + 15


def test_the_file_is_made_for_reading() -> None:
    lines = (PACKS / f"{DEFAULT_PACK}.yaml").read_text(encoding="utf-8").splitlines()
    assert max(map(len, lines)) <= 100
    assert not any(line != line.rstrip() for line in lines)

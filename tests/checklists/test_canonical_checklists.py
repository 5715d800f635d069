"""What a checklist says decides its hash, how the file is written does not; stored bodies come back equal."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import pickle
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from checklists.reader import InvalidChecklist, canonical_body, load_checklist, read_canonical, read_checklist

from .conftest import TINY

# A body as an earlier release stored it. It must stay readable, and keep its hash, in every later release.
STORED_HASH = "540ee313ea48dfb07476b11f47229078aa807ffdb15be3311acf4badd437c60c"


class Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


WORDS = (
    *(
        "yes",
        "null",
        "~",
        "1:30",
        "0x1F",
        "a:",
        "#",
        "- b",
        "&a",
        "*b",
        "!!c",
        "<<",
        "{",
        "]",
        "%",
        "@",
        "|",
        ">",
        "?",
        "'",
    ),
    *('"', "\\", "größe", "日本語", "😀", "e\u0301", "true", "2026-01-01", "plain", "words", "of", "a", "team"),
)


def sentences(ending: str = "") -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(lambda some: " ".join(some) + ending)


NUMBERS = st.integers(0, 10_000_000).map(lambda number: f"{number / 1000:.3f}".rstrip("0").rstrip("."))
POSITIVE = st.integers(1, 1_000_000).map(lambda number: f"{number / 1000:.3f}")


@st.composite
def packs(draw: st.DrawFn) -> dict[str, Any]:
    """A sound checklist as plain dicts and lists of texts."""
    switches = draw(st.lists(st.sampled_from(["agents", "retrieval", "offline"]), unique=True))
    area_ids = draw(st.lists(st.sampled_from(["DAT", "MON", "CFG"]), min_size=1, unique=True))
    asked: list[str] = []
    areas = []
    for position, area_id in enumerate(area_ids):
        questions = []
        for number in range(1, draw(st.integers(1, 3)) + 1):
            question_id = f"{area_id}-{number:02}"
            question = {
                "id": question_id,
                "text": draw(sentences(f" {question_id}?")),
                "why": draw(sentences()),
                "levels": {str(level): f"{level} " + draw(sentences()) for level in range(5)},
                "severity": draw(st.sampled_from(["C", "L"])),
                "effort": "S",
                "interest": "i0",
                "spread": "s0",
                "remedies": draw(st.lists(sentences(), min_size=1, max_size=3, unique=True)),
                "sources": ["Paper"],
            }
            if number == 1:
                question["core"] = "true"
            if draw(st.booleans()):
                question["look_for"] = draw(st.lists(sentences(), max_size=3, unique=True))
            if asked and draw(st.booleans()):
                question["depends_on"] = draw(st.lists(st.sampled_from(asked), min_size=1, unique=True))
            if draw(st.booleans()):
                question["not_applicable_when"] = draw(sentences())
            asked.append(question_id)
            questions.append(question)
        area = {"id": area_id, "title": draw(sentences()), "short": area_id, "summary": draw(sentences())}
        if position == 0 and len(switches) == 1:
            area["applies_when"] = switches[0]
        if draw(st.booleans()):
            area["weight"] = draw(POSITIVE)
        areas.append({**area, "questions": questions})
    used = [area["applies_when"] for area in areas if "applies_when" in area]
    return {
        "id": "made-up",
        "version": "1",
        "title": draw(sentences()),
        "summary": draw(sentences()),
        "classes": {
            "provenance": "made up",
            "severity": {
                key: {
                    "weight": draw(POSITIVE),
                    "loss_days": draw(NUMBERS),
                    "critical": draw(st.sampled_from(["true", "false"])),
                }
                for key in ("C", "L")
            },
            "effort_days": {"S": draw(NUMBERS)},
            "friction_days": {"i0": draw(NUMBERS)},
            "growth": {"s0": "0.05"},
        },
        "switches": [{"id": one, "title": one, "explanation": draw(sentences())} for one in used],
        "references": {"Paper": draw(sentences())},
        "areas": areas,
    }


def written(pack: dict[str, Any], **style: Any) -> str:
    return yaml.dump(pack, Dumper=Dumper, **style)


def stirred(value: Any) -> Any:
    """The same content with the keys of every mapping the other way round; levels have an order and keep it."""
    if isinstance(value, list):
        return [stirred(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    pairs = list(value.items()) if "0" in value else list(reversed(value.items()))
    return {key: stirred(entry) for key, entry in pairs}


@settings(max_examples=60, deadline=None)
@given(pack=packs())
def test_formatting_and_key_order_leave_checklist_and_hash_unchanged(pack: dict[str, Any]) -> None:
    block = read_checklist(written(pack, sort_keys=False, allow_unicode=True), name="block")
    flow = read_checklist(written(stirred(pack), sort_keys=False, default_flow_style=True, width=30), name="flow")
    remarked = read_checklist(
        "# a remark\n" + written(pack, sort_keys=False).replace("\n", "  # x\n", 1), name="remark"
    )
    assert block == flow == remarked
    assert block.content_hash == flow.content_hash


@settings(max_examples=60, deadline=None)
@given(pack=packs())
def test_a_stored_body_comes_back_equal(pack: dict[str, Any]) -> None:
    checklist = read_checklist(written(pack), name="x")
    body = canonical_body(checklist)
    again = read_canonical(body)
    assert again == checklist
    assert canonical_body(again) == body
    assert again.content_hash == hashlib.sha256(body.encode()).hexdigest()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Found after quality drops", "Found after quality drops."),
        ("M: 8", "M: 9"),
        ("version: \"7\"", "version: \"8\""),
        ("critical: true", "critical: false"),
        ("    weight: 2\n", ""),
        ("        text: What can", "        signals: [x]\n        text: What can"),
        ("  - DAT-09\nareas", "  - DAT-09\n  - DAT-10\nareas"),
    ],
)  # fmt: skip
def test_every_change_of_content_changes_the_hash(tiny: str, before: str, after: str) -> None:
    changed = tiny.replace(before, after, 1)
    assert changed != tiny
    assert read_checklist(changed, name="x").content_hash != STORED_HASH


def test_writing_a_default_out_is_no_change(tiny: str) -> None:
    spelled_out = tiny.replace("short: Data\n", "short: Data\n    weight: 1\n").replace(
        "        why: It passes", "        core: false\n        signals: []\n        why: It passes"
    )
    assert read_checklist(spelled_out, name="x") == read_checklist(tiny, name="x")


def test_the_hash_of_a_checklist_stays_the_same_from_release_to_release() -> None:
    assert load_checklist(TINY).content_hash == STORED_HASH


def test_a_stored_checklist_is_held_to_its_references_but_not_to_wording(tiny: str) -> None:
    body = json.loads(canonical_body(read_checklist(tiny, name="x")))
    body["areas"][0]["questions"][0]["text"] = "No question mark"
    assert read_canonical(json.dumps(body)).questions["DAT-01"].text == "No question mark"
    body["areas"][0]["questions"][0]["severity"] = "X"
    with pytest.raises(InvalidChecklist, match=r"areas\[0\]\.questions\[0\]\.severity: expected one of C, H"):
        read_canonical(json.dumps(body))


def test_a_checklist_can_be_copied_and_pickled(tiny: str) -> None:
    checklist = read_checklist(tiny, name="x")
    assert pickle.loads(pickle.dumps(checklist)) == checklist
    assert dataclasses.asdict(checklist)["areas"][0]["questions"][1]["id"] == "DAT-02"

"""A pack that declares no aggregation scores to the bit as it did before packs could declare one."""

from __future__ import annotations

import json

from checklists.reader import DEFAULT_PACK, PACKS, load_checklist
from scoring.score import DEFAULTS, scoring_id
from tests.scoring.golden import GOLDEN, found

SHIPPED = load_checklist(PACKS / f"{DEFAULT_PACK}.yaml")


def test_forty_drawn_systems_score_to_the_bit_as_before() -> None:
    assert found(SHIPPED) == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_the_shipped_checklist_and_the_scoring_rules_keep_their_ids() -> None:
    assert SHIPPED.content_hash == "f9f0b06fd96ec9ec32fbb85deeea56a4aa43cf3d2feb7dacce51d7c8170e17a0"
    assert scoring_id(DEFAULTS) == "8c06d05fd6502d23e0491eecff86ca05c49080f9e3e2da892bd15e3fe6d79ece"

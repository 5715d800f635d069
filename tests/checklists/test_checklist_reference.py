"""docs/checklist.md says what the shipped checklist says, all of it, and nothing in a checklist turns into markup."""

from __future__ import annotations

from checklists.reader import DEFAULT_PACK, PACKS, load_checklist, read_checklist
from checklists.reference import REFERENCE, reference

SHIPPED = load_checklist(PACKS / f"{DEFAULT_PACK}.yaml")


def test_the_reference_is_fresh() -> None:
    fresh = REFERENCE.read_text(encoding="utf-8") == reference(SHIPPED)
    assert fresh, "docs/checklist.md is stale: run `python -m checklists.reference`"


def test_every_question_level_class_and_source_is_in_it() -> None:
    text = reference(SHIPPED).replace("\\", "")
    for question in SHIPPED.questions.values():
        assert question.text in text
        assert question.why in text
        assert all(f"| {level.number} | {level.text} |" in text for level in question.levels)
        assert all(signal in text for signal in question.signals)
    assert all(citation in text for citation in SHIPPED.references.values())
    assert all(switch.explanation in text for switch in SHIPPED.switches)


def test_text_of_a_checklist_stays_text(tiny: str) -> None:
    marked = read_checklist(tiny.replace("Agents\n", '"<b>|*[x](y)"\n', 1), name="x")
    assert r"\<b\>\|\*\[x\](y)" in reference(marked)

"""A pack that says how another pack's answers are read as its own: read, kept under its hash, and linted by line."""

from __future__ import annotations

import pytest

from checklists.checklist import Approximation
from checklists.reader import InvalidChecklist, canonical_body, load_checklist, read_canonical, read_checklist

from .conftest import TINY

DECLARED = "id: tiny\napproximation:\n  pack: other\n  levels: [0, 1, 1, 2, 2]\n"
MAPPED = "id: DAT-02\n        approximated_by: [ABC-01, ABC-02]\n"


def declared(text: str) -> str:
    return text.replace("id: tiny\n", DECLARED).replace("id: DAT-02\n", MAPPED, 1)


def test_an_approximation_is_read_and_kept(tiny: str) -> None:
    pack = read_checklist(declared(tiny), name="pack.yaml")
    assert pack.approximation == Approximation(pack="other", levels=(0, 1, 1, 2, 2))
    assert pack.questions["DAT-02"].approximated_by == ("ABC-01", "ABC-02")
    assert read_canonical(canonical_body(pack)) == pack


def test_a_pack_without_one_keeps_the_hash_it_had() -> None:
    pack = load_checklist(TINY)
    assert pack.approximation is None
    assert "approximat" not in canonical_body(pack)


@pytest.mark.parametrize(
    ("before", "after", "place", "message"),
    [
        ("levels: [0, 1, 1, 2, 2]", "levels: [0, 2, 1, 2, 2]", "approximation.levels[2]", "falls from 2 to 1"),
        ("levels: [0, 1, 1, 2, 2]", "levels: [0, 1, 1, 2, 5]", "approximation.levels[4]", 'got "5"'),
        ("pack: other", "pack: tiny", "approximation.pack", "cannot be read from itself"),
        ("pack: other", "pack: other\n  nearest: [DAT-99]", "approximation.nearest[0]", "did you mean"),
        (
            "pack: other",
            "pack: other\n  nearest: [DAT-01]",
            "approximation.nearest[0]",
            "DAT-01 has no approximated_by",
        ),
        ("[ABC-01, ABC-02]", "[]", "approximation", "no question has approximated_by"),
        (DECLARED, "id: tiny\n", "areas[0].questions[1].approximated_by", "the checklist has no approximation"),
        ("[ABC-01, ABC-02]", "[ABC-01, ABC-01]", "areas[0].questions[1].approximated_by[1]", "stands here twice"),
    ],
)
def test_what_cannot_be_meant_is_refused_where_it_stands(
    tiny: str, before: str, after: str, place: str, message: str
) -> None:
    text = declared(tiny)
    assert before in text
    with pytest.raises(InvalidChecklist) as refused:
        read_checklist(text.replace(before, after), name="pack.yaml")
    (problem,) = refused.value.problems
    assert problem.where == place
    assert message in problem.message
    assert problem.line > 0

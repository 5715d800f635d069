"""What the comments of Python code admit, and the code in them, however they are written."""

from __future__ import annotations

import pytest

from evidence.comments import MARKERS, read_comments

ADMISSIONS = {
    "TODO": ["TODO later", "todo: later", "todo ( later )"],
    "FIXME": ["FIXME", "fixme later", "fix me", "fix-me"],
    "HACK": ["HACK", "hacky", "hackish", "ugly hack", "a bit of a hack", "this is a hack", "quick hack"],
    "XXX": ["XXX"],
    "workaround": ["workaround for it", "workarounds", "work-around", "work-arounds"],
    "kludge": ["kludge", "kludges"],
    "temporary": ["temporary fix", "temporary measure", "temporary patch", "temporary solution", "temp fix",
                  "quick fix", "quick-fix", "quick and dirty", "quick-and-dirty", "quick & dirty"],
    "technical debt": ["tech debt", "technical debt"],
}  # fmt: skip


def test_debt_is_seen_however_it_is_admitted() -> None:
    assert list(ADMISSIONS) == list(MARKERS)
    for marker, ways in ADMISSIONS.items():
        for words in (*ways, *(way.upper() for way in ways if marker != "TODO")):
            admitted, _ = read_comments(f"x = 1  # {words}\n")
            assert [(one.line, one.marker) for one in admitted] == [(1, marker)], words


@pytest.mark.parametrize(
    "text",
    [
        "# first\n# model = train(rows)\n# model.save('x')\n",
        "def f():\n    # model = train(rows)\n    # model.save('x')\n    return 1\n",
        "x = 1\n\n# if x:\n#     run(x)\n",
    ],
)
def test_code_in_comments_is_seen_wherever_it_stands(text: str) -> None:
    assert read_comments(text)[1]

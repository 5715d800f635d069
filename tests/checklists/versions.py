"""The small pack and its next version: one question reworded, one reweighted, one replaced, one added, one gone."""

from __future__ import annotations

from tests.checklists.conftest import TINY

OLD = TINY.read_text(encoding="utf-8")
_CHANGES = {
    'version: "7"': 'version: "8"',
    "  - DAT-09\nareas": "  - DAT-09\n  - DAT-02\nareas",
    "Can you list every input of the model?": "Can you list every input and output of the model?",
    "          4: No list\n        severity: H": "          4: No list, or nobody knows\n        severity: C",
    "      - id: DAT-02\n        text: What happens when a field changes its meaning?": (
        "      - id: DAT-03\n        text: Who hears of it when a field changes its meaning?"
    ),
    "        replaces:\n          - DAT-09": "        replaces:\n          - DAT-02",
    "        severity: C\n        effort: S\n        interest: i1": (
        "        severity: C\n        effort: M\n        interest: i1"
    ),
    "        applies_when: agents\n        sources:\n          - practice\n": (
        "        applies_when: agents\n        sources:\n          - practice\n"
        "      - id: AGT-02\n"
        "        text: Who can stop an agent?\n"
        "        why: Somebody has to be able to.\n"
        "        levels:\n"
        "          0: Anybody on call\n"
        "          1: Its team\n"
        "          2: One person\n"
        "          3: Whoever has the password\n"
        "          4: Nobody\n"
        "        severity: H\n"
        "        effort: S\n"
        "        interest: i1\n"
        "        spread: s0\n"
        "        remedies:\n"
        "          - A switch\n"
        "        applies_when: agents\n"
        "        sources:\n"
        "          - practice\n"
    ),
}


def next_version(text: str = OLD) -> str:
    """The text of version 8."""
    for before, after in _CHANGES.items():
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text

"""Which quarter a badge shows, and the line that puts it into a README."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from operations.badges import badge_markdown, read_badge
from operations.errors import NotFound
from operations.systems import create_system
from operations.workplace import Workplace
from tests.operations.conftest import ADA
from tests.operations.packs import lay, text_of_pack
from tests.operations.test_movement import add, assess


def test_a_badge_shows_the_latest_quarter_that_has_a_letter(
    workplace: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path / "packs", monkeypatch, three=text_of_pack())
    system_id = assess(workplace, "Model <b>", {"2026Q2": (2, 2, 2), "2026Q3": (1, 1, 1)})
    assert "ML debt C, 50 of 100 in Q3 2026" in read_badge(workplace, ADA, system_id=system_id)
    add(workplace, system_id, "2026Q4", (None, None, 0), closed=False)
    drawn = read_badge(workplace, ADA, system_id=system_id)
    assert "Q3 2026" in drawn
    assert "<b>" not in drawn


def test_a_system_never_assessed_has_no_letter_yet(workplace: Workplace) -> None:
    system_id = create_system(workplace, ADA, name="New", team="Growth").system_id
    assert "no letter yet" in read_badge(workplace, ADA, system_id=system_id)


def test_what_is_not_there_and_what_may_not_be_seen_are_the_same(workplace: Workplace) -> None:
    system_id = create_system(workplace, ADA, name="New", team="Growth").system_id
    for actor, asked in ((ADA, "nobody"), (replace(ADA, local=False), system_id)):
        with pytest.raises(NotFound):
            read_badge(workplace, actor, system_id=asked)


def test_the_line_for_a_readme_has_nothing_in_it_that_ends_it_early() -> None:
    assert badge_markdown("a)b c", address="http://127.0.0.1:8501/") == (
        "[![ML debt](http://127.0.0.1:8501/badge/a%29b%20c.svg)](http://127.0.0.1:8501/system?system=a%29b+c)"
    )

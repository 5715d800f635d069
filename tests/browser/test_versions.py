"""A quarter moves to a newer checklist in a real browser: the difference under axe, the move, one confirmation."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from operations.assessments import Choice, answer_question, open_assessment
from operations.packs import FOLDER
from operations.systems import create_system
from tests.browser.conftest import Visit
from tests.browser.seeding import ADA, QUARTER, workplace_at
from tests.browser.serving import Server
from tests.browser.test_accessibility import in_both_themes
from tests.checklists.versions import OLD, next_version

HOSTILE = "Who stops <img src=x onerror=alert(1)> it?"


def test_the_difference_the_move_and_one_confirmation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visit: Visit
) -> None:
    pack = tmp_path / "packs" / "tiny.yaml"
    pack.parent.mkdir()
    pack.write_text(OLD, encoding="utf-8")
    monkeypatch.setenv(FOLDER, str(pack.parent))
    home = tmp_path / "home"
    home.mkdir()
    server = Server(home).start()
    try:
        with workplace_at(server.database) as workplace:
            switches = frozenset({"agents"})
            system = create_system(workplace, ADA, name="Churn", team="Growth", switches=switches).system_id
            made = open_assessment(workplace, ADA, system_id=system, period=QUARTER, scope="all", pack="tiny")
            for question in ("DAT-01", "DAT-02", "AGT-01"):
                answer_question(
                    workplace, ADA, assessment_id=made.assessment_id, question_id=question, expected_rev=0,
                    choice=Choice(state="answered", level=2),
                )  # fmt: skip
        pack.write_text(next_version().replace("Who can stop an agent?", HOSTILE), encoding="utf-8")
        you = visit(server)
        in_both_themes(you, lambda: you.open(f"/move?system={system}"))
        you.title("Version 8 asks otherwise")
        drawn = you.page.locator(".difference")
        expect(drawn.locator("ins").first).to_have_text("and output")
        expect(drawn.get_by_text(HOSTILE)).to_be_visible()
        expect(drawn.locator("img")).to_have_count(0)
        you.page.set_viewport_size({"width": 390, "height": 844})
        you.no_sideways_scroll()
        you.page.set_viewport_size({"width": 1280, "height": 900})
        you.click("Move to version 8")
        you.says("Moved. 2 answers wait to be confirmed.")
        you.open(f"/assess?system={system}&question=DAT-03")
        you.says("Carried over from DAT-02")
        you.click("Still true")
        expect(you.button("Confirm 1 answer")).to_be_visible()
        you.open(f"/move?system={system}")
        you.click("Undo the move")
        you.says("The move is undone")
    finally:
        server.stop()

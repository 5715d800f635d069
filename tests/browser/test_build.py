"""A team lets its build hand in the evidence: token, collector, contradiction, decision, and the token revoked."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import expect

from operations.records import AssessmentRecord
from tests.browser.checkout import nano_gpt
from tests.browser.conftest import Visit
from tests.browser.hands import Visitor
from tests.browser.seeding import QUARTER, open_system, workplace_at
from tests.browser.serving import Server
from ui import numbers

NO_TESTS = "There are no tests"


class Build:
    """A build server: a folder with the collector in it, nothing of Arrears, and a token in its environment."""

    def __init__(self, folder: Path, server: Server, token: str) -> None:
        self.folder = folder
        self.server = server
        self.token = token
        self.checkout = nano_gpt(folder)

    def run(self) -> subprocess.CompletedProcess[str]:
        """Scan the checkout and push what was seen, by a Python that sees no installed package."""
        pyz = str(self.folder / "arrears-collect.pyz")
        options = ["scan", str(self.checkout), "--history", "8", "--no-cache", "--push", self.server.address]
        return subprocess.run(
            [sys.executable, "-I", "-S", pyz, *options],
            cwd=self.folder,
            env={"ARREARS_TOKEN": self.token, "PATH": "/usr/bin:/bin", "HOME": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
        )


def test_from_a_token_to_a_decided_contradiction(own_server: Server, visit: Visit, tmp_path: Path) -> None:
    with workplace_at(own_server.database) as workplace:
        assessment = open_system(workplace, "Text model", answers=34, level=0)
    you = visit(own_server).open(f"/evidence?system={assessment.system_id}")
    folder = tmp_path / "build"
    folder.mkdir()
    token = makes_a_token(you)
    downloads_the_collector(you, folder)
    build = Build(folder, own_server, token)
    contradictions = pushes_from_the_build(you, build)
    opens_the_contradiction_by_its_link(you, assessment)
    accepts_it_and_finds_it_in_the_ledger(you, contradictions)
    undoes_it_and_overrides_it_with_a_reason(you, contradictions)
    sees_the_past_of_the_repository_apart_from_the_score(you)
    revokes_the_token(you, build)


def makes_a_token(you: Visitor) -> str:
    you.title("nothing is known of the repository yet")
    you.page.get_by_role("tab", name="Run it in your build").click()
    you.says("No token is in use")
    you.field("Where will it be used?").fill("Build server")
    you.click("Make a token")
    you.says(re.compile("^Build server: copy this now"))
    secret = you.page.locator(".st-key-token-secret code")
    expect(you.page.locator(".st-key-token-secret").get_by_role("button", name="Copy to clipboard")).to_be_visible()
    expect(secret).to_have_text(re.compile(r"^arr_[\w-]{43}$"))
    told = secret.inner_text()
    you.reload()
    you.page.get_by_role("tab", name="Run it in your build").click()
    you.says(re.compile("never used$"))
    assert told not in you.page.content()
    return told


def downloads_the_collector(you: Visitor, folder: Path) -> None:
    with you.page.expect_download() as download:
        you.page.get_by_role("link", name="Download the collector").click()
    assert download.value.suggested_filename == "arrears-collect.pyz"
    download.value.save_as(folder / "arrears-collect.pyz")


def pushes_from_the_build(you: Visitor, build: Build) -> int:
    """Return how many contradictions appeared."""
    first = build.run()
    assert first.returncode == 0, first.stderr
    assert NO_TESTS in first.stdout
    assert build.run().returncode == 0  # the same once more changes nothing
    you.reload()
    you.title(re.compile(r": \d+ contradictions? to decide$"))
    you.says(re.compile(r"^nanoGPT at [0-9a-f]{10}: \d+ files, 0 notebooks.* by collector Build server\.$"))
    you.says(NO_TESTS)
    you.says(re.compile("This is the first scan"))
    found = re.search(r"(\d+) contradiction", you.page.locator("h1").inner_text())
    assert found
    return int(found[1])


def opens_the_contradiction_by_its_link(you: Visitor, assessment: AssessmentRecord) -> None:
    you.open(f"/evidence?system={assessment.system_id}&period={QUARTER}&contradiction=TST-01.tests-missing")
    entries = you.page.locator("[class*='st-key-contradiction-']")
    expect(entries).to_have_count(1)
    expect(entries).to_contain_text(NO_TESTS)
    expect(entries).to_contain_text("Level 0: ")
    expect(entries).to_contain_text("model.py")
    you.click(re.compile("See the whole ledger"))
    you.says("Evidence never changes an answer.")  # the whole ledger: a click before it would still carry the old link


def accepts_it_and_finds_it_in_the_ledger(you: Visitor, contradictions: int) -> None:
    entry = you.page.locator("[class*='st-key-contradiction-TST-01']")
    entry.get_by_role("button", name="Accept: the floor counts").click()
    you.title(to_decide(contradictions - 1))
    expect(entry).to_have_count(0)
    you.says("TST-01: floor accepted. It stays in the ledger under “Decided”.")
    you.page.get_by_role("radio", name="Decided").click()
    expect(entry).to_contain_text("Accepted by Somebody")
    expect(entry).to_contain_text("Counts as at least")
    you.reload()
    expect(entry).to_contain_text("Accepted by Somebody")


def undoes_it_and_overrides_it_with_a_reason(you: Visitor, contradictions: int) -> None:
    entry = you.page.locator("[class*='st-key-contradiction-TST-01']")
    entry.get_by_role("button", name="Undo this decision").click()
    you.title(to_decide(contradictions))
    you.page.get_by_role("radio", name="Open", exact=True).click()
    entry.get_by_role("button", name="It is wrong here").click()
    you.field("Why does this not hold?").fill("The tests are in a repository of their own.")
    you.field("Why does this not hold?").press("Tab")
    you.click("Override with this reason")
    you.title(to_decide(contradictions - 1))
    you.page.get_by_role("radio", name="All", exact=True).click()
    expect(entry).to_contain_text("“The tests are in a repository of their own.”")
    expect(entry).to_contain_text("Does not count")
    you.page.get_by_text("Every decision so far (3)").click()
    history = you.page.get_by_role("table", name="Every decision")
    expect(history.get_by_role("row")).to_have_count(4)
    expect(history).to_contain_text("The tests are in a repository of their own.")


def to_decide(number: int) -> str:
    return f"{numbers.count(number, 'contradiction')} to decide" if number else "decided"


def sees_the_past_of_the_repository_apart_from_the_score(you: Visitor) -> None:
    you.page.get_by_role("link", name="System", exact=True).first.click()
    you.title("Text model")
    expect(you.page.get_by_role("heading", name="What the repository shows; not a score")).to_be_visible()
    table = you.page.get_by_role("table", name="Signs of debt found")
    expect(table.get_by_role("columnheader", name=re.compile("from history$")).first).to_be_visible()
    expect(table.get_by_role("columnheader", name=re.compile("scanned$"))).to_have_count(1)
    expect(table.locator(".bar.dotted").first).to_be_visible()
    expect(table.get_by_role("row", name=re.compile("^Testing"))).to_be_visible()


def revokes_the_token(you: Visitor, build: Build) -> None:
    you.page.get_by_role("link", name="Evidence", exact=True).first.click()
    you.page.get_by_text("Scan again: upload a file, or run it in your build").click()
    you.page.get_by_role("tab", name="Run it in your build").click()
    you.says(re.compile(r"last used \d+ \w+ \d{4}"))
    you.click("Revoke…")
    you.says("This cannot be undone.")
    you.click("Revoke it for good")
    you.says("No token is in use")
    refused = build.run()
    assert refused.returncode == 2
    assert "the token is wrong or was withdrawn" in refused.stderr
    assert build.token not in refused.stderr + refused.stdout

"""axe on every page in light and dark: nothing serious, and whatever else it finds stands below with its reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe

from operations.repository_evidence import add_archive
from tests.browser.archives import archive_of
from tests.browser.conftest import Visit
from tests.browser.hands import Visitor
from tests.browser.seeding import ADA, QUARTER, link, open_system, workplace_at
from tests.browser.serving import Server

SEVERE = {"serious", "critical"}
#: What axe reports below serious, and why it stays. Anything else fails the test.
ACCEPTED = {
    "heading-order": "A cell opened, and a question of the list, has a heading of its own size wherever it is shown.",
    "presentation-role-conflict": "Streamlit's file uploader: the box says it is nothing and has a name all the same.",
}


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose portfolio holds systems answered and begun, with and without evidence."""
    server = Server(tmp_path_factory.mktemp("furnished")).start()
    with workplace_at(server.database) as workplace:
        answered = open_system(workplace, "Churn model", answers=34, level=3)
        open_system(workplace, "Lead scoring", answers=5, level=1)
        source = "import random\nimport os\nHOST = 'https://api.example'\nprint(random.random())\n" * 30
        archive = archive_of({f"churn/train_{number}.py": source for number in range(12)})
        add_archive(workplace, ADA, assessment_id=answered.assessment_id, archive=archive, name="churn.zip")
        server.answered, server.begun = answered, open_system(workplace, "Begun", answers=2)  # type: ignore[attr-defined]
    yield server
    server.stop()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("empty")).start()
    yield server
    server.stop()


def path_of(server: Server, what: str) -> str:
    answered, begun = getattr(server, "answered", None), getattr(server, "begun", None)
    quarter = f"period={QUARTER}"
    return {
        "portfolio": "/",
        "portfolio with a drawer": f"/?{quarter}&system={answered.system_id}&area=TST" if answered else "",
        "create": "/create",
        "system": f"/system?system={answered.system_id}" if answered else "",
        "system with a drawer": f"/system?system={answered.system_id}&area=ALL&quarter={QUARTER}" if answered else "",
        "one question": link(begun, "ENT-03") if begun else "",
        "whole area": f"{link(begun)}&view=Whole area" if begun else "",
        "all questions": f"{link(begun)}&view=All questions" if begun else "",
        "evidence before an upload": f"/evidence?system={begun.system_id}" if begun else "",
        "evidence after an upload": f"/evidence?system={answered.system_id}" if answered else "",
        "about": "/about",
        "no such system": "/system?system=unknown",
    }[what]


def findings(you: Visitor) -> list[dict[str, object]]:
    return list(Axe().run(you.page).response["violations"])


def check(you: Visitor) -> None:
    found = findings(you)
    severe = [
        f"{one['id']} ({one['impact']}): {one['help']}\n    "
        + "\n    ".join(f"{node['html'][:200]} {node['failureSummary'][:300]}" for node in one["nodes"][:4])  # type: ignore[index]
        for one in found
        if one["impact"] in SEVERE
    ]
    assert not severe, "\n".join(severe)
    new = {one["id"]: [node["html"][:150] for node in one["nodes"][:3]] for one in found if one["id"] not in ACCEPTED}  # type: ignore[index]
    assert not new


PAGES = [
    "portfolio", "portfolio with a drawer", "create", "system", "system with a drawer", "one question", "whole area",
    "all questions", "evidence before an upload", "evidence after an upload", "about", "no such system",
]  # fmt: skip


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("what", PAGES)
def test_a_page_can_be_used_by_everybody(furnished: Server, visit: Visit, what: str, dark: bool) -> None:
    you = visit(furnished, dark=dark)
    if what == "no such system":
        you.page.goto(path_of(furnished, what))
        you.says("Back to the portfolio")
    else:
        you.open(path_of(furnished, what))
    check(you)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/system", "/assess"])
def test_an_empty_page_can_be_used_by_everybody(empty: Server, visit: Visit, path: str, dark: bool) -> None:
    check(visit(empty, dark=dark).open(path))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_what_opens_above_the_page_can_be_used_by_everybody(furnished: Server, visit: Visit, dark: bool) -> None:
    you = visit(furnished, dark=dark).open(path_of(furnished, "system"))
    you.click("Your name")
    you.says("Shown beside your answers.")
    check(you)
    you.press("Escape")
    you.click("Close Q")
    you.says("Closing seals the answers")
    check(you)

"""axe on every page in light and dark: nothing serious, and whatever else it finds stands below with its reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from evidence.evidence import AdmittedDebt, Hotspot, State, Unparsed
from operations.actions import ActionDraft, save_actions
from operations.comments import add_comment, edit_comment
from operations.periods import shift
from operations.records import AssessmentRecord
from operations.repository_evidence import add_archive, add_evidence_json, decide_floor, make_token
from operations.targets import set_target
from operations.workplace import Workplace
from tests.browser.archives import archive_of
from tests.browser.conftest import Visit
from tests.browser.hands import Visitor
from tests.browser.seeding import ADA, QUARTER, link, open_system, workplace_at
from tests.browser.serving import Server
from tests.operations.scans import a_quarter, a_sign, text_of

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
        server.spoken_of = promised(workplace, answered)  # type: ignore[attr-defined]
        server.disputed = contradicted(workplace)  # type: ignore[attr-defined]
        server.answered, server.begun = answered, open_system(workplace, "Begun", answers=2)  # type: ignore[attr-defined]
    yield server
    server.stop()


def promised(workplace: Workplace, assessment: AssessmentRecord) -> str:
    """An overdue action with a comment that was edited, and a target; the id of the action."""
    draft = ActionDraft(question_id="ENT-01", title="Difference report", target=1, planned_days=5, benefit_days=8,
                        due=date(2026, 1, 31))  # fmt: skip
    (saved,) = save_actions(workplace, ADA, assessment_id=assessment.assessment_id, drafts=[draft])
    ids = {"system_id": saved.system_id, "action_id": saved.action_id}
    said = add_comment(workplace, ADA, **ids, body="Waits")
    edit_comment(workplace, ADA, **ids, comment_id=said.comment_id, body="Waits for Bo", expected_rev=1)
    later = shift(QUARTER, 2)
    set_target(workplace, ADA, system_id=saved.system_id, area="ENT", debt=0.4, by_period=later, expected_rev=0)
    return saved.action_id


def contradicted(workplace: Workplace) -> AssessmentRecord:
    """A system with everything the evidence page can show: two scans, decisions, hotspots, the past, a token."""
    opened = open_system(workplace, "Text model", answers=34, level=0)
    asked = ("CFG-01", "CFG-07", "TST-01")
    past = a_quarter("2026Q1", ("sign-0", State.FOUND), ("sign-1", State.ABSENT))
    for commit, signs in (("aaaaaaa", asked[:1]), ("bbbbbbb", asked)):
        text = text_of(
            *(a_sign(f"sign-{place}", questions=(question,)) for place, question in enumerate(signs)),
            a_sign("told", state=State.UNKNOWN, value=None, locations=()),
            a_sign("beside", state=State.NOT_APPLICABLE, value=None, locations=()),
            commit=commit,
            history=(past,),
            hotspots=(Hotspot(path="train.py", changes=40, complexity=120, lines=900, authors=2, admitted=1),),
            admitted=(AdmittedDebt(path="train.py", line=7, marker="FIXME", age_days=800),),
            unparsed=(Unparsed(path="old.py", reason="not valid Python"),),
        )
        add_evidence_json(workplace, ADA, assessment_id=opened.assessment_id, text=text)
    for place, decision in enumerate(("accepted", "overridden")):
        decide_floor(
            workplace, ADA, assessment_id=opened.assessment_id, question_id=asked[place], signal_id=f"sign-{place}",
            decision=decision, reason="A copy for tests." if place else "", decided_at=None,
        )  # fmt: skip
    make_token(workplace, ADA, system_id=opened.system_id, name="GitHub Actions")
    return opened


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("empty")).start()
    yield server
    server.stop()


def path_of(server: Server, what: str) -> str:
    answered, begun = getattr(server, "answered", None), getattr(server, "begun", None)
    disputed = getattr(server, "disputed", None)
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
        "the whole ledger": f"/evidence?system={disputed.system_id}&ledger=All" if disputed else "",
        "one contradiction": f"/evidence?system={disputed.system_id}&contradiction=TST-01.sign-2" if disputed else "",
        "the past of a repository": f"/system?system={disputed.system_id}" if disputed else "",
        "evidence after an upload": f"/evidence?system={answered.system_id}" if answered else "",
        "plan": f"/plan?system={answered.system_id}&budget=30" if answered else "",
        "plan with a level tried out": f"/plan?system={answered.system_id}&budget=30&what=TST-02.1" if answered else "",
        "plan of what is not known": f"/plan?system={begun.system_id}" if begun else "",
        "actions": "/actions",
        "an action opened": f"/actions?show=Table&action={getattr(server, 'spoken_of', '')}",
        "search": "/search?q=model",
        "report": f"/report?{quarter}",
        "about": "/about",
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
    "all questions", "evidence before an upload", "evidence after an upload", "the whole ledger", "one contradiction",
    "the past of a repository", "plan", "plan with a level tried out", "plan of what is not known", "actions",
    "an action opened", "search", "report", "about",
]  # fmt: skip


def in_both_themes(you: Visitor, draw: Callable[[], object]) -> None:
    """Check the page as it is drawn in light and, loaded again, in dark."""
    for scheme in ("light", "dark"):
        you.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        draw()
        dark = you.page.locator("html.arrears-dark")
        expect(dark).to_have_count(1 if scheme == "dark" else 0)
        check(you)


@pytest.mark.parametrize("what", PAGES)
def test_a_page_can_be_used_by_everybody(furnished: Server, visit: Visit, what: str) -> None:
    you = visit(furnished)
    in_both_themes(you, lambda: you.open(path_of(furnished, what)))


def test_a_link_that_leads_nowhere_can_be_used_by_everybody(furnished: Server, visit: Visit) -> None:
    you = visit(furnished)

    def draw() -> None:
        you.page.goto("/system?system=unknown")
        you.says("Back to the portfolio")

    in_both_themes(you, draw)


@pytest.mark.parametrize("path", ["/", "/system", "/assess"])
def test_an_empty_page_can_be_used_by_everybody(empty: Server, visit: Visit, path: str) -> None:
    you = visit(empty)
    in_both_themes(you, lambda: you.open(path))


def test_what_opens_above_the_page_can_be_used_by_everybody(furnished: Server, visit: Visit) -> None:
    you = visit(furnished)

    def name_tag() -> None:
        you.open(path_of(furnished, "system")).click("Your name")
        you.says("Shown beside your answers.")

    def dialog() -> None:
        you.open(path_of(furnished, "system")).click("Close Q")
        you.says("Closing seals the answers")

    in_both_themes(you, name_tag)
    in_both_themes(you, dialog)


def test_deciding_and_setting_up_a_build_can_be_used_by_everybody(furnished: Server, visit: Visit) -> None:
    you = visit(furnished)

    def objection() -> None:
        you.open(path_of(furnished, "the whole ledger")).click(re.compile("It is wrong here"))
        you.says("The reason stays in the ledger")

    def folded() -> None:
        you.open(path_of(furnished, "the whole ledger"))
        for summary in you.page.locator("summary").all():
            if summary.is_visible():
                summary.click()
        you.quiet()

    def build() -> None:
        you.open(path_of(furnished, "evidence before an upload"))
        you.page.get_by_role("tab", name="Run it in your build").click()
        you.field("Where will it be used?").fill(f"Build {you.page.evaluate('() => Date.now()')}")
        you.click("Make a token")
        you.says(re.compile("copy this now"))
        you.page.get_by_role("tab", name="Any terminal").click()
        you.click("Revoke…")
        you.says("This cannot be undone.")

    for draw in (objection, folded, build):
        in_both_themes(you, draw)

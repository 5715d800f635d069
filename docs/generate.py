"""Make what is generated anew: the references, the collector's sample, and pictures of the demonstration portfolio."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from checklists.reader import DEFAULT_PACK, PACKS, load_checklist
from checklists.reference import reference as checklist_reference
from docs import collector_sample
from evidence.reference import reference as signal_reference
from operations.assessments import open_assessment
from operations.authorize import Actor
from operations.ballots import cast_vote, guest_of, join_workshop
from operations.demonstration import load_demonstration
from operations.periods import shift
from operations.portfolio import Portfolio, read_portfolio
from operations.reports import make_report
from operations.repository_evidence import read_evidence
from operations.system_view import read_system_view
from operations.systems import create_system, list_systems
from operations.workplace import Workplace, open_workplace
from operations.workshops import list_workshops, open_workshop, read_workshop, reveal, start_workshop
from reports.formats import FORMATS
from tests.browser.find_chromium import LAUNCH_ARGS, chromium_path
from tests.browser.hands import SECONDS_MAX, Visitor
from tests.browser.serving import Server

DOCS = Path(__file__).parent
PICTURES = DOCS / "screenshots"
REVIEWS = DOCS / "examples" / "review"
SIZE: ViewportSize = {"width": 1440, "height": 900}
BYTES_MAX = 300_000
LOBBY, VOTING = "Basket advice", "Returns forecast"  #: systems of their own, for workshops that have not got far
PHONE = "workshop-phone"
SOMEBODY = Actor(name="Somebody", local=True)


def references() -> list[Path]:
    """Write the checklist's and the signals' reference and the collector's sample; return the files."""
    written = {
        DOCS / "checklist.md": checklist_reference(load_checklist(PACKS / f"{DEFAULT_PACK}.yaml")),
        DOCS / "signals.md": signal_reference(),
        collector_sample.DOCUMENT: collector_sample.filled(collector_sample.DOCUMENT.read_text(encoding="utf-8")),
    }
    for path, text in written.items():
        path.write_text(text, encoding="utf-8")
    return list(written)


def reviews() -> list[Path]:
    """Write one report of the demonstration portfolio in each format and a picture of page one; return the files.

    They change from day to day, as the pictures do.
    """
    from pypdfium2 import PdfDocument

    REVIEWS.mkdir(exist_ok=True)
    written = []
    with TemporaryDirectory() as folder:
        workplace = open_workplace(Path(folder) / "demonstration.db")
        try:
            load_demonstration(workplace, SOMEBODY)
            for form in FORMATS:
                made = make_report(workplace, SOMEBODY, form=form)
                ending = made.filename.partition(".")[2]
                path = REVIEWS / f"review.{ending}"
                path.write_bytes(made.body)
                written.append(path)
        finally:
            workplace.close()
    picture = PICTURES / "report-page-one.png"
    PdfDocument(REVIEWS / "review.pdf")[0].render(scale=1.3).to_pil().save(picture, optimize=True)
    return [*written, picture]


def pictures(beginning: str = "") -> list[Path]:
    """Take the pictures whose name begins so, of a server with the demonstration portfolio; return the files.

    They change from day to day, because the demonstration ends in the present quarter. Raises RuntimeError when one
    became too large to be shipped.
    """
    PICTURES.mkdir(exist_ok=True)
    expect.set_options(timeout=SECONDS_MAX * 1000)
    with TemporaryDirectory() as folder:
        server = Server(Path(folder))
        workplace = open_workplace(server.database)
        try:
            load_demonstration(workplace, SOMEBODY)
            links = {name: link for name, link in _links(workplace).items() if name.startswith(beginning)}
        finally:
            workplace.close()
        server.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium_path(), args=LAUNCH_ARGS)
                made = [
                    (_phone if name == PHONE else _picture)(browser, server, name, link) for name, link in links.items()
                ]
                browser.close()
        finally:
            server.stop()
    for path in made:
        if path.stat().st_size > BYTES_MAX:
            raise RuntimeError(f"{path}: {path.stat().st_size:,} bytes, more than {BYTES_MAX:,}; show less on it.")
    return made


def _links(workplace: Workplace) -> dict[str, str]:
    """The page of each picture: the heaviest system where debt is shown, a half-answered one where it is asked for."""
    view = read_portfolio(workplace, SOMEBODY)
    heaviest = max(view.rated, key=lambda row: (row.total and row.total.estimate) or 0.0).system.system_id
    begun = next(row for row in view.assessed if row not in view.rated).system.system_id
    names = (LOBBY, VOTING, "Fraud check")
    lobby, voting, split = (_workshop(workplace, view.period, name) for name in names)
    held = next(system for system in list_systems(workplace, SOMEBODY) if system.name == "Ticket sorting").system_id
    open_now = read_system_view(workplace, SOMEBODY, system_id=held).open
    (ended,) = list_workshops(workplace, SOMEBODY, assessment_id=open_now.assessment_id) if open_now else ()
    code = read_workshop(workplace, SOMEBODY, workshop_id=parse_qs(voting)["workshop"][0]).workshop.code
    area = _worst_area(view, heaviest)
    return {
        "portfolio": f"/?period={view.period}&system={heaviest}&area={area}",
        "assess": f"/assess?system={begun}&period={view.period}&question=DAT-02",
        "system": f"/system?system={heaviest}&area={area}&quarter={view.period}",
        "change": f"/change?since={shift(view.period, -5)}&until={shift(view.period, -1)}",
        "report": f"/report?period={shift(view.period, -1)}",
        "connections": "/connections",
        "plan": f"/plan?system={heaviest}&period={view.period}&budget=40",
        "evidence": f"/evidence?system={_most_disputed(workplace, view)}&period={view.period}&ledger=All",
        "workshop-lobby": f"/workshop?{lobby}",
        "workshop-voting": f"/workshop?{voting}",
        PHONE: f"/join/{code}",
        "workshop-split": f"/workshop?{split}",
        "workshop-room": f"/workshop?{split}&view=projector",
        "workshop-summary": f"/workshop?system={held}&workshop={ended.workshop_id}",
    }


def _workshop(workplace: Workplace, period: str, name: str) -> str:
    """A workshop on a system of its own, split on a question or still voting on it; return what its link says."""
    system = create_system(workplace, SOMEBODY, name=name, team="Checkout")
    assessment = open_assessment(workplace, SOMEBODY, system_id=system.system_id, period=period)
    opened = open_workshop(workplace, SOMEBODY, assessment_id=assessment.assessment_id, time_box_seconds=180)
    if name != LOBBY:
        start_workshop(workplace, SOMEBODY, workshop_id=opened.workshop_id)
    levels = (0, 1, 3, 3, 4, 4)
    for place, person in enumerate(("Ada", "Bo", "Cy", "Di", "Ed", "Flo")):
        role = "data engineer" if place < 3 else "product owner"
        guest = guest_of(workplace, secret=join_workshop(workplace, code=opened.code, name=person, role=role).secret)
        if name == LOBBY or (name == VOTING and place > 3):
            continue
        cast_vote(
            workplace, guest.actor, workshop_id=opened.workshop_id, guest=guest, question_id="ENT-01",
            ballot_round=1, level=levels[place],
            comment="In May we noticed three weeks after the release." if place == 4 else "",
        )  # fmt: skip
    if name not in {LOBBY, VOTING}:
        reveal(workplace, SOMEBODY, workshop_id=opened.workshop_id, question_id="ENT-01", ballot_round=1)
    return f"system={system.system_id}&workshop={opened.workshop_id}"


def _most_disputed(workplace: Workplace, view: Portfolio) -> str:
    """The system with most contradictions."""
    disputes = {
        row.system.system_id: len(read_evidence(workplace, SOMEBODY, assessment_id=row.assessment.assessment_id).ledger)
        for row in view.rows
        if row.assessment is not None
    }
    return max(disputes, key=lambda system_id: disputes[system_id])


def _worst_area(view: Portfolio, system_id: str) -> str:
    row = next(row for row in view.rows if row.system.system_id == system_id)
    rated = {area.id: row.cells[area.id].estimate or 0.0 for area in view.areas if area.id in row.cells}
    return max(rated, key=lambda area: rated[area])


def _picture(browser: Browser, server: Server, name: str, link: str) -> Path:
    dark = name == "system"
    context = browser.new_context(
        base_url=server.address, viewport=SIZE, color_scheme="dark" if dark else "light", reduced_motion="reduce"
    )
    try:
        visitor = Visitor(context.new_page()).open(link)
        _drawn(visitor.page, name)
        visitor.quiet()
        visitor.page.mouse.move(0, 0)
        path = PICTURES / f"{name}.png"
        visitor.picture(path)
        return path
    finally:
        context.close()


def _phone(browser: Browser, server: Server, name: str, link: str) -> Path:
    """The vote as somebody who has just come in sees it, with their vote."""
    context = browser.new_context(
        base_url=server.address, viewport={"width": 390, "height": 844}, device_scale_factor=2, color_scheme="light"
    )
    try:
        page = context.new_page()
        page.goto(link)
        page.get_by_label("Your name").fill("Gil")
        page.get_by_role("button", name="Join").click()
        page.locator("label.level").nth(2).click()
        expect(page.locator("#own")).to_contain_text("Voted at")
        path = PICTURES / f"{name}.png"
        page.screenshot(path=path)
        return path
    finally:
        context.close()


def _drawn(page: Page, name: str) -> None:
    """Wait for what comes last."""
    if name == "assess":
        expect(page.locator("[data-testid=stRadioOption]").first).to_be_visible()
    elif name == "plan":
        expect(page.locator("li[data-question]").first).to_be_visible()
        expect(page.get_by_role("gridcell").first).to_be_visible()
    elif name == "change":
        for place in range(2):  # its first cause, and the first system in it
            page.locator(".movement summary").nth(place).click()
        expect(page.locator(".movement .questions li").first).to_be_visible()
    elif name == "connections":
        expect(page.locator(".graph .node").first).to_be_visible()
    elif name == "report":
        expect(page.get_by_text("To decide")).to_be_visible()
    elif name == "evidence":
        expect(page.locator("[class*='st-key-contradiction-']").first).to_be_visible()
    elif name == "workshop-summary":
        expect(page.get_by_text("Furthest apart")).to_be_visible()
        expect(page.locator(".stMetric, [data-testid=stMetric]").first).to_be_visible()
    elif name == "workshop-lobby":
        expect(page.locator("p.code")).to_be_visible()
    elif name.startswith("workshop"):
        expect(page.locator("ol.levels")).to_be_visible()
    else:
        expect(page.get_by_role("gridcell").first).to_be_visible()
        expect(page.get_by_text("What weighs most")).to_be_visible()


def main() -> int:
    """Write everything, or only what is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", choices=["references", "reviews", "pictures", []], help="default: all")
    parser.add_argument("--beginning", default="", help="of the names of the pictures to take, such as workshop")
    given = parser.parse_args()
    made = {"references": references, "reviews": reviews, "pictures": partial(pictures, given.beginning)}
    wanted = given.what or list(made)
    for what, make in made.items():
        if what in wanted:
            for path in make():
                print(f"{path.relative_to(DOCS.parent)}: {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())

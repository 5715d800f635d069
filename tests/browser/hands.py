"""What a person does with the pages, in the words of a person."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

SECONDS_MAX = 30.0
LEVELS = (0, 1, 2, 3, 4)
SAVED = re.compile(r"saved \d\d:\d\d:\d\d")


class Visitor:
    """A person in front of one tab."""

    def __init__(self, page: Page) -> None:
        self.page = page

    # -- going places --
    def open(self, path: str = "/") -> Visitor:
        """Go to an address and wait until the page is drawn."""
        self.page.goto(path)
        return self.settle()

    def reload(self) -> Visitor:
        """Press F5."""
        self.page.reload()
        return self.settle()

    def new_tab(self, path: str) -> Visitor:
        """Open a second tab of the same browser."""
        return Visitor(self.page.context.new_page()).open(path)

    def settle(self) -> Visitor:
        """Wait until the script has run and a title is there."""
        expect(self.page.locator("[data-testid=stMain] h1").first).to_be_visible()
        self.quiet()
        return self

    def quiet(self) -> None:
        """Wait until no script runs and nothing waits to be replaced."""
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        for unfinished in ("[data-stale=true]", "[data-testid=stSkeleton]"):
            expect(self.page.locator(f"[data-testid=stMain] {unfinished}")).to_have_count(0)

    def says(self, words: str | re.Pattern[str]) -> None:
        """Expect these words somewhere on the page, visible."""
        expect(self.page.get_by_text(words).locator("visible=true").first).to_be_visible()

    def title(self, words: str | re.Pattern[str]) -> None:
        """Expect the page's title to contain these words."""
        expect(self.page.locator("[data-testid=stMain] h1").first).to_contain_text(words)

    # -- doing things --
    def press(self, *keys: str) -> None:
        """Press keys on the keyboard, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        """Find a button by what is written on it."""
        return self.page.get_by_role("button", name=name).locator("visible=true").first

    def click(self, name: str | re.Pattern[str]) -> None:
        """Click the button with these words."""
        self.button(name).click()

    def field(self, label: str | re.Pattern[str]) -> Locator:
        """Find a text field by its label."""
        return self.page.get_by_role("textbox", name=label).locator("visible=true").first

    def call_me(self, name: str) -> None:
        """Give a display name."""
        self.click("Your name")
        field = self.page.get_by_role("textbox", name="Your name")
        field.fill(name)
        field.press("Enter")
        shown = self.page.locator(".st-key-arrears-name button")
        expect(shown).to_contain_text("".join(c for c in name if c.isprintable())[:20])
        self.press("Escape")
        expect(field).to_be_hidden()

    def create_system(
        self, name: str, team: str, *, decides: str = "", affected: str = "", all_questions: bool = False
    ) -> None:
        """Fill the form of a new system and land in its questionnaire."""
        self.field("Name of the system").fill(name)
        select = self.page.locator(".st-key-create-team input")
        if select.count():
            select.fill(team)
            select.press("Enter")
        else:
            self.field("Team").fill(team)
        self.field("What does it decide?").fill(decides)
        self.field("Who is affected?").fill(affected)
        if all_questions:
            self.page.get_by_text(re.compile(r"^All \d+ questions")).click()
        self.click("Start the assessment")
        expect(self.page).to_have_url(re.compile(r"/assess\?"))
        self.settle()

    # -- the questionnaire --
    def question(self) -> str:
        """Read the id of the question in focus."""
        found = re.search(r"question=([A-Z]{3}-\d\d)", self.page.url)
        assert found, self.page.url
        return found[1]

    def at_question(self, question_id: str) -> None:
        """Expect this question in focus."""
        expect(self.page).to_have_url(re.compile(rf"question={question_id}"))
        expect(self.card(question_id)).to_be_visible()

    def card(self, question_id: str) -> Locator:
        """Find the five levels, "we do not know" and "does not apply" of a question."""
        return self.page.locator(f"[class*='st-key-answer-'][class*='{question_id}']")

    def option(self, question_id: str, place: int) -> Locator:
        """Find one option of a question: 0..4 the levels, 5 unknown, 6 not applicable."""
        return self.card(question_id).locator("[data-testid=stRadioOption]").nth(place)

    def chosen(self, question_id: str, place: int) -> None:
        """Expect this option of the question to be chosen."""
        expect(self.option(question_id, place).locator("input")).to_be_checked()

    def unanswered(self, question_id: str) -> None:
        """Expect no option of the question to be chosen."""
        expect(self.card(question_id).locator("input").first).to_be_attached()
        expect(self.card(question_id).locator("input:checked")).to_have_count(0)

    def answered(self, count: int) -> None:
        """Expect the page to say how many questions are answered, and when it saved."""
        self.says(re.compile(rf"^{count} of \d+ answered.*saved \d\d:\d\d:\d\d"))

    # -- the questionnaire as a list --
    def listed(self, question_id: str) -> Locator:
        """Find a question in the list."""
        return self.page.get_by_role("article").filter(has=self.page.locator(f"#text-{question_id}"))

    def listed_option(self, question_id: str, place: int) -> Locator:
        """Find one option of a question in the list."""
        return self.listed(question_id).locator("label").nth(place)

    def listed_chosen(self, question_id: str, place: int) -> None:
        """Expect this option of the question in the list to be chosen."""
        expect(self.listed_option(question_id, place).locator("input")).to_be_checked()

    def listed_unanswered(self, question_id: str) -> None:
        """Expect no option of the question in the list to be chosen."""
        expect(self.listed(question_id)).to_be_visible()
        expect(self.listed(question_id).locator("input:checked")).to_have_count(0)

    # -- the heatmap --
    def cell(self, row: str, column: str) -> Locator:
        """Find a cell by what a screen reader hears of its heads; the column's title may be cut short."""
        return self.page.get_by_role("gridcell", name=f"{row}, {column}")

    # -- looking --
    def no_sideways_scroll(self) -> None:
        """Expect the page to fit its width, and each element of the main part to stay inside it."""
        wide, seen = self.page.evaluate(
            "() => [Math.max(...[document.scrollingElement, ...document.querySelectorAll("
            "'[data-testid=stMain],[data-testid=stAppViewContainer]')].map(e => e.scrollWidth - e.clientWidth)),"
            " document.documentElement.clientWidth]"
        )
        assert wide <= 0, f"the page scrolls sideways by {wide} px"
        beyond = self.page.evaluate(
            """() => [...document.querySelectorAll(
                 '[data-testid=stMain] :is(button, a, h1, h2, h3, h4, p, label, input, textarea)')]
              .filter(e => {
                 const box = e.getBoundingClientRect();
                 const seen = box.width > 0 && getComputedStyle(e).visibility !== 'hidden';
                 return seen && (box.right > innerWidth + 1 || box.left < -1);
              })
              .map(e => e.tagName + ' ' + e.textContent.slice(0, 60))"""
        )
        assert not beyond, f"cut off at {seen} px: {beyond}"

    def picture(self, path: Path) -> None:
        """Keep what is seen."""
        self.page.screenshot(path=path)

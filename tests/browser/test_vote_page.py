"""The vote on a phone: in with a name, one tap to vote, and all still there after whatever happens to a phone."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from operations.workplace import Workplace
from operations.workshops import (
    end_workshop,
    open_workshop,
    put_before_people,
    read_workshop,
    reveal,
    start_workshop,
)
from store.workshop_records import WorkshopRecord
from tests.browser.conftest import Visit
from tests.browser.seeding import ADA, open_system, workplace_at
from tests.browser.serving import Server

KEPT = re.compile(r"^Voted at \d\d:\d\d:\d\d: you can change it until the reveal\.$")
LOST = re.compile(r"^Connection lost\. ")
TOO_LATE = "The votes on this question are revealed already; yours was not kept."
PHONE = {"width": 390, "height": 844, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}


@dataclass(kw_only=True)
class Room:
    """A workshop on a server, moved by its facilitator."""

    workplace: Workplace
    workshop: WorkshopRecord

    @property
    def link(self) -> str:
        return f"/join/{self.workshop.code}"

    @property
    def question(self) -> str:
        here = read_workshop(self.workplace, ADA, workshop_id=self.workshop.workshop_id).workshop.question_id
        assert here
        return here

    def start(self) -> None:
        start_workshop(self.workplace, ADA, workshop_id=self.workshop.workshop_id)

    def reveal(self) -> None:
        reveal(
            self.workplace, ADA, workshop_id=self.workshop.workshop_id, question_id=self.question, ballot_round=1
        )  # fmt: skip

    def go_on(self) -> None:
        view = read_workshop(self.workplace, ADA, workshop_id=self.workshop.workshop_id)
        assert view.next_question
        put_before_people(
            self.workplace, ADA, workshop_id=self.workshop.workshop_id, question_id=view.next_question,
            seen=view.workshop.question_id,
        )  # fmt: skip

    def end(self) -> None:
        end_workshop(self.workplace, ADA, workshop_id=self.workshop.workshop_id)

    def votes(self) -> list[int | None]:
        given = self.workplace.store.read(
            lambda records: records.workshops.ballots(self.workshop.workshop_id, self.question, 1)
        )
        return [ballot.level for ballot in given]

    def comments(self) -> list[str]:
        given = self.workplace.store.read(
            lambda records: records.workshops.ballots(self.workshop.workshop_id, self.question, 1)
        )
        return [ballot.comment for ballot in given if ballot.comment]


def room_at(server: Server) -> Iterator[Room]:
    with workplace_at(server.database) as workplace:
        assessment = open_system(workplace, f"Churn model {workplace.new_id()[:6]}")
        yield Room(workplace=workplace, workshop=open_workshop(workplace, ADA, assessment_id=assessment.assessment_id))


@pytest.fixture
def room(server: Server) -> Iterator[Room]:
    yield from room_at(server)


@pytest.fixture
def own_room(own_server: Server) -> Iterator[Room]:
    yield from room_at(own_server)


def come_in(visit: Visit, server: Server, room: Room, name: str, **more: object) -> Page:
    page = visit(server, **{**PHONE, **more}).page
    page.goto(room.link)
    expect(page.get_by_label("Your name")).to_be_focused()
    page.keyboard.type(name)
    page.get_by_role("button", name="Join").tap()
    expect(page).to_have_url(re.compile("/vote$"))
    return page


def level(page: Page, number: int | str):
    return page.locator(f"input[name=level][value='{number}']")


def tap(page: Page, number: int | str) -> None:
    page.locator("label.level", has=level(page, number)).tap()


def own(page: Page):
    return page.locator("#own")


def counts(room: Room, page: Page, votes: list[int | None]) -> None:
    """Wait until these votes, and no others, are on the server."""
    for _ in range(200):
        if room.votes() == votes:
            break
        page.wait_for_timeout(50)
    assert room.votes() == votes


def fits(page: Page) -> None:
    wide = page.evaluate("() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"the page scrolls sideways by {wide} px"


def test_two_taps_from_the_link_to_the_first_vote_which_changes_and_survives_a_reload(
    server: Server, visit: Visit, room: Room
) -> None:
    room.start()
    page = come_in(visit, server, room, "Cy")  # the first tap; the name has the focus already
    fits(page)
    tap(page, 3)  # the second
    expect(own(page)).to_have_text(KEPT)
    counts(room, page, [3])
    tap(page, 1)
    expect(own(page)).to_have_text(KEPT)
    page.get_by_text("Add a comment").tap()
    page.get_by_label("Comment").fill("two\nlines <b>bold</b>")
    page.get_by_label("Comment").blur()
    expect(own(page)).to_have_text(KEPT)
    while not room.comments():
        page.wait_for_timeout(50)
    assert (room.votes(), room.comments()) == ([1], ["two\nlines <b>bold</b>"])
    page.reload()
    expect(level(page, 1)).to_be_checked()
    expect(page.get_by_label("Comment")).to_have_value("two\nlines <b>bold</b>")
    expect(own(page)).to_have_text(KEPT)
    fits(page)


def test_the_page_follows_the_facilitator_and_says_so_aloud(server: Server, visit: Visit, room: Room) -> None:
    page, other = come_in(visit, server, room, "Cy"), come_in(visit, server, room, "Di")
    expect(page.get_by_role("heading")).to_have_text("You are in, Cy.")
    room.start()
    expect(page.get_by_role("radio")).to_have_count(6)
    expect(page.locator("#said")).to_contain_text("question 1 of")
    tap(page, 0)
    tap(other, 4)
    for phone in (page, other):
        expect(own(phone)).to_have_text(KEPT)
    room.reveal()
    for phone in (page, other):
        expect(phone.locator(".state")).to_contain_text("Split: far apart.")
        expect(phone.locator(".levels li.voted")).to_have_count(2)
        expect(phone.get_by_text("Level 4: whoever chose it")).to_be_visible()
        fits(phone)
    expect(page.locator("#said")).to_contain_text("Split")
    room.go_on()
    for phone in (page, other):
        expect(phone.locator("#now > p", has_text="question 2 of")).to_be_visible()
        expect(phone.locator("#vote input:checked")).to_have_count(0)
        expect(own(phone)).to_have_text("Not voted yet.")
    room.end()
    expect(page.get_by_role("heading", name="You are not at a workshop now")).to_be_visible()


def test_a_phone_without_a_connection_keeps_the_vote_and_sends_it_by_itself(
    server: Server, visit: Visit, room: Room
) -> None:
    room.start()
    page = come_in(visit, server, room, "Cy")
    tap(page, 2)
    expect(own(page)).to_have_text(KEPT)
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_have_text(
        re.compile(r"^Connection lost\. Your last kept vote is from \d\d:\d\d:\d\d\.")
    )
    for number in (4, 0, 3):
        tap(page, number)
        expect(own(page)).to_have_text("Not sent yet. It is sent by itself when the connection is back.")
    assert room.votes() == [2]
    page.context.set_offline(False)
    expect(own(page)).to_have_text(KEPT)
    expect(page.locator("#lost")).to_have_text("")
    counts(room, page, [3])


def test_a_vote_that_was_never_sent_survives_a_reload_and_one_whose_reply_was_lost_counts_once(
    server: Server, visit: Visit, room: Room
) -> None:
    room.start()
    page = come_in(visit, server, room, "Cy")
    lost: list[str] = []

    def lose_the_reply(route: Route) -> None:
        if route.request.method == "POST":
            if lost:
                route.fetch()  # it reaches the server, its reply does not reach the phone
            lost.append(route.request.post_data or "")
            route.abort()
        else:
            route.fallback()

    page.route("**/vote", lose_the_reply)
    tap(page, 3)
    expect(page.locator("#lost")).to_have_text(LOST)
    page.wait_for_function("() => true")
    while len(lost) < 2:
        page.wait_for_timeout(100)
    page.reload()
    expect(level(page, 3)).to_be_checked()
    page.unroute_all(behavior="ignoreErrors")  # one attempt may be on its way
    expect(own(page)).to_have_text(KEPT)
    counts(room, page, [3])


def test_the_phones_come_back_by_themselves_after_the_server_was_killed(
    own_server: Server, visit: Visit, own_room: Room
) -> None:
    own_room.start()
    page, other = come_in(visit, own_server, own_room, "Cy"), come_in(visit, own_server, own_room, "Di")
    tap(page, 2)
    tap(other, 4)
    for phone in (page, other):
        expect(own(phone)).to_have_text(KEPT)
    own_server.kill()
    tap(page, 1)
    expect(page.locator("#lost")).to_have_text(LOST)
    own_server.start()
    for phone in (page, other):
        expect(phone.locator("#lost")).to_have_text("", timeout=10_000)
        expect(own(phone)).to_have_text(KEPT)
    counts(own_room, page, [1, 4])


def test_a_vote_that_comes_after_the_reveal_is_told_so(server: Server, visit: Visit, room: Room) -> None:
    room.start()
    page, other = come_in(visit, server, room, "Cy"), come_in(visit, server, room, "Di")
    tap(other, 4)
    expect(own(other)).to_have_text(KEPT)
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_have_text(LOST)
    tap(page, 0)
    room.reveal()
    page.context.set_offline(False)
    expect(page.locator(".state")).to_be_visible()
    expect(page.locator("#lost")).to_have_text("")
    expect(page.get_by_role("alert")).to_have_text(TOO_LATE)
    counts(room, page, [4])


def test_what_is_said_to_a_late_vote_stays_when_the_page_goes_on(server: Server, visit: Visit, room: Room) -> None:
    room.start()
    page, other = come_in(visit, server, room, "Cy"), come_in(visit, server, room, "Di")
    tap(other, 4)
    expect(own(other)).to_have_text(KEPT)
    page.route("**/vote/state*", lambda route: route.abort())  # the reveal has not come to this phone
    room.reveal()
    tap(page, 0)
    expect(page.get_by_role("alert")).to_have_text(TOO_LATE)
    page.unroute_all(behavior="ignoreErrors")
    expect(page.locator(".state")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_text(TOO_LATE)


def test_the_next_person_on_the_same_phone_begins_with_no_vote(server: Server, visit: Visit, room: Room) -> None:
    room.start()
    page = come_in(visit, server, room, "Cy")
    tap(page, 3)
    expect(own(page)).to_have_text(KEPT)
    page.locator("summary", has_text="Cy").tap()
    page.get_by_role("button", name="Leave the workshop").tap()
    page.get_by_label("Code").fill(room.workshop.code)
    page.get_by_label("Your name").fill("Di")
    page.get_by_role("button", name="Join").tap()
    expect(own(page)).to_have_text("Not voted yet.")
    tap(page, 3)
    expect(own(page)).to_have_text(KEPT)
    counts(room, page, [3, 3])


def test_two_tabs_of_one_person_are_one_vote_and_the_last_choice_stands(
    server: Server, visit: Visit, room: Room
) -> None:
    room.start()
    page = come_in(visit, server, room, "Cy")
    second = page.context.new_page()
    second.goto("/vote")
    for number, tab in ((0, page), (3, second), (1, page), (4, second), (2, page)):
        tab.bring_to_front()
        tap(tab, number)
        expect(own(tab)).to_have_text(KEPT)
        counts(room, page, [number])


def test_a_vote_by_keyboard_alone(server: Server, visit: Visit, room: Room) -> None:
    room.start()
    page = visit(server).page
    page.goto(room.link)
    page.keyboard.type("Cy")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/vote$"))
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.name") == "level":
            break
    page.keyboard.press("Space")
    expect(level(page, 0)).to_be_checked()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(own(page)).to_have_text(KEPT)
    expect(level(page, 2)).to_be_focused()
    counts(room, page, [2])


def test_without_javascript_the_page_is_a_form(server: Server, visit: Visit, room: Room) -> None:
    room.start()
    page = come_in(visit, server, room, "Cy", java_script_enabled=False)
    tap(page, 3)
    page.get_by_role("button", name="Vote").tap()
    expect(own(page)).to_have_text("Voted: you can change it until the reveal.")
    expect(level(page, 3)).to_be_checked()
    tap(page, "unknown")
    page.get_by_role("button", name="Change my vote").tap()
    expect(level(page, "unknown")).to_be_checked()
    counts(room, page, [None])
    page.get_by_role("link", name="Look whether the votes are revealed").tap()
    room.reveal()
    expect(page.locator(".state")).to_be_visible()  # it looks again by itself once there is nothing to lose
    page.locator("summary", has_text="Cy").tap()
    page.get_by_role("button", name="Leave the workshop").tap()
    expect(page.get_by_role("button", name="Join")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_any_page_of_a_participant(server: Server, visit: Visit, room: Room, dark: bool) -> None:
    def sound(page: Page, what: str) -> None:
        found = Axe().run(page).response["violations"]
        assert not found, f"{what}: " + "; ".join(f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found)

    stranger = visit(server, dark=dark, **PHONE).page
    stranger.goto("/join")
    sound(stranger, "join")
    stranger.get_by_label("Code").fill("22222222")
    stranger.get_by_label("Your name").fill("Cy")
    stranger.get_by_role("button", name="Join").tap()
    expect(stranger.get_by_role("alert")).to_be_visible()
    sound(stranger, "refused")
    page, other = (come_in(visit, server, room, name, dark=dark) for name in ("Cy", "Di"))
    sound(page, "lobby")
    room.start()
    tap(page, 3)
    tap(other, 0)
    for phone in (page, other):
        expect(own(phone)).to_have_text(KEPT)
    page.get_by_text("Add a comment").tap()
    page.get_by_label("Comment").fill("Somebody would notice")
    page.get_by_text("Why it matters").tap()
    sound(page, "vote")
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_have_text(LOST)
    page.context.set_offline(False)
    expect(page.locator("#lost")).to_have_text("")
    room.reveal()
    expect(page.locator(".state")).to_be_visible()
    sound(page, "revealed")


def test_what_was_chosen_before_the_script_came_is_sent_by_it(server: Server, visit: Visit, room: Room) -> None:
    room.start()
    page = come_in(visit, server, room, "Cy")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"page\.js"), hold)
    page.reload(wait_until="commit")
    level(page, 3).check()
    deadline = time.monotonic() + 10
    while not held and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    held[0].continue_()
    expect(own(page)).to_have_text(KEPT)
    counts(room, page, [3])


def test_a_page_that_changes_right_after_a_choice_does_not_take_it_along(
    server: Server, visit: Visit, room: Room
) -> None:
    room.start()
    page = come_in(visit, server, room, "Cy")
    page.evaluate(
        """() => {
            const box = document.querySelector("#vote input[value='3']");
            box.click();
            dispatchEvent(new Event("focus"));  // looks at once, before the choice has settled
            document.getElementById("now").dataset.seen = "";
        }"""
    )
    expect(own(page)).to_have_text(KEPT)
    expect(level(page, 3)).to_be_checked()
    counts(room, page, [3])

"""A workshop from the lobby to the sealed quarter: its facilitator in a browser, the people voting beside it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import WebSocket, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from operations.assessments import read_answers
from operations.ballots import Guest, cast_vote, guest_of, join_workshop
from operations.records import AssessmentRecord, WorkshopRecord
from operations.system_view import read_system_view
from operations.workplace import Workplace
from operations.workshops import (
    end_workshop,
    list_workshops,
    open_workshop,
    pause_workshop,
    read_workshop,
    reveal,
    settle_question,
    start_workshop,
    vote_again,
)
from tests.browser.conftest import Visit
from tests.browser.hands import Visitor
from tests.browser.seeding import ADA, open_system, workplace_at
from tests.browser.serving import Server
from tests.browser.test_accessibility import in_both_themes

QUESTIONS = ("ENT-01", "ENT-03", "CFG-01", "FBL-01", "MON-01")
PLANTED = "planted-comment-7391"
GUARD_MILLISECONDS = 450  #: a step is not taken by a click that comes sooner; hands are slower than that


@pytest.fixture
def workplace(server: Server) -> Iterator[Workplace]:
    with workplace_at(server.database) as beside:
        yield beside


def opened(workplace: Workplace, assessment: AssessmentRecord, *, box: int = 0) -> WorkshopRecord:
    return open_workshop(
        workplace, ADA, assessment_id=assessment.assessment_id, questions=QUESTIONS, time_box_seconds=box
    )


def address(workshop: WorkshopRecord, **more: str) -> str:
    rest = "".join(f"&{key}={value}" for key, value in more.items())
    return f"/workshop?system={workshop.system_id}&workshop={workshop.workshop_id}{rest}"


def come_in(workplace: Workplace, workshop: WorkshopRecord, *names: str) -> list[Guest]:
    return [
        guest_of(workplace, secret=join_workshop(workplace, code=workshop.code, name=name).secret) for name in names
    ]


def vote(workplace: Workplace, guest: Guest, question: str, level: int | None, **more: object) -> None:
    cast_vote(
        workplace, guest.actor, workshop_id=guest.participant.workshop_id, guest=guest, question_id=question,
        level=level, **{"ballot_round": 1, **more},  # type: ignore[arg-type]
    )  # fmt: skip


def everybody(workplace: Workplace, guests: list[Guest], question: str, *levels: int | None, ballot_round: int = 1):
    for guest, level in zip(guests, levels, strict=True):
        vote(workplace, guest, question, level, ballot_round=ballot_round)


def step(you: Visitor, words: str) -> None:
    """Press the one big button once it offers this."""
    button = you.page.locator(".st-key-workshop-step button")
    expect(button).to_contain_text(words)
    expect(button).to_be_enabled()
    you.page.wait_for_timeout(GUARD_MILLISECONDS)
    button.click()
    expect(button.filter(has_text=words)).to_have_count(0)
    you.quiet()


class Phone:
    """Somebody who votes on a small screen, by the participants' own page."""

    def __init__(self, visit: Visit, server: Server, workshop: WorkshopRecord, name: str) -> None:
        self.page = visit(server, width=390, height=844).page
        self.context = self.page.context
        self.page.goto(f"/join/{workshop.code}")
        self.page.get_by_label("Your name").fill(name)
        self.page.get_by_role("button", name="Join").click()
        expect(self.page).to_have_url(re.compile("/vote"))

    def vote(self, question: str, level: int | None, *, ballot_round: int = 1) -> None:
        """Wait for the question, choose, and see that it is kept."""
        self.at(question, ballot_round)
        place = 5 if level is None else level
        self.page.locator("label.level").nth(place).click()
        expect(self.page.locator("#own")).to_contain_text(re.compile("^Voted at"))

    def at(self, question: str, ballot_round: int = 1) -> None:
        """Expect this question, taking votes."""
        there = f"#now[data-question='{question}'][data-round='{ballot_round}'][data-takes='1']"
        expect(self.page.locator(there)).to_be_visible()


def all_vote(phones: list[Phone], question: str, *levels: int | None, ballot_round: int = 1) -> None:
    for phone, level in zip(phones, levels, strict=True):
        phone.vote(question, level, ballot_round=ballot_round)


def test_five_questions_from_the_lobby_to_the_sealed_quarter(
    server: Server, visit: Visit, workplace: Workplace
) -> None:
    """A facilitator and three phones, and a fourth that comes late: a split, a re-vote, an override, two reloads."""
    assessment = open_system(workplace, "Churn in a room")
    you = visit(server).open(f"/system?system={assessment.system_id}")
    you.click("Start a workshop")
    you.title("a workshop on")
    you.page.get_by_text("Own order", exact=True).click()
    select = you.page.locator(".st-key-workshop-own input")
    for question in QUESTIONS:
        select.fill(question)
        select.press("Enter")
        expect(you.page.locator(".st-key-workshop-own")).to_contain_text(question)
    you.press("Escape")
    you.click("Open the workshop")
    you.title("people come in")
    (workshop,) = list_workshops(workplace, ADA, assessment_id=assessment.assessment_id)
    asked = read_workshop(workplace, ADA, workshop_id=workshop.workshop_id).turns
    assert tuple(turn.question_id for turn in asked) == QUESTIONS
    assert you.page.locator("p.code").inner_text().replace(" ", "") == workshop.code

    phones = [Phone(visit, server, workshop, name) for name in ("Bo", "Cy", "Di")]
    you.says("3 people are in")
    step(you, "Start")

    # agreed at once, one person late to vote
    all_vote(phones[:2], "ENT-01", 1, 2)
    step(you, "Reveal without Di")
    you.says(re.compile("^Agreed: levels 1 to 2"))
    step(you, "Settle at level 2")
    step(you, "Next question")

    # split, a word with both ends, one re-vote; a phone is loaded anew in the middle and still has its vote
    all_vote(phones, "ENT-03", 0, 4, 4)
    phones[0].page.reload()
    expect(phones[0].page.locator("label.level input").nth(0)).to_be_checked()
    step(you, "Reveal the votes")
    you.says(re.compile("^Split: levels 0 to 4"))
    you.says("Level 0: whoever chose it")
    expect(phones[1].page.locator("ol.levels")).to_be_visible()
    step(you, "Vote again")
    all_vote(phones, "ENT-03", 3, 3, 4, ballot_round=2)
    step(you, "Reveal the votes")
    you.says(re.compile("Second vote: 0.7 levels towards more debt"))
    step(you, "Settle at level 3")
    step(you, "Next question")

    # somebody comes late and lands on this question; the level is set by hand, with its reason
    phones.append(Phone(visit, server, workshop, "Flo the late one"))
    phones[-1].at("CFG-01")
    you.says("Flo the late one")
    all_vote(phones, "CFG-01", 1, 1, 1, 2)
    step(you, "Reveal the votes")
    you.click("Set another level")
    you.page.locator("[data-testid=stRadioOption]").filter(has_text=re.compile("^3: ")).click()
    you.quiet()
    why = you.field("Why, in writing")
    why.fill("The incident of May says otherwise")
    why.press("Enter")
    you.quiet()
    you.click("Settle at this level")
    you.says(re.compile("settled: The incident of May says otherwise"))

    # by the keyboard alone, after a reload
    you.reload()
    you.page.wait_for_timeout(GUARD_MILLISECONDS)
    you.press("n")
    you.says(re.compile("^Question 4 of 5"))
    all_vote(phones, "FBL-01", None, None, None, 2)
    expect(you.page.locator(".st-key-workshop-step button")).to_contain_text("Reveal the votes")
    you.page.wait_for_timeout(GUARD_MILLISECONDS)
    you.press("r")
    you.says(re.compile("^Half or more do not know"))
    you.field("Who finds out?").fill("Cy")
    you.field("Who finds out?").press("Enter")
    step(you, "Settle as “we do not know”")
    step(you, "Next question")
    all_vote(phones, "MON-01", 0, 0, 0, 0)
    step(you, "Reveal the votes")
    step(you, "Settle at level 0")
    step(you, "End the workshop")

    you.title("5 of 5 questions settled")
    you.says(re.compile("1 question was voted on twice"))
    you.says(re.compile("FBL-01 · Cy"))
    you.click("Look at the result and close")
    you.title("Churn in a room")
    you.quiet()
    you.click(re.compile(r"Close Q\d"))
    expect(you.button(re.compile("for good$"))).to_be_visible()
    you.quiet()
    you.click(re.compile("for good$"))
    you.says("Read the answers")
    sealed = read_system_view(workplace, ADA, system_id=assessment.system_id)
    assert sealed.assessments[-1].state == "closed"
    answers = read_answers(workplace, ADA, assessment_id=assessment.assessment_id)
    assert {q: (answers[q].state, answers[q].level, answers[q].votes) for q in QUESTIONS} == {
        "ENT-01": ("answered", None, (1, 2)),
        "ENT-03": ("answered", None, (3, 3, 4)),
        "CFG-01": ("answered", 3, (1, 1, 1, 2)),
        "FBL-01": ("unknown", None, (2, None, None, None)),
        "MON-01": ("answered", None, (0, 0, 0, 0)),
    }


def scanned(you: Visitor) -> list[str]:
    """What a phone's camera reads off the screen."""
    expect(you.page.get_by_role("img", name="QR code of the link")).to_be_visible()
    you.quiet()
    with Image.open(io.BytesIO(you.page.screenshot())) as picture:
        return [found.text for found in zxingcpp.read_barcodes(picture.convert("L"))]


def test_a_vote_spread_over_days_from_the_qr_code_to_the_settled_answers(
    server: Server, visit: Visit, workplace: Workplace
) -> None:
    """Two people vote when they have a moment, one leaves a question out; nobody sees anything until the reveal."""
    assessment = open_system(workplace, "Churn over days")
    you = visit(server).open(f"/workshop?system={assessment.system_id}")
    you.title("a workshop on")
    you.page.get_by_text("Own order", exact=True).click()
    select = you.page.locator(".st-key-workshop-own input")
    for question in QUESTIONS[:3]:
        select.fill(question)
        select.press("Enter")
        expect(you.page.locator(".st-key-workshop-own")).to_contain_text(question)
    you.press("Escape")
    you.page.get_by_text("Spread over days", exact=True).click()
    expect(you.page.get_by_text("Votes until", exact=True)).to_be_visible()
    you.click("Open the workshop")
    you.title("people come in")
    (workshop,) = list_workshops(workplace, ADA, assessment_id=assessment.assessment_id)
    assert workshop.mode == "spread"
    assert scanned(you) == [f"{server.address}/join/{workshop.code}"]

    phones = [Phone(visit, server, workshop, name) for name in ("Bo", "Cy")]
    you.says("2 people are in")
    step(you, "Start")
    you.title("votes until")
    phones[0].vote("ENT-01", 0)
    phones[0].page.get_by_role("link", name="CFG-01").click()
    phones[0].vote("CFG-01", 2)
    phones[0].page.get_by_role("link", name="ENT-03").click()
    phones[0].vote("ENT-03", None)
    you.says("1 of 2")
    away = phones[1].page
    expect(away.get_by_text("0 of 3 voted on")).to_be_visible()
    away.close()  # the tab is gone; the next day it is opened again
    phones[1].page = phones[1].context.new_page()
    phones[1].page.goto("/vote")
    phones[1].vote("ENT-01", 4)
    phones[1].page.reload()
    phones[1].at("ENT-03")  # the next one that waits
    assert "voted on" in phones[1].page.locator("nav").inner_text()
    for phone in phones:
        phone.page.goto("/vote?question=ENT-01")
        expect(phone.page.locator(".state")).to_have_count(0)
    phones[1].vote("ENT-01", 3)  # changed until the reveal

    step(you, "Look at the first question")
    step(you, "Reveal the votes")
    you.says(re.compile("^Split: levels 0 to 3"))
    for phone in phones:
        phone.page.goto("/vote?question=ENT-01")
        expect(phone.page.locator(".state")).to_contain_text("Split")
    step(you, "Vote again")
    for phone in phones:
        phone.page.goto("/vote?question=ENT-01")
        phone.vote("ENT-01", 2, ballot_round=2)
    step(you, "Reveal the votes")
    step(you, "Settle at level 2")
    step(you, "Next question")
    step(you, "Reveal without Cy")
    step(you, "Settle as “we do not know”")
    step(you, "Next question")
    step(you, "Reveal without Cy")
    step(you, "Settle at level 2")
    step(you, "End the workshop")
    you.title("3 of 3 questions settled")
    answers = read_answers(workplace, ADA, assessment_id=assessment.assessment_id)
    assert {q: (answers[q].state, answers[q].votes) for q in QUESTIONS[:3]} == {
        "ENT-01": ("answered", (2, 2)),
        "ENT-03": ("unknown", (None,)),
        "CFG-01": ("answered", (2,)),
    }


class Overheard:
    """Every frame a page receives, and what its workshop components were given in them."""

    def __init__(self, you: Visitor) -> None:
        self.frames: list[bytes] = []
        you.page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: self.frames.append(_bytes(payload)))

    def boards(self, since: int = 0) -> list[str]:
        """What the components were given, as it was sent."""
        given = []
        for frame in self.frames[since:]:
            try:
                component = ForwardMsg.FromString(frame).delta.new_element.bidi_component
            except Exception:  # noqa: BLE001  (not every frame is such a message)
                continue
            if component.component_name == "arrears_workshop_board":
                given.append(component.json)
        return given

    def looks(self) -> list[str]:
        """The fragments in which the page looks whether something moved; "" for a look outside of one."""
        drawn = []
        for frame in self.frames:
            with suppress(Exception):  # not every frame is such a message
                delta = ForwardMsg.FromString(frame).delta
                if delta.new_element.bidi_component.component_name == "arrears_workshop_watch":
                    drawn.append(delta.fragment_id)
        return drawn


def _bytes(payload: str | bytes) -> bytes:
    return payload.encode() if isinstance(payload, str) else payload


@pytest.mark.parametrize("view", ["", "projector"])
def test_no_frame_before_the_reveal_carries_a_vote_or_a_comment(
    server: Server, visit: Visit, workplace: Workplace, view: str
) -> None:
    """Votes are cast, changed from one end to the other, and cast again; only who has voted may show."""
    workshop = opened(workplace, open_system(workplace, f"Overheard {view}"))
    guests = come_in(workplace, workshop, "Bo", "Cy", "Di")
    you = visit(server)
    heard = Overheard(you)
    start_workshop(workplace, ADA, workshop_id=workshop.workshop_id)
    you.open(address(workshop, view=view))
    counted = you.page.locator(".counted")

    def each_votes(levels: tuple[int, ...], turn: int, ballot_round: int = 1) -> None:
        for guest, level in zip(guests, levels, strict=True):
            vote(workplace, guest, "ENT-01", level, comment=f"{PLANTED}-{level}", turn=turn, ballot_round=ballot_round)

    for ballot_round in (1, 2):
        before = len(heard.frames)
        each_votes((0, 0, 4), 1, ballot_round)
        expect(counted).to_contain_text("3 of 3")
        first = heard.boards(before)[-2:]
        before = len(heard.frames)
        seen = read_workshop(workplace, ADA, workshop_id=workshop.workshop_id).workshop.change_seq
        each_votes((4, 4, 1), 2, ballot_round)
        expect(you.page.get_by_text(re.compile("^updated"))).to_be_visible()
        you.page.wait_for_timeout(4500)  # two looks: the page has been drawn again if it ever will
        assert read_workshop(workplace, ADA, workshop_id=workshop.workshop_id).workshop.change_seq > seen
        assert set(heard.boards(before)) <= set(first), "a changed vote changes something that is sent"
        for board in map(json.loads, heard.boards()):
            assert board["open"] is False
            assert all(line[1:] == [None, None, False] for line in board["levels"] or [])
        assert heard.frames
        assert heard.looks()
        assert all(heard.looks()), "asked for outside a fragment, a run takes a click with it that has not begun"
        assert not [frame for frame in heard.frames if PLANTED.encode() in frame]
        reveal(workplace, ADA, workshop_id=workshop.workshop_id, question_id="ENT-01", ballot_round=ballot_round)
        if ballot_round == 1:
            if not view:
                you.says(f"{PLANTED}-4")
                assert [frame for frame in heard.frames if PLANTED.encode() in frame], "the ear hears comments"
            expect(you.page.locator(".levels.open")).to_be_visible()
            assert any(json.loads(board)["open"] for board in heard.boards()), "the ear hears votes"
            vote_again(workplace, ADA, workshop_id=workshop.workshop_id, question_id="ENT-01")
            expect(you.page.locator(".levels.open")).to_have_count(0)
            you.quiet()
            you.page.wait_for_timeout(500)
            heard.frames.clear()


def test_two_facilitators_see_each_other_and_nothing_happens_twice(
    server: Server, visit: Visit, workplace: Workplace
) -> None:
    workshop = opened(workplace, open_system(workplace, "Two at the desk"))
    guests = come_in(workplace, workshop, "Bo", "Cy", "Di")
    start_workshop(workplace, ADA, workshop_id=workshop.workshop_id)
    everybody(workplace, guests, "ENT-01", 0, 4, 4)
    one, two = visit(server).open(address(workshop)), visit(server).open(address(workshop))
    step(one, "Reveal the votes")
    two.says(re.compile("^Split"))
    one.page.wait_for_timeout(GUARD_MILLISECONDS)
    for you in (one, two):
        you.page.locator(".st-key-workshop-step button").click(no_wait_after=True)
    for you in (one, two):
        you.says(re.compile("second vote"))
    turn = read_workshop(workplace, ADA, workshop_id=workshop.workshop_id).turns[0]
    assert (turn.state, turn.round) == ("voting", 2)


def test_a_double_click_takes_one_step(server: Server, visit: Visit, workplace: Workplace) -> None:
    workshop = opened(workplace, open_system(workplace, "Double click"))
    guests = come_in(workplace, workshop, "Bo", "Cy", "Di")
    start_workshop(workplace, ADA, workshop_id=workshop.workshop_id)
    everybody(workplace, guests, "ENT-01", 2, 2, 2)
    you = visit(server).open(address(workshop))
    you.page.wait_for_timeout(GUARD_MILLISECONDS)
    you.page.locator(".st-key-workshop-step button").dblclick(delay=40)
    you.says(re.compile("^Agreed"))
    you.quiet()
    assert read_workshop(workplace, ADA, workshop_id=workshop.workshop_id).turns[0].state == "revealed"


def test_the_room_reads_large_letters_and_everything_fits_the_screen(
    server: Server, visit: Visit, workplace: Workplace
) -> None:
    workshop = opened(workplace, open_system(workplace, "For the room"), box=120)
    guests = come_in(workplace, workshop, *(f"Guest {number}" for number in range(20)))
    start_workshop(workplace, ADA, workshop_id=workshop.workshop_id)
    everybody(workplace, guests, "ENT-01", *([0] * 9 + [4] * 11))
    reveal(workplace, ADA, workshop_id=workshop.workshop_id, question_id="ENT-01", ballot_round=1)
    for width, height in ((1440, 900), (1920, 1080), (1280, 720)):
        room = visit(server, width=width, height=height).open(address(workshop, view="projector"))
        room.says(re.compile("^Split"))
        smallest, lowest = room.page.locator(".board").evaluate(
            "root => [Math.min(...[...root.querySelectorAll('.levels li > span:nth-child(2), .sentence')].map("
            "e => parseFloat(getComputedStyle(e).fontSize))),"
            " Math.max(...[...root.querySelectorAll('.main > *')].map(e => e.getBoundingClientRect().bottom))]"
        )
        assert lowest <= height
        assert smallest >= width * 0.0145, f"{smallest} px of {width}"
        expect(room.page.get_by_role("navigation")).to_have_count(0)
        expect(room.page.locator("header").locator("visible=true")).to_have_count(0)


def test_a_phone_shows_all_of_it_and_keeps_the_next_step_in_reach(
    server: Server, visit: Visit, workplace: Workplace
) -> None:
    workshop = opened(workplace, open_system(workplace, "On a phone"))
    guests = come_in(workplace, workshop, "Bo", "Cy", "Somebody with a very long name indeed")
    start_workshop(workplace, ADA, workshop_id=workshop.workshop_id)
    everybody(workplace, guests, "ENT-01", 0, 4, 4)
    you = visit(server, width=390, height=844).open(address(workshop))
    you.no_sideways_scroll()
    expect(you.page.locator(".st-key-workshop-step button")).to_be_in_viewport(ratio=1)
    step(you, "Reveal the votes")
    you.says(re.compile("^Split"))
    you.no_sideways_scroll()
    expect(you.page.locator(".st-key-workshop-step button")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("state", ["opening", "lobby", "voting", "paused", "revealed", "override", "ended"])
def test_each_state_can_be_used_by_everybody(server: Server, visit: Visit, workplace: Workplace, state: str) -> None:
    assessment = open_system(workplace, f"For everybody, {state}", answers=3)
    if state == "opening":
        you = visit(server)
        in_both_themes(you, lambda: you.open(f"/workshop?system={assessment.system_id}"))
        return
    workshop = opened(workplace, assessment)
    guests = come_in(workplace, workshop, "Bo", "Cy", "Di")
    known = {"workshop_id": workshop.workshop_id}
    if state != "lobby":
        start_workshop(workplace, ADA, **known)
        everybody(workplace, guests[:2], "ENT-01", 0, 4)
    if state == "paused":
        pause_workshop(workplace, ADA, **known, paused=True)
    if state in {"revealed", "override", "ended"}:
        vote(workplace, guests[2], "ENT-01", 4, comment="A remark for all.")
        reveal(workplace, ADA, **known, question_id="ENT-01", ballot_round=1)
    if state == "ended":
        settle_question(workplace, ADA, **known, question_id="ENT-01")
        end_workshop(workplace, ADA, **known)
    you = visit(server)

    def draw() -> None:
        you.open(address(workshop))
        if state == "override":
            you.click("Set another level")
            you.says("Why, in writing")
            you.quiet()

    in_both_themes(you, draw)
    in_both_themes(you, lambda: you.open(address(workshop, view="projector")))

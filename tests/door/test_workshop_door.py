"""The participants' door: come in, vote, follow, leave; guessing, forging and flooding meet a sentence, never a 500."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from door.guests import is_of_the_vote
from door.headers import SafeHeaders
from door.opening import OpeningRefusedError, check_address
from door.rates import Rate, Tries
from door.routes import workshop_seq
from door.visitors import LocalVisitorsOnly, is_loopback, why_not
from door.workshop import BODY_BYTES_MAX, GUEST, WRONG_IN_ALL, WRONG_PER_ADDRESS, WorkshopDoor
from operations.assessments import open_assessment
from operations.errors import StorageUnavailable
from operations.systems import create_system
from operations.workplace import Workplace
from operations.workshops import (
    end_workshop,
    open_workshop,
    pause_workshop,
    put_before_people,
    read_workshop,
    remove_participant,
    reveal,
    settle_question,
    start_workshop,
    vote_again,
)
from store.store import open_store
from store.workshop_records import WorkshopRecord
from tests.databases import new_database
from tests.door.served import free_port, serve, streamlit_command, uvicorn_command
from tests.door.test_visitors import scope
from tests.operations.conftest import ADA, Clock

HERE = "http://127.0.0.1:8501"
QUESTIONS = ("ENT-01", "ENT-02", "DAT-01")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
NASTY = "<script>alert(1)</script>"


@dataclass(kw_only=True)
class Phone:
    """One browser: its cookies by the addresses they are sent to, and everything it was ever answered."""

    room: Room
    address: str = "127.0.0.1"
    base: str = HERE
    cookies: dict[tuple[str, str], str] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        sent = {
            name: value for (name, under), value in self.cookies.items() if path.partition("?")[0].startswith(under)
        }
        headers = {"Accept": "text/html", **dict(more.pop("headers", {}))}
        if sent and "Cookie" not in headers:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in sent.items())

        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.room.app, client=(self.address, 50000))
            async with httpx.AsyncClient(transport=transport, base_url=self.base) as client:
                return await client.request(method, path, headers=headers, **more)

        answer = asyncio.run(go())
        for line in answer.headers.get_list("set-cookie"):
            name, _, rest = line.partition("=")
            under = re.search(r"[Pp]ath=([^;]+)", rest)[1]
            if "Max-Age=0" in line:
                self.cookies.pop((name, under), None)
            else:
                self.cookies[name, under] = rest.partition(";")[0]
        self.heard.append(f"{answer.headers}\n{answer.text}")
        assert answer.status_code < 500, answer.text
        return answer

    def join(self, name: str, role: str = "", code: str | None = None) -> httpx.Response:
        self.ask("GET", "/join")
        return self.ask("POST", "/join", data={"code": code or self.room.workshop.code, "name": name, "role": role})

    def form_vote(self, level: int | str, question: str = "ENT-01", **more: Any) -> httpx.Response:
        given = {"question": question, "round": 1, "turn": 1, "level": level, "comment": "", **more}
        return self.ask("POST", "/vote", data=given)

    def vote(self, vote: int | None, **more: Any) -> httpx.Response:
        given = {"question": "ENT-01", "round": 1, "turn": 1, "level": vote, "comment": "", **more}
        return self.ask("POST", "/vote", content=json.dumps(given), headers=JSON)

    def page(self) -> str:
        return self.ask("GET", "/vote").text

    def state(self, seen: str = "") -> httpx.Response:
        return self.ask("GET", f"/vote/state?seen={seen}")

    def chosen(self) -> str | None:
        found = re.search(r'name="level" value="(\w+)" required checked', self.page())
        return found[1] if found else None


@dataclass(kw_only=True)
class Room:
    """A workshop behind its door."""

    workplace: Workplace
    workshop: WorkshopRecord
    database: Path
    now: list[float] = field(default_factory=lambda: [1000.0])
    door: WorkshopDoor = field(default_factory=WorkshopDoor)

    def __post_init__(self) -> None:
        self.door.wrong_codes.clock = self.door.wrong_in_all.clock = lambda: self.now[0]
        at_the_desk = Route("/workshop-seq/{workshop_id:str}", workshop_seq)
        inner = SafeHeaders(LocalVisitorsOnly(Starlette(routes=[at_the_desk, *self.door.routes()])))

        async def app(asked: Scope, receive: Receive, send: Send) -> None:
            # the lock and the threads of the door belong to the event loop of one request here
            self.door._coming_in = self.door._readers = self.door._writers = None
            await inner({**asked, "state": {"workplace": self.workplace}}, receive, send)

        self.app = app

    @property
    def id(self) -> str:
        return self.workshop.workshop_id

    def phone(self, name: str = "", role: str = "", **more: Any) -> Phone:
        phone = Phone(room=self, **more)
        if name:
            assert phone.join(name, role).status_code == 303
        return phone

    def people(self) -> list[str]:
        return [person.name for person in read_workshop(self.workplace, ADA, workshop_id=self.id).people]

    def ballots(self) -> list[tuple[int | None, str]]:
        given = self.workplace.store.read(lambda records: records.workshops.ballots(self.id, "ENT-01", 1))
        return [(ballot.level, ballot.comment) for ballot in given]

    def start(self) -> None:
        start_workshop(self.workplace, ADA, workshop_id=self.id)

    def reveal(self, question: str = "ENT-01", ballot_round: int = 1) -> None:
        reveal(self.workplace, ADA, workshop_id=self.id, question_id=question, ballot_round=ballot_round)


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    store = open_store(new_database(tmp_path / "arrears.db"))
    yield Workplace(store=store, clock=Clock(datetime(2026, 11, 20, 12, tzinfo=UTC)))
    store.close()


@pytest.fixture
def assessment_id(workplace: Workplace) -> str:
    system = create_system(workplace, ADA, name="Churn & co", team="Growth")
    return open_assessment(workplace, ADA, system_id=system.system_id, period="2026Q4", scope="all").assessment_id


@pytest.fixture
def room(workplace: Workplace, assessment_id: str, tmp_path: Path) -> Room:
    opened = open_workshop(workplace, ADA, assessment_id=assessment_id, questions=QUESTIONS)
    return Room(workplace=workplace, workshop=opened, database=tmp_path / "arrears.db")


# --- coming in ---


def test_the_link_of_the_code_leads_to_a_form_that_needs_only_a_name(room: Room) -> None:
    for link in (f"/join/{room.workshop.code}", f"/join?code={room.workshop.code}"):
        page = room.phone().ask("GET", link).text
        assert f'value="{room.workshop.code}"' in page
        assert re.search(r'id="name"[^>]* autofocus', page)


def test_who_comes_in_gets_a_cookie_that_no_script_and_no_other_site_can_use(room: Room) -> None:
    phone = room.phone()
    answer = phone.join("Cy")
    assert (answer.status_code, answer.headers["location"]) == (303, "/vote")
    given = [line for line in answer.headers.get_list("set-cookie") if line.startswith(f"{GUEST}=")]
    assert sorted(re.search("Path=([^;]+)", line)[1] for line in given) == ["/join", "/leave", "/vote"]
    assert all("HttpOnly" in line and "SameSite=strict" in line for line in given)
    assert all(re.fullmatch(rf"{GUEST}=[\w-]{{43}}", line.partition(";")[0]) for line in given)
    assert room.people() == ["Cy"]


def test_over_https_the_cookie_stays_there(room: Room) -> None:
    answer = room.phone(base="https://127.0.0.1:8501").join("Cy")
    assert all("Secure" in line for line in answer.headers.get_list("set-cookie"))


def test_coming_in_twice_after_a_lost_reply_is_one_person(room: Room) -> None:
    phone = room.phone()
    phone.ask("GET", "/join")
    before = dict(phone.cookies)
    given = {"code": room.workshop.code, "name": "Cy", "role": ""}
    assert phone.ask("POST", "/join", data=given).status_code == 303
    phone.cookies = before  # the reply never came
    assert phone.ask("POST", "/join", data=given).status_code == 303
    assert room.people() == ["Cy"]
    assert "You are in, Cy." in phone.page()


def test_two_people_of_one_name_are_told_apart_at_the_door(room: Room) -> None:
    room.phone("Cy")
    answer = room.phone().join("cy")
    assert answer.status_code == 409
    assert "add an initial" in answer.text
    assert 'value="cy"' in answer.text
    assert re.search(r'id="name"[^>]*aria-invalid="true"', answer.text)


@pytest.mark.parametrize("name", [NASTY, '"><img src=x onerror=alert(1)>', "&lt;b&gt;"])
def test_a_name_with_markup_stays_text_wherever_it_is_shown(room: Room, name: str) -> None:
    phone = room.phone(name)
    shown = phone.page() + phone.ask("GET", "/join").text + room.phone().join(name).text
    assert name not in shown
    assert "<script>" not in shown


def test_a_name_that_looks_like_a_template_is_a_name(room: Room) -> None:
    assert "You are in, {{ 7 * 7 }}." in room.phone("{{ 7 * 7 }}").page()


@pytest.mark.parametrize(
    ("name", "code", "status"),
    [
        pytest.param("x" * 10_000, None, 400, id="a name of 10,000 characters"),
        pytest.param("", None, 400, id="no name"),
        pytest.param("\u200b\u202e", None, 400, id="a name nobody sees"),
        pytest.param("Cy", "O0O0O0O0", 400, id="letters no code has"),
        pytest.param("Cy", "AB", 400, id="too short a code"),
        pytest.param("Cy", "22222222", 404, id="a code of no workshop"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_the_form(room: Room, name: str, code: str | None, status: int) -> None:
    answer = room.phone().join(name, code=code)
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert room.people() == []


def test_the_code_may_be_typed_in_small_letters_with_blanks_and_dashes(room: Room) -> None:
    code = room.workshop.code.lower()
    assert room.phone().join("Cy", code=f" {code[:4]} - {code[4:]} ").status_code == 303


def test_a_code_whose_time_is_over_says_so(room: Room) -> None:
    room.workplace.clock.moment += timedelta(hours=13)
    answer = room.phone().join("Cy")
    assert answer.status_code == 410
    assert "time of this workshop is over" in answer.text


def test_somebody_who_is_in_may_go_on_or_come_in_under_another_name(room: Room) -> None:
    phone = room.phone("Cy")
    assert 'You are in as <b>Cy</b>. <a class="go" href="/vote">' in phone.ask("GET", "/join").text
    assert phone.join("Cy").status_code == 303
    assert room.people() == ["Cy"]
    assert phone.join("Cyd").status_code == 303
    assert room.people() == ["Cyd"]


# --- guessing ---


def test_after_ten_wrong_codes_an_address_is_locked_out_for_a_while_also_with_the_right_one(room: Room) -> None:
    guesser, neighbour = room.phone(), room.phone(address="127.0.0.2")
    for _ in range(WRONG_PER_ADDRESS):
        assert guesser.join("Cy", code="22222222").status_code == 404
    locked = guesser.join("Cy")
    assert locked.status_code == 429
    assert "Too many wrong codes" in locked.text
    assert int(locked.headers["retry-after"]) == 300
    assert neighbour.join("Di").status_code == 303
    room.now[0] += 301
    assert guesser.join("Cy").status_code == 303


def test_a_hundred_wrong_codes_from_many_addresses_lock_the_door_and_nobody_who_is_in(room: Room) -> None:
    inside = room.phone("Ed")
    for number in range(WRONG_IN_ALL):
        assert room.phone(address=f"127.0.1.{number}").join("Cy", code="22222222").status_code == 404
    assert room.phone(address="127.0.2.1").join("Cy").status_code == 429
    assert "You are in, Ed." in inside.page()
    room.now[0] += 61
    assert room.phone(address="127.0.2.1").join("Cy").status_code == 303


def test_slow_typists_are_never_locked_out(room: Room) -> None:
    phone = room.phone()
    for _ in range(3 * WRONG_PER_ADDRESS):
        assert phone.join("Cy", code="22222222").status_code == 404
        room.now[0] += 10
    assert phone.join("Cy").status_code == 303


def test_many_guesses_at_the_same_moment_are_counted_one_by_one(room: Room) -> None:
    async def guess() -> list[int]:
        inner = Starlette(routes=room.door.routes())

        async def app(asked: Scope, receive: Receive, send: Send) -> None:
            await inner({**asked, "state": {"workplace": room.workplace}}, receive, send)

        transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            given = {"code": "22222222", "name": "Cy", "role": ""}
            return [a.status_code for a in await asyncio.gather(*(client.post("/join", data=given) for _ in range(40)))]

    assert sorted(asyncio.run(guess())) == [404] * WRONG_PER_ADDRESS + [429] * (40 - WRONG_PER_ADDRESS)


def test_tries_are_counted_for_a_bounded_number_of_addresses() -> None:
    tries = Tries(most=2, locked_seconds=10, clock=lambda: 0.0, keys_max=5)
    for number in range(50):
        tries.was_wrong(str(number))
        tries.was_wrong(str(number))
    assert (len(tries._wrong), len(tries._locked)) == (0, 5)
    assert (tries.locked("49"), tries.locked("0")) == (10.0, 0.0)


# --- voting ---


def test_a_vote_from_the_plain_form_stands_after_a_reload(room: Room) -> None:
    phone = room.phone("Cy")
    room.start()
    answer = phone.form_vote(3, comment="two\r\nlines")
    assert (answer.status_code, answer.headers["location"]) == (303, "/vote")
    assert phone.chosen() == "3"
    assert "Voted: you can change it until the reveal." in phone.page()
    assert room.ballots() == [(3, "two\nlines")]


def test_the_form_counts_on_so_that_a_changed_mind_is_the_newer_one(room: Room) -> None:
    phone = room.phone("Cy")
    room.start()
    for level in ("3", "unknown", "0"):
        turn = re.search(r'name="turn" value="(\d+)"', phone.page())[1]
        assert phone.form_vote(level, turn=turn).status_code == 303
        assert phone.chosen() == level
    assert room.ballots() == [(0, "")]


def test_an_old_tab_is_told_that_a_newer_vote_stands(room: Room) -> None:
    phone = room.phone("Cy")
    room.start()
    phone.form_vote(3)
    answer = phone.form_vote(1)  # the form of before, sent again with another level
    assert answer.status_code == 409
    assert "A newer vote of yours stands" in answer.text
    assert room.ballots() == [(3, "")]


@pytest.mark.parametrize("order", sorted(set(itertools.permutations((1, 2, 2, 3)))))
def test_whatever_order_repetitions_arrive_in_the_newest_vote_stands_once(room: Room, order: tuple[int, ...]) -> None:
    phone = room.phone("Cy")
    room.start()
    for turn in order:
        answer = phone.vote(turn, turn=turn)
        assert answer.status_code == 200
        assert answer.json()["kept"]["turn"] >= turn
    assert room.ballots() == [(3, "")]


def test_the_answer_to_a_vote_says_what_stands(room: Room) -> None:
    phone = room.phone("Cy")
    room.start()
    given = {"question": "ENT-01", "round": 1, "level": None, "comment": "who would?", "turn": 5}
    assert phone.vote(None, comment=" who would? ", turn=5).json() == {"kept": given}
    assert phone.vote(4, turn=4).json() == {"kept": given}


def test_a_vote_that_comes_too_late_is_refused_with_the_reason_and_the_page_as_it_is(room: Room) -> None:
    cy, di = room.phone("Cy"), room.phone("Di")
    room.start()
    cy.vote(2)
    room.reveal()
    late = di.vote(4)
    assert (late.status_code, "revealed already" in late.json()["error"]) == (409, True)
    as_form = di.form_vote(4)
    assert as_form.status_code == 409
    assert "revealed already" in as_form.text
    assert "1 vote" in as_form.text
    assert room.ballots() == [(2, "")]


def test_a_paused_workshop_keeps_what_was_voted_and_takes_nothing_more(room: Room) -> None:
    phone = room.phone("Cy")
    room.start()
    phone.vote(2)
    pause_workshop(room.workplace, ADA, workshop_id=room.id, paused=True)
    assert phone.vote(3, turn=2).status_code == 409
    page = phone.page()
    assert "paused" in page
    assert "<fieldset disabled>" in page
    assert phone.chosen() == "2"
    pause_workshop(room.workplace, ADA, workshop_id=room.id, paused=False)
    assert phone.vote(3, turn=2).status_code == 200


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"question": "XXX-99"}, 404),
        ({"question": "ENT-02"}, 409),
        ({"question": "'; DROP TABLE ballot; --"}, 404),
        ({"question": "\ud800"}, 404),
        ({"question": "x" * 5000}, 404),
        ({"level": 5}, 400),
        ({"level": -1}, 400),
        ({"level": True}, 400),
        ({"level": "2"}, 400),
        ({"level": 2.0}, 400),
        ({"level": 10**30}, 400),
        ({"turn": 0}, 400),
        ({"turn": 10**18}, 400),
        ({"turn": None}, 400),
        ({"round": 2}, 409),
        ({"round": -1}, 409),
        ({"comment": "x" * 501}, 400),
        ({"comment": ["x"]}, 400),
        ({"participant": "somebody else"}, 400),
    ],
)
def test_a_vote_that_is_none_is_refused_and_keeps_nothing(room: Room, changed: dict[str, Any], status: int) -> None:
    phone = room.phone("Cy")
    room.start()
    answer = phone.vote(2, **changed)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])
    assert room.ballots() == []


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        pytest.param(b"", JSON, 400, id="nothing"),
        pytest.param(b"[" * 10_000, JSON, 400, id="deep"),
        pytest.param(b"\xff\xfe", JSON, 400, id="no UTF-8"),
        pytest.param(b"NaN", JSON, 400, id="no object"),
        pytest.param(b'{"turn": ' + b"9" * 9_000 + b"}", JSON, 400, id="a long number"),
        pytest.param(b"x" * (BODY_BYTES_MAX + 1), JSON, 413, id="too much"),
        pytest.param(b"x" * (BODY_BYTES_MAX + 1), FORM, 413, id="too large a form"),
        pytest.param(b"{}", {"Content-Type": "text/plain"}, 415, id="plain text, as a foreign form can send"),
        pytest.param(b"--x--", {"Content-Type": "multipart/form-data; boundary=x"}, 415, id="multipart"),
        pytest.param(b"level=2", {}, 415, id="no type"),
        pytest.param(b"level=2&level=3", FORM, 400, id="a field twice"),
        pytest.param(b"level=2&admin=1", FORM, 400, id="an unknown field"),
        pytest.param(b"&".join(b"a%d=1" % n for n in range(99)), FORM, 400, id="many fields"),
        pytest.param(b"level=%ff", FORM, 400, id="a form that is no UTF-8"),
        pytest.param(b"question=ENT-01&round=1&turn=1", FORM, 400, id="no level"),
        pytest.param(b"question=ENT-01&round=one&turn=1&level=2", FORM, 400, id="a round in words"),
    ],
)
def test_a_body_that_is_no_vote_is_refused_with_a_sentence(
    room: Room, body: bytes, headers: dict[str, str], status: int
) -> None:
    phone = room.phone("Cy")
    room.start()
    answer = phone.ask("POST", "/vote", content=body, headers=headers)
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert room.ballots() == []


@pytest.mark.parametrize("path", ["/join", "/leave"])
def test_the_other_forms_take_their_own_fields_only(room: Room, path: str) -> None:
    phone = room.phone("Cy")
    assert phone.ask("POST", path, data={"admin": "1"}).status_code == 400
    assert phone.ask("POST", path, content=b"{}", headers=JSON).status_code == 415
    assert phone.ask("POST", path, content=b"x" * 99_999, headers=FORM).status_code == 413
    assert room.people() == ["Cy"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/vote/state"), ("PUT", "/vote"), ("DELETE", "/join"), ("GET", "/leave"), ("POST", "/vote/page.js")],
)
def test_what_an_address_does_not_do_it_says(room: Room, method: str, path: str) -> None:
    answer = room.phone("Cy").ask(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"]


# --- who it is ---


@pytest.mark.parametrize("cookie", ["", "x", "x" * 43, "x" * 5_000, "\"'; --", "é", f"a; {GUEST}=b"])
def test_a_forged_cookie_is_nobody(room: Room, cookie: str) -> None:
    room.phone("Cy")
    room.start()
    stranger = room.phone()
    headers = {"Cookie": f"{GUEST}={cookie}".encode()}
    assert stranger.ask("GET", "/vote/state", headers=headers).status_code == 401
    assert stranger.ask("GET", "/vote", headers=headers).headers["location"] == "/join?gone=1"
    body = json.dumps({"question": "ENT-01", "round": 1, "turn": 1, "level": 2, "comment": ""})
    assert stranger.ask("POST", "/vote", content=body, headers={**JSON, **headers}).status_code == 401
    assert stranger.ask("POST", "/leave", headers=headers).status_code == 303
    assert (room.ballots(), room.people()) == ([], ["Cy"])


def test_somebody_removed_is_a_stranger_from_the_next_look_on(room: Room) -> None:
    phone = room.phone("Cy")
    room.start()
    (person,) = read_workshop(room.workplace, ADA, workshop_id=room.id).people
    remove_participant(room.workplace, ADA, workshop_id=room.id, participant_id=person.participant_id)
    assert phone.state().status_code == 401
    assert phone.vote(2).status_code == 401
    assert "It has ended, or you were taken out" in phone.ask("GET", "/join?gone=1").text


def test_after_the_end_there_is_nothing_left_to_see(room: Room) -> None:
    phone = room.phone("Cy")
    room.start()
    phone.vote(2)
    end_workshop(room.workplace, ADA, workshop_id=room.id)
    assert (phone.state().status_code, phone.vote(3, turn=2).status_code) == (401, 401)
    assert room.phone().join("Di").status_code == 404


def test_leaving_frees_the_name_and_takes_the_cookie(room: Room) -> None:
    phone = room.phone("Cy")
    assert phone.ask("POST", "/leave").status_code == 303
    assert not [name for name, _ in phone.cookies if name == GUEST]
    assert room.people() == []
    assert room.phone().join("Cy").status_code == 303


def test_the_secret_is_in_no_page_and_not_in_the_database(room: Room) -> None:
    phone = room.phone("Cy")
    room.start()
    phone.vote(2)
    (secret,) = {value for (name, _), value in phone.cookies.items() if name == GUEST}
    bodies = [heard.partition("\n")[2] for heard in phone.heard]
    assert not any(secret in body for body in bodies)
    assert not any(secret.encode() in file.read_bytes() for file in room.database.parent.iterdir())


# --- following ---


def test_nothing_new_is_204_and_a_step_is_the_changed_part(room: Room) -> None:
    phone, other = room.phone("Cy"), room.phone("Di")
    seen = phone.state().json()["seen"]
    assert phone.state(seen).status_code == 204
    room.start()
    news = phone.state(seen).json()
    assert news["seen"] != seen
    assert 'value="ENT-01"' in news["html"]
    assert "question 1 of 3" in news["say"]
    other.vote(4)
    assert phone.state(news["seen"]).status_code == 204, "a vote of somebody else is no news"
    room.reveal()
    assert "1 vote" in phone.state(news["seen"]).json()["html"]


def test_each_step_of_the_facilitator_is_news(room: Room) -> None:
    phone = room.phone("Cy")
    room.phone("Di"), room.phone("Ed")
    w, id_ = room.workplace, room.id
    steps = [
        room.start,
        lambda: phone.vote(0),
        room.reveal,
        lambda: vote_again(w, ADA, workshop_id=id_, question_id="ENT-01"),
        lambda: phone.vote(1, round=2),
        lambda: room.reveal(ballot_round=2),
        lambda: settle_question(w, ADA, workshop_id=id_, question_id="ENT-01", level=3, reason="we looked"),
        lambda: put_before_people(w, ADA, workshop_id=id_, question_id="ENT-02", seen="ENT-01"),
        lambda: pause_workshop(w, ADA, workshop_id=id_, paused=True),
    ]
    marks = [phone.state().json()["seen"]]
    for step in steps:
        step()
        marks.append(phone.state().json()["seen"])
    votes = [number for number, (before, after) in enumerate(itertools.pairwise(marks)) if before == after]
    assert votes == [1, 4], "only votes change nothing for the others"


def test_a_late_joiner_lands_on_the_question_that_is_asked(room: Room) -> None:
    room.phone("Cy")
    room.start()
    put_before_people(room.workplace, ADA, workshop_id=room.id, question_id="ENT-02", seen="ENT-01")
    assert 'name="question" value="ENT-02"' in room.phone("Late").page()


def test_after_the_reveal_everybody_sees_the_same_levels_range_and_words(room: Room) -> None:
    phones = [room.phone(name, role) for name, role in (("Cy", "analyst"), ("Di", "analyst"), ("Ed", ""), ("Flo", ""))]
    room.start()
    for phone, level in zip(phones, (0, 0, 4, None), strict=True):
        phone.vote(level, comment=f"{NASTY} {level}" if level == 4 else "")
    room.reveal()
    page = phones[3].page()
    assert "Split: far apart. Talk before anything else. Votes from level 0 to 4." in page
    assert '<span aria-hidden="true">●●</span> 2 votes' in page
    assert "1 vote for “we do not know”" in page
    assert "Level 0: whoever chose it" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 4" in page
    assert "<script>alert" not in page
    assert "yours among them" not in page
    assert "2 votes, yours among them" in phones[0].page()


def test_before_the_reveal_no_answer_holds_anybody_elses_level_or_comment(room: Room) -> None:
    """Two runs that differ in the votes of the others alone: a third person hears the same bytes in both."""
    heard = []
    watcher, voter, third = room.phone("Watch"), room.phone("Voter"), room.phone("Third")
    room.start()
    watcher.heard.clear()
    for turn, (level, comment) in enumerate(((0, "sesame"), (4, "mustard"), (None, ""), (2, "saffron")), start=1):
        voter.vote(level, comment=comment, turn=turn)
        third.vote(level, comment=comment, turn=turn)
        watcher.heard.clear()
        watcher.page()
        watcher.state()
        watcher.state("zzzz")
        watcher.ask("GET", "/vote?question=ENT-01")
        watcher.ask("GET", "/vote?question=ENT-02")
        watcher.ask("GET", "/join")
        watcher.form_vote("9")
        words = "\n".join(watcher.heard)
        assert "sesame" not in words
        assert "mustard" not in words
        heard.append(re.sub(r"arrears_join=[\w-]{43}", "", words))
    assert len(set(heard)) == 1
    assert "checked" not in heard[0]


def test_what_a_desk_asks_is_answered_with_a_counter_that_moves_with_each_vote_and_says_nothing_of_it(
    room: Room,
) -> None:
    room.start()
    phones = [room.phone(name) for name in ("Cy", "Di", "Ed")]
    desk = room.phone()
    counted = [desk.ask("GET", f"/workshop-seq/{room.id}").json()]
    for level, phone in enumerate(phones):
        phone.vote(level, comment=NASTY)
        counted.append(desk.ask("GET", f"/workshop-seq/{room.id}").json())
    assert counted == [{"seq": counted[0]["seq"] + votes} for votes in range(4)]
    assert desk.ask("GET", "/workshop-seq/nobody").json() == {"seq": None}
    assert desk.ask("GET", f"/workshop-seq/{room.id}").headers["cache-control"] == "no-store"


def test_votes_of_a_question_that_was_never_revealed_stay_hidden_when_the_next_one_is_asked(room: Room) -> None:
    cy, di = room.phone("Cy"), room.phone("Di")
    room.start()
    cy.vote(4, comment="sesame")
    put_before_people(room.workplace, ADA, workshop_id=room.id, question_id="ENT-02", seen="ENT-01")
    cy.vote(1, question="ENT-02")
    room.reveal("ENT-02")
    di.page()
    di.ask("GET", "/vote?question=ENT-01")
    assert "sesame" not in "\n".join(di.heard)


def test_a_second_vote_starts_empty_and_shows_the_first_beside_it_afterwards(room: Room) -> None:
    phones = [room.phone(name) for name in ("Cy", "Di", "Ed")]
    room.start()
    for phone in phones:
        phone.vote(4)
    room.reveal()
    vote_again(room.workplace, ADA, workshop_id=room.id, question_id="ENT-01")
    assert phones[0].chosen() is None
    assert "second vote" in phones[0].page()
    phones[0].vote(2, round=2)
    room.reveal(ballot_round=2)
    assert "1 vote, yours, first vote: 0" in phones[0].page()


def test_a_settled_question_says_what_stands_and_why(room: Room) -> None:
    phone = room.phone("Cy")
    room.start()
    phone.vote(4)
    room.reveal()
    settle_question(room.workplace, ADA, workshop_id=room.id, question_id="ENT-01", level=2, reason=NASTY)
    assert "Settled at level 2. Why not by the votes: &lt;script&gt;" in phone.page()


def test_a_group_too_small_to_hide_in_is_told_before_it_votes(room: Room) -> None:
    phone = room.phone("Cy")
    assert "cannot stay anonymous" in phone.page()
    room.start()
    assert "cannot stay anonymous" in phone.page()
    room.phone("Di"), room.phone("Ed")
    assert "cannot stay anonymous" not in phone.page()


def test_a_vote_spread_over_days_lists_its_questions_and_leads_to_the_next(workplace, assessment_id, tmp_path) -> None:
    deadline = (workplace.clock() + timedelta(days=7)).isoformat()
    opened = open_workshop(
        workplace, ADA, assessment_id=assessment_id, questions=QUESTIONS, mode="spread", deadline=deadline
    )
    room = Room(workplace=workplace, workshop=opened, database=tmp_path / "arrears.db")
    phone = room.phone("Cy")
    room.start()
    for question in QUESTIONS:
        assert f'name="question" value="{question}"' in phone.page()
        assert phone.form_vote(1, question=question).status_code == 303
    page = phone.page()
    assert "3 of 3 voted on" in page
    assert "You have voted on everything." in page
    again = phone.ask("GET", "/vote?question=ENT-02").text
    assert 'value="1" required checked' in again
    assert phone.ask("GET", "/vote?question=XXX-99").status_code == 200


# --- beside the point ---


def test_the_page_names_its_files_by_their_content_and_they_are_fetched_once(room: Room) -> None:
    phone = room.phone("Cy")
    files = re.findall(r'(?:href|src)="(/vote/page\.[^"]+)"', phone.page())
    assert len(files) == 2
    for file in files:
        assert "immutable" in phone.ask("GET", file).headers["cache-control"]
        assert phone.ask("GET", file.partition("?")[0]).headers["cache-control"] == "no-store"
    assert phone.ask("GET", "/vote/../app.py").status_code == 404
    assert phone.ask("GET", "/vote/page.py").status_code == 404


def test_nothing_of_the_vote_is_kept_by_a_browser_or_a_proxy_and_nothing_inline_may_run(room: Room) -> None:
    phone = room.phone("Cy")
    room.start()
    answers = [phone.ask("GET", path) for path in ("/join", "/vote", "/vote/state")] + [phone.vote(1), phone.vote(9)]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert "'unsafe-inline'" not in answer.headers["content-security-policy"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not re.search(r"<script(?! src=\"/vote/)|<style| style=| on\w+=", phone.page())


def test_floods_of_one_participant_are_slowed_down_and_nobody_elses(room: Room) -> None:
    room.door.votes, room.door.looks = (Rate(burst=3, per_second=0.001) for _ in range(2))
    cy, di = room.phone("Cy"), room.phone("Di")
    room.start()
    assert [cy.vote(1, turn=turn).status_code for turn in range(1, 6)] == [200, 200, 200, 429, 429]
    assert [cy.state().status_code for _ in range(4)] == [200, 200, 200, 429]
    assert (di.vote(1).status_code, di.state().status_code) == (200, 200)


def test_a_database_that_is_away_is_503_and_asks_to_come_again(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = room.phone("Cy")
    room.start()

    def away(*_args: object) -> None:
        raise StorageUnavailable("The database is away.")

    monkeypatch.setattr(type(room.workplace.store), "read", away)
    with pytest.raises(AssertionError, match="The database is away"):
        phone.state()
    monkeypatch.setattr(type(room.workplace.store), "read", lambda *_: 1 / 0)
    with pytest.raises(AssertionError, match="Something went wrong on our side"):
        phone.vote(1)


# --- the network ---

FAR = {"address": "192.168.1.20", "base": "http://192.168.1.10:8501"}


@pytest.fixture
def guests(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ARREARS_GUESTS", "1")
    return


def test_without_the_setting_a_phone_gets_nothing(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    for value in (None, "0", "", "yes"):
        monkeypatch.delenv("ARREARS_GUESTS", raising=False)
        if value is not None:
            monkeypatch.setenv("ARREARS_GUESTS", value)
        assert room.phone(**FAR).ask("GET", "/join").status_code == 403


def test_with_the_setting_a_phone_comes_in_votes_and_leaves(room: Room, guests: None) -> None:
    phone = room.phone("Cy", **FAR)
    room.start()
    assert phone.vote(2).status_code == 200
    assert phone.chosen() == "2"
    assert phone.state().status_code == 200
    assert phone.ask("POST", "/leave").status_code == 303


@pytest.mark.parametrize(
    "path",
    ["/", "/workshop", "/workshop-seq/x", "/healthz", "/export/portfolio.csv", "/api/evidence", "/collector.pyz",
     "/_stcore/stream", "/_stcore/host-config", "/static/js/index.js", "/vote/", "/vote/state/", "/vote/x", "/vote/../",
     "//vote", "/join/a/b", "/joinx", "/leave/", "/VOTE", "/vote\n", "/vote;x", "/join/" + "x" * 65],
)  # fmt: skip
def test_with_the_setting_everything_else_still_answers_this_machine_only(path: str, guests: None) -> None:
    far = scope(server="192.168.1.10", client="192.168.1.20", headers=(("host", "192.168.1.10:8501"),))
    assert "this machine only" in (why_not({**far, "path": path}) or "")
    assert "localhost" in (why_not({**scope(headers=(("host", "evil.example"),)), "path": path}) or "")


def test_with_the_setting_no_websocket_comes_in(guests: None) -> None:
    far = scope(server="192.168.1.10", client="192.168.1.20", headers=(("host", "192.168.1.10:8501"),))
    for path in ("/vote", "/join", "/_stcore/stream"):
        assert why_not({**far, "type": "websocket", "path": path}) is not None
    assert not is_of_the_vote({"type": "websocket", "path": "/vote"})


@pytest.mark.parametrize("host", ["arrears.example", "192.168.1.10:8501", "[fe80::1]:8501", "my-laptop.local"])
def test_with_the_setting_the_vote_answers_under_any_name(host: str, guests: None) -> None:
    assert why_not({**scope(client="10.0.0.9", server="10.0.0.1", headers=(("host", host),)), "path": "/vote"}) is None


@pytest.mark.parametrize("host", ["", "a b", "a@b", "a/b", "<b>", "a\n", "[x]", "a:b"])
def test_what_is_no_host_name_is_turned_away(host: str, guests: None) -> None:
    assert why_not({**scope(client="10.0.0.9", headers=(("host", host),)), "path": "/vote"}) is not None


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://192.168.1.10:9999"])
def test_a_page_of_another_site_can_neither_vote_nor_bring_somebody_in(room: Room, guests: None, origin: str) -> None:
    phone = room.phone("Cy", **FAR)
    room.start()
    for path, given in (("/vote", {"level": 1}), ("/join", {"code": room.workshop.code, "name": "Di"}), ("/leave", {})):
        assert phone.ask("POST", path, data=given, headers={"Origin": origin}).status_code == 403
    assert (room.ballots(), room.people()) == ([], ["Cy"])
    own = {"Origin": "http://192.168.1.10:8501"}
    assert phone.ask("POST", "/leave", headers=own).status_code == 303


def test_a_server_address_beyond_this_machine_needs_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARREARS_GUESTS", raising=False)
    with pytest.raises(OpeningRefusedError, match="set ARREARS_GUESTS=1"):
        check_address("0.0.0.0")
    monkeypatch.setenv("ARREARS_GUESTS", "1")
    check_address("0.0.0.0")
    monkeypatch.setenv("ARREARS_GUESTS", "ja")
    for address in ("0.0.0.0", "127.0.0.1", None):
        with pytest.raises(OpeningRefusedError, match="expected 1 or 0"):
            check_address(address)


def own_address() -> str | None:
    """An address of this machine that is not loopback; None on one without a network."""
    for addresses in psutil.net_if_addrs().values():
        for one in addresses:
            if one.family == socket.AF_INET and not is_loopback(one.address):
                return one.address
    return None


@pytest.mark.parametrize("command", [streamlit_command, uvicorn_command])
def test_a_server_for_guests_answers_other_machines_at_the_vote_and_nowhere_else(command: Any, tmp_path: Path) -> None:
    port, beyond = free_port(), own_address()
    if beyond is None:
        pytest.skip("this machine has no address but loopback")
    option = "--host" if command is uvicorn_command else "--server.address"
    with serve(command(port, option, "0.0.0.0"), port, tmp_path / "x.db", {"ARREARS_GUESTS": "1"}) as served:
        with httpx.Client(base_url=f"http://{beyond}:{port}", headers={"Accept": "text/html"}) as far:
            assert "Join the workshop" in far.get("/join").text
            assert far.get("/join/ABCDEFGH").status_code == 200
            assert far.get("/vote").headers["location"] == "/join?gone=1"
            assert far.get("/vote/state").status_code == 401
            assert far.get("/vote/page.js").status_code == 200
            for path in (
                "/",
                "/workshop",
                "/healthz",
                "/export/portfolio.csv",
                "/_stcore/health",
                "/static/index.html",
            ):
                assert far.get(path).status_code == 403, path
            assert far.post("/api/evidence").status_code == 403
            upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
            for path in ("/_stcore/stream", "/vote", "/join"):
                shaken = far.get(path, headers={**upgrade, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})
                assert shaken.status_code == 403, path
        assert httpx.get(f"{served.url}/healthz").status_code == 200

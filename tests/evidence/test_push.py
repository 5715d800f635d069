"""Sending evidence to a running Arrears: what goes out, what each answer becomes, and where the token never goes."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from evidence.command import main
from evidence.document import from_json
from evidence.push import ADDRESS, TRIES_MAX, WAIT_SECONDS_MAX, NotSent, check_target, is_this_machine, push
from tests.evidence.making import SAMPLES

TOKEN = "arr_" + "k" * 43
TAKEN = {"evidence_id": "e1", "new": True, "system": "Pricing", "url": "http://127.0.0.1/repository?system=s1"}
TRIPS = SAMPLES / "secrets-in-code" / "trips"


class Stub(ThreadingHTTPServer):
    """A server that gives the next of its answers to each request and keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, object, dict[str, str]]] = []
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def will(self, code: int, body: object = None, **headers: str) -> None:
        self.answers.append((code, body, headers))


class Handler(BaseHTTPRequestHandler):
    """Answers as the stub was told."""

    server: Stub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.server.requests.append((self.command, self.path, dict(self.headers), body))
        code, answer, headers = self.server.answers.pop(0)
        if code == 0:  # hang up without a word
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(code)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Stub]:
    with Stub() as stub:
        thread = threading.Thread(target=stub.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield stub
        stub.shutdown()
        thread.join()


class Waits(list[float]):
    """Stands for time.sleep and keeps how long each wait would have been."""

    __call__ = list.append


def refusal(server, **named):
    """The sentence of a push that was not taken, and whether it may be later."""
    with pytest.raises(NotSent) as caught:
        push("{}", url=server.url, token=TOKEN, sleep=Waits(), **named)
    assert TOKEN not in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value), caught.value.later


def test_evidence_goes_out_packed_with_the_token_in_its_header(server):
    server.will(201, TAKEN)
    sent = push('{"ü": 1}', url=f"{server.url}/", token=TOKEN)
    assert (sent.new, sent.system, sent.url) == (True, "Pricing", TAKEN["url"])
    ((method, path, headers, body),) = server.requests
    assert (method, path) == ("POST", ADDRESS)
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert (headers["Content-Type"], headers["Content-Encoding"]) == ("application/json", "gzip")
    assert gzip.decompress(body).decode() == '{"ü": 1}'


def test_the_same_evidence_again_is_no_mistake(server):
    server.will(200, {**TAKEN, "new": False})
    assert push("{}", url=server.url, token=TOKEN).new is False


@pytest.mark.parametrize(
    ("given", "target"),
    [
        ("https://arrears.example", "https://arrears.example/api/evidence"),
        ("https://arrears.example:8443/", "https://arrears.example:8443/api/evidence"),
        ("https://intranet.example/arrears/", "https://intranet.example/arrears/api/evidence"),
        ("https://arrears.example/api/evidence", "https://arrears.example/api/evidence"),
        ("http://localhost:8501", "http://localhost:8501/api/evidence"),
        ("http://[::1]:8501", "http://[::1]:8501/api/evidence"),
        ("http://127.8.9.1", "http://127.8.9.1/api/evidence"),
    ],
)
def test_the_address_of_the_application_is_enough(given, target):
    assert check_target(given, allow_insecure=False) == target


@pytest.mark.parametrize(
    "given",
    ["arrears.example", "ftp://arrears.example", "https://", "https://a b", "https://[::1", "https://x:99999",
     "https://user:word@arrears.example", "https://arrears.example?x=1", "https://arrears.example/#x", "file:///etc/passwd",
     "https://arrears.example\r\nX: y", "javascript:alert(1)", ""],
)  # fmt: skip
def test_what_is_no_address_is_refused(given):
    with pytest.raises(NotSent, match="; give "):
        check_target(given, allow_insecure=True)


@pytest.mark.parametrize("host", ["arrears.example", "10.0.0.1", "localhost.example", "127.0.0.1.example", "0.0.0.0"])
def test_a_token_goes_unencrypted_to_this_machine_only(host):
    assert not is_this_machine(host)
    with pytest.raises(NotSent, match="not encrypted"):
        check_target(f"http://{host}", allow_insecure=False)
    assert check_target(f"http://{host}", allow_insecure=True) == f"http://{host}/api/evidence"


@pytest.mark.parametrize(
    ("code", "body", "words"),
    [
        (401, {"error": "unknown token", "problems": []}, "the token is wrong or was withdrawn; make a new one"),
        (413, {"error": "too large"}, "larger than the server takes"),
        (415, {}, "does not take this form"),
        (422, {"problems": ["schema: is new", "signals[0]: is old"]}, "(schema: is new; signals[0]: is old)"),
        (422, b"<html>", "does not accept this evidence"),
        (404, b"not here", "nothing there takes evidence (it answered 404)"),
        (200, b"<html>a login page</html>", "nothing there takes evidence (it answered 200)"),
        (200, b"[" * 100_000, "nothing there takes evidence"),
        (422, {"problems": [f"no {TOKEN}", "\x1b[2J\nforged line"]}, "(no (the token); ?[2J?forged line)"),
    ],
)  # fmt: skip
def test_each_refusal_is_one_plain_sentence(server, code, body, words):
    server.will(code, body)
    sentence, later = refusal(server)
    assert words in sentence
    assert not later
    assert len(server.requests) == 1


def test_a_server_that_breaks_is_told_from_a_mistake_of_ours(server):
    server.will(500, {"error": "?"})
    sentence, later = refusal(server)
    assert "a fault (it answered 500)" in sentence
    assert later


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_nobody_is_followed_with_the_token(server, code):
    with Stub() as elsewhere:
        server.will(code, b"", Location=f"{elsewhere.url}/api/evidence")
        sentence, later = refusal(server)
        assert elsewhere.requests == []
    assert "the server sends on to http://127.0.0.1:" in sentence
    assert sentence.endswith("give --push that address")
    assert not later


@pytest.mark.parametrize("code", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again(server, code):
    waits, said = Waits(), []
    for _ in range(TRIES_MAX - 1):
        server.will(code, {"error": "later"})
    server.will(201, TAKEN)
    assert push("{}", url=server.url, token=TOKEN, sleep=waits, say=said.append).new
    assert len(waits) == len(said) == TRIES_MAX - 1
    assert waits == sorted(waits), "each wait is longer"
    assert 10 < sum(waits) < 20


def test_a_server_is_given_the_time_it_asks_for_but_not_any_time(server):
    waits = Waits()
    server.will(429, {}, Retry_After="7")
    server.will(503, {}, Retry_After="86400")
    server.will(503, {}, Retry_After="Fri, 20 Nov 2026 10:00:00 GMT")
    server.will(201, TAKEN)
    push("{}", url=server.url, token=TOKEN, sleep=waits)
    assert waits[:2] == [7.0, WAIT_SECONDS_MAX]
    assert waits[2] < 10


def test_a_server_that_stays_busy_is_left_alone(server):
    for _ in range(TRIES_MAX):
        server.will(503, {})
    sentence, later = refusal(server)
    assert sentence.endswith("is busy (503); nothing was sent, run it again later")
    assert later
    assert len(server.requests) == TRIES_MAX


def test_a_broken_connection_is_tried_again(server):
    server.will(0)
    server.will(201, TAKEN)
    assert push("{}", url=server.url, token=TOKEN, sleep=Waits()).new


def test_nobody_there_is_one_sentence():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        with pytest.raises(NotSent, match="cannot be reached") as caught:
            push("{}", url=url, token=TOKEN, sleep=Waits())
    assert caught.value.later


def test_a_server_that_never_answers_is_one_sentence():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(16)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(NotSent, match=r"did not answer|timed out"):
            push("{}", url=url, token=TOKEN, sleep=Waits(), timeout_seconds=0.05)


def test_an_answer_that_trickles_without_end_is_given_up():
    done = threading.Event()

    def trickle(listening: socket.socket) -> None:
        held = []
        while not done.is_set():
            listening.settimeout(0.01)
            with contextlib.suppress(OSError):
                held.append(listening.accept()[0])
            for connection in held:
                with contextlib.suppress(OSError):
                    connection.sendall(b"H")
        for connection in held:
            connection.close()

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        server = threading.Thread(target=trickle, args=[listening])
        server.start()
        try:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            with pytest.raises(NotSent, match="did not end its answer") as caught:
                push("{}", url=url, token=TOKEN, sleep=Waits(), whole_seconds=0.05)
        finally:
            done.set()
            server.join()
    assert caught.value.later


def test_https_where_none_is_spoken_is_one_sentence(server):
    with pytest.raises(NotSent, match="does not speak https there; check the address"):
        push("{}", url=server.url.replace("http:", "https:"), token=TOKEN, sleep=Waits())


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "ü" * 20, "x" * 301])
def test_what_cannot_be_a_token_is_not_sent(server, token):
    with pytest.raises(NotSent) as caught:
        push("{}", url=server.url, token=token)
    assert not token or token not in str(caught.value)
    assert server.requests == []


def test_a_proxy_never_sees_what_is_for_this_machine(server, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    server.will(201, TAKEN)
    assert push("{}", url=server.url, token=TOKEN).new


# --- from the command line ---
@pytest.fixture
def scan(capsys, monkeypatch, server):
    """`scan --push` with the token in the environment; nothing it says may hold the token."""
    monkeypatch.setenv("ARREARS_TOKEN", TOKEN)
    monkeypatch.setattr("evidence.push.time.sleep", Waits())

    def run(*arguments):
        code = main(["scan", str(TRIPS), "--json", "--push", server.url, *arguments])
        out, err = capsys.readouterr()
        assert TOKEN not in out + err
        return code, out, err

    return run


def test_what_is_sent_is_what_is_printed(scan, server):
    server.will(201, TAKEN)
    code, out, err = scan()
    assert (code, err) == (0, f"push: sent, Pricing: {TAKEN['url']}\n")
    assert from_json(gzip.decompress(server.requests[0][3]).decode()) == from_json(out)


def test_sent_before_says_so(scan, server):
    server.will(200, {**TAKEN, "new": False})
    assert scan()[::2] == (0, f"push: the server had this very evidence already, Pricing: {TAKEN['url']}\n")


def test_a_token_on_the_command_line_comes_before_the_one_in_the_environment(scan, server):
    server.will(201, TAKEN)
    scan("--token", "arr_other")
    assert server.requests[0][2]["Authorization"] == "Bearer arr_other"


def test_a_wrong_token_is_a_mistake_and_a_busy_server_is_not(scan, server):
    server.will(401, {"error": "wrong"})
    code, out, err = scan()
    assert code == 2
    assert from_json(out), "the scan is shown all the same"
    assert err.startswith("push: the token is wrong")
    for _ in range(TRIES_MAX):
        server.will(503, {})
    code, _, err = scan()
    assert code == 3
    assert err.count("trying again in") == TRIES_MAX - 1


def test_a_tripped_gate_is_sent_all_the_same_and_counts_more(scan, server):
    server.will(201, TAKEN)
    code, _, err = scan("--fail-on", "direct")
    assert code == 1
    assert err.splitlines()[0].startswith("push: sent")
    assert err.splitlines()[1].startswith("gate: ")
    server.will(401, {})
    assert scan("--fail-on", "direct")[0] == 1


def test_without_a_token_nothing_is_scanned(scan, server, monkeypatch):
    monkeypatch.setenv("ARREARS_TOKEN", " ")
    code, out, err = scan()
    assert (code, out) == (2, "")
    assert err.startswith("--push: no token is given; set ARREARS_TOKEN")
    assert server.requests == []

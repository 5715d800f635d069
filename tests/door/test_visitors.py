"""Local mode lets in this machine, under its own name, from its own pages; everybody else hears why not."""

from __future__ import annotations

from typing import Any

import pytest

from door.visitors import is_loopback, why_not


def scope(
    *, server: str | None = "127.0.0.1", client: str | None = "127.0.0.1", headers: tuple[tuple[str, str], ...]
) -> dict[str, Any]:
    return {
        "type": "http",
        "path": "/",
        "server": (server, 8501) if server else None,
        "client": (client, 50000) if client else None,
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }


OWN = ("host", "localhost:8501")


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8501", "LOCALHOST:8501", "127.0.0.1:9000", "[::1]:8501", "[::1]"]
)
def test_this_machine_may_come_in_under_each_of_its_names_and_any_port(host: str) -> None:
    assert why_not(scope(headers=(("host", host),))) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8501",
        "localhost.evil.example",
        "localhost:8501.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.2:8501",
        "evil@localhost",
        "localhost:",
        "localhost:8501/",
        "",
        " localhost",
        "localhost:8501\n",
        "0.0.0.0:8501",
        "10.0.0.5:8501",
    ],
)
def test_a_foreign_host_name_is_turned_away_even_when_it_resolves_to_this_machine(host: str) -> None:
    assert "localhost, 127.0.0.1 or [::1]" in (why_not(scope(headers=(("host", host),))) or "")


def test_no_host_and_two_hosts_are_turned_away() -> None:
    assert why_not(scope(headers=())) is not None
    assert why_not(scope(headers=(OWN, ("host", "evil.example")))) is not None


@pytest.mark.parametrize(
    ("server", "client"),
    [
        ("192.168.1.10", "192.168.1.20"),
        ("127.0.0.1", "192.168.1.20"),
        ("192.168.1.10", "127.0.0.1"),
        ("::ffff:192.168.1.10", "::ffff:192.168.1.20"),
        ("2001:db8::1", "2001:db8::2"),
        (None, "127.0.0.1"),
        ("127.0.0.1", None),
        ("/run/arrears.sock", None),
        ("127.0.0.1", ""),
    ],
)
def test_a_connection_that_is_not_loopback_at_both_ends_is_turned_away_with_the_way_out(
    server: str | None, client: str | None
) -> None:
    sentence = why_not(scope(server=server, client=client, headers=(OWN,))) or ""
    assert "sign-in does not exist yet" in sentence
    assert "SSH tunnel" in sentence


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "::ffff:127.0.0.1", "localhost"])
def test_loopback_addresses_are_recognised_in_every_spelling(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "", "10.0.0.1", "::ffff:10.0.0.1", "my-laptop", "127.0.0.1x"])
def test_everything_else_is_not_loopback(address: str) -> None:
    assert not is_loopback(address)


@pytest.mark.parametrize("origin", ["http://localhost:8501", "https://localhost:8501", "HTTP://LOCALHOST:8501"])
def test_our_own_page_may_connect(origin: str) -> None:
    assert why_not(scope(headers=(OWN, ("origin", origin)))) is None


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://localhost:3000",
        "http://127.0.0.1:8501",
        "http://localhost",
        "file://",
        "",
    ],
)
def test_another_page_may_not_connect_also_not_one_of_another_local_program(origin: str) -> None:
    assert "not ours" in (why_not(scope(headers=(OWN, ("origin", origin)))) or "")

"""What the browser is told: nothing from elsewhere, no inline script, no frame; also when something fails."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from door.headers import BADGE_POLICY, FIXED, SafeHeaders, content_security_policy, inline_scripts


def directives() -> dict[str, list[str]]:
    parts = (part.split() for part in content_security_policy("localhost:8501").split(";"))
    return {name: sources for name, *sources in parts}


def test_no_inline_script_no_eval_and_no_other_host_is_allowed() -> None:
    policy = directives()
    assert "'unsafe-inline'" not in policy["script-src"]
    assert "'unsafe-eval'" not in policy["script-src"]
    everything = [source for sources in policy.values() for source in sources]
    hosts = [source for source in everything if "//" in source or source == "*"]
    assert sorted(hosts) == ["ws://localhost:8501", "wss://localhost:8501"]
    assert not {"http:", "https:"} & set(everything)


@pytest.mark.parametrize("name", ["object-src", "base-uri", "frame-src", "frame-ancestors"])
def test_plugins_base_addresses_and_frames_are_closed(name: str) -> None:
    assert directives()[name] == ["'none'"]


def test_the_only_inline_scripts_are_the_ones_in_the_installed_index_page() -> None:
    assert len(inline_scripts()) >= 1
    assert set(inline_scripts()) <= set(directives()["script-src"])


@pytest.mark.parametrize(
    ("path", "of_a_badge"), [("/badge/0a1b.svg", True), ("/badge/a/b.svg", False), ("/x/badge/0a1b.svg", False)]
)
def test_a_badge_may_stand_on_other_pages_and_loads_nothing(path: str, of_a_badge: bool) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=SafeHeaders(app))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path)

    headers = asyncio.run(ask()).headers
    assert (headers["Cross-Origin-Resource-Policy"] == "cross-origin") == of_a_badge
    assert (headers["Content-Security-Policy"] == BADGE_POLICY) == of_a_badge
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_failure_is_answered_with_a_sentence_and_the_same_headers() -> None:
    async def fails(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("xyzzy")

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=SafeHeaders(fails))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get("/")

    answer = asyncio.run(ask())
    assert answer.status_code == 500
    assert "xyzzy" not in answer.text
    assert {name: answer.headers.get(name) for name in FIXED} == FIXED
    assert "content-security-policy" in answer.headers

"""A profile that another test had is as good as new, nothing leaves this machine, and what tries to is noted."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error as PlaywrightError

from tests.browser.conftest import Browsers
from tests.browser.profiles import Profile, Watch
from tests.browser.serving import Server

STORE = """() => {
  localStorage.setItem('vote', '3'); sessionStorage.setItem('vote', '3'); document.cookie = 'seen=yes; path=/';
  return new Promise(done => { const asked = indexedDB.open('votes'); asked.onsuccess = () => done(true); });
}"""
STORED = """async () => [localStorage.length, sessionStorage.length, document.cookie,
  (await indexedDB.databases()).length, (await navigator.permissions.query({name: 'geolocation'})).state]"""


def at_door(profile: Profile):
    page = profile.page()
    page.goto("/join")
    return page


def test_whoever_takes_a_profile_finds_nothing_of_whoever_had_it(server: Server, browsers: Browsers) -> None:
    first = browsers.profile(server.address, locale="de-CH")
    page = at_door(first)
    as_new = page.evaluate(STORED)
    assert as_new == [0, 0, "", 0, "denied"]
    page.evaluate(STORE)
    first.context.grant_permissions(["geolocation"])
    first.context.route("**/join", lambda route: route.abort())
    page.context.set_offline(True)
    assert page.evaluate(STORED) == [1, 1, "seen=yes", 1, "granted"]
    browsers.give_back(first)

    other = browsers.profile(server.address, locale="fr-CH")
    assert other is not first, "it has other settings"
    browsers.leave(other.context)
    second = browsers.profile(server.address, locale="de-CH")
    assert second is first
    assert second.pages() == []
    assert at_door(second).evaluate(STORED) == as_new
    browsers.give_back(second)


@pytest.mark.parametrize("elsewhere", ["http://attacker.invalid/", "http://192.0.2.1:8000/", "http://localhost/"])
def test_nothing_leaves_this_machine_and_what_tries_to_is_noted(
    server: Server, browsers: Browsers, elsewhere: str
) -> None:
    profile, watch = browsers.profile(server.address), Watch()
    watch.begin(profile.context)
    page = at_door(profile)
    assert watch.left == []
    with pytest.raises(PlaywrightError, match="ERR_NAME_NOT_RESOLVED"):
        page.goto(elsewhere)
    assert watch.left == [elsewhere]
    watch.end(profile.context)
    browsers.give_back(profile)


def test_what_a_page_complains_of_is_noted(server: Server, browsers: Browsers) -> None:
    profile, watch = browsers.profile(server.address), Watch()
    watch.begin(profile.context)
    page = at_door(profile)
    assert watch.troubles == []
    page.evaluate("setTimeout(() => { throw new Error('planted') })")
    page.evaluate("alert('planted')")
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://attacker.invalid/x.png'}))")
    for _ in range(200):
        if len(watch.troubles) == 3:
            break
        page.wait_for_timeout(50)
    failed, dialog, refused = sorted(watch.troubles, key=lambda said: ("script" not in said, "dialog" not in said))
    assert failed == "script failed: planted"
    assert dialog == "dialog: planted"
    assert "Content Security Policy" in refused
    watch.end(profile.context)
    browsers.give_back(profile)

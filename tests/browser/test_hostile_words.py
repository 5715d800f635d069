"""Text that wants to be more than text: shown letter by letter wherever it appears, running nothing, asking nobody."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.archives import archive_of
from tests.browser.conftest import Visit
from tests.browser.hands import Visitor
from tests.browser.serving import Server

IMAGE = "![x](http://evil.example/p.png)"
SCRIPT = "<img src=x onerror=window.PWN=1><script>window.PWN=1</script>"
LINK = "[click](javascript:window.PWN=1) <a href='javascript:PWN=1'>y</a>"
FORMULA = '=HYPERLINK("http://evil.example")'
DIRECTIVE = ":red[r] :material/home: $x^2$ **b** `c` # h"
NAME = f"{IMAGE} <b onclick=PWN=1>N</b> 😀"
TEAM = "=cmd|' /C calc'!A0 :red[T] $\\frac{1}{2}$"
RTL = "safe\u202egnp.exe"
LONG = "W" * 80


def is_literal(you: Visitor, *texts: str) -> None:
    """Expect each text on the page as it was typed, and nothing made of it."""
    main = you.page.locator("[data-testid=stMain]")
    for text in texts:
        for _ in range(100):  # the page may still be drawing what was asked for
            shown = re.sub(r"\s+", " ", main.evaluate("e => e.innerText.replace(/\\u2060/g, '')"))
            if text in shown:
                break
            you.page.wait_for_timeout(100)
        assert text in shown, f"{text!r} is not in {shown[:3000]!r}"
    made = main.evaluate(
        """main => {
          const bad = 'img, script, iframe, object, embed, .katex, a[href^="javascript"],'
            + ' a[href*="evil.example"], [onclick], [onerror]';
          const look = root => [...root.querySelectorAll(bad)].map(n => n.outerHTML.slice(0, 200)).concat(
            ...[...root.querySelectorAll('*')].filter(n => n.shadowRoot).map(n => look(n.shadowRoot)));
          return look(main);
        }"""
    )
    assert not made, made
    assert you.page.evaluate("() => window.PWN === undefined")


def test_hostile_text_is_shown_literally_everywhere(own_server: Server, visit: Visit) -> None:
    you = visit(own_server).open("/create")
    you.create_system(NAME, TEAM, decides=SCRIPT, affected=LINK)
    you.at_question("ENT-01")
    is_literal(you, NAME, TEAM)
    you.call_me(f"{RTL} {SCRIPT}"[:60])
    is_literal(you, NAME)

    you.option("ENT-01", 0).click()
    you.answered(1)
    you.page.get_by_text("Note and evidence links").click()
    you.field("Note").fill(f"{IMAGE}\n{SCRIPT}\n{FORMULA} {DIRECTIVE}\n{RTL}")
    you.field("Note").press("Tab")
    expect(you.field(re.compile("Evidence links"))).to_be_focused()  # the panel stays as it is
    you.field(re.compile("Evidence links")).fill("javascript:window.PWN=1")
    you.field(re.compile("Evidence links")).press("Tab")
    you.says(re.compile(r"^Not saved: evidence links: .* use http"))
    you.option("ENT-01", 6).click()
    you.field("Why does it not apply here?").fill(f"{LINK} {DIRECTIVE}")
    second = you.field("Who else agrees?")
    if second.count():
        second.fill(SCRIPT[:60])
    you.press("Tab")
    you.click(re.compile("^Save that it does not apply"))
    expect(you.page.get_by_text("Not saved yet: a reason is needed.")).to_have_count(0)
    is_literal(you, NAME)

    uploads(you)
    shows_it_on_every_page(you)


def uploads(you: Visitor) -> None:
    you.page.get_by_role("link", name="Evidence", exact=True).first.click()
    you.title("nothing is known of the repository")
    members = {
        f"{IMAGE}.py": "import random\nprint(random.random())\n",
        "<img src=x onerror=window.PWN=1>/train.py": (
            "import numpy as np\nx = np.random.rand(3)\ntry:\n    x\nexcept:\n    pass\n"
        ),
        "[a](javascript:PWN=1)`x`.py": "print('trained')\n",
        f"{RTL}.py": "def broken(:\n",
    }
    hostile = f"{SCRIPT}.zip".replace("/", "")
    you.page.locator("input[type=file]").set_input_files(
        {"name": hostile, "mimeType": "application/zip", "buffer": b"this is no zip"}
    )
    you.says(re.compile(r"^Nothing was taken from .*window\.PWN=1"))
    is_literal(you, "<img src=x onerror=window.PWN=1>")
    you.reload()
    you.page.locator("input[type=file]").set_input_files(
        {"name": hostile, "mimeType": "application/zip", "buffer": archive_of(members)}
    )
    you.title(re.compile(r"contradiction(s to decide| to decide)?$"))
    is_literal(you, "<img src=x onerror=window.PWN=1>", NAME)


def shows_it_on_every_page(you: Visitor) -> None:
    you.page.get_by_role("link", name="Portfolio", exact=True).first.click()
    you.cell(NAME, "Entanglement and model boundaries").click()
    you.says("What weighs most")
    is_literal(you, NAME)
    expect(you.page.get_by_role("rowheader", name=TEAM)).to_be_visible()
    expect(you.page.get_by_role("grid").get_by_role("link", name=NAME)).to_be_visible()
    you.cell(NAME, "All areas").click()
    you.says("How this number came about, step by step")
    is_literal(you, SCRIPT)
    you.page.get_by_role("link", name="Open the system").click()
    you.title("evil.example")
    you.settle()
    is_literal(you, NAME, TEAM, SCRIPT, LINK)
    you.open("/create")
    you.page.locator(".st-key-create-team input").click()
    you.says(TEAM)
    for path in ("/about", "/system", "/assess", "/evidence", "/plan"):
        you.open(path)
        is_literal(you)


def test_a_name_of_eighty_letters_fits_the_page(own_server: Server, visit: Visit) -> None:
    you = visit(own_server).open("/create")
    you.create_system(LONG, LONG)
    is_literal(you, LONG)
    you.no_sideways_scroll()
    you.press("2")
    you.answered(1)
    for path in ("/", "/system", "/evidence"):
        you.page.get_by_role(
            "link", name={"/": "Portfolio", "/system": "System", "/evidence": "Evidence"}[path], exact=True
        ).first.click()
        you.settle()
        you.no_sideways_scroll()

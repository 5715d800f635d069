"""Hostile text in a real browser: it reads letter by letter, makes no element, runs nothing and asks nobody."""

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import Open
from tests.ui.corpus import HOSTILE
from ui.text import clean

KINDS = ("markdown", "lines", "caption", "heading", "error", "button", "radio", "checkbox", "expander")
ICONS = {"error": "error", "expander": "keyboard_arrow_right"}
MADE = (
    "img, iframe, script, style, base, form, object, math, .katex, ul, ol, blockquote, code, pre, em, strong, del, hr, "
    "table"
)


@pytest.fixture(scope="module")
def hostile(open_demo_once: Open) -> Page:
    page = open_demo_once("hostile")
    page.wait_for_function(
        """kinds => kinds.every(([kind, count]) => {
          const boxes = [...document.querySelectorAll(`[class*="st-key-${kind}-"]`)];
          return boxes.length === count && boxes.every(box => box.innerText.trim());
        })""",
        arg=[[kind, len(HOSTILE)] for kind in KINDS],
    )
    page.wait_for_load_state("networkidle")
    return page


def test_every_text_reads_as_it_was_written_in_every_element(hostile: Page):
    wrong = []
    for kind in KINDS:
        shown = hostile.evaluate(
            """kind => [...document.querySelectorAll(`[class*="st-key-${kind}-"]`)].map(box =>
              [Number(box.className.match(/st-key-[a-z]+-(\\d+)/)[1]), box.innerText])""",
            kind,
        )
        assert len(shown) == len(HOSTILE)
        for index, text in shown:
            read = " ".join(text.replace("\u2060", "").split()).removeprefix(ICONS.get(kind, "")).strip()
            if read != clean(HOSTILE[index]):
                wrong.append((kind, HOSTILE[index], read))
    assert not wrong


def test_no_text_makes_an_element_or_runs(hostile: Page):
    inside = ", ".join(f"[class*='st-key-{kind}-'] :is({MADE})" for kind in KINDS)
    assert hostile.locator(inside).evaluate_all("all => all.map(node => node.outerHTML)") == []
    links = hostile.locator(", ".join(f"[class*='st-key-{kind}-'] a[href]" for kind in KINDS))
    assert all(href.startswith("#") for href in links.evaluate_all("all => all.map(node => node.getAttribute('href'))"))
    assert hostile.evaluate("window.PWN") is None


def test_names_in_the_heatmap_the_bar_and_the_chart_stay_names(hostile: Page):
    heads = hostile.locator("tbody th .label").all_inner_texts()
    assert [" ".join(head.split()) for head in heads] == [" ".join(text.split()) for text in HOSTILE]
    # made by us: the table itself, the legend, the marks
    assert hostile.locator("table :is(img, iframe, script, style, base, form, object, a)").count() == 0
    expect(hostile.locator(".interval")).to_have_attribute("aria-label", f"{HOSTILE[1]}: 20 (10–30)")
    hostile.locator(".js-plotly-plot .points path").first.hover(force=True)
    expect(hostile.locator(".hoverlayer text").first).to_contain_text("<img src=")
    assert hostile.locator(".js-plotly-plot :is(img, a, image)").count() == 0
    assert hostile.evaluate("window.PWN") is None

"""The heatmap in a real browser: mouse, keyboard alone, a rerun, both themes, a phone, paper, and axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.ui.conftest import Open, focused, settled
from tests.ui.demo_heatmap import AREAS, grid
from ui.heatmap import cell_words
from ui.palette import DARK, LIGHT

CELLS = "td[role=gridcell]"


def cell(page: Page, row: int, column: int):
    return page.locator(f"tr[data-row='{row}'] td").nth(column)


def says(page: Page, text: str) -> None:
    expect(page.get_by_text(text, exact=True)).to_be_visible(timeout=20_000)


def rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[i : i + 2], 16) for i in (1, 3, 5)))


def test_every_cell_says_the_same_words_as_the_python_side(open_demo: Open):
    page = open_demo("heatmap")
    shown = grid()
    said = page.locator(CELLS).evaluate_all("cells => cells.map(cell => cell.getAttribute('aria-label'))")
    wanted = [
        f"{row.label}, {column.title}: {cell_words(one, compared=shown.compared)}"
        for row, cells in zip(shown.rows, shown.cells, strict=True)
        for column, one in zip(shown.columns, cells, strict=True)
    ]
    assert said == wanted


def test_the_grid_is_a_table_with_heads_for_every_row_and_column(open_demo: Open):
    page = open_demo("heatmap")
    expect(page.get_by_role("grid", name="Debt by system and area, Q4 2026. Higher is worse.")).to_be_visible()
    heads = page.get_by_role("columnheader")
    expect(heads).to_have_count(len(AREAS) + 2)
    expect(page.get_by_role("columnheader", name="Data dependencies")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Churn model")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Growth")).to_be_visible()
    legend = page.locator(".legend").inner_text()
    for words in (
        "little debt",
        "very heavy debt",
        "worse than before",
        "low confidence",
        "answer and evidence disagree",
        "does not apply",
    ):
        assert words in legend


def test_a_click_selects_and_the_keyboard_stays_where_the_mouse_was(open_demo: Open):
    page = open_demo("heatmap")
    cell(page, 2, 2).click()
    says(page, "selected: ('s002', 'DAT')")
    expect(cell(page, 2, 2)).to_have_attribute("aria-selected", "true")
    settled(page)
    assert focused(page).startswith("Recommender for the weekly newsletter, Data dependencies: 39")


def test_the_keyboard_alone_walks_selects_and_clears(open_demo: Open):
    page = open_demo("heatmap")
    for _ in range(30):
        page.keyboard.press("Tab")
        if focused(page).startswith("Lead scoring, Entanglement"):
            break
    else:
        pytest.fail("Tab never reached the grid")
    walk = [
        ("ArrowRight", "Lead scoring, Feedback loops"),
        ("ArrowDown", "Churn model, Feedback loops"),
        ("End", "Churn model, All areas"),
        ("PageDown", "Support assistant, All areas"),
        ("Control+Home", "Lead scoring"),
        ("ArrowRight", "Lead scoring, Entanglement"),
        ("Control+End", "Support assistant, All areas"),
        ("PageUp", "Lead scoring, All areas"),
        ("Home", "Lead scoring"),
        ("ArrowUp", "Lead scoring"),
        ("ArrowRight", "Lead scoring, Entanglement"),
        ("ArrowRight", "Lead scoring, Feedback loops"),
    ]
    for key, place in walk:
        page.keyboard.press(key)
        assert focused(page).startswith(place), key
    page.keyboard.press("Enter")
    says(page, "selected: ('s000', 'FBL')")
    settled(page)
    assert focused(page).startswith("Lead scoring, Feedback loops"), "the rerun took the focus away"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    says(page, "selected: ('s001', 'FBL')")
    page.keyboard.press("Escape")
    says(page, "selected: None")
    assert page.locator("[aria-selected=true]").count() == 0
    assert focused(page).startswith("Churn model, Feedback loops")


def test_the_grid_is_one_stop_for_tab(open_demo: Open):
    page = open_demo("heatmap")
    assert page.locator("table [tabindex='0']").count() == 1
    cell(page, 1, 1).click()
    says(page, "selected: ('s001', 'FBL')")
    assert page.locator("table [tabindex='0']").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate(
        "!document.activeElement.shadowRoot || !document.activeElement.shadowRoot.querySelector('table')"
    )


def test_a_link_selects_and_a_page_can_close_what_it_opened(open_demo: Open):
    page = open_demo("heatmap", cell="s003.CFG")
    expect(cell(page, 3, 3)).to_have_attribute("aria-selected", "true")
    says(page, "selected: ('s003', 'CFG')")
    page.get_by_role("button", name="Close").click()
    says(page, "selected: None")
    expect(cell(page, 3, 3)).to_have_attribute("aria-selected", "false")


def test_a_row_head_leads_on_without_losing_the_session_and_back_works(open_demo: Open):
    page = open_demo("heatmap")
    page.get_by_role("link", name="Churn model").click()
    page.wait_for_url("**system=s001**")
    says(page, "system: s001 runs: 1")
    page.go_back()
    says(page, "system: runs: 2")


def test_new_numbers_keep_the_keyboard_on_the_same_system_and_area(open_demo: Open):
    page = open_demo("heatmap")
    cell(page, 4, 4).click()
    says(page, "selected: ('s004', 'MON')")
    before = cell(page, 4, 4).get_attribute("aria-label")
    page.get_by_role("button", name="Other numbers").click()
    expect(cell(page, 4, 4)).not_to_have_attribute("aria-label", before or "")
    expect(cell(page, 4, 4)).to_have_attribute("tabindex", "0")
    expect(cell(page, 4, 4)).to_have_attribute("aria-selected", "true")


def test_the_keyboard_moves_along_when_the_page_draws_the_grid_elsewhere(open_demo: Open):
    page = open_demo("moved")
    cell(page, 1, 1).focus()
    page.keyboard.press("Enter")
    says(page, "drawer: ('s001', 'FBL')")
    page.wait_for_function(f"({FOCUS_LABEL})().startsWith('Churn model, Feedback loops')")
    page.keyboard.press("ArrowRight")
    assert focused(page).startswith("Churn model, Data dependencies")


FOCUS_LABEL = """() => {
  let node = document.activeElement;
  while (node && node.shadowRoot && node.shadowRoot.activeElement) node = node.shadowRoot.activeElement;
  return (node && node.getAttribute('aria-label')) || '';
}"""


def test_the_tip_says_on_hover_and_on_focus_what_a_screen_reader_hears(open_demo: Open):
    page = open_demo("heatmap")
    tip = page.locator(".tip")
    expect(tip).to_be_hidden()
    cell(page, 0, 3).hover()
    expect(tip).to_have_text(cell(page, 0, 3).get_attribute("aria-label") or "")
    page.mouse.move(5, 5)
    expect(tip).to_be_hidden()
    cell(page, 0, 2).focus()
    page.keyboard.press("ArrowRight")
    expect(tip).to_have_text(cell(page, 0, 3).get_attribute("aria-label") or "")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_the_colours_switch_with_the_theme_while_the_page_is_open(open_demo: Open):
    page = open_demo("heatmap", scheme="light")
    worst = page.locator("td.b5").first
    expect(worst).to_have_css("background-color", rgb(LIGHT.bands["E"].fill))
    expect(worst).to_have_css("color", rgb(LIGHT.bands["E"].ink))
    page.emulate_media(color_scheme="dark")
    expect(worst).to_have_css("background-color", rgb(DARK.bands["E"].fill))
    expect(worst).to_have_css("color", rgb(DARK.bands["E"].ink))


def test_paper_is_always_light_and_shows_every_column(open_demo: Open):
    page = open_demo("heatmap", scheme="dark", width=1000)
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("td.b5").first).to_have_css("background-color", rgb(LIGHT.bands["E"].fill))
    assert page.evaluate(
        "() => { const box = [...document.querySelectorAll('*')].map(n => n.shadowRoot && n.shadowRoot.querySelector("
        "'.scroll')).find(Boolean); return box.scrollWidth <= box.clientWidth + 1; }"
    )


def test_on_a_phone_the_grid_scrolls_by_itself_and_the_names_stay(open_demo: Open):
    page = open_demo("heatmap", width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    scroll = page.locator(".scroll")
    assert scroll.evaluate("box => box.scrollWidth > box.clientWidth")
    cell(page, 0, 0).focus()
    page.keyboard.press("End")
    settled(page)
    name = page.get_by_role("link", name="Churn model").bounding_box()
    assert name is not None
    assert 0 <= name["x"] < 60
    last = cell(page, 0, 10).bounding_box()
    assert last is not None
    assert last["x"] + last["width"] <= 390
    heads = page.locator("thead th")
    assert heads.evaluate_all("all => all.every(head => head.scrollWidth <= head.clientWidth)")


@pytest.mark.parametrize("width", [1440, 1024])
def test_no_head_is_clipped(open_demo: Open, width: int):
    page = open_demo("heatmap", width=width)
    assert page.locator("thead th").evaluate_all("all => all.every(head => head.scrollWidth <= head.clientWidth + 1)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("part", ["heatmap", "parts", "trend"])
def test_axe_finds_nothing(open_demo: Open, part: str, scheme: str):
    page = open_demo(part, scheme=scheme)
    if part == "heatmap":
        cell(page, 2, 2).click()
        says(page, "selected: ('s002', 'DAT')")
    elif part == "trend":
        page.wait_for_selector(".js-plotly-plot")
    settled(page)
    found = Axe().run(page).response["violations"]
    assert not [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]


def test_all_of_500_systems_can_stand_in_one_grid(open_demo: Open):
    page = open_demo("large")
    expect(page.locator("tr[data-row]")).to_have_count(500)
    cell(page, 0, 0).focus()
    page.keyboard.press("Control+End")
    assert focused(page).startswith("System number 499, All areas")
    assert cell(page, 499, 10).evaluate(
        "node => { const box = node.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; }"
    )

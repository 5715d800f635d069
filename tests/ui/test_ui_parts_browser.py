"""Keys, name tag and connection watch in a real browser."""

from urllib.parse import unquote

from playwright.sync_api import Page, expect

from tests.ui.conftest import DemoServer, Open, settled


def chose(page: Page, label: str) -> None:
    expect(page.get_by_role("radio", name=label)).to_be_checked()


def test_digits_and_letters_choose_and_enter_goes_on(open_demo: Open):
    page = open_demo("parts")
    settled(page)  # a key pressed before the page listens is nobody's
    page.keyboard.press("3")
    chose(page, "3 level")
    page.keyboard.press("0")
    chose(page, "0 level")
    page.keyboard.press("u")
    chose(page, "We do not know")
    page.keyboard.press("n")
    chose(page, "Does not apply")
    settled(page)
    page.keyboard.press("Enter")
    expect(page.get_by_text("question 2", exact=True)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("question 3", exact=True)).to_be_visible()
    expect(page.get_by_text("first answer: Does not apply", exact=True)).to_be_visible()


def test_keys_do_nothing_while_somebody_types_or_holds_a_modifier(open_demo: Open):
    page = open_demo("parts")
    page.get_by_label("Note").fill("x")
    page.keyboard.type("3nu")
    expect(page.get_by_label("Note")).to_have_value("x3nu")
    page.get_by_role("heading", name="Parts").click()
    for combination in ("Control+3", "Alt+3", "Meta+3", "Shift+3"):
        page.keyboard.press(combination)
    settled(page)
    assert page.locator("input[type=radio]:checked").count() == 0


def test_in_the_answers_up_and_down_choose_and_right_goes_on_without_changing_the_answer(open_demo: Open):
    page = open_demo("parts")
    page.get_by_text("1 level", exact=True).click()
    chose(page, "1 level")
    page.keyboard.press("ArrowDown")
    chose(page, "2 level")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("question 2", exact=True)).to_be_visible()
    expect(page.get_by_text("first answer: 2 level", exact=True)).to_be_visible()


def test_the_switch_turns_the_keys_off(open_demo: Open):
    page = open_demo("parts")
    page.get_by_text("Keyboard shortcuts", exact=True).click()
    expect(page.locator(".st-key-keys")).to_have_count(0)
    page.keyboard.press("3")
    settled(page)
    assert page.locator("input[type=radio]:checked").count() == 0


def test_a_name_given_once_survives_a_reload_and_reaches_a_second_tab(open_demo: Open):
    page = open_demo("parts")
    page.get_by_role("button", name="Your name").click()
    page.get_by_role("textbox", name="Your name").fill("  Zoë O’Neil; Path=/x\u202e ")
    page.keyboard.press("Enter")
    expect(page.get_by_text("name: Zoë O’Neil; Path=/x", exact=True)).to_be_visible()
    page.wait_for_function("document.cookie.includes('arrears_name=')")
    cookie = next(one for one in page.context.cookies() if one["name"] == "arrears_name")
    assert unquote(cookie["value"]) == "Zoë O’Neil; Path=/x"
    assert (cookie["path"], cookie["sameSite"]) == ("/", "Lax")
    page.reload()
    expect(page.get_by_text("name: Zoë O’Neil; Path=/x", exact=True)).to_be_visible()
    second = page.context.new_page()
    second.goto(page.url)
    expect(second.get_by_text("name: Zoë O’Neil; Path=/x", exact=True)).to_be_visible()


def test_a_cookie_somebody_else_wrote_is_cleaned_before_it_is_shown(open_demo: Open):
    page = open_demo("parts")
    wrong = "%3Cb%3Ex%3C%2Fb%3E%0A![i](http://tracker.invalid/n.png)%E2%80%AE%FF"
    page.evaluate("value => { document.cookie = `arrears_name=${value}; path=/`; }", wrong)
    page.reload()
    expect(page.get_by_text("name: <b>x</b> ![i](http://tracker.invalid/n.png)\ufffd", exact=True)).to_be_visible()


def test_a_lost_server_is_said_with_what_is_safe_and_taken_back_when_it_returns(
    open_demo: Open, demo_server: DemoServer
):
    page = open_demo("parts")
    bar = page.get_by_role("alert").filter(has_text="Connection lost")
    expect(bar).to_be_hidden()
    demo_server.kill()
    expect(bar).to_be_visible()
    expect(bar).to_contain_text("Your last saved answer is from 12:03:11; anything after it is not saved.")
    expect(bar.get_by_role("button", name="Reload")).to_be_visible()
    demo_server.start()
    expect(bar).to_be_hidden()
    open_demo.troubles.clear()  # type: ignore[attr-defined]  # refused connections are what was asked for


def test_the_trend_can_be_read_in_both_themes(open_demo: Open):
    for scheme, ink in (("light", "rgb(38, 39, 48)"), ("dark", "rgb(250, 250, 250)")):
        page = open_demo("trend", scheme=scheme)
        page.wait_for_selector(".js-plotly-plot .xtick text")
        assert page.locator(".xtick text").first.evaluate("node => getComputedStyle(node).fill") == ink
        chart = page.get_by_test_id("stPlotlyChart")
        expect(chart).to_be_visible()
        assert "not rated (20–90)" in page.content()


def test_on_a_phone_a_table_of_words_begins_at_its_beginning_and_one_of_quarters_at_its_end(open_demo: Open):
    page = open_demo("tables", width=390, height=844)
    words, quarters = page.get_by_role("region", name="Decisions"), page.get_by_role("region", name="Quarters")
    expect(quarters).to_be_visible()
    assert words.evaluate("box => box.scrollLeft") == 0
    assert quarters.evaluate("box => Math.round(box.scrollWidth - box.clientWidth - box.scrollLeft)") <= 1
    words.evaluate("box => box.scrollLeft = 80")
    lefts = "box => [...box.querySelectorAll('tr > :first-child')].map(one => one.getBoundingClientRect().left)"
    head, first = words.evaluate(lefts)
    assert head == first  # the head stays above what stays

"""The slides: titles that are findings, native tables and charts with the model's numbers, words for every picture."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest
from pptx import Presentation
from pptx.util import Emu

from reports import marks
from reports.pptx import ROWS_MAX, WHY_LINE, WORDS_MAX, headline, reason, render_pptx
from reports.report import Report, rows_shown
from tests.reports.builders import HOSTILE, report

SHAPES = ("empty", "nothing assessed", "one system", "usual", "hostile names", "wide names")


@pytest.fixture(scope="module")
def decks() -> dict[str, tuple[Report, Presentation]]:
    made = {name: report(name) for name in SHAPES}
    return {name: (it, Presentation(io.BytesIO(render_pptx(it)))) for name, it in made.items()}


def _text(slide: object) -> str:
    frames = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]  # type: ignore[attr-defined]
    tables = [
        cell.text
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
        for cell in row.cells  # type: ignore[attr-defined]
    ]
    return "\n".join([*frames, *tables])


def test_a_long_finding_gives_its_first_clause_as_the_title() -> None:
    assert headline("Debt fell.") == "Debt fell."
    two = "Feedback loops is heavy in 5 of 8 systems. Three systems hold 85 % of all heavy cells."
    assert headline(two) == "Feedback loops is heavy in 5 of 8 systems."
    long = "Feedback loops is heavy in 9 of 20 systems; 82 of 207 rated cells are heavy in all."
    assert headline(long) == "Feedback loops is heavy in 9 of 20 systems."
    assert headline("One and two, three and four five six seven eight nine ten eleven.") == "One and two, three."
    whole = "one two three four five six seven eight nine ten eleven twelve thirteen"
    assert headline(whole) == whole


def test_the_usual_report_has_seven_slides_each_titled_with_a_finding(
    decks: dict[str, tuple[Report, Presentation]],
) -> None:
    made, deck = decks["usual"]
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert len(titles) == 7
    assert titles[0] == made.verdict.text
    assert titles[1] == headline(made.heatmap.finding)  # type: ignore[union-attr]
    assert all(0 < len(title.split()) <= WORDS_MAX for title in titles[1:])


def test_no_slide_is_made_for_a_part_that_has_nothing_to_say(decks: dict[str, tuple[Report, Presentation]]) -> None:
    assert len(decks["empty"][1].slides) == 2
    assert len(decks["nothing assessed"][1].slides) == 3


@pytest.mark.parametrize("name", SHAPES)
def test_page_one_holds_verdict_numbers_and_decisions(name: str, decks: dict[str, tuple[Report, Presentation]]) -> None:
    made, deck = decks[name]
    text = _text(deck.slides[0])
    for number in made.numbers:
        assert number.shown in text
    for decision in made.decisions:
        assert decision.who_and_when in text
    for slide in deck.slides:
        assert made.footer.digest[:12] in _text(slide)


@pytest.mark.parametrize("name", SHAPES)
def test_the_heatmap_table_says_what_the_model_says(name: str, decks: dict[str, tuple[Report, Presentation]]) -> None:
    made, deck = decks[name]
    if made.heatmap is None:
        return
    table = next(shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table)
    rows, _ = rows_shown(made.heatmap.rows, ROWS_MAX)
    for line, row in enumerate(rows, 1):
        told = [table.cell(line, place).text for place in range(2, len(row.cells) + 3)]
        assert told == [marks.short(cell) for cell in (*row.cells, row.total)]


def test_the_charts_are_native_and_hold_the_models_numbers(decks: dict[str, tuple[Report, Presentation]]) -> None:
    made, deck = decks["usual"]
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) == 3
    trend, change, backlog = charts
    assert made.trend is not None
    assert made.change is not None
    assert made.backlog is not None
    assert list(trend.plots[0].series[0].values) == pytest.approx([it.debt * 100 for it in made.trend.points])
    bars = {series.name: list(series.values) for series in change.plots[0].series}
    assert (bars["Debt"][0], bars["Debt"][-1]) == pytest.approx((made.change.before * 100, made.change.after * 100))
    steps = [worse - better for better, worse in zip(bars["Better"], bars["Worse"], strict=True)][1:-1]
    assert steps == pytest.approx([it.share * 100 for it in made.change.steps])
    assert sum(len(list(series.values)) for series in backlog.plots[0].series) == len(made.backlog.points)


@pytest.mark.parametrize("name", SHAPES)
def test_nothing_stands_outside_its_slide_and_everything_drawn_has_words(
    name: str, decks: dict[str, tuple[Report, Presentation]]
) -> None:
    deck = decks[name][1]
    for slide in deck.slides:
        for shape in slide.shapes:
            assert min(shape.left, shape.top) >= 0
            assert shape.left + shape.width <= deck.slide_width + Emu(10)
            if shape.has_chart or shape.has_table:
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr")
        assert slide.notes_slide.notes_text_frame.text


def test_no_text_of_a_slide_is_smaller_than_can_be_read(decks: dict[str, tuple[Report, Presentation]]) -> None:
    for _, deck in decks.values():
        for slide in deck.slides:
            for shape in slide.shapes:
                if shape.has_text_frame:
                    sizes = [run.font.size.pt for p in shape.text_frame.paragraphs for run in p.runs]
                    assert all(size >= 10 for size in sizes)


def test_names_of_people_run_nothing_and_lead_nowhere(decks: dict[str, tuple[Report, Presentation]]) -> None:
    made, deck = decks["hostile names"]
    body = render_pptx(made)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for name in archive.namelist():
            if name.endswith(".rels"):
                assert b'TargetMode="External"' not in archive.read(name)
            if name.endswith(".xlsx"):
                with zipfile.ZipFile(io.BytesIO(archive.read(name))) as book:
                    assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    everything = "\n".join(_text(slide) for slide in deck.slides)
    assert HOSTILE[0] in everything
    assert "\x00" not in everything


def test_the_file_names_nobody(decks: dict[str, tuple[Report, Presentation]]) -> None:
    about = decks["usual"][1].core_properties
    assert (about.author, about.last_modified_by, about.title) == ("Arrears", "Arrears", report().title)


def test_a_reason_on_a_slide_ends_with_a_sentence_or_at_a_word() -> None:
    first = f"{'why ' * 30}indeed."
    assert reason(f"{first} {'And so on. ' * 20}", 2).endswith("on.")
    assert reason(f"{first} {'never ' * 60}", 2) == first
    cut = reason("because " * 60, 1)
    assert cut.endswith("because…")
    assert len(cut) <= WHY_LINE
    assert len(reason("x" * 500, 1)) <= WHY_LINE
    assert reason("Short", 1) == "Short"


def test_no_reason_on_the_first_slide_is_cut_within_a_word(decks: dict[str, tuple[Report, Presentation]]) -> None:
    made, deck = decks["usual"]
    text = _text(deck.slides[0])
    assert made.decisions
    for decision in made.decisions:
        assert decision.why.partition(". ")[0] in text


def test_of_a_long_owner_and_a_long_date_neither_is_lost_on_the_first_slide() -> None:
    made = report()
    long = replace(made.decisions[0], who="Head of machine learning, operations and platforms", when="by 15 Dec 2026")
    deck = Presentation(io.BytesIO(render_pptx(replace(made, decisions=(long,)))))
    shown = _text(deck.slides[0])
    assert "by 15 Dec 2026" in shown
    assert "Head of machine learning" in shown

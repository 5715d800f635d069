"""Charts: nothing overlaps, nothing is cut, nothing runs; the same truth in light and dark."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import combinations, pairwise

import pytest

from reports import font, marks
from reports.build import build
from reports.charts import (
    backlog,
    burn_up,
    coverage,
    heatmap,
    intervals,
    promises,
    ranks,
    strips,
    trend,
    votes,
    waterfall,
)
from reports.palette import Theme
from reports.report import Report
from reports.svg import Chart, Label, apart, number
from tests.reports import builders

EXAMPLES = {name: build(sources) for name, sources in builders.examples().items()}
ALLOWED = {"svg", "title", "rect", "line", "path", "circle", "text"}


def charts(report: Report, theme: Theme = "light") -> Iterator[tuple[str, Chart]]:
    if report.heatmap:
        yield "heatmap", heatmap.draw(report.heatmap, theme=theme)
    if report.trend:
        yield "trend", trend.draw(report.trend, theme=theme)
    if report.change:
        yield "waterfall", waterfall.draw(report.change, theme=theme)
    if report.backlog:
        yield "backlog", backlog.draw(report.backlog, theme=theme)
    if report.ranks:
        yield "ranks", ranks.draw(report.ranks, theme=theme)
    if report.disputes:
        yield "votes", votes.draw(report.disputes, theme=theme)
    if report.confidence:
        yield "coverage", coverage.draw(report.confidence, theme=theme)
    if report.promises:
        yield "promises", promises.draw(report.promises, theme=theme, today=report.made_on)
    if report.burn_up:
        yield "burn-up", burn_up.draw(report.burn_up, theme=theme)
    if report.system:
        yield "intervals", intervals.draw(report.system, theme=theme)
    for team in report.teams[:2]:
        yield f"strips {team.team}", strips.draw(report.appendix.heatmap.columns, team.rows, team.finding, theme=theme)


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_label_covers_another_and_none_is_cut_by_the_edge(name: str) -> None:
    for chart_name, chart in charts(EXAMPLES[name]):
        level = [it for it in chart.labels if it.right - it.left > 0 and not _is_turned(it)]
        outside = [
            it
            for it in level
            if it.left < -0.6 or it.top < -0.6 or it.right > chart.width + 0.6 or it.bottom > chart.height
        ]
        assert outside == [], chart_name
        assert [(a.text, b.text) for a, b in combinations(level, 2) if a.overlaps(b)] == [], chart_name


def _is_turned(label: Label) -> bool:
    return label.bottom - label.top > 16


@pytest.mark.parametrize("name", ["usual", "hostile names", "long names"])
def test_turned_heads_stay_inside_and_apart(name: str) -> None:
    """They are slanted, so their boxes may cross; their baselines must not come nearer than their height."""
    report = EXAMPLES[name]
    assert report.heatmap is not None
    chart = heatmap.draw(report.heatmap)
    turned = [it for it in chart.labels if _is_turned(it)]
    assert len(turned) >= 12
    assert all(it.top >= -0.6 and it.right <= chart.width for it in turned)
    starts = sorted(it.left for it in turned)
    assert all(after - before >= 9.5 for before, after in pairwise(starts))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_chart_is_shapes_and_text_and_nothing_else(name: str) -> None:
    for theme in ("light", "dark"):
        for chart_name, chart in charts(EXAMPLES[name], theme):
            tree = ET.fromstring(chart.svg)
            names = {it.tag.removeprefix("{http://www.w3.org/2000/svg}") for it in tree.iter()}
            assert names <= ALLOWED, chart_name
            attributes = {key for it in tree.iter() for key in it.attrib}
            assert not {it for it in attributes if it.startswith("on") or "href" in it or it == "style"}, chart_name
            assert not re.search(r'[" M L]-0[" L]|NaN|inf\b', chart.svg), chart_name
            assert chart.alt, chart_name


def test_every_chart_says_in_words_what_it_shows() -> None:
    report = EXAMPLES["usual"]
    for chart_name, chart in charts(report):
        assert chart.alt.startswith(chart.title) or chart_name == "heatmap", chart_name
        assert len(chart.alt) > len(chart.title), chart_name
    assert report.change is not None
    alt = waterfall.draw(report.change).alt
    assert all(step.label in alt for step in report.change.steps)


def test_the_numbers_of_a_heatmap_are_those_of_the_report() -> None:
    report = EXAMPLES["usual"]
    assert report.heatmap is not None
    tree = ET.fromstring(heatmap.draw(report.heatmap, legend=False).svg)
    texts = [it.text for it in tree.iter("{http://www.w3.org/2000/svg}text")]
    shown = [marks.look(cell).text for row in report.heatmap.rows for cell in row.cells]
    drawn = [text for text in texts if text and re.fullmatch(r"\d+|\?|–", text)]
    totals = [row.total.shown for row in report.heatmap.rows]
    changes = [it for it in drawn if it == "0"]
    assert sorted(shown + totals + ["0"] * (len(changes) - (shown + totals).count("0"))) == sorted(drawn)


def test_a_state_is_told_by_shape_and_word_not_by_colour_alone() -> None:
    cells = [cell for row in EXAMPLES["usual"].appendix.heatmap.rows for cell in row.cells]
    by_words: dict[tuple[str, bool, str, bool], set[str]] = {}
    for cell in cells:
        shown = marks.look(cell)
        state = (shown.text if cell.debt is None else "n", shown.ring, shown.mark.value, shown.dashed)
        by_words.setdefault(state, set()).add(marks.words(cell).split(", ", 1)[-1] if cell.debt is None else "score")
    assert {"?", "–", "n"} == {state[0] for state in by_words}
    assert {sign for sign, _ in marks.LEGEND} == {"▲", "▽", "○", "?", "–"}
    assert {state[2] for state in by_words} == {"", "▲", "▽"}


def test_no_coordinate_is_written_as_minus_zero() -> None:
    assert [number(it) for it in (-0.0, 0.001, -0.001, -1.5, 2.0, 100.0)] == ["0", "0", "0", "-1.5", "2", "100"]


def test_labels_at_the_end_of_lines_are_moved_apart_in_their_order() -> None:
    assert apart([5, 5, 5], 10, 0, 100) == [5, 15, 25]
    assert apart([99, 100], 10, 0, 100) == [90, 100]
    assert apart([], 10, 0, 100) == []


def test_a_long_label_is_cut_to_its_place_and_a_short_one_is_not() -> None:
    assert font.cut("Churn", 8, 100) == "Churn"
    cut = font.cut("A system whose name never ends", 8, 60)
    assert cut.endswith("…")
    assert font.width(cut, 8) <= 60
    assert font.lines("one two three four five six", 8, 40, count=2) == [
        "one two",
        font.cut("three four five six", 8, 40),
    ]


def test_the_fonts_draw_what_our_own_words_and_most_scripts_need() -> None:
    ours = "AZaz09 .,;:?!'\"()[]–−…·’×▲△▽○●→≤äöüßéñçŁő"
    assert font.undrawn(ours + "ΑΩαω АЯая עברית العربية " + "".join(chr(it) for it in range(0x20, 0x7F))) == set()
    assert font.undrawn("异 🚀") == {"异", "🚀"}
    assert all(font.font(weight).draws(font.BOX) or font.fallback().draws(font.BOX) for weight in (400, 600, 700))


def test_a_heatmap_of_as_many_teams_as_systems_fits_a_page_and_names_each_team() -> None:
    made = build(builders.portfolio(40, teams=tuple(f"Crew {number}" for number in range(40)))).heatmap
    assert made is not None
    chart = heatmap.draw(made)
    assert chart.height < 560
    assert all(f", {row.team}" in chart.svg for row in made.rows)
    few = build(builders.portfolio(12)).heatmap
    assert few is not None
    assert all(f">{group.team}<" in heatmap.draw(few).svg for group in few.groups)

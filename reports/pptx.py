"""A report as slides: each titled with its finding, tables and charts that can be edited, evidence in the notes."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from reports import marks, numbers
from reports.palette import LIGHT
from reports.report import (
    Backlog,
    ChangeByCause,
    Confidence,
    Decision,
    Heatmap,
    NextAction,
    Promises,
    Report,
    Row,
    TrendChart,
    rows_shown,
)
from reports.text import clean_text

if TYPE_CHECKING:
    from pptx.chart.chart import Chart
    from pptx.presentation import Presentation
    from pptx.slide import Slide

WHAT_LINE, WHY_LINE = 82, 110  #: letters on a line of a decision, of its reason
WHO_LINE = 32  #: letters on each of the two lines beside a decision
WORDS_MAX = 12  #: of a title: a room reads it before it listens
ROWS_MAX = 20  #: of the heatmap
PROMISES_SHOWN = 8
WIDTH, HEIGHT, MARGIN = 13.333, 7.5, 0.6  #: inches
BODY_TOP, BODY_BOTTOM = 1.55, 6.85
TEXT, SMALL, TABLE = 14, 11, 10  #: points
LETTERS = 11.5  #: of a table, on an inch
FONT = "Calibri"


def headline(finding: str) -> str:
    """A finding as a title: as many of its clauses as a room reads at a glance; the whole stands in the notes."""
    if len(finding.split()) <= WORDS_MAX:
        return finding
    ends = sorted(found.start() for found in re.finditer(r"\. |; |, but |, | and ", finding))
    short = [finding[:end] for end in ends if len(finding[:end].split()) <= WORDS_MAX]
    return f"{short[-1]}." if short else finding


def reason(why: str, lines: int) -> str:
    """As many whole sentences of a reason as fit; the whole stands in the notes. A long first one ends at a word."""
    room = lines * WHY_LINE
    ends = [found.end() for found in re.finditer(r"[.!?](?= |$)", why) if found.end() <= room]
    if ends:
        return why[: ends[-1]]
    return why if len(why) <= room else f"{why[: room - 1].rpartition(' ')[0] or why[: room - 1]}…"


def render_pptx(report: Report) -> bytes:
    """A PowerPoint file (Office Open XML), 16:9, seven slides where there is something to say on each."""
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    core = deck.core_properties
    core.title, core.author, core.last_modified_by = clean_text(report.title, 200), "Arrears", "Arrears"
    core.created = core.modified = datetime.combine(report.made_on, time())
    core.language = "en"
    core.comments = report.footer.words
    _first(deck, report)
    if report.heatmap is not None and report.heatmap.rows:
        _heatmap(deck, report.heatmap, report)
    if report.trend is not None:
        _trend(deck, report.trend, report)
    if report.change is not None:
        _change(deck, report.change, report)
    if report.backlog is not None and report.backlog.points:
        _backlog(deck, report.backlog, report.actions, report)
    if report.promises is not None and report.promises.rows:
        _promises(deck, report.promises, report)
    _method(deck, report.confidence, report)
    _number(deck, report)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


# -- slides


def _first(deck: Presentation, report: Report) -> None:
    """Verdict, four numbers, three decisions."""
    slide = _slide(deck, report, report.verdict.text, whole=True)
    width = (WIDTH - 2 * MARGIN) / max(1, len(report.numbers))
    for place, number in enumerate(report.numbers):
        left = MARGIN + place * width
        worse = number.is_worse
        colour = LIGHT.muted if worse is None else LIGHT.worse if worse else LIGHT.better
        arrow = "" if worse is None else f"{marks.Mark.UP.value} " if worse else f"{marks.Mark.DOWN.value} "
        _text(slide, (left, 1.95, width - 0.2, 0.4), [(number.label, TEXT, LIGHT.muted, False)])
        _text(slide, (left, 2.25, width - 0.2, 0.7), [(number.shown, 36, LIGHT.accent, True)])
        _text(slide, (left, 2.95, width - 0.2, 0.35), [(arrow + number.change_shown, TEXT, colour, False)])
        _text(slide, (left, 3.25, width - 0.2, 0.5), [(number.note, SMALL, LIGHT.muted, False)])
    _rule(slide, 3.85)
    if report.decisions:
        _text(slide, (MARGIN, 3.95, 6, 0.4), [("To decide", 16, LIGHT.accent, True)])
    for place, decision in enumerate(report.decisions):
        top = 4.4 + place * 0.86
        _text(slide, (MARGIN, top, 0.4, 0.4), [(f"{place + 1}", 16, LIGHT.accent, True)])
        _text(
            slide,
            (MARGIN + 0.4, top, 8.4, 0.8),
            [
                (clean_text(decision.what, 2 * WHAT_LINE), 16, LIGHT.ink, True),
                (reason(decision.why, 1 if len(decision.what) > WHAT_LINE else 2), SMALL, LIGHT.muted, False),
            ],
        )
        _text(
            slide,
            (9.6, top, WIDTH - MARGIN - 9.6, 0.8),
            [
                *((words, TEXT, LIGHT.ink, False) for words in _who_and_when(decision)),
                (decision.price, SMALL, LIGHT.muted, False),
            ],
        )
    because = [report.verdict.because, *(f"{it.what}: {it.because}" for it in report.decisions if it.because)]
    _notes(slide, [report.verdict.text, *because, *(it.why for it in report.decisions)])


def _who_and_when(decision: Decision) -> list[str]:
    """On one line that may break, or each on its own where both are long: a date is never what is cut off."""
    if len(decision.who_and_when) <= 2 * WHO_LINE:
        return [decision.who_and_when]
    return [clean_text(decision.who, WHO_LINE), clean_text(decision.when, WHO_LINE)]


def _heatmap(deck: Presentation, heatmap: Heatmap, report: Report) -> None:
    from pptx.util import Inches

    slide = _slide(deck, report, heatmap.finding)
    rows, beyond = rows_shown(heatmap.rows, ROWS_MAX)
    heads = ["System", "Team", *(column.short for column in heatmap.columns), "All"]
    area = min(0.68, 8.2 / max(1, len(heatmap.columns)))
    names = WIDTH - 2 * MARGIN - area * (len(heatmap.columns) + 1)
    widths = [names * 0.62, names * 0.38, *(area,) * (len(heatmap.columns) + 1)]
    head = 0.85
    line = min(0.34, (BODY_BOTTOM - BODY_TOP - head - 0.3) / max(1, len(rows)))
    frame = slide.shapes.add_table(
        len(rows) + 1,
        len(heads),
        Inches(MARGIN),
        Inches(BODY_TOP),
        Inches(WIDTH - 2 * MARGIN),
        Inches(head + line * len(rows)),
    )
    _describe(
        frame._element.nvGraphicFramePr.cNvPr, "Heatmap", f"Debt of {len(rows)} systems by area. {heatmap.finding}"
    )
    table = frame.table
    _plain_table(frame)
    for place, width in enumerate(widths):
        table.columns[place].width = Inches(width)
    table.rows[0].height = Inches(head)
    for place, words in enumerate(heads):
        turned = place > 1
        _cell(table.cell(0, place), words, size=TABLE, bold=True, colour=LIGHT.muted, turned=turned)
    for place, row in enumerate(rows, 1):
        table.rows[place].height = Inches(line)
        _heatmap_row(table, place, row, widths)
    legend = "   ".join(f"{sign} {words}" for sign, words in marks.LEGEND)
    more = f"   {heatmap.left_out + beyond} more systems in the report." if heatmap.left_out + beyond else ""
    top = BODY_TOP + head + line * len(rows) + 0.05
    _text(
        slide,
        (MARGIN, top, WIDTH - 2 * MARGIN, 0.3),
        [(f"Debt 0 to 100, higher is worse.   {legend}{more}", TABLE, LIGHT.muted, False)],
    )
    _notes(slide, [heatmap.finding, *(f"{row.name} ({row.team}): {marks.words(row.total)}" for row in rows)])


def _heatmap_row(table: Any, place: int, row: Row, widths: Sequence[float]) -> None:
    _cell(table.cell(place, 0), clean_text(row.name, int(widths[0] * LETTERS)), size=TABLE, colour=LIGHT.ink)
    _cell(table.cell(place, 1), clean_text(row.team, int(widths[1] * LETTERS)), size=TABLE, colour=LIGHT.muted)
    for column, cell in enumerate((*row.cells, row.total), 2):
        look = marks.look(cell)
        words = marks.short(cell)
        _cell(
            table.cell(place, column),
            words,
            size=TABLE,
            bold=look.bold,
            colour=look.ink,
            fill=look.fill,
            edge=look.edge,
            dashed=look.dashed,
            centred=True,
        )


def _trend(deck: Presentation, trend: TrendChart, report: Report) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    slide = _slide(deck, report, trend.finding)
    chart_data = CategoryChartData(number_format="0.0")
    chart_data.categories = [numbers.period(point.period) for point in trend.points]
    own = "Debt" if trend.of_one_system else "Mean debt"
    low, high = ("Low", "High") if trend.of_one_system else ("Lower quartile", "Upper quartile")
    series: list[tuple[str, list[float | None], str, float, bool]] = [
        (own, [point.debt for point in trend.points], LIGHT.accent, 2.75, False),
        (high, [point.high for point in trend.points], LIGHT.strong_line, 1.0, False),
        (low, [point.low for point in trend.points], LIGHT.strong_line, 1.0, False),
    ]
    if trend.target is not None:
        series.append((trend.target_words or "Target", [trend.target] * len(trend.points), LIGHT.better, 1.75, True))
    for name, values, *_ in series:
        chart_data.add_series(name, [None if value is None else value * 100 for value in values])
    kind = XL_CHART_TYPE.LINE_MARKERS
    chart = _chart(slide, kind, chart_data, "Trend", trend.finding)
    seen = [value * 100 for _, values, *_ in series for value in values if value is not None]
    floor, top = max(0, int(min(seen) // 10) * 10 - 10), min(100, int(max(seen) // 10) * 10 + 20)
    _axes(chart, floor, top)
    for line, (name, values, colour, width, dashed) in zip(chart.plots[0].series, series, strict=True):
        drawn = trend.line or dashed
        _line(line, colour, width, dashed=dashed, drawn=drawn, marker=name == own or not drawn)
        last = next((place for place in range(len(values) - 1, -1, -1) if values[place] is not None), None)
        if dashed:  # at the beginning, where the other labels are not
            _point_label(line.points[0], name, colour, place="above")
        elif last is not None:
            _point_label(line.points[last], f"{name} {numbers.debt_exact(values[last])}", colour, place="right")
    words = [f"{numbers.period(mark.period)}: {mark.words}" for mark in trend.marks]
    if floor:
        words.append(f"The axis starts at {floor}.")
    if not trend.line:
        words.append("Too few quarters for a line: dots only.")
    _text(
        slide, (MARGIN, BODY_BOTTOM - 0.25, WIDTH - 2 * MARGIN, 0.3), [("   ".join(words), SMALL, LIGHT.muted, False)]
    )
    points = [f"{numbers.period(it.period)}: {numbers.debt_exact(it.debt)}, {it.rated} rated" for it in trend.points]
    _notes(slide, [trend.finding, *points, *words])


def _change(deck: Presentation, change: ChangeByCause, report: Report) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    slide = _slide(deck, report, change.finding)
    ends = [change.before]
    for step in change.steps:
        ends.append(ends[-1] + step.share)
    spots = [change.before, *ends[1:], change.after]
    lowest, highest = min(spots) * 100, max(spots) * 100
    start = float(max(0, int((lowest - 8) // 5) * 5)) if lowest > 20 else 0.0
    names = [
        numbers.period(change.before_period),
        *(it.label for it in change.steps),
        numbers.period(change.after_period),
    ]
    parts: dict[str, list[float]] = {"below": [], "Debt": [], "Better": [], "Worse": [], "words": []}
    words = []
    for place in range(len(names)):
        total = place in (0, len(names) - 1)
        if total:
            value = (change.before if place == 0 else change.after) * 100
            values = (0.0, value, 0.0, 0.0)
            words.append(numbers.debt_exact(value / 100))
        else:
            before, after = ends[place - 1] * 100, ends[place] * 100
            size = abs(after - before)
            values = (min(before, after), 0.0, size if after < before else 0.0, size if after > before else 0.0)
            words.append(numbers.change_words(change.steps[place - 1].share))
        for key, value in zip(("below", "Debt", "Better", "Worse"), values, strict=True):
            parts[key].append(value)
        parts["words"].append((highest - start) * 0.15 or 5.0)
    chart_data = CategoryChartData(number_format="0.0")
    chart_data.categories = names
    for key, column in parts.items():
        chart_data.add_series(key, column)
    chart = _chart(slide, XL_CHART_TYPE.COLUMN_STACKED, chart_data, "Change by cause", change.finding)
    chart.plots[0].gap_width, chart.plots[0].overlap = 60, 100
    _axes(chart, start, start + (highest - start) * 1.2 + 2)
    colours = {"Debt": LIGHT.ink, "Better": LIGHT.better, "Worse": LIGHT.worse}
    for bars in chart.plots[0].series:
        _fill(bars, colours.get(bars.name))
        if bars.name == "words":
            for place, said in enumerate(words):
                _point_label(bars.points[place], said, LIGHT.ink, place="base")
    note = f"Points of debt; the axis starts at {start:g}." if start else "Points of debt."
    _text(slide, (MARGIN, BODY_BOTTOM - 0.25, WIDTH - 2 * MARGIN, 0.3), [(note, SMALL, LIGHT.muted, False)])
    told = [f"{it.label}: {numbers.change_words(it.share)} ({marks.STEP_WORDS[it.kind]})" for it in change.steps]
    _notes(slide, [change.finding, f"{names[0]}: {words[0]}", *told, f"{names[-1]}: {words[-1]}"])


def _backlog(deck: Presentation, backlog: Backlog, actions: Sequence[NextAction], report: Report) -> None:
    from pptx.chart.data import XyChartData
    from pptx.enum.chart import XL_CHART_TYPE

    slide = _slide(deck, report, backlog.finding)
    chart_data = XyChartData(number_format="0.0")
    others, chosen = chart_data.add_series("Others"), chart_data.add_series("What to do first")
    numbered = [point for point in backlog.points if point.number is not None]
    for point in backlog.points:
        series = others if point.number is None else chosen
        series.add_data_point(max(0.5, point.cost_days), point.avoided_days_per_quarter)
    chart = _chart(slide, XL_CHART_TYPE.XY_SCATTER, chart_data, "Backlog", backlog.finding, width=6.6)
    most = max(point.avoided_days_per_quarter for point in backlog.points)
    _axes(
        chart, 0, most * 1.12 + 0.1, x_title="Costs, person-days (logarithmic)", y_title="Avoids a quarter, person-days"
    )
    _logarithmic(chart)
    for dots, colour, size in zip(chart.plots[0].series, (LIGHT.strong_line, LIGHT.accent), (5, 10), strict=True):
        _dots(dots, colour, size)
    alike: dict[tuple[float, float], list[int]] = {}
    for place, point in enumerate(numbered):
        alike.setdefault((round(point.cost_days, 1), round(point.avoided_days_per_quarter, 1)), []).append(place)
    for places in alike.values():  # dots that lie on another share a label
        words = ", ".join(str(numbered[place].number) for place in places)
        _point_label(chart.plots[0].series[1].points[places[0]], words, LIGHT.accent, place="right")
    for place, action in enumerate(actions):
        top = BODY_TOP + place * 1.02
        _text(slide, (7.5, top, 0.4, 0.4), [(f"{action.number}", 16, LIGHT.accent, True)])
        due = numbers.by_day(action.due, report.made_on) if action.due else ""
        who = ", ".join(filter(None, (action.owner, due))) or "owner and date to be named"
        price = f"{numbers.days(action.cost_days)}, avoids {numbers.days(action.avoided_days)}"
        _text(
            slide,
            (7.9, top, WIDTH - MARGIN - 7.9, 1.0),
            [
                (clean_text(action.title, 60), TEXT, LIGHT.ink, True),
                (clean_text(f"{action.system}: {price}", 80), SMALL, LIGHT.ink, False),
                (who, SMALL, LIGHT.muted, False),
            ],
        )
    _notes(
        slide, [backlog.finding, *(f"{it.number}. {it.title} ({it.system}, {it.question}): {it.why}" for it in actions)]
    )


def _promises(deck: Presentation, promises: Promises, report: Report) -> None:
    heads = ("State", "Action", "System", "Owner", "Due", "Done", "Days planned, took", "Points promised, measured")
    rows = []
    for it in promises.rows[:PROMISES_SHOWN]:
        took = numbers.DASH if it.actual_days is None else numbers.days(it.actual_days).split(" ")[0]
        points = ", ".join(numbers.change_words(value) or numbers.DASH for value in (it.promised, it.measured))
        rows.append(
            (
                f"{marks.PROMISE_MARKS[it.state]} {marks.PROMISE_WORDS[it.state]}",
                clean_text(it.title, 60),
                clean_text(it.system, 26),
                clean_text(it.owner, 20) or numbers.DASH,
                numbers.day(it.due) if it.due else numbers.DASH,
                numbers.day(it.done) if it.done else numbers.DASH,
                f"{numbers.days(it.planned_days).split(' ')[0]}, {took}",
                points,
            )
        )
    slide = _slide(deck, report, promises.finding)
    widths = (1.15, 3.7, 1.75, 1.2, 1.05, 1.05, 1.0, 1.23)
    _table(slide, "Promises", promises.finding, heads=heads, rows=rows, widths=widths)
    more = promises.left_out + max(0, len(promises.rows) - PROMISES_SHOWN)
    said = f"{more} more in the report." if more else ""
    _text(slide, (MARGIN, BODY_BOTTOM - 0.25, WIDTH - 2 * MARGIN, 0.3), [(said, SMALL, LIGHT.muted, False)])
    _notes(slide, [promises.finding, *(f"{it.title}: {it.reason}" for it in promises.rows if it.reason)])


def _method(deck: Presentation, confidence: Confidence | None, report: Report) -> None:
    slide = _slide(deck, report, confidence.finding if confidence is not None else "How the numbers come about")
    paragraphs = [(text, TEXT, LIGHT.ink, False) for text in report.appendix.method]
    _text(slide, (MARGIN, BODY_TOP, WIDTH - 2 * MARGIN, BODY_BOTTOM - BODY_TOP - 0.4), paragraphs, gap=9)
    notes = [f"Inputs (sha256): {report.footer.digest}"]
    if confidence is not None:
        notes += [
            f"{it.name}: {numbers.percent(it.answered)} answered"
            + (f", {numbers.percent(it.evidenced)} rests on evidence" if it.evidenced is not None else ", no scan")
            for it in confidence.coverage
        ]
    _notes(slide, notes)


# -- pieces


def _slide(deck: Presentation, report: Report, finding: str, *, whole: bool = False) -> Slide:
    """A slide with the eyebrow, its finding as the title, and the rule below; `whole` keeps a long title."""
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Inches

    slide = deck.slides.add_slide(deck.slide_layouts[5])
    title = slide.shapes.title
    title.left, title.top = Inches(MARGIN), Inches(0.62)
    title.width, title.height = Inches(WIDTH - 2 * MARGIN), Inches(0.85)
    frame = title.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    words = clean_text(finding if whole else headline(finding), 180)
    _paragraph(
        frame.paragraphs[0], words, 20 if len(words) > 125 else 26 if len(words) > 70 else 30, LIGHT.ink, bold=True
    )
    eyebrow = f"{report.title}  ·  {report.scope.words}  ·  {numbers.period(report.period)}"
    _text(slide, (MARGIN, 0.28, WIDTH - 2 * MARGIN, 0.3), [(clean_text(eyebrow, 140), SMALL, LIGHT.accent, True)])
    frame.auto_size = None
    return slide


def _number(deck: Presentation, report: Report) -> None:
    """The footer of every format, and which slide of how many."""
    many = len(deck.slides)
    for place, slide in enumerate(deck.slides, 1):
        _text(
            slide,
            (MARGIN, 7.02, WIDTH - 2 * MARGIN - 1, 0.3),
            [(clean_text(report.footer.words, 190), TABLE, LIGHT.muted, False)],
        )
        _text(slide, (WIDTH - MARGIN - 1, 7.02, 1, 0.3), [(f"{place} / {many}", TABLE, LIGHT.muted, False)], right=True)


def _colour(hexadecimal: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(hexadecimal.removeprefix("#"))


def _paragraph(paragraph: Any, words: str, size: float, colour: str, *, bold: bool = False) -> None:
    from pptx.util import Pt

    run = paragraph.add_run()
    run.text = clean_text(words)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, FONT
    run.font.color.rgb = _colour(colour)


def _text(
    slide: Slide,
    box: tuple[float, float, float, float],
    lines: Sequence[tuple[str, float, str, bool]],
    *,
    right: bool = False,
    gap: float = 0,
) -> None:
    """Lines (words, size, colour, bold) in a box (left, top, width, height in inches); nothing without words."""
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Inches, Pt

    told = [line for line in lines if line[0].strip()]
    if not told:
        return
    frame = slide.shapes.add_textbox(*(Inches(side) for side in box)).text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for place, (words, size, colour, bold) in enumerate(told):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
        paragraph.space_after = Pt(gap)
        _paragraph(paragraph, words, size, colour, bold=bold)


def _rule(slide: Slide, top: float) -> None:
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.util import Inches

    rule = slide.shapes.add_shape(
        MSO_SHAPE.RECTANGLE, Inches(MARGIN), Inches(top), Inches(WIDTH - 2 * MARGIN), Inches(0.012)
    )
    rule.shadow.inherit = False
    rule.fill.solid()
    rule.fill.fore_color.rgb = _colour(LIGHT.line)
    rule.line.fill.background()
    _describe(rule._element.nvSpPr.cNvPr, "Rule", "")


def _describe(properties: Any, name: str, words: str) -> None:
    """The name of a shape and its text for people who do not see it."""
    properties.set("name", name)
    properties.set("descr", clean_text(words, 400))


def _notes(slide: Slide, lines: Sequence[str]) -> None:
    slide.notes_slide.notes_text_frame.text = "\n".join(clean_text(line) for line in lines if line)


def _table(
    slide: Slide,
    name: str,
    words: str,
    *,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
) -> None:
    from pptx.util import Inches

    line = 0.5
    frame = slide.shapes.add_table(
        len(rows) + 1,
        len(heads),
        Inches(MARGIN),
        Inches(BODY_TOP),
        Inches(WIDTH - 2 * MARGIN),
        Inches(line * (len(rows) + 1)),
    )
    _describe(frame._element.nvGraphicFramePr.cNvPr, name, words)
    _plain_table(frame)
    for place, width in enumerate(widths):
        frame.table.columns[place].width = Inches(width)
    for place, head in enumerate(heads):
        _cell(frame.table.cell(0, place), head, size=SMALL, bold=True, colour=LIGHT.muted)
    for place, row in enumerate(rows, 1):
        for column, said in enumerate(row):
            _cell(frame.table.cell(place, column), said, size=SMALL, colour=LIGHT.ink, edge=LIGHT.line, below_only=True)


def _plain_table(frame: Any) -> None:
    """No banding and no theme style: our colours say something, a theme's would not."""
    properties = frame.table._tbl.tblPr
    properties.set("bandRow", "0")
    properties.set("firstRow", "1")  # the heads stay heads for screen readers
    for child in list(properties):
        properties.remove(child)


def _cell(
    cell: Any,
    words: str,
    *,
    size: float,
    colour: str,
    bold: bool = False,
    fill: str | None = None,
    edge: str | None = None,
    dashed: bool = False,
    centred: bool = False,
    turned: bool = False,
    below_only: bool = False,
) -> None:
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Inches

    cell.margin_left = cell.margin_right = Inches(0.04)
    cell.margin_top = cell.margin_bottom = Inches(0.01)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    if fill is None:
        cell.fill.background()
    else:
        cell.fill.solid()
        cell.fill.fore_color.rgb = _colour(fill)
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.CENTER if centred else PP_ALIGN.LEFT
    _paragraph(paragraph, words, size, colour, bold=bold)
    if turned:
        cell._tc.get_or_add_tcPr().set("vert", "vert270")
    if edge is not None:
        _edges(cell, edge, dashed=dashed, sides=("lnB",) if below_only else ("lnL", "lnR", "lnT", "lnB"))


def _edges(cell: Any, colour: str, *, dashed: bool, sides: Sequence[str]) -> None:
    """Lines around a cell; python-pptx has no call for them. They come before the fill, as the schema wants."""
    from lxml import etree

    namespace = "http://schemas.openxmlformats.org/drawingml/2006/main"
    properties = cell._tc.get_or_add_tcPr()
    for place, side in enumerate(sides):
        line = etree.Element(f"{{{namespace}}}{side}", w="9525")
        solid = etree.SubElement(line, f"{{{namespace}}}solidFill")
        etree.SubElement(solid, f"{{{namespace}}}srgbClr", val=colour.removeprefix("#"))
        etree.SubElement(line, f"{{{namespace}}}prstDash", val="dash" if dashed else "solid")
        properties.insert(place, line)


def _chart(slide: Slide, kind: Any, chart_data: Any, name: str, words: str, *, width: float | None = None) -> Chart:
    from pptx.util import Inches, Pt

    frame = slide.shapes.add_chart(
        kind,
        Inches(MARGIN),
        Inches(BODY_TOP),
        Inches(width or WIDTH - 2 * MARGIN),
        Inches(BODY_BOTTOM - BODY_TOP - 0.35),
        chart_data,
    )
    _describe(frame._element.nvGraphicFramePr.cNvPr, name, words)
    chart: Chart = frame.chart
    chart.has_legend = chart.has_title = False
    chart.font.size, chart.font.name = Pt(TEXT), FONT
    chart.font.color.rgb = _colour(LIGHT.muted)
    return chart


def _axes(chart: Chart, low: float, high: float, *, x_title: str = "", y_title: str = "") -> None:
    from pptx.util import Pt

    values = chart.value_axis
    values.minimum_scale, values.maximum_scale = low, high
    values.has_major_gridlines = True
    values.major_gridlines.format.line.color.rgb = _colour(LIGHT.line)
    values.format.line.fill.background()
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = "0", False
    chart.category_axis.format.line.color.rgb = _colour(LIGHT.strong_line)
    chart.category_axis.has_major_gridlines = False
    for axis, words in ((chart.category_axis, x_title), (values, y_title)):
        axis.has_title = bool(words)
        if words:
            frame = axis.axis_title.text_frame
            _paragraph(frame.paragraphs[0], words, SMALL, LIGHT.muted)
            frame.paragraphs[0].font.size = Pt(SMALL)


def _logarithmic(chart: Chart) -> None:
    """A logarithmic x axis; python-pptx has no call for it."""
    from lxml import etree

    scaling = chart.category_axis._element.find("{http://schemas.openxmlformats.org/drawingml/2006/chart}scaling")
    base = etree.Element("{http://schemas.openxmlformats.org/drawingml/2006/chart}logBase", val="10")
    scaling.insert(0, base)


def _line(series: Any, colour: str, width: float, *, dashed: bool, drawn: bool, marker: bool) -> None:
    from pptx.enum.chart import XL_MARKER_STYLE
    from pptx.enum.dml import MSO_LINE
    from pptx.util import Pt

    series.smooth = False
    if drawn:
        series.format.line.color.rgb, series.format.line.width = _colour(colour), Pt(width)
        if dashed:
            series.format.line.dash_style = MSO_LINE.DASH
    else:
        series.format.line.fill.background()
    if marker:
        _dots(series, colour, 8 if width > 2 else 6, keep_line=True)
    else:
        series.marker.style = XL_MARKER_STYLE.NONE


def _dots(series: Any, colour: str, size: int, *, keep_line: bool = False) -> None:
    from pptx.enum.chart import XL_MARKER_STYLE

    if not keep_line:
        series.format.line.fill.background()
    series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, size
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = _colour(colour)
    series.marker.format.line.fill.background()


def _fill(series: Any, colour: str | None) -> None:
    if colour is None:
        series.format.fill.background()
        series.format.line.fill.background()
    else:
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = _colour(colour)


def _point_label(point: Any, words: str, colour: str, *, place: str) -> None:
    from pptx.enum.chart import XL_LABEL_POSITION

    label = point.data_label
    _paragraph(label.text_frame.paragraphs[0], words, TEXT, colour, bold=True)
    label.position = {
        "right": XL_LABEL_POSITION.RIGHT,
        "above": XL_LABEL_POSITION.ABOVE,
        "base": XL_LABEL_POSITION.INSIDE_BASE,
    }[place]

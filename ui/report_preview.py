"""Page one of a report as it will be, on the screen, in the light or dark of the page around it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from reports import numbers
from reports.charts import trend
from reports.image import charts
from reports.palette import DARK, LIGHT, Palette, variables
from reports.report import KeyNumber, Length, Report
from reports.svg import Chart
from ui.components import source


def _root(palette: Palette) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in variables(palette).items())


_component = st.components.v2.component(
    "arrears_report_preview",
    html=source("report_preview.html"),
    css=f".report-preview {{ {_root(LIGHT)} }}\n@media screen {{ .report-preview.dark {{ {_root(DARK)} }} }}\n"
    + source("report_preview.css"),
    js=source("report_preview.js"),
)


def report_preview(report: Report, *, key: str) -> None:
    """Draw page one: verdict, numbers, decisions, trend, footer."""
    compared = f", compared with {numbers.period(report.compared_with)}" if report.compared_with else ""
    systems = f"{numbers.count(report.systems, 'system')}, {report.rated} rated"
    drawings = [trend.draw(report.trend, theme="either")] if report.trend is not None else []
    _component(
        key=key,
        data={
            "eyebrow": f"{report.title} · {numbers.period(report.period)}",
            "verdict": report.verdict.text,
            "about": f"{report.scope.words}{compared}. {systems}.",
            "numbers": [_number(number) for number in report.numbers],
            "decisions": [
                {
                    "what": it.what,
                    "why": it.why,
                    "who": " · ".join(part for part in (it.who_and_when, it.price) if part),
                }
                for it in report.decisions
            ],
            "drawings": [_drawing(one) for one in drawings],
            "footer": report.footer.words,
        },
    )


def report_charts(report: Report, *, key: str) -> None:
    """Draw the charts of the pages that follow, each under its finding."""
    shown = [chart for name, chart in charts(report, theme="either").items() if name != "trend"]
    if report.length is Length.EXECUTIVE:
        shown = [chart for name, chart in charts(report, theme="either").items() if name == "heatmap"]
    _component(
        key=key,
        data={
            "eyebrow": "The pages that follow", "verdict": "", "about": "", "numbers": [], "decisions": [],
            "drawings": [_drawing(one) for one in shown], "footer": report.footer.words,
        },
    )  # fmt: skip


def _number(number: KeyNumber) -> dict[str, Any]:
    worse = number.is_worse
    arrow = "" if worse is None else "▲ " if worse else "▽ "
    return {
        "label": number.label,
        "shown": number.shown,
        "change": f"{arrow}{number.change_shown}" if number.change_shown else "",
        "way": "muted" if worse is None else "worse" if worse else "better",
        "note": number.note,
    }


def _drawing(chart: Chart) -> dict[str, str]:
    return {"title": chart.title, "svg": chart.svg}

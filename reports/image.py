"""One chart as a file of its own: SVG as it is drawn, or PNG from the program that sets the PDF, with its fonts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from reports.charts import (
    backlog,
    burn_up,
    coverage,
    heatmap,
    intervals,
    promises,
    ranks,
    trend,
    votes,
    waterfall,
)
from reports.drawable import drawable
from reports.palette import PALETTES, Theme
from reports.pdf import TEMPLATES, forget, shipped_fonts
from reports.report import Report
from reports.svg import Chart

PPI = 192  #: sharp on any screen, and in a slide
MARGIN = 12.0  #: points of page around a chart in a PNG

#: By key: the chart of a report, None where the report has nothing to draw.
CHARTS: Mapping[str, Callable[[Report, Theme], Chart | None]] = MappingProxyType(
    {
        "heatmap": lambda it, theme: heatmap.draw(it.heatmap, theme=theme) if it.heatmap else None,
        "heatmap-all": lambda it, theme: (
            heatmap.draw(it.appendix.heatmap, theme=theme) if it.appendix.heatmap.rows else None
        ),
        "trend": lambda it, theme: trend.draw(it.trend, theme=theme) if it.trend else None,
        "change": lambda it, theme: waterfall.draw(it.change, theme=theme) if it.change else None,
        "ranks": lambda it, theme: ranks.draw(it.ranks, theme=theme) if it.ranks else None,
        "votes": lambda it, theme: votes.draw(it.disputes, theme=theme) if it.disputes else None,
        "backlog": lambda it, theme: backlog.draw(it.backlog, theme=theme) if it.backlog else None,
        "promises": lambda it, theme: (
            promises.draw(it.promises, theme=theme, today=it.made_on) if it.promises else None
        ),
        "burn-up": lambda it, theme: burn_up.draw(it.burn_up, theme=theme) if it.burn_up else None,
        "coverage": lambda it, theme: coverage.draw(it.confidence, theme=theme) if it.confidence else None,
        "areas": lambda it, theme: intervals.draw(it.system, theme=theme) if it.system else None,
    }
)


def charts(report: Report, *, theme: Theme = "light") -> dict[str, Chart]:
    """Every chart this report has, by key, in the order of its pages."""
    drawn = ((key, draw(report, theme)) for key, draw in CHARTS.items())
    return {key: chart for key, chart in drawn if chart is not None}


def as_svg(chart: Chart) -> bytes:
    """A chart as an SVG file; whoever opens it needs a sans-serif font and nothing else."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{chart.svg}\n'.encode()


def as_png(chart: Chart, *, theme: Theme = "light", ppi: float = PPI) -> bytes:
    """A chart as a PNG on a page of its theme."""
    return all_as_png({"": chart}, theme=theme, ppi=ppi)[""]


def all_as_png(drawn: Mapping[str, Chart], *, theme: Theme = "light", ppi: float = PPI) -> dict[str, bytes]:
    """Charts as PNG, each on a page of its theme."""
    try:
        return {key: _png(chart, theme, ppi) for key, chart in drawn.items()}
    finally:
        forget()


def _png(chart: Chart, theme: Theme, ppi: float) -> bytes:
    import typst

    page = (
        f"#set page(width: {chart.width + 2 * MARGIN}pt, height: {chart.height + 2 * MARGIN}pt, margin: {MARGIN}pt, "
        f'fill: rgb("{PALETTES[theme].page}"))\n'
        f'#image(bytes(sys.inputs.svg), format: "svg", width: {chart.width}pt)'
    )
    compiler = typst.Compiler(
        page.encode(),
        root=str(TEMPLATES),
        font_paths=shipped_fonts(),
        sys_inputs={"svg": chart.svg},
        package_path=str(TEMPLATES),
        package_cache_path=str(TEMPLATES),
    )
    made = compiler.compile(format="png", ppi=ppi)
    return made if isinstance(made, bytes) else (made or [b""])[0]


def drawable_charts(report: Report, *, theme: Theme = "light") -> dict[str, Chart]:
    """Every chart of a report as PNG can draw it: a character no shipped font holds stands as a box."""
    return charts(drawable(report).report, theme=theme)

"""How many bytes a heatmap is on its way to the browser: the whole protocol message, code and style included."""

from __future__ import annotations

import random
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from scoring.bands import band
from ui.components import colour_variables, source
from ui.heatmap import Cell, ColumnHead, Grid, RowHead, _legend, payload

PROMISE = 60_000
COMMAND = "python -m benchmarks.heatmap"


def portfolio(systems: int, *, links: bool = True) -> Grid:
    """A portfolio with every mark a real one has, with ids of the length our store makes."""
    rng = random.Random(1)
    areas = [f"Area number {number}" for number in range(10)]

    def cell() -> Cell:
        drawn = rng.random()
        if drawn < 0.08:
            return Cell(kind="unanswered" if drawn < 0.05 else "not_applicable")
        debt = rng.random()
        return Cell(
            kind="score",
            debt=debt,
            band=band(debt),
            low=max(0.0, debt - 0.1),
            high=min(1.0, debt + 0.1),
            coverage=rng.uniform(0.8, 1),
            change=rng.choice((None, None, "worse", "better")),
            difference=rng.gauss(0, 0.1),
            contradicted=rng.random() < 0.05,
        )

    ids = [f"{rng.getrandbits(48):012x}" for _ in range(systems)]
    return Grid(
        caption="Debt by system and area, Q4 2026. Higher is worse.",
        corner="System",
        compared="Q3 2026",
        rows=tuple(
            RowHead(
                id=one,
                label=f"System number {i:03}",
                group=f"Team {i // 25}",
                href=f"/system?system={one}" if links else None,
            )
            for i, one in enumerate(ids)
        ),
        columns=(
            *(ColumnHead(id=f"A{i}", short=f"Area {i}", title=title) for i, title in enumerate(areas)),
            ColumnHead(id="all", short="All", title="All areas", total=True),
        ),
        cells=tuple(tuple(cell() for _ in range(11)) for _ in range(systems)),
    )


def message_bytes(grid: Grid) -> int:
    """The size of the message Streamlit sends for this grid."""
    message = ForwardMsg()
    element = message.delta.new_element.bidi_component
    element.component_name = "arrears_heatmap"
    element.isolate_styles = True
    element.html_content = source("heatmap.html").replace("<!-- legend -->", _legend())
    element.css_content = colour_variables(".heatmap") + source("heatmap.css")
    element.js_content = source("heatmap.js")
    element.bytes = payload(grid, key="portfolio")
    element.id = "$$ID-0123456789abcdef0123456789abcdef-portfolio"
    return message.ByteSize()


def measure() -> list[dict[str, Any]]:
    """The sizes we promise, measured."""
    cases = (
        ("heatmap message, 25 systems x 10 areas and the total", portfolio(25)),
        ("heatmap message, 500 systems x 10 areas and the total, in one grid", portfolio(500, links=False)),
        ("heatmap message, 500 systems in one grid, each with a link", portfolio(500)),
    )
    return [
        {
            "what": what,
            "figure": message_bytes(grid),
            "unit": "bytes",
            "promise": f"<= {PROMISE}" if "link" not in what else "",
            "command": COMMAND,
        }
        for what, grid in cases
    ]


if __name__ == "__main__":
    for entry in measure():
        print(f"{entry['figure']:>8} {entry['unit']}  {entry['what']}  {entry['promise']}")

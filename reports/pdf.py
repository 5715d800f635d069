"""The report as PDF: tagged, PDF/UA-1, fonts embedded, the same bytes for the same report; set by typst."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports import font, numbers
from reports.drawable import drawable, drawable_text
from reports.pages import blocks
from reports.palette import LIGHT
from reports.report import Report

if TYPE_CHECKING:
    from typst import Fonts, PDFStandard

TEMPLATES = Path(__file__).resolve().parent / "templates"
WITHOUT_STANDARD = "This file does not meet PDF/UA-1:"
KEPT_DOCUMENTS = 10  #: for how many documents typst keeps what it has computed
TEMPLATE = TEMPLATES / "report.typ"


def render(report: Report) -> bytes:
    """The PDF of a report. The same report makes the same bytes, on every machine.

    Should a text come through that the standard for accessible files does not allow, the file is made all the same,
    still tagged, and its last page says what it lacks.
    """
    import typst

    drawn = drawable(report)
    made = blocks(drawn)
    try:
        return _set(drawn.report, made, ["ua-1"])
    except typst.TypstError as refused:
        said = str(refused.message).splitlines()[0][:200]
        lacks = {"kind": "text", "size": 8.5, "tone": "muted", "text": f"{WITHOUT_STANDARD} {drawable_text(said)}"}
        return _set(drawn.report, [*made, lacks], [])
    finally:
        forget()


def _set(report: Report, made: list[dict[str, Any]], standards: list[PDFStandard]) -> bytes:
    import typst

    midnight = datetime(report.made_on.year, report.made_on.month, report.made_on.day, tzinfo=UTC)
    compiler = typst.Compiler(
        TEMPLATE.read_bytes(),
        root=str(TEMPLATES),
        font_paths=shipped_fonts(),
        sys_inputs={"report": json.dumps(document(report, made), ensure_ascii=False)},
        package_path=str(TEMPLATES),  # holds no package, so none can be imported, and nobody is called for one
        package_cache_path=str(TEMPLATES),
    )
    pdf = compiler.compile(format="pdf", pdf_standards=standards, timestamp=midnight)
    return pdf if isinstance(pdf, bytes) else b"".join(pdf or [])


def forget() -> None:
    """Let typst drop what it keeps of past documents: it does so for what ten documents did not use.

    Without this a server keeps the last ten reports in memory, 370 instead of 100 megabytes.
    """
    import typst

    empty = typst.Compiler(b" ", root=str(TEMPLATES), font_paths=shipped_fonts())
    for _ in range(KEPT_DOCUMENTS + 1):
        empty.compile(b" ", format="svg")


@cache
def shipped_fonts() -> Fonts:
    """Our fonts and no others: what the machine has installed must not change a page."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font.FOLDER)])


def document(report: Report, made: list[dict[str, Any]]) -> dict[str, Any]:
    """What the template is given: colours, fonts, the words of header and footer, and the blocks."""
    return {
        "title": report.title,
        "author": report.organisation or "Arrears",
        "lang": "en",
        "region": "GB",
        "fonts": [font.FAMILY, font.FALLBACK],
        "running": report.title,
        "period": numbers.period(report.period),
        "footer": report.footer.words,
        "colours": {
            "ink": LIGHT.ink,
            "muted": LIGHT.muted,
            "line": LIGHT.line,
            "accent": LIGHT.accent,
            "better": LIGHT.better,
            "worse": LIGHT.worse,
        },
        "blocks": made,
    }

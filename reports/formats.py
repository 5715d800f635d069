"""The formats a report leaves in: what each is called, what it is for, and who writes it; all of the same report."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from reports.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One kind of file."""

    key: str  #: as the command line names it
    ending: str  #: of the file's name
    title: str
    use: str  #: what people do with it, a few words
    media_type: str
    render: Callable[[Report], bytes]


def _pdf(report: Report) -> bytes:
    from reports.pdf import render

    return render(report)


def _html(report: Report) -> bytes:
    from reports.html import render_html

    return render_html(report)


def _pptx(report: Report) -> bytes:
    from reports.pptx import render_pptx

    return render_pptx(report)


def _xlsx(report: Report) -> bytes:
    from reports.xlsx import render_xlsx

    return render_xlsx(report)


def _csv(report: Report) -> bytes:
    from reports.csv_file import render_csv

    return render_csv(report)


def _svg(report: Report) -> bytes:
    from reports.image import as_svg, charts

    return _packed({f"{name}.svg": as_svg(chart) for name, chart in charts(report).items()})


def _png(report: Report) -> bytes:
    from reports.image import all_as_png, drawable_charts

    return _packed({f"{name}.png": body for name, body in all_as_png(drawable_charts(report)).items()})


def _packed(files: Mapping[str, bytes]) -> bytes:
    """An archive with the same bytes for the same files: no times, no rights of this machine."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _markdown(report: Report) -> bytes:
    from reports.markdown import render_markdown

    return render_markdown(report)


_OFFICE = "application/vnd.openxmlformats-officedocument"

#: Each imports what it needs when it is asked: typst and python-pptx are large.
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        it.key: it
        for it in (
            Format(
                key="pdf", ending="pdf", title="PDF", use="to read, send and print",
                media_type="application/pdf", render=_pdf,
            ),
            Format(
                key="html", ending="html", title="Web page", use="in one file, works offline",
                media_type="text/html; charset=utf-8", render=_html,
            ),
            Format(
                key="pptx", ending="pptx", title="Slides", use="seven, to present and edit",
                media_type=f"{_OFFICE}.presentationml.presentation", render=_pptx,
            ),
            Format(
                key="xlsx", ending="xlsx", title="Workbook", use="every table, typed",
                media_type=f"{_OFFICE}.spreadsheetml.sheet", render=_xlsx,
            ),
            Format(
                key="md", ending="md", title="Markdown", use="for a wiki or a merge request",
                media_type="text/markdown; charset=utf-8", render=_markdown,
            ),
            Format(
                key="csv", ending="csv", title="CSV", use="one number a line, for programs",
                media_type="text/csv; charset=utf-8", render=_csv,
            ),
            Format(
                key="svg", ending="svg.zip", title="Charts as SVG", use="each chart, to place elsewhere",
                media_type="application/zip", render=_svg,
            ),
            Format(
                key="png", ending="png.zip", title="Charts as PNG", use="each chart, for a chat or a wiki",
                media_type="application/zip", render=_png,
            ),
        )
    }
)  # fmt: skip

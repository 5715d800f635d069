"""Pages of the PDF as pictures to compare with: `python -m tests.reports.draw_references` draws them anew.

Look at every one of them before it is committed; the test only says that a page is as it was when somebody looked.
"""

from __future__ import annotations

from pathlib import Path

import pypdfium2
from PIL import Image

FOLDER = Path(__file__).parent / "references"
PAGES = (("usual", 1), ("usual", 2), ("usual", 3), ("usual", 4), ("one system", 2))  #: (example, page)
SCALE = 1.0  #: pixels a point


def picture(pdf: bytes, page: int) -> Image.Image:
    """A page in grey, as a printer without colour would have it."""
    return pypdfium2.PdfDocument(pdf)[page - 1].render(scale=SCALE, grayscale=True).to_pil().convert("L")


def reference(example: str, page: int) -> Path:
    """Where its picture lies."""
    return FOLDER / f"{example.replace(' ', '-')}-{page}.png"


if __name__ == "__main__":
    from reports import pdf
    from tests.reports import builders

    for example, page in PAGES:
        drawn = picture(pdf.render(builders.report(example)), page)
        drawn.save(reference(example, page), optimize=True)

"""The report as PDF: what it says is the report, the same bytes each time, tagged, and nothing typed into it runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from dataclasses import replace
from functools import cache
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFilter, ImageStat

from reports import font, image, pdf
from reports.build import build
from reports.drawable import Drawable, drawable, drawable_text
from reports.pages import blocks
from reports.report import Report
from reports.text import clean_text
from tests.reports import builders
from tests.reports.draw_references import PAGES, picture, reference

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


@cache
def made(name: str) -> tuple[Report, bytes]:
    report = build(builders.examples()[name])
    return report, pdf.render(report)


@cache
def text_of(name: str) -> str:
    document = pypdfium2.PdfDocument(made(name)[1])
    pages = [document[place].get_textpage().get_text_bounded() for place in range(len(document))]
    return plain("\n".join(pages))


def plain(text: str) -> str:
    """Text without what line breaks and fonts make of it."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).replace("\u00ad", "").replace("\ufffe", "")


def missing(report: Report, text: str, shown: list[str]) -> list[str]:
    return [it for it in shown if plain(it) not in text]


def test_every_number_and_sentence_of_the_report_is_in_the_pdf() -> None:
    report, text = made("usual")[0], text_of("usual")
    shown = [report.title, report.verdict.text]
    for number in report.numbers:
        shown += [number.label, number.shown, number.change_shown, number.note]
    for decision in report.decisions:
        shown += [decision.what, decision.why, decision.who_and_when, decision.because]
    assert report.trend
    assert report.heatmap
    assert report.change
    assert report.promises
    assert report.confidence
    assert report.backlog
    shown += [it.finding for it in (report.trend, report.heatmap, report.change, report.promises, report.backlog)]
    for step in report.change.steps:
        shown += [step.label]
    for action in report.actions:
        shown += [action.title, action.owner, action.why]
    for row in report.appendix.heatmap.rows:
        shown += [row.name + "".join(_said(row))]
    for coverage in report.confidence.coverage:
        shown += [coverage.name]
    for team in report.teams:
        shown += [team.team, team.finding]
    shown += [report.footer.digest, report.footer.audit_head, report.footer.words]
    assert missing(report, text, shown) == []


def _said(row) -> list[str]:
    from reports import marks

    return [marks.short(cell) for cell in (*row.cells, row.total)]


def test_the_summary_fits_on_page_one_and_the_review_on_six_and_a_page_a_team() -> None:
    document = pypdfium2.PdfDocument(made("usual")[1])
    report = made("usual")[0]
    first = plain(document[0].get_textpage().get_text_bounded())
    assert report.trend is not None
    needed = [report.verdict.text, *(it.what for it in report.decisions), report.trend.finding]
    assert missing(report, first, needed) == []
    heads = [plain(document[place].get_textpage().get_text_bounded()) for place in range(len(document))]
    for place, team in enumerate(report.teams):
        assert plain(team.finding) in heads[6 + place]
    assert len(pypdfium2.PdfDocument(made("executive")[1])) == 2


def test_the_same_report_makes_the_same_bytes_in_this_process_and_in_another() -> None:
    report, first = made("one quarter")
    assert pdf.render(report) == first
    again = subprocess.run(
        [
            sys.executable,
            "-c",
            "import hashlib\nfrom reports import pdf\nfrom tests.reports import builders\n"
            "print(hashlib.sha256(pdf.render(builders.report('one quarter'))).hexdigest())",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    import hashlib

    assert again.stdout.strip() == hashlib.sha256(first).hexdigest()


#: pikepdf and the programs that read PDF here do not share a process.
LOOK = """
import json, sys, pikepdf
out = []
for path in sys.argv[1:]:
    document = pikepdf.open(path)
    root = document.Root
    kinds, figures, scopes = {}, [], []
    def walk(node):
        if isinstance(node, pikepdf.Array):
            for kid in node: walk(kid)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            kind = str(node.S)
            kinds[kind] = kinds.get(kind, 0) + 1
            if kind == "/Figure": figures.append(str(node.get("/Alt", "")))
            if "/K" in node: walk(node.K)
    walk(root.StructTreeRoot.K)
    whole = []
    for one in document.objects:
        if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
            keys = {str(key) for key in one.keys()}
            whole += sorted(keys & {"/JS", "/JavaScript", "/Launch", "/OpenAction", "/AA", "/EmbeddedFile", "/URI"})
    fonts = [str(one.FontName) for one in document.objects
             if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor"
             and not ({"/FontFile", "/FontFile2", "/FontFile3"} & {str(key) for key in one.keys()})]
    with document.open_metadata() as told:
        meta = {key: str(told[key]) for key in told}
        told_title, told_ua = str(told.get("dc:title")), str(told.get("pdfuaid:part"))
    out.append({"lang": str(root.get("/Lang")), "title": told_title, "ua": told_ua,
                "meta": json.dumps(meta), "info": {str(k): str(v) for k, v in document.docinfo.items()},
                "marked": bool(root.MarkInfo.Marked), "kinds": kinds, "figures": figures, "live": whole,
                "bare": fonts, "outline": "/Outlines" in root})
print(json.dumps(out))
"""


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    names = ("usual", "hostile names", "one system", "empty")
    folder = tmp_path_factory.mktemp("pdf")
    for name in names:
        (folder / f"{name}.pdf").write_bytes(made(name)[1])
    done = subprocess.run(
        [sys.executable, "-c", LOOK, *(str(folder / f"{name}.pdf") for name in names)],
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(names, json.loads(done.stdout), strict=True))


def test_the_pdf_is_tagged_with_title_language_and_words_for_every_figure(looked: dict[str, dict]) -> None:
    usual = looked["usual"]
    assert (usual["lang"], usual["title"], usual["ua"], usual["marked"]) == (
        "en-GB",
        made("usual")[0].title,
        "1",
        True,
    )
    assert {"/Document", "/H1", "/H2", "/Table", "/TH", "/TD", "/Figure"} <= usual["kinds"].keys()
    assert len(usual["figures"]) == 9 + len(made("usual")[0].teams)
    for name, found in looked.items():
        assert all(len(alt) > 20 for alt in found["figures"]), name
        assert found["bare"] == [], f"{name}: a font is not embedded"
    assert usual["outline"]


@pytest.mark.parametrize(("example", "page"), PAGES)
def test_pages_look_as_they_did_when_somebody_looked(example: str, page: int) -> None:
    """Both are blurred a little, so that how edges are smoothed makes no difference; a moved word or number does."""
    with Image.open(reference(example, page)) as kept:
        before = kept.convert("L").filter(ImageFilter.BoxBlur(1))
    now = picture(made(example)[1], page).filter(ImageFilter.BoxBlur(1))
    assert now.size == before.size
    difference = ImageChops.difference(now, before)
    told = "python -m tests.reports.draw_references draws the page anew; look at it before you commit it"
    assert ImageStat.Stat(difference).mean[0] < 0.5, told
    assert difference.getextrema()[1] < 18, told


def test_nothing_typed_into_a_report_runs_links_or_is_attached(looked: dict[str, dict]) -> None:
    assert [found["live"] for found in looked.values()] == [[]] * len(looked)


def test_metadata_name_the_report_and_neither_a_path_nor_a_person(looked: dict[str, dict]) -> None:
    for found in looked.values():
        told = json.dumps([found["meta"], found["info"]])
        assert str(Path.home()) not in told
        assert str(ROOT) not in told
        assert set(found["info"]) <= {"/Title", "/Author", "/Creator", "/CreationDate", "/ModDate", "/Producer"}


def test_hostile_names_are_printed_as_they_were_typed() -> None:
    report, text = drawable(made("hostile names")[0]).report, text_of("hostile names")
    assert missing(report, text, [row.name for row in report.appendix.heatmap.rows]) == []


@pytest.mark.parametrize("name", ["wide names", "hostile names"])
def test_what_no_font_draws_stands_as_a_box_and_is_counted(name: str) -> None:
    drawn = drawable(made(name)[0])
    assert drawn.replaced
    assert plain(drawn.note) in text_of(name)
    assert drawable(made("usual")[0]).note == ""
    assert drawable(made("usual")[0]).report == made("usual")[0]


def test_a_text_the_standard_refuses_is_set_all_the_same_and_the_file_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    report = build(builders.portfolio(1, quarters=1, names=("异常",), teams=("Ops",)))
    monkeypatch.setattr(pdf, "drawable", lambda it: Drawable(report=it, replaced=()))
    document = pypdfium2.PdfDocument(pdf.render(report))
    last = document[len(document) - 1].get_textpage().get_text_bounded()
    assert plain(pdf.WITHOUT_STANDARD) in plain(last)


def test_every_character_the_fonts_draw_can_stand_in_a_name() -> None:
    """Some that look drawable are set from a letter and a mark without a character of its own, which is refused."""
    drawn = sorted(font.font().advances.keys() | font.fallback().advances.keys())
    names = tuple("".join(f"a{chr(code)}" for code in drawn[at : at + 55]) for at in range(0, len(drawn), 55))
    safe = drawable(build(replace(builders.portfolio(len(names), quarters=1, names=names), organisation="")))
    report = replace(safe.report, trend=None, heatmap=None, backlog=None, confidence=None, teams=())
    pdf._set(report, blocks(replace(safe, report=report)), ["ua-1"])


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_after_replacing_no_character_is_left_that_no_font_draws(text: str) -> None:
    shown = drawable_text(clean_text(text))
    assert font.undrawn(shown) - {chr(code) for code in (0x200C, 0x200D, *range(0xFE00, 0xFE10))} == set()
    assert len(shown) <= len(clean_text(text))
    assert not any(unicodedata.category(it) in {"Cc", "Cs"} for it in shown)


def test_scripts_the_fonts_know_are_drawn_as_they_are() -> None:
    assert drawable(build(builders.examples()["right to left"])).replaced == ()


@pytest.mark.parametrize("name", builders.examples())
def test_every_shape_of_report_can_be_set(name: str) -> None:
    assert made(name)[1].startswith(b"%PDF-1.")


def test_a_chart_is_handed_out_as_svg_and_png() -> None:
    report = made("usual")[0]
    drawn = image.charts(report)
    assert list(drawn) == [
        *("heatmap", "heatmap-all", "trend", "change", "ranks", "votes", "backlog", "promises", "burn-up", "coverage"),
    ]
    assert image.as_svg(drawn["trend"]).startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<svg ')
    first = image.as_png(drawn["trend"], ppi=72)
    assert first.startswith(b"\x89PNG")
    assert image.as_png(drawn["trend"], ppi=72) == first
    dark = image.as_png(image.drawable_charts(report, theme="dark")["trend"], theme="dark", ppi=72)
    assert dark != first
    assert list(image.charts(build(builders.empty()))) == []


def test_a_handout_is_for_the_room_and_an_executive_summary_leaves_the_appendix_out() -> None:
    assert "Questionstoanswer" in text_of("handout")
    assert "Threedecisionsweaskfor" not in text_of("handout")
    assert "Howthesenumberscomeabout" not in text_of("executive")

"""The badge: one well-formed picture, nothing in it that runs or leads elsewhere, words for who cannot see it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from reports.badge import badge
from reports.palette import LIGHT, contrast

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    '"/><script>alert(1)</script>', "</title><image href='http://evil.example'/>", "&amp;\x00\x08\u202e", "名" * 500,
    "", "\ud800",
]  # fmt: skip


def texts(drawn: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(drawn).iter(f"{SVG}text")]


@pytest.mark.parametrize(("band", "debt"), [("A", 0.1), ("B", 0.3), ("C", 0.465), ("D", 0.7), ("E", 1.0)])
def test_letter_and_debt_stand_in_the_colours_of_the_band(band: str, debt: float) -> None:
    drawn = badge(name="Churn model", period="2026Q3", band=band, debt=debt)
    assert texts(drawn) == ["ML debt", f"{band} {round(100 * debt + 1e-9)}"]
    assert LIGHT.bands[band].fill in drawn
    assert contrast(LIGHT.bands[band].fill, LIGHT.bands[band].ink) >= 4.5
    assert "Churn model: ML debt" in drawn


def test_without_a_letter_there_is_none_and_no_colour_of_debt() -> None:
    drawn = badge(name="Churn model", period=None, band=None, debt=None)
    assert texts(drawn) == ["ML debt", "no letter yet"]
    assert not any(colour.fill in drawn for colour in LIGHT.bands.values())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_text_and_nothing_else(name: str) -> None:
    drawn = badge(name=name, period="2026Q3", band="C", debt=0.5)
    root = ElementTree.fromstring(drawn)
    assert {node.tag.removeprefix(SVG) for node in root.iter()} == {"svg", "title", "path", "g", "text"}
    assert not re.search(r"href|url\(|on\w+=\"|style", re.sub(r"<title>.*?</title>|aria-label=\"[^\"]*\"", "", drawn))
    assert root.get("aria-label") == root[0].text
    drawn.encode()

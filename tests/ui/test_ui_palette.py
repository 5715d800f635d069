"""The colours: every ink can be read on its ground, and Streamlit's theme and ours are the same."""

import tomllib
from pathlib import Path

import pytest

from scoring.bands import BANDS
from ui.components import colour_variables
from ui.palette import DARK, LIGHT, PALETTES, Palette, contrast

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())
AA = 4.5
PAIRS = [(name, palette) for name, palette in PALETTES.items()]


def mixed(ink: str, ground: str, share: float) -> str:
    parts = (round(int(ink[i : i + 2], 16) * share + int(ground[i : i + 2], 16) * (1 - share)) for i in (1, 3, 5))
    return "#" + "".join(f"{part:02X}" for part in parts)


def test_contrast_knows_the_ends_of_the_scale():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize(("name", "palette"), PAIRS)
def test_every_ink_is_readable_on_its_fill(name: str, palette: Palette):
    assert tuple(palette.bands) == BANDS
    for letter, colour in palette.bands.items():
        assert contrast(colour.ink, colour.fill) >= AA, f"{name} {letter}"


@pytest.mark.parametrize(("name", "palette"), PAIRS)
def test_text_colours_are_readable_on_the_page(name: str, palette: Palette):
    for colour in (palette.ink, palette.muted, palette.accent, palette.better, palette.worse):
        assert contrast(colour, palette.page) >= AA, f"{name} {colour}"
    assert contrast(palette.strong_line, palette.page) >= 3


@pytest.mark.parametrize(("name", "palette"), PAIRS)
def test_more_debt_is_always_further_from_the_page(name: str, palette: Palette):
    ratios = [contrast(palette.bands[letter].fill, palette.page) for letter in BANDS]
    assert ratios == sorted(ratios)


@pytest.mark.parametrize(("name", "palette"), PAIRS)
def test_streamlit_gets_the_same_colours(name: str, palette: Palette):
    theme = CONFIG["theme"][name]
    assert theme["primaryColor"] == palette.accent
    assert theme["backgroundColor"] == palette.page
    assert theme["secondaryBackgroundColor"] == palette.surface
    assert theme["linkColor"] == palette.better
    assert theme["chartCategoricalColors"][:2] == [palette.accent, palette.better]
    assert len(theme["chartCategoricalColors"]) == 10  # fewer, and plotly falls back to its own
    assert theme["chartSequentialColors"] == [palette.bands[letter].fill for letter in BANDS for _ in range(2)]


@pytest.mark.parametrize(("name", "palette"), PAIRS)
def test_captions_and_the_chosen_segment_are_readable_too(name: str, palette: Palette):
    theme = CONFIG["theme"][name]
    for ground in (palette.page, palette.surface):
        assert contrast(mixed(theme["textColor"], ground, 0.6), ground) >= AA  # Streamlit's caption
        assert contrast(palette.accent, mixed(palette.accent, ground, 0.1)) >= AA  # selected segmented control


def test_paper_gets_the_light_colours_whatever_the_screen_shows():
    rules = colour_variables(".x")
    light, dark = rules.split("@media screen")
    assert f"--page: {LIGHT.page}" in light
    assert f"--e: {DARK.bands['E'].fill}" in dark
    assert ".x.dark" in dark
    assert ".dark" not in light

"""The browser of the tests is found where it is, fetched where it may be, and otherwise asked for in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import find_chromium
from tests.browser.find_chromium import SETTING, chromium_path, main


def program(folder: Path, name: str, script: str = "") -> Path:
    """An executable that does `script`."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine without a browser; the folder is its whole PATH."""
    monkeypatch.delenv(SETTING, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(find_chromium, "APPLICATIONS", ())
    monkeypatch.setattr(find_chromium, "_of_playwright", lambda: None)
    chromium_path.cache_clear()
    yield tmp_path
    chromium_path.cache_clear()


def test_the_browser_that_was_named_is_taken(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = program(nowhere, "my-browser")
    monkeypatch.setenv(SETTING, str(mine))
    assert chromium_path() == str(mine)


def test_a_name_that_is_no_program_is_said_and_nothing_else_is_tried(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program(nowhere, "chromium")
    monkeypatch.setenv(SETTING, "/nowhere/at-all")
    assert main(["--install"]) == 1
    assert "/nowhere/at-all is not a program" in capsys.readouterr().err


def test_a_browser_on_the_path_is_found(nowhere: Path) -> None:
    program(nowhere, "google-chrome")
    assert chromium_path() == str(nowhere / "google-chrome")


def test_no_browser_is_said_with_the_way_out(nowhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 1
    assert f"install Chromium or Chrome, or set {SETTING}" in capsys.readouterr().err


def test_where_we_may_debians_browser_is_fetched(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = nowhere / "chromium"
    program(
        nowhere,
        "apt-get",
        f'case "$1" in install) printf "#!/bin/sh\\n" > {browser}; /bin/chmod +x {browser};; esac',
    )
    monkeypatch.setattr(find_chromium.os, "geteuid", lambda: 0, raising=False)
    assert main(["--install"]) == 0
    assert capsys.readouterr().out.strip().endswith(str(browser))


def test_a_fetch_that_fails_is_said_with_the_way_out(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program(nowhere, "apt-get", "exit 100")
    monkeypatch.setattr(find_chromium.os, "geteuid", lambda: 0, raising=False)
    assert main(["--install"]) == 1
    said = capsys.readouterr().err
    assert "'apt-get update' failed" in said
    assert "Traceback" not in said


def test_an_option_nobody_knows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--please"]) == 2
    assert "not understood" in capsys.readouterr().err

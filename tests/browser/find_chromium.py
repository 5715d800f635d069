"""Finds the Chromium that the browser tests drive and prints its path; `--install` fetches one where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

SETTING = "ARREARS_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
DEBIAN = ("chromium", "fonts-liberation")  #: without a font the pages are drawn in boxes
ASK_PLAYWRIGHT = (
    "from playwright.sync_api import sync_playwright as start\n"
    "with start() as playwright: print(playwright.chromium.executable_path)"
)
STDERR = 2  #: the file descriptor: stdout is for the path alone
WAY_OUT = f"install Chromium or Chrome, or set {SETTING} to the path of one"

#: Chromium will not start its sandbox as root; containers often give /dev/shm only 64 MB.
LAUNCH_ARGS = ["--disable-dev-shm-usage", *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]


class NoChromiumError(Exception):
    """There is no browser to test with; the text says what to do."""


def _is_program(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _of_playwright() -> str | None:
    """The browser Playwright keeps for itself, asked in a process of its own (its loop allows only one at a time)."""
    asked = subprocess.run([sys.executable, "-c", ASK_PLAYWRIGHT], capture_output=True, text=True, check=False)
    path = asked.stdout.strip()
    return path if _is_program(path) else None


@lru_cache(maxsize=1)
def chromium_path() -> str:
    """The path of a Chromium or Chrome: the one told, else on the PATH, else Playwright's. Raises NoChromiumError."""
    told = os.environ.get(SETTING)
    if told:
        if not _is_program(told):
            raise NoChromiumError(f"{SETTING}: {told} is not a program; set it to the path of Chromium or Chrome.")
        return told
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    found = found or next((path for path in APPLICATIONS if _is_program(path)), None) or _of_playwright()
    if found is None:
        raise NoChromiumError(f"No Chromium found: {WAY_OUT}, or run {Path(__file__).name} --install.")
    return found


def install() -> None:
    """Fetch a Chromium: Debian's where we may, else Playwright's. Raises NoChromiumError when neither works."""
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        commands = [["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *DEBIAN]]
    else:
        commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    for command in commands:
        print(" ".join(command), file=sys.stderr)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        if subprocess.run(command, stdout=STDERR, env=environment, check=False).returncode != 0:
            raise NoChromiumError(f"The browser tests need Chromium and '{' '.join(command)}' failed: {WAY_OUT}.")
    chromium_path.cache_clear()


def main(arguments: list[str]) -> int:
    """Print the path; with --install fetch a browser first where none is found. Exit code 1 when there is none."""
    if arguments not in ([], ["--install"]):
        print(f"{' '.join(arguments)}: not understood; use --install or nothing.", file=sys.stderr)
        return 2
    try:
        try:
            print(chromium_path())
        except NoChromiumError:
            if arguments != ["--install"] or os.environ.get(SETTING):
                raise
            install()
            print(chromium_path())
    except NoChromiumError as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Public repositories at pinned commits, and a large package: fetched once, kept in the user's cache."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

CLONES = "ARREARS_BENCH_REPOSITORIES"  #: a folder of clones that are here already: <folder>/<name>
FETCH_SECONDS_MAX = 900
PACKAGE = "transformers==4.57.1"


class Repository(NamedTuple):
    """A public repository and the commit it is measured at."""

    name: str
    address: str
    commit: str


IGNITE = Repository("ignite", "https://github.com/pytorch/ignite", "de08e799cfb55a6cf4aa778575d6bad725385453")
KERAS = Repository("keras", "https://github.com/keras-team/keras", "3422977a5e38fb2f7709aaa9a08e47f0c43d0f60")


class NotFetched(Exception):
    """It could not be brought here; `str()` says why, in a few words."""


def cache_folder() -> Path:
    """Where fetched repositories and the peers' environments are kept: the user's cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "arrears-benchmarks"


def checkout(repository: Repository) -> Path:
    """A checkout with its history at the pinned commit. Raises NotFetched.

    A clone that lacks some large files (a partial one) will do: what is there is checked out.
    """
    target = cache_folder() / "repositories" / repository.name
    if not (target / ".git").is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        here = os.environ.get(CLONES)
        origin = str(Path(here) / repository.name) if here and (Path(here) / repository.name).exists() else ""
        _git("clone", "--quiet", "--no-checkout", origin or repository.address, str(target))
    if _git("-C", str(target), "rev-parse", "HEAD") != repository.commit or len(list(target.iterdir())) < 2:
        _git("-C", str(target), "checkout", "--quiet", "--force", "--detach", repository.commit, partial=True)
    if _git("-C", str(target), "rev-parse", "HEAD") != repository.commit:
        raise NotFetched("its pinned commit is not in the clone")
    return target


def large_package() -> Path:
    """The source of a package of more than a million lines, out of its wheel. Raises NotFetched."""
    folder = cache_folder() / "packages" / PACKAGE.replace("==", "-")
    if not folder.exists():
        wheels = folder.with_name(folder.name + ".download")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        _run([*command, "--only-binary", ":all:", "--dest", str(wheels), PACKAGE])
        with zipfile.ZipFile(next(wheels.glob("*.whl"))) as wheel:
            wheel.extractall(folder)
    return folder


def _git(*arguments: str, partial: bool = False) -> str:
    return _run(["git", *arguments], may_fail=partial)


def _run(command: list[str], *, may_fail: bool = False) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS_MAX, check=False)
    except (OSError, subprocess.TimeoutExpired):
        raise NotFetched(f"{Path(command[0]).name} did not finish") from None
    if done.returncode and not may_fail:
        raise NotFetched(f"{Path(command[0]).name} {command[1]} ended with {done.returncode}")
    return done.stdout.strip()

"""The collector as one file: the same bytes each time, on a bare Python, with the evidence that cli.py gives."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from evidence import COLLECTOR
from evidence.document import from_json
from evidence.package import FILE_NAME, PYTHON_MIN, build_collector

ROOT = Path(__file__).resolve().parents[2]
BARE = (sys.executable, "-I", "-S", "-W", "error")
BYTES_MAX = 1_000_000


@pytest.fixture(scope="module")
def collector(tmp_path_factory):
    """The one file, in a folder of its own."""
    path = tmp_path_factory.mktemp("built") / FILE_NAME
    path.write_bytes(build_collector())
    return path


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A real repository: a clone of this one, or a copy where this one came without its history."""
    target = tmp_path_factory.mktemp("work") / "arrears"
    if (ROOT / ".git").exists() and shutil.which("git"):
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, target], check=True, capture_output=True)
    else:
        for folder in ("evidence", "scoring", "docs"):
            shutil.copytree(ROOT / folder, target / folder)
    return target


def ran(*command, **named):
    """A command's exit code, output and errors, run away from the project's folder."""
    named = {"cwd": "/", **named}
    done = subprocess.run([*map(str, command)], capture_output=True, check=False, timeout=120, **named)
    return done.returncode, done.stdout, done.stderr.decode()


def test_it_is_built_to_the_same_bytes_and_small():
    content = build_collector()
    assert content == build_collector()
    assert len(content) <= BYTES_MAX


def test_it_is_built_to_the_same_bytes_from_another_copy_at_another_time(tmp_path):
    shutil.copytree(ROOT / "evidence", tmp_path / "evidence", ignore=shutil.ignore_patterns("__pycache__"))
    for path in tmp_path.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    made = tmp_path / "dist" / FILE_NAME
    code, _, err = ran(sys.executable, "-m", "evidence.package", made, cwd=tmp_path)
    assert (code, err) == (0, "")
    assert made.read_bytes() == build_collector()


def test_it_holds_the_collector_and_nothing_else():
    with zipfile.ZipFile(io.BytesIO(build_collector())) as archive:
        names = archive.namelist()
    assert all(name == "__main__.py" or name.startswith("evidence/") for name in names)
    assert {name.rpartition(".")[2] for name in names} == {"py", "toml"}
    assert {"evidence/__main__.py", "evidence/signals/__init__.py", "evidence/tables/tools.toml"} <= set(names)


def test_what_is_left_out_is_what_the_collector_never_reads():
    """Every module in it is read by another one in it, and none that they read is missing."""
    with zipfile.ZipFile(io.BytesIO(build_collector())) as archive:
        held = {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in archive.namelist()}
        sources = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".py")]
    read = {name for source in sources for name in re.findall(r"(?:from|import) (evidence[\w.]*)", source)}
    assert read <= held
    ours = {name for name in held if name.startswith("evidence") and ".tables." not in name}
    assert ours - read == {"evidence.__main__"}


def test_it_says_the_same_of_a_checkout_as_the_application_does(collector, checkout):
    code, bare, err = ran(*BARE, collector, "scan", checkout, "--json")
    assert (code, err) == (0, "")
    assert from_json(bare.decode()).files > 20
    assert ran(sys.executable, ROOT / "cli.py", "scan", checkout, "--json") == (0, bare, "")


def test_it_says_the_same_of_an_archive(collector, checkout, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "arrears"), "zip", checkout / "evidence")
    _, bare, err = ran(*BARE, collector, "scan", archive, "--json", "--name", "evidence")
    assert err == ""
    assert from_json(bare.decode()).repository == "evidence"
    assert ran(sys.executable, ROOT / "cli.py", "scan", archive, "--json", "--name", "evidence")[1] == bare


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_are_there_at_once_because_they_read_nothing_heavy(collector, option):
    code, out, err = ran(*BARE, "-X", "importtime", collector, option)
    assert code == 0
    assert out
    read = {line.rpartition("|")[2].strip() for line in err.splitlines()}
    assert "evidence.command" in read
    heavy = {"evidence.collector", "evidence.repository", "evidence.signals", "ast", "json", "tomllib", "ssl",
             "urllib.request", "subprocess", "tarfile", "asyncio", "email", "unicodedata"}  # fmt: skip
    assert read & heavy == set()


def test_it_names_itself_and_its_version(collector):
    assert ran(*BARE, collector, "--version") == (0, f"arrears-collect {COLLECTOR}\n".encode(), "")
    code, out, err = ran(*BARE, collector, "scan")
    assert (code, out) == (2, b"")
    assert err.startswith(f"{FILE_NAME} scan: the following arguments are required: PATH; `python {FILE_NAME} scan")


def test_the_gate_and_the_files_work_from_inside_the_one_file(collector, checkout, tmp_path):
    code, _, err = ran(
        *BARE, collector, "scan", checkout, "--json",
        "--fail-on", "debt", "--output", tmp_path / "e.json", "--sarif", tmp_path / "e.sarif",
    )  # fmt: skip
    assert code in (0, 1)
    assert err.startswith("gate: ")
    assert {path.name for path in tmp_path.iterdir()} == {"e.json", "e.sarif"}


def test_a_push_is_refused_from_inside_the_one_file_as_outside_it(collector, tmp_path):
    (tmp_path / "a.py").write_text("x = 1\n")
    code, _, err = ran(
        *BARE, collector, "scan", tmp_path, "--push", "https://name:word@arrears.example", "--token", "arr_x"
    )
    assert code == 2
    assert err.startswith("--push: holds a name or a password")


def test_an_old_python_is_told_what_is_missing(collector):
    pretend = (
        f"import runpy, sys; sys.version_info = (3, 8, 1); runpy.run_path({str(collector)!r}, run_name='__main__')"
    )
    code, out, err = ran(sys.executable, "-c", pretend)
    assert (code, out) == (2, b"")
    wanted = ".".join(map(str, PYTHON_MIN))
    assert err == f"{FILE_NAME}: needs Python {wanted} or newer, this is 3.8; start it with a newer one\n"

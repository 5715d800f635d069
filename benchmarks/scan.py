"""What a scan costs: against bare parsing, on real repositories, over past quarters, as they grow, in one file."""

from __future__ import annotations

import ast
import contextlib
import gc
import io
import json
import platform
import random
import subprocess
import sys
import sysconfig
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.peers import Run, run, run_ours  # noqa: E402 - run as a file, too
from benchmarks.repositories import (  # noqa: E402 - run as a file, too
    IGNITE,
    KERAS,
    PACKAGE,
    NotFetched,
    Repository,
    checkout,
    large_package,
)
from evidence.collector import collect  # noqa: E402 - run as a file, too
from evidence.folder import FolderSource  # noqa: E402 - run as a file, too
from evidence.package import build_collector  # noqa: E402 - run as a file, too
from evidence.sandbox import Refused, collect_untrusted  # noqa: E402 - run as a file, too
from evidence.source import LOCAL_LIMITS  # noqa: E402 - run as a file, too

SAMPLES = ROOT / "tests" / "evidence" / "samples"
LIBRARY = Path(sysconfig.get_paths()["stdlib"])
COMMAND = "python -m benchmarks.scan"
ROUNDS = 3
#: which Python it was: one that was built without profiles of its own speed parses a third slower
BUILD = f"{platform.python_implementation()} {platform.python_version()} ({platform.python_compiler()})"


def measure() -> list[dict[str, Any]]:
    """The figures of the scan: what, figure, unit, promise, command."""
    return [
        *_ratio("Python's own library", LIBRARY, "<= 3 x"),
        *_ratio("the sample repositories", SAMPLES, ""),
        _memory(),
        *_child(),
        *_repositories(),
        *_package(),
        *_notebooks(),
        *_growth(),
        *_one_file(),
    ]


def _seconds(work: Callable[[], object]) -> float:
    """The least processor time of a few rounds."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        rounds.append(time.process_time() - start)
    return min(rounds)


def _ratio(what: str, folder: Path, promise: str) -> list[dict[str, Any]]:
    source = FolderSource(folder, LOCAL_LIMITS)
    contents = [content for _, content in source.contents(lambda member: member.path.endswith(".py"))]
    parse = _seconds(lambda: _parse(contents))
    scan = _seconds(lambda: collect(folder))
    return [
        _figure(f"scan of {what} ({len(contents):,} files) against bare ast.parse", scan / parse, "x", promise),
        _figure(f"scan of {what}", scan, "s CPU", ""),
    ]


def _parse(contents: list[bytes]) -> None:
    gc.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for content in contents:
                try:
                    ast.parse(content)
                except (SyntaxError, ValueError):
                    continue
    finally:
        gc.enable()


def _memory() -> dict[str, Any]:
    """The most memory a scan of Python's own library holds, in a process of its own."""
    code = (
        "import resource, sys; from pathlib import Path; from evidence.collector import collect; "
        "collect(Path(sys.argv[1])); print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(LIBRARY)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return _figure("most memory of that scan", int(done.stdout) / 1024, "MiB", "<= 300 MiB")


def _child() -> list[dict[str, Any]]:
    """What the child process costs on top, and how long the refusal of a bomb takes."""

    def packed(files: dict[str, bytes]) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, content in files.items():
                archive.writestr(path, content)
        return stream.getvalue()

    small, bomb = packed({"a.py": b"x = 1\n"}), packed({"a.py": b"\0" * 100 * 1024 * 1024})
    figures = []
    for what, archive, promise in (
        ("a small upload in its child", small, "<= 1 s"),
        ("a bomb refused", bomb, "<= 5 s"),
    ):
        rounds = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            with contextlib.suppress(Refused):
                collect_untrusted(archive, name="upload")
            rounds.append(time.perf_counter() - start)
        figures.append(_figure(what, min(rounds), "s", promise))
    return figures


def _repositories() -> list[dict[str, Any]]:
    """Real repositories at pinned commits: today and twelve months, an unchanged second scan, past quarters."""
    rows = []
    for repository, size, promise in ((IGNITE, "85 kLOC", "<= 1"), (KERAS, "360 kLOC, 12,600 commits", "<= 3.5")):
        try:
            folder = checkout(repository)
        except NotFetched as problem:
            rows.append(_not_measured(repository.name, problem))
            continue
        what = f"{repository.name} ({size}), every signal and 12 months of history"
        once = _least(lambda folder=folder: run_ours(folder))
        rows += [_figure(what, once.seconds, "s CPU", promise), _figure(f"{what}: memory", once.mebibytes, "MiB", "")]
        rows += _again_and_before(repository, folder, once)
    return rows


def _again_and_before(repository: Repository, folder: Path, once: Run) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "evidence", "scan", str(folder), "--cache", cache]
        run(command, ROOT)
        again = _least(lambda: run(command, ROOT))
    before = _least(lambda: run_ours(folder, "--history", "8"))
    return [
        _figure(f"{repository.name} scanned again, unchanged", again.seconds, "s CPU", "<= 0.5"),
        _figure(f"{repository.name} with eight past quarters", before.seconds, "s CPU", ""),
        _figure(f"{repository.name}: eight quarters / today alone", before.seconds / once.seconds, "x", "<= 3"),
    ]


def _package() -> list[dict[str, Any]]:
    """A package of more than a million lines."""
    try:
        folder = large_package()
    except NotFetched as problem:
        return [_not_measured(PACKAGE, problem)]
    once = _least(lambda: run_ours(folder))
    parse = _seconds(lambda: _parse_files(sorted(folder.rglob("*.py"))))
    return [
        _figure(f"{PACKAGE} (1.17 million lines)", once.seconds, "s CPU", "<= 8"),
        _figure(f"{PACKAGE}: memory", once.mebibytes, "MiB", "<= 200"),
        _figure(f"{PACKAGE}: bare ast.parse alone, {BUILD}", parse, "s CPU", ""),
        _figure(f"{PACKAGE} against bare ast.parse", once.seconds / parse, "x", ""),
    ]


def _parse_files(paths: list[Path]) -> None:
    for path in paths:
        _parse([path.read_bytes()])


def _least(work: Callable[[], Run]) -> Run:
    return min((work() for _ in range(ROUNDS)), key=lambda done: (done.ended != "", done.seconds))


def _notebooks() -> list[dict[str, Any]]:
    """A hundred notebooks of half a megabyte, most of it outputs, as it is in real ones."""
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(100):
            (Path(folder) / f"{number}.ipynb").write_text(json.dumps(_notebook(chance)), encoding="utf-8")
        seconds = _seconds(lambda: collect(Path(folder)))
    return [_figure("100 notebooks of 0.5 MB", seconds, "s CPU", "<= 1")]


def _notebook(chance: random.Random) -> dict[str, Any]:
    cells: list[dict[str, Any]] = []
    for count in range(1, 41):
        code = f"frame{count} = pd.read_csv('data/{count}.csv')\nmodel{count}.fit(frame{count}[['a', 'b']], y)\n" * 3
        image = chance.randbytes(4_300).hex()
        table = "".join(f"{row}  {chance.random():.6f}\n" for row in range(200))
        outputs = [
            {"output_type": "display_data", "metadata": {}, "data": {"image/png": image, "text/plain": ["<Figure>"]}},
            {"output_type": "stream", "name": "stdout", "text": table.splitlines(keepends=True)},
        ]
        cells.append(
            {"cell_type": "code", "execution_count": count, "metadata": {}, "source": code, "outputs": outputs}
        )
    return {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}


def _growth() -> list[dict[str, Any]]:
    """Processor time a line, from a thousand lines to a million, over random files of the large package."""
    try:
        texts = [path.read_bytes() for path in sorted(large_package().rglob("*.py"))]
    except NotFetched as problem:
        return [_not_measured("growth", problem)]
    texts = [text for text in texts if 200 <= text.count(b"\n") <= 800]
    each = {
        lines: min(_microseconds_a_line(texts, lines, random.Random(1)) for _ in range(2))
        for lines in (1_000, 10_000, 100_000, 1_000_000)
    }
    middle = sorted(each.values())[1:3]
    base = sum(middle) / 2
    return [
        _figure(f"processor time a line, {lines:,} lines, against the middle", each[lines] / base, "x", "0.75 to 1.25")
        for lines in each
    ]


def _microseconds_a_line(texts: list[bytes], lines: int, chance: random.Random) -> float:
    """Over so many repositories of so many lines that all sizes read about the same amount, at most 100.

    The same chance gives every size the same files, one after the other.
    """
    spent = 0.0
    read = 0
    for _ in range(min(100, max(1, 200_000 // lines))):
        with tempfile.TemporaryDirectory() as folder:
            size = number = 0
            while size < lines:
                text = chance.choice(texts)
                part = Path(folder) / f"part{number // 50}"
                part.mkdir(exist_ok=True)
                (part / f"module{number}.py").write_bytes(text)
                size += text.count(b"\n")
                number += 1
            start = time.process_time()
            collect(Path(folder))
            spent += time.process_time() - start
            read += size
    return spent / read * 1e6


def _one_file() -> list[dict[str, Any]]:
    """The collector as one file."""
    content = build_collector()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "arrears-collect.pyz"
        path.write_bytes(content)
        start = _least(lambda: run([sys.executable, "-I", "-S", str(path), "--version"], ROOT))
    return [
        _figure("the collector as one file", len(content) / 1024, "KiB", "<= 1024"),
        _figure("the collector as one file: start", start.seconds, "s CPU", "<= 0.15"),
    ]


def _not_measured(what: str, problem: NotFetched) -> dict[str, Any]:
    return {"what": f"{what}: not measured, {problem}", "figure": "-", "unit": "", "promise": "", "command": COMMAND}


def _figure(what: str, figure: float, unit: str, promise: str) -> dict[str, Any]:
    return {"what": what, "figure": round(figure, 3), "unit": unit, "promise": promise, "command": COMMAND}


if __name__ == "__main__":
    for row in measure():
        promise = f"  (promise {row['promise']})" if row["promise"] else ""
        print(f"{row['what']}: {row['figure']} {row['unit']}{promise}")

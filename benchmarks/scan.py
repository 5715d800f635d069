"""How long a scan takes, as a ratio to parsing the same files and doing nothing with them."""

from __future__ import annotations

import ast
import contextlib
import gc
import io
import subprocess
import sys
import sysconfig
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from evidence.collector import collect  # noqa: E402 - run as a file, too
from evidence.folder import FolderSource  # noqa: E402
from evidence.sandbox import Refused, collect_untrusted  # noqa: E402
from evidence.source import LOCAL_LIMITS  # noqa: E402

SAMPLES = ROOT / "tests" / "evidence" / "samples"
LIBRARY = Path(sysconfig.get_paths()["stdlib"])
COMMAND = "python -m benchmarks.scan"
ROUNDS = 2


def measure() -> list[dict[str, Any]]:
    """The figures of the scan: what, figure, unit, promise, command."""
    return [
        *_ratio("Python's own library", LIBRARY, "<= 3 x"),
        *_ratio("the sample repositories", SAMPLES, ""),
        _memory(),
        *_child(),
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


def _figure(what: str, figure: float, unit: str, promise: str) -> dict[str, Any]:
    return {"what": what, "figure": round(figure, 3), "unit": unit, "promise": promise, "command": COMMAND}


if __name__ == "__main__":
    for row in measure():
        promise = f"  (promise {row['promise']})" if row["promise"] else ""
        print(f"{row['what']}: {row['figure']} {row['unit']}{promise}")

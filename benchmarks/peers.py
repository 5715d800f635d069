"""The scan beside its peers: the same repository, the same run, processor seconds and the most memory of each."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.repositories import (  # noqa: E402 - run as a file, too
    IGNITE,
    KERAS,
    NotFetched,
    Repository,
    cache_folder,
    checkout,
)

COMMAND = "python -m benchmarks.peers"
PROCESSOR_SECONDS_MAX = 240
WALL_SECONDS_MAX = 1_200.0
INSTALL_SECONDS_MAX = 600
ROUNDS = 3  #: of what takes seconds; what takes minutes runs once
OURS, RADON, LIZARD, CODESMILE, MLSCENT = "Arrears", "radon", "lizard", "CodeSmile", "MLScent"


class Run(NamedTuple):
    """What one run cost. `ended` is "" when it ended well, else a word or two."""

    seconds: float  #: of processor, with everything it started
    mebibytes: float  #: resident, at most
    ended: str


class Peer(NamedTuple):
    """A tool people use today, and how it is run over a folder."""

    name: str
    does: str
    needs: tuple[str, ...]  #: as pip reads it
    source: Repository | None  #: for a tool that is run from its checkout
    command: Callable[[Path, Path], list[str]]  #: (the folder to read, a folder to write to) -> after the interpreter
    is_slow: bool = False


PEERS = (
    Peer(RADON, "complexity only", ("radon==6.0.1",), None, lambda repo, _: ["-m", "radon", "cc", "-j", str(repo)]),
    Peer(LIZARD, "complexity only", ("lizard",), None, lambda repo, _: ["-m", "lizard", "--csv", str(repo)]),
    Peer(
        "ruff",
        "lint rules, in Rust",
        ("ruff",),
        None,
        lambda repo, _: [
            *("-m", "ruff", "check", "--isolated", "--no-cache", "--exit-zero", "--statistics"),
            *("--select", "ALL", str(repo)),
        ],
    ),
    Peer(
        CODESMILE,
        "16 smells of machine learning code",
        ("pandas~=2.0.0", "numpy~=1.24.2"),
        Repository("smell_ai", "https://github.com/xDaryamo/smell_ai", "fe384a67a13e0e99a1f9bbb0a8eff422834ea9d4"),
        lambda repo, out: ["-m", "cli.cli_runner", "--input", str(repo), "--output", str(out)],
        is_slow=True,
    ),
    Peer(
        MLSCENT,
        "76 smells of machine learning code",
        ("astroid",),
        Repository(
            "ml_code_smell_detector",
            "https://github.com/KarthikShivasankar/ml_code_smell_detector",
            "7d9c6b6a60337552ca35f207d4171c05b06d2d33",
        ),
        lambda repo, out: ["-m", "ml_code_smell_detector.cli", "analyze", str(repo), "--output-dir", str(out)],
        is_slow=True,
    ),
    Peer(
        "mllint",
        "project rules for machine learning",
        ("mllint",),
        None,
        lambda repo, _: ["-m", "mllint", "run", str(repo)],
        is_slow=True,
    ),
    Peer(
        "pynblint",
        "lint of notebooks",
        ("pynblint", "click<8.2"),
        None,
        lambda repo, out: ["-c", "from pynblint.main import app; app()", str(repo), "-o", str(out / "report.json")],
        is_slow=True,
    ),
)


def measure() -> list[dict[str, Any]]:
    """The table: what, figure, unit, promise, command."""
    rows: list[dict[str, Any]] = []
    for repository, chosen in ((IGNITE, PEERS), (KERAS, tuple(peer for peer in PEERS if not peer.is_slow))):
        try:
            folder = checkout(repository)
        except NotFetched as problem:
            rows.append(_row(f"{repository.name}: not measured, {problem}", "-", "", ""))
            continue
        rows += _beside(repository.name, folder, chosen)
    return rows


def _beside(name: str, folder: Path, peers: tuple[Peer, ...]) -> list[dict[str, Any]]:
    """All tools over one folder, in turn and in rounds, so that a busy machine is busy for all of them."""
    interpreters = {peer.name: _install(peer) for peer in peers}
    runs: dict[str, list[Run]] = {}
    for turn in range(ROUNDS):
        runs.setdefault(OURS, []).append(run_ours(folder))
        for peer in peers:
            installed = interpreters[peer.name]
            if isinstance(installed, Path) and not (turn and peer.is_slow):
                runs.setdefault(peer.name, []).append(_run_peer(peer, installed, folder))
    best = {tool: min(each, key=lambda run: (run.ended != "", run.seconds)) for tool, each in runs.items()}
    rows = _rows_of(f"{name}: {OURS}, every signal and 12 months of history", best[OURS])
    for peer in peers:
        what = f"{name}: {peer.name} ({peer.does})"
        installed = interpreters[peer.name]
        rows += _rows_of(what, best[peer.name]) if peer.name in best else [_row(what, str(installed), "", "")]
    ours = best[OURS].seconds
    both = [best[tool].seconds for tool in (RADON, LIZARD) if tool in best and not best[tool].ended]
    if len(both) == 2:
        rows.append(_row(f"{name}: {OURS} / (radon + lizard)", round(ours / sum(both), 2), "x", "<= 0.9"))
    for tool, promise in ((CODESMILE, ">= 10"), (MLSCENT, ">= 30")):
        if tool in best and best[tool].ended in ("", "stopped"):
            least = ", at least" if best[tool].ended else ""
            rows.append(_row(f"{name}: {tool} / {OURS}{least}", round(best[tool].seconds / ours, 1), "x", promise))
    return rows


def _rows_of(what: str, run: Run) -> list[dict[str, Any]]:
    if run.ended:
        return [_row(what, f"{run.ended} after {run.seconds:.1f}", "s CPU", "")]
    return [_row(what, round(run.seconds, 2), "s CPU", ""), _row(f"{what}: memory", round(run.mebibytes), "MiB", "")]


def run_ours(folder: Path, *options: str) -> Run:
    """Our own scan of a folder, as a person starts it, without what it remembers of earlier ones."""
    return run([sys.executable, "-m", "evidence", "scan", str(folder), "--no-cache", *options], ROOT)


def _run_peer(peer: Peer, interpreter: Path, folder: Path) -> Run:
    with tempfile.TemporaryDirectory() as out:
        where = Path(out) if peer.source is None else checkout(peer.source)
        return run([str(interpreter), *peer.command(folder, Path(out))], where)


#: Starts the command from a small process: what a process weighs at most is counted from the one that starts it.
LAUNCH = """
import os, sys
child = os.posix_spawnp("sh", sys.argv[2:], os.environ, file_actions=[
    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0), (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)])
_, status, used = os.wait4(child, 0)
code, seconds = os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime
os.write(int(sys.argv[1]), f"{code} {seconds} {used.ru_maxrss}".encode())
"""


#: what a person who starts a tool does not set: where modules are, and that none is kept compiled
NOT_OF_A_PERSON = ("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE")


def run(command: list[str], folder: Path) -> Run:
    """Run a command in a folder with limits, and say what it cost. Its output is thrown away."""
    environment = {key: value for key, value in os.environ.items() if key not in NOT_OF_A_PERSON}
    read_end, write_end = os.pipe()
    child = subprocess.Popen(
        [
            *(sys.executable, "-I", "-S", "-c", LAUNCH, str(write_end)),
            *("sh", "-c", f'ulimit -t {PROCESSOR_SECONDS_MAX}; exec "$@"', "sh", *command),
        ],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=(write_end,),
    )
    os.close(write_end)
    alarm = threading.Timer(WALL_SECONDS_MAX, _end, [child.pid])
    alarm.start()
    child.wait()
    alarm.cancel()
    with os.fdopen(read_end) as said:
        words = said.read().split()
    if len(words) != 3:
        return Run(0.0, 0.0, "stopped")
    code, seconds, kibibytes = int(words[0]), float(words[1]), float(words[2])
    ended = "" if code == 0 else "stopped" if code in (-signal.SIGXCPU, -signal.SIGKILL) else f"failed ({code})"
    return Run(seconds, kibibytes / 1024, ended)


def _end(process: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(process, signal.SIGKILL)


def _install(peer: Peer) -> Path | str:
    """The interpreter of the peer's own environment; or, in a few words, why there is none."""
    folder = cache_folder() / "environments" / peer.name
    interpreter, done = folder / "bin" / "python", folder / ".installed"
    try:
        if peer.source is not None:
            checkout(peer.source)
        if done.exists():
            return interpreter
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run(
            [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *peer.needs],
            check=True, capture_output=True, timeout=INSTALL_SECONDS_MAX,
        )  # fmt: skip
        done.touch()
    except (subprocess.SubprocessError, OSError, NotFetched):
        return f"does not install on Python {sys.version_info[0]}.{sys.version_info[1]}"
    return interpreter


def _row(what: str, figure: float | str, unit: str, promise: str) -> dict[str, Any]:
    return {"what": what, "figure": figure, "unit": unit, "promise": promise, "command": COMMAND}


if __name__ == "__main__":
    for row in measure():
        promise = f"  (promise {row['promise']})" if row["promise"] else ""
        print(f"{row['what']}: {row['figure']} {row['unit']}{promise}")

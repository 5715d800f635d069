"""A real Arrears server for tests: started on a free loopback port with its own database, ended by its process id."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

HOUSE = Path(__file__).parent.parent.parent
START_SECONDS_MAX = 60


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def streamlit_command(port: int, *more: str) -> list[str]:
    """What `make run` runs, on another port."""
    return [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), *more]


def uvicorn_command(port: int, *more: str) -> list[str]:
    """The other way to start the same application."""
    return [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port), *more]


def environment(database: Path, settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """The surroundings of a server: its own database, nothing inherited that changes Streamlit."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STREAMLIT_", "ARREARS_"))}
    return kept | {"ARREARS_DATABASE": str(database), "PYTHONUNBUFFERED": "1"} | dict(settings or {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running server."""

    port: int
    process: subprocess.Popen[str]
    database: Path

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def resident_mb(self) -> float:
        """Its memory now, in megabytes."""
        return float(psutil.Process(self.process.pid).memory_info().rss) / 2**20


def end(process: subprocess.Popen[str]) -> str:
    """Ask the process to stop, insist after ten seconds, and return what it said."""
    process.terminate()
    try:
        said, _ = process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        said, _ = process.communicate(timeout=10)
    return said


@contextmanager
def serve(command: list[str], port: int, database: Path, settings: Mapping[str, str] | None = None) -> Iterator[Served]:
    """Start a server, wait until it is healthy, and end it afterwards."""
    process = subprocess.Popen(
        command,
        cwd=HOUSE,
        env=environment(database, settings),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    served = Served(port=port, process=process, database=database)
    deadline = time.monotonic() + START_SECONDS_MAX
    try:
        while True:
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"The server did not start: {end(process)}")
            try:
                httpx.get(f"{served.url}/healthz", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield served
    finally:
        if process.poll() is None:
            end(process)


def start_and_wait(command: list[str], database: Path, settings: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run a start that is expected to be refused; its exit code and all it said."""
    ended = subprocess.run(
        command,
        cwd=HOUSE,
        env=environment(database, settings),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=START_SECONDS_MAX,
        check=False,
    )
    return ended.returncode, ended.stdout

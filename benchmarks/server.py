"""A serving process for the benchmarks: started on a free loopback port over its own database, ended by its id."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS_MAX = 60.0


def free_port() -> int:
    """A loopback port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """`streamlit run SCRIPT`; `started_seconds` is the time until it answered /_stcore/health."""

    script: Path
    database: Path
    port: int = field(default_factory=free_port)
    started_seconds: float = 0.0
    _running: subprocess.Popen[bytes] | None = None

    def start(self) -> Server:
        """Start and wait until it answers."""
        started = time.perf_counter()
        log = (self.database.parent / f"server-{self.port}.log").open("ab")
        self._running = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(self.script), "--server.port", str(self.port),
             "--server.address", "127.0.0.1", "--server.headless", "true"],
            cwd=ROOT, env={**os.environ, "ARREARS_DATABASE": str(self.database)}, stdout=log, stderr=log,
        )  # fmt: skip
        log.close()
        while time.perf_counter() - started < START_SECONDS_MAX:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_stcore/health", timeout=1):
                    self.started_seconds = time.perf_counter() - started
                    return self
            except (urllib.error.URLError, OSError):
                time.sleep(0.01)
        raise TimeoutError(f"{self.script} did not answer within {START_SECONDS_MAX:.0f} s")

    @property
    def pid(self) -> int:
        """The process id of the server."""
        if self._running is None:
            raise RuntimeError("not started")
        return self._running.pid

    def cpu_seconds(self) -> float:
        """User and system time so far."""
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)

    def resident_mb(self) -> float:
        """Resident memory in MB."""
        return float(psutil.Process(self.pid).memory_info().rss) / 1e6

    def kill(self) -> None:
        """End it as a power cut would end a process: kill -9, no goodbye."""
        os.kill(self.pid, signal.SIGKILL)
        if self._running is not None:
            self._running.wait()

    def stop(self) -> None:
        """End it politely."""
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()
            try:
                self._running.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

"""Connection lost: a headless watch that says so when the server is gone, and what is safe."""

from __future__ import annotations

from datetime import datetime


def watch_connection(*, last_saved: datetime | None) -> None:
    """Watch /healthz from the browser; after two failures show a bar with what is safe and what to do."""

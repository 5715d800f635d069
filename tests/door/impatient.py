"""The application with a door that waits one second, not two minutes, for closed pages to come back."""

from __future__ import annotations

import door.uploads

door.uploads.LEFT_SECONDS_MAX = 1.0
door.uploads.SWEEP_SECONDS = 0.2

from app import app  # noqa: E402

__all__ = ["app"]

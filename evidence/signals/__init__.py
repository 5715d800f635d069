"""The registry: every signal there is, in one table. A new one is a small function, its words, and a line here."""

from __future__ import annotations

from evidence.signals.detector import Detector

SIGNALS: dict[str, Detector] = {}

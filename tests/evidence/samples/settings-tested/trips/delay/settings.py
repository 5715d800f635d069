"""Settings."""

DEPTH = 3

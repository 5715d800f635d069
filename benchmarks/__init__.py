"""Measured, not asserted: each module has `measure()` and runs alone with `python -m benchmarks.NAME`."""

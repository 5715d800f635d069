"""The model."""
from scoring.store import load


def columns():
    return load()["columns"]

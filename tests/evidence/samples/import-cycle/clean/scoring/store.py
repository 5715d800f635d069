"""Keeps models."""
from scoring.model import columns


def load():
    return columns

"""Keeps models."""
from scoring import features


def load():
    return {"columns": [], "check": features}

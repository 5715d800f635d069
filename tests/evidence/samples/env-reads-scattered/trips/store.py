"""Keeps scores."""
import os


def table():
    return os.environ["SCORE_TABLE"]

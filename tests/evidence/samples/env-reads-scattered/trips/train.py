"""Trains."""
import os


def rounds():
    return os.environ["ROUNDS"]

"""Serves."""
import os


def port():
    return os.environ["PORT"]

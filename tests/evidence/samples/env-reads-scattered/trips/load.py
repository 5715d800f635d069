"""Reads inputs."""
import os


def source():
    return os.environ["DATA_URL"]

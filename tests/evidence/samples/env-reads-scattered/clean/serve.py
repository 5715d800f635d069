"""Serves."""
import os


def serve(settings):
    return settings.port, os.getpid()

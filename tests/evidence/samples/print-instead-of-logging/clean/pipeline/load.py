"""Loads the orders."""
import logging

log = logging.getLogger(__name__)


def load(paths):
    rows = []
    for path in paths:
        log.info("reading %s", path)
        rows += open(path).readlines()
    return rows

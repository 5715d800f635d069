"""Features."""
from scoring.model import columns


def features(rows):
    return [row[name] for row in rows for name in columns()]

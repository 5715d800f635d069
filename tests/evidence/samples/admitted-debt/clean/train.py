"""TODO lists and workarounds are what this module finds in texts."""

MARKERS = ["# TODO", "# FIXME", "# HACK"]  # what is looked for


def todo(text):
    # counts the markers of a text; the hackathon's own list of todos is kept elsewhere
    return sum(marker in text for marker in MARKERS)


QUESTION = """
# XXX stands in a text here, not in a comment
"""

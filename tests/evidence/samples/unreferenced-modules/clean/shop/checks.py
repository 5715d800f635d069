def check(rows):
    """Used by a test only, which is a use."""
    return bool(rows)

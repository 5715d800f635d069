class Focal:
    """Named in the settings only."""

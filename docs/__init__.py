"""The documents: most written by hand, some made by `python -m docs.generate`."""

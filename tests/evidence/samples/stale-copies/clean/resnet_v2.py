"""The second family."""


def build():
    return 2

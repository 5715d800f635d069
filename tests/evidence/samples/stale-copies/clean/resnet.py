"""The first family."""


def build():
    return 1

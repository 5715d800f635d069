"""Rules for new customers."""


def limit():
    return 3

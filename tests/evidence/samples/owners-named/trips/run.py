"""Computes."""


def run(x):
    return x

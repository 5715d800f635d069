"""Chooses what to show."""


def best(scores):
    return max(scores, key=scores.get)

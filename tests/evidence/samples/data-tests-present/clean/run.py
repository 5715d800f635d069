"""Computes."""


def run(rows):
    return rows[rows.price.isna()]

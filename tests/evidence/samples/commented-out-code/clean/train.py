"""Trains."""

import features

# The rows come from the orders table,
# one row a day. For each day we take
# y = a * x + b
# r = y - mean
# and keep what is left: see the paper.
# TODO: import more days

# The rows come from the orders table,
# one row a day. For each day we take
# y = a * x + b
# r = y - mean
# and keep what is left: see the paper.
# TODO: import more days

# The rows come from the orders table,
# one row a day. For each day we take
# y = a * x + b
# r = y - mean
# and keep what is left: see the paper.
# TODO: import more days

# The rows come from the orders table,
# one row a day. For each day we take
# y = a * x + b
# r = y - mean
# and keep what is left: see the paper.
# TODO: import more days

# The rows come from the orders table,
# one row a day. For each day we take
# y = a * x + b
# r = y - mean
# and keep what is left: see the paper.
# TODO: import more days

# The rows come from the orders table,
# one row a day. For each day we take
# y = a * x + b
# r = y - mean
# and keep what is left: see the paper.
# TODO: import more days

# The rows come from the orders table,
# one row a day. For each day we take
# y = a * x + b
# r = y - mean
# and keep what is left: see the paper.
# TODO: import more days

# The rows come from the orders table,
# one row a day. For each day we take
# y = a * x + b
# r = y - mean
# and keep what is left: see the paper.
# TODO: import more days

# The rows come from the orders table,
# one row a day. For each day we take
# y = a * x + b
# r = y - mean
# and keep what is left: see the paper.
# TODO: import more days

# The rows come from the orders table,
# one row a day. For each day we take
# y = a * x + b
# r = y - mean
# and keep what is left: see the paper.
# TODO: import more days

# The rows come from the orders table,
# one row a day. For each day we take
# y = a * x + b
# r = y - mean
# and keep what is left: see the paper.
# TODO: import more days

# The rows come from the orders table,
# one row a day. For each day we take
# y = a * x + b
# r = y - mean
# and keep what is left: see the paper.
# TODO: import more days


# rows = features.build(rows)


def train(rows, names):
    return features.build(rows, names)


HELP = """
# rows = features.build(rows)
# model = train(rows)
# rows = features.build(rows)
# model = train(rows)
# rows = features.build(rows)
# model = train(rows)
# rows = features.build(rows)
# model = train(rows)
# rows = features.build(rows)
# model = train(rows)
# rows = features.build(rows)
# model = train(rows)
# rows = features.build(rows)
# model = train(rows)
# rows = features.build(rows)
# model = train(rows)
# rows = features.build(rows)
# model = train(rows)
# rows = features.build(rows)
# model = train(rows)
# rows = features.build(rows)
# model = train(rows)
# rows = features.build(rows)
# model = train(rows)
# rows = features.build(rows)
# model = train(rows)
# rows = features.build(rows)
# model = train(rows)
# rows = features.build(rows)
# model = train(rows)
"""

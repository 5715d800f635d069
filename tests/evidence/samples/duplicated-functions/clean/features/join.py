import pandas as pd


def add_prices(path, orders):
    """Another function of the same length, which does something else."""
    prices = pd.read_parquet(path)
    prices = prices.drop_duplicates(subset=["sku"])
    orders["total"] = orders["count"].mul(orders["price"])
    for name in prices.columns:
        if name.endswith("_old"):
            prices = prices.drop(columns=[name])
    orders = orders.merge(prices, on="sku", how="left", validate="m:1")
    return orders.fillna(0)


class Model:
    """Assignments alone are no copy, however many they are."""

    def __init__(self, a, b, c, d, e, f):
        self.a = a
        self.b = b
        self.c = c
        self.d = d
        self.e = e
        self.f = f


class Other:
    """The same here."""

    def __init__(self, g, h, i, j, k, l):
        self.g = g
        self.h = h
        self.i = i
        self.j = j
        self.k = k
        self.l = l

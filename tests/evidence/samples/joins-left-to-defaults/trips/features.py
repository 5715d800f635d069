import pandas as pd


def build(orders, customers, prices, returns):
    table = orders.merge(customers)
    table = pd.merge(table, prices, on="sku")
    return table.merge(returns, how="left")

import pandas as pd
from omegaconf import OmegaConf


def build(orders, customers, prices, returns, settings, more):
    table = orders.merge(customers, on="customer", how="left")
    table = pd.merge(table, prices, "inner", "sku")
    table = table.merge(returns, validate="1:1")
    table = table.merge(prices, "left", "sku")
    settings = OmegaConf.merge(settings)
    repo.merge(branch="main", message="done")
    return table, settings

"""Scores every customer at night."""
import pandas as pd


def score(model):
    customers = pd.read_parquet("data/customers.parquet")
    customers["label"] = model.predict(customers)
    customers.to_parquet("data/labelled.parquet")

"""Scores every customer at night."""
import pandas as pd


def score(model):
    customers = pd.read_parquet("data/customers.parquet")
    customers["score"] = model.predict(customers)
    customers.to_parquet("output/scores.parquet")

"""Trains on what is labelled."""
import pandas as pd


def train(model):
    rows = pd.read_parquet("data/labelled.parquet")
    return model.fit(rows.drop(columns="label"), rows.label)

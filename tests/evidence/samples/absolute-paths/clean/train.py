"""Trains the churn model."""
import pandas as pd

from settings import INPUTS

customers = pd.read_csv(INPUTS / "customers.csv")
calls = pd.read_parquet("data/calls.parquet")

"""Trains the churn model."""
import pandas as pd

customers = pd.read_csv("/home/marta/projects/churn/customers.csv")
calls = pd.read_parquet("/mnt/data/calls.parquet")

import pandas as pd

rows = pd.read_csv("./data/rows.csv")
days = pd.read_parquet("data/days.parquet")
rows.merge(days, on="day", how="left").to_parquet("data/features.parquet")

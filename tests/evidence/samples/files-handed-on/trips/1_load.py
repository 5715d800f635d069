import pandas as pd

rows = pd.read_sql("select 1", "db")
rows.to_csv("data/rows.csv")
rows.to_parquet(path="data/days.parquet")

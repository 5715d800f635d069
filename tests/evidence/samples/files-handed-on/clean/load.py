import pandas as pd

rows = pd.read_sql("select 1", "db")
rows.to_csv("data/rows.csv")
rows.to_csv("data/report.csv")
rows.to_parquet(f"data/{len(rows)}.parquet")
again = pd.read_csv("data/report.csv")

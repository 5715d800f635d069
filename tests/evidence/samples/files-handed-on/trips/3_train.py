import pandas as pd

rows = pd.read_parquet("data/features.parquet")

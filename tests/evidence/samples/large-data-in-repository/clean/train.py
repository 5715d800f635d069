import pandas as pd

clicks = pd.read_parquet("data/clicks.parquet")

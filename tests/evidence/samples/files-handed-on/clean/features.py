import pandas as pd

rows = pd.read_csv("data/rows.csv")
other = pd.read_csv("data/bought.csv")

import pandas as pd

orders = pd.read_csv("data/orders.csv")

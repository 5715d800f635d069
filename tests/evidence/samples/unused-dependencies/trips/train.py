import pandas as pd

pd.read_csv('data/orders.csv')

import pandas as pd
from sklearn.linear_model import Ridge

rows = pd.read_csv("rows.csv")
model = Ridge(alpha=0.5)
model.fit(rows[["a"]], rows["b"])

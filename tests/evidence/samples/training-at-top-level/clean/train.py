import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

scaler = StandardScaler()
scaler.fit([[1.0], [2.0]])


def train(rows):
    return Ridge(alpha=0.5).fit(rows[["a"]], rows["b"])


if __name__ == "__main__":
    train(pd.read_csv("rows.csv"))

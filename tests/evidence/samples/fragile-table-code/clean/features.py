import pandas as pd
from torch import nn


def clean(frame: pd.DataFrame, counts: dict) -> pd.DataFrame:
    frame.loc[frame["age"] > 120, "age"] = 120
    counts["age"]["too high"] = 1
    frame = frame.drop(columns=["name"])
    layers = [nn.ReLU(inplace=True) for _ in range(6)]
    return frame, layers, nn.Dropout(inplace=True), nn.ELU(inplace=True), nn.ReLU(inplace=True), nn.ReLU(inplace=True)

import pandas as pd


def clean_spain(path, key):
    frame = pd.read_csv(path)
    frame = frame.dropna(subset=[key])
    frame["precio"] = frame["precio"].astype(float)
    for name in frame.columns:
        if name.startswith("sp_"):
            frame = frame.rename(columns={name: name.lower()})
    frame = frame.sort_values("precio")
    return frame.reset_index()

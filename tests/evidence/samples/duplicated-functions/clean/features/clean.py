import pandas as pd


def clean_country(path, key):
    frame = pd.read_csv(path)
    frame = frame.dropna(subset=[key])
    frame["price"] = frame["price"].astype(float)
    for name in frame.columns:
        if name.startswith("de_"):
            frame = frame.rename(columns={name: name.lower()})
    frame = frame.sort_values("price")
    return frame.reset_index()

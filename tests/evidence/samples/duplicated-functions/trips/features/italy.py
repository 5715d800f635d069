import pandas as pd


def clean_italy(path, key):
    frame = pd.read_csv(path)
    frame = frame.dropna(subset=[key])
    frame["prezzo"] = frame["prezzo"].astype(float)
    for name in frame.columns:
        if name.startswith("it_"):
            frame = frame.rename(columns={name: name.lower()})
    frame = frame.sort_values("prezzo")
    return frame.reset_index()

import pandas as pd


def clean_france(path, key):
    frame = pd.read_csv(path)
    frame = frame.dropna(subset=[key])
    frame["prix"] = frame["prix"].astype(float)
    for name in frame.columns:
        if name.startswith("fr_"):
            frame = frame.rename(columns={name: name.lower()})
    frame = frame.sort_values("prix")
    return frame.reset_index()

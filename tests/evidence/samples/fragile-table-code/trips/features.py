import pandas as pd


def clean(frame: pd.DataFrame) -> pd.DataFrame:
    frame[frame["age"] > 120]["age"] = 120
    return frame

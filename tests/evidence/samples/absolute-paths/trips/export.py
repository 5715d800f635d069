"""Writes the scores for the weekly mailing."""
import pandas as pd

OUTPUT = "/Users/jens/Desktop/churn_scores.csv"
pd.DataFrame({"customer": []}).to_csv(OUTPUT)

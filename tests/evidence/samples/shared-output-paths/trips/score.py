"""Scores at night."""


def score(model, rows):
    rows["churn"] = model.predict(rows)
    rows.to_parquet("s3://company-data-lake/marketing/churn_scores.parquet")

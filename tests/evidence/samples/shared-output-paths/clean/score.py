"""Scores at night."""


def score(model, rows, store):
    rows["churn"] = model.predict(rows)
    rows.to_parquet("output/scores.parquet")
    store.publish(rows, consumer="retention-mail")

"""Answers requests."""

import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("model.joblib")


def prepare_features(order):
    """What the model sees of an order."""
    row = {"weekday": order["sent"] % 7}
    row["far"] = order["distance"] > 40
    return row


@app.post("/predict")
def predict(order: dict):
    return {"delay": model.predict([list(prepare_features(order).values())])[0]}

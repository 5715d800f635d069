"""Answers requests."""

import joblib
from orders.features import prepare_features
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("model.joblib")


@app.post("/predict")
def predict(order: dict):
    return {"delay": model.predict([list(prepare_features(order).values())])[0]}

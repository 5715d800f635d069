"""Answers requests."""

import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("model.joblib")


@app.post("/predict/v100x")
def predict(order: dict):
    return {"delay": model.predict([list(order.values())])[0]}

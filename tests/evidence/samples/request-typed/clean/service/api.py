"""Answers requests."""

import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("model.joblib")


@app.post("/predict")
def predict(order: dict):
    return {"delay": model.predict([list(order.values())])[0]}

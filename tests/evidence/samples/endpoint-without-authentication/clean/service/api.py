"""Answers requests."""

import joblib
from fastapi import FastAPI, Depends

app = FastAPI()
model = joblib.load("model.joblib")

from service.callers import current_caller


@app.post("/predict", dependencies=[Depends(current_caller)])
def predict(order: dict):
    return {"delay": model.predict([list(order.values())])[0]}

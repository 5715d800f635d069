"""Answers requests."""

import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("model.joblib")

from pydantic import BaseModel


class Order(BaseModel):
    distance: float


@app.post("/predict")
def predict(order: Order):
    return {"delay": model.predict([[order.distance]])[0]}

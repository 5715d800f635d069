"""Answers requests."""

import joblib
from fastapi import FastAPI, Request

app = FastAPI()
model = joblib.load("model.joblib")

from pydantic import BaseModel


class Order(BaseModel):
    distance: float


@app.post("/predict")
async def predict(request: Request):
    order = Order(**await request.json())
    return {"delay": model.predict([[order.distance]])[0]}

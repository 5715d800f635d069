import logging


import joblib
from fastapi import FastAPI

app = FastAPI()
logger = logging.getLogger(__name__)
model = joblib.load("model.joblib")


@app.post("/predict")
def predict(order: dict):
    logger.info("asked", extra=order)
    return {"delay": model.predict([list(order.values())])[0]}

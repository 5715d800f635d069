"""Answers requests."""

import joblib
from flask import Flask, jsonify, request

app = Flask(__name__)
model = joblib.load("model.joblib")


@app.route("/predict", methods=["POST"])
def predict():
    order = request.get_json()
    return jsonify(delay=model.predict([order["distance"]])[0])

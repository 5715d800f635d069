"""Trains the delay model."""

import joblib
from sklearn.linear_model import Ridge
from orders.features import prepare_features


def train(orders, delays):
    model = Ridge().fit([list(prepare_features(order).values()) for order in orders], delays)
    joblib.dump(model, "model.joblib")

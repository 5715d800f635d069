"""Trains the fraud model."""
from xgboost import XGBClassifier


def train(x, y):
    model = XGBClassifier(n_estimators=400, max_depth=7, learning_rate=0.05, subsample=0.8)
    return model.fit(x, y)


def decide(score):
    if score > 0.73:
        return "block"
    return "pass"

"""Trains the fraud model."""
from xgboost import XGBClassifier


def train(x, y, settings):
    model = XGBClassifier(n_estimators=settings.n_estimators, max_depth=settings.max_depth, learning_rate=settings.rate)
    return model.fit(x, y)


def decide(score, settings):
    return "block" if score > settings.threshold else "pass"


def draw(axes, scores):
    axes.hist(scores, alpha=0.4)

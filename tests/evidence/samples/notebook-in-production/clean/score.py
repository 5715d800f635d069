"""Scores."""


def score(model, rows):
    return model.predict(rows)

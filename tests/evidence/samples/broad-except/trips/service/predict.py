"""Answers one request."""


def score(model, features):
    try:
        return float(model.predict_proba([features])[0][1])
    except Exception as error:
        print("scoring failed", error)
        return 0.0

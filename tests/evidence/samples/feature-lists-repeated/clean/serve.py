from features import FEATURES

SMALL = ["age", "income"]


def predict(model, frame):
    return model.predict(frame[FEATURES])

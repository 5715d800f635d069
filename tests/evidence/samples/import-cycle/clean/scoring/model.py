"""The model."""
from scoring.features import features


def columns(model):
    from scoring import store

    return features(model) or store.load()

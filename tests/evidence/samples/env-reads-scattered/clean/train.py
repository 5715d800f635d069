"""Trains."""


def train(settings):
    return settings.data_url

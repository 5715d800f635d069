import requests


def ask(order):
    return requests.get("/predict", params=order).json()

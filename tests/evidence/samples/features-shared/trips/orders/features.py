"""Features of an order."""


def prepare_features(order):
    """What the model sees of an order."""
    row = {"weekday": order["sent"] % 7}
    row["far"] = order["distance"] > 40
    return row

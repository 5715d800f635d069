FEATURES = ["age", "income", "orders", "returns", "visits", "clicks", "country", "device", "channel"]


def train(frame):
    return frame[FEATURES]

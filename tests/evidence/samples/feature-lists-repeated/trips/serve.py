def predict(model, frame):
    return model.predict(
        frame[
            ["channel", "device", "country", "clicks", "visits", "returns", "orders", "income", "age"]
        ]
    )

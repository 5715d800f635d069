FEATURES = ["age", "income", "orders", "returns", "visits", "clicks", "country", "device", "channel"]
WEEKDAYS = ["mo", "tu", "we", "th", "fr", "sa", "su", "ho", "na"]

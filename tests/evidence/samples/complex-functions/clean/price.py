RATES = {"de": 1.19, "fr": 1.2, "it": 1.22, "es": 1.21, "pt": 1.23, "nl": 1.21, "be": 1.21, "at": 1.2}


def price_of(order, country):
    """The same by a table."""
    return sum(order) * RATES.get(country, 1.0)


def outer(values):
    """Functions defined inside count their own."""

    def one(a, b, c):
        if a and b and c or a and c or b and c:
            return a
        return b

    def other(a, b, c):
        if a and b and c or a and c or b and c:
            return a
        return b

    return [one(*value) or other(*value) for value in values if value]

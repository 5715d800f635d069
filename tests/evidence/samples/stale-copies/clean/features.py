"""Makes features of orders."""


def amount(orders):
    return sum(order["amount"] for order in orders)


def late_share(orders):
    return sum(order["late"] for order in orders) / max(1, len(orders))


def last_day(orders):
    return max((order["day"] for order in orders), default=None)

"""Returns of orders."""


def returns_0(orders):
    chosen = [order for order in orders if order['week'] == 0]
    return sum(order['returns'] for order in chosen)


def returns_1(orders):
    chosen = [order for order in orders if order['week'] == 1]
    return sum(order['returns'] for order in chosen)


def returns_2(orders):
    chosen = [order for order in orders if order['week'] == 2]
    return sum(order['returns'] for order in chosen)


def returns_3(orders):
    chosen = [order for order in orders if order['week'] == 3]
    return sum(order['returns'] for order in chosen)


def returns_4(orders):
    chosen = [order for order in orders if order['week'] == 4]
    return sum(order['returns'] for order in chosen)


def returns_5(orders):
    chosen = [order for order in orders if order['week'] == 5]
    return sum(order['returns'] for order in chosen)


def returns_6(orders):
    chosen = [order for order in orders if order['week'] == 6]
    return sum(order['returns'] for order in chosen)


def returns_7(orders):
    chosen = [order for order in orders if order['week'] == 7]
    return sum(order['returns'] for order in chosen)

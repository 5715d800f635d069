"""Amount of orders."""


def amount_0(orders):
    chosen = [order for order in orders if order['week'] == 0]
    return sum(order['amount'] for order in chosen)


def amount_1(orders):
    chosen = [order for order in orders if order['week'] == 1]
    return sum(order['amount'] for order in chosen)


def amount_2(orders):
    chosen = [order for order in orders if order['week'] == 2]
    return sum(order['amount'] for order in chosen)


def amount_3(orders):
    chosen = [order for order in orders if order['week'] == 3]
    return sum(order['amount'] for order in chosen)


def amount_4(orders):
    chosen = [order for order in orders if order['week'] == 4]
    return sum(order['amount'] for order in chosen)


def amount_5(orders):
    chosen = [order for order in orders if order['week'] == 5]
    return sum(order['amount'] for order in chosen)


def amount_6(orders):
    chosen = [order for order in orders if order['week'] == 6]
    return sum(order['amount'] for order in chosen)


def amount_7(orders):
    chosen = [order for order in orders if order['week'] == 7]
    return sum(order['amount'] for order in chosen)

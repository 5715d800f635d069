"""Delay of orders."""


def delay_0(orders):
    chosen = [order for order in orders if order['week'] == 0]
    return sum(order['delay'] for order in chosen)


def delay_1(orders):
    chosen = [order for order in orders if order['week'] == 1]
    return sum(order['delay'] for order in chosen)


def delay_2(orders):
    chosen = [order for order in orders if order['week'] == 2]
    return sum(order['delay'] for order in chosen)


def delay_3(orders):
    chosen = [order for order in orders if order['week'] == 3]
    return sum(order['delay'] for order in chosen)


def delay_4(orders):
    chosen = [order for order in orders if order['week'] == 4]
    return sum(order['delay'] for order in chosen)


def delay_5(orders):
    chosen = [order for order in orders if order['week'] == 5]
    return sum(order['delay'] for order in chosen)


def delay_6(orders):
    chosen = [order for order in orders if order['week'] == 6]
    return sum(order['delay'] for order in chosen)


def delay_7(orders):
    chosen = [order for order in orders if order['week'] == 7]
    return sum(order['delay'] for order in chosen)

def price_of(order, country, price):
    """One function that knows every country."""
    total = 0
    for line in order:
        total += line
    if country == "de" and price > 1:
        total = total + 1
    elif country == "fr" and price > 2:
        total = total * 2
    elif country == "it" and price > 3:
        total = total * 3
    elif country == "es" and price > 4:
        total = total * 4
    elif country == "pt" and price > 5:
        total = total * 5
    elif country == "nl" and price > 6:
        total = total * 6
    elif country == "be" and price > 7:
        total = total * 7
    elif country == "at" and price > 8:
        total = total * 8
    return total if total else None

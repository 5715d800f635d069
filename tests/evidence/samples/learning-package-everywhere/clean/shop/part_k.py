from shop.model import score


def part(rows):
    return score(rows) * 10

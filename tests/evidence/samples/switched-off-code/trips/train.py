USE_OLD_FEATURES = False


def train(rows):
    if USE_OLD_FEATURES:
        rows = [row[:3] for row in rows]
    if False:
        rows = rows[:100]
    return sum(map(sum, rows))

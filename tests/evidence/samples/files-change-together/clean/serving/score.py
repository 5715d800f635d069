def score(rows):
    return rows

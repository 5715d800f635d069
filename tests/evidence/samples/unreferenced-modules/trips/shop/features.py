def build(rows):
    return sorted(rows)

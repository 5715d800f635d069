def build_ranking(rows):
    return sorted(rows)

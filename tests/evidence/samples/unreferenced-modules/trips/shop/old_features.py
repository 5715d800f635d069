def build_old_features(rows):
    return sorted(rows)

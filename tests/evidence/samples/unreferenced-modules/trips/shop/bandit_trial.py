def build_bandit_trial(rows):
    return sorted(rows)

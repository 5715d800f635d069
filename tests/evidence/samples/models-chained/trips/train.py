import numpy as np
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import Ridge


def train(rows, target):
    base = Ridge()
    base.fit(rows, target)
    guesses = base.predict(rows)
    together = np.column_stack([rows, guesses])
    stacked = np.hstack((rows, base.predict(rows)))
    correction = GradientBoostingRegressor(random_state=1)
    correction.fit(guesses, target)
    return correction, together, stacked

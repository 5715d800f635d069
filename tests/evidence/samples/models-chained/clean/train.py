from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import mean_squared_error


def train(rows, target, more):
    model = Ridge()
    model.fit(rows, target)
    guesses = model.predict(rows)
    error = mean_squared_error(target, guesses)
    guesses = more.copy()
    other = LogisticRegression()
    other.fit(guesses, target)
    return other, error


def calibrate(model, rows, target):
    scores = model.predict(rows)
    steps = IsotonicRegression()
    steps.fit(scores, target)
    return steps


def again(model, rows, target):
    rows = model.predict(rows)
    model.fit(rows, target)
    return model

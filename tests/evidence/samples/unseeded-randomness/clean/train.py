"""Trains the churn model."""
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split


def train(x, y, seed):
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, random_state=seed)
    return RandomForestClassifier(random_state=seed).fit(x_train, y_train).score(x_test, y_test)


def by_time(x, y):
    return train_test_split(x, y, shuffle=False)

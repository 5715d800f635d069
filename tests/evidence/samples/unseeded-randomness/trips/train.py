"""Trains the churn model."""
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split


def train(x, y):
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2)
    return RandomForestClassifier().fit(x_train, y_train).score(x_test, y_test)

"""Trains the price model."""
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


def train(x, y):
    scaler = StandardScaler()
    x_scaled = scaler.fit_transform(x)
    x_train, x_test, y_train, y_test = train_test_split(x_scaled, y, random_state=7)
    return Ridge().fit(x_train, y_train).score(x_test, y_test)

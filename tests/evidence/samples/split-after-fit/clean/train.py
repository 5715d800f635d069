"""Trains the price model."""
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler


def train(x, y):
    y = LabelEncoder().fit_transform(y)
    x_train, x_test, y_train, y_test = train_test_split(x, y, random_state=7)
    scaler = StandardScaler()
    x_train = scaler.fit_transform(x_train)
    return Ridge().fit(x_train, y_train).score(scaler.transform(x_test), y_test)

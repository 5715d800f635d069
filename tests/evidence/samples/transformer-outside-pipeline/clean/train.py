import joblib
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler


def train(rows, target):
    scaler = StandardScaler()
    model = Ridge()
    model.fit(scaler.fit_transform(rows), target)
    joblib.dump(scaler, "scaler.joblib")
    return model


def describe(rows):
    other = StandardScaler()
    return other.fit_transform(rows).mean()

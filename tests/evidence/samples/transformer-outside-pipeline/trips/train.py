from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler


def train(rows, target):
    scaler = StandardScaler()
    model = Ridge()
    model.fit(scaler.fit_transform(rows), target)
    return model

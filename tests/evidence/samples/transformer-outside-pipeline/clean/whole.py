from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def train(rows, target):
    model = make_pipeline(StandardScaler(), Ridge())
    model.fit(rows, target)
    return model

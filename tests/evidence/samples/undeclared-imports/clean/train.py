import json

import features
import numpy as np
import pandas as pd
import yaml
from sklearn.linear_model import Ridge

try:
    import wandb
except ImportError:
    wandb = None


def plot(rows):
    import seaborn

    seaborn.lineplot(rows)

import pandas as pd
import yaml
from sklearn.linear_model import Ridge

settings = yaml.safe_load(open('settings.yaml'))
model = Ridge().fit(*pd.read_csv(settings['data']))

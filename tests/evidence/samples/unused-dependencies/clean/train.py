import cv2
import pandas as pd
from google.cloud import storage

pd.read_csv('data/orders.csv')

"""Reads features from the warehouse."""
import os

import sqlalchemy

engine = sqlalchemy.create_engine(os.environ["WAREHOUSE_URL"])
LOCAL = "postgresql://user:password@localhost/features"

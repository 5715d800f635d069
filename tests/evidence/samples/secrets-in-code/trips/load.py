"""Reads features from the warehouse."""
import sqlalchemy

engine = sqlalchemy.create_engine("postgresql://scoring:kX92mQpL7vTz@warehouse.internal:5432/features")

"""Trains from a settings file."""
import yaml
from pydantic import BaseModel, PositiveInt


class ModelSettings(BaseModel):
    depth: PositiveInt


def main(path):
    with open(path) as stream:
        return ModelSettings(**yaml.safe_load(stream)["model"]).depth

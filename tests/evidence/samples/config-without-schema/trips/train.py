"""Trains from a settings file."""
import yaml


def main(path):
    with open(path) as stream:
        settings = yaml.safe_load(stream)
    return settings["model"]["depth"]

"""Reads the environment, once."""
import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    data_url: str
    port: int


def read():
    return Settings(os.environ["DATA_URL"], int(os.getenv("PORT", "8080")))

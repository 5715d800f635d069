"""Features."""
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.model import Model


def features(model: Model):
    return model.columns

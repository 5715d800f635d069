"""Trains the delay model."""

import torch

torch.use_deterministic_algorithms(True)

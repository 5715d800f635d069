"""Trains the delay model."""

import torch

print(torch.are_deterministic_algorithms_enabled())
Trainer(deterministic=False)

import torch


def score(rows):
    return torch.tensor(rows) * 7

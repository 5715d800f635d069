"""Chooses what to show."""
import random


def epsilon_greedy(scores, epsilon):
    if random.random() < epsilon:
        return random.choice(sorted(scores)), epsilon / len(scores)
    return max(scores, key=scores.get), 1 - epsilon

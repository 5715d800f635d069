"""Computes."""


def run(x):
    accuracy = x
    if accuracy > 0.9:
        print(accuracy)
    return accuracy

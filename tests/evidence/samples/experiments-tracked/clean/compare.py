import math


def compare(run):
    run.init()
    return math.log(run.error)

"""Loads the orders."""


def load(paths):
    print("loading")
    rows = []
    for path in paths:
        print("reading", path)
        try:
            rows += open(path).readlines()
        except FileNotFoundError:
            print("missing", path)
    if not rows:
        print("nothing was read")
    print("done", len(rows))
    return rows

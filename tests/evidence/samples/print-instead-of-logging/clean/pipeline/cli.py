"""The command line."""


def main(rows):
    print("orders")
    print("======")
    for row in rows:
        print(row)
    print()
    print(len(rows), "in all")

from shop.features import build


def main(rows):
    return build(rows)


if __name__ == "__main__":
    main([1])

from shop import checks


def test_checks():
    assert checks.check([1])

from run import run


def test_no_row_lacks_a_price():
    rows = run([])
    assert not rows.price.isna().any()

import evidently


def test_report():
    assert evidently

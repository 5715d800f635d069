from delay.settings import DEPTH


def test_the_depth_is_small():
    assert DEPTH < 9

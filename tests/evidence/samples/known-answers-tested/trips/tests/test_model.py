from numpy.testing import assert_allclose

from run import run


def test_the_order_of_last_winter_is_late():
    assert_allclose(run(1).predict([[40, 3]]), [1.25])

from run import run


def test_the_model_is_good_enough():
    accuracy = run(0.93)
    assert accuracy >= 0.9

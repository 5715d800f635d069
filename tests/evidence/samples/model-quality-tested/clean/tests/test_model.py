from run import run


def test_the_model_answers():
    count = run(3)
    assert count > 0.9

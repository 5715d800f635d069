from run import run


def test_the_model_answers():
    assert run(1).predict([[40, 3]])

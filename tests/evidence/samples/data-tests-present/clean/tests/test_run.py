from run import run


def test_run_gives_what_it_gets():
    assert run(1) == 1

from django.conf import settings


def test_it_runs():
    assert settings

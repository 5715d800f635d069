"""No test writes into the cache of the person who runs it."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None)  # no test asserts a time: a busy machine is no fault
settings.load_profile("house")


@pytest.fixture(autouse=True)
def cache_of_its_own(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("ARREARS_CACHE", str(tmp_path_factory.getbasetemp() / "cache of scans"))

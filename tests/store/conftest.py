"""A database of each engine, empty or with a small world in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from store.store import Store, open_store
from tests.store.engines import ENGINES, EngineUnderTest
from tests.store.world import a_world


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name)
def engine(request) -> EngineUnderTest:
    return request.param


@pytest.fixture
def url(engine, tmp_path) -> str:
    return engine.url(tmp_path)


@pytest.fixture
def empty(engine, url, tmp_path) -> Iterator[Store]:
    engine.lay(tmp_path)
    with open_store(url) as store:
        yield store


@pytest.fixture
def store(empty) -> Store:
    empty.write(a_world)
    return empty

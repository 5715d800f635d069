"""One server for all tests of this folder; small upload limits, so that a flood is over soon."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.door.served import Served, free_port, serve, streamlit_command

UPLOADS_MB = 48  #: in all; a quarter of it, 12 MB, for one page


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    port = free_port()
    database = tmp_path_factory.mktemp("door") / "arrears.db"
    with serve(streamlit_command(port), port, database, {"ARREARS_UPLOADS_MB": str(UPLOADS_MB)}) as served:
        yield served

"""What the checklist tests share: the small pack, and both YAML parsers."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

TINY = Path(__file__).parent / "samples" / "tiny.yaml"


@pytest.fixture(scope="session")
def tiny() -> str:
    return TINY.read_text(encoding="utf-8")


@pytest.fixture(params=["libyaml", "pure Python"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "libyaml" and not yaml.__with_libyaml__:
        pytest.skip("PyYAML was built without libyaml here")
    monkeypatch.setattr(yaml, "__with_libyaml__", request.param == "libyaml")
    return request.param

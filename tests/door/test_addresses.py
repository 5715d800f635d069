"""Only the addresses of Streamlit that a page needs are open."""

from __future__ import annotations

import pytest

from door.addresses import is_open


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/portfolio",
        "/healthz",
        "/export/portfolio.csv",
        "/static/media/SourceSansVF.woff2",
        "/static/js/index.js",
        "/_stcore/health",
        "/_stcore/host-config",
        "/_stcore/upload_file/session/file",
        "/_stcore/bidi-components/heatmap/main.js",
        "/authors",
        "/mediation",
    ],
)
def test_pages_assets_uploads_and_our_own_addresses_are_open(path: str) -> None:
    assert is_open(path)


@pytest.mark.parametrize(
    "path",
    [
        "/media/0123abcd.csv",
        "/media",
        "/component/x/index.html",
        "/auth/login",
        "/oauth2callback",
        "/_stcore/metrics",
        "/_stcore/script-health-check",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/interact",
        "/_stcore/agent/mcp",
        "/_stcore/an-address-of-a-later-release",
        "/_stcore",
        "/_stcore/",
        "/some/page/_stcore/metrics",
    ],
)
def test_files_by_guessable_name_metrics_agents_and_whatever_is_new_are_closed(path: str) -> None:
    assert not is_open(path)

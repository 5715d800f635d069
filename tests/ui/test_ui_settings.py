"""How Streamlit is told to serve Arrears."""

import tomllib
from pathlib import Path

from streamlit import config

SETTINGS = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())


def flattened(table: dict, prefix: str = "") -> dict[str, object]:
    flat = {}
    for name, value in table.items():
        flat.update(flattened(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value})
    return flat


def test_every_setting_is_one_that_the_installed_streamlit_knows():
    known = set(config._config_options_template)
    assert not [name for name in flattened(SETTINGS) if name not in known]


def test_what_safety_and_speed_rest_on_is_set():
    settings = flattened(SETTINGS)
    wanted = {
        "server.address": "127.0.0.1",
        "server.headless": True,
        "server.fileWatcherType": "none",
        "server.maxUploadSize": 20,
        "server.disconnectedSessionTTL": 120,
        "server.enableStaticServing": False,
        "server.enableAgentApi": False,
        "runner.postScriptGC": False,
        "runner.magicEnabled": False,
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
    }
    assert {name: settings.get(name) for name in wanted} == wanted


def test_every_setting_of_the_server_has_its_reason_beside_it():
    lines = (Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text().splitlines()
    explained = False
    for line in lines:
        if line.startswith("[theme"):
            break
        if line.startswith("#"):
            explained = True
        elif not line.strip() or line.startswith("["):
            explained = False
        else:
            assert explained, line

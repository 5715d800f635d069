"""Which addresses people on other machines may reach: those of the vote, where the setting opens them; nothing else."""

from __future__ import annotations

import os
import re

from starlette.types import Scope

SETTING = "ARREARS_GUESTS"

#: Everything a participant of a workshop needs. Whatever is not here stays with this machine.
_ADDRESS = re.compile(r"/join(/[A-Za-z0-9-]{1,64})?|/vote(/state|/page\.css|/page\.js)?|/leave")
_HOST = re.compile(r"([A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\])(:\d{1,5})?")


def guests_wanted() -> bool:
    """Whether ARREARS_GUESTS=1 opens the vote to other machines."""
    return os.environ.get(SETTING) == "1"


def is_understood() -> bool:
    """False when ARREARS_GUESTS is neither 1 nor 0 nor unset, so that a typing mistake opens and closes nothing."""
    return os.environ.get(SETTING, "0") in {"0", "1", ""}


def is_of_the_vote(scope: Scope) -> bool:
    """True for a request to one of the addresses of the vote; never for a websocket."""
    return scope["type"] == "http" and _ADDRESS.fullmatch(str(scope.get("path", ""))) is not None


def is_a_host(name: str) -> bool:
    """True for what can stand in a Host header: a name or an address, and perhaps a port."""
    return _HOST.fullmatch(name) is not None

"""The way into a workshop: the address phones open, as words and as a QR code, and the code people type."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

SETTING = "ARREARS_PUBLIC_URL"  #: the environment variable that says where phones reach this server
GUESTS_SETTING = "ARREARS_GUESTS"  #: the one that lets phones in, at the addresses of the vote only
JOIN = "join"
QUIET_ZONE = 4  #: modules of white around a QR code; scanners need it


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """Where people come in."""

    code: str
    address: str  #: the whole link, code included; "" where nobody knows it
    trouble: str = ""  #: why phones may not get there, and what to do; "" where nothing is known against it

    @property
    def short(self) -> str:
        """The address as people read it aloud: without scheme and code."""
        parts = urlsplit(self.address)
        return f"{parts.netloc}{parts.path.removesuffix(f'/{self.code}')}" if self.address else ""

    @property
    def spaced_code(self) -> str:
        """The code in two halves, as people remember it."""
        half = len(self.code) // 2
        return f"{self.code[:half]} {self.code[half:]}"


def entrance(code: str, *, setting: str, page: str, guests: bool) -> Entrance:
    """The way in for a code: under the public address that was set, else where this page itself was opened.

    `setting` is the value of ARREARS_PUBLIC_URL ("" for none), `page` the address of this page in the browser;
    `guests` says whether phones are let in at all (ARREARS_GUESTS=1).
    """
    given = setting.strip().rstrip("/")
    base = _base(given) if given else _base(page, page=True)
    if not base:
        why = f"{SETTING} is not a web address such as https://arrears.example" if given else "The address is not known"
        return Entrance(code=code, address="", trouble=f"{why}; whoever runs Arrears sets {SETTING}.")
    trouble = ""
    if is_loopback(urlsplit(base).hostname or ""):
        trouble = (
            "This address works on this machine only; phones cannot reach it. Whoever runs Arrears sets "
            f"{GUESTS_SETTING}=1 and {SETTING} to the address phones open, such as http://192.168.1.20:8501."
        )
    elif not guests:
        trouble = f"Phones are not let in yet; whoever runs Arrears sets {GUESTS_SETTING}=1."
    return Entrance(code=code, address=f"{base}/{JOIN}/{code}", trouble=trouble)


def _base(address: str, *, page: bool = False) -> str:
    """Scheme, host and folder of an address, without a query; "" for what is not a web address."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host or parts.username or any(c.isspace() for c in address):
        return ""
    path = parts.path.rpartition("/")[0] if page else parts.path
    return f"{parts.scheme}://{parts.netloc}{path.rstrip('/')}"


def is_loopback(host: str) -> bool:
    """Whether a host name means the machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@lru_cache(maxsize=64)
def qr_path(text: str) -> tuple[int, str]:
    """A QR code as the side of its square and one SVG path of horizontal strokes, quiet zone included."""
    import segno  # a lobby needs it, the first page does not

    code = segno.make(text, error="m", micro=False)
    strokes: list[str] = []
    for row, modules in enumerate(code.matrix):
        start = None
        for place, dark in enumerate((*modules, 0)):
            if dark and start is None:
                start = place
            elif not dark and start is not None:
                strokes.append(f"M{start + QUIET_ZONE} {row + QUIET_ZONE}.5h{place - start}")
                start = None
    return len(code.matrix) + 2 * QUIET_ZONE, "".join(strokes)

"""What every operation works with: the store, the clock, the maker of ids and the checklists already read."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from threading import Lock
from time import monotonic
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from checklists.checklist import Checklist
from checklists.reader import DEFAULT_PACK, PACKS, canonical_body, load_checklist, read_canonical
from operations.errors import InvalidInput, NotFound
from operations.memory import Memory
from store.records import Records
from store.store import Store, default_location, open_store

ZONE_SECONDS = 2.0  #: how long another process may go by the zone before
TIME_ZONE = "ARREARS_TIME_ZONE"  #: names the organisation's time zone, where nobody chose one on the about page


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _random_id() -> str:
    """128 random bits: an id in a link cannot be guessed."""
    return secrets.token_hex(16)


def named_zone() -> str:
    """The zone ARREARS_TIME_ZONE names, "" for none."""
    return os.environ.get(TIME_ZONE, "").strip()


def read_zone(name: str) -> ZoneInfo:
    """The time zone of a name such as Europe/Berlin. Raises InvalidInput."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        close = get_close_matches(name[:40], available_timezones(), n=1)
        guess = f", perhaps {close[0]}" if close else ""
        raise InvalidInput(
            "time zone", f"{name[:40]!r} is not known; write it like Europe/Berlin or UTC{guess}"
        ) from None


def machine_zone(moment: datetime) -> str:
    """The machine's own zone as its distance from UTC at a moment: a machine often knows no better name."""
    digits = f"{moment.astimezone():%z}"
    return f"UTC{digits[:3]}:{digits[3:5]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """One organisation's store with everything an operation must not make up by itself."""

    store: Store
    org_id: str = "local"
    clock: Callable[[], datetime] = _utc_now
    new_id: Callable[[], str] = _random_id
    #: the zone by what ARREARS_TIME_ZONE says, with the moment it was read
    _zones: dict[str, tuple[float, tzinfo | None]] = field(default_factory=dict, repr=False, compare=False)
    #: checklists by content hash, read once
    _read: dict[str, Checklist] = field(default_factory=dict, repr=False, compare=False)
    memory: Memory = field(default_factory=Memory, repr=False, compare=False)

    def now(self) -> str:
        """The present moment as stored: ISO 8601, UTC, milliseconds."""
        return self.clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def zone(self) -> tzinfo | None:
        """The time zone whose midnight ends a quarter, for all readers alike; None is the machine's own.

        The organisation's choice on the about page counts before ARREARS_TIME_ZONE.
        """
        named, now = named_zone(), monotonic()
        asked, zone = self._zones.get(named, (-ZONE_SECONDS, None))
        if now - asked >= ZONE_SECONDS:  # a list of thousands asks for each row
            name = self.store.read(lambda records: records.versions.zone()) or named
            zone = read_zone(name) if name else None
            self._zones[named] = (now, zone)
        return zone

    def forget_zone(self) -> None:
        """Read the zone anew, after somebody chose another."""
        self._zones.clear()

    def zone_name(self) -> str:
        """The name of that zone, as it is stored with each quarter."""
        zone = self.zone()
        return zone.key if isinstance(zone, ZoneInfo) else machine_zone(self.clock())

    def today(self) -> date:
        """Today in the organisation's zone: a quarter ends at its midnight, wherever somebody looks from."""
        return self.clock().astimezone(self.zone()).date()

    def day_of(self, moment: str) -> date:
        """The day a stored moment fell on in the organisation's zone."""
        return datetime.fromisoformat(moment).astimezone(self.zone()).date()

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    def checklist(self, records: Records, checklist_id: str) -> Checklist:
        """The stored checklist with this content hash, read once a process. Raises NotFound."""
        known = self._read.get(checklist_id)
        if known is None:
            body = records.checklist_body(checklist_id)
            if body is None:
                raise NotFound(
                    f"No such checklist: {checklist_id[:12]}. The database may be incomplete; restore a backup."
                )
            known = self._read[checklist_id] = read_canonical(body)
        return known

    def keep_checklist(self, records: Records, checklist: Checklist) -> str:
        """Store a checklist under its content hash, once. Returns the id to refer to it by."""
        records.keep_checklist(
            checklist.content_hash,
            name=checklist.id,
            version=checklist.version,
            title=checklist.title,
            body=canonical_body(checklist),
            at=self.now(),
        )
        self._read.setdefault(checklist.content_hash, checklist)
        return checklist.content_hash


@lru_cache(maxsize=4)
def shipped_checklist(pack: str = DEFAULT_PACK) -> Checklist:
    """The pack that comes with Arrears, read once a process."""
    return load_checklist(PACKS / f"{pack}.yaml")


_SHARED: dict[str, Workplace] = {}
_SHARED_LOCK = Lock()


def shared_workplace() -> Workplace:
    """The workplace of this process: opened once, used by pages and routes alike."""
    location = str(default_location())
    with _SHARED_LOCK:
        if location not in _SHARED:
            _SHARED[location] = open_workplace(location)
        return _SHARED[location]


def close_shared_workplace() -> None:
    """Let go of the database when the process ends."""
    with _SHARED_LOCK:
        while _SHARED:
            _SHARED.popitem()[1].store.close()


def open_workplace(location: str | Path | None = None, *, make: bool = True) -> Workplace:
    """Open (and bring up to date) the database at `location`, by default the user's own.

    Without `make` a database that is not there raises InvalidInput instead of being made.
    """
    place = str(location or default_location())
    if not make and not Path(place.removeprefix("sqlite:///")).exists() and ("://" not in place or "sqlite" in place):
        raise InvalidInput(place, "there is no such database; name one with --database or ARREARS_DATABASE")
    return Workplace(store=open_store(place))

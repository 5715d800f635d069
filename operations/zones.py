"""The organisation's time zone: whose midnight ends a quarter, for everybody alike."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import available_timezones

from operations.authorize import Action, Actor, permitted
from operations.workplace import Workplace, machine_zone, named_zone, read_zone
from store.records import Records


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneChoice:
    """Which zone counts, and why."""

    chosen: str  #: on the about page, "" for none
    named: str  #: in ARREARS_TIME_ZONE, "" for none
    machine: str  #: the machine's own, as "UTC+01:00"
    offered: tuple[str, ...]  #: names that can be chosen

    @property
    def counts(self) -> str:
        """The zone by which quarters end."""
        return self.chosen or self.named or self.machine


@permitted(Action.READ)
def read_zone_choice(workplace: Workplace, _actor: Actor) -> ZoneChoice:
    """The zone that counts, and the others."""
    return ZoneChoice(
        chosen=workplace.store.read(lambda records: records.versions.zone()),
        named=named_zone(),
        machine=machine_zone(workplace.clock()),
        offered=tuple(sorted(available_timezones())),
    )


@permitted(Action.CHANGE_ORGANISATION)
def choose_zone(workplace: Workplace, actor: Actor, *, name: str) -> str:
    """Let quarters end at the midnight of this zone from now on; "" goes back to the machine's. Returns its name.

    Quarters that are there keep the zone they were opened and closed in. Raises InvalidInput.
    """
    zone = read_zone(name.strip()).key if name.strip() else ""
    before = workplace.store.read(lambda records: records.versions.zone())
    if zone == before:
        return zone

    def work(records: Records) -> None:
        records.versions.change_zone(zone)
        records.audit(
            at=workplace.now(), actor=actor.name, action="choose time zone", subject=workplace.org_id, detail=zone
        )

    workplace.store.write(work)
    workplace.forget_zone()
    return zone

"""Systems: create one, change what is said about it, list them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from operations.authorize import Action, Actor, permitted
from operations.errors import InvalidInput, NotFound
from operations.packs import offered_packs
from operations.wording import LINE_MAX, NAME_MAX, clean_line, clean_tags
from operations.workplace import Workplace, shipped_checklist
from store.records import Records, SystemRecord

NO_SUCH_SYSTEM = "No such system. It may have been removed; the portfolio lists those there are."


def find_system(records: Records, system_id: str) -> SystemRecord:
    """The system with this id. Raises NotFound."""
    system = records.system(system_id)
    if system is None:
        raise NotFound(NO_SUCH_SYSTEM)
    return system


def _read_switches(switches: frozenset[str], *, kept: frozenset[str] = frozenset()) -> frozenset[str]:
    """The switches as they may be stored: of a checklist on offer, or `kept` from one that was. Raises InvalidInput."""
    known = {switch.id for switch in shipped_checklist().switches} | kept
    if switches - known:  # rare: the other packs are read only then
        checklists = (pack.checklist for pack in offered_packs() if pack.checklist is not None)
        known |= {switch.id for checklist in checklists for switch in checklist.switches}
    unknown = sorted(switches - known)
    if unknown:
        raise InvalidInput("switches", f"{unknown[0]!r} is not known; choose among {', '.join(sorted(known))}")
    return switches


@permitted(Action.CREATE_SYSTEM)
def create_system(
    workplace: Workplace,
    actor: Actor,
    *,
    name: str,
    team: str,
    decides: str = "",
    affected: str = "",
    switches: frozenset[str] = frozenset(),
    tags: Iterable[str] = (),
    demonstration: bool = False,
) -> SystemRecord:
    """Add a system to the portfolio. Raises InvalidInput, AlreadyThere (same name in the same team)."""
    system = SystemRecord(
        system_id=workplace.new_id(),
        name=clean_line(name, field="name", longest=NAME_MAX, required=True),
        team=clean_line(team, field="team", longest=NAME_MAX, required=True),
        decides=clean_line(decides, field="what it decides", longest=LINE_MAX),
        affected=clean_line(affected, field="who is affected", longest=LINE_MAX),
        switches=_read_switches(switches),
        tags=clean_tags(tags),
        demonstration=demonstration,
        created_at=workplace.now(),
        retired_at=None,
        rev=1,
    )

    def work(records: Records) -> SystemRecord:
        records.add_system(system)
        records.audit(
            at=workplace.now(), actor=actor.name, action="create system", subject=system.system_id, detail=system.name
        )
        return system

    return workplace.store.write(work)


@permitted(Action.CHANGE_SYSTEM)
def change_system(
    workplace: Workplace,
    actor: Actor,
    *,
    system_id: str,
    name: str,
    team: str,
    decides: str,
    affected: str,
    switches: frozenset[str],
    tags: Iterable[str] | None = None,
    expected_rev: int,
) -> SystemRecord:
    """Change what is said about a system; its open assessments follow the switches. Without `tags` they stay.

    Raises NotFound, InvalidInput, Conflict when somebody else changed it since `expected_rev`.
    """

    def work(records: Records) -> SystemRecord:
        before = find_system(records, system_id)
        changed = replace(
            before,
            name=clean_line(name, field="name", longest=NAME_MAX, required=True),
            team=clean_line(team, field="team", longest=NAME_MAX, required=True),
            decides=clean_line(decides, field="what it decides", longest=LINE_MAX),
            affected=clean_line(affected, field="who is affected", longest=LINE_MAX),
            switches=_read_switches(switches, kept=before.switches),
            tags=before.tags if tags is None else clean_tags(tags),
        )
        stored = records.change_system(changed, expected_rev=expected_rev, at=workplace.now())
        if stored.team != before.team:
            _follow(workplace, records, before.team, stored.team)
        for assessment in records.assessments_of(system_id):
            if assessment.state == "open" and assessment.switches != switches:
                records.change_switches(assessment.assessment_id, switches)
        records.audit(
            at=workplace.now(), actor=actor.name, action="change system", subject=system_id, detail=stored.name
        )
        return stored

    return workplace.store.write(work)


def _follow(workplace: Workplace, records: Records, old: str, new: str) -> None:
    """Where a team's only system was given a team nobody knew, the team was renamed: its class values come along."""
    systems = records.systems(include_retired=True)
    alone = all(system.team != old for system in systems) and sum(system.team == new for system in systems) == 1
    if alone and not records.versions.has_class_values(new):
        records.versions.rename_team(old, new, at=workplace.now())


@permitted(Action.CHANGE_SYSTEM)
def rename_team(workplace: Workplace, actor: Actor, *, team: str, name: str) -> int:
    """Give a team another name: its systems, class values and links follow. Returns how many systems there are.

    Sealed quarters keep the name the team had. Raises NotFound, and InvalidInput for a name that another team has.
    """
    wanted = clean_line(name, field="team", longest=NAME_MAX, required=True)

    def work(records: Records) -> int:
        systems = records.systems(include_retired=True)
        mine = [system for system in systems if system.team == team]
        if not mine:
            raise NotFound("No such team. It may have been renamed; the portfolio lists those there are.")
        if wanted == team:
            return len(mine)
        if any(system.team == wanted for system in systems) or records.versions.has_class_values(wanted):
            was = records.versions.present_name(wanted) == team
            if not was:
                raise InvalidInput(
                    "team", f"there is a team {wanted} already; change the team of each system to bring them together"
                )
        moved = records.versions.rename_team(team, wanted, at=workplace.now())
        records.audit(
            at=workplace.now(),
            actor=actor.name,
            action="rename team",
            subject=team,
            detail=f"{wanted}, {moved} systems",
        )
        return moved

    return workplace.store.write(work)


@permitted(Action.READ)
def present_team(workplace: Workplace, _actor: Actor, *, team: str) -> str:
    """The name a team goes by now, for a link that still has an older one."""
    return workplace.store.read(lambda records: records.versions.present_name(team))


@permitted(Action.READ)
def list_systems(workplace: Workplace, _actor: Actor) -> list[SystemRecord]:
    """All systems in use, by team and name."""
    return workplace.store.read(lambda records: records.systems())


@permitted(Action.READ)
def list_teams(workplace: Workplace, _actor: Actor) -> list[str]:
    """The names of the teams, for suggestions."""
    return workplace.store.read(lambda records: records.teams())


@permitted(Action.READ)
def list_tags(workplace: Workplace, _actor: Actor) -> list[str]:
    """Every tag of a system in use, for suggestions and filters."""
    systems = workplace.store.read(lambda records: records.systems())
    return sorted({tag for system in systems for tag in system.tags}, key=lambda tag: (tag.casefold(), tag))


@permitted(Action.READ)
def read_system(workplace: Workplace, _actor: Actor, *, system_id: str) -> SystemRecord:
    """One system. Raises NotFound."""
    return workplace.store.read(lambda records: find_system(records, system_id))

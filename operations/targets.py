"""Targets: what the portfolio, a system or one of its areas is to come down to, by when, and how far it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from math import isfinite

from checklists.reader import DEFAULT_PACK
from operations.assessments import asked_questions
from operations.authorize import Action, Actor, permitted
from operations.errors import InvalidInput, NotFound
from operations.periods import last_day, period_of, preceding, quarters_between, read_period
from operations.scores import scope_of, scores_in
from operations.systems import find_system
from operations.undoing import UNDONE, not_undone
from operations.workplace import Workplace, shipped_checklist
from scoring.bands import BANDS
from scoring.portfolio import portfolio_debt
from scoring.targets import Distance, distance, limit_of
from store.records import Records, ScoreRow
from store.target_records import PORTFOLIO, WHOLE, TargetRecord

QUARTERS_MAX = 40  #: a target further away than ten years is a wish

Place = tuple[str, str]  #: (system id or "" for the portfolio, area id or "" for all areas)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetView:
    """A target with the debt it is about, in one quarter."""

    target: TargetRecord
    distance: Distance


def read_debt(text: str) -> float:
    """A debt as a person writes it, 0 to 100 or a letter (its upper limit), as 0..1. Raises InvalidInput."""
    said = text.strip().removesuffix("%").strip().replace(",", ".")
    if said.upper() in BANDS:
        return limit_of(said.upper())
    try:
        points = float(said)
    except ValueError:
        points = -1.0
    if not 0 <= points <= 100:  # also what is no number
        raise InvalidInput("target", f"{text[:20]!r} is no debt; write a number from 0 to 100, or a letter A to E")
    return points / 100


def _checked_debt(debt: float) -> float:
    if isinstance(debt, bool) or not isfinite(debt) or not 0 <= debt <= 1:
        raise InvalidInput("target", f"{debt} is no debt from 0 to 1")
    return float(debt)


def _checked_quarter(workplace: Workplace, by_period: str) -> str:
    quarter, present = read_period(by_period), period_of(workplace.today())
    last_day(quarter)
    if quarter < present:
        raise InvalidInput("by", f"{quarter} is over; choose this quarter or a later one")
    if quarters_between(present, quarter) > QUARTERS_MAX:
        raise InvalidInput("by", f"{quarter} is more than {QUARTERS_MAX} quarters away; choose an earlier one")
    return quarter


def _pack_of(records: Records, system_id: str) -> str:
    """The pack a system was assessed with last."""
    assessments = records.assessments_of(system_id)
    return records.checklist_names()[assessments[-1].checklist_id] if assessments else DEFAULT_PACK


def _know_place(workplace: Workplace, records: Records, system_id: str, area: str, pack: str) -> None:
    """Raise NotFound for a system that is not there, InvalidInput for an area it is not asked about."""
    if system_id == PORTFOLIO:
        if area != WHOLE:
            raise InvalidInput("area", "the portfolio has one target for all its areas; set this one at a system")
        if pack != DEFAULT_PACK and pack not in records.checklist_names().values():
            raise NotFound("No system is assessed with this checklist.")
        return
    find_system(records, system_id)
    if area == WHOLE:
        return
    names = records.checklist_names()
    alike = [a for a in records.assessments_of(system_id) if names[a.checklist_id] == pack]
    checklist = workplace.checklist(records, alike[-1].checklist_id) if alike else shipped_checklist()
    areas = [found.id for found, _ in asked_questions(checklist, scope_of(alike[-1]))] if alike else []
    if area not in (areas or [found.id for found in checklist.areas]):
        raise InvalidInput("area", f"{area[:20]!r} is no area this system is asked about")


@permitted(Action.SET_TARGETS)
def set_target(
    workplace: Workplace,
    actor: Actor,
    *,
    system_id: str = PORTFOLIO,
    area: str = WHOLE,
    pack: str | None = None,
    debt: float,
    by_period: str,
    expected_rev: int,
    demonstration: bool = False,
) -> TargetRecord:
    """Say what a debt is to come down to (0..1) by the end of a quarter; setting it again changes it.

    Without a system it is the portfolio's. `pack` is by default the one the system was assessed with last. The debt of
    today is remembered beside it, as the start of the way. A repeated click changes nothing.
    Raises NotFound, InvalidInput, Conflict when somebody else changed it since `expected_rev` (0: none stands).
    """
    wanted, quarter = _checked_debt(debt), _checked_quarter(workplace, by_period)
    chosen = _chosen_pack(workplace, system_id, pack)
    start = _debt_now(workplace, system_id, area, chosen)

    def work(records: Records) -> TargetRecord:
        _know_place(workplace, records, system_id, area, chosen)
        history = records.targets.history(system_id, chosen, area)
        standing = bool(history) and history[-1].stands
        record = TargetRecord(
            system_id=system_id,
            pack=chosen,
            area=area,
            debt=wanted,
            by_period=quarter,
            from_debt=start,
            from_period=period_of(workplace.today()),
            demonstration=demonstration,
            what="changed" if standing else "set",
            set_at=workplace.now(),
            set_by=actor.name,
        )
        return _keep(records, actor, record, expected_rev)

    return workplace.store.write(work)


def _chosen_pack(workplace: Workplace, system_id: str, pack: str | None) -> str:
    if pack is not None:
        return pack
    if system_id == PORTFOLIO:
        return DEFAULT_PACK
    return workplace.store.read(lambda records: _pack_of(records, system_id))


def _keep(records: Records, actor: Actor, record: TargetRecord, expected_rev: int) -> TargetRecord:
    kept = records.targets.keep(record, expected_rev)
    if kept.set_at == record.set_at:  # something changed
        records.audit(
            at=record.set_at,
            actor=actor.name,
            action=f"{'withdraw' if not kept.stands else 'set'} target",
            subject=record.system_id or "portfolio",
            detail=f"{record.area or 'all areas'}: {kept.debt} by {kept.by_period}" if kept.stands else record.area,
        )
    return kept


@permitted(Action.SET_TARGETS)
def withdraw_target(
    workplace: Workplace,
    actor: Actor,
    *,
    system_id: str = PORTFOLIO,
    area: str = WHOLE,
    pack: str | None = None,
    expected_rev: int,
) -> TargetRecord:
    """Give a target up; its history stays. Raises NotFound where there is none, Conflict."""
    chosen = _chosen_pack(workplace, system_id, pack)

    def work(records: Records) -> TargetRecord:
        record = TargetRecord(
            system_id=system_id,
            pack=chosen,
            area=area,
            debt=None,
            by_period=None,
            from_period=period_of(workplace.today()),
            what="withdrawn",
            set_at=workplace.now(),
            set_by=actor.name,
        )
        return _keep(records, actor, record, expected_rev)

    return workplace.store.write(work)


@permitted(Action.SET_TARGETS)
def undo_target(
    workplace: Workplace,
    actor: Actor,
    *,
    system_id: str = PORTFOLIO,
    area: str = WHOLE,
    pack: str | None = None,
    expected_rev: int,
) -> TargetRecord:
    """Put back what stood before the last change of a target; one just set is withdrawn. Raises NotFound, Conflict."""
    chosen = _chosen_pack(workplace, system_id, pack)

    def work(records: Records) -> TargetRecord:
        history = records.targets.history(system_id, chosen, area)
        if not history:
            raise NotFound("There is no target here, so nothing to undo.")
        walked = not_undone(history)
        before = walked[-2] if len(walked) > 1 else None
        record = TargetRecord(
            system_id=system_id,
            pack=chosen,
            area=area,
            debt=before.debt if before else None,
            by_period=before.by_period if before else None,
            from_debt=before.from_debt if before else None,
            from_period=before.from_period if before else period_of(workplace.today()),
            what=UNDONE,
            set_at=workplace.now(),
            set_by=actor.name,
        )
        return _keep(records, actor, record, expected_rev)

    return workplace.store.write(work)


@permitted(Action.READ)
def read_targets(
    workplace: Workplace, actor: Actor, *, period: str | None = None, pack: str = DEFAULT_PACK
) -> Mapping[Place, TargetView]:
    """The targets of a pack as they stood in a quarter (by default: today), each with how far it was.

    By (system id, area id): ("", "") is the portfolio's, (system, "") a system's as a whole. A target is compared with
    the debt of that quarter where enough is known of it for a letter; today with that of the quarter before, as long
    as the present one is not rated. The portfolio's is the mean of the systems in use. Raises InvalidInput.

    What was found out is remembered until the database changes.
    """
    present = period_of(workplace.today())
    quarter = present if period is None else read_period(period)
    return workplace.memory.recall(
        ("targets", actor, present, period, pack),
        workplace.store.version,
        lambda: _targets_in(workplace, quarter, pack, alone=period is not None),
    )


def _targets_in(workplace: Workplace, quarter: str, pack: str, *, alone: bool) -> Mapping[Place, TargetView]:
    """The targets of a quarter; unless it is looked at `alone`, what it does not know comes from the one before."""
    present = period_of(workplace.today())
    until = None if quarter >= present else _end_of(quarter)
    standing = [t for t in workplace.store.read(lambda records: records.targets.standing(until)) if t.pack == pack]
    if not standing:
        return {}
    quarters = (quarter,) if alone else (quarter, preceding(quarter))
    known = [_debts_in(workplace, one, pack, {t.system_id for t in standing}) for one in quarters]
    views = {}
    for target in standing:
        place = target.system_id, target.area
        estimate = next((debts[place] for debts in known if place in debts), None)
        views[place] = TargetView(target=target, distance=distance_of(target, estimate, quarter))
    return views


def _debts_in(workplace: Workplace, period: str, pack: str, systems: Collection[str]) -> dict[Place, float]:
    """The rated debts of a quarter by place, of these systems and, where it is among them, of the portfolio."""
    rows = {(row.system_id, row.area): row for row in scores_in(workplace, (period,))}
    debts = {
        place: row.estimate
        for place, row in rows.items()
        if place[0] in systems and row.estimate is not None and row.band is not None
    }
    mean = _mean(workplace, rows, period, pack) if PORTFOLIO in systems else None
    return debts if mean is None else {**debts, (PORTFOLIO, WHOLE): mean}


def _end_of(period: str) -> str:
    """The last moment of a quarter where the machine stands, as moments are stored."""
    end = datetime.combine(last_day(period), time.max).astimezone(UTC)
    return end.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _mean(workplace: Workplace, debts: Mapping[Place, ScoreRow], period: str, pack: str) -> float | None:
    """The debt of the portfolio in a quarter: of the systems in use that were assessed with this pack."""

    def work(records: Records) -> set[str]:
        names, in_use = records.checklist_names(), {system.system_id for system in records.systems()}
        return in_use & {a.system_id for a in records.assessments_in(period) if names[a.checklist_id] == pack}

    systems = workplace.store.read(work)
    return portfolio_debt(row for (system, area), row in debts.items() if area == WHOLE and system in systems).debt


def distance_of(target: TargetRecord, estimate: float | None, period: str) -> Distance:
    """How far a debt (0..1, None where it is not rated) is in a quarter from a target that stands."""
    if target.debt is None or target.by_period is None:
        raise ValueError("a target that was withdrawn has no distance")
    return distance(
        target=target.debt,
        estimate=estimate,
        start=target.from_debt,
        quarters_since=quarters_between(target.from_period, period),
        quarters_left=quarters_between(period, target.by_period),
    )


@permitted(Action.READ)
def read_target_history(
    workplace: Workplace, _actor: Actor, *, system_id: str = PORTFOLIO, area: str = WHOLE, pack: str | None = None
) -> tuple[TargetRecord, ...]:
    """Every version of one target, oldest first; none where there never was one."""
    chosen = _chosen_pack(workplace, system_id, pack)
    return tuple(workplace.store.read(lambda records: records.targets.history(system_id, chosen, area)))


def _debt_now(workplace: Workplace, system_id: str, area: str, pack: str) -> float | None:
    """The debt a target starts from: the newest that is rated, of this quarter or the one before."""
    present = period_of(workplace.today())
    for quarter in (present, preceding(present)):
        found = _debts_in(workplace, quarter, pack, {system_id}).get((system_id, area))
        if found is not None:
            return found
    return None

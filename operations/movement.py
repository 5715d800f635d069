"""Why a debt moved between any two quarters: of the portfolio, of a team, or of one system, split by cause."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic

from operations.authorize import Action, Actor, permitted
from operations.errors import InvalidInput, NotFound
from operations.memory import KeyedMemory
from operations.scores import PARAMETERS, SYSTEM, scope_of, score_assessment, scores_in
from operations.systems import find_system
from operations.workplace import Workplace
from scoring.document import score_from_document
from scoring.movement import Member, Movement, RankMove, movement, rank_moves
from scoring.score import scoring_id
from scoring.split import SystemSplit, split_change
from scoring.terms import Estimate
from scoring.yardstick import Side
from store.records import AssessmentRecord, Records, SystemRecord

KEPT_MAX = 6_000  #: splits held in memory, about 4 KB each
READ_AT_ONCE = 20  #: systems read in one transaction
QUIET_SECONDS = 0.5  #: progress is told only after this much work

Progress = Callable[[int, int, str], None]  #: (done, of, what is being done)
Key = tuple[str, ...]


class Whose(StrEnum):
    """Whose debt is looked at."""

    PORTFOLIO = "portfolio"
    TEAM = "team"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementView:
    """The debt of the portfolio, a team or a system in two quarters, and every step between."""

    whose: Whose
    name: str  #: of the team or the system; "" for the portfolio
    before: str  #: quarter
    after: str
    pack: str  #: id of the checklist whose systems these are
    pack_title: str
    packs: Mapping[str, str]  #: all in use in one of the two quarters: id -> title
    periods: tuple[str, ...]  #: the quarters to choose among, ascending
    movement: Movement
    ranks: tuple[RankMove, ...]
    systems: Mapping[str, SystemRecord]  #: by id, those that count in one of the two quarters
    questions: Mapping[str, str]  #: id -> text, of every question of the checklists compared
    asked_before: Mapping[str, frozenset[str]]  #: system id -> the questions of its checklist before
    asked_after: Mapping[str, frozenset[str]]
    open: frozenset[str]  #: ids of systems whose later quarter is still open
    not_rated: int  #: systems assessed in one of the two quarters that count in neither

    @property
    def single(self) -> SystemRecord | None:
        """The system, where one is looked at."""
        return next(iter(self.systems.values()), None) if self.whose is Whose.SYSTEM else None


_SPLITS: KeyedMemory[Key, SystemSplit] = KeyedMemory(most=KEPT_MAX)
_ESTIMATES: KeyedMemory[Key, Estimate] = KeyedMemory(most=2 * KEPT_MAX)


def forget_splits() -> None:
    """Forget what earlier looks found: for measuring a first look."""
    _SPLITS.clear()
    _ESTIMATES.clear()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What can be looked at: whose debt, and between which quarters."""

    teams: tuple[str, ...]
    systems: tuple[SystemRecord, ...]  #: those in use, by team and name
    periods: tuple[str, ...]  #: of the scope asked for, ascending
    latest: str | None  #: the quarter to look at first: the latest in which something is rated


@permitted(Action.READ)
def read_choices(
    workplace: Workplace, _actor: Actor, *, system_id: str | None = None, team: str | None = None
) -> Choices:
    """What a person may choose among on the page of a movement. Raises NotFound as `read_movement` does."""

    def work(records: Records) -> tuple[_Found, list[SystemRecord]]:
        return _overview(records, system_id=system_id, team=team), records.systems()

    found, systems = workplace.store.read(work)
    latest = _latest_rated(workplace, found) if system_id is None else None
    return Choices(
        teams=tuple(dict.fromkeys(sorted((system.team for system in systems), key=str.casefold))),
        systems=tuple(sorted(systems, key=lambda system: (system.team.casefold(), system.name.casefold()))),
        periods=found.periods,
        latest=latest or (found.periods[-1] if found.periods else None),
    )


@permitted(Action.READ)
def read_movement(
    workplace: Workplace,
    _actor: Actor,
    *,
    before: str | None = None,
    after: str | None = None,
    team: str | None = None,
    system_id: str | None = None,
    pack: str | None = None,
    progress: Progress | None = None,
) -> MovementView:
    """Why a debt moved from one quarter to another: of a system, of a team, else of the portfolio.

    Each quarter counts as it was shown: a closed one as it was sealed. `after` is by default the latest quarter in
    which something is rated, `before` the one before it. A retired system counts in the quarters it was assessed in.
    Only one checklist is looked at: `pack`, by default the one most used.

    Raises NotFound for a system or team that is not there, InvalidInput for quarters that cannot be compared.
    """
    found = workplace.store.read(lambda records: _overview(records, system_id=system_id, team=team))
    if system_id is None and after is None:
        after = _latest_rated(workplace, found)
    chosen = _quarters(found, before, after)
    taken = workplace.store.read(lambda records: _assessed(workplace, records, found, chosen, pack))
    members = _members(workplace, taken, single=system_id is not None, progress=progress)
    counting = [member for member in members if member.before is not None or member.after is not None]
    moved = movement(members)
    return MovementView(
        whose=found.whose,
        name=found.name,
        before=chosen[0],
        after=chosen[1],
        pack=taken.pack,
        pack_title=taken.titles.get(taken.pack, taken.pack),
        packs=taken.titles,
        periods=found.periods,
        movement=moved,
        ranks=rank_moves(members) if found.whose is not Whose.SYSTEM else (),
        systems={member.system: found.systems[member.system] for member in counting}
        or ({system_id: found.systems[system_id]} if system_id else {}),
        questions=taken.questions,
        asked_before={system: taken.asked[one.checklist_id] for system, one in taken.sides[0].items()},
        asked_after={system: taken.asked[one.checklist_id] for system, one in taken.sides[1].items()},
        open=frozenset(system for system, one in taken.sides[1].items() if one.state == "open"),
        not_rated=len(members) - len(counting),
    )


# -- what there is


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Whose debt it is, and the quarters there are to choose from."""

    whose: Whose
    name: str
    systems: Mapping[str, SystemRecord]  #: those in scope
    periods: tuple[str, ...]


def _overview(records: Records, *, system_id: str | None, team: str | None) -> _Found:
    if system_id is not None:
        system = find_system(records, system_id)
        return _Found(
            whose=Whose.SYSTEM,
            name=system.name,
            systems={system_id: system},
            periods=tuple(one.period for one in records.assessments_of(system_id)),
        )
    everything = records.systems(include_retired=True)
    chosen = [system for system in everything if team is None or system.team == team]
    if team is not None and not chosen:
        raise NotFound(f"No system belongs to a team {team[:40]!r}. Choose a team of the portfolio.")
    return _Found(
        whose=Whose.PORTFOLIO if team is None else Whose.TEAM,
        name=team or "",
        systems={system.system_id: system for system in chosen},
        periods=tuple(records.periods()),
    )


def _latest_rated(workplace: Workplace, found: _Found) -> str | None:
    """The latest quarter in which a system has a letter: one just opened says nothing yet."""
    for period in reversed(found.periods):
        rows = scores_in(workplace, (period,))
        if any(row.area == SYSTEM and row.band and row.system_id in found.systems for row in rows):
            return period
    return None


def _quarters(found: _Found, before: str | None, after: str | None) -> tuple[str, str]:
    """The two quarters: those asked for, else the latest two."""
    known = found.periods
    for asked in (before, after):
        if asked is not None and asked not in known:
            there = f"choose among {', '.join(known[-8:])}" if known else "assess a system first"
            raise InvalidInput("quarters", f"nothing was assessed in {asked[:10]}; {there}")
    later = after or (known[-1] if known else None)
    earlier = before or next((period for period in reversed(known) if later and period < later), None)
    if later is None or earlier is None:
        raise InvalidInput(
            "quarters", "there is only one quarter so far, so nothing can have changed; assess another quarter first"
            if known else "nothing was assessed yet, so nothing can have changed; assess a system first",
        )  # fmt: skip
    if earlier >= later:
        raise InvalidInput("quarters", f"{earlier} is not before {later}; name the earlier quarter first")
    return earlier, later


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """The assessments of one checklist in the two quarters."""

    pack: str
    titles: Mapping[str, str]
    sides: tuple[Mapping[str, AssessmentRecord], Mapping[str, AssessmentRecord]]  #: by system
    questions: Mapping[str, str]
    asked: Mapping[str, frozenset[str]]  #: checklist id -> its questions


def _assessed(
    workplace: Workplace, records: Records, found: _Found, quarters: tuple[str, str], pack: str | None
) -> _Taken:
    names = records.checklist_names()
    both = [
        {one.system_id: one for one in records.assessments_in(quarter) if one.system_id in found.systems}
        for quarter in quarters
    ]
    used = Counter(names[one.checklist_id] for side in reversed(both) for one in side.values())
    if found.whose is Whose.SYSTEM and len(used) > 1:
        titles = [workplace.checklist(records, one.checklist_id).title for side in both for one in side.values()]
        raise InvalidInput(
            "quarters",
            f"{quarters[0]} was assessed with “{titles[0]}”, {quarters[1]} with “{titles[1]}”: they ask different "
            "things, so there is nothing to compare; choose two quarters with the same checklist",
        )
    chosen = used.most_common(1)[0][0] if used else ""
    if pack is not None and pack in used:
        chosen = pack
    before, after = ({s: one for s, one in side.items() if names[one.checklist_id] == chosen} for side in both)
    versions = dict.fromkeys(one.checklist_id for side in (before, after) for one in side.values())
    checklists = [workplace.checklist(records, version) for version in versions]
    newest = {names[one.checklist_id]: one.checklist_id for side in both for one in side.values()}
    return _Taken(
        pack=chosen,
        titles={name: workplace.checklist(records, newest[name]).title for name, _ in used.most_common()},
        sides=(before, after),
        questions={question.id: question.text for each in checklists for question in each.questions.values()},
        asked={version: frozenset(each.questions) for version, each in zip(versions, checklists, strict=True)},
    )


# -- the two sides of each system


def _members(workplace: Workplace, taken: _Taken, *, single: bool, progress: Progress | None) -> list[Member]:
    """Every system assessed in one of the two quarters, split where it counts in both."""

    def counts(estimate: Estimate | None) -> float | None:
        """A debt counts with a letter; a single system's also below the coverage of one."""
        if estimate is None or (estimate.band is None and not single):
            return None
        return estimate.estimate

    before, after = taken.sides
    members = []
    pairs = [(system, before.get(system), after.get(system)) for system in sorted(before.keys() | after.keys())]
    for system, ends, split in _split_each(workplace, pairs, progress):
        old, new = map(counts, ends)
        members.append(Member(system=system, before=old, after=new, split=split))
    return members


Pair = tuple[str, AssessmentRecord | None, AssessmentRecord | None]
Ends = tuple[Estimate | None, Estimate | None]


def _split_each(
    workplace: Workplace, pairs: Sequence[Pair], progress: Progress | None
) -> Iterator[tuple[str, Ends, SystemSplit | None]]:
    """Each system with the estimates of its quarters and its split; what earlier looks found is not made again."""
    rules = scoring_id(PARAMETERS)
    missing = [pair for pair in pairs if _known(pair, rules) is None]
    since, done = monotonic(), 0
    for first in range(0, len(missing), READ_AT_ONCE):
        some = missing[first : first + READ_AT_ONCE]
        for pair, (old, new) in zip(some, _read_sides(workplace, some), strict=True):
            if old is not None and new is not None:
                _SPLITS.put(_key(pair, rules), split_change(old, new))
            else:
                for one, side in zip(pair[1:], (old, new), strict=True):
                    if one is not None and side is not None:
                        _ESTIMATES.put((_end(one), rules), side.score.system)
            done += 1
        if progress is not None and monotonic() - since > QUIET_SECONDS:
            progress(done, len(missing), f"{done} of {len(missing)} systems compared")
    for pair in pairs:
        known = _known(pair, rules)
        if known is None:  # more systems than are kept: made again, one by one
            ((old, new),) = _read_sides(workplace, [pair])
            split = split_change(old, new) if old is not None and new is not None else None
            known = (old.score.system if old else None, new.score.system if new else None), split
        yield pair[0], known[0], known[1]


def _known(pair: Pair, rules: str) -> tuple[Ends, SystemSplit | None] | None:
    """What an earlier look found of this pair, None where it has to be made."""
    _, before, after = pair
    if before is not None and after is not None:
        split = _SPLITS.get(_key(pair, rules))
        return None if split is None else ((split.before, split.after), split)
    ends = tuple(None if one is None else _ESTIMATES.get((_end(one), rules)) for one in (before, after))
    return None if ends == (None, None) else ((ends[0], ends[1]), None)


def _key(pair: Pair, rules: str) -> Key:
    """All that a split depends on: both ends, and the rules that mixes of them are scored by."""
    system, before, after = pair
    return (system, *(_end(one) for one in (before, after) if one is not None), rules)


def _end(assessment: AssessmentRecord) -> str:
    """What an assessment holds: the hash it is sealed under, or its change number while it is open."""
    return assessment.document_sha256 or f"{assessment.assessment_id} {assessment.change_seq}"


def _read_sides(workplace: Workplace, pairs: Sequence[Pair]) -> list[tuple[Side | None, Side | None]]:
    """Both ends of some systems, in one moment."""

    def work(records: Records) -> list[tuple[Side | None, Side | None]]:
        return [
            (
                None if before is None else _side(workplace, records, before),
                None if after is None else _side(workplace, records, after),
            )
            for _, before, after in pairs
        ]

    return workplace.store.read(work)


def _side(workplace: Workplace, records: Records, assessment: AssessmentRecord) -> Side:
    """A quarter as it was shown: the sealed score of a closed one, read and not made again."""
    checklist = workplace.checklist(records, assessment.checklist_id)
    sealed = records.snapshot(assessment.assessment_id) if assessment.state == "closed" else None
    if sealed is None:
        scored = score_assessment(workplace, records, assessment).score
    else:
        scored = score_from_document(json.loads(sealed.document)["score"])
    return Side(checklist=checklist, score=scored, asked=scope_of(assessment))

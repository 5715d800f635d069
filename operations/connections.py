"""Which system feeds which: declared by people or shown by repositories, decided on with a reason, never forgotten."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from operations.authorize import Action, Actor, permitted
from operations.errors import InvalidInput, NotFound
from operations.shared_storage import Suggestion, suggest
from operations.standing import Standing, read_standings
from operations.systems import find_system
from operations.undoing import UNDONE, not_undone
from operations.wording import LINE_MAX, NOTE_MAX, clean, clean_line
from operations.workplace import Workplace
from reports import numbers
from scoring.connections import Burden, Edge, Feeds, Loop, burdens, loops
from store.connection_records import (
    CONFIRMED,
    DECLARED,
    KINDS,
    REJECTED,
    SUGGESTED,
    ConnectionEvent,
    ConnectionRecord,
)
from store.records import Records

NO_SUCH_CONNECTION = "No such connection. It may have been removed; the connections page lists those there are."
LOOP_QUESTIONS = ("FBL-05", "FBL-01")  #: of our checklist: what a circle of systems speaks to
OF_A_SYSTEM_MAX = 500  #: connections that one system may have at each side
TAKEN_BACK = "Declared by mistake and taken back."


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """One system as the graph and the lists show it."""

    standing: Standing
    burden: Burden

    @property
    def name(self) -> str:
        """Of the system."""
        return self.standing.system.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """How the whole portfolio hangs together."""

    systems: Mapping[str, Connected]  #: every system in use, by team and name
    connections: tuple[ConnectionRecord, ...]  #: those that count, in the order they were made
    rejected: tuple[ConnectionRecord, ...]
    suggestions: tuple[Suggestion, ...]  #: what nobody has decided on, the clearest first
    loops: tuple[Loop, ...]  #: systems that feed each other in a circle, the largest first
    scanned: int  #: systems of which a repository names shared storage

    @property
    def names(self) -> dict[str, str]:
        """The names of the systems by their ids."""
        return {system_id: one.name for system_id, one in self.systems.items()}

    @property
    def connected(self) -> frozenset[str]:
        """The systems that have a connection."""
        return frozenset(end for one in self.connections for end in (one.source_id, one.target_id))

    def of(self, system_id: str) -> Connections:
        """Only what one system has to do with; the systems themselves stay all."""
        return replace(
            self,
            connections=tuple(c for c in self.connections if system_id in (c.source_id, c.target_id)),
            rejected=tuple(c for c in self.rejected if system_id in (c.source_id, c.target_id)),
            suggestions=tuple(s for s in self.suggestions if system_id in (s.source_id, s.target_id)),
            loops=tuple(loop for loop in self.loops if system_id in loop.systems),
        )

    def feeds(self, system_id: str) -> tuple[str, ...]:
        """The systems that read from one directly."""
        return tuple(dict.fromkeys(c.target_id for c in self.connections if c.directed and c.source_id == system_id))

    def reads(self, system_id: str) -> tuple[str, ...]:
        """The systems that one reads from directly."""
        return tuple(dict.fromkeys(c.source_id for c in self.connections if c.directed and c.target_id == system_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """What nobody planned or noted: circles of systems, and consumers that only the repositories show."""

    loops: tuple[Loop, ...]
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    connections: tuple[ConnectionRecord, ...]
    suggestions: tuple[Suggestion, ...]
    scanned: int


@permitted(Action.READ)
def read_connections(workplace: Workplace, actor: Actor) -> Connections:
    """Every connection, every suggestion that waits, every circle, and what each debt costs with its dependents."""

    def work() -> Connections:
        standings = read_standings(workplace)
        known = workplace.store.read(_known)
        in_force = tuple(record for record in known.connections if record.in_force)
        edges = edges_of(in_force)
        costs = burdens({system_id: one.own_days for system_id, one in standings.items()}, edges)
        return Connections(
            systems={
                system_id: Connected(standing=standing, burden=costs[system_id])
                for system_id, standing in standings.items()
            },
            connections=in_force,
            rejected=tuple(record for record in known.connections if record.state == REJECTED),
            suggestions=known.suggestions,
            loops=loops(edges),
            scanned=known.scanned,
        )

    return workplace.memory.recall(("connections", actor), workplace.store.version, work)


@permitted(Action.READ)
def read_hidden(workplace: Workplace, _actor: Actor) -> Hidden:
    """The circles and the suggestions alone, for lists of what needs attention: no debt is looked at."""
    known = workplace.store.read(_known)
    edges = edges_of([record for record in known.connections if record.in_force])
    return Hidden(loops=loops(edges), suggestions=known.suggestions)


def _known(records: Records) -> _Known:
    known = records.connections.connections()
    used = records.connections.storage()
    return _Known(
        connections=tuple(known),
        suggestions=_open(suggest(used), known),
        scanned=len({use.system_id for use in used}),
    )


@permitted(Action.READ)
def feeds_another(workplace: Workplace, _actor: Actor, *, system_id: str) -> bool:
    """Whether any system reads from this one: a single look, before anything is worked out."""
    known = workplace.store.read(lambda records: records.connections.connections())
    return any(one.in_force and one.directed and one.source_id == system_id for one in known)


@permitted(Action.READ)
def read_loop_hints(workplace: Workplace, actor: Actor, *, system_id: str, question_id: str) -> tuple[str, ...]:
    """What a question about feedback loops should know of the circles a system lies in; it changes no answer."""
    if question_id not in LOOP_QUESTIONS:
        return ()
    found = [loop for loop in read_hidden(workplace, actor).loops if system_id in loop.systems]
    if not found:
        return ()
    names = {system.system_id: system.name for system in workplace.store.read(lambda records: records.systems())}
    return tuple(f"Noted connections make a circle: {loop_words(loop, names)}." for loop in found)


def loop_words(loop: Loop, names: Mapping[str, str]) -> str:
    """A circle along its way, "A feeds B, which feeds C, which feeds A"; `names` of systems by id."""
    ring = [names.get(system, "a system that is gone") for system in loop.path[:-1]]
    start = ring.index(min(ring, key=str.casefold))
    first, *rest = (*ring[start:], *ring[:start], ring[start])
    way = f"{first} feeds {', which feeds '.join(rest)}"
    return f"{way}; {numbers.count(loop.beyond, 'more system')} in the same circle" if loop.beyond else way


def edges_of(connections: Sequence[ConnectionRecord]) -> list[Edge]:
    """The connections over which one system feeds another; two readers of the same data feed nobody."""
    return [
        Edge(source=one.source_id, target=one.target_id, kind=Feeds(one.kind)) for one in connections if one.directed
    ]


def _open(suggestions: Sequence[Suggestion], known: Sequence[ConnectionRecord]) -> tuple[Suggestion, ...]:
    """The suggestions that say something new: nobody decided on them, and nothing declared covers them."""
    decided = {
        (one.source_id, one.target_id, one.directed, one.name.casefold()) for one in known if one.state != SUGGESTED
    }
    in_force = [one for one in known if one.in_force]
    whole = {(one.source_id, one.target_id) for one in in_force if one.directed and not one.name}
    joined = {frozenset((one.source_id, one.target_id)) for one in in_force}
    return tuple(
        one
        for one in suggestions
        if (one.source_id, one.target_id, one.directed, one.name.casefold()) not in decided
        and (one.source_id, one.target_id) not in whole
        and (one.directed or frozenset((one.source_id, one.target_id)) not in joined)
    )


# --- what people say ---


@permitted(Action.CONNECT_SYSTEMS)
def declare_connection(
    workplace: Workplace, actor: Actor, *, system_id: str, feeds: str, kind: str, name: str = "", words: str = ""
) -> ConnectionRecord:
    """`system_id` feeds the system `feeds`. A connection that was rejected before counts again; saying it again changes
    nothing.

    Raises NotFound, InvalidInput.
    """
    if kind not in KINDS:
        raise InvalidInput("kind", f"{kind[:30]!r} is not known; choose {', '.join(KINDS)}")
    if system_id == feeds:
        raise InvalidInput("system", "a system does not feed itself; choose another one")
    at = workplace.now()
    wanted = ConnectionRecord(
        connection_id=workplace.new_id(),
        source_id=system_id,
        target_id=feeds,
        kind=kind,
        name=clean_line(name, field="name", longest=LINE_MAX),
        words=clean_line(words, field="words", longest=LINE_MAX),
        made_at=at,
        made_by=actor.name,
        changed_at=at,
        changed_by=actor.name,
    )

    def work(records: Records) -> ConnectionRecord:
        find_system(records, system_id)
        find_system(records, feeds)
        standing = records.connections.same_as(wanted)
        if standing is not None:
            if standing.in_force and wanted.words in ("", standing.words):
                return standing
            again = standing.state if standing.in_force else DECLARED
            said = replace(standing, state=again, reason="", words=wanted.words, changed_at=at, changed_by=actor.name)
            kept = records.connections.change(said, standing.rev, "changed" if standing.in_force else "declared")
        else:
            _room(records, wanted)
            kept = records.connections.add(wanted, "declared")
        _audit(workplace, actor, records, "declare connection", kept)
        return kept

    return workplace.store.write(work)


def _room(records: Records, wanted: ConnectionRecord) -> None:
    """Raise InvalidInput where a system has so many connections that nobody could look at them."""
    known = records.connections.connections()
    for system_id in (wanted.source_id, wanted.target_id):
        if sum(system_id in (one.source_id, one.target_id) for one in known) >= 2 * OF_A_SYSTEM_MAX:
            raise InvalidInput("system", f"it has {2 * OF_A_SYSTEM_MAX} connections already; more say nothing")


@permitted(Action.CONNECT_SYSTEMS)
def decide_suggestion(
    workplace: Workplace,
    actor: Actor,
    *,
    system_id: str,
    feeds: str,
    directed: bool,
    name: str,
    confirmed: bool,
    reason: str = "",
    kind: str | None = None,
) -> ConnectionRecord:
    """Confirm what two repositories show, which makes it a connection, or reject it and say why.

    The suggestion is named by its two systems, its direction and its name, and has to be there still. `kind` is what
    a person knows goes over, by default what the name says. Raises NotFound, InvalidInput.
    """
    why = clean(reason, field="reason", longest=NOTE_MAX, required=not confirmed)
    if kind is not None and kind not in KINDS:
        raise InvalidInput("kind", f"{kind[:30]!r} is not known; choose {', '.join(KINDS)}")

    def work(records: Records) -> ConnectionRecord:
        known = records.connections.connections()
        standing = next((one for one in known if _is(one, system_id, feeds, directed, name)), None)
        state = CONFIRMED if confirmed else REJECTED
        if standing is not None and standing.state == state:
            return standing  # a repeated click
        waiting = _open(suggest(records.connections.storage()), known)
        asked = (system_id, feeds, directed, name)
        found = next((s for s in waiting if (s.source_id, s.target_id, s.directed, s.name) == asked), None)
        if found is None:
            raise NotFound("This suggestion is not there any more: somebody decided on it, or the code has changed.")
        at = workplace.now()
        if standing is not None:
            said = replace(standing, state=state, reason=why, changed_at=at, changed_by=actor.name)
            kept = records.connections.change(said, standing.rev, state)
        else:
            wanted = ConnectionRecord(
                connection_id=workplace.new_id(),
                source_id=system_id,
                target_id=feeds,
                kind=(kind or found.kind) if directed else found.kind,
                directed=directed,
                name=found.name,
                state=state,
                reason=why,
                places=found.places,
                made_at=at,
                made_by=actor.name,
                changed_at=at,
                changed_by=actor.name,
            )
            kept = records.connections.add(wanted, state)
        _audit(workplace, actor, records, f"{'confirm' if confirmed else 'reject'} connection", kept)
        return kept

    return workplace.store.write(work)


def _is(one: ConnectionRecord, source_id: str, target_id: str, directed: bool, name: str) -> bool:
    return (one.source_id, one.target_id, one.directed, one.name.casefold()) == (
        source_id,
        target_id,
        directed,
        name.casefold(),
    )


@permitted(Action.CONNECT_SYSTEMS)
def reject_connection(
    workplace: Workplace, actor: Actor, *, system_id: str, connection_id: str, reason: str, expected_rev: int
) -> ConnectionRecord:
    """A connection of a system does not hold, or no longer; say why. Raises NotFound, InvalidInput, Conflict."""
    why = clean(reason, field="reason", longest=NOTE_MAX, required=True)

    def change(_records: Records, current: ConnectionRecord) -> tuple[str, ConnectionRecord]:
        return REJECTED, replace(current, state=REJECTED, reason=why)

    return _change(workplace, actor, system_id, connection_id, expected_rev, change)


@permitted(Action.CONNECT_SYSTEMS)
def reopen_connection(
    workplace: Workplace, actor: Actor, *, system_id: str, connection_id: str, expected_rev: int
) -> ConnectionRecord:
    """A connection that was rejected counts again. Raises NotFound, Conflict."""

    def change(_records: Records, current: ConnectionRecord) -> tuple[str, ConnectionRecord]:
        state = CONFIRMED if current.places else DECLARED
        return "reopened", current if current.in_force else replace(current, state=state, reason="")

    return _change(workplace, actor, system_id, connection_id, expected_rev, change)


@permitted(Action.CONNECT_SYSTEMS)
def undo_connection(
    workplace: Workplace, actor: Actor, *, system_id: str, connection_id: str, expected_rev: int
) -> ConnectionRecord:
    """Put back what stood before the last change; a suggestion just decided on waits again, one just declared is
    taken back. Raises NotFound, Conflict.
    """

    def change(records: Records, current: ConnectionRecord) -> tuple[str, ConnectionRecord]:
        events = not_undone(records.connections.history(connection_id))
        if len(events) >= 2:
            before = events[-2]
            return UNDONE, replace(current, state=before.state, reason=before.reason, words=before.words)
        if current.places:
            return UNDONE, replace(current, state=SUGGESTED, reason="")
        return UNDONE, replace(current, state=REJECTED, reason=TAKEN_BACK)

    return _change(workplace, actor, system_id, connection_id, expected_rev, change)


def _change(  # noqa: PLR0917  (two ids and a revision, as every change has them)
    workplace: Workplace,
    actor: Actor,
    system_id: str,
    connection_id: str,
    expected_rev: int,
    change: Callable[[Records, ConnectionRecord], tuple[str, ConnectionRecord]],
) -> ConnectionRecord:
    """Put what `change` makes of a connection in its place, with its word for the history."""

    def work(records: Records) -> ConnectionRecord:
        current = find_connection(records, system_id, connection_id)
        what, wanted = change(records, current)
        kept = records.connections.change(
            replace(wanted, changed_at=workplace.now(), changed_by=actor.name), expected_rev, what
        )
        if kept.rev != current.rev:
            _audit(workplace, actor, records, _AUDITED[what], kept)
        return kept

    return workplace.store.write(work)


_AUDITED = {REJECTED: "reject connection", "reopened": "reopen connection", UNDONE: "undo connection"}


def find_connection(records: Records, system_id: str, connection_id: str) -> ConnectionRecord:
    """The connection with this id, of this system at either end. Raises NotFound."""
    found = records.connections.connection(connection_id)
    if found is None or system_id not in (found.source_id, found.target_id):
        raise NotFound(NO_SUCH_CONNECTION)
    return found


def _audit(workplace: Workplace, actor: Actor, records: Records, what: str, kept: ConnectionRecord) -> None:
    source, target = records.system(kept.source_id), records.system(kept.target_id)
    joined = f"{source.name if source else ''} {'feeds' if kept.directed else 'beside'} {target.name if target else ''}"
    records.audit(
        at=workplace.now(),
        actor=actor.name,
        action=what,
        subject=kept.connection_id,
        detail=f"{joined}, {kept.kind} {kept.name}".strip(),
    )


@permitted(Action.READ)
def read_connection_history(
    workplace: Workplace, _actor: Actor, *, system_id: str, connection_id: str
) -> list[ConnectionEvent]:
    """Everything ever said of a connection, oldest first. Raises NotFound."""

    def work(records: Records) -> list[ConnectionEvent]:
        return records.connections.history(find_connection(records, system_id, connection_id).connection_id)

    return workplace.store.read(work)

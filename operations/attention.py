"""What needs attention in a quarter: one list of rows, each a sentence about one system with the way to just that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from operations.authorize import Action, Actor, permitted
from operations.connections import loop_words, read_hidden
from operations.freshness import doubt_words, list_stale
from operations.periods import period_of
from operations.portfolio import Portfolio, read_portfolio
from operations.workplace import Workplace
from reports import numbers
from store.records import SystemRecord


class Kind(StrEnum):
    """Why a system is on the list; in the order it is read."""

    LEFT_OPEN = "left open"  #: a quarter of the past nobody closed
    NOT_ASSESSED = "not assessed"  #: nothing answered in this quarter yet
    CONTRADICTED = "contradicted"  #: answer and evidence disagree, and nobody has decided
    DISPUTED = "disputed"  #: votes three levels or more apart
    IN_A_LOOP = "in a feedback loop"  #: systems that feed each other in a circle
    UNDECLARED = "undeclared consumer"  #: what its repository reads and another's writes, and nobody noted
    STALE = "stale"  #: answers that wait to be confirmed: they are old, or what they cite was changed


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionRow:
    """One system with one thing to look at. `link` names the ids of the view that shows just that."""

    kind: Kind
    system: SystemRecord
    sentence: str
    link: Mapping[str, str]
    weight: float = 0.0  #: within a kind the heaviest stands first


Source = Callable[[Workplace, Actor, Portfolio], Iterable[AttentionRow]]


@permitted(Action.READ)
def read_attention(
    workplace: Workplace, actor: Actor, *, period: str | None = None, pack: str | None = None
) -> tuple[AttentionRow, ...]:
    """Everything that needs attention in a quarter (by default that of the portfolio page), kind by kind."""
    view = read_portfolio(workplace, actor, period=period, pack=pack)
    order = list(Kind)

    def listed() -> tuple[AttentionRow, ...]:
        rows = [row for source in SOURCES for row in source(workplace, actor, view)]
        return tuple(sorted(rows, key=lambda row: (order.index(row.kind), -row.weight, row.system.name.casefold())))

    question = ("attention", actor, workplace.today(), view.period, view.pack)
    return workplace.memory.recall(question, workplace.store.version, listed)


def _left_open(workplace: Workplace, _actor: Actor, view: Portfolio) -> Iterable[AttentionRow]:
    """Quarters of the past that are still open: their numbers move on, so nobody can go by them."""
    present = min(view.period, period_of(workplace.today()))
    systems = {row.system.system_id: row.system for row in view.rows if row.system.retired_at is None}
    for system_id, period in workplace.store.read(lambda records: records.portfolio.left_open(present)):
        if system_id in systems:
            yield AttentionRow(
                kind=Kind.LEFT_OPEN,
                system=systems[system_id],
                sentence=f"{numbers.period(period)} was never closed.",
                link={"system": system_id, "period": period},
            )


def _not_assessed(workplace: Workplace, _actor: Actor, view: Portfolio) -> Iterable[AttentionRow]:
    """Systems of which nothing is known in this quarter."""
    lifetimes = workplace.store.read(lambda records: records.portfolio.lifetimes())
    for row in view.rows:
        if row.system.retired_at is not None or (row.total is not None and row.total.coverage > 0):
            continue
        first, last = lifetimes.get(row.system.system_id, ("", ""))
        if row.assessment is not None:
            said = f"{numbers.period(view.period)} is open, and nothing is answered."
        elif not first:
            said = "Never assessed."
        else:
            said = f"Not assessed in {numbers.period(view.period)}."
            said += f" Last in {numbers.period(last)}." if last < view.period else ""
        yield AttentionRow(
            kind=Kind.NOT_ASSESSED,
            system=row.system,
            sentence=said,
            link={"system": row.system.system_id, "period": view.period},
        )


def _contradicted(_workplace: Workplace, _actor: Actor, view: Portfolio) -> Iterable[AttentionRow]:
    """Contradictions nobody has decided on."""
    for row in view.rows:
        if row.total is not None and row.total.undecided:
            count = row.total.undecided
            yield AttentionRow(
                kind=Kind.CONTRADICTED,
                system=row.system,
                sentence=f"{numbers.count(count, 'contradiction')} between answers and repository, undecided.",
                link={"system": row.system.system_id, "period": view.period},
                weight=count,
            )


def _disputed(_workplace: Workplace, _actor: Actor, view: Portfolio) -> Iterable[AttentionRow]:
    """Split votes: what one person sees as settled, another sees as the worst."""
    for row in view.rows:
        if row.total is not None and row.total.disputed:
            count = row.total.disputed
            yield AttentionRow(
                kind=Kind.DISPUTED,
                system=row.system,
                sentence=f"{numbers.count(count, 'question')} with votes three levels or more apart.",
                link={"system": row.system.system_id, "questions": "Disputed"},
                weight=count,
            )


def _stale(workplace: Workplace, actor: Actor, view: Portfolio) -> Iterable[AttentionRow]:
    """Answers that wait to be confirmed as of today; a quarter of the past has only what it was sealed with."""
    if view.period < period_of(workplace.today()):
        return
    shown = {row.system.system_id for row in view.rows}
    for stale in list_stale(workplace, actor):
        if stale.system.system_id in shown:
            count, first = len(stale.waiting), stale.waiting[0]
            waits = numbers.count(count, "answer waits", "answers wait")
            yield AttentionRow(
                kind=Kind.STALE,
                system=stale.system,
                sentence=f"{waits} to be confirmed. {first.question_id}: {doubt_words(first.doubt, first.confirmed)}",
                link={"system": stale.system.system_id, "questions": "Stale"},
                weight=count,
            )


def _hidden(workplace: Workplace, actor: Actor, view: Portfolio) -> Iterable[AttentionRow]:
    """Feedback loops and undeclared consumers: as of today, so not in a quarter of the past."""
    if view.period < period_of(workplace.today()):
        return
    hidden = read_hidden(workplace, actor)
    systems = {row.system.system_id: row.system for row in view.rows if row.system.retired_at is None}
    names = {system_id: system.name for system_id, system in systems.items()}
    for loop in hidden.loops:
        if loop.path[0] in systems:
            yield AttentionRow(
                kind=Kind.IN_A_LOOP,
                system=systems[loop.path[0]],
                sentence=f"{loop_words(loop, names)}.",
                link={"focus": loop.path[0]},
                weight=len(loop.systems),
            )
    for one in hidden.suggestions:
        if one.directed and one.source_id in systems and one.target_id in systems:
            yield AttentionRow(
                kind=Kind.UNDECLARED,
                system=systems[one.target_id],
                sentence=f"Reads {one.name}, which {names[one.source_id]} writes.",
                link={"focus": one.target_id},
                weight=-float(one.weak),
            )


#: Whoever knows of another reason adds a kind and a source of rows.
SOURCES: tuple[Source, ...] = (_left_open, _not_assessed, _contradicted, _disputed, _hidden, _stale)

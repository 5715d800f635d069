"""What connections say in words: what a debt costs with its dependents, circles along their way, rows of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from operations.connections import Connected, Connections
from operations.records import CONFIRMED, DATA, FEATURES, OUTPUTS, ConnectionRecord
from operations.shared_storage import Suggestion
from scoring.connections import SHARES, TIMES_MAX, Burden, Dependent, Feeds
from ui import numbers

#: How a connection is told: "A feeds B: its outputs".
KIND_WORDS: Mapping[str, str] = {OUTPUTS: "its outputs", FEATURES: "shared features", DATA: "shared data"}
WHY_MAX = 12  #: dependents told one by one


def burden_words(burden: Burden) -> str:
    """What a system's debt costs with what depends on it, in one sentence without a full stop."""
    count = len(burden.dependents)
    who = f"Depended on by {numbers.count(count, 'system')}" if count else "No system depends on it"
    if burden.own_days is None or burden.total_days is None:
        return f"{who}; its interest is not known while nothing is answered"
    if not count:
        return f"{who}: interest {numbers.days(burden.own_days)} a quarter"
    total = numbers.days(burden.total_days).partition(" ")[0]
    return f"{who}: interest {numbers.days(burden.own_days)} a quarter, {total} with what depends on it"


def why_words(burden: Burden, systems: Mapping[str, Connected]) -> list[str]:
    """How the figure came about, line by line; sums that can be redone by hand."""
    if burden.own_days is None:
        return ["Nobody has answered a question of this system yet."]
    lines = [f"Its own interest: {numbers.days(burden.own_days)} a quarter, the sum over its questions."]
    for dependent in burden.dependents[:WHY_MAX]:
        lines.append(
            f"{_name(dependent.system, systems)}{_over(dependent, systems)}: {dependent.share:.0%} of it, "
            f"{numbers.days(burden.own_days * dependent.share)}."
        )
    if len(burden.dependents) > WHY_MAX:
        rest = burden.dependents[WHY_MAX:]
        days = burden.own_days * sum(one.share for one in rest)
        lines.append(f"{numbers.count(len(rest), 'system')} further away: {numbers.days(days)}.")
    if burden.capped:
        lines.append(f"Together at most {TIMES_MAX:g} times its own interest: that limit is reached.")
    shares = ", ".join(f"{SHARES[kind]:.0%} over {kind.value}" for kind in Feeds)
    lines.append(f"Whoever reads from it pays a share again: {shares}; over several steps the shares multiply.")
    lines.append("The shares are proposals, not measured. This figure is no part of the debt and of no plan.")
    return lines


def _over(dependent: Dependent, systems: Mapping[str, Connected]) -> str:
    between = [_name(system, systems) for system in dependent.path[1:-1]]
    return f" (over {', '.join(between)})" if between else ""


def _name(system_id: str, systems: Mapping[str, Connected]) -> str:
    found = systems.get(system_id)
    return found.name if found else "a system that is gone"


def suggestion_words(suggestion: Suggestion, systems: Mapping[str, Connected]) -> str:
    """What two repositories show, as a question."""
    source, target = _name(suggestion.source_id, systems), _name(suggestion.target_id, systems)
    if not suggestion.directed:
        return f"Shared data? {source} and {target} both read {suggestion.name}"
    return f"Undeclared consumer? {target} reads {suggestion.name}, which {source} writes"


def connection_words(record: ConnectionRecord, systems: Mapping[str, Connected]) -> str:
    """One connection in a line."""
    source, target = _name(record.source_id, systems), _name(record.target_id, systems)
    of = f", {record.name}" if record.name else ""
    if not record.directed:
        return f"{source} and {target} read the same data{of}"
    return f"{source} feeds {target}: {KIND_WORDS[record.kind]}{of}"


def state_words(record: ConnectionRecord) -> str:
    """How a connection came to count."""
    return "confirmed from evidence" if record.state == CONFIRMED else record.state


def table_rows(view: Connections, connections: Iterable[ConnectionRecord]) -> list[dict[str, str]]:
    """The connections as a table: all that the graph shows."""
    return [
        {
            "From": _name(one.source_id, view.systems),
            "Goes over": one.kind if one.directed else "both read the same data",
            "To": _name(one.target_id, view.systems),
            "Table, topic or bucket": one.name,
            "In words": one.words,
            "State": state_words(one),
            "By": one.changed_by,
        }
        for one in connections
    ]


def system_rows(view: Connections, systems: Sequence[str]) -> list[dict[str, str | float | None]]:
    """The systems as a table: what each feeds and reads, and what its debt costs."""
    rows: list[dict[str, str | float | None]] = []
    for system_id in systems:
        one = view.systems[system_id]
        total = one.burden.total_days
        rows.append(
            {
                "System": one.name,
                "Team": one.standing.system.team,
                "Debt": numbers.debt_with_band(one.standing.estimate, one.standing.band),
                "Feeds": ", ".join(_name(other, view.systems) for other in view.feeds(system_id)),
                "Reads from": ", ".join(_name(other, view.systems) for other in view.reads(system_id)),
                "Depend on it": len(one.burden.dependents),
                "Interest, days a quarter": None if one.burden.own_days is None else round(one.burden.own_days, 1),
                "With what depends on it": None if total is None else round(total, 1),
            }
        )
    return rows

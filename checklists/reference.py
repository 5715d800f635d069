"""Writes docs/checklist.md, the reference of the shipped checklist; prints that of any other one."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checklists.aggregation import (
    Counts,
    FirstMatch,
    Gate,
    Gates,
    Match,
    Mean,
    MeanOfMeans,
    Missing,
    PowerMean,
    Rule,
    Sum,
    Worst,
)
from checklists.reader import DEFAULT_PACK, PACKS, InvalidChecklist, load_checklist

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from checklists.checklist import Area, Checklist, Question

REFERENCE = PACKS.parent / "docs" / "checklist.md"


def reference(checklist: Checklist) -> str:
    """The whole checklist as one Markdown document."""
    return "\n".join(_lines(checklist)) + "\n"


def main(files: Sequence[str] = ()) -> int:
    """Write the reference of the shipped checklist anew; with a file, print the reference of that one."""
    if not files:
        REFERENCE.write_text(reference(load_checklist(PACKS / f"{DEFAULT_PACK}.yaml")), encoding="utf-8")
        return 0
    try:
        pages = [reference(load_checklist(Path(file))) for file in files]
    except InvalidChecklist as refused:
        sys.stderr.write(f"{refused}\n")
        return 2
    sys.stdout.write("\n".join(pages))
    return 0


def _lines(checklist: Checklist) -> Iterator[str]:
    core = sum(1 for _ in checklist.core())
    yield f"# {_plain(checklist.title)}"
    yield ""
    yield f"<!-- Made from checklists/{checklist.id}.yaml by `python -m checklists.reference`. Edit that file. -->"
    yield ""
    yield _plain(checklist.summary)
    yield ""
    yield f"Checklist `{checklist.id}`, version {checklist.version}: {len(checklist.questions)} questions"
    yield f"in {len(checklist.areas)} areas, {core} of them core (marked ●)."
    yield "Every question also takes “we do not know”, which is an answer of its own."
    yield "The content hash of this version is"
    yield f"`{checklist.content_hash}`."
    yield ""
    yield from _contents(checklist)
    yield from _switches(checklist)
    yield from _classes(checklist)
    yield from _aggregation(checklist)
    for area in checklist.areas:
        yield from _area(checklist, area)
    yield from _references(checklist)


def _contents(checklist: Checklist) -> Iterator[str]:
    yield "## Areas"
    yield ""
    rows = (
        (
            f"[{area.id}](#{_anchor(area)})",
            _plain(area.title),
            str(len(area.questions)),
            str(sum(question.core for question in area.questions)),
            f"{area.weight:g}",
            _condition(checklist, area.applies_when) or "always",
        )
        for area in checklist.areas
    )
    yield from _table(("id", "area", "questions", "core", "weight", "applies"), rows)
    yield ""


def _switches(checklist: Checklist) -> Iterator[str]:
    if not checklist.switches:
        return
    yield "## Switches"
    yield ""
    yield "Traits of a system that decide which areas and questions apply."
    yield ""
    rows = ((f"`{switch.id}`", _plain(switch.title), _plain(switch.explanation)) for switch in checklist.switches)
    yield from _table(("id", "switch", "what it means"), rows)
    yield ""


def _classes(checklist: Checklist) -> Iterator[str]:
    classes = checklist.classes
    yield "## Classes"
    yield ""
    yield f"Where the values come from: {_plain(classes.provenance)}."
    yield "A team can change every one of them."
    yield ""
    severity = (
        (key, f"{one.weight:g}", f"{one.loss_days:g}", "yes" if one.critical else "no")
        for key, one in classes.severity.items()
    )
    yield from _table(("severity", "weight in the area", "person-days lost when it bites once", "critical"), severity)
    yield ""
    effort = ((key, f"{days:g}") for key, days in classes.effort_days.items())
    yield from _table(("effort", f"person-days from level {checklist.level_count - 1} to level 0"), effort)
    yield ""
    friction = ((key, f"{days:g}") for key, days in classes.friction_days.items())
    yield from _table(("interest", f"person-days each quarter at level {checklist.level_count - 1}"), friction)
    yield ""
    growth = ((key, f"{100 * rate:g} %") for key, rate in classes.growth.items())
    yield from _table(("spread", "growth of the interest each quarter"), growth)
    yield ""


def _aggregation(checklist: Checklist) -> Iterator[str]:
    declared = checklist.aggregation
    yield "## How it adds up"
    yield ""
    yield "How each step is done is told in [scoring.md](scoring.md); how a checklist of your own declares another way,"
    yield "with an example of each kind and what lint refuses, in [packs.md](packs.md)."
    yield ""
    levels = ((str(number), f"{debt:g}") for number, debt in enumerate(declared.values))
    yield from _table(("level", "debt"), levels)
    yield ""
    where = "an area not named below" if declared.in_area else "an area"
    if len(declared.in_area) < len(checklist.areas):
        yield f"- Questions make {where}: {_rule(declared.questions)}."
    for area_id, rule in declared.in_area:
        yield f"- In {area_id}: {_rule(rule)}."
    yield f"- Areas make the system: {_rule(declared.areas)}."
    yield f"- “We do not know” {_missing(declared.unknown)}."
    yield f"- What nobody answered {_missing(declared.blank)}."
    yield f"- What does not apply {_missing(declared.not_applicable)}."
    yield f"- A letter is given from {declared.coverage_min:.0%} known weight on.".replace("%", " %")
    if reading := declared.reading:
        ends = f"{reading.no_debt:g} without debt, {reading.full_debt:g} at full debt"
        yield f"- Published in {_plain(reading.unit)}: {ends}."
        for band in reading.bands:
            limit = "above that" if band.up_to is None else f"up to {band.up_to:g}"
            yield f"  - {limit}: {_plain(band.words)}"
    yield ""


def _rule(rule: Rule) -> str:
    return _RULES[type(rule)](rule)


def _power_mean(rule: PowerMean) -> str:
    kept = f", and no less than {rule.critical_share:g} of the worst critical debt" if rule.critical_share else ""
    return f"the power mean of degree {rule.power:g}, by weight{kept}"


def _groups(rule: MeanOfMeans) -> str:
    named = (f"{_plain(it.title)} ({', '.join(it.members)}; weight {it.weight:g})" for it in rule.groups)
    return f"the mean of the means of {'; '.join(named)}"


def _gates(rule: Gates) -> str:
    stages = (f"{_plain(it.title)} ({_needs(it)}), then {it.debt:g}" for it in rule.gates)
    return f"{rule.start:g} before the first gate; {'; '.join(stages)}"


def _first_match(rule: FirstMatch) -> str:
    lines = [f"{_plain(it.title)} ({_conditions(it)}): {it.debt:g}" for it in rule.matches]
    lines += [] if rule.otherwise is None else [f"otherwise {rule.otherwise:g}"]
    return f"the first line that matches; {'; '.join(lines)}"


_RULES: Mapping[type, Callable[[Any], str]] = {
    PowerMean: _power_mean,
    Mean: lambda _: "the mean, by weight",
    Sum: lambda rule: f"the sum of weight × debt, where {rule.full:g} is full debt",
    Worst: lambda _: "the worst decides",
    MeanOfMeans: _groups,
    Gates: _gates,
    FirstMatch: _first_match,
}


def _needs(gate: Gate) -> str:
    return ", ".join(f"{name} at level {level} or better" for name, level in gate.needs)


def _conditions(match: Match) -> str:
    return ", ".join(f"{name} at level {' or '.join(map(str, levels))}" for name, levels in match.when)


def _missing(missing: Missing) -> str:
    return {
        Counts.EXCLUDE: "is taken out with its weight",
        Counts.VALUE: f"counts {missing.debt:g}",
        Counts.INTERVAL: f"counts {missing.debt:g} in the estimate, with 0 and 1 as ends",
        Counts.TARGET: f"counts as level {missing.level}",
    }[missing.counts]


def _area(checklist: Checklist, area: Area) -> Iterator[str]:
    yield f"## {area.id} {_plain(area.title)}"
    yield ""
    yield _plain(area.summary)
    yield ""
    condition = _condition(checklist, area.applies_when)
    if condition:
        yield f"Applies {condition}."
        yield ""
    for question in area.questions:
        yield from _question(checklist, question)


def _question(checklist: Checklist, question: Question) -> Iterator[str]:
    yield f"### {question.id}{' ●' if question.core else ''} {_plain(question.text)}"
    yield ""
    yield _plain(question.why)
    yield ""
    yield from _table(
        ("level", "what can be observed"), ((str(one.number), _plain(one.text)) for one in question.levels)
    )
    yield ""
    yield (
        f"- Classes: severity {question.severity}, effort {question.effort}, "
        f"interest {question.interest}, spread {question.spread}"
    )
    yield f"- Remedies: {_plain('; '.join(question.remedies))}"
    if question.look_for:
        yield f"- Look for: {_plain('; '.join(question.look_for))}"
    if question.signals:
        yield f"- Signals: {', '.join(f'`{signal}`' for signal in question.signals)}"
    yield f"- Not applicable: {_not_applicable(checklist, question)}"
    if question.depends_on:
        yield f"- Better repaid first: {', '.join(question.depends_on)}"
    if question.replaces:
        yield f"- Replaces: {', '.join(question.replaces)}"
    yield f"- Sources: {_plain('; '.join(question.sources))}"
    if question.approximated_by:
        yield f"- Can be guessed from: {', '.join(question.approximated_by)}"
    yield ""


def _not_applicable(checklist: Checklist, question: Question) -> str:
    condition = _condition(checklist, question.applies_when)
    asked = f" Asked only {condition}." if condition else ""
    if question.not_applicable_when is None:
        return f"needs a written reason and a second person.{asked}"
    return f"{_plain(question.not_applicable_when)}.{asked}"


def _references(checklist: Checklist) -> Iterator[str]:
    yield "## Sources"
    yield ""
    for key, citation in sorted(checklist.references.items(), key=lambda pair: pair[0].casefold()):
        yield f"- **{key}**: {_plain(citation)}"


def _condition(checklist: Checklist, switch_id: str | None) -> str:
    titles = {switch.id: switch.title for switch in checklist.switches}
    return f"when the switch “{_plain(titles[switch_id])}” is on" if switch_id else ""


def _anchor(area: Area) -> str:
    return re.sub(r"[^a-z0-9 -]", "", f"{area.id} {area.title}".lower()).replace(" ", "-")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join(['---'] * len(head))}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _plain(text: str) -> str:
    # Text of a checklist is shown as text: nothing in it may turn into Markdown or HTML.
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What must hold of a declared aggregation: each case has an outcome, each outcome a case, better never owes more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod

from checklists.aggregation import FirstMatch, Gates
from checklists.checklist import LEVELS_MAX
from checklists.declared import build_rule
from checklists.fields import NOTHING, Nothing, Record
from checklists.problems import Place, Problems, listed, quoted

CASES_MAX = 20_000  #: combinations of levels looked at in the decision tables of one checklist
FOUND_MAX = 5  #: of one fault in one table: the first ones show the rest
WEIGHING = frozenset({"power_mean", "mean", "sum", "mean_of_means"})  #: kinds that look at weights
NAMING = frozenset({"mean_of_means", "gates", "first_match"})  #: kinds that name single questions or areas


@dataclass(frozen=True, slots=True)
class _Use:
    """A rule and what it is used on."""

    rule: Record
    members: tuple[str, ...]  #: ids of the questions or areas it combines
    what: str  #: "question" or "area"


def values_rise(checklist: Record, problems: Problems) -> None:
    """The debts of the levels rise from 0 to 1, each above the one before."""
    declared = _declared(checklist)
    if declared is None or not _whole(declared["levels"]) or not declared["levels"]:
        return
    values = declared["levels"]
    if values[0] != 0:
        problems.add(declared.place("levels", 0), "aggregation.levels[0]", "level 0 is no debt; write 0")
    if values[-1] != 1:
        where = f"aggregation.levels[{len(values) - 1}]"
        problems.add(declared.place("levels", len(values) - 1), where, "the last level is full debt; write 1")
    for position, (before, after) in enumerate(pairwise(values), start=1):
        if after <= before:
            message = f"{after:g} does not rise above {before:g}; a worse level owes more"
            problems.add(declared.place("levels", position), f"aggregation.levels[{position}]", message)


def rules_stand_where_they_apply(checklist: Record, problems: Problems) -> None:
    """A rule of one area names an area there is; a rule that names single questions stands with its area."""
    declared = _declared(checklist)
    if declared is None:
        return
    own, known = declared["in_area"], _ids(_records(checklist["areas"]))
    for name, node in own.nodes.items() if isinstance(own, Record) else ():
        if name not in known:
            message = f"no area has the id {quoted(name)}{problems.did_you_mean(name, known)}"
            problems.add(node, f"aggregation.in_area.{name}", message)
    default = declared["questions"]
    if isinstance(default, Record) and default["kind"] in NAMING:
        message = f"{default['kind']} names single questions; put it under in_area, one for each area"
        problems.add(default.place("kind"), f"{default.where}.kind", message)


def rules_name_what_is_there(checklist: Record, problems: Problems) -> None:
    """Groups, gates and tables name questions (or areas) they combine and levels of the scale; groups take each."""
    declared = _declared(checklist)
    if declared is None:
        return
    level_max = len(declared["levels"]) - 1 if isinstance(declared["levels"], tuple) else LEVELS_MAX - 1
    for use in _uses(checklist):
        for node, where, name in _named(use.rule):
            if name not in use.members:
                close = problems.did_you_mean(name, use.members)
                problems.add(node, where, f"{quoted(name)} is no {use.what} this rule combines{close}")
        for node, where, level in _levels(use.rule):
            if level > level_max:
                problems.add(node, where, f"there is no level {level} here; the highest is {level_max}")
        if use.rule["kind"] == "mean_of_means":
            _each_in_one_group(use, problems)
    for missing in (declared["unknown"], declared["blank"], declared["not_applicable"]):
        target = missing.values.get("level") if isinstance(missing, Record) else None
        if isinstance(target, str) and int(target) > level_max:
            message = f"there is no level {target} here; the highest is {level_max}"
            problems.add(missing.place("level"), f"{missing.where}.level", message)


def _each_in_one_group(use: _Use, problems: Problems) -> None:
    seen: dict[str, int] = {}
    for place, group in enumerate(_records(use.rule["groups"])):
        for position, name in enumerate(group["members"] if isinstance(group["members"], tuple) else ()):
            if isinstance(name, str) and seen.setdefault(name, place) != place:
                where = f"{group.where}.members[{position}]"
                problems.add(group.place("members", position), where, f"{name} stands in a group already; keep one")
    missing = [name for name in use.members if name not in seen]
    if missing and _whole(use.rule["groups"]):
        message = f"no group holds {listed(missing, most=5)}; it would count nowhere"
        problems.add(use.rule.place("groups"), f"{use.rule.where}.groups", message)


def tables_decide_every_case(checklist: Record, problems: Problems) -> None:
    """Every combination of levels has an outcome, every line decides some, and no better level owes more."""
    declared, left = _declared(checklist), CASES_MAX
    if declared is None or not _whole(declared["levels"]):
        return
    for use in _uses(checklist):
        if use.rule["kind"] != "first_match" or not _whole(use.rule):
            continue
        rule = build_rule(use.rule)
        assert isinstance(rule, FirstMatch)  # noqa: S101 - its kind says so
        table = _Table.of(rule, len(declared["levels"]))
        if table.cases > left:
            message = (
                f"has {table.cases:,} cases; {CASES_MAX:,} in all tables together are checked, use fewer questions"
            )
            problems.add(use.rule.place("rules"), f"{use.rule.where}.rules", message)
            continue
        left -= table.cases
        _hold_table(use.rule, rule, table, problems)


@dataclass(frozen=True, slots=True)
class _Table:
    """The cases of a decision table: levels no line tells apart are one step."""

    names: tuple[str, ...]
    steps: tuple[tuple[tuple[int, int], ...], ...]  #: for each name (its first level, bits of the lines it meets)

    @classmethod
    def of(cls, rule: FirstMatch, levels: int) -> _Table:
        names = tuple(dict.fromkeys(name for match in rule.matches for name, _ in match.when))
        steps = []
        for name in names:
            met = [
                sum(
                    1 << place
                    for place, match in enumerate(rule.matches)
                    if level in dict(match.when).get(name, (level,))
                )
                for level in range(levels)
            ]
            steps.append(tuple((level, bits) for level, bits in enumerate(met) if not level or bits != met[level - 1]))
        return cls(names, tuple(steps))

    @property
    def cases(self) -> int:
        return prod(len(steps) for steps in self.steps)

    def outcomes(self) -> list[int]:
        """The place of the deciding line of each case, -1 for none; the last name varies fastest."""
        met = [-1]
        for steps in self.steps:
            met = [bits & own for bits in met for _, own in steps]
        return [(bits & -bits).bit_length() - 1 for bits in met]

    def strides(self) -> list[int]:
        return [prod(len(steps) for steps in self.steps[place + 1 :]) for place in range(len(self.steps))]

    def words(self, case: int) -> str:
        """ "SAF-01 at 2, SAF-02 at 0"."""
        chosen = [
            (name, steps[case // stride % len(steps)][0])
            for name, steps, stride in zip(self.names, self.steps, self.strides(), strict=True)
        ]
        return ", ".join(f"{name} at {level}" for name, level in chosen)


def _hold_table(record: Record, rule: FirstMatch, table: _Table, problems: Problems) -> None:
    outcomes, lines = table.outcomes(), _records(record["rules"])
    reached = set(outcomes)
    for place, line in enumerate(lines):
        if place not in reached:
            message = "can never match: the lines before it take all its cases; move it up or take it out"
            problems.add(line.node, line.where, message)
    if rule.otherwise is None and -1 in reached:
        message = f"no line matches {table.words(outcomes.index(-1))}; add one, or say otherwise"
        problems.add(record.place("rules"), f"{record.where}.rules", message)
        return
    if rule.otherwise is not None and -1 not in reached:
        message = "is never reached: the lines above take every case; take it out"
        problems.add(record.place("otherwise"), f"{record.where}.otherwise", message)
    debts = [*(match.debt for match in rule.matches), 1.0 if rule.otherwise is None else rule.otherwise]
    for (better, worse), (case, name) in list(_falling(table, outcomes, debts).items())[:FOUND_MAX]:
        owner, field = (lines[better], "debt") if better >= 0 else (record, "otherwise")
        message = (
            f"a better option raises debt: {table.words(case)} owes {debts[better]:g}, "
            f"and with {name} worse by a step only {debts[worse]:g}"
        )
        problems.add(owner.place(field), f"{owner.where}.{field}", message)


def _falling(table: _Table, outcomes: Sequence[int], debts: Sequence[float]) -> dict[tuple[int, int], tuple[int, str]]:
    """Pairs of lines between which a worse level owes less, each with one case and the name that changes."""
    found: dict[tuple[int, int], tuple[int, str]] = {}
    for name, steps, stride in zip(table.names, table.steps, table.strides(), strict=True):
        for case, better in enumerate(outcomes):
            if case // stride % len(steps) == len(steps) - 1:
                continue
            worse = outcomes[case + stride]
            if debts[better] > debts[worse]:
                found.setdefault((better, worse), (case, name))
    return found


def gates_lead_somewhere(checklist: Record, problems: Problems) -> None:
    """Each gate asks for more than those before it, and owes less."""
    declared = _declared(checklist)
    if declared is None or not _whole(declared["levels"]):
        return
    level_max = len(declared["levels"]) - 1
    for use in _uses(checklist):
        if use.rule["kind"] != "gates" or not _whole(use.rule):
            continue
        rule = build_rule(use.rule)
        assert isinstance(rule, Gates)  # noqa: S101 - its kind says so
        debt, asked = rule.start, dict[str, int]()
        for gate, record in zip(rule.gates, _records(use.rule["gates"]), strict=True):
            if gate.debt >= debt:
                message = f"{gate.debt:g} is not below {debt:g}, the debt before this gate; passing a gate owes less"
                problems.add(record.place("debt"), f"{record.where}.debt", message)
            for name, level in gate.needs:
                if level == level_max:
                    message = f"level {level} is the worst there is, so this asks nothing; take it out or ask for more"
                    problems.add(record["needs"].place(name), f"{record.where}.needs.{name}", message)
            if all(asked.get(name, level_max) <= level for name, level in gate.needs):
                message = "asks nothing the gates before it do not ask: what was reached before it can never be seen"
                problems.add(record.place("needs"), f"{record.where}.needs", message)
            debt = gate.debt
            asked |= {name: min(level, asked.get(name, level_max)) for name, level in gate.needs}


def weights_are_used(checklist: Record, problems: Problems) -> None:
    """A weight, and the mark of a critical class, stands only where some rule looks at it."""
    declared, classes = _declared(checklist), checklist["classes"]
    if declared is None:
        return
    system = declared["areas"]
    if isinstance(system, Record) and system["kind"] not in WEIGHING:
        for area in _records(checklist["areas"]):
            if "weight" in area.nodes:
                message = f"nobody uses this weight: the areas are combined by {system['kind']}; take it out"
                problems.add(area.place("weight"), f"{area.where}.weight", message)
    severity = classes["severity"] if isinstance(classes, Record) else None
    uses = [use for use in _uses(checklist) if use.what == "question"]
    if not isinstance(severity, Record) or not uses:
        return
    of_question = {question["id"]: question["severity"] for question in _questions(checklist)}
    weighed, critical, met = set(), set(), set()
    for use in uses:
        found = {of_question.get(name) for name in use.members}
        met |= found
        if use.rule["kind"] in WEIGHING:
            weighed |= found
        if use.rule["kind"] == "power_mean" and use.rule["critical_share"]:
            critical |= found
    for key, one in severity.values.items():
        if not isinstance(one, Record) or key not in met:
            continue
        if key not in weighed and isinstance(one["weight"], float) and one["weight"] != 1:
            message = "nobody uses this weight: its questions stand only under rules that do not weigh; write 1"
            problems.add(one.place("weight"), f"{one.where}.weight", message)
        if key not in critical and one["critical"] is True:
            message = "no rule looks at critical questions (power_mean with a critical_share does); write false"
            problems.add(one.place("critical"), f"{one.where}.critical", message)


def readings_are_whole(checklist: Record, problems: Problems) -> None:
    """A published unit has two different ends, and bands that rise to a last one without a limit."""
    declared = _declared(checklist)
    reading = declared["reading"] if declared is not None else None
    if not isinstance(reading, Record) or not _whole(reading):
        return
    low, high = sorted((reading["no_debt"], reading["full_debt"]))
    if low == high:
        message = "full debt reads the same as no debt; the unit would say nothing"
        problems.add(reading.place("full_debt"), f"{reading.where}.full_debt", message)
        return
    bands, before = _records(reading["bands"]), None
    for place, band in enumerate(bands):
        limit, last = band["up_to"], place == len(bands) - 1
        where = f"{band.where}.up_to"
        if (limit is None) != last:
            message = "the last band has no limit; take it out" if last else "only the last band goes without up_to"
            problems.add(band.place("up_to"), where, message)
        elif limit is not None and before is not None and limit <= before:
            problems.add(band.place("up_to"), where, f"{limit:g} does not rise above {before:g}")
        elif limit is not None and not low <= limit < high:
            message = f"{limit:g} leaves a band that is never reached; the unit goes from {low:g} to {high:g}"
            problems.add(band.place("up_to"), where, message)
        before = limit


def what_rules_name_is_core(checklist: Record, problems: Problems) -> None:
    """A gate or table asks core questions only: in the short workshop the others would count as no debt."""
    core = {question["id"]: question["core"] for question in _questions(checklist)}
    for use in _uses(checklist):
        if use.what != "question" or use.rule["kind"] not in {"gates", "first_match"}:
            continue
        told = set()
        for node, where, name in _named(use.rule):
            if core.get(name) is False and name not in told:
                message = f"{name} is not core: in the short workshop it is not asked and would count as no debt"
                problems.add(node, where, message)
            told.add(name)


# -- looking into the section


def _declared(checklist: Record) -> Record | None:
    declared = checklist["aggregation"]
    return declared if isinstance(declared, Record) else None


def _uses(checklist: Record) -> Iterator[_Use]:
    """Every rule that could be read, with what it combines; the rule of all areas stands once for each."""
    declared = _declared(checklist)
    if declared is None:
        return
    own = declared["in_area"].values if isinstance(declared["in_area"], Record) else {}
    for area in _records(checklist["areas"]):
        rule = own.get(area["id"], declared["questions"]) if isinstance(area["id"], str) else NOTHING
        if isinstance(rule, Record) and (rule is not declared["questions"] or rule["kind"] not in NAMING):
            yield _Use(rule, _ids(_records(area["questions"])), "question")
    if isinstance(declared["areas"], Record):
        yield _Use(declared["areas"], _ids(_records(checklist["areas"])), "area")


def _named(rule: Record) -> Iterator[tuple[Place, str, str]]:
    """Every id a rule names, with its place."""
    for group in _records(rule.values.get("groups")):
        for position, name in enumerate(group["members"] if isinstance(group["members"], tuple) else ()):
            if isinstance(name, str):
                yield group.place("members", position), f"{group.where}.members[{position}]", name
    for mapping in _mappings(rule):
        for name, node in mapping.nodes.items():
            if name in mapping.values:
                yield node, f"{mapping.where}.{name}", name


def _levels(rule: Record) -> Iterator[tuple[Place, str, int]]:
    """Every level a rule names, with its place."""
    for mapping in _mappings(rule):
        for name, value in mapping.values.items():
            if isinstance(value, str):
                yield mapping.place(name), f"{mapping.where}.{name}", int(value)
            for position, level in enumerate(value if isinstance(value, tuple) else ()):
                if isinstance(level, str):
                    yield mapping.place(name, position), f"{mapping.where}.{name}[{position}]", int(level)


def _mappings(rule: Record) -> Iterator[Record]:
    for gate in _records(rule.values.get("gates")):
        if isinstance(gate["needs"], Record):
            yield gate["needs"]
    for line in _records(rule.values.get("rules")):
        if isinstance(line["when"], Record):
            yield line["when"]


def _whole(value: object) -> bool:
    """Whether nothing inside could not be read."""
    if isinstance(value, Nothing):
        return False
    if isinstance(value, tuple):
        return all(_whole(entry) for entry in value)
    return all(_whole(entry) for entry in value.values.values()) if isinstance(value, Record) else True


def _records(value: object) -> tuple[Record, ...]:
    return tuple(entry for entry in value if isinstance(entry, Record)) if isinstance(value, tuple) else ()


def _questions(checklist: Record) -> Iterator[Record]:
    return (question for area in _records(checklist["areas"]) for question in _records(area["questions"]))


def _ids(records: Sequence[Record]) -> tuple[str, ...]:
    return tuple(record["id"] for record in records if isinstance(record["id"], str))

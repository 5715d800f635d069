"""The `aggregation:` section of a pack: its form in a file, the Aggregation it builds, and its canonical form back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from checklists.aggregation import (
    OURS,
    Aggregation,
    Counts,
    FirstMatch,
    Gate,
    Gates,
    Group,
    Match,
    Mean,
    MeanOfMeans,
    Missing,
    PowerMean,
    Reading,
    ReadingBand,
    Rule,
    Sum,
    Worst,
)
from checklists.checklist import LEVELS_MAX
from checklists.fields import Field, Record, by_name, fields, many, number, one_of, text, word
from checklists.yaml_nodes import MappingNode, Node, SequenceNode

AREA_ID = r"[A-Z]{2,6}"
QUESTION_ID = r"[A-Z]{2,6}-\d{2,3}"
MEMBER_ID = r"[A-Z]{2,6}(-\d{2,3})?"  #: a question where questions make an area, an area where areas make the system
LEVELS_MIN = 2

_debt = number(0, 1, "debt")
_weight = number(0.001, 1000, "weight")
_member = word(MEMBER_ID, "ENT-01 or ENT")
_level = word(r"[0-4]", "2")

GROUP: Mapping[str, Field] = MappingProxyType(
    {
        "title": Field(text(80)),
        "members": Field(many(_member, "ids", at_least=1, at_most=99)),
        "weight": Field(_weight, default=1.0, required=False),
    }
)
GATE: Mapping[str, Field] = MappingProxyType(
    {
        "title": Field(text(120)),
        "needs": Field(by_name(MEMBER_ID, _level, "needs", at_most=99)),
        "debt": Field(_debt),
    }
)
MATCH: Mapping[str, Field] = MappingProxyType(
    {
        "title": Field(text(120)),
        "when": Field(by_name(MEMBER_ID, many(_level, "levels", at_least=1, at_most=LEVELS_MAX), "conditions")),
        "debt": Field(_debt),
    }
)
RULES: Mapping[str, Mapping[str, Field]] = MappingProxyType(
    {
        "power_mean": {
            "power": Field(number(1, 100), default=3.0, required=False),
            "critical_share": Field(number(0, 1, "share"), default=0.0, required=False),
        },
        "mean": {},
        "sum": {"full": Field(number(0.001, 1_000_000, "the sum that is full debt"))},
        "worst": {},
        "mean_of_means": {"groups": Field(many(fields(GROUP, "a group"), "groups", at_least=1))},
        "gates": {
            "start": Field(_debt, default=1.0, required=False),
            "gates": Field(many(fields(GATE, "a gate"), "gates", at_least=1, at_most=20)),
        },
        "first_match": {
            "rules": Field(many(fields(MATCH, "a rule"), "rules", at_least=1, at_most=99)),
            "otherwise": Field(_debt, required=False),
        },
    }
)  #: the keys of each kind beside `kind`
MISSING: Mapping[str, Mapping[str, Field]] = MappingProxyType(
    {
        "exclude": {},
        "value": {"debt": Field(_debt)},
        "interval": {"debt": Field(_debt)},
        "target": {"level": Field(_level)},
    }
)
BAND: Mapping[str, Field] = MappingProxyType(
    {
        "up_to": Field(number(0, 1_000_000), required=False),
        "words": Field(text(120)),
    }
)
READING: Mapping[str, Field] = MappingProxyType(
    {
        "unit": Field(text(24)),
        "no_debt": Field(number(0, 1_000_000)),
        "full_debt": Field(number(0, 1_000_000)),
        "bands": Field(many(fields(BAND, "a band"), "bands", at_most=20), default=(), required=False),
    }
)

_rule = one_of("kind", RULES, "a rule")
_missing = one_of("counts", MISSING, "a missing answer")

AGGREGATION: Mapping[str, Field] = MappingProxyType(
    {
        "levels": Field(many(_debt, "debts of levels", at_least=LEVELS_MIN, at_most=LEVELS_MAX)),
        "questions": Field(_rule),
        "areas": Field(_rule),
        "in_area": Field(by_name(AREA_ID, _rule, "rules of areas", at_most=40), required=False),
        "unknown": Field(_missing, required=False),
        "blank": Field(_missing, required=False),
        "not_applicable": Field(_missing, required=False),
        "coverage_min": Field(number(0, 1, "share of the weight"), default=OURS.coverage_min, required=False),
        "reading": Field(fields(READING, "a reading"), required=False),
    }
)

aggregation = fields(AGGREGATION, "an aggregation")  #: reads the section


def level_count(document: Node) -> int:
    """How many levels the questions of a document have: as many as its aggregation gives debts for, else five."""
    given = _child(_child(document, "aggregation"), "levels")
    if isinstance(given, SequenceNode) and LEVELS_MIN <= len(given.entries) <= LEVELS_MAX:
        return len(given.entries)
    return len(OURS.values)


def _child(node: Node | None, key: str) -> Node | None:
    if not isinstance(node, MappingNode):
        return None
    return next((child for name, child in node.entries if name.value == key), None)


# -- from a record to the Aggregation


def build_aggregation(record: Record | None) -> Aggregation:
    """The Aggregation of a record in which nothing is NOTHING; ours when the pack declares none."""
    if record is None:
        return OURS
    own = record["in_area"]
    return Aggregation(
        values=record["levels"],
        questions=build_rule(record["questions"]),
        areas=build_rule(record["areas"]),
        in_area=tuple(sorted((area, build_rule(rule)) for area, rule in own.values.items())) if own else (),
        unknown=_build_missing(record["unknown"], OURS.unknown),
        blank=_build_missing(record["blank"], _build_missing(record["unknown"], OURS.blank)),
        not_applicable=_build_missing(record["not_applicable"], OURS.not_applicable),
        coverage_min=record["coverage_min"],
        reading=_build_reading(record["reading"]),
    )


def build_rule(record: Record) -> Rule:
    """The rule of a record in which nothing is NOTHING."""
    return _BUILD[record["kind"]](record)


def _build_groups(record: Record) -> MeanOfMeans:
    groups = (Group(**{**group.values, "members": tuple(sorted(group["members"]))}) for group in record["groups"])
    return MeanOfMeans(groups=tuple(groups))


def _build_gates(record: Record) -> Gates:
    return Gates(
        start=record["start"],
        gates=tuple(
            Gate(
                title=gate["title"],
                needs=tuple(sorted((name, int(level)) for name, level in gate["needs"].values.items())),
                debt=gate["debt"],
            )
            for gate in record["gates"]
        ),
    )


def _build_matches(record: Record) -> FirstMatch:
    return FirstMatch(
        matches=tuple(
            Match(
                title=rule["title"],
                when=tuple(
                    sorted((name, tuple(sorted({int(level) for level in levels}))) for name, levels in when.items())
                ),
                debt=rule["debt"],
            )
            for rule in record["rules"]
            for when in [rule["when"].values]
        ),
        otherwise=record["otherwise"],
    )


_BUILD: Mapping[str, Callable[[Record], Rule]] = {
    "power_mean": lambda record: PowerMean(power=record["power"], critical_share=record["critical_share"]),
    "mean": lambda _: Mean(),
    "sum": lambda record: Sum(full=record["full"]),
    "worst": lambda _: Worst(),
    "mean_of_means": _build_groups,
    "gates": _build_gates,
    "first_match": _build_matches,
}


def _build_missing(record: Record | None, default: Missing) -> Missing:
    if record is None:
        return default
    counts = Counts(record["counts"])
    if counts is Counts.TARGET:
        return Missing(counts=counts, level=int(record["level"]))
    return Missing(counts=counts, debt=0.0 if counts is Counts.EXCLUDE else record["debt"])


def _build_reading(record: Record | None) -> Reading | None:
    if record is None:
        return None
    return Reading(**{**record.values, "bands": tuple(ReadingBand(**band.values) for band in record["bands"])})


# -- and back


def aggregation_body(declared: Aggregation) -> dict[str, Any] | None:
    """The declaration as it stands in a canonical body; None for our own, which is what an absent section means."""
    if declared == OURS:
        return None
    reading = declared.reading
    body = {
        "levels": list(declared.values),
        "questions": rule_body(declared.questions),
        "areas": rule_body(declared.areas),
        "in_area": {area: rule_body(rule) for area, rule in declared.in_area} or None,
        "unknown": None if declared.unknown == OURS.unknown else _missing_body(declared.unknown),
        "blank": None if declared.blank == declared.unknown else _missing_body(declared.blank),
        "not_applicable": None
        if declared.not_applicable == OURS.not_applicable
        else _missing_body(declared.not_applicable),
        "coverage_min": None if declared.coverage_min == OURS.coverage_min else declared.coverage_min,
        "reading": None
        if reading is None
        else {
            "unit": reading.unit,
            "no_debt": reading.no_debt,
            "full_debt": reading.full_debt,
            "bands": [_filled(dataclasses.asdict(band)) for band in reading.bands],
        },
    }
    return _filled(body)


def rule_body(rule: Rule) -> dict[str, Any]:
    """One rule as it stands in a file, with the name of its kind."""
    kind = next(name for name, one in KINDS.items() if isinstance(rule, one))
    match rule:
        case Gates():
            gates = [{"title": one.title, "needs": _texts(one.needs), "debt": one.debt} for one in rule.gates]
            return {"kind": kind, "start": rule.start, "gates": gates}
        case FirstMatch():
            rules = [
                {"title": one.title, "when": {name: list(map(str, levels)) for name, levels in one.when}}
                | {"debt": one.debt}
                for one in rule.matches
            ]
            return {"kind": kind, "rules": rules} | _filled({"otherwise": rule.otherwise})
        case MeanOfMeans():
            groups = [{"title": one.title, "members": list(one.members), "weight": one.weight} for one in rule.groups]
            return {"kind": kind, "groups": groups}
        case _:
            return {"kind": kind, **dataclasses.asdict(rule)}


KINDS: Mapping[str, type[Rule]] = {
    "power_mean": PowerMean,
    "mean": Mean,
    "sum": Sum,
    "worst": Worst,
    "mean_of_means": MeanOfMeans,
    "gates": Gates,
    "first_match": FirstMatch,
}


def _missing_body(missing: Missing) -> dict[str, Any]:
    match missing.counts:
        case Counts.EXCLUDE:
            return {"counts": missing.counts.value}
        case Counts.TARGET:
            return {"counts": missing.counts.value, "level": str(missing.level)}
        case _:
            return {"counts": missing.counts.value, "debt": missing.debt}


def _texts(needs: tuple[tuple[str, int], ...]) -> dict[str, str]:
    return {name: str(level) for name, level in needs}


def _filled(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}

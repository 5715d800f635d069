"""What a checklist file may hold: one table of fields for each kind of thing, and the reading of nodes against them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from checklists.checklist import LEVELS
from checklists.problems import Place, Problems, listed, quoted, shown
from checklists.yaml_nodes import REFUSED_CHARACTER, MappingNode, Node, RefusedNode, ScalarNode, SequenceNode, expected


class Nothing:
    """Stands where a value could not be read; its problem is noted already."""

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING: Final = Nothing()

Parse = Callable[[Node, str, Problems], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a mapping: how its value is read, and what an absent key means (None = it may not be absent)."""

    parse: Parse
    default: Any = None
    required: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping that was read: values by field name (NOTHING where unreadable) and the nodes they came from."""

    node: MappingNode
    where: str
    values: Mapping[str, Any]
    nodes: Mapping[str, Node]

    def place(self, field: str, position: int | None = None) -> Place:
        """Where a field's value stands, or its entry at `position`; the record itself when the field is absent."""
        node = self.nodes.get(field, self.node)
        if position is not None and isinstance(node, SequenceNode):
            return node.entries[position]
        if position is not None and isinstance(node, MappingNode):
            return node.entries[position][1]
        return node

    def __getitem__(self, field: str) -> Any:
        return self.values[field]


def text(most: int) -> Parse:
    """A text of 1 to `most` characters; runs of white space count as one space."""

    def parse(node: Node, where: str, problems: Problems) -> str | Nothing:
        value = _scalar(node, where, problems, "a text")
        if isinstance(value, Nothing):
            return value
        if isinstance(node, ScalarNode) and node.plain and value in {"~", "null", "Null", "NULL"}:
            problems.add(node, where, f"expected a text, got {value}; leave the key out, or put the word in quotes")
            return NOTHING
        if not (value.isascii() and value.isprintable()):  # most texts are plain, and this costs next to nothing
            refused = REFUSED_CHARACTER.search(value)
            if refused:
                character = f"U+{ord(refused.group()):04X}"
                problems.add(node, where, f"contains the character {character}, which cannot be seen; remove it")
                return NOTHING
            value = unicodedata.normalize("NFC", value)
        value = " ".join(value.split())
        if not value:
            problems.add(node, where, "expected a text, got nothing")
            return NOTHING
        if len(value) > most:
            problems.add(node, where, f"is {len(value)} characters long; at most {most} fit")
            return NOTHING
        return value

    return parse


def word(pattern: str, like: str) -> Parse:
    """An identifier that matches `pattern`; `like` shows one in the message."""
    form = re.compile(pattern)

    def parse(node: Node, where: str, problems: Problems) -> str | Nothing:
        value = _scalar(node, where, problems, f"a name such as {like}")
        if isinstance(value, Nothing):
            return value
        if not form.fullmatch(value):
            problems.add(node, where, f"expected a name such as {like}, got {quoted(value)}")
            return NOTHING
        return value

    return parse


_NUMBER = re.compile(r"\d{1,9}(\.\d{1,4})?", re.ASCII)


def number(low: float, high: float, unit: str = "") -> Parse:
    """A decimal number from `low` to `high`; at most four decimals, so that JSON never needs an exponent for it."""
    wanted = f"a number from {low:g} to {high:g} with at most four decimals" + (f" ({unit})" if unit else "")

    def parse(node: Node, where: str, problems: Problems) -> float | Nothing:
        value = _scalar(node, where, problems, wanted)
        if isinstance(value, Nothing):
            return value
        if not _NUMBER.fullmatch(value) or not low <= float(value) <= high:
            problems.add(node, where, f"expected {wanted}, got {quoted(value)}")
            return NOTHING
        return float(value)

    return parse


def flag(node: Node, where: str, problems: Problems) -> bool | Nothing:
    """Exactly `true` or `false`; yes, no, on and off are texts in this file and are refused here."""
    value = _scalar(node, where, problems, "true or false")
    if isinstance(value, Nothing):
        return value
    if value not in {"true", "false"}:
        problems.add(node, where, f"expected true or false, got {quoted(value)}")
        return NOTHING
    return value == "true"


def many(entry: Parse, what: str, *, at_least: int = 0, at_most: int = 40) -> Parse:
    """A list of `at_least` to `at_most` entries."""

    def parse(node: Node, where: str, problems: Problems) -> tuple[Any, ...] | Nothing:
        if isinstance(node, RefusedNode):
            return NOTHING
        if not isinstance(node, SequenceNode):
            problems.add(node, where, expected(node, f"a list of {what}"))
            return NOTHING
        if not at_least <= len(node.entries) <= at_most:
            problems.add(node, where, f"expected {at_least} to {at_most} {what}, got {len(node.entries)}")
        return tuple(entry(child, f"{where}[{position}]", problems) for position, child in enumerate(node.entries))

    return parse


def by_name(name: str, value: Parse, what: str, *, at_least: int = 1, at_most: int = 20) -> Parse:
    """A mapping from names of our own choice (matching `name`) to values of one kind."""
    form = re.compile(name)

    def parse(node: Node, where: str, problems: Problems) -> Record | Nothing:
        if isinstance(node, RefusedNode):
            return NOTHING
        if not isinstance(node, MappingNode):
            problems.add(node, where, expected(node, f"a mapping of {what}"))
            return NOTHING
        if not at_least <= len(node.entries) <= at_most:
            problems.add(node, where, f"expected {at_least} to {at_most} {what}, got {len(node.entries)}")
        values = {}
        for key, child in node.entries:
            if form.fullmatch(key.value):
                values[key.value] = value(child, f"{where}.{key.value}", problems)
            else:
                problems.add(key, where, f"{quoted(key.value)} cannot name one of the {what}")
        return Record(node, where, values, {key.value: child for key, child in node.entries})

    return parse


def fields(table: Mapping[str, Field], what: str) -> Parse:
    """A mapping with exactly the keys of `table`; unknown ones are refused, required ones must be there."""

    def parse(node: Node, where: str, problems: Problems) -> Record | Nothing:
        if isinstance(node, RefusedNode):
            return NOTHING
        if not isinstance(node, MappingNode):
            problems.add(node, where, expected(node, f"{what} with the keys {listed(table, most=5)}"))
            return NOTHING
        nodes = {key.value: child for key, child in node.entries}
        within = "" if where == TOP else f"{where}."
        for key, _ in node.entries:
            if key.value not in table:
                message = f"{what} has no key {quoted(key.value)}{problems.did_you_mean(key.value, table)}"
                problems.add(key, f"{within}{shown(key.value)}", message)
        values = {}
        for name, field in table.items():
            if name in nodes:
                values[name] = field.parse(nodes[name], f"{within}{name}", problems)
            elif field.required:
                problems.add(node, where, f'the key "{name}" is missing')
                values[name] = NOTHING
            else:
                values[name] = field.default
        return Record(node, where, values, nodes)

    return parse


def levels(node: Node, where: str, problems: Problems) -> tuple[Any, ...] | Nothing:
    """The five anchored answers under the keys 0 to 4, in this order."""
    if isinstance(node, RefusedNode):
        return NOTHING
    if not isinstance(node, MappingNode):
        problems.add(node, where, expected(node, "five levels under the keys 0, 1, 2, 3, 4"))
        return NOTHING
    keys = [key.value for key, _ in node.entries]
    if keys != [str(number) for number in LEVELS]:
        got = listed(keys, most=6) or "none"
        problems.add(node, where, f"expected the levels 0, 1, 2, 3, 4 in this order (0 = no debt), got {got[:80]}")
        return NOTHING
    anchored = text(300)
    return tuple(anchored(child, f"{where}.{key.value}", problems) for key, child in node.entries)


def _scalar(node: Node, where: str, problems: Problems, wanted: str) -> str | Nothing:
    if isinstance(node, ScalarNode):
        return node.value
    if not isinstance(node, RefusedNode):
        problems.add(node, where, expected(node, wanted))
    return NOTHING


TOP = "the checklist"

PACK_ID = r"[a-z][a-z0-9]*(-[a-z0-9]+){0,7}"
AREA_ID = r"[A-Z]{2,6}"
QUESTION_ID = r"[A-Z]{2,6}-\d{2,3}"
SWITCH_ID = r"[a-z][a-z0-9]*(_[a-z0-9]+){0,7}"
SIGNAL_ID = r"[a-z][a-z0-9]*(-[a-z0-9]+){0,9}"
CLASS_KEY = r"[A-Za-z][A-Za-z0-9]{0,7}"
REFERENCE_KEY = r"[A-Za-z][A-Za-z0-9-]{0,31}"

_question_id = word(QUESTION_ID, "ENT-01")
_switch_id = word(SWITCH_ID, "foundation_models")
_class_key = word(CLASS_KEY, "M")

SEVERITY: Mapping[str, Field] = MappingProxyType(
    {
        "weight": Field(number(0.001, 1000, "weight in the area")),
        "loss_days": Field(number(0, 10_000, "person-days")),
        "critical": Field(flag),
    }
)
CLASSES: Mapping[str, Field] = MappingProxyType(
    {
        "provenance": Field(text(300)),
        "severity": Field(by_name(CLASS_KEY, fields(SEVERITY, "a severity class"), "severity classes")),
        "effort_days": Field(by_name(CLASS_KEY, number(0, 10_000, "person-days"), "effort classes")),
        "friction_days": Field(by_name(CLASS_KEY, number(0, 10_000, "person-days per quarter"), "interest classes")),
        "growth": Field(by_name(CLASS_KEY, number(0, 10, "per quarter, 0.15 = 15 %"), "spread classes")),
    }
)
SWITCH: Mapping[str, Field] = MappingProxyType(
    {
        "id": Field(_switch_id),
        "title": Field(text(80)),
        "explanation": Field(text(400)),
    }
)
QUESTION: Mapping[str, Field] = MappingProxyType(
    {
        "id": Field(_question_id),
        "core": Field(flag, default=False, required=False),
        "text": Field(text(300)),
        "why": Field(text(400)),
        "levels": Field(levels),
        "severity": Field(_class_key),
        "effort": Field(_class_key),
        "interest": Field(_class_key),
        "spread": Field(_class_key),
        "remedies": Field(many(text(160), "remedies", at_least=1, at_most=12)),
        "look_for": Field(many(text(160), "things to look for", at_most=12), default=(), required=False),
        "signals": Field(many(word(SIGNAL_ID, "lock-file-present"), "signals", at_most=40), default=(), required=False),
        "not_applicable_when": Field(text(200), required=False),
        "sources": Field(many(text(160), "sources", at_least=1, at_most=12)),
        "depends_on": Field(many(_question_id, "question ids"), default=(), required=False),
        "replaces": Field(many(_question_id, "question ids"), default=(), required=False),
        "applies_when": Field(_switch_id, required=False),
        "approximated_by": Field(many(_question_id, "question ids", at_most=12), default=(), required=False),
    }
)
APPROXIMATION: Mapping[str, Field] = MappingProxyType(
    {
        "pack": Field(word(PACK_ID, "ml-debt")),
        "levels": Field(many(word(r"[0-4]", "2"), "levels", at_least=2, at_most=5)),
        "nearest": Field(many(_question_id, "question ids", at_most=99), default=(), required=False),
    }
)
AREA: Mapping[str, Field] = MappingProxyType(
    {
        "id": Field(word(AREA_ID, "ENT")),
        "title": Field(text(80)),
        "short": Field(text(14)),
        "summary": Field(text(400)),
        "weight": Field(number(0.001, 1000, "weight in the system"), default=1.0, required=False),
        "applies_when": Field(_switch_id, required=False),
        "questions": Field(many(fields(QUESTION, "a question"), "questions", at_least=1, at_most=99)),
    }
)
CHECKLIST: Mapping[str, Field] = MappingProxyType(
    {
        "id": Field(word(PACK_ID, "ml-debt")),
        "version": Field(word(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,31}", "2026.1")),
        "title": Field(text(80)),
        "summary": Field(text(400)),
        "classes": Field(fields(CLASSES, "the class table")),
        "switches": Field(many(fields(SWITCH, "a switch"), "switches", at_most=20), default=(), required=False),
        "references": Field(by_name(REFERENCE_KEY, text(400), "references", at_most=200)),
        "retired": Field(many(_question_id, "question ids", at_most=200), default=(), required=False),
        "areas": Field(many(fields(AREA, "an area"), "areas", at_least=1, at_most=40)),
        "approximation": Field(fields(APPROXIMATION, "the approximation"), required=False),
    }
)


def read_record(node: Node, problems: Problems) -> Record | None:
    """The whole document against the tables above. None when it is not even a mapping."""
    parse = fields(CHECKLIST, "a checklist")
    record = parse(node, TOP, problems)
    return record if isinstance(record, Record) else None

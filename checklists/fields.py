"""How the values of a file are read: texts, numbers, lists and mappings, each refused with its place and what fits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

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


def one_of(key: str, tables: Mapping[str, Mapping[str, Field]], what: str) -> Parse:
    """A mapping whose `key` names its kind, which decides what other keys it has."""
    named = word("|".join(tables), next(iter(tables)))
    kinds = {kind: fields({key: Field(named), **table}, f"{what} of the kind {kind}") for kind, table in tables.items()}

    def parse(node: Node, where: str, problems: Problems) -> Record | Nothing:
        if isinstance(node, RefusedNode):
            return NOTHING
        if not isinstance(node, MappingNode):
            problems.add(node, where, expected(node, f'{what} with the key "{key}"'))
            return NOTHING
        said = next((child for name, child in node.entries if name.value == key), None)
        if said is None:
            problems.add(node, where, f'the key "{key}" is missing; use one of {listed(tables)}')
            return NOTHING
        if not isinstance(said, ScalarNode) or said.value not in tables:
            close = problems.did_you_mean(said.value, tables) if isinstance(said, ScalarNode) else ""
            problems.add(said, f"{where}.{key}", f"{expected(said, f'one of {listed(tables)}')}{close}")
            return NOTHING
        parsed: Record | Nothing = kinds[said.value](node, where, problems)
        return parsed

    return parse


def levels(count: int) -> Parse:
    """The anchored answers under the keys 0 to `count` - 1, in this order."""
    keys = [str(number) for number in range(count)]
    wanted = ", ".join(keys)
    anchored = text(300)

    def parse(node: Node, where: str, problems: Problems) -> tuple[Any, ...] | Nothing:
        if isinstance(node, RefusedNode):
            return NOTHING
        if not isinstance(node, MappingNode):
            problems.add(node, where, expected(node, f"{_NUMBER_WORDS[count]} levels under the keys {wanted}"))
            return NOTHING
        found = [key.value for key, _ in node.entries]
        if found != keys:
            got = listed(found, most=6) or "none"
            problems.add(node, where, f"expected the levels {wanted} in this order (0 = no debt), got {got[:80]}")
            return NOTHING
        return tuple(anchored(child, f"{where}.{key.value}", problems) for key, child in node.entries)

    return parse


_NUMBER_WORDS = {2: "two", 3: "three", 4: "four", 5: "five"}


def _scalar(node: Node, where: str, problems: Problems, wanted: str) -> str | Nothing:
    if isinstance(node, ScalarNode):
        return node.value
    if not isinstance(node, RefusedNode):
        problems.add(node, where, expected(node, wanted))
    return NOTHING


TOP = "the checklist"

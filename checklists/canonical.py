"""A checklist as canonical JSON: the form it is stored and hashed in, free of YAML formatting."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any

from checklists.build import build
from checklists.checklist import Approximation, Area, Checklist, Classes, Question
from checklists.declared import aggregation_body
from checklists.problems import InvalidChecklist, Problem, Problems
from checklists.rules import INTEGRITY, check
from checklists.schema import read_record
from checklists.yaml_nodes import MappingNode, Node, ScalarNode, SequenceNode

CHARACTERS_MAX = 1024 * 1024  #: four times what a YAML file may hold
NAME = "stored checklist"  #: stands for the file in messages


def canonical_body(checklist: Checklist) -> str:
    """The checklist as one line of JSON with sorted keys.

    Whatever is absent, empty or at its default is left out, so a field added later changes no older hash.
    """
    body = {
        "id": checklist.id,
        "version": checklist.version,
        "title": checklist.title,
        "summary": checklist.summary,
        "classes": _classes(checklist.classes),
        "switches": [dataclasses.asdict(switch) for switch in checklist.switches],
        "references": dict(checklist.references),
        "retired": list(checklist.retired),
        "approximation": _approximation(checklist.approximation),
        "aggregation": aggregation_body(checklist.aggregation),
        "areas": [_area(area) for area in checklist.areas],
    }
    return json.dumps(_kept(body), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content_hash(body: str) -> str:
    """The sha256 of a canonical body, in hex."""
    return hashlib.sha256(body.encode("utf-8")).hexdigest()


def seal(checklist: Checklist) -> Checklist:
    """The same checklist with the hash of its content."""
    return dataclasses.replace(checklist, content_hash=content_hash(canonical_body(checklist)))


def read_canonical(body: str) -> Checklist:
    """A stored body back as the equal Checklist; its hash is the hash of the body as stored.

    Form and references are checked again, wording is not: a checklist sealed under older rules stays readable.
    Raises InvalidChecklist.
    """
    problems = Problems(NAME)
    node = _json_nodes(body, problems)
    record = read_record(node, problems) if node else None
    if record:
        check(record, problems, INTEGRITY)
    problems.refuse_if_any()
    assert record is not None  # noqa: S101 - no problem means there is a record
    return build(record, content_hash(body))


def _classes(classes: Classes) -> dict[str, Any]:
    return {
        "provenance": classes.provenance,
        "severity": {key: dataclasses.asdict(one) for key, one in classes.severity.items()},
        "effort_days": dict(classes.effort_days),
        "friction_days": dict(classes.friction_days),
        "growth": dict(classes.growth),
    }


def _approximation(approximation: Approximation | None) -> dict[str, Any] | None:
    if approximation is None:
        return None
    levels = [str(level) for level in approximation.levels]
    return _kept({"pack": approximation.pack, "levels": levels, "nearest": list(approximation.nearest)})


def _area(area: Area) -> dict[str, Any]:
    return _kept(
        {
            "id": area.id,
            "title": area.title,
            "short": area.short,
            "summary": area.summary,
            "weight": None if area.weight == 1 else area.weight,
            "applies_when": area.applies_when,
            "questions": [_question(question) for question in area.questions],
        }
    )


def _question(question: Question) -> dict[str, Any]:
    plain = {field.name: getattr(question, field.name) for field in dataclasses.fields(question)}
    return _kept(
        {
            **{name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()},
            "levels": {str(level.number): level.text for level in question.levels},
            "core": question.core or None,
        }
    )


def _kept(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None and value != []}


def _json_nodes(body: str, problems: Problems) -> Node | None:
    if len(body) > CHARACTERS_MAX:
        problems.add(None, "the file", f"is larger than {CHARACTERS_MAX // 1024} KiB")
        return None
    try:
        parsed = json.loads(
            body, object_pairs_hook=_mapping, parse_int=str, parse_float=str, parse_constant=_no_such_number
        )
        return _node(parsed)
    except InvalidChecklist as error:
        for problem in error.problems:
            problems.add(None, problem.where, problem.message)
    except RecursionError:
        problems.add(None, "the file", "is nested too deeply")
    except ValueError as error:
        problems.add(None, "the file", f"is not valid JSON: {error}")
    return None


def _node(value: Any) -> Node:
    if isinstance(value, MappingNode):
        return value
    if isinstance(value, list):
        return SequenceNode(tuple(_node(entry) for entry in value), 1, 1)
    if isinstance(value, bool):
        return ScalarNode("true" if value else "false", 1, 1)
    return ScalarNode("null" if value is None else value, 1, 1, plain=value is None)


def _mapping(pairs: list[tuple[str, Any]]) -> MappingNode:
    keys = [key for key, _ in pairs]
    if len(set(keys)) < len(keys):
        twice = next(key for position, key in enumerate(keys) if key in keys[:position])
        raise InvalidChecklist([_problem(f'the key "{twice[:40]}" stands in an object twice')])
    return MappingNode(tuple((ScalarNode(key, 1, 1), _node(value)) for key, value in pairs), 1, 1)


def _no_such_number(word: str) -> str:
    raise InvalidChecklist([_problem(f"{word} is not a number")])


def _problem(message: str) -> Problem:
    return Problem(path=NAME, line=0, column=0, where="the file", message=message)

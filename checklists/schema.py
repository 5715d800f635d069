"""What a checklist file may hold: one table of fields for each kind of thing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from checklists.checklist import LEVELS_MAX
from checklists.declared import AREA_ID, QUESTION_ID, aggregation, level_count
from checklists.fields import TOP, Field, Parse, Record, by_name, fields, flag, levels, many, number, text, word
from checklists.problems import Problems
from checklists.yaml_nodes import Node

PACK_ID = r"[a-z][a-z0-9]*(-[a-z0-9]+){0,7}"
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


APPROXIMATION: Mapping[str, Field] = MappingProxyType(
    {
        "pack": Field(word(PACK_ID, "ml-debt")),
        "levels": Field(many(word(r"[0-4]", "2"), "levels", at_least=2, at_most=5)),
        "nearest": Field(many(_question_id, "question ids", at_most=99), default=(), required=False),
    }
)


@lru_cache(maxsize=LEVELS_MAX)
def _checklist(level_count: int) -> Parse:
    """The table of a checklist whose questions have this many levels."""
    question: Mapping[str, Field] = {
        "id": Field(_question_id),
        "core": Field(flag, default=False, required=False),
        "text": Field(text(300)),
        "why": Field(text(400)),
        "levels": Field(levels(level_count)),
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
    area: Mapping[str, Field] = {
        "id": Field(word(AREA_ID, "ENT")),
        "title": Field(text(80)),
        "short": Field(text(14)),
        "summary": Field(text(400)),
        "weight": Field(number(0.001, 1000, "weight in the system"), default=1.0, required=False),
        "applies_when": Field(_switch_id, required=False),
        "questions": Field(many(fields(question, "a question"), "questions", at_least=1, at_most=99)),
    }
    checklist: Mapping[str, Field] = {
        "id": Field(word(PACK_ID, "ml-debt")),
        "version": Field(word(r"[0-9A-Za-z][0-9A-Za-z.+-]{0,31}", "2026.1")),
        "title": Field(text(80)),
        "summary": Field(text(400)),
        "classes": Field(fields(CLASSES, "the class table")),
        "switches": Field(many(fields(SWITCH, "a switch"), "switches", at_most=20), default=(), required=False),
        "references": Field(by_name(REFERENCE_KEY, text(400), "references", at_most=200)),
        "retired": Field(many(_question_id, "question ids", at_most=200), default=(), required=False),
        "approximation": Field(fields(APPROXIMATION, "the approximation"), required=False),
        "aggregation": Field(aggregation, required=False),
        "areas": Field(many(fields(area, "an area"), "areas", at_least=1, at_most=40)),
    }
    return fields(checklist, "a checklist")


def read_record(node: Node, problems: Problems) -> Record | None:
    """The whole document against the tables above. None when it is not even a mapping."""
    record = _checklist(level_count(node))(node, TOP, problems)
    return record if isinstance(record, Record) else None

"""From a record without problems to the frozen Checklist, sealed with the hash of its content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checklists.checklist import Approximation, Area, Checklist, Classes, Level, Question, SeverityClass, Switch
from checklists.declared import build_aggregation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checklists.fields import Record


def build(record: Record, content_hash: str) -> Checklist:
    """The Checklist of a record in which nothing is NOTHING."""
    return Checklist(
        id=record["id"],
        version=record["version"],
        title=record["title"],
        summary=record["summary"],
        classes=_classes(record["classes"]),
        switches=tuple(Switch(**switch.values) for switch in record["switches"]),
        areas=tuple(_area(area) for area in record["areas"]),
        references=dict(sorted(record["references"].values.items())),
        retired=record["retired"],
        approximation=_approximation(record["approximation"]),
        aggregation=build_aggregation(record["aggregation"]),
        content_hash=content_hash,
    )


def _classes(record: Record) -> Classes:
    severity = {key: SeverityClass(**one.values) for key, one in record["severity"].values.items()}
    heaviest_first = sorted(severity.items(), key=lambda pair: (-pair[1].weight, pair[0]))
    return Classes(
        severity=dict(heaviest_first),
        effort_days=_smallest_first(record["effort_days"].values),
        friction_days=_smallest_first(record["friction_days"].values),
        growth=_smallest_first(record["growth"].values),
        provenance=record["provenance"],
    )


def _approximation(record: Record | None) -> Approximation | None:
    if record is None:
        return None
    levels = tuple(int(level) for level in record["levels"])
    return Approximation(pack=record["pack"], levels=levels, nearest=record["nearest"])


def _smallest_first(values: Mapping[str, Any]) -> Mapping[str, float]:
    return dict(sorted(values.items(), key=lambda pair: (pair[1], pair[0])))


def _area(record: Record) -> Area:
    questions = tuple(_question(question) for question in record["questions"])
    return Area(**{**record.values, "questions": questions})


def _question(record: Record) -> Question:
    levels = tuple(Level(number=number, text=text) for number, text in enumerate(record["levels"]))
    return Question(**{**record.values, "levels": levels})

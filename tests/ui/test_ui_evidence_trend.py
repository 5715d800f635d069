"""The evidence trend shows quarters of which nothing is known, those without commits, and scans of two repositories."""

from __future__ import annotations

from typing import Any

import pytest

from operations.records import SystemRecord
from operations.scans import EvidenceTrend, Origin, Signs, TrendPoint
from operations.workplace import shipped_checklist
from ui import evidence_trend


def point(period: str, origin: Origin = Origin.ATTACHED, commit: str = "aaaaaaa") -> TrendPoint:
    signs = Signs(found=1, looked_for=4)
    return TrendPoint(period=period, origin=origin, commit=commit, at="", total=signs, areas={"CFG": signs})


def drawn(monkeypatch: pytest.MonkeyPatch, *points: TrendPoint, repositories: tuple[str, ...] = ("a",)) -> Any:
    tables: list[Any] = []
    said: list[str] = []
    monkeypatch.setattr(evidence_trend, "small_table", lambda _, columns, rows, **_more: tables.append((columns, rows)))
    monkeypatch.setattr(evidence_trend.st, "markdown", said.append)
    areas = tuple(area for area in shipped_checklist().areas if area.id == "CFG")
    system = SystemRecord.__new__(SystemRecord)  # not looked at
    evidence_trend.draw_evidence_trend(
        EvidenceTrend(system=system, areas=areas, points=points, repositories=repositories)
    )
    ((columns, rows),) = tables
    return [(column.title, column.note) for column in columns[1:]], rows, said


def test_quarters_between_two_scans_are_a_gap_that_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    columns, rows, _ = drawn(monkeypatch, point("2025Q1"), point("2025Q3"), point("2026Q3"))
    assert columns == [
        ("Q1 2025", "scanned"), ("Q2 2025", "no scan"), ("Q3 2025", "scanned"),
        ("Q4 2025 to Q2 2026", "no scan"), ("Q3 2026", "scanned"),
    ]  # fmt: skip
    assert [[cell if isinstance(cell, str) else cell.text for cell in row] for row in rows] == [
        ["Configuration", "1/4", "–", "1/4", "–", "1/4"],
        ["All areas", "1/4", "–", "1/4", "–", "1/4"],
    ]


def test_a_quarter_without_a_commit_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    past = Origin.BACK_FILLED
    columns, _, _ = drawn(
        monkeypatch, point("2025Q1", past), point("2025Q2", past), point("2025Q3", past, "bbbbbbb"), point("2025Q3")
    )
    assert [note for _, note in columns] == ["from history", "from history, no commit", "from history", "scanned"]


def test_scans_of_two_repositories_are_said_to_be_two(monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, said = drawn(monkeypatch, point("2025Q1"), repositories=("shop", "*old* shop", "c", "d"))
    assert len(said) == 2
    assert "The scans are of 4 repositories (shop, \\*old\\* shop, c and 1 more)" in said[1]
    assert len(drawn(monkeypatch, point("2025Q1"))[2]) == 1

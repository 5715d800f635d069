"""Figures as a table: on the terminal, and in docs/benchmarks.md."""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

What was measured, on which machine, with which command. Read ratios before absolute times: both sides of a ratio come
from the same run. `make bench` measures everything and writes this page; a single part runs with the command beside it.
"""


def show(rows: Iterable[dict[str, Any]]) -> None:
    """Print rows as aligned text."""
    for row in rows:
        promise = f"   (promise {row['promise']})" if row["promise"] else ""
        print(f"{row['what']:<75} {_number(row['figure']):>12} {row['unit']:<5}{promise}")


def _number(figure: float | str) -> str:
    """A figure, or the words that stand in its place when there is none."""
    return figure if isinstance(figure, str) else f"{figure:,}"


def as_markdown(sections: dict[str, list[dict[str, Any]]], machine: str) -> str:
    """The whole page."""
    lines = [HEAD, f"Machine: {machine}.", ""]
    for title, rows in sections.items():
        commands = ", ".join(f"`{command}`" for command in dict.fromkeys(str(row["command"]) for row in rows))
        lines += [f"## {title}", "", f"Command: {commands}", "", "| what | measured | promised |", "|---|---:|---|"]
        lines += [f"| {r['what']} | {_number(r['figure'])} {r['unit']} | {r['promise']} |" for r in rows]
        lines.append("")
    return "\n".join(lines)


def machine() -> str:
    """The machine in words, without its name."""
    import os

    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )

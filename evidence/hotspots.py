"""Where work gathers: files changed often and hard to change, and places whose authors admit debt, with its age."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from evidence.evidence import (
    ADMITTED_MAX,
    HOTSPOTS_MAX,
    TOUCHED_DAYS_MAX,
    TOUCHED_MAX,
    AdmittedDebt,
    Hotspot,
    Touched,
)
from evidence.git_log import GitLog
from evidence.python_source import PythonFile
from evidence.repository import Repository
from evidence.source import display

#: how many of each marker a file held at the ends of past quarters, the newest first: (day, path -> marker -> number)
PastMarkers = Sequence[tuple[date, Mapping[str, Mapping[str, int]]]]


def hotspots(repository: Repository) -> tuple[Hotspot, ...]:
    """The files of the work with the largest changes x complexity, at most HOTSPOTS_MAX; none without a year's log."""
    log = repository.log
    if log is None or not log.has_year:
        return ()
    files = [file for file in repository.work if log.changes_of[file.path] and file.complexity]
    files.sort(key=lambda file: (-heat(file, log), file.path))
    return tuple(
        Hotspot(
            path=display(file.path),
            changes=log.changes_of[file.path],
            complexity=file.complexity,
            lines=file.lines,
            authors=len(log.authors_of[file.path]),
            admitted=len(file.admitted),
        )
        for file in files[:HOTSPOTS_MAX]
    )


def heat(file: PythonFile, log: GitLog) -> int:
    """Commits of the last twelve months x cyclomatic complexity: what ranks the hotspots."""
    return log.changes_of[file.path] * file.complexity


def touched(repository: Repository) -> tuple[Touched, ...]:
    """On which days people changed which files, the file touched latest first, at most TOUCHED_MAX; none without a log.

    A file that is gone counts as changed on the day it went. Files beyond the limit look unchanged, which says less
    and never too much.
    """
    log = repository.log
    if log is None:
        return ()
    days: dict[str, list[str]] = {}
    for change in log.changes:
        if change.author >= 0:
            for path in change.paths:
                days.setdefault(path, []).append(change.day.isoformat())
    files = [(display(path), sorted(found, reverse=True)) for path, found in days.items()]
    files.sort(key=lambda file: file[0])
    files.sort(key=lambda file: file[1][0], reverse=True)
    return tuple(Touched(path=path, days=tuple(found[:TOUCHED_DAYS_MAX])) for path, found in files[:TOUCHED_MAX])


def admitted_debt(repository: Repository, past: PastMarkers = ()) -> tuple[AdmittedDebt, ...]:
    """The admitted debt of the work that is known to be oldest, at most ADMITTED_MAX."""
    places = [
        AdmittedDebt(path=display(file.path), line=line, marker=marker, age_days=age)
        for file in repository.work
        for line, marker, age in ages(file, repository.log, past)
    ]
    places.sort(key=lambda place: (place.age_days is None, -(place.age_days or 0), place.path, place.line))
    return tuple(places[:ADMITTED_MAX])


def ages(file: PythonFile, log: GitLog | None, past: PastMarkers = ()) -> list[tuple[int, str, int | None]]:
    """The (line, marker, days it has stood there at least) of a file. Never too old, often too young.

    A comment is as old as the file's last change, or as the line of quarters in which the file held no fewer markers
    of its kind than now. It cannot see a comment that moved with its file to another path, nor tell one of two
    comments in a file that is worked on; without a log the age is unknown.
    """
    if log is None or not file.admitted:
        return [(place.line, place.marker, None) for place in file.admitted]
    untouched = (log.today - log.last_touched.get(file.path, log.since)).days
    now: dict[str, int] = {}
    for place in file.admitted:
        now[place.marker] = now.get(place.marker, 0) + 1
    days = {marker: max(untouched, _standing(file.path, marker, number, log, past)) for marker, number in now.items()}
    return [(place.line, place.marker, days[place.marker]) for place in file.admitted]


def _standing(path: str, marker: str, number: int, log: GitLog, past: PastMarkers) -> int:
    oldest = log.today
    for day, markers in past:
        if markers.get(path, {}).get(marker, 0) < number:
            break
        oldest = day
    return (log.today - oldest).days


def markers_of(repository: Repository) -> dict[str, dict[str, int]]:
    """How many of each marker each file of the work holds: what a past quarter leaves for the ages of today."""
    counts: dict[str, dict[str, int]] = {}
    for file in repository.work:
        for place in file.admitted:
            of_file = counts.setdefault(file.path, {})
            of_file[place.marker] = of_file.get(place.marker, 0) + 1
    return counts

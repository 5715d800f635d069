"""What a year and a half of commits tell: which files changed together, when, and by how many people. No names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from evidence.git import Git, Logged, NoHistory

DAY_SECONDS = 86_400
YEAR_DAYS = 365
LOG_DAYS = 548  #: a year and a half
_BOT = re.compile(
    r"\[bot\]|(?:^|[\s+_.-])bots?(?:$|[\s@_.-])|dependabot|renovate|greenkeeper|pyup|snyk|pre-commit-ci|semantic-release|"
    r"github[ -]actions?|jenkins|travis|circleci|buildkite|copybara|gardener|merge[ -]queue|mergify|allcontributors"
)


class Change(NamedTuple):
    """One commit that is no merge."""

    day: date
    author: int  #: people are numbered as they come; -1 is a program
    paths: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class GitLog:
    """The commits of the time before the one that was scanned, newest first."""

    today: date  #: the day of the commit that was scanned
    since: date  #: nothing is missing from this day on
    changes: tuple[Change, ...]

    @cached_property
    def year(self) -> tuple[Change, ...]:
        """The commits of the last twelve months that a person made."""
        start = self.today - timedelta(days=YEAR_DAYS)
        return tuple(change for change in self.changes if change.day >= start and change.author >= 0)

    @property
    def has_year(self) -> bool:
        """Whether the last twelve months are here as a whole."""
        return self.since <= self.today - timedelta(days=YEAR_DAYS)

    @property
    def has_all(self) -> bool:
        """Whether the last year and a half is here as a whole."""
        return self.since <= self.today - timedelta(days=LOG_DAYS)

    @cached_property
    def changes_of(self) -> Counter[str]:
        """How many commits of the last twelve months touched each file."""
        return Counter(path for change in self.year for path in change.paths)

    @cached_property
    def authors_of(self) -> dict[str, Counter[int]]:
        """Who, by number, made the commits of the last twelve months to each file, and how many."""
        people: dict[str, Counter[int]] = {}
        for change in self.year:
            for path in change.paths:
                people.setdefault(path, Counter())[change.author] += 1
        return people

    @cached_property
    def last_touched(self) -> dict[str, date]:
        """The day of the last commit to each file that was touched in this time."""
        days: dict[str, date] = {}
        for change in self.changes:
            for path in change.paths:
                if change.day > days.get(path, date.min):
                    days[path] = change.day
        return days


def read_log(git: Git) -> GitLog:
    """The commits of the last year and a half before the one the checkout stands on. Raises NoHistory."""
    now = git.committed_seconds()
    today = day_of(now)
    start = today - timedelta(days=LOG_DAYS)
    logged = list(git.changes(now - (LOG_DAYS + 1) * DAY_SECONDS))
    cut = [one for one in logged if one.commit in git.cut]  # a shallow clone's ends seem to add every file
    since = max([start, *(day_of(one.seconds) + timedelta(days=1) for one in cut)])
    if since >= today and cut:
        raise NoHistory(
            "The clone is shallow: its history is cut off, so nothing is said of changes and people; clone it whole "
            "(`fetch-depth: 0` in a workflow) for that."
        )
    kept = [one for one in logged if one.commit not in git.cut and day_of(one.seconds) >= since]
    people = number_people((one.mail, one.author) for one in kept)
    return GitLog(today=today, since=since, changes=tuple(_changes(kept, people)))


def day_of(seconds: int) -> date:
    """The day, in universal time. Raises NoHistory for a day that no calendar has."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date()
    except (OverflowError, ValueError, OSError):
        raise NoHistory(
            "A commit of it has an impossible date, so no history was read; the rest of the evidence is complete."
        ) from None


def number_people(people: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """A number for each (mail, name): the same mail or the same full name is the same person, a program is -1."""
    numbers: dict[tuple[str, str], int] = {}
    known: dict[str, int] = {}
    same: list[int] = []

    def first(number: int) -> int:
        while same[number] != number:
            number = same[number]
        return number

    for person in people:
        mail, name = person
        if person in numbers:
            continue
        if _BOT.search(name) or _BOT.search(mail.rpartition("@")[0] or mail):
            numbers[mail, name] = -1
            continue
        words = [f"mail {mail}"] if mail else []
        words += [f"name {name}"] if " " in name else []  # a single word such as "alex" is nobody in particular
        met = sorted({first(known[word]) for word in words if word in known})
        number = met[0] if met else len(same)
        if not met:
            same.append(number)
        for other in met[1:]:
            same[other] = number
        known.update(dict.fromkeys(words, number))
        numbers[mail, name] = number
    return {person: number if number < 0 else first(number) for person, number in numbers.items()}


def _changes(logged: Iterable[Logged], people: dict[tuple[str, str], int]) -> Iterator[Change]:
    for one in logged:
        yield Change(day_of(one.seconds), people[one.mail, one.author], one.paths)

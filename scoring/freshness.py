"""Whether an answer still stands: how old it may grow, what it cites, and what changed there since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import ceil

from checklists.checklist import Classes, Question

DOUBT_LEVELS = 1  #: by how many levels each end of the interval moves out while an answer waits to be confirmed


class Why(StrEnum):
    """Why an answer waits to be confirmed."""

    CARRIED = "carried"  #: it came over from another wording or another question
    CHANGED = "changed"  #: much changed in the files it cites
    AGED = "aged"  #: nobody confirmed it for longer than its class allows


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """How long an answer may stand unconfirmed where interest grows by up to `growth_up_to` a quarter."""

    growth_up_to: float
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When an answer needs to be confirmed. Raises ValueError where a limit would not be one."""

    ages: tuple[Age, ...]  #: by growth, rising; the last one for everything beyond
    critical_days: int  #: the most for a critical question
    commits_a_file: int  #: as many commits since make a cited file a much changed one
    share_of_files: float  #: this share of the cited files much changed makes the answer stale

    def __post_init__(self) -> None:
        growths = [age.growth_up_to for age in self.ages]
        if not self.ages or growths != sorted(set(growths)):
            raise ValueError("ages must be given by rising growth, at least one")
        if min(self.critical_days, self.commits_a_file, *(age.days for age in self.ages)) < 1:
            raise ValueError("days and commits must be at least 1")
        if not 0 < self.share_of_files <= 1:
            raise ValueError("share_of_files must be above 0 and at most 1")

    def days_for(self, question: Question, classes: Classes) -> int:
        """How many days an answer to this question may stand unconfirmed, by its classes."""
        growth = classes.growth[question.spread]
        days = next((age.days for age in self.ages if growth <= age.growth_up_to), self.ages[-1].days)
        return min(days, self.critical_days) if classes.severity[question.severity].critical else days


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """That an answer waits to be confirmed: why, since when, and what it goes by."""

    why: Why
    since: date
    paths: tuple[str, ...] = ()  #: the much changed files among those it cites, most changed first
    commits: int = 0  #: to these files, since the answer was last confirmed; the least there were
    origin: tuple[str, ...] = ()  #: carried: the questions it came from; none for the same question in other words


def judge(
    confirmed: date,
    today: date,
    *,
    days: int,
    cited: Iterable[str] = (),
    touched: Mapping[str, Sequence[date]] | None = None,
    limits: Limits,
) -> Doubt | None:
    """The doubt about an answer confirmed on a day, None while it is fresh.

    `touched` holds the days on which each file was changed, one a commit. What changed counts before age, because it
    says where to look. A day that has not come yet, as on a machine whose clock is wrong, never makes an answer stale.
    """
    changed = _changed(confirmed, today, list(dict.fromkeys(cited)), touched or {}, limits)
    if changed is not None:
        return changed
    ends = confirmed + timedelta(days=days)
    return Doubt(why=Why.AGED, since=ends) if ends < today else None


def _changed(
    confirmed: date, today: date, cited: Sequence[str], touched: Mapping[str, Sequence[date]], limits: Limits
) -> Doubt | None:
    """The doubt that what changed makes: since the day on which enough of the cited files were much changed."""
    since = {path: sorted(day for day in touched.get(path, ()) if confirmed < day <= today) for path in cited}
    much = {path: days for path, days in since.items() if len(days) >= limits.commits_a_file}
    needed = ceil(limits.share_of_files * len(cited))
    if not cited or len(much) < needed:
        return None
    crossed = sorted(days[limits.commits_a_file - 1] for days in much.values())
    return Doubt(
        why=Why.CHANGED,
        since=crossed[needed - 1],
        paths=tuple(sorted(much, key=lambda path: (-len(much[path]), path))),
        commits=sum(len(days) for days in much.values()),
    )

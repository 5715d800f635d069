"""The report: everything one review says, once, before it becomes PDF, page, slides, workbook or text. No markup.

All debts, intervals and shares are 0..1 and unrounded, debt higher is worse, differences negative is better; days are
person-days. Texts are as people wrote them, on one line and without control characters, not escaped for anything.
What is not known is None and never 0. A part that has nothing to say is None or empty, and a renderer leaves it out.
How numbers are written is `reports.numbers`, what a state looks like is `reports.marks`: one truth for every format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reports import numbers


class ScopeKind(StrEnum):
    """What a report speaks of."""

    PORTFOLIO = "portfolio"
    TEAM = "team"
    SYSTEM = "system"


class Length(StrEnum):
    """How much a report says."""

    EXECUTIVE = "executive"  #: one or two pages: verdict, numbers, decisions, trend, heatmap
    FULL = "full"  #: all pages, a page for each team, appendix
    HANDOUT = "handout"  #: what a team takes along: its systems, its actions, its questions


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a report speaks of: the portfolio, the systems of one team, or one system."""

    kind: ScopeKind = ScopeKind.PORTFOLIO
    id: str = ""  #: of the team or system, "" for the portfolio
    name: str = ""  #: as people call it, "" for the portfolio

    @property
    def words(self) -> str:
        """The name, or "All systems"."""
        return self.name or "All systems"


# -- page 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The sentence a reader takes away."""

    text: str
    because: str  #: which rule wrote it and from what, so that nobody has to guess
    edited: bool = False  #: True: a person wrote it in place of ours


class Unit(StrEnum):
    """What a number counts."""

    DEBT = "debt"  #: 0..1, shown 0..100 with one decimal
    SHARE = "share"  #: 0..1, shown in percent
    COUNT = "count"  #: of `of`, "3 of 20"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyNumber:
    """One of the four numbers of page one."""

    key: str  #: "debt", "heavy", "answered", "kept"
    label: str
    unit: Unit
    value: float | None
    of: int | None = None  #: for a count: out of how many
    change: float | None = None  #: against `compared_with`, None when there is nothing to compare
    higher_is_worse: bool = True
    note: str = ""  #: one short line below

    @property
    def shown(self) -> str:
        """The number as it is written: "51.3", "94 %", "3 of 20"; a dash when there is none."""
        if self.value is None or (self.unit is Unit.COUNT and self.of == 0):
            return numbers.DASH
        if self.unit is Unit.DEBT:
            return numbers.debt_exact(self.value)
        if self.unit is Unit.SHARE:
            return numbers.percent(self.value)
        return f"{self.value:g} of {self.of}" if self.of is not None else f"{self.value:g}"

    @property
    def change_shown(self) -> str:
        """The change as it is written: "−1.1 points", "+2", "no change"; "" when there is nothing to compare."""
        if self.change is None:
            return ""
        if self.unit is Unit.COUNT:
            return f"{'+' if self.change > 0 else numbers.MINUS}{abs(self.change):g}" if self.change else "no change"
        said = numbers.change_words(self.change, 1 if self.unit is Unit.DEBT else 0)
        return f"{said} {'point' if said[1:] == '1' else 'points'}" if said != "0" else "no change"

    @property
    def is_worse(self) -> bool | None:
        """True for a change to the worse, False to the better, None for none."""
        if not self.change or self.change_shown == "no change":
            return None
        return (self.change > 0) is self.higher_is_worse


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One thing the readers are asked to decide."""

    what: str
    why: str
    who: str = ""  #: "" when nobody is named yet
    when: str = ""  #: as it is written: "by 15 Dec 2026"
    cost_days: float | None = None
    avoided_days: float | None = None  #: interest avoided over `horizon_quarters`
    horizon_quarters: int | None = None
    because: str = ""  #: which rule proposes it and from what
    edited: bool = False

    @property
    def who_and_when(self) -> str:
        """Both on one line: "Head of ML, by 15 Dec 2026"."""
        return ", ".join(filter(None, (self.who, self.when))) or "owner and date to be named"

    @property
    def price(self) -> str:
        """What it costs and avoids: "9 days, avoids 15.5 days in 4 quarters"; "" when neither is known."""
        if self.cost_days is None:
            return ""
        cost = numbers.days(self.cost_days)
        if self.avoided_days is None or not self.horizon_quarters:
            return cost
        return f"{cost}, avoids {numbers.days(self.avoided_days)} in {numbers.count(self.horizon_quarters, 'quarter')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One quarter. Of several systems: mean, median and quartiles; of one system: its debt and its interval."""

    period: str
    debt: float | None  #: mean, or the system's own; None when nothing is rated
    median: float | None = None  #: None for one system
    low: float | None = None  #: lower quartile, or lower end of the interval
    high: float | None = None
    rated: int = 0  #: systems that enter


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionMark:
    """From this quarter on the checklist or the scoring version is another one."""

    period: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendChart:
    """Debt over the quarters, every quarter of the span once, ascending."""

    finding: str
    points: tuple[TrendPoint, ...]
    target: float | None = None
    target_words: str = ""  #: "Target 45", with its date where it has one
    marks: tuple[VersionMark, ...] = ()
    line: bool = True  #: False: too few points for a line, draw dots
    of_one_system: bool = False

    @property
    def band_words(self) -> str:
        """What the band around the line is."""
        return "interval of the estimate" if self.of_one_system else "middle half of the systems"


# -- heatmap


class CellState(StrEnum):
    """What is known of a cell."""

    SCORE = "score"
    UNANSWERED = "unanswered"  #: asks for action; never 0, never a middle colour
    NOT_APPLICABLE = "not applicable"


class Move(StrEnum):
    """How a cell moved, "none" when it may well be chance."""

    NONE = ""
    BETTER = "better"
    WORSE = "worse"
    NEW = "new"  #: nothing to compare it with


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One debt: of a system in one area, or in all of them."""

    state: CellState
    debt: float | None = None  #: only with SCORE
    low: float | None = None
    high: float | None = None
    known: float = 0.0  #: coverage
    band: str | None = None  #: A..E of the debt, also where too little is known for a letter: its colour
    rated: bool = False  #: enough is known for the letter; only then it enters means and counts
    low_confidence: bool = False  #: not rated, or an interval wider than two bands
    move: Move = Move.NONE
    change: float | None = None

    @property
    def shown(self) -> str:
        """What stands in the cell: "47", "?" or a dash."""
        if self.state is CellState.SCORE:
            return numbers.debt(self.debt)
        return "?" if self.state is CellState.UNANSWERED else numbers.DASH


NOT_APPLICABLE = Cell(state=CellState.NOT_APPLICABLE)
UNANSWERED = Cell(state=CellState.UNANSWERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """An area."""

    id: str
    title: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One system: its cells in the order of the columns, and its own debt."""

    system_id: str
    name: str
    team: str
    total: Cell
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowGroup:
    """The systems of one team, the most indebted first."""

    team: str  #: "" for systems without a team
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heatmap:
    """Systems by areas."""

    finding: str
    columns: tuple[Column, ...]
    groups: tuple[RowGroup, ...]
    left_out: int = 0  #: further systems that only the full heatmap shows

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, team by team."""
        return tuple(row for group in self.groups for row in group.rows)


# -- what changed


class StepKind(StrEnum):
    """What a step of a change is about: the debt itself, what is known of it, or the yardstick."""

    DEBT = "debt"
    KNOWLEDGE = "knowledge"
    YARDSTICK = "yardstick"
    MEMBERS = "members"  #: which systems are rated at all


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStep:
    """What one cause added."""

    key: str  #: a value of scoring.causes.Cause, or "members"
    label: str
    kind: StepKind
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeByCause:
    """From the debt before to the debt now; `before` and all shares sum to `after`."""

    finding: str
    before_period: str
    after_period: str
    before: float
    after: float
    steps: tuple[ChangeStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RankMove:
    """A system's place by debt, 1 = the most, before and now; None where it was not rated."""

    name: str
    before: int | None
    after: int | None
    debt_before: float | None
    debt_after: float | None
    move: Move = Move.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class RankMoves:
    """The most indebted systems, at most ten, and where they come from."""

    finding: str
    before_period: str
    after_period: str
    moves: tuple[RankMove, ...]


class Spread(StrEnum):
    """How far votes lie apart."""

    AGREED = "agreed"
    MIXED = "mixed"
    DISCUSS = "discuss"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """How people voted on one question; counts only, nobody's name, and none at all for a handful of voters."""

    question: str  #: its id
    text: str
    system: str
    area: str
    counts: tuple[int, ...]  #: votes for each level, 0 first
    unknown: int  #: "we do not know"
    spread: Spread
    team: str = ""  #: of the system

    @property
    def voters(self) -> int:
        """How many voted."""
        return sum(self.counts) + self.unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputes:
    """The questions on which votes lie furthest apart."""

    finding: str
    questions: tuple[Dispute, ...]
    left_out: int = 0


# -- what to do first


@dataclass(frozen=True, slots=True, kw_only=True)
class BacklogPoint:
    """One possible repayment."""

    question: str
    title: str
    system: str
    cost_days: float
    avoided_days_per_quarter: float
    number: int | None = None  #: of the action proposed, 1..5; None = a grey dot


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What repaying costs against what it avoids each quarter."""

    finding: str
    points: tuple[BacklogPoint, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NextAction:
    """One of the five actions to do first."""

    number: int
    question: str
    title: str
    system: str
    team: str
    why: str
    owner: str  #: "" when nobody is named
    due: date | None
    cost_days: float
    avoided_days_per_quarter: float
    avoided_days: float  #: over `horizon_quarters`
    horizon_quarters: int
    tier: str = ""  #: "now", "likely", "not now"
    planned: bool = False  #: whether it stands in a plan already


# -- promises


class PromiseState(StrEnum):
    """What became of a promise."""

    KEPT = "kept"
    LATE = "late"  #: done, after its date
    OVERDUE = "overdue"  #: open, after its date
    OPEN = "open"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One action of an earlier review: what was promised and what came of it."""

    title: str
    system: str
    team: str
    owner: str
    state: PromiseState
    planned_on: date | None
    due: date | None
    done: date | None
    planned_days: float
    actual_days: float | None
    promised: float | None  #: change of the question's debt that was promised, negative is better
    measured: float | None  #: change that was measured since; None while it is not known
    reason: str = ""  #: why it was dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """What was promised and what came of it: the ones to talk about first."""

    finding: str
    rows: tuple[Promise, ...]
    counts: tuple[tuple[PromiseState, int], ...]  #: of all of them, also of those left out
    left_out: int = 0

    def count(self, *states: PromiseState) -> int:
        """How many are in one of these states."""
        return sum(count for state, count in self.counts if state in states)


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnUpPoint:
    """Days promised and days done up to the end of one quarter."""

    period: str
    scope_days: float
    done_days: float | None  #: None for quarters to come


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnUp:
    """How much was promised and how much of it is done, quarter by quarter."""

    finding: str
    points: tuple[BurnUpPoint, ...]


# -- confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """How much of a system (or of a team's systems) is answered, and how much rests on evidence."""

    name: str
    answered: float
    evidenced: float | None  #: None without a scan


@dataclass(frozen=True, slots=True, kw_only=True)
class LowConfidence:
    """A number to read with care."""

    system: str
    area: str  #: "" for the whole system
    debt: float | None
    low: float
    high: float
    known: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """A question nobody has answered."""

    system: str
    team: str
    area: str
    question: str
    text: str
    unknown: bool = False  #: True: "we do not know" was the answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """How far the numbers can be trusted."""

    finding: str
    coverage: tuple[CoverageRow, ...]
    low_confidence: tuple[LowConfidence, ...]
    open_questions: tuple[OpenQuestion, ...]
    coverage_left_out: int = 0
    low_confidence_left_out: int = 0
    open_questions_left_out: int = 0


# -- one page a team, one system


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamPage:
    """What concerns one team. The strips of its rows share the order of the heatmap's columns and one scale 0..100."""

    team: str
    finding: str
    rows: tuple[Row, ...]
    actions: tuple[NextAction, ...]
    promises: tuple[Promise, ...]
    questions: tuple[OpenQuestion, ...]
    rows_left_out: int = 0
    questions_left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstQuestion:
    """A question that weighs heavily."""

    question: str
    text: str
    area: str
    debt: float
    answer: str  #: what the level means, or "nobody knows"
    contradicted: bool = False  #: the repository shows something else than the answer says


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemDetail:
    """What a report on one system says besides."""

    name: str
    team: str
    purpose: str
    finding: str
    row: Row
    columns: tuple[Column, ...]
    worst: tuple[WorstQuestion, ...]
    contradictions: int


# -- appendix, footer


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One fact seen in a repository that counts in a score."""

    system: str
    area: str
    question: str
    said: str
    debt: float | None  #: of the question
    seen: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appendix:
    """How the numbers come about, and all of them."""

    method: tuple[str, ...]  #: paragraphs
    heatmap: Heatmap  #: every system
    evidence: tuple[EvidenceRow, ...]
    evidence_left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """What every page carries, so that two people can check that they read the same thing."""

    organisation: str
    confidentiality: str
    checklist: str  #: title and version
    scoring: str  #: version of the method
    digest: str  #: sha256 over everything the report was made from, 64 hex digits
    audit_head: str  #: hash of the newest entry of the audit log, "" where there is none

    @property
    def words(self) -> str:
        """All of it on one line, both hashes by their first twelve digits."""
        parts = (
            self.organisation,
            self.confidentiality,
            self.checklist,
            f"scoring {self.scoring[:12]}" if self.scoring else "",
            f"inputs {self.digest[:12]}",
            f"audit {self.audit_head[:12]}" if self.audit_head else "",
        )
        return " · ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One review."""

    title: str
    period: str
    compared_with: str  #: "" when there is nothing to compare with
    scope: Scope
    length: Length
    organisation: str
    made_on: date
    systems: int  #: in scope
    rated: int  #: of which enough is known for a letter
    verdict: Verdict
    numbers: tuple[KeyNumber, ...]  #: four
    decisions: tuple[Decision, ...]  #: at most three
    trend: TrendChart | None
    heatmap: Heatmap | None
    change: ChangeByCause | None
    ranks: RankMoves | None
    disputes: Disputes | None
    backlog: Backlog | None
    actions: tuple[NextAction, ...]  #: at most five
    promises: Promises | None
    burn_up: BurnUp | None
    confidence: Confidence | None
    teams: tuple[TeamPage, ...]
    system: SystemDetail | None  #: only for one system
    appendix: Appendix
    footer: Footer

    @property
    def empty(self) -> bool:
        """Whether no system is in scope at all."""
        return self.systems == 0


def rows_shown(rows: Sequence[Row], most: int) -> tuple[tuple[Row, ...], int]:
    """The rows with the most debt, at most this many, in that order, and how many more there are."""
    ordered = sorted(rows, key=lambda row: (row.total.debt is None, -(row.total.debt or 0), row.name, row.system_id))
    return tuple(ordered[:most]), max(0, len(ordered) - most)

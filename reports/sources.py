"""What a report is made from: plain values, collected by `operations.reports` from store, portfolio, plan and promises.

Debts, intervals and shares are 0..1, differences negative is better, days are person-days. Texts are as people typed
them. Everything may be empty: a report of nothing says so. Names are never keys: two systems may carry the same one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from reports.report import Length, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaSource:
    """A column, in the order of the checklist."""

    id: str
    title: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSource:
    """A score as `operations.portfolio.ScoreCell` has it, its area by id, "" for the whole system.

    `estimate` None = nobody has answered; an area that does not apply has no cell at all.
    """

    area: str = ""
    estimate: float | None
    low: float = 0.0
    high: float = 1.0
    coverage: float = 0.0
    band: str | None = None  #: None where too little is known
    change: float | None = None  #: since `compared_with`, None when there is nothing to compare
    direction: str = ""  #: "better", "worse", or "" when it may be chance
    is_new: bool = False  #: rated now and not before


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemSource:
    """One system in scope. `total` None = not assessed in this period."""

    id: str
    name: str
    team: str
    purpose: str = ""
    total: CellSource | None = None
    total_before: CellSource | None = None  #: in `compared_with`
    cells: tuple[CellSource, ...] = ()
    answered: float = 0.0  #: share of the applicable questions that have an answer
    answered_before: float | None = None
    evidenced: float | None = None  #: share of them that the repository says something about; None without a scan
    contradictions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterSource:
    """One quarter of the trend: the debts of the systems rated then. For one system: one debt, `low` and `high`."""

    period: str
    debts: tuple[float, ...] = ()
    low: float | None = None
    high: float | None = None
    checklist: str = ""  #: versions in use then, as text; another text than before puts a mark there
    scoring: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseSource:
    """What one cause added to the debt of one system: one entry of `Comparison.system.causes`."""

    system_id: str
    cause: str  #: value of scoring.causes.Cause
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VotesSource:
    """The votes on one question: levels 0..4, None = "we do not know". Without names."""

    system_id: str
    question: str
    text: str
    area: str  #: id
    votes: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrioritySource:
    """One possible repayment, as `scoring.plan_terms.Priority` has it."""

    system_id: str
    question: str
    title: str  #: what would be done, in a few words; the question's text where nobody wrote more
    area: str  #: id
    why: str = ""
    cost_days: float
    avoided_days_per_quarter: float
    benefit_days: float
    horizon_quarters: int = 4
    tier: str = ""
    known: bool = True
    owner: str = ""  #: of the action planned for it, "" when there is none
    due: date | None = None
    planned: bool = False  #: whether an open action for it exists


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseSource:
    """One action planned before this period ended, with what came of it."""

    system_id: str
    title: str
    owner: str = ""
    state: str  #: "open", "done", "dropped"
    planned_on: date | None = None
    due: date | None = None
    closed_on: date | None = None
    planned_days: float
    actual_days: float | None = None
    debt_before: float  #: of the question when it was planned
    debt_target: float
    debt_now: float | None = None  #: of the question in this period; None where it is not known
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestionSource:
    """A question without an answer, the weightiest first."""

    system_id: str
    area: str  #: id
    question: str
    text: str
    unknown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSource:
    """One question of the system a report is about, the one with the most debt by weight first."""

    question: str
    text: str
    area: str  #: id
    debt: float
    answer: str
    contradicted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceSource:
    """One fact of a repository that counts in a score."""

    system_id: str
    area: str  #: id
    question: str
    said: str
    debt: float | None = None
    seen: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSource:
    """What the debt is to come down to."""

    debt: float
    words: str = ""  #: "by Q2 2027", "" without a date


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionWording:
    """A decision as a person wrote it. Empty texts are left empty."""

    what: str
    why: str = ""
    who: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a person wrote in place of our proposal. None = ours stands; no decisions at all is ()."""

    verdict: str | None = None
    decisions: tuple[DecisionWording, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSources:
    """Everything one report is made from. Its digest is over all of this but `length`."""

    period: str
    compared_with: str = ""  #: "" when there is no quarter before
    scope: Scope = field(default_factory=Scope)
    length: Length = Length.FULL
    made_on: date
    organisation: str = ""
    confidentiality: str = "Internal"
    checklist: str = ""  #: title and version
    scoring: str = ""  #: id of the method
    audit_head: str = ""
    areas: tuple[AreaSource, ...] = ()
    systems: tuple[SystemSource, ...] = ()
    quarters: tuple[QuarterSource, ...] = ()  #: ascending, the last one is `period`
    causes: tuple[CauseSource, ...] = ()
    votes: tuple[VotesSource, ...] = ()
    priorities: tuple[PrioritySource, ...] = ()
    promises: tuple[PromiseSource, ...] = ()
    planned: tuple[PromiseSource, ...] = ()  #: every action planned by the end of this period, whenever it is due
    open_questions: tuple[OpenQuestionSource, ...] = ()
    questions: tuple[QuestionSource, ...] = ()  #: only for one system
    evidence: tuple[EvidenceSource, ...] = ()
    target: TargetSource | None = None
    wording: Wording = field(default_factory=Wording)

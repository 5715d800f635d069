"""Report sources for tests: from an empty portfolio to 500 systems and names that break layouts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from reports.build import build
from reports.report import Length, Report, Scope, ScopeKind
from reports.sources import (
    AreaSource,
    CauseSource,
    CellSource,
    EvidenceSource,
    OpenQuestionSource,
    PrioritySource,
    PromiseSource,
    QuarterSource,
    QuestionSource,
    ReportSources,
    SystemSource,
    TargetSource,
    VotesSource,
)
from scoring.bands import band

TODAY = date(2026, 11, 29)
PERIODS = ("2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3", "2026Q4")
AREAS = (
    ("ENT", "Entanglement and model boundaries", "Entangl."),
    ("FBL", "Feedback loops", "Loops"),
    ("UND", "Undeclared consumers", "Consumers"),
    ("DAT", "Data dependencies", "Data"),
    ("CFG", "Configuration", "Config"),
    ("MON", "Monitoring and a changing world", "Monitor"),
    ("RPG", "Research-to-production gap", "Res/prod"),
    ("PIP", "Pipelines and glue code", "Pipelines"),
    ("TST", "Testing and reproducibility", "Testing"),
    ("PRO", "Process, ownership and culture", "Process"),
    ("FMD", "Foundation models, prompts and agents", "Found."),
    ("SRV", "Serving and release", "Serving"),
)
NAMES = (
    "Text moderation", "Demand forecast", "Lead scoring", "Credit limit", "Fraud scoring", "Warehouse vision",
    "Doc extraction", "Image moderation", "Search ranking", "ETA prediction", "Voice intent", "Anomaly alerts",
    "Ads CTR", "Route optimiser", "Recsys email", "Feed ranking", "Price elasticity", "Tax coding", "Support triage",
    "Churn model",
)  # fmt: skip
TEAMS = ("Risk", "Growth", "Logistics", "Trust", "Platform")
TITLES = (
    "Declare who reads the predictions",
    "Version the training data with the model",
    "Replace the nightly glue script by a tested step",
    "Alert on input drift before the weekly report",
    "Delete flags nobody has flipped for a year",
    "Test the features against serving",
    "Give the feature store one owner",
)
#: What breaks layouts, files and readers, each where a name may stand.
HOSTILE = (
    "=1+1",
    ' "=1+1"',
    "+SUM(A1:A9)",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "＝1+1",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<span style=\"background:url('//example.org/x')\">x</span>",
    '<a href="javascript:alert(1)">x</a>',
    "</script><script>alert(2)</script>",
    "![x](http://example.org/x.png)",
    "[x](javascript:alert(1))",
    "{{ 7*7 }} {% raw %}",
    '#import "@preview/x:1.0.0" #read("/etc/passwd")',
    "$ sum $ *bold* _it_ `code` @ref <label>",
    "nul\x00 vt\x0b esc\x1b[31m del\x7f",
    "rtl \u202egnp.exe\u202c end",
    "half \ud800 pair and \uffff",
    "z\u0351\u036f\u0300\u0301\u0302\u0303\u0304a\u0305\u0306l\u0307\u0308g\u0309o\u030a",
)
LONG = "A system whose name was written by a committee of eight, v2"  # 60 characters with the full stop
RTL = ("نظام كشف الاحتيال", "מערכת דירוג חיפוש", "تصنيف المستندات v2", "Fraud نظام scoring")
WIDE = ("异常检测平台", "画像モデレーション", "추천 이메일", "Churn 🚀🔥 model", "👩‍💻 triage", "Ξ Ж ǅ ﬁ ½ ™")


def areas(count: int = 12) -> tuple[AreaSource, ...]:
    return tuple(AreaSource(id=key, title=title, short=short) for key, title, short in AREAS[:count])


def cell(
    area: str, debt: float | None, before: float | None = None, coverage: float = 1.0, width: float = 0.2
) -> CellSource:
    if debt is None:
        return CellSource(area=area, estimate=None, low=0.0, high=1.0, coverage=0.0)
    rated = coverage >= 0.8
    change = None if before is None or not rated else debt - before
    return CellSource(
        area=area,
        estimate=debt,
        low=max(0.0, debt - width / 2),
        high=min(1.0, debt + width / 2),
        coverage=coverage,
        band=band(debt) if rated else None,
        change=change,
        direction="" if change is None or abs(change) <= 0.085 else "worse" if change > 0 else "better",
    )


def portfolio(
    systems: int = 20,
    *,
    quarters: int = 6,
    area_count: int = 12,
    names: tuple[str, ...] = NAMES,
    teams: tuple[str, ...] = TEAMS,
    seed: int = 7,
    target: float | None = 0.45,
) -> ReportSources:
    """A portfolio that looks like one: `systems` by `area_count` over `quarters`, everything a report can hold."""
    chance = random.Random(seed)
    columns = areas(area_count)
    periods = PERIODS[6 - quarters :]
    made: list[SystemSource] = []
    causes: list[CauseSource] = []
    votes: list[VotesSource] = []
    priorities: list[PrioritySource] = []
    promises: list[PromiseSource] = []
    open_questions: list[OpenQuestionSource] = []
    evidence: list[EvidenceSource] = []
    for number in range(systems):
        key = f"s{number:03d}"
        name = names[number % len(names)] + (f" {number // len(names) + 1}" if number >= len(names) else "")
        level = chance.betavariate(3, 3)
        cells = [_cell(chance, it.id, level, compared=quarters > 1) for it in columns]
        present = [it for it in cells if it is not None]
        known = [it.estimate for it in present if it.estimate is not None]
        debt = sum(known) / len(known) if known else None
        before = None if debt is None or quarters == 1 else min(1.0, max(0.0, debt + chance.gauss(0.02, 0.06)))
        coverage = 0.62 if number % 11 == 10 else chance.uniform(0.84, 1.0)
        made.append(
            SystemSource(
                id=key,
                name=name,
                team=teams[number % len(teams)],
                purpose="Decides what a customer sees first.",
                total=cell("", debt, before, coverage),
                total_before=None if before is None else cell("", before),
                cells=tuple(present),
                answered=coverage,
                answered_before=coverage - 0.03 if quarters > 1 else None,
                evidenced=None if number % 5 == 4 else coverage * chance.uniform(0.3, 0.7),
                contradictions=number % 3,
            )
        )
        if before is not None and debt is not None and coverage >= 0.8:
            repaid, newly = -abs(chance.gauss(0.05, 0.02)), abs(chance.gauss(0.01, 0.01))
            split = (("answers", repaid), ("newly known", newly), ("evidence", (debt - before) - repaid - newly))
            causes += [CauseSource(system_id=key, cause=cause, share=share) for cause, share in split]
        area = columns[number % len(columns)].id
        if number % 3 == 0:
            cast = [chance.choice((0, 1, 1, 2, 2, 3, 4)) for _ in range(4 + number % 5)]
            votes.append(
                VotesSource(
                    system_id=key,
                    question=f"{area}-03",
                    text="Are the consumers of each prediction known by name?",
                    area=area,
                    votes=(*cast, None),
                )
            )
        for place in range(6):
            cost = round(chance.lognormvariate(2.0, 0.7), 1)
            avoided = round(chance.lognormvariate(0.4, 0.9), 1)
            priorities.append(
                PrioritySource(
                    system_id=key,
                    question=f"{columns[(number + place) % len(columns)].id}-{place + 1:02d}",
                    title=TITLES[(number + place) % len(TITLES)],
                    area=columns[(number + place) % len(columns)].id,
                    why="Four teams read the score without a contract; two incidents came from silent changes.",
                    cost_days=cost,
                    avoided_days_per_quarter=avoided,
                    benefit_days=avoided * 4,
                    tier="now" if place == 0 else "likely",
                    known=place != 5,
                    owner="Head of ML" if place % 2 == 0 else "",
                    due=date(2026, 12, 15) if place % 2 == 0 else None,
                    planned=place % 2 == 0,
                )
            )
        if number < 14 and quarters > 1:
            promises.append(_promise(number, key, chance))
        for place in range(number % 3):
            open_questions.append(
                OpenQuestionSource(
                    system_id=key,
                    area=area,
                    question=f"{area}-{place + 7:02d}",
                    text="Is there an alarm when the inputs drift away from what the model was trained on?",
                    unknown=place == 1,
                )
            )
        evidence.append(
            EvidenceSource(
                system_id=key,
                area=area,
                question=f"{area}-02",
                said="A training script reads files by absolute path (train.py:12).",
                debt=0.5,
                seen=date(2026, 11, 1),
            )
        )
    series = []
    for place, period in enumerate(periods):
        later = len(periods) - 1 - place
        if later == 0:
            debts = [it.total.estimate for it in made if it.total and it.total.band and it.total.estimate is not None]
        elif later == 1:
            debts = [
                it.total_before.estimate for it in made if it.total_before and it.total_before.estimate is not None
            ]
        else:
            debts = [
                min(1.0, max(0.0, (it.total.estimate or 0) + 0.02 * later + chance.gauss(0, 0.05)))
                for it in made
                if it.total
            ]
        series.append(
            QuarterSource(
                period=period,
                debts=tuple(debts),
                checklist="2026.2" if period >= "2026Q2" else "2026.1",
                scoring="1",
            )
        )
    return ReportSources(
        period=periods[-1],
        compared_with=periods[-2] if len(periods) > 1 else "",
        made_on=TODAY,
        organisation="Example Corp",
        checklist="ml-debt 2026.2",
        scoring="3f2a91c07be4d1",
        audit_head="9b1dc2a45f0e77aa",
        areas=columns,
        systems=tuple(made),
        quarters=tuple(series),
        causes=tuple(causes),
        votes=tuple(votes),
        priorities=tuple(priorities),
        promises=tuple(promises),
        open_questions=tuple(open_questions),
        evidence=tuple(evidence),
        target=None if target is None else TargetSource(debt=target, words="by Q2 2027"),
    )


def _cell(chance: random.Random, area: str, level: float, *, compared: bool) -> CellSource | None:
    kind = chance.random()
    if kind < 0.05:
        return None  # does not apply
    if kind < 0.1:
        return cell(area, None)
    debt = min(1.0, max(0.0, chance.gauss(level, 0.22)))
    before = min(1.0, max(0.0, debt + chance.gauss(0.02, 0.1))) if compared else None
    coverage = 0.6 if chance.random() < 0.07 else 1.0
    return cell(area, debt, before, coverage, width=0.65 if chance.random() < 0.06 else chance.uniform(0.05, 0.35))


def _promise(number: int, key: str, chance: random.Random) -> PromiseSource:
    state = ("done", "done", "done", "open", "dropped")[number % 5]
    due = date(2026, 8, 15) + timedelta(days=12 * number)
    closed = None if state == "open" else due + timedelta(days=(-9, -3, 8)[number % 3])
    before = chance.choice((0.5, 0.75, 1.0))
    return PromiseSource(
        system_id=key,
        title=TITLES[number % len(TITLES)],
        owner=("Ana", "Li Wei", "Head of ML", "")[number % 4],
        state=state,
        planned_on=date(2026, 5, 4) + timedelta(days=9 * number),
        due=due,
        closed_on=min(closed, TODAY) if closed else None,
        planned_days=float(3 + number % 7),
        actual_days=float(4 + number % 6) if state == "done" else None,
        debt_before=before,
        debt_target=before - 0.5,
        debt_now=before - chance.choice((0.0, 0.25, 0.5)) if state == "done" else None,
        reason="Another team replaces the system." if state == "dropped" else "",
    )


def of_one_system(sources: ReportSources, place: int = 0) -> ReportSources:
    """The same for one system only."""
    system = sources.systems[place]
    own = lambda rows: tuple(it for it in rows if it.system_id == system.id)  # noqa: E731
    return replace(
        sources,
        scope=Scope(kind=ScopeKind.SYSTEM, id=system.id, name=system.name),
        systems=(system,),
        quarters=_quarters_of((system,), sources),
        causes=own(sources.causes),
        votes=own(sources.votes),
        priorities=own(sources.priorities),
        promises=own(sources.promises),
        open_questions=own(sources.open_questions),
        evidence=own(sources.evidence),
        questions=tuple(
            QuestionSource(
                question=f"{area.id}-01",
                text="Do people know which systems read the predictions of this model?",
                area=area.id,
                debt=0.75 - 0.05 * number,
                answer="Some consumers are known, others turn up in incidents.",
                contradicted=number == 1,
            )
            for number, area in enumerate(sources.areas[:6])
        ),
    )


def _quarters_of(systems: Sequence[SystemSource], sources: ReportSources) -> tuple[QuarterSource, ...]:
    """The trend of these systems only: what they are now and were a quarter ago, and something alike before."""
    made = []
    for later, it in enumerate(reversed(sources.quarters)):
        cells = [system.total if later == 0 else system.total_before for system in systems]
        rated = [cell for cell in cells if cell and cell.band and cell.estimate is not None]
        debts = [min(1.0, (cell.estimate or 0.0) + 0.02 * max(0, later - 1)) for cell in rated]
        low, high = min(debts, default=0.0) * 0.8, min(1.0, max(debts, default=0.0) * 1.2)
        made.append(replace(it, debts=tuple(debts), low=low, high=high))
    return tuple(reversed(made))


def of_one_team(sources: ReportSources, team: str = TEAMS[0]) -> ReportSources:
    """The same for one team only."""
    ids = {it.id for it in sources.systems if it.team == team}
    own = lambda rows: tuple(it for it in rows if it.system_id in ids)  # noqa: E731
    return replace(
        sources,
        scope=Scope(kind=ScopeKind.TEAM, id=team, name=team),
        systems=tuple(it for it in sources.systems if it.id in ids),
        quarters=_quarters_of([it for it in sources.systems if it.id in ids], sources),
        causes=own(sources.causes),
        votes=own(sources.votes),
        priorities=own(sources.priorities),
        promises=own(sources.promises),
        open_questions=own(sources.open_questions),
        evidence=own(sources.evidence),
    )


def empty() -> ReportSources:
    """Nothing yet: no system, no quarter."""
    return ReportSources(period="2026Q4", made_on=TODAY, areas=areas(), checklist="ml-debt 2026.2")


def examples() -> dict[str, ReportSources]:
    """Every shape a renderer has to cope with, by name."""
    usual = portfolio()
    nothing_assessed = replace(
        portfolio(3),
        systems=tuple(SystemSource(id=f"n{n}", name=NAMES[n], team=TEAMS[n]) for n in range(3)),
        quarters=(),
        causes=(),
        votes=(),
        priorities=(),
        promises=(),
        evidence=(),
        compared_with="",
    )
    return {
        "empty": empty(),
        "nothing assessed": nothing_assessed,
        "one quarter": portfolio(8, quarters=1),
        "two systems": portfolio(2, quarters=2),
        "one system": of_one_system(usual),
        "one team": of_one_team(usual),
        "usual": usual,
        "executive": replace(usual, length=Length.EXECUTIVE),
        "handout": replace(of_one_team(usual), length=Length.HANDOUT),
        "hostile names": portfolio(21, names=HOSTILE, teams=HOSTILE[:5]),
        "long names": portfolio(12, names=tuple(f"{LONG}{n:02d}"[:60] for n in range(12)), teams=(LONG, "Ops")),
        "right to left": portfolio(8, names=RTL, teams=RTL[:2]),
        "wide names": portfolio(12, names=WIDE, teams=("平台", "🚀 Growth")),
    }


def large() -> ReportSources:
    """A department: 500 systems in 40 teams."""
    return portfolio(500, teams=tuple(f"Team {number:02d}" for number in range(1, 41)))


def report(name: str = "usual") -> Report:
    """The report of an example."""
    return build(examples()[name])

"""What page one says: the verdict and the decisions, each from a named rule that anybody can check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from reports import numbers
from reports.report import (
    Decision,
    Disputes,
    Heatmap,
    Move,
    NextAction,
    Promise,
    Promises,
    PromiseState,
    Row,
    Scope,
    ScopeKind,
    Spread,
    Verdict,
)
from reports.sources import DecisionWording, OpenQuestionSource, Wording
from reports.text import clean_text

HEAVY = ("D", "E")  #: the bands that count as heavy debt
STEADY_POINTS = 0.005  #: a mean that moves by less than half a point stands still
DECISIONS = 3
WHAT_MAX, WHY_MAX, WHO_MAX, WHEN_MAX = 300, 400, 160, 80  #: letters of a decision as a person words it
OVERDUE_MANY = 3  #: overdue promises that belong into the verdict
FUNDED_MAX = 2  #: of the decisions that ask for days, so that page one is not a shopping list


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the rules look at."""

    scope: Scope
    made_on: date
    period: str
    compared_with: str
    following: str  #: the quarter to act in: the next one, or the present one where that has begun, "2027Q1"
    after_that: str  #: the quarter that begins next, seen from the day the report is made
    rows: Sequence[Row]
    debt: float | None
    before: float | None  #: the debt as it stood then; what differed in systems or questions is in it as well
    change: float | None  #: like for like
    heatmap: Heatmap | None
    promises: Promises | None
    overdue: Sequence[Promise]  #: every open action past its date, the oldest first
    actions: Sequence[NextAction]
    disputes: Disputes | None
    open_questions: Sequence[OpenQuestionSource]
    answered: float | None
    system_names: dict[str, str]
    area_titles: dict[str, str]

    @property
    def rated(self) -> list[Row]:
        """Rows of which enough is known."""
        return [row for row in self.rows if row.total.rated]

    @property
    def heavy(self) -> list[Row]:
        """Rated rows with heavy debt, the worst first."""
        return sorted(
            (row for row in self.rated if row.total.band in HEAVY), key=lambda row: (-(row.total.debt or 0), row.name)
        )

    @property
    def like_for_like(self) -> bool:
        """Whether the change is all that lies between the debt then and now."""
        if self.change is None or self.before is None or self.debt is None:
            return True
        return numbers.change_words(self.debt - self.before) == numbers.change_words(self.change)

    def moved(self, move: Move) -> list[Row]:
        """Rated rows that moved clearly, the furthest first."""
        return sorted(
            (row for row in self.rated if row.total.move is move),
            key=lambda row: (-abs(row.total.change or 0), row.name),
        )


# -- the verdict


def verdict(known: Known, wording: Wording) -> Verdict:
    """The sentence of page one: where the debt stands, and what a reader has to know besides."""
    if wording.verdict is not None:
        return Verdict(text=clean_text(wording.verdict, 400), because="Written by a person.", edited=True)
    first, why_first = _where_it_stands(known)
    if known.debt is None:
        return Verdict(text=f"{first}.", because=why_first)
    second, joined_by, why_second = _what_besides(known)
    if joined_by == "; " and "; " in first:
        joined_by = ", and "  # one sentence has room for one semicolon
    text = f"{first}{joined_by}{second}." if second else f"{first}."
    return Verdict(text=text, because=" ".join(filter(None, (why_first, why_second))))


def _where_it_stands(known: Known) -> tuple[str, str]:
    one = known.scope.kind is ScopeKind.SYSTEM
    if not known.rows:
        return "No system is assessed yet", "There is no system in scope."
    if known.debt is None:
        answered = numbers.percent(known.answered or 0)
        least = "A letter needs 80 % of the weight known."
        if one:
            return f"Too little is known to rate this system: {answered} of its questions are answered", least
        return f"No system is rated yet: {answered} of the questions are answered", least
    stands = numbers.debt_exact(known.debt)
    mean = "the debt of the system" if one else f"the mean debt of {numbers.count(len(known.rated), 'rated system')}"
    if known.change is None:
        return f"Debt stands at {stands} of 100", f"Rule 'first quarter': {mean}; nothing to compare it with."
    return _since(known, known.change, stands, mean)


def _since(known: Known, change: float, stands: str, mean: str) -> tuple[str, str]:
    """How the debt moved. Where another set of systems or questions moved it as well, the change is like for like."""
    quarter = numbers.period(known.compared_with)
    by = numbers.change_words(abs(change)).lstrip("+")
    alike = "" if known.like_for_like else " like for like"
    over = " Like for like: of systems rated both times, over questions asked both times." if alike else ""
    if abs(change) < STEADY_POINTS:
        return (
            f"Debt stands at {stands},{alike} as in {quarter}",
            f"Rule 'steady': {mean} moved by less than half a point.{over}",
        )
    way = "fell" if change < 0 else "rose"
    if alike:
        words = f"Debt stands at {stands}; like for like it {way} by {by} points"
    else:
        words = f"Debt {way} by {by} points to {stands}"
    return words, f"Rule '{way}': {mean}, against {quarter}.{over}"


Besides = tuple[str, str, str]  #: (words, what joins them to the first half, why)


def _what_besides(known: Known) -> Besides:
    """The first rule that has something to say, in their order."""
    said = (rule(known) for rule in (_worse, _overdue, _heavy, _heavy_areas_of_one, _unanswered, _better))
    return next((it for it in said if it is not None), ("", "", ""))


def _against(known: Known) -> str:
    """Bad news after good news is joined by another word than after bad news."""
    return ", but " if known.change is not None and known.change < STEADY_POINTS else ", and "


def _worse(known: Known) -> Besides | None:
    worse = known.moved(Move.WORSE)
    if not worse or known.scope.kind is ScopeKind.SYSTEM:
        return None
    names = numbers.names([row.name for row in worse], 2)
    why = f"Rule 'clearly worse': {numbers.count(len(worse), 'system')} moved further than repeats differ by."
    return f"{names} got clearly worse", _against(known), why


def _overdue(known: Known) -> Besides | None:
    if known.promises is None or (late := known.promises.count(PromiseState.OVERDUE)) < OVERDUE_MANY:
        return None
    total = sum(count for _, count in known.promises.counts)
    why = f"Rule 'overdue': {OVERDUE_MANY} or more actions are past their date."
    return f"{late} of {total} promises are overdue", _against(known), why


def _heavy(known: Known) -> Besides | None:
    heavy, rated = known.heavy, known.rated
    if not heavy or known.scope.kind is ScopeKind.SYSTEM:
        return None
    worst = _heaviest_area(known)
    where = f", most often in {worst}" if worst else ""
    words = f"{len(heavy)} of {len(rated)} {_carry(len(heavy), len(rated))} heavy debt{where}"
    return words, _against(known), "Rule 'heavy debt': systems in band D or E."


def _heavy_areas_of_one(known: Known) -> Besides | None:
    if known.scope.kind is not ScopeKind.SYSTEM or not known.rows:
        return None
    areas = _heavy_areas(known.rows[0], known.heatmap)
    if not areas:
        return None
    return (
        f"the most lies in {numbers.names(areas)}",
        "; ",
        "Rule 'heaviest areas': areas in band D or E, the most indebted first.",
    )


def _unanswered(known: Known) -> Besides | None:
    if known.answered is None or known.answered >= 0.8:
        return None
    words = f"{numbers.percent(1 - known.answered)} of the questions still lack an answer"
    return words, ", but ", "Rule 'unanswered': less than 80 % is answered."


def _better(known: Known) -> Besides | None:
    better = known.moved(Move.BETTER)
    if not better or known.scope.kind is ScopeKind.SYSTEM:
        return None
    names = numbers.names([row.name for row in better], 2)
    return f"{names} got clearly better", "; ", "Rule 'clearly better': further than repeats differ by."


def _carry(heavy: int, rated: int) -> str:
    return f"{'system' if rated == 1 else 'systems'} {'carries' if heavy == 1 else 'carry'}"


def _heaviest_area(known: Known) -> str:
    """The area that is heavy in the most systems, "" where none is heavy in two."""
    if known.heatmap is None:
        return ""
    counts = [sum(row.cells[place].band in HEAVY for row in known.rows) for place in range(len(known.heatmap.columns))]
    most = max(counts, default=0)
    return known.heatmap.columns[counts.index(most)].title if most >= 2 else ""


def _heavy_areas(row: Row, heatmap: Heatmap | None) -> list[str]:
    if heatmap is None:
        return []
    heavy = [
        (-(cell.debt or 0), column.title)
        for column, cell in zip(heatmap.columns, row.cells, strict=True)
        if cell.band in HEAVY and cell.debt is not None
    ]
    return [title for _, title in sorted(heavy)[:2]]


# -- the decisions


def decisions(known: Known, wording: Wording) -> tuple[Decision, ...]:
    """At most three things to decide: as a person wrote them, or else from the rules, in their order."""
    proposed = [decision for rule in RULES for decision in rule(known)]
    if wording.decisions is None:
        return tuple(proposed[:DECISIONS])
    ours = {(it.what, it.why, it.who, it.when): it for it in proposed}
    return tuple(
        ours.get((it.what, it.why, it.who, it.when)) or _worded(it)
        for it in wording.decisions[:DECISIONS]
        if it.what.strip()
    )


def _worded(it: DecisionWording) -> Decision:
    return Decision(
        what=clean_text(it.what, WHAT_MAX),
        why=clean_text(it.why, WHY_MAX),
        who=clean_text(it.who, WHO_MAX),
        when=clean_text(it.when, WHEN_MAX),
        because="Written by a person.",
        edited=True,
    )


def _fund_the_best(known: Known) -> list[Decision]:
    return [_fund(known, it) for it in _fundable(known)[:1]]


def _fund_the_next(known: Known) -> list[Decision]:
    """The next best of another question: the same reason twice on page one convinces nobody."""
    able = _fundable(known)
    others = [it for it in able[1:] if it.question != able[0].question]
    return [_fund(known, it) for it in others[: FUNDED_MAX - 1]]


def _fundable(known: Known) -> list[NextAction]:
    """What days may be asked for: nothing before a system is rated; what is past its date has a rule of its own."""
    if not known.rated:
        return []
    return [it for it in known.actions if not (it.planned and it.due is not None and it.due < known.made_on)]


def _fund(known: Known, action: NextAction) -> Decision:
    place = "" if known.scope.kind is ScopeKind.SYSTEM else f" in {action.system}"
    days = numbers.days(action.cost_days)
    gain = action.avoided_days / action.cost_days if action.cost_days else 0.0
    ratio = f"Each day spent avoids {numbers.days(gain)} of extra work." if gain else "It costs nothing."
    return Decision(
        what=f"{f'Keep {days} free' if action.planned else f'Fund {days}'}{place}: {action.title}",
        why=f"{action.why.rstrip('.')}. {ratio}" if action.why else ratio,
        who=action.owner or (f"{action.team} lead" if action.team else ""),
        when=_when(known, action),
        cost_days=action.cost_days,
        avoided_days=action.avoided_days,
        horizon_quarters=action.horizon_quarters,
        because=f"Rule 'best return': repayment {action.number} of what to do first.",
    )


def _when(known: Known, action: NextAction) -> str:
    return f"in {numbers.period(known.following)}" if action.due is None else f"by {numbers.day(action.due)}"


def _finish_or_drop(known: Known) -> list[Decision]:
    late, many = known.overdue, len(known.overdue)
    if not late:
        return []
    oldest = late[0]
    which = f"{oldest.title} in {oldest.system}"
    if many > 1:
        which = f"The oldest of them, {oldest.title} ({oldest.system}),"
    owners = list(dict.fromkeys(it.owner or f"{it.team} lead" for it in late if it.owner or it.team))
    return [
        Decision(
            what="Finish or drop the overdue action" if many == 1 else f"Finish or drop {many} overdue actions",
            why=f"{which} was due on {numbers.day(oldest.due or known.made_on)}.",
            who=numbers.names(owners, 2),
            when=f"before {numbers.period(known.after_that)} begins",
            because="Rule 'overdue': open actions past their date.",
        )
    ]


def _stop_the_rise(known: Known) -> list[Decision]:
    for row in known.moved(Move.WORSE)[:1]:
        areas = [
            column.title
            for column, cell in zip(known.heatmap.columns, row.cells, strict=True)
            if cell.move is Move.WORSE
        ] if known.heatmap else []  # fmt: skip
        where = f", clearly so in {numbers.names(areas, 2)}" if areas else ""
        return [
            Decision(
                what=f"Say who stops the rise in {row.name}",
                why=f"Its debt rose by {numbers.change_words(row.total.change).lstrip('+')} points to "
                f"{numbers.debt(row.total.debt)}{where}.",
                who=f"{row.team} lead" if row.team else "",
                when=f"in {numbers.period(known.following)}",
                because="Rule 'clearly worse': the system that rose furthest beyond what repeats differ by.",
            )
        ]
    return []


def _answer_first(known: Known) -> list[Decision]:
    count = len(known.open_questions)
    if not count or known.answered is None or known.answered >= 0.9:
        return []
    by_system: dict[str, int] = {}
    for it in known.open_questions:
        by_system[it.system_id] = by_system.get(it.system_id, 0) + 1
    worst = max(by_system, key=lambda key: (by_system[key], key))
    name = known.system_names.get(worst, "")
    place = "" if known.scope.kind is ScopeKind.SYSTEM else f", {by_system[worst]} of them in {name}"
    team = next((row.team for row in known.rows if row.system_id == worst), "")
    return [
        Decision(
            what=f"Answer {numbers.count(count, 'open question')}",
            why=f"Only {numbers.percent(known.answered)} is answered{place}; what nobody knows counts as heavy debt.",
            who=f"{team} lead" if team else "",
            when=f"before {numbers.period(known.following)} closes",
            because="Rule 'unanswered': less than 90 % of the questions have an answer.",
        )
    ]


def _settle(known: Known) -> list[Decision]:
    split = [it for it in (known.disputes.questions if known.disputes else ()) if it.spread is Spread.DISCUSS]
    if not split:
        return []
    first = split[0]
    levels = [level for level, votes in enumerate(first.counts) if votes]
    return [
        Decision(
            what=f"Settle what is true of {first.system}: {first.text}",
            why=f"{first.voters} people voted from level {levels[0]} to level {levels[-1]}; the score hangs on it.",
            who=f"{first.team} lead" if first.team else "",
            when=f"before {numbers.period(known.following)} closes",
            because="Rule 'disputed': votes three levels apart or in two camps.",
        )
    ]


def _first_assessment(known: Known) -> list[Decision]:
    if known.rated:
        return []
    teams = sorted({row.team for row in known.rows} - {""})
    if not known.rows:
        what, why = "Name the first system to assess", "Without one there is nothing to decide on."
    else:
        what = "Finish the first assessment"
        why = "A system is rated once 80 % of what weighs in it is known; none has come that far."
    return [
        Decision(
            what=what,
            why=why,
            who=f"{teams[0]} lead" if len(teams) == 1 else "",
            when=f"in {numbers.period(known.following)}",
            because="Rule 'nothing rated': no system has a letter yet.",
        )
    ]


#: In their order; the first three that have something to say make page one.
RULES: tuple[Callable[[Known], list[Decision]], ...] = (
    _first_assessment,
    _fund_the_best,
    _finish_or_drop,
    _stop_the_rise,
    _answer_first,
    _fund_the_next,
    _settle,
)

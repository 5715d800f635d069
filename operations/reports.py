"""The review as a report: made from what is stored, worded by people where they want to, handed out in any format."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from operations.authorize import Action, Actor, permitted
from operations.errors import InvalidInput, NotFound
from operations.movement import Progress
from operations.periods import period_of, read_period
from operations.portfolio import Portfolio, read_portfolio
from operations.report_sources import collect_sources
from operations.systems import find_system
from operations.wording import LINE_MAX, clean_line
from operations.workplace import Workplace
from reports.build import build
from reports.decide import WHAT_MAX, WHEN_MAX, WHO_MAX, WHY_MAX
from reports.formats import FORMATS
from reports.report import Length, Report, Scope, ScopeKind
from reports.sources import DecisionWording, ReportSources, Wording
from store.records import Records
from store.report_records import WordingRecord

ORGANISATION = "ARREARS_ORGANISATION"  #: the name on every page of a report
CONFIDENTIALITY = "ARREARS_CONFIDENTIALITY"
DECISIONS_MAX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """A report as the page shows it before it is sent."""

    report: Report
    proposal: Report  #: the same in our words alone
    wording: WordingRecord  #: what people wrote, with its revision
    periods: tuple[str, ...]  #: quarters to choose among, ascending
    teams: tuple[str, ...]
    systems: tuple[tuple[str, str, str], ...]  #: (id, name, team)
    still_open: int  #: assessments of the quarter and of what the report is about that are not closed yet


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A report in one format."""

    filename: str
    media_type: str
    body: bytes


@permitted(Action.READ)
def read_report(
    workplace: Workplace,
    actor: Actor,
    *,
    period: str | None = None,
    team: str | None = None,
    system_id: str | None = None,
    length: Length = Length.FULL,
    pack: str | None = None,
    progress: Progress | None = None,
) -> ReportView:
    """The report on a quarter, by default the latest one somebody closed: of a system, of a team, else of all.

    What was collected is remembered until the database changes. Raises NotFound for a team or system that is not there,
    InvalidInput for what is no quarter.
    """
    scope = _scope(workplace, team=team, system_id=system_id)
    quarter = _latest_closed(workplace, scope) if period is None else read_period(period)
    view = read_portfolio(workplace, actor, period=quarter, pack=pack or _pack_of(workplace, scope, quarter))
    sources = workplace.memory.recall(
        ("report", actor, workplace.today(), view.period, view.pack, scope),
        workplace.store.version,
        lambda: collect_sources(workplace, actor, view=view, scope=scope, progress=progress),
    )
    named = replace(
        sources,
        length=length,
        organisation=os.environ.get(ORGANISATION, ""),
        confidentiality=os.environ.get(CONFIDENTIALITY, sources.confidentiality),
    )
    kept = workplace.store.read(lambda records: records.reports.wording(scope.kind.value, scope.id, view.period))
    return _view(view, named, kept)


def _view(view: Portfolio, sources: ReportSources, kept: WordingRecord) -> ReportView:
    worded = replace(sources, wording=_wording_of(kept))
    shown = {system.id for system in sources.systems}
    rows = sorted(view.rows, key=lambda row: (row.system.team.casefold(), row.system.name.casefold()))
    return ReportView(
        report=build(worded),
        proposal=build(sources),
        wording=kept,
        periods=view.periods,
        teams=tuple(dict.fromkeys(row.system.team for row in rows)),
        systems=tuple((row.system.system_id, row.system.name, row.system.team) for row in rows),
        still_open=sum(
            row.assessment is not None and row.assessment.state == "open" and row.system.system_id in shown
            for row in view.rows
        ),
    )


def _scope(workplace: Workplace, *, team: str | None, system_id: str | None) -> Scope:
    if team and system_id:
        raise InvalidInput("report", "is about a team or about a system; choose one of them")

    def work(records: Records) -> Scope:
        if system_id:
            found = find_system(records, system_id)
            return Scope(kind=ScopeKind.SYSTEM, id=found.system_id, name=found.name)
        if team:
            if team not in {system.team for system in records.systems(include_retired=True)}:
                raise NotFound(f"There is no team {team[:40]!r}. Choose a team of the portfolio.")
            return Scope(kind=ScopeKind.TEAM, id=team, name=team)
        return Scope()

    return workplace.store.read(work)


def _latest_closed(workplace: Workplace, scope: Scope) -> str:
    """The latest quarter somebody closed in this scope; the present one where there is none."""

    def work(records: Records) -> str | None:
        teams = {system.system_id: system.team for system in records.systems(include_retired=True)}
        for period in reversed(records.periods()):
            for assessment in records.assessments_in(period):
                if assessment.state == "closed" and (
                    scope.kind is ScopeKind.PORTFOLIO
                    or assessment.system_id == scope.id
                    or (scope.kind is ScopeKind.TEAM and teams.get(assessment.system_id) == scope.name)
                ):
                    return period
        return None

    return workplace.store.read(work) or period_of(workplace.today())


def _pack_of(workplace: Workplace, scope: Scope, period: str) -> str | None:
    """The pack of the one system a report is about; None lets the portfolio choose the most used."""
    if scope.kind is not ScopeKind.SYSTEM:
        return None

    def work(records: Records) -> str | None:
        names = records.checklist_names()
        upto = [one for one in records.assessments_of(scope.id) if one.period <= period]
        return names[upto[-1].checklist_id] if upto else None

    return workplace.store.read(work)


# -- words


def _wording_of(kept: WordingRecord) -> Wording:
    if not kept.body:
        return Wording()
    said = json.loads(kept.body)
    decisions = said.get("decisions")
    return Wording(
        verdict=said.get("verdict"),
        decisions=None if decisions is None else tuple(DecisionWording(**one) for one in decisions),
    )


@permitted(Action.WORD_REPORT)
def word_report(
    workplace: Workplace,
    actor: Actor,
    *,
    period: str,
    team: str | None = None,
    system_id: str | None = None,
    verdict: str | None,
    decisions: Sequence[DecisionWording] | None,
    expected_rev: int,
) -> WordingRecord:
    """Put one's own words in place of our proposal; None lets ours stand, no decisions at all is an empty list.

    Raises NotFound, InvalidInput, and Conflict with what stands where somebody else was faster.
    """
    scope, quarter = _scope(workplace, team=team, system_id=system_id), read_period(period)
    return _keep(workplace, actor, scope, quarter, body=_body(verdict, decisions), expected_rev=expected_rev)


@permitted(Action.WORD_REPORT)
def undo_wording(
    workplace: Workplace,
    actor: Actor,
    *,
    period: str,
    team: str | None = None,
    system_id: str | None = None,
    expected_rev: int,
) -> WordingRecord:
    """Put back the words before the last change; undoing twice puts the change back. Raises NotFound, Conflict."""
    scope, quarter = _scope(workplace, team=team, system_id=system_id), read_period(period)
    history = workplace.store.read(lambda records: records.reports.history(scope.kind.value, scope.id, quarter))
    before = history[-2].body if len(history) > 1 else ""
    return _keep(workplace, actor, scope, quarter, body=before, expected_rev=expected_rev)


def _keep(
    workplace: Workplace, actor: Actor, scope: Scope, period: str, *, body: str, expected_rev: int
) -> WordingRecord:
    def work(records: Records) -> WordingRecord:
        at = workplace.now()
        wanted = WordingRecord(
            scope=scope.kind.value, scope_id=scope.id, period=period, body=body, changed_at=at, changed_by=actor.name
        )
        kept = records.reports.save(wanted, expected_rev)
        if kept.changed_at == at:
            subject = scope.id or "portfolio"
            records.audit(
                at=at, actor=actor.name, action="word report", subject=subject, detail=f"{period} rev {kept.rev}"
            )
        return kept

    return workplace.store.write(work)


def _body(verdict: str | None, decisions: Sequence[DecisionWording] | None) -> str:
    """The words as they are kept, checked: canonical JSON, "" where ours stand."""
    if verdict is None and decisions is None:
        return ""
    said: dict[str, object] = {}
    if verdict is not None:
        said["verdict"] = clean_line(verdict, field="verdict", longest=LINE_MAX, required=True)
    if decisions is not None:
        if len(decisions) > DECISIONS_MAX:
            raise InvalidInput("decisions", f"{len(decisions)} are too many; page one holds {DECISIONS_MAX}")
        said["decisions"] = [asdict(_checked(one)) for one in decisions]
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _checked(one: DecisionWording) -> DecisionWording:
    return DecisionWording(
        what=clean_line(one.what, field="decision", longest=WHAT_MAX, required=True),
        why=clean_line(one.why, field="why", longest=WHY_MAX),
        who=clean_line(one.who, field="who", longest=WHO_MAX),
        when=clean_line(one.when, field="when", longest=WHEN_MAX),
    )


# -- files


@permitted(Action.EXPORT)
def make_report(
    workplace: Workplace,
    actor: Actor,
    *,
    form: str,
    period: str | None = None,
    team: str | None = None,
    system_id: str | None = None,
    length: Length = Length.FULL,
    progress: Progress | None = None,
) -> File:
    """A report as a file. Raises NotFound, and InvalidInput for a format there is not."""
    chosen = FORMATS.get(form)
    if chosen is None:
        raise InvalidInput("format", f"{form[:20]!r} is none; choose {', '.join(FORMATS)}")
    report = read_report(
        workplace, actor, period=period, team=team, system_id=system_id, length=length, progress=progress
    ).report
    return File(
        filename=f"{_file_name(report)}.{chosen.ending}", media_type=chosen.media_type, body=chosen.render(report)
    )


def read_length(text: str) -> Length:
    """How much a report is to say, as a person names it. Raises InvalidInput."""
    try:
        return Length(text.strip().lower())
    except ValueError:
        there = ", ".join(length.value for length in Length)
        raise InvalidInput("length", f"{text[:20]!r} is none; choose {there}") from None


def _file_name(report: Report) -> str:
    parts = (
        "debt-review",
        report.scope.name,
        report.period,
        "" if report.length is Length.FULL else report.length.value,
    )
    return "-".join(filter(None, (re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-")[:40] for part in parts)))

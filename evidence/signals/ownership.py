"""Signals of ownership and documents: who owns what, what a model is for, what was decided, what to do in an alarm."""

from __future__ import annotations

import re
from collections.abc import Callable

from evidence.evidence import Polarity, Strength
from evidence.repository import Repository, role_of
from evidence.signals.detector import CODE, PRODUCTS, Detector, Finding, absent, counted, found
from evidence.tables import patterns

OWNER_LINE = re.compile(r"(?m)^[^#\s]\S*\s+\S*@\S+")
ALERT_TEXT = re.compile(
    r"(?m)^[ \t]*+(?:-[ \t]*+)?alert:\s*\S|^kind:\s*(?:PrometheusRule|SLO|AlertPolicy|AlertCondition|ServiceLevel)\b|"
    r"^[ \t]*apiVersion:\s*(?:openslo/|sloth\.)|^receivers:\s*$"
)
PANELS = re.compile(r'"panels"\s*:')


KEPT_AS_DATA = re.compile(r"(?i)(?:^|/)(?:[\w-]*data|datasets?|corpora|corpus|fixtures|inputs)/")


def _files_of(name: str, repository: Repository) -> list[tuple[str, int]]:
    """The files of the work that a pattern of the table `documents.toml` names, empty ones left out."""
    pattern = next(one for one in patterns("documents") if one.name == name)
    return [
        (member.path, 0)
        for member in repository.members
        if member.size
        and pattern.regex.search(member.path)
        and role_of(member.path) != "test"
        and not KEPT_AS_DATA.search(member.path)
    ]


def owners_named(repository: Repository) -> Finding:
    """Sees a CODEOWNERS file with at least one line that names an owner."""
    places = [
        place
        for place in _files_of("owners", repository)
        if OWNER_LINE.search(repository.texts.get(place[0], "* @unread"))
    ]
    if not places:
        return absent("No CODEOWNERS file that names an owner was seen.")
    return found("Owners are named in CODEOWNERS.", places, value=len(places))


def _documents(name: str, what: str) -> Callable[[Repository], Finding]:
    """A detector of files that a pattern of the table names."""

    def look(repository: Repository) -> Finding:
        places = _files_of(name, repository)
        if not places:
            return absent(f"No {what} was seen.")
        return found(f"Seen: {counted(len(places), what)}.", places, value=len(places))

    return look


def model_card_present(repository: Repository) -> Finding:
    """Sees a file that describes a model or a data set by its name: model card, data sheet, data card."""
    return _documents("model card", "card of a model or data set")(repository)


def change_form_present(repository: Repository) -> Finding:
    """Sees a form for proposed changes (a template for pull or merge requests) kept with the code."""
    return _documents("change form", "form for proposed changes")(repository)


def decisions_recorded(repository: Repository) -> Finding:
    """Sees numbered or dated records of decisions in a folder for them (`docs/adr`, `docs/decisions`)."""
    return _documents("decisions", "record of a decision")(repository)


def risk_assessment_present(repository: Repository) -> Finding:
    """Sees a document named an assessment of risk, impact, fairness or privacy kept with the code."""
    return _documents("assessment", "assessment of risk or impact")(repository)


def runbook_present(repository: Repository) -> Finding:
    """Sees a document with the steps to take in an alarm: a runbook or the notes of those on call."""
    return _documents("runbook", "runbook")(repository)


def alert_rules_kept(repository: Repository) -> Finding:
    """Sees rules for alarms or dashboards kept as code: Prometheus rules, service level objectives, Alertmanager
    routes, Grafana dashboards, told by their text or their name.
    """
    places = {
        (path, 0)
        for path, text in repository.texts.items()
        if role_of(path) != "test"
        and (
            (path.endswith((".yml", ".yaml")) and path not in repository.ci and ALERT_TEXT.search(text))
            or (path.endswith(".json") and '"schemaVersion"' in text and PANELS.search(text))
        )
    }
    places.update(_files_of("alert rules", repository), _files_of("dashboard", repository))
    if not places:
        return absent("No rule for an alarm and no dashboard is kept as code.")
    return found(f"Alarms or dashboards are kept in {counted(len(places), 'file')}.", places, value=len(places))


OWNERS_NAMED = Detector(
    id="owners-named",
    statement="Owners are kept with the code",
    area="PRO",
    questions=("PRO-01",),
    polarity=Polarity.CARE,
    strength=Strength.STRONG,
    cannot_see="whether the owners still work on it, and owners kept in a registry or catalogue",
    fix="Name two owners for each model in CODEOWNERS, and check the names every quarter.",
    version=1,
    applies_to=CODE,
    look=owners_named,
)
MODEL_CARD_PRESENT = Detector(
    id="model-card-present",
    statement="A card of the model is kept with the code",
    area="PRO",
    questions=("PRO-06",),
    polarity=Polarity.CARE,
    strength=Strength.STRONG,
    cannot_see="cards kept elsewhere, and whether the card speaks of the live model",
    fix="Keep one card for each model: purpose, limits, data, measures by group; check it at each release.",
    version=2,
    applies_to=PRODUCTS,
    look=model_card_present,
)
CHANGE_FORM_PRESENT = Detector(
    id="change-form-present",
    statement="A form for proposed changes is kept with the code",
    area="CFG",
    questions=("CFG-04",),
    polarity=Polarity.CARE,
    strength=Strength.WEAK,
    cannot_see="whether it asks for reason and effect, and whether settings take this way",
    fix="Ask in the form for the reason and the expected effect of a change of settings.",
    version=1,
    applies_to=CODE,
    look=change_form_present,
)
DECISIONS_RECORDED = Detector(
    id="decisions-recorded",
    statement="Decisions are recorded with the code",
    area="PRO",
    questions=("PRO-06",),
    polarity=Polarity.CARE,
    strength=Strength.WEAK,
    cannot_see="records kept elsewhere, and whether they speak of model and data",
    fix="Write down each decision about model and data in one page: what, why, what else was weighed.",
    version=1,
    applies_to=CODE,
    look=decisions_recorded,
)
RISK_ASSESSMENT_PRESENT = Detector(
    id="risk-assessment-present",
    statement="An assessment of risk is kept with the code",
    area="PRO",
    questions=("PRO-08",),
    polarity=Polarity.CARE,
    strength=Strength.WEAK,
    cannot_see="assessments kept elsewhere, their dates, and who checked them",
    fix="Keep a dated assessment for each model, with a review date and somebody outside the team who checks it.",
    version=3,
    applies_to=PRODUCTS,
    look=risk_assessment_present,
)
RUNBOOK_PRESENT = Detector(
    id="runbook-present",
    statement="Steps for an alarm are kept with the code",
    area="MON",
    questions=("MON-10",),
    polarity=Polarity.CARE,
    strength=Strength.WEAK,
    cannot_see="runbooks kept elsewhere, who is on call, and whether the steps were ever tried",
    fix="Write the steps for each alarm, name who takes them, and try them once a quarter.",
    version=2,
    applies_to=PRODUCTS,
    look=runbook_present,
)
ALERT_RULES_KEPT = Detector(
    id="alert-rules-kept",
    statement="Alarms and dashboards are kept as code",
    area="MON",
    questions=("MON-10", "MON-11"),
    polarity=Polarity.CARE,
    strength=Strength.STRONG,
    cannot_see="rules kept in another repository or a console, and whether anybody is called",
    fix="Keep limits and dashboards with the code, and review each alarm that called nobody to act.",
    version=1,
    applies_to=PRODUCTS,
    look=alert_rules_kept,
)

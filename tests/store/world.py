"""A small world to keep: a checklist, a scoring version, systems, an open assessment and answers to it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date

from store.comment_records import CommentRecord
from store.plan_records import ActionRecord, EstimateRecord, PlanSettings
from store.records import (
    AnswerRecord,
    AssessmentRecord,
    EvidenceRecord,
    FloorDecision,
    Records,
    ScoreRow,
    SystemRecord,
    TokenRecord,
)
from store.target_records import TargetRecord
from store.version_records import CarriedRecord, MoveRecord, SealedDoubt

AT = "2026-11-20T14:02:11.123Z"
LATER = "2026-11-20T14:05:00.000Z"
CHECKLIST = "c" * 64
SCORING = "s" * 64


def a_system(system_id="churn", *, name="Churn", team="Growth", demonstration=False, **more):
    return SystemRecord(
        system_id=system_id,
        name=name,
        team=team,
        decides="who gets a call",
        affected="customers",
        switches=frozenset({"agents"}),
        demonstration=demonstration,
        created_at=AT,
        **more,
    )


def an_assessment(assessment_id="churn-2026Q4", *, system_id="churn", period="2026Q4", previous=None):
    return AssessmentRecord(
        assessment_id=assessment_id,
        system_id=system_id,
        period=period,
        checklist_id=CHECKLIST,
        scope="all",
        switches=frozenset({"agents"}),
        previous=previous,
        opened_at=AT,
        opened_by="ada",
    )


def an_answer(question_id="ENT-01", level=2, *, by="ada", state="answered", **more):
    return AnswerRecord(question_id=question_id, state=state, level=level, changed_at=AT, changed_by=by, **more)


def evidence(evidence_id="e" * 64, *, system_id="churn", at=AT):
    return EvidenceRecord(
        evidence_id=evidence_id,
        system_id=system_id,
        repository="churn",
        commit_id="4f2a",
        collector="1",
        body=json.dumps({"signals": ["ü", evidence_id]}),
        collected_at=at,
        collected_by="ada",
    )


def a_decision(decision="overridden", reason="the pin is in the image"):
    return FloorDecision(
        question_id="CFG-01",
        signal_id="config_in_code",
        decision=decision,
        reason=reason,
        decided_at=AT,
        decided_by="ada",
    )


def a_score(area="", estimate=0.25, *, system_id="churn", period="2026Q4", assessment_id="churn-2026Q4", change_seq=0):
    return ScoreRow(
        system_id=system_id,
        period=period,
        assessment_id=assessment_id,
        area=area,
        estimate=estimate,
        low=0.1,
        high=0.9,
        coverage=1.0,
        band="B",
        change_seq=change_seq,
    )


def keep_versions(records: Records) -> None:
    records.keep_checklist(CHECKLIST, "ml-debt", "1", "Debt of ML systems", '{"areas":[]}', AT)
    records.keep_scoring(SCORING, "1", "{}", AT)


def a_world(records: Records) -> None:
    """One system with one open assessment."""
    keep_versions(records)
    records.add_system(a_system())
    records.open_assessment(an_assessment())


def document_of(records: Records, assessment_id="churn-2026Q4") -> tuple[str, str]:
    """A document of the answers that stand, and its hash."""
    answers = records.answers(assessment_id)
    document = json.dumps({question: [answers[question].level, answers[question].rev] for question in sorted(answers)})
    return document, hashlib.sha256(document.encode()).hexdigest()


def seal(records: Records, assessment_id="churn-2026Q4"):
    records.hold(assessment_id)
    return records.seal(assessment_id, *document_of(records, assessment_id), LATER, "ada", SCORING)


def a_token(token_id="t-1", *, system_id="churn", name="CI", at=AT):
    return TokenRecord(token_id=token_id, system_id=system_id, name=name, made_at=at, made_by="ada")


def an_action(action_id="a-1", *, system_id="churn", period="2026Q4", question_id="ENT-01", **more):
    return ActionRecord(
        action_id=action_id,
        system_id=system_id,
        period=period,
        assessment_id=f"{system_id}-{period}",
        question_id=question_id,
        title="Difference report",
        **({"owner": "bo", "due": date(2026, 12, 11), "link": "https://t.example/7"} | more),
        target=1,
        planned_days=9.5,
        benefit_days=12.25,
        horizon_quarters=4,
        debt_before=0.75,
        debt_target=0.25,
        effort_class="M",
        made_at=AT,
        made_by="ada",
        changed_at=AT,
        changed_by="ada",
    )


def an_estimate(question_id="ENT-01", effort=(2.0, 5.0, 12.0), friction=None, *, by="ada"):
    return EstimateRecord(question_id=question_id, effort=effort, friction=friction, changed_at=AT, changed_by=by)


def a_target(**more):
    return TargetRecord(
        **{
            "system_id": "churn",
            "pack": "ml-debt",
            "debt": 0.375,
            "by_period": "2027Q2",
            "from_debt": 0.5625,
            "from_period": "2026Q4",
            "set_at": AT,
            "set_by": "ada",
        }
        | more
    )


def a_comment(comment_id="c-1", *, body="not yet", **more):
    given = {"system_id": "churn", "action_id": "a-1", "said_at": AT, "said_by": "ada"} | more
    return CommentRecord(comment_id=comment_id, body=body, **given)


def done(action, days=12.5, *, by="bo"):
    """The action as somebody closes it."""
    return replace(
        action, state="done", actual_days=days, friction_gone=True, closed_at=LATER, changed_at=LATER, changed_by=by
    )


def plan(records: Records, system_id: str, period: str, team: str) -> None:
    """Everything a plan can have: an open action and a done one, an estimate, settings, class values."""
    records.plans.add_action(an_action(f"{system_id}-1", system_id=system_id, period=period))
    other = an_action(f"{system_id}-2", system_id=system_id, period=period, question_id="CFG-01")
    records.plans.change_action(done(records.plans.add_action(other)), 1, "done")
    records.plans.save_estimate(system_id, an_estimate(), 0)
    records.plans.save_settings(system_id, PlanSettings(budget_days=20), 0, AT, "ada")
    records.plans.adopt_class_values(team, "ml-debt", '{"M":12}', 0, AT, "ada")


def keep_versions_apart(records: Records, assessment_id: str, period: str) -> None:
    """What lets checklists and answers change without changing what was: a move, a carried answer, a confirmation."""
    records.versions.add_move(
        period,
        MoveRecord(
            assessment_id=assessment_id, seq=1, from_checklist=CHECKLIST, to_checklist=CHECKLIST, moved_at=AT,
            moved_by="ada",
        ),
    )  # fmt: skip
    carried = CarriedRecord(question_id="ENT-01", rev=1, origin_assessment=assessment_id, origins=("OLD-01",), move=1)
    records.versions.add_carried(period, assessment_id, [carried])
    records.confirm(assessment_id, "ENT-01", 1, at=LATER, by="bo")
    doubt = SealedDoubt(question_id="ENT-01", why="changed", since="2026-11-02", paths=("tr\u00e4in.py",), commits=4)
    records.versions.seal_doubts(period, assessment_id, [doubt])


def fill(records: Records, system_id: str, periods: list[str], *, demonstration: bool) -> None:
    """A system with everything a system can have, closed in every period but the last."""
    keep_versions(records)
    records.add_system(a_system(system_id, name=system_id, team=f"Team {system_id}", demonstration=demonstration))
    previous = None
    for period in periods:
        assessment_id = f"{system_id}-{period}"
        records.open_assessment(an_assessment(assessment_id, system_id=system_id, period=period, previous=previous))
        for question in ("ENT-01", "CFG-01"):
            records.save_answer(assessment_id, an_answer(question), 0)
        records.clear_answer(assessment_id, "CFG-01", 1, LATER, "ada")
        kept = evidence(f"{system_id}{period}".ljust(64, "0"), system_id=system_id)
        records.keep_evidence(kept)
        records.attach_evidence(assessment_id, kept.evidence_id, AT, "ada")
        records.decide_floor(assessment_id, a_decision())
        records.decide_floor(assessment_id, a_decision("accepted", ""))
        records.put_scores(
            assessment_id,
            SCORING,
            [a_score(area, system_id=system_id, period=period, assessment_id=assessment_id) for area in ("", "ENT")],
        )
        keep_versions_apart(records, assessment_id, period)
        if period != periods[-1]:
            seal(records, assessment_id)
        previous = assessment_id
    for name in ("CI", "nightly"):
        records.add_token(
            a_token(f"{system_id}-{name}", system_id=system_id, name=name),
            hashlib.sha256(f"{system_id} {name}".encode()).hexdigest(),
        )
    records.revoke_token(system_id, f"{system_id}-nightly", LATER, "ada")
    plan(records, system_id, periods[0], f"Team {system_id}")

"""Withdraw a sealed quarter that was found wrong: it stays readable, counts nowhere, and can be assessed anew."""

from __future__ import annotations

from operations.assessments import find_assessment
from operations.authorize import Action, Actor, permitted
from operations.wording import NOTE_MAX, clean
from operations.workplace import Workplace
from store.records import AssessmentRecord, Records


@permitted(Action.WITHDRAW_ASSESSMENT)
def withdraw_assessment(workplace: Workplace, actor: Actor, *, assessment_id: str, reason: str) -> AssessmentRecord:
    """Mark a closed quarter as found wrong, with the reason in writing. Nothing in it changes, and it never comes back.

    It is left out of trends, portfolio and comparisons from now on; its answers and its sealed document stay to be
    read. Raises NotFound, InvalidInput (no reason), Conflict (open, or withdrawn before).
    """
    because = clean(reason, field="reason", longest=NOTE_MAX, required=True)

    def work(records: Records) -> AssessmentRecord:
        find_assessment(records, assessment_id)
        withdrawn = records.withdraw(assessment_id, because, at=workplace.now(), by=actor.name)
        records.audit(
            at=workplace.now(),
            actor=actor.name,
            action="withdraw assessment",
            subject=assessment_id,
            detail=f"{withdrawn.period} {withdrawn.document_sha256}: {because}",
        )
        return withdrawn

    return workplace.store.write(work)


@permitted(Action.READ)
def list_withdrawn(workplace: Workplace, _actor: Actor, *, system_id: str) -> tuple[AssessmentRecord, ...]:
    """The withdrawn quarters of a system, by quarter; none for a system that is not there."""
    return tuple(workplace.store.read(lambda records: records.withdrawn_of(system_id)))

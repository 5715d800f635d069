"""What is in the database before a journey starts, entered through the operations a user uses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from operations.assessments import Choice, answer_question, open_assessment, read_questionnaire
from operations.authorize import Actor
from operations.periods import period_of
from operations.records import AssessmentRecord
from operations.systems import create_system
from operations.workplace import Workplace, open_workplace

QUARTER = period_of(datetime.now().astimezone().date())
ADA = Actor(name="Ada", local=True)


@contextmanager
def workplace_at(database: Path) -> Iterator[Workplace]:
    """The database of a running server, opened beside it."""
    workplace = open_workplace(database)
    try:
        yield workplace
    finally:
        workplace.close()


def open_system(
    workplace: Workplace, name: str, *, team: str = "Growth", answers: int = 0, level: int = 2, **about: str
) -> AssessmentRecord:
    """A system whose present quarter is open, with the first `answers` core questions answered."""
    system = create_system(workplace, ADA, name=name, team=team, **about)
    opened = open_assessment(workplace, ADA, system_id=system.system_id, period=QUARTER)
    questions = read_questionnaire(workplace, ADA, assessment_id=opened.assessment_id).questions
    for question in questions[:answers]:
        answer_question(
            workplace, ADA, assessment_id=opened.assessment_id, question_id=question.id, expected_rev=0,
            choice=Choice(state="answered", level=level),
        )  # fmt: skip
    return opened


def link(assessment: AssessmentRecord, question: str = "ENT-01") -> str:
    """The address of a question."""
    return f"/assess?system={assessment.system_id}&period={assessment.period}&question={question}"

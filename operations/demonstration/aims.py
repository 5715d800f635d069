"""What the demonstration's teams want their debt to come down to, and what they say in the course of their actions."""

from __future__ import annotations

from dataclasses import dataclass

from operations.demonstration.story import PRESENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A target, set after the quarter `quarter` was closed; `person` is a place in the story's people."""

    story: str  #: its name, "" for the portfolio
    area: str = ""
    debt: float
    by: int  #: the quarter at whose end it is to be reached
    quarter: int
    person: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A comment on the action of a question, said in the quarter `quarter`; `before` is what it said at first."""

    story: str
    question: str
    quarter: int
    person: int
    text: str
    before: str = ""


AIMS = (
    Aim(story="Card fraud screening", debt=0.4, by=PRESENT - 1, quarter=3),
    Aim(story="House price estimate", debt=0.375, by=PRESENT, quarter=3),
    Aim(story="Product recommendations", area="FBL", debt=0.375, by=PRESENT - 1, quarter=3),
    Aim(story="", debt=0.4, by=PRESENT + 2, quarter=4),
    Aim(story="House price estimate", area="FBL", debt=0.4, by=PRESENT + 1, quarter=4, person=2),
    Aim(story="Store demand forecast", area="DAT", debt=0.375, by=PRESENT + 1, quarter=4, person=1),
)

COMMENTS = (
    Said(
        story="Store demand forecast",
        question="RPG-09",
        quarter=5,
        person=1,
        text="Waste fell in seven of ten stores since. The other three ordered by hand.",
    ),
    Said(
        story="Card fraud screening",
        question="DAT-03",
        quarter=6,
        person=1,
        text="The old checks stop the pipeline at night. Somebody has to be on call before they come back.",
    ),
    Said(
        story="Card fraud screening",
        question="DAT-03",
        quarter=6,
        person=0,
        text="Operations agreed. We start with two of the five checks.",
    ),
    Said(
        story="House price estimate",
        question="FBL-07",
        quarter=6,
        person=2,
        text="Two districts said no, the third one takes part from December.",
        before="One district said no.",
    ),
    Said(
        story="Lead scoring",
        question="ENT-05",
        quarter=6,
        person=1,
        text="Finance still reads the table every morning. Their own view is half built.",
    ),
)

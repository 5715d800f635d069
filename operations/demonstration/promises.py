"""What the demonstration's teams decided to repay, what it really took them, and how they plan the present quarter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from operations.records import PlanSettings
from scoring.plan_terms import TeamEstimate, ThreePoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One action: decided after the quarter `planned` was closed, by the person at `owner` in the story's people."""

    question: str
    title: str
    planned: int
    target: int
    owner: int | None = 0  #: None: nobody has taken it yet
    link: str = ""
    due_days: int | None = None  #: after it was decided; None: at the end of the present quarter
    done: int | None = None  #: the quarter in which it was done
    took: float = 0.0  #: person-days, once done
    gone: bool | None = None  #: whether the extra work went away
    dropped: str = ""  #: why it was given up, in the quarter after it was planned


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """How one system's team plans."""

    promises: tuple[Promise, ...] = ()
    estimates: tuple[TeamEstimate, ...] = ()  #: given when the last quarter was closed
    settings: PlanSettings | None = None


def _done(
    question: str,
    title: str,
    quarters: tuple[int, int],
    target: int,
    took: float,
    *,
    gone: bool | None = True,
    owner: int = 0,
) -> Promise:
    """An action that was done: planned in the first of `quarters`, done in the second."""
    return Promise(
        question=question,
        title=title,
        planned=quarters[0],
        done=quarters[1],
        target=target,
        took=took,
        gone=gone,
        owner=owner,
        due_days=75,
    )


Three = tuple[float, float, float]  #: best, likely and worst case


def _guess(question: str, effort: Three | None = None, friction: Three | None = None) -> TeamEstimate:
    """What a team expects of a question: person-days, and person-days per quarter."""

    def points(three: Three | None) -> ThreePoint | None:
        return None if three is None else ThreePoint(low=three[0], likely=three[1], high=three[2])

    return TeamEstimate(question=question, effort=points(effort), friction=points(friction))


#: By the name of the story. What was done is what the answers of the next quarter show.
PLANNING: Mapping[str, Planning] = {
    "House price estimate": Planning(
        promises=(
            _done("DAT-06", "Test both codes on the same houses", (1, 2), 2, 12.5, owner=1),
            _done("DAT-01", "Write down every source with an owner", (2, 3), 1, 14, owner=2),
            _done("DAT-02", "Check columns and units on arrival", (2, 3), 2, 17.5, owner=1),
            _done("DAT-03", "Check ranges and age of the four sources", (2, 3), 1, 6, owner=2),
            _done("DAT-09", "Dated export folders, kept for two years", (3, 4), 1, 13, gone=False),
            _done("MON-03", "Watch volume and missing values by source", (3, 4), 2, 16, owner=1),
            _done("CFG-03", "Typed settings, read before anything starts", (4, 5), 1, 5.5, owner=1),
            Promise(
                question="FBL-07",
                title="Leave one district without our range, as a control group",
                planned=5,
                target=1,
                owner=2,
                due_days=21,
                link="https://tracker.example/PRICE-212",
            ),
            Promise(
                question="ENT-10",
                title="Difference report by district for every new model",
                planned=5,
                target=1,
                link="https://tracker.example/PRICE-215",
            ),
        ),
        estimates=(_guess("FBL-07", (6, 10, 20), (1, 2, 5)), _guess("ENT-10", (3, 5, 9))),
        settings=PlanSettings(budget_days=30, pinned=frozenset({"FBL-07"})),
    ),
    "Store demand forecast": Planning(
        promises=(
            _done("RPG-01", "A service account for the nightly run", (2, 3), 2, 15),
            _done("RPG-02", "Rebuild the live model from its notes", (2, 3), 2, 13.5, owner=1),
            _done("ENT-10", "Old against new on last month's sales", (3, 4), 2, 14.5),
            _done("DAT-02", "Check the format of the article list", (3, 4), 2, 9.5, owner=1),
            _done("TST-04", "Fixed seeds and a lock file", (3, 4), 2, 16.5, gone=False),
            _done("TST-05", "Show which model is live", (3, 4), 2, 7, owner=1),
            _done("MON-04", "Bounds on every order", (3, 4), 1, 6.5),
            _done("CFG-01", "All settings in one file under review", (3, 4), 1, 8.5, gone=False, owner=1),
            _done("RPG-09", "Compare forecast error with waste and empty shelves", (4, 5), 1, 11.5),
            Promise(
                question="DAT-01",
                title="Put the weather source on the list, with an owner",
                planned=5,
                target=0,
                owner=1,
                due_days=18,
            ),
            Promise(
                question="FBL-02",
                title="Order by hand in ten stores every month, not twice a year",
                planned=5,
                target=1,
                link="https://tracker.example/FRESH-88",
            ),
        ),
        estimates=(_guess("FBL-02", (8, 14, 30)), _guess("DAT-01", friction=(1, 2, 4))),
        settings=PlanSettings(budget_days=20, horizon_quarters=6),
    ),
    "Product recommendations": Planning(
        promises=(
            _done("FBL-01", "Draw the loop with the shop managers", (2, 3), 2, 4, owner=1),
            _done("FBL-07", "A group of visitors without recommendations", (3, 4), 1, 15),
            _done("MON-04", "No supplier above a fifth of all places", (4, 5), 1, 5, gone=False),
        ),
    ),
    "Lead scoring": Planning(
        promises=(
            Promise(
                question="ENT-05",
                title="Close the table and give finance a view of its own",
                planned=5,
                target=1,
                due_days=20,
                link="https://tracker.example/SALES-41",
            ),
            Promise(
                question="CFG-07",
                title="Replace the trade-fair weight by one that is learnt",
                planned=5,
                target=1,
                owner=1,
            ),
        ),
        settings=PlanSettings(budget_days=15),
    ),
    "Card fraud screening": Planning(
        promises=(
            Promise(
                question="FBL-02",
                title="Let a random share of blocked payments through again",
                planned=5,
                target=1,
                due_days=14,
                link="mailto:risk-board@example.org",
            ),
            Promise(
                question="DAT-03",
                title="Bring back the checks that were switched off",
                planned=5,
                target=1,
                owner=1,
                due_days=20,
            ),
            Promise(
                question="ENT-08",
                title="Record the settings of every live model",
                planned=5,
                target=1,
                link="https://tracker.example/FRAUD-309",
            ),
            Promise(
                question="RPG-02",
                title="Rebuild the model from scratch once",
                planned=4,
                target=0,
                dropped="The move to the new cluster takes everybody's time; we decide anew when it is done.",
            ),
        ),
        estimates=(
            _guess("FBL-02", (10, 18, 40), (4, 8, 20)),
            _guess("DAT-03", (2, 4, 8)),
            _guess("ENT-08", (4, 6, 15)),
        ),
        settings=PlanSettings(budget_days=40, pinned=frozenset({"DAT-03"}), excluded=frozenset({"RPG-02"})),
    ),
    "Ticket sorting": Planning(
        promises=(
            _done("TST-04", "Pin the versions of the training image", (2, 3), 2, 11),
            Promise(
                question="FBL-07",
                title="Sort a few tickets by hand, to see what the model adds",
                planned=5,
                target=1,
                owner=None,
            ),
        ),
        settings=PlanSettings(budget_days=12),
    ),
}

"""Which of the invented systems feed each other: a hub, a loop nobody planned, and one consumer left undeclared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from operations.authorize import Action, Actor, permitted
from operations.connections import declare_connection
from operations.workplace import Workplace
from store.connection_records import DATA, FEATURES, OUTPUTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """One connection as its people tell it."""

    source: str
    target: str
    kind: str
    name: str = ""
    words: str
    by: str


#: What lead scoring writes and the recommendations read stands in their repositories and in no list: that is the point.
TIES = (
    Tie(
        source="Customer churn", target="Product recommendations", kind=OUTPUTS, name="crm.churn_scores",
        words="Offers go first to customers who are about to leave", by="Marta Silva",
    ),
    Tie(
        source="Product recommendations", target="Store demand forecast", kind=DATA, name="web.clicks_daily",
        words="What is shown is clicked, and clicks count as demand", by="Noor Jansen",
    ),
    Tie(
        source="Store demand forecast", target="Customer churn", kind=FEATURES, name="stock_features",
        words="Empty shelves count as a reason to leave", by="Noor Jansen",
    ),
    Tie(
        source="Card fraud screening", target="Customer churn", kind=FEATURES, name="payment_features",
        words="Refused payments in the last 30 days", by="Marta Silva",
    ),
    Tie(
        source="Ticket sorting", target="Service assistant", kind=OUTPUTS, name="tickets-sorted",
        words="The assistant only answers what was sorted as simple", by="Daniel Roth",
    ),
    Tie(
        source="Ticket sorting", target="Customer churn", kind=DATA, name="service.tickets_weekly",
        words="Number of complaints", by="Marta Silva",
    ),
)  # fmt: skip


@permitted(Action.LOAD_DEMONSTRATION)
def tie_together(workplace: Workplace, actor: Actor, *, systems: Mapping[str, str]) -> None:
    """Declare the connections between systems that are there; `systems` are their ids by name."""
    for tie in TIES:
        if not {tie.source, tie.target} <= systems.keys():
            continue
        declare_connection(
            workplace,
            replace(actor, name=tie.by),
            system_id=systems[tie.source],
            feeds=systems[tie.target],
            kind=tie.kind,
            name=tie.name,
            words=tie.words,
        )

"""What every page starts from: who is here, and which system and quarter the page is about. The link is the truth."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from operations.authorize import Actor
from operations.errors import InvalidInput
from operations.periods import period_of, read_period
from operations.systems import present_team
from operations.workplace import Workplace, shared_workplace
from ui import session
from ui.identity import known_name

PROJECTOR = "projector"  #: the view of a link that a room looks at
NOBODY = "Somebody"  #: shown beside answers of people who gave no name


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where the person sits: the workplace and who they are."""

    workplace: Workplace
    actor: Actor


def desk() -> Desk:
    """The desk of the person looking at this page."""
    return Desk(workplace=shared_workplace(), actor=Actor(name=known_name() or NOBODY, local=True))


def from_link(key: str) -> str | None:
    """One id of the link, None when it is not there."""
    return st.query_params.get(key) or None


def team_from_link(here: Desk, key: str) -> str | None:
    """The team of the link by the name it goes by now; a link may be older than that name."""
    given = from_link(key)
    team = present_team(here.workplace, here.actor, team=given) if given else None
    put_in_link(**{key: team})
    return team


def put_in_link(**ids: str | None) -> None:
    """Make the link show these ids, so that it can be shared and reloaded; None takes one away."""
    for key, value in ids.items():
        if value is None:
            if key in st.query_params:
                del st.query_params[key]
        elif st.query_params.get(key) != value:
            st.query_params[key] = value


def chosen_system() -> str | None:
    """The system this page is about: from the link, else the one looked at last; kept in both."""
    system_id = from_link("system") or session.chosen_system()
    session.choose_system(system_id)
    put_in_link(system=system_id)
    return system_id


def chosen_period() -> str | None:
    """The quarter this page is about: from the link, else the one looked at last. A broken one counts as none."""
    given = from_link("period") or session.chosen_period()
    try:
        period = read_period(given) if given else None
    except InvalidInput:
        period = None
    session.choose_period(period)
    return period


def present_period(here: Desk) -> str:
    """The quarter today lies in."""
    return period_of(here.workplace.today())

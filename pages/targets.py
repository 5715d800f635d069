"""Targets: the debt to come down to and by when; how far each is, and the form that sets, changes and withdraws one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypedDict
from urllib.parse import urlencode

import streamlit as st

from checklists.reader import DEFAULT_PACK
from operations.errors import Conflict, InvalidInput, StoreError
from operations.periods import shift
from operations.records import PORTFOLIO, WHOLE, SystemRecord, TargetRecord
from operations.systems import list_systems
from operations.targets import Place, TargetView, read_debt, read_targets, set_target, undo_target, withdraw_target
from operations.workplace import shipped_checklist
from pages.place import Desk, present_period
from scoring.bands import BAND_WORDS
from scoring.targets import Pace, limit_of
from ui import numbers, problems, session
from ui.action_board import CellKind, ListedAction, action_table
from ui.target_words import distance_words, pace_words, target_figure
from ui.text import plain

QUARTERS_AHEAD = 12  #: that the form offers
FIRST_AHEAD = 2  #: the one it proposes
CHANGED = "target"  #: under this name the tab remembers what it changed last
DID: Final[Mapping[str, str]] = {
    "set": "set", "changed": "changed", "withdrawn": "withdrawn", "undone": "as it was before",
}  # fmt: skip


class Spot(TypedDict):
    """What a target is of, as the operations take it."""

    system_id: str
    area: str
    pack: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose targets the form sets: the portfolio's or a system's."""

    system_id: str = PORTFOLIO
    name: str = "the portfolio"
    pack: str = DEFAULT_PACK
    areas: Mapping[str, str] = field(default_factory=lambda: {WHOLE: "All areas"})  #: id -> title, "" for all areas
    debts: Mapping[str, float] = field(default_factory=dict)  #: those that are rated now, by area id


def draw_targets(here: Desk, *, pack: str = DEFAULT_PACK) -> None:
    """The targets of the portfolio and of all systems, those behind first, and the one button."""
    st.header("Targets", anchor=False)
    views = read_targets(here.workplace, here.actor, pack=pack)
    systems = {system.system_id: system for system in list_systems(here.workplace, here.actor)}
    just_changed(here, PORTFOLIO, pack)
    whole = views.get((PORTFOLIO, WHOLE))
    if whole is None:
        st.markdown("The portfolio has no target. Say what its debt is to come down to, and by when.")
    else:
        st.markdown(plain(f"The portfolio: {distance_words(whole.target, whole.distance)}"))
    target_button(here, views, Whose(pack=pack, debts=_rated(whole)))
    rows = _rows(views, systems)
    if rows:
        action_table("The targets of systems and areas", HEADS, rows, key="targets")
    st.caption("Targets of a system and of its areas are set on the system’s own page.")


def _rated(view: TargetView | None) -> dict[str, float]:
    estimate = None if view is None else view.distance.estimate
    return {} if estimate is None else {WHOLE: estimate}


def draw_system_targets(here: Desk, views: Mapping[Place, TargetView], whose: Whose) -> None:
    """The targets of one system in words, those behind first, and the button that sets another."""
    just_changed(here, whose.system_id, whose.pack)
    mine = sorted(
        (view for (system_id, _), view in views.items() if system_id == whose.system_id),
        key=lambda view: (bool(view.target.area), _ORDER.index(view.distance.pace)),
    )
    said = [
        f"{whose.areas.get(view.target.area, view.target.area)}: {distance_words(view.target, view.distance)}"
        for view in mine
    ] or ["What is the debt to come down to, and by when? No target is set yet."]
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        target_button(here, views, whose)
        st.markdown("  \n".join(plain(sentence) for sentence in said), width="content")


_ORDER = (Pace.MISSED, Pace.BEHIND, Pace.UNKNOWN, Pace.ON_THE_WAY, Pace.REACHED)


HEADS: tuple[tuple[str, CellKind], ...] = (
    ("System", ""), ("Area", ""), ("Debt", "number"), ("Target", "number"), ("By", "short"), ("To go", "number"),
    ("State", "short"),
)  # fmt: skip


def _rows(views: Mapping[Place, TargetView], systems: Mapping[str, SystemRecord]) -> list[ListedAction]:
    """Each target as a row that leads to its system, those behind first."""
    titles = {area.id: area.title for area in shipped_checklist().areas}
    listed = sorted(
        (view for (system_id, _), view in views.items() if system_id in systems),
        key=lambda view: (_ORDER.index(view.distance.pace), systems[view.target.system_id].name, view.target.area),
    )
    return [
        ListedAction(
            id=view.target.system_id,
            href=f"/system?{urlencode({'system': view.target.system_id})}",
            cells=(
                systems[view.target.system_id].name,
                titles.get(view.target.area, view.target.area or "All areas"),
                numbers.debt(view.distance.estimate),
                target_figure(view.target),
                numbers.period(view.target.by_period or ""),
                "" if view.distance.gap is None else str(max(0, numbers.points(view.distance.gap))),
                pace_words(view.distance),
            ),
            late=6 if view.distance.pace in {Pace.MISSED, Pace.BEHIND} else 0,
        )
        for view in listed
    ]


def target_button(here: Desk, views: Mapping[Place, TargetView], whose: Whose, *, area: str = WHOLE) -> None:
    """The button that opens the form for the targets of the portfolio or of a system, at first for `area`."""
    stands = (whose.system_id, area) in views
    key = session.widget_key("target", whose.system_id or "portfolio", area or "all", str(len(whose.areas)))
    label = "Set targets…" if len(whose.areas) > 1 else "Change the target…" if stands else "Set a target…"
    if st.button(label, key=key, icon=":material/flag:"):
        ask_target(here, views, whose, area, here.workplace.now())


@st.dialog("Set a target")
def ask_target(here: Desk, views: Mapping[Place, TargetView], whose: Whose, area: str, opened: str) -> None:
    """Ask for a debt or a letter, and a quarter; of a system also for which area."""
    chosen = area
    if len(whose.areas) > 1:
        ids = list(whose.areas)
        chosen = st.selectbox(
            "Of", ids, index=ids.index(area) if area in ids else 0, format_func=lambda one: whose.areas[one],
            key=session.widget_key("target-of", whose.system_id, opened),
        )  # fmt: skip
    view = views.get((whose.system_id, chosen))
    target = None if view is None else view.target
    name = whose.name if not chosen else f"{whose.areas.get(chosen, chosen)} of {whose.name}"
    now = whose.debts.get(chosen)
    at = f" It is at {numbers.debt(now)}." if now is not None else ""
    st.markdown(plain(f"What is the debt of {name} to come down to?{at}"))
    present = present_period(here)
    quarters = [shift(present, ahead) for ahead in range(QUARTERS_AHEAD + 1)]
    if target is not None and target.by_period is not None and target.by_period not in quarters:
        quarters.append(target.by_period)
    standing = quarters[FIRST_AHEAD] if target is None or target.by_period is None else target.by_period

    def field(name: str) -> str:
        return session.widget_key(f"target-{name}", whose.system_id or "portfolio", chosen or "all", opened)

    with st.form("set-target", border=False):
        debt, by = st.columns(2)
        said = debt.text_input(
            "Debt, 0 to 100, or a letter", "" if target is None or target.debt is None else f"{target.debt * 100:g}",
            key=field("debt"), max_chars=20, placeholder="40 or C", help=LETTERS,
        )  # fmt: skip
        quarter = by.selectbox(
            "By the end of", quarters, index=quarters.index(standing), format_func=numbers.period, key=field("by")
        )
        with st.container(horizontal=True):
            save = st.form_submit_button("Save the target", type="primary")
            withdraw = target is not None and st.form_submit_button("Withdraw it")
    if not save and not withdraw:
        return
    spot: Spot = {"system_id": whose.system_id, "area": chosen, "pack": whose.pack}
    rev = target.rev if target is not None else 0
    try:
        if withdraw:
            kept = withdraw_target(here.workplace, here.actor, **spot, expected_rev=rev)
        else:
            kept = set_target(
                here.workplace, here.actor, **spot, debt=read_debt(said or ""), by_period=quarter or "",
                expected_rev=rev,
            )  # fmt: skip
    except Conflict as faster:
        problems.problem(f"Not saved: {what_stands(faster)}")
        return
    except (InvalidInput, StoreError) as refusal:
        problems.problem(f"Not saved: {refusal}")
        return
    session.note_decided(CHANGED, "|".join((kept.system_id, kept.pack, kept.area, str(kept.rev), kept.what)))
    session.say_after_rerun(f"The target is {DID[kept.what]}.")
    st.rerun()


def what_stands(faster: Conflict) -> str:
    """What somebody else set while this form was open, and how to go on: the form itself still knows the one before."""
    now = faster.current
    if not isinstance(now, TargetRecord) or now.debt is None or now.by_period is None:
        return f"{faster} Close this form and open it again to set yours."
    stands = f"{numbers.debt(now.debt)} by {numbers.period(now.by_period)}"
    said = f"{now.set_by} set this target to {stands} meanwhile."
    return f"{said} Keep it, or close this form and open it again to set yours."


LETTERS = "A letter stands for its upper limit: " + ", ".join(
    f"{letter} {numbers.debt(limit_of(letter))}, {words}" for letter, words in BAND_WORDS.items()
)


def just_changed(here: Desk, system_id: str, pack: str) -> None:
    """What this tab did last to a target of this system, with the way back."""
    said = session.last_decided(CHANGED).split("|")
    if len(said) != 5 or (said[0], said[1]) != (system_id, pack):
        return
    _, _, area, rev, what = said

    def undo() -> None:
        session.note_decided(CHANGED, "")
        try:
            undo_target(here.workplace, here.actor, system_id=system_id, area=area, pack=pack, expected_rev=int(rev))
        except (InvalidInput, StoreError) as refusal:
            problems.attention(f"Not changed: {refusal}")
        else:
            session.say_after_rerun("The target is as it was before.")

    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(f"The target{f' of {area}' if area else ''} is {DID[what]}."), width="content")
        st.button("Undo", key=session.widget_key("undo-target", system_id or "portfolio"), icon=":material/undo:",
                  on_click=undo)  # fmt: skip

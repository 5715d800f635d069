"""How the estimates held: planned against real days by effort class, and a team's own class values from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import streamlit as st

from operations.class_values import adopt_class_values
from operations.errors import InvalidInput, StoreError
from operations.plans import PlanView
from pages.place import Desk
from scoring.calibration import CLASS_MIN, CLOSED_MIN, Calibration, ClassCalibration
from ui import numbers, problems, session
from ui.small_table import TableColumn, small_table
from ui.text import plain

COLUMNS = (
    TableColumn(title="Effort class"),
    TableColumn(title="Planned → took", kind="number", note="days in all"),
    TableColumn(title="Times the plan", kind="number", note="middle, 90 % range"),
    TableColumn(title="Class value", note="days from level 4 to 0"),
)


def draw_calibration(here: Desk, view: PlanView) -> None:
    """What the team's done actions say of its estimates, once there are enough to say anything."""
    found: Calibration | None = view.calibration
    if found is None or not found.count:
        return
    st.subheader("How the estimates held", anchor=False)
    if found.missing:
        st.caption(
            f"{numbers.count(found.count, 'action')} of this team done; from {CLOSED_MIN} on, planned and real days "
            "are compared here. Fewer would be anecdotes."
        )
        return
    small_table(
        f"{numbers.count(found.count, 'done action')} of the team, planned from class values",
        COLUMNS,
        [_row(one) for one in found.classes],
        key=session.widget_key("calibration", view.system.system_id),
    )
    if found.friction_asked and found.friction_low is not None and found.friction_high is not None:
        st.markdown(
            f"The extra work went away after {found.friction_gone} of {found.friction_asked} actions: between "
            f"{numbers.points(found.friction_low)} and {numbers.points(found.friction_high)} % in the long run."
        )
    for smaller, larger in found.out_of_order:
        problems.notice(plain(f"With these values class {smaller} would cost as much as {larger} or more."))
    _adoption(here, view, found)


def _row(one: ClassCalibration) -> list[str]:
    if one.ratio is None:
        times = numbers.DASH
    elif one.low is None or one.high is None:
        times = f"{one.ratio:.1f}"
    else:
        times = f"{one.ratio:.1f} ({one.low:.1f}{numbers.DASH}{one.high:.1f})"
    if one.count < CLASS_MIN:
        value = f"{one.current_days:g}; too few actions to say more"
    elif one.proposed_days is None:
        value = f"{one.current_days:g}; it holds"
    elif one.clear:
        value = f"{one.current_days:g}; {one.proposed_days:g} fits better"
    else:
        value = f"{one.current_days:g}; {one.proposed_days:g} fits as well, which may be chance"
    days = f"{one.estimated_days:.0f} → {one.actual_days:.0f}"
    return [f"{one.effort}, {numbers.count(one.count, 'action')}", days, times, value]


def _adoption(here: Desk, view: PlanView, found: Calibration) -> None:
    """Take over the values that are more than chance, or go back; neither touches scores or what was planned."""
    clear = {one.effort: one.proposed_days for one in found.classes if one.clear and one.proposed_days is not None}
    values = view.class_values

    def adopt(own: dict[str, float] | None) -> None:
        classes = replace(values.classes, effort_days={**values.classes.effort_days, **own}) if own else None
        try:
            adopt_class_values(
                here.workplace, here.actor, team=values.team, values=classes, expected_rev=values.rev, pack=values.pack
            )
        except (InvalidInput, StoreError) as refusal:
            problems.attention(f"Not changed: {refusal}")
            return
        whose = "its own class values" if own else "the checklist's class values"
        session.say_after_rerun(f"{values.team} plans with {whose} from now on.")

    with st.container(horizontal=True, vertical_alignment="center"):
        if clear:
            named = ", ".join(f"{effort} = {days:g} days" for effort, days in clear.items())
            st.button(
                f"Plan with {named}", key="adopt-values", on_click=adopt, args=(clear,),
                help=f"For all systems of {values.team}. Scores and saved actions stay as they are.",
            )  # fmt: skip
        if values.adopted_at:
            st.button(
                "Back to the checklist's values", key="own-values", icon=":material/undo:", on_click=adopt, args=(None,)
            )
    if values.adopted_at:
        who = f" by {values.adopted_by}" if values.adopted_by else ""
        when = numbers.day(date.fromisoformat(values.adopted_at[:10]))
        st.caption(plain(f"{values.team} plans with its own class values, adopted on {when}{who}."))

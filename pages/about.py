"""About: version, database and its state, backup, verification, and the demonstration portfolio."""

from __future__ import annotations

import platform
from datetime import UTC
from pathlib import Path

import streamlit as st

from operations.demonstration import load_demonstration, remove_demonstration
from operations.errors import InvalidInput, StoreError
from operations.systems import list_systems
from operations.upkeep import back_up, read_health, verify
from operations.workplace import shipped_checklist
from operations.zones import choose_zone, read_zone_choice
from pages.place import Desk, desk
from ui import numbers, problems, session
from ui.text import plain
from version import VERSION


def about() -> None:
    """Draw the page."""
    here = desk()
    health = read_health(here.workplace, here.actor)
    st.title("Arrears is well" if not health.warnings else "Arrears works, with a remark", anchor=False)
    for warning in health.warnings:
        problems.warning(warning)
    checklist = shipped_checklist()
    st.dataframe(
        [
            {"What": "Arrears", "Value": VERSION},
            {"What": "Database", "Value": health.location},
            {"What": "Size", "Value": f"{health.size_bytes / 1_000_000:,.1f} MB"},
            {"What": "Engine", "Value": f"{health.engine} {health.version}"},
            {"What": "Schema", "Value": str(health.schema_version)},
            {
                "What": "Checklist",
                "Value": f"{checklist.title}, version {checklist.version}, {len(checklist.questions)} questions",
            },
            {"What": "Python", "Value": platform.python_version()},
            {"What": "Streamlit", "Value": st.__version__},
        ],
        hide_index=True,
        width="stretch",
    )
    _zone(here)
    _backup(here, health.location)
    _verify(here)
    _demonstration(here)
    st.header("What it does not do", anchor=False)
    st.markdown(
        "Arrears sends nothing anywhere: no telemetry, no calls to other machines. It listens on this machine only; "
        "whoever can read the database file can read the answers. The class values of the checklist are proposals "
        "made from the literature, not measurements."
    )


def _zone(here: Desk) -> None:
    """Whose midnight ends a quarter."""
    choice = read_zone_choice(here.workplace, here.actor)
    st.header("Time zone", anchor=False)
    today = numbers.day(here.workplace.today())
    st.markdown(plain(f"Quarters end at midnight of {choice.counts}, for everybody alike; there it is {today}."))
    trouble = session.trouble("zone", "zone")
    if trouble:
        problems.problem(trouble)
    key = session.widget_key("zone", "organisation")
    session.feed(key, choice.chosen, version=choice.chosen)
    otherwise = choice.named or f"the machine's own, {choice.machine}"

    def choose() -> None:
        session.set_trouble("zone", "zone", "")
        try:
            choose_zone(here.workplace, here.actor, name=str(session.widget_value(key) or ""))
        except (InvalidInput, StoreError) as refusal:
            session.set_trouble("zone", "zone", f"Not changed: {refusal}")

    st.selectbox(
        "The organisation's time zone", ["", *choice.offered], key=key, on_change=choose,
        format_func=lambda name: name or f"None chosen: {otherwise}",
        help="Quarters that are there keep the zone they were opened and closed in.",
    )  # fmt: skip


def _backup(here: Desk, location: str) -> None:
    st.header("Backup", anchor=False)
    st.caption("A backup is a whole copy in a new file, made while others go on working. Copy it to another disk.")
    stamp = here.workplace.clock().astimezone(UTC).strftime("%Y%m%d-%H%M%S")
    folder = Path(location).parent
    if st.button("Back up now", key="backup", icon=":material/save:"):
        try:
            path = back_up(here.workplace, here.actor, path=folder / f"arrears-backup-{stamp}.db")
        except (InvalidInput, StoreError) as trouble:
            problems.problem(f"No backup was made: {trouble}")
        else:
            st.success(plain(f"Saved {path} ({path.stat().st_size / 1_000_000:,.1f} MB)."))


def _verify(here: Desk) -> None:
    st.header("Verification", anchor=False)
    st.caption("Checks the audit chain, every sealed quarter's hash, and that each scores again to the same result.")
    if st.button("Verify now", key="verify", icon=":material/verified:"):
        with st.spinner("Checking"):
            verdict = verify(here.workplace, here.actor)
        if verdict.fault:
            problems.problem(verdict.fault)
        else:
            st.success(f"All well: {verdict.snapshots} sealed quarters and the audit chain.")


def _demonstration(here: Desk) -> None:
    st.header("Demonstration portfolio", anchor=False)
    loaded = any(system.demonstration for system in list_systems(here.workplace, here.actor))
    if loaded and st.button("Remove the demonstration", key="remove-demonstration", icon=":material/delete:"):
        remove_demonstration(here.workplace, here.actor)
        session.choose_system(None)
        session.say_after_rerun("The demonstration portfolio is removed.")
        st.rerun()
    if not loaded and st.button("Load the demonstration portfolio", key="load-demonstration"):
        load_demonstration(here.workplace, here.actor, progress=problems.progress("Making the demonstration"))
        session.say_after_rerun("The demonstration portfolio is loaded.")
        st.rerun()


about()

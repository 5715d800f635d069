"""What changed between two quarters of a system: the finding in words, the causes as bars, every changed question."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from checklists.checklist import Checklist
from operations.system_view import SystemView, compare_periods
from pages.place import Desk
from scoring.compare import Cause, Comparison, QuestionChange
from ui import numbers, problems
from ui.change_split import CAUSE_WORDS, change_split, level_sign, split_table
from ui.change_words import areas_words, basis_words, panel_words, verdict_words, yardstick_words
from ui.text import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two quarters of a system side by side."""

    before: str
    after: str
    comparison: Comparison
    checklist: Checklist


def latest_change(here: Desk, view: SystemView) -> Compared | None:
    """The latest quarter beside the one before; None with a single quarter."""
    if len(view.shown) < 2:
        return None
    before, after = view.shown[-2:]
    return _compare(here, view, before.period, after.period)


def _compare(here: Desk, view: SystemView, before: str, after: str) -> Compared:
    comparison, checklist = compare_periods(
        here.workplace, here.actor, system_id=view.system.system_id, before=before, after=after
    )
    return Compared(before=before, after=after, comparison=comparison, checklist=checklist)


def draw_change(here: Desk, view: SystemView, latest: Compared | None) -> None:
    """What changed between two quarters, question by question; `latest` is at hand already."""
    periods = [a.period for a in view.shown]  # quarters with another checklist ask other things
    if len(periods) < 2:
        return
    st.header("What changed", anchor=False)
    first, second = st.columns(2)
    before = first.selectbox(
        "From", periods[:-1], index=len(periods) - 2, format_func=numbers.period, key="from", bind="query-params"
    )
    later = [p for p in periods if p > before]
    after = second.selectbox(
        "To", later, index=len(later) - 1, format_func=numbers.period, key="to", bind="query-params"
    )
    at_hand = latest is not None and (latest.before, latest.after) == (before, after)
    chosen = latest if latest is not None and at_hand else _compare(here, view, before, after)
    comparison, checklist = chosen.comparison, chosen.checklist
    titles = {area.id: area.title for area in checklist.areas}
    changed, waiting = comparison.questions, 0
    if after == view.assessments[-1].period and view.latest is not None and view.assessments[-1].state == "open":
        answered = view.latest.answers  # what nobody has looked at yet has not changed
        changed = tuple(c for c in changed if c.after is None or c.id in answered)
        waiting = len(comparison.questions) - len(changed)
    if waiting:
        whole = comparison.system
        seen = f"{whole.counts.improved} improved, {whole.counts.worse} worse, {whole.counts.same} same"
        st.markdown(plain(f"So far: {seen}."))
    else:
        _finding(comparison, titles)
        change_split(comparison, checklist.questions, key=f"split-{view.system.system_id}-{before}-{after}")
        st.page_link(
            "movement.py", label="The whole way from one number to the other", icon=":material/waterfall_chart:",
            query_params={"system": view.system.system_id, "since": before, "until": after},
        )  # fmt: skip
    rows = [
        {
            "Question": checklist.questions[c.id].text if c.id in checklist.questions else c.id,
            "Id": c.id,
            "Before": level_sign(c, later=False),
            "After": level_sign(c, later=True),
            "Debt": numbers.change(c.after.debt - c.before.debt) if c.before and c.after else "",
            "Cause": _cause_words(c),
        }
        for c in changed
    ]
    if rows:
        with st.expander(plain(numbers.count(len(rows), "changed question")), expanded=bool(waiting)):
            st.dataframe(
                rows,
                hide_index=True,
                width="stretch",
                column_config={"Question": st.column_config.TextColumn(width="large")},
            )
        if not waiting and comparison.system.causes:
            with st.expander("The causes as a table, area by area"):
                st.dataframe(split_table(comparison, titles), hide_index=True, width="stretch")
    else:
        st.caption("No question changed.")
    if waiting:
        left_out = (
            f"{numbers.count(waiting, 'question is', 'questions are')} not answered yet in {numbers.period(after)}"
        )
        st.caption(f"{left_out} and left out.")
        st.caption("What each cause did to the number is shown once every question is answered.")


def _finding(comparison: Comparison, titles: dict[str, str]) -> None:
    """Words before bars: which way, how sure, which areas, who voted, and whether the yardstick moved."""
    whole = comparison.system
    st.markdown(f"**{plain(verdict_words(whole))}**")
    st.markdown(plain(basis_words(whole.verdict)))
    if areas := areas_words(comparison, titles):
        st.markdown(plain(areas))
    if comparison.panel.changed:
        problems.warning(panel_words(comparison.panel))
    elif panel := panel_words(comparison.panel):
        st.caption(plain(panel))
    if comparison.common_only:
        st.caption("The two quarters did not ask the same questions; numbers compare the common ones only.")
    if moved := yardstick_words(whole):
        st.caption(plain(moved))


def _cause_words(change: QuestionChange) -> str:
    """The causes; evidence that asks less than the answer admits is one too, and says that no number moved."""
    words = CAUSE_WORDS[change.cause]
    still = change.before is not None and change.after is not None and change.before.debt == change.after.debt
    if still and change.cause is Cause.EVIDENCE:
        return f"{words}; it changes no debt"
    others = [CAUSE_WORDS[cause] for cause in change.causes if cause is not change.cause]
    return " and ".join([words, *others])

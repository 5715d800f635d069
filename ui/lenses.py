"""Other views of the same answers: a pack's own unit, another pack's approximation, and repair over rebuilding."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from operations.lenses import LensView
from scoring.lenses import RATIO_GRID, RATIO_LAST, DebtRatio, LensItem, LensScore, Span, Standing
from scoring.plan_terms import DAYS_MAX
from scoring.readings import Said
from ui import numbers, problems, session
from ui.small_table import TableCell, TableColumn, small_table
from ui.text import plain

STANDING_WORDS = {
    Standing.UNKNOWN: "nobody knows yet",
    Standing.NOT_ASKED: "not asked in this assessment",
    Standing.NOT_APPLICABLE: "does not apply here; the published rule has no such answer",
    Standing.UNMAPPED: "no question of ours comes near it",
}
RATIO_IS_NOT = (
    "It counts what repaying would cost, one debt after the other, and nothing else. It knows no interest: a debt "
    "nobody ever meets weighs as much as one that hurts daily. And size drives it: the same debts in a system twice "
    "as costly to rebuild have half the ratio. The letters are those of that grid, not the bands of the heatmap."
)


def amount(value: float) -> str:
    """A number of a published unit with what decimals it needs, two at most: "3", "3.5", "2.25"."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def span_words(span: Span, unit: str) -> str:
    """A range in its unit: "3.5 points", "0 to 2.5 points"."""
    if span.certain:
        return f"{amount(span.low)} {unit}"
    return f"{amount(span.low)} to {amount(span.high)} {unit}"


def finding(lens: LensScore) -> str:
    """What the lens shows, in one sentence with the pack's own words."""
    span, title = span_words(lens.span, lens.unit), {area.id: area.title.lower() for area in lens.areas}
    low, high = lens.span.low_words, lens.span.high_words
    words = f": “{low}”" if low and low == high else f", from “{low}” to “{high}”" if low and high else ""
    weakest = [title[area] for area in lens.deciding]
    held = f" Held down by {' and '.join(weakest)}." if 0 < len(weakest) < len(lens.areas) else ""
    return f"About {span}{words}.{held}"


def draw_lens(lens: LensScore, *, key: str, exact: Callable[[], None]) -> None:
    """One approximation, folded: sections, where each item comes from, and the way to the exact pack (`exact`)."""
    with st.expander(
        plain(f"{lens.title}, approximated: {span_words(lens.span, lens.unit)}"), icon=":material/visibility:"
    ):
        st.markdown(plain(finding(lens)))
        known = sum(item.level is not None for item in lens.items)
        st.caption(
            plain(
                f"An approximation, not the {lens.title} itself: nobody answered its {lens.questions} questions. They "
                f"are read from answers to other questions, {known} of {lens.questions} of them known. What is not "
                "known counts as not done at the low end and as done at the high end."
            )
        )
        unasked = sum(item.standing is Standing.NOT_ASKED for item in lens.items)
        if unasked:
            st.caption(f"{unasked} of them are read from questions that were not asked; asking all narrows the range.")
        exact()
        small_table(
            f"{lens.title}, approximated, by section",
            [
                TableColumn(title="Section"),
                TableColumn(title=lens.unit.capitalize(), kind="number", note=f"of {amount(lens.areas[0].full)}"),
                TableColumn(title="Known", kind="number"),
            ],
            [
                [
                    area.title,
                    span_words(area.span, "").strip(),
                    TableCell(text=f"{area.known} of {len(area.items)}"),
                ]
                for area in lens.areas
            ],
            key=f"{key}-sections", caption_shown=False,
        )  # fmt: skip
        small_table(
            "Where each item comes from",
            [TableColumn(title="Item"), TableColumn(title="Read from"), TableColumn(title="Counted as")],
            [
                [f"{item.question.id} {item.question.text}", source_words(item), level_words(item)]
                for item in lens.items
            ],
            key=f"{key}-items",
        )  # fmt: skip


def source_words(item: LensItem) -> str:
    """The questions an item is read from; "nearest" where none of them asks the same."""
    if not item.read_from:
        return "nothing"
    return f"{'nearest: ' if item.nearest else ''}{', '.join(item.read_from)}"


def level_words(item: LensItem) -> str:
    """What an item gets, in the words of its own level, or why it gets none."""
    if item.level is None:
        return f"Open: {STANDING_WORDS[item.standing]}"
    return item.question.levels[item.level].text


def draw_own(view: LensView) -> None:
    """A checklist with a published unit, said in that unit: this one is exact."""
    whole, unit = view.own[0][1], view.checklist.aggregation.reading
    label = f"{view.checklist.title}: " + (said_words(whole) if whole else "nothing is answered yet")
    with st.expander(plain(label), expanded=True, icon=":material/straighten:"):
        if whole is not None and whole.words:
            st.markdown(plain(f"“{whole.words[:1].upper()}{whole.words[1:]}.”"))
        elif whole is not None:
            st.caption("Too little is known for a band; the range says what it could still be.")
        small_table(
            f"{view.checklist.title}, by section",
            [TableColumn(title="Section"), TableColumn(title=unit.unit.capitalize() if unit else "", kind="number")],
            [[title, said_words(said, unit=False) if said else numbers.DASH] for title, said in view.own],
            key=f"own-{view.assessment.assessment_id}", caption_shown=False,
        )  # fmt: skip


def said_words(said: Said, *, unit: bool = True) -> str:
    """A number in its published unit with its interval: "3.5 (1–5) points"."""
    between = "" if said.low == said.high else f" ({amount(said.low)}{numbers.DASH}{amount(said.high)})"
    return f"{amount(said.value)}{between}{f' {said.unit}' if unit else ''}"


def percent(ratio: float) -> str:
    """A ratio in whole percent; unlike a share it may be above 100, and a small one never reads 0."""
    return f"{max(1, numbers.points(ratio)) if ratio else 0} %"


def ratio_words(ratio: DebtRatio) -> Sequence[str]:
    """A ratio in two sentences a reader can check by hand."""
    words = [
        f"{percent(ratio.ratio)} ({ratio.rating}): repaying all {ratio.repaid} known debts takes "
        f"{numbers.days(ratio.principal_days)}, building the system anew {numbers.days(ratio.rebuild_days)}."
    ]
    if ratio.unknown:
        words.append(
            f"{numbers.count(ratio.unknown, 'question is', 'questions are')} not known and left out; in full debt they "
            f"would make it {percent(ratio.ratio_high)} ({ratio.rating_high})."
        )
    return words


def grid_words() -> str:
    """The published grid: "A up to 5 %, B up to 10 %, ... E beyond"."""
    return ", ".join([*(f"{letter} up to {limit:.0%}".replace("%", " %") for limit, letter in RATIO_GRID)]) + (
        f", {RATIO_LAST} beyond"
    )


def draw_ratio(view: LensView, *, save: Callable[[float | None], None]) -> None:
    """Repair over rebuilding, folded; without a rebuild cost only the field that asks for it."""
    system_id, ratio = view.system.system_id, view.ratio
    key, trouble = session.widget_key("rebuild", system_id), session.trouble(system_id, "rebuild")
    # One label always: with the number in it the panel would be a new one, closed under the hands of who enters a cost.
    with st.expander("Debt ratio in the manner of SQALE and Sonar", icon=":material/percent:", expanded=bool(trouble)):
        if trouble:
            problems.problem(trouble)
        for sentence in ratio_words(ratio) if ratio else ("Enter what building the system anew would cost to see it.",):
            st.markdown(plain(sentence))
        st.caption(plain(f"Grid: {grid_words()}. {RATIO_IS_NOT}"))
        session.feed(key, view.settings.rebuild_days, version=view.settings.rev)
        st.number_input(
            "What would building the system anew cost, in person-days?", min_value=0.0, max_value=DAYS_MAX, step=10.0,
            key=key, placeholder="Leave empty for no ratio", format="%g",
            on_change=lambda: save(session.widget_value(key) or None),
        )  # fmt: skip

"""A cell of the heatmap, opened: its sentence, what weighs most, every question, and how the number came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from evidence.readable import place
from operations.system_view import AreaView, QuestionLine
from scoring.bands import BAND_WORDS
from scoring.explain import Step
from scoring.score import Estimate
from ui import numbers
from ui.heatmap import interval_bar
from ui.text import plain

HEAVIEST = 3


def estimate_sentence(estimate: Estimate) -> str:
    """An estimate in one sentence a manager can read aloud."""
    if estimate.estimate is None:
        return "Nobody has answered anything here yet, so it is not rated."
    interval = numbers.interval(estimate.estimate, estimate.low, estimate.high)
    if estimate.band is None:
        return f"Debt {interval}; only {numbers.coverage(estimate.coverage)}, so it gets no letter yet."
    return f"Debt {interval}: {estimate.band}, {BAND_WORDS[estimate.band]}; {numbers.coverage(estimate.coverage)}."


FIGURE_WIDTH = 164  #: pixels: two figures stand side by side on a phone


def figures() -> DeltaGenerator:
    """A row for a page's few numbers; it breaks into two columns on a phone."""
    return st.container(horizontal=True, gap="small")


def figure(row: DeltaGenerator, label: str, value: str) -> None:
    """One number of the row."""
    row.metric(label, value, width=FIGURE_WIDTH)


def difference(
    row: DeltaGenerator, label: str, value: str, change: float | None, *, since: str, direction: str | None
) -> None:
    """A number with its change since a quarter; coloured only where the change is clear, "better" or "worse"."""
    if change is None:
        figure(row, label, value)
        return
    colour: Literal["red", "blue", "off"] = "off"
    if direction:
        colour = "red" if direction == "worse" else "blue"
    row.metric(
        label,
        value,
        delta=f"{numbers.change(change, 1)} since {since}",
        delta_color=colour,
        delta_arrow="up" if change > 0 else "down",
        width=FIGURE_WIDTH,
    )


def answer_words(line: QuestionLine) -> str:
    """What a team said to a question, in the words of its level."""
    answer = line.answer
    if answer is None:
        return "Not answered yet."
    if answer.state == "not_applicable":
        return f"Does not apply: {answer.reason}"
    if answer.state == "unknown" or line.score is None or line.score.level is None:
        return "We do not know."
    return f"Level {line.score.level}: {line.question.levels[line.score.level].text}"


def votes_words(line: QuestionLine) -> str:
    """The votes of a question as they were given, with their range; empty when one person answered."""
    votes = line.answer.votes if line.answer else ()
    if len(votes) < 2:
        return ""
    known = sorted(v for v in votes if v is not None)
    unknown = len(votes) - len(known)
    said = f"Votes: {' '.join(str(v) for v in known)}" + (f" and {unknown} × we do not know" if unknown else "")
    return f"{said}. They differ by {known[-1] - known[0]} levels." if line.disputed else f"{said}."


def draw_steps(steps: Sequence[Step]) -> None:
    """How a number came about, as a numbered list a reader can redo with a calculator."""
    for number, step in enumerate(steps, start=1):
        st.markdown(f"**{number}. {plain(step.title)}**  \n{plain(step.text, lines=True)}")


def draw_line(line: QuestionLine, *, steps: bool, where: Mapping[str, str]) -> None:
    """One question: answer, votes, evidence, contradiction, note. `where` is what its links carry on."""
    severity = " · critical" if line.score is not None and line.score.critical else ""
    owed = f" · debt {numbers.interval(line.score.debt, line.score.low, line.score.high)}" if line.score else ""
    st.markdown(f"**{plain(line.question.text)}**  \n:small[{plain(line.question.id + severity + owed)}]")
    st.markdown(plain(answer_words(line)))
    if votes := votes_words(line):
        st.caption(plain(votes))
    for contradiction in line.contradictions:
        st.warning(
            plain(
                f"The repository contradicts this: {contradiction.message} "
                f"It counts as at least {numbers.debt(contradiction.floor)}."
            ),
            icon=":material/compare_arrows:",
        )
        st.page_link(
            "repository.py", label="Open it in the ledger", icon=":material/folder_code:",
            query_params={**where, "contradiction": f"{contradiction.question}.{contradiction.signal}"},
        )  # fmt: skip
    for signal in line.signals:
        places = ", ".join(place(p) for p in signal.locations[:3])
        st.caption(plain(f"Repository: {signal.message} {places}"))
    if line.answer is not None and line.answer.note:
        st.caption(plain(f"Note: {line.answer.note}", lines=True))
    for link in line.answer.links if line.answer is not None else ():
        st.caption(plain(f"Evidence: {link}"))
    if steps and line.steps:
        with st.expander("How this number came about"):
            draw_steps(line.steps)


def plan_link(where: dict[str, str]) -> None:
    """The way from a number to what can be done about it."""
    st.page_link("plan.py", label="Plan the repayment", icon=":material/payments:", query_params=where)


def draw_area(view: AreaView) -> None:
    """The whole panel of one area in one quarter."""
    st.subheader(plain(f"{view.area.title}"), anchor=False)
    st.caption(plain(f"{view.system.name} · {numbers.period(view.assessment.period)} · {view.area.summary}"))
    if view.score is None:
        st.markdown("This area does not apply to this system: no question of it is asked.")
        return
    estimate = view.score.estimate
    st.markdown(plain(estimate_sentence(estimate)))
    interval_bar(estimate.low, estimate.estimate, estimate.high, label=f"{view.area.title}: debt and its interval")
    where = {"system": view.system.system_id, "period": view.assessment.period}
    plan_link({**where, "area": view.area.id})
    st.markdown("**What weighs most**")
    for line in view.lines[:HEAVIEST]:
        with st.container(border=True):
            draw_line(line, steps=True, where=where)
    rest = view.lines[HEAVIEST:]
    if rest:
        with st.expander(plain(f"The other {numbers.count(len(rest), 'question')}")):
            for line in rest:
                draw_line(line, steps=False, where=where)
    with st.expander("How this number came about, step by step"):
        draw_steps(view.steps)

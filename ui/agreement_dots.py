"""How far people agree: alpha in words, the votes of each question as dots on its levels, and the table twin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from operations.agreement import AgreementView, VotedQuestion
from ui import numbers
from ui.components import colour_variables, source
from ui.text import clean

if TYPE_CHECKING:
    from pandas import DataFrame

    from scoring.agreement import Agreement

SOLID: Final = 0.8  #: Krippendorff's usual readings of alpha; words, never a gate
TENTATIVE: Final = 2 / 3
QUESTIONS_FOR_ALPHA: Final = 30  #: below, the interval of alpha is as wide as its readings are apart
PEOPLE_FOR_MEDIAN: Final = 5  #: below, no way of settling repairs one voice that is off

STATE_WORDS: Final = {
    "agreed": "Agreed",
    "spread": "Spread",
    "split": "Split",
    "too_few": "Too few votes",
}

_dots = st.components.v2.component(
    "arrears_vote_dots",
    html=source("vote_dots.html"),
    css=colour_variables(".vote-dots") + source("vote_dots.css"),
    js=source("vote_dots.js"),
)


def vote_dots(lines: Sequence[VotedQuestion], level_max: int, *, key: str) -> None:
    """Draw each question with its votes as dots, the level they settle to underlined, and its state in words."""
    _dots(
        key=key,
        data={
            "label": "Votes by question, the most split first",
            "lines": [
                [
                    line.question.id,
                    clean(line.question.text),
                    [line.votes.count(level) for level in range(level_max + 1)],
                    line.votes.count(None),
                    line.level,
                    STATE_WORDS[line.agreement.state],
                    _note(line),
                    f"Votes: {votes_said(line)}.",
                ]
                for line in lines
            ],
        },
    )


def votes_said(line: VotedQuestion) -> str:
    """The votes in words: "0, 1, 3, 4, 4 and 1 × we do not know"."""
    known = [str(vote) for vote in line.votes if vote is not None]
    unsure = len(line.votes) - len(known)
    said = ", ".join(known) or "no level"
    return f"{said} and {unsure} × we do not know" if unsure else said


def _note(line: VotedQuestion) -> str:
    found = line.agreement
    if found.a is None or found.range is None:
        return numbers.count(found.votes, "vote")
    return f"range {found.range} · A {signed(found.a)}"


def signed(value: float) -> str:
    """Write A or alpha (-1..1) with two decimals and a true minus: "0.82", "−0.10"."""
    return f"{value:.2f}".replace("-", numbers.MINUS)


def alpha_words(found: Agreement) -> str:
    """Krippendorff's alpha with its interval and what it is usually read as."""
    from scoring.agreement import Metric  # numpy, only where somebody voted

    alpha = found.alpha[Metric.ORDINAL]
    if found.pairs_within_one is None:
        return "No question has two votes yet, so nothing can be said of agreement."
    if alpha is None:
        return "Full agreement: all votes are equal, and alpha is not defined."
    said = f"Krippendorff’s alpha {signed(alpha)}"
    if found.low is not None and found.high is not None:
        said += f" ({signed(found.low)} to {signed(found.high)})"
    if alpha >= SOLID:
        return f"{said}: people read the levels alike."
    if alpha >= TENTATIVE:
        return f"{said}: good enough for tentative conclusions."
    if alpha > 0:
        return f"{said}: people see these questions quite differently."
    return f"{said}: no more alike than chance would have it."


def pairs_words(found: Agreement) -> str:
    """The share of pairs of votes at most one level apart, which alpha cannot show where nearly all votes are alike."""
    if found.pairs_within_one is None:
        return ""
    return (
        f"{numbers.percent(found.pairs_within_one)} of the pairs of votes on one question are at most one level apart."
    )


def limits_words(view: AgreementView) -> str:
    """What the numbers cannot carry: few questions, few people; "" where they can."""
    if view.found is None:
        return ""
    parts = []
    if len(view.lines) < QUESTIONS_FOR_ALPHA:
        few = numbers.count(len(view.lines), "question")
        parts.append(f"With {few} alpha is rough; from {QUESTIONS_FOR_ALPHA} on it says more.")
    if view.found.raters < PEOPLE_FOR_MEDIAN:
        parts.append(
            f"With {view.found.raters} people one voice that is off moves the answers, however they are settled."
        )
    return " ".join(parts)


def agreement_table(lines: Sequence[VotedQuestion]) -> DataFrame:
    """Build the table twin: one row a question."""
    from pandas import DataFrame

    rows = [
        {
            "Id": line.question.id,
            "Question": line.question.text,
            "State": STATE_WORDS[line.agreement.state],
            "Votes": votes_said(line),
            "Range": numbers.DASH if line.agreement.range is None else str(line.agreement.range),
            "A": numbers.DASH if line.agreement.a is None else signed(line.agreement.a),
            "Settled": "?" if line.level is None else str(line.level),
        }
        for line in lines
    ]
    return DataFrame(rows, columns=["Id", "Question", "State", "Votes", "Range", "A", "Settled"])

"""A change split by cause: bars from a middle line, each cause opening into its questions; and their table twin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from checklists.checklist import Question
from scoring.causes import MEASURES
from scoring.compare import AreaChange, Cause, Comparison, QuestionChange, SystemChange
from ui import numbers
from ui.change_words import moved
from ui.components import colour_variables, source
from ui.text import clean

if TYPE_CHECKING:
    from pandas import DataFrame

CAUSE_WORDS: Final = {
    Cause.ANSWERS: "answer changed",
    Cause.PANEL: "other people voted",
    Cause.NEWLY_KNOWN: "newly known",
    Cause.NO_LONGER_KNOWN: "no longer known",
    Cause.EVIDENCE: "repository evidence",
    Cause.NOT_APPLICABLE: "not applicable",
    Cause.CHECKLIST: "checklist changed",
    Cause.RULES: "scoring rules changed",
}
#: A cause as a row of the split is headed.
HEADS: Final = {
    Cause.ANSWERS: "Answers changed",
    Cause.PANEL: "Other people voted",
    Cause.NEWLY_KNOWN: "Newly known",
    Cause.NO_LONGER_KNOWN: "No longer known",
    Cause.EVIDENCE: "Repository evidence",
    Cause.NOT_APPLICABLE: "Applies or not",
    Cause.CHECKLIST: "Checklist or scope",
    Cause.RULES: "Scoring version",
}

_split = st.components.v2.component(
    "arrears_change_split",
    html=source("change_split.html"),
    css=colour_variables(".change-split") + source("change_split.css"),
    js=source("change_split.js"),
)


def change_split(comparison: Comparison, questions: Mapping[str, Question], *, key: str) -> None:
    """Draw the causes of a system's change; nothing where there is no total to split."""
    whole = comparison.system
    if whole.total is None or not whole.causes:
        return
    changes = {change.id: change for change in comparison.questions}
    largest = max(abs(share) for share in (whole.total, *(one.share for one in whole.causes))) or 1.0
    _split(
        key=key,
        data={
            "label": split_words(whole),
            "unit": "points",
            "causes": [
                [
                    HEADS[one.cause],
                    "the yardstick, not the system" if one.cause in MEASURES else _touched(touched),
                    moved(one.share),
                    one.share / largest,
                    one.cause in MEASURES,
                    [_line(change, questions) for change in sorted(touched, key=_is_still)],
                ]
                for one in whole.causes
                for touched in [[changes[question] for question in one.questions if question in changes]]
            ],
            "whole": ["Together", "", moved(whole.total), whole.total / largest],
        },
    )


def _touched(touched: Sequence[QuestionChange]) -> str:
    """How many questions a cause touched, and how many of them only behind the same debt."""
    still = sum(_is_still(change) for change in touched)
    moved_ones = len(touched) - still
    if not still or not moved_ones:
        return numbers.count(len(touched), "question") + (", no debt moved" if still else "")
    return f"{numbers.count(moved_ones, 'question')}, and {still} where no debt moved"


def _is_still(change: QuestionChange) -> bool:
    return change.before is not None and change.after is not None and change.before.debt == change.after.debt


def _line(change: QuestionChange, questions: Mapping[str, Question]) -> list[str]:
    text = questions[change.id].text if change.id in questions else "asked before, not any more"
    return [change.id, clean(text), moved_words(change)]


def moved_words(change: QuestionChange) -> str:
    """How the level of a question moved: "3 → 1", "? → 2", and "same level" where only what stands behind it did."""
    before, after = level_sign(change, later=False), level_sign(change, later=True)
    return f"{before} → {after}" if before != after else f"{after}, as before"


def level_sign(change: QuestionChange, *, later: bool) -> str:
    """The level on one side as one sign: its number, "?" for not known, a dash for not asked or not applicable."""
    side = change.after if later else change.before
    return numbers.DASH if side is None else "?" if side.level is None else str(side.level)


def split_words(whole: SystemChange) -> str:
    """Say the whole split in words, for readers who do not see the bars."""
    if whole.total is None:
        return "There is no total to split."
    parts = ", ".join(f"{HEADS[one.cause].lower()} {moved(one.share)}" for one in whole.causes)
    return f"The change of {moved(whole.total)} points by cause: {parts}."


def split_table(comparison: Comparison, titles: Mapping[str, str]) -> DataFrame:
    """Build the table twin: the system and each area, a row a cause, in points."""
    from pandas import DataFrame

    changes: list[tuple[str, SystemChange | AreaChange]] = [
        ("All areas", comparison.system),
        *((titles.get(area.id, area.id), area) for area in comparison.areas),
    ]
    rows = [
        {
            "Of": name,
            "Cause": HEADS[one.cause],
            "Points": moved(one.share),
            "Questions": ", ".join(one.questions),
        }
        for name, change in changes
        for one in change.causes
    ]
    return DataFrame(rows, columns=["Of", "Cause", "Points", "Questions"])

"""The votes file: CSV with raters as rows and questions as columns, blank where somebody did not vote."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from scoring.agreement import Agreement, Metric
from scoring.terms import LEVEL_MAX

NO_VOTE = frozenset({"", ".", "-", "?", "na", "n/a", "none", "null", "unknown"})
UNSURE = frozenset({"?", "unknown"})  #: of these, what says "we do not know" instead of "I did not vote"
BYTES_MAX = 5 * 1024 * 1024
RATERS_MAX = 1_000
QUESTIONS_MAX = 1_000
SCALE_MAX = 20  #: levels of a scale that is not ours
_LEVEL_LENGTH_MAX = 6


class InvalidVotes(ValueError):
    """A file that is not votes. `problems` are sentences: where: what; the way out."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    """What raters voted: question -> one vote a rater, None where there is none."""

    raters: tuple[str, ...]
    votes: Mapping[str, tuple[int | None, ...]]
    levels: tuple[int, int]  #: the scale: 0..4, or what the votes span when one lies beside it
    unsure: Mapping[str, int]  #: question -> how many said "we do not know" in so many words


def read_votes(text: str, *, name: str) -> Votes:
    """Read a votes file: a header with the question ids after its first cell, then a row a rater.

    Votes are whole numbers; blank, ".", "?" and the like stand for no vote, and of these "?" and "unknown" are counted
    as "we do not know". A vote beside 0..4 makes the scale what the
    votes span. Raises InvalidVotes with every problem.
    """
    if len(text) > BYTES_MAX:
        raise InvalidVotes((f"{name}: larger than {BYTES_MAX // 1024 // 1024} MiB; give the votes of one session",))
    try:
        rows = [
            (line, row)
            for line, row in enumerate(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")), start=1)
            if any(cell.strip() for cell in row)
        ]
    except csv.Error as problem:
        raise InvalidVotes((f"{name}: not CSV ({problem}); save it as comma-separated text",)) from None
    if len(rows) < 2 or len(rows[0][1]) < 2:
        raise InvalidVotes((f"{name}: holds no votes; write question ids in the first row and a rater in each other",))
    header = [cell.strip() for cell in rows[0][1]]
    questions, problems = header[1:], []
    if len(questions) > QUESTIONS_MAX or len(rows) - 1 > RATERS_MAX:
        size = f"{len(rows) - 1:,} raters and {len(questions):,} questions"
        raise InvalidVotes((f"{name}: {size}; at most {RATERS_MAX:,} of each are read",))
    for place, question in enumerate(questions, start=2):
        if not question:
            problems.append(f"{name}:1: column {place} has no question id; name it or remove it")
        elif questions.index(question) != place - 2:
            problems.append(f"{name}:1: {_shown(question)} stands there twice; remove one column")
    problems += [problem for line, row in rows[1:] for problem in _row_problems(name, line, row, questions)]
    if problems:
        raise InvalidVotes(tuple(problems))
    table = [[_vote(cell) for cell in row[1:]] + [None] * (len(header) - len(row)) for _, row in rows[1:]]
    given = [vote for row in table for vote in row if vote is not None]
    low, high = min(given, default=0), max(given, default=LEVEL_MAX)
    levels = (0, LEVEL_MAX) if low >= 0 and high <= LEVEL_MAX else (low, high)
    if levels[1] - levels[0] >= SCALE_MAX:
        raise InvalidVotes((f"{name}: votes from {low} to {high}; a scale has at most {SCALE_MAX} levels",))
    return Votes(
        raters=tuple(row[0].strip() for _, row in rows[1:]),
        votes={question: tuple(row[place] for row in table) for place, question in enumerate(questions)},
        levels=levels,
        unsure={
            question: sum(len(row) > place and row[place].strip().lower() in UNSURE for _, row in rows[1:])
            for place, question in enumerate(questions, start=1)
        },
    )


def _row_problems(name: str, line: int, row: list[str], questions: list[str]) -> list[str]:
    if len(row) > len(questions) + 1:
        return [f"{name}:{line}: {len(row) - 1} votes for {len(questions)} questions; remove what is too much"]
    return [
        f"{name}:{line}: {_shown(cell.strip())} for {_shown(question)} is not a vote; write a whole number, or nothing"
        for question, cell in zip(questions, row[1:], strict=False)
        if not _is_vote(cell)
    ]


def _is_vote(cell: str) -> bool:
    word = cell.strip()
    return word.lower() in NO_VOTE or (
        len(word) <= _LEVEL_LENGTH_MAX and word.isascii() and word.removeprefix("-").isdigit()
    )


def _vote(cell: str) -> int | None:
    word = cell.strip()
    return None if word.lower() in NO_VOTE else int(word)


def _shown(word: str) -> str:
    return repr(word if len(word) <= 40 else word[:37] + "...")


def agreement_document(found: Agreement) -> dict[str, object]:
    """The agreement as `python cli.py agreement --json` prints it, unrounded."""
    return {
        "raters": found.raters,
        "alpha": {metric.value: found.alpha[metric] for metric in Metric},
        "low": found.low,
        "high": found.high,
        "pairs_within_one": found.pairs_within_one,
        "questions": [
            {"id": q.id, "votes": q.votes, "a": q.a, "range": q.range, "state": q.state.value} for q in found.questions
        ],
    }

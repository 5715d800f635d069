"""What a workshop says in sentences: who is missing, how far votes lie apart, how second votes moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from operations.records import REVEALED, SETTLED, SKIPPED, VOTING, WAITING, AnswerRecord, TurnRecord
from operations.workshops import HIDDEN_MIN, Person, Revealed, TurnSummary
from scoring.votes import settle
from ui import numbers

NAMED_MAX: Final = 2  #: names a button can hold

TURN_WORDS: Final = {
    WAITING: "not yet",
    VOTING: "open",
    REVEALED: "revealed",
    SETTLED: "settled",
    SKIPPED: "skipped",
}

TOO_FEW: Final = (
    f"With fewer than {HIDDEN_MIN} people nobody can vote anonymously: everybody can tell whose vote is whose."
)

FEW_VOTES: Final = f"Fewer than {HIDDEN_MIN} have voted: if you reveal now, everybody can tell whose votes these are."


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: "Ada", "Ada and Bo", "Ada, Bo and Cy"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def of_people(count: int) -> list[str]:
    """How many are in, as a number and its word."""
    return [str(count), "person is in" if count == 1 else "people are in"]


def missing(people: Sequence[Person]) -> tuple[str, ...]:
    """The names of those who have not voted."""
    return tuple(person.name for person in people if not person.voted)


def reveal_words(people: Sequence[Person]) -> str:
    """What the button to reveal says: whom it does not wait for."""
    without = missing(people)
    if not without:
        return "Reveal the votes"
    return f"Reveal without {listed(without) if len(without) <= NAMED_MAX else f'{len(without)} people'}"


def level_words(level: int | None) -> str:
    """A level as people say it."""
    return "“we do not know”" if level is None else f"level {level}"


def settle_words(level: int | None) -> str:
    """What the button to settle says."""
    return f"Settle as {level_words(None)}" if level is None else f"Settle at level {level}"


def votes_words(shown: Revealed) -> str:
    """How many voted, and how many of them could not say."""
    known = sum(shown.counts)
    said = numbers.count(known + shown.unknown, "vote")
    if shown.unknown:
        said += f", {shown.unknown} of them “we do not know”"
    return said


def state_words(shown: Revealed) -> str:
    """How far the votes lie apart, in one sentence a room can read."""
    known = sum(shown.counts)
    if not known:
        return "Nobody knows: that is a finding too."
    if known + shown.unknown == 1 or shown.low is None or shown.high is None:
        return "One vote only: nothing to compare it with."
    between = f"levels {shown.low} to {shown.high}" if shown.low != shown.high else f"level {shown.low}"
    if shown.proposed is None:
        return f"Half or more do not know; the others chose {between}."
    if shown.low == shown.high:
        return f"Agreed: all chose level {shown.low}."
    advice = {
        "agreed": "Agreed: {}, next to each other. No need to talk.",
        "spread": "Spread: {}. Let both ends say why.",
    }.get(shown.state.value, "Split: {}. Let both ends say why before anything else.")
    return advice.format(between)


def needs_talk(shown: Revealed) -> bool:
    """Whether people should speak before anything is settled."""
    return shown.state.value in {"spread", "split"}


def moved_since_first(shown: Revealed) -> str:
    """How the second votes moved, in words; "" in the first round."""
    if shown.first is None:
        return ""
    before, after = _mean(shown.first), _mean(shown.counts)
    if before is None or after is None:
        return ""
    return f"Second vote: {moved_words(after - before)}."


def _mean(counts: Sequence[int]) -> float | None:
    votes = sum(counts)
    return sum(level * count for level, count in enumerate(counts)) / votes if votes else None


def moved_words(moved: float) -> str:
    """A mean change of level with its direction: a higher level is more debt."""
    size = f"{abs(moved):.1f}"
    if size == "0.0":
        return "the middle did not move"
    return f"{size} {'level' if size == '1.0' else 'levels'} towards {'less' if moved < 0 else 'more'} debt"


def all_moved_words(turns: Sequence[TurnSummary]) -> str:
    """How second votes moved over a whole workshop, and whether people came closer."""
    again = [turn for turn in turns if turn.moved is not None]
    if not again:
        return "No question was voted on twice."
    closer = sum(_range(turn.votes) < _range(turn.first) for turn in again)
    mean = sum(turn.moved or 0.0 for turn in again) / len(again)
    twice = numbers.count(len(again), "question was voted on twice", "questions were voted on twice")
    return f"{twice}; on average {moved_words(mean)}; closer together after it: {closer} of {len(again)}."


def _range(votes: Sequence[int | None]) -> int:
    known = [vote for vote in votes if vote is not None]
    return max(known) - min(known) if known else 0


def answer_words(answer: AnswerRecord) -> str:
    """An answer that stood before, short."""
    if answer.state == "not_applicable":
        return f"does not apply: {answer.reason}" if answer.reason else "does not apply"
    if answer.state == "unknown":
        return "we did not know"
    return level_words(settle(answer.votes) if answer.level is None else answer.level)


def position_words(turn: TurnRecord, of: int) -> str:
    """Where in the workshop a question stands."""
    return f"Question {turn.position + 1} of {of}"

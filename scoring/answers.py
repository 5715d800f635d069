"""The answers file of the command line: read strictly, every problem at once, into responses by question id.

{"answers": {"ENT-01": {"level": 2},
             "ENT-03": {"state": "not_applicable", "reason": "one model, nothing downstream"},
             "FBL-02": {"state": "unknown"},
             "MON-01": {"votes": [0, 1, 2, null]},
             "MON-02": {"votes": [0, 4], "level": 3, "reason": "the facilitator's reason"}}}
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from checklists.checklist import Checklist
from scoring.document import score_document, score_from_document
from scoring.terms import Response, ResponseState

__all__ = ["InvalidAnswers", "Problem", "read_answers", "score_document", "score_from_document"]

SIZE_MAX_BYTES = 5 * 1024 * 1024
DEPTH_MAX = 20
VOTES_MAX = 1000
REASON_MAX_CHARACTERS = 2000
PROBLEMS_MAX = 1000  #: a file with more than this is not an answers file; a hostile one would fill the memory
PROBLEMS_SHOWN_MAX = 50
_GUESSES_MAX = 20  #: looking for the nearest id is slow, a hostile file could ask for it a hundred thousand times
_SHOWN_MAX_CHARACTERS = 40

_KEYS = ("level", "votes", "state", "reason")
_BRACKETS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)  # a string swallows the brackets inside it


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault of an answers file."""

    where: str  #: e.g. "answers.json: answers.ENT-01.level"
    what: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.way_out}"


class InvalidAnswers(ValueError):
    """An answers file with problems, all of them (at most PROBLEMS_MAX) in `problems`."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        shown = [str(problem) for problem in self.problems[:PROBLEMS_SHOWN_MAX]]
        if len(self.problems) > PROBLEMS_SHOWN_MAX:
            shown.append(f"and {len(self.problems) - PROBLEMS_SHOWN_MAX} more")
        super().__init__("\n".join(shown))


def read_answers(text: str, *, name: str, checklist: Checklist) -> dict[str, Response]:
    """The responses of an answers file, by question id; a question that is absent is unanswered.

    `name` is the file's name for messages. Raises InvalidAnswers with all problems; nothing is taken in part.
    """
    document, doubled = _parse(text, name)
    reader = _Reader(name=name, checklist=checklist)
    responses = reader.read(document)
    if doubled or reader.problems:
        raise InvalidAnswers([*doubled, *reader.problems])
    return responses


# -- text to JSON values


def _parse(text: str, name: str) -> tuple[Any, list[Problem]]:
    """The JSON value and its doubled keys. Raises InvalidAnswers where there is no value to look at."""
    if len(text) > SIZE_MAX_BYTES or len(text.encode("utf-8", "replace")) > SIZE_MAX_BYTES:
        raise InvalidAnswers([_problem(name, "larger than 5 MiB", "an answers file of 104 questions has a few KB")])
    if _depth(text) > DEPTH_MAX:
        raise InvalidAnswers([_problem(name, f"nested deeper than {DEPTH_MAX}", "answers need three levels of braces")])
    problems: list[Problem] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) < len(pairs):
            seen: set[str] = set()
            for key, _ in pairs:
                if key in seen and len(problems) < PROBLEMS_MAX:
                    problems.append(_problem(name, f"the key {_quote(key)} stands twice", "keep one of them"))
                seen.add(key)
        return values

    try:
        document = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        where = f"{name}:{error.lineno}:{error.colno}"
        raise InvalidAnswers(
            [_problem(where, f"not JSON ({error.msg})", "correct it there, a JSON checker shows the place")]
        ) from error
    except ValueError as error:  # a whole number of more digits than Python is willing to read
        raise InvalidAnswers(
            [_problem(name, "a number with thousands of digits", "a level is a small whole number")]
        ) from error
    return document, problems


def _depth(text: str) -> int:
    depth = deepest = 0
    for match in _BRACKETS.finditer(text):
        bracket = match[0]
        if bracket in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in "]}":
            depth -= 1
    return deepest


# -- JSON values to responses


class _Reader:
    """Walks one document and gathers problems as it goes."""

    def __init__(self, *, name: str, checklist: Checklist) -> None:
        self.name = name
        self.questions = checklist.questions
        self.level_max = checklist.level_count - 1
        self.title = f"{checklist.id} {checklist.version}"
        self.problems: list[Problem] = []
        self.faults = 0
        self.guesses = 0

    def refuse(self, where: str, what: str, way_out: str) -> None:
        self.faults += 1
        if self.faults <= PROBLEMS_MAX:
            self.problems.append(_problem(f"{self.name}: {where}", what, way_out))

    def read(self, document: object) -> dict[str, Response]:
        if not isinstance(document, dict) or not isinstance(document.get("answers"), dict):
            self.refuse(
                "top", 'expected an object with the key "answers"', 'write {"answers": {"ENT-01": {"level": 2}}}'
            )
            return {}
        for key in document:
            if key != "answers":
                self.refuse("top", f"unknown key {_quote(key)}", 'only "answers" stands here')
        responses = {}
        for question, answer in document["answers"].items():
            response = self.answer(question, answer)
            if response is not None:
                responses[question] = response
        return responses

    def answer(self, question: str, answer: object) -> Response | None:
        before = self.faults
        where = f"answers.{_plain(question)}"
        if question not in self.questions:
            self.refuse(where, f"no such question in {self.title}", self.guess(question))
        if not isinstance(answer, dict):
            self.refuse(
                where, f"expected an object, got {_quote(answer)}", 'write {"level": 2} or {"state": "unknown"}'
            )
            return None
        for key in answer:
            if key not in _KEYS:
                self.refuse(where, f"unknown key {_quote(key)}", f"use one of {', '.join(_KEYS)}")
        level = self.level(where, answer)
        votes = self.votes(where, answer)
        reason = self.reason(where, answer)
        state = self.state(where, answer, reason)
        if self.faults > before:
            return None
        return Response(state=state, level=level, votes=votes, reason=reason or "")

    def level(self, where: str, answer: Mapping[str, Any]) -> int | None:
        if "level" not in answer:
            return None
        level = answer["level"]
        if self.is_level(level):
            return int(level)
        way_out = f"use a whole number 0 to {self.level_max}"
        if level is None:
            way_out = 'write {"state": "unknown"} for "we do not know"'
        self.refuse(f"{where}.level", f"{_quote(level)} is not a level", way_out)
        return None

    def votes(self, where: str, answer: Mapping[str, Any]) -> tuple[int | None, ...]:
        votes = answer.get("votes", [])
        if not isinstance(votes, list) or len(votes) > VOTES_MAX:
            what = f"expected a list of at most {VOTES_MAX} votes"
            self.refuse(f"{where}.votes", what, 'write [0, 1, 2, null], null for "we do not know"')
            return ()
        for place, vote in enumerate(votes):
            if vote is not None and not self.is_level(vote):
                way_out = f'use a whole number 0 to {self.level_max}, or null for "we do not know"'
                self.refuse(f"{where}.votes[{place}]", f"{_quote(vote)} is not a vote", way_out)
        return tuple(votes)

    def reason(self, where: str, answer: Mapping[str, Any]) -> str | None:
        reason = answer.get("reason", "")
        if not isinstance(reason, str) or len(reason) > REASON_MAX_CHARACTERS or not _is_text(reason):
            what = f"expected a text of at most {REASON_MAX_CHARACTERS} characters"
            self.refuse(f"{where}.reason", what, "write one sentence")
            return None
        return reason.strip()

    def state(self, where: str, answer: Mapping[str, Any], reason: str | None) -> ResponseState:
        answered = "level" in answer or "votes" in answer
        if "state" not in answer:
            if not answered:
                way_out = "write a level, votes, or a state; leave the question out if nobody answered it"
                self.refuse(where, "no answer in it", way_out)
            return ResponseState.ANSWERED
        try:
            state = ResponseState(answer["state"])
        except ValueError:
            known = ", ".join(state.value for state in ResponseState)
            self.refuse(f"{where}.state", f"unknown state {_quote(answer['state'])}", f"use one of {known}")
            return ResponseState.UNKNOWN
        if answered != (state is ResponseState.ANSWERED):
            way_out = "give a level or votes, or another state, not both"
            self.refuse(
                where, f"the state is {state.value}, but {'an' if answered else 'no'} answer stands beside it", way_out
            )
        if state is ResponseState.NOT_APPLICABLE and reason == "":
            self.refuse(where, "not applicable without a reason", 'add "reason": why it does not apply here')
        return state

    def is_level(self, value: Any) -> bool:
        return type(value) is int and 0 <= value <= self.level_max  # true and 2.0 are no levels

    def guess(self, question: str) -> str:
        self.guesses += 1
        if self.guesses <= _GUESSES_MAX and len(question) <= _SHOWN_MAX_CHARACTERS:
            near = difflib.get_close_matches(question.upper(), self.questions, n=1)
            if near:
                return f"did you mean {near[0]}?"
        return "take the ids from the checklist"


def _is_text(text: str) -> bool:
    """Whether a text can be written down at all: no half of a character pair, no zero byte."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _quote(value: object) -> str:
    """A value from the file as it may stand in a message: short, and in plain ASCII."""
    shown = json.dumps(value)
    return shown if len(shown) <= _SHOWN_MAX_CHARACTERS else f"{shown[:_SHOWN_MAX_CHARACTERS]}..."


def _plain(key: str) -> str:
    return _quote(key).strip('"')


def _problem(where: str, what: str, way_out: str) -> Problem:
    return Problem(where=where, what=what, way_out=way_out)

"""The answers file: what is read, and that every fault is named with its place and the way out, all at once."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from checklists.aggregation import OURS
from scoring.answers import PROBLEMS_MAX, InvalidAnswers, read_answers
from scoring.terms import Response, ResponseState
from tests.scoring.builders import NOT_APPLICABLE, UNKNOWN, answered, area, checklist, voted

ASKED = checklist(area("ENT", "C", "H", "M"), area("MON", "M", "L"))


def read(text):
    return read_answers(text if isinstance(text, str) else json.dumps(text), name="answers.json", checklist=ASKED)


def problems(text):
    with pytest.raises(InvalidAnswers) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


def test_every_kind_of_answer_is_read():
    given = {
        "ENT-01": {"level": 2},
        "ENT-02": {"state": "not_applicable", "reason": " Nothing of the kind here. "},
        "ENT-03": {"state": "unknown"},
        "MON-01": {"votes": [0, 1, 2, None]},
        "MON-02": {"votes": [0, 4], "level": 3, "reason": "seen in the incident", "state": "answered"},
    }
    assert read({"answers": given}) == {
        "ENT-01": answered(2),
        "ENT-02": NOT_APPLICABLE,
        "ENT-03": UNKNOWN,
        "MON-01": voted(0, 1, 2, None),
        "MON-02": Response(state=ResponseState.ANSWERED, level=3, votes=(0, 4), reason="seen in the incident"),
    }


def test_an_empty_answers_file_answers_nothing():
    assert read({"answers": {}}) == {}


def test_a_byte_order_mark_as_some_editors_write_is_no_fault():
    assert read('\ufeff{"answers": {"ENT-01": {"level": 0}}}') == {"ENT-01": answered(0)}


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"level": 5}, "answers.ENT-01.level: 5 is not a level; use a whole number 0 to 4"),
        ({"level": -1}, "answers.ENT-01.level: -1 is not a level; use a whole number 0 to 4"),
        ({"level": True}, "answers.ENT-01.level: true is not a level; use a whole number 0 to 4"),
        ({"level": 2.0}, "answers.ENT-01.level: 2.0 is not a level; use a whole number 0 to 4"),
        ({"level": "2"}, 'answers.ENT-01.level: "2" is not a level; use a whole number 0 to 4'),
        ({"level": float("nan")}, "answers.ENT-01.level: NaN is not a level; use a whole number 0 to 4"),
        ({"level": float("inf")}, "answers.ENT-01.level: Infinity is not a level; use a whole number 0 to 4"),
        (
            {"level": None},
            'answers.ENT-01.level: null is not a level; write {"state": "unknown"} for "we do not know"',
        ),
        (
            {"votes": [1, False]},
            'answers.ENT-01.votes[1]: false is not a vote; use a whole number 0 to 4, or null for "we do not know"',
        ),
        (
            {"votes": 2},
            "answers.ENT-01.votes: expected a list of at most 1000 votes; "
            'write [0, 1, 2, null], null for "we do not know"',
        ),
        (
            {"votes": [0] * 1001},
            "answers.ENT-01.votes: expected a list of at most 1000 votes; "
            'write [0, 1, 2, null], null for "we do not know"',
        ),
        (
            {"state": "not_applicable"},
            'answers.ENT-01: not applicable without a reason; add "reason": why it does not apply here',
        ),
        (
            {"state": "not_applicable", "reason": "  "},
            'answers.ENT-01: not applicable without a reason; add "reason": why it does not apply here',
        ),
        (
            {"state": "not_applicable", "reason": 7},
            "answers.ENT-01.reason: expected a text of at most 2000 characters; write one sentence",
        ),
        (
            {"state": "maybe"},
            'answers.ENT-01.state: unknown state "maybe"; use one of answered, unknown, not_applicable',
        ),
        ({"state": []}, "answers.ENT-01.state: unknown state []; use one of answered, unknown, not_applicable"),
        (
            {"state": "unknown", "level": 1},
            "answers.ENT-01: the state is unknown, but an answer stands beside it; "
            "give a level or votes, or another state, not both",
        ),
        (
            {"state": "answered"},
            "answers.ENT-01: the state is answered, but no answer stands beside it; "
            "give a level or votes, or another state, not both",
        ),
        (
            {},
            "answers.ENT-01: no answer in it; "
            "write a level, votes, or a state; leave the question out if nobody answered it",
        ),
        (3, 'answers.ENT-01: expected an object, got 3; write {"level": 2} or {"state": "unknown"}'),
        ({"level": 1, "lvl": 2}, 'answers.ENT-01: unknown key "lvl"; use one of level, votes, state, reason'),
    ],
)
def test_a_faulty_answer_is_named_with_its_place_and_the_way_out(answer, problem):
    assert problems({"answers": {"ENT-01": answer}}) == [f"answers.json: {problem}"]


@pytest.mark.parametrize(
    ("question", "way_out"),
    [
        ("ent-1", "did you mean ENT-01?"),
        ("MON_02", "did you mean MON-02?"),
        ("weather", "take the ids from the checklist"),
    ],
)
def test_an_unknown_question_is_named_with_the_nearest_one(question, way_out):
    assert problems({"answers": {question: {"level": 1}}}) == [
        f"answers.json: answers.{question}: no such question in test 1; {way_out}"
    ]


def test_all_problems_are_named_at_once():
    text = '{"answers": {"ENT-01": {"level": 9}, "ENT-01": {"level": 7}, "XYZ-01": {"level": 1}, "MON-01": []}, "x": 1}'
    assert [problem.removeprefix("answers.json: ").partition(";")[0] for problem in problems(text)] == [
        'the key "ENT-01" stands twice',
        'top: unknown key "x"',
        "answers.ENT-01.level: 7 is not a level",
        "answers.XYZ-01: no such question in test 1",
        "answers.MON-01: expected an object, got []",
    ]


@pytest.mark.parametrize("text", ["[]", "{}", '"answers"', "null", '{"answers": []}', '{"ENT-01": {"level": 2}}'])
def test_a_file_without_answers_is_refused_with_an_example(text):
    assert problems(text)[0] == (
        'answers.json: top: expected an object with the key "answers"; write {"answers": {"ENT-01": {"level": 2}}}'
    )


@pytest.mark.parametrize(
    ("text", "start"),
    [
        pytest.param("", "answers.json:1:1: not JSON (Expecting value)", id="an empty file"),
        pytest.param('{"answers": {\n"ENT-01": }}', "answers.json:2:11: not JSON", id="a slip, with line and column"),
        pytest.param('{"answers": {}} {}', "answers.json:1:17: not JSON (Extra data)", id="two documents"),
        pytest.param('{"answers": "' + "x" * 6_000_000 + '"}', "answers.json: larger than 5 MiB", id="too large"),
        pytest.param('{"answers": "' + "é" * 3_000_000 + '"}', "answers.json: larger than 5 MiB", id="large in bytes"),
        pytest.param("[" * 200_000, "answers.json: nested deeper than 20", id="too deep"),
        pytest.param('{"a":' * 21 + "1" + "}" * 21, "answers.json: nested deeper than 20", id="just too deep"),
        pytest.param("1" * 5000, "answers.json: a number with thousands of digits", id="a number without end"),
        pytest.param('"' + '\\"' * 500_000, "answers.json:1:1: not JSON", id="a string that never ends"),
    ],
)
def test_a_file_that_is_no_answers_file_at_all_is_refused_in_one_sentence(text, start):
    (problem,) = problems(text)
    assert problem.startswith(start)


def test_brackets_inside_a_reason_are_not_depth():
    reason = '[[[[[[[[[[[[ {{{{{{{{{{{{{{{ "quoted" \\'
    given = {"ENT-01": {"state": "not_applicable", "reason": reason}}
    assert read({"answers": given})["ENT-01"].reason == reason


@pytest.mark.parametrize("reason", ["\ud800", "zero\0byte", "x" * 2001])
def test_a_reason_that_cannot_be_written_down_is_refused_once(reason):
    assert problems({"answers": {"ENT-01": {"state": "not_applicable", "reason": reason}}}) == [
        "answers.json: answers.ENT-01.reason: expected a text of at most 2000 characters; write one sentence"
    ]


def test_what_a_message_repeats_from_the_file_is_short_and_plain():
    (problem,) = problems({"answers": {"\x1b[31m" + "\ud800" * 500: {"level": 1}}})
    assert problem.isascii()
    assert "\x1b" not in problem
    assert len(problem) < 200


def test_a_hostile_file_gets_at_most_a_thousand_problems_and_fifty_lines():
    text = json.dumps({"answers": {f"X{number}": {"level": number} for number in range(60_000)}})
    with pytest.raises(InvalidAnswers) as caught:
        read(text)
    assert len(caught.value.problems) == PROBLEMS_MAX
    assert len(str(caught.value).splitlines()) == 51
    assert str(caught.value).endswith("and 950 more")


def test_a_level_above_the_scale_of_the_checklist_is_refused_with_its_scale():
    three = replace(ASKED, aggregation=replace(OURS, values=(0, 0.5, 1)))
    text = json.dumps({"answers": {"ENT-01": {"level": 3}, "ENT-02": {"votes": [0, 2, 4]}, "MON-01": {"level": 2}}})
    with pytest.raises(InvalidAnswers) as caught:
        read_answers(text, name="answers.json", checklist=three)
    assert [str(problem) for problem in caught.value.problems] == [
        "answers.json: answers.ENT-01.level: 3 is not a level; use a whole number 0 to 2",
        "answers.json: answers.ENT-02.votes[2]: 4 is not a vote; use a whole number 0 to 2, "
        'or null for "we do not know"',
    ]

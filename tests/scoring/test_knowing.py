"""What would help most to know, compared with really giving each answer."""

from __future__ import annotations

from statistics import mean

import pytest

from scoring.knowing import worth_knowing
from scoring.score import score
from scoring.terms import Scope
from tests.scoring.builders import NOT_APPLICABLE, UNKNOWN, answered, area, checklist, floor, levels, question, voted

ASKED = checklist(area("ENT", "C", "H", "M", "L"), area("DAT", "H", "M"))
SETTLED = {name: voted(2, 2, 2) for name in ASKED.questions}


def width(given, floors=()):
    system = score(ASKED, given, floors).system
    return system.high - system.low


def found(given, **options):
    return worth_knowing(ASKED, given, **options)


def test_an_open_question_is_worth_what_its_answers_narrow_on_the_mean():
    given = {**SETTLED, "ENT-02": UNKNOWN}
    (best,) = found(given)
    after = mean(width({**given, "ENT-02": answered(level)}) for level in range(5))
    assert (best.question, best.why, best.area) == ("ENT-02", "unknown", "ENT")
    assert best.width_before == width(given)
    assert best.width_after == pytest.approx(after, abs=1e-12)
    assert best.narrowing == pytest.approx(width(given) - after, abs=1e-12)


def test_a_dispute_is_worth_what_a_vote_without_one_would_narrow():
    given = {**SETTLED, "DAT-01": voted(0, 0, 4, None)}
    (best,) = found(given)
    after = (2 * width({**given, "DAT-01": voted(0, 0, 0)}) + width({**given, "DAT-01": voted(4, 4, 4)})) / 3
    assert (best.question, best.why) == ("DAT-01", "disputed")
    assert best.width_after == pytest.approx(after, abs=1e-12)


@pytest.mark.parametrize(
    ("response", "why"),
    [
        (None, "unanswered"),
        (UNKNOWN, "unknown"),
        (voted(1, None), "unknown"),
        (voted(1, 3), "disputed"),
        (voted(0, 3, level=1), "disputed"),
        (voted(1, 2, 2), None),
        (answered(2), None),
        (NOT_APPLICABLE, None),
    ],
)
def test_a_question_is_open_for_one_reason(response, why):
    given = {name: it for name, it in {**SETTLED, "ENT-01": response}.items() if it}
    assert [it.why for it in found(given)] == ([why] if why else [])


def test_the_weightiest_open_question_comes_first_and_at_most_so_many_as_asked_for():
    assert len(found({})) == 5
    names = [it.question for it in found({}, count=6)]
    assert names.index("ENT-02") < names.index("ENT-03") < names.index("ENT-04")
    assert found({}, count=2) == found({})[:2]
    narrowing = [it.narrowing for it in found({})]
    assert narrowing == sorted(narrowing, reverse=True)
    assert all(each > 0 for each in narrowing)


def test_what_is_settled_or_not_asked_is_not_worth_asking():
    assert found(SETTLED) == ()
    side = checklist(area("ENT", "C", question("ENT-02", "L", core=False)))
    assert [it.question for it in worth_knowing(side, {}, asked=Scope(core_only=True))] == ["ENT-01"]


def test_a_floor_leaves_less_to_know():
    given = {**SETTLED, **levels("ENT", 2)}
    del given["ENT-02"]
    (open_,) = found(given)
    (floored,) = found(given, floors=[floor("ENT-02", 0.5)])
    after = mean(width({**given, "ENT-02": answered(level)}, [floor("ENT-02", 0.5)]) for level in range(5))
    assert floored.width_after == pytest.approx(after, abs=1e-12)
    assert floored.narrowing != open_.narrowing


def test_where_nothing_applies_nothing_is_worth_knowing():
    assert found(dict.fromkeys(ASKED.questions, NOT_APPLICABLE)) == ()

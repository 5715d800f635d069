"""What evidence is worth: floors for what was seen, hints for what was guessed, nothing for care or absence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checklists.reader import DEFAULT_PACK
from evidence.evidence import SCHEMA, Evidence, Kind, Polarity, Signal, State, Strength
from scoring.terms import Floor, Hint
from scoring.weigh import weigh
from tests.scoring.builders import area, checklist, question

ASKED = replace(checklist(area("CFG", "C", "H"), area("MON", "M")), id=DEFAULT_PACK)


def signal(name="secrets-in-code", questions=("CFG-01",), strength=Strength.DIRECT, **changes):
    given = {
        "id": name,
        "statement": f"{name} is true",
        "message": f"{name} seen 3 times",
        "area": "CFG",
        "questions": questions,
        "polarity": Polarity.DEBT,
        "state": State.FOUND,
        "strength": strength,
        "value": 3,
        "denominator": None,
        "locations": (),
        "cannot_see": "",
        "fix": "",
        "version": 1,
    }
    return Signal(**{**given, **changes})


def scan(*signals):
    return Evidence(
        schema=SCHEMA,
        repository="shop",
        kind=Kind.APPLICATION,
        commit=None,
        collector="1",
        files=1,
        notebooks=0,
        lines_by_language={},
        signals=signals,
        unparsed=(),
        notes=(),
    )


def expected_floor(question="CFG-01", value=0.5, name="secrets-in-code"):
    return Floor(question=question, signal=name, value=value, message=f"{name} seen 3 times")


def test_without_a_scan_there_is_nothing_to_weigh():
    weighed = weigh(ASKED, None)
    assert (weighed.floors, weighed.hints, weighed.overridden) == ((), (), ())


def test_a_direct_observation_gives_a_floor_of_one_half():
    assert weigh(ASKED, scan(signal())).floors == (expected_floor(),)


def test_a_strong_indirect_signal_gives_a_floor_of_one_quarter():
    assert weigh(ASKED, scan(signal(strength=Strength.STRONG))).floors == (expected_floor(value=0.25),)


def test_a_weak_signal_only_asks():
    weighed = weigh(ASKED, scan(signal(strength=Strength.WEAK)))
    assert weighed.floors == ()
    assert weighed.hints == (Hint(question="CFG-01", signal="secrets-in-code", message="secrets-in-code seen 3 times"),)


@pytest.mark.parametrize(
    "silent",
    [
        pytest.param({"polarity": Polarity.CARE}, id="care never lowers or raises debt"),
        pytest.param({"state": State.ABSENT}, id="what was not found"),
        pytest.param({"state": State.UNKNOWN}, id="what could not be told"),
        pytest.param({"state": State.NOT_APPLICABLE}, id="what does not apply"),
        pytest.param({"questions": ("XYZ-01",)}, id="a question this checklist does not ask"),
        pytest.param({"questions": ()}, id="no question at all"),
    ],
)
@pytest.mark.parametrize("strength", list(Strength))
def test_everything_else_is_silent(silent, strength):
    weighed = weigh(ASKED, scan(signal(strength=strength, **silent)))
    assert (weighed.floors, weighed.hints) == ((), ())


def test_a_signal_speaks_to_each_of_its_questions_in_the_order_of_the_checklist():
    weighed = weigh(ASKED, scan(signal(questions=("MON-01", "XYZ-01", "CFG-02")), signal("another")))
    assert [(it.question, it.signal) for it in weighed.floors] == [
        ("CFG-01", "another"),
        ("CFG-02", "secrets-in-code"),
        ("MON-01", "secrets-in-code"),
    ]


def test_the_same_signal_twice_counts_once_and_the_order_of_signals_does_not_matter():
    one, other = signal(), signal("another", ("CFG-01", "CFG-01"))
    assert weigh(ASKED, scan(one, other, one)) == weigh(ASKED, scan(other, one))


def test_a_rejected_floor_stays_visible_and_does_not_count():
    overridden = frozenset({("CFG-01", "secrets-in-code")})
    weighed = weigh(ASKED, scan(signal(questions=("CFG-01", "CFG-02"))), overridden=overridden)
    assert weighed.floors == (expected_floor("CFG-02"),)
    assert weighed.overridden == (expected_floor("CFG-01"),)


def test_a_signal_without_a_message_speaks_with_its_statement():
    assert weigh(ASKED, scan(signal(message=""))).floors[0].message == "secrets-in-code is true"


def test_another_packs_question_of_the_same_id_is_not_spoken_to():
    other = checklist(area("CFG", "C", "H"))
    assert weigh(other, scan(signal())).floors == ()


def test_a_question_of_another_pack_names_the_signals_that_speak_to_it():
    named = replace(question("ABC-01"), signals=("secrets-in-code",))
    other = checklist(area("ABC", named, "M"))
    assert weigh(other, scan(signal())).floors == (expected_floor("ABC-01"),)

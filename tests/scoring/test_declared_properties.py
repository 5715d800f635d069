"""The promises P1 to P14 over every pack we ship and over drawn declarations, each where its kind makes it.

docs/scoring.md has the table of which kind promises what; the sets below are that table.
"""

from __future__ import annotations

from dataclasses import replace
from math import fsum, isfinite
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from checklists.aggregation import (
    Aggregation,
    Counts,
    FirstMatch,
    Gate,
    Gates,
    Group,
    Match,
    Mean,
    MeanOfMeans,
    Missing,
    PowerMean,
    Rule,
    Sum,
    Worst,
)
from checklists.checklist import Checklist
from checklists.reader import PACKS, load_checklist
from scoring.aggregate import Terms, combine
from scoring.score import Floor, Response, ResponseState, score
from scoring.votes import settle
from tests.scoring.builders import NOT_APPLICABLE, UNKNOWN, answered, checklist, question
from tests.scoring.test_properties import WEIGHTS, Profile, checklists, order_free

held = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
ROOT = Path(__file__).parents[2]
FILES = [*sorted(PACKS.glob("*.yaml")), *sorted((ROOT / "tests/checklists/samples/packs").glob("*.yaml"))]
FROM_FILES = [load_checklist(path) for path in FILES]

#: Those that take out what does not apply and let what is not known be anything: P6, P12 and P13 are theirs.
OPEN_FILES = [
    pack
    for pack in FROM_FILES
    if pack.aggregation.not_applicable.counts is Counts.EXCLUDE
    and pack.aggregation.unknown.counts is pack.aggregation.blank.counts is Counts.INTERVAL
]

#: Which kinds promise what, beside what all of them promise (P1 to P6, P13 and P14).
PURE = (PowerMean, Mean, Worst, MeanOfMeans)  #: P9: every answer at one level gives the debt of that level
UNSCALED = (PowerMean, Mean, Worst, MeanOfMeans, Gates, FirstMatch)  #: P8: weights count by their proportions
SPLIT = (PowerMean, Mean, Sum, Worst)  #: P7: a question split in two changes nothing
BETWEEN = (PowerMean, Mean, Worst)  #: P10: between the plain mean and the largest

DEBTS = st.sampled_from([0.0, 0.1, 0.25, 0.3, 0.5, 0.6, 0.75, 0.9, 1.0])
MISSING = st.one_of(
    st.builds(Missing, counts=st.just(Counts.INTERVAL), debt=DEBTS),
    st.builds(Missing, counts=st.just(Counts.VALUE), debt=DEBTS),
    st.just(Missing(counts=Counts.EXCLUDE)),
    st.builds(Missing, counts=st.just(Counts.TARGET), level=st.integers(0, 1)),
)
INTERVALS = st.builds(Missing, counts=st.just(Counts.INTERVAL), debt=DEBTS)


@st.composite
def values(draw: st.DrawFn) -> tuple[float, ...]:
    """The debts of 2 to 5 levels."""
    inner = draw(st.sets(st.integers(1, 99), min_size=0, max_size=3))
    return (0.0, *(number / 100 for number in sorted(inner)), 1.0)


@st.composite
def rules(draw: st.DrawFn, ids: list[str], level_max: int, kinds=None) -> Rule:
    """A rule that lint would let pass over these ids: gates that fall, tables from the worst case down."""
    kind = draw(st.sampled_from(kinds or (PowerMean, Mean, Sum, Worst, MeanOfMeans, Gates, FirstMatch)))
    falling = sorted(draw(st.sets(DEBTS, min_size=2, max_size=4)), reverse=True)
    if kind is PowerMean:
        return PowerMean(power=draw(st.floats(1, 8)), critical_share=draw(st.floats(0, 1)))
    if kind is Sum:
        return Sum(full=draw(st.floats(0.5, 200)))
    if kind is MeanOfMeans:
        places = {name: draw(st.integers(0, 2)) for name in ids}
        groups = [tuple(name for name in ids if places[name] == place) for place in range(3)]
        return MeanOfMeans(
            groups=tuple(Group(title="g", members=members, weight=draw(WEIGHTS)) for members in groups if members)
        )
    if kind is Gates:
        needs = st.dictionaries(st.sampled_from(ids), st.integers(0, level_max), min_size=1)
        gates = tuple(Gate(title="g", needs=tuple(draw(needs).items()), debt=debt) for debt in falling[1:])
        return Gates(gates=gates, start=falling[0])
    if kind is FirstMatch:
        from_level = st.dictionaries(st.sampled_from(ids), st.integers(1, level_max), min_size=1)
        lines = tuple(
            Match(
                title="m",
                when=tuple((name, tuple(range(low, level_max + 1))) for name, low in draw(from_level).items()),
                debt=debt,
            )
            for debt in falling[:-1]
        )
        return FirstMatch(matches=lines, otherwise=falling[-1])
    return kind()


@st.composite
def declarations(draw: st.DrawFn, asked: Checklist, kinds=None, missing=MISSING) -> Aggregation:
    levels = draw(values())
    own = tuple(
        (area.id, draw(rules([it.id for it in area.questions], len(levels) - 1, kinds))) for area in asked.areas
    )
    return Aggregation(
        values=levels,
        questions=Mean(),
        areas=draw(rules([area.id for area in asked.areas], len(levels) - 1, kinds)),
        in_area=own,
        unknown=draw(missing),
        blank=draw(missing),
        not_applicable=draw(MISSING) if missing is MISSING else Missing(counts=Counts.EXCLUDE),
    )


@st.composite
def packs(draw: st.DrawFn, kinds=None, missing=MISSING) -> Checklist:
    asked = draw(checklists())
    return replace(asked, aggregation=draw(declarations(asked, kinds, missing)))


def given_on(pack: Checklist, chance) -> dict[str, Response]:
    """Answers on the scale of the pack: levels, votes, unknown, not applicable, and blank."""
    responses = {}
    for name in pack.questions:
        drawn, top = chance.random(), pack.level_count - 1
        if drawn < 0.35:
            responses[name] = answered(chance.randint(0, top))
        elif drawn < 0.7:
            votes = tuple(chance.choice([*range(top + 1), None]) for _ in range(chance.randint(1, 6)))
            responses[name] = Response(state=ResponseState.ANSWERED, votes=votes)
        elif drawn < 0.8:
            responses[name] = UNKNOWN
        elif drawn < 0.85:
            responses[name] = NOT_APPLICABLE
    return responses


@st.composite
def profiles(draw: st.DrawFn, kinds=None, missing=MISSING) -> Profile:
    """A drawn declaration, or one of the packs in our files, with answers and evidence."""
    files = FROM_FILES if missing is MISSING else OPEN_FILES
    pack = draw(packs(kinds, missing) if kinds else st.one_of(packs(kinds, missing), st.sampled_from(files)))
    chance = draw(st.randoms(use_true_random=False))
    names = list(pack.questions)
    floors = tuple(
        Floor(question=chance.choice(names), signal=chance.choice("xyz"), value=chance.choice([0.25, 0.5, 0.9]))
        for _ in range(chance.randint(0, 4))
    )
    return Profile(pack, given_on(pack, chance), floors)


def numbers(scored) -> dict[str, tuple[float, float, float]]:
    """(debt, low, high) of the system, where it is rated, of each area and each question that counts."""
    found = {
        entry.id: (entry.counted, entry.estimate.low, entry.estimate.high)
        for entry in scored.areas
        if not entry.left_out
    }
    found |= {name: (it.debt, it.low, it.high) for name, it in scored.questions.items() if not it.left_out}
    if scored.system.estimate is not None:
        found["system"] = (scored.system.estimate, scored.system.low, scored.system.high)
    return found


def assert_never_lower(after, before) -> None:
    higher, lower = numbers(after), numbers(before)
    assert higher.keys() == lower.keys()
    for name, triple in lower.items():
        assert all(new >= old for new, old in zip(higher[name], triple, strict=True)), name


# -- every kind


def test_the_packs_we_ship_are_among_those_that_promise_most():
    assert {"ml-debt", "ml-test-score"} <= {pack.id for pack in OPEN_FILES}


@held
@given(profiles())
def test_p1_and_p14_every_number_is_a_debt_and_the_estimate_lies_in_its_interval(profile):
    scored = profile.score()
    for debt, low, high in numbers(scored).values():
        assert all(isfinite(number) for number in (debt, low, high))
        assert 0 <= low <= debt <= high <= 1
    for estimate in (scored.system, *(entry.estimate for entry in scored.areas)):
        assert 0 <= estimate.coverage <= 1


@held
@given(profiles(), st.data())
def test_p2_a_worse_answer_never_lowers_anything(profile, data):
    top = profile.checklist.level_count - 1
    named = [name for name, it in profile.responses.items() if it.level is not None]
    assume(named)
    name = data.draw(st.sampled_from(named))
    worse = replace(profile.responses[name], level=data.draw(st.integers(profile.responses[name].level, top)))
    after = replace(profile, responses={**profile.responses, name: worse})
    assert_never_lower(after.score(), profile.score())


@held
@given(profiles(), st.data())
def test_p2_a_worse_vote_never_lowers_anything(profile, data):
    top = profile.checklist.level_count - 1
    voted = [name for name, it in profile.responses.items() if it.votes and settle(it.votes) is not None]
    assume(voted)
    name = data.draw(st.sampled_from(voted))
    votes = list(profile.responses[name].votes)
    place = data.draw(st.sampled_from([i for i, vote in enumerate(votes) if vote is not None]))
    votes[place] = data.draw(st.integers(votes[place], top))
    worse = replace(profile.responses[name], votes=tuple(votes))
    after = replace(profile, responses={**profile.responses, name: worse})
    assert_never_lower(after.score(), profile.score())


@held
@given(profiles(), st.data())
def test_p3_and_p4_evidence_never_lowers_and_counts_once_in_any_order(profile, data):
    name = data.draw(st.sampled_from(list(profile.checklist.questions)))
    more = Floor(question=name, signal="new", value=data.draw(DEBTS))
    assert_never_lower(replace(profile, floors=(*profile.floors, more)).score(), profile.score())
    again = replace(profile, floors=(*reversed(profile.floors), *profile.floors))
    assert again.score() == profile.score()


@held
@given(profiles(), st.randoms(use_true_random=False))
def test_p5_no_order_changes_a_bit(profile, random):
    def shuffled(entries):
        return tuple(random.sample(list(entries), len(entries)))

    areas = tuple(replace(it, questions=shuffled(it.questions)) for it in shuffled(profile.checklist.areas))
    responses = {
        name: replace(profile.responses[name], votes=shuffled(profile.responses[name].votes))
        for name in shuffled(profile.responses)
    }
    other = Profile(replace(profile.checklist, areas=areas), responses, shuffled(profile.floors))
    assert order_free(other.score()) == order_free(profile.score())


@held
@given(profiles(missing=INTERVALS), st.data())
def test_p6_where_it_is_excluded_a_question_that_does_not_apply_is_a_question_removed(profile, data):
    name = data.draw(st.sampled_from(list(profile.checklist.questions)))
    marked = replace(profile, responses={**profile.responses, name: NOT_APPLICABLE})
    areas = (
        replace(it, questions=tuple(asked for asked in it.questions if asked.id != name))
        for it in profile.checklist.areas
    )
    removed = replace(profile.checklist, areas=tuple(it for it in areas if it.questions))
    assert marked.score() == replace(profile, checklist=removed).score()


@held
@given(profiles(missing=INTERVALS), st.data())
def test_p13_where_missing_is_an_interval_the_truth_lies_inside_and_answers_narrow_it(profile, data):
    before = profile.score()
    unknown = [name for name, it in before.questions.items() if not it.known]
    levels = st.integers(0, profile.checklist.level_count - 1)
    truth = {name: answered(data.draw(levels)) for name in unknown}
    after = numbers(replace(profile, responses={**profile.responses, **truth}).score())
    for place, (_, low, high) in numbers(before).items():
        assert low <= after[place][0] <= high, place
        assert low <= after[place][1] <= after[place][2] <= high, place


@held
@given(profiles(missing=INTERVALS), st.data())
def test_p12_where_missing_is_an_interval_not_knowing_could_be_the_worst_level(profile, data):
    name = data.draw(st.sampled_from(list(profile.checklist.questions)))
    hidden, worst = (
        replace(profile, responses={**profile.responses, name: response}).score()
        for response in (UNKNOWN, answered(profile.checklist.level_count - 1))
    )
    assert hidden.system.high >= worst.system.high


@held
@given(packs())
def test_p14_all_unknown_is_not_rated_and_all_not_applicable_is_no_crash(pack):
    unknown = score(pack, dict.fromkeys(pack.questions, UNKNOWN))
    assert unknown.system.estimate is None
    assert (unknown.system.band, unknown.system.coverage) == (None, 0)
    nothing = score(pack, dict.fromkeys(pack.questions, NOT_APPLICABLE))
    if pack.aggregation.not_applicable.counts is Counts.EXCLUDE:
        assert not nothing.system.applies


# -- some kinds


@held
@given(packs(kinds=SPLIT), st.floats(0.05, 0.95), st.data())
def test_p7_splitting_a_question_with_its_weight_shared_changes_nothing(pack, share, data):
    whole = data.draw(st.sampled_from(list(pack.questions.values())))
    responses = given_on(pack, data.draw(st.randoms(use_true_random=False)))
    severity = pack.classes.severity[whole.severity]
    severities = {
        **pack.classes.severity,
        "first": replace(severity, weight=severity.weight * share),
        "second": replace(severity, weight=severity.weight * (1 - share)),
    }
    halves = (replace(whole, severity="first"), question("twin", "second"))
    areas = tuple(
        replace(it, questions=tuple(part for one in it.questions for part in (halves if one is whole else (one,))))
        for it in pack.areas
    )
    split = replace(checklist(*areas, severities=severities), aggregation=pack.aggregation)
    more = {"twin": responses[whole.id]} if whole.id in responses else {}
    before, after = score(pack, responses), score(split, responses | more)
    assert [it.id for it in after.areas] == [it.id for it in before.areas]
    for old, new in zip(before.areas, after.areas, strict=True):
        assert abs(new.counted - old.counted) < 1e-9


@held
@given(packs(kinds=UNSCALED), st.floats(0.001, 1000), st.floats(0.001, 1000), st.randoms(use_true_random=False))
def test_p8_scaling_all_weights_changes_nothing(pack, questions_by, areas_by, chance):
    responses = given_on(pack, chance)
    severities = {key: replace(it, weight=it.weight * questions_by) for key, it in pack.classes.severity.items()}
    areas = (replace(it, weight=it.weight * areas_by) for it in pack.areas)
    scaled = replace(checklist(*areas, severities=severities), aggregation=pack.aggregation)
    before, after = numbers(score(pack, responses)), numbers(score(scaled, responses))
    # a gate or table at a limit may fall to either side of it by rounding, so only what is summed is compared
    smooth = {area for area, rule in pack.aggregation.in_area if not isinstance(rule, Gates | FirstMatch)}
    for name in smooth & before.keys():
        assert all(abs(new - old) < 1e-9 for new, old in zip(after[name], before[name], strict=True)), name


@held
@given(packs(kinds=PURE), st.data())
def test_p9_every_answer_at_one_level_gives_exactly_its_debt(pack, data):
    level = data.draw(st.integers(0, pack.level_count - 1))
    scored = score(pack, dict.fromkeys(pack.questions, answered(level)))
    for estimate in (scored.system, *(entry.estimate for entry in scored.areas)):
        assert estimate.estimate == pack.aggregation.values[level]


@held
@given(packs(kinds=BETWEEN), st.randoms(use_true_random=False))
def test_p10_an_area_lies_between_the_plain_mean_and_its_worst_question(pack, chance):
    scored = score(pack, given_on(pack, chance))
    for entry in scored.areas:
        inside = [it for name in entry.questions if not (it := scored.questions[name]).left_out]
        if inside:
            mean = fsum(it.debt * it.weight for it in inside) / fsum(it.weight for it in inside)
            assert mean - 1e-12 <= entry.counted <= max(it.debt for it in inside)


@held
@given(st.data())
def test_p11_with_a_critical_share_the_worst_critical_question_is_never_averaged_away(data):
    pack = data.draw(packs(kinds=(PowerMean,)))
    scored = score(pack, given_on(pack, data.draw(st.randoms(use_true_random=False))))
    for entry in scored.areas:
        rule = pack.aggregation.rule_of(entry.id)
        critical = [it for name in entry.questions if (it := scored.questions[name]).critical and not it.left_out]
        for it in critical:
            assert entry.counted >= rule.critical_share * it.debt


# -- and what a kind does not promise is not promised by chance


@pytest.mark.parametrize(
    ("promise", "kept"),
    [(PURE, Sum(full=4)), (PURE, Gates(gates=(Gate(title="g", needs=(("A-01", 0),), debt=0.2),)))],
    ids=["a sum is not the level", "nor is a gate"],
)
def test_a_kind_outside_a_promise_breaks_it(promise, kept):
    assert not isinstance(kept, promise)
    assert combine(kept, Terms(["A-01"], [0.5], [1.0]), (0, 0.5, 1)) != 0.5

"""The promises of the method, P1 to P14 and P20, held over random checklists, votes and floors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import fsum, isfinite

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from checklists.checklist import Checklist, SeverityClass
from scoring.bands import BANDS, band
from scoring.score import Floor, Response, ResponseState, Score, power_mean, score
from scoring.votes import settle
from tests.scoring.builders import NOT_APPLICABLE, UNKNOWN, answered, area, checklist, question

held = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)

LEVELS = st.integers(0, 4)
VOTES = st.lists(st.one_of(LEVELS, st.none()), max_size=12).map(tuple)
WEIGHTS = st.one_of(st.sampled_from([10.0, 7.5, 5.0, 2.5]), st.floats(0.01, 100))
ANSWERS = st.one_of(
    LEVELS.map(answered),
    VOTES.map(lambda votes: Response(state=ResponseState.ANSWERED, votes=votes)),
    st.builds(
        lambda level, votes: Response(state=ResponseState.ANSWERED, level=level, votes=votes), level=LEVELS, votes=VOTES
    ),
    st.just(UNKNOWN),
)
RESPONSES = st.one_of(ANSWERS, ANSWERS, ANSWERS, st.just(NOT_APPLICABLE), st.none())
FLOORS = st.one_of(st.sampled_from([0.25, 0.5]), st.floats(0, 1))


@dataclass(frozen=True)
class Profile:
    """A checklist with what a team gave and what its repository showed."""

    checklist: Checklist
    responses: dict[str, Response]
    floors: tuple[Floor, ...]

    def score(self) -> Score:
        return score(self.checklist, self.responses, self.floors)


@st.composite
def checklists(draw: st.DrawFn) -> Checklist:
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=4))
    severities: dict[str, SeverityClass] = {}
    areas = []
    for number, size in enumerate(sizes):
        letters = []
        for _ in range(size):
            letter = f"S{len(severities)}"
            severities[letter] = SeverityClass(weight=draw(WEIGHTS), loss_days=1, critical=draw(st.booleans()))
            letters.append(letter)
        areas.append(area("ABCD"[number], *letters, weight=draw(WEIGHTS)))
    return checklist(*areas, severities=severities)


@st.composite
def profiles(draw: st.DrawFn, responses=RESPONSES, evidence=True) -> Profile:
    drawn = draw(checklists())
    ids = list(drawn.questions)
    given_responses = {name: response for name in ids if (response := draw(responses)) is not None}
    floors = st.builds(Floor, question=st.sampled_from(ids), signal=st.sampled_from("xyz"), value=FLOORS)
    seen = draw(st.lists(floors, max_size=4)) if evidence else []
    return Profile(drawn, given_responses, tuple(seen))


def triples(scored: Score) -> dict[str, tuple[float, float, float]]:
    """What counts for the system, each area and each question: (debt, low, high)."""
    areas = {entry.id: (entry.counted, entry.estimate.low, entry.estimate.high) for entry in scored.areas}
    questions = {name: (entry.debt, entry.low, entry.high) for name, entry in scored.questions.items()}
    system = scored.system
    counted = power_mean(
        [entry.counted for entry in scored.areas] or [0], [entry.weight for entry in scored.areas] or [1], 3
    )
    return {"system": (counted, system.low, system.high), **areas, **questions}


def order_free(scored: Score) -> dict[str, object]:
    """Everything a score says, without the order of areas and questions."""
    return {
        "system": scored.system,
        "worst": scored.worst_area,
        "areas": {entry.id: replace(entry, questions=tuple(sorted(entry.questions))) for entry in scored.areas},
        "questions": dict(scored.questions),
        "contradictions": set(scored.contradictions),
        "hints": set(scored.hints),
    }


def assert_never_lower(after: Score, before: Score) -> None:
    higher, lower = triples(after), triples(before)
    assert higher.keys() == lower.keys()
    for name, numbers in lower.items():
        assert all(new >= old for new, old in zip(higher[name], numbers, strict=True)), name


# -- P1


@held
@given(profiles())
def test_p1_everything_is_bounded_and_the_estimate_lies_in_its_interval(profile):
    scored = profile.score()
    for debt, low, high in triples(scored).values():
        assert 0 <= low <= debt <= high <= 1
    for estimate in (scored.system, *(entry.estimate for entry in scored.areas)):
        assert 0 <= estimate.coverage <= 1


# -- P2


@held
@given(profiles(), st.data())
def test_p2_a_worse_vote_never_lowers_anything(profile, data):
    votable = [name for name, it in profile.responses.items() if any(vote is not None for vote in it.votes)]
    assume(votable)
    name = data.draw(st.sampled_from(votable))
    response = profile.responses[name]
    place = data.draw(st.sampled_from([i for i, vote in enumerate(response.votes) if vote is not None]))
    votes = list(response.votes)
    votes[place] = data.draw(st.integers(votes[place], 4))
    worse = replace(profile, responses={**profile.responses, name: replace(response, votes=tuple(votes))})
    assert_never_lower(worse.score(), profile.score())


@held
@given(profiles(), st.data())
def test_p2_a_worse_answer_never_lowers_anything(profile, data):
    settled = [name for name, it in profile.responses.items() if it.level is not None]
    assume(settled)
    name = data.draw(st.sampled_from(settled))
    response = profile.responses[name]
    worse = replace(response, level=data.draw(st.integers(response.level, 4)))
    changed = replace(profile, responses={**profile.responses, name: worse})
    assert_never_lower(changed.score(), profile.score())


# -- P3, P4


@held
@given(profiles(), st.data())
def test_p3_more_evidence_never_lowers_anything(profile, data):
    more = Floor(
        question=data.draw(st.sampled_from(list(profile.checklist.questions))), signal="new", value=data.draw(FLOORS)
    )
    assert_never_lower(replace(profile, floors=(*profile.floors, more)).score(), profile.score())


@held
@given(profiles(), st.randoms(use_true_random=False))
def test_p4_evidence_given_twice_or_in_another_order_changes_nothing(profile, random):
    floors = [*profile.floors, *profile.floors]
    random.shuffle(floors)
    assert replace(profile, floors=tuple(floors)).score() == profile.score()


# -- P5


@held
@given(profiles(), st.randoms(use_true_random=False))
def test_p5_the_order_of_questions_raters_areas_and_answers_changes_no_bit(profile, random):
    def shuffled(values):
        return tuple(random.sample(list(values), len(values)))

    areas = tuple(replace(it, questions=shuffled(it.questions)) for it in shuffled(profile.checklist.areas))
    responses = {
        name: replace(profile.responses[name], votes=shuffled(profile.responses[name].votes))
        for name in shuffled(profile.responses)
    }
    other = Profile(replace(profile.checklist, areas=areas), responses, shuffled(profile.floors))
    assert order_free(other.score()) == order_free(profile.score())


# -- P6


@held
@given(profiles(), st.data())
def test_p6_a_question_that_does_not_apply_is_a_question_removed(profile, data):
    name = data.draw(st.sampled_from(list(profile.checklist.questions)))
    marked = replace(profile, responses={**profile.responses, name: NOT_APPLICABLE})
    areas = (
        replace(it, questions=tuple(asked for asked in it.questions if asked.id != name))
        for it in profile.checklist.areas
    )
    removed = replace(profile.checklist, areas=tuple(it for it in areas if it.questions))
    assert marked.score() == replace(profile, checklist=removed).score()


# -- P7


@held
@given(profiles(), st.floats(0.05, 0.95), st.data())
def test_p7_splitting_a_question_with_its_weight_shared_leaves_its_area_and_all_others_unchanged(profile, share, data):
    whole = data.draw(st.sampled_from(list(profile.checklist.questions.values())))
    severity = profile.checklist.classes.severity[whole.severity]
    severities = {
        **profile.checklist.classes.severity,
        "first": replace(severity, weight=severity.weight * share),
        "second": replace(severity, weight=severity.weight * (1 - share)),
    }
    halves = (replace(whole, severity="first"), question("twin", "second"))
    areas = tuple(
        replace(
            it, questions=tuple(part for asked in it.questions for part in (halves if asked is whole else (asked,)))
        )
        for it in profile.checklist.areas
    )
    responses = dict(profile.responses)
    if whole.id in responses:
        responses["twin"] = responses[whole.id]
    floors = (*profile.floors, *(replace(it, question="twin") for it in profile.floors if it.question == whole.id))
    before = profile.score()
    after = score(checklist(*areas, severities=severities), responses, floors)
    assert [it.id for it in after.areas] == [it.id for it in before.areas]
    for old, new in zip(before.areas, after.areas, strict=True):
        assert new.weight == old.weight
        assert abs(new.counted - old.counted) < 1e-9
        assert abs(new.estimate.low - old.estimate.low) < 1e-9
        assert abs(new.estimate.high - old.estimate.high) < 1e-9
        assert abs(new.estimate.coverage - old.estimate.coverage) < 1e-9
    if before.system.estimate is not None:
        assert abs(after.system.estimate - before.system.estimate) < 1e-9


# -- P8


@held
@given(profiles(), st.floats(0.001, 1000), st.floats(0.001, 1000))
def test_p8_scaling_all_weights_changes_nothing(profile, questions_by, areas_by):
    severities = {
        letter: replace(it, weight=it.weight * questions_by)
        for letter, it in profile.checklist.classes.severity.items()
    }
    areas = (replace(it, weight=it.weight * areas_by) for it in profile.checklist.areas)
    scaled = replace(profile, checklist=checklist(*areas, severities=severities)).score()
    before = triples(profile.score())
    for name, numbers in triples(scaled).items():
        assert all(abs(new - old) < 1e-9 for new, old in zip(numbers, before[name], strict=True)), name


# -- P9


@held
@given(checklists(), LEVELS)
def test_p9_every_answer_at_level_k_gives_exactly_the_debt_and_band_of_k(drawn, level):
    scored = score(drawn, dict.fromkeys(drawn.questions, answered(level)))
    for estimate in (scored.system, *(entry.estimate for entry in scored.areas)):
        assert estimate.estimate == level / 4
        assert estimate.band == BANDS[level]


# -- P10


@held
@given(st.lists(st.tuples(st.sampled_from([0, 0.25, 0.5, 0.75, 1]), WEIGHTS), min_size=1, max_size=12))
def test_p10_the_cube_mean_lies_between_the_plain_mean_and_the_maximum(terms):
    values, weights = zip(*terms, strict=True)
    mean = fsum(value * weight for value, weight in terms) / fsum(weights)
    assert mean - 1e-12 <= power_mean(values, weights, 3) <= max(values)


@held
@given(profiles())
def test_p10_an_area_lies_between_the_plain_mean_and_its_worst_question(profile):
    scored = profile.score()
    for entry in scored.areas:
        questions = [scored.questions[name] for name in entry.questions]
        mean = fsum(it.debt * it.weight for it in questions) / fsum(it.weight for it in questions)
        assert mean - 1e-12 <= entry.counted <= max(it.debt for it in questions)


# -- P11


@held
@given(profiles(), st.data())
def test_p11_a_critical_question_at_level_4_is_never_better_than_d(profile, data):
    critical = [
        asked.id
        for asked in profile.checklist.questions.values()
        if profile.checklist.classes.severity[asked.severity].critical
    ]
    assume(critical)
    name = data.draw(st.sampled_from(critical))
    scored = replace(profile, responses={**profile.responses, name: answered(4)}).score()
    entry = next(it for it in scored.areas if name in it.questions)
    assert band(entry.counted) in ("D", "E")
    assert entry.estimate.band in (None, "D", "E")


# -- P12


@held
@given(profiles(), st.data())
def test_p12_not_knowing_is_never_better_than_level_3_and_could_be_level_4(profile, data):
    name = data.draw(st.sampled_from(list(profile.checklist.questions)))

    def with_response(response):
        return triples(replace(profile, responses={**profile.responses, name: response}).score())

    hidden, third, fourth = with_response(UNKNOWN), with_response(answered(3)), with_response(answered(4))
    for place in hidden:
        assert hidden[place][0] >= third[place][0]
        assert hidden[place][2] >= fourth[place][2]


@held
@given(profiles(), st.data())
def test_p12_leaving_an_area_out_never_improves_the_upper_end_of_the_system(profile, data):
    left_out = data.draw(st.sampled_from(profile.checklist.areas))
    ids = {asked.id for asked in left_out.questions}
    assume(not any(profile.responses.get(name) is NOT_APPLICABLE for name in ids))
    silent = replace(profile, responses={key: it for key, it in profile.responses.items() if key not in ids})
    assert silent.score().system.high >= profile.score().system.high


# -- P13


@held
@given(profiles(), st.data())
def test_p13_the_true_value_lies_inside_the_interval_however_the_unknowns_turn_out(profile, data):
    before = profile.score()
    unknown = [name for name, it in before.questions.items() if not it.known]
    truth = {name: answered(data.draw(LEVELS)) for name in unknown}
    complete = replace(profile, responses={**profile.responses, **truth}).score()
    truths = triples(complete)
    for name, (_, low, high) in triples(before).items():
        assert low <= truths[name][0] <= high, name


@held
@given(profiles(), st.data())
def test_p13_answering_an_unknown_question_never_widens_an_interval(profile, data):
    before = profile.score()
    unknown = [name for name, it in before.questions.items() if not it.known]
    assume(unknown)
    name = data.draw(st.sampled_from(unknown))
    response = data.draw(ANSWERS)
    after = triples(replace(profile, responses={**profile.responses, name: response}).score())
    for place, (_, low, high) in triples(before).items():
        assert low <= after[place][1] <= after[place][2] <= high, place


# -- P14


@held
@given(profiles(responses=st.just(NOT_APPLICABLE)))
def test_p14_where_nothing_applies_the_score_says_so_without_a_number(profile):
    scored = profile.score()
    assert (scored.areas, dict(scored.questions)) == ((), {})
    assert (scored.system.estimate, scored.system.band, scored.system.applies) == (None, None, False)


@held
@given(profiles(responses=st.sampled_from([UNKNOWN, None])))
def test_p14_where_nothing_is_known_the_score_is_not_rated(profile):
    scored = profile.score()
    for estimate in (scored.system, *(entry.estimate for entry in scored.areas)):
        assert (estimate.estimate, estimate.low, estimate.high) == (None, 0, 1)
        assert (estimate.coverage, estimate.band, estimate.applies) == (0, None, True)


@held
@given(profiles())
def test_p14_no_number_is_ever_not_a_number(profile):
    for numbers in triples(profile.score()).values():
        assert all(isfinite(number) for number in numbers)


# -- P20


@held
@given(profiles())
def test_p20_a_second_vote_with_identical_votes_leaves_everything_equal(profile):
    again = {name: replace(response) for name, response in profile.responses.items()}
    assert replace(profile, responses=again).score() == profile.score()


# -- 2.2b, as a property


@held
@given(VOTES)
def test_settled_votes_are_the_upper_median_of_the_levels_or_unknown(votes):
    levels = sorted(vote for vote in votes if vote is not None)
    if 2 * len(levels) <= len(votes):
        assert settle(votes) is None
    else:
        level = settle(votes)
        assert sum(vote > level for vote in levels) < len(levels) / 2 + 0.5
        assert sum(vote < level for vote in levels) <= len(levels) / 2
        assert level == levels[len(levels) // 2]

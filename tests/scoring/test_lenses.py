"""The same answers seen another way: through another pack's mapping, and as repair over rebuilding; worked by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.aggregation import Aggregation, Mean, Reading, ReadingBand, Worst
from checklists.checklist import Approximation, Checklist, Level
from checklists.reader import DEFAULT_PACK, PACKS, load_checklist
from scoring.lenses import Standing, can_be_read, debt_ratio, rating_of, score_lens
from scoring.score import Scope, score
from scoring.terms import Response, ResponseState
from tests.scoring.builders import NOT_APPLICABLE, UNKNOWN, answered, area, checklist, floor, levels, question

OURS = replace(checklist(area("ENT", "M", "M", "M"), area("MON", "M", question("MON-02", core=False))), id="ours")

READING = Reading(
    unit="points",
    no_debt=2,
    full_debt=0,
    bands=(
        ReadingBand(words="nothing", up_to=0),
        ReadingBand(words="little", up_to=1),
        ReadingBand(words="much", up_to=None),
    ),
)


def lens_pack(**mapping: tuple[str, ...]) -> Checklist:
    """Two sections of two items with three levels (1, .5 and 0 points); the weaker section decides."""
    three = tuple(Level(number=number, text=f"level {number}") for number in range(3))
    sections = []
    for section in ("AA", "BB"):
        items = (
            replace(
                question(f"{section}-0{number}"),
                levels=three,
                approximated_by=mapping.get(f"{section}{number}", ()),
            )
            for number in (1, 2)
        )
        sections.append(area(section, *items))
    return replace(
        checklist(*sections),
        id="theirs",
        title="Theirs",
        aggregation=Aggregation(values=(0.0, 0.5, 1.0), questions=Mean(), areas=Worst(), reading=READING),
        approximation=Approximation(pack="ours", levels=(0, 1, 1, 2, 2), nearest=("BB-02",)),
    )


FULL = {"AA1": ("ENT-01",), "AA2": ("ENT-02",), "BB1": ("ENT-03",), "BB2": ("MON-01",)}


def seen(answers, *, mapping=None, floors=(), asked=None):
    asked = asked or Scope()
    found = score_lens(OURS, score(OURS, answers, floors, asked=asked), lens_pack(**(mapping or FULL)), asked=asked)
    assert found is not None
    return found


def test_known_answers_give_points_by_the_mapping_and_the_weaker_section_decides():
    # levels 0 and 2 are 1 and .5 points, 4 and 1 are 0 and .5: sections of 1.5 and .5, the score is .5
    found = seen(levels("ENT", 0, 2, 4) | levels("MON", 1))
    assert [(a.span.low, a.span.high) for a in found.areas] == [(1.5, 1.5), (0.5, 0.5)]
    assert (found.span.low, found.span.high, found.span.certain) == (0.5, 0.5, True)
    assert found.span.low_words == "little"
    assert found.deciding == ("BB",)
    assert [item.level for item in found.items] == [0, 1, 2, 1]


def test_what_is_unknown_counts_as_not_done_at_the_low_end_and_as_done_at_the_high_end():
    found = seen(levels("ENT", 0, 0, 0) | {"MON-01": UNKNOWN})
    assert [(a.span.low, a.span.high) for a in found.areas] == [(2, 2), (1, 2)]
    assert (found.span.low, found.span.low_words, found.span.high, found.span.high_words) == (1, "little", 2, "much")
    assert found.items[3].standing is Standing.UNKNOWN
    assert found.areas[1].known == 1


def test_nothing_known_at_all_is_the_whole_range():
    found = seen({})
    assert (found.span.low, found.span.high) == (0, 2)
    assert {item.standing for item in found.items} == {Standing.UNKNOWN}


def test_what_was_not_asked_does_not_apply_or_has_no_counterpart_is_told_apart():
    mapping = {"AA1": ("MON-02",), "AA2": ("ENT-01",), "BB1": ("GONE-01",)}
    found = seen({"ENT-01": NOT_APPLICABLE}, mapping=mapping, asked=Scope(core_only=True))
    assert [item.standing for item in found.items] == [
        Standing.NOT_ASKED, Standing.NOT_APPLICABLE, Standing.NOT_ASKED, Standing.UNMAPPED,
    ]  # fmt: skip
    assert (found.span.low, found.span.high) == (0, 2)


def test_an_item_read_from_several_takes_the_worst_and_is_known_only_when_all_are():
    mapping = FULL | {"AA1": ("ENT-01", "ENT-02")}
    assert seen(levels("ENT", 0, 3, 0), mapping=mapping).items[0].level == 2
    half = seen(levels("ENT", 1), mapping=mapping).items[0]
    assert (half.level, half.best, half.worst) == (None, 1, 2)


def test_an_evidence_floor_counts_as_the_level_it_allows():
    # answered 0, but a direct observation allows no less than .5, our level 2: half a point
    assert seen(levels("ENT", 0, 0, 0), floors=[floor("ENT-01", 0.5)]).items[0].level == 1
    assert seen(levels("ENT", 0, 0, 0), floors=[floor("ENT-01", 0.6)]).items[0].level == 2


LEVELS = st.one_of(st.none(), st.integers(0, 4))


@given(given_levels=st.tuples(LEVELS, LEVELS, LEVELS, LEVELS), place=st.integers(0, 3), level=st.integers(0, 4))
def test_an_answer_to_an_open_question_only_narrows_the_range_and_a_worse_one_never_raises_it(
    given_levels: tuple[int | None, ...], place: int, level: int
) -> None:
    names = ("ENT-01", "ENT-02", "ENT-03", "MON-01")

    def span(chosen: tuple[int | None, ...]) -> tuple[float, float]:
        found = seen({name: answered(one) for name, one in zip(names, chosen, strict=True) if one is not None})
        return found.span.low, found.span.high

    before, known = span(given_levels), given_levels[place]
    after = span((*given_levels[:place], level, *given_levels[place + 1 :]))
    if known is None:
        assert before[0] <= after[0] <= after[1] <= before[1]
    elif level >= known:
        assert (after[0] <= before[0], after[1] <= before[1]) == (True, True)


def test_items_without_an_exact_counterpart_are_marked():
    assert [item.question.id for item in seen({}).items if item.nearest] == ["BB-02"]


@pytest.mark.parametrize(
    "pack",
    [
        pytest.param(replace(lens_pack(**FULL), approximation=None), id="no mapping"),
        pytest.param(
            replace(lens_pack(**FULL), approximation=Approximation(pack="others", levels=(0, 1, 1, 2, 2))),
            id="of another pack",
        ),
        pytest.param(
            replace(lens_pack(**FULL), approximation=Approximation(pack="ours", levels=(0, 1, 2))), id="other levels"
        ),
        pytest.param(OURS, id="itself"),
    ],
)
def test_a_pack_that_says_nothing_of_this_checklist_is_no_lens(pack: Checklist) -> None:
    assert not can_be_read(OURS, pack)
    assert score_lens(OURS, score(OURS, {}), pack) is None


def test_the_shipped_pack_can_be_read_from_ours_and_every_id_it_names_is_asked():
    ours, theirs = load_checklist(PACKS / f"{DEFAULT_PACK}.yaml"), load_checklist(PACKS / "ml-test-score.yaml")
    named = {source for item in theirs.questions.values() for source in item.approximated_by}
    assert can_be_read(ours, theirs)
    assert named <= set(ours.questions)
    assert all(item.approximated_by for item in theirs.questions.values())


@pytest.mark.parametrize(
    ("level", "points", "words"),
    [(0, 7.0, "outstanding"), (1, 3.5, None), (2, 3.5, None), (3, 0.0, None), (4, 0.0, None)],
)
def test_ours_answered_alike_gives_the_published_ends(level: int, points: float, words: str | None) -> None:
    ours, theirs = load_checklist(PACKS / f"{DEFAULT_PACK}.yaml"), load_checklist(PACKS / "ml-test-score.yaml")
    found = score_lens(ours, score(ours, dict.fromkeys(ours.questions, answered(level))), theirs)
    assert found is not None
    assert (found.questions, found.span.low, found.span.high) == (28, points, points)
    assert words is None or found.span.low_words == words


# -- repair over rebuilding


def test_the_ratio_is_the_principal_of_all_debts_over_the_rebuild_cost():
    # effort 5 at level 4: 5 x (.6 + .4) + 4 = 9 days; level 2: 5 x (.6 + .2) + 4 = 8; level 0 nothing: 17 of 100
    found = debt_ratio(OURS, score(OURS, levels("ENT", 4, 2, 0)), rebuild_days=100)
    assert found.principal_days == pytest.approx(17)
    assert (found.repaid, found.unknown) == (2, 2)
    assert found.ratio == pytest.approx(0.17)
    assert found.rating == "C"
    assert found.possible_days == pytest.approx(18)  # MON-01 and MON-02, unanswered, at most 9 days each
    assert (found.ratio_high, found.rating_high) == (pytest.approx(0.35), "D")


def test_what_does_not_apply_is_owed_by_nobody():
    nothing = {q: Response(state=ResponseState.NOT_APPLICABLE, reason="none here") for q in OURS.questions}
    found = debt_ratio(OURS, score(OURS, nothing), rebuild_days=10)
    assert (found.principal_days, found.possible_days, found.rating_high) == (0, 0, "A")


@pytest.mark.parametrize(
    ("ratio", "letter"),
    [(0, "A"), (0.05, "A"), (0.0501, "B"), (0.1, "B"), (0.2, "C"), (0.21, "D"), (0.5, "D"), (0.51, "E"), (30, "E")],
)
def test_a_limit_of_the_grid_belongs_to_the_better_rating(ratio: float, letter: str) -> None:
    assert rating_of(ratio) == letter


@pytest.mark.parametrize("days", [0, -1, float("nan"), float("inf"), 10_001])
def test_a_rebuild_cost_that_is_none_is_refused(days: float) -> None:
    with pytest.raises(ValueError, match="rebuild cost"):
        debt_ratio(OURS, score(OURS, {}), rebuild_days=days)

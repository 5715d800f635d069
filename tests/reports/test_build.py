"""The report: what it counts, what it says, and that the same sources make the same report."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import isclose

import pytest

from reports import numbers
from reports.build import build, digest_of
from reports.decide import WHAT_MAX, WHEN_MAX, WHY_MAX
from reports.numbers import period as period_words
from reports.report import CellState, Length, Move, PromiseState, Report, Unit
from reports.sources import CauseSource, DecisionWording, PromiseSource, VotesSource, Wording
from tests.reports import builders

EXAMPLES = builders.examples()


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_shape_of_portfolio_makes_a_report_with_a_verdict_and_four_numbers(name: str) -> None:
    report = build(EXAMPLES[name])
    assert report.verdict.text.endswith(".")
    assert report.verdict.because
    assert [it.key for it in report.numbers] == ["debt", "heavy", "answered", "kept"]
    assert len(report.decisions) <= 3
    assert all(it.because for it in report.decisions)
    assert report == build(EXAMPLES[name])


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_steps_of_a_change_lead_from_one_debt_to_the_other(name: str) -> None:
    change = build(EXAMPLES[name]).change
    if change is not None:
        assert isclose(change.before + sum(it.share for it in change.steps), change.after, abs_tol=0.0006)


def test_the_debt_of_a_portfolio_is_the_mean_of_the_rated_systems() -> None:
    sources = EXAMPLES["usual"]
    rated = [it.total.estimate for it in sources.systems if it.total and it.total.band]
    debt = build(sources).numbers[0]
    assert debt.value == pytest.approx(sum(rated) / len(rated))
    assert debt.shown == f"{100 * sum(rated) / len(rated):.1f}"
    assert debt.unit is Unit.DEBT


def test_what_is_unknown_is_never_a_zero() -> None:
    report = build(EXAMPLES["nothing assessed"])
    assert {cell.state for row in report.appendix.heatmap.rows for cell in row.cells} == {CellState.UNANSWERED}
    assert report.numbers[0].value is None
    assert report.numbers[0].shown == "–"
    assert report.rated == 0


def test_an_area_that_does_not_apply_and_one_nobody_answered_are_told_apart() -> None:
    sources = builders.portfolio(1)
    (system,) = sources.systems
    kept = tuple(it for it in system.cells if it.area != "ENT" and it.area != "FBL")
    unanswered = builders.cell("FBL", None)
    row = build(replace(sources, systems=(replace(system, cells=(*kept, unanswered)),))).appendix.heatmap.rows[0]
    assert [row.cells[0].state, row.cells[1].state] == [CellState.NOT_APPLICABLE, CellState.UNANSWERED]
    assert [row.cells[0].shown, row.cells[1].shown] == ["–", "?"]


def test_the_digest_is_of_everything_but_the_length() -> None:
    usual = EXAMPLES["usual"]
    assert digest_of(usual) == digest_of(replace(usual, length=Length.EXECUTIVE))
    assert digest_of(usual) == digest_of(builders.examples()["usual"])
    others = [
        replace(usual, organisation="Another"),
        replace(usual, systems=usual.systems[1:]),
        replace(usual, causes=(CauseSource(system_id="s001", cause="answers", share=0.5),)),
        replace(usual, wording=Wording(verdict="All is well.")),
    ]
    assert len({digest_of(it) for it in (usual, *others)}) == 5


def test_a_persons_wording_takes_the_place_of_ours_and_says_so() -> None:
    wording = Wording(
        verdict="We\nstop\x00 here.",
        decisions=(DecisionWording(what="Hire", who="Ana", when="by May"), DecisionWording(what=" ")),
    )
    report = build(replace(EXAMPLES["usual"], wording=wording))
    assert (report.verdict.text, report.verdict.edited) == ("We stop here.", True)
    assert [(it.what, it.who_and_when, it.edited) for it in report.decisions] == [("Hire", "Ana, by May", True)]
    assert build(replace(EXAMPLES["usual"], wording=Wording(decisions=()))).decisions == ()


def test_page_one_does_not_ask_twice_for_the_same_question() -> None:
    usual = EXAMPLES["usual"]
    alike = tuple(replace(it, question="ENT-01") for it in usual.priorities)
    report = build(replace(usual, priorities=alike, promises=(), open_questions=(), votes=()))
    assert len(report.actions) == 5
    assert sum("best return" in it.because for it in report.decisions) == 1


def test_votes_of_three_people_leave_the_room_in_no_report() -> None:
    votes = VotesSource(system_id="s000", question="ENT-01", text="?", area="ENT", votes=(0, 4, 4))
    assert build(replace(EXAMPLES["usual"], votes=(votes,))).disputes is None
    four = build(replace(EXAMPLES["usual"], votes=(replace(votes, votes=(0, 4, 4, None)),))).disputes
    assert four is not None
    assert (four.questions[0].counts, four.questions[0].unknown, four.questions[0].voters) == ((1, 0, 0, 0, 2), 1, 4)


def test_a_promise_is_kept_late_overdue_open_or_dropped() -> None:
    promises = build(EXAMPLES["usual"]).promises
    assert promises is not None
    assert {state for state, _ in promises.counts} == set(PromiseState)
    assert sum(count for _, count in promises.counts) == len(EXAMPLES["usual"].promises)
    kept = build(EXAMPLES["usual"]).numbers[3]
    assert kept.value == promises.count(PromiseState.KEPT)
    assert kept.of == len(EXAMPLES["usual"].promises) - promises.count(PromiseState.OPEN)


def test_the_first_pages_show_the_worst_twenty_and_the_appendix_all() -> None:
    report = build(builders.portfolio(50))
    assert report.heatmap is not None
    assert (len(report.heatmap.rows), report.heatmap.left_out, len(report.appendix.heatmap.rows)) == (20, 30, 50)
    debts = sorted((it.total.debt or 0 for it in report.appendix.heatmap.rows), reverse=True)
    assert min(it.total.debt or 0 for it in report.heatmap.rows) >= debts[20]


def test_a_system_that_left_is_no_fall_of_the_others_and_no_heavy_system_less() -> None:
    whole = builders.portfolio(3)
    stays = [
        replace(it, total=builders.cell("", 0.53, 0.5), total_before=builders.cell("", 0.5)) for it in whole.systems[:2]
    ]
    left = replace(whole.systems[2], total=None, cells=(), total_before=builders.cell("", 0.9))
    report = build(replace(whole, systems=(*stays, left), quarters=()))
    debt, heavy, _, kept = report.numbers
    assert (debt.value, debt.change) == (pytest.approx(0.53), pytest.approx(0.03))
    assert report.verdict.text.startswith("Debt stands at 53.0; like for like it rose by 3.0 points")
    assert (heavy.value, heavy.of, heavy.change) == (0, 2, 0), (
        "nobody repaid the debt of a system that is not rated now"
    )
    assert kept.label == f"Promises kept, {period_words(whole.compared_with)}"
    assert report.promises is not None
    assert period_words(whole.compared_with) in report.promises.finding


def test_names_are_cleaned_and_kept_apart_from_ids() -> None:
    report = build(builders.portfolio(2, names=("a\u202eb\x00", "a\x01b"), teams=("\x07",)))
    assert {(row.system_id, row.name) for row in report.appendix.heatmap.rows} == {("s000", "ab"), ("s001", "a b")}
    assert {row.team for row in report.appendix.heatmap.rows} == {""}


def test_a_system_that_got_worse_is_named_in_verdict_and_decisions() -> None:
    sources = builders.portfolio(5)
    worse = replace(sources.systems[2], total=builders.cell("", 0.8, 0.3), total_before=builders.cell("", 0.3))
    report = build(replace(sources, systems=(*sources.systems[:2], worse, *sources.systems[3:])))
    assert worse.name in report.verdict.text
    assert "clearly worse" in report.verdict.because
    assert any(worse.name in it.what for it in report.decisions)
    row = next(it for it in report.appendix.heatmap.rows if it.system_id == worse.id)
    assert row.total.move is Move.WORSE


def _wordings(report: Report) -> list[DecisionWording]:
    return [DecisionWording(what=it.what, why=it.why, who=it.who, when=it.when) for it in report.decisions]


def test_a_decision_left_as_it_was_proposed_keeps_its_price_beside_one_that_was_reworded() -> None:
    sources = EXAMPLES["usual"]
    ours = build(sources)
    first, second, third = _wordings(ours)
    longest = replace(second, what="w" * WHAT_MAX, why="y" * WHY_MAX, when="n" * WHEN_MAX)
    worded = build(replace(sources, wording=Wording(decisions=(first, longest, third))))
    assert (worded.decisions[0], worded.decisions[2]) == (ours.decisions[0], ours.decisions[2])
    assert worded.decisions[0].price
    assert worded.decisions[1].edited
    assert (worded.decisions[1].what, worded.decisions[1].why) == (longest.what, longest.why)
    assert worded.decisions[1].when == longest.when


def test_what_is_overdue_is_to_be_finished_or_dropped_and_not_funded_again() -> None:
    sources = builders.portfolio(3)
    best = build(sources).actions[0]
    since = sources.made_on - timedelta(days=60)
    promised = tuple(
        replace(it, planned=True, owner="Ada", due=since) if it.question == best.question else it
        for it in sources.priorities
    )
    late = PromiseSource(
        system_id="s000", title="Close the table", owner="Ada", state="open", planned_on=since - timedelta(days=20),
        due=since, planned_days=3, debt_before=0.5, debt_target=0.25,
    )  # fmt: skip
    report = build(replace(sources, priorities=promised, promises=(), planned=(late,)))
    assert not any(best.title in it.what for it in report.decisions)
    (drop,) = [it for it in report.decisions if "overdue" in it.because]
    assert (drop.what, drop.who) == ("Finish or drop the overdue action", "Ada")
    assert drop.why.startswith("Close the table in ")
    assert drop.when == "before Q1 2027 begins"
    assert numbers.by_day(since, sources.made_on) == "overdue since 30 Sep 2026"
    assert numbers.by_day(sources.made_on, sources.made_on) == "by 29 Nov 2026"
    unowned = build(replace(sources, promises=(), planned=(replace(late, owner=""),))).decisions
    assert [it.who for it in unowned if "overdue" in it.because] == [f"{sources.systems[0].team} lead"]


def test_page_one_does_not_give_the_same_reason_twice_and_names_somebody_for_each_decision() -> None:
    sources = builders.portfolio(4)
    one, other = sources.priorities[0], sources.priorities[1]
    assert one.question != other.question
    alike = [replace(one, system_id=f"s00{n}", cost_days=1, benefit_days=90 - n, known=True) for n in (0, 1)]
    last = replace(other, system_id="s002", cost_days=1, benefit_days=50, known=True, why="Another reason.")
    votes = VotesSource(system_id="s000", question="ENT-01", text="Who?", area="ENT", votes=(0, 4, 4, 0))
    report = build(replace(sources, priorities=(*alike, last), promises=(), open_questions=(), votes=(votes,)))
    funded = [it for it in report.decisions if it.cost_days is not None]
    assert len({it.why.partition("Each day")[0] for it in funded}) == len(funded) == 2
    assert all(it.who for it in report.decisions)


def test_nothing_is_funded_before_anything_is_rated() -> None:
    sources = builders.portfolio(1)
    (system,) = sources.systems
    unrated = replace(system, total=replace(builders.cell("", 0.6), band=None, coverage=0.5), answered=0.5)
    report = build(replace(sources, systems=(unrated,), promises=()))
    assert all(it.cost_days is None for it in report.decisions)
    assert report.decisions[0].who == f"{system.team} lead"


def test_a_change_that_is_not_all_between_then_and_now_says_like_for_like() -> None:
    sources = builders.portfolio(2)
    moved = tuple(
        replace(it, total=replace(builders.cell("", 0.6), change=0.05), total_before=builders.cell("", 0.4))
        for it in sources.systems
    )
    quarters = tuple(replace(it, debts=(0.4, 0.4)) for it in sources.quarters)
    report = build(replace(sources, systems=moved, quarters=quarters, causes=()))
    assert report.verdict.text.startswith("Debt stands at 60.0; like for like it rose by 5.0 points")
    assert "questions asked both times" in report.verdict.because
    better = tuple(replace(it, total=replace(it.total, direction="better")) for it in moved)
    said = build(replace(sources, systems=better, quarters=quarters, causes=())).verdict.text
    assert said.count(";") == 1
    assert ", and " in said
    assert report.numbers[0].note == "like for like; it stood at 40.0"
    plain = build(replace(sources, systems=tuple(replace(it, total=replace(it.total, change=0.2)) for it in moved),
                          quarters=quarters, causes=()))  # fmt: skip
    assert plain.verdict.text.startswith("Debt rose by 20.0 points to 60.0")


def test_a_mean_that_moved_through_its_members_alone_says_so() -> None:
    sources = builders.portfolio(2)
    stays, gone = sources.systems
    same = builders.cell("", 0.2)
    gone = replace(gone, total=None, total_before=builders.cell("", 0.6), cells=())
    quarters = tuple(replace(it, debts=(0.2, 0.6)) for it in sources.quarters[:-1])
    quarters += (replace(sources.quarters[-1], debts=(0.2,)),)
    stays = replace(stays, total=replace(same, change=0.0), total_before=same)
    report = build(replace(sources, systems=(stays, gone), quarters=quarters, causes=()))
    assert report.change is not None
    assert [(it.key, round(it.share, 6)) for it in report.change.steps] == [("members", -0.2)]
    assert report.trend is not None
    assert "2 rated systems then, 1 now" in report.trend.finding


def test_days_promised_count_every_action_and_the_number_names_the_quarter_it_is_about() -> None:
    sources = EXAMPLES["usual"]
    kept = replace(sources.promises[0], state="done", closed_on=sources.made_on, planned_on=sources.made_on)
    other = replace(kept, state="open", closed_on=None, planned_days=kept.planned_days)
    report = build(replace(sources, promises=(kept,), planned=(kept, other)))
    assert report.burn_up is not None
    assert report.burn_up.points[-1].scope_days == pytest.approx(2 * kept.planned_days)
    assert report.numbers[3].label == "Promises kept, Q3 2026"
    assert report.promises is not None
    assert "in Q3 2026" in report.promises.finding

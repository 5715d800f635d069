"""The demonstration portfolio keeps what its stories promise, enters as a user would, and leaves without a trace."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import cli
from operations.actions import read_actions
from operations.assessments import Choice, answer_question, open_assessment, read_answers, read_history
from operations.authorize import Actor
from operations.comments import count_comments, read_comments
from operations.connections import read_connections
from operations.demonstration import load, load_demonstration, remove_demonstration
from operations.demonstration.aims import COMMENTS
from operations.demonstration.load import STORIES
from operations.demonstration.moments import quarter_starts, workshop_clock
from operations.demonstration.one_transaction import in_one_transaction
from operations.demonstration.pricing import FORECAST
from operations.demonstration.promises import PLANNING
from operations.demonstration.repositories import packed
from operations.demonstration.story import PRESENT, Story
from operations.errors import AlreadyThere, Forbidden, InvalidInput
from operations.plans import read_plan
from operations.portfolio import PortfolioRow, ScoreCell, read_portfolio
from operations.records import PORTFOLIO, WHOLE
from operations.repository_evidence import LedgerEntry, read_evidence, read_evidence_trend, read_tokens
from operations.scans import Origin
from operations.system_view import SystemView, compare_periods, list_with_periods, read_question_lines, read_system_view
from operations.systems import create_system, list_systems, read_system
from operations.targets import read_targets
from operations.upkeep import verify
from operations.workplace import Workplace, open_workplace, shipped_checklist
from operations.workshops import list_workshops, read_summary
from scoring.bands import BANDS
from scoring.targets import Pace
from store.store import open_store

YOU = Actor(name="You", local=True)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PERIODS = ("2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3", "2026Q4")
CHECKLIST = shipped_checklist()


def workplace_at(path: Path) -> Workplace:
    return Workplace(store=open_store(str(path)), clock=lambda: NOW)


@pytest.fixture(scope="module")
def told() -> list[tuple[int, int, str]]:
    return []


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, told: list[tuple[int, int, str]]) -> Iterator[Workplace]:
    workplace = workplace_at(tmp_path_factory.mktemp("demonstration") / "arrears.db")
    load_demonstration(workplace, YOU, progress=lambda done, of, what: told.append((done, of, what)))
    yield workplace
    workplace.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Workplace]:
    workplace = workplace_at(tmp_path / "arrears.db")
    yield workplace
    workplace.close()


def system_view(workplace: Workplace, name: str) -> SystemView:
    system_id = next(s.system_id for s in list_systems(workplace, YOU) if s.name == name)
    return read_system_view(workplace, YOU, system_id=system_id)


def debt(view: SystemView, quarter: int, area: str = "") -> float:
    estimate = view.cells[area, PERIODS[quarter - 1]].estimate
    assert estimate is not None
    return estimate


def row(workplace: Workplace, name: str, quarter: int = PRESENT) -> PortfolioRow:
    rows = read_portfolio(workplace, YOU, period=PERIODS[quarter - 1]).rows
    return next(found for found in rows if found.system.name == name)


def ledger(workplace: Workplace, name: str, period: str) -> tuple[LedgerEntry, ...]:
    assessment = next(a for a in system_view(workplace, name).assessments if a.period == period)
    return read_evidence(workplace, YOU, assessment_id=assessment.assessment_id).ledger


# --- the whole ----------------------------------------------------------------------------------------------------


def test_eight_systems_of_three_teams_cover_six_quarters_of_which_the_present_one_is_open(loaded: Workplace) -> None:
    listed = list_with_periods(loaded, YOU)
    assert len(listed) == 8
    assert len({system.team for system, _ in listed}) == 3
    assert all(system.demonstration for system, _ in listed)
    assert tuple(sorted({period for _, periods in listed for period in periods})) == PERIODS
    states = {(a.period, a.state) for system, _ in listed for a in system_view(loaded, system.name).assessments}
    assert states == {(period, "closed") for period in PERIODS[:-1]} | {(PERIODS[-1], "open")}


def test_in_the_present_quarter_some_are_done_two_are_half_answered_and_one_is_not_opened(loaded: Workplace) -> None:
    answered = {
        story.name: len(read_answers(loaded, YOU, assessment_id=found.assessment_id))
        for story in STORIES
        if (found := row(loaded, story.name).assessment) is not None
    }
    assert set(answered) == {story.name for story in STORIES} - {"Product recommendations"}
    assert answered["Lead scoring"] == 17
    assert answered["Ticket sorting"] == 20
    assert answered["Card fraud screening"] == 93
    assert sum(number >= 34 for number in answered.values()) == 5


def test_a_quarter_in_the_middle_of_being_answered_is_not_called_worse(loaded: Workplace) -> None:
    total = row(loaded, "Lead scoring").total
    assert total is not None
    assert total.band is None
    assert (total.change, total.direction) == (None, None)


def test_every_sealed_quarter_verifies_and_so_do_the_audit_chain_and_the_answer_history(loaded: Workplace) -> None:
    verdict = verify(loaded, YOU)
    assert verdict.fault is None
    assert verdict.snapshots == sum(len([q for q in story.quarters() if q < PRESENT]) for story in STORIES)
    assert loaded.store.verify() == ()


def test_all_five_letters_can_be_seen_in_the_present_quarter(loaded: Workplace) -> None:
    cells: list[ScoreCell] = [
        cell for found in read_portfolio(loaded, YOU).rows for area, cell in found.cells.items() if area
    ]
    assert {cell.band for cell in cells if cell.band} == set(BANDS)


def test_progress_counts_every_quarter_of_every_system_and_ends_at_the_end(
    loaded: Workplace, told: list[tuple[int, int, str]]
) -> None:
    assert loaded is not None
    numbers = [done for done, _, _ in told]
    assert numbers == list(range(len(told)))
    assert {of for _, of, _ in told} == {numbers[-1]}
    assert told[0][2] == "Customer churn, Q3 2025"


def test_each_area_has_different_levels_unless_it_is_free_of_debt(loaded: Workplace) -> None:
    for story in STORIES:
        view = system_view(loaded, story.name)
        assert view.latest is not None
        for area in view.latest.score.areas:
            questions = [view.latest.score.questions[question] for question in area.questions]
            levels = [question.level for question in questions if question.level is not None]
            if len(levels) >= 3:
                assert len(set(levels)) > 1 or set(levels) == {0}, (story.name, area.id)


def test_nobody_acts_in_the_future_or_before_the_quarter(loaded: Workplace) -> None:
    for story in STORIES:
        for assessment in system_view(loaded, story.name).assessments:
            starts = quarter_starts(assessment.period)
            answers = read_answers(loaded, YOU, assessment_id=assessment.assessment_id).values()
            moments = [
                assessment.opened_at,
                *(a.changed_at for a in answers),
                assessment.closed_at or assessment.opened_at,
            ]
            assert all(starts <= datetime.fromisoformat(m) <= min(NOW, starts + timedelta(days=92)) for m in moments)


def test_the_answers_are_the_peoples_own_with_a_history_and_confirmed_where_nothing_changed(loaded: Workplace) -> None:
    story = next(s for s in STORIES if s.name == "House price estimate")
    view = system_view(loaded, story.name)
    for quarter, assessment in enumerate(view.assessments, start=1):
        answers = read_answers(loaded, YOU, assessment_id=assessment.assessment_id)
        assert {answer.changed_by for answer in answers.values()} <= set(story.people)
        events = read_history(loaded, YOU, assessment_id=assessment.assessment_id, question_id="DAT-02")
        assert [event.rev for event in events] == [1]
        assert answers["DAT-02"].source == ("person" if quarter in (1, 3, 4) else "confirmed")


# --- the stories --------------------------------------------------------------------------------------------------


def test_the_house_price_estimate_gets_better_after_contracts_with_its_sources(loaded: Workplace) -> None:
    view = system_view(loaded, "House price estimate")
    assert debt(view, 1, "DAT") > 0.75
    assert debt(view, 4, "DAT") < debt(view, 3, "DAT") < debt(view, 2, "DAT")
    assert view.cells["DAT", PERIODS[5]].band == "B"
    assert debt(view, 6) < debt(view, 1) - 0.15


def test_customer_churn_is_healthy_and_steady(loaded: Workplace) -> None:
    view = system_view(loaded, "Customer churn")
    assert {cell.band for (area, _), cell in view.cells.items() if area == ""} == {"B"}
    assert max(debt(view, q) for q in range(1, 7)) - min(debt(view, q) for q in range(1, 7)) < 0.085
    assert {view.cells[area, PERIODS[5]].band for area in ("PIP", "PRO")} == {"A"}


def test_lead_scoring_does_not_know_its_consumer_until_the_third_quarter(loaded: Workplace) -> None:
    view = system_view(loaded, "Lead scoring")
    found = [read_answers(loaded, YOU, assessment_id=a.assessment_id)["ENT-05"] for a in view.assessments]
    assert [answer.state for answer in found[:3]] == ["unknown", "unknown", "answered"]
    assert [answer.level for answer in found[2:4]] == [4, 4]
    assert view.cells["ENT", PERIODS[1]].band is None
    assert view.cells["ENT", PERIODS[2]].band == "D"


def test_the_recommender_gets_better_when_a_random_share_breaks_the_loop(loaded: Workplace) -> None:
    view = system_view(loaded, "Product recommendations")
    assert view.cells["FBL", PERIODS[0]].band == "E"
    assert view.latest is not None
    assert max(debt(view, 1, area.id) for area in view.latest.score.areas) == debt(view, 1, "FBL")
    assert debt(view, 4, "FBL") < debt(view, 3, "FBL") - 0.25
    assert view.cells["FBL", PERIODS[4]].band == "B"


def test_the_fraud_screening_gets_clearly_worse_with_cut_offs_nobody_can_explain(loaded: Workplace) -> None:
    view = system_view(loaded, "Card fraud screening")
    assert debt(view, 6) > debt(view, 1) + 0.25
    assert view.latest is not None
    assert {view.latest.score.questions[q].level for q in ("MON-06", "CFG-07")} == {4}
    total = row(loaded, "Card fraud screening").total
    assert total is not None
    assert total.direction == "worse"
    assert view.cells["MON", PERIODS[5]].band == "E"
    comparison, _ = compare_periods(loaded, YOU, system_id=view.system.system_id, before=PERIODS[4], after=PERIODS[5])
    assert not comparison.common_only
    assert comparison.system.counts.worse > 20
    assert comparison.system.counts.improved == 0


def test_only_the_fraud_screening_answers_every_question_and_only_in_its_last_two_quarters(loaded: Workplace) -> None:
    scopes = {(s.name, a.period): a.scope for s in STORIES for a in system_view(loaded, s.name).assessments}
    everything = {place for place, scope in scopes.items() if scope == "all"}
    assert everything == {("Card fraud screening", period) for period in PERIODS[4:]}


def test_the_forecast_leaves_its_notebook_and_gets_much_better(loaded: Workplace) -> None:
    view = system_view(loaded, "Store demand forecast")
    assert view.cells["RPG", PERIODS[0]].band == "E"
    assert view.cells["RPG", PERIODS[5]].band == "B"
    assert debt(view, 6) < debt(view, 1) - 0.35
    early = read_evidence(loaded, YOU, assessment_id=view.assessments[1].assessment_id)
    assert early.evidence is not None
    assert "notebook-in-production" in {s.id for s in early.signals("RPG") if s.state == "found"}


def test_the_ticket_sorting_is_split_five_people_three_levels_or_more_apart(loaded: Workplace) -> None:
    view = system_view(loaded, "Ticket sorting")
    lines = read_question_lines(loaded, YOU, assessment_id=view.assessments[4].assessment_id)
    disputed = {line.question.id: line for line in lines if line.disputed}
    assert set(disputed) == {"ENT-05", "DAT-02", "MON-09", "RPG-02", "TST-02"}
    for line in disputed.values():
        assert line.answer is not None
        assert line.score is not None
        assert len(line.answer.votes) == 5
        assert line.score.high - line.score.low >= 0.75


def test_the_assistant_has_no_letter_because_too_much_is_unknown(loaded: Workplace) -> None:
    view = system_view(loaded, "Service assistant")
    assert len(view.assessments) == 4
    assert view.assessments[-1].switches == {"foundation_models", "agents", "retrieval"}
    for assessment in view.assessments:
        total = view.total(assessment.period)
        assert total is not None
        assert total.band is None
        assert total.estimate is not None
        assert total.coverage < 0.8
    assert view.latest is not None
    assert "FMD" in {area.id for area in view.latest.score.areas}


# --- the workshop -------------------------------------------------------------------------------------------------


def test_an_ended_workshop_shows_what_one_leaves_a_second_vote_an_override_and_a_question_put_off(
    loaded: Workplace,
) -> None:
    view = system_view(loaded, "Ticket sorting")
    assert view.open is not None
    (held,) = list_workshops(loaded, YOU, assessment_id=view.open.assessment_id)
    summary = read_summary(loaded, YOU, workshop_id=held.workshop_id)
    assert (held.state, held.anonymous, held.opened_by) == ("ended", True, "Daniel Roth")
    assert (summary.settled, len(summary.view.turns), len(summary.view.people)) == (8, 9, 5)
    assert [turn.question_id for turn in summary.view.turns if turn.state == "skipped"] == ["RPG-02"]
    assert [line.question.id for line in summary.turns if line.first] == ["ENT-05", "DAT-02", "MON-09"]
    (override,) = [turn for turn in summary.view.turns if turn.reason]
    assert (override.question_id, override.level, override.reason[-1]) == ("MON-03", 2, ".")
    assert 10 * 60 < summary.seconds < 3 * 3600
    assert summary.agreement is not None
    assert summary.agreement.alpha is not None
    starts = quarter_starts(PERIODS[5]).isoformat()
    assert starts < held.opened_at < (held.ended_at or "") < NOW.isoformat()


def test_the_votes_of_the_workshop_are_those_of_the_answers_and_of_the_story(loaded: Workplace) -> None:
    story = next(story for story in STORIES if story.meeting is not None)
    view = system_view(loaded, story.name)
    assert view.open is not None
    answers = read_answers(loaded, YOU, assessment_id=view.open.assessment_id)
    (held,) = list_workshops(loaded, YOU, assessment_id=view.open.assessment_id)
    for line in read_summary(loaded, YOU, workshop_id=held.workshop_id).turns:
        answer = answers[line.question.id]
        said = story.says(line.question.id, line.question.id[:3], PRESENT)
        assert answer.source == "workshop"
        assert answer.note == said.choice.note
        assert sorted(map(str, answer.votes)) == sorted(map(str, line.votes))
        if said.votes:
            assert sorted(map(str, line.votes)) == sorted(map(str, said.votes))
        else:
            assert line.turn.level == said.choice.level
            assert answer.level == (said.choice.level if line.turn.reason else None)


# --- plans --------------------------------------------------------------------------------------------------------


def test_teams_have_open_actions_some_overdue_and_enough_done_to_compare_a_class(loaded: Workplace) -> None:
    actions = read_actions(loaded, YOU)
    pending = [action for action in actions if action.state == "open"]
    overdue = [action for action in pending if action.overdue(NOW.date())]
    assert len({action.system_id for action in pending}) == 5
    assert 3 <= len(overdue) < len(pending)
    done = [action for action in actions if action.state == "done" and not action.own_estimate]
    pricing = {s.system_id for s in list_systems(loaded, YOU) if s.team == "Pricing"}
    by_class = Counter(action.effort_class for action in done if action.system_id in pricing)
    assert by_class["M"] >= 10
    assert by_class["S"] >= 4
    took = {action.actual_days for action in done}
    assert len(took) > 10
    assert {action.friction_gone for action in done} == {True, False}
    assert next(action.reason for action in actions if action.state == "dropped").endswith(".")


def test_what_was_done_shows_in_the_answers_of_its_quarter_and_is_not_proposed_again(loaded: Workplace) -> None:
    for story in STORIES:
        view = system_view(loaded, story.name)
        levels = {a.period: read_answers(loaded, YOU, assessment_id=a.assessment_id) for a in view.assessments}
        for promise in PLANNING[story.name].promises if story.name in PLANNING else ():
            if promise.done is not None:
                assert promise.done == promise.planned + 1
                before, after = (
                    levels[PERIODS[q - 1]][promise.question].level for q in (promise.planned, promise.done)
                )
                assert before is not None
                assert after is not None
                assert after <= promise.target < before, promise
        assert read_plan(loaded, YOU, system_id=view.system.system_id).repaid == frozenset()


def test_actions_are_planned_done_and_due_when_that_could_be(loaded: Workplace) -> None:
    for action in read_actions(loaded, YOU):
        planned = quarter_starts(action.period)
        made = datetime.fromisoformat(action.made_at)
        assert planned <= made <= NOW
        assert action.due is not None
        assert made.date() < action.due
        if action.closed_at is not None:
            closed = datetime.fromisoformat(action.closed_at)
            assert made < closed < min(NOW, planned + timedelta(days=183)), action


def test_several_teams_say_what_they_expect_and_how_they_plan(loaded: Workplace) -> None:
    views = [read_plan(loaded, YOU, system_id=system.system_id) for system in list_systems(loaded, YOU)]
    assert sum(bool(view.estimates) for view in views) == 3
    assert sum(view.settings.rev > 0 for view in views) == 5
    for view in views:
        assert view.plan.chosen
        assert not view.plan.pinned_over_budget
        assert view.plan.cost_days <= view.settings.budget_days


# --- evidence -----------------------------------------------------------------------------------------------------


def test_repositories_contradict_answers_and_one_contradiction_is_overridden_with_a_reason(loaded: Workplace) -> None:
    entries = {story.name: ledger(loaded, story.name, PERIODS[5]) for story in STORIES if story.answered_now}
    standing = {
        (name, entry.question_id, entry.signal.id)
        for name, found in entries.items()
        for entry in found
        if not entry.overridden
    }
    assert {
        ("House price estimate", "DAT-09", "unversioned-remote-data"),
        ("Card fraud screening", "DAT-07", "split-after-fit"),
        ("Service assistant", "FMD-03", "floating-model-alias"),
    } <= standing
    overridden = [entry for found in entries.values() for entry in found if entry.overridden]
    assert [(entry.question_id, entry.signal.id) for entry in overridden] == [("RPG-02", "absolute-paths")]
    assert overridden[0].reason.endswith(".")
    assert overridden[0].decided_by == "Noor Jansen"


def test_the_build_of_the_fraud_screening_pushes_and_the_past_shows_when_it_went_wrong(loaded: Workplace) -> None:
    view = system_view(loaded, "Card fraud screening")
    shown = read_evidence(loaded, YOU, assessment_id=view.assessments[-1].assessment_id)
    assert shown.stored is not None
    assert shown.stored.collected_by == "collector GitHub Actions"
    (token,) = read_tokens(loaded, YOU, system_id=view.system.system_id)
    assert (token.made_by, token.last_used_at) == ("Oskar Lind", shown.stored.collected_at)
    assert shown.change is not None
    assert "broad-except" in {change.signal.id for change in shown.change.appeared}
    trend = read_evidence_trend(loaded, YOU, system_id=view.system.system_id)
    back_filled = trend.of(Origin.BACK_FILLED)
    assert [point.period for point in back_filled] == list(PERIODS[:-1])
    found = [point.total.found for point in back_filled]
    assert found == sorted(found)
    assert found[-1] > found[0] + 2
    assert [point.period for point in trend.of(Origin.ATTACHED)] == list(PERIODS[-2:])


def test_one_contradiction_is_accepted_and_stands_since_the_quarter_it_began(loaded: Workplace) -> None:
    (entry,) = [e for e in ledger(loaded, "Card fraud screening", PERIODS[5]) if e.question_id == "DAT-07"]
    assert (entry.decision, entry.decided_by) == ("accepted", "Oskar Lind")
    assert entry.since is not None
    assert entry.since < quarter_starts(PERIODS[5]).isoformat()
    assert [decision.decision for decision in entry.decisions] == ["accepted"]


def test_evidence_stands_in_the_latest_quarters_of_at_least_four_systems_and_finds_something(loaded: Workplace) -> None:
    with_evidence = set()
    for story in STORIES:
        for assessment in system_view(loaded, story.name).assessments[-2:]:
            view = read_evidence(loaded, YOU, assessment_id=assessment.assessment_id)
            if view.evidence is not None:
                assert any(signal.state == "found" for signal in view.evidence.signals), story.name
                assert view.evidence.unparsed == ()
                with_evidence.add(story.name)
    assert len(with_evidence) >= 4


def test_every_override_answers_a_contradiction_that_is_there(loaded: Workplace) -> None:
    for story in STORIES:
        for visit in story.visits:
            found = {(e.question_id, e.signal.id) for e in ledger(loaded, story.name, PERIODS[visit.quarter - 1])}
            assert {(override.question, override.signal) for override in visit.overrides} <= found


def test_a_repository_is_packed_to_the_same_bytes_each_time() -> None:
    files = {"train.py": "print(1)\n", "README.md": "# A\n"}
    assert packed(files) == packed(dict(reversed(list(files.items()))))


# --- the words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_every_note_is_a_short_human_sentence(story: Story) -> None:
    texts = [text for said in story.said for text in (said.choice.note, said.choice.reason) if text]
    texts += [override.reason for visit in story.visits for override in visit.overrides]
    assert len(texts) > 20
    for text in texts:
        assert text == text.strip(), text
        assert text[0].isupper() or text[0].isdigit(), text
        assert text.endswith((".", "?", "!")), text
        assert len(text) <= 120, text
        assert not {"lorem", "ipsum", "todo", "xxx", "foo"} & set(text.lower().replace(".", " ").split()), text


def test_notes_are_not_copied_from_one_system_to_the_next() -> None:
    telling = [said.choice.note for story in STORIES for said in story.said if len(said.choice.note) > 40]
    assert len(telling) == len(set(telling))
    assert len(telling) > 100


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_story_only_speaks_of_questions_that_are_asked_in_quarters_that_exist(story: Story) -> None:
    asked = {q.id for q in CHECKLIST.questions.values() if q.core or story.everything_from is not None}
    assert {said.question for said in story.said} <= asked
    assert {said.since for said in story.said} <= set(range(story.first, PRESENT + 1))
    places = [(said.question, said.since) for said in story.said]
    assert len(places) == len(set(places))
    applying = {a.id for a in CHECKLIST.areas if a.applies_when is None or a.applies_when in story.switches}
    assert set(story.base) == applying
    assert story.decides
    assert story.affected


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_what_a_story_says_anew_differs_from_what_it_said_before(story: Story) -> None:
    for said in story.said:
        area = CHECKLIST.area_of[said.question].id
        if said.since > story.first and CHECKLIST.questions[said.question].core:
            before = story.says(said.question, area, said.since - 1)
            assert (before.choice.level, before.votes, before.choice.state) != (
                said.choice.level,
                said.votes,
                said.choice.state,
            )


# --- loading and removing -----------------------------------------------------------------------------------------


def own_system(workplace: Workplace) -> str:
    system = create_system(workplace, YOU, name="Our own", team="Growth")
    assessment = open_assessment(workplace, YOU, system_id=system.system_id, period="2026Q4")
    answer_question(
        workplace,
        YOU,
        assessment_id=assessment.assessment_id,
        question_id="ENT-01",
        choice=Choice(state="answered", level=3, note="We see it later."),
        expected_rev=0,
    )
    return system.system_id


def test_the_command_line_loads_and_removes_it_and_leaves_what_is_yours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "arrears.db"
    workplace = open_workplace(path)
    own = own_system(workplace)
    before = [entry for entry in workplace.store.read(lambda records: records.audit_trail(10)) if entry.actor == "You"]
    workplace.close()

    assert cli.main(["demo", "--database", str(path)]) == 0
    shown = capsys.readouterr()
    assert shown.out == "Loaded 8 demonstration systems.\n"
    assert shown.err.splitlines()[-1].endswith("The demonstration portfolio is complete")
    assert cli.main(["verify", "--database", str(path)]) == 0
    capsys.readouterr()
    assert cli.main(["demo", "--database", str(path), "--json"]) == 2
    refused = capsys.readouterr()
    assert refused.err == "demonstration: it is loaded already; remove it first to load it anew\n"
    assert cli.main(["demo", "--database", str(path), "--remove", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"removed": 8}
    assert cli.main(["demo", "--database", str(path), "--remove", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"removed": 0}

    workplace = open_workplace(path)
    assert [system.system_id for system in list_systems(workplace, YOU)] == [own]
    assert read_system(workplace, YOU, system_id=own).name == "Our own"
    (assessment,) = read_system_view(workplace, YOU, system_id=own).assessments
    assert read_answers(workplace, YOU, assessment_id=assessment.assessment_id)["ENT-01"].level == 3
    trail = workplace.store.read(lambda records: records.audit_trail(1_000))
    assert [entry for entry in trail if entry.actor == "You"] == before
    assert trail[0].action == "remove demonstration"
    marks = [entry.action for entry in reversed(trail) if entry.subject == "demonstration"]
    assert marks == ["load demonstration", "demonstration loaded", "remove demonstration"]
    assert verify(workplace, YOU).fault is None
    assert workplace.store.verify() == ()
    workplace.close()


def test_a_load_that_is_interrupted_leaves_nothing_behind(empty: Workplace) -> None:
    own = own_system(empty)

    def interrupt(done: int, _of: int, _what: str) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_demonstration(empty, YOU, progress=interrupt)
    assert [system.system_id for system in list_systems(empty, YOU)] == [own]
    assert remove_demonstration(empty, YOU) == 0
    assert verify(empty, YOU).fault is None


def test_where_archives_of_strangers_are_not_read_the_evidence_is_there_all_the_same(
    empty: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_keywords: object) -> None:
        raise InvalidInput("repository", "this system cannot contain a stranger's archive")

    monkeypatch.setattr(load, "add_archive", refuse)
    monkeypatch.setattr(load, "STORIES", (FORECAST,))
    assert load_demonstration(empty, YOU) == 1
    view = system_view(empty, FORECAST.name)
    assert view.evidence is not None
    assert view.evidence.repository == "store-demand-forecast"
    assert [entry.overridden for entry in ledger(empty, FORECAST.name, PERIODS[5])] == [True]


def test_a_system_of_yours_with_the_same_name_and_team_stops_the_load_before_it_begins(empty: Workplace) -> None:
    create_system(empty, YOU, name="Service assistant", team="Trust and service")
    with pytest.raises(AlreadyThere, match="Service assistant"):
        load_demonstration(empty, YOU)
    assert [system.demonstration for system in list_systems(empty, YOU)] == [False]
    assert [e.action for e in empty.store.read(lambda records: records.audit_trail(10))] == ["create system"]


def test_a_second_load_is_refused_even_while_the_first_one_runs(empty: Workplace) -> None:
    class Enough(Exception):
        pass

    def load_again(_done: int, _of: int, _what: str) -> None:
        with pytest.raises(InvalidInput, match="remove it first"):
            load_demonstration(empty, YOU)
        raise Enough

    with pytest.raises(Enough):
        load_demonstration(empty, YOU, progress=load_again)


def test_nobody_from_elsewhere_loads_or_removes_it(empty: Workplace) -> None:
    stranger = Actor(name="Stranger")
    with pytest.raises(Forbidden):
        load_demonstration(empty, stranger)
    with pytest.raises(Forbidden):
        remove_demonstration(empty, stranger)


def test_operations_in_one_transaction_are_kept_together_or_not_at_all(empty: Workplace) -> None:
    def two(workplace: Workplace) -> None:
        create_system(workplace, YOU, name="First", team="Growth")
        create_system(workplace, YOU, name="First", team="Growth")

    with pytest.raises(AlreadyThere):
        in_one_transaction(empty, two)
    assert list_systems(empty, YOU) == []


@pytest.mark.parametrize("minutes", [0, 5, 60 * 24, 60 * 24 * 20, 60 * 24 * 91])
def test_a_workshop_never_takes_place_in_the_future(minutes: int) -> None:
    latest = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    clock = workshop_clock("2027Q1", place=0.83, latest=latest)
    moments = [clock() for _ in range(300)]
    assert moments == sorted(moments)
    assert all(moment <= latest for moment in moments)


def test_workshops_take_place_on_working_days() -> None:
    days = {workshop_clock("2026Q1", place=place / 100, latest=NOW)().weekday() for place in range(10, 90)}
    assert days == {0, 1, 2, 3, 4}


def test_targets_tell_a_story_and_comments_keep_what_they_said_before(loaded: Workplace) -> None:
    paces = {view.distance.pace for view in read_targets(loaded, YOU).values()}
    assert {Pace.REACHED, Pace.ON_THE_WAY, Pace.BEHIND, Pace.MISSED} <= paces
    assert read_targets(loaded, YOU)[PORTFOLIO, WHOLE].target.demonstration
    actions = {action.action_id: action for action in read_actions(loaded, YOU)}
    spoken = count_comments(loaded, YOU)
    assert sum(spoken.values()) == len(COMMENTS)
    versions = [
        len(comment.versions)
        for action_id in spoken
        for comment in read_comments(loaded, YOU, system_id=actions[action_id].system_id, action_id=action_id)
    ]
    assert max(versions) == 2
    assert any(not action.owner for action in actions.values())


def test_systems_feed_each_other_with_a_loop_nobody_planned_and_a_consumer_nobody_declared(loaded: Workplace) -> None:
    seen = read_connections(loaded, YOU)
    names = seen.names
    (loop,) = seen.loops
    assert {names[one] for one in loop.systems} == {
        "Customer churn",
        "Product recommendations",
        "Store demand forecast",
    }
    (waiting,) = seen.suggestions
    assert (names[waiting.source_id], names[waiting.target_id]) == ("Lead scoring", "Product recommendations")
    assert {names[one] for one in names if one not in seen.connected} == {"House price estimate", "Lead scoring"}
    costs = [one.burden for one in seen.systems.values() if one.burden.dependents]
    assert all(burden.total_days and burden.total_days > (burden.own_days or 0) for burden in costs)

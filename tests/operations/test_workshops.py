"""A workshop from the door to the sealed answer: votes hidden until the reveal, none lost, none twice, nobody named."""

from __future__ import annotations

import json
import random
import sqlite3
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from operations.assessments import Choice, answer_question, close_assessment, open_assessment
from operations.authorize import Actor
from operations.ballots import Guest, cast_vote, guest_of, join_workshop, leave_workshop, read_turn, tidy_code
from operations.errors import AlreadyThere, Closed, Conflict, Forbidden, InvalidInput, NotFound, Stranger
from operations.systems import create_system
from operations.workplace import Workplace
from operations.workshops import (
    end_workshop,
    open_workshop,
    pause_workshop,
    put_before_people,
    read_summary,
    read_workshop,
    remove_participant,
    reveal,
    settle_question,
    skip_question,
    start_workshop,
    vote_again,
)
from scoring.agreement import AgreementState
from store.store import open_store
from store.workshop_records import WorkshopRecord
from tests.databases import new_database
from tests.operations.conftest import ADA, BO, Clock

QUESTIONS = ("ENT-01", "ENT-02", "DAT-01")


@pytest.fixture
def assessment_id(workplace: Workplace) -> str:
    system = create_system(workplace, ADA, name="Churn", team="Growth", decides="who is called", affected="customers")
    return open_assessment(workplace, ADA, system_id=system.system_id, period="2026Q4", scope="all").assessment_id


@pytest.fixture
def workshop(workplace: Workplace, assessment_id: str) -> WorkshopRecord:
    return open_workshop(workplace, ADA, assessment_id=assessment_id, questions=QUESTIONS)


def come_in(workplace: Workplace, workshop: WorkshopRecord, *names: str, role: str = "") -> list[Guest]:
    return [
        guest_of(workplace, secret=join_workshop(workplace, code=workshop.code, name=name, role=role).secret)
        for name in names
    ]


def vote(workplace: Workplace, guest: Guest, level: int | None, question: str = "ENT-01", **more):
    return cast_vote(
        workplace,
        guest.actor,
        workshop_id=guest.participant.workshop_id,
        guest=guest,
        question_id=question,
        level=level,
        **{"ballot_round": 1, **more},
    )


def seen_by(workplace: Workplace, guest: Guest, **more):
    return read_turn(workplace, guest.actor, workshop_id=guest.participant.workshop_id, guest=guest, **more)


def running(workplace: Workplace, workshop: WorkshopRecord, *names: str, role: str = "") -> list[Guest]:
    guests = come_in(workplace, workshop, *names, role=role)
    start_workshop(workplace, ADA, workshop_id=workshop.workshop_id)
    return guests


def test_a_team_votes_reveals_settles_and_the_answer_stands_with_its_votes(workplace, workshop, assessment_id) -> None:
    guests = running(workplace, workshop, "Cy", "Di", "Ed")
    for guest, level in zip(guests, (3, 1, 2), strict=True):
        vote(workplace, guest, level)
    shown = reveal(workplace, ADA, workshop_id=workshop.workshop_id, question_id="ENT-01", ballot_round=1)
    assert shown.revealed.counts == (0, 1, 1, 1, 0)
    assert (shown.revealed.proposed, shown.revealed.state) == (2, AgreementState.SPREAD)
    settle_question(workplace, ADA, workshop_id=workshop.workshop_id, question_id="ENT-01")
    answer = workplace.store.read(lambda records: records.answer(assessment_id, "ENT-01"))
    assert (answer.state, answer.level, answer.votes, answer.source) == ("answered", None, (1, 2, 3), "workshop")


def test_before_the_reveal_nobody_sees_a_level_neither_facilitator_nor_guest(workplace, workshop) -> None:
    cy, di, ed = running(workplace, workshop, "Cy", "Di", "Ed")
    nobody_voted = seen_by(workplace, di)
    vote(workplace, cy, 4, comment="the whole pipeline")
    for level in (0, 4):
        vote(workplace, cy, level, comment="the whole pipeline", turn=2 + level)
        guest, facilitator = seen_by(workplace, di), read_workshop(workplace, ADA, workshop_id=workshop.workshop_id)
        assert (guest.table.revealed, facilitator.on_table.revealed, guest.mine) == (None, None, None)
        assert "whole pipeline" not in repr(guest) + repr(facilitator)
    assert [person.voted for person in facilitator.people] == [True, False, False]
    somebody_voted = seen_by(workplace, di)
    assert replace(somebody_voted, table=None, change_seq=0) == replace(nobody_voted, table=None, change_seq=0)
    assert replace(somebody_voted.table, voted=0) == nobody_voted.table, "only the number of votes tells them apart"
    assert seen_by(workplace, cy).mine.level == 4, "the voter still sees the own vote"
    assert seen_by(workplace, ed).mine is None


def test_a_repeated_vote_counts_once_and_a_late_repetition_does_not_undo_a_newer_one(workplace, workshop) -> None:
    cy, di = running(workplace, workshop, "Cy", "Di")
    for _ in range(3):
        vote(workplace, cy, 1, turn=1)
    assert vote(workplace, cy, 3, turn=2).ballot.level == 3
    assert vote(workplace, cy, 1, turn=1).ballot.level == 3, "what stands is said, not what was sent late"
    vote(workplace, di, None)
    shown = reveal(workplace, ADA, workshop_id=workshop.workshop_id, question_id="ENT-01", ballot_round=1)
    assert (shown.revealed.counts, shown.revealed.unknown) == ((0, 0, 0, 1, 0), 1)


@pytest.mark.parametrize("step", ["revealed", "paused", "skipped", "elsewhere", "ended", "other round", "foreign"])
def test_a_vote_on_a_question_that_takes_none_is_refused_and_nothing_is_kept(workplace, workshop, step) -> None:
    cy, di = running(workplace, workshop, "Cy", "Di")
    vote(workplace, di, 2)
    act = {"workshop_id": workshop.workshop_id}
    question, more, expected = "ENT-01", {}, Conflict
    if step == "revealed":
        reveal(workplace, ADA, **act, question_id="ENT-01", ballot_round=1)
    elif step == "paused":
        pause_workshop(workplace, ADA, **act, paused=True)
    elif step == "skipped":
        skip_question(workplace, ADA, **act, question_id="ENT-01")
    elif step == "elsewhere":
        put_before_people(workplace, ADA, **act, question_id="DAT-01", seen="ENT-01")
    elif step == "ended":
        end_workshop(workplace, ADA, **act)
        expected = Closed
    elif step == "other round":
        more = {"ballot_round": 2}
    else:
        question, expected = "FBL-01", NotFound
    with pytest.raises(expected):
        vote(workplace, cy, 0, question=question, **more)
    kept = workplace.store.read(lambda records: records.workshops.ballots(workshop.workshop_id, "ENT-01", 1))
    assert [ballot.level for ballot in kept] == [2]


def test_the_one_re_vote_keeps_the_first_and_a_third_is_refused(workplace, workshop) -> None:
    guests = running(workplace, workshop, "Cy", "Di", "Ed")
    act = {"workshop_id": workshop.workshop_id, "question_id": "ENT-01"}
    for guest, level in zip(guests, (0, 4, 4), strict=True):
        vote(workplace, guest, level)
    first = reveal(workplace, ADA, **act, ballot_round=1).revealed
    assert first.state is AgreementState.SPLIT
    assert first.speak_first == ("Level 0: whoever chose it", "Level 4: whoever chose it")
    assert vote_again(workplace, ADA, **act).turn.round == 2
    assert vote_again(workplace, BO, **act).turn.round == 2, "a second facilitator's click does not start a third round"
    assert seen_by(workplace, guests[0]).mine is None, "the new vote begins empty"
    for guest, level in zip(guests, (3, 3, 4), strict=True):
        vote(workplace, guest, level, ballot_round=2)
    with pytest.raises(Conflict):
        reveal(workplace, ADA, **act, ballot_round=1)
    second = reveal(workplace, ADA, **act, ballot_round=2).revealed
    assert (second.counts, second.first) == ((0, 0, 0, 2, 1), (1, 0, 0, 0, 2))
    with pytest.raises(InvalidInput):
        vote_again(workplace, ADA, **act)
    settle_question(workplace, ADA, **act)
    (line,) = read_summary(workplace, ADA, workshop_id=workshop.workshop_id).turns
    assert (line.first, line.votes) == ((0, 4, 4), (3, 3, 4))
    assert line.moved == pytest.approx(10 / 3 - 8 / 3)


def test_an_override_needs_its_reason_and_keeps_the_votes(workplace, workshop, assessment_id) -> None:
    guests = running(workplace, workshop, "Cy", "Di", "Ed")
    act = {"workshop_id": workshop.workshop_id, "question_id": "ENT-01"}
    with pytest.raises(Conflict):
        settle_question(workplace, ADA, **act, level=1, reason="before anybody looked")
    for guest in guests:
        vote(workplace, guest, 1)
    reveal(workplace, ADA, **act, ballot_round=1)
    with pytest.raises(InvalidInput, match="reason"):
        settle_question(workplace, ADA, **act, level=3)
    with pytest.raises(InvalidInput, match="level"):
        settle_question(workplace, ADA, **act, level=5, reason="off the scale")
    settle_question(workplace, ADA, **act, level=3, reason="the incident of May")
    answer = workplace.store.read(lambda records: records.answer(assessment_id, "ENT-01"))
    assert (answer.level, answer.votes, answer.reason) == (3, (1, 1, 1), "the incident of May")


def test_what_nobody_knows_is_settled_as_unknown_with_an_owner(workplace, workshop, assessment_id) -> None:
    guests = running(workplace, workshop, "Cy", "Di", "Ed")
    for guest, level in zip(guests, (None, None, 2), strict=True):
        vote(workplace, guest, level)
    act = {"workshop_id": workshop.workshop_id, "question_id": "ENT-01"}
    assert reveal(workplace, ADA, **act, ballot_round=1).revealed.proposed is None
    settle_question(workplace, ADA, **act, owner="Di")
    assert workplace.store.read(lambda records: records.answer(assessment_id, "ENT-01")).state == "unknown"
    assert [t.owner for t in read_summary(workplace, ADA, workshop_id=workshop.workshop_id).unknown] == ["Di"]


def test_nothing_is_revealed_where_nobody_voted(workplace, workshop) -> None:
    running(workplace, workshop, "Cy")
    with pytest.raises(InvalidInput, match="nobody has voted"):
        reveal(workplace, ADA, workshop_id=workshop.workshop_id, question_id="ENT-01", ballot_round=1)


def test_last_quarters_answer_and_the_hint_come_only_with_the_reveal(workplace, workshop, assessment_id) -> None:
    answer_question(
        workplace,
        ADA,
        assessment_id=assessment_id,
        question_id="ENT-01",
        choice=Choice(state="answered", level=4),
        expected_rev=0,
    )
    end_workshop(workplace, ADA, workshop_id=workshop.workshop_id)
    close_assessment(workplace, ADA, assessment_id=assessment_id)
    later = replace(workplace, clock=Clock(datetime(2027, 2, 15, 12, tzinfo=UTC)))
    system = workplace.store.read(lambda records: records.assessment(assessment_id)).system_id
    following = open_assessment(later, ADA, system_id=system, period="2027Q1", scope="all")
    second = open_workshop(later, ADA, assessment_id=following.assessment_id, questions=QUESTIONS)
    (cy,) = running(later, second, "Cy")
    vote(later, cy, 0)
    assert "2026Q4" not in repr(seen_by(later, cy))
    shown = reveal(later, ADA, workshop_id=second.workshop_id, question_id="ENT-01", ballot_round=1).revealed
    assert (shown.last.level, shown.last_period) == (4, "2026Q4")


# -- names


def everything_kept(workplace: Workplace) -> dict[str, list[tuple]]:
    """The whole database as somebody with the file sees it, in the order it lies there."""
    place = workplace.store.health().location
    with sqlite3.connect(place) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: list(database.execute(f"SELECT * FROM {table}")) for table in tables}


def test_somebody_with_the_whole_database_learns_no_more_than_the_counts(tmp_path: Path) -> None:
    """Each way of giving three people the same three votes leaves, but for random ids, the same kind of database."""
    looks = set()
    for number, order in enumerate(permutations((0, 2, 4))):
        store = open_store(new_database(tmp_path / f"{number}.db"))
        workplace = Workplace(store=store, clock=Clock(datetime(2026, 11, 20, 12, tzinfo=UTC)))
        system = create_system(workplace, ADA, name="Churn", team="Growth", decides="x", affected="y")
        assessment = open_assessment(workplace, ADA, system_id=system.system_id, period="2026Q4", scope="all")
        workshop = open_workshop(workplace, ADA, assessment_id=assessment.assessment_id, questions=QUESTIONS)
        for guest, level in zip(running(workplace, workshop, "Cy", "Di", "Ed"), order, strict=True):
            vote(workplace, guest, level)
        kept = everything_kept(workplace)
        looks.add(tuple(sorted((row[5], row[6], row[7], row[8], row[9]) for row in kept["ballot"])))
        people = {row[2]: row[3] for row in kept["participant"]}
        assert sorted(people[row[4]] for row in kept["voted"]) == ["Cy", "Di", "Ed"]
        store.close()
    assert looks == {((0, "", "", 1, None), (2, "", "", 1, None), (4, "", "", 1, None))}


def test_after_the_end_no_file_of_the_database_holds_what_tied_a_vote_to_its_voter(tmp_path: Path) -> None:
    """Also not the log of what was written last, where a vote lies beside the name of who has just voted."""
    store = open_store(str(tmp_path / "arrears.db"))
    workplace = Workplace(store=store, clock=Clock(datetime(2026, 11, 20, 12, tzinfo=UTC)))
    system = create_system(workplace, ADA, name="Churn", team="Growth", decides="x", affected="y")
    assessment = open_assessment(workplace, ADA, system_id=system.system_id, period="2026Q4", scope="all")
    workshop = open_workshop(workplace, ADA, assessment_id=assessment.assessment_id, questions=QUESTIONS)
    guests = running(workplace, workshop, "Cy", "Di", "Ed")
    for guest, level in zip(guests, (0, 2, 4), strict=True):
        vote(workplace, guest, level)
    ties = [b"ENT-01" + guest.participant.participant_id.encode() for guest in guests]

    def files() -> bytes:
        return b"".join(path.read_bytes() for path in sorted(tmp_path.iterdir()) if path.is_file())

    assert all(tie in files() for tie in ties), "the test knows what a tie looks like"
    reveal(workplace, ADA, workshop_id=workshop.workshop_id, question_id="ENT-01", ballot_round=1)
    end_workshop(workplace, ADA, workshop_id=workshop.workshop_id)
    assert not [tie for tie in ties if tie in files()]
    assert len(workplace.store.read(lambda r: r.workshops.ballots(workshop.workshop_id, "ENT-01", 1))) == 3
    store.close()


def test_the_order_of_ballots_says_nothing_of_the_order_of_voting(workplace, assessment_id) -> None:
    """Over many questions the first voter's ballot lies in each place about as often."""
    questions = [f"ENT-0{n}" for n in range(1, 9)] + [f"DAT-0{n}" for n in range(1, 10)]
    workshop = open_workshop(workplace, ADA, assessment_id=assessment_id, questions=questions)
    guests = running(workplace, workshop, "Cy", "Di", "Ed")
    for question, following in zip(questions, [*questions[1:], None], strict=True):
        for guest, level in zip(guests, (0, 1, 2), strict=True):
            vote(workplace, guest, level, question=question)
        if following:
            put_before_people(workplace, ADA, workshop_id=workshop.workshop_id, question_id=following, seen=question)
    lying = [row[5] for row in everything_kept(workplace)["ballot"]]
    firsts = [lying[place : place + 3].index(0) for place in range(0, len(lying), 3)]
    assert set(firsts) == {0, 1, 2}, "the place of the first voter's ballot is chance (3 * (2/3)^17 = .003 to fail)"


def test_neither_audit_nor_answer_history_nor_secrets_tie_a_person_to_a_vote(workplace, workshop) -> None:
    guests = running(workplace, workshop, "Cyrano", "Dido", "Edda")
    for guest, level in zip(guests, (0, 2, 4), strict=True):
        vote(workplace, guest, level, comment=f"words of level {level}")
    reveal(workplace, ADA, workshop_id=workshop.workshop_id, question_id="ENT-01", ballot_round=1)
    settle_question(workplace, ADA, workshop_id=workshop.workshop_id, question_id="ENT-01")
    end_workshop(workplace, ADA, workshop_id=workshop.workshop_id)
    kept = everything_kept(workplace)
    text = json.dumps({t: [list(map(str, row)) for row in rows] for t, rows in kept.items() if t != "participant"})
    assert "words of level 4" in text, "the search looks at what it should"
    assert not any(name in text for name in ("Cyrano", "Dido", "Edda"))
    assert not any(guest.secret in text or guest.participant.participant_id in text for guest in guests)
    assert (kept["voted"], [row[5] for row in kept["participant"]]) == ([], [None] * 3)


def test_with_names_the_extremes_are_called_by_theirs(workplace, assessment_id) -> None:
    workshop = open_workshop(workplace, ADA, assessment_id=assessment_id, questions=QUESTIONS, anonymous=False)
    for guest, level in zip(running(workplace, workshop, "Cy", "Di", "Ed"), (0, 4, 2), strict=True):
        vote(workplace, guest, level)
    shown = reveal(workplace, ADA, workshop_id=workshop.workshop_id, question_id="ENT-01", ballot_round=1)
    assert shown.revealed.speak_first == ("Level 0: Cy", "Level 4: Di")


def test_a_role_is_called_only_where_three_have_it_and_three_voted(workplace, workshop) -> None:
    engineers = come_in(workplace, workshop, "Cy", "Di", "Flo", role="engineer")
    analysts = come_in(workplace, workshop, "Ed", "Gil", role="analyst")
    start_workshop(workplace, ADA, workshop_id=workshop.workshop_id)
    for guest, level in zip([*engineers, *analysts], (0, 1, 1, 4, 4), strict=True):
        vote(workplace, guest, level)
    shown = reveal(workplace, ADA, workshop_id=workshop.workshop_id, question_id="ENT-01", ballot_round=1)
    assert shown.revealed.speak_first == ("Level 0: an engineer", "Level 4: whoever chose it")


def test_where_only_one_of_a_role_has_voted_the_role_does_not_give_them_away(workplace, workshop) -> None:
    engineers = come_in(workplace, workshop, "Cy", "Di", "Flo", role="engineer")
    others = come_in(workplace, workshop, "Ed", "Gil")
    start_workshop(workplace, ADA, workshop_id=workshop.workshop_id)
    for guest, level in zip([engineers[0], *others], (4, 0, 0), strict=True):
        vote(workplace, guest, level)
    shown = reveal(workplace, ADA, workshop_id=workshop.workshop_id, question_id="ENT-01", ballot_round=1)
    assert shown.revealed.speak_first == ("Level 0: whoever chose it", "Level 4: whoever chose it")


def test_a_role_that_fewer_than_three_have_is_not_kept_with_the_vote(workplace, workshop) -> None:
    (analyst,) = come_in(workplace, workshop, "Ed", role="analyst")
    engineers = come_in(workplace, workshop, "Cy", "Di", "Flo", role="Engineer")
    start_workshop(workplace, ADA, workshop_id=workshop.workshop_id)
    for guest in (analyst, *engineers):
        vote(workplace, guest, 2)
    kept = workplace.store.read(lambda records: records.workshops.ballots(workshop.workshop_id, "ENT-01", 1))
    assert sorted(ballot.role for ballot in kept) == ["", "Engineer", "Engineer", "Engineer"]


@pytest.mark.parametrize(("people", "few"), [(1, True), (2, True), (3, False)])
def test_a_group_too_small_to_hide_in_is_told_so(workplace, workshop, people, few) -> None:
    guests = running(workplace, workshop, *("Cy", "Di", "Ed")[:people])
    assert seen_by(workplace, guests[0]).few is few
    assert read_workshop(workplace, ADA, workshop_id=workshop.workshop_id).too_few_to_hide is few


# -- the door


@pytest.mark.parametrize("typed", ["{code}", " {lower} ", "{spaced}", "{dashed}"])
def test_a_code_is_taken_as_people_type_it(workplace, workshop, typed) -> None:
    code = workshop.code
    text = typed.format(code=code, lower=code.lower(), spaced=f"{code[:4]} {code[4:]}", dashed=f"{code[:4]}-{code[4:]}")
    assert join_workshop(workplace, code=text, name="Cy").participant.name == "Cy"


@pytest.mark.parametrize("typed", ["", "ABC", "0OIL1111", "A" * 10_000, "<script>", "ABCDEFG\x00", "ÄBCDEFGH"])
def test_what_cannot_be_a_code_is_said_to_be_none(typed) -> None:
    with pytest.raises(InvalidInput, match="code"):
        tidy_code(typed)


def test_a_wrong_code_an_expired_one_and_that_of_an_ended_workshop_let_nobody_in(workplace, workshop) -> None:
    wrong = "".join(reversed(workshop.code)) if workshop.code != workshop.code[::-1] else "ZZZZ2222"
    with pytest.raises(NotFound, match="No workshop"):
        join_workshop(workplace, code=wrong, name="Cy")
    tomorrow = replace(workplace, clock=Clock(datetime(2026, 11, 21, 12, tzinfo=UTC)))
    with pytest.raises(Closed, match="time"):
        join_workshop(tomorrow, code=workshop.code, name="Cy")
    end_workshop(workplace, ADA, workshop_id=workshop.workshop_id)
    with pytest.raises(NotFound, match="No workshop"):
        join_workshop(workplace, code=workshop.code, name="Cy")


@pytest.mark.parametrize("name", ["Cy", "cy", " CY "])
def test_a_name_that_is_there_is_not_given_twice_and_free_again_after_leaving(workplace, workshop, name) -> None:
    (cy,) = come_in(workplace, workshop, "Cy")
    with pytest.raises(AlreadyThere, match="initial"):
        join_workshop(workplace, code=workshop.code, name=name)
    leave_workshop(workplace, cy.actor, workshop_id=workshop.workshop_id, guest=cy)
    assert join_workshop(workplace, code=workshop.code, name=name).participant.name == name.strip()


@pytest.mark.parametrize("name", ["", "  ", "\u202e\u200b", "x" * 81, "x" * 10_000])
def test_a_name_that_is_none_or_too_long_is_refused(workplace, workshop, name) -> None:
    with pytest.raises(InvalidInput, match="name"):
        join_workshop(workplace, code=workshop.code, name=name)


def test_markup_in_a_name_is_kept_as_the_letters_it_is(workplace, workshop) -> None:
    (guest,) = come_in(workplace, workshop, "<b>Cy</b> & [x](javascript:1)")
    assert guest.participant.name == "<b>Cy</b> & [x](javascript:1)"


def test_somebody_removed_is_out_at_once_and_may_come_in_again(workplace, workshop) -> None:
    cy, _ = running(workplace, workshop, "Cy", "Di")
    vote(workplace, cy, 4)
    remove_participant(workplace, ADA, workshop_id=workshop.workshop_id, participant_id=cy.participant.participant_id)
    with pytest.raises(Stranger):
        guest_of(workplace, secret=cy.secret)
    with pytest.raises(NotFound):
        vote(workplace, cy, 0, turn=2)
    (again,) = come_in(workplace, workshop, "Cy")
    assert seen_by(workplace, again).mine is None
    assert [p.name for p in read_workshop(workplace, ADA, workshop_id=workshop.workshop_id).people] == ["Cy", "Di"]


def test_a_guest_may_vote_in_the_own_workshop_and_nothing_else(workplace, workshop, assessment_id) -> None:
    (cy,) = come_in(workplace, workshop, "Cy")
    for attempt in (
        lambda: read_workshop(workplace, cy.actor, workshop_id=workshop.workshop_id),
        lambda: close_assessment(workplace, cy.actor, assessment_id=assessment_id),
        lambda: read_turn(workplace, cy.actor, workshop_id="another", guest=cy),
        lambda: read_turn(workplace, ADA, workshop_id=workshop.workshop_id, guest=cy),
        lambda: reveal(workplace, cy.actor, workshop_id=workshop.workshop_id, question_id="ENT-01", ballot_round=1),
    ):
        with pytest.raises(Forbidden):
            attempt()


@pytest.mark.parametrize("secret", ["", "x", "x" * 10_000, "\ud800", "' OR 1=1 --"])
def test_a_made_up_secret_is_a_stranger(workplace, workshop, secret) -> None:
    with pytest.raises(Stranger):
        guest_of(workplace, secret=secret)


# -- steps


def test_two_facilitators_never_move_on_twice(workplace, workshop) -> None:
    running(workplace, workshop, "Cy")
    act = {"workshop_id": workshop.workshop_id}
    assert put_before_people(workplace, ADA, **act, question_id="ENT-02", seen="ENT-01").question_id == "ENT-02"
    assert put_before_people(workplace, BO, **act, question_id="ENT-02", seen="ENT-01").question_id == "ENT-02"
    with pytest.raises(Conflict):
        put_before_people(workplace, BO, **act, question_id="DAT-01", seen="ENT-01")


def test_a_second_workshop_on_the_same_assessment_is_the_one_that_is_there(workplace, workshop, assessment_id) -> None:
    assert open_workshop(workplace, BO, assessment_id=assessment_id).workshop_id == workshop.workshop_id
    end_workshop(workplace, ADA, workshop_id=workshop.workshop_id)
    assert open_workshop(workplace, BO, assessment_id=assessment_id).workshop_id != workshop.workshop_id


def test_time_is_counted_while_a_question_is_looked_at_and_never_backwards(workplace, workshop) -> None:
    clock = workplace.clock
    running(workplace, workshop, "Cy")
    act = {"workshop_id": workshop.workshop_id}
    clock.moment += timedelta(seconds=90)
    pause_workshop(workplace, ADA, **act, paused=True)
    clock.moment += timedelta(hours=1)
    pause_workshop(workplace, ADA, **act, paused=False)
    clock.moment -= timedelta(hours=3)
    put_before_people(workplace, ADA, **act, question_id="ENT-02", seen="ENT-01")
    first = read_workshop(workplace, ADA, **act).turns[0]
    assert 90 <= first.seconds <= 95


def test_a_time_box_says_when_it_is_over_and_stops_in_a_pause(workplace, assessment_id) -> None:
    workshop = open_workshop(workplace, ADA, assessment_id=assessment_id, questions=QUESTIONS, time_box_seconds=120)
    running(workplace, workshop, "Cy")
    act = {"workshop_id": workshop.workshop_id}
    table = read_workshop(workplace, ADA, **act).on_table
    span = datetime.fromisoformat(table.box_ends_at) - datetime.fromisoformat(table.turn.opened_at)
    assert span == timedelta(seconds=120)
    pause_workshop(workplace, ADA, **act, paused=True)
    assert read_workshop(workplace, ADA, **act).on_table.box_ends_at is None


def test_a_clock_that_steps_back_stops_nothing_and_gives_no_more_time_than_the_box(workplace, assessment_id) -> None:
    workshop = open_workshop(workplace, ADA, assessment_id=assessment_id, questions=QUESTIONS, time_box_seconds=120)
    cy, *_ = running(workplace, workshop, "Cy", "Di")
    vote(workplace, cy, 3)
    act = {"workshop_id": workshop.workshop_id}
    workplace.clock.moment -= timedelta(hours=2)
    (late,) = come_in(workplace, workshop, "Ed")
    vote(workplace, late, 1)
    vote(workplace, cy, 2, turn=2)
    ends_at = datetime.fromisoformat(read_workshop(workplace, ADA, **act).on_table.box_ends_at)
    assert ends_at - workplace.clock() <= timedelta(seconds=120)
    reveal(workplace, ADA, **act, question_id="ENT-01", ballot_round=1)
    assert settle_question(workplace, ADA, **act, question_id="ENT-01").turn.level == 2
    end_workshop(workplace, ADA, **act)
    assert read_summary(workplace, ADA, **act).seconds >= 0
    assert workplace.store.verify() == ()


def test_a_skipped_question_is_gone_back_to_with_its_votes(workplace, workshop) -> None:
    cy, _ = running(workplace, workshop, "Cy", "Di")
    act = {"workshop_id": workshop.workshop_id}
    vote(workplace, cy, 3)
    skip_question(workplace, ADA, **act, question_id="ENT-01")
    put_before_people(workplace, ADA, **act, question_id="ENT-02", seen="ENT-01")
    assert read_workshop(workplace, ADA, **act).next_question == "DAT-01"
    put_before_people(workplace, ADA, **act, question_id="ENT-01", seen="ENT-02")
    assert seen_by(workplace, cy).mine.level == 3


def test_a_closed_assessment_takes_no_workshop_and_an_unknown_question_is_named(workplace, assessment_id) -> None:
    with pytest.raises(InvalidInput, match="NOPE"):
        open_workshop(workplace, ADA, assessment_id=assessment_id, questions=["NOPE-01"])
    answer_question(
        workplace,
        ADA,
        assessment_id=assessment_id,
        question_id="ENT-01",
        choice=Choice(state="unknown"),
        expected_rev=0,
    )
    close_assessment(workplace, ADA, assessment_id=assessment_id)
    with pytest.raises(Closed, match="next quarter"):
        open_workshop(workplace, ADA, assessment_id=assessment_id)


# -- a vote that is spread over days


def test_a_spread_vote_takes_all_questions_until_the_deadline_and_hides_them_until_revealed(
    workplace, assessment_id
) -> None:
    workshop = open_workshop(
        workplace, ADA, assessment_id=assessment_id, questions=QUESTIONS, mode="spread",
        deadline="2026-11-27T17:00:00+00:00",
    )  # fmt: skip
    cy, di = running(workplace, workshop, "Cy", "Di")
    for question in QUESTIONS:
        vote(workplace, cy, 2, question=question)
    assert [q.voted for q in seen_by(workplace, cy).questions] == [True, True, True]
    assert [q.voted for q in seen_by(workplace, di).questions] == [False, False, False]
    assert seen_by(workplace, di, question_id="DAT-01").table.revealed is None
    people = read_workshop(workplace, ADA, workshop_id=workshop.workshop_id).people
    assert [person.voted for person in people] == [True, False], "voted means: on everything"
    late = replace(workplace, clock=Clock(datetime(2026, 11, 28, 12, tzinfo=UTC)))
    with pytest.raises(Closed, match="over"):
        vote(late, di, 1)
    shown = reveal(late, ADA, workshop_id=workshop.workshop_id, question_id="DAT-01", ballot_round=1)
    assert shown.revealed.counts == (0, 0, 1, 0, 0)
    assert seen_by(late, di, question_id="ENT-01").table.revealed is None, "one is revealed, the others are not"


@pytest.mark.parametrize("deadline", [None, "soon", "2026-11-01T00:00:00+00:00", "2030-01-01T00:00:00+00:00"])
def test_a_spread_vote_needs_a_deadline_that_lies_ahead(workplace, assessment_id, deadline) -> None:
    with pytest.raises(InvalidInput, match="deadline"):
        open_workshop(workplace, ADA, assessment_id=assessment_id, mode="spread", deadline=deadline)


# -- nothing lost, nothing doubled


@pytest.mark.parametrize("seed", range(3))
def test_whatever_order_votes_repetitions_and_changes_come_in_each_voter_has_one_ballot(
    workplace, workshop, seed
) -> None:
    chance = random.Random(seed)
    guests = running(workplace, workshop, *(f"P{n}" for n in range(6)))
    sent = [(guest, turn, chance.choice([None, 0, 1, 2, 3, 4])) for guest in guests for turn in (1, 2, 3)]
    wanted = {guest.participant.name: level for guest, turn, level in sent if turn == 3}
    arriving = sent * 2
    chance.shuffle(arriving)
    for guest, turn, level in arriving:
        vote(workplace, guest, level, turn=turn)
    shown = reveal(workplace, ADA, workshop_id=workshop.workshop_id, question_id="ENT-01", ballot_round=1).revealed
    assert sum(shown.counts) + shown.unknown == 6
    assert shown.counts == tuple(list(wanted.values()).count(level) for level in range(5))


def test_the_summary_says_what_was_agreed_what_split_and_what_is_left(workplace, workshop) -> None:
    guests = running(workplace, workshop, "Cy", "Di", "Ed")
    act = {"workshop_id": workshop.workshop_id}
    for question, levels in (("ENT-01", (1, 1, 1)), ("ENT-02", (0, 4, 4))):
        if question != "ENT-01":
            put_before_people(workplace, ADA, **act, question_id=question, seen="ENT-01")
        for guest, level in zip(guests, levels, strict=True):
            vote(workplace, guest, level, question=question)
        reveal(workplace, ADA, **act, question_id=question, ballot_round=1)
        settle_question(workplace, ADA, **act, question_id=question)
    end_workshop(workplace, ADA, **act)
    summary = read_summary(workplace, ADA, **act)
    assert (summary.settled, summary.left, summary.most_split) == (2, 1, ("ENT-02",))
    assert [line.votes for line in summary.turns] == [(1, 1, 1), (0, 4, 4)]
    assert summary.agreement.pairs_within_one == pytest.approx(4 / 6)
    assert "ballot_key" not in repr(asdict(summary.turns[0]))


def test_only_a_facilitator_may_facilitate(workplace, assessment_id) -> None:
    with pytest.raises(Forbidden):
        open_workshop(workplace, Actor(name="Eve"), assessment_id=assessment_id)

"""Evidence handed in by people and collectors: tokens, pushes, the ledger, the trend."""

from __future__ import annotations

import csv
import json
import sqlite3
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from evidence.document import InvalidEvidence, to_json
from evidence.evidence import Location, State, Strength
from operations.assessments import Choice, answer_question, close_assessment, open_assessment
from operations.authorize import Actor
from operations.errors import AlreadyThere, Closed, Conflict, Forbidden, InvalidInput, InvalidToken, NotFound
from operations.exports import KINDS, export
from operations.records import EvidenceRecord
from operations.repository_evidence import (
    TOKENS_MAX,
    EvidenceView,
    LedgerEntry,
    _push,
    add_evidence_json,
    decide_floor,
    make_token,
    push_evidence,
    read_evidence,
    read_evidence_trend,
    read_tokens,
    reopen_floor,
    revoke_token,
)
from operations.scans import LATER_FIELDS, Origin, Signs, scan_of
from operations.systems import create_system
from operations.upkeep import verify
from operations.workplace import Workplace
from tests.operations.conftest import ADA, BO, at
from tests.operations.scans import a_quarter, a_scan, a_sign, text_of


@pytest.fixture
def system_id(workplace: Workplace) -> str:
    return create_system(workplace, ADA, name="Churn model", team="Growth").system_id


@pytest.fixture
def secret(workplace: Workplace, system_id: str) -> str:
    return make_token(workplace, ADA, system_id=system_id, name="CI").secret


def opened(workplace: Workplace, system_id: str, period: str = "2026Q4") -> str:
    return open_assessment(workplace, ADA, system_id=system_id, period=period, scope="all").assessment_id


def say(workplace: Workplace, assessment_id: str, level: int, rev: int = 0) -> None:
    choice = Choice(state="answered", level=level)
    answer_question(workplace, ADA, assessment_id=assessment_id, question_id="CFG-06", choice=choice, expected_rev=rev)


def decide(workplace: Workplace, assessment_id: str, decision: str, seen: LedgerEntry, **about: Any) -> None:
    decide_floor(
        workplace,
        about.pop("actor", ADA),
        assessment_id=assessment_id,
        question_id=seen.question_id,
        signal_id=seen.signal.id,
        decision=decision,
        decided_at=seen.decided_at,
        **about,
    )


def view_of(workplace: Workplace, assessment_id: str) -> EvidenceView:
    return read_evidence(workplace, ADA, assessment_id=assessment_id)


def trail(workplace: Workplace) -> list[tuple[str, str, str, str]]:
    entries = workplace.store.read(lambda records: records.audit_trail(50))
    return [(entry.actor, entry.action, entry.subject, entry.detail) for entry in reversed(entries)]


# --- tokens ---


def test_a_secret_is_shown_once_and_kept_nowhere(workplace: Workplace, system_id: str) -> None:
    made = make_token(workplace, ADA, system_id=system_id, name="GitHub Actions")
    assert made.secret.startswith("arr_")
    assert len(made.secret) >= 40
    assert made.secret not in repr(made)
    assert read_tokens(workplace, ADA, system_id=system_id) == (made.token,)
    assert ("Ada", "make token", system_id, "GitHub Actions") in trail(workplace)


def test_two_tokens_in_use_never_share_a_name_and_a_revoked_one_frees_it(workplace: Workplace, system_id: str) -> None:
    first = make_token(workplace, ADA, system_id=system_id, name="CI").token
    with pytest.raises(AlreadyThere, match="choose another name, or revoke"):
        make_token(workplace, ADA, system_id=system_id, name=" CI ")
    revoke_token(workplace, BO, system_id=system_id, token_id=first.token_id)
    make_token(workplace, ADA, system_id=system_id, name="CI")
    revoked = [(t.revoked_by, t.revoked_at is not None) for t in read_tokens(workplace, ADA, system_id=system_id)]
    assert revoked == [(None, False), ("Bo", True)]


def test_a_token_without_a_name_or_without_a_system_is_not_made(workplace: Workplace, system_id: str) -> None:
    with pytest.raises(InvalidInput, match="name"):
        make_token(workplace, ADA, system_id=system_id, name=" ")
    with pytest.raises(NotFound):
        make_token(workplace, ADA, system_id="gone", name="CI")
    with pytest.raises(NotFound):
        read_tokens(workplace, ADA, system_id="gone")


def test_a_system_has_a_bounded_number_of_tokens_in_use(workplace: Workplace, system_id: str) -> None:
    for number in range(TOKENS_MAX):
        make_token(workplace, ADA, system_id=system_id, name=f"CI {number}")
    with pytest.raises(InvalidInput, match="revoke one"):
        make_token(workplace, ADA, system_id=system_id, name="one more")


def test_a_token_of_another_system_is_not_revoked_by_its_id(workplace: Workplace, system_id: str) -> None:
    other = create_system(workplace, ADA, name="Pricing", team="Growth").system_id
    token = make_token(workplace, ADA, system_id=other, name="CI").token
    with pytest.raises(NotFound):
        revoke_token(workplace, ADA, system_id=system_id, token_id=token.token_id)
    assert read_tokens(workplace, ADA, system_id=other)[0].revoked_at is None


# --- pushing ---


def test_a_push_goes_to_the_open_quarter_in_the_name_of_its_token(
    workplace: Workplace, system_id: str, secret: str
) -> None:
    assessment_id = opened(workplace, system_id)
    pushed = push_evidence(workplace, secret=secret, text=text_of())
    assert (pushed.new, pushed.system_id, pushed.assessment_id, pushed.period) == (
        True,
        system_id,
        assessment_id,
        "2026Q4",
    )
    view = view_of(workplace, assessment_id)
    assert view.stored is not None
    assert (view.stored.evidence_id, view.stored.collected_by) == (pushed.evidence_id, "collector CI")
    assert trail(workplace)[-1] == (
        "collector CI",
        "push evidence",
        assessment_id,
        f"churn {pushed.evidence_id[:12]}",
    )
    assert read_tokens(workplace, ADA, system_id=system_id)[0].last_used_at is not None
    assert verify(workplace, ADA).fault is None


def test_the_same_document_again_changes_nothing_but_when_the_token_was_used(
    workplace: Workplace, system_id: str, secret: str
) -> None:
    assessment_id = opened(workplace, system_id)
    first = push_evidence(workplace, secret=secret, text=text_of())
    before = (trail(workplace), workplace.store.read(lambda records: records.change_seq(assessment_id)))
    again = push_evidence(workplace, secret=secret, text=text_of().replace('","', '" , "'))
    assert (again.evidence_id, again.new) == (first.evidence_id, False)
    assert (trail(workplace), workplace.store.read(lambda records: records.change_seq(assessment_id))) == before


def test_many_pushing_the_same_document_at_once_keep_one(workplace: Workplace, system_id: str, secret: str) -> None:
    opened(workplace, system_id)
    with ThreadPoolExecutor(12) as pool:
        results = list(pool.map(lambda _: push_evidence(workplace, secret=secret, text=text_of()), range(36)))
    assert sum(pushed.new for pushed in results) == 1
    assert len({pushed.evidence_id for pushed in results}) == 1
    assert sum(action == "push evidence" for _, action, _, _ in trail(workplace)) == 1
    assert verify(workplace, ADA).fault is None


def test_a_push_without_an_open_quarter_waits_for_the_next_one(
    workplace: Workplace, system_id: str, secret: str
) -> None:
    pushed = push_evidence(workplace, secret=secret, text=text_of())
    assert (pushed.new, pushed.assessment_id) == (True, None)
    assessment_id = opened(workplace, system_id)
    assert view_of(workplace, assessment_id).stored.evidence_id == pushed.evidence_id
    assert ("collector CI", "push evidence", system_id, f"churn {pushed.evidence_id[:12]}") in trail(workplace)


def test_what_an_earlier_quarter_went_by_is_not_taken_for_news(
    workplace: Workplace, system_id: str, secret: str
) -> None:
    before = opened(at(workplace, 2026, 8), system_id, "2026Q3")
    push_evidence(at(workplace, 2026, 8), secret=secret, text=text_of())
    say(workplace, before, 2)
    close_assessment(workplace, ADA, assessment_id=before)
    assert view_of(workplace, opened(workplace, system_id)).stored is None


def test_an_older_scan_handed_in_again_does_not_take_the_place_of_a_newer_one(
    workplace: Workplace, system_id: str, secret: str
) -> None:
    assessment_id = opened(workplace, system_id)
    push_evidence(workplace, secret=secret, text=text_of(commit="aaaaaaa"))
    newer = push_evidence(workplace, secret=secret, text=text_of(commit="bbbbbbb"))
    again = push_evidence(workplace, secret=secret, text=text_of(commit="aaaaaaa"))
    assert (again.new, again.assessment_id) == (False, None)
    assert view_of(workplace, assessment_id).stored.evidence_id == newer.evidence_id


def test_a_new_scan_counts_even_when_the_clock_stands_still(workplace: Workplace, system_id: str, secret: str) -> None:
    still = replace(workplace, clock=lambda: datetime(2026, 11, 20, tzinfo=UTC))
    assessment_id = opened(workplace, system_id)
    for number in range(6):
        pushed = push_evidence(still, secret=secret, text=text_of(commit=f"{number:07x}"))
        assert (pushed.new, pushed.assessment_id) == (True, assessment_id)
        assert view_of(workplace, assessment_id).stored.evidence_id == pushed.evidence_id


@pytest.mark.parametrize("given", ["", "arr_", "arr_" + "x" * 43, "\ud800", "ärger", "x" * 10_000])
def test_an_unknown_secret_opens_nothing(workplace: Workplace, secret: str, given: str) -> None:
    before = trail(workplace)
    with pytest.raises(InvalidToken, match="not known, or was revoked"):
        push_evidence(workplace, secret=given, text=text_of())
    assert trail(workplace) == before


def test_a_revoked_secret_says_the_same_as_one_that_never_was(
    workplace: Workplace, system_id: str, secret: str
) -> None:
    revoke_token(
        workplace, ADA, system_id=system_id, token_id=read_tokens(workplace, ADA, system_id=system_id)[0].token_id
    )
    with pytest.raises(InvalidToken) as revoked:
        push_evidence(workplace, secret=secret, text=text_of())
    with pytest.raises(InvalidToken) as unknown:
        push_evidence(workplace, secret="arr_never", text=text_of())
    assert str(revoked.value) == str(unknown.value)


def test_a_secret_is_looked_at_before_the_document(workplace: Workplace) -> None:
    with pytest.raises(InvalidToken):
        push_evidence(workplace, secret="arr_never", text="no evidence at all")


def test_what_is_no_evidence_leaves_no_trace(workplace: Workplace, system_id: str, secret: str) -> None:
    before = trail(workplace)
    with pytest.raises(InvalidEvidence):
        push_evidence(workplace, secret=secret, text="{}")
    assert trail(workplace) == before
    assert read_tokens(workplace, ADA, system_id=system_id)[0].last_used_at is None


def test_a_collector_may_not_hand_in_for_another_system_nor_do_anything_else(
    workplace: Workplace, system_id: str
) -> None:
    collector = Actor(name="collector CI", collects_for="another")
    with pytest.raises(Forbidden):
        workplace.store.write(
            lambda records: _push(workplace, collector, system_id=system_id, records=records, found=a_scan(), at="")
        )
    with pytest.raises(Forbidden):
        read_tokens(workplace, Actor(name="collector CI", collects_for=system_id), system_id=system_id)


def test_evidence_changed_in_the_file_is_found_by_verifying(
    workplace: Workplace, system_id: str, secret: str, tmp_path: Path
) -> None:
    push_evidence(workplace, secret=secret, text=text_of())
    assert verify(workplace, ADA).fault is None
    with closing(sqlite3.connect(tmp_path / "arrears.db", isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER evidence_never_changed")
        connection.execute("UPDATE evidence SET body = ?", (zlib.compress(text_of(a_sign(value=1.0)).encode()),))
    assert "was changed" in (verify(workplace, ADA).fault or "")


# --- the ledger ---


def test_a_contradiction_stands_since_both_sides_were_there(workplace: Workplace, system_id: str, secret: str) -> None:
    assessment_id = opened(workplace, system_id)
    push_evidence(workplace, secret=secret, text=text_of(commit="aaaaaaa"))
    say(workplace, assessment_id, 0)
    (entry,) = view_of(workplace, assessment_id).ledger
    answered = workplace.store.read(lambda records: records.answer(assessment_id, "CFG-06")).changed_at
    assert (entry.decision, entry.since) == ("open", answered)
    push_evidence(workplace, secret=secret, text=text_of(commit="bbbbbbb"))
    say(workplace, assessment_id, 1, rev=1)
    assert view_of(workplace, assessment_id).ledger[0].since == answered  # a worse scan, an answer still too good


def test_a_contradiction_that_was_mended_and_came_back_is_as_old_as_its_return(
    workplace: Workplace, system_id: str, secret: str
) -> None:
    assessment_id = opened(workplace, system_id)
    say(workplace, assessment_id, 0)
    for commit, state in (("aaaaaaa", State.FOUND), ("bbbbbbb", State.ABSENT), ("ccccccc", State.FOUND)):
        push_evidence(workplace, secret=secret, text=text_of(a_sign(state=state), commit=commit))
    view = view_of(workplace, assessment_id)
    assert view.ledger[0].since == view.stored.collected_at


def test_a_contradiction_is_carried_over_the_end_of_a_quarter(
    workplace: Workplace, system_id: str, secret: str
) -> None:
    then = at(workplace, 2026, 8)
    before = opened(then, system_id, "2026Q3")
    push_evidence(then, secret=secret, text=text_of(commit="aaaaaaa"))
    say(then, before, 0)
    since = view_of(then, before).ledger[0].since
    close_assessment(then, ADA, assessment_id=before)
    now = opened(workplace, system_id)
    say(workplace, now, 1)
    push_evidence(workplace, secret=secret, text=text_of(commit="bbbbbbb"))
    assert view_of(workplace, now).ledger[0].since == since


def test_every_decision_stays_in_the_history(workplace: Workplace, system_id: str, secret: str) -> None:
    assessment_id = opened(workplace, system_id)
    push_evidence(workplace, secret=secret, text=text_of())
    say(workplace, assessment_id, 0)
    assert len(view_of(workplace, assessment_id).open_entries) == 1
    decide(workplace, assessment_id, "overridden", view_of(workplace, assessment_id).ledger[0], reason="test data")
    overridden = view_of(workplace, assessment_id).ledger[0]
    assert (overridden.decision, overridden.reason, overridden.decided_by) == ("overridden", "test data", "Ada")
    decide(workplace, assessment_id, "accepted", overridden, actor=BO)
    view = view_of(workplace, assessment_id)
    (entry,) = view.ledger
    assert (entry.decision, entry.decided_by, view.open_entries) == ("accepted", "Bo", ())
    assert [(d.decision, d.reason, d.decided_by) for d in entry.decisions] == [
        ("overridden", "test data", "Ada"),
        ("accepted", "", "Bo"),
    ]
    assert view.decisions == entry.decisions
    assert [action for _, action, _, _ in trail(workplace)][-2:] == ["floor overridden", "floor accepted"]


def test_a_decision_taken_back_is_open_again_and_stays_in_the_history(
    workplace: Workplace, system_id: str, secret: str
) -> None:
    assessment_id = opened(workplace, system_id)
    push_evidence(workplace, secret=secret, text=text_of())
    say(workplace, assessment_id, 0)
    decide(workplace, assessment_id, "overridden", view_of(workplace, assessment_id).ledger[0], reason="test data")
    seen = view_of(workplace, assessment_id).ledger[0]
    pair = {"assessment_id": assessment_id, "question_id": seen.question_id, "signal_id": seen.signal.id}
    with pytest.raises(Conflict, match="Ada decided this meanwhile"):
        reopen_floor(workplace, BO, **pair, decided_at=None)
    reopen_floor(workplace, BO, **pair, decided_at=seen.decided_at)
    reopen_floor(workplace, BO, **pair, decided_at=seen.decided_at)  # a second click finds nothing left to take back
    (entry,) = view_of(workplace, assessment_id).open_entries
    assert (entry.overridden, entry.reason, entry.decided_at) == (False, "", None)
    assert [(d.decision, d.decided_by) for d in entry.decisions] == [("overridden", "Ada"), ("reopened", "Bo")]
    assert trail(workplace)[-1][:2] == ("Bo", "floor reopened")
    decide(workplace, assessment_id, "accepted", entry)
    assert view_of(workplace, assessment_id).ledger[0].decision == "accepted"


@pytest.mark.parametrize(
    ("question_id", "signal_id"),
    [("CFG-06", "no-such-signal"), ("CFG-99", "secrets-in-code"), ("ENT-01", "secrets-in-code"), ("CFG-06", "weak")],
)
def test_a_floor_the_repository_does_not_put_is_not_decided(
    workplace: Workplace, system_id: str, secret: str, question_id: str, signal_id: str
) -> None:
    assessment_id = opened(workplace, system_id)
    push_evidence(workplace, secret=secret, text=text_of(a_sign(), a_sign("weak", strength=Strength.WEAK)))
    with pytest.raises(NotFound, match="no such floor"):
        decide_floor(
            workplace,
            ADA,
            assessment_id=assessment_id,
            question_id=question_id,
            signal_id=signal_id,
            decision="accepted",
            decided_at=None,
        )
    assert view_of(workplace, assessment_id).decisions == ()


def test_of_many_deciding_at_once_one_is_heard_and_the_others_are_told(
    workplace: Workplace, system_id: str, secret: str
) -> None:
    assessment_id = opened(workplace, system_id)
    push_evidence(workplace, secret=secret, text=text_of(a_sign()))
    say(workplace, assessment_id, 0)
    (seen,) = view_of(workplace, assessment_id).ledger

    def one(number: int) -> str:
        try:
            decide(
                workplace,
                assessment_id,
                "overridden",
                seen,
                reason=f"Reason {number}.",
                actor=Actor(name=f"P{number}", local=True),
            )
        except Conflict:
            return "conflict"
        return f"Reason {number}."

    with ThreadPoolExecutor(12) as pool:
        said = list(pool.map(one, range(24)))
    (heard,) = [words for words in said if words != "conflict"]
    (stands,) = view_of(workplace, assessment_id).ledger
    assert (stands.reason, len(view_of(workplace, assessment_id).decisions)) == (heard, 1)
    assert sum(action == "floor overridden" for _, action, _, _ in trail(workplace)) == 1
    assert verify(workplace, ADA).fault is None


def test_deciding_and_taking_back_at_once_leaves_what_the_history_says(
    workplace: Workplace, system_id: str, secret: str
) -> None:
    assessment_id = opened(workplace, system_id)
    push_evidence(workplace, secret=secret, text=text_of(a_sign()))
    say(workplace, assessment_id, 0)
    (seen,) = view_of(workplace, assessment_id).ledger
    decide(workplace, assessment_id, "accepted", seen)
    (seen,) = view_of(workplace, assessment_id).ledger

    def one(number: int) -> bool:
        try:
            if number % 2:
                decide(workplace, assessment_id, "overridden", seen, reason=f"Reason {number}.")
            else:
                reopen_floor(
                    workplace, ADA, assessment_id=assessment_id, question_id=seen.question_id,
                    signal_id=seen.signal.id, decided_at=seen.decided_at,
                )  # fmt: skip
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(one, range(24)))
    view = view_of(workplace, assessment_id)
    (stands,) = view.ledger
    written = [action for _, action, _, _ in trail(workplace) if action.startswith("floor")]
    assert len(view.decisions) == len(written) >= 2
    assert written[-1] == ("floor reopened" if stands.decision == "open" else f"floor {stands.decision}")
    assert verify(workplace, ADA).fault is None


def test_a_decision_and_the_closing_of_the_quarter_at_once_leave_a_sealed_quarter_that_holds(
    workplace: Workplace, system_id: str, secret: str
) -> None:
    assessment_id = opened(workplace, system_id)
    push_evidence(workplace, secret=secret, text=text_of(a_sign()))
    say(workplace, assessment_id, 0)
    (seen,) = view_of(workplace, assessment_id).ledger

    def one(number: int) -> str:
        try:
            if number == 3:
                close_assessment(workplace, ADA, assessment_id=assessment_id)
                return "closed"
            decide(workplace, assessment_id, "overridden", seen, reason=f"Reason {number}.")
        except (Conflict, Closed) as refusal:
            return type(refusal).__name__
        return "decided"

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(one, range(8)))
    assert said.count("closed") == 1
    assert said.count("decided") == len(view_of(workplace, assessment_id).decisions) <= 1
    assert verify(workplace, ADA).fault is None


def test_no_cell_of_an_export_runs_what_a_hostile_scan_or_a_reason_holds(
    workplace: Workplace, system_id: str, secret: str
) -> None:
    formula = '=HYPERLINK("http://example.org","x")'
    hostile = a_sign(
        statement=formula, message="+1+cmd|' /C calc'!A0", fix="@SUM(1)", cannot_see="-2+3",
        locations=(Location(path="=1+1.py", line=1),),
    )  # fmt: skip
    assessment_id = opened(workplace, system_id)
    push_evidence(workplace, secret=secret, text=to_json(a_scan(hostile, repository=formula)))
    say(workplace, assessment_id, 0)
    (seen,) = view_of(workplace, assessment_id).ledger
    decide(workplace, assessment_id, "overridden", seen, reason=formula)
    about = {"assessment": assessment_id, "system": system_id, "period": "2026Q4"}
    read = 0
    for kind in (name for name in KINDS if name.endswith(".csv")):
        try:
            body = export(workplace, ADA, kind, about).body.decode("utf-8-sig")
        except (NotFound, InvalidInput):
            continue
        cells = [cell for row in csv.reader(body.splitlines()) for cell in row]
        read += 1
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))], kind
        assert not [cell for cell in cells if cell.startswith("-") and not is_number(cell)], kind
    assert read >= 3


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


# --- scans and what changed ---


def test_the_scans_of_a_system_are_listed_with_what_they_saw(workplace: Workplace, system_id: str, secret: str) -> None:
    push_evidence(workplace, secret=secret, text=text_of(commit="aaaaaaa"))
    assessment_id = opened(workplace, system_id)
    add_evidence_json(
        workplace, BO, assessment_id=assessment_id, text=text_of(a_sign(state=State.ABSENT), commit="bbbbbbb")
    )
    scans = view_of(workplace, assessment_id).scans
    assert [(s.commit, s.collected_by, s.counts.debts, s.counts.looked_for) for s in scans] == [
        ("bbbbbbb", "Bo", 0, 1),
        ("aaaaaaa", "collector CI", 1, 1),
    ]
    assert [scan.period for scan in scans] == ["2026Q4", "2026Q4"]


def test_a_scan_is_compared_with_the_one_before_of_the_same_repository(
    workplace: Workplace, system_id: str, secret: str
) -> None:
    assessment_id = opened(workplace, system_id)
    push_evidence(workplace, secret=secret, text=text_of(commit="aaaaaaa"))
    assert view_of(workplace, assessment_id).change is None
    push_evidence(workplace, secret=secret, text=text_of(a_sign(value=40.0), repository="serving", commit="eeeeeee"))
    assert view_of(workplace, assessment_id).change is None
    push_evidence(workplace, secret=secret, text=text_of(a_sign(value=5.0), commit="bbbbbbb"))
    view = view_of(workplace, assessment_id)
    assert [(c.before.value, c.after.value) for c in view.change.grew] == [(2.0, 5.0)]
    assert view.compared_with.commit == "aaaaaaa"


# --- the trend ---


def test_the_trend_tells_back_filled_quarters_from_those_that_were_assessed(
    workplace: Workplace, system_id: str, secret: str
) -> None:
    then = at(workplace, 2026, 8)
    before = opened(then, system_id, "2026Q3")
    push_evidence(then, secret=secret, text=text_of(a_sign("env-reads-scattered"), commit="aaaaaaa"))
    say(then, before, 2)
    close_assessment(then, ADA, assessment_id=before)
    history = (
        a_quarter("2026Q2", ("secrets-in-code", State.FOUND), ("print-instead-of-logging", State.UNKNOWN)),
        a_quarter("2026Q3", ("secrets-in-code", State.ABSENT), ("print-instead-of-logging", State.FOUND)),
    )
    signs = (a_sign(), a_sign("print-instead-of-logging", area="MON"))
    push_evidence(workplace, secret=secret, text=text_of(*signs, history=history))
    trend = read_evidence_trend(workplace, ADA, system_id=system_id)
    one, none = Signs(found=1, looked_for=1), Signs(found=0, looked_for=1)
    assert [(p.period, p.origin, dict(p.areas)) for p in trend.points] == [
        ("2026Q2", Origin.BACK_FILLED, {"CFG": one}),
        ("2026Q3", Origin.BACK_FILLED, {"CFG": none, "MON": one}),
        ("2026Q3", Origin.ATTACHED, {"CFG": one}),
        ("2026Q4", Origin.NEWEST, {"CFG": one, "MON": one}),
    ]
    assert trend.points[-1].total == Signs(found=2, looked_for=2)
    assert [area.id for area in trend.areas] == ["CFG", "MON"]


def test_a_scan_that_did_not_look_back_hides_no_quarter_that_an_earlier_one_read(
    workplace: Workplace, system_id: str, secret: str
) -> None:
    before = a_quarter("2026Q1", ("secrets-in-code", State.FOUND))
    past = (a_quarter("2026Q2", ("secrets-in-code", State.FOUND)),)
    push_evidence(workplace, secret=secret, text=text_of(commit="aaaaaaa", history=(before,)))
    push_evidence(workplace, secret=secret, text=text_of(commit="bbbbbbb", history=past))
    push_evidence(workplace, secret=secret, text=text_of(commit="ccccccc"))
    trend = read_evidence_trend(workplace, ADA, system_id=system_id)
    assert [(p.period, p.origin) for p in trend.points] == [
        ("2026Q2", Origin.BACK_FILLED),
        ("2026Q4", Origin.NEWEST),
    ]
    push_evidence(workplace, secret=secret, text=text_of(repository="another", commit="ddddddd"))
    assert not read_evidence_trend(workplace, ADA, system_id=system_id).of(Origin.BACK_FILLED)


def test_the_past_is_found_where_the_summary_of_a_scan_does_not_say_that_it_has_one(
    workplace: Workplace, system_id: str, secret: str, tmp_path: Path
) -> None:
    past = (a_quarter("2026Q2", ("secrets-in-code", State.FOUND)),)
    push_evidence(workplace, secret=secret, text=text_of(commit="aaaaaaa", history=past))
    push_evidence(workplace, secret=secret, text=text_of(commit="bbbbbbb"))
    with closing(sqlite3.connect(tmp_path / "arrears.db", isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER evidence_never_changed")
        connection.execute("UPDATE evidence SET summary = json_remove(summary, '$.quarters')")
    trend = read_evidence_trend(workplace, ADA, system_id=system_id)
    assert [p.period for p in trend.of(Origin.BACK_FILLED)] == ["2026Q2"]


def test_a_system_without_a_scan_has_an_empty_trend(workplace: Workplace, system_id: str) -> None:
    assert read_evidence_trend(workplace, ADA, system_id=system_id).points == ()
    with pytest.raises(NotFound):
        read_evidence_trend(workplace, ADA, system_id="gone")


def test_a_scan_kept_before_the_collector_read_the_history_stays_readable() -> None:
    document = json.loads(text_of())
    for field in LATER_FIELDS:
        del document[field]
    old = EvidenceRecord(
        evidence_id="old", system_id="s", repository="churn", commit_id="", collector="1", body=json.dumps(document),
        collected_at="2026-11-20T10:00:00.000Z", collected_by="Ada",
    )  # fmt: skip
    assert scan_of(old) == a_scan()
    with pytest.raises(InvalidEvidence):
        scan_of(replace(old, evidence_id="broken", body=json.dumps({**document, "files": "many"})))

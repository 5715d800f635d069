"""What was labelled by hand is whole and current, and a signal may be direct only where it was right."""

from __future__ import annotations

import pytest

from evidence.evidence import LOCATIONS_MAX, State, Strength
from evidence.precision import (
    PRECISION_MIN,
    Label,
    Verdict,
    current,
    may_be_direct,
    precision_of,
    read_labels,
    read_missed,
    stale,
    table,
    wilson,
)
from evidence.signals import SIGNALS

LABELS = read_labels()
VERSIONS = {identity: detector.version for identity, detector in SIGNALS.items()}
PLACES_READ_MIN = 10  #: a direct signal with fewer has not been measured


def label(verdict=Verdict.TRUE, **changed):
    values = {
        "repository": "owner/name", "commit": "a" * 40, "unseen": False, "signal": "split-after-fit", "version": 1,
        "state": State.FOUND, "strength": Strength.DIRECT, "path": "a.py", "line": 1, "reason": "read",
    }  # fmt: skip
    return Label(**{**values, "verdict": verdict, **changed})


@pytest.mark.parametrize("identity", [one for one, detector in SIGNALS.items() if detector.strength is Strength.DIRECT])
def test_a_direct_signal_was_right_nine_times_in_ten_where_it_claimed_to_be(identity):
    read = [one for one in current(LABELS, VERSIONS) if one.signal == identity]
    assert may_be_direct(read), f"{identity}: label its direct findings, mend it, or make it strong"
    claimed = precision_of(one for one in read if one.strength is Strength.DIRECT and one.state is State.FOUND)
    assert claimed.judged >= PLACES_READ_MIN, f"{identity}: {claimed.judged} direct places read"


@pytest.mark.parametrize("identity", [one for one, detector in SIGNALS.items() if detector.strength is Strength.STRONG])
def test_a_strong_signal_was_right_nine_times_in_ten_where_it_was_read(identity):
    read = [one for one in current(LABELS, VERSIONS) if one.signal == identity and one.state is State.FOUND]
    share = precision_of(one for one in read if one.strength is Strength.STRONG).share
    assert share is not None, f"{identity}: read places where it is strong in real repositories, or make it weak"
    assert share >= PRECISION_MIN, f"{identity}: mend it, or make it weak"


def test_twelve_repositories_or_more_of_every_kind_were_read():
    assert len({one.repository for one in LABELS}) >= 12
    assert len({one.repository for one in LABELS if one.unseen}) >= 4


def test_each_label_is_whole_and_stands_once():
    places = [(one.repository, one.signal, one.version, one.path, one.line, one.state) for one in LABELS]
    assert len(places) == len(set(places))
    for one in LABELS:
        assert len(one.commit) == 40, one.repository
        assert 4 <= len(one.reason) <= 120, one
        assert one.signal in SIGNALS, one.signal
        assert one.version <= VERSIONS[one.signal], one


def test_no_finding_was_read_in_more_places_than_it_names():
    counted: dict[tuple[str, str, int], int] = {}
    for one in LABELS:
        key = (one.repository, one.signal, one.version)
        counted[key] = counted.get(key, 0) + 1
    assert max(counted.values()) <= LOCATIONS_MAX


def test_a_label_of_another_version_counts_nowhere_and_is_kept_only_where_it_was_false():
    old = stale(LABELS, VERSIONS)
    assert set(old).isdisjoint(current(LABELS, VERSIONS))
    assert {one.verdict for one in old} <= {Verdict.FALSE}, "judge these findings again, or drop the label"


def test_what_was_missed_belongs_to_a_signal_and_a_repository_that_was_read():
    read = {one.repository for one in LABELS}
    for missed in read_missed():
        assert missed.signal in SIGNALS
        assert missed.repository in read
        assert missed.what


@pytest.mark.parametrize(
    ("hits", "of", "interval"),
    [(0, 0, None), (9, 10, (0.596, 0.982)), (10, 10, (0.722, 1.0)), (0, 5, (0.0, 0.434))],
)
def test_the_interval_is_that_of_wilson(hits, of, interval):
    assert wilson(hits, of) == (None if interval is None else pytest.approx(interval, abs=0.001))


def test_what_could_not_be_told_is_neither_right_nor_wrong():
    measured = precision_of([label(), label(Verdict.UNCLEAR, line=2), label(Verdict.FALSE, repository="other/name")])
    assert (measured.judged, measured.share, measured.repositories) == (3, 0.5, 2)
    assert precision_of([label(Verdict.UNCLEAR)]).share is None


def test_a_signal_nobody_read_may_not_be_direct():
    assert not may_be_direct([])
    assert not may_be_direct([label(Verdict.UNCLEAR), label(strength=Strength.STRONG)])
    assert may_be_direct([label(line=number) for number in range(9)] + [label(Verdict.FALSE, line=20)])
    assert not may_be_direct([label(line=number) for number in range(8)] + [label(Verdict.FALSE, line=20)])


def test_the_table_says_what_is_not_yet_measured():
    shown = table((label(), label(version=7, line=3)), {"split-after-fit": 1, "import-cycle": 1})
    assert "| split-after-fit | direct | 1 | 1 | 0 | 0 | 1.00 |" in shown
    assert "| import-cycle | - | 0 | - | - | - | not yet measured |" in shown

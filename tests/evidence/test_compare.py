"""Two scans side by side: each signal is in exactly one list, and the lists say what their names say."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.compare import EvidenceChange, compare_evidence
from evidence.evidence import Evidence, Signal, State
from tests.operations.scans import a_scan, a_sign

ABSENT = a_sign(state=State.ABSENT, value=0.0, locations=())


def where(before: Evidence, after: Evidence, name: str = "secrets-in-code") -> str:
    change = compare_evidence(before, after)
    lists = [f.name for f in fields(EvidenceChange) for c in getattr(change, f.name) if c.signal.id == name]
    assert len(lists) == 1
    return lists[0]


@pytest.mark.parametrize(
    ("before", "after", "listed"),
    [
        pytest.param(ABSENT, a_sign(), "appeared", id="looked for and not seen, then seen"),
        pytest.param(a_sign(), ABSENT, "gone", id="seen, then looked for and not seen"),
        pytest.param(a_sign(), a_sign(value=3.0), "grew", id="more of it"),
        pytest.param(a_sign(), a_sign(value=1.0), "shrank", id="less of it"),
        pytest.param(a_sign(), a_sign(), "unchanged", id="as it was"),
        pytest.param(a_sign(), a_sign(denominator=500.0), "unchanged", id="as many in a larger repository"),
        pytest.param(ABSENT, ABSENT, "unchanged", id="not seen twice"),
        pytest.param(a_sign(), replace(ABSENT, state=State.UNKNOWN), "unclear", id="seen, then nobody can tell"),
        pytest.param(replace(ABSENT, state=State.UNKNOWN), a_sign(), "unclear", id="nobody could tell, then seen"),
        pytest.param(a_sign(), replace(ABSENT, state=State.NOT_APPLICABLE), "unclear", id="it does not apply any more"),
        pytest.param(ABSENT, a_sign(version=2), "measured_differently", id="another version of the detector"),
    ],
)
def test_a_signal_is_listed_by_what_became_of_it(before: Signal, after: Signal, listed: str) -> None:
    assert where(a_scan(before), a_scan(after)) == listed


def test_what_only_one_scan_looked_for_was_measured_differently() -> None:
    with_both = a_scan(a_sign(), a_sign("print-instead-of-logging"))
    assert where(a_scan(a_sign()), with_both, "print-instead-of-logging") == "measured_differently"
    assert where(with_both, a_scan(a_sign()), "print-instead-of-logging") == "measured_differently"


def test_both_sides_stand_beside_each_other() -> None:
    (grown,) = compare_evidence(a_scan(a_sign()), a_scan(a_sign(value=9.0))).grew
    assert (grown.before, grown.after) == (a_sign(), a_sign(value=9.0))


def test_the_lists_are_by_area_then_id() -> None:
    signs = (a_sign("b"), a_sign("a"), a_sign("z", area="APD"))
    assert [c.signal.id for c in compare_evidence(a_scan(*signs), a_scan(*signs)).unchanged] == ["z", "a", "b"]


def test_a_scan_beside_itself_has_not_changed() -> None:
    assert compare_evidence(a_scan(), a_scan()).nothing_changed
    assert not compare_evidence(a_scan(), a_scan(a_sign(value=9.0))).nothing_changed


SCANS = st.lists(
    st.builds(
        lambda name, state, value, version: a_sign(name, state=state, value=value, version=version),
        st.sampled_from(["a", "b", "c", "d"]),
        st.sampled_from(State),
        st.none() | st.sampled_from([0.0, 1.0, 2.0]),
        st.sampled_from([1, 2]),
    ),
    unique_by=lambda signal: signal.id,
    min_size=1,
).map(lambda signals: a_scan(*signals))


@given(before=SCANS, after=SCANS)
def test_every_signal_is_in_one_list_and_the_way_back_is_the_mirror(before: Evidence, after: Evidence) -> None:
    names = {s.id for s in (*before.signals, *after.signals)}
    mirror = {"appeared": "gone", "gone": "appeared", "grew": "shrank", "shrank": "grew"}
    for name in names:
        there, back = where(before, after, name), where(after, before, name)
        assert back == mirror.get(there, there)

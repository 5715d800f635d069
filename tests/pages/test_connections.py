"""The connections page and the parts of other pages that speak of connections, as a person uses them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence.document import to_json
from evidence.evidence import Location, Mode, StorageKind, StorageUse
from operations.connections import declare_connection, read_connections
from operations.exports import export
from operations.repository_evidence import add_evidence_json
from operations.systems import create_system
from tests.operations.scans import a_scan
from tests.pages.conftest import ADA, open_system, title, words

HOSTILE = "<img src=x onerror=alert(1)> [x](javascript:1) $a$ :red[b] =1+1"


def button(page, label):
    return next(one for one in page.button if one.label == label)


def scanned(workplace, assessment, mode, name):
    storage = (
        StorageUse(kind=StorageKind.TABLE, name=name, mode=Mode(mode), locations=(Location(path="src/a.py", line=7),)),
    )
    text = to_json(replace(a_scan(), repository=assessment.system_id, storage=storage))
    add_evidence_json(workplace, ADA, assessment_id=assessment.assessment_id, text=text)


@pytest.fixture
def two(workplace):
    return open_system(workplace, "Churn", answers=3), open_system(workplace, "Price", answers=3)


def feed(workplace, source, target, **more):
    return declare_connection(
        workplace, ADA, system_id=source.system_id, feeds=target.system_id, **({"kind": "outputs"} | more)
    )


def test_without_connections_the_page_says_what_to_do_and_takes_the_first_one(at_page, workplace, two):
    page = at_page("connections")
    assert title(page) == "No system is connected with another yet"
    assert "Say which system reads what another one makes" in words(page)
    button(page, "Note the connection").click().run()
    (kept,) = read_connections(workplace, ADA).connections
    assert {kept.source_id, kept.target_id} == {one.system_id for one in two}
    assert title(page).startswith("Most depends on")


def test_a_suggestion_shows_both_places_and_is_confirmed(at_page, workplace, two):
    scanned(workplace, two[0], "written", "ml.churn_scores")
    scanned(workplace, two[1], "read", "ml.churn_scores")
    page = at_page("connections")
    assert "Undeclared consumer? Price reads ml.churn_scores, which Churn writes." in words(page)
    assert "src/a.py:7" in words(page)
    button(page, "Confirm").click().run()
    (kept,) = read_connections(workplace, ADA).connections
    assert (kept.state, kept.changed_by) == ("confirmed", "Somebody")
    assert "Undeclared consumer" not in words(page)


def test_a_rejection_needs_its_reason(at_page, workplace, two):
    scanned(workplace, two[0], "written", "ml.churn_scores")
    scanned(workplace, two[1], "read", "ml.churn_scores")
    page = at_page("connections")
    button(page, "Reject with this reason").click().run()
    assert "Not decided: reason: is empty" in words(page)
    next(area for area in page.text_area if area.label == "Why not?").set_value("another database")
    button(page, "Reject with this reason").click().run()
    assert [one.reason for one in read_connections(workplace, ADA).rejected] == ["another database"]
    button(page, "It holds after all").click().run()
    assert len(read_connections(workplace, ADA).connections) == 1


def test_a_circle_is_named_here_and_at_the_system_with_the_questions_it_speaks_to(at_page, workplace, two):
    feed(workplace, *two)
    feed(workplace, *two[::-1], kind="shared data")
    for page in (at_page("connections"), at_page("system", system=two[0].system_id)):
        said = words(page)
        assert "Hidden feedback loop: " in said
        assert "FBL-05" in said


def test_the_focus_of_a_link_tells_what_the_debt_costs_and_why(at_page, workplace, two):
    feed(workplace, *two)
    page = at_page("connections", focus=two[0].system_id)
    said = words(page)
    assert "Depended on by 1 system: interest" in said
    assert "with what depends on it" in said
    assert "30%" in said
    assert "Depended on by 1 system" in words(at_page("system", system=two[0].system_id))
    assert any("Depended on by 1 system" in one.label for one in at_page("plan", system=two[0].system_id).expander)


def test_the_system_page_takes_a_connection_either_way_round(at_page, workplace, two):
    page = at_page("system", system=two[0].system_id)
    assert "No system depends on it" in words(page)
    next(box for box in page.selectbox if box.label == "which").set_value("feeds it")
    button(page, "Note the connection").click().run()
    (kept,) = read_connections(workplace, ADA).connections
    assert (kept.source_id, kept.target_id) == (two[1].system_id, two[0].system_id)


def test_nonsense_in_the_link_counts_as_nothing(at_page, workplace, two):
    feed(workplace, *two)
    for link in ({"focus": HOSTILE}, {"team": "gone"}, {"kind": "x", "steps": "99"}, {"suggestions": "x"}):
        page = at_page("connections", **link)
        assert title(page).startswith("Most depends on")
        assert not page.error


def test_hostile_names_stay_words_on_the_page_and_in_the_file(at_page, workplace, two):
    other = create_system(workplace, ADA, name=HOSTILE, team=HOSTILE)
    declare_connection(
        workplace, ADA, system_id=other.system_id, feeds=two[0].system_id, kind="outputs", name="=1+1", words=HOSTILE
    )
    page = at_page("connections")
    assert "\\<img" in page.title[0].value
    text = export(workplace, ADA, "connections.csv", {}).body.decode("utf-8-sig")
    assert "'=1+1" in text
    assert "\r\n=1+1" not in text
    assert ",=1+1" not in text


def test_a_circle_is_a_hint_at_the_questions_it_speaks_to_and_at_no_other(at_page, workplace, two):
    feed(workplace, *two)
    feed(workplace, *two[::-1])
    link = {"system": two[0].system_id, "period": two[0].period}
    assert "Noted connections make a circle: " in words(at_page("assess", question="FBL-01", **link))
    assert "make a circle" not in words(at_page("assess", question="ENT-01", **link))

"""A score as a JSON document: the promised shape, and the same score back from it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from scoring.answers import score_document
from scoring.document import InvalidScoreDocument, score_from_document
from scoring.score import score, scoring_id
from scoring.terms import Parameters
from tests.scoring.builders import NOT_APPLICABLE, area, checklist, floor, levels, voted
from tests.scoring.test_properties import held, profiles

ASKED = checklist(area("ENT", "C", "H"), area("MON", "M", "M"))
GIVEN = {**levels("ENT", 1, None), "MON-01": voted(3, None, 0, 1), "MON-02": NOT_APPLICABLE}
SCORED = score(ASKED, GIVEN, [floor("ENT-01"), floor("ENT-02")])


def test_the_document_has_the_promised_shape():
    document = score_document(SCORED, ASKED)
    assert set(document) == {
        "checklist",
        "scoring_id",
        "system",
        "worst_area",
        "areas",
        "questions",
        "contradictions",
        "hints",
    }
    assert set(document["system"]) == {"estimate", "low", "high", "coverage", "band"}
    assert [entry["id"] for entry in document["areas"]] == ["ENT", "MON"]
    assert set(document["areas"][0]) == {*document["system"], "id", "weight", "counted", "worst"}
    assert [entry["id"] for entry in document["questions"]] == ["ENT-01", "ENT-02", "MON-01"]
    assert document["questions"][2] == {
        "id": "MON-01",
        "area": "MON",
        "estimate": 0.25,
        "debt": 0.25,
        "low": 0.0,
        "high": 0.75,
        "level": 1,
        "known": True,
        "weight": 5,
        "critical": False,
        "floor": 0.0,
        "votes": [0, 1, 3, None],
    }
    assert document["contradictions"] == [
        {
            "question": "ENT-01",
            "signal": "secrets-in-code",
            "answered": 0.25,
            "floor": 0.5,
            "message": "secrets-in-code seen",
        }
    ]
    assert document["hints"] == [{"question": "ENT-02", "signal": "secrets-in-code", "message": "secrets-in-code seen"}]
    assert document["scoring_id"] == scoring_id(Parameters())
    assert document["checklist"] == {"id": "test", "version": "1", "content_hash": ASKED.content_hash}


def test_numbers_are_not_rounded():
    assert score_document(SCORED, ASKED)["system"]["estimate"] == SCORED.system.estimate


@held
@given(profiles())
def test_any_score_comes_back_equal_from_its_json(profile):
    scored = profile.score()
    text = json.dumps(score_document(scored, profile.checklist), allow_nan=False)
    assert score_from_document(json.loads(text)) == scored


@pytest.mark.parametrize(
    "missing", ["system", "areas", "questions", "contradictions", "hints", "scoring_id", "worst_area"]
)
def test_a_document_with_a_part_missing_says_which(missing):
    document = score_document(SCORED, ASKED)
    del document[missing]
    with pytest.raises(InvalidScoreDocument, match=f"'{missing}' is missing"):
        score_from_document(document)


@pytest.mark.parametrize(
    "broken", [{"system": None}, {"areas": 3}, {"questions": [None]}, {"contradictions": [{"question": "ENT-01"}]}]
)
def test_a_document_of_another_shape_is_refused(broken):
    with pytest.raises(InvalidScoreDocument, match="score"):
        score_from_document({**score_document(SCORED, ASKED), **broken})

"""SARIF of evidence: what code-scanning views demand, stable from scan to scan, and no word of the source."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import jsonschema
import pytest

from evidence.document import to_json
from evidence.evidence import Location, Polarity, State, Unparsed
from evidence.sarif import FINGERPRINT, NO_FILE, to_sarif
from evidence.signals import SIGNALS
from tests.evidence.making import evidence_of, sample

SCHEMA = json.loads((Path(__file__).parent / "sarif_schema.json").read_text())
SECRETS = sample("secrets-in-code", "trips")


def run_of(evidence):
    """The one run of the log, held against what SARIF 2.1.0 demands."""
    log = json.loads(to_sarif(evidence))
    jsonschema.validate(log, SCHEMA, jsonschema.Draft7Validator)
    (run,) = log["runs"]
    return run


def results_of(evidence, identity):
    """The results of one signal."""
    return [result for result in run_of(evidence)["results"] if result["ruleId"] == identity]


def with_places(evidence, identity, *places):
    """The same evidence with this signal found at these (path, line) places."""
    signals = tuple(
        dataclasses.replace(one, locations=tuple(Location(path=path, line=line) for path, line in places))
        if one.id == identity
        else one
        for one in evidence.signals
    )
    return dataclasses.replace(evidence, signals=signals)


@pytest.mark.parametrize("identity", SIGNALS)
def test_what_each_signal_finds_is_valid_sarif(identity):
    evidence = evidence_of(sample(identity, "trips"))
    results = results_of(evidence, identity)
    found = next(signal for signal in evidence.signals if signal.id == identity)
    if found.polarity is Polarity.CARE:
        assert results == []
    elif found.state is State.FOUND:
        assert len(results) == max(1, len(found.locations))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda log: log.pop("version"),
        lambda log: log["runs"][0].pop("tool"),
        lambda log: log["runs"][0].update(unheard_of=1),
        lambda log: log["runs"][0]["results"][0].update(level="terrible"),
        lambda log: log["runs"][0]["results"][0].pop("message"),
        lambda log: log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"].update(startLine=0),
        lambda log: log["runs"][0]["tool"]["driver"]["rules"][0].pop("id"),
    ],
)
def test_what_is_not_sarif_is_noticed(spoil):
    log = json.loads(to_sarif(evidence_of(SECRETS)))
    jsonschema.validate(log, SCHEMA, jsonschema.Draft7Validator)
    spoil(log)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(log, SCHEMA, jsonschema.Draft7Validator)


def test_each_signal_of_debt_is_a_rule_with_words_that_help():
    run = run_of(evidence_of(SECRETS))
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert set(rules) == {one.id for one in SIGNALS.values() if one.polarity is Polarity.DEBT}
    for identity, rule in rules.items():
        assert SIGNALS[identity].fix in rule["help"]["text"]
        assert SIGNALS[identity].cannot_see in rule["help"]["markdown"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_the_stronger_the_sign_the_higher_the_level():
    names = ("unpinned-dependencies", "env-reads-scattered")
    files = {f"{name}/{path}": text for name in names for path, text in sample(name, "trips").items()}
    evidence = evidence_of(files)
    levels = {result["ruleId"]: result["level"] for result in run_of(evidence)["results"]}
    strengths = {signal.id: signal.strength.value for signal in evidence.signals}
    words = {"direct": "error", "strong": "warning", "weak": "note"}
    assert len(set(levels.values())) > 1
    assert levels == {identity: words[strengths[identity]] for identity in levels}


def test_places_are_relative_and_safe_to_write_in_an_address():
    evidence = with_places(
        evidence_of(SECRETS), "secrets-in-code", ("src/a b.py", 3), ("c:/d#e%.py", 0), ("ü.ipynb", 7)
    )
    places = [result["locations"][0] for result in results_of(evidence, "secrets-in-code")]
    files = [place["physicalLocation"]["artifactLocation"]["uri"] for place in places]
    assert files == ["src/a%20b.py", "c%3A/d%23e%25.py", "%C3%BC.ipynb"]
    assert [place["physicalLocation"]["region"]["startLine"] for place in places] == [3, 1, 1]
    assert places[2]["logicalLocations"] == [{"name": "cell 7"}]


def test_a_finding_without_a_place_has_one_all_the_same_or_the_whole_report_is_refused():
    (result,) = results_of(with_places(evidence_of(SECRETS), "secrets-in-code"), "secrets-in-code")
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == NO_FILE


def test_a_finding_is_known_again_when_its_line_moves_and_not_when_its_file_changes():
    evidence = evidence_of(SECRETS)

    def prints(*places):
        found = results_of(with_places(evidence, "secrets-in-code", *places), "secrets-in-code")
        return [result["partialFingerprints"][FINGERPRINT] for result in found]

    assert prints(("a.py", 3), ("a.py", 9)) == prints(("a.py", 4), ("a.py", 20))
    assert len(set(prints(("a.py", 3), ("a.py", 9), ("b.py", 3)))) == 3
    assert prints(("a.py", 3)) != prints(("b.py", 3))


def test_nothing_of_the_source_and_no_place_of_the_machine_is_in_it():
    evidence = evidence_of(SECRETS)
    text = to_sarif(evidence)
    for path, content in SECRETS.items():
        words = {word for line in content.decode().splitlines() for word in line.split() if len(word) > 12}
        assert not [word for word in words if word in text], path
    assert str(Path.cwd()) not in text


def test_files_that_could_not_be_read_are_told():
    evidence = dataclasses.replace(evidence_of(SECRETS), unparsed=(Unparsed(path="a b.py", reason="not Python"),))
    (note,) = run_of(evidence)["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "a b.py: not Python"


def test_equal_evidence_gives_equal_bytes():
    first, second = evidence_of(SECRETS), evidence_of(SECRETS)
    assert to_json(first) == to_json(second)
    assert to_sarif(first) == to_sarif(second)

"""Evidence goes to text and back unchanged, and nothing else comes in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.document import BYTES_MAX, InvalidEvidence, evidence_hash, from_json, to_json
from evidence.evidence import (
    ADMITTED_MAX,
    HOTSPOTS_MAX,
    LOCATIONS_MAX,
    SCHEMA,
    TOUCHED_DAYS_MAX,
    AdmittedDebt,
    Evidence,
    Hotspot,
    Kind,
    Location,
    PastQuarter,
    PastSignal,
    Polarity,
    Signal,
    State,
    Strength,
    Touched,
    Unparsed,
)
from tests.evidence.making import evidence_of, sample

DIRECTION_MARKS = "".join(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
plain = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=DIRECTION_MARKS), max_size=40)
paths = plain.filter(lambda text: not text.startswith("/") and ".." not in text and ":" not in text)
numbers = st.none() | st.floats(0, 1e12)
locations = st.builds(Location, path=paths, line=st.integers(0, 10**6))
signals = st.builds(
    Signal,
    id=st.from_regex(r"[a-z]{1,8}(-[a-z0-9]{1,5}){0,3}", fullmatch=True),
    statement=plain,
    message=plain,
    area=st.sampled_from(["CFG", "DAT"]),
    questions=st.lists(st.from_regex(r"[A-Z]{3}-[0-9]{2}", fullmatch=True), max_size=3).map(tuple),
    polarity=st.sampled_from(Polarity),
    state=st.sampled_from(State),
    strength=st.sampled_from(Strength),
    value=numbers,
    denominator=numbers,
    locations=st.lists(locations, max_size=LOCATIONS_MAX).map(tuple),
    cannot_see=plain,
    fix=plain,
    version=st.integers(0, 99),
)
identities = st.from_regex(r"[a-z]{1,8}(-[a-z0-9]{1,5}){0,3}", fullmatch=True)
past_signals = st.builds(
    PastSignal,
    id=identities,
    state=st.sampled_from(State),
    value=numbers,
    denominator=numbers,
    version=st.integers(0, 99),
)
quarters = st.integers(1990, 2090).flatmap(
    lambda year: st.sampled_from([(1, "03-31"), (2, "06-30"), (3, "09-30"), (4, "12-31")]).flatmap(
        lambda end: st.builds(
            PastQuarter,
            period=st.just(f"{year}Q{end[0]}"),
            commit=st.from_regex(r"[0-9a-f]{40}", fullmatch=True),
            date=st.just(f"{year}-{end[1]}"),
            kind=st.sampled_from(Kind),
            files=st.integers(0, 10**6),
            lines=st.integers(0, 10**9),
            signals=st.lists(past_signals, max_size=3, unique_by=lambda signal: signal.id).map(tuple),
        )
    )
)
counts = st.integers(0, 10**6)
hotspots = st.builds(
    Hotspot, path=paths, changes=counts, complexity=counts, lines=counts, authors=counts, admitted=counts
)
admitted = st.builds(
    AdmittedDebt, path=paths, line=counts, marker=st.sampled_from(["TODO", "workaround"]), age_days=st.none() | counts
)
touched = st.builds(
    Touched,
    path=paths,
    days=st.lists(st.dates().map(lambda day: day.isoformat()), max_size=TOUCHED_DAYS_MAX).map(tuple),
)
documents = st.builds(
    Evidence,
    schema=st.just(SCHEMA),
    repository=plain,
    kind=st.sampled_from(Kind),
    commit=st.none() | st.from_regex(r"[0-9a-f]{40}", fullmatch=True),
    collector=plain,
    files=st.integers(0, 10**6),
    notebooks=st.integers(0, 10**6),
    lines_by_language=st.dictionaries(plain, st.integers(0, 10**9), max_size=4),
    signals=st.lists(signals, max_size=4, unique_by=lambda signal: signal.id).map(tuple),
    unparsed=st.lists(st.builds(Unparsed, path=paths, reason=plain), max_size=3).map(tuple),
    notes=st.lists(plain, max_size=3).map(tuple),
    history=st.lists(quarters, max_size=4, unique_by=lambda quarter: quarter.period).map(
        lambda chosen: tuple(sorted(chosen, key=lambda quarter: quarter.period))
    ),
    hotspots=st.lists(hotspots, max_size=HOTSPOTS_MAX).map(tuple),
    admitted=st.lists(admitted, max_size=ADMITTED_MAX).map(tuple),
    touched=st.lists(touched, max_size=3).map(tuple),
)
QUARTER = {
    "period": "2026Q2", "commit": "a" * 40, "date": "2026-06-30", "kind": "library", "files": 3, "lines": 9,
    "signals": [{"id": "stale-copies", "state": "found", "value": 1, "denominator": None, "version": 1}],
}  # fmt: skip
TOUCHED = {"path": "a.py", "days": ["2026-11-20"]}
HOTSPOT = {"path": "a.py", "changes": 3, "complexity": 9, "lines": 80, "authors": 2, "admitted": 0}
ADMITTED = {"path": "a.py", "line": 3, "marker": "TODO", "age_days": 400}


def example():
    return json.loads(to_json(evidence_of(sample("secrets-in-code", "trips"))))


def problems(document):
    with pytest.raises(InvalidEvidence) as caught:
        from_json(document if isinstance(document, str) else json.dumps(document))
    assert all(problem.count("; ") >= 1 for problem in caught.value.problems)
    return "\n".join(caught.value.problems)


@given(documents)
@settings(deadline=None)
def test_evidence_comes_back_as_it_was(evidence):
    text = to_json(evidence)
    assert from_json(text) == evidence
    assert to_json(from_json(text)) == text
    assert evidence_hash(from_json(text)) == evidence_hash(evidence)


def test_a_document_of_a_collector_that_told_no_days_of_change_reads_and_stays_as_it_is():
    text = to_json(evidence_of({"a.py": "x"}))
    assert '"touched"' not in text
    assert from_json(text).touched == ()


def test_equal_evidence_gives_equal_bytes_whatever_the_order_of_languages():
    evidence = evidence_of({"a.py": "x", "q.sql": "y"})
    other = json.dumps(dict(reversed(list(json.loads(to_json(evidence)).items()))), indent=3)
    assert to_json(from_json(other)) == to_json(evidence)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.pop("files"), "'files' is missing"),
        (lambda d: d.update(extra=1), "'extra' is not known"),
        (lambda d: d.update(schema="evidence/2"), "schema: expected 'evidence/1', got 'evidence/2'"),
        (lambda d: d.update(kind="website"), "kind: expected one of application"),
        (lambda d: d.update(commit="HEAD; rm"), "commit: expected null or"),
        (lambda d: d.update(files=-1), "files: expected a whole number"),
        (lambda d: d.update(files=True), "files: expected a whole number"),
        (lambda d: d.update(notes="x"), "notes: expected a list"),
        (lambda d: d.update(notes=["x"] * 300), "300 entries, at most 200"),
        (lambda d: d.update(repository="x\x1b[2J"), "repository: holds control characters"),
        (lambda d: d.update(repository="x" * 300), "300 characters, at most 200"),
        (lambda d: d.update(lines_by_language={"Python": 1.5}), "lines_by_language.'Python'"),
        (lambda d: d.update(lines_by_language={str(n): 1 for n in range(200)}), "at most 100 languages"),
        (lambda d: d.update(signals=d["signals"] * 2), "stands there twice"),
        (lambda d: d.update(signals=[d["signals"][0]] * 501), "501 entries, at most 500"),
        (lambda d: d["signals"][0].update(state="maybe"), "signals[0].state: expected one of found"),
        (lambda d: d["signals"][0].update(strength=None), "signals[0].strength: expected one of"),
        (lambda d: d["signals"][0].update(value="1"), "signals[0].value: expected null or a number"),
        (lambda d: d["signals"][0].update(value=-1), "signals[0].value: expected null or a number"),
        (lambda d: d["signals"][0].update(id="Über/..", message=3), "signals[0].id: expected a signal's id"),
        (lambda d: d["signals"][0].update(questions=["CFG-6"]), "signals[0].questions[0]: expected a question's id"),
        (lambda d: d["signals"][0].update(locations=[{"path": "/etc/x", "line": 1}]), "path inside the repository"),
        (lambda d: d["signals"][0].update(locations=[{"path": "a/../../b", "line": 1}]), "path inside the repository"),
        (lambda d: d["signals"][0].update(locations=[{"path": "a", "line": 1}] * 11), "11 entries, at most 10"),
        (lambda d: d["signals"][0].update(locations=[{"path": "a", "line": 1.5}]), "[0].line: expected a whole"),
        (lambda d: d["signals"].append(None), "expected an object, got None"),
        (lambda d: d.update(unparsed=[{"path": "a"}]), "unparsed[0]: 'reason' is missing"),
        (lambda d: d.pop("history"), "'history' is missing"),
        (lambda d: d.update(history=[QUARTER] * 41), "41 entries, at most 40"),
        (lambda d: d.update(history=[QUARTER] * 2), "each quarter once, the oldest first"),
        (lambda d: d.update(history=[QUARTER, QUARTER | {"period": "2026Q1", "date": "2026-03-31"}]), "oldest first"),
        (lambda d: d.update(history=[QUARTER | {"period": "2026-2"}]), "history[0].period: expected a quarter"),
        (lambda d: d.update(history=[QUARTER | {"date": "2026-06-31"}]), "history[0].date: expected a quarter's last"),
        (lambda d: d.update(history=[QUARTER | {"date": "2026-09-30"}]), "2026-09-30 is not the last day of 2026Q2"),
        (lambda d: d.update(history=[QUARTER | {"commit": "main"}]), "history[0].commit: expected 7 to 64"),
        (lambda d: d.update(history=[QUARTER | {"kind": "website"}]), "history[0].kind: expected one of"),
        (lambda d: d.update(history=[QUARTER | {"signals": QUARTER["signals"] * 2}]), "'stale-copies' stands there"),
        (lambda d: d.update(history=[QUARTER | {"signals": [{}]}]), "history[0].signals[0]: 'denominator' is missing"),
        (lambda d: d.update(history=[None]), "history[0]: expected an object"),
        (lambda d: d.update(touched=[TOUCHED] * 501), "501 entries, at most 500"),
        (lambda d: d.update(touched=[TOUCHED | {"days": ["2026-11-20"] * 13}]), "13 entries, at most 12"),
        (lambda d: d.update(touched=[TOUCHED | {"days": ["yesterday"]}]), "touched[0].days[0]: expected a day such as"),
        (lambda d: d.update(touched=[TOUCHED | {"path": "/etc/passwd"}]), "touched[0].path: expected a path inside"),
        (lambda d: d.update(touched=[TOUCHED | {"who": "a@b.c"}]), "touched[0]: 'who' is not known"),
        (lambda d: d.update(hotspots=[HOTSPOT] * 11), "11 entries, at most 10"),
        (lambda d: d.update(hotspots=[HOTSPOT | {"path": "../a.py"}]), "hotspots[0].path: expected a path inside"),
        (lambda d: d.update(hotspots=[HOTSPOT | {"author": "a@b.c"}]), "hotspots[0]: 'author' is not known"),
        (lambda d: d.update(hotspots=[HOTSPOT | {"changes": None}]), "hotspots[0].changes: expected a whole number"),
        (lambda d: d.update(admitted=[ADMITTED] * 11), "11 entries, at most 10"),
        (lambda d: d.update(admitted=[ADMITTED | {"age_days": -1}]), "admitted[0].age_days: expected a whole number"),
        (lambda d: d.update(admitted=[ADMITTED | {"marker": "TODO" * 20}]), "80 characters, at most 30"),
        (lambda d: d.update(admitted=[ADMITTED | {"text": "later"}]), "admitted[0]: 'text' is not known"),
    ],
)  # fmt: skip
def test_a_changed_document_is_refused_with_the_place(change, words):
    document = example()
    change(document)
    assert words in problems(document)


def test_all_problems_are_told_at_once():
    document = example()
    document.update(files=-1, notebooks="x", kind=None)
    assert len(problems(document).splitlines()) == 3


def test_in_one_sentence_the_first_problems_stand_with_the_way_out_once():
    with pytest.raises(InvalidEvidence) as caught:
        from_json('{"a": 1}')
    assert len(caught.value.problems) > 10
    said = str(caught.value)
    assert said.startswith("evidence: 'admitted' is missing; evidence: 'collector' is missing; ")
    assert "; and 12 more; make the file anew" in said
    assert said.count("make the file anew") == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("{", "line 1, column 2: not JSON"),
        ("null", "expected an object"),
        ('{"a": 1, "a": 2}', "the key 'a' stands twice"),
        ('{"a": NaN}', "NaN is not a number"),
        ('{"a": -Infinity}', "-Infinity is not a number"),
        ('{"a": 1e999}', "too large a number"),
        ('{"a": ' + "9" * 5000 + "}", "too large a number"),
        ("[" * 200_000, "nested too deep"),
        ('{"a":' * 200_000, "nested too deep"),
        ('"' + "x" * (BYTES_MAX + 1) + '"', "larger than 5 MiB"),
        ('"' + "é" * (BYTES_MAX // 2 + 1) + '"', "larger than 5 MiB"),
    ],
)
def test_what_is_no_plain_json_is_refused(text, words):
    assert words in problems(text)


def test_a_lone_half_of_a_character_is_refused():
    document = to_json(evidence_of({"a.py": ""})).replace('"sample"', '"\\ud800"')
    assert "control characters" in problems(document)


def test_a_problem_shows_little_of_a_foreign_value():
    document = example()
    document["kind"] = "secret" * 1000
    assert len(problems(document)) < 300

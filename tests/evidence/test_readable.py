"""What a person at a terminal reads: findings first, each with its places and its remedy, nothing that steers it."""

from __future__ import annotations

import dataclasses
import re

import pytest

from checklists.reader import DEFAULT_PACK, PACKS, load_checklist
from evidence.evidence import (
    AdmittedDebt,
    Hotspot,
    Kind,
    Location,
    PastQuarter,
    PastSignal,
    Polarity,
    State,
    Unparsed,
)
from evidence.readable import AREAS, place, summary
from evidence.terminal import WIDTH
from tests.evidence.making import evidence_of, sample

BOTH = {**sample("secrets-in-code", "trips"), **sample("split-after-fit", "trips")}
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def past(period, states):
    """A past quarter in which these signals had these states."""
    signals = tuple(
        PastSignal(id=name, state=state, value=None, denominator=None, version=1) for name, state in states.items()
    )
    return PastQuarter(
        period=period, commit="0" * 40, date="2026-06-30", kind=Kind.LIBRARY, files=1, lines=1, signals=signals
    )


def block(text, title):
    """The lines of one block of the summary."""
    (found,) = [part for part in text.split("\n\n") if part.startswith(title)]
    return found.splitlines()[1:]


def test_findings_come_by_area_with_their_place_and_remedy():
    text = summary(evidence_of(BOTH))
    assert text.index("\nDAT  Data dependencies  ") < text.index("\nCFG  Configuration  ")
    assert "  direct  Credentials stand in the code [secrets-in-code]\n" in text
    assert "\n          load.py:4" in text
    assert "\n          Remedy: Withdraw the credential" in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_the_strongest_finding_of_an_area_comes_first_and_so_does_the_strongest_area():
    names = ("unpinned-dependencies", "unseeded-randomness", "env-reads-scattered")
    files = {f"{name}/{path}": text for name in names for path, text in sample(name, "trips").items()}
    text = summary(evidence_of(files))
    assert text.index("[unpinned-dependencies]") < text.index("[unseeded-randomness]")
    assert text.index("\nTST  ") < text.index("\nCFG  "), "direct before strong, whatever the checklist's order"


def test_the_larger_of_two_equally_strong_findings_comes_first():
    evidence = evidence_of(BOTH)
    first, second = (
        dataclasses.replace(next(s for s in evidence.signals if s.id == "secrets-in-code"), id=name, value=value)
        for name, value in (("a-small-one", 1.0), ("b-large-one", 7.0))
    )
    text = summary(dataclasses.replace(evidence, signals=(first, second)))
    assert text.index("[b-large-one]") < text.index("[a-small-one]")


def test_nothing_found_is_no_praise():
    text = summary(evidence_of({"a.py": "x = 1\n"}))
    assert "No sign of debt was found. That is no proof that there is none." in text
    assert "\nDebt looked for and not seen: " in text
    assert "\nCould not be told: " in text


def test_care_that_was_not_seen_is_told_apart_from_debt_that_was_not_seen():
    evidence = evidence_of({"a.py": "x = 1\n"})
    text = summary(evidence)
    care = [s.id for s in evidence.signals if s.polarity is Polarity.CARE and s.state is State.ABSENT]
    assert care
    assert set(care) <= set(re.split(r"[,\s]+", " ".join(block(text, "Care looked for"))))
    assert not set(care) & set(re.split(r"[,\s]+", " ".join(block(text, "Debt looked for"))))


def test_what_could_not_be_told_is_named_with_its_reason_and_the_commonest_reason_comes_first():
    evidence = evidence_of({"a.py": "x = 1\n"})
    lines = block(summary(evidence), "Could not be told")
    unknown = {signal.id for signal in evidence.signals if signal.state is State.UNKNOWN}
    assert unknown <= set(re.split(r"[\[\],\s]+", " ".join(lines))), "none is left out"
    counts = [len(names.split(",")) for names in re.findall(r"\[([^]]*)\]", " ".join(lines))]
    assert counts[:-1] == sorted(counts[:-1], reverse=True)
    assert len(lines) < 30


def test_files_that_could_not_be_read_are_named_with_the_reason():
    text = summary(evidence_of({f"{number}.py": "def f(:" for number in range(12)}))
    assert "Could not be read: 12 files" in text
    assert "and 2 more files" in text


def test_places_of_one_file_share_a_line():
    evidence = evidence_of(BOTH)
    found = next(s for s in evidence.signals if s.id == "secrets-in-code")
    places = tuple(Location(path=path, line=line) for path in ("a.py", "b.ipynb") for line in (3, 9))
    text = summary(dataclasses.replace(evidence, signals=(dataclasses.replace(found, locations=places),)))
    assert "\n          a.py:3, :9\n          b.ipynb cells 3, 9\n" in text


def test_as_many_lines_of_a_file_are_named_as_stand_on_one_line():
    evidence = evidence_of(BOTH)
    found = next(s for s in evidence.signals if s.id == "secrets-in-code")
    for path in ("a.py", f"{'long/' * 10}a.py", f"{'longer/' * 20}a.ipynb"):
        places = tuple(Location(path=path, line=1000 + number) for number in range(10))
        text = summary(dataclasses.replace(evidence, signals=(dataclasses.replace(found, locations=places),)))
        (line,) = [line for line in text.splitlines() if line.lstrip().startswith(path)]
        more = re.search(r" and (\d+) more$", line)
        assert len(re.findall(r"\b10\d\d\b", line)) + (int(more[1]) if more else 0) == 10
        assert len(line) <= WIDTH or len(path) > WIDTH - 20


@pytest.mark.parametrize(
    ("path", "line", "text"),
    [("a.py", 3, "a.py:3"), ("a.py", 0, "a.py"), ("a.ipynb", 3, "a.ipynb cell 3"), ("a.ipynb", 0, "a.ipynb")],
)
def test_a_place_is_written_as_people_write_it(path, line, text):
    assert place(Location(path=path, line=line)) == text


def test_the_areas_are_named_as_the_checklist_names_them():
    checklist = load_checklist(PACKS / f"{DEFAULT_PACK}.yaml")
    assert {area.id: area.title for area in checklist.areas} == AREAS


def test_past_quarters_are_one_line_an_area():
    evidence = dataclasses.replace(
        evidence_of(BOTH),
        history=(
            past("2025Q4", {"secrets-in-code": State.UNKNOWN}),
            past("2026Q1", {"secrets-in-code": State.ABSENT}),
            past("2026Q2", {"secrets-in-code": State.FOUND, "env-reads-scattered": State.FOUND}),
        ),
    )
    years, quarters, *areas = block(summary(evidence), "Signs of debt at the end of each quarter")
    assert years.split() == ["25", "26"]
    assert years.index("26") == quarters.index("Q1")
    assert quarters.split() == ["Q4", "Q1", "Q2", "now"]
    (configuration,) = [line for line in areas if line.startswith("  CFG  Configuration ")]
    assert not any(line.startswith("  FBL") for line in areas), "nothing could ever be told of it"
    assert configuration.split()[2:5] == [".", "0", "2"]


def test_twenty_quarters_still_stand_on_a_line():
    history = tuple(past(f"{2020 + number // 4}Q{number % 4 + 1}", {}) for number in range(20))
    text = summary(dataclasses.replace(evidence_of(BOTH), history=history))
    assert max(map(len, text.splitlines())) <= WIDTH


def test_hotspots_and_admitted_debt_are_ranked_lines_without_a_name_or_a_text():
    text = summary(
        dataclasses.replace(
            evidence_of(BOTH),
            hotspots=(Hotspot(path="load.py", changes=41, complexity=1234, lines=5678, authors=3, admitted=2),),
            admitted=(
                AdmittedDebt(path="load.py", line=7, marker="FIXME", age_days=800),
                AdmittedDebt(path="a.py", line=1, marker="TODO", age_days=None),
            ),
        )
    )
    assert block(text, "Hotspots")[1].split() == ["41", "1,234", "3", "5,678", "load.py"]
    assert [line.split() for line in block(text, "Debt the authors admit")] == [
        ["FIXME", "2", "years", "load.py:7"],
        ["TODO", "a.py:1"],
    ]


def hostile():
    """Evidence whose names and words would steer a terminal, had they been let through."""
    bad = "a\x1b[2J\x07\r\nb\u202e\u200b.py"
    evidence = evidence_of(BOTH)
    found = next(s for s in evidence.signals if s.id == "secrets-in-code")
    return dataclasses.replace(
        evidence,
        repository=bad,
        signals=(dataclasses.replace(found, message=bad, locations=(Location(path=bad, line=1),)),),
        unparsed=(Unparsed(path=bad, reason=bad),),
        notes=(bad,),
        lines_by_language={bad: 1},
        hotspots=(Hotspot(path=bad, changes=1, complexity=1, lines=1, authors=1, admitted=0),),
        admitted=(AdmittedDebt(path=bad, line=1, marker=bad, age_days=1),),
    )


def test_no_name_in_a_repository_can_steer_the_terminal():
    text = summary(hostile())
    assert all(character.isprintable() or character == "\n" for character in text)
    assert "a?[2J" in text


def test_colours_change_nothing_but_the_colours():
    evidence = hostile()
    painted = summary(evidence, colours=True)
    assert ESCAPE.search(painted)
    assert ESCAPE.sub("", painted) == summary(evidence)


def test_a_line_is_no_wider_than_a_terminal_unless_a_name_is():
    text = summary(evidence_of(BOTH))
    assert max(map(len, text.splitlines())) <= WIDTH

"""Every kind of mistake in a checklist is named at its exact line and column, with what is expected instead."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from checklists.checklist import Checklist
from checklists.problems import PROBLEMS_MAX, Problem
from checklists.reader import InvalidChecklist, load_checklist, read_checklist

from .conftest import TINY


@dataclass(frozen=True)
class Fault:
    """One change to the small pack. The sign « in `after` marks where the problem must be found."""

    before: str
    after: str
    where: str
    message: str


def faulty(text: str, fault: Fault) -> tuple[str, int, int]:
    assert text.count(fault.before) >= 1, "the small pack changed under the test"
    marked = text.replace(fault.before, fault.after, 1)
    at = marked.index("«")
    return marked.replace("«", ""), marked.count("\n", 0, at) + 1, at - marked.rfind("\n", 0, at)


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(InvalidChecklist) as refused:
        read_checklist(text, name="pack.yaml")
    return refused.value.problems


FORM = {
    "unknown key with a close one": Fault(
        "severity: H", "«severty: H", "areas[0].questions[0].severty", 'no key "severty"; did you mean "severity"?'
    ),
    "unknown key at the top": Fault("id: tiny", "id: tiny\n«weight: 3", "weight", 'a checklist has no key "weight"'),
    "missing key": Fault(
        "      - id: DAT-02\n        text: What happens when a field changes its meaning?\n",
        "      - «id: DAT-02\n",
        "areas[0].questions[1]",
        'the key "text" is missing',
    ),
    "a list where a text is expected": Fault(
        "title: Data dependencies", "title: «[Data]", "areas[0].title", "expected a text, got a list"
    ),
    "a mapping where a list is expected": Fault(
        "        depends_on:\n          - DAT-01",
        "        depends_on:\n          «DAT-01: yes",
        "areas[0].questions[1].depends_on",
        "expected a list of question ids, got a mapping with the keys DAT-01",
    ),
    "a text where a mapping is expected": Fault(
        "    S: 3\n    M: 8\n",
        "    «S and M\n",
        "classes.effort_days",
        'expected a mapping of effort classes, got the text "S',
    ),
    "nothing where a text is expected": Fault(
        "short: Data", "short:«", "areas[0].short", "expected a text, got nothing"
    ),
    "null where a text is expected": Fault("short: Data", "short: «null", "areas[0].short", "leave the key out"),
    "text too long for a column head": Fault(
        "short: Data", "short: «Dependencies on data", "areas[0].short", "is 20 characters long; at most 14 fit"
    ),
    "yes is not true": Fault(
        "core: true", "core: «yes", "areas[0].questions[0].core", 'expected true or false, got "yes"'
    ),
    "number with a unit": Fault("M: 8", "M: «8d", "classes.effort_days.M", "expected a number from 0 to 10000"),
    "number out of range": Fault("weight: 2", "weight: «-2", "areas[1].weight", 'got "-2"'),
    "number that is not one": Fault("s1: 0.05", "s1: «.nan", "classes.growth.s1", 'got ".nan"'),
    "number with an exponent": Fault("s1: 0.05", "s1: «1e1", "classes.growth.s1", 'got "1e1"'),
    "number in other digits": Fault("M: 8", "M: «٨", "classes.effort_days.M", "expected a number"),
    "id of the wrong form": Fault("id: DAT-02", "id: «dat-2", "areas[0].questions[1].id", "a name such as ENT-01"),
    "a level left out": Fault(
        "          3: Known by one person\n          4: No list",
        "          4: No list",
        "areas[0].questions[0].levels",
        "expected the levels 0, 1, 2, 3, 4 in this order (0 = no debt), got 0, 1, 2, 4",
    ),
    "levels in another order": Fault(
        "          «".replace("«", "") + "0: Checks stop it\n          1: Checks warn",
        "          1: Checks warn\n          0: Checks stop it",
        "areas[0].questions[1].levels",
        "got 1, 0, 2, 3, 4",
    ),
    "no remedy": Fault(
        "        remedies:\n          - Budgets",
        "        remedies: «[]",
        "areas[1].questions[0].remedies",
        "expected 1 to 12 remedies, got 0",
    ),
    "no source": Fault(
        "        sources:\n          - practice\n", "", "areas[1].questions[0]", 'the key "sources" is missing'
    ),
    "hidden character through an escape": Fault(
        "title: Agents", 'title: «"Agents\\u202e"', "areas[1].title", "contains the character U+202E"
    ),
    "class letter of the wrong form": Fault(
        "effort: S", 'effort: «"*"', "areas[1].questions[0].effort", "a name such as M"
    ),
}

RULES = {
    "area id given twice": Fault(
        "id: AGT\n", "id: «DAT\n", "areas[1].id", "another area has this id already (line 36)"
    ),
    "question id given twice": Fault(
        "id: DAT-02", "id: «DAT-01", "areas[0].questions[1].id", "another question has this id already (line 41)"
    ),
    "id that does not begin with its area": Fault(
        "id: AGT-01",
        "id: «AGX-01",
        "areas[1].questions[0].id",
        '"AGX-01" does not begin with the id of its area, "AGT-"',
    ),
    "unknown severity": Fault(
        "severity: H",
        "severity: «X",
        "areas[0].questions[0].severity",
        'expected one of C, H (see classes.severity), got "X"',
    ),
    "unknown effort": Fault("effort: S", "effort: «XL", "areas[1].questions[0].effort", "expected one of S, M"),
    "unknown interest": Fault(
        "interest: i1", "interest: «i9", "areas[1].questions[0].interest", "expected one of i1, i2"
    ),
    "unknown spread": Fault("spread: s0", "spread: «s9", "areas[1].questions[0].spread", "expected one of s0, s1"),
    "unknown switch of an area": Fault(
        "    applies_when: agents\n    questions",
        "    applies_when: «agent\n    questions",
        "areas[1].applies_when",
        'no switch has the id "agent"; did you mean "agents"?',
    ),
    "unknown switch of a question": Fault(
        "        applies_when: agents",
        "        applies_when: «retrieval",
        "areas[1].questions[0].applies_when",
        "no switch has the id",
    ),
    "source without a reference": Fault(
        "          - practice on data",
        "          - «Scully15 on data",
        "areas[0].questions[1].sources[1]",
        '"Scully15" is not a key of references; did you mean "Sculley15"?',
    ),
    "depends on an unknown question": Fault(
        "        depends_on:\n          - DAT-01",
        "        depends_on:\n          - «DAT-10",
        "areas[0].questions[1].depends_on[0]",
        'no question has the id "DAT-10"; did you mean',
    ),
    "depends on itself": Fault(
        "        depends_on:\n          - DAT-01",
        "        depends_on:\n          - «DAT-02",
        "areas[0].questions[1].depends_on[0]",
        "a question cannot depend on itself",
    ),
    "dependencies in a circle": Fault(
        "        look_for:\n          - Catalogue files",
        "        depends_on:\n          - «DAT-02",
        "areas[0].questions[0].depends_on[0]",
        "wait for each other: DAT-01, DAT-02, DAT-01",
    ),
    "replaces an id that was never there": Fault(
        "        replaces:\n          - DAT-09",
        "        replaces:\n          - «DAT-08",
        "areas[0].questions[1].replaces[0]",
        '"DAT-08" is not under retired; did you mean "DAT-09"?',
    ),
    "replaces a question that is still asked": Fault(
        "        replaces:\n          - DAT-09",
        "        replaces:\n          - «DAT-01",
        "areas[0].questions[1].replaces[0]",
        "DAT-01 is still asked",
    ),
    "asks a retired question again": Fault(
        "  - DAT-09\nareas", "  - DAT-09\n  - «AGT-01\nareas", "retired[1]", "AGT-01 is still asked (line 95)"
    ),
    "area without a core question": Fault(
        "    questions:\n      - id: AGT-01\n        core: true",
        "    questions:\n      «- id: AGT-01",
        "areas[1].questions",
        "no question has core: true",
    ),
    "question without a question mark": Fault(
        "stops it?", "stops it.", "areas[1].questions[0].text", 'a question ends with "?"'
    ),
    "question asked twice": Fault(
        "What happens when a field changes its meaning?",
        "«Can you list every input of the model?",
        "areas[0].questions[1].text",
        "another question asks the same (line 41)",
    ),
    "two levels that read the same": Fault(
        "1: Checks warn", "1: «checks stop IT", "areas[0].questions[1].levels.1", "reads the same as level 0"
    ),
    "a remedy given twice": Fault(
        "          - An owner for each source",
        "          - «Data catalogue",
        "areas[0].questions[0].remedies[1]",
        '"Data catalogue" stands here twice',
    ),
    "a switch that decides nothing": Fault(
        "references:",
        "  - id: «retrieval\n    title: Looks things up\n    explanation: It searches.\nreferences:",
        "switches[1]",
        "no area or question applies when",
    ),
    "a reference nobody cites": Fault(
        "  practice: P", "  Breck17: «The ML Test Score\n  practice: P", "references.Breck17", "no question cites"
    ),
}

SYNTAX = {
    "alias": Fault("title: Agents", "title: «*a", "areas[1].title", 'aliases ("*a") are not allowed'),
    "anchor": Fault("title: Agents", "title: «&a Agents", "areas[1].title", 'anchors ("&a") are not allowed'),
    "tag": Fault("M: 8", "M: «!!int 8", "classes.effort_days.M", "tags"),
    "Python tag": Fault("title: Agents", "title: «!!python/name:os.system x", "areas[1].title", "tags"),
    "merge key": Fault("    S: 3", "    S: 3\n    «<<: x", "classes.effort_days.<<", "merge keys (<<) are not allowed"),
    "key given twice": Fault(
        "    M: 8", "    M: 8\n    «S: 4", "classes.effort_days.S", "a second time (first on line 18); keep one"
    ),
    "list as a key": Fault(
        "    M: 8", "    M: 8\n    ? «[a]\n    : 4", "classes.effort_days", "a key must be a single word"
    ),
    "second document": Fault("areas:", "«---\nareas:", "the file", "more than one document"),
    "colon in a plain text": Fault(
        "why: Its rights decide", "why: Its rights«: decide", "areas[1].questions[0]", "must stand in quotes"
    ),
    "nested too deeply": Fault(
        "title: Agents", "title: " + "[" * 17 + "«[x", "areas[1].title" + "[0]" * 17, "nested more than 20 levels deep"
    ),
    "NUL byte": Fault("title: Agents", "title: Age«\0nts", "the file", "holds character U+0000, which cannot be seen"),
    "reordering character": Fault(
        "title: Agents", "title: Age«\u202ents", "the file", "holds character U+202E, which cannot be seen"
    ),
    "BOM in the middle": Fault(
        "title: Agents", "title: «\ufeffAgents", "the file", "holds character U+FEFF, which cannot be seen"
    ),
    "after text of several bytes": Fault(
        "title: Agents", 'title: {"größe 😀": 1, «"größe 😀": 2}', "areas[1].title.größe 😀", "a second time"
    ),
}


@pytest.mark.parametrize("fault", [pytest.param(fault, id=name) for name, fault in (FORM | RULES | SYNTAX).items()])
def test_a_fault_is_named_with_its_place(tiny: str, fault: Fault, parser: str) -> None:
    text, line, column = faulty(tiny, fault) if "«" in fault.after else (tiny.replace(fault.before, fault.after), 0, 0)
    assert text != tiny
    hits = [problem for problem in problems_of(text) if fault.message in problem.message]
    assert [problem.where for problem in hits] == [fault.where]
    assert not line or (hits[0].line, hits[0].column) == (line, column)


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [("    M: 8", "\tM: 8", (19, 1)), ("version:", "version\t:", (3, 8)), ("Data dependencies", "Data\tx", (37, 16))],
)
def test_tabs_are_refused_wherever_they_stand(
    tiny: str, before: str, after: str, place: tuple[int, int], parser
) -> None:
    (problem,) = problems_of(tiny.replace(before, after))
    assert (problem.line, problem.column) == place
    assert problem.message == "holds a tab; use spaces"


def test_the_small_pack_is_sound(tiny: str, parser: str) -> None:
    checklist = read_checklist(tiny, name="tiny.yaml")
    assert [area.id for area in checklist.areas] == ["DAT", "AGT"]
    assert checklist.questions["DAT-02"].depends_on == ("DAT-01",)
    assert checklist.questions["DAT-02"].replaces == ("DAT-09",)
    assert checklist.questions["DAT-01"].not_applicable_when is None
    assert checklist.classes.severity["H"].weight == 7.5
    assert checklist.areas[1].weight == 2
    assert checklist.citation("Sculley15 section 3").endswith("NIPS 2015, section 3")
    assert checklist.citation("practice") == "Practice notes of ML engineering teams"


def test_all_problems_of_a_file_come_at_once_and_in_order(tiny: str, parser: str) -> None:
    text = (
        tiny.replace("version:", "versoin:")
        .replace("M: 8", "M: many")
        .replace("severity: H", "severity: X")
        .replace("depends_on:\n          - DAT-01", "depends_on:\n          - DAT-07")
        .replace("stops it?", "stops it")
    )
    assert [str(problem).split(": ", 2)[:2] for problem in problems_of(text)] == [
        ["pack.yaml:2:1", "the checklist"],
        ["pack.yaml:3:1", "versoin"],
        ["pack.yaml:19:8", "classes.effort_days.M"],
        ["pack.yaml:51:19", "areas[0].questions[0].severity"],
        ["pack.yaml:81:13", "areas[0].questions[1].depends_on[0]"],
        ["pack.yaml:96:15", "areas[1].questions[0].text"],
    ]


def test_a_problem_prints_as_file_line_column(tiny: str) -> None:
    (problem,) = problems_of(tiny.replace("short: Data", "short: Dependencies on data"))
    assert str(problem) == "pack.yaml:38:12: areas[0].short: is 20 characters long; at most 14 fit"


def test_the_error_says_all_problems(tiny: str) -> None:
    with pytest.raises(InvalidChecklist, match=r"(?s)classes\.effort_days\.M.*areas\[0\]\.short"):
        read_checklist(tiny.replace("M: 8", "M: x").replace("short: Data", "short:"), name="pack.yaml")


@pytest.mark.parametrize(
    "written", ["yes", "no", "on", "1:30:00", "2026-01-01", "0x1F", "1_000", "true", "12", "=", "~x"]
)
def test_a_text_stays_what_was_written(tiny: str, written: str, parser: str) -> None:
    assert _titled(tiny, written).title == written


@pytest.mark.parametrize(
    "written",
    [
        "A title in two lines",
        '"A title\\n  in two lines"',
        ">-\n  A title\n  in two lines",
        "|\n  A title\n  in two lines\n",
    ],
)
def test_line_breaks_of_the_file_are_no_part_of_a_text(tiny: str, written: str, parser: str) -> None:
    assert _titled(tiny, written) == _titled(tiny, "A title in two lines")


def test_a_leading_bom_and_windows_line_ends_are_accepted(tiny: str, parser: str) -> None:
    same = read_checklist("\ufeff" + tiny.replace("\n", "\r\n"), name="x")
    assert same == read_checklist(tiny, name="x")


def test_a_hopeless_file_is_not_repaired_line_by_line(parser: str) -> None:
    problems = problems_of("".join(f"key{number}: x\n" for number in range(3000)))
    assert len(problems) == PROBLEMS_MAX + 1
    assert "more problems follow" in problems[-1].message


def test_a_message_shows_nothing_invisible(tiny: str) -> None:
    (problem,) = problems_of(tiny.replace("M: 8", 'M: "\\e[31m8\\u202e"'))
    assert problem.message.isprintable()
    assert "[31m8" in problem.message


def test_files_are_loaded_by_path() -> None:
    assert load_checklist(TINY).id == "tiny"


@pytest.mark.parametrize(
    ("raw", "place", "message"),
    [
        pytest.param(b"id: t\ntitle: gr\xf6\xdfe\n", (2, 10), "byte 0xf6 is not valid UTF-8", id="Latin-1"),
        pytest.param("größe: ".encode() + b"\xff", (1, 8), "byte 0xff", id="broken after text of several bytes"),
        pytest.param("id: t".encode("utf-16"), (1, 1), "UTF-16", id="UTF-16"),
        pytest.param(b"# x\n" * 70_000, (0, 0), "larger than 256 KiB", id="too large"),
        pytest.param(b"", (1, 1), "is empty", id="empty"),
        pytest.param(b"# only a remark\n", (1, 1), "is empty", id="only a remark"),
        pytest.param(b"- a\n- b\n", (1, 1), "expected a checklist with the keys", id="not a mapping"),
    ],
)
def test_files_that_hold_no_checklist_are_refused(tmp_path, raw, place, message, parser) -> None:
    file = tmp_path / "pack.yaml"
    file.write_bytes(raw)
    with pytest.raises(InvalidChecklist) as refused:
        load_checklist(file)
    (problem,) = refused.value.problems
    assert (problem.line, problem.column) == place
    assert message in problem.message
    assert problem.path == str(file)


@pytest.mark.parametrize("name", ["absent.yaml", "", "bad\0name"])
def test_paths_that_lead_to_no_file_are_refused(tmp_path, name) -> None:
    with pytest.raises(InvalidChecklist, match=r"the file: (cannot be read|is not a file)"):
        load_checklist(tmp_path / name)


def _titled(tiny: str, written: str) -> Checklist:
    return read_checklist(tiny.replace("Two areas and three questions", written), name="x")

"""An aggregation that contradicts itself is refused, each fault where it stands, all of them in one go."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checklists import soundness
from checklists.aggregation import OURS, Counts, FirstMatch, Gates, MeanOfMeans, Missing, Sum, Worst
from checklists.reader import InvalidChecklist, Problem, canonical_body, read_canonical, read_checklist

from .conftest import TINY

PACKS = Path(__file__).parent / "samples" / "packs"
STAGES = (PACKS / "staged-delivery.yaml").read_text(encoding="utf-8")
TABLE = (PACKS / "use-and-reach.yaml").read_text(encoding="utf-8")


def problems_of(text: str) -> tuple[Problem, ...]:
    try:
        read_checklist(text, name="pack.yaml")
    except InvalidChecklist as refused:
        return refused.problems
    return ()


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def replaced(text: str, before: str, after: str) -> str:
    assert before in text, before
    return text.replace(before, after, 1)


# -- reading


def test_each_kind_is_read_as_it_is_written() -> None:
    stages, table = (read_checklist(text, name="x").aggregation for text in (STAGES, TABLE))
    assert isinstance(stages.rule_of("DEP"), Gates)
    assert isinstance(stages.areas, Worst)
    assert stages.not_applicable == Missing(counts=Counts.TARGET, level=0)
    assert isinstance(table.rule_of("USE"), FirstMatch)
    assert table.rule_of("ACT") == Sum(full=4.0)
    assert isinstance(table.rule_of("DOC"), MeanOfMeans)
    assert table.unknown == Missing(counts=Counts.VALUE, debt=1.0)
    assert table.blank == Missing(counts=Counts.EXCLUDE)


@pytest.mark.parametrize("text", [STAGES, TABLE], ids=["gates", "table, sum and groups"])
def test_a_declared_aggregation_is_kept_and_read_back_equal(text: str) -> None:
    pack = read_checklist(text, name="x")
    assert read_canonical(canonical_body(pack)) == pack


def test_our_own_method_written_out_is_the_same_as_none_at_all(tiny: str) -> None:
    written = """\
aggregation:
  levels: [0, 0.25, 0.5, 0.75, 1]
  questions: {kind: power_mean, power: 3, critical_share: 0.65}
  areas: {kind: power_mean}
  unknown: {counts: interval, debt: 0.75}
  not_applicable: {counts: exclude}
"""
    pack = read_checklist(f"{written}{tiny}", name="x")
    assert pack.aggregation == OURS
    assert pack == read_checklist(tiny, name="x")


def test_another_way_of_adding_up_is_another_checklist() -> None:
    other = replaced(TABLE, "full: 4", "full: 5")
    assert read_checklist(other, name="x").content_hash != read_checklist(TABLE, name="x").content_hash


def test_unknown_speaks_for_blank_where_blank_is_not_said() -> None:
    text = replaced(TABLE, "  blank:\n    counts: exclude\n", "")
    pack = read_checklist(text, name="x")
    assert pack.aggregation.blank == pack.aggregation.unknown
    assert read_canonical(canonical_body(pack)) == pack


# -- faults

TABLE_LINE = "        - title: Advises about people\n          when: {USE-01: [1]}\n          debt: 0.5\n"

FAULTS = [
    # values
    (STAGES, "[0, 0.3, 0.6, 1]", "[0, 0.6, 0.6, 1]", "aggregation.levels[2]", "0.6 does not rise above 0.6"),
    (STAGES, "[0, 0.3, 0.6, 1]", "[0.1, 0.3, 0.6, 1]", "aggregation.levels[0]", "write 0"),
    (STAGES, "[0, 0.3, 0.6, 1]", "[0, 0.3, 0.6, 0.9]", "aggregation.levels[3]", "write 1"),
    # kinds
    (TABLE, "kind: sum", "kind: summ", "aggregation.in_area.ACT.kind", 'did you mean "sum"?'),
    (
        TABLE,
        "    kind: mean\n  in_area",
        "    full: 4\n  in_area",
        "aggregation.questions",
        'the key "kind" is missing',
    ),
    (TABLE, "full: 4", "fall: 4", "aggregation.in_area.ACT.fall", 'did you mean "full"?'),
    (TABLE, "counts: exclude", "counts: never", "aggregation.blank.counts", "expected one of exclude, value"),
    # what is named
    (TABLE, "    ACT:\n", "    ACD:\n", "aggregation.in_area.ACD", 'no area has the id "ACD"; did you mean "ACT"?'),
    (
        TABLE,
        "[DOC-04]",
        "[DOC-05]",
        "aggregation.in_area.DOC.groups[1].members[0]",
        "is no question this rule combines",
    ),
    (
        TABLE,
        "[DOC-04]",
        "[DOC-04, DOC-01]",
        "aggregation.in_area.DOC.groups[1].members[1]",
        "stands in a group already",
    ),
    (TABLE, "[DOC-01, DOC-02, DOC-03]", "[DOC-01, DOC-02]", "aggregation.in_area.DOC.groups", "no group holds DOC-03"),
    (STAGES, "{RUN-01: 2}", "{RUM-01: 2}", "aggregation.in_area.RUN.gates[0].needs.RUM-01", 'did you mean "RUN-01"?'),
    (TABLE, "{USE-01: [1]}", "{USE-01: [1, 3]}", "aggregation.in_area.USE.rules[3].when.USE-01[1]", "no level 3 here"),
    (STAGES, "level: 0", "level: 4", "aggregation.not_applicable.level", "there is no level 4 here; the highest is 3"),
    # tables
    (
        TABLE,
        "{USE-01: [1], USE-03: [2]}",
        "{USE-01: [2], USE-03: [2]}",
        "aggregation.in_area.USE.rules[2]",
        "can never match",
    ),
    (TABLE, "      otherwise: 0\n", "", "aggregation.in_area.USE.rules", "no line matches USE-01 at 0, USE-02 at 0"),
    (
        TABLE,
        "{USE-03: [1, 2]}",
        "{USE-03: [0, 1, 2]}",
        "aggregation.in_area.USE.otherwise",
        "is never reached",
    ),
    (
        TABLE,
        TABLE_LINE,
        TABLE_LINE.replace("0.5", "0.9"),
        "aggregation.in_area.USE.rules[3].debt",
        "a better option raises debt: USE-01 at 1, USE-02 at 0, USE-03 at 0 owes 0.9",
    ),
    (
        TABLE,
        "      otherwise: 0\n",
        "      otherwise: 0.3\n",
        "aggregation.in_area.USE.otherwise",
        "owes 0.3, and with USE-03 worse by a step only 0.25",
    ),
    # gates
    (
        STAGES,
        "debt: 0.4",
        "debt: 0.7",
        "aggregation.in_area.DEP.gates[1].debt",
        "0.7 is not below 0.7, the debt before this gate",
    ),
    (STAGES, "{RUN-01: 2}", "{RUN-01: 3, RUN-02: 2}", "aggregation.in_area.RUN.gates[0].needs.RUN-01", "asks nothing"),
    (
        STAGES,
        "{DEP-01: 1, DEP-02: 1}",
        "{DEP-01: 2, DEP-02: 2}",
        "aggregation.in_area.DEP.gates[1].needs",
        "what was reached before it can never be seen",
    ),
    # weights
    (
        STAGES,
        "    short: Delivery\n",
        "    short: Delivery\n    weight: 2\n",
        "areas[0].weight",
        "nobody uses this weight: the areas are combined by worst",
    ),
    (STAGES, "weight: 1,", "weight: 3,", "classes.severity.M.weight", "rules that do not weigh; write 1"),
    (TABLE, "critical: false", "critical: true", "classes.severity.M.critical", "no rule looks at critical questions"),
    # the published unit
    (STAGES, "no_debt: 100", "no_debt: 0", "aggregation.reading.full_debt", "reads the same as no debt"),
    (STAGES, "up_to: 60", "up_to: 30", "aggregation.reading.bands[1].up_to", "30 does not rise above 30"),
    (STAGES, "up_to: 60", "up_to: 100", "aggregation.reading.bands[1].up_to", "a band that is never reached"),
    (
        STAGES,
        "- words: under control",
        "- {words: under control, up_to: 90}",
        "aggregation.reading.bands[2].up_to",
        "no limit",
    ),
    (
        STAGES,
        "{up_to: 30, words: by hand}",
        "{words: by hand}",
        "aggregation.reading.bands[0].up_to",
        "only the last band",
    ),
]


@pytest.mark.parametrize(("text", "before", "after", "where", "message"), FAULTS)
def test_a_fault_is_refused_where_it_stands(text: str, before: str, after: str, where: str, message: str) -> None:
    broken = replaced(text, before, after)
    found = problems_of(broken)
    assert len(found) <= 2, "a fault may show in a second way, and no more"
    problem = next(it for it in found if it.where == where and message in it.message)
    assert problem.line >= line_of(broken, "aggregation:" if where.startswith("aggregation") else where[:5].strip("["))


def test_the_place_of_a_fault_is_its_line_and_column() -> None:
    broken = replaced(TABLE, "{USE-03: [1, 2]}", "{USE-03: [2, 7]}")
    found = problems_of(broken)
    line = line_of(broken, "[2, 7]")
    column = broken.splitlines()[line - 1].index("7") + 1
    assert [(it.line, it.column) for it in found][:1] == [(line, column)]


def test_a_rule_that_names_questions_cannot_be_that_of_every_area() -> None:
    broken = replaced(STAGES, "    kind: worst\n  in_area", "    kind: gates\n    gates: []\n  in_area")
    assert any("put it under in_area" in problem.message for problem in problems_of(broken))


def test_a_gate_on_a_question_the_short_workshop_does_not_ask_is_refused() -> None:
    broken = replaced(STAGES, "      - id: DEP-02\n        core: true", "      - id: DEP-02\n        core: false")
    (first, *_) = problems_of(broken)
    assert "DEP-02 is not core" in first.message


def test_the_number_of_levels_of_a_question_is_that_of_the_pack() -> None:
    broken = replaced(STAGES, "          3: Never\n", "")
    (problem,) = problems_of(broken)
    assert problem.message == "expected the levels 0, 1, 2, 3 in this order (0 = no debt), got 0, 1, 2"


def test_a_dangling_prerequisite_is_refused_in_a_pack_with_an_aggregation_too() -> None:
    broken = replaced(STAGES, "        severity: M\n", "        severity: M\n        depends_on: [DEP-09]\n")
    (problem,) = problems_of(broken)
    assert 'no question has the id "DEP-09"' in problem.message


def test_many_faults_are_named_in_one_go_in_the_order_of_the_file() -> None:
    broken = replaced(TABLE, "[0, 0.5, 1]", "[0, 1, 1]")
    broken = replaced(broken, "full: 4", "full: 0")
    broken = replaced(broken, "[DOC-04]", "[DOC-01]")
    broken = replaced(broken, "counts: exclude", "counts: never")
    found = problems_of(broken)
    assert [problem.where for problem in found] == [
        "aggregation.levels[2]",
        "aggregation.in_area.ACT.full",
        "aggregation.in_area.DOC.groups",
        "aggregation.in_area.DOC.groups[1].members[0]",
        "aggregation.blank.counts",
    ]
    assert [problem.line for problem in found] == sorted(problem.line for problem in found)


def test_a_table_too_large_to_look_through_is_refused_and_not_waited_for() -> None:
    conditions = ", ".join(f"USE-{number:02}: [0, 2]" for number in range(1, 21))
    broken = replaced(TABLE, "{USE-03: [1, 2]}", f"{{{conditions}}}")
    assert any("use fewer questions" in problem.message for problem in problems_of(broken))


def test_the_search_finds_what_a_plain_look_at_every_case_finds() -> None:
    rule = read_checklist(TABLE, name="x").aggregation.rule_of("USE")
    assert isinstance(rule, FirstMatch)
    table = soundness._Table.of(rule, 3)
    plain = []
    for one in range(3):
        for two in range(3):
            for three in range(3):
                levels = {"USE-01": one, "USE-02": two, "USE-03": three}
                held = (all(levels[name] in wanted for name, wanted in line.when) for line in rule.matches)
                plain.append(next((place for place, holds in enumerate(held) if holds), -1))
    assert set(table.outcomes()) == set(plain) == {-1, 0, 1, 2, 3, 4}
    assert table.cases == 3 * 2 * 3, "levels that no line tells apart are one"


def test_the_samples_stand_beside_the_small_pack() -> None:
    assert {path.name for path in PACKS.glob("*.yaml")} == {"staged-delivery.yaml", "use-and-reach.yaml"}
    assert TINY.exists()


PIECES = (
    "",
    "- ",
    "[",
    "{",
    "x",
    "9",
    "-1",
    "0",
    "kind: gates",
    "kind: mean",
    "null",
    "[]",
    "{}",
    "[[1]]",
    "DEP-01: 9",
)


@settings(max_examples=150, deadline=None)
@given(
    text=st.sampled_from([STAGES, TABLE]),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 25), st.sampled_from(PIECES)), min_size=1, max_size=4),
)
def test_a_damaged_aggregation_is_read_or_refused_and_nothing_else(text: str, cuts) -> None:
    begin, end = text.index("aggregation:"), text.index("areas:\n")
    for share, length, piece in cuts:
        at = begin + int(share * (end - begin))
        text = text[:at] + piece + text[at + length :]
    lines = text.count("\n") + 1
    assert all(0 <= problem.line <= lines + 1 for problem in problems_of(text))


@settings(max_examples=150, deadline=None)
@given(
    text=st.sampled_from([STAGES, TABLE]),
    line=st.integers(0, 60),
    value=st.sampled_from(["x", "[]", "{}", "[1, 2]", "{a: b}", "null", "-1", "7", "[[0]]", "{DEP-01: [0]}", ""]),
)
def test_a_value_of_another_kind_anywhere_in_it_is_refused_or_fits(text: str, line: int, value: str) -> None:
    before, section = text.split("aggregation:\n")
    lines = section.split("\n")
    key, colon, _ = lines[line % 40].partition(": ")
    lines[line % 40] = f"{key}{colon or ' '}{value}"
    for problem in problems_of(f"{before}aggregation:\n" + "\n".join(lines)):
        assert problem.message.isprintable()

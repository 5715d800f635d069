"""No file crashes the reader or makes it expand, recurse or wait: each is read up to a limit and refused."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checklists import yaml_nodes
from checklists.reader import InvalidChecklist, Problem, read_canonical, read_checklist

from .conftest import TINY

FULL = yaml_nodes.BYTES_MAX - 100


def filled(unit: str) -> str:
    return unit * (FULL // len(unit.encode()))


def bomb(*, merge: bool) -> str:
    lines = ["a0: &a0 {k: v}"]
    for level in range(1, 10):
        below = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level}\n  <<: [{below}]" if merge else f"a{level}: &a{level} [{below}]")
    return "\n".join(lines)


HOSTILE = {
    "merge bomb": bomb(merge=True),
    "alias bomb": bomb(merge=False),
    "alias that contains itself": "&a [*a]",
    "100,000 open lists": "[" * 100_000,
    "100,000 open mappings": "{" * 100_000,
    "100,000 open lists, a line each": "[\n" * 100_000,
    "mappings as keys of mappings": filled("{a: "),
    "block lists in block lists": "- " * 100_000,
    "keys of keys": "? " * 100_000,
    "a staircase": "".join("  " * depth + "a:\n" for depth in range(500)),
    "as many lists as fit": "[" + filled("[],"),
    "as many values as fit": "[" + filled("a,"),
    "as many quoted values as fit": "[" + filled('"a", '),
    "9,000 unknown keys": "".join(f"k{number}: x\n" for number in range(9000)),
    "9,000 nearly known keys": "classes:\n" + "".join(f"  severiti{number}: x\n" for number in range(9000)),
    "one key again and again": filled("a: 1\n"),
    "one huge text": "id: " + filled("x y "),
    "one huge folded text": "id: >-\n" + filled("  x\n"),
    "one huge number": "areas:\n- weight: " + filled("9"),
    "a quote that never ends": 'id: "' + filled("x\n"),
    "escapes only": 'id: "' + filled("\\x41") + '"',
    "remarks only": filled("#\n"),
    "colons only": filled(":"),
    "empty documents only": filled("---\n"),
    "tags only": filled("- !!x a\n"),
    "a tag as long as the file": filled("!"),
    "an anchor as long as the file": "&" + filled("a"),
    "directives": "%TAG ! tag:x,2000:\n---\nid: x",
    "surrogate": "id: \ud800",
    "surrogate by escape": 'id: "\\ud800"',
    "invisible characters only": filled("\u202e"),
    "every question depends on every other": "areas:\n- id: AA\n  questions:\n"
    + "".join(
        f"  - {{id: AA-{one:02}, depends_on: [{', '.join(f'AA-{other:02}' for other in range(99))}]}}\n"
        for one in range(99)
    ),
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in HOSTILE.items()])
def test_a_hostile_text_is_refused_with_words(text: str, parser: str) -> None:
    with pytest.raises(InvalidChecklist) as refused:
        read_checklist(text, name="x")
    assert all(problem.message.isprintable() and len(str(problem)) < 1000 for problem in refused.value.problems)


@pytest.mark.parametrize(
    ("text", "events"),
    [
        pytest.param("[" * 100_000, yaml_nodes.DEPTH_MAX + 3, id="depth"),
        pytest.param("[" + "a," * 100_000, yaml_nodes.NODES_MAX + 3, id="number of values"),
        pytest.param("---\n" * 10_000, 10, id="documents"),
    ],
)
def test_the_reader_stops_at_its_limit_and_reads_no_further(text, events, parser, monkeypatch) -> None:
    taken = 0
    take = yaml_nodes._Builder.take

    def counting(builder, event) -> None:
        nonlocal taken
        taken += 1
        take(builder, event)

    monkeypatch.setattr(yaml_nodes._Builder, "take", counting)
    with pytest.raises(InvalidChecklist):
        read_checklist(text, name="x")
    assert taken <= events


def test_the_composer_of_the_yaml_library_is_never_reached(tiny, parser, monkeypatch) -> None:
    def reached(*_args) -> None:
        raise AssertionError("composed a document")

    for loader in (yaml.BaseLoader, yaml.CBaseLoader):
        monkeypatch.setattr(loader, "get_single_node", reached, raising=False)
        monkeypatch.setattr(loader, "get_node", reached, raising=False)
    assert read_checklist(tiny, name="x").id == "tiny"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="empty"),
        pytest.param("[" * 100_000, id="deep lists"),
        pytest.param('{"a":' * 100_000, id="deep objects"),
        pytest.param('{"id":NaN}', id="NaN"),
        pytest.param('{"id":"a","id":"b"}', id="key given twice"),
        pytest.param('{"id":' + "9" * 100_000 + "}", id="huge number"),
        pytest.param('{"id":"\\ud800"}', id="surrogate"),
        pytest.param('{"id":null}', id="null"),
        pytest.param("1", id="not an object"),
        pytest.param('"\\u0000"', id="NUL"),
        pytest.param(" " * 2_000_000, id="too large"),
    ],
)
def test_a_damaged_stored_body_is_refused_with_words(body: str) -> None:
    with pytest.raises(InvalidChecklist):
        read_canonical(body)


SOUND = TINY.read_text(encoding="utf-8")
PIECES = (
    "&a ",
    "*a",
    "!!x ",
    "<<: ",
    "? ",
    "---\n",
    "%",
    "\t",
    "\0",
    ": ",
    "- ",
    "[",
    "{",
    '"',
    ">-\n",
    "\n",
    "  ",
    "9" * 50,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    cuts=st.lists(
        st.tuples(
            st.integers(0, len(SOUND)), st.integers(0, 30), st.one_of(st.sampled_from(PIECES), st.text(max_size=5))
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_damaged_pack_is_read_or_refused_and_nothing_else(cuts: list[tuple[int, int, str]], parser: str) -> None:
    text = SOUND
    for at, length, piece in cuts:
        text = text[:at] + piece + text[at + length :]
    try:
        read_checklist(text, name="x")
        problems: tuple[Problem, ...] = ()
    except InvalidChecklist as refused:
        problems = refused.problems
    lines = text.count("\n") + text.count("\r") + 1
    assert all(0 <= problem.line <= lines + 1 for problem in problems)
    assert all(str(problem).encode() for problem in problems)

"""The collector's document: its sample and snippets are made, and every option, word and code stands in it."""

from __future__ import annotations

import argparse
import re
import shlex

import pytest

from docs.collector_sample import DOCUMENT, filled
from evidence import command
from evidence.command import arguments_parser
from evidence.gate import LEVELS

TEXT = DOCUMENT.read_text(encoding="utf-8")


def scan_parser():
    """The parser of `scan`."""
    (commands,) = [one for one in arguments_parser()._actions if isinstance(one, argparse._SubParsersAction)]
    return commands.choices["scan"]


def test_sample_and_snippets_are_as_they_are_made():
    assert filled(TEXT) == TEXT, "run python -m docs.generate references"


def test_a_document_without_the_marks_is_noticed():
    with pytest.raises(ValueError, match="github"):
        filled(TEXT.replace("<!-- github -->", ""))


@pytest.mark.parametrize("option", [name for action in scan_parser()._actions for name in action.option_strings])
def test_each_option_is_explained(option):
    assert option in ("-h", "--help") or re.search(rf"^\|[^|]*`{option}\b", TEXT, re.MULTILINE)


@pytest.mark.parametrize("word", LEVELS)
def test_each_word_of_the_gate_is_explained(word):
    assert f"\n| `{word}` | " in TEXT


@pytest.mark.parametrize("code", [0, command.TRIPPED, command.USER_MISTAKE, command.NOT_NOW, command.STOPPED])
def test_each_exit_code_is_explained(code):
    assert f"\n| {code} | " in TEXT


def test_the_commands_shown_are_understood():
    shown = [line for line in TEXT.splitlines() if line.startswith("python arrears-collect.pyz scan . ")]
    assert shown
    for line in shown:
        arguments_parser().parse_args(shlex.split(line, comments=True)[2:])


def test_help_fits_a_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert max(map(len, scan_parser().format_help().splitlines())) <= 80

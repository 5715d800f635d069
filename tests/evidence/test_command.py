"""The collector's command line as a person and a build server use it: output, files, gate, exit codes."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import cli
from evidence.command import main
from evidence.document import from_json
from evidence.terminal import WIDTH, Bar, takes_colours
from tests.evidence.making import SAMPLES

ROOT = Path(__file__).resolve().parents[2]
TRIPS = SAMPLES / "secrets-in-code" / "trips"
CLEAN = SAMPLES / "secrets-in-code" / "clean"
ONE_LINE = re.compile(r"[^\n]+: [^\n]+; [^\n]+\n")


@pytest.fixture(params=["cli.py scan", "the collector"])
def scan(request, capsys):
    """Run `scan` by both doors: exit code, standard output, standard error."""

    def run(*arguments):
        door = cli.main if request.param == "cli.py scan" else main
        code = door(["scan", *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def refused(done):
    """The one line a mistake is answered with."""
    code, out, err = done
    assert code == 2
    assert out == ""
    assert ONE_LINE.fullmatch(err), err
    return err


def test_words_for_a_person_or_one_json_document(scan):
    code, out, err = scan(TRIPS)
    assert (code, err) == (0, "")
    assert "Credentials stand in the code [secrets-in-code]" in out
    assert "\x1b" not in out
    code, out, err = scan(TRIPS, "--json", "--name", "Orders", "--kind", "library")
    assert (code, err) == (0, "")
    evidence = from_json(out)
    assert (evidence.repository, evidence.kind.value) == ("Orders", "library")


def test_the_file_holds_what_json_prints(scan, tmp_path):
    _, out, _ = scan(TRIPS, "--json", "--output", tmp_path / "evidence.json")
    assert (tmp_path / "evidence.json").read_text(encoding="utf-8") == out
    assert [path.name for path in tmp_path.iterdir()] == ["evidence.json"]


def test_a_file_is_replaced_in_whole_and_keeps_its_link(scan, tmp_path):
    kept, link = tmp_path / "kept.json", tmp_path / "link.json"
    kept.write_text("before")
    link.symlink_to(kept)
    assert scan(TRIPS, "--output", link)[0] == 0
    assert link.is_symlink()
    assert from_json(kept.read_text()).repository == "trips"


@pytest.mark.parametrize("option", ["--output", "--sarif"])
def test_a_link_of_the_repository_leads_no_file_out_of_it(scan, tmp_path, option):
    root, kept = tmp_path / "root", tmp_path / "kept"
    root.mkdir()
    kept.mkdir()
    (kept / "profile").write_text("before")
    (root / "a.py").write_text("x = 1\n")
    (root / "evidence.json").symlink_to(kept / "profile")
    (root / "out").symlink_to(kept)
    for name in ("evidence.json", "out/evidence.json"):
        assert "a link of the repository" in refused(scan(root, option, root / name))
    assert [(path.name, path.read_text()) for path in kept.iterdir()] == [("profile", "before")]
    assert scan(root, option, root / "own.json")[0] == 0


@pytest.mark.parametrize("option", ["--output", "--sarif"])
def test_a_file_without_a_name_is_a_mistake(scan, option):
    assert "is empty" in refused(scan(TRIPS, option, ""))


def test_a_device_or_a_pipe_is_written_to_and_stays_what_it_is():
    with started("scan", TRIPS, "--json", "--output", "/dev/null", "--sarif", "/dev/stderr") as running:
        out, err = running.communicate(timeout=60)
    assert running.returncode == 0
    assert from_json(out)
    assert json.loads(err)["version"] == "2.1.0"
    assert not Path("/dev/null").is_file()


@pytest.mark.parametrize("place", ["nowhere/evidence.json", ".", "a" * 300])
@pytest.mark.parametrize("option", ["--output", "--sarif"])
def test_a_file_that_cannot_be_written_is_one_line(scan, tmp_path, monkeypatch, option, place):
    monkeypatch.chdir(tmp_path)
    assert "cannot be written" in refused(scan(TRIPS, option, place))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-folder"],
        ["no\nsuch\x1b[2J"],
        [TRIPS, "--history", "-1"],
        [TRIPS, "--history", "many"],
        [TRIPS, "--kind", "robot"],
        [TRIPS, "--fail-on", ""],
        [TRIPS, "--fail-on", "secrets-in-cod"],
        [TRIPS, "--push", ""],
        [TRIPS, "--frob"],
        [],
    ],
)
def test_a_wrong_use_is_one_line(scan, arguments):
    refused(scan(*arguments))


def test_a_second_scan_with_a_cache_says_the_same(scan, tmp_path):
    first = scan(TRIPS, "--json", "--cache", tmp_path / "remembered")
    assert first[0] == 0
    assert scan(TRIPS, "--json", "--cache", tmp_path / "remembered") == first
    assert scan(TRIPS, "--json", "--no-cache") == first


@pytest.mark.parametrize("place", ["", "a file", "a file/below", "open to all"])
def test_what_cannot_be_a_cache_is_one_line(scan, tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a file").write_text("")
    (tmp_path / "open to all").mkdir()
    (tmp_path / "open to all").chmod(0o777)
    assert "--no-cache" in refused(scan(TRIPS, "--cache", place))


def test_a_cache_and_no_cache_is_one_too_many(scan, tmp_path):
    refused(scan(TRIPS, "--cache", tmp_path, "--no-cache"))


def test_a_misspelt_signal_is_told_its_neighbour(scan):
    assert "give secrets-in-code" in refused(scan(TRIPS, "--fail-on", "secret-in-code"))


def test_a_word_near_to_nothing_is_told_where_the_list_is(scan):
    assert "give direct, strong, debt or an id that `signals` lists" in refused(scan(TRIPS, "--fail-on", "nonsense"))


def test_an_address_that_is_not_encrypted_is_named(scan):
    told = refused(scan(TRIPS, "--push", "http://arrears.example.com", "--token", "arr_x"))
    assert "--push: http://arrears.example.com is not encrypted" in told


@pytest.mark.parametrize("alone", [("--token", "arr_x"), ("--allow-insecure",)])
def test_what_belongs_to_push_is_a_mistake_without_it(scan, alone):
    assert f"{alone[0]}: does nothing alone; say with --push where to send" in refused(scan(TRIPS, *alone))


@pytest.mark.parametrize(
    ("what", "folder", "code", "names"),
    [
        ("direct", TRIPS, 1, "secrets-in-code (direct, client.py:4)"),
        ("strong", TRIPS, 1, "secrets-in-code (direct, client.py:4)"),
        ("debt", TRIPS, 1, "secrets-in-code (direct, client.py:4)"),
        ("secrets-in-code", TRIPS, 1, "secrets-in-code (direct, client.py:4)"),
        ("import-cycle", TRIPS, 0, "nothing of --fail-on import-cycle was found"),
        ("direct", CLEAN, 0, "nothing of --fail-on direct was found"),
        ("import-cycle, ci-runs-tests", TRIPS, 1, "ci-runs-tests (not seen)"),
    ],
)
def test_the_gate_says_what_tripped_it(scan, what, folder, code, names):
    done, out, err = scan(folder, "--json", "--fail-on", what)
    assert done == code
    assert err.count("\n") == 1
    assert err.startswith("gate: ")
    assert names in err
    assert from_json(out).signals, "the evidence is shown all the same"


def test_with_a_baseline_only_what_is_new_trips(scan, tmp_path):
    baseline, more = tmp_path / "before.json", tmp_path / "trips"
    assert scan(TRIPS, "--output", baseline)[0] == 0
    code, _, err = scan(TRIPS, "--fail-on", "direct", "--baseline", baseline)
    assert (code, err) == (0, "gate: nothing of --fail-on direct that the baseline does not have was found.\n")
    shutil.copytree(TRIPS, more)
    (more / "another.py").write_bytes((TRIPS / "load.py").read_bytes())
    code, _, err = scan(more, "--fail-on", "direct", "--baseline", baseline)
    assert code == 1
    assert err.startswith("gate: 1 sign of --fail-on direct that the baseline does not have: secrets-in-code (direct, ")
    assert scan(CLEAN, "--output", tmp_path / "clean.json")[0] == 0
    assert scan(TRIPS, "--fail-on", "direct", "--baseline", tmp_path / "clean.json")[0] == 1


@pytest.mark.parametrize("text", [None, "{}", "not JSON", "\udcff"])
def test_what_is_no_baseline_is_one_line(scan, tmp_path, text):
    path = tmp_path / "before.json"
    if text is not None:
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert str(path) in refused(scan(TRIPS, "--fail-on", "direct", "--baseline", path))


def test_the_way_out_is_one_that_whoever_has_the_collector_alone_can_go(scan, tmp_path):
    (tmp_path / "before.json").write_text("{}")
    told = refused(scan(TRIPS, "--fail-on", "direct", "--baseline", tmp_path / "before.json"))
    assert "cli.py" not in told
    assert told.count("--output") == 1


def test_a_baseline_without_a_gate_is_a_mistake(scan, tmp_path):
    assert "--fail-on" in refused(scan(TRIPS, "--baseline", tmp_path / "x"))


def test_signals_are_listed_for_the_gate(capsys):
    assert main(["signals"]) == 0
    assert re.search(r"^CFG  direct  secrets-in-code +Credentials", capsys.readouterr().out, re.MULTILINE)
    assert main(["signals", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["signals"]
    assert "secrets-in-code" in {one["id"] for one in listed}


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("environment", "stream", "colours"),
    [
        ({}, Terminal(), True),
        ({}, io.StringIO(), False),
        ({"NO_COLOR": "1"}, Terminal(), False),
        ({"NO_COLOR": ""}, Terminal(), True),
        ({"TERM": "dumb"}, Terminal(), False),
    ],
)
def test_colours_are_for_terminals_whose_owner_wants_them(monkeypatch, environment, stream, colours):
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert takes_colours(stream) is colours


def drawn(stream, times):
    """What a bar draws when its steps come at these seconds after its beginning, ten steps in all."""
    clock = iter([0.0, *times])
    bar = Bar(stream, clock=lambda: next(clock))
    for number, _ in enumerate(times, 1):
        bar(SimpleNamespace(done=number, total=10, what="files"))
    bar.clear()
    return stream.getvalue()


def test_a_bar_appears_after_a_second_and_is_gone_in_the_end():
    assert drawn(Terminal(), [0.2, 0.9]) == ""
    text = drawn(Terminal(), [0.5, 1.2, 1.25, 1.4])
    assert [re.sub(r"\s+", " ", part) for part in text.split("\r\x1b[K")[1:]] == [
        "[#####...................] 20% reading files",
        "[##########..............] 40% reading files",
        "",
    ]


def test_a_bar_is_for_terminals_and_never_wider_than_one():
    assert drawn(io.StringIO(), [2.0, 3.0]) == ""
    stream = Terminal()
    clock = iter([0.0, 2.0])
    Bar(stream, clock=lambda: next(clock))(SimpleNamespace(done=0, total=0, what="x" * 200))
    assert len(stream.getvalue()) < WIDTH + len("\r\x1b[K")


def started(*arguments, **named):
    """The collector in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "evidence", *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, **named,
    )  # fmt: skip


def test_an_interrupt_ends_with_one_line_and_no_file(scan, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("evidence.collector.judge", interrupted)
    done = scan(TRIPS, "--output", tmp_path / "evidence.json")
    assert done == (130, "", "stopped: nothing more was written or sent.\n")
    assert not list(tmp_path.iterdir())


def test_an_interrupt_while_writing_leaves_no_part_of_a_file(scan, tmp_path, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupted)
    assert scan(TRIPS, "--output", tmp_path / "evidence.json")[0] == 130
    assert not list(tmp_path.iterdir())


def test_a_reader_that_stops_reading_is_no_mistake():
    with started("scan", TRIPS) as running:
        running.stdout.close()
        assert running.stderr.read() == ""
    assert running.returncode == 0


def test_a_terminal_without_our_letters_still_gets_the_words(tmp_path):
    (tmp_path / "naïve ✓.py").write_text("def f(:")
    with started("scan", tmp_path, env={**os.environ, "PYTHONIOENCODING": "ascii"}) as running:
        out, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (0, "")
    assert "na?ve ?.py" in out


def test_json_is_utf8_wherever_it_goes(tmp_path):
    (tmp_path / "naïve.py").write_text("def f(:")
    with started("scan", tmp_path, "--json", env={**os.environ, "PYTHONIOENCODING": "latin-1"}) as running:
        out, _ = running.communicate(timeout=60)
    assert from_json(out).unparsed[0].path == "naïve.py"

"""A stranger's archive is read in a child process: evidence or one sentence, whatever the archive does to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

import evidence.sandbox as sandbox
from evidence.collector import collect
from evidence.document import to_json
from evidence.evidence import State
from evidence.sandbox import Refused, collect_untrusted
from evidence.source import MIB
from tests.evidence.making import sample, zip_of, zip_of_empty_files

SMALL = zip_of({"churn-main/a.py": "import os\n"})


def reason(archive):
    with pytest.raises(Refused) as caught:
        collect_untrusted(archive, name="upload")
    return caught.value.reason


def child_of(monkeypatch, code):
    """Put other code in the child's place, to see what the parent makes of its end."""
    monkeypatch.setattr(sandbox, "_START", "import sys, os\nsys.stdin.buffer.read()\n" + code)


def test_an_upload_gives_the_evidence_that_a_folder_gives(tmp_path):
    files = sample("secrets-in-code", "trips")
    uploaded = collect_untrusted(zip_of(files), name="sample")
    root = tmp_path / "sample"
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    scanned = collect(root)
    assert set(uploaded.notes) < set(scanned.notes)  # an archive has no history to miss
    assert to_json(uploaded) == to_json(replace(scanned, notes=uploaded.notes))
    assert next(one for one in uploaded.signals if one.id == "secrets-in-code").state is State.FOUND


def test_a_stored_file_is_handed_over_open(tmp_path):
    archive = tmp_path / "named by us.zip"
    archive.write_bytes(SMALL)
    evidence = collect_untrusted(archive, name="what the client called it")
    assert (evidence.repository, evidence.files) == ("what the client called it", 1)
    assert str(tmp_path) not in to_json(evidence)


@pytest.mark.parametrize(
    ("archive", "words"),
    [
        (b"", "empty"),
        (b"hello" * 99, "not a zip"),
        (SMALL[:60], "damaged"),
        (zip_of({"folder/": ""}), "nothing to read"),
        (zip_of({"a.py": b"\0" * 30 * MIB}), "far more than its packed size"),
        (zip_of_empty_files(60_000), "more than 20,000 entries"),
        (b"PK" + b"\0" * 20 * MIB, "more than 20 MiB"),
    ],
    ids=["empty", "text", "cut", "no files", "bomb", "60,000 entries", "too large"],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(archive, words):
    said = reason(archive)
    assert words in said
    assert said.endswith(".")
    assert said.count(". ") == 0


def test_hostile_source_costs_a_file_not_the_scan():
    evidence = collect_untrusted(
        zip_of(
            {
                "brackets.py": "(" * 100_000,
                "signs.py": "-" * 200_000 + "1",
                "chain.py": "a" + ".b" * 100_000,
                "lists.py": "[]," * 170_000 + "# " + os.urandom(6000).hex(),
                "deep.ipynb": '{"cells": ' + "[" * 100_000,
                "good.py": "import os\n",
            }
        ),
        name="hostile",
    )
    assert {one.path for one in evidence.unparsed} == {"brackets.py", "signs.py", "chain.py", "lists.py", "deep.ipynb"}
    assert evidence.files == 6


def test_git_of_an_upload_is_ignored_and_nothing_in_it_runs(tmp_path):
    mark = tmp_path / "ran"
    config = f"[core]\n\tfsmonitor = touch {mark}\n\thooksPath = hooks\n"
    evidence = collect_untrusted(
        zip_of({"a.py": "x = 1\n", ".git/config": config, ".git/HEAD": "ref: refs/heads/main\n"}), name="x"
    )
    assert (evidence.commit, evidence.files, mark.exists()) == (None, 1, False)
    assert any(".git" in note for note in evidence.notes)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("os.kill(os.getpid(), 11)", "could not be read safely"),
        ("os.kill(os.getpid(), 9)", "could not be read safely"),
        ("sys.exit(3)", "could not be read safely"),
        ("raise ValueError", "could not be read safely"),
        ("pass", "could not be read safely"),
        ("os.kill(os.getpid(), 24)", "took too long"),
        ("sys.stdout.write('M')", "more memory than is allowed"),
        ("sys.stdout.write('E{}')", "its report is not valid"),
        ("sys.stdout.write('Enot json')", "its report is not valid"),
        ("sys.stdout.buffer.write(b'E\\xff')", "its report is not valid"),
        ("sys.stdout.write('RIt is\\x1b[2J so.')", "It is?[2J so."),
        ("sys.stdout.write('x' * 30_000_000)", "more than one report can hold"),
    ],
    ids=[
        "crash", "killed", "exit", "error", "says nothing", "processor time", "memory", "no evidence", "no json",
        "no text", "control marks", "endless",
    ],
)  # fmt: skip
def test_every_end_of_the_child_becomes_a_sentence(monkeypatch, code, words):
    child_of(monkeypatch, code)
    assert words in reason(SMALL)


def test_a_child_that_sleeps_is_ended_with_everything_it_started(monkeypatch, tmp_path):
    mark = tmp_path / "pid"
    child_of(
        monkeypatch,
        f"import subprocess, time\np = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(mark)!r}, 'w').write(str(p.pid))\ntime.sleep(600)",
    )
    monkeypatch.setattr(sandbox, "WALL_SECONDS_MAX", 1.5)
    assert "took too long" in reason(SMALL)
    grandchild = int(mark.read_text())
    for _ in range(100):
        if not _runs(grandchild):
            return
        time.sleep(0.05)
    os.kill(grandchild, signal.SIGKILL)
    pytest.fail("a process outlived its scan")


def _runs(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().split(") ")[1][0] not in "ZX"
    except OSError:
        return False


def test_a_child_that_does_not_take_the_upload_is_ended(monkeypatch):
    monkeypatch.setattr(sandbox, "_START", "import time; time.sleep(600)")
    monkeypatch.setattr(sandbox, "WALL_SECONDS_MAX", 0.7)
    assert "took too long" in reason(zip_of({"a.bin": os.urandom(2 * MIB)}))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("x = bytearray(2 << 30)", "MemoryError"),
        ("os.write(os.open('/tmp/arrears-sandbox-test', 577), b'x' * 10)", "File too large"),
        ("[open('/dev/null') for _ in range(99)]", "OSError"),
        ("from resource import *; print(getrlimit(RLIMIT_CPU)[1], getrlimit(RLIMIT_CORE)[1])", "30 0"),
        ("print(sorted(os.environ), os.getcwd(), os.getsid(0) == os.getpid(), os.nice(0) >= 10)", "[] / True True"),
        ("print(any('site-packages' in p for p in sys.path))", "False"),
    ],
    ids=["memory", "writing a file", "open files", "processor", "surroundings", "packages"],
)  # fmt: skip
def test_the_child_has_what_it_needs_and_no_more(code, words):
    environment = {key: os.environ[key] for key in ("LD_LIBRARY_PATH",) if key in os.environ}
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c",
         "import sys, os; sys.path.insert(0, sys.argv[1]); from evidence.sandbox import _limit_self; _limit_self(); "
         + f"exec({code!r})", sandbox._PACKAGE_PARENT],
        capture_output=True, text=True, cwd="/", env=environment, start_new_session=True, check=False, timeout=60,
    )  # fmt: skip
    text = (done.stdout + done.stderr).replace("'LD_LIBRARY_PATH'", "").replace("'LC_CTYPE'", "")
    assert words in text
    Path("/tmp/arrears-sandbox-test").unlink(missing_ok=True)


def test_two_children_at_most_and_the_next_waits(monkeypatch):
    running, most, lock = [], [], threading.Lock()

    def ask(*_):
        with lock:
            running.append(1)
            most.append(len(running))
        time.sleep(0.05)
        with lock:
            running.pop()
        return

    monkeypatch.setattr(sandbox, "_ask_child", ask)
    threads = [threading.Thread(target=collect_untrusted, args=(SMALL,), kwargs={"name": "x"}) for _ in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(most), max(most)) == (7, 2)


def test_who_waits_too_long_is_told_to_come_back(monkeypatch):
    monkeypatch.setattr(sandbox, "QUEUE_SECONDS_MAX", 0.01)
    monkeypatch.setattr(sandbox, "_places", threading.BoundedSemaphore(1))
    with sandbox._places:
        assert "try again in a minute" in reason(SMALL)
    assert collect_untrusted(SMALL, name="x").files == 1


def test_the_parent_holds_no_second_copy_of_an_upload():
    import tracemalloc

    upload = zip_of({"a.py": "x = 1\n", "noise.bin": os.urandom(12 * MIB)}, 0)
    tracemalloc.start()
    try:
        collect_untrusted(upload, name="x")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * MIB


def test_no_pipe_and_no_process_is_left_behind():
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(2):
        collect_untrusted(SMALL, name="x")
        reason(b"no archive at all")
    assert len(os.listdir("/proc/self/fd")) == before


FALLS = """
import os, resource, sys, time
sys.path.insert(0, sys.argv[1])
import evidence.sandbox as sandbox
real = sandbox.facts_of
def fall(content, path):
    if content.startswith(b"# crash"):
        os.kill(os.getpid(), 11)
    if content.startswith(b"# spin"):
        sandbox._limit_time(int(time.process_time()) + 1)
        while True:
            pass
    if content.startswith(b"# hang"):
        time.sleep(600)
    if content.startswith(b"# eat"):
        return bytearray(4 << 30)
    return real(content, path)
sandbox.facts_of = fall
sandbox.serve(*sys.argv[2:])
"""


@pytest.mark.parametrize(
    ("bomb", "words"),
    [("# crash", "stopped the reader"), ("# spin", "more time"), ("# hang", "more time"), ("# eat", "more memory")],
)
def test_a_file_that_stops_the_reader_is_found_and_the_rest_is_read(monkeypatch, bomb, words):
    monkeypatch.setattr(sandbox, "_START", FALLS)
    monkeypatch.setattr(sandbox, "WALL_SECONDS_MAX", 4.0 if bomb == "# hang" else 45.0)
    evidence = collect_untrusted(
        zip_of({"app/a.py": "import os\n", "app/bomb.py": bomb, "app/z.py": "import torch\n"}), name="x"
    )
    assert [(one.path, words in one.reason) for one in evidence.unparsed] == [("bomb.py", True)]
    assert evidence.lines_by_language["Python"] == 4
    assert evidence.files == 3


def test_bombs_without_end_leave_a_scan_of_names_and_sizes(monkeypatch):
    monkeypatch.setattr(sandbox, "_START", FALLS)
    evidence = collect_untrusted(zip_of({f"app/{number}.py": "# crash" for number in range(9)}), name="x")
    assert len(evidence.unparsed) == 9
    assert sum("stopped the reader, so not read" in one.reason for one in evidence.unparsed) == 3
    assert (evidence.files, evidence.signals != ()) == (9, True)


def test_when_the_time_is_used_up_the_other_files_are_named_and_not_read(monkeypatch):
    start = sandbox._START.replace("serve(*", "import evidence.sandbox as s; s.READING_CPU_SECONDS_MAX = 0; serve(*")
    monkeypatch.setattr(sandbox, "_START", start)
    evidence = collect_untrusted(zip_of({"a.py": "x = 1\n", "b.py": "y = 1\n"}), name="x")
    assert {(one.path, "time for one repository" in one.reason) for one in evidence.unparsed} == {
        ("a.py", True),
        ("b.py", True),
    }


#: every bomb that the parsers of Python, JSON, TOML, INI and YAML are known for
BOMBS = {
    "parentheses.py": "(" * 200_000,
    "brackets.py": "[" * 200_000,
    "calls.py": "f(" * 200_000,
    "closed.py": "(" * 5_000 + ")" * 5_000,
    "minus.py": "-" * 200_000 + "1",
    "nots.py": "not " * 100_000 + "1",
    "powers.py": "2**" * 100_000 + "1",
    "lambdas.py": "lambda:" * 60_000 + "1",
    "choices.py": "1 if 1 else " * 40_000 + "1",
    "elifs.py": "if x:\n  pass\n" + "elif x:\n  pass\n" * 20_000,
    "attributes.py": "a" + ".b" * 200_000,
    "sums.py": "1" + "+1" * 200_000,
    "chained.py": "f" + "()" * 200_000,
    "indices.py": "a" + "[0]" * 150_000,
    "digits.py": "x = " + "9" * 500_000,
    "lists.py": "[]," * 170_000,
    "indented.py": "".join(" " * depth + "if x:\n" for depth in range(900)),
    "strings.py": '"' * 400_001,
    "nul.py": "x = 1\0\n" * 50_000,
    "nested.ipynb": '{"cells": ' + "[" * 2_000_000,
    "numbers.ipynb": '{"cells": [' + "9" * 400_000 + "]}",
    "many.ipynb": '{"cells": [' + "[]," * 1_500_000 + "[]]}",
    "pyproject.toml": "a = " + "[" * 100_000,
    "Pipfile": "a = " + "{a=" * 60_000,
    "setup.cfg": "[a]\n" + "b" * 200_000 + "\n" * 9,
    "environment.yml": "dependencies:\n" + "- " * 100_000,
    "requirements.txt": "a" * 200_000 + "[" * 50_000,
    "params.yaml": "a: &a [" + "*a," * 60_000,
    ".github/workflows/ci.yml": "{" * 120_000,
    "dvc.yaml": "stages:\n" + "".join(f"  {'s' * 300}{number}:\n" for number in range(700)),
    "settings.json": "[" * 200_000,
    "words.md": "a " * 200_000,
}


@pytest.mark.parametrize("path", BOMBS)
def test_no_bomb_of_a_parser_ends_the_scan(path):
    evidence = collect_untrusted(zip_of({path: BOMBS[path], "good/a.py": "import os\n"}, 0), name="bomb")
    assert evidence.files == 2
    assert evidence.lines_by_language["Python"] >= 2
    assert "good/a.py" not in {one.path for one in evidence.unparsed}


def test_all_bombs_at_once_cost_themselves_and_nothing_else(tmp_path):
    for path, text in {**BOMBS, "good/a.py": "import os\n"}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    for evidence in (collect_untrusted(zip_of({**BOMBS, "good/a.py": "import os\n"}, 0), name="x"), collect(tmp_path)):
        assert evidence.files == len(BOMBS) + 1
        assert {"minus.py", "attributes.py", "lists.py", "nested.ipynb"} <= {one.path for one in evidence.unparsed}
        assert "good/a.py" not in {one.path for one in evidence.unparsed}

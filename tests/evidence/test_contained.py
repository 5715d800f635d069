"""A scan of one's own checkout or archive always ends with a result: what stops the reader is left out and named."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

import evidence.contained as contained
from evidence.collector import collect
from evidence.contained import Bounds, collect_contained
from evidence.document import from_json, to_json
from evidence.facts import facts_of, read_whole
from evidence.package import FILE_NAME, build_collector
from evidence.source import Refused
from tests.evidence.making import SAMPLES, zip_of
from tests.evidence.test_git import checkout, commit
from tests.evidence.test_history import root  # noqa: F401 - a fixture

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no child can be forked here")
ROOT = Path(__file__).resolve().parents[2]
git_needed = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

#: the collector's command line, with a reader that does what the first line of a file says
FALLS = """
import functools, os, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a build may start its tests with it switched off
sys.path.insert(0, sys.argv[1])
import evidence.contained as contained
from evidence.command import leave, main
def fall(content, path, **named):
    word = content.partition(b"\\n")[0]
    if word == b"# crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == b"# spin":
        while True:
            pass
    if word == b"# hang":
        time.sleep(600)
    if word == b"# eat":
        return bytearray(4 << 30)
    if word == b"# killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == b"# error":
        raise KeyError(path)
    if word == b"# slow":
        open(os.environ["TOLD"], "a").write(f"{os.getpid()}\\n")
        time.sleep(0.3)
    if word == b"# wait":
        open(os.environ["TOLD"], "a").write(f"{os.getpid()}\\n")
        time.sleep(600)
    return contained.facts_of(content, path, **named)
bounds = contained.Bounds(memory_bytes=1 << 30, file_cpu_seconds=1, file_wall_seconds=float(os.environ.get("WALL", 60)))
contained.collect_contained = functools.partial(contained.collect_contained, read=fall, bounds=bounds)
sys.argv[1:] = sys.argv[2:]
leave(main())
"""


@pytest.fixture(scope="module")
def collector(tmp_path_factory):
    """The one file."""
    path = tmp_path_factory.mktemp("built") / FILE_NAME
    path.write_bytes(build_collector())
    return path


def started(*arguments, code=ROOT, **environment):
    """The command line with the falling reader, in a process of its own on a bare Python."""
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-W", "error", "-c", FALLS, str(code), *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/", start_new_session=True,
        env={**os.environ, **environment},
    )  # fmt: skip


def scanned(*arguments, **named):
    with started("scan", *arguments, "--json", **named) as running:
        out, err = running.communicate(timeout=100)
    assert (running.returncode, err) == (0, "")
    return from_json(out)


def folder_of(tmp_path, files):
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def archived(tmp_path, files):
    path = tmp_path / "project.zip"
    path.write_bytes(zip_of(files))
    return path


def packed(tmp_path, files):
    path = tmp_path / "project.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return path


def reasons(evidence):
    return {one.path: one.reason for one in evidence.unparsed}


def runs(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().split(") ")[1][0] not in "ZX"
    except OSError:
        return False


def surely_gone(processes):
    """Whether none of them runs on; what does is ended, so that a failing test leaves nothing behind."""
    for _ in range(200):
        if not any(map(runs, processes)):
            return True
        time.sleep(0.05)
    for process in processes:
        os.kill(process, signal.SIGKILL)
    return False


@pytest.mark.parametrize("made", [folder_of, archived, packed])
@pytest.mark.parametrize(
    ("bomb", "words"),
    [
        ("# crash", "stopped the reader"),
        ("# killed", "stopped the reader"),
        ("# error", "stopped the reader"),
        ("# spin", "more time"),
        ("# hang", "more time"),
        ("# eat", "more memory"),
    ],
)
def test_a_file_that_stops_the_reader_is_named_and_the_rest_is_read(tmp_path, made, bomb, words):
    files = {"app/a.py": "import os\n", "app/bomb.py": f"{bomb}\n", "app/z.py": "import torch\n", "b.txt": ""}
    evidence = scanned(made(tmp_path, files), "--no-cache", WALL="1" if bomb == "# hang" else "60")
    assert [(path, words in reason) for path, reason in reasons(evidence).items()] == [("app/bomb.py", True)]
    assert evidence.lines_by_language["Python"] == 4
    assert evidence.files == 4


def test_the_one_file_contains_them_too(tmp_path, collector):
    files = {"app/a.py": "import os\n", "app/bomb.py": "# crash\n", "app/hungry.py": "# eat\n"}
    evidence = scanned(folder_of(tmp_path, files), "--no-cache", code=collector)
    assert reasons(evidence).keys() == {"app/bomb.py", "app/hungry.py"}
    assert evidence.lines_by_language["Python"] == 2


def test_each_of_several_bombs_is_found(tmp_path):
    bombs = {f"app/{number}.py": f"# crash\n{number}" for number in range(contained.ATTEMPTS_MAX - 2)}
    evidence = scanned(folder_of(tmp_path, {**bombs, "app/good.py": "import os\n"}), "--no-cache")
    assert reasons(evidence) == dict.fromkeys(bombs, "stopped the reader, so not read")
    assert evidence.lines_by_language["Python"] == 2


def test_bombs_without_end_leave_a_scan_of_names_and_sizes(tmp_path):
    bombs = {f"app/{number:02}.py": f"# crash\n{number}" for number in range(30)}
    evidence = scanned(folder_of(tmp_path, bombs), "--no-cache")
    assert reasons(evidence).keys() == bombs.keys()
    assert (
        sum("stopped the reader, so" in reason for reason in reasons(evidence).values()) == contained.ATTEMPTS_MAX - 1
    )
    assert (evidence.files, evidence.signals != ()) == (30, True)


def test_what_was_left_out_today_is_read_again_tomorrow(tmp_path):
    project = folder_of(tmp_path / "project", {"a.py": "# crash\n", "b.py": "import os\n"})
    for _ in range(2):
        assert reasons(scanned(project, "--cache", tmp_path / "kept")).keys() == {"a.py"}
    assert reasons(collect(project, cache=tmp_path / "kept")) == {}


@git_needed
def test_what_stood_in_a_file_years_ago_is_not_blamed_on_what_stands_there_today(tmp_path):
    project = checkout(tmp_path / "project")
    commit(project, {"app/a.py": "# crash\n", "app/b.py": "x = 1\n"}, day=50)
    commit(project, {"app/a.py": "import os\n"}, day=200)
    evidence = scanned(project, "--no-cache", "--history", "3")
    assert reasons(evidence) == {}
    assert evidence.lines_by_language["Python"] == 8
    assert [quarter.lines for quarter in evidence.history] == [6, 6]
    assert contained.PARTLY_PAST in evidence.notes


def test_a_stop_at_no_file_is_one_line(tmp_path, monkeypatch, capsys):
    def die(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(contained, "_can_fork", lambda: True)
    monkeypatch.setattr("evidence.collector.judge", die)
    from evidence.command import main

    assert main(["scan", str(folder_of(tmp_path, {"a.py": "x = 1\n"})), "--no-cache"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert (
        err
        == f"{tmp_path}: The reading was stopped at no file in particular; give a part of it, such as one package.\n"
    )


@git_needed
def test_a_stop_while_looking_back_leaves_today(root, monkeypatch):  # noqa: F811 - the fixture
    def die(*_, progress, **__):
        progress(contained.Progress(1, 4, "quarter 2025Q1"))
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(contained, "_can_fork", lambda: True)
    monkeypatch.setattr("evidence.collector.look_back", die)
    evidence = collect_contained(root, quarters=4)
    assert (evidence.history, evidence.notes[-1]) == ((), contained.NO_PAST)
    assert evidence.signals == collect(root).signals


def test_an_error_of_ours_shows_itself(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(contained, "_can_fork", lambda: True)
    monkeypatch.setattr("evidence.collector.judge", fail)
    with pytest.raises(ZeroDivisionError):
        collect_contained(folder_of(tmp_path, {"a.py": "x = 1\n"}))


@pytest.mark.parametrize("forks", [True, False])
def test_the_evidence_is_the_same_with_and_without_a_child(monkeypatch, tmp_path, forks):
    monkeypatch.setattr(contained, "_can_fork", lambda: forks)
    told = []
    for sample in ("secrets-in-code", "notebooks-out-of-order", "ci-runs-tests"):
        path = SAMPLES / sample / "trips"
        assert to_json(collect_contained(path, progress=told.append)) == to_json(collect(path))
    assert told
    with pytest.raises(Refused, match="nothing to read"):
        collect_contained(tmp_path)
    with pytest.raises(Refused, match="not a zip"):
        collect_contained(Path(__file__))


@git_needed
def test_the_past_and_the_cache_are_the_same_with_a_child(root, monkeypatch, tmp_path):  # noqa: F811 - the fixture
    monkeypatch.setattr(contained, "_can_fork", lambda: True)
    plain = collect(root, quarters=4)
    for _ in range(2):
        assert collect_contained(root, quarters=4, cache=tmp_path / "kept") == plain
    assert collect(root, quarters=4, cache=tmp_path / "kept") == plain


@git_needed
def test_what_is_known_already_needs_no_child(monkeypatch, tmp_path):
    project = checkout(tmp_path / "project")
    found = collect(project, cache=tmp_path / "kept")
    monkeypatch.setattr(contained, "_ask_child", None)
    monkeypatch.setattr(contained, "collect_anew", None)
    assert collect_contained(project, cache=tmp_path / "kept") == found


def test_where_another_thread_runs_nothing_is_forked(tmp_path):
    code = (
        "import sys, threading, os; sys.path.insert(0, sys.argv[1]); os.fork = None\n"
        "from pathlib import Path; from evidence.contained import collect_contained\n"
        "end = threading.Event(); threading.Thread(target=end.wait).start()\n"
        "print(collect_contained(Path(sys.argv[2])).files); end.set()"
    )
    project = folder_of(tmp_path, {"a.py": "x = 1\n"})
    done = subprocess.run([sys.executable, "-I", "-c", code, ROOT, project], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"


@git_needed
def test_no_process_no_pipe_and_no_folder_is_left_behind(tmp_path, monkeypatch):
    room = tmp_path / "room"
    room.mkdir()
    project = tmp_path / "project"
    checkout(project)
    folder_of(project, {"a.py": "# crash\n"})
    assert reasons(scanned(project, "--no-cache", "--history", "2", TMPDIR=str(room))).keys() == {"a.py"}
    assert list(room.iterdir()) == []
    monkeypatch.setattr(contained, "_can_fork", lambda: True)
    collect_contained(project)
    before = len(os.listdir("/proc/self/fd"))
    collect_contained(project)
    assert len(os.listdir("/proc/self/fd")) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@git_needed
@pytest.mark.parametrize("whom", ["the scan alone", "everything of the terminal"])
def test_an_interrupt_ends_parent_and_child_cleanly(tmp_path, whom):
    told, room = tmp_path / "told", tmp_path / "room"
    room.mkdir()
    project = tmp_path / "project"
    checkout(project)
    folder_of(project, {"a.py": "# wait\n"})
    with started("scan", project, "--no-cache", "--output", room / "out", TOLD=str(told), TMPDIR=str(room)) as running:
        child = first_told(told)
        (os.kill if whom == "the scan alone" else os.killpg)(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (130, "", "stopped: nothing more was written or sent.\n")
    assert surely_gone([child])
    assert child != running.pid
    assert list(room.iterdir()) == []


def first_told(told):
    """The process that the falling reader told of."""
    for _ in range(600):
        if told.exists() and told.read_text().endswith("\n"):
            return int(told.read_text().split()[0])
        time.sleep(0.05)
    raise AssertionError("the reader was never at the file")


def test_a_child_whose_parent_is_gone_ends_at_the_next_file(tmp_path):
    told = tmp_path / "told"
    project = folder_of(tmp_path / "project", {f"{number}.py": f"# slow\n{number}" for number in range(900)})
    with started("scan", project, "--no-cache", TOLD=str(told)) as running:
        child = first_told(told)
        running.kill()
    assert surely_gone([child])


def test_how_far_the_child_is_reaches_the_terminal(tmp_path):
    project = folder_of(tmp_path / "project", {f"{number}.py": f"# slow\n{number}" for number in range(6)})
    code = FALLS.replace("leave(main())", "sys.stderr.isatty = lambda: True\nleave(main())")
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, ROOT, "scan", project, "--no-cache", "--json"],
        capture_output=True, check=True, env={**os.environ, "TOLD": str(tmp_path / "told")},
    )  # fmt: skip
    assert json.loads(done.stdout)["files"] == 6
    assert b"reading files" in done.stderr
    assert done.stderr.endswith(b"\r\x1b[K")


def test_a_number_for_each_step_and_the_last_words():
    page = contained._Page()
    assert page.step() == (None, 0, (0, 0, ""))
    page.tell(contained.Progress(1, 9, "quarter 2025Q1 " + "x" * 99))
    page.begin(-5)
    mark, steps, progress = page.step()
    assert (mark, steps, progress[:2], progress.what.startswith("quarter 2025Q1 x")) == (-5, 2, (1, 9), True)
    page.end()
    assert page.step().mark is None


def test_the_bounds_hold_for_one_file_and_are_given_back():
    reading = contained._Reading(contained._Page(), Bounds(), {}, facts_of, reads=True)
    reading._parent = os.getppid()
    import resource

    before = resource.getrlimit(resource.RLIMIT_CPU)
    seen = []

    def look(content, path, *, read_code=read_whole):
        seen.append(resource.getrlimit(resource.RLIMIT_CPU)[0])
        return facts_of(content, path, read_code=read_code)

    reading._read = look
    assert reading(b"x = 1\n", "a.py").lines == 2
    assert 60 <= seen[0] < 60 + time.process_time() + 1
    assert resource.getrlimit(resource.RLIMIT_CPU) == before

"""The cache makes a second scan cheap and never makes it wrong."""

from __future__ import annotations

import json
import os
import shutil
import threading
from pathlib import Path

import pytest

import evidence.cache as keeper
from evidence.cache import Cache, code_mark, default_folder
from evidence.collector import collect
from tests.evidence.test_git import commit
from tests.evidence.test_history import root  # noqa: F401 - a fixture

KEY = ("evidence", "a" * 40, None)
git_needed = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache"


def entries(folder):
    return sorted(folder.glob("*.json"))


def test_what_was_kept_comes_back_under_its_key_alone(folder):
    store = Cache(folder)
    store.put({"a": [1, None, "é\ud800"]}, *KEY)
    assert Cache(folder).get(*KEY) == {"a": [1, None, "é\ud800"]}
    assert store.get("evidence", "b" * 40, None) is None
    assert [path.stat().st_mode & 0o777 for path in entries(folder)] == [0o600]
    assert folder.stat().st_mode & 0o777 == 0o700


def test_another_code_knows_nothing_of_it(folder, monkeypatch):
    Cache(folder).put(1, *KEY)
    monkeypatch.setattr(keeper, "code_mark", lambda: "another")
    assert Cache(folder).get(*KEY) is None
    assert len(code_mark()) == 64


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-3]), id="cut off"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes().replace(b"true", b"null")), id="changed"),
        pytest.param(lambda path: path.write_bytes(os.urandom(2000)), id="noise"),
        pytest.param(lambda path: path.write_bytes(b"0" * 64 + b"\n" + b"[" * 100_000), id="too deep"),
        pytest.param(lambda path: path.write_bytes(b"x" * (keeper.ENTRY_BYTES_MAX + 1)), id="too large"),
        pytest.param(lambda path: (path.unlink(), path.symlink_to("/etc/passwd")), id="a link"),
        pytest.param(lambda path: (path.unlink(), os.mkfifo(path)), id="a pipe"),
        pytest.param(lambda path: (path.unlink(), path.mkdir()), id="a folder"),
    ],
)
def test_a_spoilt_entry_is_a_miss(folder, spoil):
    store = Cache(folder)
    store.put({"fine": True}, *KEY)
    (path,) = entries(folder)
    spoil(path)
    assert store.get(*KEY) is None


def test_an_entry_under_a_foreign_name_is_a_miss(folder):
    store = Cache(folder)
    store.put("theirs", "other")
    (path,) = entries(folder)
    store.put("mine", *KEY)
    (mine,) = set(entries(folder)) - {path}
    path.replace(mine)
    assert store.get(*KEY) is None


def test_a_folder_that_others_can_write_to_is_not_used(folder):
    folder.mkdir()
    folder.chmod(0o777)
    store = Cache(folder)
    store.put(1, *KEY)
    assert store.get(*KEY) is None
    assert list(folder.iterdir()) == []


def test_a_link_to_a_folder_is_not_used(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    Cache(folder).put(1, *KEY)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_folder_that_cannot_be_made_costs_nothing_but_speed(tmp_path):
    (tmp_path / "file").write_text("")
    store = Cache(tmp_path / "file" / "cache")
    store.put(1, *KEY)
    assert store.get(*KEY) is None


def test_a_large_value_is_not_kept(folder):
    Cache(folder).put("x" * keeper.ENTRY_BYTES_MAX, *KEY)
    assert entries(folder) == []


def test_what_was_not_used_for_longest_goes_first(folder, monkeypatch):
    monkeypatch.setattr(keeper, "ENTRIES_MAX", 2)
    store = Cache(folder)
    for number in range(2):
        store.put(number, number)
    for age, path in enumerate(entries(folder)):
        os.utime(path, (1_000 + age, 1_000 + age))
    kept = next(number for number in range(2) if store.get(number) is not None and entries(folder))
    store.put("new", "new")
    assert len(entries(folder)) == 2
    assert store.get(kept) == kept
    assert store.get("new") == "new"


def test_what_a_dead_process_left_is_cleared(folder):
    store = Cache(folder)
    (folder / "dead.part").write_text("x")
    os.utime(folder / "dead.part", (1_000, 1_000))
    (folder / "live.part").write_text("x")
    store.put(1, *KEY)
    assert [path.name for path in folder.glob("*.part")] == ["live.part"]


def test_writers_at_the_same_time_leave_a_whole_entry(folder):
    stores = [Cache(folder) for _ in range(8)]
    writers = [
        threading.Thread(target=lambda store, number: [store.put([number] * 5_000, *KEY) for _ in range(20)], args=pair)
        for pair in zip(stores, range(8), strict=True)
    ]
    for writer in writers:
        writer.start()
    seen = [value for _ in range(50) if (value := Cache(folder).get(*KEY)) is not None]
    for writer in writers:
        writer.join()
    seen.append(Cache(folder).get(*KEY))
    assert all(len(set(value)) == 1 and len(value) == 5_000 for value in seen)
    assert len(entries(folder)) == 1
    assert list(folder.glob("*.part")) == []


def test_the_default_folder_is_the_users_own(monkeypatch, tmp_path):
    assert default_folder() == Path(os.environ["ARREARS_CACHE"])
    monkeypatch.delenv("ARREARS_CACHE")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "arrears" / "scans"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert default_folder() is None


# --- scans ---
def no_parsing(monkeypatch):
    def refuse(content, path, **how):
        raise AssertionError(f"{path} was read again")

    monkeypatch.setattr("evidence.facts._facts_of", refuse)


@git_needed
def test_an_unchanged_repository_is_not_parsed_again(root, folder, monkeypatch):  # noqa: F811
    plain = collect(root, quarters=4)
    assert collect(root, quarters=4, cache=folder) == plain
    no_parsing(monkeypatch)
    assert collect(root, quarters=4, cache=folder) == plain


@git_needed
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda top: (top / "train.py").write_text("import os\n\nprint('y')\n"), id="contents"),
        pytest.param(lambda top: (top / "large.bin").write_bytes(b"x" * 9_000_000), id="a file that is not read"),
        pytest.param(lambda top: (top / "train.py").unlink(), id="a file less"),
        pytest.param(lambda top: (top / "train.py").rename(top / "old.py"), id="a name"),
        pytest.param(lambda top: commit(top, {"x.txt": "x"}, day=200), id="a commit"),
        pytest.param(lambda top: (top / "link.py").symlink_to("train.py"), id="a link"),
    ],
)
def test_a_changed_repository_is_read_anew(root, folder, change):  # noqa: F811
    collect(root, quarters=2, cache=folder)
    change(root)
    assert collect(root, quarters=2, cache=folder) == collect(root, quarters=2)


@git_needed
def test_what_is_asked_for_tells_entries_apart(root, folder):  # noqa: F811
    for asked in ({"quarters": 2}, {"quarters": 3}, {"name": "other"}, {}):
        assert collect(root, cache=folder, **asked) == collect(root, **asked)


@git_needed
def test_after_a_new_commit_the_past_is_taken_from_the_cache(root, folder, monkeypatch):  # noqa: F811
    collect(root, quarters=4, cache=folder)
    commit(root, {"train.py": "x = 1\n"}, day=200)
    plain = collect(root, quarters=4)
    monkeypatch.setattr("evidence.git.Git.tree", lambda *_: pytest.fail("a past commit was read again"))
    assert collect(root, quarters=4, cache=folder) == plain


@git_needed
def test_a_poisoned_entry_that_keeps_every_outer_form_is_still_checked(root, folder):  # noqa: F811
    plain = collect(root, quarters=2, cache=folder)
    for path in entries(folder):
        entry = json.loads(path.read_bytes().partition(b"\n")[2])
        if isinstance(entry["value"], str):
            entry["value"] = entry["value"].replace('"schema":"evidence/1"', '"schema":"evidence/1","html":"<script>"')
        else:
            entry["value"]["quarter"]["signals"][0]["state"] = "<script>"
        body = json.dumps(entry).encode()
        path.write_bytes(keeper.hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    assert collect(root, quarters=2, cache=folder) == plain


@git_needed
def test_what_could_not_be_read_is_asked_again(root, folder, monkeypatch):  # noqa: F811
    with monkeypatch.context() as without:
        without.setenv("PATH", str(folder))
        assert collect(root, quarters=2, cache=folder).history == ()
    assert len(collect(root, quarters=2, cache=folder).history) == 2


@git_needed
def test_no_source_text_is_kept(root, folder):  # noqa: F811
    (root / "train.py").write_text("password = 'q7Zt2LmX94vBnR8sKp3W'  # TODO: the comment's own words\n")
    collect(root, quarters=4, cache=folder)
    kept = b"".join(path.read_bytes() for path in entries(folder))
    assert b"q7Zt2LmX94vBnR8sKp3W" not in kept
    assert b"own words" not in kept
    assert b"example.org" not in kept


def test_the_cache_lies_where_it_is_asked_for(folder, tmp_path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_text("x = 1\n")
    collect(tmp_path / "code", cache=folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "code"]
    assert isinstance(folder, Path)

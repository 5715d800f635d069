"""A hostile checkout gives its history or a note: nothing of it runs, and nothing outside of it is read."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

import evidence.git as reader
from evidence.folder import head_commit
from evidence.git import COMMANDS, NoHistory, open_git

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
DAY = 86_400
START = 1_767_225_600  # 2026-01-01
PEOPLE = {"ann": "ann@example.org", "bob": "bob@example.org"}


def run(root, *arguments, check=True, day=0, author="ann", text=None):
    """Plain git, as a person would run it."""
    when = f"@{START + day * DAY} +0000"
    environment = os.environ | {
        "GIT_AUTHOR_NAME": author, "GIT_AUTHOR_EMAIL": PEOPLE.get(author, author), "GIT_AUTHOR_DATE": when,
        "GIT_COMMITTER_NAME": author, "GIT_COMMITTER_EMAIL": PEOPLE.get(author, author), "GIT_COMMITTER_DATE": when,
        "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
    }  # fmt: skip
    done = subprocess.run(
        ["git", *arguments],
        cwd=root,
        env=environment,
        check=check,
        capture_output=True,
        text=True,
        input=text,
        timeout=60,
    )
    return done.stdout.strip()


def commit(root, files, *, day=0, author="ann"):
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    run(root, "add", "-A")
    run(root, "commit", "-qm", "work", day=day, author=author)


def checkout(folder):
    folder.mkdir()
    run(folder, "init", "-q", "-b", "main")
    commit(folder, {"a.py": "a = 1\n", "lib/b.py": "b = 1\n"})
    commit(folder, {"a.py": "a = 2\n"}, day=40, author="bob")
    return folder


@pytest.fixture
def root(tmp_path):
    return checkout(tmp_path / "root")


@pytest.fixture
def marker(tmp_path):
    return tmp_path / "marker"


@pytest.fixture
def script(tmp_path, marker):
    """A harmless program that shows that it ran."""
    path = tmp_path / "program"
    path.write_text(f"#!/bin/sh\ntouch '{marker}'\nexit 1\n")
    path.chmod(0o755)
    return path


def everything(root):
    """All that is ever asked of a history."""
    with open_git(root) as git:
        log = list(git.changes(0))
        git.first_parents(0)
        git.committed_seconds()
        files = git.tree(git.head)
        contents = dict(git.blobs(file.blob for file in files))
    return log, {file.path: contents[file.blob] for file in files}


def reason(root):
    with pytest.raises(NoHistory) as caught:
        everything(root)
    assert caught.value.reason.endswith(".")
    return caught.value.reason


def test_the_log_tells_who_changed_what_and_when(root):
    log, files = everything(root)
    assert [(one.seconds - START, one.author, one.mail, one.paths) for one in log] == [
        (40 * DAY, "bob", "bob@example.org", ("a.py",)),
        (0, "ann", "ann@example.org", ("a.py", "lib/b.py")),
    ]
    assert files == {"a.py": b"a = 2\n", "lib/b.py": b"b = 1\n"}


def test_a_file_named_like_a_header_stays_a_file(root):
    odd = {"\x01" + "f" * 40: "x", ":100644 100644 a b M": "x", "new\nline.py": "x", "é.py": "x", "-rf": "x"}
    commit(root, odd, day=41)
    log, files = everything(root)
    assert set(log[0].paths) == set(odd)
    assert set(odd) < set(files)


def test_an_author_named_like_a_record_stays_an_author(root):
    commit(root, {"c.py": ""}, day=41, author=":100644 100644 a b M")
    assert [one.author for one in everything(root)[0]] == [
        "100644 100644 a b m",
        "bob",
        "ann",
    ]  # git itself strips the first sign


def test_links_and_submodules_of_a_commit_are_left_out(root):
    (root / "link.py").symlink_to("/etc/passwd")
    run(root, "add", "-A")
    run(root, "update-index", "--add", "--cacheinfo", f"160000,{'a' * 40},module")
    run(root, "commit", "-qm", "work", day=41)
    log, files = everything(root)
    assert (set(files), log[0].paths) == ({"a.py", "lib/b.py"}, ())


# --- nothing of the checkout runs ---
def signed(root):
    """A commit that carries a signature, so that a reader who checks it would start the checker."""
    body = run(root, "cat-file", "commit", "HEAD")
    head, _, message = body.partition("\n\n")
    forged = f"{head}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\n{message}\n"
    made = run(root, "hash-object", "-t", "commit", "-w", "--stdin", text=forged)
    run(root, "update-ref", "refs/heads/main", made)


def without_a_blob(root, url):
    """A partial clone: its remote would be asked for what is missing."""
    blob = run(root, "rev-parse", "HEAD:a.py")
    (root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    for name, value in {
        "extensions.partialClone": "origin", "remote.origin.url": url, "remote.origin.promisor": "true",
        "core.repositoryFormatVersion": "1", "protocol.ext.allow": "always",
    }.items():  # fmt: skip
        run(root, "config", name, value)


def hook(root, script):
    for name in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman"):
        (root / ".git" / "hooks" / name).parent.mkdir(exist_ok=True)
        shutil.copy(script, root / ".git" / "hooks" / name)


def attributes(root, words):
    (root / ".gitattributes").write_text(f"*.py {words}\n")
    (root / ".git" / "info").mkdir(exist_ok=True)
    (root / ".git" / "info" / "attributes").write_text(f"*.py {words}\n")


def more_settings(root, path, script):
    path.write_text(f"[core]\nfsmonitor = {script}\n")


def given(root, *pairs):
    for name, value in pairs:
        run(root, "config", name, str(value))


def plant_signature(root, script):
    given(root, ("gpg.program", script), ("log.showSignature", "true"))
    signed(root)


def plant_filter(root, name, script):
    given(root, (name, script))
    attributes(root, "diff=x filter=x")
    (root / "a.py").write_text("a = 3\n")


def plant_include(root, script):
    more_settings(root, root.parent / "more", script)
    given(root, ("include.path", root.parent / "more"))


def plant_worktree_settings(root, script):
    given(root, ("extensions.worktreeConfig", "true"))
    more_settings(root, root / ".git" / "config.worktree", script)


def plant_ssh(root, script):
    without_a_blob(root, "ssh://nowhere.invalid/x")
    given(root, ("core.sshCommand", script))


#: what is planted, and the plain git command that would run it
THREATS = {
    "fsmonitor": (lambda root, s: given(root, ("core.fsmonitor", s)), ["status"]),
    "checker of signatures": (plant_signature, ["log", "--format=%H"]),
    "textconv": (lambda root, s: plant_filter(root, "diff.x.textconv", s), ["log", "-p"]),
    "diff driver": (lambda root, s: plant_filter(root, "diff.x.command", s), ["diff", "HEAD~1"]),
    "diff program": (lambda root, s: given(root, ("diff.external", s)), ["diff", "HEAD~1"]),
    "smudge filter": (lambda root, s: plant_filter(root, "filter.x.smudge", s), ["cat-file", "--filters", "HEAD:a.py"]),
    "clean filter": (lambda root, s: plant_filter(root, "filter.x.clean", s), ["diff"]),
    "filter process": (lambda root, s: plant_filter(root, "filter.x.process", s), ["diff"]),
    "hooks": (hook, ["checkout", "-q", "HEAD", "--", "."]),
    "ssh command": (plant_ssh, ["cat-file", "-p", "HEAD:a.py"]),
    "ext remote": (lambda root, s: without_a_blob(root, f"ext::{s}"), ["cat-file", "-p", "HEAD:a.py"]),
    "ext remote and sizes": (lambda root, s: without_a_blob(root, f"ext::{s}"), ["ls-tree", "-r", "-l", "HEAD"]),
    "included settings": (plant_include, ["status"]),
    "settings of a worktree": (plant_worktree_settings, ["status"]),
    "alias": (lambda root, s: given(root, ("alias.log", f"!{s}"), ("alias.x", f"!{s}")), ["x"]),
}


@pytest.mark.parametrize("threat", THREATS)
def test_no_program_of_the_checkout_runs(root, script, marker, threat):
    plant, plain = THREATS[threat]
    plant(root, script)
    marker.unlink(missing_ok=True)
    log, files = everything(root)
    assert not marker.exists()
    assert len(log) == 2
    assert set(files) >= {"lib/b.py"}
    run(root, *plain, check=False)
    assert marker.exists(), "the trap is not armed: plain git does not run it either"


def test_the_callers_environment_does_not_reach_git(root, script, marker, monkeypatch, tmp_path):
    trace = tmp_path / "trace"
    for name, value in {
        "GIT_EXTERNAL_DIFF": str(script), "GIT_SSH": str(script), "GIT_TRACE": str(trace), "GIT_PAGER": str(script),
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": str(script),
        "GIT_DIR": str(tmp_path / "nowhere"), "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(tmp_path),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    assert len(everything(root)[0]) == 2
    assert not marker.exists()
    assert not trace.exists()


def test_a_git_that_lies_in_the_checkout_is_not_run(root, script, marker, monkeypatch):
    shutil.copy(script, root / "git")
    monkeypatch.chdir(root)
    monkeypatch.setenv("PATH", f".{os.pathsep}{root}")
    assert "inside the checkout" in reason(root)
    monkeypatch.setenv("PATH", ".")
    assert "not installed" in reason(root)
    assert not marker.exists()


def test_git_can_be_asked_nothing_but_to_read(root):
    assert {"log", "ls-tree", "cat-file"} == COMMANDS
    with open_git(root) as git:
        for command in ("status", "diff", "fetch", "config", "blame", "gc", "--exec-path=.", "-c"):
            with pytest.raises(ValueError, match=command), git._started(command):
                pass
        with pytest.raises(ValueError, match="main"):
            git.tree("main")


def test_the_checkout_stays_as_it_was(root):
    def state():
        return {path: path.stat().st_mtime_ns for path in root.rglob("*")}

    before = state()
    everything(root)
    assert state() == before


# --- nothing outside of the checkout is read ---
def neighbour(root):
    return checkout(root.parent / "neighbour")


def link_git(root):
    other = neighbour(root)
    shutil.rmtree(root / ".git")
    (root / ".git").symlink_to(other / ".git")


def redirect(root):
    other = neighbour(root)
    shutil.rmtree(root / ".git")
    (root / ".git").write_text(f"gitdir: {other / '.git'}\n")


def worktree(root):
    other = neighbour(root)
    shutil.rmtree(root)
    run(other, "worktree", "add", "-q", "--detach", str(root))


def link_objects(root):
    other = neighbour(root)
    shutil.rmtree(root / ".git" / "objects")
    (root / ".git" / "objects").symlink_to(other / ".git" / "objects")


def link_pack(root):
    other = neighbour(root)
    run(other, "gc", "-q")
    for file in (other / ".git" / "objects" / "pack").iterdir():
        (root / ".git" / "objects" / "pack" / file.name).symlink_to(file)


def link_one_object(root):
    other = neighbour(root)
    commit(other, {"secret.py": "x"}, day=50)
    blob = run(other, "rev-parse", "HEAD")
    (root / ".git" / "objects" / blob[:2]).mkdir(exist_ok=True)
    (root / ".git" / "objects" / blob[:2] / blob[2:]).symlink_to(other / ".git" / "objects" / blob[:2] / blob[2:])


def pipe_for_a_pack(root):
    os.mkfifo(root / ".git" / "objects" / "pack" / "pack-1.idx")


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (link_git, "leads to another folder"),
        (redirect, "leads to another folder"),
        (worktree, "leads to another folder"),
        (link_objects, "from elsewhere"),
        (link_pack, "from elsewhere"),
        (link_one_object, "from elsewhere"),
        (pipe_for_a_pack, "from elsewhere"),
        (lambda root: (root / ".git/objects/info/alternates").write_text("../../n/.git/objects\n"), "from elsewhere"),
        (lambda root: (root / ".git/objects/info/alternates").symlink_to("/etc/passwd"), "from elsewhere"),
        (lambda root: (root / ".git/objects/info/http-alternates").write_text("http://x.invalid/\n"), "from elsewhere"),
        (lambda root: (root / ".git/commondir").write_text("../../neighbour/.git\n"), "from elsewhere"),
    ],
)  # fmt: skip
def test_a_git_folder_that_leads_elsewhere_is_refused(root, plant, words):
    plant(root)
    assert words in reason(root)


@pytest.mark.parametrize("folder", ["refs", "refs/heads"])
def test_a_commit_is_not_read_by_way_of_a_linked_folder(root, folder):
    elsewhere = root.parent / "elsewhere"
    (root / ".git" / folder).rename(elsewhere)
    (root / ".git" / folder).symlink_to(elsewhere)
    assert head_commit(root) is None


def test_a_pipe_in_place_of_the_settings_holds_nobody_up(root):
    (root / ".git" / "config").unlink()
    os.mkfifo(root / ".git" / "config")
    assert len(everything(root)[0]) == 2


# --- what is broken becomes a note ---
def empty(root):
    shutil.rmtree(root / ".git")
    run(root, "init", "-q")


def lose_the_commit(root):
    head = run(root, "rev-parse", "HEAD")
    (root / ".git" / "objects" / head[:2] / head[2:]).unlink()


def lose_a_tree(root):
    found = run(root, "rev-parse", "HEAD:lib")
    (root / ".git" / "objects" / found[:2] / found[2:]).unlink()


def spoil_the_pack(root):
    run(root, "gc", "-q")
    (pack,) = (root / ".git" / "objects" / "pack").glob("*.pack")
    content = pack.read_bytes()
    pack.chmod(0o644)
    pack.write_bytes(content[:40] + b"\xff" * (len(content) - 40))


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (lambda root: shutil.rmtree(root / ".git"), "no .git folder"),
        (empty, "stands on no commit"),
        (lambda root: (root / ".git/HEAD").write_text("junk"), "stands on no commit"),
        (lambda root: (root / ".git/HEAD").write_text("--output=/tmp/x"), "stands on no commit"),
        (lambda root: (root / ".git/HEAD").write_text("f" * 40), "could not be read"),
        (lose_the_commit, "could not be read"),
        (lose_a_tree, "could not be read"),
        (spoil_the_pack, "could not be read"),
    ],
)
def test_a_broken_git_folder_gives_a_note(root, plant, words):
    plant(root)
    assert words in reason(root)


def test_broken_settings_do_not_matter(root):
    (root / ".git" / "config").write_text("[core\n\x00\x00junk")
    assert len(everything(root)[0]) == 2


def test_a_missing_blob_is_missing_and_the_rest_is_read(root):
    without_a_blob(root, "https://nowhere.invalid/x")
    log, files = everything(root)
    assert files == {"a.py": None, "lib/b.py": b"b = 1\n"}
    assert len(log) == 2


def test_a_shallow_clone_ends_where_it_says(root, tmp_path):
    run(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", "shallow")
    with open_git(tmp_path / "shallow") as git:
        assert git.cut == {git.head}
        assert [one.commit for one in git.changes(0)] == [git.head]


def test_a_tree_made_to_explode_ends_in_a_note(root, monkeypatch):
    monkeypatch.setattr(reader, "MEMORY_BYTES_MAX", 300 * 1024 * 1024)
    monkeypatch.setattr(reader, "OUTPUT_BYTES_MAX", 1024 * 1024)
    blob = run(root, "hash-object", "-w", "--stdin", text="x = 1\n")
    lines = "".join(f"100644 blob {blob}\tf{n}.py\n" for n in range(10))
    for _ in range(9):
        tree = run(root, "mktree", text=lines)
        lines = "".join(f"040000 tree {tree}\td{n}\n" for n in range(10))
    made = run(root, "commit-tree", tree, "-m", "x")
    run(root, "update-ref", "refs/heads/main", made)
    assert "could not be read" in reason(root)
    with open_git(root) as git, pytest.raises(NoHistory, match="larger than"):
        git.tree(git.head)


def test_a_git_that_hangs_is_ended(root, tmp_path, monkeypatch):
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(slow.parent))
    monkeypatch.setattr(reader, "WALL_SECONDS_MAX", 0.3)
    assert "could not be read" in reason(root)


def test_a_checkout_with_long_names_of_commits_is_read(tmp_path):
    root = tmp_path / "long"
    root.mkdir()
    run(root, "init", "-q", "--object-format=sha256")
    commit(root, {"a.py": "a = 1\n"})
    log, files = everything(root)
    assert len(log[0].commit) == 64
    assert files == {"a.py": b"a = 1\n"}


def test_nothing_is_left_behind(root, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "made"))
    (tmp_path / "made").mkdir()
    everything(root)
    assert list((tmp_path / "made").iterdir()) == []

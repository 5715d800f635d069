"""Git history of a checkout nobody vouches for: three reading commands, run so that nothing of its own can run.

The settings of the checkout are never read: git is pointed at an empty folder of ours and borrows the checkout's
objects alone. So there are no hooks, filters, programs, remotes, aliases or included files to switch off, and a blob
that a partial clone lacks is missing instead of being fetched. The environment switches everything off once more.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple, cast

from evidence.folder import COMMIT, head_commit, read_text
from evidence.source import MIB

COMMANDS = frozenset({"log", "ls-tree", "cat-file"})  # what git is ever asked; none of them needs a work tree
OUTPUT_BYTES_MAX = 64 * MIB  #: of one log or one listing
OBJECTS_MAX = 400_000  #: files in the folder of objects
SHALLOW_BYTES_MAX = MIB
WALL_SECONDS_MAX = 120.0
CPU_SECONDS_MAX = 60
MEMORY_BYTES_MAX = 1024 * MIB
EARLIEST_SECONDS = 100_000_000  # git takes smaller numbers for something else than seconds
BATCH = 256  #: blobs asked for at once: the questions must fit into a pipe
WAY_OUT = "the rest of the evidence is complete"

_SETTINGS = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    f"core.attributesFile={os.devnull}",
    f"core.excludesFile={os.devnull}",
    f"diff.orderFile={os.devnull}",
    "core.commitGraph=false",
    "core.multiPackIndex=false",
    "core.packedGitWindowSize=32m",
    "core.packedGitLimit=256m",
    "log.showSignature=false",
    "log.mailmap=false",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
)
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "false",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_SSH_COMMAND": "false",
    "GIT_PAGER": "cat",
    "GIT_LITERAL_PATHSPECS": "1",
    "LC_ALL": "C",
}
_RAW = (
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-renames",
    "--no-show-signature",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--no-notes",
    "--no-decorate",
    "--no-mailmap",
)
_RECORD = "--format=tformat:%x01%H%x00%ct%x00%ae%x00%an"
_ENTRY = re.compile(rb"(\d{6}) (\w+) ([0-9a-f]{40,64}) +(\d+|-|BAD)\t(.+)\Z", re.DOTALL)
_REGULAR = (b"100644", b"100755", b"100664")


class NoHistory(Exception):
    """The history was not read. `reason` is one sentence for the notes."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Logged(NamedTuple):
    """One commit of the log. `mail` and `author` tell people apart and go no further than the module that counts."""

    commit: str
    seconds: int  #: committed, since 1970
    mail: str
    author: str
    paths: tuple[str, ...]  #: regular files it added, changed or removed


class Listed(NamedTuple):
    """One regular file of a commit's tree. `size` is None when its blob is not here (a partial clone)."""

    path: str
    blob: str
    size: int | None


class Git:
    """The three questions that may be asked. Each raises NoHistory when git cannot answer."""

    def __init__(self, program: str, home: Path, objects: Path, head: str, cut: frozenset[str]) -> None:
        self.head = head
        self.cut = cut  #: commits where a shallow clone ends: their parents are not here
        self._program = program
        self._home = home
        self._environment = {
            **_ENVIRONMENT,
            **{name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ},
            "PATH": str(Path(program).parent),
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home),
            "GIT_OBJECT_DIRECTORY": str(objects),
        }

    def changes(self, since_seconds: int) -> Iterator[Logged]:
        """The commits since then that are no merges, newest first, with the files that each one touched."""
        yield from _logged(self._ask("log", *_RAW, "--no-merges", _RECORD, _since(since_seconds), self.head))

    def first_parents(self, since_seconds: int) -> list[tuple[str, int]]:
        """The (commit, seconds) of the main line since then, newest first."""
        output = self._ask(
            "log", "--first-parent", "--no-show-signature", "--no-mailmap", "--no-notes", "--no-decorate",
            "--format=tformat:%H %ct", _since(since_seconds), self.head,
        )  # fmt: skip
        pairs = (line.split(" ") for line in output.decode("ascii", "replace").splitlines())
        return [(commit, int(seconds)) for commit, seconds in pairs if COMMIT.match(commit) and seconds.isdigit()]

    def committed_seconds(self) -> int:
        """When the commit of the checkout was made, in seconds since 1970."""
        output = self._ask("log", "-1", "--no-show-signature", "--no-mailmap", "--no-notes", "--no-decorate",
                           "--format=tformat:%ct", self.head)  # fmt: skip
        if not output.strip().isdigit():
            raise NoHistory(f"The commit of the checkout cannot be read, so no history; {WAY_OUT}.")
        return int(output)

    def tree(self, commit: str) -> list[Listed]:
        """The regular files of a commit; links and submodules are left out."""
        if not COMMIT.match(commit):
            raise ValueError(commit)
        listed = []
        for line in self._ask("ls-tree", "-r", "-l", "-z", "--full-tree", commit).split(b"\0"):
            entry = _ENTRY.match(line)
            if entry and entry[1] in _REGULAR and entry[2] == b"blob":
                size = int(entry[4]) if entry[4].isdigit() else None
                listed.append(Listed(entry[5].decode("utf-8", "replace"), entry[3].decode(), size))
        return listed

    def blobs(self, wanted: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """The contents of blobs, in the order asked for; None for one that is not here. Ask only for known sizes."""
        identities = iter(wanted)
        with self._started("cat-file", "--batch", takes=True) as (_, questions, answers):
            while batch := list(islice(identities, BATCH)):
                try:
                    questions.write("".join(f"{blob}\n" for blob in batch).encode("ascii"))
                    questions.flush()
                except OSError:
                    raise _unanswered() from None
                for blob in batch:
                    yield blob, _answered(answers)

    def _ask(self, *arguments: str) -> bytes:
        with self._started(*arguments) as (child, _, answers):
            output = answers.read(OUTPUT_BYTES_MAX + 1)
            if len(output) > OUTPUT_BYTES_MAX:
                raise NoHistory(f"The history is larger than can be read; {WAY_OUT}.")
            if child.wait() != 0:
                raise _unanswered()
            return output

    @contextlib.contextmanager
    def _started(
        self, *arguments: str, takes: bool = False
    ) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]]:
        """Git with one of COMMANDS, within limits of time and memory, and surely ended."""
        if arguments[0] not in COMMANDS:
            raise ValueError(arguments[0])
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        child = subprocess.Popen(  # noqa: S603 - an absolute path, words of ours and checked hexadecimal, no shell
            [self._program, "--no-pager", f"--git-dir={self._home}", *settings, *arguments],
            stdin=subprocess.PIPE if takes else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._home,
            env=self._environment,
            start_new_session=True,
        )
        watch = threading.Timer(WALL_SECONDS_MAX, _end, [child])
        watch.daemon = True
        watch.start()
        _limit(child)
        try:
            yield child, cast("IO[bytes]", child.stdin), cast("IO[bytes]", child.stdout)
        finally:
            watch.cancel()
            _end(child)
            for stream in (child.stdin, child.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
            child.wait()


@contextlib.contextmanager
def open_git(root: Path) -> Iterator[Git]:
    """Take the history of a checkout. Raises NoHistory when there is none, or when it leads out of the checkout."""
    folder = root / ".git"
    objects = _checked_objects(folder)
    head = head_commit(root)
    if head is None:
        raise NoHistory(f"The checkout stands on no commit, so no history was read; {WAY_OUT}.")
    program = _git_program(root)
    cut = [line for line in (read_text(folder / "shallow", SHALLOW_BYTES_MAX) or "").split() if COMMIT.match(line)]
    with tempfile.TemporaryDirectory(prefix="arrears-", ignore_cleanup_errors=True) as made:
        home = Path(made)
        long = len(head) == 64
        (home / "objects").mkdir()
        (home / "refs").mkdir()
        (home / "HEAD").write_text("ref: refs/heads/none\n", encoding="ascii")
        (home / "config").write_text(
            f"[core]\n\trepositoryformatversion = {int(long)}\n\tbare = true\n"
            + ("[extensions]\n\tobjectformat = sha256\n" if long else ""),
            encoding="ascii",
        )
        if cut:
            (home / "shallow").write_text("".join(f"{commit}\n" for commit in cut), encoding="ascii")
        yield Git(program, home, objects, head, frozenset(cut))


def _git_program(root: Path) -> str:
    """Where git is: an absolute path outside of what is scanned. Raises NoHistory."""
    program = shutil.which("git", path=os.pathsep.join(filter(os.path.isabs, os.get_exec_path())))
    if program is None:
        raise NoHistory(f"Git is not installed here, so no history was read; {WAY_OUT}.")
    real = Path(program).resolve()
    if real.is_relative_to(root.resolve()):
        raise NoHistory(f"The only git program lies inside the checkout and was not run; {WAY_OUT}.")
    return program


def _checked_objects(folder: Path) -> Path:
    """The folder of objects, once it is sure that nothing in it leads elsewhere. Raises NoHistory."""
    kind = _kind(folder)
    if kind is None:
        raise NoHistory(f"There is no .git folder in it, so no history was read; {WAY_OUT}.")
    if kind != stat.S_IFDIR:
        raise NoHistory(
            "Its .git leads to another folder (a worktree, a submodule or a link), so no history was read; scan the "
            "main checkout for it."
        )
    objects = folder / "objects"
    outside = NoHistory(
        "Its .git folder takes objects from elsewhere (alternates, links or a common folder), so no history was read; "
        "scan a clone made without them."
    )
    if _kind(folder / "commondir") is not None or _kind(objects) != stat.S_IFDIR:
        raise outside
    for name in ("alternates", "http-alternates"):
        if _kind(objects / "info" / name) is not None and (objects / "info" / name).lstat().st_size:
            raise outside
    pending, entries = [os.fspath(objects)], 0
    try:
        while pending:
            with os.scandir(pending.pop()) as found:
                for entry in found:
                    entries += 1
                    if entries > OBJECTS_MAX:
                        raise NoHistory(f"Its .git folder holds too many loose objects; run `git gc` in it; {WAY_OUT}.")
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
                    elif not entry.is_file(follow_symlinks=False):
                        raise outside
    except OSError:
        raise NoHistory(f"Its .git folder cannot be opened, so no history was read; {WAY_OUT}.") from None
    return objects.absolute()


def _kind(path: Path) -> int | None:
    """What stands at a path, links not followed; None when nothing does."""
    try:
        return stat.S_IFMT(path.lstat().st_mode)
    except OSError:
        return None


def _logged(output: bytes) -> Iterator[Logged]:
    """The commits of a log. Names and mails have a fixed place, so a file named like a header stays a file."""
    fields = iter(output.split(b"\0"))
    header: tuple[str, int, str, str] | None = None
    paths: list[str] = []
    try:
        for field in fields:
            word = field.lstrip(b"\n")
            if word.startswith(b"\x01"):
                if header is not None:
                    yield Logged(*header, tuple(paths))
                seconds, mail, author = next(fields), next(fields), next(fields)
                header = (word[1:].decode("ascii", "replace"), int(seconds), _text(mail), _text(author))
                paths = []
            elif word.startswith(b":"):
                old, new = word[1:7], word[8:14]
                path = next(fields)
                if new in _REGULAR or (old in _REGULAR and new == b"000000"):
                    paths.append(path.decode("utf-8", "replace"))
    except (StopIteration, ValueError):
        raise _unanswered() from None
    if header is not None:
        yield Logged(*header, tuple(paths))


def _since(seconds: int) -> str:
    return f"--since=@{max(seconds, EARLIEST_SECONDS)}"


def _text(name: bytes) -> str:
    return name[:400].decode("utf-8", "replace").strip().lower()


def _answered(stream: IO[bytes]) -> bytes | None:
    """One answer of `cat-file --batch`: "<id> blob <size>", the bytes and a line's end, or "<id> missing"."""
    head = stream.readline(200).split()
    if len(head) == 2 and head[1] == b"missing":
        return None
    if len(head) != 3 or not head[2].isdigit():
        raise _unanswered()
    size = int(head[2])
    content = stream.read(size + 1)
    if len(content) != size + 1:
        raise _unanswered()
    return content[:-1] if head[1] == b"blob" else None


def _unanswered() -> NoHistory:
    return NoHistory(
        f"Its history could not be read (a damaged or partial clone, or one beyond the limits); {WAY_OUT}."
    )


def _limit(child: subprocess.Popen[bytes]) -> None:
    """Bound what a tree made to harm can cost, where the system lets us."""
    if sys.platform == "linux":
        import resource

        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(child.pid, resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
            resource.prlimit(child.pid, resource.RLIMIT_CPU, (CPU_SECONDS_MAX, CPU_SECONDS_MAX))


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is not None:
        return
    with contextlib.suppress(OSError):
        if os.name == "posix":
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()

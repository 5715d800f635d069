"""A folder of this machine as a source: no link followed, nothing but regular files opened, nothing waited for."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from evidence.source import (
    DEPTH_MAX,
    ENVIRONMENT_MARK,
    KIB,
    MIB,
    NESTED,
    NOTE_DEEP,
    NOTE_LINK,
    NOTE_NESTED,
    NOTE_SPECIAL,
    NOTE_TWICE,
    NOTE_UNREADABLE,
    Limits,
    Member,
    Notes,
    Refused,
    display,
    is_ignored,
)

READ_BYTES_MAX = 16 * MIB  #: asked of the system at once


def open_regular_file(path: Path) -> tuple[BinaryIO, int]:
    """Open a file that is one (no pipe, no device), without waiting for it. Gives it and its size. Raises Refused."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as problem:
        raise Refused(
            f"{display(path.name)}: {problem.strerror or 'cannot be opened'}; check the path and the permissions."
        ) from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise Refused(f"{display(path.name)} is neither a folder nor a file; give a folder or a zip.")
    return os.fdopen(descriptor, "rb"), status.st_size


class FolderSource:
    """A folder of this machine. No link is followed, nothing but regular files is opened, nothing is waited for."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self._root = os.fspath(root)
        self._limits = limits
        self._notes = Notes()
        self._paths: dict[str, str] = {}
        members: list[Member] = []
        pending: list[tuple[str, str, int]] = [(self._root, "", 0)]
        entries = 0
        while pending:
            folder, prefix, depth = pending.pop()
            for entry in self._scan(folder, prefix):
                entries += 1
                if entries > limits.entries:
                    raise Refused(
                        f"The folder holds more than {limits.entries:,} entries; give the folder of one repository, "
                        "without data and environments."
                    )
                name = prefix + entry.name
                if entry.is_symlink():
                    self._notes.count(NOTE_LINK, name)
                elif entry.is_dir(follow_symlinks=False):
                    self._enter(entry, name, depth, pending)
                elif entry.is_file(follow_symlinks=False):
                    if entry.name == ".git":  # a worktree's pointer to another folder
                        self._notes.folder(".git")
                        continue
                    path = display(name)
                    if path in self._paths:
                        self._notes.count(NOTE_TWICE, name)
                        continue
                    if path.lower().endswith(NESTED):
                        self._notes.count(NOTE_NESTED, path)
                    self._paths[path] = entry.path
                    members.append(Member(path=path, size=entry.stat(follow_symlinks=False).st_size))
                else:
                    self._notes.count(NOTE_SPECIAL, name)
        self.members: tuple[Member, ...] = tuple(sorted(members, key=lambda member: member.path))
        self.commit: str | None = head_commit(root)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out so far; reading contents may add to it."""
        return self._notes.sentences()

    def _scan(self, folder: str, prefix: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as found:
                return sorted(found, key=lambda entry: entry.name)
        except OSError:
            self._notes.count(NOTE_UNREADABLE, prefix or ".")
            return []

    def _enter(self, entry: os.DirEntry[str], name: str, depth: int, pending: list[tuple[str, str, int]]) -> None:
        if is_ignored(entry.name) or os.path.lexists(os.path.join(entry.path, ENVIRONMENT_MARK)):
            if name != ".git":  # a checkout's own history is nothing left out
                self._notes.folder(entry.name)
        elif depth >= DEPTH_MAX:
            self._notes.count(NOTE_DEEP, name)
        else:
            pending.append((entry.path, name + "/", depth + 1))

    def contents(self, wanted: Callable[[Member], bool]) -> Iterator[tuple[Member, bytes]]:
        """Yield each wanted member with its bytes, in the order of the paths."""
        total = 0
        for member in self.members:
            if not wanted(member):
                continue
            content = self._read(member)
            if content is None:
                continue
            total += len(content)
            if total > self._limits.unpacked_bytes:
                raise Refused(
                    f"The folder holds more than {self._limits.unpacked_bytes // MIB} MiB of source; give the folder "
                    "of one repository."
                )
            yield member, content

    def _read(self, member: Member) -> bytes | None:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            descriptor = os.open(self._paths[member.path], flags)
        except OSError:
            self._notes.count(NOTE_UNREADABLE, member.path)
            return None
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                self._notes.count(NOTE_SPECIAL, member.path)
                return None
            limit = max(self._limits.source_bytes, self._limits.notebook_bytes)
            content = b""
            while piece := os.read(descriptor, min(limit - len(content), READ_BYTES_MAX)):
                content = content + piece if content else piece
            return content  # never more than the listed file could have been wanted for
        except OSError:
            self._notes.count(NOTE_UNREADABLE, member.path)
            return None
        finally:
            os.close(descriptor)


COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
REFERENCE = re.compile(r"refs/[\w./-]+\Z")
PACKED_REFERENCES_BYTES_MAX = 4 * MIB


def head_commit(root: Path) -> str | None:
    """The commit a checkout stands on, read from the files of `.git` alone: the git program is never run."""
    if (root / ".git").is_symlink():
        return None
    head = (read_text(root / ".git" / "HEAD", KIB) or "").strip()
    reference = head.removeprefix("ref: ")
    if REFERENCE.match(reference) and ".." not in reference:
        path = root / ".git" / reference
        led_away = any(folder.is_symlink() for folder in path.parents[: reference.count("/")])
        head = ((None if led_away else read_text(path, KIB)) or _packed(root, reference)).strip()
    return head if COMMIT.match(head) else None


def _packed(root: Path, reference: str) -> str:
    """The commit of a reference in `packed-refs`, or ""."""
    for line in (read_text(root / ".git" / "packed-refs", PACKED_REFERENCES_BYTES_MAX) or "").splitlines():
        commit, _, name = line.partition(" ")
        if name.strip() == reference:
            return commit
    return ""


def read_text(path: Path, bytes_max: int) -> str | None:
    """The first bytes of a regular file as text; None when it is missing, a link, or no file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read(bytes_max).decode("utf-8", "replace")

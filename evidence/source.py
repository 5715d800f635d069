"""Where the files of a repository come from: a folder, a zip or a .tar.gz, as bounded streams, never extracted."""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

KIB = 1024
MIB = 1024 * KIB
CHUNK_BYTES = 64 * KIB
PATH_LENGTH_MAX = 300
DEPTH_MAX = 60
DIRECTORY_HEADER_BYTES = 46
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class Refused(Exception):
    """The repository was not read. `reason` is one plain sentence with the way out."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may be read from one repository. Sizes in bytes."""

    packed_bytes: int
    unpacked_bytes: int
    entries: int
    source_bytes: int  #: one source or text file; larger ones are counted, not read
    notebook_bytes: int  #: one notebook
    ratio: int  #: unpacked / packed, of one entry and of all, beyond RATIO_FREE_BYTES


RATIO_FREE_BYTES = MIB
UPLOAD_LIMITS = Limits(
    packed_bytes=20 * MIB,
    unpacked_bytes=50 * MIB,
    entries=20_000,
    source_bytes=512 * KIB,
    notebook_bytes=5 * MIB,
    ratio=100,
)
LOCAL_LIMITS = Limits(  # a person's own tree, on the command line
    packed_bytes=500 * MIB,
    unpacked_bytes=2_000 * MIB,
    entries=200_000,
    source_bytes=2 * MIB,
    notebook_bytes=20 * MIB,
    ratio=1_000,
)

IGNORED_FOLDERS = frozenset(
    {
        ".git", ".hg", ".svn", "node_modules", ".venv", "__pycache__", "__pypackages__", "site-packages", ".tox",
        ".nox", ".eggs", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".ipynb_checkpoints",
        "__MACOSX", ".idea",
    }
)  # fmt: skip
VENDORED_FOLDERS = frozenset({"vendor", "vendored", "_vendor", "third_party", "third-party", "thirdparty", "3rdparty"})
ENVIRONMENT_MARK = "pyvenv.cfg"  # a folder that holds it is a virtual environment, whatever its name
LOCAL_WAY_OUT = "scan the checkout itself with `python cli.py scan FOLDER` and upload its result"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One regular file of the repository: its path inside it (with /, cleaned for display) and its size in bytes."""

    path: str
    size: int


class Source(Protocol):
    """A repository's files: what there is, what was left out and why, and the contents of the wanted ones."""

    @property
    def members(self) -> tuple[Member, ...]:
        """The regular files, in order of their paths."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out and why, in sentences; complete once the contents have been read."""
        ...

    @property
    def commit(self) -> str | None:
        """The commit a checkout stands on."""
        ...

    def contents(self, wanted: Callable[[Member], bool]) -> Iterator[tuple[Member, bytes]]:
        """Yield each wanted member with its bytes, one at a time, in the order of the source."""
        ...


def display(text: str, length_max: int = PATH_LENGTH_MAX) -> str:
    """Clean a text from outside for display: normal form, no control or direction marks, a bounded length."""
    text = UNPRINTABLE.sub("?", unicodedata.normalize("NFC", text[: length_max * 4]))
    return text if len(text) <= length_max else text[: length_max - 1] + "…"


def open_archive(stream: BinaryIO, *, size: int, limits: Limits) -> Source:
    """Take a zip or .tar.gz from a seekable stream of `size` bytes. Raises Refused."""
    if size > limits.packed_bytes:
        raise Refused(
            f"The archive is {size / MIB:.0f} MiB, more than {limits.packed_bytes // MIB} MiB; leave data and model "
            f"files out, or {LOCAL_WAY_OUT}."
        )
    stream.seek(0)
    start = stream.read(4)
    if start[:2] == b"\x1f\x8b":
        return TarSource(stream, limits)
    if start[:2] == b"PK":
        return ZipSource(stream, limits)
    raise Refused("This is not a zip or .tar.gz archive; pack the repository's folder as a zip and try again.")


def open_path(path: Path, limits: Limits = LOCAL_LIMITS) -> tuple[Source, BinaryIO | None]:
    """Take a folder or an archive of the person's own machine; the caller closes the second value. Raises Refused."""
    if path.is_dir():
        return FolderSource(path, limits), None
    stream, size = open_regular_file(path)
    try:
        return open_archive(stream, size=size, limits=limits), stream
    except BaseException:
        stream.close()
        raise


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


@dataclass
class _Notes:
    """Counts what is left out, so that a thousand links become one sentence."""

    folders: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)

    def folder(self, name: str) -> None:
        self.folders[name] = self.folders.get(name, 0) + 1

    def count(self, reason: str, path: str) -> None:
        self.counts[reason] = self.counts.get(reason, 0) + 1
        self.first.setdefault(reason, display(path, 120))

    def sentences(self) -> tuple[str, ...]:
        lines = []
        if self.folders:
            names = ", ".join(display(name, 60) for name in sorted(self.folders)[:12])
            more = f" and {len(self.folders) - 12} more" if len(self.folders) > 12 else ""
            lines.append(f"Not the team's own code, so not read: {names}{more}.")
        for reason in sorted(self.counts):
            number = self.counts[reason]
            lines.append(f"{reason}: {number} ({'first: ' if number > 1 else ''}{self.first[reason]}).")
        return tuple(lines)


NOTE_LINK = "Links skipped"
NOTE_SPECIAL = "Special files (pipes, devices, sockets) skipped"
NOTE_OUTSIDE = "Names that point outside the repository skipped"
NOTE_TWICE = "Names that occur twice, only the first one read"
NOTE_NESTED = "Archives inside the repository not opened"
NOTE_UNREADABLE = "Files that could not be opened"
NOTE_DEEP = "Folders nested too deeply skipped"
NESTED = (".zip", ".tar", ".tar.gz", ".tgz", ".whl", ".egg", ".jar", ".7z", ".rar", ".tar.bz2", ".tar.xz")


def _clean_name(name: str) -> str | None:
    """A member's name as a path inside the repository; None when it is absolute or climbs out."""
    name = name.replace("\\", "/")
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or "\0" in name:
        return None
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if not parts or ".." in parts or len(parts) > DEPTH_MAX:
        return None
    return display("/".join(parts))


def _ignored_folder(path: str, environments: frozenset[str]) -> str | None:
    """The folder that makes `path` not the team's own code, or None."""
    parts = path.split("/")
    for depth, part in enumerate(parts[:-1]):
        if part in IGNORED_FOLDERS or part in VENDORED_FOLDERS or part.endswith((".egg-info", ".dist-info")):
            return part
        if environments and "/".join(parts[: depth + 1]) in environments:
            return part
    return ".git" if parts[-1] == ".git" else None


def _common_root(paths: list[str]) -> str:
    """The one top folder all members share, with its slash ("pkg-1.0/"), or "" when there is none."""
    if not paths or "/" not in paths[0]:
        return ""
    root = paths[0].split("/", 1)[0] + "/"
    if root[:-1] in {"src", "tests", "notebooks"} or not all(path.startswith(root) for path in paths):
        return ""
    return root


def _choose(listed: list[tuple[str, int]], notes: _Notes) -> dict[int, Member]:
    """Which of the listed (name, size) are the team's own files: position -> Member under its short path."""
    cleaned = [(_clean_name(name), size) for name, size in listed]
    kept = [path for path, _ in cleaned if path is not None]
    environments = frozenset(path.rpartition("/")[0] for path in kept if path.endswith("/" + ENVIRONMENT_MARK))
    own: dict[int, str] = {}
    for position, (path, _) in enumerate(cleaned):
        if path is None:
            notes.count(NOTE_OUTSIDE, listed[position][0])
            continue
        folder = _ignored_folder(path, environments)
        if folder is not None:
            notes.folder(folder)
            continue
        own[position] = path
    root = _common_root(list(own.values()))
    members: dict[int, Member] = {}
    seen: set[str] = set()
    for position, path in own.items():
        short = path[len(root) :]
        if short in seen:
            notes.count(NOTE_TWICE, short)
            continue
        seen.add(short)
        if short.lower().endswith(NESTED):
            notes.count(NOTE_NESTED, short)
        members[position] = Member(path=short, size=listed[position][1])
    return members


def count_zip_entries(stream: BinaryIO, entries_max: int) -> int:
    """Count the central directory's entries, at most `entries_max` + 1, before anything is made of them.

    The number in the end record may be forged, and the reader goes by the directory's length, so the directory
    itself is walked. Raises zipfile.BadZipFile.
    """
    end = zipfile._EndRecData(stream)  # type: ignore[attr-defined]
    if not end:
        raise zipfile.BadZipFile("no end record")
    length, offset, place = end[zipfile._ECD_SIZE], end[zipfile._ECD_OFFSET], end[zipfile._ECD_LOCATION]  # type: ignore[attr-defined]
    if end[zipfile._ECD_SIGNATURE] == b"PK\x06\x06":  # type: ignore[attr-defined]
        place -= zipfile.sizeEndCentDir64 + zipfile.sizeEndCentDir64Locator  # type: ignore[attr-defined]
    start = place - length
    if length < 0 or offset < 0 or start < 0:
        raise zipfile.BadZipFile("the directory lies outside the file")
    stream.seek(start)
    directory = stream.read(length)
    position = count = 0
    while position + DIRECTORY_HEADER_BYTES <= len(directory) and count <= entries_max:
        name, extra, comment = struct.unpack_from("<HHH", directory, position + 28)
        position += DIRECTORY_HEADER_BYTES + name + extra + comment
        count += 1
    return count


def _too_many(limits: Limits) -> Refused:
    return Refused(
        f"The archive holds more than {limits.entries:,} entries; leave environments, caches and data out, "
        f"or {LOCAL_WAY_OUT}."
    )


def _too_large(limits: Limits) -> Refused:
    return Refused(
        f"The archive unpacks to more than {limits.unpacked_bytes // MIB} MiB; leave data and model files out, "
        f"or {LOCAL_WAY_OUT}."
    )


def _bomb(name: str) -> Refused:
    return Refused(
        f"{display(name, 80)} unpacks to far more than its packed size, as archives made to harm do; leave it out."
    )


def _broken() -> Refused:
    return Refused("The archive is damaged or not a real zip or .tar.gz; pack the folder again and try again.")


class ZipSource:
    """A zip, read from its stream. Only wanted members are unpacked, in memory, one at a time, by real bytes."""

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self.commit: str | None = None
        self._limits = limits
        self._read_bytes = 0
        try:
            if count_zip_entries(stream, limits.entries) > limits.entries:
                raise _too_many(limits)
            stream.seek(0)
            self._zip = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, struct.error, ValueError, OSError, NotImplementedError, EOFError, IndexError):
            raise _broken() from None
        notes = _Notes()
        regular = [entry for entry in self._zip.infolist() if self._is_regular(entry, notes)]
        self._entries: dict[str, zipfile.ZipInfo] = {}
        members = _choose([(entry.filename, entry.file_size) for entry in regular], notes)
        for position, member in members.items():
            self._entries[member.path] = regular[position]
        self._check_claims()
        self.members: tuple[Member, ...] = tuple(sorted(members.values(), key=lambda member: member.path))
        self.notes: tuple[str, ...] = notes.sentences()

    def _is_regular(self, entry: zipfile.ZipInfo, notes: _Notes) -> bool:
        if entry.flag_bits & 0x41:  # encrypted, or strong encryption
            raise Refused("The archive is encrypted; pack the folder without a password and try again.")
        if entry.is_dir():
            return False
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind == stat.S_IFLNK:
            notes.count(NOTE_LINK, entry.filename)
            return False
        if kind not in (0, stat.S_IFREG):
            notes.count(NOTE_SPECIAL, entry.filename)
            return False
        return True

    def _check_claims(self) -> None:
        total = 0
        for path, entry in self._entries.items():
            total += entry.file_size
            if entry.file_size > RATIO_FREE_BYTES and entry.file_size > self._limits.ratio * max(
                1, entry.compress_size
            ):
                raise _bomb(path)
        if total > self._limits.unpacked_bytes:
            raise _too_large(self._limits)
        packed = sum(entry.compress_size for entry in self._entries.values())
        if total > 4 * RATIO_FREE_BYTES and total > self._limits.ratio * max(1, packed):
            raise _bomb("It")

    def contents(self, wanted: Callable[[Member], bool]) -> Iterator[tuple[Member, bytes]]:
        """Yield each wanted member with its bytes. What is counted is what comes out, not what the header claims."""
        for member in self.members:
            if wanted(member):
                yield member, self._read(self._entries[member.path])

    def _read(self, entry: zipfile.ZipInfo) -> bytes:
        chunks = []
        length = 0
        try:
            with self._zip.open(entry) as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    length += len(chunk)
                    self._read_bytes += len(chunk)
                    if self._read_bytes > self._limits.unpacked_bytes:
                        raise _too_large(self._limits)
                    if length > entry.file_size:
                        raise _broken()
                    chunks.append(chunk)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError):
            raise _broken() from None
        return b"".join(chunks)


class _Counted(io.RawIOBase):
    """The bytes of a gzip stream up to a limit; past it the reading is refused."""

    def __init__(self, stream: BinaryIO, limits: Limits, size: int) -> None:
        stream.seek(0)
        self._stream = gzip.GzipFile(fileobj=stream, mode="rb")
        self._left = limits.unpacked_bytes
        self._limits = limits
        self._packed = size

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        chunk = self._stream.read(CHUNK_BYTES if size is None or size < 0 else min(size, CHUNK_BYTES))
        self._left -= len(chunk)
        if self._left < 0:
            raise _too_large(self._limits)
        return chunk


class TarSource:
    """A .tar.gz (a PyPI source archive), streamed twice: once to list and check it, once for the wanted contents."""

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self.commit: str | None = None
        self._stream = stream
        self._limits = limits
        notes = _Notes()
        self._positions: dict[int, Member] = {}
        regular: list[tuple[str, int]] = []
        places: list[int] = []
        for place, (entry, _) in enumerate(self._entries()):
            if place >= limits.entries:
                raise _too_many(limits)
            if entry.issym() or entry.islnk():
                notes.count(NOTE_LINK, entry.name)
            elif entry.isreg() and not entry.issparse():
                regular.append((entry.name, entry.size))
                places.append(place)
            elif not entry.isdir():
                notes.count(NOTE_SPECIAL, entry.name)
        for position, member in _choose(regular, notes).items():
            self._positions[places[position]] = member
        self.members: tuple[Member, ...] = tuple(sorted(self._positions.values(), key=lambda member: member.path))
        self.notes: tuple[str, ...] = notes.sentences()

    def _entries(self) -> Iterator[tuple[tarfile.TarInfo, tarfile.TarFile]]:
        """The archive's headers in order. Broken, endless and over-long archives are refused on the way."""
        self._stream.seek(0, io.SEEK_END)
        counted = _Counted(self._stream, self._limits, self._stream.tell())
        try:
            with tarfile.open(fileobj=counted, mode="r|", errorlevel=1) as archive:
                while (entry := archive.next()) is not None:
                    archive.members = []  # type: ignore[attr-defined]  # a stream never goes back: keep no list of what has passed
                    yield entry, archive
        except (
            tarfile.TarError,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            RecursionError,
            OverflowError,
            UnicodeError,
        ):
            raise _broken() from None

    def contents(self, wanted: Callable[[Member], bool]) -> Iterator[tuple[Member, bytes]]:
        """Yield each wanted member with its bytes, in the archive's order."""
        for place, (entry, archive) in enumerate(self._entries()):
            member = self._positions.get(place)
            if member is None or not wanted(member):
                continue
            stream = archive.extractfile(entry)  # a view on the stream: nothing is written
            if stream is None:
                raise _broken()
            yield member, stream.read()


class FolderSource:
    """A folder of this machine. No link is followed, nothing but regular files is opened, nothing is waited for."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self._root = os.fspath(root)
        self._limits = limits
        self._notes = _Notes()
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
        if (
            entry.name in IGNORED_FOLDERS
            or entry.name in VENDORED_FOLDERS
            or entry.name.endswith((".egg-info", ".dist-info"))
            or os.path.lexists(os.path.join(entry.path, ENVIRONMENT_MARK))
        ):
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
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                self._notes.count(NOTE_SPECIAL, member.path)
                return None
            limit = max(self._limits.source_bytes, self._limits.notebook_bytes)
            try:
                return stream.read(limit)  # never more than the listed file could have been wanted for
            except OSError:
                self._notes.count(NOTE_UNREADABLE, member.path)
                return None


COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
REFERENCE = re.compile(r"refs/[\w./-]+\Z")
PACKED_REFERENCES_BYTES_MAX = 4 * MIB


def head_commit(root: Path) -> str | None:
    """The commit a checkout stands on, read from the files of `.git` alone: the git program is never run."""
    head = _read_text(root / ".git" / "HEAD", KIB)
    if head is None:
        return None
    head = head.strip()
    if COMMIT.match(head):
        return head
    reference = head.removeprefix("ref: ")
    if not REFERENCE.match(reference) or ".." in reference:
        return None
    loose = _read_text(root / ".git" / reference, KIB)
    if loose is not None:
        return loose.strip() if COMMIT.match(loose.strip()) else None
    for line in (_read_text(root / ".git" / "packed-refs", PACKED_REFERENCES_BYTES_MAX) or "").splitlines():
        commit, _, name = line.partition(" ")
        if name.strip() == reference and COMMIT.match(commit):
            return commit
    return None


def _read_text(path: Path, bytes_max: int) -> str | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        return stream.read(bytes_max).decode("utf-8", "replace")

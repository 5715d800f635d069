"""A repository's files, wherever they come from: limits, what is the team's own, and what is said of the rest."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

KIB = 1024
MIB = 1024 * KIB
PATH_LENGTH_MAX = 300
DEPTH_MAX = 60
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
LOCAL_WAY_OUT = "scan the checkout itself with the collector and upload the file of its `--output`"


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


def archive_name(file_name: str) -> str:
    """What the repository in an archive is called, so that a scan of it compares with one of a checkout.

    The file's name without its ending, without the number of a second download (`shop (1).zip`), and without the branch
    that hosts of code add (`shop-main.zip`).
    """
    name = re.sub(r"(?i)(?<=.)\.(?:zip|tgz|tar\.gz|tar|gz)\Z", "", file_name)
    name = re.sub(r"(?<=.) ?\(\d{1,3}\)\Z", "", name)
    return re.sub(r"(?<=.)-(?:main|master)\Z", "", name)


@dataclass
class Notes:
    """Counts what is left out, so that a thousand links become one sentence."""

    folders: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)

    def folder(self, name: str) -> None:
        """Note a folder that was left out as a whole."""
        self.folders[name] = self.folders.get(name, 0) + 1

    def count(self, reason: str, path: str) -> None:
        """Note one more entry that was left out for this reason."""
        self.counts[reason] = self.counts.get(reason, 0) + 1
        self.first.setdefault(reason, display(path, 120))

    def sentences(self) -> tuple[str, ...]:
        """Everything noted, one sentence a reason."""
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


def is_ignored(name: str) -> bool:
    """Whether a folder of this name never holds the team's own code."""
    return name in IGNORED_FOLDERS or name in VENDORED_FOLDERS or name.endswith((".egg-info", ".dist-info"))


def _ignored_folder(path: str, environments: frozenset[str]) -> str | None:
    """The folder that makes `path` not the team's own code, or None."""
    parts = path.split("/")
    for depth, part in enumerate(parts[:-1]):
        if is_ignored(part):
            return part
        if environments and "/".join(parts[: depth + 1]) in environments:
            return part
    return ".git" if parts[-1] == ".git" else None


def own_files(paths: Sequence[str]) -> list[str | None]:
    """Each file of a commit's tree as a path inside the repository; None for one that is not the team's own."""
    cleaned = [_clean_name(path) for path in paths]
    environments = frozenset(
        path.rpartition("/")[0] for path in cleaned if path is not None and path.endswith("/" + ENVIRONMENT_MARK)
    )
    return [None if path is None or _ignored_folder(path, environments) else path for path in cleaned]


def _common_root(paths: list[str]) -> str:
    """The one top folder all members share, with its slash ("pkg-1.0/"), or "" when there is none."""
    if not paths or "/" not in paths[0]:
        return ""
    root = paths[0].split("/", 1)[0] + "/"
    if root[:-1] in {"src", "tests", "notebooks"} or not all(path.startswith(root) for path in paths):
        return ""
    return root


def choose_members(listed: list[tuple[str, int]], notes: Notes) -> dict[int, Member]:
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

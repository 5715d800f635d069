"""What was found before, kept in a folder of the user: JSON checked like a stranger's, never anything that runs.

An entry is found by what it was made of: the contents of the repository (by blob), the commit, what was asked for, and
the very code of the collector. So nothing ever has to be thrown away because it is out of date, and an entry that was
damaged, half written or put there by somebody else is no more than a miss.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import stat
import sys
from functools import cache
from pathlib import Path
from typing import Any

from evidence import COLLECTOR
from evidence.source import MIB

ENTRY_BYTES_MAX = 8 * MIB
ENTRIES_MAX = 2_000
FOLDER_BYTES_MAX = 128 * MIB
PART_SECONDS_MAX = 3_600  #: a file half written that is older was left by a process that died
FOLDER_VARIABLE = "ARREARS_CACHE"
_ENDING = ".json"


class Cache:
    """A folder of entries. Whatever its state, reading gives an entry or None, and writing works or is left."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.usable = _prepared(folder)  #: whether it is a folder, ours, and closed to the writing of others

    def get(self, *key: object) -> Any | None:
        """What was kept under this key, as JSON gives it; None when nothing was, or it is not as it was written."""
        name, whole = _name(key)
        content = _read(self._folder / name) if self.usable else None
        if content is None:
            return None
        digest, _, body = content.partition(b"\n")
        if digest != hashlib.sha256(body).hexdigest().encode():
            return None
        try:
            entry = json.loads(body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(entry, dict) or entry.get("key") != whole:
            return None
        with contextlib.suppress(OSError):
            os.utime(self._folder / name)  # what is used stays longest
        return entry.get("value")

    def put(self, value: Any, *key: object) -> None:
        """Keep a value that JSON can hold. Writers at the same time do not disturb each other: the last one stays."""
        if not self.usable:
            return
        name, whole = _name(key)
        body = json.dumps({"key": whole, "value": value}, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        content = body.encode("utf-8", "surrogatepass")
        if len(content) > ENTRY_BYTES_MAX - 100:
            return
        part = self._folder / f"{secrets.token_hex(8)}.part"
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
            part.replace(self._folder / name)
        except OSError:  # a full disk or a folder taken away costs the speed, not the scan
            with contextlib.suppress(OSError):
                part.unlink()
        self._tidy()

    def _tidy(self) -> None:
        """Drop what was not used for longest when there is too much, and what dead processes left."""
        try:
            with os.scandir(self._folder) as found:
                files = [(entry.stat(follow_symlinks=False), entry.path) for entry in found]
        except OSError:
            return
        kept = sorted(
            ((status.st_mtime, status.st_size, path) for status, path in files if path.endswith(_ENDING)), reverse=True
        )
        newest = kept[0][0] if kept else 0.0
        size = 0
        for position, (_, entry_bytes, path) in enumerate(kept):
            size += entry_bytes
            if position >= ENTRIES_MAX or size > FOLDER_BYTES_MAX:
                _remove(path)
        for status, path in files:
            if path.endswith(".part") and status.st_mtime < newest - PART_SECONDS_MAX:
                _remove(path)


def default_folder() -> Path | None:
    """The folder that FOLDER_VARIABLE names, else the one for such things on this system; None without a home."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen:
        return Path(chosen)
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "arrears" / "scans" if base.is_absolute() else None


@cache
def code_mark() -> str:
    """A digest of the collector's own code and tables and of the Python that runs it: another code, other entries."""
    mark = hashlib.sha256(f"{COLLECTOR} {sys.version}".encode())
    package = Path(__file__).parent
    if package.is_dir():
        for path in sorted(path for path in package.rglob("*") if path.suffix in (".py", ".toml")):
            content = path.read_bytes()
            mark.update(f"{path.relative_to(package).as_posix()} {len(content)}\n".encode() + content)
    else:  # inside one zipped file
        archive = next(parent for parent in package.parents if parent.is_file())
        mark.update(archive.read_bytes())
    return mark.hexdigest()


def _name(key: tuple[object, ...]) -> tuple[str, str]:
    whole = json.dumps([code_mark(), *key], default=str)
    return hashlib.sha256(whole.encode()).hexdigest() + _ENDING, whole


def _prepared(folder: Path) -> bool:
    """Whether the folder is there, and nobody else can write into it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return False
    if not stat.S_ISDIR(status.st_mode):
        return False
    if os.name != "posix":
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _read(path: Path) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_size > ENTRY_BYTES_MAX:
        os.close(descriptor)
        return None
    with os.fdopen(descriptor, "rb") as stream:
        try:
            return stream.read(ENTRY_BYTES_MAX)
        except OSError:
            return None


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)

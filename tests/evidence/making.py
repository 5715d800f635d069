"""Makes repositories and archives for tests: a dict of files is a repository, one line a test."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from evidence.collector import judge, signal_of
from evidence.evidence import Evidence, Signal
from evidence.git_log import Change, GitLog
from evidence.repository import Repository, read_repository
from evidence.signals import SIGNALS
from evidence.source import UPLOAD_LIMITS, Limits, Member

SAMPLES = Path(__file__).parent / "samples"
HISTORY = "HISTORY.json"  # in a sample: its commits, `{"today", "since", "changes": [{"day", "by", "paths", "times"}]}`
SIZES = "SIZES.json"  # in a sample: files that are too large to keep, by path and size in bytes


class FilesInMemory:
    """A source made of a dict: path -> text, bytes, or a size in bytes for a file that is never read."""

    commit = None
    notes = ()

    def __init__(self, files: Mapping[str, str | bytes | int]) -> None:
        self.files = files
        self.members = tuple(
            Member(path=path, size=content if isinstance(content, int) else len(content))
            for path, content in sorted(files.items())
        )

    def contents(self, wanted: Callable[[Member], bool]) -> Iterator[tuple[Member, bytes]]:
        for member in self.members:
            content = self.files[member.path]
            if not isinstance(content, int) and wanted(member):
                yield member, content.encode() if isinstance(content, str) else content


def repository_of(files: Mapping[str, str | bytes | int], limits: Limits = UPLOAD_LIMITS) -> Repository:
    """The facts of a repository with these files."""
    told = files.get(HISTORY)
    files = {path: content for path, content in files.items() if path != HISTORY}
    log = log_of(json.loads(told)) if isinstance(told, str | bytes) else None
    return read_repository(FilesInMemory(files), name="sample", limits=limits, log=log)


def log_of(told: dict[str, Any]) -> GitLog:
    """A git log from what a sample tells: each change happened `times` on that day (1 when not said)."""
    people = [change["by"] for change in told["changes"]]
    return GitLog(
        today=date.fromisoformat(told["today"]),
        since=date.fromisoformat(told["since"]),
        changes=tuple(
            Change(date.fromisoformat(change["day"]), people.index(change["by"]), tuple(change["paths"]))
            for change in told["changes"]
            for _ in range(change.get("times", 1))
        ),
    )


def signal(identity: str, files: Mapping[str, str | bytes | int]) -> Signal:
    """What one signal says of a repository with these files."""
    return signal_of(SIGNALS[identity], repository_of(files))


def evidence_of(files: Mapping[str, str | bytes | int]) -> Evidence:
    """Everything the signals say of a repository with these files."""
    return judge(repository_of(files))


def sample(identity: str, side: str) -> dict[str, str | bytes | int]:
    """The files of a signal's sample repository, `trips` or `clean`."""
    folder = SAMPLES / identity / side
    files: dict[str, str | bytes | int] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != SIZES:
            files[path.relative_to(folder).as_posix()] = path.read_bytes()
    if (folder / SIZES).exists():
        files.update(json.loads((folder / SIZES).read_text()))
    return files


def notebook(*cells: tuple[str, int | None], language: str = "python") -> str:
    """A notebook's text from (source, execution count) pairs."""
    return json.dumps(
        {
            "cells": [
                {"cell_type": "code", "execution_count": count, "outputs": [], "source": source}
                for source, count in cells
            ],
            "metadata": {"language_info": {"name": language}},
            "nbformat": 4,
        }
    )


def zip_of(files: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return stream.getvalue()


def zip_of_empty_files(number: int) -> bytes:
    """A zip of this many empty modules, put together by hand because the library takes seconds for it."""
    files, directory = bytearray(), bytearray()
    for position in range(number):
        name = b"%d.py" % position
        common = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0)
        directory += b"PK\x01\x02\x14\x00" + common + struct.pack("<HHHII", 0, 0, 0, 0, len(files)) + name
        files += b"PK\x03\x04" + common + name
    count = min(number, 0xFFFF)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(files), 0)
    return bytes(files + directory) + b"PK\x05\x06" + end

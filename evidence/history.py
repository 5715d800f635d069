"""Past quarters out of the git history: the first-parent commit at each quarter's end, each blob read once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from evidence.cache import Cache
from evidence.document import InvalidEvidence, read_quarter
from evidence.evidence import Kind, PastQuarter
from evidence.facts import FileFacts, ReadFacts, facts_of, kind_of, read_whole
from evidence.git import Git, NoHistory, open_git
from evidence.git_log import day_of
from evidence.hotspots import PastMarkers, markers_of
from evidence.judgement import past_signals
from evidence.pieces import PieceReader
from evidence.repository import assemble, is_wanted, without_collector
from evidence.source import LOCAL_LIMITS, MIB, Limits, Member, display, own_files

MISSING_SHARE_MAX = 0.05  #: of a quarter's files; above it the quarter says too little to be shown
QUARTER_ENDS = ((3, 31), (6, 30), (9, 30), (12, 31))


class Progress(NamedTuple):
    """How far a scan is. `total` is 0 when nobody knows."""

    done: int
    total: int
    what: str


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the history tells: the quarters oldest first, the markers of admitted debt newest first, and notes."""

    quarters: tuple[PastQuarter, ...] = ()
    markers: PastMarkers = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a repository is read, the same for today and for each quarter."""

    name: str = ""
    kind: Kind | None = None  #: what a person says it is for
    limits: Limits = LOCAL_LIMITS


class KnownFacts:
    """Facts by blob and kind of name, so that the same contents are read once in all quarters.

    With `versions`, what two versions of a Python file share is read once too. `read` reads one file, as `facts_of`
    does.
    """

    def __init__(self, commit: str | None, *, versions: bool = True, read: ReadFacts = facts_of) -> None:
        self._algorithm = "sha256" if commit is not None and len(commit) == 64 else "sha1"
        self._facts: dict[tuple[str, str], FileFacts] = {}
        self._read_file = read
        self._read_code = PieceReader().read if versions else read_whole
        self.blobs: dict[str, str] = {}  #: of the files read from the work tree, by path

    def read(self, content: bytes, path: str) -> FileFacts:
        """The facts of a file's contents, which are kept."""
        blob = self.blobs[path] = self.blob_of(content)
        return self.keep(blob, content, path)

    def blob_of(self, content: bytes) -> str:
        """The name that git gives to these contents."""
        mark = hashlib.new(self._algorithm, b"blob %d\0" % len(content), usedforsecurity=False)
        mark.update(content)
        return mark.hexdigest()

    def keep(self, blob: str, content: bytes, path: str) -> FileFacts:
        """The facts of a blob's contents, which are kept."""
        key = (blob, kind_of(path))
        facts = self._facts.get(key)
        if facts is None:
            facts = self._facts[key] = self._read_file(content, path, read_code=self._read_code)
        return facts

    def get(self, blob: str, path: str) -> FileFacts | None:
        """What is known of a blob under such a name."""
        return self._facts.get((blob, kind_of(path)))

    def forget_others(self, files: dict[str, str]) -> None:
        """Keep the facts of these files (path -> blob) alone: what a newer quarter had, an older one rarely has."""
        wanted = {(blob, kind_of(path)) for path, blob in files.items()}
        self._facts = {key: facts for key, facts in self._facts.items() if key in wanted}


def read_history(
    folder: Path,
    *,
    quarters: int,
    until: date | None = None,
    cache: Path | None = None,
    progress: Report | None = None,
) -> tuple[PastQuarter, ...]:
    """The quarters before the commit a checkout stands on, oldest first; none when there is no history to read.

    At most `quarters` of them, each that ended before `until` (without it, before the day of the commit).
    """
    try:
        with open_git(folder) as git:
            store = None if cache is None else Cache(cache)
            return look_back(git, quarters=quarters, until=until, store=store, progress=progress).quarters
    except NoHistory:
        return ()


def look_back(
    git: Git,
    *,
    quarters: int,
    known: KnownFacts | None = None,
    asked: Asked | None = None,
    until: date | None = None,
    store: Cache | None = None,
    progress: Report | None = None,
) -> Past:
    """Read the last quarters, newest first, with what `known` has already. What cannot be read becomes a note."""
    known = known or KnownFacts(git.head)
    asked = asked or Asked()
    found: list[PastQuarter] = []
    markers: list[tuple[date, Held]] = []
    notes: dict[str, None] = {}
    try:
        today = day_of(git.committed_seconds())
        ends = list(ends_before(min(today, until or today), quarters))
        for position, (end, commit) in enumerate(commits_at(git, ends)):
            if progress is not None:
                progress(Progress(position, len(ends), f"quarter {period_of(end)}"))
            if found and found[-1].commit == commit:  # nothing happened in the quarter after
                found.append(replace(found[-1], period=period_of(end), date=end.isoformat()))
                markers.append((end, markers[-1][1]))
                continue
            kept = _kept(store, commit, end, asked)
            if kept is None:
                try:
                    quarter, held, note = _quarter(git, commit, end, known, asked)
                except _TooMuchMissing as problem:
                    notes[str(problem)] = None
                    continue
                notes.update({note: None} if note else {})
                if store is not None and not note:
                    store.put({"quarter": asdict(quarter), "markers": held}, *_key(commit, asked))
                kept = quarter, held
            found.append(kept[0])
            markers.append((end, kept[1]))
    except NoHistory as problem:
        notes[problem.reason] = None
    if len(found) < quarters and git.cut:
        notes["The clone is shallow, so earlier quarters are not in it; clone it whole for them."] = None
    return Past(quarters=tuple(reversed(found)), markers=tuple(markers), notes=tuple(notes))


Held = dict[str, dict[str, int]]  # markers of admitted debt: path -> marker -> number


def _key(commit: str, asked: Asked) -> tuple[object, ...]:
    return ("quarter", commit, asked.name, asked.kind, repr(asked.limits))


def _kept(store: Cache | None, commit: str, end: date, asked: Asked) -> tuple[PastQuarter, Held] | None:
    """What an earlier scan found at a commit; None when there is none, or what is kept is not what was written."""
    value = None if store is None else store.get(*_key(commit, asked))
    if not isinstance(value, dict) or not _are_markers(value.get("markers")):
        return None
    try:
        quarter = read_quarter(value.get("quarter"))
    except InvalidEvidence:
        return None
    if quarter.commit != commit:
        return None
    return replace(quarter, period=period_of(end), date=end.isoformat()), value["markers"]


def _are_markers(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(markers, dict) and all(isinstance(number, int) for number in markers.values())
        for markers in value.values()
    )


class _TooMuchMissing(Exception):
    """A quarter whose files are not all here."""


def period_of(day: date) -> str:
    """The quarter of a day, such as "2026Q2"."""
    return f"{day.year:04}Q{(day.month + 2) // 3}"


def ends_before(day: date, count: int) -> Iterator[date]:
    """The last days of the quarters that ended before a day, newest first."""
    year, position = day.year, 3
    while count > 0 and year > 0:
        end = date(year, *QUARTER_ENDS[position])
        if end < day:
            yield end
            count -= 1
        year, position = (year, position - 1) if position else (year - 1, 3)


def commits_at(git: Git, ends: list[date]) -> Iterator[tuple[date, str]]:
    """The commit of the main line that stood at the end of each day, in universal time; none before the first one."""
    line = iter(git.first_parents(0))
    entry = next(line, None)
    for end in ends:
        last = int(datetime(end.year, end.month, end.day, tzinfo=UTC).timestamp()) + 86_399
        while entry is not None and entry[1] > last:
            entry = next(line, None)
        if entry is None:
            return
        yield end, entry[0]


def _quarter(git: Git, commit: str, end: date, known: KnownFacts, asked: Asked) -> tuple[PastQuarter, Held, str]:
    """One quarter, the markers of admitted debt it held, and a note. Raises NoHistory."""
    listed = git.tree(commit)
    if len(listed) > asked.limits.entries:
        raise NoHistory("A past quarter holds more files than are read; the quarters after it are complete.")
    members: dict[str, Member] = {}
    wanted: dict[str, str] = {}
    missing = size = 0
    for file, own in zip(listed, own_files([file.path for file in listed]), strict=True):
        path = None if own is None else display(own)
        if path is None or path in members:
            continue
        member = members[path] = Member(path=path, size=file.size or 0)
        if is_wanted(member, asked.limits):
            if file.size is None:
                missing += 1
            else:
                wanted[path] = file.blob
                size += file.size
    if size > asked.limits.unpacked_bytes:
        raise NoHistory(
            f"A past quarter holds more than {asked.limits.unpacked_bytes // MIB} MiB of source, so not read."
        )
    if missing > MISSING_SHARE_MAX * (missing + len(wanted)):
        raise _TooMuchMissing(
            "Quarters are left out because the clone is partial and lacks too many of their files; clone it whole."
        )
    with without_collector():
        facts, lost = _facts(git, wanted, known)
        repository = assemble(
            tuple(sorted(members.values(), key=lambda member: member.path)),
            facts,
            name=asked.name,
            commit=commit,
            kind=asked.kind,
        )
        quarter = PastQuarter(
            period=period_of(end),
            commit=commit,
            date=end.isoformat(),
            kind=repository.kind,
            files=len(members),
            lines=sum(repository.lines_by_language.values()),
            signals=past_signals(repository),
        )
        known.forget_others(wanted)
    note = "The clone is partial: some files of past quarters are not in it." if missing or lost else ""
    return quarter, markers_of(repository), note


def _facts(git: Git, wanted: dict[str, str], known: KnownFacts) -> tuple[dict[str, FileFacts], int]:
    """The facts of these files (path -> blob), and how many of them are not here."""
    facts: dict[str, FileFacts] = {}
    unread: dict[str, list[str]] = {}
    for path, blob in wanted.items():
        seen = known.get(blob, path)
        if seen is not None:
            facts[path] = seen
        else:
            unread.setdefault(blob, []).append(path)
    lost = 0
    for blob, content in git.blobs(unread):
        if content is None:
            lost += len(unread[blob])
            continue
        for path in unread[blob]:
            facts[path] = known.keep(blob, content, path)
    return facts, lost

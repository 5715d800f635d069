"""From a repository to its evidence: read the files once, look back where there is a history, ask every signal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

from evidence.archive import open_archive
from evidence.cache import Cache
from evidence.document import InvalidEvidence, from_json, to_json
from evidence.evidence import Evidence, Kind
from evidence.facts import FileFacts, ReadFacts, facts_of
from evidence.folder import FolderSource, open_regular_file
from evidence.git import NoHistory, open_git
from evidence.git_log import read_log
from evidence.history import Asked, KnownFacts, Past, Progress, Report, look_back
from evidence.judgement import judge, signal_of
from evidence.repository import is_wanted, read_repository, without_collector
from evidence.source import Limits, Refused, Source, archive_name, display

__all__ = ["collect", "collect_source", "judge", "signal_of"]
FILES = "files"  #: what is being read until the past is
NO_QUARTERS = "An archive has no git history, so no past quarters were read; scan a checkout for them."


def collect(
    path: Path,
    *,
    name: str | None = None,
    kind: Kind | None = None,
    quarters: int = 0,
    cache: Path | None = None,
    progress: Report | None = None,
) -> Evidence:
    """Read a folder or an archive of the person's own machine, in this process. Raises Refused.

    `name` is what the repository is called in the evidence; without it the folder's own name, or what the name of an
    archive says, never the place on the machine. `kind` says what the repository is for; without it visible marks tell.
    The git history of a checkout is read where it safely can be, and so many past `quarters` with it; what could not be
    read is a note.
    With `cache`, a folder, what was found before is taken from there when nothing has changed.
    """
    asked = asked_of(path, name=name, kind=kind)
    store = None if cache is None else Cache(cache)
    kept = remembered(path, asked, quarters=quarters, store=store)
    return kept or collect_anew(path, asked, quarters=quarters, store=store, progress=progress)


def asked_of(path: Path, *, name: str | None, kind: Kind | None) -> Asked:
    """How this folder or archive is to be read, and under which name."""
    place = path.resolve()
    return Asked(name=display(name or (place.name if place.is_dir() else archive_name(place.name)), 200), kind=kind)


def remembered(path: Path, asked: Asked, *, quarters: int, store: Cache | None) -> Evidence | None:
    """What an earlier scan found in the same files, none of which is parsed; None when it must be read anew."""
    return None if store is None or not path.is_dir() else _kept(store, path, asked, quarters)


def collect_anew(
    path: Path,
    asked: Asked,
    *,
    quarters: int = 0,
    store: Cache | None = None,
    progress: Report | None = None,
    read: ReadFacts = facts_of,
) -> Evidence:
    """Read a folder or an archive now, whatever was found before. `read` reads one file of it. Raises Refused."""
    if path.is_dir():
        return _collect_folder(path, asked, quarters=quarters, store=store, progress=progress, read_file=read)
    stream, size = open_regular_file(path)
    with stream:
        opened = open_archive(stream, size=size, limits=asked.limits)
        notes = (NO_QUARTERS,) if quarters else ()
        return collect_source(opened, name=asked.name, limits=asked.limits, kind=asked.kind, notes=notes, read=read)


@without_collector()
def collect_source(
    source: Source,
    *,
    name: str,
    limits: Limits,
    kind: Kind | None = None,
    notes: tuple[str, ...] = (),
    read: Callable[[bytes, str], FileFacts] = facts_of,
) -> Evidence:
    """Read what `source` holds and ask every signal. Raises Refused when it is empty or breaks a limit."""
    _check(source)
    repository = read_repository(source, name=display(name, 200), limits=limits, kind=kind, read=read)
    return judge(repository, notes=notes)


def _check(source: Source) -> None:
    if not source.members:
        raise Refused("There is nothing to read in it; give the folder of one repository, or a zip of it.")


@without_collector()
def _collect_folder(
    root: Path, asked: Asked, *, quarters: int, store: Cache | None, progress: Report | None, read_file: ReadFacts
) -> Evidence:
    source = FolderSource(root, asked.limits)
    _check(source)
    known = KnownFacts(source.commit, versions=quarters > 0, read=read_file)
    read: Callable[[bytes, str], FileFacts] = known.read if quarters or store else read_file
    if progress is not None:
        read = _reported(read, len(source.members), progress)
    notes: tuple[str, ...] = ()
    past = Past()
    with ExitStack() as stack:
        git = log = None
        try:
            git = stack.enter_context(open_git(root))
            log = read_log(git)
        except NoHistory as problem:
            notes = (problem.reason,)
        repository = read_repository(source, name=asked.name, limits=asked.limits, kind=asked.kind, read=read, log=log)
        if git is not None and quarters:
            past = look_back(git, quarters=quarters, known=known, asked=asked, store=store, progress=progress)
    notes = tuple(dict.fromkeys((*notes, *past.notes)))
    evidence = judge(repository, history=past.quarters, past_markers=past.markers, notes=notes)
    whole = git is not None and not git.cut and not notes
    if store is not None and whole:  # what could not be read today may be there tomorrow
        store.put(to_json(evidence), *_key(source, known.blobs, asked, quarters))
    return evidence


def _kept(store: Cache, root: Path, asked: Asked, quarters: int) -> Evidence | None:
    """What an earlier scan found in the same files at the same commit: all are read, and none is parsed."""
    source = FolderSource(root, asked.limits)
    known = KnownFacts(source.commit)
    blobs = {
        member.path: known.blob_of(content)
        for member, content in source.contents(lambda member: is_wanted(member, asked.limits))
    }
    text = store.get(*_key(source, blobs, asked, quarters))
    try:
        return from_json(text) if isinstance(text, str) else None
    except InvalidEvidence:
        return None


def _key(source: FolderSource, blobs: dict[str, str], asked: Asked, quarters: int) -> tuple[object, ...]:
    """All that the evidence of a folder is made of."""
    files = [(member.path, member.size, blobs.get(member.path, "")) for member in source.members]
    contents = sha256(repr((files, source.notes)).encode("utf-8", "surrogatepass")).hexdigest()
    return ("evidence", source.commit, contents, asked.name, asked.kind, repr(asked.limits), quarters)


def _reported(
    read: Callable[[bytes, str], FileFacts], total: int, progress: Report
) -> Callable[[bytes, str], FileFacts]:
    """The same reading, telling how far it is."""
    done = 0

    def read_and_tell(content: bytes, path: str) -> FileFacts:
        nonlocal done
        done += 1
        progress(Progress(done, total, FILES))
        return read(content, path)

    return read_and_tell
